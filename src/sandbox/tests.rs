//! The core: routing, faults, persistence.

use std::fs;

use super::testing::{account, query, signed, text};
use super::*;

#[test]
fn an_unknown_operation_is_refused_in_each_protocol() {
    let account = account();
    let ask = |service: &str| {
        let response = account.answer(signed(service, "test", "GET", "http://h/nothing", "text/plain", ""));
        assert!(response.status().is_client_error() || response.status().is_server_error());
        text(&response)
    };
    assert!(ask("iam").contains("<Code>InvalidAction</Code>"));
    assert!(ask("sts").contains("https://sts.amazonaws.com/doc/2011-06-15/"));
}

#[test]
fn a_second_opener_waits_and_a_foreign_folder_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.tex"), "").unwrap();
    let error = Account::open(Some(dir.path()), Options::default()).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
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
