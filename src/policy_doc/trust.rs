//! Trust policies from parts, for the short forms of a role's `trust`.
//!
//! Invariant: what comes out is as sound as a document that was written in full: the same checks are made.

use super::document::{
    At, Clause, Condition, Document, Effect, PrincipalClause, PrincipalEntry, PrincipalType, Sense, Statement, Version,
    Who, Word,
};
use super::flavour::Flavour;
use super::policy::Policy;
use super::{check, codes, read};
use crate::spec::finding::Finding;
use crate::spec::node::Node;

/// What a trust policy is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustParts {
    /// Who may assume the role.
    pub principals: Vec<PrincipalEntry>,
    /// Under which conditions.
    pub conditions: Vec<Condition>,
    /// By which actions; if none, the one by which each principal assumes a role.
    pub actions: Vec<Word>,
}

/// Reads conditions in AWS's own form, operator to key to values; whatever is wrong is added to `findings`.
pub fn conditions(node: &Node, findings: &mut Vec<Finding>) -> Vec<Condition> {
    read::conditions(node, findings)
}

impl Policy {
    /// A trust policy: one statement for all principals that assume the role by the same actions.
    ///
    /// Everything that is wrong is added to `findings`; the answer is `None` if anything is.
    pub fn trust(parts: TrustParts, findings: &mut Vec<Finding>) -> Option<Self> {
        let TrustParts {
            principals,
            conditions,
            actions,
        } = parts;
        let before = findings.len();
        if principals.is_empty() {
            findings.push(Finding::placeless(codes::EMPTY, "the trust policy names no principal"));
        }
        let document = Document {
            version: Version::V2012,
            id: None,
            statements: by_action(principals, &actions)
                .into_iter()
                .map(|(actions, members)| statement(actions, members, &conditions))
                .collect(),
            at: At(None),
        };
        check::document(&document, Flavour::Trust, findings);
        (findings.len() == before).then(|| Self::from_document(document))
    }
}

/// Principals in groups that assume the role by the same actions, in the order of the text.
fn by_action(principals: Vec<PrincipalEntry>, actions: &[Word]) -> Vec<(Vec<Word>, Vec<PrincipalEntry>)> {
    let mut groups: Vec<(Vec<Word>, Vec<PrincipalEntry>)> = Vec::new();
    for principal in principals {
        let by = match actions {
            [] => vec![usual_action(&principal)],
            given => given.to_vec(),
        };
        match groups.iter_mut().find(|(actions, _)| *actions == by) {
            Some((_, members)) => members.push(principal),
            None => groups.push((by, vec![principal])),
        }
    }
    groups
}

fn usual_action(principal: &PrincipalEntry) -> Word {
    Word::placeless(match principal.kind {
        PrincipalType::Aws | PrincipalType::Service | PrincipalType::CanonicalUser => "sts:AssumeRole",
        PrincipalType::Federated if principal.name.text.contains(":saml-provider/") => "sts:AssumeRoleWithSAML",
        PrincipalType::Federated => "sts:AssumeRoleWithWebIdentity",
    })
}

fn statement(actions: Vec<Word>, members: Vec<PrincipalEntry>, conditions: &[Condition]) -> Statement {
    let at = members.first().map_or(At(None), |first| first.name.at);
    Statement {
        sid: None,
        effect: Effect::Allow,
        effect_at: at,
        principal: Some(principal_clause(members, at)),
        action: Clause {
            sense: Sense::Only,
            items: actions,
            at,
        },
        resource: None,
        conditions: conditions.to_vec(),
        at,
    }
}

fn principal_clause(members: Vec<PrincipalEntry>, at: At) -> PrincipalClause {
    PrincipalClause {
        sense: Sense::Only,
        who: Who::Named(members),
        at,
    }
}
