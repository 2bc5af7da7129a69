//! What the readers of buckets share: where the account's buckets are, in one list instead of a question for each.
//!
//! Invariant: "not in the list" is never taken for "does not exist"; that is asked for by name. An endpoint that does not
//! tell regions in its list, or a caller who may not list, costs one call and nothing else.

use std::cell::Cell;
use std::collections::BTreeMap;

use tokio::sync::OnceCell;

use crate::names::{BucketName, Region};

use super::{Intent, Service, View};

/// Below this many declared buckets each is asked for by itself.
const FEW: usize = 4;

/// Buckets on one page; S3 refuses to list a large account without pages.
const PER_PAGE: i32 = 1000;

/// What S3 readers share in one reading session.
#[derive(Debug, Default)]
pub struct S3View {
    wanted: Cell<usize>,
    regions: OnceCell<BTreeMap<String, Region>>,
}

impl S3View {
    /// Tells how many buckets will be asked for.
    pub fn expect(&self, count: usize) {
        self.wanted.set(self.wanted.get() + count);
    }

    /// The region of a bucket of this account, where the list tells it.
    pub async fn region(&self, view: &View<'_>, bucket: &BucketName) -> Option<Region> {
        if self.wanted.get() < FEW {
            return None;
        }
        let regions = self.regions.get_or_init(|| listed(view)).await;
        regions.get(bucket.as_str()).cloned()
    }
}

async fn listed(view: &View<'_>) -> BTreeMap<String, Region> {
    let Some(region) = &view.aws.connection.region else {
        return BTreeMap::new();
    };
    let _slot = view.aws.read_slot(Service::S3).await;
    let client = view.aws.s3(region, Intent::Read);
    let mut pages = client.list_buckets().max_buckets(PER_PAGE).into_paginator().send();
    let mut regions = BTreeMap::new();
    while let Some(Ok(page)) = pages.next().await {
        for bucket in page.buckets() {
            let region = bucket.bucket_region().and_then(|region| Region::parse(region).ok());
            regions.extend(bucket.name().map(str::to_owned).zip(region));
        }
    }
    regions
}
