//! Lambda through the account's front door.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::package::tests::zip_of;
use crate::sandbox::testing::{account, query, signed, text};
use crate::sandbox::{Account, Options};

const ROLE: &str = "arn:aws:iam::123456789012:role/runner";
const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";

fn ask(account: &Account, method: &str, path: &str, body: &Value) -> Response<Bytes> {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let uri = format!("https://lambda.us-east-1.amazonaws.com/{path}");
    account.answer(signed("lambda", "test", method, &uri, "application/json", body))
}

fn taken(account: &Account, method: &str, path: &str, body: &Value) -> Value {
    let response = ask(account, method, path, body);
    assert!(response.status().is_success(), "{method} {path}: {}", text(&response));
    if response.body().is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(response.body()).unwrap()
    }
}

#[track_caller]
fn refused(account: &Account, method: &str, path: &str, body: &Value, code: &str, fragment: &str) {
    let response = ask(account, method, path, body);
    let answer = text(&response);
    assert_eq!(response.headers().get("x-amzn-errortype").unwrap(), code, "{answer}");
    assert!(answer.contains(fragment), "{answer}");
}

fn create_role(account: &Account, name: &str, service: &str) {
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }
    ] });
    let fields = [
        ("Action", "CreateRole"),
        ("RoleName", name),
        ("AssumeRolePolicyDocument", &trust.to_string()),
    ];
    let response = query(account, "iam", "test", &fields);
    assert_eq!(response.status(), 200, "{}", text(&response));
}

fn zip(content: &str) -> String {
    STANDARD.encode(zip_of(content))
}

fn request(extra: Value) -> Value {
    let mut body = json!({
        "FunctionName": "f",
        "Role": ROLE,
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Code": { "ZipFile": zip("one") },
    });
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    body
}

/// An account with the role, and the function once Lambda has finished it.
fn with_function() -> Account {
    let account = account();
    create_role(&account, "runner", "lambda.amazonaws.com");
    taken(
        &account,
        "POST",
        "2015-03-31/functions",
        &request(json!({ "Tags": { "team": "a" } })),
    );
    settle(&account);
    account
}

fn settle(account: &Account) {
    for _ in 0..4 {
        let shown = taken(account, "GET", "2015-03-31/functions/f/configuration", &Value::Null);
        if shown["State"] == "Active" && shown["LastUpdateStatus"] == "Successful" {
            return;
        }
    }
    panic!("the function does not settle");
}

const FUNCTIONS: &str = "2015-03-31/functions";
const CONFIGURATION: &str = "2015-03-31/functions/f/configuration";
const CODE: &str = "2015-03-31/functions/f/code";
const POLICY: &str = "2015-03-31/functions/f/policy";

#[test]
fn a_role_is_assumable_at_once_and_with_lag_after_some_tries_and_a_wrong_one_never() {
    let tries = |account: &Account, name: &str| {
        let body = request(json!({ "Role": format!("arn:aws:iam::123456789012:role/{name}") }));
        (0..6).position(|_| ask(account, "POST", FUNCTIONS, &body).status() == 201)
    };
    let account = account();
    create_role(&account, "runner", "lambda.amazonaws.com");
    create_role(&account, "stranger", "ec2.amazonaws.com");
    assert_eq!(tries(&account, "stranger"), None);
    assert_eq!(tries(&account, "nobody"), None);
    refused(
        &account,
        "POST",
        FUNCTIONS,
        &request(json!({ "Role": "arn:aws:iam::123456789012:role/nobody" })),
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    );
    assert_eq!(tries(&account, "runner"), Some(0));
    let fresh = (0..20).map(|seed| {
        let account = lagging(seed);
        create_role(&account, "late", "lambda.amazonaws.com");
        tries(&account, "late").unwrap()
    });
    assert!(fresh.max().is_some_and(|most| (1..=3).contains(&most)));
}

fn lagging(seed: u64) -> Account {
    let options = Options {
        lag: Some(seed),
        ..Options::default()
    };
    Account::open(None, options).unwrap()
}

