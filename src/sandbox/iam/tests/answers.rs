//! What IAM and STS answer: texts as they come back, ids, lists, pages, callers.

use super::*;

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
fn a_fresh_role_can_be_assumed_at_once_and_with_lag_after_some_lambda_calls() {
    let arn = "arn:aws:iam::123456789012:role/r";
    let refusals = |lag: Option<u64>| {
        let account = Account::open(
            None,
            Options {
                lag,
                ..Options::default()
            },
        )
        .unwrap();
        role(&account, "r", LAMBDA);
        account.inspect(|world| {
            let mut asked = || {
                world.clock.tick(Tempo::LambdaWrites);
                world.iam.assumable_by(arn, "lambda.amazonaws.com", &world.clock)
            };
            (0..9).take_while(|_| asked() == Err(NotAssumable::Fresh)).count()
        })
    };
    assert_eq!(refusals(None), 0);
    let counts: Vec<usize> = (0..20).map(|seed| refusals(Some(seed))).collect();
    assert!(
        counts.iter().all(|count| *count <= 3) && counts.iter().any(|count| *count > 0),
        "{counts:?}"
    );
    let account = account();
    role(&account, "r", LAMBDA);
    account.inspect(|world| {
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
