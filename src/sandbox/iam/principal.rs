//! The services that policies may name as principals.
//!
//! Invariant: a service that AWS has is never refused. AWS publishes no list, so a name counts by its service alone, be it
//! global, of a region or of a part of the service. Nothing is decided here about what a service may do.

/// The services' names, without their domain. From the endpoints and signing names of the services' API models, the
/// conditions of AWS's managed policies, and the guides' pages on service-linked roles. The tagging service has an endpoint
/// too, but <https://github.com/hashicorp/terraform/issues/35086> met it refused.
const SERVICES: &str = include_str!("services.txt");

/// Domains of a few principals that are no services of the account's API.
const APART: [&str; 3] = [
    "alexa-appkit.amazon.com",
    "alexa-connectedhome.amazon.com",
    "apps.amazon.com",
];

/// Whether a policy may name it as `Service`: `lambda.amazonaws.com`, `logs.eu-west-1.amazonaws.com`,
/// `delivery.logs.amazonaws.com`, `ec2.amazonaws.com.cn`, `prod.vhs.events.aws.internal`.
pub(in crate::sandbox) fn is_service(name: &str) -> bool {
    if APART.contains(&name) || name.ends_with(".aws.internal") {
        return is_plain(name);
    }
    let stem = name.strip_suffix(".cn").unwrap_or(name).strip_suffix(".amazonaws.com");
    stem.is_some_and(|stem| is_plain(stem) && is_known(stem))
}

/// The service is the last part that is no region; `resource-explorer-2` only looks like one.
fn is_known(stem: &str) -> bool {
    let listed = |part: &str| SERVICES.split_whitespace().any(|known| known == part);
    let (front, last) = stem.rsplit_once('.').unwrap_or(("", stem));
    listed(last) || (is_region(last) && listed(front.rsplit('.').next().unwrap_or_default()))
}

/// `eu-west-1`, `us-gov-east-1`.
fn is_region(part: &str) -> bool {
    let words: Vec<&str> = part.split('-').collect();
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    match words.as_slice() {
        [words @ .., number] => {
            words.len() >= 2 && words.iter().all(is_word) && matches!(number.as_bytes(), [b'1'..=b'9'])
        }
        [] => false,
    }
}

fn is_plain(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.split('.').all(|part| !part.is_empty() && part.bytes().all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_services_name_is_known() {
        for name in [
            "lambda.amazonaws.com",
            "logs.eu-west-1.amazonaws.com",
            "states.us-gov-east-1.amazonaws.com",
            "delivery.logs.amazonaws.com",
            "pods.eks.amazonaws.com",
            "ec2.amazonaws.com.cn",
            "elasticmapreduce.cn-north-1.amazonaws.com.cn",
            "member.org.stacksets.cloudformation.amazonaws.com",
            "resource-explorer-2.amazonaws.com",
            "prod.vhs.events.aws.internal",
            "alexa-appkit.amazon.com",
        ] {
            assert!(is_service(name), "{name}");
        }
    }

    #[test]
    fn what_no_service_is_called_is_unknown() {
        for name in [
            "nosuchservice.amazonaws.com",
            "nosuchservice.eu-west-1.amazonaws.com",
            "tagging.amazonaws.com",
            "eu-west-1.amazonaws.com",
            ".amazonaws.com",
            "amazonaws.com",
            "lambda",
            "Lambda.amazonaws.com",
            "lambda.example.com",
            "..aws.internal",
        ] {
            assert!(!is_service(name), "{name}");
        }
    }

    #[test]
    fn the_names_stand_in_order_and_once() {
        let names: Vec<&str> = SERVICES.split_whitespace().collect();
        assert!(names.is_sorted_by(|one, other| one < other));
        assert!(names.iter().all(|name| is_plain(name)));
    }
}
