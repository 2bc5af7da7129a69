//! What the IAM kinds share when reading: the account in bulk or single things, whichever takes fewer calls.
//!
//! Invariant: "not in the bulk answer" is never taken for "does not exist"; that is asked for by name. AWS promises no
//! consistency between the pages of GetAccountAuthorizationDetails.

mod bulk;
pub mod credentials;
mod records;
mod single;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use tokio::sync::OnceCell;

pub use bulk::tags;
pub use records::{GroupRecord, Named, PolicyRecord, PolicyVersion, RoleHead, RoleRecord, UserRecord};

use crate::engine::CallError;

use super::view::View;
use super::{failed, is_absent};
use bulk::Bulk;

/// Below this many declared IAM things, single calls are always cheaper than counting the account first.
const FEW: usize = 6;

/// How many things a page of GetAccountAuthorizationDetails is assumed to bring; AWS may send less than was asked for.
const PER_PAGE: usize = 100;

/// About how many calls reading one thing singly takes: the thing, its lists, its inline documents.
const CALLS_PER_THING: usize = 4;

/// What IAM readers share in one reading session.
#[derive(Debug, Default)]
pub struct IamView {
    wanted: Cell<usize>,
    bounded: RefCell<BTreeSet<(&'static str, String)>>,
    bulk: OnceCell<Result<Option<Bulk>, CallError>>,
    policy_arns: OnceCell<Result<Vec<(String, String)>, CallError>>,
}

impl IamView {
    /// Tells how many IAM things will be asked for.
    pub fn expect(&self, count: usize) {
        self.wanted.set(self.wanted.get() + count);
    }

    /// Tells that the file speaks of the boundary of a thing: `role` or `user`, and its name.
    pub fn expect_boundary(&self, kind: &'static str, name: &str) {
        self.bounded.borrow_mut().insert((kind, name.to_lowercase()));
    }

    /// Whether a boundary that the bulk answer doesn't show must be asked for: there are reports that
    /// GetAccountAuthorizationDetails leaves boundaries out.
    fn doubts_boundary(&self, kind: &'static str, name: &str, shown: Option<&String>) -> bool {
        shown.is_none() && self.bounded.borrow().contains(&(kind, name.to_lowercase()))
    }

    /// A role with everything that hangs on it; `None` when AWS says that there is none.
    ///
    /// # Errors
    /// What AWS answered.
    pub async fn role(&self, view: &View<'_>, name: &str) -> Result<Option<RoleRecord>, CallError> {
        let Some(role) = self.bulk(view).await?.and_then(|bulk| bulk.role(name)) else {
            return absent_is_none(single::role(view, name).await);
        };
        let mut role = role.clone();
        if self.doubts_boundary("role", name, role.boundary.as_ref()) {
            role.boundary = single::role_boundary(view, name).await?;
        }
        Ok(Some(role))
    }

    /// The role of a path whose name fits; `None` when AWS says that there is none.
    ///
    /// # Errors
    /// What AWS answered.
    pub async fn role_below(
        &self,
        view: &View<'_>,
        path: &str,
        fits: impl Fn(&str) -> bool,
    ) -> Result<Option<RoleHead>, CallError> {
        if let Some(bulk) = self.bulk(view).await?
            && let Some(role) = bulk.roles_of(path).find(|role| fits(&role.name))
        {
            let (name, description) = (role.name.clone(), role.description.clone());
            return Ok(Some(RoleHead { name, description }));
        }
        let roles = single::roles_below(view, path).await?;
        Ok(roles.into_iter().find(|role| fits(&role.name)))
    }

    /// A user with everything that hangs on it, but for its credentials.
    ///
    /// # Errors
    /// What AWS answered.
    pub async fn user(&self, view: &View<'_>, name: &str) -> Result<Option<UserRecord>, CallError> {
        let Some(user) = self.bulk(view).await?.and_then(|bulk| bulk.user(name)) else {
            return absent_is_none(single::user(view, name).await);
        };
        let mut user = user.clone();
        if self.doubts_boundary("user", name, user.boundary.as_ref()) {
            user.boundary = single::user_boundary(view, name).await?;
        }
        Ok(Some(user))
    }

    /// A group with its members.
    ///
    /// # Errors
    /// What AWS answered.
    pub async fn group(&self, view: &View<'_>, name: &str) -> Result<Option<GroupRecord>, CallError> {
        match self.bulk(view).await?.and_then(|bulk| bulk.group(name)) {
            Some(group) => Ok(Some(group.clone())),
            None => absent_is_none(single::group(view, name).await),
        }
    }

    /// A customer managed policy by name, wherever its path leads.
    ///
    /// # Errors
    /// What AWS answered.
    pub async fn policy(&self, view: &View<'_>, name: &str) -> Result<Option<PolicyRecord>, CallError> {
        let known = self.bulk(view).await?.and_then(|bulk| bulk.policy(name));
        if let Some(policy) = known {
            let described = absent_is_none(single::policy_head(view, &policy.arn).await)?;
            return Ok(described.map(|head| policy.clone().with_head(head)));
        }
        let arn = match self.policy_arn(view, name).await? {
            Some(arn) => arn,
            None => single::policy_arn_at_root(view, name),
        };
        absent_is_none(single::policy(view, &arn).await)
    }

    /// The ARN of a customer managed policy by name; names are unique in an account whatever the path.
    async fn policy_arn(&self, view: &View<'_>, name: &str) -> Result<Option<String>, CallError> {
        let arns = self.policy_arns.get_or_init(|| single::policy_arns(view)).await;
        let arns = arns.as_ref().map_err(Clone::clone)?;
        Ok(arns
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, arn)| arn.clone()))
    }

    async fn bulk(&self, view: &View<'_>) -> Result<Option<&Bulk>, CallError> {
        let bulk = self.bulk.get_or_init(|| self.read_bulk(view)).await;
        match bulk {
            Ok(bulk) => Ok(bulk.as_ref()),
            // Whoever may not read the account in bulk may still read what the file declares.
            Err(error) if error.is_denied() => Ok(None),
            Err(error) => Err(error.clone()),
        }
    }

    async fn read_bulk(&self, view: &View<'_>) -> Result<Option<Bulk>, CallError> {
        let wanted = self.wanted.get();
        if wanted < FEW {
            return Ok(None);
        }
        let things = single::count_things(view).await?;
        if things / PER_PAGE + 2 > wanted * CALLS_PER_THING {
            return Ok(None);
        }
        bulk::read(view).await.map(Some)
    }
}

fn absent_is_none<T>(result: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
