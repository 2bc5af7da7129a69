//! Layers together: "Policy evaluation logic", "Cross-account policy evaluation logic", and the services' own pages.

use super::{OBJECT, Papers, SESSION, USER, request};
use crate::evaluate::Decision::{self, Allowed, ExplicitlyDenied, ImplicitlyDenied, Unknown};
use crate::evaluate::{Layer, Request};

const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/bob";
const ROOT: &str = "arn:aws:iam::111122223333:root";
const SERVICE: &str = "cloudtrail.amazonaws.com";
const OTHER: &str = "999999999999";

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
const NOTHING: &str = r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#;
const NO: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#;
const TO_USER: &str =
    r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"*","Resource":"*"}"#;
const TO_ROLE: &str =
    r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":"*","Resource":"*"}"#;
const TO_SESSION: &str = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/app/run"},"Action":"*","Resource":"*"}"#;
const TO_FEDERATED: &str = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::111122223333:federated-user/bob"},"Action":"*","Resource":"*"}"#;
const TO_ACCOUNT: &str = r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"*","Resource":"*"}"#;
const TO_ALL: &str = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
const TO_SERVICE: &str =
    r#"{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"*","Resource":"*"}"#;
const NOT_TO_ANYBODY: &str = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;

const NONE: Papers = Papers {
    identity: None,
    boundary: None,
    session: None,
    resource: None,
    scps: &[],
    rcps: &[],
    endpoints: &[],
};

fn foreign(mut request: Request) -> Request {
    request.resource_account = Some(OTHER.to_owned());
    request
}

fn get(principal: &str) -> Request {
    request(principal, "s3:GetObject", OBJECT)
}

fn check(cases: &[(&str, Papers, Request, Decision)]) {
    for (what, papers, request, expected) in cases {
        let answer = papers.decide(request);
        assert_eq!(answer.decision, *expected, "{what}: {answer:?}");
    }
}

macro_rules! papers {
    ($($field:ident: $value:expr),* $(,)?) => { Papers { $($field: $value,)* ..NONE } };
}

