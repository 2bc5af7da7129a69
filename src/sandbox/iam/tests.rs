//! What IAM and STS answer, request by request: AWS's codes and words, and what stays behind.

mod answers;

use super::super::testing::{account, query, text};
use super::super::{Account, Options, Tempo, Time};
use super::*;

type Fields<'a> = &'a [(&'a str, &'a str)];

const LAMBDA: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":["sts:AssumeRole"]}]}"#;
const ANY: &str = r#"{ "Version": "2012-10-17", "Statement": [{"Effect":"Allow","Action":"*","Resource":"*"}] }"#;
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const P: &str = "arn:aws:iam::123456789012:policy/P";

fn ask(account: &Account, action: &str, fields: Fields<'_>) -> (u16, String) {
    let mut all = vec![("Action", action)];
    all.extend(fields);
    let response = query(account, "iam", "test", &all);
    (response.status().as_u16(), text(&response))
}

/// The body of an answer that must be a success.
fn done(account: &Account, action: &str, fields: Fields<'_>) -> String {
    let (status, body) = ask(account, action, fields);
    assert_eq!(status, 200, "{action} {fields:?}: {body}");
    body
}

/// Checks a refusal: status, code and a part of the message.
fn refused(account: &Account, action: &str, fields: Fields<'_>, status: u16, code: &str, part: &str) {
    let (found, body) = ask(account, action, fields);
    let escaped = part.replace('"', "&quot;").replace('\'', "&apos;");
    assert!(
        found == status && body.contains(&format!("<Code>{code}</Code>")) && body.contains(&escaped),
        "{action} {fields:?}: wanted {status} {code} {part:?}, got {found} {body}"
    );
}

/// The text of the first element of this name.
fn element<'a>(body: &'a str, name: &str) -> &'a str {
    let (_, rest) = body
        .split_once(&format!("<{name}>"))
        .unwrap_or_else(|| panic!("no {name} in {body}"));
    rest.split_once(&format!("</{name}>")).unwrap().0
}

fn decoded(body: &str, name: &str) -> String {
    percent_encoding::percent_decode_str(element(body, name))
        .decode_utf8()
        .unwrap()
        .into_owned()
}

fn role(account: &Account, name: &str, trust: &str) -> String {
    done(
        account,
        "CreateRole",
        &[("RoleName", name), ("AssumeRolePolicyDocument", trust)],
    )
}

fn trusting(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}]}}"#
    )
}

/// A user, a group, a role and a policy.
fn furnished() -> Account {
    let account = account();
    done(&account, "CreateUser", &[("UserName", "tom")]);
    done(&account, "CreateGroup", &[("GroupName", "ops")]);
    role(&account, "fn", LAMBDA);
    done(
        &account,
        "CreatePolicy",
        &[("PolicyName", "P"), ("PolicyDocument", ANY), ("Description", "why")],
    );
    account
}

