//! Keys that follow from the request: "AWS global condition context keys", "Principal key values".

use super::{OBJECT, SESSION, USER, request};
use crate::evaluate::{Asked, Context, Lookup, Principal};

fn told(principal: &str, key: &str) -> String {
    let request = request(principal, "s3:GetObject", OBJECT);
    show(Asked::new(&request).lookup(key))
}

fn show(lookup: Lookup<'_>) -> String {
    match lookup {
        Lookup::Values(values) => values.join(" "),
        Lookup::Absent => "-".to_owned(),
        Lookup::Unknown => "?".to_owned(),
    }
}

#[test]
fn principals_fill_in_their_keys() {
    let root = "arn:aws:iam::111122223333:root";
    let federated = "arn:aws:sts::111122223333:federated-user/ann";
    let service = "cloudtrail.amazonaws.com";
    for (principal, key, expected) in [
        (USER, "aws:principalarn", USER),
        (USER, "aws:principaltype", "User"),
        (USER, "aws:username", "bob"),
        ("arn:aws:iam::111122223333:user/division/bob", "aws:username", "bob"),
        (USER, "aws:principalaccount", "111122223333"),
        (USER, "aws:principalisawsservice", "false"),
        (USER, "aws:userid", "-"),
        // "For IAM roles, the request context returns the ARN of the role."
        (SESSION, "aws:principalarn", "arn:aws:iam::111122223333:role/app"),
        (SESSION, "aws:principaltype", "AssumedRole"),
        (SESSION, "aws:username", "-"),
        // Roles of IAM Identity Center always have a path, which the session does not tell.
        (
            "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_1/ann",
            "aws:principalarn",
            "?",
        ),
        (root, "aws:principalarn", root),
        (root, "aws:principaltype", "Account"),
        (root, "aws:userid", "111122223333"),
        (root, "aws:username", "-"),
        (federated, "aws:principalarn", federated),
        (federated, "aws:principaltype", "FederatedUser"),
        (federated, "aws:userid", "111122223333:ann"),
        (service, "aws:principalisawsservice", "true"),
        (service, "aws:principalservicename", service),
        (service, "aws:username", "-"),
        ("*", "aws:principalaccount", "anonymous"),
        ("*", "aws:principaltype", "Anonymous"),
        ("*", "aws:principalarn", "-"),
        ("*", "aws:principalisawsservice", "-"),
        (USER, "aws:resourceaccount", "111122223333"),
        (USER, "s3:resourceaccount", "111122223333"),
    ] {
        assert_eq!(told(principal, key), expected, "{principal} {key}");
    }
}

#[test]
fn what_a_request_says_wins() {
    let mut request = request(USER, "s3:GetObject", OBJECT);
    request.context.set("AWS:PrincipalArn", ["arn:aws:iam::1:user/x"]);
    request.context.set("aws:username", [] as [&str; 0]);
    let asked = Asked::new(&request);
    assert_eq!(show(asked.lookup("aws:principalarn")), "arn:aws:iam::1:user/x");
    assert_eq!(show(asked.lookup("aws:username")), "-");
}

#[test]
fn a_known_path_is_in_the_arn() {
    let mut request = request(USER, "s3:GetObject", OBJECT);
    request.principal = Principal::session_of("arn:aws:iam::111122223333:role/team/app", "run").unwrap();
    let asked = Asked::new(&request);
    assert_eq!(
        show(asked.lookup("aws:principalarn")),
        "arn:aws:iam::111122223333:role/team/app"
    );
}

#[test]
fn what_is_certain_is_certain_without_the_rest() {
    let mut request = request(
        SESSION,
        "events:PutEvents",
        "arn:aws:events:eu-west-1:111122223333:event-bus/b",
    );
    request.context = Context::incomplete();
    let asked = Asked::new(&request);
    for (key, expected) in [
        ("aws:username", "-"),
        ("aws:principaltype", "AssumedRole"),
        ("aws:principalservicename", "-"),
        // "The following actions don't support this key: Amazon EventBridge – All actions."
        ("aws:resourceaccount", "-"),
        ("aws:sourceip", "?"),
        ("aws:principaltag/team", "?"),
    ] {
        assert_eq!(show(asked.lookup(key)), expected, "{key}");
    }
}

#[test]
fn owners() {
    for (resource, account, expected) in [
        ("arn:aws:s3:::bucket", None, "111122223333"),
        ("arn:aws:s3:::bucket", Some("999999999999"), "999999999999"),
        ("arn:aws:sqs:eu-west-1:999999999999:q", None, "999999999999"),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", None, "111122223333"),
        ("*", None, "111122223333"),
    ] {
        let mut request = request(USER, "s3:GetObject", resource);
        request.resource_account = account.map(str::to_owned);
        assert_eq!(request.owner(), Some(expected), "{resource} {account:?}");
    }
}
