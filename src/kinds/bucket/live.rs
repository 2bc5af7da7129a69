//! Buckets in AWS: the writing side.
//!
//! Quirks: in us-east-1 creating one's own bucket again succeeds and resets its ACL; tags and encryption are replaced whole,
//! so what others have there is said again; every call names the owner, lest it change somebody else's bucket.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types as sdk;

use crate::aws::{Aws, Intent, View, failed, gone_is_done, is_absent, request_id};
use crate::engine::error::Nature;
use crate::engine::{CallError, Receipt, Settled};
use crate::kind::{Listed, Live, NOT_SHOWN, Object, Seen};
use crate::kinds::tagging::TagChange;
use crate::names::{Arn, BucketName, Region};

use super::ask::{Asked, Miss, Read};
use super::notifications::Told;
use super::seed::Seed;
use super::steps::How;
use super::values::{Block, Encryption, Versioning};
use super::{Action, Bucket, Setting, State, read, wire};

impl Live for Bucket {
    async fn read(view: &View<'_>, object: &Object<Self>) -> Seen<Self> {
        read::read(view, object).await
    }

    fn expect(view: &View<'_>, _: &BucketName) {
        view.s3.expect(1);
    }

    async fn list(view: &View<'_>, region: &Region) -> Result<Vec<Listed<Self>>, CallError> {
        let client = view.aws.s3(region, Intent::Read);
        // Accounts with many buckets are only answered page by page.
        let mut pages = client.list_buckets().max_buckets(1000).into_paginator().send();
        let mut listed = Vec::new();
        while let Some(page) = pages.next().await {
            for bucket in page.map_err(failed("s3:ListAllMyBuckets"))?.buckets() {
                let name = bucket.name().unwrap_or_default();
                listed.push(Listed::own(name, BucketName::parse(name).ok()));
            }
        }
        Ok(listed)
    }

    async fn run(aws: &Aws, id: &BucketName, _: &Arn, action: &Action) -> Result<Receipt, CallError> {
        match action {
            Action::Create(to) => create(aws, id, to.whole()).await,
            Action::Set {
                how: How::Ensuring, to, ..
            } => Writing::of(aws, id)?.ensure_block(to.whole()).await,
            Action::Set { setting, to, .. } => Writing::of(aws, id)?.set(*setting, to.whole()).await,
            Action::PutObject { key, seed } => Writing::of(aws, id)?.put_object(key, seed).await,
            Action::Tag(change) => Writing::of(aws, id)?.tag(change).await,
            Action::Empty { contents: _ } => Writing::of(aws, id)?.empty().await,
            Action::Delete { .. } => Writing::of(aws, id)?.delete().await,
        }
    }

    async fn settled(_: &Aws, _: &BucketName, _: &Action) -> Result<Settled, CallError> {
        Ok(Settled::Done)
    }
}

/// A bucket that was there already may be our own first attempt, whose answer was lost; any other has appeared since.
async fn create(aws: &Aws, id: &BucketName, wanted: &State) -> Result<Receipt, CallError> {
    let asked = Asked {
        aws,
        client: aws.s3(&wanted.region, Intent::Read),
        name: id.as_str(),
    };
    let read = asked.tags().await;
    let is_shown = !matches!(read, Err(Miss::Gone));
    match read {
        Ok(tags) if !tags.is_empty() && tags == wanted.tags => {
            aws.learn_bucket_region(id, wanted.region.clone());
            return Ok(Receipt::already());
        }
        Ok(_) => {
            let message = format!("a bucket {id} has appeared since the plan was made; plan again");
            return Err(CallError::local("s3:CreateBucket", message));
        }
        // Who may not read may still create; S3 refuses what exists.
        Err(Miss::Gone | Miss::Because(_)) => {}
    }
    let request = aws
        .s3(&wanted.region, Intent::Write)
        .create_bucket()
        .bucket(id.as_str())
        .set_create_bucket_configuration(configuration(wanted))
        .object_ownership(sdk::ObjectOwnership::from(wanted.ownership.word()));
    match request.send().await.map_err(failed("s3:CreateBucket")) {
        Ok(answer) => {
            aws.learn_bucket_region(id, wanted.region.clone());
            Ok(Receipt::of(request_id(&answer)))
        }
        Err(error) if error.is("BucketAlreadyOwnedByYou") && !is_shown => Err(CallError {
            message: NOT_SHOWN.to_owned(),
            ..error
        }),
        Err(error) if error.is("BucketAlreadyExists") => Err(CallError {
            message: "the name belongs to another account; choose another one".to_owned(),
            ..error
        }),
        Err(error) => Err(error),
    }
}

