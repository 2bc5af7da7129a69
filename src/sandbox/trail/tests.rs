use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::sandbox::testing::{account, query, signed, signed_truly, text};
use crate::sandbox::{Account, Options};

fn iam(account: &Account, key: &str, fields: &[(&str, &str)]) -> Response<Bytes> {
    query(account, "iam", key, fields)
}

fn json_call(account: &Account, service: &str, target: &str, body: &Value) -> Response<Bytes> {
    let uri = "http://127.0.0.1/";
    let mut request = signed(
        service,
        "test",
        "POST",
        uri,
        "application/x-amz-json-1.1",
        body.to_string(),
    );
    request.headers_mut().insert("x-amz-target", target.parse().unwrap());
    account.answer(request)
}

fn look(account: &Account, asked: &Value) -> Value {
    let answer = json_call(account, "cloudtrail", "CloudTrail_20131101.LookupEvents", asked);
    serde_json::from_slice(answer.body()).unwrap()
}

fn by(key: &str, value: &str) -> Value {
    json!({ "LookupAttributes": [{ "AttributeKey": key, "AttributeValue": value }] })
}

fn names(answer: &Value) -> Vec<&str> {
    let events = answer["Events"].as_array().unwrap();
    events
        .iter()
        .map(|event| event["EventName"].as_str().unwrap())
        .collect()
}

fn record(answer: &Value, at: usize) -> Value {
    serde_json::from_str(answer["Events"][at]["CloudTrailEvent"].as_str().unwrap()).unwrap()
}

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}"#;
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

fn make_role(account: &Account, name: &str) {
    iam(
        account,
        "test",
        &[
            ("Action", "CreateRole"),
            ("RoleName", name),
            ("AssumeRolePolicyDocument", TRUST),
        ],
    );
}

fn attach(account: &Account, key: &str, role: &str) {
    iam(
        account,
        key,
        &[("Action", "AttachRolePolicy"), ("RoleName", role), ("PolicyArn", ADMIN)],
    );
}

#[test]
fn changes_are_found_by_name_newest_first_and_reads_are_not() {
    let account = account();
    make_role(&account, "ci");
    attach(&account, "test", "ci");
    iam(&account, "test", &[("Action", "GetRole"), ("RoleName", "ci")]);
    let found = look(&account, &by("ResourceName", "ci"));
    assert_eq!(names(&found), ["AttachRolePolicy", "CreateRole"]);
    let event = record(&found, 0);
    assert_eq!(
        event["requestParameters"],
        json!({ "roleName": "ci", "policyArn": ADMIN })
    );
    assert_eq!(event["userIdentity"]["type"], "IAMUser");
    assert_eq!(event["awsRegion"], "us-east-1");
    assert_eq!(names(&look(&account, &by("ResourceName", ADMIN))), ["AttachRolePolicy"]);
    let arn = "arn:aws:iam::123456789012:role/ci";
    assert_eq!(names(&look(&account, &by("ResourceName", arn))), ["CreateRole"]);
    assert_eq!(names(&look(&account, &by("EventName", "CreateRole"))), ["CreateRole"]);
    assert_eq!(names(&look(&account, &by("ReadOnly", "true"))), [""; 0]);
}

