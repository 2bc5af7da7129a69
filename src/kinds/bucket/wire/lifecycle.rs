//! Lifecycle rules in the SDK's terms.
//!
//! Invariant: a filter is always written as one, never as the prefix of old rules; S3 takes no mixture of the two.

use std::collections::BTreeMap;

use aws_sdk_s3::operation::get_bucket_lifecycle_configuration::GetBucketLifecycleConfigurationOutput;
use aws_sdk_s3::operation::put_bucket_lifecycle_configuration::PutBucketLifecycleConfigurationInput;
use aws_sdk_s3::operation::put_bucket_lifecycle_configuration::builders::PutBucketLifecycleConfigurationInputBuilder;
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types as sdk;

use super::super::lifecycle::{
    Expiration, Filter, LifecycleRule, Midnight, Noncurrent, Status, StorageClass, TransitionMinimum, When,
};
use super::unbuilt;

/// The rules that AWS has, and what belongs to all of them.
pub(in super::super) type Rules = (BTreeMap<String, LifecycleRule>, Option<TransitionMinimum>);

/// The rules that AWS has, by id, and which small objects stay where they are.
///
/// # Errors
/// What of them can't be said.
pub(in super::super) fn read(answer: &GetBucketLifecycleConfigurationOutput) -> Result<Rules, String> {
    let mut rules = BTreeMap::new();
    for rule in answer.rules() {
        let id = rule
            .id()
            .filter(|id| !id.is_empty())
            .ok_or("a lifecycle rule without an id")?;
        let read = read_rule(rule).map_err(|what| format!("the lifecycle rule `{id}` has {what}"))?;
        if rules.insert(id.to_owned(), read).is_some() {
            return Err(format!("two lifecycle rules `{id}`"));
        }
    }
    let minimum = answer.transition_default_minimum_object_size();
    Ok((rules, minimum.map(|word| TransitionMinimum(word.as_str().to_owned()))))
}

fn read_rule(rule: &sdk::LifecycleRule) -> Result<LifecycleRule, String> {
    let transitions = rule.transitions().iter().map(|transition| {
        let when = when(transition.days(), transition.date())?.ok_or("a transition without a time")?;
        Ok((class(transition.storage_class())?, when))
    });
    let noncurrent_transitions = rule.noncurrent_version_transitions().iter().map(|transition| {
        let noncurrent = noncurrent(transition.noncurrent_days(), transition.newer_noncurrent_versions())?;
        Ok((class(transition.storage_class())?, noncurrent))
    });
    let deletion = rule.noncurrent_version_expiration();
    let deletion = deletion.map(|end| noncurrent(end.noncurrent_days(), end.newer_noncurrent_versions()));
    let abort = rule.abort_incomplete_multipart_upload();
    let abort = abort.map(|abort| days(abort.days_after_initiation().ok_or("an abortion without a time")?));
    let read = LifecycleRule {
        status: status(rule.status())?,
        filter: filter(rule)?,
        expiration: rule.expiration().map(expiration).transpose()?.flatten(),
        transitions: by_class(transitions)?,
        noncurrent_version_expiration: deletion.transpose()?,
        noncurrent_version_transitions: by_class(noncurrent_transitions)?,
        abort_incomplete_multipart_upload: abort.transpose()?,
    };
    // An action that this version of the SDK doesn't know leaves no trace in its answer.
    if read.has_action() {
        Ok(read)
    } else {
        Err("no action that is known".to_owned())
    }
}

fn status(status: &sdk::ExpirationStatus) -> Result<Status, String> {
    match status.as_str() {
        "Enabled" => Ok(Status::Enabled),
        "Disabled" => Ok(Status::Disabled),
        other => Err(format!("the status `{other}`")),
    }
}

/// An old rule has its prefix outside of a filter.
fn filter(rule: &sdk::LifecycleRule) -> Result<Filter, String> {
    #[allow(deprecated, reason = "old rules have it")]
    let legacy = rule.prefix();
    match (rule.filter(), legacy) {
        (None, prefix) => Ok(prefixed(prefix)),
        (Some(_), Some(_)) => Err("both a filter and a prefix".to_owned()),
        (Some(filter), None) => new_filter(filter),
    }
}

fn prefixed(prefix: Option<&str>) -> Filter {
    Filter {
        prefix: prefix.unwrap_or_default().to_owned(),
        ..Filter::default()
    }
}

