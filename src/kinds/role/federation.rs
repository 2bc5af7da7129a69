//! Trust in identity providers whose tokens anybody can get: what narrows it, and what does not.
//!
//! Invariant: only well-known providers with many tenants are judged; a provider of one's own lets in whom it lets in.

use std::collections::BTreeSet;

use crate::policy_doc::{Condition, Effect, Policy, PrincipalClause, PrincipalType, Statement};

/// Hosts that give tokens to everybody who asks. The second part says whether the audience is one application's, so that a
/// fixed one narrows; GitHub's and GitLab's are whatever the workflow writes.
const FOR_EVERYBODY: &[(&str, Audience)] = &[
    ("token.actions.githubusercontent.com", Audience::Free),
    ("gitlab.com", Audience::Free),
    ("app.terraform.io", Audience::Free),
    ("agent.buildkite.com", Audience::Free),
    ("accounts.google.com", Audience::Own),
    ("cognito-identity.amazonaws.com", Audience::Own),
    ("graph.facebook.com", Audience::Own),
    ("www.amazon.com", Audience::Own),
];

/// What an audience says of the one who has the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// Nothing.
    Free,
    /// Which application it was made for.
    Own,
}

/// What a trust policy opens to everybody with a token of such a provider.
pub(super) fn opened(trust: &Policy) -> BTreeSet<String> {
    let statements = trust.document().map(|document| document.statements.iter());
    let allowing = statements
        .into_iter()
        .flatten()
        .filter(|one| one.effect == Effect::Allow);
    allowing.flat_map(of_statement).collect()
}

fn of_statement(statement: &Statement) -> Vec<String> {
    let entries = statement
        .principal
        .as_ref()
        .map(PrincipalClause::entries)
        .unwrap_or_default();
    let hosts = entries
        .iter()
        .filter(|entry| entry.kind == PrincipalType::Federated)
        .map(|entry| host(&entry.name.text));
    let known = hosts.filter_map(|host| FOR_EVERYBODY.iter().find(|(known, _)| *known == host));
    known
        .filter(|(host, audience)| !statement.conditions.iter().any(|one| narrows(one, host, *audience)))
        .map(|(host, _)| format!("the role, by any token of {host}"))
        .collect()
}

fn host(principal: &str) -> &str {
    let named = principal
        .split_once("oidc-provider/")
        .map_or(principal, |(_, host)| host);
    named.split('/').next().unwrap_or(named)
}

/// A positive test of what the token says of its owner, whose every value begins with more than a wildcard.
fn narrows(condition: &Condition, host: &str, audience: Audience) -> bool {
    let key = condition.key.text.to_ascii_lowercase();
    let Some(claim) = key.strip_prefix(host).and_then(|rest| rest.strip_prefix(':')) else {
        return false;
    };
    let operator = condition.spelled.text.to_ascii_lowercase();
    let is_positive = operator.contains("string") && !operator.contains("not") && !operator.ends_with("ifexists");
    let is_strict = is_positive && !operator.starts_with("forallvalues:");
    let says_who = claim != "aud" || audience == Audience::Own;
    is_strict
        && says_who
        && !condition.values.is_empty()
        && condition.values.iter().all(|value| is_bounded(&value.text))
}

/// `repo:lab/*` is somebody's; `repo:*` and `*` are everybody's.
fn is_bounded(value: &str) -> bool {
    let fixed = value.split(['*', '?']).next().unwrap_or(value);
    let said = fixed.rsplit_once(':').map_or(fixed, |(_, said)| said);
    fixed.len() == value.len() || !said.is_empty() || fixed.matches(':').count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened_by(host: &str, conditions: &str) -> usize {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
                "Principal":{{"Federated":"arn:aws:iam::123456789012:oidc-provider/{host}"}},"Condition":{conditions}}}]}}"#
        );
        opened(&Policy::live(&text)).len()
    }

    #[test]
    fn a_provider_for_everybody_needs_more_than_an_audience() {
        let github = "token.actions.githubusercontent.com";
        let condition =
            |operator: &str, claim: &str, value: &str| format!(r#"{{"{operator}":{{"{github}:{claim}":"{value}"}}}}"#);
        for open in [
            "{}".to_owned(),
            condition("StringEquals", "aud", "sts.amazonaws.com"),
            condition("StringLike", "sub", "*"),
            condition("StringLike", "sub", "repo:*"),
            condition("StringNotEquals", "sub", "repo:lab/site:ref:refs/heads/main"),
            condition("StringEqualsIfExists", "sub", "repo:lab/site:ref:refs/heads/main"),
        ] {
            assert_eq!(opened_by(github, &open), 1, "{open}");
        }
        for narrow in [
            condition("StringEquals", "sub", "repo:lab/site:ref:refs/heads/main"),
            condition("StringLike", "sub", "repo:lab/*"),
            condition("StringEquals", "repository_owner", "lab"),
        ] {
            assert_eq!(opened_by(github, &narrow), 0, "{narrow}");
        }
    }

    #[test]
    fn an_application_of_its_own_and_a_provider_of_ones_own_are_bounded() {
        let google = r#"{"StringEquals":{"accounts.google.com:aud":"app-1"}}"#;
        assert_eq!(opened_by("accounts.google.com", google), 0);
        assert_eq!(opened_by("accounts.google.com", "{}"), 1);
        assert_eq!(opened_by("oidc.eks.eu-central-1.amazonaws.com/id/ABC", "{}"), 0);
    }
}
