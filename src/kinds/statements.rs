//! A resource policy as a field: one document in AWS, but compared, ignored and shared statement by statement.
//!
//! Invariant: what one statement is to be never touches another; where statements can't be told apart by their Sids, or
//! something beside the statements differs, the document is one whole.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

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

    /// By Sid, in documents of their own; `None` where a Sid is missing or stands twice.
    fn by_sid(&self) -> Option<BTreeMap<String, Policy>> {
        let Some(policy) = &self.0 else {
            return Some(BTreeMap::new());
        };
        let mut found = BTreeMap::new();
        for statement in statements_of(policy) {
            let sid = statement.get("Sid")?.as_str()?.to_owned();
            let alone = with_statements(policy, vec![statement]);
            found.insert(sid, alone).is_none().then_some(())?;
        }
        Some(found)
    }

    /// What stands beside the statements.
    fn frame(&self) -> Option<Map<String, Json>> {
        let mut frame = sent(self.0.as_ref()?);
        frame.shift_remove("Statement");
        Some(frame)
    }

    /// Whether the two may be compared statement by statement.
    fn pairs(&self, other: &Self) -> Option<(BTreeMap<String, Policy>, BTreeMap<String, Policy>)> {
        let framed_alike = match (self.frame(), other.frame()) {
            (Some(mine), Some(theirs)) => mine == theirs,
            (None, _) | (_, None) => true,
        };
        framed_alike.then_some(())?;
        Some((self.by_sid()?, other.by_sid()?))
    }

    /// One statement as it is in `from`, in its place or at the end; the document goes with its last statement.
    fn take_one(&mut self, from: &Self, sid: &str) {
        let replacement = from.by_sid().and_then(|mut statements| statements.remove(sid));
        let replacement = replacement.iter().flat_map(statements_of).next();
        let Some(frame) = self.0.as_ref().or(from.0.as_ref()) else {
            return;
        };
        let is_it = |statement: &Json| statement.get("Sid").and_then(Json::as_str) == Some(sid);
        let mut statements: Vec<Json> = self.0.iter().flat_map(statements_of).collect();
        match (statements.iter().position(is_it), replacement) {
            (Some(at), Some(new)) => statements.splice(at..=at, [new]).for_each(drop),
            (Some(at), None) => drop(statements.remove(at)),
            (None, Some(new)) => statements.push(new),
            (None, None) => {}
        }
        self.0 = (!statements.is_empty()).then(|| with_statements(frame, statements));
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
        let sids: BTreeSet<&String> = mine.keys().chain(theirs.keys()).collect();
        let differs = |sid: &&String| match (mine.get(*sid), theirs.get(*sid)) {
            (Some(mine), Some(theirs)) => !same(mine, theirs),
            (Some(_), None) | (None, Some(_)) => true,
            (None, None) => false,
        };
        let apart: Vec<Option<String>> = sids.into_iter().filter(differs).map(|sid| Some(sid.clone())).collect();
        // The documents differ, so something of them does.
        if apart.is_empty() { vec![None] } else { apart }
    }

    fn take(&mut self, from: &Self, key: Option<&str>) {
        match key {
            Some(sid) => self.take_one(from, sid),
            None => self.clone_from(from),
        }
    }

    fn show_at(&self, key: Option<&str>) -> Option<Shown> {
        let Some(sid) = key else { return self.show() };
        let statement = self.by_sid()?.remove(sid)?;
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
    fn what_has_no_sid_is_one_whole() {
        let text =
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}"#;
        let nameless = Statements(Some(Policy::live(text)));
        assert_eq!(sids(nameless.apart(&policy(&[("A", "s3:*")]))), ["the whole"]);
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