fn new_filter(filter: &sdk::LifecycleRuleFilter) -> Result<Filter, String> {
    let alone = Filter {
        tags: tags(filter.tag())?,
        object_size_greater_than: bytes(filter.object_size_greater_than())?,
        object_size_less_than: bytes(filter.object_size_less_than())?,
        ..prefixed(filter.prefix())
    };
    let Some(and) = filter.and() else { return Ok(alone) };
    if alone != Filter::default() {
        return Err("a filter with more than one condition outside of `And`".to_owned());
    }
    Ok(Filter {
        tags: tags(and.tags())?,
        object_size_greater_than: bytes(and.object_size_greater_than())?,
        object_size_less_than: bytes(and.object_size_less_than())?,
        ..prefixed(and.prefix())
    })
}

fn tags<'a>(tags: impl IntoIterator<Item = &'a sdk::Tag>) -> Result<BTreeMap<String, String>, String> {
    let mut read = BTreeMap::new();
    for tag in tags {
        if read.insert(tag.key().to_owned(), tag.value().to_owned()).is_some() {
            return Err(format!("a filter with two tags `{}`", tag.key()));
        }
    }
    Ok(read)
}

fn bytes(bytes: Option<i64>) -> Result<Option<u64>, String> {
    let positive = bytes.map(u64::try_from).transpose();
    positive.map_err(|_| "a filter with a negative size".to_owned())
}

fn days(days: i32) -> Result<u32, String> {
    u32::try_from(days).map_err(|_| format!("{days} days"))
}

fn when(days_: Option<i32>, date: Option<&DateTime>) -> Result<Option<When>, String> {
    match (days_, date) {
        (None, None) => Ok(None),
        (Some(number), None) => days(number).map(|days| Some(When::Days(days))),
        (None, Some(date)) => {
            let midnight = Midnight::of_timestamp(date.secs()).filter(|_| date.subsec_nanos() == 0);
            let midnight = midnight.ok_or("a date that is not midnight UTC")?;
            Ok(Some(When::Date(midnight)))
        }
        (Some(_), Some(_)) => Err("both days and a date".to_owned()),
    }
}

/// `false` for delete markers, which some clients write beside days, says nothing.
fn expiration(expiration: &sdk::LifecycleExpiration) -> Result<Option<Expiration>, String> {
    let marker = expiration.expired_object_delete_marker() == Some(true);
    match (when(expiration.days(), expiration.date())?, marker) {
        (Some(_), true) => Err("an expiration both at a time and of delete markers".to_owned()),
        (Some(when), false) => Ok(Some(Expiration::At(when))),
        (None, true) => Ok(Some(Expiration::ExpiredObjectDeleteMarker)),
        (None, false) => Ok(None),
    }
}

fn noncurrent(after: Option<i32>, newer: Option<i32>) -> Result<Noncurrent, String> {
    let newer = newer.map(u32::try_from).transpose();
    Ok(Noncurrent {
        noncurrent_days: days(after.ok_or("an action for noncurrent versions without days")?)?,
        newer_noncurrent_versions: newer.map_err(|_| "a negative number of versions")?,
    })
}

fn class(class: Option<&sdk::TransitionStorageClass>) -> Result<StorageClass, String> {
    let word = class.map_or("none", |class| class.as_str());
    StorageClass::of(word).ok_or_else(|| format!("a transition to the storage class `{word}`"))
}

fn by_class<T>(
    transitions: impl Iterator<Item = Result<(StorageClass, T), String>>,
) -> Result<BTreeMap<StorageClass, T>, String> {
    let mut read = BTreeMap::new();
    for transition in transitions {
        let (class, transition) = transition?;
        if read.insert(class, transition).is_some() {
            return Err(format!("two transitions to {}", class.word()));
        }
    }
    Ok(read)
}

/// The rules for PutBucketLifecycleConfiguration; bucket and owner are the caller's. Without what belongs to all rules
/// S3 sets that back. No rules are no configuration: that is DeleteBucketLifecycle.
///
/// # Errors
/// For no rules.
pub(in super::super) fn write(
    rules: &BTreeMap<String, LifecycleRule>,
    minimum: Option<&TransitionMinimum>,
) -> Result<PutBucketLifecycleConfigurationInputBuilder, String> {
    if rules.is_empty() {
        return Err("no rules are left: the configuration must be deleted".to_owned());
    }
    let rules = rules
        .iter()
        .map(|(id, rule)| written(id, rule))
        .collect::<Result<_, _>>()?;
    let configuration = sdk::BucketLifecycleConfiguration::builder().set_rules(Some(rules));
    let minimum = minimum.map(|TransitionMinimum(word)| sdk::TransitionDefaultMinimumObjectSize::from(word.as_str()));
    Ok(PutBucketLifecycleConfigurationInput::builder()
        .lifecycle_configuration(configuration.build().map_err(unbuilt)?)
        .set_transition_default_minimum_object_size(minimum))
}

