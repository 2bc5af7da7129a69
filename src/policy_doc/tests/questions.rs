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