#[test]
#[rustfmt::skip]
fn one_account() {
    // "Policy evaluation for requests within a single account", with the table "Resource-based policies and implicit
    // denies in other policy types".
    check(&[
        ("nothing", NONE, get(USER), ImplicitlyDenied),
        ("identity", papers! { identity: Some(ALL) }, get(USER), Allowed),
        ("resource", papers! { resource: Some(TO_USER) }, get(USER), Allowed),
        ("both", papers! { identity: Some(ALL), resource: Some(TO_USER) }, get(USER), Allowed),
        ("identity, other resource policy", papers! { identity: Some(ALL), resource: Some(TO_ROLE) }, get(USER), Allowed),
        ("resource denies", papers! { identity: Some(ALL), resource: Some(NOT_TO_ANYBODY) }, get(USER), ExplicitlyDenied),
        ("identity denies", papers! { identity: Some(NO), resource: Some(TO_USER) }, get(USER), ExplicitlyDenied),
        ("boundary allows", papers! { identity: Some(ALL), boundary: Some(ALL) }, get(USER), Allowed),
        ("boundary alone grants nothing", papers! { boundary: Some(ALL) }, get(USER), ImplicitlyDenied),
        ("boundary does not allow", papers! { identity: Some(ALL), boundary: Some(NOTHING) }, get(USER), ImplicitlyDenied),
        ("boundary denies", papers! { identity: Some(ALL), boundary: Some(NO) }, get(USER), ExplicitlyDenied),
        ("user named, no limit", papers! { boundary: Some(NOTHING), resource: Some(TO_USER) }, get(USER), Allowed),
        ("user named, boundary denies", papers! { boundary: Some(NO), resource: Some(TO_USER) }, get(USER), ExplicitlyDenied),
        ("account named, boundary", papers! { boundary: Some(NOTHING), identity: Some(ALL), resource: Some(TO_ACCOUNT) }, get(USER), ImplicitlyDenied),
        ("account named alone", papers! { resource: Some(TO_ACCOUNT) }, get(USER), ImplicitlyDenied),
        ("everybody, boundary", papers! { boundary: Some(NOTHING), resource: Some(TO_ALL) }, get(USER), Allowed),
        ("role named", papers! { resource: Some(TO_ROLE) }, get(SESSION), Allowed),
        ("role named, boundary", papers! { boundary: Some(NOTHING), resource: Some(TO_ROLE) }, get(SESSION), ImplicitlyDenied),
        ("role named, session policy", papers! { session: Some(NOTHING), resource: Some(TO_ROLE) }, get(SESSION), ImplicitlyDenied),
        ("role named, both allow", papers! { boundary: Some(ALL), session: Some(ALL), resource: Some(TO_ROLE) }, get(SESSION), Allowed),
        ("session named", papers! { boundary: Some(NOTHING), session: Some(NOTHING), resource: Some(TO_SESSION) }, get(SESSION), Allowed),
        ("session named, session policy denies", papers! { session: Some(NO), resource: Some(TO_SESSION) }, get(SESSION), ExplicitlyDenied),
        ("everybody, session policy", papers! { session: Some(NOTHING), resource: Some(TO_ALL) }, get(SESSION), Allowed),
        ("session policy limits", papers! { identity: Some(ALL), session: Some(NOTHING) }, get(SESSION), ImplicitlyDenied),
        ("session policy allows", papers! { identity: Some(ALL), session: Some(ALL) }, get(SESSION), Allowed),
        ("session policy alone grants nothing", papers! { session: Some(ALL) }, get(SESSION), ImplicitlyDenied),
        ("all three", papers! { identity: Some(ALL), boundary: Some(ALL), session: Some(ALL) }, get(SESSION), Allowed),
        ("federated without session policy", papers! { identity: Some(ALL) }, get(FEDERATED), ImplicitlyDenied),
        ("federated with session policy", papers! { identity: Some(ALL), session: Some(ALL) }, get(FEDERATED), Allowed),
        ("federated session named", papers! { session: Some(NOTHING), resource: Some(TO_FEDERATED) }, get(FEDERATED), Allowed),
        ("root", NONE, get(ROOT), Allowed),
        ("root denied by the resource", papers! { resource: Some(NOT_TO_ANYBODY) }, get(ROOT), ExplicitlyDenied),
        ("root named", papers! { resource: Some(TO_ACCOUNT) }, get(ROOT), Allowed),
    ]);
}

