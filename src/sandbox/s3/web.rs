//! What a bucket says to browsers: CORS rules with their preflight requests, and website configurations.

use http::StatusCode;

use super::bucket;
use super::xml::Element;
use super::{done, fault};
use crate::sandbox::{Call, Fault, Reply, World};

const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];
const MOST_CORS_RULES: usize = 100;
const MOST_ROUTING_RULES: usize = 50;

pub(super) fn checked_cors(element: Element) -> Result<Element, Fault> {
    if element.all("CORSRule").count() > MOST_CORS_RULES {
        return Err(fault::malformed_xml());
    }
    for rule in element.all("CORSRule") {
        if let Some(odd) = rule
            .all("AllowedMethod")
            .find(|method| !METHODS.contains(&method.text.as_str()))
        {
            return Err(fault::invalid_request(format!(
                "Found unsupported HTTP method in CORS config. Unsupported method is {}",
                odd.text
            )));
        }
        if let Some(origin) = rule
            .all("AllowedOrigin")
            .find(|origin| origin.text.matches('*').count() > 1)
        {
            let message = format!("AllowedOrigin \"{}\" can not have more than one wildcard.", origin.text);
            return Err(fault::invalid_request(message));
        }
        if let Some(header) = rule
            .all("AllowedHeader")
            .find(|header| header.text.matches('*').count() > 1)
        {
            let message = format!("AllowedHeader \"{}\" can not have more than one wildcard.", header.text);
            return Err(fault::invalid_request(message));
        }
        if let Some(header) = rule.all("ExposeHeader").find(|header| header.text.contains('*')) {
            let message = format!(
                "ExposeHeader \"{}\" contains wildcard. We currently do not support wildcard for ExposeHeader.",
                header.text
            );
            return Err(fault::invalid_request(message));
        }
        if rule.get("ID").is_some_and(|id| id.chars().count() > 255) {
            return Err(fault::invalid_argument(
                "ID",
                "ID length should not exceed allowed limit of 255",
            ));
        }
    }
    Ok(element)
}

/// A browser asks before it sends.
pub(super) fn preflight(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let bucket = bucket::find(world, call, name)?;
    let (Some(origin), Some(method)) = (call.header("origin"), call.header("access-control-request-method")) else {
        let message = "Insufficient information. Origin request header needed.";
        return Err(fault::bad("BadRequest", message));
    };
    let forbidden = |message: &str| {
        Fault::new(
            StatusCode::FORBIDDEN,
            "AccessForbidden",
            format!("CORSResponse: {message}"),
        )
        .with("Method", method)
        .with("ResourceType", "BUCKET")
    };
    let rules = bucket.settings.get("cors");
    let rules = rules.ok_or_else(|| forbidden("CORS is not enabled for this bucket."))?;
    let asked: Vec<String> = call
        .header("access-control-request-headers")
        .map(|text| text.split(',').map(|name| name.trim().to_ascii_lowercase()).collect())
        .unwrap_or_default();
    let fits = |rule: &&Element| {
        rule.all("AllowedOrigin").any(|allowed| is_like(&allowed.text, origin))
            && rule.all("AllowedMethod").any(|allowed| allowed.text == method)
            && asked.iter().all(|header| {
                rule.all("AllowedHeader")
                    .any(|allowed| is_like(&allowed.text.to_ascii_lowercase(), header))
            })
    };
    let rule = rules.children.iter().find(fits);
    let rule = rule.ok_or_else(|| {
        forbidden(
            "This CORS request is not allowed. This is usually because the evalution of Origin, request method / \
             Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
        )
    })?;
    Ok(allowed(rule, origin, &asked))
}

fn allowed(rule: &Element, origin: &str, asked: &[String]) -> Reply {
    let texts = |name: &str| {
        rule.all(name)
            .map(|child| child.text.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let is_open = rule.all("AllowedOrigin").any(|allowed| allowed.text == "*");
    let mut reply = done()
        .header("access-control-allow-origin", if is_open { "*" } else { origin })
        .header("access-control-allow-methods", &texts("AllowedMethod"))
        .header(
            "vary",
            "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
        );
    if !is_open {
        reply = reply.header("access-control-allow-credentials", "true");
    }
    if !asked.is_empty() {
        reply = reply.header("access-control-allow-headers", &asked.join(", "));
    }
    if rule.child("ExposeHeader").is_some() {
        reply = reply.header("access-control-expose-headers", &texts("ExposeHeader"));
    }
    match rule.get("MaxAgeSeconds") {
        Some(age) => reply.header("access-control-max-age", age),
        None => reply,
    }
}

fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end),
    }
}

pub(super) fn checked_website(element: Element) -> Result<Element, Fault> {
    if let Some(to) = element.child("RedirectAllRequestsTo") {
        let others = ["IndexDocument", "ErrorDocument", "RoutingRules"];
        if others.iter().any(|other| element.child(other).is_some()) {
            let message = "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.";
            return Err(fault::invalid_request(message));
        }
        return match to.get("HostName").unwrap_or_default() {
            "" => Err(fault::malformed_xml()),
            _ => Ok(element),
        };
    }
    let Some(index) = element.child("IndexDocument") else {
        return Err(fault::invalid_argument(
            "IndexDocument",
            "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
        ));
    };
    let suffix = index.get("Suffix").unwrap_or_default();
    if suffix.is_empty() || suffix.contains('/') {
        return Err(fault::argument(
            "IndexDocument",
            suffix,
            "The IndexDocument Suffix is not well formed",
        ));
    }
    if let Some(error) = element
        .child("ErrorDocument")
        .filter(|error| error.get("Key") == Some(""))
    {
        let key = error.get("Key").unwrap_or_default();
        return Err(fault::argument(
            "ErrorDocument",
            key,
            "The ErrorDocument Key is not well formed",
        ));
    }
    element.child("RoutingRules").map_or(Ok(()), check_routing)?;
    Ok(element)
}

fn check_routing(rules: &Element) -> Result<(), Fault> {
    let count = rules.children.len();
    if count == 0 {
        return Err(fault::malformed_xml());
    }
    if count > MOST_ROUTING_RULES {
        let message = format!(
            "{count} routing rules provided, the number of routing rules in a website configuration is limited to 50."
        );
        return Err(fault::invalid_request(message));
    }
    for rule in &rules.children {
        let redirect = rule.child("Redirect").ok_or_else(fault::malformed_xml)?;
        if redirect.children.is_empty() {
            return Err(fault::malformed_xml());
        }
        if redirect.child("ReplaceKeyWith").is_some() && redirect.child("ReplaceKeyPrefixWith").is_some() {
            let message = "You can only define ReplaceKeyPrefix or ReplaceKey but not both.";
            return Err(fault::invalid_request(message));
        }
        if let Some(code) = redirect.get("HttpRedirectCode")
            && !code.parse::<u16>().is_ok_and(|code| (301..400).contains(&code))
        {
            let message =
                format!("The provided HTTP redirect code ({code}) is not valid. Valid codes are 3XX except 300.");
            return Err(fault::invalid_request(message));
        }
        if rule
            .child("Condition")
            .is_some_and(|condition| condition.children.is_empty())
        {
            return Err(fault::invalid_request(
                "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be \
                 present.",
            ));
        }
    }
    Ok(())
}
