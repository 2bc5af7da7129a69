use proptest::prelude::*;
use serde_json::json;

use super::edit::{Change, Edit, Unedited, edit};

const FILE: &str = r#"# head
version: 1   # one
environment: x

policies:
  # above
  base:   # beside
    description: old # why
    document: { Statement: [ { Effect: Allow, Action: "s3:*", Resource: "*" } ] }

roles:
  app:
    trust: ec2.amazonaws.com

    # what it may do
    policies:
      - ReadOnlyAccess   # for now
      # and
      - base
    tags: { team: a, "on": b }   # tags
  bare: {}
  flow: { trust: ec2.amazonaws.com, policies: [base] }
  anchored:
    tags: &tags { a: b }
    trust: &trust ec2.amazonaws.com
  aliased:
    tags: *tags
    trust: *trust
    inline_policies:
      one:
        # inner
        Statement: []
      two: { file: two.json }
  vars:
    tags: { a: $(words) }
# tail
"#;

fn at(path: &str, change: Change) -> Edit {
    Edit {
        path: path.split('.').map(str::to_owned).collect(),
        change,
    }
}

/// The lines that went and the lines that came.
fn moved(path: &str, change: Change) -> String {
    let new = edit(FILE, &[at(path, change)]).unwrap_or_else(|error| panic!("{path}: {error}"));
    let diff = similar_lines(FILE, &new);
    diff.join("\n")
}

/// The lines between the common start and the common end.
fn similar_lines(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - start;
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(most)
        .take_while(|(a, b)| a == b)
        .count();
    let gone = old[start..old.len() - end].iter().map(|line| format!("-{line}"));
    let came = new[start..new.len() - end].iter().map(|line| format!("+{line}"));
    gone.chain(came).collect()
}

#[test]
fn values_are_set_where_they_stand() {
    let set = |value: serde_json::Value| Change::Set(value);
    assert_eq!(
        moved("policies.base.description", set(json!("new: one"))),
        "-    description: old # why\n+    description: \"new: one\" # why"
    );
    assert_eq!(
        moved("roles.app.tags.on", set(json!("no"))),
        "-    tags: { team: a, \"on\": b }   # tags\n+    tags: { team: a, \"on\": \"no\" }   # tags"
    );
    assert_eq!(
        moved("roles.app.tags.new", set(json!("c"))),
        "-    tags: { team: a, \"on\": b }   # tags\n+    tags: { team: a, \"on\": b, new: c }   # tags"
    );
    assert_eq!(
        moved("roles.flow.max_session_duration", set(json!("2h"))),
        "-  flow: { trust: ec2.amazonaws.com, policies: [base] }\n+  flow: { trust: ec2.amazonaws.com, policies: [base], max_session_duration: 2h }"
    );
    assert_eq!(
        moved("roles.bare.trust", set(json!("x.y"))),
        "-  bare: {}\n+  bare: { trust: x.y }"
    );
    assert_eq!(
        moved("roles.app.max_session_duration", set(json!("2h"))),
        "+    max_session_duration: 2h"
    );
    assert_eq!(
        moved("roles.app.trust", set(json!({ "Statement": [{ "Effect": "Allow" }] }))),
        "-    trust: ec2.amazonaws.com\n+    trust:\n+      Statement:\n+        - Effect: Allow"
    );
    assert_eq!(
        moved(
            "policies.base.document",
            set(json!({ "Statement": [{ "Effect": "Deny" }] }))
        ),
        "-    document: { Statement: [ { Effect: Allow, Action: \"s3:*\", Resource: \"*\" } ] }\n+    document:\n+      Statement:\n+        - Effect: Deny"
    );
    assert_eq!(
        moved("policies.new", set(json!({ "document": { "Statement": [] } }))),
        "+  new: { document: { Statement: [] } }"
    );
}

