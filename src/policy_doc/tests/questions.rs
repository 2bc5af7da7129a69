//! What others ask of a document.

use super::*;

fn bucket(rest: &str) -> Policy {
    live(&format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:GetObject","Resource":"*",{rest}}}}}"#
    ))
}

fn is_public(policy: &Policy) -> bool {
    !policy.document().unwrap().public_statements().is_empty()
}

#[test]
fn everyone_without_a_restricting_condition_is_public() {
    let everyone = |condition: &str| bucket(&format!(r#""Principal":"*","Condition":{condition}"#));
    for condition in [
        "{}",
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"StringLike":{"aws:Referer":"https://example.org/*"}}"#,
        r#"{"StringNotEquals":{"aws:SourceAccount":"123456789012"}}"#,
        r#"{"StringEqualsIfExists":{"aws:SourceAccount":"123456789012"}}"#,
        r#"{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#,
        r#"{"StringLike":{"aws:SourceVpce":"vpce-*"}}"#,
        r#"{"StringLike":{"aws:PrincipalOrgID":["o-1","*"]}}"#,
        r#"{"StringEquals":{"aws:SourceAccount":"${aws:PrincipalAccount}"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","0.0.0.0/1"]}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"::/0"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":[]}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}}"#,
        r#"{"StringLike":{"aws:SourceArn":"*:123456789012"}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:*:s3:*:123456789012:*"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"12.0.0.0/7"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"2001::/31"}}"#,
        r#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#,
        r#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/x"}}"#,
        r#"{"ArnLikeIfExists":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/x"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}"#,
        r#"{"StringLike":{"aws:userid":"AROAEXAMPLE:*"}}"#,
        r#"{"StringLike":{"aws:SourceVpc":"vpc-?"}}"#,
        r#"{"StringLike":{"aws:SourceOwner":"*"}}"#,
        r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-east-1:*:accesspoint/x"}}"#,
        r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"*/r-ab12/*"}}"#,
        r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-*"}}"#,
        r#"{"StringEquals":{"sts:ExternalId":"secret"}}"#,
        r#"{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}"#,
        r#"{"Null":{"aws:SourceAccount":"false"}}"#,
    ] {
        assert!(is_public(&everyone(condition)), "{condition}");
    }
    for condition in [
        r#"{"StringEquals":{"AWS:SourceAccount":"123456789012"}}"#,
        r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"},"Bool":{"aws:SecureTransport":"true"}}"#,
        r#"{"StringLike":{"aws:SourceVpce":"vpce-1"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::/32","203.0.113.7"]}}"#,
        r#"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudfront::123456789012:distribution/*"}}"#,
        r#"{"ArnEquals":{"aws:SourceArn":"arn:aws:s3:::bucket"}}"#,
        r#"{"IpAddress":{"aws:SourceIp":"12.0.0.0/8"}}"#,
        r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/*"}}"#,
        r#"{"StringEquals":{"aws:userid":"AIDAEXAMPLE"}}"#,
        r#"{"StringEquals":{"aws:SourceVpc":["vpc-1","vpc-2"]}}"#,
        r#"{"StringEquals":{"aws:SourceOwner":"123456789012"}}"#,
        r#"{"StringEquals":{"aws:SourceOrgID":"o-1"}}"#,
        r#"{"ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-east-1:123456789012:accesspoint/*"}}"#,
        r#"{"StringEquals":{"s3:DataAccessPointAccount":"123456789012"}}"#,
        r#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1/r-ab12/*"}}"#,
        r#"{"StringEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:us-east-1:123456789012:key/k"}}"#,
    ] {
        assert!(!is_public(&everyone(condition)), "{condition}");
    }
    assert!(is_public(&bucket(
        r#""Principal":{"AWS":["arn:aws:iam::123456789012:root","*"]}"#
    )));
    assert!(is_public(&bucket(r#""NotPrincipal":{"AWS":"123456789012"}"#)));
    assert!(!is_public(&bucket(r#""Principal":{"AWS":"123456789012"}"#)));
    assert!(!is_public(&live(
        r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}"#
    )));
    assert!(!is_public(&live(
        r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#
    )));
}

#[test]
fn a_wildcard_inside_a_principal_is_everybody_unless_the_account_is_fixed() {
    for (principal, expected) in [
        ("arn:aws:iam::*:root", true),
        ("arn:aws:iam::12345678901?:role/x", true),
        ("arn:aws:iam::*", true),
        ("arn:aws:iam::123456789012:role/*", false),
        ("arn:aws:iam::123456789012:role/x", false),
    ] {
        let policy = bucket(&format!(r#""Principal":{{"AWS":"{principal}"}}"#));
        assert_eq!(is_public(&policy), expected, "{principal}");
    }
}

#[test]
fn what_is_opened_is_told_by_action_and_resource() {
    let policy = live(
        r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"},
        {"Sid":"Read","Effect":"Allow","Principal":"*","Action":["s3:ListBucket","s3:GetObject","s3:GetObject"],
         "Resource":["arn:aws:s3:::b"]},
        {"Effect":"Allow","NotPrincipal":{"AWS":"123456789012"},"NotAction":["s3:Put*","s3:Delete*"],
         "NotResource":"arn:aws:s3:::b/private/*"}]}"#,
    );
    let opened = policy.opened();
    let names: Vec<_> = opened.iter().map(|one| (one.index, one.sid.as_deref())).collect();
    assert_eq!(names, [(1, Some("Read")), (2, None)]);
    let phrases: Vec<String> = opened.iter().flat_map(Opened::phrases).collect();
    assert_eq!(
        phrases,
        [
            "s3:GetObject on arn:aws:s3:::b",
            "s3:ListBucket on arn:aws:s3:::b",
            "everything but s3:Delete*, s3:Put* on everything but arn:aws:s3:::b/private/*",
        ]
    );
    let trust = live(r#"{"Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#);
    assert_eq!(
        trust.opened().iter().flat_map(Opened::phrases).collect::<Vec<_>>(),
        ["sts:AssumeRole"]
    );
    assert!(Policy::live("{").opened().is_empty());
}

#[test]
fn services_are_trusted_by_name_and_action() {
    let trusts = |rest: &str| live(&format!(r#"{{"Statement":{{{rest}}}}}"#)).trusts_service("lambda.amazonaws.com");
    assert!(trusts(
        r#""Effect":"Allow","Principal":{"Service":["x","lambda.amazonaws.com"]},"Action":"STS:assumerole""#
    ));
    assert!(trusts(
        r#""Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":["sts:*"]"#
    ));
    for rest in [
        r#""Effect":"Deny","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole""#,
        r#""Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:TagSession""#,
        r#""Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"NotAction":"sts:*""#,
        r#""Effect":"Allow","NotPrincipal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole""#,
        r#""Effect":"Allow","Principal":{"AWS":"lambda.amazonaws.com"},"Action":"sts:AssumeRole""#,
        r#""Effect":"Allow","Principal":"*","Action":"sts:AssumeRole""#,
    ] {
        assert!(!trusts(rest), "{rest}");
    }
}

#[test]
fn names_come_once_in_the_order_of_the_text() {
    let policy = bucket(
        r#""Principal":{"AWS":["arn:b","123456789012","arn:b"],"Federated":"arn:f"},
        "Condition":{"ArnLike":{"aws:SourceArn":["arn:c","arn:b"]},"StringEquals":{"aws:x":"d"}}"#,
    );
    assert_eq!(policy.principals(), ["arn:b", "123456789012"]);
    assert_eq!(policy.federated(), ["arn:f"]);
    assert_eq!(policy.arns(), ["arn:b", "arn:f", "arn:c"]);
    assert!(Policy::live("{").principals().is_empty());
}
