//! The questions about one bucket, one call each.
//!
//! Quirk: what was never set is told by an error, a different one for each setting and none of them in the SDK's types, so
//! that only the wire code tells; versioning, logging and notifications answer 200 with nothing in it.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::types as sdk;
use serde::Serialize;

use crate::aws::{Aws, Service, failed};
use crate::engine::CallError;
use crate::policy_doc::Policy as Document;

use super::cors::CorsRule;
use super::logging::Logging;
use super::notifications::Told;
use super::seed::{PLAIN_TYPE, Seed};
use super::values::{Block, Blocks, Encryption, Ownership, Versioning};
use super::website::Website;
use super::{Contents, wire};

/// One bucket, and how to ask about it.
pub(super) struct Asked<'a> {
    pub(super) aws: &'a Aws,
    pub(super) client: Client,
    pub(super) name: &'a str,
}

/// Why there is no answer.
pub(super) enum Miss {
    /// The bucket is not there.
    Gone,
    /// It could not be read, or what it has can't be said.
    Because(String),
}

impl From<CallError> for Miss {
    fn from(error: CallError) -> Self {
        if error.is("NoSuchBucket") {
            Self::Gone
        } else {
            Self::Because(error.to_string())
        }
    }
}

/// A field as S3 shows it.
pub(super) type Read<T> = Result<T, Miss>;

/// The kinds of encryption that a bucket refuses: SSE-C by default since 2026, and kept as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Blocked(pub(super) Vec<String>);

impl Blocked {
    /// What is worth a word: anything but the default.
    pub(super) fn unusual(&self) -> Option<String> {
        let usual = self.0.is_empty() || self.0 == ["SSE-C"] || self.0 == ["NONE"];
        (!usual).then(|| format!("blocked kinds of encryption: {}", self.0.join(", ")))
    }
}

/// One question: the answer, or nothing where S3 says by one of these codes that there is none.
macro_rules! ask {
    ($asked:expr, $operation:literal, $call:ident, none: $codes:expr) => {{
        let asked: &Asked<'_> = $asked;
        let _slot = asked.aws.read_slot(Service::S3).await;
        let request = asked
            .client
            .$call()
            .bucket(asked.name)
            .expected_bucket_owner(asked.aws.connection.home.account.as_str());
        match request.send().await.map_err(failed($operation)) {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => none_or_miss(error, $codes),
        }
    }};
}

fn none_or_miss<T>(error: CallError, none: &[&str]) -> Read<Option<T>> {
    if none.iter().any(|code| error.is(code)) {
        Ok(None)
    } else {
        Err(error.into())
    }
}

