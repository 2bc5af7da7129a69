//! What IAM and STS answer, request by request: AWS's codes and words, and what stays behind.

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
            "Syntax errors in policy.",
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
            "Invalid Condition type",
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

#[test]
fn permissions_policies_come_back_as_sent_and_trust_policies_rendered() {
    let account = furnished();
    done(
        &account,
        "PutRolePolicy",
        &[("RoleName", "fn"), ("PolicyName", "in"), ("PolicyDocument", ANY)],
    );
    let body = done(&account, "GetRolePolicy", &[("RoleName", "fn"), ("PolicyName", "in")]);
    assert!(
        element(&body, "PolicyDocument").starts_with("%7B%20%22Version%22%3A%20%222012-10-17%22%2C"),
        "{body}"
    );
    assert_eq!(decoded(&body, "PolicyDocument"), ANY);
    let shown = decoded(
        &done(&account, "GetRole", &[("RoleName", "fn")]),
        "AssumeRolePolicyDocument",
    );
    assert_eq!(shown, trusting(r#"{"Service":"lambda.amazonaws.com"}"#));
}

#[test]
fn a_deleted_principal_shows_as_its_id_and_does_not_come_back() {
    let account = furnished();
    let arn = "arn:aws:iam::123456789012:user/tom";
    role(
        &account,
        "r",
        &trusting(&format!(r#"{{"AWS":["{arn}","123456789012"]}}"#)),
    );
    let shown = || {
        decoded(
            &done(&account, "GetRole", &[("RoleName", "r")]),
            "AssumeRolePolicyDocument",
        )
    };
    let root = "arn:aws:iam::123456789012:root";
    assert_eq!(shown(), trusting(&format!(r#"{{"AWS":["{arn}","{root}"]}}"#)));
    done(
        &account,
        "UpdateUser",
        &[("UserName", "tom"), ("NewUserName", "tim"), ("NewPath", "/x/")],
    );
    assert!(
        shown().contains("arn:aws:iam::123456789012:user/x/tim"),
        "a rename is followed: {}",
        shown()
    );
    let id = element(&done(&account, "GetUser", &[("UserName", "tim")]), "UserId").to_owned();
    done(&account, "DeleteUser", &[("UserName", "tim")]);
    let dangling = trusting(&format!(r#"{{"AWS":["{id}","{root}"]}}"#));
    assert_eq!(shown(), dangling);
    done(&account, "CreateUser", &[("UserName", "tim"), ("Path", "/x/")]);
    assert_eq!(shown(), dangling);
    let put = [("RoleName", "r"), ("PolicyDocument", dangling.as_str())];
    refused(
        &account,
        "UpdateAssumeRolePolicy",
        &put,
        400,
        "MalformedPolicyDocument",
        "Invalid principal in policy",
    );
}

#[test]
fn create_answers_leave_the_description_out() {
    let account = furnished();
    let fields = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", LAMBDA),
        ("Description", "why"),
    ];
    let body = done(&account, "CreateRole", &fields);
    assert!(
        !body.contains("Description>") && !body.contains("MaxSessionDuration"),
        "{body}"
    );
    let body = done(&account, "GetRole", &[("RoleName", "r")]);
    assert_eq!(
        (element(&body, "Description"), element(&body, "MaxSessionDuration")),
        ("why", "3600")
    );
    assert_eq!(
        element(&done(&account, "GetPolicy", &[("PolicyArn", P)]), "Description"),
        "why"
    );
}

#[test]
fn ids_have_their_prefixes() {
    let account = furnished();
    let key = done(&account, "CreateAccessKey", &[("UserName", "tom")]);
    let profile = done(&account, "CreateInstanceProfile", &[("InstanceProfileName", "ip")]);
    let ids = [
        (done(&account, "GetUser", &[("UserName", "tom")]), "UserId", "AIDA", 21),
        (
            done(&account, "GetGroup", &[("GroupName", "ops")]),
            "GroupId",
            "AGPA",
            21,
        ),
        (done(&account, "GetRole", &[("RoleName", "fn")]), "RoleId", "AROA", 21),
        (done(&account, "GetPolicy", &[("PolicyArn", P)]), "PolicyId", "ANPA", 21),
        (profile, "InstanceProfileId", "AIPA", 21),
        (key, "AccessKeyId", "AKIA", 20),
    ];
    for (body, name, prefix, length) in &ids {
        let id = element(body, name);
        assert!(id.starts_with(prefix) && id.len() == *length, "{id}");
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte)),
            "{id}"
        );
    }
}

#[test]
fn tag_keys_of_roles_ignore_case_and_those_of_policies_do_not() {
    let account = furnished();
    let pair = |key: &'static str, value: &'static str| [("Tags.member.1.Key", key), ("Tags.member.1.Value", value)];
    for (sort, named, keys) in [
        ("Role", ("RoleName", "fn"), "A=2"),
        ("Policy", ("PolicyArn", P), "A=2 a=1"),
    ] {
        for (key, value) in [("a", "1"), ("A", "2")] {
            let [one, two] = pair(key, value);
            done(&account, &format!("Tag{sort}"), &[named, one, two]);
        }
        let body = done(&account, &format!("List{sort}Tags"), &[named]);
        let tags: Vec<String> = body
            .split("<member>")
            .skip(1)
            .map(|tag| format!("{}={}", element(tag, "Key"), element(tag, "Value")))
            .collect();
        assert_eq!(tags.join(" "), keys);
    }
    let twice = [
        ("RoleName", "fn"),
        ("Tags.member.1.Key", "x"),
        ("Tags.member.1.Value", ""),
        ("Tags.member.2.Key", "X"),
        ("Tags.member.2.Value", ""),
    ];
    refused(
        &account,
        "TagRole",
        &twice,
        400,
        "InvalidInput",
        "Duplicate tag keys found.",
    );
    let [one, two] = pair("aws:x", "1");
    refused(
        &account,
        "TagRole",
        &[("RoleName", "fn"), one, two],
        400,
        "ValidationError",
        "System tags",
    );
}

#[test]
fn withdrawn_and_service_policies_cannot_be_attached() {
    let account = furnished();
    let attach = |name: &str| {
        [
            ("RoleName", "fn".to_owned()),
            ("PolicyArn", format!("arn:aws:iam::aws:policy/{name}")),
        ]
    };
    let refuse = |name: &str, status: u16, code: &str| {
        let fields = attach(name);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        refused(&account, "AttachRolePolicy", &fields, status, code, "");
    };
    refuse("AWSLambdaFullAccess", 404, "NoSuchEntity");
    refuse("AWSLambdaBasicExecutionRole", 404, "NoSuchEntity");
    refuse(
        "aws-service-role/AWSSupportServiceRolePolicy",
        400,
        "PolicyNotAttachable",
    );
    done(
        &account,
        "AttachRolePolicy",
        &[("RoleName", "fn"), ("PolicyArn", ADMIN)],
    );
    assert_eq!(
        element(&done(&account, "GetPolicy", &[("PolicyArn", ADMIN)]), "AttachmentCount"),
        "1"
    );
}

#[test]
fn lists_come_in_pages() {
    let account = account();
    for nth in 0..105 {
        done(&account, "CreateUser", &[("UserName", &format!("u{nth:03}"))]);
    }
    let first = done(&account, "ListUsers", &[]);
    assert_eq!(
        (first.matches("<member>").count(), element(&first, "IsTruncated")),
        (100, "true")
    );
    let marker = element(&first, "Marker");
    // What is deleted between two pages shifts nothing.
    done(&account, "DeleteUser", &[("UserName", "u000")]);
    let second = done(&account, "ListUsers", &[("Marker", marker), ("MaxItems", "3")]);
    assert_eq!(
        (element(&second, "UserName"), second.matches("<member>").count()),
        ("u100", 3)
    );
    let last = done(&account, "ListUsers", &[("Marker", element(&second, "Marker"))]);
    assert_eq!(
        (element(&last, "UserName"), element(&last, "IsTruncated")),
        ("u103", "false")
    );
    assert!(!last.contains("Marker"));
}

#[test]
fn the_accounts_details_have_and_lack_what_aws_gives() {
    let account = furnished();
    let boundary = [("RoleName", "fn"), ("PermissionsBoundary", ADMIN)];
    done(&account, "PutRolePermissionsBoundary", &boundary);
    done(&account, "UpdateRole", &[("RoleName", "fn"), ("Description", "why")]);
    let tag = [
        ("PolicyArn", P),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
    ];
    done(&account, "TagPolicy", &tag);
    let body = done(&account, "GetAccountAuthorizationDetails", &[]);
    let role = element(&body, "RoleDetailList");
    assert!(
        role.contains(ADMIN) && role.contains("<RoleLastUsed></RoleLastUsed>"),
        "{role}"
    );
    assert!(
        !role.contains("Description") && !role.contains("MaxSessionDuration"),
        "{role}"
    );
    let policies = element(&body, "Policies");
    assert!(
        policies.contains("AdministratorAccess") && !policies.contains("Tags"),
        "{policies}"
    );
    let fields = [("Filter.member.1", "Group"), ("Filter.member.2", "LocalManagedPolicy")];
    let body = done(&account, "GetAccountAuthorizationDetails", &fields);
    assert!(
        body.contains("<UserDetailList></UserDetailList>") && body.contains("<GroupName>ops</GroupName>"),
        "{body}"
    );
    assert!(!body.contains("AdministratorAccess"), "{body}");
}

#[test]
fn service_linked_roles_belong_to_their_service() {
    let account = account();
    let service = [("AWSServiceName", "ecs.amazonaws.com")];
    let body = done(&account, "CreateServiceLinkedRole", &service);
    let name = element(&body, "RoleName");
    refused(
        &account,
        "CreateServiceLinkedRole",
        &service,
        400,
        "InvalidInput",
        "has been taken in this account",
    );
    let named = [("RoleName", name)];
    refused(
        &account,
        "DeleteRole",
        &named,
        400,
        "UnmodifiableEntity",
        "protected role",
    );
    let attach = [("RoleName", name), ("PolicyArn", ADMIN)];
    refused(
        &account,
        "AttachRolePolicy",
        &attach,
        400,
        "UnmodifiableEntity",
        "protected role",
    );
    let task = done(&account, "DeleteServiceLinkedRole", &named);
    let again = done(&account, "DeleteServiceLinkedRole", &named);
    assert_eq!(element(&task, "DeletionTaskId"), element(&again, "DeletionTaskId"));
    let status = || {
        let body = done(
            &account,
            "GetServiceLinkedRoleDeletionStatus",
            &[("DeletionTaskId", element(&task, "DeletionTaskId"))],
        );
        element(&body, "Status").to_owned()
    };
    assert_eq!([status(), status()], ["IN_PROGRESS", "SUCCEEDED"]);
    refused(&account, "GetRole", &named, 404, "NoSuchEntity", "");
}

#[test]
fn the_password_rule_is_set_whole_and_applies() {
    let account = furnished();
    let create = |password: &'static str| [("UserName", "tom"), ("Password", password)];
    refused(
        &account,
        "CreateLoginProfile",
        &create("abcdefgh"),
        400,
        "PasswordPolicyViolation",
        "three of the four",
    );
    done(
        &account,
        "UpdateAccountPasswordPolicy",
        &[("RequireSymbols", "true"), ("MaxPasswordAge", "90")],
    );
    done(&account, "UpdateAccountPasswordPolicy", &[("RequireNumbers", "true")]);
    let rule = done(&account, "GetAccountPasswordPolicy", &[]);
    assert_eq!(element(&rule, "MinimumPasswordLength"), "6");
    assert_eq!(
        (element(&rule, "RequireSymbols"), element(&rule, "ExpirePasswords")),
        ("false", "false")
    );
    assert!(!rule.contains("MaxPasswordAge"), "{rule}");
    refused(
        &account,
        "CreateLoginProfile",
        &create("abcdefgh"),
        400,
        "PasswordPolicyViolation",
        "at least one number",
    );
    done(&account, "CreateLoginProfile", &create("abcdefg1"));
    refused(
        &account,
        "CreateLoginProfile",
        &create("abcdefg1"),
        409,
        "EntityAlreadyExists",
        "Login Profile",
    );
}

fn whoami(account: &Account, key: &str) -> String {
    text(&query(account, "sts", key, &[("Action", "GetCallerIdentity")]))
}

#[test]
fn keys_act_as_their_user_and_sessions_as_their_role() {
    let account = furnished();
    let key = done(&account, "CreateAccessKey", &[("UserName", "tom")]);
    let key = element(&key, "AccessKeyId");
    assert_eq!(
        element(&whoami(&account, key), "Arn"),
        "arn:aws:iam::123456789012:user/tom"
    );
    done(
        &account,
        "CreateRole",
        &[
            ("RoleName", "deep"),
            ("Path", "/a/b/"),
            (
                "AssumeRolePolicyDocument",
                &trusting(r#"{"AWS":"arn:aws:iam::123456789012:user/tom"}"#),
            ),
        ],
    );
    let assume = |key: &str, arn: &str| {
        let fields = [("Action", "AssumeRole"), ("RoleArn", arn), ("RoleSessionName", "ci")];
        let response = query(&account, "sts", key, &fields);
        (response.status().as_u16(), text(&response))
    };
    let (status, body) = assume(key, "arn:aws:iam::123456789012:role/a/b/deep");
    assert_eq!(status, 200, "{body}");
    let identity = whoami(&account, element(&body, "AccessKeyId"));
    assert_eq!(
        element(&identity, "Arn"),
        "arn:aws:sts::123456789012:assumed-role/deep/ci"
    );
    assert!(element(&identity, "UserId").starts_with("AROA") && element(&identity, "UserId").ends_with(":ci"));
    for (key, arn) in [("test", "role/a/b/deep"), (key, "role/a/b/Deep"), (key, "role/deep")] {
        let (status, body) = assume(key, &format!("arn:aws:iam::123456789012:{arn}"));
        assert_eq!(status, 403, "{arn}");
        assert!(
            body.contains("is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam:"),
            "{body}"
        );
    }
    done(
        &account,
        "UpdateAccessKey",
        &[("UserName", "tom"), ("AccessKeyId", key), ("Status", "Inactive")],
    );
    assert!(whoami(&account, key).contains("InvalidClientTokenId"));
}

#[test]
fn a_fresh_role_cannot_be_assumed_for_the_next_lambda_calls() {
    let account = Account::open(
        None,
        Options {
            role_delay: 2,
            ..Options::default()
        },
    )
    .unwrap();
    role(&account, "r", LAMBDA);
    account.inspect(|world| {
        let arn = "arn:aws:iam::123456789012:role/r";
        let mut seen = Vec::new();
        for _ in 0..3 {
            world.clock.tick(Tempo::LambdaWrites);
            seen.push(world.iam.assumable_by(arn, "lambda.amazonaws.com", &world.clock));
        }
        assert_eq!(seen, [Err(NotAssumable::Fresh), Err(NotAssumable::Fresh), Ok(())]);
        let ask = |arn: &str, service: &str| world.iam.assumable_by(arn, service, &world.clock);
        assert_eq!(ask(arn, "events.amazonaws.com"), Err(NotAssumable::Untrusting));
        let other_case = "arn:aws:iam::123456789012:role/R";
        assert_eq!(ask(other_case, "lambda.amazonaws.com"), Err(NotAssumable::Missing));
    });
}

#[test]
fn principals_are_found_by_arn_and_by_id() {
    let account = furnished();
    account.inspect(|world| {
        let arn = "arn:aws:iam::123456789012:role/fn";
        let id = world.iam.principal_id(arn).unwrap();
        assert_eq!(world.iam.principal_arn(&id).as_deref(), Some(arn));
        assert_eq!(world.iam.principal_id("arn:aws:iam::123456789012:role/x/fn"), None);
        assert_eq!(world.iam.principal_arn("AROAAAAAAAAAAAAAAAAAA"), None);
        assert!(
            world
                .iam
                .principal_id("arn:aws:iam::123456789012:user/sandbox-admin")
                .is_some()
        );
    });
}

#[test]
fn with_lag_a_new_principal_can_be_named_only_some_calls_later() {
    let arn = "arn:aws:iam::123456789012:user/tom";
    let refusals = |seed: u64| {
        let account = Account::open(
            None,
            Options {
                lag: Some(seed),
                time: Time::Real,
                ..Options::default()
            },
        )
        .unwrap();
        done(&account, "CreateUser", &[("UserName", "tom")]);
        let trust = trusting(&format!(r#"{{"AWS":"{arn}"}}"#));
        let fields = [("RoleName", "r"), ("AssumeRolePolicyDocument", trust.as_str())];
        let tries = (0..9).take_while(|_| ask(&account, "CreateRole", &fields).0 != 200);
        tries.count()
    };
    let counts: Vec<usize> = (0..20).map(refusals).collect();
    assert!(counts.iter().all(|count| *count <= 3), "{counts:?}");
    assert!(
        counts.contains(&0) && counts.iter().any(|count| *count > 0),
        "{counts:?}"
    );
    assert_eq!(refusals(7), refusals(7));
}
