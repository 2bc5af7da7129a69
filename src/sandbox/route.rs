//! Which service a request is for.
//!
//! Invariant: the first clue that says anything decides: the signature's credential scope, the target header, the host,
//! the query protocol's parameters, the path. What has none of them is S3's, whose paths may be anything. A clue that
//! names a service which the sandbox does not have is believed too, so that nobody gets S3's answer to a call to EC2.

use super::call::Service;

/// What a request says about where it wants to go.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Clues<'a> {
    /// The service of the credential scope.
    pub(super) scope: Option<&'a str>,
    /// `X-Amz-Target`.
    pub(super) target: Option<&'a str>,
    /// Host, lower case.
    pub(super) host: &'a str,
    /// `Action` of the query protocol.
    pub(super) action: Option<&'a str>,
    /// `Version` of the query protocol.
    pub(super) version: Option<&'a str>,
    /// Path.
    pub(super) path: &'a str,
}

/// The service, or the name of one that the sandbox does not have.
pub(super) fn service(clues: Clues<'_>) -> Result<Service, String> {
    let by_scope = clues.scope.map(named);
    let found = by_scope
        .or_else(|| clues.target.map(of_target))
        .or_else(|| of_host(clues.host))
        .or_else(|| of_query(clues.action, clues.version));
    found.unwrap_or(Ok(if is_lambda_path(clues.path) {
        Service::Lambda
    } else {
        Service::S3
    }))
}

fn named(name: &str) -> Result<Service, String> {
    Service::named(name).ok_or_else(|| name.to_owned())
}

/// `AWSEvents.PutRule`, `DynamoDB_20120810.ListTables`
fn of_target(target: &str) -> Result<Service, String> {
    match target.rsplit_once('.') {
        Some(("AWSEvents", _)) => Ok(Service::Events),
        // The AWS CLI writes the whole name, `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101`.
        Some((prefix, _)) if prefix.ends_with("CloudTrail_20131101") => Ok(Service::Trail),
        Some((prefix, _)) => Err(prefix.to_owned()),
        None => Err(target.to_owned()),
    }
}

/// `iam.amazonaws.com`, `events.eu-west-1.localhost`, `bucket.s3.localhost`; a bucket may be called `iam`.
fn of_host(host: &str) -> Option<Result<Service, String>> {
    let host = host.split(':').next().unwrap_or_default();
    let (first, rest) = host.split_once('.')?;
    if rest.split('.').any(|label| label == "s3" || label.starts_with("s3-")) {
        return Some(Ok(Service::S3));
    }
    let is_of_aws = rest.ends_with("amazonaws.com") && first.bytes().any(|byte| byte.is_ascii_alphabetic());
    match Service::named(first) {
        Some(service) => Some(Ok(service)),
        None if first.starts_with("s3-") => Some(Ok(Service::S3)),
        None => is_of_aws.then(|| Err(first.to_owned())),
    }
}

fn of_query(action: Option<&str>, version: Option<&str>) -> Option<Result<Service, String>> {
    const STS: [&str; 9] = [
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "AssumeRoot",
        "DecodeAuthorizationMessage",
        "GetAccessKeyInfo",
        "GetCallerIdentity",
        "GetFederationToken",
        "GetSessionToken",
    ];
    let action = action?;
    Some(match version {
        Some("2010-05-08") => Ok(Service::Iam),
        Some("2011-06-15") => Ok(Service::Sts),
        // The other services of the query protocol are told apart by their version alone.
        Some(version) if is_date(version) => Err(format!("query-{version}")),
        _ if STS.contains(&action) => Ok(Service::Sts),
        _ => Ok(Service::Iam),
    })
}

/// `/2015-03-31/functions/x`: each of Lambda's paths begins with the date of an interface.
fn is_lambda_path(path: &str) -> bool {
    const THINGS: [&str; 9] = [
        "functions",
        "tags",
        "layers",
        "event-source-mappings",
        "code-signing-configs",
        "account-settings",
        "provisioned-concurrency",
        "layer-versions",
        "response-streaming-invocations",
    ];
    let mut parts = path.trim_start_matches('/').split('/');
    let (date, thing) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    (is_date(date) && THINGS.contains(&thing)) || path.starts_with("/evenkeel-sandbox/code/")
}

fn is_date(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(clues: Clues<'_>) -> Result<Service, String> {
        service(clues)
    }

    #[test]
    fn the_scope_decides_over_everything_else() {
        let clues = Clues {
            scope: Some("lambda"),
            host: "iam.amazonaws.com",
            action: Some("ListUsers"),
            path: "/",
            ..Clues::default()
        };
        assert_eq!(of(clues), Ok(Service::Lambda));
        let clues = Clues {
            scope: Some("ec2"),
            ..clues
        };
        assert_eq!(of(clues), Err("ec2".to_owned()));
    }

    #[test]
    fn hosts_name_services_and_buckets() {
        let host = |host| {
            of(Clues {
                host,
                path: "/x",
                ..Clues::default()
            })
        };
        assert_eq!(host("iam.localhost:4599"), Ok(Service::Iam));
        assert_eq!(host("sts.eu-west-1.amazonaws.com"), Ok(Service::Sts));
        assert_eq!(host("events.s3.localhost:4599"), Ok(Service::S3));
        assert_eq!(host("my.bucket.s3-eu-west-1.amazonaws.com"), Ok(Service::S3));
        assert_eq!(host("ec2.eu-west-1.amazonaws.com"), Err("ec2".to_owned()));
        assert_eq!(host("127.0.0.1:4599"), Ok(Service::S3));
        assert_eq!(host("localhost:4599"), Ok(Service::S3));
        assert_eq!(host(""), Ok(Service::S3));
    }

    #[test]
    fn targets_and_versions_name_services() {
        let target = |target| {
            of(Clues {
                target: Some(target),
                ..Clues::default()
            })
        };
        assert_eq!(target("AWSEvents.PutRule"), Ok(Service::Events));
        assert_eq!(
            target("DynamoDB_20120810.ListTables"),
            Err("DynamoDB_20120810".to_owned())
        );
        let query = |action, version| {
            of(Clues {
                action: Some(action),
                version,
                ..Clues::default()
            })
        };
        assert_eq!(query("ListUsers", None), Ok(Service::Iam));
        assert_eq!(query("GetCallerIdentity", None), Ok(Service::Sts));
        assert_eq!(query("Whatever", Some("2011-06-15")), Ok(Service::Sts));
        assert_eq!(
            query("DescribeInstances", Some("2016-11-15")),
            Err("query-2016-11-15".to_owned())
        );
    }

    #[test]
    fn paths_with_a_date_are_of_lambda_unless_a_bucket_is_called_so() {
        let path = |path| {
            of(Clues {
                path,
                ..Clues::default()
            })
        };
        assert_eq!(path("/2015-03-31/functions/"), Ok(Service::Lambda));
        assert_eq!(path("/2021-10-31/functions/f/url"), Ok(Service::Lambda));
        assert_eq!(path("/2015-03-31/picture.jpg"), Ok(Service::S3));
        assert_eq!(path("/bucket/2015-03-31/functions"), Ok(Service::S3));
    }
}
