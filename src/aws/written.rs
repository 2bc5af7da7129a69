//! What this run has written where a read of its own may be behind: the configuration of buckets and IAM's answers are
//! eventually consistent, so that a value that is read to be changed, or to judge a refusal by, may be the one before.
//!
//! Invariant: a read that shows what this run has already replaced is never built upon; anything else that a read shows is
//! somebody's later change and counts.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::names::{BucketName, RoleName};
use crate::policy_doc::Policy;

/// The writes of a run that later ones of it build upon.
#[derive(Debug, Default)]
pub struct Written {
    bucket_tags: RefCell<BTreeMap<BucketName, Latest<BTreeMap<String, String>>>>,
    trusts: RefCell<BTreeMap<RoleName, Policy>>,
}

impl Written {
    /// A bucket's tags as they are, given what a read shows.
    pub fn bucket_tags(&self, bucket: &BucketName, read: BTreeMap<String, String>) -> BTreeMap<String, String> {
        match self.bucket_tags.borrow().get(bucket) {
            Some(latest) => latest.over(read),
            None => read,
        }
    }

    /// A bucket's tags were these and have been replaced by those.
    pub fn wrote_bucket_tags(
        &self,
        bucket: &BucketName,
        before: BTreeMap<String, String>,
        after: BTreeMap<String, String>,
    ) {
        let mut all = self.bucket_tags.borrow_mut();
        match all.get_mut(bucket) {
            Some(latest) => latest.replace(before, after),
            None => drop(all.insert(bucket.clone(), Latest::new(before, after))),
        }
    }

    /// The trust policy that this run has given a role.
    pub fn trust(&self, role: &RoleName) -> Option<Policy> {
        self.trusts.borrow().get(role).cloned()
    }

    /// A role was given this trust policy.
    pub fn wrote_trust(&self, role: &RoleName, trust: &Policy) {
        self.trusts.borrow_mut().insert(role.clone(), trust.clone());
    }
}

/// The last value that was written, and those that it and its forerunners have replaced.
#[derive(Debug)]
struct Latest<T> {
    now: T,
    outdated: Vec<T>,
}

impl<T: PartialEq + Clone> Latest<T> {
    fn new(before: T, now: T) -> Self {
        let mut latest = Self {
            now: before.clone(),
            outdated: Vec::new(),
        };
        latest.replace(before, now);
        latest
    }

    fn replace(&mut self, before: T, now: T) {
        self.outdated.push(before);
        self.outdated.retain(|old| *old != now);
        self.now = now;
    }

    fn over(&self, read: T) -> T {
        if self.outdated.contains(&read) {
            self.now.clone()
        } else {
            read
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_of_what_was_replaced_is_behind_and_any_other_counts() {
        let mut latest = Latest::new(1, 2);
        assert_eq!([1, 2, 9].map(|read| latest.over(read)), [2, 2, 9]);
        latest.replace(2, 3);
        assert_eq!([1, 2, 3, 9].map(|read| latest.over(read)), [3, 3, 3, 9]);
    }

    #[test]
    fn a_value_that_came_back_is_not_outdated() {
        let mut latest = Latest::new(1, 2);
        latest.replace(2, 1);
        assert_eq!([1, 2].map(|read| latest.over(read)), [1, 1]);
    }
}