/// us-east-1 is no legal constraint: there it must be absent.
fn configuration(wanted: &State) -> Option<sdk::CreateBucketConfiguration> {
    let region = Some(&wanted.region).filter(|region| region.as_str() != "us-east-1");
    let constraint = region.map(|region| sdk::BucketLocationConstraint::from(region.as_str()));
    let tags = sdk_tags(&wanted.tags).ok().filter(|tags| !tags.is_empty());
    (constraint.is_some() || tags.is_some()).then(|| {
        sdk::CreateBucketConfiguration::builder()
            .set_location_constraint(constraint)
            .set_tags(tags)
            .build()
    })
}

fn sdk_tags(tags: &BTreeMap<String, String>) -> Result<Vec<sdk::Tag>, CallError> {
    tags.iter()
        .map(|(key, value)| {
            sdk::Tag::builder()
                .key(key)
                .value(value)
                .build()
                .map_err(malformed("s3:PutBucketTagging"))
        })
        .collect()
}

/// The SDK's own types refuse what lacks a required part.
fn malformed<E: std::fmt::Display>(operation: &'static str) -> impl FnOnce(E) -> CallError {
    move |error| CallError::local(operation, error.to_string())
}

/// A bucket that is written to.
struct Writing<'a> {
    aws: &'a Aws,
    id: &'a BucketName,
    client: Client,
    owner: &'a str,
}

/// One write: the request with bucket and owner, and its answer as a receipt.
macro_rules! put {
    ($writing:expr, $operation:literal, $call:ident $(, $field:ident ( $value:expr ))*) => {{
        let request = $writing
            .client
            .$call()
            .bucket($writing.id.as_str())
            .expected_bucket_owner($writing.owner)
            $(.$field($value))*;
        request
            .send()
            .await
            .map(|answer| Receipt::of(request_id(&answer)))
            .map_err(failed($operation))
    }};
}

/// What a look before a write found; a bucket that is not there is the write's own answer.
fn looked<T>(operation: &'static str, read: Read<T>) -> Result<T, CallError> {
    read.map_err(|miss| match miss {
        Miss::Gone => CallError {
            operation,
            code: Some("NoSuchBucket".to_owned()),
            message: "The specified bucket does not exist".to_owned(),
            request_id: None,
            nature: Nature::Refused,
        },
        Miss::Because(why) => CallError::local(operation, why),
    })
}

impl<'a> Writing<'a> {
    fn of(aws: &'a Aws, id: &'a BucketName) -> Result<Self, CallError> {
        let home = fallback(aws)?;
        Ok(Self {
            aws,
            id,
            client: aws.s3_of(id, &home, Intent::Write),
            owner: aws.connection.home.account.as_str(),
        })
    }

