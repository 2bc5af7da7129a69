//! Which resources an action can work on.
//!
//! Invariant: a form of the catalogue is taken as widely as its text allows; what its placeholders may stand for is not
//! guessed, but for names of buckets, which have no slash, so that a bucket is told from an object.

use super::Question;
use crate::catalogue::{self, Action};
use crate::policy_doc::Glob;

/// Where the resources of a question are.
pub(super) struct Scope {
    account: String,
    partition: String,
}

impl Scope {
    /// The account and partition that its resource names, else the question's account and the partition of who asks.
    pub(super) fn of(question: &Question) -> Self {
        let second = |arn: &str| arn.split(':').nth(1).map(str::to_owned);
        let is_plain = |part: &String| !part.is_empty() && !part.contains(['*', '?']);
        let partition = second(&question.resource).filter(is_plain);
        let partition = partition.or_else(|| second(&question.principal.text()).filter(is_plain));
        Self {
            account: literal_account(&question.resource)
                .unwrap_or(&question.account)
                .to_owned(),
            partition: partition.unwrap_or_else(|| "aws".to_owned()),
        }
    }
}

/// One form of ARNs, and what looks like it but is something else.
pub(super) struct Target {
    is: Glob,
    is_not: Option<Glob>,
}

impl Target {
    /// A form of the catalogue in an account.
    pub(super) fn new(form: &str, scope: &Scope) -> Self {
        let is_bucket = form.ends_with(":s3:::${BucketName}");
        let pattern = pattern(form, scope);
        Self {
            is_not: is_bucket.then(|| Glob::arn(&format!("{pattern}/*"))),
            is: Glob::arn(&pattern),
        }
    }

    /// Whether a resource is of this form.
    pub(super) fn holds(&self, resource: &str) -> bool {
        self.is.matches(resource) && !self.is_not.as_ref().is_some_and(|other| other.matches(resource))
    }

    /// What looks like it.
    pub(super) const fn is(&self) -> &Glob {
        &self.is
    }

    /// What looks like it and is something else.
    pub(super) const fn is_not(&self) -> Option<&Glob> {
        self.is_not.as_ref()
    }
}

/// The forms on which an action works, each once and sorted.
pub(super) fn forms(action: &Action) -> Vec<&'static str> {
    let forms = action.resource_types().flat_map(|kind| kind.arns.iter().copied());
    let mut forms: Vec<&'static str> = forms.collect();
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The forms of an action's resources for people, such as `arn:aws:s3:::BucketName/ObjectName`.
pub(super) fn shown(action: &Action) -> Vec<String> {
    forms(action).into_iter().map(catalogue::readable).collect()
}

/// The account that an ARN names without wildcards.
pub(super) fn literal_account(resource: &str) -> Option<&str> {
    let account = resource.split(':').nth(4)?;
    (!account.is_empty() && !account.contains(['*', '?', '$'])).then_some(account)
}

/// A form with `*` for its placeholders, and the account and partition for their own.
fn pattern(form: &str, scope: &Scope) -> String {
    catalogue::filled(form, |name| match name {
        "Account" => &scope.account,
        "Partition" => &scope.partition,
        _ => "*",
    })
}
