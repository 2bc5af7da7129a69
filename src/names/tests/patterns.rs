use super::events::place;
use super::of;
use crate::names::EventPattern;
use crate::names::pattern::PatternFault;
use crate::spec::node::{Key, Node, Value};

/// A node of JSON; every scalar and key gets a place of its own, counted from 1 in the order of writing.
fn node(json: &str) -> Node {
    fn build(json: &serde_json::Value, at: &mut u32) -> Node {
        *at += 1;
        let mut span = place();
        (span.start, span.end) = (*at, *at);
        let value = match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(flag) => Value::Bool(*flag),
            serde_json::Value::Number(number) => Value::Number(number.to_string()),
            serde_json::Value::String(text) => Value::Text(text.clone()),
            serde_json::Value::Array(items) => Value::List(items.iter().map(|item| build(item, at)).collect()),
            serde_json::Value::Object(entries) => {
                let entry = |(text, value): (&String, &serde_json::Value)| {
                    *at += 1;
                    let mut span = place();
                    (span.start, span.end) = (*at, *at);
                    let text = text.clone();
                    (Key { span, text }, build(value, at))
                };
                Value::Map(entries.iter().map(entry).collect())
            }
        };
        Node { span, value }
    }
    build(&serde_json::from_str(json).unwrap(), &mut 0)
}

fn messages(json: &str) -> Vec<String> {
    let faults = EventPattern::of_node(&node(json)).err().unwrap_or_default();
    faults
        .into_iter()
        .map(|PatternFault { span: _, message }| message)
        .collect()
}

#[test]
fn patterns_that_eventbridge_takes() {
    for json in [
        r#"{"source":["aws.s3"],"detail-type":["Object Created"],"detail":{"bucket":{"name":["b"]},"n":[1,null,true,""]}}"#,
        r#"{"detail":{"a":[{"prefix":"x"},{"suffix":"y"},{"prefix":{"equals-ignore-case":"x"}}]}}"#,
        r#"{"detail":{"a":[{"anything-but":"x"}],"b":[{"anything-but":["x",2]}],"c":[{"anything-but":{"prefix":["x","y"]}}]}}"#,
        r#"{"detail":{"a":[{"numeric":[">",0,"<=",5]}],"b":[{"numeric":["=",300]}]}}"#,
        r#"{"detail":{"a":[{"exists":false}],"b":[{"cidr":"10.0.0.0/24"}],"c":[{"cidr":"2001:db8::/32"}]}}"#,
        r#"{"detail":{"a":[{"equals-ignore-case":"X"}],"b":[{"wildcard":"dir/*.png"}]}}"#,
        r#"{"$or":[{"source":["a"]},{"detail":{"$or":[{"x":[1]},{"y":[2]}]}}]}"#,
    ] {
        assert_eq!(messages(json), Vec::<String>::new(), "{json}");
        assert_eq!(EventPattern::of_node(&node(json)).unwrap().as_str(), json);
        assert_eq!(EventPattern::doubts_of(&node(json)), []);
        let text = Node {
            value: Value::Text(json.to_owned()),
            span: place(),
        };
        assert_eq!(EventPattern::of_node(&text).unwrap().as_str(), json);
    }
}

