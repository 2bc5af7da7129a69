//! The AWS clients of a run: one configuration, one reading and one writing client per service and region.
//!
//! Invariant: reading clients retry as the SDK does; writing clients never retry by themselves, because only the engine
//! knows what may be repeated. No other room makes a client.

mod config;
mod error;
mod events;
mod fetch;
pub mod iam;
pub mod notice;
mod s3;
pub mod trail;
mod view;
mod written;

use std::cell::RefCell;
use std::collections::BTreeMap;

use aws_types::SdkConfig;
use tokio::sync::Semaphore;

pub use config::{ConfigError, Connection, SandboxChoice, connect};
pub use error::{call_error, failed, found_there, gone_is_done, is_absent, request_id};

pub use view::View;
pub use written::Written;

use crate::names::{Arn, BucketName, Region};
use crate::vault;

/// Reads of one service that are under way at once. IAM's buckets are small; more gains nothing there.
const READS_AT_ONCE: usize = 16;

/// A service, as far as its limits are its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// IAM.
    Iam,
    /// S3.
    S3,
    /// Lambda.
    Lambda,
    /// EventBridge.
    Events,
}

/// The reads under way, service by service, so that none waits for another one's.
#[derive(Debug)]
struct Reads {
    iam: Semaphore,
    s3: Semaphore,
    lambda: Semaphore,
    events: Semaphore,
}

impl Reads {
    fn new() -> Self {
        let some = || Semaphore::new(READS_AT_ONCE);
        Self {
            iam: some(),
            s3: some(),
            lambda: some(),
            events: some(),
        }
    }

    fn of(&self, service: Service) -> &Semaphore {
        match service {
            Service::Iam => &self.iam,
            Service::S3 => &self.s3,
            Service::Lambda => &self.lambda,
            Service::Events => &self.events,
        }
    }
}

/// Everything that a kind's effects work with.
#[derive(Debug)]
pub struct Aws {
    reading: SdkConfig,
    writing: SdkConfig,
    iam: (aws_sdk_iam::Client, aws_sdk_iam::Client),
    lambda: RefCell<BTreeMap<(Region, Intent), aws_sdk_lambda::Client>>,
    events: RefCell<BTreeMap<(Region, Intent), aws_sdk_eventbridge::Client>>,
    /// Who runs the tool, where, and in which account.
    pub connection: Connection,
    /// Where generated credentials go.
    pub vault: vault::Context,
    /// Where the live code of functions is saved before it is replaced.
    pub code_backups: std::path::PathBuf,
    s3: RefCell<BTreeMap<(Region, Intent), aws_sdk_s3::Client>>,
    bucket_regions: RefCell<BTreeMap<BucketName, Region>>,
    /// What this run has written and its own reads may not show yet.
    pub written: Written,
    reads: Reads,
}

/// What a client is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Intent {
    /// Reading: the SDK retries.
    Read,
    /// Writing: the engine retries.
    Write,
}

impl Aws {
    /// Clients over a configuration that [`connect`] has made.
    #[must_use]
    pub fn new(
        config: SdkConfig,
        connection: Connection,
        vault: vault::Context,
        code_backups: std::path::PathBuf,
    ) -> Self {
        let off = aws_sdk_iam::config::retry::RetryConfig::disabled();
        let writing = config.to_builder().retry_config(off).build();
        Self {
            iam: (aws_sdk_iam::Client::new(&config), aws_sdk_iam::Client::new(&writing)),
            lambda: RefCell::default(),
            events: RefCell::default(),
            reading: config,
            writing,
            connection,
            vault,
            code_backups,
            s3: RefCell::default(),
            bucket_regions: RefCell::default(),
            written: Written::default(),
            reads: Reads::new(),
        }
    }

    /// IAM, which has one endpoint per partition.
    #[must_use]
    pub fn iam(&self, intent: Intent) -> &aws_sdk_iam::Client {
        match intent {
            Intent::Read => &self.iam.0,
            Intent::Write => &self.iam.1,
        }
    }