#[test]
fn lists_are_edited_by_their_items() {
    assert_eq!(
        moved("roles.app.policies", Change::Add(json!("PowerUserAccess"))),
        "+      - PowerUserAccess"
    );
    assert_eq!(
        moved("roles.app.policies", Change::Drop("ReadOnlyAccess".into())),
        "-      - ReadOnlyAccess   # for now"
    );
    assert_eq!(
        moved("roles.flow.policies", Change::Add(json!("x"))),
        "-  flow: { trust: ec2.amazonaws.com, policies: [base] }\n+  flow: { trust: ec2.amazonaws.com, policies: [base, x] }"
    );
}

#[test]
fn what_goes_takes_its_lines_with_it() {
    assert_eq!(
        moved("roles.app.trust", Change::Remove),
        "-    trust: ec2.amazonaws.com"
    );
    assert_eq!(
        moved("roles.app.tags.team", Change::Remove),
        "-    tags: { team: a, \"on\": b }   # tags\n+    tags: { \"on\": b }   # tags"
    );
    assert_eq!(
        moved("roles.flow.policies", Change::Remove),
        "-  flow: { trust: ec2.amazonaws.com, policies: [base] }\n+  flow: { trust: ec2.amazonaws.com }"
    );
}

#[test]
fn what_an_edit_would_break_is_left_and_told() {
    let refused = |path: &str, change: Change| edit(FILE, &[at(path, change)]).unwrap_err();
    assert_eq!(
        refused("roles.anchored.tags.a", Change::Set(json!("c"))),
        Unedited::Shared
    );
    assert_eq!(
        refused("roles.aliased.tags.a", Change::Set(json!("c"))),
        Unedited::Shared
    );
    assert_eq!(
        refused("roles.aliased.trust", Change::Set(json!("c.d"))),
        Unedited::Shared
    );
    assert_eq!(
        refused("roles.vars.tags", Change::Set(json!({ "a": "c" }))),
        Unedited::Interpolated
    );
    assert_eq!(
        refused("roles.app.policies", Change::Set(json!([]))),
        Unedited::Commented
    );
    assert_eq!(
        refused("roles.aliased.inline_policies.one", Change::Set(json!("x"))),
        Unedited::Commented
    );
    assert_eq!(
        refused("roles.aliased.inline_policies.two", Change::Set(json!({}))),
        Unedited::Elsewhere("two.json".into())
    );
    assert_eq!(
        refused("roles.nobody.trust", Change::Set(json!("x"))),
        Unedited::NotHere("roles.nobody.trust".into())
    );
}

#[test]
fn line_ends_stay_as_they_are() {
    let text = FILE.replace('\n', "\r\n");
    let new = edit(&text, &[at("roles.app.max_session_duration", Change::Set(json!("2h")))]).unwrap();
    assert_eq!(new.replace("\r\n", "\n").replace('\n', "\r\n"), new);
    assert!(new.contains("    max_session_duration: 2h\r\n"));
}

proptest! {
    #[test]
    fn an_edit_that_is_made_changes_one_value_and_keeps_every_comment(
        path in prop::sample::select(vec![
            "policies.base.description", "policies.base.path", "roles.app.tags.team", "roles.app.tags", "roles.app.trust",
            "roles.flow.policies", "roles.bare.description", "roles.app.inline_policies.x", "environment",
        ]),
        value in prop_oneof![
            any::<String>().prop_map(serde_json::Value::from),
            prop::collection::vec("[ -~]{0,9}", 0..4).prop_map(|items| json!(items)),
            prop::collection::btree_map("[a-z]{1,4}", any::<String>(), 0..6).prop_map(|map| json!(map)),
        ],
    ) {
        // The edit itself proves that no other value has moved.
        if let Ok(new) = edit(FILE, &[at(path, Change::Set(value))]) {
            for comment in ["# head", "# one", "# above", "# beside", "# why", "# what it may do", "# for now", "# and", "# inner", "# tail"] {
                prop_assert!(new.contains(comment), "{comment}\n{new}");
            }
        }
    }
}
