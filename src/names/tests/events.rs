use super::{accepts, of, refuses};
use crate::names::*;
use crate::spec::node::{Key, Node, Value};

#[test]
fn event_words() {
    let (r64, b256) = ("r".repeat(64), "b".repeat(256));
    accepts::<RuleName>(&["UploadMonitorRule", "a.b-c_d", &r64]);
    accepts::<TargetId>(&["monitor", &r64]);
    accepts::<EventBusName>(&["default", "aws.partner/example.com/1", &b256]);
    let word = "letters a-z and A-Z, digits, `.`, `-` and `_`";
    refuses::<RuleName>(&[
        ("", &format!("a rule name can't be empty; it takes {word}")),
        (
            "a/b",
            &format!("`a/b`: `/` is not allowed in a rule name, which takes {word}"),
        ),
    ]);
    refuses::<TargetId>(&[(
        "a b",
        &format!("`a b`: a space is not allowed in a target id, which takes {word}"),
    )]);
    refuses::<EventBusName>(&[(
        "a:b",
        "`a:b`: `:` is not allowed in an event bus name, which takes letters a-z and A-Z, digits and `/.-_`",
    )]);
    assert!(RuleName::parse(&"r".repeat(65)).is_err() && TargetId::parse(&"r".repeat(65)).is_err());
    assert!(EventBusName::parse(&"b".repeat(257)).is_err());
    assert!(EventBusName::default().is_default() && !of::<EventBusName>("orders").is_default());
    assert!(of::<EventBusName>("aws.partner/x").is_partner() && !of::<EventBusName>("orders").is_partner());
}

#[test]
fn inputs_are_json() {
    accepts::<TargetInput>(&[
        "{\"slug\":\"demo\"}",
        "{ \"n\": 1.50 }",
        "\"text\"",
        "12345678901234567890123",
    ]);
    assert_eq!(
        of::<TargetInput>("{\"a\":1,\"b\":[1,2]}"),
        of("{ \"b\": [1, 2], \"a\": 1 }")
    );
    assert_ne!(of::<TargetInput>("[1,2]"), of("[2,1]"));
    let wrong = TargetInput::parse("{slug: demo}").unwrap_err().to_string();
    assert_eq!(
        wrong,
        "`{slug: demo}`: a target's input is JSON, and this is not: key must be a string at line 1 column 2"
    );
    let longest = format!("\"{}\"", "a".repeat(8190));
    assert!(TargetInput::parse(&longest).is_ok());
    let longer = TargetInput::parse(&format!("\"{}\"", "a".repeat(8191)))
        .unwrap_err()
        .to_string();
    assert!(
        longer.ends_with("a target's input has at most 8192 characters, this has 8193"),
        "{longer}"
    );
}

#[test]
fn inputs_keep_the_authors_order_and_numbers() {
    let span = place();
    let node = |value| Node { span, value };
    let key = |text: &str| Key {
        span,
        text: text.into(),
    };
    let map = node(Value::Map(vec![
        (key("z"), node(Value::Number("1.50".into()))),
        (
            key("a\""),
            node(Value::List(vec![node(Value::Null), node(Value::Bool(true))])),
        ),
    ]));
    assert_eq!(
        TargetInput::of_node(&map).unwrap().as_str(),
        r#"{"z":1.50,"a\"":[null,true]}"#
    );
    let text = node(Value::Text(" {\"a\": 1} ".into()));
    assert_eq!(TargetInput::of_node(&text).unwrap().as_str(), "{\"a\": 1}");
    let hex = TargetInput::of_node(&node(Value::Number("0x1F".into())))
        .unwrap_err()
        .to_string();
    assert_eq!(
        hex,
        "`0x1F`: JSON has no such number; write decimal digits, or quote it as text"
    );
}

pub(super) fn place() -> crate::spec::source::Span {
    let file = crate::spec::source::Sources::default().add("events.yaml", "");
    crate::spec::source::Span { file, start: 0, end: 0 }
}