#[test]
fn defaults_read_back_and_no_state_is_listed() {
    let account = with_function();
    let shown = taken(&account, "GET", CONFIGURATION, &Value::Null);
    let wanted = json!({
        "Timeout": 3, "MemorySize": 128, "Description": "", "PackageType": "Zip", "Architectures": ["x86_64"],
        "TracingConfig": { "Mode": "PassThrough" }, "EphemeralStorage": { "Size": 512 },
        "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" },
        "LoggingConfig": { "LogFormat": "Text", "LogGroup": "/aws/lambda/f" },
        "Version": "$LATEST", "FunctionArn": ARN, "State": "Active", "LastUpdateStatus": "Successful",
    });
    for (member, value) in wanted.as_object().unwrap() {
        assert_eq!(&shown[member], value, "{member}");
    }
    assert!(shown.get("Environment").is_none());
    let listed = taken(&account, "GET", FUNCTIONS, &Value::Null);
    assert!(listed["Functions"][0].get("State").is_none());
    assert!(listed["Functions"][0].get("LastUpdateStatus").is_none());
}

#[test]
fn what_is_wrong_in_itself_is_refused() {
    let account = with_function();
    let (invalid, validation) = ("InvalidParameterValueException", "ValidationException");
    for (extra, code, fragment) in [
        (json!({}), "ResourceConflictException", "Function already exist: f"),
        (
            json!({ "Timeout": 901 }),
            validation,
            "'901' at 'timeout' failed to satisfy constraint",
        ),
        (json!({ "Timeout": 0 }), validation, "greater than or equal to 1"),
        (json!({ "MemorySize": 64 }), validation, "at 'memorySize'"),
        (json!({ "Timeout": "5" }), "SerializationException", "timeout"),
        (
            json!({ "Description": "d".repeat(257) }),
            validation,
            "at 'description'",
        ),
        (json!({ "Handler": "a b" }), validation, "at 'handler'"),
        (json!({ "Role": "runner" }), validation, "at 'role'"),
        (
            json!({ "Runtime": "python2.6" }),
            invalid,
            "at 'runtime' failed to satisfy constraint",
        ),
        (json!({ "Runtime": "python3.6" }), invalid, "no longer supported"),
        (json!({ "Runtime": null }), invalid, "Runtime and Handler are mandatory"),
        (
            json!({ "Environment": { "Variables": { "AWS_REGION": "x" } } }),
            invalid,
            "request: AWS_REGION",
        ),
        (
            json!({ "Environment": { "Variables": { "XX": "y".repeat(4096) } } }),
            invalid,
            "exceeded the 4KB limit",
        ),
        (
            json!({ "Code": { "ZipFile": STANDARD.encode("junk") } }),
            invalid,
            "Could not unzip uploaded file",
        ),
        (json!({ "Code": { "ZipFile": "" } }), invalid, "non-empty zip"),
        (
            json!({ "Code": { "S3Bucket": "none", "S3Key": "k" } }),
            invalid,
            "S3 Error Code: NoSuchBucket",
        ),
        (
            json!({ "Code": {} }),
            invalid,
            "Please provide a source for function code",
        ),
        (json!({ "Tags": { "aws:x": "y" } }), invalid, "aws: prefixed"),
        (
            json!({ "LoggingConfig": { "SystemLogLevel": "INFO" } }),
            invalid,
            "JSON",
        ),
        (
            json!({ "Role": "arn:aws:iam::999999999999:role/x", "FunctionName": "g" }),
            "AccessDeniedException",
            "Cross-account",
        ),
    ] {
        refused(&account, "POST", FUNCTIONS, &request(extra), code, fragment);
    }
}

