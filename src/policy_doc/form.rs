//! The form in which `policy fmt` writes documents.
//!
//! Invariant: the formatted document is the same one (see [`super::same`]), and formatting it again changes nothing.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::document::{Clause, Condition, Document, PrincipalClause, Statement, Who, Word};

/// In what order the items of a statement are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As the author wrote them.
    Kept,
    /// By the alphabet, each once. Statements stay where they are.
    Sorted,
}

impl Document {
    /// The document in AWS's usual order of elements, on lines of two spaces' indentation, with a line's end.
    #[must_use]
    pub fn formatted(&self, order: Order) -> String {
        let value = match order {
            Order::Kept => self.to_value(),
            Order::Sorted => self.sorted().to_value(),
        };
        let Json::Object(_) = &value else { return String::new() };
        format!("{value:#}\n")
    }

    fn sorted(&self) -> Self {
        let mut sorted = self.clone();
        sorted.statements.iter_mut().for_each(sort);
        sorted
    }
}

fn sort(statement: &mut Statement) {
    sort_clause(&mut statement.action);
    statement.resource.iter_mut().for_each(sort_clause);
    statement.principal.iter_mut().for_each(sort_principals);
    statement
        .conditions
        .sort_by(|left, right| place(left).cmp(&place(right)));
    for condition in &mut statement.conditions {
        sort_words(&mut condition.values);
    }
}

fn place(condition: &Condition) -> (&str, &str) {
    (&condition.spelled.text, &condition.key.text)
}

fn sort_clause(clause: &mut Clause) {
    sort_words(&mut clause.items);
}

fn sort_words(words: &mut Vec<Word>) {
    words.sort_by(|left, right| left.text.cmp(&right.text));
    words.dedup_by(|left, right| left.text == right.text);
}

fn sort_principals(clause: &mut PrincipalClause) {
    if let Who::Named(entries) = &mut clause.who {
        entries.sort_by(|left, right| (left.kind, &left.name.text).cmp(&(right.kind, &right.name.text)));
        let mut seen = BTreeSet::new();
        entries.retain(|entry| seen.insert((entry.kind, entry.name.text.clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy_doc::Policy;

    #[test]
    fn the_authors_order_is_kept_unless_it_is_sorted() {
        let text = r#"{"Statement":{"Resource":["*"],"Action":["s3:b","s3:a","s3:b"],"Effect":"Allow","Sid":"A",
            "Condition":{"StringEquals":{"aws:y":["2","1"],"aws:x":true}}}}"#;
        let policy = Policy::from_live(text).unwrap();
        let formatted = |order| {
            let text = policy.document().unwrap().formatted(order);
            text.split_whitespace().collect::<String>()
        };
        assert_eq!(
            formatted(Order::Kept),
            concat!(
                r#"{"Version":"2008-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:b","s3:a","s3:b"],"#,
                r#""Resource":"*","Condition":{"StringEquals":{"aws:y":["2","1"],"aws:x":"true"}}}]}"#
            )
        );
        assert_eq!(
            formatted(Order::Sorted),
            concat!(
                r#"{"Version":"2008-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:a","s3:b"],"#,
                r#""Resource":"*","Condition":{"StringEquals":{"aws:x":"true","aws:y":["1","2"]}}}]}"#
            )
        );
    }
}
