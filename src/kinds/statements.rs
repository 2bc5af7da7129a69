//! A resource policy as a field: one document in AWS, but compared, ignored and shared statement by statement.
//!
//! Invariant: what one statement is to be never touches another. A statement without a Sid, or with one that stands twice,
//! is known by what it says. Only a version that differs, or a text that can't be read, makes the document one whole.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use sha2::Digest as _;

use crate::fields::{FieldValue, Shown};
use crate::policy_doc::{Policy, same};

/// The policy of a resource, if it has one.
#[derive(Debug, Clone, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Statements(pub Option<Policy>);

impl Statements {
    /// The document.
    #[must_use]
    pub fn get(&self) -> Option<&Policy> {
        self.0.as_ref()
    }

    /// The document, to be written.
    pub fn iter(&self) -> std::option::Iter<'_, Policy> {
        self.0.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// The same without what it lets in.
    #[must_use]
    pub fn only_denials(&self) -> Self {
        let Some(policy) = &self.0 else {
            return Self(None);
        };
        let mut denials = statements_of(policy);
        denials.retain(|statement| statement.get("Effect").and_then(Json::as_str) == Some("Deny"));
        Self((!denials.is_empty()).then(|| with_statements(policy, denials)))
    }

    /// By their keys, in documents of their own.
    fn by_key(&self) -> BTreeMap<String, Policy> {
        let policy = self.0.iter();
        let statements = policy.flat_map(|policy| {
            let alone = move |(key, statement)| (key, with_statements(policy, vec![statement]));
            keyed(policy).into_iter().map(alone)
        });
        statements.collect()
    }

    /// Whether there is a policy that this program can't take apart.
    fn is_unreadable(&self) -> bool {
        self.0.as_ref().is_some_and(|policy| policy.document().is_none())
    }

    /// The version of the language, which gives `${…}` its meaning.
    fn version(&self) -> Option<Json> {
        sent(self.0.as_ref()?).shift_remove("Version")
    }

    /// What is left of both sides when what means the same is taken out, statement by statement.
    fn pairs(&self, other: &Self) -> Option<(BTreeMap<String, Policy>, BTreeMap<String, Policy>)> {
        let is_whole = self.is_unreadable() || other.is_unreadable();
        let alike = self.0.is_none() || other.0.is_none() || self.version() == other.version();
        (alike && !is_whole).then_some(())?;
        let (mut mine, mut theirs) = (self.by_key(), other.by_key());
        mine.retain(|key, one| {
            let found = match theirs.get(key) {
                Some(other) => same(one, other).then(|| key.clone()),
                None => theirs
                    .iter()
                    .find(|(_, other)| same(one, other))
                    .map(|(key, _)| key.clone()),
            };
            found.is_none_or(|key| theirs.remove(&key).is_none())
        });
        Some((mine, theirs))
    }

    /// One statement as it is in `from`, in its place or at the end; the document goes with its last statement.
    fn take_one(&mut self, from: &Self, key: &str) {
        let is_it = |(known, _): &(String, Json)| known == key;
        let mut replacement = from.0.iter().flat_map(keyed);
        let replacement = replacement.find(is_it);
        let Some(frame) = self.0.as_ref().or(from.0.as_ref()) else {
            return;
        };
        let mut statements: Vec<(String, Json)> = self.0.iter().flat_map(keyed).collect();
        match (statements.iter().position(is_it), replacement) {
            (Some(at), Some(new)) => statements.splice(at..=at, [new]).for_each(drop),
            (Some(at), None) => drop(statements.remove(at)),
            (None, Some(new)) => statements.push(new),
            (None, None) => {}
        }
        let statements: Vec<Json> = statements.into_iter().map(|(_, statement)| statement).collect();
        self.0 = (!statements.is_empty()).then(|| with_statements(frame, statements));
    }

    /// Whether one statement, or any of them, denies something; what can't be read might.
    #[must_use]
    pub fn denies(&self, key: Option<&str>) -> bool {
        let denies = |statement: &Json| statement.get("Effect").and_then(Json::as_str) != Some("Allow");
        let mut statements = self.0.iter().flat_map(keyed);
        self.is_unreadable()
            || statements.any(|(known, statement)| key.is_none_or(|key| key == known) && denies(&statement))
    }
}

/// The document as AWS gets it, with the version that its author may have left out.
fn sent(policy: &Policy) -> Map<String, Json> {
    serde_json::from_str(&policy.to_json()).unwrap_or_default()
}

/// The statements; a single one needs no list.
fn statements_of(policy: &Policy) -> Vec<Json> {
    match sent(policy).shift_remove("Statement") {
        Some(Json::Array(statements)) => statements,
        Some(one) => vec![one],
        None => Vec::new(),
    }
}

/// The statements with their Sids; those that have none, or one that stands twice, are called by a piece of their hash.
fn keyed(policy: &Policy) -> Vec<(String, Json)> {
    let mut keys = BTreeSet::new();
    let named = |statement: Json| {
        let sid = statement
            .get("Sid")
            .and_then(Json::as_str)
            .filter(|sid| !sid.is_empty());
        let key = sid.map(str::to_owned).filter(|sid| keys.insert(sid.clone()));
        (key.unwrap_or_else(|| nameless(&statement)), statement)
    };
    statements_of(policy).into_iter().map(named).collect()
}

fn nameless(statement: &Json) -> String {
    let hash = sha2::Sha256::digest(statement.to_string().as_bytes());
    let piece: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("(without a Sid, {piece})")
}

