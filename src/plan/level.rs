//! Levelling: what the file leaves to AWS is taken from the live state into the wanted one, so that the diff behind it
//! has no special cases: ignored, unknown, held, immutable and shared fields, and other people's tags.
//!
//! Invariant: levelling never moves the wanted state towards less protection than the live one has, unless the file
//! says so in words.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::glob_match;
use crate::fields::{FieldPath, Fields};
use crate::kind::{Kind, Observed, OnChange, Wanted};
use crate::names::Arn;

/// Tags that are not the file's business.
#[derive(Debug, Clone)]
pub struct TagRules {
    /// The key of the ownership mark.
    pub owner_key: String,
    /// The key of the protection mark.
    pub protect_key: String,
    /// `ignore_tags:` patterns.
    pub ignored: Vec<String>,
}

impl TagRules {
    /// The rules for given patterns with the default keys.
    #[must_use]
    pub fn new(ignored: Vec<String>) -> Self {
        Self {
            owner_key: "evenkeel:environment".into(),
            protect_key: "evenkeel:protect".into(),
            ignored,
        }
    }

    /// The marks that this program sets itself; `ignore: [tags]` is not about them.
    fn is_mark(&self, path: &FieldPath) -> bool {
        let key = path.key.as_deref();
        path.field == "tags" && (key == Some(&self.owner_key) || key == Some(&self.protect_key))
    }

    /// Who owns a thing with these tags, if that is somebody else than an environment.
    #[must_use]
    pub fn other_owner(&self, tags: &BTreeMap<String, String>, environment: &str) -> Option<String> {
        let stack = tags.keys().find(|key| key.starts_with("aws:cloudformation:")).map(|_| {
            match tags.get("aws:cloudformation:stack-name") {
                Some(stack) => format!("the CloudFormation stack `{stack}`"),
                None => "a CloudFormation stack".to_owned(),
            }
        });
        let other = tags.get(&self.owner_key).filter(|owner| *owner != environment);
        stack.or(other.map(|owner| format!("the environment `{owner}`")))
    }

    /// Whether a tag is none of the file's business: AWS's own, or one that `ignore_tags:` names.
    pub(crate) fn foreign(&self, key: &str) -> bool {
        key.starts_with("aws:") || self.ignored.iter().any(|pattern| glob_match(pattern, key))
    }
}

/// A wanted state that differs from the live one only in what shall be changed.
#[derive(Debug, Clone)]
pub struct Levelled<S> {
    /// The state to reach.
    pub state: S,
    /// What is kept because absence never weakens.
    pub held: Vec<FieldPath>,
    /// What is kept because `ignore:` says so.
    pub ignored: Vec<FieldPath>,
    /// What is kept because one side isn't known.
    pub unknown: Vec<(FieldPath, String)>,
    /// What differs and no call can mend.
    pub unmet: Vec<FieldPath>,
    /// What can only be reached by replacing the thing.
    pub replace: Vec<FieldPath>,
}

/// Why a difference is none.
enum Kept {
    Held,
    Ignored,
    Unknown(String),
    Unmet,
    Silent,
}

/// Levels a wanted state against a live one; `whole` as for [`Kind::is_elsewhere`].
#[must_use]
pub fn level<K: Kind>(
    wanted: &Wanted<K>,
    live: &Observed<K>,
    tags: &TagRules,
    whole: &BTreeSet<Arn>,
) -> Levelled<K::State> {
    let mut levelled = Levelled {
        state: wanted.state.clone(),
        held: Vec::new(),
        ignored: Vec::new(),
        unknown: Vec::new(),
        unmet: Vec::new(),
        replace: Vec::new(),
    };
    for path in wanted.state.apart(&live.state) {
        let Some(kept) = kept(wanted, live, tags, whole, &path) else {
            continue;
        };
        levelled.state.take(&live.state, &path);
        match kept {
            Kept::Held => levelled.held.push(path),
            Kept::Ignored => levelled.ignored.push(path),
            Kept::Unknown(why) => levelled.unknown.push((path, why)),
            Kept::Unmet => levelled.unmet.push(path),
            Kept::Silent => {}
        }
    }
    note_unread(wanted, live, &mut levelled.unknown);
    levelled.replace = levelled
        .state
        .apart(&live.state)
        .into_iter()
        .filter(|path| on_change::<K>(path) == OnChange::Replace)
        .collect();
    levelled
}