    fn asked(&self) -> Result<Asked<'_>, CallError> {
        let home = fallback(self.aws)?;
        Ok(Asked {
            aws: self.aws,
            client: self.aws.s3_of(self.id, &home, Intent::Read),
            name: self.id.as_str(),
        })
    }

    async fn set(&self, setting: Setting, to: &State) -> Result<Receipt, CallError> {
        match setting {
            Setting::Ownership => self.ownership(to).await,
            Setting::Block => self.block(to).await,
            Setting::Policy => self.policy(to).await,
            Setting::Versioning => self.versioning(to).await,
            Setting::Encryption => self.encryption(to).await,
            Setting::Lifecycle => self.lifecycle(to).await,
            Setting::Notifications => self.notifications(to).await,
            Setting::Website => self.website(to).await,
            Setting::Cors => self.cors(to).await,
            Setting::Logging => self.logging(to).await,
        }
    }

    async fn ownership(&self, to: &State) -> Result<Receipt, CallError> {
        const CALL: &str = "s3:PutBucketOwnershipControls";
        let rule = sdk::OwnershipControlsRule::builder()
            .object_ownership(sdk::ObjectOwnership::from(to.ownership.word()))
            .build()
            .map_err(malformed(CALL))?;
        let controls = sdk::OwnershipControls::builder()
            .rules(rule)
            .build()
            .map_err(malformed(CALL))?;
        put!(
            self,
            "s3:PutBucketOwnershipControls",
            put_bucket_ownership_controls,
            ownership_controls(controls)
        )
    }

    /// After a creation it is only looked at: S3 has set all four by itself.
    async fn ensure_block(&self, to: &State) -> Result<Receipt, CallError> {
        if self
            .asked()?
            .blocks()
            .await
            .is_ok_and(|live| live == to.public_access_block)
        {
            return Ok(Receipt::already());
        }
        self.block(to).await
    }

    async fn block(&self, to: &State) -> Result<Receipt, CallError> {
        let wanted = &to.public_access_block;
        let config = sdk::PublicAccessBlockConfiguration::builder()
            .block_public_acls(wanted.has(Block::BlockPublicAcls))
            .ignore_public_acls(wanted.has(Block::IgnorePublicAcls))
            .block_public_policy(wanted.has(Block::BlockPublicPolicy))
            .restrict_public_buckets(wanted.has(Block::RestrictPublicBuckets))
            .build();
        put!(
            self,
            "s3:PutBucketPublicAccessBlock",
            put_public_access_block,
            public_access_block_configuration(config)
        )
    }

    async fn policy(&self, to: &State) -> Result<Receipt, CallError> {
        match to.policy.get() {
            Some(policy) => put!(self, "s3:PutBucketPolicy", put_bucket_policy, policy(policy.to_json())),
            None => put!(self, "s3:DeleteBucketPolicy", delete_bucket_policy).or_else(gone_is_done),
        }
    }

    async fn versioning(&self, to: &State) -> Result<Receipt, CallError> {
        let status = match to.versioning {
            Versioning::Enabled => sdk::BucketVersioningStatus::Enabled,
            Versioning::Suspended | Versioning::Off => sdk::BucketVersioningStatus::Suspended,
        };
        let config = sdk::VersioningConfiguration::builder().status(status).build();
        put!(
            self,
            "s3:PutBucketVersioning",
            put_bucket_versioning,
            versioning_configuration(config)
        )
    }

    /// The kinds of encryption that the bucket refuses stand in the same rule, and are said again.
    async fn encryption(&self, to: &State) -> Result<Receipt, CallError> {
        const CALL: &str = "s3:PutEncryptionConfiguration";
        let (_, blocked) = looked(CALL, self.asked()?.encryption().await)?;
        let blocked = (!blocked.0.is_empty()).then(|| {
            let kinds = blocked
                .0
                .iter()
                .map(|kind| sdk::EncryptionType::from(kind.as_str()))
                .collect();
            sdk::BlockedEncryptionTypes::builder()
                .set_encryption_type(Some(kinds))
                .build()
        });
        let rule = sdk::ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(default_encryption(&to.encryption)?)
            .bucket_key_enabled(matches!(to.encryption, Encryption::Kms { bucket_key: true, .. }))
            .set_blocked_encryption_types(blocked)
            .build();
        let config = sdk::ServerSideEncryptionConfiguration::builder()
            .rules(rule)
            .build()
            .map_err(malformed(CALL))?;
        put!(
            self,
            "s3:PutEncryptionConfiguration",
            put_bucket_encryption,
            server_side_encryption_configuration(config)
        )
    }

    /// The smallest object that moves is the bucket's, not a rule's, and is said again.
    async fn lifecycle(&self, to: &State) -> Result<Receipt, CallError> {
        const CALL: &str = "s3:PutLifecycleConfiguration";
        if to.lifecycle.is_empty() {
            return put!(self, "s3:PutLifecycleConfiguration", delete_bucket_lifecycle).or_else(gone_is_done);
        }
        let (_, smallest) = looked(CALL, self.asked()?.lifecycle().await)?;
        let request = wire::lifecycle::write(&to.lifecycle, smallest.as_ref()).map_err(malformed(CALL))?;
        let request = request.bucket(self.id.as_str()).expected_bucket_owner(self.owner);
        let answer = request.send_with(&self.client).await.map_err(failed(CALL))?;
        Ok(Receipt::of(request_id(&answer)))
    }

    async fn notifications(&self, to: &State) -> Result<Receipt, CallError> {
        let told = Told {
            notifications: to.notifications.clone(),
            eventbridge: to.eventbridge,
        };
        let config = wire::notifications::write(&told).map_err(malformed("s3:PutBucketNotification"))?;
        put!(
            self,
            "s3:PutBucketNotification",
            put_bucket_notification_configuration,
            notification_configuration(config)
        )
    }

    async fn website(&self, to: &State) -> Result<Receipt, CallError> {
        let Some(website) = &to.website else {
            return put!(self, "s3:DeleteBucketWebsite", delete_bucket_website).or_else(gone_is_done);
        };
        let config = wire::website::write(website).map_err(malformed("s3:PutBucketWebsite"))?;
        put!(
            self,
            "s3:PutBucketWebsite",
            put_bucket_website,
            website_configuration(config)
        )
    }

    async fn cors(&self, to: &State) -> Result<Receipt, CallError> {
        if to.cors.is_empty() {
            return put!(self, "s3:PutBucketCORS", delete_bucket_cors).or_else(gone_is_done);
        }
        let config = wire::cors::write(&to.cors).map_err(malformed("s3:PutBucketCORS"))?;
        put!(self, "s3:PutBucketCORS", put_bucket_cors, cors_configuration(config))
    }

    async fn logging(&self, to: &State) -> Result<Receipt, CallError> {
        let status = wire::logging::write(to.logging.as_ref()).map_err(malformed("s3:PutBucketLogging"))?;
        put!(
            self,
            "s3:PutBucketLogging",
            put_bucket_logging,
            bucket_logging_status(status)
        )
    }

    async fn put_object(&self, key: &str, seed: &Seed) -> Result<Receipt, CallError> {
        const CALL: &str = "s3:PutObject";
        let Some(bytes) = &seed.bytes else {
            return Err(CallError::local(CALL, "the content is not at hand"));
        };
        let request = self
            .client
            .put_object()
            .bucket(self.id.as_str())
            .expected_bucket_owner(self.owner)
            .key(key)
            .content_type(&seed.content_type)
            .checksum_sha256(&seed.sha256)
            // Somebody may have put it since the plan was made: theirs stays.
            .set_if_none_match((!seed.overwrite).then(|| "*".to_owned()))
            .body(ByteStream::from(bytes.clone()));
        match request.send().await.map_err(failed(CALL)) {
            Ok(answer) => Ok(Receipt::of(request_id(&answer))),
            Err(error) if error.is("PreconditionFailed") => Ok(Receipt::already()),
            Err(error) => Err(error),
        }
    }

    /// The set of tags is replaced whole, so that those of others are said again; AWS's own must be
    /// ("System tags cannot be removed by requester").
    async fn tag(&self, change: &TagChange) -> Result<Receipt, CallError> {
        const CALL: &str = "s3:PutBucketTagging";
        let read = looked(CALL, self.asked()?.tags().await)?;
        let live = self.aws.written.bucket_tags(self.id, read);
        let mut tags = live.clone();
        change.apply(&mut tags, crate::kinds::tagging::KeyCase::Exact);
        if tags == live {
            return Ok(Receipt::already());
        }
        let receipt = self.put_tags(&tags).await?;
        self.aws.written.wrote_bucket_tags(self.id, live, tags);
        Ok(receipt)
    }

    async fn put_tags(&self, tags: &BTreeMap<String, String>) -> Result<Receipt, CallError> {
        if tags.is_empty() {
            return put!(self, "s3:PutBucketTagging", delete_bucket_tagging);
        }
        let tagging = sdk::Tagging::builder()
            .set_tag_set(Some(sdk_tags(tags)?))
            .build()
            .map_err(malformed("s3:PutBucketTagging"))?;
        put!(self, "s3:PutBucketTagging", put_bucket_tagging, tagging(tagging))
    }

    /// The one loop of this room: pages of a thousand, until there is nothing left.
    async fn empty(&self) -> Result<Receipt, CallError> {
        const LIST: &str = "s3:ListBucketVersions";
        const DELETE: &str = "s3:DeleteObjectVersion";
        loop {
            let listing = self
                .client
                .list_object_versions()
                .bucket(self.id.as_str())
                .expected_bucket_owner(self.owner);
            let page = match listing.send().await.map_err(failed(LIST)) {
                Err(error) if is_absent(&error) => return Ok(Receipt::already()),
                page => page?,
            };
            let objects = page.versions().iter().map(|one| (one.key(), one.version_id()));
            let markers = page.delete_markers().iter().map(|one| (one.key(), one.version_id()));
            let all: Vec<sdk::ObjectIdentifier> = objects.chain(markers).filter_map(identifier).collect();
            if all.is_empty() {
                return Ok(Receipt::default());
            }
            let delete = sdk::Delete::builder()
                .set_objects(Some(all))
                .quiet(true)
                .build()
                .map_err(malformed(DELETE))?;
            let request = self
                .client
                .delete_objects()
                .bucket(self.id.as_str())
                .expected_bucket_owner(self.owner)
                .delete(delete);
            let answer = request.send().await.map_err(failed(DELETE))?;
            if let Some(refused) = answer.errors().first() {
                return Err(not_deleted(DELETE, refused));
            }
        }
    }

    async fn delete(&self) -> Result<Receipt, CallError> {
        put!(self, "s3:DeleteBucket", delete_bucket).or_else(gone_is_done)
    }
}