#[test]
fn updates_wait_for_each_other_and_keep_what_they_do_not_mention() {
    let account = with_function();
    let first = json!({ "Timeout": 9, "Description": "d", "Environment": { "Variables": { "AB": "1", "CD": "2" } } });
    let before = taken(&account, "GET", CONFIGURATION, &Value::Null)["RevisionId"].clone();
    let shown = taken(&account, "PUT", CONFIGURATION, &first);
    assert_eq!(shown["LastUpdateStatus"], "InProgress");
    assert_ne!(shown["RevisionId"], before);
    let busy = format!("An update is in progress for resource: {ARN}");
    refused(
        &account,
        "PUT",
        CODE,
        &json!({ "ZipFile": zip("two") }),
        "ResourceConflictException",
        &busy,
    );
    settle(&account);
    taken(
        &account,
        "PUT",
        CONFIGURATION,
        &json!({ "Environment": { "Variables": { "CD": "3" } } }),
    );
    settle(&account);
    let shown = taken(&account, "GET", CONFIGURATION, &Value::Null);
    assert_eq!((&shown["Timeout"], &shown["Description"]), (&json!(9), &json!("d")));
    assert_eq!(shown["Environment"], json!({ "Variables": { "CD": "3" } }));
    let clear = json!({ "Environment": { "Variables": {} }, "Description": "", "RevisionId": shown["RevisionId"] });
    taken(&account, "PUT", CONFIGURATION, &clear);
    settle(&account);
    let shown = taken(&account, "GET", CONFIGURATION, &Value::Null);
    assert_eq!(
        (&shown["Environment"], &shown["Description"]),
        (&json!({ "Variables": {} }), &json!(""))
    );
    refused(
        &account,
        "PUT",
        CONFIGURATION,
        &clear,
        "PreconditionFailedException",
        "Revision Id",
    );
}

#[test]
fn code_is_known_by_its_hash_and_can_be_fetched_again() {
    let account = with_function();
    let shown = taken(
        &account,
        "PUT",
        CODE,
        &json!({ "ZipFile": zip("two"), "Architectures": ["arm64"] }),
    );
    assert_eq!(shown["CodeSha256"], super::package::sha256(&zip_of("two")));
    assert_eq!(shown["Architectures"], json!(["arm64"]));
    let shown = taken(&account, "GET", "2015-03-31/functions/f", &Value::Null);
    assert_eq!(shown["Tags"], json!({ "team": "a" }));
    let link = shown["Code"]["Location"].as_str().unwrap();
    assert!(
        link.starts_with("https://lambda.us-east-1.amazonaws.com/evenkeel-sandbox/code/"),
        "{link}"
    );
    let request = http::Request::get(link).body(Bytes::new()).unwrap();
    assert_eq!(account.answer(request).body().as_ref(), zip_of("two"));
}

#[test]
fn permissions_are_added_once_and_rendered_as_lambda_renders_them() {
    let account = with_function();
    refused(
        &account,
        "GET",
        POLICY,
        &Value::Null,
        "ResourceNotFoundException",
        "does not exist",
    );
    let source = "arn:aws:events:us-east-1:123456789012:rule/tick";
    let body = json!({
        "StatementId": "tick", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com",
        "SourceArn": source, "SourceAccount": "123456789012",
    });
    taken(&account, "POST", POLICY, &body);
    refused(
        &account,
        "POST",
        POLICY,
        &body,
        "ResourceConflictException",
        "(tick) provided already exists",
    );
    let shown = taken(&account, "GET", POLICY, &Value::Null);
    let policy: Value = serde_json::from_str(shown["Policy"].as_str().unwrap()).unwrap();
    let statement = json!({
        "Sid": "tick", "Effect": "Allow", "Principal": { "Service": "events.amazonaws.com" },
        "Action": "lambda:InvokeFunction", "Resource": ARN,
        "Condition": {
            "StringEquals": { "AWS:SourceAccount": "123456789012" }, "ArnLike": { "AWS:SourceArn": source },
        },
    });
    assert_eq!(
        policy,
        json!({ "Version": "2012-10-17", "Id": "default", "Statement": [statement] })
    );
    let invalid = "InvalidParameterValueException";
    for (principal, code) in [
        ("nonsense", invalid),
        ("arn:aws:iam::123456789012:role/nobody", invalid),
    ] {
        let body = json!({ "StatementId": "x", "Action": "lambda:InvokeFunction", "Principal": principal });
        refused(
            &account,
            "POST",
            POLICY,
            &body,
            code,
            "The provided principal was invalid",
        );
    }
    let gone = format!("{POLICY}/tick");
    refused(
        &account,
        "DELETE",
        &format!("{gone}?RevisionId=x"),
        &Value::Null,
        "PreconditionFailedException",
        "GetPolicy",
    );
    taken(&account, "DELETE", &gone, &Value::Null);
    refused(
        &account,
        "DELETE",
        &gone,
        &Value::Null,
        "ResourceNotFoundException",
        "No policy is associated with the given resource.",
    );
    refused(
        &account,
        "GET",
        POLICY,
        &Value::Null,
        "ResourceNotFoundException",
        "does not exist",
    );
}

