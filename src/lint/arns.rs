//! P114: the form of ARNs in `Resource` and `NotResource`.
//!
//! Invariant: the errors are those of IAM (`MalformedPolicyDocument`) and S3 (`MalformedPolicy`); what is stored and never
//! matches is a warning.

use super::judge::{Judge, Judged, is_star};
use crate::catalogue;
use crate::policy_doc::Word;
use crate::spec::finding::Severity;

const PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-eusc",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
];

/// What IAM takes as the beginning of the last part of its ARNs, besides `root`.
const IAM_PATHS: [&str; 14] = [
    "user/",
    "federated-user/",
    "role/",
    "role-template/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// What of S3 is in a region and an account; buckets and objects are not.
const S3_REGIONAL: [&str; 5] = ["accesspoint", "job/", "storage-lens", "async-request/", "access-grants"];

/// The six parts of an ARN; those that a short pattern leaves to its last star are stars.
pub(super) struct Parts<'a> {
    pub(super) partition: &'a str,
    pub(super) service: &'a str,
    pub(super) region: &'a str,
    pub(super) account: &'a str,
    pub(super) resource: &'a str,
}

impl<'a> Parts<'a> {
    /// All but the scheme.
    pub(super) fn all(&self) -> [&'a str; 5] {
        [self.partition, self.service, self.region, self.account, self.resource]
    }

    /// The parts of what begins like an ARN; `None` where some are missing and no star stands for them.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        parts.next().filter(|scheme| *scheme == "arn")?;
        let is_short = text.splitn(6, ':').count() < 6;
        let rest = (!is_short || text.ends_with('*')).then_some("*");
        let mut next = || parts.next().or(rest);
        Some(Self {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        })
    }
}

pub(super) fn statement(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    for item in judged.statement.resource.iter().flat_map(|clause| &clause.items) {
        if let Some((severity, message, label)) = fault(item, judge.is_of_iam()) {
            judge.tell_as(severity, "P114", item.at, message, label);
        }
    }
}

/// Whether a resource is told of here, so that rules about what it fits can pass over it.
pub(super) fn is_odd(item: &Word) -> bool {
    fault(item, true).is_some()
}

type Fault = (Severity, String, String);

fn fault(item: &Word, by_iam: bool) -> Option<Fault> {
    let text = item.text.as_str();
    if is_star(text) || !text.starts_with("arn:") {
        return None;
    }
    let error = |message: String, label: &str| Some((Severity::Error, message, label.to_owned()));
    let Some(parts) = Parts::of(text) else {
        let count = text.split(':').count();
        let message = format!("`{text}` has {count} of the six parts of an ARN");
        let label = "expected arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE";
        // IAM fills in what is missing unless two colons meet.
        return match by_iam && text.contains("::") {
            true => error(message, label),
            false => Some((Severity::Warning, message, label.to_owned())),
        };
    };
    if by_iam && !parts.partition.contains(['*', '?', '$']) && !PARTITIONS.contains(&parts.partition) {
        let message = format!("`{}` is no partition of AWS", parts.partition);
        return error(message, "write `aws`, or `aws-cn`, `aws-us-gov` there");
    }
    let is_number = !parts.account.is_empty() && parts.account.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && parts.account.len() != 12 {
        let message = format!(
            "`{}` is no account: it has {} digits",
            parts.account,
            parts.account.len()
        );
        let label = "an account's number has 12 digits, zeros at the front among them".to_owned();
        return Some((Severity::Warning, message, label));
    }
    match parts.service {
        "iam" => iam(text, &parts, by_iam),
        "s3" => s3(text, &parts),
        service => elsewhere(text, service, &parts),
    }
}

fn iam(text: &str, parts: &Parts<'_>, by_iam: bool) -> Option<Fault> {
    if !parts.region.is_empty() && !is_star(parts.region) {
        let message = format!("`{text}` is in a region, and IAM is in none");
        let label = format!("leave `{}` out: arn:aws:iam::…", parts.region);
        return Some((Severity::Error, message, label));
    }
    let plain = parts.resource.split(['*', '?', '$']).next().unwrap_or_default();
    let may_begin = plain.len() < parts.resource.len();
    let fits = |start: &&str| parts.resource.starts_with(*start) || may_begin && start.starts_with(plain);
    if by_iam && parts.resource != "root" && !IAM_PATHS.iter().any(fits) {
        let message = format!("`{}` is no resource of IAM", parts.resource);
        let label = "expected user/…, role/…, group/…, policy/… or another kind".to_owned();
        return Some((Severity::Error, message, label));
    }
    None
}

fn s3(text: &str, parts: &Parts<'_>) -> Option<Fault> {
    let may_be_regional = S3_REGIONAL.iter().any(|start| {
        let plain = parts.resource.split(['*', '?', '$']).next().unwrap_or_default();
        parts.resource.starts_with(start) || plain.len() < parts.resource.len() && start.starts_with(plain)
    });
    let is_bare = |part: &str| part.is_empty() || is_star(part);
    if may_be_regional || is_bare(parts.region) && is_bare(parts.account) {
        return None;
    }
    let what = match (is_bare(parts.region), is_bare(parts.account)) {
        (false, true) => "a region",
        (true, _) => "an account",
        (false, false) => "a region and an account",
    };
    let message = format!("`{text}` has {what}, which the ARN of a bucket has not");
    let label = format!("write `arn:{}:s3:::{}`", parts.partition, parts.resource);
    Some((Severity::Error, message, label))
}

/// A region where nothing of the service is in one.
fn elsewhere(text: &str, service: &str, parts: &Parts<'_>) -> Option<Fault> {
    if parts.region.is_empty() || parts.region.contains(['*', '?', '$']) {
        return None;
    }
    let known = catalogue::service(service)?;
    let forms = known.resources.iter().flat_map(|kind| &kind.arns);
    let mut own = forms
        .filter_map(|arn| Parts::of(arn))
        .filter(|form| form.service == service)
        .peekable();
    own.peek()?;
    let is_global = own.all(|form| form.region.is_empty());
    is_global.then(|| {
        let message = format!("`{text}` is in a region, and {} is in none", known.name);
        (
            Severity::Warning,
            message,
            format!("leave `{}` out: the resource never matches", parts.region),
        )
    })
}
