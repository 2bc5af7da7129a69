//! The statement that comes nearest to allowing what nothing allows, and what it lacks.
//!
//! Invariant: this only explains an answer that was given elsewhere; it decides nothing.

use crate::policy_doc::{Clause, Condition, Effect, Glob, Sense, Statement};

/// A statement that nearly allows something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near<'a, T> {
    /// Whose statement it is.
    pub(super) of: T,
    /// The statement.
    pub(super) statement: &'a Statement,
    /// What it has of what is asked: the more, the nearer.
    fits: Fits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fits {
    Resource,
    Action,
    AllButConditions,
}

/// The nearest of some statements, the first of equals.
pub(super) fn nearest<'a, T: Copy>(
    statements: impl Iterator<Item = (T, &'a Statement)>,
    action: &str,
    resource: &str,
) -> Option<Near<'a, T>> {
    let near = statements.filter_map(|(of, statement)| {
        let fits = fits(statement, action, resource)?;
        Some(Near { of, statement, fits })
    });
    near.reduce(|best, next| if next.fits > best.fits { next } else { best })
}

fn fits(statement: &Statement, action: &str, resource: &str) -> Option<Fits> {
    if statement.effect != Effect::Allow {
        return None;
    }
    let has_action = statement.action.covers_action(action);
    let has_resource = statement
        .resource
        .as_ref()
        .is_none_or(|clause| covers(clause, resource));
    let is_about_it = || names_specifically(statement.resource.as_ref());
    match (has_action, has_resource) {
        (true, true) => Some(Fits::AllButConditions),
        (true, false) => Some(Fits::Action),
        (false, true) if is_about_it() => Some(Fits::Resource),
        (false, _) => None,
    }
}

/// A statement on everything is about nothing in particular.
fn names_specifically(clause: Option<&Clause>) -> bool {
    clause.is_some_and(|clause| clause.sense == Sense::Only && clause.items.iter().all(|item| item.text != "*"))
}

fn covers(clause: &Clause, resource: &str) -> bool {
    let is_named = clause.items.iter().any(|item| Glob::arn(&item.text).matches(resource));
    match clause.sense {
        Sense::Only => is_named,
        Sense::AllBut => !is_named,
    }
}

impl<T> Near<'_, T> {
    /// What it lacks, as a sentence fragment: "its Resource has no /*".
    pub(super) fn lacks(&self, action: &str, resource: &str) -> String {
        match self.fits {
            Fits::AllButConditions => conditions(&self.statement.conditions),
            Fits::Resource => match self.statement.action.sense {
                Sense::Only => format!("it does not name {action}"),
                Sense::AllBut => format!("its NotAction leaves {action} out"),
            },
            Fits::Action => self.statement.resource.as_ref().map_or_else(String::new, |clause| {
                let inside = |item: &str| resource.strip_prefix(item).is_some_and(|rest| rest.starts_with('/'));
                match clause.sense {
                    Sense::AllBut => "its NotResource leaves it out".to_owned(),
                    Sense::Only if clause.items.iter().any(|item| inside(&item.text)) => {
                        "its Resource has no /*".to_owned()
                    }
                    Sense::Only => format!("its Resource is {}", brief(clause)),
                }
            }),
        }
    }
}

fn conditions(conditions: &[Condition]) -> String {
    match conditions {
        [] => "something else of it does not fit".to_owned(),
        all => {
            let each: Vec<String> = all
                .iter()
                .map(|one| one.brief().trim_start_matches(" if ").to_owned())
                .collect();
            format!("it holds only if {}", each.join(" and "))
        }
    }
}

fn brief(clause: &Clause) -> String {
    match clause.items.as_slice() {
        [] => "empty".to_owned(),
        [only] => only.text.clone(),
        [first, others @ ..] => format!("{} and {} more", first.text, others.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy_doc::Policy;

    #[track_caller]
    fn lacks(statements: &str, action: &str, resource: &str) -> Option<String> {
        let policy = Policy::from_live(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).unwrap();
        let document = policy.document().unwrap();
        let found = nearest(document.statements.iter().map(|one| ((), one)), action, resource)?;
        Some(found.lacks(action, resource))
    }

    #[test]
    fn what_is_missing_is_said() {
        let put = r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b"}"#;
        let get = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}"#;
        let deny = r#"{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}"#;
        let tls = r#"{"Effect":"Allow","Action":"s3:Put*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}"#;
        let object = "arn:aws:s3:::b/x";
        let all = [get, put].join(",");
        assert_eq!(lacks(&all, "s3:PutObject", object).unwrap(), "its Resource has no /*");
        assert_eq!(
            lacks(get, "s3:PutObject", object).unwrap(),
            "it does not name s3:PutObject"
        );
        assert_eq!(
            lacks(get, "s3:GetObject", "arn:aws:s3:::c/x").unwrap(),
            "its Resource is arn:aws:s3:::b/*"
        );
        assert_eq!(
            lacks(&[put, tls].join(","), "s3:PutObject", object).unwrap(),
            "it holds only if Bool aws:SecureTransport true"
        );
        assert_eq!(lacks(deny, "s3:PutObject", object), None);
        assert_eq!(
            lacks(get, "ec2:RunInstances", "arn:aws:ec2:eu-west-1:1:instance/i"),
            None
        );
    }
}
