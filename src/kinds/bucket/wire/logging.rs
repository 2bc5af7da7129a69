//! Logging in the SDK's terms.
//!
//! Invariant: grants by ACL can't be said.

use aws_sdk_s3::operation::get_bucket_logging::GetBucketLoggingOutput;
use aws_sdk_s3::types as sdk;

use super::super::logging::{DateSource, KeyFormat, Logging};
use super::unbuilt;
use crate::names::BucketName;

/// Where AWS logs; nothing where it is off.
///
/// # Errors
/// What of it can't be said.
pub(in super::super) fn read(answer: &GetBucketLoggingOutput) -> Result<Option<Logging>, String> {
    let Some(enabled) = answer.logging_enabled() else {
        return Ok(None);
    };
    if !enabled.target_grants().is_empty() {
        return Err("logging with grants to others by ACL".to_owned());
    }
    let target_bucket = BucketName::parse(enabled.target_bucket());
    Ok(Some(Logging {
        target_bucket: target_bucket.map_err(|error| format!("logging to a bucket of which {error}"))?,
        target_prefix: enabled.target_prefix().to_owned(),
        target_object_key_format: key_format(enabled.target_object_key_format())?,
    }))
}

fn key_format(format: Option<&sdk::TargetObjectKeyFormat>) -> Result<KeyFormat, String> {
    let Some(format) = format else {
        return Ok(KeyFormat::SimplePrefix);
    };
    match (format.simple_prefix(), format.partitioned_prefix()) {
        (_, None) => Ok(KeyFormat::SimplePrefix),
        (Some(_), Some(_)) => Err("logging with two formats of keys".to_owned()),
        (None, Some(partitioned)) => {
            let word = partitioned
                .partition_date_source()
                .map_or("no source", |source| source.as_str());
            let known = DateSource::WORDS.iter().find(|(known, _)| *known == word);
            known
                .map(|(_, date)| KeyFormat::PartitionedPrefix(*date))
                .ok_or_else(|| format!("logging with dates of `{word}` in its keys"))
        }
    }
}

/// Logging for PutBucketLogging; nothing turns it off.
///
/// # Errors
/// Never for logging that was lowered or read.
pub(in super::super) fn write(logging: Option<&Logging>) -> Result<sdk::BucketLoggingStatus, String> {
    let enabled = logging.map(written).transpose()?;
    Ok(sdk::BucketLoggingStatus::builder().set_logging_enabled(enabled).build())
}

fn written(logging: &Logging) -> Result<sdk::LoggingEnabled, String> {
    let Logging {
        target_bucket,
        target_prefix,
        target_object_key_format,
    } = logging;
    let written = sdk::LoggingEnabled::builder()
        .target_bucket(target_bucket.as_str())
        .target_prefix(target_prefix)
        .set_target_object_key_format(written_format(*target_object_key_format));
    written.build().map_err(unbuilt)
}

/// The simple format is written as nothing, which S3 has understood since there was only one.
fn written_format(format: KeyFormat) -> Option<sdk::TargetObjectKeyFormat> {
    let KeyFormat::PartitionedPrefix(date) = format else {
        return None;
    };
    let source = sdk::PartitionDateSource::from(date.word());
    let partitioned = sdk::PartitionedPrefix::builder().partition_date_source(source).build();
    let format = sdk::TargetObjectKeyFormat::builder().partitioned_prefix(partitioned);
    Some(format.build())
}
