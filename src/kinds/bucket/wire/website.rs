//! Websites in the SDK's terms.
//!
//! Invariant: an empty text and a missing one differ where S3 makes a difference.

use aws_sdk_s3::operation::get_bucket_website::GetBucketWebsiteOutput;
use aws_sdk_s3::types as sdk;

use super::super::website::{Condition, Host, Pages, Protocol, Redirect, Rewrite, RoutingRule, Website};
use super::unbuilt;

/// The website that AWS has.
///
/// # Errors
/// What of it can't be said.
pub(in super::super) fn read(answer: &GetBucketWebsiteOutput) -> Result<Website, String> {
    let (index, error, rules) = (answer.index_document(), answer.error_document(), answer.routing_rules());
    match (answer.redirect_all_requests_to(), index) {
        (Some(to), None) if error.is_none() && rules.is_empty() => Ok(Website::RedirectAllRequestsTo(Host {
            host_name: to.host_name().to_owned(),
            protocol: protocol(to.protocol())?,
        })),
        (None, Some(index)) => Ok(Website::Pages(Pages {
            index: index.suffix().to_owned(),
            error: error.map(|error| error.key().to_owned()),
            routing_rules: rules.iter().map(rule).collect::<Result<_, _>>()?,
        })),
        (Some(_), _) => Err("a website that both serves pages and redirects everything".to_owned()),
        (None, None) => Err("a website without an index document".to_owned()),
    }
}

fn protocol(protocol: Option<&sdk::Protocol>) -> Result<Option<Protocol>, String> {
    let Some(protocol) = protocol else { return Ok(None) };
    let known = Protocol::WORDS.iter().find(|(word, _)| *word == protocol.as_str());
    let unknown = || format!("a website with the protocol `{}`", protocol.as_str());
    known.map(|(_, protocol)| Some(*protocol)).ok_or_else(unknown)
}

fn rule(rule: &sdk::RoutingRule) -> Result<RoutingRule, String> {
    let condition = rule.condition().map(condition).transpose()?.unwrap_or_default();
    let nowhere = || "a routing rule that leads nowhere".to_owned();
    let redirect = redirect(rule.redirect().ok_or_else(nowhere)?)?;
    if redirect.is_empty() {
        return Err(nowhere());
    }
    Ok(RoutingRule { condition, redirect })
}

fn condition(condition: &sdk::Condition) -> Result<Condition, String> {
    let prefix = condition.key_prefix_equals().filter(|prefix| !prefix.is_empty());
    Ok(Condition {
        http_error_code_returned_equals: code(condition.http_error_code_returned_equals())?,
        key_prefix_equals: prefix.map(str::to_owned),
    })
}

fn redirect(redirect: &sdk::Redirect) -> Result<Redirect, String> {
    let key = match (redirect.replace_key_prefix_with(), redirect.replace_key_with()) {
        (None, None) => Rewrite::Kept,
        (Some(prefix), None) => Rewrite::ReplaceKeyPrefixWith(prefix.to_owned()),
        (None, Some(key)) => Rewrite::ReplaceKeyWith(key.to_owned()),
        (Some(_), Some(_)) => return Err("a routing rule that replaces both a key and its prefix".to_owned()),
    };
    Ok(Redirect {
        host_name: redirect.host_name().map(str::to_owned),
        protocol: protocol(redirect.protocol())?,
        http_redirect_code: code(redirect.http_redirect_code())?,
        key,
    })
}

fn code(text: Option<&str>) -> Result<Option<u16>, String> {
    let Some(text) = text else { return Ok(None) };
    let number = text.parse().map(Some);
    number.map_err(|_| format!("a routing rule with the status `{text}`"))
}

/// The website for PutBucketWebsite.
///
/// # Errors
/// Never for a website that was lowered or read.
pub(in super::super) fn write(website: &Website) -> Result<sdk::WebsiteConfiguration, String> {
    let configuration = sdk::WebsiteConfiguration::builder();
    match website {
        Website::RedirectAllRequestsTo(Host { host_name, protocol }) => {
            let to = sdk::RedirectAllRequestsTo::builder()
                .host_name(host_name)
                .set_protocol(protocol.map(written_protocol));
            Ok(configuration
                .redirect_all_requests_to(to.build().map_err(unbuilt)?)
                .build())
        }
        Website::Pages(Pages {
            index,
            error,
            routing_rules,
        }) => {
            let index = sdk::IndexDocument::builder().suffix(index).build().map_err(unbuilt)?;
            let error = error.as_ref().map(|key| sdk::ErrorDocument::builder().key(key).build());
            let rules: Vec<_> = routing_rules.iter().map(written_rule).collect();
            Ok(configuration
                .index_document(index)
                .set_error_document(error.transpose().map_err(unbuilt)?)
                .set_routing_rules((!rules.is_empty()).then_some(rules))
                .build())
        }
    }
}

fn written_protocol(protocol: Protocol) -> sdk::Protocol {
    sdk::Protocol::from(protocol.word())
}

fn written_rule(rule: &RoutingRule) -> sdk::RoutingRule {
    let RoutingRule { condition, redirect } = rule;
    sdk::RoutingRule::builder()
        .set_condition(written_condition(condition))
        .redirect(written_redirect(redirect))
        .build()
}

fn written_condition(condition: &Condition) -> Option<sdk::Condition> {
    let Condition {
        http_error_code_returned_equals,
        key_prefix_equals,
    } = condition;
    if *condition == Condition::default() {
        return None;
    }
    let written = sdk::Condition::builder()
        .set_http_error_code_returned_equals(http_error_code_returned_equals.map(|code| code.to_string()))
        .set_key_prefix_equals(key_prefix_equals.clone());
    Some(written.build())
}

fn written_redirect(redirect: &Redirect) -> sdk::Redirect {
    let Redirect {
        host_name,
        protocol,
        http_redirect_code,
        key,
    } = redirect;
    let written = sdk::Redirect::builder()
        .set_host_name(host_name.clone())
        .set_protocol(protocol.map(written_protocol))
        .set_http_redirect_code(http_redirect_code.map(|code| code.to_string()));
    match key {
        Rewrite::Kept => written.build(),
        Rewrite::ReplaceKeyPrefixWith(prefix) => written.replace_key_prefix_with(prefix).build(),
        Rewrite::ReplaceKeyWith(key) => written.replace_key_with(key).build(),
    }
}
