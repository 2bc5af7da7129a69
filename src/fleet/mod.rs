//! A fleet: many accounts, each with its file, its variables and the role that leads to it.
//!
//! Invariant: pure. The file is read whole and every mistake is told with its place; what an account leaves out it has
//! from the defaults; which shard an account is in follows from its name alone.

mod read;
mod schema;
mod shard;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::names::{AccountId, Arn, Partition, Region, RoleName};

pub use read::{FIELDS, Read, read};
pub use schema::schema;
pub use shard::{BadShard, Shard};

/// The accounts of a file by name, in the order of names.
pub type Fleet = BTreeMap<String, Member>;

/// One account, defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The only account that it may be.
    pub account: AccountId,
    /// The default region, where its file names none.
    pub region: Option<Region>,
    /// The profile whose credentials are used, or take on the role.
    pub profile: Option<String>,
    /// The role that is taken on.
    pub role: Option<Assume>,
    /// The environment's files and folders, relative to the current folder.
    pub files: Vec<String>,
    /// Values of variables.
    pub vars: BTreeMap<String, String>,
    /// YAML files with values of variables, later ones win.
    pub vars_files: Vec<String>,
    /// What `drift` compares with, as `--base` takes it.
    pub base: Vec<String>,
    /// The folder of a simulated account in place of AWS.
    pub sandbox: Option<String>,
}

/// A role that is taken on before anything is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assume {
    /// The role.
    pub role: Arn,
    /// How the session is called in the account's own log.
    pub session_name: String,
    /// What the role's trust policy may ask for.
    pub external_id: Option<String>,
}

/// The name of sessions where the file names none.
pub const SESSION_NAME: &str = "evenkeel";

/// A role by its name or path and name in an account, or by its ARN.
fn role_arn(written: &str, account: &AccountId, region: Option<&Region>) -> Result<Arn, String> {
    if written.starts_with("arn:") {
        return Arn::parse(written).map_err(|error| error.to_string());
    }
    let plain = written.trim_start_matches('/');
    let name = plain.rsplit('/').next().unwrap_or(plain);
    RoleName::parse(name).map_err(|error| error.to_string())?;
    let partition = region.map_or(Partition::Aws, Partition::of_region);
    Arn::parse(&format!("arn:{partition}:iam::{account}:role/{plain}")).map_err(|error| error.to_string())
}
