//! ARNs: the six parts, and what the resource part says about its kind.
//!
//! Invariant: an [`Arn`] has six parts, a known partition, and a region and account that fit it. Patterns with
//! wildcards are no ARNs; they belong to policy documents.

use super::account::{AccountId, Partition, Region};
use super::bucket::BucketName;
use super::error::NameError;
use super::events::{EventBusName, RuleName};
use super::iam::{GroupName, IamPath, InstanceProfileName, PolicyName, RoleName, UserName};
use super::lambda::{FunctionName, LogGroupName};
use super::text::text_newtype;

text_newtype!(
    /// The full name of one thing in AWS: `arn:partition:service:region:account:resource`, up to 2,048 characters.
    Arn,
    check
);

const PARTS: &str = "`arn:partition:service:region:account:resource`";

fn check(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        let (what, takes) = ("an arn", PARTS);
        return Err(NameError::Empty { what, takes });
    }
    if text.chars().count() > 2048 {
        let (text, found) = (text.to_owned(), text.chars().count());
        return Err(NameError::TooLong {
            text,
            what: "an arn",
            most: 2048,
            found,
        });
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, service, region, account, resource] => {
            let partition = check_partition(text, partition)?;
            check_service(text, service)?;
            check_region(text, partition, region)?;
            check_account(text, account)?;
            check_resource(text, resource)
        }
        ["arn", rest @ ..] => {
            let reason = format!("an arn has six parts, {PARTS}, this has {}", rest.len() + 1);
            Err(NameError::refused(text, reason))
        }
        _ => Err(NameError::refused(
            text,
            format!("an arn begins with `arn:`, as in {PARTS}"),
        )),
    }
}

fn check_partition(text: &str, part: &str) -> Result<Partition, NameError> {
    Partition::parse(part).map_err(|wrong| NameError::refused(text, format!("as the partition of an arn, {wrong}")))
}

fn check_service(text: &str, part: &str) -> Result<(), NameError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !part.is_empty() && part.chars().all(fits) {
        return Ok(());
    }
    let reason = format!("`{part}` is no service of an arn, which takes lower-case letters, digits and hyphens");
    Err(NameError::refused(text, reason))
}

fn check_region(text: &str, partition: Partition, part: &str) -> Result<(), NameError> {
    if part.is_empty() {
        return Ok(());
    }
    let region =
        Region::parse(part).map_err(|wrong| NameError::refused(text, format!("as the region of an arn, {wrong}")))?;
    if region.partition() == partition {
        return Ok(());
    }
    let reason = format!(
        "region `{region}` lies in partition `{}`, not in `{partition}`",
        region.partition()
    );
    Err(NameError::refused(text, reason))
}

/// Some services write a word here (`aws` for managed policies, `cloudfront` for its identities).
fn check_account(text: &str, part: &str) -> Result<(), NameError> {
    if part.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
        return Ok(());
    }
    AccountId::parse(part)
        .map(|_| ())
        .map_err(|wrong| NameError::refused(text, format!("as the account of an arn, {wrong}")))
}

fn check_resource(text: &str, part: &str) -> Result<(), NameError> {
    if part.is_empty() {
        return Err(NameError::refused(
            text,
            format!("the resource is missing at the end of the arn, {PARTS}"),
        ));
    }
    if part.chars().any(char::is_control) {
        return Err(NameError::refused(text, "an arn has no control characters"));
    }
    Ok(())
}

impl Arn {
    /// An ARN of parts that are valid by their types.
    pub(super) fn of_parts(partition: Partition, service: &str, region: &str, account: &str, resource: &str) -> Self {
        Self(format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
    }

    fn part(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }

    /// The partition.
    #[must_use]
    pub fn partition(&self) -> Partition {
        Partition::parse(self.part(1)).unwrap_or(Partition::Aws)
    }

    /// The service's prefix: `iam`, `s3`, `lambda`, `events` …
    #[must_use]
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The region; `None` for global things and for buckets.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        Region::parse(self.part(3)).ok()
    }

