//! Who is named: "AWS JSON policy elements: Principal", "NotPrincipal".

use super::{OBJECT, Papers, SESSION, USER, request};
use crate::evaluate::Decision::{self, Allowed, ExplicitlyDenied, ImplicitlyDenied, Unknown};
use crate::evaluate::Principal;

const ROLE: &str = "arn:aws:iam::111122223333:role/app";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/bob";
const ROOT: &str = "arn:aws:iam::111122223333:root";
const SERVICE: &str = "cloudtrail.amazonaws.com";

/// What a bucket policy of one `Allow` decides for a principal of the bucket's account without any other policy.
fn named(principal: &str, clause: &str) -> Decision {
    let statement =
        format!(r#"{{"Effect":"Allow",{clause},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}}"#);
    let document = super::document(&statement);
    let layers = crate::evaluate::Layers {
        resource: Some(super::named("bucket", &document)),
        ..Default::default()
    };
    crate::evaluate::decide(&request(principal, "s3:GetObject", OBJECT), &layers).decision
}

#[test]
fn texts_become_principals() {
    for (text, kind) in [
        (USER, "User"),
        ("arn:aws:iam::111122223333:user/division/team/bob", "User"),
        (ROLE, "Role"),
        (SESSION, "Session"),
        (FEDERATED, "FederatedUser"),
        (ROOT, "Root"),
        ("111122223333", "Root"),
        (SERVICE, "Service"),
        ("states.us-east-1.amazonaws.com", "Service"),
        ("cognito-identity.amazonaws.com", "Federated"),
        ("accounts.google.com", "Federated"),
        ("arn:aws:iam::111122223333:saml-provider/adfs", "Federated"),
        (
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
            "Federated",
        ),
        ("*", "Anonymous"),
        ("anonymous", "Anonymous"),
    ] {
        let read = format!("{:?}", Principal::parse(text).unwrap());
        assert!(read.starts_with(kind), "{text}: {read}");
    }
    for text in [
        "",
        "bob",
        "11112222333",
        "arn:aws:iam::111122223333:group/all",
        "arn:aws:iam::111122223333:user/",
        "arn:aws:sts::111122223333:assumed-role/app",
        "arn:aws:iam::x:user/bob",
        "arn:aws:s3:::bucket",
        ".amazonaws.com",
    ] {
        assert!(Principal::parse(text).is_err(), "{text}");
    }
}

#[test]
fn forms_of_principals() {
    for (principal, clause, expected) in [
        (
            USER,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"}"#,
            Allowed,
        ),
        // "The user name part of the ARN is case sensitive."
        (
            USER,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/Bob"}"#,
            ImplicitlyDenied,
        ),
        (
            USER,
            r#""Principal":{"AWS":["999999999999","arn:aws:iam::111122223333:user/bob"]}"#,
            Allowed,
        ),
        // "You cannot use a wildcard to match part of a principal name or ARN."
        (
            USER,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/*"}"#,
            ImplicitlyDenied,
        ),
        (
            USER,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:*"}"#,
            ImplicitlyDenied,
        ),
        // "It delegates authority to the account": in the same account that alone is not enough.
        (
            USER,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:root"}"#,
            ImplicitlyDenied,
        ),
        (USER, r#""Principal":{"AWS":"111122223333"}"#, ImplicitlyDenied),
        (ROOT, r#""Principal":{"AWS":"111122223333"}"#, Allowed),
        // "For IAM users and role principals within your account, no other permissions are required."
        (USER, r#""Principal":"*""#, Allowed),
        (USER, r#""Principal":{"AWS":"*"}"#, Allowed),
        (SESSION, r#""Principal":"*""#, Allowed),
        ("*", r#""Principal":"*""#, Allowed),
        ("*", r#""Principal":{"AWS":"*"}"#, Allowed),
        ("*", r#""Principal":{"AWS":"111122223333"}"#, ImplicitlyDenied),
        ("*", r#""Principal":{"Service":"*"}"#, ImplicitlyDenied),
        // Sessions, by themselves and by their role, whatever its path.
        (
            SESSION,
            r#""Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/app/run"}"#,
            Allowed,
        ),
        (
            SESSION,
            r#""Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/app/other"}"#,
            ImplicitlyDenied,
        ),
        (
            SESSION,
            r#""Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/app/*"}"#,
            ImplicitlyDenied,
        ),
        (
            SESSION,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/app"}"#,
            Allowed,
        ),
        (
            SESSION,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/team/app"}"#,
            Allowed,
        ),
        (
            SESSION,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/App"}"#,
            ImplicitlyDenied,
        ),
        (
            SESSION,
            r#""Principal":{"AWS":"arn:aws:iam::999999999999:role/app"}"#,
            ImplicitlyDenied,
        ),
        (
            SESSION,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:user/app"}"#,
            ImplicitlyDenied,
        ),
        (
            ROLE,
            r#""Principal":{"AWS":"arn:aws:iam::111122223333:role/app"}"#,
            Allowed,
        ),
        (
            ROLE,
            r#""Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/app/run"}"#,
            ImplicitlyDenied,
        ),
        (
            FEDERATED,
            r#""Principal":{"AWS":"arn:aws:sts::111122223333:federated-user/bob"}"#,
            Allowed,
        ),
        (
            FEDERATED,
            r#""Principal":{"AWS":"arn:aws:sts::111122223333:federated-user/eve"}"#,
            ImplicitlyDenied,
        ),
        // Services.
        (
            SERVICE,
            r#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#,
            Allowed,
        ),
        (
            SERVICE,
            r#""Principal":{"Service":["ecs.amazonaws.com","elasticloadbalancing.amazonaws.com"]}"#,
            ImplicitlyDenied,
        ),
        (SERVICE, r#""Principal":{"AWS":"111122223333"}"#, ImplicitlyDenied),
        (SERVICE, r#""Principal":"*""#, Allowed),
        (
            USER,
            r#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#,
            ImplicitlyDenied,
        ),
        (
            USER,
            r#""Principal":{"Federated":"accounts.google.com"}"#,
            ImplicitlyDenied,
        ),
        // "Restrict access to an Amazon S3 origin": an origin access identity has no identity policies.
        (
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
            r#""Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}"#,
            Allowed,
        ),
        (
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
            r#""Principal":{"AWS":"111122223333"}"#,
            ImplicitlyDenied,
        ),
        // A canonical id's account is in no request.
        (
            USER,
            r#""Principal":{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#,
            ImplicitlyDenied,
        ),
        (
            SERVICE,
            r#""Principal":{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#,
            ImplicitlyDenied,
        ),
        // Another partition is another account.
        (
            USER,
            r#""Principal":{"AWS":"arn:aws-cn:iam::111122223333:user/bob"}"#,
            ImplicitlyDenied,
        ),
    ] {
        assert_eq!(named(principal, clause), expected, "{principal} {clause}");
    }
}

#[test]
fn unique_ids_name_nobody_who_does_not_say_his_own() {
    // "The principal ID appears in resource-based policies because AWS can no longer map it back to a valid ARN."
    const POLICY: Papers = Papers {
        resource: Some(
            r#"{"Effect":"Allow","Principal":{"AWS":["AIDAEXAMPLE1","AROAEXAMPLE2"]},"Action":"s3:*","Resource":"*"}"#,
        ),
        ..NONE
    };
    for (principal, user_id, expected) in [
        (USER, None, ImplicitlyDenied),
        (USER, Some("AIDAEXAMPLE1"), Allowed),
        (USER, Some("AIDAEXAMPLE11"), ImplicitlyDenied),
        (SESSION, Some("AROAEXAMPLE2:run"), Allowed),
        (SESSION, Some("AROAOTHER:run"), ImplicitlyDenied),
    ] {
        let mut request = request(principal, "s3:GetObject", OBJECT);
        request.context.set("aws:userid", user_id);
        assert_eq!(POLICY.decide(&request).decision, expected, "{principal} {user_id:?}");
    }
}

const NONE: Papers = Papers {
    identity: None,
    boundary: None,
    session: None,
    resource: None,
    scps: &[],
    rcps: &[],
    endpoints: &[],
};

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

fn spared(principal: &str, clause: &str, boundary: Option<&'static str>) -> Decision {
    let statement = format!(r#"{{"Effect":"Deny","NotPrincipal":{clause},"Action":"s3:*","Resource":"*"}}"#);
    let (own, bucket) = (super::document(ALL), super::document(&statement));
    let boundary = boundary.map(super::document);
    let layers = crate::evaluate::Layers {
        identity: vec![super::named("own", &own)],
        boundary: boundary.as_ref().map(|document| vec![super::named("limit", document)]),
        resource: Some(super::named("bucket", &bucket)),
        ..Default::default()
    };
    crate::evaluate::decide(&request(principal, "s3:GetObject", OBJECT), &layers).decision
}

#[test]
fn not_principal_with_deny() {
    for (principal, clause, expected) in [
        // The user guide's two examples, in this account.
        (
            USER,
            r#"{"AWS":["arn:aws:iam::111122223333:user/bob","arn:aws:iam::111122223333:root"]}"#,
            Allowed,
        ),
        (
            USER,
            r#"{"AWS":["arn:aws:iam::111122223333:user/eve","arn:aws:iam::111122223333:root"]}"#,
            ExplicitlyDenied,
        ),
        (
            SESSION,
            r#"{"AWS":["arn:aws:sts::111122223333:assumed-role/app/run","arn:aws:iam::111122223333:role/app","arn:aws:iam::111122223333:root"]}"#,
            Allowed,
        ),
        // "You must also specify the account ARN of the not-denied principal."
        (
            USER,
            r#"{"AWS":"arn:aws:iam::111122223333:user/bob"}"#,
            ExplicitlyDenied,
        ),
        (USER, r#"{"AWS":"111122223333"}"#, ExplicitlyDenied),
        (
            SESSION,
            r#"{"AWS":["arn:aws:iam::111122223333:role/app","111122223333"]}"#,
            ExplicitlyDenied,
        ),
        (
            SESSION,
            r#"{"AWS":["arn:aws:sts::111122223333:assumed-role/app/run","111122223333"]}"#,
            ExplicitlyDenied,
        ),
        (
            ROLE,
            r#"{"AWS":["arn:aws:iam::111122223333:role/app","111122223333"]}"#,
            Allowed,
        ),
        (ROOT, r#"{"AWS":"111122223333"}"#, Allowed),
        (ROOT, r#"{"AWS":"999999999999"}"#, ExplicitlyDenied),
        ("*", r#"{"AWS":"111122223333"}"#, ExplicitlyDenied),
        (SERVICE, r#"{"AWS":"111122223333"}"#, ExplicitlyDenied),
        (USER, r#"{"AWS":"*"}"#, Allowed),
    ] {
        assert_eq!(spared(principal, clause, None), expected, "{principal} {clause}");
    }
}

#[test]
fn not_principal_with_deny_never_spares_who_has_a_boundary() {
    // "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions boundary."
    let clause = r#"{"AWS":["arn:aws:iam::111122223333:user/bob","arn:aws:iam::111122223333:root"]}"#;
    assert_eq!(spared(USER, clause, Some(ALL)), ExplicitlyDenied);
    assert_eq!(spared(USER, clause, None), Allowed);
    assert_eq!(spared(ROOT, clause, Some(ALL)), Allowed);
}

#[test]
fn not_principal_with_allow_gives_to_everybody_else() {
    // "This would allow all principals except the one named", anonymous ones too.
    for (principal, expected) in [
        (USER, ImplicitlyDenied),
        ("*", Allowed),
        (SERVICE, Allowed),
        (SESSION, Allowed),
    ] {
        let clause = r#""NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/bob"}"#;
        assert_eq!(named(principal, clause), expected, "{principal}");
    }
}

#[test]
fn service_linked_roles_are_known_by_their_path() {
    let slr = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    let own = "arn:aws:iam::111122223333:role/AWSServiceRoleForX";
    for (principal, expected) in [
        (Principal::parse(slr).unwrap(), true),
        (Principal::session_of(slr, "s").unwrap(), true),
        (Principal::parse(own).unwrap(), false),
        (Principal::session_of(own, "s").unwrap(), false),
        // A session's ARN has no path.
        (
            Principal::parse("arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s").unwrap(),
            true,
        ),
        (Principal::parse(SESSION).unwrap(), false),
    ] {
        assert_eq!(principal.is_service_linked(), expected, "{principal:?}");
    }
}

#[test]
fn a_federated_session_does_not_tell_whose_it_is() {
    // "If a resource-based policy grants permission to the ARN of the IAM user who federated, …": the session's name is
    // the caller's choice.
    const POLICY: Papers = Papers {
        session: Some(ALL),
        resource: Some(
            r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"s3:*","Resource":"*"}"#,
        ),
        ..NONE
    };
    assert_eq!(
        POLICY.decide(&request(FEDERATED, "s3:GetObject", OBJECT)).decision,
        Unknown
    );
    let limited = Papers {
        session: None,
        ..POLICY
    };
    assert_eq!(
        limited.decide(&request(FEDERATED, "s3:GetObject", OBJECT)).decision,
        ImplicitlyDenied
    );
}
