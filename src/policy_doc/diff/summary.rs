//! A statement in one line.

use std::fmt;

use crate::policy_doc::document::{Clause, Condition, PrincipalClause, Sense, Statement, Who, Word};

impl Statement {
    /// The statement in one line: "Allow s3:GetObject, s3:PutObject on arn:aws:s3:::b/*".
    #[must_use]
    pub fn summary(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.effect.as_str(), clause(&self.action))?;
        if let Some(principal) = &self.principal {
            write!(f, " to {}", principals(principal))?;
        }
        if let Some(resource) = &self.resource {
            write!(f, " on {}", clause(resource))?;
        }
        for (index, condition) in self.conditions.iter().enumerate() {
            write!(f, " {} {}", if index == 0 { "if" } else { "and" }, test(condition))?;
        }
        Ok(())
    }
}

fn clause(clause: &Clause) -> String {
    with_sense(clause.sense, &list(clause.items.iter()))
}

fn principals(clause: &PrincipalClause) -> String {
    match &clause.who {
        Who::Everyone => with_sense(clause.sense, "*"),
        Who::Named(entries) => with_sense(clause.sense, &list(entries.iter().map(|entry| &entry.name))),
    }
}

fn test(condition: &Condition) -> String {
    format!(
        "{} {} {}",
        condition.spelled,
        condition.key,
        list(condition.values.iter())
    )
}

fn with_sense(sense: Sense, items: &str) -> String {
    match sense {
        Sense::Only => items.to_owned(),
        Sense::AllBut => format!("all but {items}"),
    }
}

fn list<'a>(words: impl Iterator<Item = &'a Word>) -> String {
    let texts: Vec<&str> = words.map(|word| word.text.as_str()).collect();
    if texts.is_empty() {
        "nothing".to_owned()
    } else {
        texts.join(", ")
    }
}
