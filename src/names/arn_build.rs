//! ARNs that follow from names, so that nothing has to be read to know them.
//!
//! Invariant: every argument is valid by its type, so the result parses and its accessors give the arguments back.

use super::account::{AccountId, Partition, Region};
use super::arn::Arn;
use super::bucket::BucketName;
use super::events::{EventBusName, RuleName};
use super::iam::{GroupName, IamPath, InstanceProfileName, LinkingService, OidcUrl, PolicyName, RoleName, UserName};
use super::lambda::{FunctionName, LogGroupName};

fn iam(partition: Partition, account: &str, kind: &str, path: &IamPath, name: &str) -> Arn {
    Arn::of_parts(partition, "iam", "", account, &format!("{kind}{path}{name}"))
}

fn regional(region: &Region, account: &AccountId, service: &str, resource: &str) -> Arn {
    Arn::of_parts(region.partition(), service, region.as_str(), account.as_str(), resource)
}

impl Arn {
    /// The account itself, as trust policies name it.
    #[must_use]
    pub fn root(partition: Partition, account: &AccountId) -> Self {
        Self::of_parts(partition, "iam", "", account.as_str(), "root")
    }

    /// A user's ARN.
    #[must_use]
    pub fn user(partition: Partition, account: &AccountId, path: &IamPath, name: &UserName) -> Self {
        iam(partition, account.as_str(), "user", path, name.as_str())
    }

    /// A role's ARN.
    #[must_use]
    pub fn role(partition: Partition, account: &AccountId, path: &IamPath, name: &RoleName) -> Self {
        iam(partition, account.as_str(), "role", path, name.as_str())
    }

    /// A group's ARN.
    #[must_use]
    pub fn group(partition: Partition, account: &AccountId, path: &IamPath, name: &GroupName) -> Self {
        iam(partition, account.as_str(), "group", path, name.as_str())
    }

    /// A customer managed policy's ARN.
    #[must_use]
    pub fn policy(partition: Partition, account: &AccountId, path: &IamPath, name: &PolicyName) -> Self {
        iam(partition, account.as_str(), "policy", path, name.as_str())
    }

    /// The ARN of a policy that AWS manages; its account is the word `aws`.
    #[must_use]
    pub fn aws_managed_policy(partition: Partition, path: &IamPath, name: &PolicyName) -> Self {
        iam(partition, "aws", "policy", path, name.as_str())
    }

    /// An instance profile's ARN.
    #[must_use]
    pub fn instance_profile(
        partition: Partition,
        account: &AccountId,
        path: &IamPath,
        name: &InstanceProfileName,
    ) -> Self {
        iam(partition, account.as_str(), "instance-profile", path, name.as_str())
    }

    /// An OIDC provider's ARN.
    #[must_use]
    pub fn oidc_provider(partition: Partition, account: &AccountId, url: &OidcUrl) -> Self {
        let resource = format!("oidc-provider/{}", url.host_and_path());
        Self::of_parts(partition, "iam", "", account.as_str(), &resource)
    }

    /// A pattern for the ARN of a service-linked role, of whose name only the end is known before the service has given
    /// it: a `*` stands for the rest, which is part of no name.
    #[must_use]
    pub fn linked_role(partition: Partition, account: &AccountId, service: &LinkingService, end: &str) -> Self {
        let resource = format!("role/aws-service-role/{service}/*{end}");
        Self::of_parts(partition, "iam", "", account.as_str(), &resource)
    }

    /// A bucket's ARN, which has neither region nor account.
    #[must_use]
    pub fn bucket(partition: Partition, name: &BucketName) -> Self {
        Self::of_parts(partition, "s3", "", "", name.as_str())
    }

    /// A Lambda function's ARN without a version or alias.
    #[must_use]
    pub fn function(region: &Region, account: &AccountId, name: &FunctionName) -> Self {
        regional(region, account, "lambda", &format!("function:{name}"))
    }

    /// A rule's ARN. EventBridge leaves the default bus out of it, and invoke permissions must match that form.
    #[must_use]
    pub fn rule(region: &Region, account: &AccountId, bus: &EventBusName, name: &RuleName) -> Self {
        let resource = if bus.is_default() {
            format!("rule/{name}")
        } else {
            format!("rule/{bus}/{name}")
        };
        regional(region, account, "events", &resource)
    }

    /// An event bus's ARN.
    #[must_use]
    pub fn event_bus(region: &Region, account: &AccountId, name: &EventBusName) -> Self {
        regional(region, account, "events", &format!("event-bus/{name}"))
    }

    /// A log group's ARN without the `:*` that stands for its streams in policies.
    #[must_use]
    pub fn log_group(region: &Region, account: &AccountId, name: &LogGroupName) -> Self {
        regional(region, account, "logs", &format!("log-group:{name}"))
    }
}
