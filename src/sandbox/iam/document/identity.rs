//! Policies of users, groups and roles, and managed policies.
//!
//! Invariant: the checks come in the order in which AWS makes them, which decides what a document with several mistakes is
//! refused for: grammar, version, AWS's older parser, ids, actions, resources.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::super::Fault;
use super::super::refusal::malformed;
use super::{
    MEMBERS, Place, STATEMENT_MEMBERS, check_condition_values, is_new_sid, is_operator, one_of, statements, syntax,
    texts,
};

const PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-eusc",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
];
const IAM_RESOURCES: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// Refuses what AWS refuses in a policy of an identity.
pub(super) fn check(document: &Map<String, Value>, place: Place) -> Result<(), Fault> {
    let statements = grammar(document)?;
    // Inline policies may still be of the older version.
    let version = document.get("Version").and_then(Value::as_str);
    if place == Place::Managed && version != Some("2012-10-17") {
        return Err(malformed("Policy document must be version 2012-10-17 or greater."));
    }
    let named = |statement: &&&Map<_, _>| statement.contains_key("Principal") || statement.contains_key("NotPrincipal");
    if statements.iter().any(|statement| named(&statement)) {
        return Err(malformed("Policy document should not specify a principal."));
    }
    let bad_resource = older_parser(&statements)?;
    check_sids(&statements)?;
    if statements
        .iter()
        .any(|statement| is_without(statement, "Action", "NotAction"))
    {
        return Err(malformed("Policy statement must contain actions."));
    }
    if let Some(fault) = bad_resource {
        return Err(fault);
    }
    for member in ["Action", "NotAction"] {
        for action in all_texts(&statements, member) {
            check_action(action)?;
        }
    }
    if statements
        .iter()
        .any(|statement| is_without(statement, "Resource", "NotResource"))
    {
        return Err(malformed("Policy statement must contain resources."));
    }
    Ok(())
}

fn grammar(document: &Map<String, Value>) -> Result<Vec<&Map<String, Value>>, Fault> {
    let known = |key: &String| MEMBERS.contains(&key.as_str());
    let version = document.get("Version").map(Value::as_str);
    let is_version = matches!(version, None | Some(Some("2008-10-17" | "2012-10-17")));
    if !document.keys().all(known) || !is_version || document.get("Id").is_some_and(|id| !id.is_string()) {
        return Err(syntax());
    }
    let statements = statements(document).ok_or_else(syntax)?;
    let objects: Option<Vec<_>> = statements.into_iter().map(Value::as_object).collect();
    let objects = objects.ok_or_else(syntax)?;
    objects.iter().try_for_each(|statement| statement_grammar(statement))?;
    Ok(objects)
}

fn statement_grammar(statement: &Map<String, Value>) -> Result<(), Fault> {
    let known = |key: &String| STATEMENT_MEMBERS.contains(&key.as_str());
    let effect = statement.get("Effect").and_then(Value::as_str);
    let is_effect = effect.is_some_and(|word| ["allow", "deny"].contains(&word.to_ascii_lowercase().as_str()));
    if !statement.keys().all(known) || !is_effect || statement.get("Sid").is_some_and(|sid| !sid.is_string()) {
        return Err(syntax());
    }
    for (plain, not) in [("Action", "NotAction"), ("Resource", "NotResource")] {
        if let Some(value) = one_of(statement, plain, not)? {
            texts(value).ok_or_else(syntax)?;
        }
    }
    let Some(condition) = statement.get("Condition") else {
        return Ok(());
    };
    for (operator, keys) in condition.as_object().ok_or_else(syntax)? {
        check_condition_values(keys)?;
        // An unknown operator without keys does no harm.
        if !is_operator(operator) && keys.as_object().is_some_and(|keys| !keys.is_empty()) {
            return Err(syntax());
        }
    }
    Ok(())
}

/// AWS runs an older parser first: it insists on the case of effects, on dates, and on ARNs with six parts. A resource
/// that it never gets to see because its ARN is bad anyway is given back, to be told later.
fn older_parser(statements: &[&Map<String, Value>]) -> Result<Option<Fault>, Fault> {
    let failed = || malformed("The policy failed legacy parsing");
    for statement in statements {
        if !matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny")) {
            return Err(failed());
        }
        let conditions = statement
            .get("Condition")
            .and_then(Value::as_object)
            .into_iter()
            .flatten();
        let dates = conditions.filter(|(operator, _)| strip_set(operator).starts_with("Date"));
        let mut values = dates
            .filter_map(|(_, keys)| keys.as_object())
            .flat_map(Map::values)
            .flat_map(each);
        if !values.all(|value| is_date(&value)) {
            return Err(failed());
        }
    }
    let mut bad = None;
    for member in ["Resource", "NotResource"] {
        for statement in statements {
            let mut listed = statement.get(member).and_then(texts).unwrap_or_default();
            listed.sort_unstable();
            // Of several bad ones AWS tells the first in the order of their letters.
            bad = listed.iter().find_map(|resource| bad_resource(resource)).or(bad);
            if bad.is_none() && !listed.iter().all(|resource| passes_older_parser(resource)) {
                return Err(failed());
            }
        }
    }
    Ok(bad)
}

fn strip_set(operator: &str) -> &str {
    let plain = operator.strip_prefix("ForAnyValue:");
    plain
        .or_else(|| operator.strip_prefix("ForAllValues:"))
        .unwrap_or(operator)
}