fn written(id: &str, rule: &LifecycleRule) -> Result<sdk::LifecycleRule, String> {
    let LifecycleRule {
        status,
        filter,
        expiration,
        transitions,
        noncurrent_version_expiration,
        noncurrent_version_transitions,
        abort_incomplete_multipart_upload,
    } = rule;
    let status = match status {
        Status::Enabled => sdk::ExpirationStatus::Enabled,
        Status::Disabled => sdk::ExpirationStatus::Disabled,
    };
    let transitions: Vec<_> = transitions.iter().map(written_transition).collect();
    let noncurrent: Vec<_> = noncurrent_version_transitions.iter().map(written_noncurrent).collect();
    let deletion = noncurrent_version_expiration.map(|noncurrent| {
        sdk::NoncurrentVersionExpiration::builder()
            .noncurrent_days(number(noncurrent.noncurrent_days))
            .set_newer_noncurrent_versions(noncurrent.newer_noncurrent_versions.map(number))
            .build()
    });
    let abort = abort_incomplete_multipart_upload.map(|days| {
        let abort = sdk::AbortIncompleteMultipartUpload::builder();
        abort.days_after_initiation(number(days)).build()
    });
    let written = sdk::LifecycleRule::builder()
        .id(id)
        .status(status)
        .filter(written_filter(filter)?)
        .set_expiration(expiration.map(written_expiration))
        .set_transitions((!transitions.is_empty()).then_some(transitions))
        .set_noncurrent_version_expiration(deletion)
        .set_noncurrent_version_transitions((!noncurrent.is_empty()).then_some(noncurrent))
        .set_abort_incomplete_multipart_upload(abort);
    written.build().map_err(unbuilt)
}

/// The API's numbers have a sign; what a file may say fits.
fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn date(date: Midnight) -> DateTime {
    DateTime::from_secs(date.timestamp())
}

fn written_expiration(expiration: Expiration) -> sdk::LifecycleExpiration {
    let written = sdk::LifecycleExpiration::builder();
    match expiration {
        Expiration::At(When::Days(days)) => written.days(number(days)).build(),
        Expiration::At(When::Date(day)) => written.date(date(day)).build(),
        Expiration::ExpiredObjectDeleteMarker => written.expired_object_delete_marker(true).build(),
    }
}

fn written_transition((class, when): (&StorageClass, &When)) -> sdk::Transition {
    let written = sdk::Transition::builder().storage_class(sdk::TransitionStorageClass::from(class.word()));
    match when {
        When::Days(days) => written.days(number(*days)).build(),
        When::Date(day) => written.date(date(*day)).build(),
    }
}

fn written_noncurrent((class, noncurrent): (&StorageClass, &Noncurrent)) -> sdk::NoncurrentVersionTransition {
    let Noncurrent {
        noncurrent_days,
        newer_noncurrent_versions,
    } = noncurrent;
    sdk::NoncurrentVersionTransition::builder()
        .storage_class(sdk::TransitionStorageClass::from(class.word()))
        .noncurrent_days(number(*noncurrent_days))
        .set_newer_noncurrent_versions(newer_noncurrent_versions.map(number))
        .build()
}

/// One condition stands alone, more of them in `And` (MalformedXML otherwise); none is an empty prefix.
fn written_filter(filter: &Filter) -> Result<sdk::LifecycleRuleFilter, String> {
    let Filter {
        prefix,
        tags,
        object_size_greater_than,
        object_size_less_than,
    } = filter;
    let tags = tags
        .iter()
        .map(|(key, value)| sdk::Tag::builder().key(key).value(value).build());
    let tags = tags.collect::<Result<Vec<_>, _>>().map_err(unbuilt)?;
    let size = |bytes: &Option<u64>| bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX));
    let (greater, less) = (size(object_size_greater_than), size(object_size_less_than));
    let sizes = usize::from(greater.is_some()) + usize::from(less.is_some());
    let written = sdk::LifecycleRuleFilter::builder();
    if usize::from(!prefix.is_empty()) + tags.len() + sizes > 1 {
        let and = sdk::LifecycleRuleAndOperator::builder()
            .set_prefix((!prefix.is_empty()).then(|| prefix.clone()))
            .set_tags((!tags.is_empty()).then_some(tags))
            .set_object_size_greater_than(greater)
            .set_object_size_less_than(less);
        return Ok(written.and(and.build()).build());
    }
    let all = prefix.is_empty() && tags.is_empty() && sizes == 0;
    Ok(written
        .set_prefix((all || !prefix.is_empty()).then(|| prefix.clone()))
        .set_tag(tags.into_iter().next())
        .set_object_size_greater_than(greater)
        .set_object_size_less_than(less)
        .build())
}