/// The same document with other statements.
fn with_statements(policy: &Policy, statements: Vec<Json>) -> Policy {
    let mut whole = sent(policy);
    whole.insert("Statement".into(), Json::Array(statements));
    Policy::live(&Json::Object(whole).to_string()).in_partition(policy.partition())
}

impl PartialEq for Statements {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(mine), Some(theirs)) => same(mine, theirs),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

impl FieldValue for Statements {
    fn show(&self) -> Option<Shown> {
        self.0.as_ref().and_then(FieldValue::show)
    }

    /// `self` is the wanted side: a statement whose author gave it no Sid equals a live one that has one.
    fn apart(&self, other: &Self) -> Vec<Option<String>> {
        if self == other {
            return Vec::new();
        }
        let Some((mine, theirs)) = self.pairs(other) else {
            return vec![None];
        };
        let keys: BTreeSet<&String> = mine.keys().chain(theirs.keys()).collect();
        // An `Id` beside the statements has no meaning for anybody.
        keys.into_iter().map(|key| Some(key.clone())).collect()
    }

    fn take(&mut self, from: &Self, key: Option<&str>) {
        match key {
            Some(sid) => self.take_one(from, sid),
            None => self.clone_from(from),
        }
    }

    fn show_at(&self, key: Option<&str>) -> Option<Shown> {
        let Some(sid) = key else { return self.show() };
        let statement = self.by_key().remove(sid)?;
        FieldValue::show(&statement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(statements: &[(&str, &str)]) -> Statements {
        let statements: Vec<Json> = statements
            .iter()
            .map(|(sid, action)| {
                serde_json::json!({ "Sid": sid, "Effect": "Allow", "Principal": "*", "Action": action,
                                    "Resource": "arn:aws:s3:::b/*" })
            })
            .collect();
        let whole = serde_json::json!({ "Version": "2012-10-17", "Statement": statements });
        Statements((!statements.is_empty()).then(|| Policy::live(&whole.to_string())))
    }

    fn sids(apart: Vec<Option<String>>) -> Vec<String> {
        apart.into_iter().map(|key| key.unwrap_or("the whole".into())).collect()
    }

    #[test]
    fn statements_are_told_apart_by_their_sids() {
        let (one, other) = (
            policy(&[("A", "s3:Get*"), ("B", "s3:Put*")]),
            policy(&[("B", "s3:*"), ("C", "s3:*")]),
        );
        assert_eq!(sids(one.apart(&other)), ["A", "B", "C"]);
        assert_eq!(
            sids(one.apart(&policy(&[("B", "s3:Put*"), ("A", "s3:Get*")]))),
            Vec::<String>::new()
        );
        assert_eq!(sids(one.apart(&policy(&[]))), ["A", "B"]);
        assert_eq!(sids(policy(&[]).apart(&policy(&[]))), Vec::<String>::new());
    }

    #[test]
    fn what_has_no_sid_is_known_by_what_it_says() {
        let text =
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}"#;
        let nameless = Statements(Some(Policy::live(text)));
        let apart = sids(nameless.apart(&policy(&[("A", "s3:*")])));
        assert!(
            apart[0].starts_with("(without a Sid, ") && apart[1] == "A" && apart.len() == 2,
            "{apart:?}"
        );
        assert!(nameless.denies(Some(&apart[0])) && !policy(&[("A", "s3:*")]).denies(None));
        let mut both = policy(&[("A", "s3:*")]);
        both.take(&nameless, Some(&apart[0]));
        assert_eq!(sids(both.apart(&policy(&[("A", "s3:*")]))), [apart[0].clone()]);
        let older = Statements(Some(Policy::live(&text.replace("2012-10-17", "2008-10-17"))));
        assert_eq!(sids(nameless.apart(&older)), ["the whole"]);
    }

    #[test]
    fn one_statement_is_taken_and_the_others_stay() {
        let (mut one, other) = (
            policy(&[("A", "s3:Get*"), ("B", "s3:Put*")]),
            policy(&[("B", "s3:*"), ("C", "s3:*")]),
        );
        one.take(&other, Some("B"));
        assert_eq!(one, policy(&[("A", "s3:Get*"), ("B", "s3:*")]));
        one.take(&other, Some("C"));
        one.take(&other, Some("A"));
        assert_eq!(one, other);
        one.take(&policy(&[]), Some("B"));
        one.take(&policy(&[]), Some("C"));
        assert_eq!(one, policy(&[]));
        one.take(&other, Some("C"));
        assert_eq!(one, policy(&[("C", "s3:*")]));
    }

    #[test]
    fn what_cannot_be_read_is_never_equal_to_nothing() {
        let odd = Statements(Some(Policy::live("no policy at all")));
        assert_eq!(sids(policy(&[]).apart(&odd)), ["the whole"]);
        assert_eq!(sids(policy(&[("A", "s3:*")]).apart(&odd)), ["the whole"]);
        assert!(odd.denies(None));
    }

    #[test]
    fn one_statement_is_shown_alone() {
        let shown = policy(&[("A", "s3:Get*"), ("B", "s3:Put*")]).show_at(Some("B"));
        let Some(Shown::Policy(shown)) = shown else {
            panic!("{shown:?}")
        };
        assert!(same(
            &shown,
            policy(&[("B", "s3:Put*")]).get().unwrap_or_else(|| panic!("no policy"))
        ));
    }
}
