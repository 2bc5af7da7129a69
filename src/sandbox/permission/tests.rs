//! Callers who are held to their policies, asked as clients ask.

use http::StatusCode;

use super::super::testing::{query, signed, signed_truly, text};
use super::super::{Account, Leave, Options, Persona};
use super::*;
use crate::catalogue;

const ADMIN: &str = "AKIASANDBOX";

fn judged() -> Account {
    let options = Options {
        leave: Leave::Judged,
        ..Options::default()
    };
    Account::open(None, options).unwrap()
}

fn document(effect: &str, actions: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Action":{actions},"Resource":"{resource}"}}]}}"#
    )
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).unwrap();
    rest.split_once(end).unwrap().0
}

/// A user with a key, and with an inline policy if one is given.
fn user(account: &Account, name: &str, policy: Option<&str>) -> String {
    query(account, "iam", ADMIN, &[("Action", "CreateUser"), ("UserName", name)]);
    let made = query(
        account,
        "iam",
        ADMIN,
        &[("Action", "CreateAccessKey"), ("UserName", name)],
    );
    if let Some(policy) = policy {
        let put = [
            ("Action", "PutUserPolicy"),
            ("UserName", name),
            ("PolicyName", "own"),
            ("PolicyDocument", policy),
        ];
        assert_eq!(query(account, "iam", ADMIN, &put).status(), StatusCode::OK);
    }
    between(&text(&made), "<AccessKeyId>", "</AccessKeyId>").to_owned()
}

fn told(response: &http::Response<bytes::Bytes>) -> String {
    between(&text(response), "<Message>", "</Message>").to_owned()
}

#[test]
fn a_user_without_policies_is_refused_in_the_words_of_aws() {
    let account = judged();
    let key = user(&account, "tom", None);
    let refused = query(&account, "iam", &key, &[("Action", "CreateRole"), ("RoleName", "app")]);
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(text(&refused).contains("<Code>AccessDenied</Code>"));
    assert_eq!(
        told(&refused),
        "User: arn:aws:iam::123456789012:user/tom is not authorized to perform: iam:CreateRole on resource: \
         arn:aws:iam::123456789012:role/app because no identity-based policy allows the iam:CreateRole action"
    );
    let who = query(&account, "sts", &key, &[("Action", "GetCallerIdentity")]);
    assert_eq!(who.status(), StatusCode::OK, "needs no permission");
}

#[test]
fn nobody_is_held_to_anything_where_the_account_is_not_opened_so() {
    let account = Account::open(None, Options::default()).unwrap();
    let key = user(&account, "tom", None);
    assert_eq!(
        query(&account, "iam", &key, &[("Action", "ListUsers")]).status(),
        StatusCode::OK
    );
}

