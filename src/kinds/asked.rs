//! What may be asked of a resource of any kind.
//!
//! Invariant: answers follow from what the file says and what was read; nothing here is true of one kind only.

use super::{AnyObject, KindName, Member, Visit};
use crate::kind::{Object, Seen};
use crate::names::IamPath;

impl AnyObject {
    /// Whether the file declares it.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        struct Ask;
        impl Visit for Ask {
            type Out = bool;
            fn visit<K: Member>(self, object: &Object<K>) -> bool {
                object.wanted.is_some()
            }
        }
        self.visit(Ask)
    }

    /// Whether it is declared or shall go; else it was read for its context only.
    #[must_use]
    pub fn is_named(&self) -> bool {
        struct Ask;
        impl Visit for Ask {
            type Out = bool;
            fn visit<K: Member>(self, object: &Object<K>) -> bool {
                object.wanted.is_some() || object.doom.is_some()
            }
        }
        self.visit(Ask)
    }

    /// Whether nobody knows what AWS has of it.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        struct Ask;
        impl Visit for Ask {
            type Out = bool;
            fn visit<K: Member>(self, object: &Object<K>) -> bool {
                matches!(object.seen, Seen::Unread | Seen::Unknown(_))
            }
        }
        self.visit(Ask)
    }

    /// The path of an IAM thing in the account, under its kind and its name without regard to case.
    #[must_use]
    pub fn live_path(&self) -> Option<((KindName, String), IamPath)> {
        struct Ask;
        impl Visit for Ask {
            type Out = Option<((KindName, String), IamPath)>;
            fn visit<K: Member>(self, object: &Object<K>) -> Self::Out {
                let Seen::There(live) = &object.seen else { return None };
                let path = K::path(&live.state)?;
                Some(((K::KIND, object.id.to_string().to_lowercase()), path))
            }
        }
        self.visit(Ask)
    }
}
