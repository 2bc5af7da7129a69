//! Tags of any kind: which to set, which to remove, and the mark of ownership at the end.
//!
//! Invariant: what is taken over is marked by its last write, so that a run that was cut off has claimed nothing.

use std::collections::BTreeMap;

use crate::spec::finding::Finding;
use crate::spec::lower::{Lowering, MOST_TAGS};
use crate::spec::node::Node;

/// The tags of a user or role: of keys that differ by case alone IAM takes only one (InvalidInput), so a common tag gives
/// way to the thing's own, and two of its own are a mistake.
pub fn caseless(own: Option<&Node>, cx: &mut Lowering<'_>) -> BTreeMap<String, String> {
    let written = own.map(Node::entries).unwrap_or_default();
    for (nth, (key, _)) in written.iter().enumerate() {
        let first = written
            .iter()
            .take(nth)
            .find(|(first, _)| first.text.eq_ignore_ascii_case(&key.text));
        if let Some((first, _)) = first {
            let message = format!(
                "`{}` and `{}` are one tag, since IAM ignores case here",
                first.text, key.text
            );
            cx.report(Finding::error("E0414", key.span, message).related(first.span, "the other one"));
        }
    }
    let mut tags = cx.tags(own);
    let overridden = |key: &String| {
        let other = |(own, _): &(crate::spec::node::Key, Node)| own.text != *key && own.text.eq_ignore_ascii_case(key);
        written.iter().any(other) && !written.iter().any(|(own, _)| own.text == *key)
    };
    tags.retain(|key, _| !overridden(key));
    tags
}

/// Tags as others may have left them: the marks are there, every other one is different, and one is new.
#[must_use]
pub fn otherwise(tags: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let changed = |(key, value): (&String, &String)| match key.contains(':') {
        true => (key.clone(), value.clone()),
        false => (key.clone(), format!("{value} otherwise")),
    };
    let changed = tags.iter().map(changed);
    changed.chain([("otherwise".to_owned(), "yes".to_owned())]).collect()
}

/// Whether AWS tells tag keys apart by case: not on users and roles (IAM user guide, "Tags for IAM resources").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyCase {
    /// `Team` and `team` are two tags.
    Exact,
    /// `Team` replaces `team`.
    Ignored,
}

/// One call that changes tags.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TagChange {
    /// Sets tags.
    Set(BTreeMap<String, String>),
    /// Removes tags.
    Remove(Vec<String>),
    /// Sets the mark of ownership.
    Claim(BTreeMap<String, String>),
    /// Takes the mark of ownership off.
    Release(Vec<String>),
}

/// The calls that lead from the live tags to the wanted ones.
#[must_use]
pub fn changes(
    wanted: &BTreeMap<String, String>,
    live: &BTreeMap<String, String>,
    owner_key: &str,
    case: KeyCase,
) -> Vec<TagChange> {
    let mut set: BTreeMap<String, String> = wanted
        .iter()
        .filter(|(key, value)| live.get(*key) != Some(value))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let claim: BTreeMap<String, String> = set.remove_entry(owner_key).into_iter().collect();
    let kept = |key: &String| match case {
        KeyCase::Exact => wanted.contains_key(key),
        // A key that only changes its case is replaced by the set call; removing the old spelling would remove the new.
        KeyCase::Ignored => wanted.keys().any(|wanted| wanted.eq_ignore_ascii_case(key)),
    };
    let (release, remove): (Vec<String>, Vec<String>) = live
        .keys()
        .filter(|key| !kept(key))
        .cloned()
        .partition(|key| key == owner_key);
    // `LimitExceeded` where old and new tags together are too many.
    let new = wanted.keys().filter(|key| !live.contains_key(*key)).count();
    let crowded = live.len() + new > MOST_TAGS;
    let set = (!set.is_empty()).then_some(TagChange::Set(set));
    let remove = (!remove.is_empty()).then_some(TagChange::Remove(remove));
    let mut changes: Vec<TagChange> = if crowded {
        remove.into_iter().chain(set).collect()
    } else {
        set.into_iter().chain(remove).collect()
    };
    if !claim.is_empty() {
        changes.push(TagChange::Claim(claim));
    }
    // Until then it is this environment's: a run that was cut off goes on.
    if !release.is_empty() {
        changes.push(TagChange::Release(release));
    }
    changes
}

impl TagChange {
    /// The model of the call.
    pub fn apply(&self, tags: &mut BTreeMap<String, String>, case: KeyCase) {
        match self {
            Self::Set(new) | Self::Claim(new) => {
                if case == KeyCase::Ignored {
                    tags.retain(|key, _| !new.keys().any(|new| new.eq_ignore_ascii_case(key)));
                }
                tags.extend(new.iter().map(|(k, v)| (k.clone(), v.clone())));
            }
            Self::Remove(keys) | Self::Release(keys) => tags.retain(|key, _| !keys.contains(key)),
        }
    }

    /// In the reader's words.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Set(tags) => format!("tag {}", tags.keys().cloned().collect::<Vec<_>>().join(", ")),
            Self::Remove(keys) => format!("untag {}", keys.join(", ")),
            Self::Claim(_) => "mark as this environment's".to_owned(),
            Self::Release(_) => "take this environment's mark off".to_owned(),
        }
    }

    /// The fields that it brings to their wanted value.
    #[must_use]
    pub fn fields(&self) -> Vec<crate::fields::FieldPath> {
        let keys: Vec<&String> = match self {
            Self::Set(tags) | Self::Claim(tags) => tags.keys().collect(),
            Self::Remove(keys) | Self::Release(keys) => keys.iter().collect(),
        };
        keys.into_iter()
            .map(|key| crate::fields::FieldPath::entry("tags", key))
            .collect()
    }

    /// Its place among the steps of its resource.
    #[must_use]
    pub fn rank(&self) -> crate::kind::Rank {
        match self {
            Self::Set(_) | Self::Remove(_) => crate::kind::Rank::Set,
            Self::Claim(_) | Self::Release(_) => crate::kind::Rank::Claim,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn the_mark_of_ownership_is_set_last() {
        let found = changes(
            &tags(&[("own", "me"), ("team", "data")]),
            &tags(&[("old", "x")]),
            "own",
            KeyCase::Exact,
        );
        assert_eq!(
            found,
            [
                TagChange::Set(tags(&[("team", "data")])),
                TagChange::Remove(vec!["old".into()]),
                TagChange::Claim(tags(&[("own", "me")])),
            ]
        );
    }

    #[test]
    fn the_mark_of_ownership_is_taken_off_last() {
        let found = changes(
            &tags(&[("team", "data")]),
            &tags(&[("old", "x"), ("own", "me")]),
            "own",
            KeyCase::Exact,
        );
        assert_eq!(
            found,
            [
                TagChange::Set(tags(&[("team", "data")])),
                TagChange::Remove(vec!["old".into()]),
                TagChange::Release(vec!["own".into()]),
            ]
        );
    }

    #[test]
    fn a_key_that_changes_its_case_is_never_removed_where_case_is_ignored() {
        let (wanted, live) = (tags(&[("Team", "a")]), tags(&[("team", "a")]));
        assert_eq!(
            changes(&wanted, &live, "own", KeyCase::Ignored),
            [TagChange::Set(wanted.clone())]
        );
        let mut after = live;
        TagChange::Set(wanted.clone()).apply(&mut after, KeyCase::Ignored);
        assert_eq!(after, wanted);
    }
}