#[test]
fn what_is_not_there_is_no_such_entity_in_aws_words() {
    let account = furnished();
    let absent: [(&str, Fields<'_>, &str); 12] = [
        (
            "GetUser",
            &[("UserName", "eve")],
            "The user with name eve cannot be found.",
        ),
        (
            "GetGroup",
            &[("GroupName", "eve")],
            "The group with name eve cannot be found.",
        ),
        (
            "GetRole",
            &[("RoleName", "eve")],
            "The role with name eve cannot be found.",
        ),
        (
            "GetInstanceProfile",
            &[("InstanceProfileName", "eve")],
            "Instance Profile eve cannot be found.",
        ),
        (
            "GetPolicy",
            &[("PolicyArn", "arn:aws:iam::123456789012:policy/x/P")],
            "was not found.",
        ),
        (
            "GetUserPolicy",
            &[("UserName", "tom"), ("PolicyName", "x")],
            "The user policy with name x cannot be found.",
        ),
        (
            "GetRolePolicy",
            &[("RoleName", "fn"), ("PolicyName", "x")],
            "The role policy with name x cannot be found.",
        ),
        (
            "GetLoginProfile",
            &[("UserName", "tom")],
            "Login Profile for User tom cannot be found.",
        ),
        (
            "DetachRolePolicy",
            &[("RoleName", "fn"), ("PolicyArn", P)],
            "was not found.",
        ),
        (
            "AttachUserPolicy",
            &[("UserName", "eve"), ("PolicyArn", P)],
            "The user with name eve cannot be found.",
        ),
        (
            "GetPolicyVersion",
            &[("PolicyArn", P), ("VersionId", "v9")],
            "version v9 does not exist",
        ),
        (
            "GetAccountPasswordPolicy",
            &[],
            "The Password Policy with domain name 123456789012 cannot be found.",
        ),
    ];
    for (action, fields, message) in absent {
        refused(&account, action, fields, 404, "NoSuchEntity", message);
    }
}

#[test]
fn names_are_taken_without_regard_to_case_and_path() {
    let account = furnished();
    let taken: [(&str, Fields<'_>, &str); 4] = [
        (
            "CreateUser",
            &[("UserName", "TOM"), ("Path", "/x/")],
            "User with name TOM already exists.",
        ),
        (
            "CreateGroup",
            &[("GroupName", "Ops")],
            "Group with name Ops already exists.",
        ),
        (
            "CreateRole",
            &[("RoleName", "FN"), ("AssumeRolePolicyDocument", LAMBDA)],
            "Role with name FN already exists.",
        ),
        (
            "CreatePolicy",
            &[("PolicyName", "p"), ("PolicyDocument", ANY)],
            "A policy called p already exists.",
        ),
    ];
    for (action, fields, message) in taken {
        refused(&account, action, fields, 409, "EntityAlreadyExists", message);
    }
    assert_eq!(
        element(&done(&account, "GetUser", &[("UserName", "TOM")]), "UserName"),
        "tom"
    );
}

#[test]
fn a_request_that_breaks_its_shape_is_a_validation_error() {
    let account = furnished();
    let long = "x".repeat(65);
    let wrong: [(&str, Fields<'_>, &str); 8] = [
        ("CreateUser", &[], "Value null at 'userName'"),
        (
            "CreateUser",
            &[("UserName", "a b")],
            "The specified value for userName is invalid.",
        ),
        (
            "CreateUser",
            &[("UserName", &long)],
            "have length less than or equal to 64",
        ),
        (
            "CreateUser",
            &[("UserName", "x"), ("Path", "x/")],
            "It must begin and end with /",
        ),
        (
            "UpdateRole",
            &[("RoleName", "fn"), ("MaxSessionDuration", "60")],
            "greater than or equal to 3600",
        ),
        ("ListUsers", &[("MaxItems", "1001")], "less than or equal to 1000"),
        ("ListUsers", &[("Marker", "!")], "Invalid Marker."),
        ("ListPolicies", &[("Scope", "Mine")], "satisfy enum value set"),
    ];
    for (action, fields, message) in wrong {
        refused(&account, action, fields, 400, "ValidationError", message);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn documents_that_iam_does_not_take_are_malformed() {
    let account = furnished();
    let statement = |inside: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{{{inside}}}]}}"#);
    let identity = [
        ("[]".to_owned(), "Syntax errors in policy."),
        ("{".to_owned(), "Syntax errors in policy."),
        (r#"{"Version":"2012-10-17"}"#.to_owned(), "Syntax errors in policy."),
        (
            r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(),
            "Syntax errors in policy.",
        ),
        (
            statement(r#""Effect":"allow","Action":"*","Resource":"*""#),
            "The policy failed legacy parsing",
        ),
        (
            statement(r#""Effect":"Allow","Action":"*","NotAction":"*","Resource":"*""#),
            "Syntax errors in policy.",
        ),
        (
            statement(r#""Effect":"Allow","Resource":"*""#),
            "Policy statement must contain actions.",
        ),
        (
            statement(r#""Effect":"Allow","Action":"*""#),
            "Policy statement must contain resources.",
        ),
        (
            statement(r#""Effect":"Allow","Action":"*","Resource":"*","Principal":"*""#),
            "should not specify a principal",
        ),
        (
            statement(r#""Effect":"Allow","Action":"GetObject","Resource":"*""#),
            "must be prefaced by a vendor",
        ),
        (
            statement(r#""Effect":"Allow","Action":"*","Resource":"bucket""#),
            "must be in ARN format",
        ),
        (
            statement(r#""Sid":"a b","Effect":"Allow","Action":"*","Resource":"*""#),
            "must be alpha-numeric",
        ),
        (
            statement(r#""Effect":"Allow","Action":"*","Resource":"*","Condition":{"Is":{"a":"b"}}"#),
            "Syntax errors in policy.",
        ),
    ];
    for (document, message) in &identity {
        let fields = [
            ("UserName", "tom"),
            ("PolicyName", "x"),
            ("PolicyDocument", document.as_str()),
        ];
        refused(
            &account,
            "PutUserPolicy",
            &fields,
            400,
            "MalformedPolicyDocument",
            message,
        );
    }
    let trust = [
        ("{".to_owned(), "This policy contains invalid Json"),
        (
            statement(r#""Effect":"Allow","Action":"sts:AssumeRole""#),
            "Missing required field Principal",
        ),
        (
            statement(r#""Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*""#),
            "Has prohibited field Resource",
        ),
        (
            statement(r#""Effect":"Allow","Action":"s3:GetObject","Principal":"*""#),
            "may only specify STS AssumeRole actions",
        ),
        (
            trusting(r#"{"AWS":"arn:aws:iam::123456789012:user/eve"}"#),
            r#"Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/eve""#,
        ),
        (
            trusting(r#"{"AWS":"arn:aws:iam::123456789012:user/x/tom"}"#),
            "Invalid principal in policy",
        ),
        (
            trusting(r#"{"AWS":"arn:aws:iam::123456789012:group/ops"}"#),
            "Invalid principal in policy",
        ),
        (
            trusting(r#"{"AWS":"AROAAAAAAAAAAAAAAAAAA"}"#),
            "Invalid principal in policy",
        ),
        (
            trusting(r#"{"Service":"lambda"}"#),
            r#"Invalid principal in policy: "SERVICE":"lambda""#,
        ),
    ];
    for (document, message) in &trust {
        let fields = [("RoleName", "r"), ("AssumeRolePolicyDocument", document.as_str())];
        refused(&account, "CreateRole", &fields, 400, "MalformedPolicyDocument", message);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_thing_left_behind_blocks_a_delete_by_name() {
    let account = furnished();
    let blocked = |action: &str, fields: Fields<'_>, message: &str| {
        refused(&account, action, fields, 409, "DeleteConflict", message);
    };
    let (tom, ops, fun) = (&[("UserName", "tom")], &[("GroupName", "ops")], &[("RoleName", "fn")]);
    let role_and_profile = &[("RoleName", "fn"), ("InstanceProfileName", "ip")];

    done(
        &account,
        "CreateLoginProfile",
        &[("UserName", "tom"), ("Password", "Correct-Horse-1")],
    );
    blocked("DeleteUser", tom, "must delete login profile first.");
    done(&account, "DeleteLoginProfile", tom);
    let key = done(&account, "CreateAccessKey", tom);
    blocked("DeleteUser", tom, "must delete access keys first.");
    done(
        &account,
        "DeleteAccessKey",
        &[("UserName", "tom"), ("AccessKeyId", element(&key, "AccessKeyId"))],
    );
    done(&account, "AddUserToGroup", &[("UserName", "tom"), ("GroupName", "ops")]);
    blocked("DeleteUser", tom, "must remove users from group first.");
    blocked("DeleteGroup", ops, "must remove users from group first.");
    done(
        &account,
        "RemoveUserFromGroup",
        &[("UserName", "tom"), ("GroupName", "ops")],
    );

    done(&account, "CreateInstanceProfile", &[("InstanceProfileName", "ip")]);
    done(&account, "AddRoleToInstanceProfile", role_and_profile);
    blocked("DeleteRole", fun, "must remove roles from instance profile first.");
    blocked(
        "DeleteInstanceProfile",
        &[("InstanceProfileName", "ip")],
        "must remove roles from instance profile first.",
    );
    done(&account, "RemoveRoleFromInstanceProfile", role_and_profile);

    for (word, named) in [("User", tom), ("Group", ops), ("Role", fun)] {
        let [name] = *named;
        let delete = format!("Delete{word}");
        done(&account, &format!("Attach{word}Policy"), &[name, ("PolicyArn", P)]);
        blocked(&delete, named, "must detach all policies first.");
        blocked(
            "DeletePolicy",
            &[("PolicyArn", P)],
            "Cannot delete a policy attached to entities.",
        );
        done(&account, &format!("Detach{word}Policy"), &[name, ("PolicyArn", P)]);
        done(
            &account,
            &format!("Put{word}Policy"),
            &[name, ("PolicyName", "in"), ("PolicyDocument", ANY)],
        );
        blocked(&delete, named, "must delete policies first.");
        done(&account, &format!("Delete{word}Policy"), &[name, ("PolicyName", "in")]);
    }
    done(
        &account,
        "PutRolePermissionsBoundary",
        &[("RoleName", "fn"), ("PermissionsBoundary", P)],
    );
    blocked(
        "DeletePolicy",
        &[("PolicyArn", P)],
        "Cannot delete a policy attached to entities.",
    );
    done(&account, "DeleteRole", fun);
    done(
        &account,
        "CreatePolicyVersion",
        &[("PolicyArn", P), ("PolicyDocument", ANY)],
    );
    blocked(
        "DeletePolicy",
        &[("PolicyArn", P)],
        "This policy has more than one version.",
    );
    blocked(
        "DeletePolicyVersion",
        &[("PolicyArn", P), ("VersionId", "v1")],
        "Cannot delete the default version",
    );
    done(
        &account,
        "DeletePolicyVersion",
        &[("PolicyArn", P), ("VersionId", "v2")],
    );
    for (action, fields) in [
        ("DeletePolicy", &[("PolicyArn", P)]),
        ("DeleteUser", tom),
        ("DeleteGroup", ops),
    ] {
        done(&account, action, fields);
    }
}

#[test]
fn quotas_are_named() {
    let account = furnished();
    let over = |action: &str, fields: Fields<'_>, message: &str| {
        refused(&account, action, fields, 409, "LimitExceeded", message);
    };
    for _ in 0..4 {
        done(
            &account,
            "CreatePolicyVersion",
            &[("PolicyArn", P), ("PolicyDocument", ANY)],
        );
    }
    over(
        "CreatePolicyVersion",
        &[("PolicyArn", P), ("PolicyDocument", ANY)],
        "can have up to 5 versions",
    );
    for _ in 0..2 {
        done(&account, "CreateAccessKey", &[("UserName", "tom")]);
    }
    over(
        "CreateAccessKey",
        &[("UserName", "tom")],
        "Cannot exceed quota for AccessKeysPerUser: 2",
    );
    for nth in 0..10 {
        let name = format!("p{nth}");
        done(
            &account,
            "CreatePolicy",
            &[("PolicyName", &name), ("PolicyDocument", ANY)],
        );
        let arn = format!("arn:aws:iam::123456789012:policy/{name}");
        done(&account, "AttachRolePolicy", &[("RoleName", "fn"), ("PolicyArn", &arn)]);
        done(&account, "AttachRolePolicy", &[("RoleName", "fn"), ("PolicyArn", &arn)]);
        done(&account, "CreateGroup", &[("GroupName", &name)]);
        done(&account, "AddUserToGroup", &[("GroupName", &name), ("UserName", "tom")]);
    }
    over(
        "AttachRolePolicy",
        &[("RoleName", "fn"), ("PolicyArn", P)],
        "Cannot exceed quota for PoliciesPerRole: 10",
    );
    over(
        "AddUserToGroup",
        &[("GroupName", "ops"), ("UserName", "tom")],
        "Cannot exceed quota for GroupsPerUser: 10",
    );
    done(&account, "CreateInstanceProfile", &[("InstanceProfileName", "ip")]);
    let add = [("RoleName", "fn"), ("InstanceProfileName", "ip")];
    done(&account, "AddRoleToInstanceProfile", &add);
    over(
        "AddRoleToInstanceProfile",
        &add,
        "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    );
}

#[test]
fn white_space_is_not_counted_and_inline_policies_count_together() {
    let account = furnished();
    let document = |letters: usize| {
        let arn = format!("arn:aws:s3:::{}", "b".repeat(letters));
        format!(
            "{}{}",
            ANY.replace(r#""Resource":"*""#, &format!(r#""Resource":"{arn}""#)),
            " ".repeat(3000)
        )
    };
    let put = |name: &'static str, letters: usize| {
        ask(
            &account,
            "PutUserPolicy",
            &[
                ("UserName", "tom"),
                ("PolicyName", name),
                ("PolicyDocument", &document(letters)),
            ],
        )
    };
    assert_eq!(put("one", 900).0, 200);
    let (status, body) = put("two", 1100);
    assert_eq!(status, 409);
    assert!(
        body.contains("Maximum policy size of 2048 bytes exceeded for user tom"),
        "{body}"
    );
    assert_eq!(put("two", 700).0, 200);
    let fields = [("PolicyName", "big"), ("PolicyDocument", &document(6144))];
    refused(
        &account,
        "CreatePolicy",
        &fields,
        409,
        "LimitExceeded",
        "Cannot exceed quota for PolicySize: 6144",
    );
}
