//! What exists and no file declares.
//!
//! Invariant: what is somebody else's to manage (another environment, a stack, AWS) is told apart by its marks, its path or
//! AWS's own word, never guessed from its contents, and is no finding.

use std::collections::BTreeMap;

use crate::address::Address;
use crate::kind::{Object, Seen};
use crate::kinds::{Member, Visit};
use crate::plan::level::TagRules;

use super::accepted::Accepted;

/// Something that no file declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmanaged {
    /// Its kind and AWS name.
    pub address: Address,
    /// Whose it is.
    pub owner: Owner,
    /// The entry that accepts it.
    pub accepted: Option<Accepted>,
}

/// Whose an undeclared thing is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// Nothing says so.
    Nobody,
    /// It carries this environment's mark, and this file does not declare it.
    Orphan,
    /// What might say so could not be read, for this reason.
    Unknown(String),
    /// Another environment, by its mark.
    Environment(String),
    /// A CloudFormation stack, by name where it tells one.
    Stack(Option<String>),
    /// AWS or one of its services.
    Aws(String),
}

impl Owner {
    /// Whether somebody else manages it.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        match self {
            Self::Nobody | Self::Orphan | Self::Unknown(_) => false,
            Self::Environment(_) | Self::Stack(_) | Self::Aws(_) => true,
        }
    }

    /// What a reader is told, as a sentence fragment; nothing where nothing is known.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Nobody => None,
            Self::Orphan => Some("it carries this environment's mark".to_owned()),
            Self::Unknown(why) => Some(format!("whose it is could not be read: {why}")),
            Self::Environment(name) => Some(format!("it belongs to the environment `{name}`")),
            Self::Stack(Some(name)) => Some(format!("it belongs to the CloudFormation stack `{name}`")),
            Self::Stack(None) => Some("it belongs to a CloudFormation stack".to_owned()),
            Self::Aws(who) => Some(format!("{who} made it")),
        }
    }
}

impl Unmanaged {
    /// Whether somebody has to look at it.
    #[must_use]
    pub fn is_finding(&self) -> bool {
        self.accepted.is_none() && !self.owner.is_elsewhere()
    }
}

/// Tells whose a live, undeclared thing is.
pub struct Asking<'a> {
    /// The environment of the file.
    pub environment: &'a str,
    /// The keys of the marks.
    pub tags: &'a TagRules,
}

impl Visit for Asking<'_> {
    type Out = Owner;

    fn visit<K: Member>(self, object: &Object<K>) -> Owner {
        let live = match &object.seen {
            Seen::There(live) => live,
            Seen::Unknown(why) => return Owner::Unknown(why.clone()),
            Seen::Absent | Seen::Unread => return Owner::Nobody,
        };
        if let Some((_, why)) = live.unknown.iter().find(|(path, _)| path.field == "tags") {
            return Owner::Unknown(why.clone());
        }
        K::tags(&live.state).map_or(Owner::Nobody, |tags| self.marked(tags))
    }
}

impl Asking<'_> {
    fn marked(&self, tags: &BTreeMap<String, String>) -> Owner {
        if tags.keys().any(|key| key.starts_with("aws:cloudformation:")) {
            return Owner::Stack(tags.get("aws:cloudformation:stack-name").cloned());
        }
        match tags.get(&self.tags.owner_key) {
            None => Owner::Nobody,
            Some(name) if name == self.environment => Owner::Orphan,
            Some(name) => Owner::Environment(name.clone()),
        }
    }
}