fn each(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

/// `arn:aws:s3::bucket` has a part too few, and `arn:aws::...` no service.
fn passes_older_parser(resource: &str) -> bool {
    if resource == "*" {
        return true;
    }
    let service = resource.split(':').nth(2);
    (resource.matches(':').count() >= 5 || !resource.contains("::")) && service != Some("")
}

fn bad_resource(resource: &str) -> Option<Fault> {
    if resource == "*" {
        return None;
    }
    let Some((_, rest)) = resource.split_once(':') else {
        return Some(malformed(format!(
            "Resource {resource} must be in ARN format or \"*\"."
        )));
    };
    let (partition, rest) = rest
        .split_once(':')
        .map_or((rest, None), |(one, rest)| (one, Some(rest)));
    if partition != "*" && !PARTITIONS.contains(&partition) {
        return Some(malformed(format!(
            "Partition \"{partition}\" is not valid for resource \"{}\".",
            filled(partition, rest.unwrap_or_default())
        )));
    }
    let Some(rest) = rest else {
        return Some(malformed(
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ));
    };
    let parts: Vec<&str> = rest.splitn(4, ':').collect();
    let part = |nth: usize| parts.get(nth).copied().unwrap_or_default();
    let (service, region, path) = (part(0), part(1), part(3));
    match service {
        "iam" if !region.is_empty() => Some(malformed(format!(
            "IAM resource {resource} cannot contain region information."
        ))),
        "s3" if !region.is_empty() && !path.starts_with("accesspoint/") => Some(malformed(format!(
            "Resource {resource} can not contain region information."
        ))),
        "iam" if !is_iam_path(path) => Some(malformed(format!(
            "IAM resource path must either be \"*\", root, or start with {}.",
            IAM_RESOURCES.join(", ")
        ))),
        _ => None,
    }
}

fn is_iam_path(path: &str) -> bool {
    // What a wildcard or variable stands for is not known; what is before it must fit.
    let plain = path.split(['*', '?', '$']).next().unwrap_or_default();
    let may_begin = plain.len() < path.len();
    let fits = |start: &str| path.starts_with(start) || (may_begin && start.starts_with(plain));
    path == "root" || IAM_RESOURCES.into_iter().any(fits)
}

/// The ARN as AWS repeats it: always six parts, a star for each that is missing.
fn filled(partition: &str, rest: &str) -> String {
    let mut parts: Vec<&str> = rest.splitn(4, ':').collect();
    if parts == [""] {
        parts.clear();
    }
    parts.resize(4, "*");
    format!("arn:{partition}:{}", parts.join(":"))
}

fn check_sids(statements: &[&Map<String, Value>]) -> Result<(), Fault> {
    let mut sids = BTreeSet::new();
    if !statements.iter().all(|statement| is_new_sid(&mut sids, statement)) {
        return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
    }
    if sids
        .iter()
        .any(|sid| !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    {
        return Err(malformed(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression \
             [0-9A-Za-z]*",
        ));
    }
    Ok(())
}

/// Whether a statement has neither of two members, or an empty list.
fn is_without(statement: &Map<String, Value>, plain: &str, not: &str) -> bool {
    let value = statement.get(plain).or_else(|| statement.get(not));
    value.and_then(texts).is_none_or(|listed| listed.is_empty())
}

fn all_texts<'a>(statements: &'a [&'a Map<String, Value>], member: &'a str) -> impl Iterator<Item = &'a str> {
    let values = statements.iter().filter_map(move |statement| statement.get(member));
    values.filter_map(texts).flatten()
}

fn check_action(action: &str) -> Result<(), Fault> {
    let Some((vendor, name)) = action.split_once(':') else {
        if action == "*" {
            return Ok(());
        }
        return Err(malformed(
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ));
    };
    if name.contains(':') {
        return Err(malformed("Actions/Condition can contain only one colon."));
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    if vendor != "*" && !vendor.bytes().all(fits) {
        return Err(malformed(format!("Vendor {vendor} is not valid")));
    }
    Ok(())
}

/// A count of seconds, or ISO 8601 as far as it is written.
fn is_date(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    if !text.contains('t') && !text.contains('-') {
        return text.parse::<i64>().is_ok_and(|seconds| seconds >= 0);
    }
    let (day, time) = text.split_once('t').unwrap_or((&text, ""));
    is_day(day) && is_time(time)
}

fn is_day(text: &str) -> bool {
    let (sign, plain) = text.strip_prefix('-').map_or((1, text), |plain| (-1, plain));
    let parts: Vec<&str> = plain.split('-').collect();
    let within = |nth: usize, most: i64| parts.get(nth).is_none_or(|part| in_range(part, 1, most));
    let year = parts.first().and_then(|year| year.parse::<i64>().ok());
    let is_year = year.is_some_and(|year| (-292_275_054..=292_278_993).contains(&(sign * year)));
    is_year && parts.len() < 4 && within(1, 12) && within(2, 31)
}

fn is_time(text: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    let parts: Vec<&str> = text.splitn(3, ':').collect();
    let part = |nth: usize, most: i64| parts.get(nth).is_none_or(|part| in_range(part, 0, most));
    part(0, 23) && part(1, 59) && parts.get(2).is_none_or(|rest| is_seconds(rest))
}

/// Seconds with a fraction and perhaps a time zone.
fn is_seconds(text: &str) -> bool {
    let (seconds, zone) = match text.split_once('z') {
        Some((seconds, "")) => (seconds, None),
        Some(_) => return false,
        None => text
            .split_once('+')
            .map_or((text, None), |(one, zone)| (one, Some(zone))),
    };
    let is_zone = zone.is_none_or(|zone| {
        let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "00"));
        hours.len() == 2 && minutes.len() == 2 && in_range(hours, 0, 23) && in_range(minutes, 0, 59)
    });
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    is_zone && in_range(whole, 0, 59) && in_range(fraction, 0, 999_999_999)
}

fn in_range(text: &str, least: i64, most: i64) -> bool {
    text.parse::<i64>().is_ok_and(|number| (least..=most).contains(&number))
}