#[test]
fn patterns_that_eventbridge_refuses() {
    let numeric = "`numeric` takes one comparison or a lower and an upper bound: `[\">\", 0]`, `[\">\", 0, \"<=\", 5]`";
    let but = "`anything-but` takes text, a number, a list of these, or one of `prefix`, `suffix`, `wildcard`, `equals-ignore-case`";
    let cidr = "`cidr` takes an address block, such as `10.0.0.0/24`";
    let table = [
        ("[]", "a list instead of a mapping of an event's fields"),
        ("{}", "`{}`: a pattern names at least one field"),
        (r#"{"detail":{}}"#, "`{}`: a pattern names at least one field"),
        (
            r#"{"source":"aws.s3"}"#,
            "the values of `source` are a list: `[\"aws.s3\"]`",
        ),
        (
            r#"{"source":[]}"#,
            "the list of `source` is empty, so nothing could match",
        ),
        (
            r#"{"source":[["a"]]}"#,
            "a list in the list of `source`; one level is right",
        ),
        (
            r#"{"source":[{"prefx":"a"}]}"#,
            "`prefx` is no filter; did you mean `prefix`",
        ),
        (
            r#"{"source":[{"regex":"a"}]}"#,
            "`regex` is no filter; the filters are `prefix`, `suffix`, `anything-but`, `numeric`, `exists`, `cidr`, `equals-ignore-case`, `wildcard`",
        ),
        (
            r#"{"source":[{"prefix":"a","suffix":"b"}]}"#,
            "a filter has exactly one key, this has 2",
        ),
        (
            r#"{"source":{"prefix":"a"}}"#,
            "`prefix`: a filter stands in a list, as in `[{\"prefix\": …}]`",
        ),
        (r#"{"a":[{"prefix":1}]}"#, "`prefix` takes text, not a number"),
        (
            r#"{"a":[{"suffix":{"x":"y"}}]}"#,
            "`suffix` takes text, or `{\"equals-ignore-case\": …}`",
        ),
        (
            r#"{"a":[{"equals-ignore-case":["x"]}]}"#,
            "`equals-ignore-case` takes text, not a list",
        ),
        (
            r#"{"a":[{"wildcard":"a**b"}]}"#,
            "a wildcard has no two `*` in a row; one is enough",
        ),
        (
            r#"{"a":[{"exists":"true"}]}"#,
            "`exists` takes `true` or `false`, unquoted",
        ),
        (r#"{"a":[{"cidr":"10.0.0.0"}]}"#, cidr),
        (r#"{"a":[{"cidr":"10.0.0.0/33"}]}"#, cidr),
        (r#"{"a":[{"numeric":[">","0"]}]}"#, numeric),
        (r#"{"a":[{"numeric":["!=",0]}]}"#, numeric),
        (r#"{"a":[{"numeric":[">",5,"<",0]}]}"#, numeric),
        (r#"{"a":[{"numeric":["<",0,">",5]}]}"#, numeric),
        (r#"{"a":[{"numeric":[">",0,"<"]}]}"#, numeric),
        (r#"{"a":[{"anything-but":[]}]}"#, but),
        (r#"{"a":[{"anything-but":null}]}"#, but),
        (
            r#"{"a":[{"anything-but":{"numeric":["=",1]}}]}"#,
            "`numeric` does not stand in `anything-but`, which takes `prefix`, `suffix`, `wildcard`, `equals-ignore-case`",
        ),
        (r#"{"$or":[{"a":[1]}]}"#, "`$or` takes a list of two or more patterns"),
        (r#"{"$or":{"a":[1]}}"#, "`$or` takes a list of two or more patterns"),
    ];
    for (json, message) in table {
        assert_eq!(messages(json), [message], "{json}");
    }
}

#[test]
fn every_fault_is_said_where_it_is() {
    let faults = EventPattern::of_node(&node(r#"{"source":"a","detail":{"b":[],"c":[{"prefx":"x"}]}}"#)).unwrap_err();
    let starts: Vec<u32> = faults.iter().map(|fault| fault.span.start).collect();
    assert_eq!(starts, [3, 7, 11]);
}

#[test]
fn slips_that_match_nothing() {
    let doubts = |json: &str| -> Vec<String> {
        EventPattern::doubts_of(&node(json))
            .into_iter()
            .map(|doubt| doubt.message)
            .collect()
    };
    assert_eq!(
        doubts(r#"{"details":{"a":[1]}}"#),
        ["`details`: no event has this field at its top, so nothing matches; did you mean `detail`"]
    );
    assert_eq!(
        doubts(r#"{"detail":{"state":{"anything-but":["a"]}}}"#),
        [
            "`anything-but` is read as a field of `state` here; a filter stands in a list: `state: [{\"anything-but\": …}]`"
        ]
    );
}

#[test]
fn lists_are_sets_but_numeric_is_an_expression() {
    let same = |a: &str, b: &str| of::<EventPattern>(a) == of::<EventPattern>(b);
    assert!(same(
        r#"{"a":["x","y"],"b":[1]}"#,
        r#"{ "b": [1], "a": ["y", "x", "y"] }"#
    ));
    assert!(same(
        r#"{"a":[{"anything-but":["x","y"]}]}"#,
        r#"{"a":[{"anything-but":["y","x"]}]}"#
    ));
    assert!(same(
        r#"{"$or":[{"a":[1]},{"b":[2]}]}"#,
        r#"{"$or":[{"b":[2]},{"a":[1]}]}"#
    ));
    assert!(!same(
        r#"{"a":[{"numeric":[">",0,"<",5]}]}"#,
        r#"{"a":[{"numeric":["<",0,">",5]}]}"#
    ));
    assert!(!same(r#"{"a":["x"]}"#, r#"{"a":["X"]}"#));
    assert!(!same(r#"{"a":[1]}"#, r#"{"a":["1"]}"#));
    assert!(same(r#"{"numeric":["b","a"]}"#, r#"{"numeric":["a","b"]}"#));
}

#[test]
fn the_text_is_the_authors_without_white_space() {
    let pattern = of::<EventPattern>("{ \"b\" : [ \"x \\\" y\", 1.50 ],\n \"a\": [\"\\\\\"] }");
    assert_eq!(pattern.as_str(), r#"{"b":["x \" y",1.50],"a":["\\"]}"#);
    assert_eq!(
        serde_json::to_value(&pattern).unwrap(),
        serde_json::json!(pattern.as_str())
    );
}

#[test]
fn sizes_of_patterns() {
    let of_size = |size: usize| format!("{{\"source\":[\"{}\"]}}", "a".repeat(size - 15));
    assert_eq!(of::<EventPattern>(&of_size(2048)).doubt(), None);
    let doubt = of::<EventPattern>(&of_size(2049)).doubt().unwrap();
    assert_eq!(
        doubt,
        "the event pattern has 2049 characters; above 2048 it is refused unless AWS has raised the account's quota"
    );
    assert!(EventPattern::parse(&of_size(4096)).is_ok());
    let error = EventPattern::parse(&of_size(4097)).unwrap_err().to_string();
    assert!(
        error.ends_with("an event pattern has at most 4096 characters, this has 4097"),
        "{error}"
    );
    assert!(EventPattern::parse("[1]").is_err() && EventPattern::parse("nonsense").is_err());
}
