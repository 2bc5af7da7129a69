//! Condition operators: "IAM JSON policy elements: Condition operators".

use super::{OBJECT, USER, by_identity, request};
use crate::evaluate::{Context, Decision};

/// Whether a condition holds where these keys are given; a key may stand more than once. `?` is unknown.
pub(super) fn holds(condition: &str, keys: &[(&str, &str)], mut context: Context) -> &'static str {
    for (key, value) in keys {
        let mut values = context.get(key).unwrap_or_default().to_vec();
        values.push((*value).to_owned());
        context.set(key, values);
    }
    let mut request = request(USER, "s3:GetObject", OBJECT);
    request.context = context;
    let statement = format!(r#"{{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{condition}}}"#);
    match by_identity(&statement, &request) {
        Decision::Allowed => "yes",
        Decision::ImplicitlyDenied => "no",
        Decision::Unknown => "?",
        Decision::ExplicitlyDenied => "denied",
    }
}

type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);

pub(super) fn table(cases: &[Case]) {
    for (condition, keys, expected) in cases {
        let answer = holds(condition, keys, Context::complete());
        assert_eq!(answer, *expected, "{condition} where {keys:?}");
    }
}

#[test]
fn texts() {
    // "String condition operators".
    table(&[
        (
            r#"{"StringEquals":{"aws:PrincipalTag/job":"admin"}}"#,
            &[("aws:PrincipalTag/job", "admin")],
            "yes",
        ),
        (
            r#"{"StringEquals":{"aws:PrincipalTag/job":"admin"}}"#,
            &[("aws:PrincipalTag/job", "Admin")],
            "no",
        ),
        (
            r#"{"StringEquals":{"aws:PrincipalTag/job":"admin"}}"#,
            &[("aws:PrincipalTag/job", "admins")],
            "no",
        ),
        (r#"{"StringEquals":{"aws:PrincipalTag/job":"admin"}}"#, &[], "no"),
        (
            r#"{"StringEquals":{"aws:PrincipalTag/job":["a","admin"]}}"#,
            &[("aws:PrincipalTag/job", "admin")],
            "yes",
        ),
        (r#"{"StringEquals":{"k:x":"a*"}}"#, &[("k:x", "ab")], "no"),
        (r#"{"StringEquals":{"k:x":"a*"}}"#, &[("k:x", "a*")], "yes"),
        (r#"{"StringEquals":{"k:x":""}}"#, &[("k:x", "")], "yes"),
        (r#"{"StringEquals":{"k:x":""}}"#, &[], "no"),
        (r#"{"stringequals":{"K:X":"a"}}"#, &[("k:x", "a")], "yes"),
        (r#"{"StringNotEquals":{"k:x":"a"}}"#, &[("k:x", "b")], "yes"),
        (r#"{"StringNotEquals":{"k:x":"a"}}"#, &[("k:x", "a")], "no"),
        (r#"{"StringNotEquals":{"k:x":"a"}}"#, &[("k:x", "A")], "yes"),
        (r#"{"StringNotEquals":{"k:x":"a"}}"#, &[], "yes"),
        (r#"{"StringNotEquals":{"k:x":["a","b"]}}"#, &[("k:x", "b")], "no"),
        (r#"{"StringNotEquals":{"k:x":["a","b"]}}"#, &[("k:x", "c")], "yes"),
        (
            r#"{"StringEqualsIgnoreCase":{"k:x":"FINANCE"}}"#,
            &[("k:x", "finance")],
            "yes",
        ),
        (
            r#"{"StringEqualsIgnoreCase":{"k:x":"FINANCE"}}"#,
            &[("k:x", "finances")],
            "no",
        ),
        (
            r#"{"StringNotEqualsIgnoreCase":{"k:x":"FINANCE"}}"#,
            &[("k:x", "finance")],
            "no",
        ),
        (r#"{"StringNotEqualsIgnoreCase":{"k:x":"FINANCE"}}"#, &[], "yes"),
        (
            r#"{"StringLike":{"s3:prefix":["","home/","home/*"]}}"#,
            &[("s3:prefix", "home/x/y")],
            "yes",
        ),
        (
            r#"{"StringLike":{"s3:prefix":["","home/","home/*"]}}"#,
            &[("s3:prefix", "")],
            "yes",
        ),
        (
            r#"{"StringLike":{"s3:prefix":["","home/","home/*"]}}"#,
            &[("s3:prefix", "homes")],
            "no",
        ),
        (r#"{"StringLike":{"s3:prefix":"home/*"}}"#, &[], "no"),
        (r#"{"StringLike":{"k:x":"t?.micro"}}"#, &[("k:x", "t2.micro")], "yes"),
        (r#"{"StringLike":{"k:x":"t?.micro"}}"#, &[("k:x", "t.micro")], "no"),
        (r#"{"StringLike":{"k:x":"Abc*"}}"#, &[("k:x", "abcd")], "no"),
        (r#"{"StringNotLike":{"k:x":"t2.*"}}"#, &[("k:x", "m3.large")], "yes"),
        (r#"{"StringNotLike":{"k:x":"t2.*"}}"#, &[("k:x", "t2.large")], "no"),
        (
            r#"{"StringNotLike":{"k:x":["t2.*","m3.*"]}}"#,
            &[("k:x", "m3.large")],
            "no",
        ),
        (r#"{"StringNotLike":{"k:x":"t2.*"}}"#, &[], "yes"),
        // The user guide's example: a `*` of a text operator takes colons.
        (
            r#"{"StringLike":{"k:x":"arn:aws:someservice:*:111122223333:finance/*"}}"#,
            &[(
                "k:x",
                "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
            )],
            "yes",
        ),
    ]);
}

#[test]
fn numbers() {
    // "Numeric condition operators".
    table(&[
        (
            r#"{"NumericLessThanEquals":{"s3:max-keys":"10"}}"#,
            &[("s3:max-keys", "10")],
            "yes",
        ),
        (
            r#"{"NumericLessThanEquals":{"s3:max-keys":"10"}}"#,
            &[("s3:max-keys", "9")],
            "yes",
        ),
        (
            r#"{"NumericLessThanEquals":{"s3:max-keys":"10"}}"#,
            &[("s3:max-keys", "11")],
            "no",
        ),
        (
            r#"{"NumericLessThanEquals":{"s3:max-keys":10}}"#,
            &[("s3:max-keys", "9.5")],
            "yes",
        ),
        (r#"{"NumericLessThanEquals":{"s3:max-keys":"10"}}"#, &[], "no"),
        (r#"{"NumericLessThan":{"k:x":"10"}}"#, &[("k:x", "10")], "no"),
        (r#"{"NumericLessThan":{"k:x":"10"}}"#, &[("k:x", "9")], "yes"),
        (r#"{"NumericGreaterThan":{"k:x":"10"}}"#, &[("k:x", "9")], "no"),
        (r#"{"NumericGreaterThan":{"k:x":"9"}}"#, &[("k:x", "10")], "yes"),
        (
            r#"{"NumericGreaterThanEquals":{"k:x":"10"}}"#,
            &[("k:x", "10.0")],
            "yes",
        ),
        (r#"{"NumericEquals":{"k:x":"1"}}"#, &[("k:x", "1.0")], "yes"),
        (r#"{"NumericEquals":{"k:x":"1"}}"#, &[("k:x", "one")], "no"),
        (r#"{"NumericEquals":{"k:x":["1","2"]}}"#, &[("k:x", "2")], "yes"),
        (r#"{"NumericNotEquals":{"k:x":"1"}}"#, &[("k:x", "1.00")], "no"),
        (r#"{"NumericNotEquals":{"k:x":"1"}}"#, &[("k:x", "2")], "yes"),
        (r#"{"NumericNotEquals":{"k:x":"1"}}"#, &[], "yes"),
        (
            r#"{"NumericEquals":{"k:x":"9007199254740992"}}"#,
            &[("k:x", "9007199254740993")],
            "no",
        ),
        (
            r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#,
            &[("aws:MultiFactorAuthAge", "300")],
            "yes",
        ),
        (
            r#"{"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"3600"}}"#,
            &[],
            "yes",
        ),
        // Policy variables are not supported with numeric operators.
        (
            r#"{"NumericEquals":{"k:x":"${k:y}"}}"#,
            &[("k:x", "1"), ("k:y", "1")],
            "no",
        ),
    ]);
}

#[test]
fn dates() {
    // "Date condition operators".
    table(&[
        (
            r#"{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}}"#,
            &[("aws:TokenIssueTime", "2020-01-01T00:00:02Z")],
            "yes",
        ),
        (
            r#"{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}}"#,
            &[("aws:TokenIssueTime", "2020-01-01T00:00:01Z")],
            "no",
        ),
        (
            r#"{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}}"#,
            &[],
            "no",
        ),
        (
            r#"{"DateLessThan":{"aws:CurrentTime":"2020-06-30T23:59:59Z"}}"#,
            &[("aws:CurrentTime", "2020-06-30T00:00:00Z")],
            "yes",
        ),
        (
            r#"{"DateLessThanEquals":{"aws:CurrentTime":"2020-06-30T23:59:59Z"}}"#,
            &[("aws:CurrentTime", "2020-06-30T23:59:59Z")],
            "yes",
        ),
        // The same key by seconds, and the same policy by seconds.
        (
            r#"{"DateLessThan":{"aws:EpochTime":"2020-06-30T23:59:59Z"}}"#,
            &[("aws:EpochTime", "1593475200")],
            "yes",
        ),
        (
            r#"{"DateGreaterThanEquals":{"aws:CurrentTime":"1593475200"}}"#,
            &[("aws:CurrentTime", "2020-06-30T00:00:00Z")],
            "yes",
        ),
        (
            r#"{"DateEquals":{"k:x":"2020-01-01T01:00:00+01:00"}}"#,
            &[("k:x", "2020-01-01T00:00:00Z")],
            "yes",
        ),
        (
            r#"{"DateEquals":{"k:x":"2020-01-01"}}"#,
            &[("k:x", "2020-01-01T00:00:00Z")],
            "yes",
        ),
        (
            r#"{"DateNotEquals":{"k:x":"2020-01-01"}}"#,
            &[("k:x", "2020-01-02")],
            "yes",
        ),
        (
            r#"{"DateNotEquals":{"k:x":"2020-01-01"}}"#,
            &[("k:x", "1577836800")],
            "no",
        ),
        (r#"{"DateNotEquals":{"k:x":"2020-01-01"}}"#, &[], "yes"),
        // "Wildcards are not permitted."
        (r#"{"DateEquals":{"k:x":"2020-*"}}"#, &[("k:x", "2020-01-01")], "no"),
    ]);
}

#[test]
fn booleans_bytes_and_null() {
    // "Boolean condition operators", "Binary condition operators", "Condition operator to check existence".
    table(&[
        (
            r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
            &[("aws:SecureTransport", "true")],
            "yes",
        ),
        (
            r#"{"Bool":{"aws:SecureTransport":true}}"#,
            &[("aws:SecureTransport", "True")],
            "yes",
        ),
        (
            r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
            &[("aws:SecureTransport", "false")],
            "no",
        ),
        (
            r#"{"Bool":{"aws:SecureTransport":"false"}}"#,
            &[("aws:SecureTransport", "false")],
            "yes",
        ),
        (r#"{"Bool":{"aws:SecureTransport":"false"}}"#, &[], "no"),
        (r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#, &[], "no"),
        (r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#, &[], "yes"),
        (
            r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#,
            &[("aws:MultiFactorAuthPresent", "true")],
            "no",
        ),
        (r#"{"Bool":{"k:x":["true","false"]}}"#, &[("k:x", "false")], "yes"),
        (
            r#"{"BinaryEquals":{"k:x":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}"#,
            &[("k:x", "QmluYXJ5VmFsdWVJbkJhc2U2NA==")],
            "yes",
        ),
        (
            r#"{"BinaryEquals":{"k:x":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}"#,
            &[("k:x", "QmluYXJ5VmFsdWVJbkJhc2U2NB==")],
            "no",
        ),
        (
            r#"{"BinaryEquals":{"k:x":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}"#,
            &[("k:x", "QmluYXJ5")],
            "no",
        ),
        (r#"{"BinaryEquals":{"k:x":"QQ=="}}"#, &[], "no"),
        (r#"{"Null":{"aws:TokenIssueTime":"true"}}"#, &[], "yes"),
        (
            r#"{"Null":{"aws:TokenIssueTime":"true"}}"#,
            &[("aws:TokenIssueTime", "2020-01-01T00:00:00Z")],
            "no",
        ),
        (
            r#"{"Null":{"aws:TokenIssueTime":"false"}}"#,
            &[("aws:TokenIssueTime", "2020-01-01T00:00:00Z")],
            "yes",
        ),
        (r#"{"Null":{"aws:TokenIssueTime":false}}"#, &[], "no"),
        (r#"{"Null":{"aws:TokenIssueTime":["true","false"]}}"#, &[], "yes"),
    ]);
}

#[test]
fn addresses() {
    // "IP address condition operators".
    table(&[
        (
            r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
            &[("aws:SourceIp", "203.0.113.255")],
            "yes",
        ),
        (
            r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
            &[("aws:SourceIp", "203.0.112.255")],
            "no",
        ),
        (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, &[], "no"),
        (
            r#"{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}"#,
            &[("aws:SourceIp", "203.0.113.7")],
            "yes",
        ),
        (
            r#"{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}"#,
            &[("aws:SourceIp", "203.0.113.8")],
            "no",
        ),
        (
            r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}}"#,
            &[("aws:SourceIp", "2001:db8:1234:5678::1")],
            "yes",
        ),
        (
            r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}}"#,
            &[("aws:SourceIp", "2001:db8:1234:5679::1")],
            "no",
        ),
        (
            r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
            &[("aws:SourceIp", "203.0.113.1")],
            "no",
        ),
        (
            r#"{"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","10.0.0.0/8"]}}"#,
            &[("aws:SourceIp", "10.1.1.1")],
            "no",
        ),
        (
            r#"{"NotIpAddress":{"aws:SourceIp":["203.0.113.0/24","10.0.0.0/8"]}}"#,
            &[("aws:SourceIp", "11.1.1.1")],
            "yes",
        ),
        (r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, &[], "yes"),
        (r#"{"IpAddressIfExists":{"aws:SourceIp":"203.0.113.0/24"}}"#, &[], "yes"),
        (
            r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#,
            &[("aws:SourceIp", "::1")],
            "no",
        ),
    ]);
}

#[test]
fn arns() {
    // "Amazon Resource Name (ARN) condition operators": each of the six components is checked separately, and `ArnEquals`
    // and `ArnLike` behave identically.
    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:topic";
    table(&[
        (
            r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:123456789012:topic"}}"#,
            &[("aws:SourceArn", TOPIC)],
            "yes",
        ),
        (
            r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:123456789012:top*"}}"#,
            &[("aws:SourceArn", TOPIC)],
            "yes",
        ),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}"#,
            &[("aws:SourceArn", TOPIC)],
            "yes",
        ),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:us-east-?:*:topic"}}"#,
            &[("aws:SourceArn", TOPIC)],
            "yes",
        ),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:topic"}}"#,
            &[("aws:SourceArn", TOPIC)],
            "no",
        ),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sqs:*:*:*"}}"#,
            &[("aws:SourceArn", TOPIC)],
            "no",
        ),
        (r#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}"#, &[], "no"),
        (
            r#"{"ArnLike":{"aws:SourceArn":"*"}}"#,
            &[("aws:SourceArn", "no arn")],
            "no",
        ),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::bucket*"}}"#,
            &[("aws:SourceArn", "arn:aws:s3:::bucket/a:b")],
            "yes",
        ),
        (
            r#"{"ArnLike":{"k:x":"arn:aws:someservice:*:111122223333:finance/*"}}"#,
            &[(
                "k:x",
                "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
            )],
            "no",
        ),
        (
            r#"{"ArnNotEquals":{"aws:SourceArn":"arn:aws:sns:*:*:topic"}}"#,
            &[("aws:SourceArn", TOPIC)],
            "no",
        ),
        (
            r#"{"ArnNotLike":{"aws:SourceArn":"arn:aws:sns:*:*:other"}}"#,
            &[("aws:SourceArn", TOPIC)],
            "yes",
        ),
        (
            r#"{"ArnNotLike":{"aws:SourceArn":"arn:aws:sns:*:*:other"}}"#,
            &[],
            "yes",
        ),
        (
            r#"{"ArnLike":{"aws:SourceArn":"arn:AWS:sns:*:*:*"}}"#,
            &[("aws:SourceArn", TOPIC)],
            "no",
        ),
    ]);
}

#[test]
fn if_exists_asks_only_what_is_there() {
    // "...IfExists condition operators".
    table(&[
        (
            r#"{"StringLikeIfExists":{"ec2:InstanceType":["t1.*","t2.*","m3.*"]}}"#,
            &[],
            "yes",
        ),
        (
            r#"{"StringLikeIfExists":{"ec2:InstanceType":["t1.*","t2.*"]}}"#,
            &[("ec2:InstanceType", "t2.micro")],
            "yes",
        ),
        (
            r#"{"StringLikeIfExists":{"ec2:InstanceType":["t1.*","t2.*"]}}"#,
            &[("ec2:InstanceType", "m3.large")],
            "no",
        ),
        (r#"{"StringLike":{"ec2:InstanceType":["t1.*","t2.*"]}}"#, &[], "no"),
        (r#"{"StringNotEqualsIfExists":{"k:x":"a"}}"#, &[], "yes"),
        (r#"{"StringNotEqualsIfExists":{"k:x":"a"}}"#, &[("k:x", "a")], "no"),
        (r#"{"DateLessThanIfExists":{"k:x":"2020-01-01"}}"#, &[], "yes"),
        (
            r#"{"ArnLikeIfExists":{"k:x":"arn:aws:s3:::*"}}"#,
            &[("k:x", "arn:aws:sns:::x")],
            "no",
        ),
        (r#"{"BinaryEqualsIfExists":{"k:x":"QQ=="}}"#, &[], "yes"),
    ]);
}

#[test]
fn blocks_are_joined_by_and() {
    // "Evaluation logic for multiple context keys or values".
    const BLOCK: &str = r#"{"StringEqualsIgnoreCase":{"aws:PrincipalTag/department":["finance","hr","legal"],"aws:PrincipalTag/role":["audit","security"]},"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#;
    table(&[
        (
            BLOCK,
            &[
                ("aws:PrincipalTag/department", "HR"),
                ("aws:PrincipalTag/role", "Audit"),
            ],
            "yes",
        ),
        (BLOCK, &[("aws:PrincipalTag/department", "HR")], "no"),
        (
            BLOCK,
            &[
                ("aws:PrincipalTag/department", "sales"),
                ("aws:PrincipalTag/role", "audit"),
            ],
            "no",
        ),
        (
            BLOCK,
            &[
                ("aws:PrincipalTag/department", "legal"),
                ("aws:PrincipalTag/role", "security"),
                ("aws:PrincipalAccount", "999999999999"),
            ],
            "no",
        ),
    ]);
}