/// A field that could not be read is unknown even where the rest of it happens to be equal.
fn note_unread<K: Kind>(wanted: &Wanted<K>, live: &Observed<K>, unknown: &mut Vec<(FieldPath, String)>) {
    for (path, why) in live.unknown.iter().chain(&wanted.unknown) {
        if !unknown.iter().any(|(known, _)| covers(path, known)) {
            unknown.push((path.clone(), why.clone()));
        }
    }
}

fn kept<K: Kind>(
    wanted: &Wanted<K>,
    live: &Observed<K>,
    tags: &TagRules,
    whole: &BTreeSet<Arn>,
    path: &FieldPath,
) -> Option<Kept> {
    if let Some(why) = unknown_reason(wanted, live, path) {
        return Some(Kept::Unknown(why));
    }
    if K::is_elsewhere(path, live, whole) || (wanted.shared && !listed(wanted, path)) {
        return Some(Kept::Silent);
    }
    if path.field == "tags"
        && let Some(kept) = kept_tag(wanted, live, tags, path)
    {
        return Some(kept);
    }
    if !tags.is_mark(path) && wanted.ignore.iter().any(|pattern| ignores(pattern, path)) {
        return Some(Kept::Ignored);
    }
    match (on_change::<K>(path), wanted.mentioned.contains(path.field)) {
        (OnChange::CreateOnly | OnChange::Replace | OnChange::Watched, false) => Some(Kept::Silent),
        (OnChange::Watched, true) => Some(Kept::Unmet),
        (OnChange::Held, false) if K::holds(path, &live.state) => Some(Kept::Held),
        (OnChange::CreateOnly | OnChange::Replace | OnChange::Held | OnChange::InPlace, _) => None,
    }
}

fn unknown_reason<K: Kind>(wanted: &Wanted<K>, live: &Observed<K>, path: &FieldPath) -> Option<String> {
    let reasons = wanted.unknown.iter().chain(&live.unknown);
    reasons
        .into_iter()
        .find(|(unknown, _)| covers(unknown, path))
        .map(|(_, why)| why.clone())
}

fn covers(outer: &FieldPath, inner: &FieldPath) -> bool {
    outer.field == inner.field && (outer.key.is_none() || outer.key == inner.key)
}

/// Of a shared resource only what the file lists is the file's, and no tag ever is.
fn listed<K: Kind>(wanted: &Wanted<K>, path: &FieldPath) -> bool {
    let written = match path.key {
        Some(_) => wanted.state.show(path).is_some(),
        None => wanted.mentioned.contains(path.field),
    };
    path.field != "tags" && written
}

fn kept_tag<K: Kind>(wanted: &Wanted<K>, live: &Observed<K>, tags: &TagRules, path: &FieldPath) -> Option<Kept> {
    let key = path.key.as_deref()?;
    let declared = K::tags(&wanted.state).is_some_and(|wanted| wanted.contains_key(key));
    let live_tag = K::tags(&live.state).is_some_and(|live| live.contains_key(key));
    if key == tags.protect_key && !declared && live_tag && !wanted.mentioned.contains("protect") {
        return Some(Kept::Held);
    }
    (tags.foreign(key) && !declared).then_some(Kept::Silent)
}

/// The pattern of `ignore:` that keeps a field as it is.
#[must_use]
pub fn ignored_by<'a, K: Kind>(wanted: &'a Wanted<K>, path: &FieldPath) -> Option<&'a str> {
    let mut patterns = wanted.ignore.iter();
    patterns.find(|pattern| ignores(pattern, path)).map(String::as_str)
}

/// `policies.ReadOnly` names an entry by its key or, for ARNs, by its last part; `tags.cost-*` is a pattern;
/// `policies` alone names the whole field.
fn ignores(pattern: &str, path: &FieldPath) -> bool {
    let Some((field, entry)) = pattern.split_once('.') else {
        return pattern == path.field;
    };
    let Some(key) = path.key.as_deref() else { return false };
    let last = key.rsplit('/').next().filter(|_| key.starts_with("arn:"));
    field == path.field && (glob_match(entry, key) || last.is_some_and(|last| glob_match(entry, last)))
}

fn on_change<K: Kind>(path: &FieldPath) -> OnChange {
    K::FIELDS
        .iter()
        .find(|field| field.name == path.field)
        .map_or(OnChange::InPlace, |field| field.on_change)
}