impl Asked<'_> {
    pub(super) async fn versioning(&self) -> Read<Versioning> {
        let answer = ask!(self, "s3:GetBucketVersioning", get_bucket_versioning, none: &[])?;
        Ok(match answer.and_then(|answer| answer.status) {
            Some(sdk::BucketVersioningStatus::Enabled) => Versioning::Enabled,
            Some(sdk::BucketVersioningStatus::Suspended) => Versioning::Suspended,
            Some(_) | None => Versioning::Off,
        })
    }

    pub(super) async fn encryption(&self) -> Read<(Encryption, Blocked)> {
        const NONE: &[&str] = &["ServerSideEncryptionConfigurationNotFoundError"];
        let answer = ask!(self, "s3:GetEncryptionConfiguration", get_bucket_encryption, none: NONE)?;
        let rules = answer.and_then(|answer| answer.server_side_encryption_configuration);
        let rule = rules.and_then(|config| config.rules.into_iter().next());
        let blocked = rule.as_ref().and_then(|rule| rule.blocked_encryption_types());
        let blocked = blocked.map(|blocked| {
            blocked
                .encryption_type()
                .iter()
                .map(|kind| kind.as_str().to_owned())
                .collect()
        });
        Ok((encryption(rule.as_ref())?, Blocked(blocked.unwrap_or_default())))
    }

    pub(super) async fn blocks(&self) -> Read<Blocks> {
        const NONE: &[&str] = &["NoSuchPublicAccessBlockConfiguration"];
        let answer = ask!(self, "s3:GetBucketPublicAccessBlock", get_public_access_block, none: NONE)?;
        let Some(config) = answer.and_then(|answer| answer.public_access_block_configuration) else {
            return Ok(Blocks::default());
        };
        let is_on = |block: &Block| {
            let flag = match block {
                Block::BlockPublicAcls => config.block_public_acls,
                Block::IgnorePublicAcls => config.ignore_public_acls,
                Block::BlockPublicPolicy => config.block_public_policy,
                Block::RestrictPublicBuckets => config.restrict_public_buckets,
            };
            flag == Some(true)
        };
        Ok(Block::ALL.into_iter().filter(is_on).collect())
    }

    /// A bucket without the setting is an old one, where whoever writes an object owns it.
    pub(super) async fn ownership(&self) -> Read<Ownership> {
        const NONE: &[&str] = &["OwnershipControlsNotFoundError"];
        let answer = ask!(self, "s3:GetBucketOwnershipControls", get_bucket_ownership_controls, none: NONE)?;
        let rules = answer
            .and_then(|answer| answer.ownership_controls)
            .map(|controls| controls.rules);
        let Some(rule) = rules.and_then(|rules| rules.into_iter().next()) else {
            return Ok(Ownership::ObjectWriter);
        };
        let word = rule.object_ownership.as_str();
        Ownership::parse(word).ok_or_else(|| Miss::Because(format!("an object ownership `{word}` is not known")))
    }

    pub(super) async fn policy(&self) -> Read<Option<Document>> {
        let answer = ask!(self, "s3:GetBucketPolicy", get_bucket_policy, none: &["NoSuchBucketPolicy"])?;
        let text = answer.and_then(|answer| answer.policy);
        Ok(text.map(|text| Document::live(&text).in_partition(self.aws.connection.home.partition.as_str())))
    }

    pub(super) async fn website(&self) -> Read<Option<Website>> {
        const NONE: &[&str] = &["NoSuchWebsiteConfiguration"];
        let answer = ask!(self, "s3:GetBucketWebsite", get_bucket_website, none: NONE)?;
        answer
            .as_ref()
            .map(wire::website::read)
            .transpose()
            .map_err(Miss::Because)
    }

    /// The rules, and what belongs to all of them and a write must say again.
    pub(super) async fn lifecycle(&self) -> Read<wire::lifecycle::Rules> {
        const NONE: &[&str] = &["NoSuchLifecycleConfiguration"];
        let answer = ask!(self, "s3:GetLifecycleConfiguration", get_bucket_lifecycle_configuration, none: NONE)?;
        let rules = answer.as_ref().map(wire::lifecycle::read).transpose();
        Ok(rules.map_err(Miss::Because)?.unwrap_or_default())
    }

    pub(super) async fn cors(&self) -> Read<Vec<CorsRule>> {
        let answer = ask!(self, "s3:GetBucketCORS", get_bucket_cors, none: &["NoSuchCORSConfiguration"])?;
        let rules = answer.as_ref().map(wire::cors::read).transpose();
        Ok(rules.map_err(Miss::Because)?.unwrap_or_default())
    }

    pub(super) async fn logging(&self) -> Read<Option<Logging>> {
        let answer = ask!(self, "s3:GetBucketLogging", get_bucket_logging, none: &[])?;
        let logging = answer.as_ref().map(wire::logging::read).transpose();
        Ok(logging.map_err(Miss::Because)?.flatten())
    }

    pub(super) async fn notifications(&self) -> Read<Told> {
        let answer = ask!(self, "s3:GetBucketNotification", get_bucket_notification_configuration, none: &[])?;
        let read = answer.as_ref().map(wire::notifications::read).transpose();
        Ok(read.map_err(Miss::Because)?.unwrap_or_default())
    }

    /// AWS's own tags included, since a write has to say them again.
    pub(super) async fn tags(&self) -> Read<BTreeMap<String, String>> {
        const NONE: &[&str] = &["NoSuchTagSet", "NoSuchTagSetError"];
        let answer = ask!(self, "s3:GetBucketTagging", get_bucket_tagging, none: NONE)?;
        let tags = answer.map(|answer| answer.tag_set).unwrap_or_default();
        Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
    }

    pub(super) async fn replication(&self) -> Read<Option<&'static str>> {
        const NONE: &[&str] = &["ReplicationConfigurationNotFoundError"];
        let answer = ask!(self, "s3:GetReplicationConfiguration", get_bucket_replication, none: NONE)?;
        Ok(answer.map(|_| "replication"))
    }

    /// Some places drop the end of the code.
    pub(super) async fn object_lock(&self) -> Read<Option<&'static str>> {
        const NONE: &[&str] = &[
            "ObjectLockConfigurationNotFoundError",
            "ObjectLockConfigurationNotFound",
        ];
        let answer = ask!(self, "s3:GetBucketObjectLockConfiguration", get_object_lock_configuration, none: NONE)?;
        Ok(answer.map(|_| "object lock"))
    }

    /// Grants to others than the owner; a new bucket's ACL is the owner's FULL_CONTROL alone.
    pub(super) async fn acl(&self) -> Read<Option<&'static str>> {
        let Some(answer) = ask!(self, "s3:GetBucketAcl", get_bucket_acl, none: &[])? else {
            return Ok(None);
        };
        let owner = answer.owner().and_then(|owner| owner.id());
        let is_owner = |grant: &sdk::Grant| grant.grantee().and_then(|grantee| grantee.id()) == owner;
        Ok((!answer.grants().iter().all(is_owner)).then_some("ACL grants"))
    }

    /// Everything that stands in the way of a deletion, counted on at most so many pages.
    pub(super) async fn contents(&self, most_pages: usize) -> Contents {
        let request = self.client.list_object_versions().bucket(self.name);
        let request = request.expected_bucket_owner(self.aws.connection.home.account.as_str());
        let (mut count, mut key, mut version) = (0, None, None);
        for _ in 0..most_pages {
            let _slot = self.aws.read_slot(Service::S3).await;
            let next = request.clone().set_key_marker(key).set_version_id_marker(version);
            let Ok(page) = next.send().await else {
                return Contents::Unknown;
            };
            count += page.versions().len() + page.delete_markers().len();
            if page.is_truncated() != Some(true) {
                return if count == 0 {
                    Contents::Nothing
                } else {
                    Contents::Counted(count)
                };
            }
            (key, version) = (page.next_key_marker, page.next_version_id_marker);
        }
        Contents::MoreThan(count)
    }

    /// An object that is there: as wanted, or by its hash.
    pub(super) async fn seed(&self, key: &str, wanted: &Seed) -> Read<Option<Seed>> {
        let _slot = self.aws.read_slot(Service::S3).await;
        let request = self
            .client
            .head_object()
            .bucket(self.name)
            .key(key)
            .checksum_mode(sdk::ChecksumMode::Enabled)
            .expected_bucket_owner(self.aws.connection.home.account.as_str());
        let answer = match request.send().await.map_err(failed("s3:GetObject")) {
            Ok(answer) => answer,
            Err(error) => return none_or_miss(error, &["NotFound", "NoSuchKey"]),
        };
        // The ETag of what was put in one piece and is not encrypted by KMS is its MD5.
        let is_same = answer.checksum_sha256() == Some(&wanted.sha256)
            || answer.e_tag().map(|tag| tag.trim_matches('"')) == Some(&wanted.md5);
        Ok(Some(Seed {
            sha256: match is_same {
                true => wanted.sha256.clone(),
                false => answer.checksum_sha256().unwrap_or_default().to_owned(),
            },
            size: answer
                .content_length()
                .and_then(|size| usize::try_from(size).ok())
                .unwrap_or_default(),
            content_type: answer.content_type().unwrap_or(PLAIN_TYPE).to_owned(),
            overwrite: false,
            md5: String::new(),
            bytes: None,
        }))
    }
}

fn encryption(rule: Option<&sdk::ServerSideEncryptionRule>) -> Read<Encryption> {
    let Some(default) = rule.and_then(|rule| rule.apply_server_side_encryption_by_default()) else {
        return Ok(Encryption::Aes256);
    };
    let kms = |dual| Encryption::Kms {
        key: default
            .kms_master_key_id()
            .map(str::to_owned)
            .filter(|key| !key.ends_with("alias/aws/s3")),
        bucket_key: rule.and_then(|rule| rule.bucket_key_enabled()) == Some(true),
        dual,
    };
    match default.sse_algorithm() {
        sdk::ServerSideEncryption::Aes256 => Ok(Encryption::Aes256),
        sdk::ServerSideEncryption::AwsKms => Ok(kms(false)),
        sdk::ServerSideEncryption::AwsKmsDsse => Ok(kms(true)),
        other => Err(Miss::Because(format!("an encryption `{other}` is not known"))),
    }
}
