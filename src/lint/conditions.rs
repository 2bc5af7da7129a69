//! P110, P111, P112, P116 and P210: conditions.
//!
//! Invariant: a key that a provider of identities made up is never called unknown; types are judged only where AWS's
//! reference gives one.

use super::judge::{Judge, Judged};
use super::variables::nearest;
use crate::catalogue::{self, KeyInfo, KeyType};
use crate::policy_doc::{Condition, Effect, Family, Quantifier, Test, WhenAbsent};
use crate::spec::finding::Severity;

/// Global keys that no page of AWS lists and its own policies use.
const UNLISTED: [&str; 1] = ["aws:principalorgmasteraccountid"];

const MFA: &str = "aws:multifactorauthpresent";

pub(super) fn statement(judge: &mut Judge<'_>, judged: &Judged<'_>) {
    for condition in &judged.statement.conditions {
        match catalogue::condition_key(&condition.key.text) {
            Some(key) => {
                available(judge, judged, condition, key);
                types(judge, condition, key);
                sets(judge, judged, condition, key);
            }
            None => unknown(judge, condition),
        }
        values(judge, condition);
        literal_star(judge, condition);
        second_factor(judge, judged, condition);
        all_values(judge, judged, condition);
    }
}

fn unknown(judge: &mut Judge<'_>, condition: &Condition) {
    let key = condition.key.text.as_str();
    let Some((prefix, _)) = key.split_once(':') else {
        let label = "a key has a prefix, such as `aws:SourceIp`";
        return judge.tell_as(
            Severity::Warning,
            "P110",
            condition.key.at,
            format!("there is no condition key `{key}`"),
            label,
        );
    };
    // The claims of a provider of identities are its own.
    if prefix.contains('.') || UNLISTED.contains(&key.to_ascii_lowercase().as_str()) {
        return;
    }
    let near = nearest(key);
    let (severity, label) = match (prefix.eq_ignore_ascii_case("aws"), near) {
        (true, Some(near)) => (Severity::Error, format!("did you mean `{near}`?")),
        (true, None) => (
            Severity::Error,
            "no request has it, so the condition never changes its answer".to_owned(),
        ),
        (false, _) => (
            Severity::Warning,
            format!(
                "{prefix} lists no such key as of {}",
                catalogue::stamp().actions_as_of()
            ),
        ),
    };
    judge.tell_as(
        severity,
        "P110",
        condition.key.at,
        format!("there is no condition key `{key}`"),
        label,
    );
}

/// Keys of services belong to their actions.
fn available(judge: &mut Judge<'_>, judged: &Judged<'_>, condition: &Condition, key: KeyInfo) {
    let text = condition.key.text.as_str();
    let is_of_service = text
        .split_once(':')
        .is_some_and(|(prefix, _)| catalogue::service(prefix).is_some());
    if key.is_global || !is_of_service || judged.actions.is_empty() {
        return;
    }
    let all_known = judged.actions.iter().all(|(_, meant)| !meant.is_empty());
    let mut actions = judged.actions.iter().flat_map(|(_, meant)| meant.iter());
    if all_known && !actions.any(|action| action.takes_key(text)) {
        let message = format!("no action of this statement knows the condition key `{text}`");
        judge.tell_as(
            Severity::Warning,
            "P110",
            condition.key.at,
            message,
            "the key is absent from all of its requests",
        );
    }
}

