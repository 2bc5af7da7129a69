//! Digests: of what AWS has of one resource, and of what a file wants.
//!
//! Invariant: equal content gives equal digests; secrets take no part (they serialise as `(secret)`).

use base64::Engine as _;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::kind::{Kind, Object, Seen};
use crate::kinds::{AnyObject, Member, Visit};

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

/// The digest of everything that a file wants: states and code, not spelling, and nothing of what AWS has.
#[must_use]
pub fn of_wanted(objects: &[AnyObject]) -> String {
    struct Wanting;
    impl Visit for Wanting {
        type Out = String;
        fn visit<K: Member>(self, object: &Object<K>) -> String {
            let wanted = object.wanted.as_ref();
            let doom = object.doom.as_ref().map(|doom| doom.detach);
            let wanted = wanted.map(|one| (&one.state, &one.mentioned, &one.ignore, one.shared, one.protect));
            digest(&(&object.address, object.id.to_string(), wanted, doom))
        }
    }
    digest(&objects.iter().map(|object| object.visit(Wanting)).collect::<Vec<_>>())
}
