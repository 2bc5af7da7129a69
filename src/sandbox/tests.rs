//! The core: routing, faults, persistence, the server.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use time::macros::datetime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::testing::{account, query, signed, text};
use super::*;

fn fixed() -> Options {
    Options {
        time: Time::Fixed(datetime!(2026-01-31 12:00:00 UTC)),
        ..Options::default()
    }
}

fn opened(dir: &Path) -> Account {
    Account::open(Some(dir), fixed()).unwrap()
}

fn iam(account: &Account, fields: &[(&str, &str)]) -> (u16, String) {
    let response = query(account, "iam", "test", fields);
    (response.status().as_u16(), text(&response))
}

/// An answer without what differs from call to call.
fn without_request_id(answer: &str) -> String {
    answer.split("<ResponseMetadata>").next().unwrap_or_default().to_owned()
}

#[test]
fn an_unknown_operation_is_refused_in_each_protocol() {
    let account = account();
    let ask = |service: &str| {
        let response = account.answer(signed(
            service,
            "test",
            "GET",
            "http://h/no/such/thing",
            "text/plain",
            "",
        ));
        assert!(
            response.status().is_client_error() || response.status().is_server_error(),
            "{service}"
        );
        text(&response)
    };
    assert!(ask("iam").contains("<Code>MissingAction</Code>"));
    assert!(ask("sts").contains("https://sts.amazonaws.com/doc/2011-06-15/"));
    let (status, body) = iam(&account, &[("Action", "SetTheWorldOnFire")]);
    assert_eq!(status, 400);
    assert!(
        body.contains("<Code>InvalidAction</Code>") && body.contains("the sandbox has no operation"),
        "{body}"
    );
}

#[test]
fn a_query_may_stand_in_the_address() {
    let uri = "http://127.0.0.1/?Action=CreateUser&UserName=tom&Version=2010-05-08";
    let response = account().answer(signed("iam", "test", "GET", uri, "text/plain", ""));
    assert_eq!(response.status(), 200);
    assert!(text(&response).contains("<UserName>tom</UserName>"));
    assert!(response.headers().contains_key("x-amzn-requestid"));
}

#[test]
fn a_foreign_folder_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.tex"), "").unwrap();
    let error = Account::open(Some(dir.path()), Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn what_is_not_known_is_told_once() {
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let account = account().telling(move |sentence| heard.lock().unwrap().push(sentence.to_owned()));
    for service in ["iam", "iam", "ec2", "ec2"] {
        query(&account, service, "test", &[("Action", "Foo")]);
    }
    account.answer(signed(
        "lambda",
        "test",
        "PUT",
        "http://h/2015-03-31/functions/f/nothing",
        "text/plain",
        "",
    ));
    assert_eq!(
        *told.lock().unwrap(),
        [
            "the sandbox does not know iam:Foo; it was refused",
            "the sandbox has no service ec2; Foo was refused",
            "the sandbox does not know lambda:PUT /2015-03-31/functions/*/nothing; it was refused",
        ]
    );
}

#[test]
fn an_account_id_has_twelve_digits() {
    let options = Options {
        account_id: "12".to_owned(),
        ..Options::default()
    };
    assert!(matches!(Account::open(None, options), Err(OpenError::AccountId(_))));
}

#[test]
fn keys_that_the_sandbox_took_back_are_refused() {
    let response = query(&account(), "iam", "AKIASBXAAAAAAAAAAAAA", &[("Action", "ListUsers")]);
    assert_eq!(response.status(), 403);
    assert!(text(&response).contains("InvalidClientTokenId"));
}

fn furnish(account: &Account) {
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let arn = "arn:aws:iam::123456789012:policy/P";
    let steps: [&[(&str, &str)]; 5] = [
        &[
            ("Action", "CreateUser"),
            ("UserName", "Tom"),
            ("Tags.member.1.Key", "a"),
            ("Tags.member.1.Value", "ä"),
        ],
        &[("Action", "CreateGroup"), ("GroupName", "G")],
        &[("Action", "AddUserToGroup"), ("GroupName", "G"), ("UserName", "tom")],
        &[
            ("Action", "CreatePolicy"),
            ("PolicyName", "P"),
            ("PolicyDocument", document),
        ],
        &[("Action", "AttachUserPolicy"), ("UserName", "Tom"), ("PolicyArn", arn)],
    ];
    for step in steps {
        let (status, body) = iam(account, step);
        assert_eq!(status, 200, "{body}");
    }
}

const DETAILS: &[(&str, &str)] = &[("Action", "GetAccountAuthorizationDetails")];

#[test]
fn a_reopened_account_answers_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let before = {
        let account = opened(dir.path());
        furnish(&account);
        iam(&account, DETAILS).1
    };
    let after = iam(&opened(dir.path()), DETAILS).1;
    assert!(before.contains("<GroupList><member>G</member></GroupList>"), "{before}");
    assert_eq!(without_request_id(&before), without_request_id(&after));
}