#[test]
fn a_session_is_told_with_its_role() {
    let account = account();
    make_role(&account, "admin");
    let session = text(&query(
        &account,
        "sts",
        "test",
        &[
            ("Action", "AssumeRole"),
            ("RoleArn", "arn:aws:iam::123456789012:role/admin"),
            ("RoleSessionName", "erika"),
        ],
    ));
    let key = session
        .split("<AccessKeyId>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    attach(&account, &key, "admin");
    let found = look(&account, &by("Username", "erika"));
    let who = &record(&found, 0)["userIdentity"];
    assert_eq!(who["type"], "AssumedRole");
    assert_eq!(who["arn"], "arn:aws:sts::123456789012:assumed-role/admin/erika");
    assert_eq!(who["sessionContext"]["sessionIssuer"]["userName"], "admin");
    assert_eq!(
        who["sessionContext"]["sessionIssuer"]["arn"],
        "arn:aws:iam::123456789012:role/admin"
    );
}

#[test]
fn secrets_and_code_are_left_out_and_failures_told() {
    let account = account();
    iam(&account, "test", &[("Action", "CreateUser"), ("UserName", "tom")]);
    let login = [
        ("Action", "CreateLoginProfile"),
        ("UserName", "tom"),
        ("Password", "Sesame-12345"),
    ];
    iam(&account, "test", &login);
    iam(&account, "test", &login);
    let found = look(&account, &by("EventName", "CreateLoginProfile"));
    assert!(!found.to_string().contains("Sesame"), "{found}");
    assert_eq!(record(&found, 0)["errorCode"], "EntityAlreadyExists");
    assert_eq!(record(&found, 1).get("errorCode"), None);
    let body = json!({ "FunctionName": "f", "Code": { "ZipFile": "c2VjcmV0" }, "Environment": { "Variables": { "A": "hush" } } });
    let uri = "http://127.0.0.1/2015-03-31/functions";
    account.answer(signed(
        "lambda",
        "test",
        "POST",
        uri,
        "application/json",
        body.to_string(),
    ));
    let found = look(&account, &by("ResourceName", "f"));
    assert_eq!(names(&found), ["CreateFunction20150331"]);
    assert!(!found.to_string().contains("hush") && !found.to_string().contains("c2VjcmV0"));
}

#[test]
fn buckets_and_rules_are_told_where_they_are() {
    let account = account();
    let put = |uri: &str| {
        let request = signed("s3", "test", "PUT", uri, "application/xml", "");
        account.answer(signed_truly(&account, "test", request))
    };
    put("http://127.0.0.1/pictures");
    put("http://127.0.0.1/pictures/cat.jpg");
    put("http://127.0.0.1/pictures?versioning");
    let found = look(&account, &by("ResourceName", "pictures"));
    assert_eq!(names(&found), ["PutBucketVersioning", "CreateBucket"]);
    json_call(
        &account,
        "events",
        "AWSEvents.PutRule",
        &json!({ "Name": "r", "ScheduleExpression": "rate(1 hour)" }),
    );
    let found = look(&account, &by("EventSource", "events.amazonaws.com"));
    assert_eq!(names(&found), ["PutRule"]);
    assert_eq!(record(&found, 0)["requestParameters"]["name"], "r");
}

#[test]
fn pages_go_on_where_they_stopped() {
    let account = account();
    for number in 0..7 {
        make_role(&account, &format!("r{number}"));
    }
    let first = look(&account, &json!({ "MaxResults": 3 }));
    make_role(&account, "late");
    let second = look(&account, &json!({ "MaxResults": 3, "NextToken": first["NextToken"] }));
    let name = |answer: &Value, at| record(answer, at)["requestParameters"]["roleName"].clone();
    assert_eq!([name(&first, 0), name(&first, 2)], ["r6", "r4"]);
    assert_eq!([name(&second, 0), name(&second, 2)], ["r3", "r1"]);
    let third = look(&account, &json!({ "MaxResults": 3, "NextToken": second["NextToken"] }));
    assert_eq!((names(&third).len(), third.get("NextToken")), (1, None));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let account = account();
    let code = |asked: &Value| look(&account, asked)["__type"].as_str().unwrap().to_owned();
    assert_eq!(code(&json!({ "MaxResults": 51 })), "InvalidMaxResultsException");
    assert_eq!(code(&json!({ "NextToken": "x" })), "InvalidNextTokenException");
    assert_eq!(
        code(&json!({ "StartTime": 2_000, "EndTime": 1_000 })),
        "InvalidTimeRangeException"
    );
    assert_eq!(code(&by("Colour", "red")), "InvalidLookupAttributesException");
    let two = json!({ "AttributeKey": "EventName", "AttributeValue": "CreateRole" });
    assert_eq!(
        code(&json!({ "LookupAttributes": [two, two] })),
        "InvalidLookupAttributesException"
    );
}

#[test]
fn events_outlive_the_process_and_a_torn_line() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Account::open(Some(dir.path()), Options::default()).unwrap();
    make_role(&open(), "first");
    let path = dir.path().join("cloudtrail/events.jsonl");
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{whole}{{\"id\": \"to")).unwrap();
    let account = open();
    make_role(&account, "second");
    assert_eq!(names(&look(&account, &json!({}))), ["CreateRole", "CreateRole"]);
    drop(account);
    let found = look(&open(), &json!({}));
    assert_eq!(record(&found, 0)["requestParameters"]["roleName"], "second");
    assert_ne!(found["Events"][0]["EventId"], found["Events"][1]["EventId"]);
}

#[test]
fn under_lag_events_come_late_and_lookups_are_limited() {
    let options = Options {
        lag: Some(3),
        ..Options::default()
    };
    let account = Account::open(None, options).unwrap();
    let mut late = 0;
    for number in 0..20 {
        make_role(&account, &format!("r{number}"));
        account.inspect(|world| {
            let due = world.trail.log.seen(&world.clock).count();
            late += usize::from(due <= number);
        });
    }
    assert!(late > 5, "{late}");
    let codes: Vec<bool> = (0..3)
        .map(|_| look(&account, &json!({})).get("Events").is_some())
        .collect();
    assert_eq!(codes, [true, true, false]);
}
