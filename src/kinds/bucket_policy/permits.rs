//! What changing and reading statements of a bucket policy must be permitted.

use std::collections::{BTreeMap, BTreeSet};

use crate::kind::{Home, Object, Observed, Permit};
use crate::names::{Arn, BucketName};
use crate::policy_doc::Policy as Document;

use super::super::principal::permits as held;
use super::{Action, BucketPolicy, Evidence, State, Unwanted};

fn bucket(id: &BucketName, home: &Home) -> String {
    format!("arn:{}:s3:::{id}", home.partition)
}

/// The policy is read, changed and written whole; where nothing else is left in it, it is deleted.
pub(super) fn of(id: &BucketName, _: &Arn, action: &Action, home: &Home) -> Vec<Permit> {
    let bucket = bucket(id, home);
    let mut permits = Permit::all(&["s3:GetBucketPolicy", "s3:PutBucketPolicy"], &bucket);
    if action.put().is_empty() {
        permits.push(Permit::new("s3:DeleteBucketPolicy", &bucket));
    }
    permits
}

pub(super) fn reads(object: &Object<BucketPolicy>, home: &Home) -> Vec<Permit> {
    let actions = ["s3:GetBucketPolicy", "s3:GetBucketTagging", "s3:ListBucket"];
    Permit::all(&actions, bucket(&object.id, home))
}

/// Every wanted statement says something else, and every one that shall not be there is there.
pub(super) fn otherwise(_: &BucketName, wanted: Option<&State>, _: &Home) -> Vec<Observed<BucketPolicy>> {
    let Some(foreign) = held::foreign_inline().remove("otherwise") else {
        return Vec::new();
    };
    let is_wanted = wanted.is_some_and(|wanted| !wanted.Statement.is_empty());
    let sids: BTreeSet<&String> = match wanted {
        Some(wanted) => wanted.Statement.keys().chain(&wanted.absent.0).collect(),
        None => BTreeSet::new(),
    };
    let mut statements: BTreeMap<String, Document> =
        sids.into_iter().map(|sid| (sid.clone(), foreign.clone())).collect();
    if !is_wanted {
        statements.insert("Otherwise".to_owned(), foreign);
    }
    vec![Observed {
        state: State {
            Statement: statements,
            absent: Unwanted::default(),
        },
        evidence: Evidence::default(),
        unknown: BTreeMap::new(),
    }]
}