    /// Lambda in a region.
    #[must_use]
    pub fn lambda(&self, region: &Region, intent: Intent) -> aws_sdk_lambda::Client {
        let made = || aws_sdk_lambda::Client::new(&self.regional(region, intent));
        self.lambda
            .borrow_mut()
            .entry((region.clone(), intent))
            .or_insert_with(made)
            .clone()
    }

    /// EventBridge in a region.
    #[must_use]
    pub fn events(&self, region: &Region, intent: Intent) -> aws_sdk_eventbridge::Client {
        let made = || aws_sdk_eventbridge::Client::new(&self.regional(region, intent));
        self.events
            .borrow_mut()
            .entry((region.clone(), intent))
            .or_insert_with(made)
            .clone()
    }

    /// CloudTrail in a region.
    #[must_use]
    pub fn trail(&self, region: &Region) -> aws_sdk_cloudtrail::Client {
        aws_sdk_cloudtrail::Client::new(&self.regional(region, Intent::Read))
    }

    /// The configuration that clients are made from, for the few calls outside the services.
    #[must_use]
    pub fn sdk_config(&self) -> &SdkConfig {
        &self.reading
    }

    fn regional(&self, region: &Region, intent: Intent) -> SdkConfig {
        let config = match intent {
            Intent::Read => &self.reading,
            Intent::Write => &self.writing,
        };
        config
            .to_builder()
            .region(aws_types::region::Region::new(region.as_str().to_owned()))
            .build()
    }

    /// S3 in a region. A custom endpoint is spoken to by path, since `bucket.localhost` is no host.
    #[must_use]
    pub fn s3(&self, region: &Region, intent: Intent) -> aws_sdk_s3::Client {
        let made = || {
            let config = self.regional(region, intent);
            let by_path = config::has_own_endpoint(&config);
            let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(by_path);
            aws_sdk_s3::Client::from_conf(config.build())
        };
        self.s3
            .borrow_mut()
            .entry((region.clone(), intent))
            .or_insert_with(made)
            .clone()
    }

    /// S3 in the region where a bucket is, as far as this run knows, else in the region given: S3 answers about a bucket
    /// only there, and the SDK follows none of its redirects (`PermanentRedirect`).
    #[must_use]
    pub fn s3_of(&self, bucket: &BucketName, otherwise: &Region, intent: Intent) -> aws_sdk_s3::Client {
        let known = self.bucket_regions.borrow().get(bucket).cloned();
        self.s3(&known.unwrap_or_else(|| otherwise.clone()), intent)
    }

    /// Where a bucket is, as far as this run knows.
    #[must_use]
    pub fn bucket_region(&self, bucket: &BucketName) -> Option<Region> {
        self.bucket_regions.borrow().get(bucket).cloned()
    }

    /// Where a bucket was found.
    pub fn learn_bucket_region(&self, bucket: &BucketName, region: Region) {
        self.bucket_regions.borrow_mut().insert(bucket.clone(), region);
    }

    /// Waits for a place among the reads of a service that are under way.
    pub async fn read_slot(&self, service: Service) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.reads.of(service).acquire().await.ok()
    }

    /// The identity that runs the tool.
    #[must_use]
    pub fn caller(&self) -> &Arn {
        &self.connection.caller
    }
}

/// The account as the engine sees it.
#[derive(Debug)]
pub struct AwsBackend<'a>(pub &'a Aws);

impl crate::engine::Backend for AwsBackend<'_> {
    async fn observe(&self, objects: Vec<crate::kinds::AnyObject>) -> Vec<crate::kinds::AnyObject> {
        View::new(self.0).read_all(objects).await
    }

    async fn run(&self, action: &crate::kinds::AnyAction) -> Result<crate::engine::Receipt, crate::engine::CallError> {
        action.run(self.0).await
    }

    async fn settled(
        &self,
        action: &crate::kinds::AnyAction,
    ) -> Result<crate::engine::Settled, crate::engine::CallError> {
        action.settled(self.0).await
    }
}
