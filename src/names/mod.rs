//! Names, ARNs, ids and other small values that AWS constrains: valid by construction.
//!
//! Every type is made by `parse` (or from valid parts), so whoever holds one holds what AWS would accept, as far as
//! AWS publishes its rules. This room does no I/O and knows nothing of files, plans or the account.

pub mod account;
pub mod arn;
mod arn_build;
pub mod bucket;
mod cron;
pub mod duration;
pub mod error;
pub mod events;
pub mod iam;
mod json;
pub mod lambda;
pub mod limits;
mod nearest;
pub mod package;
pub mod pattern;
mod pattern_check;
pub mod runtime;
pub mod schedule;
pub mod tag;
mod text;

pub use account::{AccountId, Partition, Region};
pub use arn::Arn;
pub use bucket::BucketName;
pub use duration::{Length, SessionLength};
pub use error::NameError;
pub use events::{EventBusName, RuleName, TargetId, TargetInput};
pub use iam::{
    ClientId, GroupName, IamPath, InlinePolicyName, InstanceProfileName, LinkingService, OidcUrl, PolicyName, RoleName,
    RoleSuffix, Thumbprint, UserName,
};
pub use lambda::{
    Architecture, EnvironmentName, EphemeralStorage, FunctionName, Handler, LogGroupName, Memory, StatementId, Timeout,
};
pub use nearest::nearest;
pub use package::{ImageUri, LayerVersionArn};
pub use pattern::EventPattern;
pub use runtime::{Runtime, RuntimeStatus};
pub use schedule::Schedule;
pub use tag::{TagKey, TagValue, Tags};

#[cfg(test)]
mod tests;