#[test]
fn half_written_files_and_calls_that_failed_leave_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    furnish(&opened(dir.path()));
    let users = dir.path().join("iam/users");
    fs::write(users.join(".Tom.json.tmp"), "{ \"name\": \"To").unwrap();
    let account = opened(dir.path());
    let (status, body) = iam(&account, &[("Action", "DeleteUser"), ("UserName", "Tom")]);
    assert_eq!(status, 409, "{body}");
    assert!(
        iam(&account, &[("Action", "GetUser"), ("UserName", "Tom")])
            .1
            .contains("<UserName>Tom</UserName>")
    );
    let names: Vec<_> = fs::read_dir(&users)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["Tom.json"]);
}

#[test]
fn ids_go_on_where_they_were_even_when_the_last_call_failed() {
    let dir = tempfile::tempdir().unwrap();
    let id = |account: &Account, name: &str| {
        let body = iam(account, &[("Action", "CreateUser"), ("UserName", name)]).1;
        body.split("<UserId>").nth(1).unwrap()[..21].to_owned()
    };
    let one = id(&opened(dir.path()), "one");
    let two = id(&opened(dir.path()), "two");
    assert_ne!(one, two);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().unwrap();
    furnish(&opened(dir.path()));
    fs::write(dir.path().join("iam/users/Tom.json"), "{").unwrap();
    let error = Account::open(Some(dir.path()), fixed()).unwrap_err().to_string();
    assert!(error.contains("Tom.json: EOF while parsing"), "{error}");
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    let run = || {
        let account = Account::open(None, fixed()).unwrap();
        furnish(&account);
        iam(&account, DETAILS)
    };
    assert_eq!(run(), run());
}

#[test]
fn a_change_that_cannot_be_saved_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let account = opened(dir.path());
    fs::write(dir.path().join("iam"), "in the way").unwrap();
    assert_eq!(iam(&account, &[("Action", "CreateUser"), ("UserName", "tom")]).0, 500);
    assert_eq!(iam(&account, &[("Action", "GetUser"), ("UserName", "tom")]).0, 404);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_request_makes_it_panic(
        action in prop::sample::select(vec!["CreateRole", "CreatePolicy", "TagRole", "ListRoles", "PutUserPolicy", "X"]),
        name in "\\PC{0,12}",
        document in r#"[\{\}\[\]":,a-zA-Z0-9\\é 🦀]{0,60}"#,
        marker in "[a-zA-Z0-9_=-]{0,12}",
    ) {
        let account = account();
        let fields = [
            ("Action", action), ("RoleName", &name), ("UserName", &name), ("PolicyName", &name), ("Marker", &marker),
            ("AssumeRolePolicyDocument", &document), ("PolicyDocument", &document),
        ];
        prop_assert_ne!(iam(&account, &fields).0, 500);
    }

    #[test]
    fn no_raw_request_makes_it_panic(path in "/[a-z0-9%/?=&+.-]{0,40}", body in prop::collection::vec(any::<u8>(), 0..80)) {
        for service in ["iam", "sts", "s3", "lambda", "events"] {
            let Ok(uri) = path.parse::<http::Uri>() else { continue };
            let kind = "application/x-www-form-urlencoded";
            account().answer(signed(service, "test", "POST", &uri.to_string(), kind, body.clone()));
        }
    }
}