fn types(judge: &mut Judge<'_>, condition: &Condition, key: KeyInfo) {
    let test = condition.operator.test;
    let family = test.family();
    let is_epoch = key.name.eq_ignore_ascii_case("aws:EpochTime") || key.name.eq_ignore_ascii_case("aws:CurrentTime");
    let fits = match (family, key.kind) {
        (Family::Presence | Family::Binary, _) => true,
        // Many keys that hold ARNs are listed as text.
        (Family::Arn, KeyType::Arn | KeyType::String) => true,
        (Family::Text, KeyType::Arn) => !matches!(test, Test::StringLike | Test::StringNotLike),
        (Family::Text, KeyType::String) => true,
        (Family::Number, KeyType::Numeric) => true,
        (Family::Number, KeyType::Date) => is_epoch,
        (Family::Date, KeyType::Date) => true,
        (Family::Boolean, KeyType::Bool) => true,
        (Family::Address, KeyType::Ip) => true,
        _ => false,
    };
    if fits {
        return;
    }
    let message = format!(
        "`{}` does not fit `{}`, which is {}",
        condition.spelled,
        condition.key,
        key.kind.as_str()
    );
    let label = format!("use `{}`", instead(test, key.kind));
    judge.tell_as(Severity::Warning, "P111", condition.spelled.at, message, label);
}

fn instead(test: Test, kind: KeyType) -> &'static str {
    let negated = test.as_str().contains("Not");
    match (kind, negated) {
        (KeyType::Arn, false) => "ArnLike",
        (KeyType::Arn, true) => "ArnNotLike",
        (KeyType::String, false) => "StringEquals",
        (KeyType::String, true) => "StringNotEquals",
        (KeyType::Bool, _) => "Bool",
        (KeyType::Numeric, false) => "NumericEquals",
        (KeyType::Numeric, true) => "NumericNotEquals",
        (KeyType::Date, false) => "DateEquals",
        (KeyType::Date, true) => "DateNotEquals",
        (KeyType::Ip, false) => "IpAddress",
        (KeyType::Ip, true) => "NotIpAddress",
    }
}

/// Values that their operator can't read. IAM refuses bad dates alone (`MalformedPolicyDocument`).
fn values(judge: &mut Judge<'_>, condition: &Condition) {
    for value in &condition.values {
        let text = value.text.as_str();
        if text.contains("${") {
            continue;
        }
        let (severity, wanted) = match condition.operator.test.family() {
            Family::Date if !is_date(text) => (Severity::Error, "a date such as 2026-01-31T00:00:00Z"),
            Family::Number if text.trim().parse::<f64>().is_err() => (Severity::Warning, "a number"),
            Family::Boolean | Family::Presence if !is_truth(text) => (Severity::Warning, "`true` or `false`"),
            Family::Address if !is_block(text) => (Severity::Warning, "an address or a block such as 203.0.113.0/24"),
            Family::Arn if text != "*" && !text.starts_with("arn:") && !text.starts_with('*') => {
                (Severity::Warning, "an ARN")
            }
            _ => continue,
        };
        let message = format!("`{}` can't compare with `{text}`", condition.spelled);
        judge.tell_as(severity, "P111", value.at, message, format!("expected {wanted}"));
    }
}

fn is_truth(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// A year at least, or a count of seconds.
fn is_date(text: &str) -> bool {
    let plain = text.strip_prefix('-').unwrap_or(text);
    let day = plain.split(['T', 't']).next().unwrap_or_default();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = day.split('-').collect();
    (1..=3).contains(&parts.len()) && parts.iter().all(|part| is_number(part))
}

fn is_block(text: &str) -> bool {
    let (address, length) = text
        .split_once('/')
        .map_or((text, None), |(address, length)| (address, Some(length)));
    let most = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(_)) => 32,
        Ok(std::net::IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= most))
}

