//! Names of buckets, by the rules for general-purpose buckets, and names of the Regions they can be in.

use super::fault;
use crate::sandbox::{Call, Fault, World};

/// What the service model lets a location constraint be; us-east-1 is not among it.
const LOCATIONS: [&str; 37] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// Whether a location constraint can have this value.
pub(super) fn is_location(name: &str) -> bool {
    LOCATIONS.contains(&name)
}

/// Whether a bucket can be made by this name (`InvalidBucketName`).
///
/// Names of the account's own namespace end in the account, the Region and `-an`, and only they do.
pub(super) fn check(world: &World, call: &Call, name: &str) -> Result<(), Fault> {
    let invalid = || fault::bad("InvalidBucketName", "The specified bucket is not valid.").with("BucketName", name);
    let is_own = match call.header("x-amz-bucket-namespace") {
        None | Some("global") => false,
        Some("account-regional") => true,
        Some(other) => {
            return Err(fault::argument(
                "x-amz-bucket-namespace",
                other,
                "Invalid bucket namespace",
            ));
        }
    };
    let ending = format!("-{}-{}-an", world.account, call.region);
    match is_bucket_name(name) && is_own == name.ends_with("-an") && (!is_own || name.ends_with(&ending)) {
        true => Ok(()),
        false => Err(invalid()),
    }
}

/// The refusal of a bucket that isn't there: old buckets have names by wider rules, but not all names.
pub(super) fn unknown(name: &str) -> Fault {
    let is_sign = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    if (3..=255).contains(&name.len()) && name.bytes().all(is_sign) {
        return fault::no_bucket(name);
    }
    fault::bad("InvalidBucketName", "The specified bucket is not valid.").with("BucketName", name)
}

/// Whether S3 takes the name for a new bucket.
fn is_bucket_name(name: &str) -> bool {
    let is_edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && is_edge(bytes.first())
        && is_edge(bytes.last())
        && bytes
            .iter()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'))
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err()
        && !["xn--", "sthree-", "amzn-s3-demo-"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        && !["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::is_bucket_name;

    #[test]
    fn follows_the_naming_rules() {
        for name in ["abc", "rmi-360", "my.bucket", "1a2"] {
            assert!(is_bucket_name(name), "{name}");
        }
        let long = "a".repeat(64);
        for name in [
            "ab",
            "Abc",
            "a_b",
            "-abc",
            "abc-",
            "a..b",
            "192.168.0.1",
            "xn--abc",
            "abc--x-s3",
            &long,
        ] {
            assert!(!is_bucket_name(name), "{name}");
        }
    }
}