#[test]
fn sixty_four_writers_at_once_lose_nothing() {
    const TURNS: usize = 8;
    let dir = tempfile::tempdir().unwrap();
    let account = opened(dir.path());
    assert_eq!(iam(&account, &[("Action", "CreateGroup"), ("GroupName", "all")]).0, 200);
    std::thread::scope(|scope| {
        for writer in 0..64 {
            let account = &account;
            scope.spawn(move || {
                for turn in 0..TURNS {
                    let name = format!("user-{writer}-{turn}");
                    assert_eq!(iam(account, &[("Action", "CreateUser"), ("UserName", &name)]).0, 200);
                    let join = [
                        ("Action", "AddUserToGroup"),
                        ("GroupName", "all"),
                        ("UserName", name.as_str()),
                    ];
                    assert_eq!(iam(account, &join).0, 200);
                    assert_eq!(iam(account, &[("Action", "CreateUser"), ("UserName", &name)]).0, 409);
                }
            });
        }
    });
    let group = [("Action", "GetGroup"), ("GroupName", "all"), ("MaxItems", "1000")];
    let before = iam(&account, &group).1;
    let ids: std::collections::BTreeSet<&str> = before.split("<UserId>").skip(1).map(|rest| &rest[..21]).collect();
    assert_eq!(ids.len(), 64 * TURNS);
    drop(account);
    assert_eq!(
        without_request_id(&iam(&opened(dir.path()), &group).1),
        without_request_id(&before)
    );
}

#[test]
fn a_process_that_was_killed_gives_out_no_id_again() {
    let dir = tempfile::tempdir().unwrap();
    let copy = tempfile::tempdir().unwrap();
    let ids = |account: &Account, from: usize| -> Vec<String> {
        let id = |number: usize| {
            let name = format!("user-{number}");
            let body = iam(account, &[("Action", "CreateUser"), ("UserName", &name)]).1;
            body.split("<UserId>").nth(1).unwrap()[..21].to_owned()
        };
        (from..from + 150).map(id).collect()
    };
    let account = opened(dir.path());
    let first = ids(&account, 0);
    // What lies in the folder now is what a killed process would leave.
    fs::copy(
        dir.path().join("evenkeel-sandbox.json"),
        copy.path().join("evenkeel-sandbox.json"),
    )
    .unwrap();
    let second = ids(&opened(copy.path()), 0);
    assert!(first.iter().all(|id| !second.contains(id)));
}

#[tokio::test]
async fn the_server_answers_over_a_socket() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(server::serve(listener, Arc::new(account()), std::future::pending()));
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let request = format!(
        "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=test/20260131/us-east-1/sts/aws4_request, SignedHeaders=host, \
         Signature=0\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(
        answer.contains("<Arn>arn:aws:iam::123456789012:user/sandbox-admin</Arn>"),
        "{answer}"
    );
    serving.abort();
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(96))]

    #[test]
    fn odd_requests_are_answered(
        service in "s3|lambda|events",
        method in "GET|PUT|POST|DELETE|HEAD",
        path in "(/2015-03-31/functions|/2017-03-31/tags|/bkt|/evenkeel-sandbox/code)?[a-z/:%$. ?&=-]{0,24}",
        target in "PutRule|PutTargets|TagResource|PutPermission|ListRules",
        body in "[<>/{}\\[\\]\":,a-zA-Z0-9 ]{0,60}",
    ) {
        let account = account();
        let uri = format!("http://h{path}").replace(' ', "+");
        if let Ok(uri) = uri.parse::<http::Uri>() {
            let mut request = signed(&service, "test", &method, &uri.to_string(), "application/json", body);
            request.headers_mut().insert("x-amz-target", format!("AWSEvents.{target}").parse().unwrap());
            let response = account.answer(request);
            proptest::prop_assert!(response.status() != http::StatusCode::INTERNAL_SERVER_ERROR);
        }
    }
}
