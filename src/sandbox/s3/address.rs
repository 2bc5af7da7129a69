//! Which bucket and key a request is about, in either style of address.

use percent_encoding::percent_decode_str;

use crate::sandbox::Call;

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Address {
    /// All buckets.
    Service,
    /// One bucket.
    Bucket(String),
    /// One object: bucket and key.
    Object(String, String),
}

impl Address {
    /// From host and path.
    pub(super) fn read(call: &Call) -> Self {
        Self::of(&call.host, &call.path)
    }

    fn of(host: &str, path: &str) -> Self {
        let rest = path.strip_prefix('/').unwrap_or(path);
        if let Some(bucket) = bucket_of_host(host) {
            return Self::with_key(bucket.to_owned(), rest);
        }
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            Self::Service
        } else {
            Self::with_key(decoded(bucket), key)
        }
    }

    fn with_key(bucket: String, key: &str) -> Self {
        if key.is_empty() {
            Self::Bucket(bucket)
        } else {
            Self::Object(bucket, decoded(key))
        }
    }
}

/// The bucket of a virtual-host address: what stands before `.s3.` of AWS, or before `.localhost`.
pub(in crate::sandbox) fn bucket_of_host(host: &str) -> Option<&str> {
    let host = host.split(':').next().unwrap_or(host);
    if let Some(bucket) = host.strip_suffix(".localhost") {
        return Some(bucket.strip_suffix(".s3").unwrap_or(bucket)).filter(|bucket| *bucket != "s3");
    }
    if !host.contains(".amazonaws.com") {
        return None;
    }
    let at = host.rfind(".s3.").or_else(|| host.rfind(".s3-"))?;
    host.get(..at)
}

/// Whether a host is the one that stands for all Regions.
pub(super) fn is_global(host: &str) -> bool {
    let host = host.split(':').next().unwrap_or(host);
    host == "s3.amazonaws.com" || host.ends_with(".s3.amazonaws.com")
}

/// Whether a host leads to the Region of its bucket: the bucket's own host without a Region does, or with that Region.
pub(super) fn leads_to(host: &str, region: &str) -> bool {
    let Some(bucket) = bucket_of_host(host) else {
        return false;
    };
    let host = host.split(':').next().unwrap_or(host);
    let rest = host.get(bucket.len()..).unwrap_or_default();
    rest.ends_with(".localhost") || rest == ".s3.amazonaws.com" || rest.contains(&format!("s3.{region}."))
}

/// A plus sign in a path stands for itself.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buckets_own_host_leads_to_it_unless_it_names_another_region() {
        for (host, wanted) in [
            ("bkt.s3.amazonaws.com", true),
            ("bkt.s3.eu-west-1.amazonaws.com:443", true),
            ("bkt.localhost:9", true),
            ("bkt.s3.us-east-1.amazonaws.com", false),
            ("s3.eu-west-1.amazonaws.com", false),
            ("127.0.0.1:9", false),
        ] {
            assert_eq!(leads_to(host, "eu-west-1"), wanted, "{host}");
        }
        assert!(is_global("s3.amazonaws.com") && is_global("bkt.s3.amazonaws.com"));
        assert!(!is_global("s3.us-east-1.amazonaws.com") && !is_global("127.0.0.1"));
    }

    #[test]
    fn both_styles_name_the_same_things() {
        let bucket = Address::Bucket("my.bucket".into());
        let object = Address::Object("my.bucket".into(), "a b/+//c".into());
        for (host, path, wanted) in [
            ("127.0.0.1:9", "/", &Address::Service),
            ("s3.eu-west-1.amazonaws.com", "/", &Address::Service),
            ("127.0.0.1:9", "/my.bucket", &bucket),
            ("127.0.0.1:9", "/my.bucket/", &bucket),
            ("s3.amazonaws.com", "/my.bucket/", &bucket),
            ("my.bucket.s3.eu-west-1.amazonaws.com", "/", &bucket),
            ("my.bucket.s3.amazonaws.com", "/", &bucket),
            ("my.bucket.localhost:9", "/", &bucket),
            ("127.0.0.1:9", "/my.bucket/a%20b/+//c", &object),
            ("my.bucket.s3.amazonaws.com", "/a%20b/+//c", &object),
        ] {
            assert_eq!(&Address::of(host, path), wanted, "{host}{path}");
        }
    }
}