fn identifier((key, version): (Option<&str>, Option<&str>)) -> Option<sdk::ObjectIdentifier> {
    // The version `null` is named as well: without it a suspended bucket would only get a marker.
    let identifier = sdk::ObjectIdentifier::builder().key(key?);
    identifier.set_version_id(version.map(str::to_owned)).build().ok()
}

fn not_deleted(operation: &'static str, refused: &sdk::Error) -> CallError {
    let key = refused.key().unwrap_or_default();
    CallError {
        operation,
        code: refused.code().map(str::to_owned),
        message: format!("{key}: {}", refused.message().unwrap_or_default()),
        request_id: None,
        nature: Nature::Refused,
    }
}

fn default_encryption(wanted: &Encryption) -> Result<sdk::ServerSideEncryptionByDefault, CallError> {
    let (algorithm, key) = match wanted {
        Encryption::Aes256 => (sdk::ServerSideEncryption::Aes256, None),
        Encryption::Kms { key, dual: false, .. } => (sdk::ServerSideEncryption::AwsKms, key.clone()),
        Encryption::Kms { key, dual: true, .. } => (sdk::ServerSideEncryption::AwsKmsDsse, key.clone()),
    };
    sdk::ServerSideEncryptionByDefault::builder()
        .sse_algorithm(algorithm)
        .set_kms_master_key_id(key)
        .build()
        .map_err(malformed("s3:PutEncryptionConfiguration"))
}

/// Where a bucket is asked for whose region this run has not found; reading comes first, so that this is rarely needed.
fn fallback(aws: &Aws) -> Result<Region, CallError> {
    let region = aws.connection.region.clone();
    region.ok_or_else(|| CallError::local("s3:ListBucket", "no region is configured"))
}