    /// The account; `None` for buckets and for what belongs to AWS.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        AccountId::parse(self.part(4)).ok()
    }

    /// Everything after the account.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.part(5)
    }

    /// Whether it names a policy that AWS manages.
    #[must_use]
    pub fn is_aws_managed_policy(&self) -> bool {
        self.part(4) == "aws" && self.policy_name().is_some()
    }

    /// The resource of a service after `kind`: `role/x/y` of kind `role/` gives `x/y`.
    fn of_kind(&self, service: &str, kind: &str) -> Option<&str> {
        let resource = self.resource();
        (self.service() == service).then(|| resource.strip_prefix(kind))?
    }

    fn iam_name(&self, kind: &str) -> Option<&str> {
        self.of_kind("iam", kind)?.rsplit('/').next()
    }

    /// The path of a user, role, group, policy or instance profile.
    #[must_use]
    pub fn iam_path(&self) -> Option<IamPath> {
        let kinds = ["user", "role", "group", "policy", "instance-profile"];
        let (kind, rest) = self.of_kind("iam", "")?.split_once('/')?;
        let path = rest
            .rsplit_once('/')
            .map_or("/".to_owned(), |(path, _)| format!("/{path}/"));
        kinds.contains(&kind).then(|| IamPath::parse(&path).ok())?
    }

    /// The name of the user, if it names one.
    #[must_use]
    pub fn user_name(&self) -> Option<UserName> {
        UserName::parse(self.iam_name("user/")?).ok()
    }

    /// The name of the role, if it names one.
    #[must_use]
    pub fn role_name(&self) -> Option<RoleName> {
        RoleName::parse(self.iam_name("role/")?).ok()
    }

    /// The role of a session, `arn:…:sts::…:assumed-role/ROLE/SESSION`; the role's path is not in it.
    #[must_use]
    pub fn session_role_name(&self) -> Option<RoleName> {
        let (role, _session) = self.of_kind("sts", "assumed-role/")?.split_once('/')?;
        RoleName::parse(role).ok()
    }

    /// The name of the group, if it names one.
    #[must_use]
    pub fn group_name(&self) -> Option<GroupName> {
        GroupName::parse(self.iam_name("group/")?).ok()
    }

    /// The name of the managed policy, if it names one.
    #[must_use]
    pub fn policy_name(&self) -> Option<PolicyName> {
        PolicyName::parse(self.iam_name("policy/")?).ok()
    }

    /// The name of the instance profile, if it names one.
    #[must_use]
    pub fn instance_profile_name(&self) -> Option<InstanceProfileName> {
        InstanceProfileName::parse(self.iam_name("instance-profile/")?).ok()
    }

    /// Host and path of the OIDC provider, if it names one.
    #[must_use]
    pub fn oidc_host_and_path(&self) -> Option<&str> {
        self.of_kind("iam", "oidc-provider/")
    }

    /// Whether AWS made it: below `/aws-service-role/` or `/aws-reserved/`.
    #[must_use]
    pub fn is_aws_made(&self) -> bool {
        self.iam_path().is_some_and(|path| path.is_aws_made())
    }

    /// The same user, group or role without its path: lists of IAM name things without it, and names are unique anyway.
    #[must_use]
    pub fn pathless(&self) -> Self {
        let root = IamPath::default();
        let Some(account) = self.account() else {
            return self.clone();
        };
        let user = self
            .user_name()
            .map(|name| Self::user(self.partition(), &account, &root, &name));
        let group = || {
            self.group_name()
                .map(|name| Self::group(self.partition(), &account, &root, &name))
        };
        let role = || {
            self.role_name()
                .map(|name| Self::role(self.partition(), &account, &root, &name))
        };
        user.or_else(group).or_else(role).unwrap_or_else(|| self.clone())
    }

    /// Whether both name one user or role: a session's ARN (`assumed-role/NAME/SESSION`) lacks the role's path, and IAM
    /// compares names without case.
    #[must_use]
    pub fn names_same_principal(&self, caller: &Self) -> bool {
        let role = |arn: &Self| arn.role_name().or_else(|| arn.session_role_name());
        let same_role = || Some(role(self)?.same_identity(&role(caller)?));
        let same_user = || Some(self.user_name()?.same_identity(&caller.user_name()?));
        self.account() == caller.account() && (same_role().unwrap_or(false) || same_user().unwrap_or(false))
    }

    /// The name of the bucket, if it names a bucket and not an object in it.
    #[must_use]
    pub fn bucket_name(&self) -> Option<BucketName> {
        let global = self.part(3).is_empty() && self.part(4).is_empty();
        BucketName::parse(global.then(|| self.of_kind("s3", ""))??).ok()
    }

    /// The name of the Lambda function, if it names one, with or without a version or alias.
    #[must_use]
    pub fn function_name(&self) -> Option<FunctionName> {
        let rest = self.of_kind("lambda", "function:")?;
        FunctionName::parse(rest.split(':').next()?).ok()
    }

    /// The version or alias behind a function's name.
    #[must_use]
    pub fn function_qualifier(&self) -> Option<&str> {
        let (_, qualifier) = self.of_kind("lambda", "function:")?.split_once(':')?;
        Some(qualifier)
    }

    /// The bus and the name of the EventBridge rule; the ARN of a rule on the default bus leaves the bus out.
    #[must_use]
    pub fn rule_and_bus(&self) -> Option<(EventBusName, RuleName)> {
        let rest = self.of_kind("events", "rule/")?;
        let (bus, name) = match rest.rsplit_once('/') {
            Some((bus, name)) => (EventBusName::parse(bus).ok()?, name),
            None => (EventBusName::default(), rest),
        };
        Some((bus, RuleName::parse(name).ok()?))
    }

    /// The name of the event bus, if it names one.
    #[must_use]
    pub fn event_bus_name(&self) -> Option<EventBusName> {
        EventBusName::parse(self.of_kind("events", "event-bus/")?).ok()
    }

    /// The name of the log group, if it names one; the `:*` that CloudWatch Logs appends is left out.
    #[must_use]
    pub fn log_group_name(&self) -> Option<LogGroupName> {
        let rest = self.of_kind("logs", "log-group:")?;
        LogGroupName::parse(rest.strip_suffix(":*").unwrap_or(rest)).ok()
    }
}
