//! STS through the account's front door.

use crate::sandbox::testing::{account, query, text};

#[test]
fn a_session_name_and_a_duration_out_of_bounds_are_told_together() {
    let fields = [
        ("Action", "AssumeRole"),
        ("RoleArn", "arn:aws:iam::123456789012:role/worker"),
        ("RoleSessionName", "a b"),
        ("DurationSeconds", "1"),
    ];
    let response = query(&account(), "sts", "test", &fields);
    assert_eq!(response.status(), 400);
    let answer = text(&response);
    assert!(answer.contains("<Code>ValidationError</Code>"), "{answer}");
    assert!(answer.contains("2 validation errors detected: "), "{answer}");
}