#[test]
#[rustfmt::skip]
fn two_accounts() {
    // "Cross-account policy evaluation logic": both evaluations must allow.
    check(&[
        ("identity alone", papers! { identity: Some(ALL) }, foreign(get(USER)), ImplicitlyDenied),
        ("resource alone", papers! { resource: Some(TO_USER) }, foreign(get(USER)), ImplicitlyDenied),
        ("both", papers! { identity: Some(ALL), resource: Some(TO_USER) }, foreign(get(USER)), Allowed),
        ("account", papers! { identity: Some(ALL), resource: Some(TO_ACCOUNT) }, foreign(get(USER)), Allowed),
        ("everybody", papers! { identity: Some(ALL), resource: Some(TO_ALL) }, foreign(get(USER)), Allowed),
        ("everybody alone", papers! { resource: Some(TO_ALL) }, foreign(get(USER)), ImplicitlyDenied),
        ("boundary", papers! { identity: Some(ALL), boundary: Some(NOTHING), resource: Some(TO_USER) }, foreign(get(USER)), ImplicitlyDenied),
        ("session named", papers! { identity: Some(ALL), session: Some(NOTHING), resource: Some(TO_SESSION) }, foreign(get(SESSION)), ImplicitlyDenied),
        ("role named", papers! { identity: Some(ALL), resource: Some(TO_ROLE) }, foreign(get(SESSION)), Allowed),
        ("somebody else named", papers! { identity: Some(ALL), resource: Some(TO_ROLE) }, foreign(get(USER)), ImplicitlyDenied),
        ("identity denies", papers! { identity: Some(NO), resource: Some(TO_USER) }, foreign(get(USER)), ExplicitlyDenied),
        ("resource denies", papers! { identity: Some(ALL), resource: Some(NOT_TO_ANYBODY) }, foreign(get(USER)), ExplicitlyDenied),
        ("root named", papers! { resource: Some(TO_ACCOUNT) }, foreign(get(ROOT)), Allowed),
        ("root not named", NONE, foreign(get(ROOT)), ImplicitlyDenied),
        ("the ARN tells", papers! { identity: Some(ALL) }, request(USER, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:999999999999:q"), ImplicitlyDenied),
        ("AWS's own", papers! { identity: Some(ALL) }, request(USER, "iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"), Allowed),
    ]);
}

#[test]
#[rustfmt::skip]
fn service_control_policies() {
    // AWS Organizations user guide, "SCP evaluation", "SCP effects on permissions".
    const OPEN: &[&[&str]] = &[&[ALL], &[ALL], &[ALL]];
    const SHUT: &[&[&str]] = &[&[ALL], &[NOTHING], &[ALL]];
    const EMPTY: &[&[&str]] = &[&[ALL], &[]];
    const DENY: &[&[&str]] = &[&[ALL], &[ALL, r#"{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}"#]];
    const EITHER: &[&[&str]] = &[&[NOTHING, ALL]];
    check(&[
        ("every level allows", papers! { identity: Some(ALL), scps: OPEN }, get(USER), Allowed),
        ("no grant", papers! { scps: OPEN }, get(USER), ImplicitlyDenied),
        ("one level does not allow", papers! { identity: Some(ALL), scps: SHUT }, get(USER), ImplicitlyDenied),
        ("a level without policies", papers! { identity: Some(ALL), scps: EMPTY }, get(USER), ImplicitlyDenied),
        ("one of a level is enough", papers! { identity: Some(ALL), scps: EITHER }, get(USER), Allowed),
        ("deny", papers! { identity: Some(ALL), scps: DENY }, get(USER), ExplicitlyDenied),
        ("limits the resource's policy too", papers! { resource: Some(TO_USER), scps: SHUT }, get(USER), ImplicitlyDenied),
        ("limits root", papers! { scps: SHUT }, get(ROOT), ImplicitlyDenied),
        ("denies root", papers! { scps: DENY }, get(ROOT), ExplicitlyDenied),
        ("across accounts", papers! { identity: Some(ALL), resource: Some(TO_USER), scps: SHUT }, foreign(get(USER)), ImplicitlyDenied),
        ("not services", papers! { resource: Some(TO_SERVICE), scps: DENY }, get(SERVICE), Allowed),
        ("not anonymous requests", papers! { resource: Some(TO_ALL), scps: SHUT }, get("*"), Allowed),
        ("not service-linked roles", papers! { identity: Some(ALL), scps: DENY }, get("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"), Allowed),
        ("nor their sessions", papers! { identity: Some(ALL), scps: DENY }, get("arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForX/s"), Allowed),
    ]);
}

#[test]
#[rustfmt::skip]
fn resource_control_policies() {
    // AWS Organizations user guide, "Resource control policies", "Resources and entities not restricted by RCPs".
    const DENY: &[&[&str]] = &[&[TO_ALL], &[NOT_TO_ANYBODY]];
    const KMS: &[&[&str]] = &[&[r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#]];
    const OTHERS: &[&[&str]] = &[&[
        r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-1"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}"#,
    ]];
    let key = |action: &str| request(USER, action, "arn:aws:kms:eu-west-1:111122223333:key/k");
    let of_organisation = {
        let mut request = get(USER);
        request.context.set("aws:PrincipalOrgID", ["o-1"]);
        request
    };
    check(&[
        ("no RCP denies nothing", papers! { identity: Some(ALL), rcps: &[&[]] }, get(USER), Allowed),
        ("deny", papers! { identity: Some(ALL), rcps: DENY }, get(USER), ExplicitlyDenied),
        ("deny root", papers! { rcps: DENY }, get(ROOT), ExplicitlyDenied),
        ("deny others", papers! { identity: Some(ALL), resource: Some(TO_ALL), rcps: DENY }, foreign(get(USER)), ExplicitlyDenied),
        ("deny services", papers! { resource: Some(TO_SERVICE), rcps: DENY }, get(SERVICE), ExplicitlyDenied),
        ("deny anonymous", papers! { resource: Some(TO_ALL), rcps: DENY }, get("*"), ExplicitlyDenied),
        ("grants nothing", papers! { rcps: &[&[TO_ALL]] }, get(USER), ImplicitlyDenied),
        ("perimeter, outside", papers! { identity: Some(ALL), rcps: OTHERS }, get(USER), ExplicitlyDenied),
        ("perimeter, inside", papers! { identity: Some(ALL), rcps: OTHERS }, of_organisation, Allowed),
        ("perimeter, a service", papers! { resource: Some(TO_SERVICE), rcps: OTHERS }, get(SERVICE), Allowed),
        ("perimeter, anonymous", papers! { resource: Some(TO_ALL), rcps: OTHERS }, get("*"), ExplicitlyDenied),
        ("services without RCPs", papers! { identity: Some(ALL), rcps: KMS }, request(USER, "ec2:StartInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"), Allowed),
        ("kms", papers! { resource: Some(TO_USER), rcps: KMS }, key("kms:Decrypt"), ExplicitlyDenied),
        // "kms:RetireGrant permission in an RCP is not effective."
        ("kms:RetireGrant", papers! { resource: Some(TO_USER), rcps: KMS }, key("kms:RetireGrant"), Allowed),
        ("not service-linked roles", papers! { identity: Some(ALL), rcps: DENY }, get("arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"), Allowed),
    ]);
}

#[test]
#[rustfmt::skip]
fn endpoint_policies() {
    // Amazon VPC, "Control access to VPC endpoints using endpoint policies".
    const ONE: &str =
        r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}"#;
    const ELSE: &str = r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other/*"}"#;
    const BY_ACCOUNT: &str = r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"*","Resource":"*"}"#;
    const BY_ARN: &str = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/bob"}}}"#;
    check(&[
        ("default policy", papers! { identity: Some(ALL), endpoints: &[TO_ALL] }, get(USER), Allowed),
        ("does not replace identity policies", papers! { endpoints: &[TO_ALL] }, get(USER), ImplicitlyDenied),
        ("allows", papers! { identity: Some(ALL), endpoints: &[ONE] }, get(USER), Allowed),
        ("does not allow", papers! { identity: Some(ALL), endpoints: &[ELSE] }, get(USER), ImplicitlyDenied),
        ("limits the resource's policy", papers! { resource: Some(TO_USER), endpoints: &[ELSE] }, get(USER), ImplicitlyDenied),
        ("each must allow", papers! { identity: Some(ALL), endpoints: &[ONE, ELSE] }, get(USER), ImplicitlyDenied),
        ("denies", papers! { identity: Some(ALL), endpoints: &[TO_ALL, NOT_TO_ANYBODY] }, get(USER), ExplicitlyDenied),
        ("by ARN, the user", papers! { identity: Some(ALL), endpoints: &[BY_ARN] }, get(USER), Allowed),
        ("by ARN, another", papers! { identity: Some(ALL), endpoints: &[BY_ARN] }, get(SESSION), ImplicitlyDenied),
        // "Access is granted to the AWS account root user only", if it is a gateway endpoint.
        ("by account", papers! { identity: Some(ALL), endpoints: &[BY_ACCOUNT] }, get(USER), Unknown),
        ("by account, root", papers! { endpoints: &[BY_ACCOUNT] }, get(ROOT), Allowed),
        ("by account, no gateway", papers! { identity: Some(ALL), endpoints: &[BY_ACCOUNT] }, request(USER, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q"), Allowed),
    ]);
}

#[test]
fn an_empty_limit_allows_nothing_and_a_missing_one_limits_nothing() {
    let own = super::document(ALL);
    let decide = |layers: crate::evaluate::Layers<'_>| {
        let layers = crate::evaluate::Layers {
            identity: vec![super::named("own", &own)],
            ..layers
        };
        crate::evaluate::decide(&get(SESSION), &layers)
    };
    let none = crate::evaluate::Layers::default;
    assert_eq!(decide(none()).decision, Allowed);
    for (layer, layers) in [
        (
            Layer::Boundary,
            crate::evaluate::Layers {
                boundary: Some(Vec::new()),
                ..none()
            },
        ),
        (
            Layer::Session,
            crate::evaluate::Layers {
                session: Some(Vec::new()),
                ..none()
            },
        ),
        (
            Layer::Endpoint,
            crate::evaluate::Layers {
                endpoints: Some(Vec::new()),
                ..none()
            },
        ),
        (
            Layer::Scp,
            crate::evaluate::Layers {
                scps: vec![Vec::new()],
                ..none()
            },
        ),
    ] {
        let answer = decide(layers);
        assert_eq!((answer.decision, answer.layer), (ImplicitlyDenied, Some(layer)));
    }
}

#[test]
fn layers_that_were_not_read_are_unknown_where_they_matter() {
    let own = super::document(ALL);
    let base = |unread: &[Layer]| crate::evaluate::Layers {
        identity: vec![super::named("own", &own)],
        unread: unread.iter().copied().collect(),
        ..crate::evaluate::Layers::default()
    };
    for (layer, expected) in [
        (Layer::Scp, Unknown),
        (Layer::Rcp, Unknown),
        (Layer::Endpoint, Unknown),
        (Layer::Boundary, Unknown),
        (Layer::Session, Unknown),
        // It may deny.
        (Layer::Resource, Unknown),
        (Layer::Identity, Unknown),
    ] {
        let answer = crate::evaluate::decide(&get(USER), &base(&[layer]));
        assert_eq!(answer.decision, expected, "{layer:?}: {answer:?}");
    }
    let denied = crate::evaluate::Layers {
        scps: vec![Vec::new()],
        ..base(&[Layer::Identity, Layer::Resource])
    };
    assert_eq!(crate::evaluate::decide(&get(USER), &denied).decision, ImplicitlyDenied);
    // RCPs have no say over EC2, identity policies none over services.
    let ec2 = request(
        USER,
        "ec2:StartInstances",
        "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
    );
    assert_eq!(crate::evaluate::decide(&ec2, &base(&[Layer::Rcp])).decision, Allowed);
    let to_service = super::document(TO_SERVICE);
    let service = crate::evaluate::Layers {
        resource: Some(super::named("bucket", &to_service)),
        ..base(&[Layer::Identity, Layer::Scp, Layer::Boundary])
    };
    assert_eq!(crate::evaluate::decide(&get(SERVICE), &service).decision, Allowed);
}

#[test]
#[rustfmt::skip]
fn trust_policies() {
    // "How IAM roles differ from resource-based policies", "Policy evaluation logic": trust policies must explicitly allow.
    const TRUST_ACCOUNT: &str = r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}"#;
    const TRUST_USER: &str =
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"sts:AssumeRole"}"#;
    const TRUST_ROLE: &str =
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":"sts:AssumeRole"}"#;
    const TRUST_LAMBDA: &str =
        r#"{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}"#;
    const TRUST_WEB: &str = r#"{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:me/*"}}}"#;
    const WEB: &str = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let assume = |principal: &str| request(principal, "sts:AssumeRole", "arn:aws:iam::111122223333:role/target");
    let there = |principal: &str| request(principal, "sts:AssumeRole", "arn:aws:iam::999999999999:role/target");
    let web = |subject: &str| {
        let mut request = request(
            WEB,
            "sts:AssumeRoleWithWebIdentity",
            "arn:aws:iam::111122223333:role/target",
        );
        request
            .context
            .set("token.actions.githubusercontent.com:aud", ["sts.amazonaws.com"]);
        request
            .context
            .set("token.actions.githubusercontent.com:sub", [subject]);
        request
    };
    check(&[
        ("identity alone", papers! { identity: Some(ALL) }, assume(USER), ImplicitlyDenied),
        ("account alone", papers! { resource: Some(TRUST_ACCOUNT) }, assume(USER), ImplicitlyDenied),
        ("account and identity", papers! { identity: Some(ALL), resource: Some(TRUST_ACCOUNT) }, assume(USER), Allowed),
        ("user", papers! { resource: Some(TRUST_USER) }, assume(USER), Allowed),
        ("another user and identity", papers! { identity: Some(ALL), resource: Some(TRUST_USER) }, assume(SESSION), ImplicitlyDenied),
        ("role", papers! { resource: Some(TRUST_ROLE) }, assume(SESSION), Allowed),
        ("role, boundary", papers! { boundary: Some(NOTHING), resource: Some(TRUST_ROLE) }, assume(SESSION), ImplicitlyDenied),
        ("another account, both", papers! { identity: Some(ALL), resource: Some(TRUST_USER) }, there(USER), Allowed),
        ("another account, trust alone", papers! { resource: Some(TRUST_USER) }, there(USER), ImplicitlyDenied),
        ("service", papers! { resource: Some(TRUST_LAMBDA) }, assume("lambda.amazonaws.com"), Allowed),
        ("another service", papers! { resource: Some(TRUST_LAMBDA) }, assume("ec2.amazonaws.com"), ImplicitlyDenied),
        ("another action", papers! { identity: Some(ALL), resource: Some(TRUST_ACCOUNT) }, request(USER, "sts:TagSession", "arn:aws:iam::111122223333:role/target"), ImplicitlyDenied),
        ("web identity", papers! { resource: Some(TRUST_WEB) }, web("repo:me/x:ref:refs/heads/main"), Allowed),
        ("web identity of others", papers! { resource: Some(TRUST_WEB) }, web("repo:you/x:ref:refs/heads/main"), ImplicitlyDenied),
        // "You cannot call AssumeRole by using AWS account root user credentials."
        ("root", papers! { resource: Some(TRUST_ACCOUNT) }, assume(ROOT), ImplicitlyDenied),
        // Passing a role asks no trust policy.
        ("pass", papers! { identity: Some(ALL), resource: Some(TRUST_LAMBDA) }, request(USER, "iam:PassRole", "arn:aws:iam::111122223333:role/target"), Allowed),
    ]);
}

#[test]
#[rustfmt::skip]
fn key_policies() {
    // AWS KMS developer guide, "Key policies", "Default key policy": without it IAM policies that allow are ineffective.
    const ENABLE_IAM: &str = r#"{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#;
    const USER_ALONE: &str = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"kms:Decrypt","Resource":"*"}"#;
    const BY_CALLER: &str = r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}}"#;
    let decrypt = |principal: &str| request(principal, "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k");
    check(&[
        ("identity alone", papers! { identity: Some(ALL), resource: Some(USER_ALONE) }, decrypt(SESSION), ImplicitlyDenied),
        ("no key policy", papers! { identity: Some(ALL) }, decrypt(USER), ImplicitlyDenied),
        ("IAM enabled", papers! { identity: Some(ALL), resource: Some(ENABLE_IAM) }, decrypt(USER), Allowed),
        ("IAM enabled, no identity policy", papers! { resource: Some(ENABLE_IAM) }, decrypt(USER), ImplicitlyDenied),
        ("user named", papers! { resource: Some(USER_ALONE) }, decrypt(USER), Allowed),
        ("root needs to be named too", papers! { resource: Some(USER_ALONE) }, decrypt(ROOT), ImplicitlyDenied),
        ("root named", papers! { resource: Some(ENABLE_IAM) }, decrypt(ROOT), Allowed),
        ("kms:CallerAccount", papers! { resource: Some(BY_CALLER) }, decrypt(USER), Allowed),
        ("another account, both", papers! { identity: Some(ALL), resource: Some(BY_CALLER) }, foreign(decrypt(USER)), Allowed),
        ("another account, key alone", papers! { resource: Some(BY_CALLER) }, foreign(decrypt(USER)), ImplicitlyDenied),
        // Actions without a key ask no key policy.
        ("create", papers! { identity: Some(ALL) }, request(USER, "kms:CreateKey", "*"), Allowed),
        ("alias", papers! { identity: Some(ALL) }, request(USER, "kms:CreateAlias", "arn:aws:kms:eu-west-1:111122223333:alias/a"), Allowed),
    ]);
}

#[test]
#[rustfmt::skip]
fn services_and_anonymous_requests() {
    // "Principal": services and anonymous requests have no identity policies.
    check(&[
        ("service", papers! { resource: Some(TO_SERVICE) }, get(SERVICE), Allowed),
        ("service, identity policies mean nothing", papers! { identity: Some(ALL) }, get(SERVICE), ImplicitlyDenied),
        ("service of another account's bucket", papers! { resource: Some(TO_SERVICE) }, foreign(get(SERVICE)), Allowed),
        ("anonymous", papers! { resource: Some(TO_ALL) }, get("*"), Allowed),
        ("anonymous, not public", papers! { identity: Some(ALL), resource: Some(TO_ACCOUNT) }, get("*"), ImplicitlyDenied),
        ("anonymous, denied", papers! { resource: Some(NOT_TO_ANYBODY) }, get("*"), ExplicitlyDenied),
    ]);
}

#[test]
#[rustfmt::skip]
fn what_no_policy_decides() {
    const DENY: &str = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    const DENY_ALL: &str = r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#;
    let managed = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    check(&[
        // STS API reference, `GetCallerIdentity`: "you can still perform this operation".
        ("caller identity", papers! { identity: Some(DENY) }, request(USER, "sts:GetCallerIdentity", "*"), Allowed),
        ("caller identity of nobody", NONE, request("*", "sts:GetCallerIdentity", "*"), ImplicitlyDenied),
        // "Permissions for GetSessionToken": "You cannot use policies to control authentication operations."
        ("session token", papers! { identity: Some(DENY) }, request(USER, "sts:GetSessionToken", "*"), Allowed),
        ("session token by a role", papers! { identity: Some(ALL) }, request(SESSION, "sts:GetSessionToken", "*"), ImplicitlyDenied),
        // "Compare AWS STS credentials": a federated session calls nothing of STS but `GetCallerIdentity`.
        ("federated session", papers! { identity: Some(ALL), session: Some(ALL) }, request(FEDERATED, "sts:GetFederationToken", "*"), ImplicitlyDenied),
        ("federated caller identity", NONE, request(FEDERATED, "sts:GetCallerIdentity", "*"), Allowed),
        // "Limitations of Amazon SQS custom policies", S3's `PutBucketPolicy` (405), KMS's `ScheduleKeyDeletion`.
        ("another account's queue", papers! { identity: Some(ALL), resource: Some(TO_USER) }, request(USER, "sqs:DeleteQueue", "arn:aws:sqs:eu-west-1:999999999999:q"), ImplicitlyDenied),
        ("another account's queue, a message", papers! { identity: Some(ALL), resource: Some(TO_USER) }, request(USER, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:999999999999:q"), Allowed),
        ("another account's bucket policy", papers! { identity: Some(ALL), resource: Some(TO_USER) }, foreign(request(USER, "s3:PutBucketPolicy", "arn:aws:s3:::bucket")), ImplicitlyDenied),
        ("another account's key", papers! { identity: Some(ALL), resource: Some(TO_USER) }, request(USER, "kms:ScheduleKeyDeletion", "arn:aws:kms:eu-west-1:999999999999:key/k"), ImplicitlyDenied),
        ("another account's key, to decrypt", papers! { identity: Some(ALL), resource: Some(TO_USER) }, request(USER, "kms:Decrypt", "arn:aws:kms:eu-west-1:999999999999:key/k"), Allowed),
        // "You cannot change the permissions defined in AWS managed policies."
        ("AWS's policy", papers! { identity: Some(ALL) }, request(USER, "iam:CreatePolicyVersion", managed), ImplicitlyDenied),
        ("read AWS's policy", papers! { identity: Some(ALL) }, request(USER, "iam:GetPolicyVersion", managed), Allowed),
        ("reserved role", papers! { identity: Some(ALL) }, request(USER, "iam:AttachRolePolicy", "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x"), ImplicitlyDenied),
        // S3 API reference, `PutBucketPolicy`: the owner's root user "even if their bucket policy explicitly denies".
        ("rescue", papers! { resource: Some(DENY_ALL) }, request(ROOT, "s3:PutBucketPolicy", "arn:aws:s3:::bucket"), Allowed),
        ("no rescue by users", papers! { identity: Some(ALL), resource: Some(DENY_ALL) }, request(USER, "s3:PutBucketPolicy", "arn:aws:s3:::bucket"), ExplicitlyDenied),
        ("no rescue from SCPs", papers! { resource: Some(DENY_ALL), scps: &[&[DENY]] }, request(ROOT, "s3:DeleteBucketPolicy", "arn:aws:s3:::bucket"), ExplicitlyDenied),
        ("no rescue in another account", papers! { resource: Some(DENY_ALL) }, foreign(request(ROOT, "s3:PutBucketPolicy", "arn:aws:s3:::bucket")), ImplicitlyDenied),
    ]);
}

#[test]
fn answers_name_what_decides() {
    const DENY: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"NoReading","Effect":"Deny","Action":"s3:Get*","Resource":"*"}"#;
    let denied = papers! { identity: Some(DENY) }.decide(&get(USER));
    let statement = denied.statement.clone().unwrap();
    assert_eq!(
        (denied.layer, statement.index, statement.sid.as_deref()),
        (Some(Layer::Identity), 1, Some("NoReading"))
    );
    assert_eq!(
        denied.because,
        "statement `NoReading` of the identity policy `own` denies it"
    );
    for (papers, request, layer, because) in [
        (
            papers! { identity: Some(ALL) },
            get(USER),
            Layer::Identity,
            "statement 1 of the identity policy `own` allows it",
        ),
        (
            papers! { resource: Some(TO_USER) },
            get(USER),
            Layer::Resource,
            "statement 1 of the resource's policy `resource` allows it",
        ),
        (NONE, get(USER), Layer::Identity, "no identity policy allows it"),
        (
            papers! { identity: Some(ALL), boundary: Some(NOTHING) },
            get(USER),
            Layer::Boundary,
            "the permissions boundary does not allow it",
        ),
        (
            papers! { identity: Some(ALL), session: Some(NOTHING) },
            get(SESSION),
            Layer::Session,
            "no session policy allows it",
        ),
        (
            papers! { identity: Some(ALL), scps: &[&[ALL], &[NOTHING]] },
            get(USER),
            Layer::Scp,
            "no service control policy of level 2 allows it",
        ),
        (
            papers! { identity: Some(ALL), endpoints: &[NOTHING] },
            get(USER),
            Layer::Endpoint,
            "the VPC endpoint policy `endpoint` does not allow it",
        ),
        (
            papers! { identity: Some(ALL) },
            foreign(get(USER)),
            Layer::Resource,
            "the resource belongs to another account: the resource has no policy that allows it to this principal",
        ),
    ] {
        let answer = papers.decide(&request);
        assert_eq!(
            (answer.layer, answer.because.as_str()),
            (Some(layer), because),
            "{answer:?}"
        );
    }
}
