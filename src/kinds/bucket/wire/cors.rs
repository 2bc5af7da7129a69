//! CORS rules in the SDK's terms.
//!
//! Invariant: the order of rules is kept.

use std::collections::BTreeSet;

use aws_sdk_s3::operation::get_bucket_cors::GetBucketCorsOutput;
use aws_sdk_s3::types as sdk;

use super::super::cors::{CorsRule, Method};
use super::unbuilt;

/// The rules that AWS has.
///
/// # Errors
/// What of them can't be said.
pub(in super::super) fn read(answer: &GetBucketCorsOutput) -> Result<Vec<CorsRule>, String> {
    answer.cors_rules().iter().map(rule).collect()
}

fn rule(rule: &sdk::CorsRule) -> Result<CorsRule, String> {
    let texts = |texts: &[String]| texts.iter().cloned().collect::<BTreeSet<_>>();
    let method = |word: &String| Method::of(word).ok_or_else(|| format!("a CORS rule for the method `{word}`"));
    let seconds = |seconds: i32| u32::try_from(seconds).map_err(|_| format!("a CORS rule for {seconds} seconds"));
    Ok(CorsRule {
        id: rule.id().filter(|id| !id.is_empty()).map(str::to_owned),
        allowed_methods: rule.allowed_methods().iter().map(method).collect::<Result<_, _>>()?,
        allowed_origins: texts(rule.allowed_origins()),
        allowed_headers: texts(rule.allowed_headers()),
        expose_headers: texts(rule.expose_headers()),
        max_age_seconds: rule.max_age_seconds().map(seconds).transpose()?,
    })
}

/// The rules for PutBucketCors. No rules are no configuration: that is DeleteBucketCors.
///
/// # Errors
/// For no rules.
pub(in super::super) fn write(rules: &[CorsRule]) -> Result<sdk::CorsConfiguration, String> {
    if rules.is_empty() {
        return Err("no rules are left: the configuration must be deleted".to_owned());
    }
    let rules = rules.iter().map(written).collect::<Result<_, _>>()?;
    let configuration = sdk::CorsConfiguration::builder().set_cors_rules(Some(rules));
    configuration.build().map_err(unbuilt)
}

fn written(rule: &CorsRule) -> Result<sdk::CorsRule, String> {
    let CorsRule {
        id,
        allowed_methods,
        allowed_origins,
        allowed_headers,
        expose_headers,
        max_age_seconds,
    } = rule;
    let some = |texts: &BTreeSet<String>| (!texts.is_empty()).then(|| texts.iter().cloned().collect());
    let written = sdk::CorsRule::builder()
        .set_id(id.clone())
        .set_allowed_methods(Some(
            allowed_methods.iter().map(|method| method.word().to_owned()).collect(),
        ))
        .set_allowed_origins(Some(allowed_origins.iter().cloned().collect()))
        .set_allowed_headers(some(allowed_headers))
        .set_expose_headers(some(expose_headers))
        .set_max_age_seconds(max_age_seconds.and_then(|seconds| i32::try_from(seconds).ok()));
    written.build().map_err(unbuilt)
}