/// Keys with one value take no set operator; keys with several need one.
fn sets(judge: &mut Judge<'_>, judged: &Judged<'_>, condition: &Condition, key: KeyInfo) {
    let operator = condition.operator;
    let severity = if judged.allows() {
        Severity::Security
    } else {
        Severity::Warning
    };
    let is_presence = operator.test.family() == Family::Presence;
    match operator.quantifier {
        Quantifier::Single if key.is_multivalued && !is_presence => {
            let message = format!(
                "`{}` has several values, and `{}` compares one",
                condition.key, condition.spelled
            );
            let label = format!("write `ForAnyValue:{0}` or `ForAllValues:{0}`", condition.spelled);
            judge.tell_as(severity, "P112", condition.spelled.at, message, label);
        }
        Quantifier::AnyValue | Quantifier::AllValues if !key.is_multivalued => {
            let message = format!(
                "`{}` has one value, and `{}` is for several",
                condition.key, condition.spelled
            );
            let plain = condition.spelled.text.rsplit(':').next().unwrap_or_default();
            judge.tell_as(
                severity,
                "P112",
                condition.spelled.at,
                message,
                format!("write `{plain}`"),
            );
        }
        Quantifier::Single | Quantifier::AnyValue | Quantifier::AllValues => {}
    }
}

/// `ForAllValues` holds where there is no value at all.
fn all_values(judge: &mut Judge<'_>, judged: &Judged<'_>, condition: &Condition) {
    let is_single = catalogue::condition_key(&condition.key.text).is_some_and(|key| !key.is_multivalued);
    if condition.operator.quantifier != Quantifier::AllValues || judged.statement.effect != Effect::Allow || is_single {
        return;
    }
    let guards = |other: &Condition| {
        let same = other.key.text.eq_ignore_ascii_case(&condition.key.text);
        let is_null = other.operator.test.family() == Family::Presence
            && other
                .values
                .iter()
                .any(|value| value.text.eq_ignore_ascii_case("false"));
        let is_any = other.operator.quantifier == Quantifier::AnyValue
            && other.operator.when_absent == WhenAbsent::Tested
            && !other.operator.test.as_str().contains("Not");
        same && (is_null || is_any)
    };
    if !judged.statement.conditions.iter().any(guards) {
        let message = format!("`{}` also holds where `{}` is absent", condition.spelled, condition.key);
        let label = format!("add `Null: {{ {}: \"false\" }}`", condition.key);
        judge.tell("P112", condition.spelled.at, message, label);
    }
}

fn literal_star(judge: &mut Judge<'_>, condition: &Condition) {
    let test = condition.operator.test.as_str();
    if !matches!(
        test,
        "StringEquals" | "StringNotEquals" | "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase"
    ) {
        return;
    }
    for value in condition
        .values
        .iter()
        .filter(|value| value.text.replace("${*}", "").contains('*'))
    {
        let message = format!("`{}` takes the star in `{}` literally", condition.spelled, value.text);
        let right = condition
            .spelled
            .text
            .replace("EqualsIgnoreCase", "Like")
            .replace("Equals", "Like");
        judge.tell("P116", value.at, message, format!("for a pattern write `{right}`"));
    }
}

/// Requests that are signed with a user's key have no such key at all.
fn second_factor(judge: &mut Judge<'_>, judged: &Judged<'_>, condition: &Condition) {
    let operator = condition.operator;
    if !condition.key.text.eq_ignore_ascii_case(MFA) || operator.test.family() != Family::Boolean {
        return;
    }
    let says = |word: &str| {
        condition
            .values
            .iter()
            .any(|value| value.text.eq_ignore_ascii_case(word))
    };
    match (judged.statement.effect, operator.when_absent) {
        (Effect::Deny, WhenAbsent::Tested) if says("false") => {
            let message = "this does not deny requests that are signed with a user's key: they don't have the key";
            judge.tell("P210", condition.spelled.at, message, "write `BoolIfExists`");
        }
        (Effect::Allow, WhenAbsent::Holds) if says("true") => {
            let message = "this also allows requests that are signed with a user's key: they don't have the key";
            judge.tell("P210", condition.spelled.at, message, "write `Bool`");
        }
        (Effect::Allow, _) if says("false") => {
            let message = "this allows those who have shown no second factor";
            judge.tell("P210", condition.spelled.at, message, "write `Bool` with \"true\"");
        }
        _ => {}
    }
}