#[test]
fn snapshots_show_on_versions_only() {
    let account = with_function();
    taken(
        &account,
        "PUT",
        CONFIGURATION,
        &json!({ "SnapStart": { "ApplyOn": "PublishedVersions" } }),
    );
    settle(&account);
    taken(&account, "POST", "2015-03-31/functions/f/versions", &json!({}));
    let status = |query: &str| {
        let shown = taken(&account, "GET", &format!("{CONFIGURATION}{query}"), &Value::Null);
        shown["SnapStart"]["OptimizationStatus"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (status(""), status("?Qualifier=1")),
        ("Off".to_owned(), "On".to_owned())
    );
}

#[test]
fn with_lag_a_new_function_takes_no_permission_for_some_calls() {
    let refusals = |seed: u64| {
        let account = lagging(seed);
        create_role(&account, "runner", "lambda.amazonaws.com");
        while ask(&account, "POST", FUNCTIONS, &request(json!({}))).status() != 201 {}
        let body =
            json!({ "StatementId": "x", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com" });
        (0..9)
            .take_while(|_| ask(&account, "POST", POLICY, &body).status() == 404)
            .count()
    };
    let counts: Vec<usize> = (0..20).map(refusals).collect();
    assert!(
        counts.iter().all(|count| *count <= 3) && counts.iter().any(|count| *count > 0),
        "{counts:?}"
    );
}

#[test]
fn a_permission_keeps_the_id_of_a_principal_that_goes() {
    let account = with_function();
    create_role(&account, "guest", "ec2.amazonaws.com");
    let arn = "arn:aws:iam::123456789012:role/guest";
    let body = json!({ "StatementId": "x", "Action": "lambda:InvokeFunction", "Principal": arn });
    let shown = taken(&account, "POST", POLICY, &body);
    assert!(shown["Statement"].as_str().unwrap().contains(arn));
    let read = || {
        taken(&account, "GET", POLICY, &Value::Null)["Policy"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(read().contains(arn));
    let deleted = query(
        &account,
        "iam",
        "test",
        &[("Action", "DeleteRole"), ("RoleName", "guest")],
    );
    assert_eq!(deleted.status(), 200);
    create_role(&account, "guest", "ec2.amazonaws.com");
    assert!(read().contains("AROA") && !read().contains(arn), "{}", read());
}

#[test]
fn versions_freeze_and_are_numbered_once() {
    let account = with_function();
    let versions = "2015-03-31/functions/f/versions";
    let publish = || {
        taken(&account, "POST", versions, &json!({}))["Version"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!((publish(), publish()), ("1".to_owned(), "1".to_owned()));
    taken(&account, "DELETE", "2015-03-31/functions/f?Qualifier=1", &Value::Null);
    assert_eq!(publish(), "2");
    taken(&account, "PUT", CONFIGURATION, &json!({ "Timeout": 7 }));
    settle(&account);
    let frozen = taken(
        &account,
        "GET",
        "2015-03-31/functions/f/configuration?Qualifier=2",
        &Value::Null,
    );
    assert_eq!(
        (&frozen["Timeout"], &frozen["FunctionArn"]),
        (&json!(3), &json!(format!("{ARN}:2")))
    );
    refused(
        &account,
        "GET",
        "2015-03-31/functions/f?Qualifier=1",
        &Value::Null,
        "ResourceNotFoundException",
        ":1",
    );
}

#[test]
fn reserved_concurrency_zero_is_not_none() {
    let account = with_function();
    let (put, get) = (
        "2017-10-31/functions/f/concurrency",
        "2019-09-30/functions/f/concurrency",
    );
    assert_eq!(taken(&account, "GET", get, &Value::Null), json!({}));
    taken(&account, "PUT", put, &json!({ "ReservedConcurrentExecutions": 0 }));
    assert_eq!(
        taken(&account, "GET", get, &Value::Null),
        json!({ "ReservedConcurrentExecutions": 0 })
    );
    let most = json!({ "ReservedConcurrentExecutions": 901 });
    refused(
        &account,
        "PUT",
        put,
        &most,
        "InvalidParameterValueException",
        "minimum value of [100]",
    );
    taken(&account, "DELETE", put, &Value::Null);
    taken(&account, "DELETE", put, &Value::Null);
    assert_eq!(taken(&account, "GET", get, &Value::Null), json!({}));
}

#[test]
fn lists_come_in_pages() {
    let account = with_function();
    for name in ["g", "h"] {
        taken(&account, "POST", FUNCTIONS, &request(json!({ "FunctionName": name })));
    }
    let page = taken(&account, "GET", &format!("{FUNCTIONS}?MaxItems=2"), &Value::Null);
    assert_eq!(page["Functions"].as_array().unwrap().len(), 2);
    let marker = page["NextMarker"].as_str().unwrap();
    let page = taken(
        &account,
        "GET",
        &format!("{FUNCTIONS}?MaxItems=2&Marker={marker}"),
        &Value::Null,
    );
    assert_eq!(
        (&page["Functions"][0]["FunctionName"], page.get("NextMarker")),
        (&json!("h"), None)
    );
}

#[test]
fn a_function_and_its_code_survive_reopening_and_go_together() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Account::open(Some(dir.path()), Options::default()).unwrap();
    let account = open();
    create_role(&account, "runner", "lambda.amazonaws.com");
    taken(&account, "POST", FUNCTIONS, &request(json!({})));
    let before = taken(&account, "GET", "2015-03-31/functions/f", &Value::Null);
    drop(account);
    let account = open();
    settle(&account);
    let after = taken(&account, "GET", "2015-03-31/functions/f", &Value::Null);
    assert_eq!(
        after["Configuration"]["RevisionId"],
        before["Configuration"]["RevisionId"]
    );
    let link = after["Code"]["Location"].as_str().unwrap().to_owned();
    let fetch = || account.answer(http::Request::get(&link).body(Bytes::new()).unwrap());
    assert_eq!(fetch().body().as_ref(), zip_of("one"));
    taken(&account, "DELETE", "2015-03-31/functions/f", &Value::Null);
    assert_eq!(fetch().status(), 404);
    refused(
        &account,
        "GET",
        "2015-03-31/functions/f",
        &Value::Null,
        "ResourceNotFoundException",
        "Function not found",
    );
}

#[test]
fn what_hangs_on_a_function_survives_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Account::open(Some(dir.path()), Options::default()).unwrap();
    let account = open();
    create_role(&account, "runner", "lambda.amazonaws.com");
    taken(&account, "POST", FUNCTIONS, &request(json!({ "Publish": true })));
    let alias = json!({ "Name": "live", "FunctionVersion": "1" });
    taken(&account, "POST", "2015-03-31/functions/f/aliases", &alias);
    let layers = "2018-10-31/layers/numpy/versions";
    let content = json!({ "Content": { "ZipFile": zip("layer") } });
    taken(&account, "POST", layers, &content);
    let queue = json!({ "FunctionName": "f:live", "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:jobs" });
    taken(&account, "POST", "2015-03-31/event-source-mappings", &queue);
    let url = "2021-10-31/functions/f/url?Qualifier=live";
    taken(&account, "POST", url, &json!({ "AuthType": "NONE" }));
    let read = |account: &Account| {
        [
            "2015-03-31/functions/f/aliases/live",
            "2018-10-31/layers/numpy/versions/1",
            "2015-03-31/event-source-mappings",
            url,
        ]
        .map(|path| taken(account, "GET", path, &Value::Null))
    };
    let before = read(&account);
    drop(account);
    let account = open();
    assert_eq!(read(&account), before);
    let link = before[1]["Content"]["Location"].as_str().unwrap();
    let fetched = account.answer(http::Request::get(link).body(Bytes::new()).unwrap());
    assert_eq!(fetched.body().as_ref(), zip_of("layer"));
}
