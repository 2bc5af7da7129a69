//! Digests: of what AWS has of one resource, and of what a file wants.
//!
//! Invariant: equal content gives equal digests; secrets take no part (they serialise as `(secret)`).

use base64::Engine as _;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::kind::{Kind, Object, Seen};

/// The digest of any serialisable value, short enough to read aloud.
pub fn digest(value: &impl Serialize) -> String {
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    let hash = Sha256::digest(&bytes);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash[..18])
}

/// The digest of a resource's live side.
pub(super) fn of<K: Kind>(object: &Object<K>) -> String {
    match &object.seen {
        Seen::Unread => "unread".into(),
        Seen::Absent => "absent".into(),
        Seen::Unknown(_) => "unknown".into(),
        Seen::There(live) => digest(&(&live.state, &live.evidence)),
    }
}