#[test]
fn policies_of_groups_count_and_a_deny_wins() {
    let account = judged();
    let key = user(&account, "tom", Some(&document("Deny", r#""iam:DeleteUser""#, "*")));
    let all = document("Allow", r#""iam:*""#, "*");
    for fields in [
        &[("Action", "CreateGroup"), ("GroupName", "admins")][..],
        &[
            ("Action", "AddUserToGroup"),
            ("GroupName", "admins"),
            ("UserName", "tom"),
        ],
        &[
            ("Action", "PutGroupPolicy"),
            ("GroupName", "admins"),
            ("PolicyName", "all"),
            ("PolicyDocument", &all),
        ],
    ] {
        assert_eq!(query(&account, "iam", ADMIN, fields).status(), StatusCode::OK);
    }
    let by_tom = |fields: &[(&str, &str)]| query(&account, "iam", &key, fields);
    assert_eq!(
        by_tom(&[("Action", "CreateUser"), ("UserName", "eve")]).status(),
        StatusCode::OK
    );
    let refused = by_tom(&[("Action", "DeleteUser"), ("UserName", "eve")]);
    assert!(told(&refused).ends_with("user/eve with an explicit deny in an identity-based policy"));
}

#[test]
fn tags_at_creation_and_roles_that_are_handed_over_take_permissions_of_their_own() {
    let account = judged();
    let key = user(
        &account,
        "tom",
        Some(&document(
            "Allow",
            r#"["iam:CreateRole","iam:AddRoleToInstanceProfile"]"#,
            "*",
        )),
    );
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    let plain = [
        ("Action", "CreateRole"),
        ("RoleName", "app"),
        ("AssumeRolePolicyDocument", trust),
    ];
    assert_eq!(query(&account, "iam", &key, &plain).status(), StatusCode::OK);
    let tagged = [
        plain[0],
        ("RoleName", "b"),
        plain[2],
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "b"),
    ];
    assert!(told(&query(&account, "iam", &key, &tagged)).contains("iam:TagRole on resource"));
    let add = [
        ("Action", "AddRoleToInstanceProfile"),
        ("InstanceProfileName", "p"),
        ("RoleName", "app"),
    ];
    let refused = told(&query(&account, "iam", &key, &add));
    assert!(
        refused.contains("iam:PassRole on resource: arn:aws:iam::123456789012:role/app "),
        "{refused}"
    );
}

#[test]
fn conditions_see_what_the_request_carries() {
    let account = judged();
    let only = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:AttachUserPolicy","Resource":"*","Condition":{"ArnEquals":{"iam:PolicyARN":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}}}"#;
    let key = user(&account, "tom", Some(only));
    let attach = |policy: &str| {
        let fields = [
            ("Action", "AttachUserPolicy"),
            ("UserName", "tom"),
            ("PolicyArn", policy),
        ];
        query(&account, "iam", &key, &fields).status()
    };
    assert_eq!(attach("arn:aws:iam::aws:policy/ReadOnlyAccess"), StatusCode::OK);
    assert_eq!(
        attach("arn:aws:iam::aws:policy/AdministratorAccess"),
        StatusCode::FORBIDDEN
    );
}

fn s3(account: &Account, key: &str, method: &str, path: &str, body: &str) -> http::Response<bytes::Bytes> {
    let uri = format!("http://127.0.0.1{path}");
    let request = signed("s3", key, method, &uri, "application/xml", body.to_owned());
    account.answer(signed_truly(account, key, request))
}

#[test]
fn the_policy_of_a_bucket_lets_in_and_shuts_out() {
    let account = judged();
    let key = user(&account, "tom", None);
    assert_eq!(s3(&account, ADMIN, "PUT", "/shop", "").status(), StatusCode::OK);
    assert_eq!(s3(&account, ADMIN, "PUT", "/shop/a", "x").status(), StatusCode::OK);
    let refused = s3(&account, &key, "GET", "/shop/a", "");
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        told(&refused).replace("&quot;", "\""),
        "User: arn:aws:iam::123456789012:user/tom is not authorized to perform: s3:GetObject on resource: \
         \"arn:aws:s3:::shop/a\" because no identity-based policy allows the s3:GetObject action"
    );
    let open = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/tom"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::shop/*"}}"#;
    assert_eq!(
        s3(&account, ADMIN, "PUT", "/shop?policy", open).status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(s3(&account, &key, "GET", "/shop/a", "").status(), StatusCode::OK);
    let missing = s3(&account, &key, "GET", "/shop/b", "");
    assert_eq!(
        missing.status(),
        StatusCode::FORBIDDEN,
        "who may not list is not told what is missing"
    );
}

#[test]
fn a_boundary_limits_and_a_named_persona_is_held_to_its_policies() {
    let account = Account::open(
        None,
        Options {
            persona: Some(Persona::With(vec![(
                "given".to_owned(),
                document("Allow", r#"["iam:ListUsers","lambda:ListFunctions"]"#, "*"),
            )])),
            ..Options::default()
        },
    )
    .unwrap();
    let who = text(&query(&account, "sts", ADMIN, &[("Action", "GetCallerIdentity")]));
    assert!(who.contains(":assumed-role/sandbox-policy/"), "{who}");
    assert_eq!(
        query(&account, "iam", ADMIN, &[("Action", "ListUsers")]).status(),
        StatusCode::OK
    );
    let refused = query(&account, "iam", ADMIN, &[("Action", "ListRoles")]);
    assert!(told(&refused).contains("iam:ListRoles on resource: arn:aws:iam::123456789012:role/ because"));

    let account = judged();
    let key = user(&account, "tom", Some(&document("Allow", r#""iam:*""#, "*")));
    let put = [
        ("Action", "PutUserPermissionsBoundary"),
        ("UserName", "tom"),
        ("PermissionsBoundary", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
    ];
    assert_eq!(query(&account, "iam", ADMIN, &put).status(), StatusCode::OK);
    let refused = told(&query(&account, "iam", &key, &[("Action", "ListUsers")]));
    assert!(
        refused.ends_with("because no permissions boundary allows the iam:ListUsers action"),
        "{refused}"
    );
}

#[test]
fn each_service_refuses_in_its_own_shape() {
    let account = judged();
    let key = user(&account, "tom", None);
    let lambda = signed(
        "lambda",
        &key,
        "GET",
        "http://127.0.0.1/2015-03-31/functions/f",
        "application/json",
        "",
    );
    let refused = account.answer(signed_truly(&account, &key, lambda));
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(refused.headers()["x-amzn-errortype"], "AccessDeniedException");
    assert!(
        text(&refused).contains("lambda:GetFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:f ")
    );
    let mut events = signed(
        "events",
        &key,
        "POST",
        "http://127.0.0.1/",
        "application/x-amz-json-1.1",
        r#"{"Name":"r"}"#,
    );
    events
        .headers_mut()
        .insert("x-amz-target", "AWSEvents.DescribeRule".parse().unwrap());
    let refused = account.answer(signed_truly(&account, &key, events));
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert!(text(&refused).contains("events:DescribeRule on resource: arn:aws:events:us-east-1:123456789012:rule/r "));
}

/// Operations whose action the catalogue does not have by that name.
const UNLIKE: [&str; 3] = ["lambda:InvokeAsync", "lambda:ListCapacityProviders", "iam:GetMFADevice"];

#[test]
fn every_operation_of_the_sandbox_has_an_action_of_the_catalogue() {
    let page = include_str!("../../../docs/sandbox-operations.md");
    let mut unknown = Vec::new();
    let mut service = "";
    for line in page.lines() {
        match line.strip_prefix("## ") {
            Some(title) if title.starts_with("IAM") => service = "iam",
            Some(title) if title.starts_with("EventBridge") => service = "events",
            Some(_) => service = "",
            None => {}
        }
        for name in line.split('`').skip(1).step_by(2).filter(|_| !service.is_empty()) {
            let action = format!("{service}:{name}");
            let is_known = catalogue::action(&action).is_some() || UNLIKE.contains(&action.as_str());
            unknown.extend((!is_known).then_some(action));
        }
    }
    let of_lambda = lambda::OPERATIONS
        .iter()
        .map(|(_, _, action)| format!("lambda:{action}"));
    let of_s3 = s3::OF_BUCKETS
        .iter()
        .flat_map(|(_, read, write, remove)| [read, write, remove]);
    let of_s3 = of_s3.filter(|name| !name.is_empty()).map(|name| format!("s3:{name}"));
    unknown.extend(
        of_lambda
            .chain(of_s3)
            .filter(|action| catalogue::action(action).is_none() && !UNLIKE.contains(&action.as_str())),
    );
    assert_eq!(unknown, Vec::<String>::new());
}
