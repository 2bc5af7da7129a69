//! The kind without any account: reading, spelling, comparing, and what its steps say of themselves.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::fields::Fields as _;
use crate::kind::{Access, Loss, Rank, Wanted, When};
use crate::kinds::AnyObject;
use crate::kinds::testing::{Desk, home, iam, in_plain_world, played};
use crate::plan::level::{TagRules, level};

fn wanted(sections: &str, id: &str) -> Wanted<Group> {
    match Desk::new().object(sections, &format!("group/{id}")) {
        AnyObject::Group(object) => object.wanted.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn document(action: &str) -> Document {
    Document::live(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#
    ))
}

fn peer(name: &str) -> Peer {
    Peer::new(iam(&format!("user/{name}")))
}

fn state(path: &str, policies: &[&str], inline: &[(&str, &str)], members: &[&str]) -> State {
    State {
        path: IamPath::parse(path).unwrap(),
        policies: policies.iter().map(|name| iam(&format!("policy/{name}"))).collect(),
        inline_policies: inline
            .iter()
            .map(|(name, action)| ((*name).to_owned(), document(action)))
            .collect(),
        members: members.iter().map(|name| peer(name)).collect(),
    }
}

fn live(state: State) -> Observed<Group> {
    let members = state.members.iter().map(|member| member.arn().clone()).collect();
    Observed {
        state,
        evidence: Evidence {
            id: "AGPA1".into(),
            members,
        },
        unknown: BTreeMap::new(),
    }
}

fn id() -> GroupName {
    GroupName::parse("ops").unwrap()
}

fn facts(action: &Action) -> Facts {
    Group::facts(&id(), &iam("group/ops"), action, &home())
}

#[test]
fn every_field_is_read() {
    let sections = "
policies: { limits: { document: { Statement: [{ Effect: Deny, Action: 's3:*', Resource: '*' }] } } }
groups:
  ops:
    path: /people/
    policies: [limits, ReadOnlyAccess]
    inline_policies: { extra: { Statement: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] } }
    members: exact
";
    let wanted = wanted(sections, "ops");
    let mut expected = state("/people/", &["limits"], &[("extra", "s3:*")], &[]);
    expected
        .policies
        .insert(Arn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap());
    assert_eq!(wanted.state, expected);
    assert!(wanted.mentioned.contains("members"));
}

#[test]
fn members_come_from_the_users() {
    let sections = "
groups: { ops: {}, dev: {} }
users:
  erika: { path: /people/, groups: [ops] }
  tom: { groups: [ops, dev], shared: true }
  mo: { groups: [{ existing: ops-old }] }
";
    assert_eq!(
        wanted(sections, "ops").state.members,
        BTreeSet::from([peer("people/erika"), peer("tom")])
    );
    assert_eq!(wanted(sections, "dev").state.members, BTreeSet::from([peer("tom")]));
}

#[test]
fn mistakes_are_told_with_their_place() {
    let eleven = (0..11)
        .map(|nth| format!("arn:aws:iam::123456789012:policy/p{nth}"))
        .collect::<Vec<_>>()
        .join(", ");
    let found = Desk::new().findings(&format!("groups: {{ ops: {{ policies: [{eleven}] }} }}"));
    assert!(
        found[0].starts_with("E0413 11 policies on this group, and AWS takes at most 10"),
        "{found:?}"
    );
    let found = Desk::new().findings("groups: { ops: { members: all } }");
    assert!(
        found[0].starts_with("E0403 `members` can't be `all`: expected `exact`"),
        "{found:?}"
    );
    let found = Desk::new().findings("groups: { ops: { tags: { a: b } } }");
    assert!(
        found[0].starts_with("E0303 unknown key `tags` in this group"),
        "{found:?}"
    );
    let long = "x".repeat(5200);
    let inline =
        format!("{{ big: {{ Statement: [{{ Effect: Allow, Action: 's3:*', Resource: 'arn:aws:s3:::{long}' }}] }} }}");
    let found = Desk::new().findings(&format!("groups: {{ ops: {{ inline_policies: {inline} }} }}"));
    assert!(found[0].contains("AWS takes 5120 in sum"), "{found:?}");
}

#[test]
fn a_path_is_certain_even_where_none_is_written() {
    let environment = Desk::new().environment("groups: { ops: {} }\nroles: { ci: { trust: ec2.amazonaws.com } }");
    let open: Vec<String> = environment
        .open_paths
        .iter()
        .map(|(kind, name)| format!("{kind}/{name}"))
        .collect();
    assert_eq!(open, ["role/ci"]);
}

#[test]
fn what_is_live_and_of_nobody_is_kept_unless_members_are_exact() {
    let rules = TagRules::new(Vec::new());
    let live = live(state("/", &[], &[], &["erika", "mallory"]));
    let nobody = BTreeSet::new();
    let loose = wanted(
        "groups: { ops: {} }\nusers: { erika: { groups: [ops] }, tom: { groups: [ops] } }",
        "ops",
    );
    let levelled = level(&loose, &live, &rules, &nobody);
    assert_eq!(levelled.held, [FieldPath::entry("members", "mallory")]);
    assert_eq!(levelled.state, live.state, "tom is the user's to add");
    let exact = wanted(
        "groups: { ops: { members: exact } }\nusers: { erika: { groups: [ops] } }",
        "ops",
    );
    let levelled = level(&exact, &live, &rules, &nobody);
    assert_eq!(
        (levelled.held.as_slice(), levelled.state.members),
        ([].as_slice(), BTreeSet::from([peer("erika")]))
    );
}

#[test]
fn a_user_whom_the_file_declares_whole_is_left_to_it() {
    let rules = TagRules::new(Vec::new());
    let live = live(state("/", &[], &[], &["mallory"]));
    let whole = BTreeSet::from([iam("user/mallory")]);
    for section in ["groups: { ops: {} }", "groups: { ops: { members: exact } }"] {
        let levelled = level(&wanted(section, "ops"), &live, &rules, &whole);
        assert_eq!(
            (levelled.held.as_slice(), &levelled.state),
            ([].as_slice(), &live.state)
        );
    }
}

#[test]
fn a_deletion_takes_everything_off_first() {
    let live = live(state("/", &["read"], &[("extra", "s3:*")], &["people/erika"]));
    let actions = in_plain_world(|cx| Group::diff(&id(), Pair::Delete(&live), cx));
    let told: Vec<(Rank, String)> = actions
        .iter()
        .map(facts)
        .map(|facts| (facts.rank, facts.summary))
        .collect();
    let unlink = |text: &str| (Rank::Unlink, text.to_owned());
    assert_eq!(
        told,
        [
            unlink("remove member erika"),
            unlink("detach read"),
            unlink("delete inline policy extra"),
            (Rank::Delete, "delete group ops".into())
        ]
    );
    let first = facts(&actions[0]);
    assert_eq!(first.unlinks, Some((iam("user/people/erika"), iam("group/ops"))));
    assert_eq!((first.access, first.loss), (Access::Restricts, Loss::Link));
    assert_eq!(Group::users(&live), [iam("user/people/erika")]);
    assert_eq!(played::<Group>(Some(live.state), &actions), None);
}

#[test]
fn steps_say_what_they_need_and_which_errors_heal() {
    let moved = facts(&Action::SetPath(IamPath::parse("/people/").unwrap()));
    assert_eq!(
        (moved.call, moved.makes),
        ("iam:UpdateGroup", vec![iam("group/people/ops")])
    );
    let made = facts(&Action::Create(IamPath::default()));
    assert_eq!((made.call, made.makes), ("iam:CreateGroup", vec![iam("group/ops")]));
    let gone = facts(&Action::Delete);
    assert_eq!((gone.loss, gone.deletes), (Loss::Object, vec![iam("group/ops")]));
    let rules: Vec<(&str, When)> = gone.retry.iter().map(|rule| (rule.code, rule.when)).collect();
    assert_eq!(
        rules,
        [
            ("DeleteConflict", When::Always),
            ("ConcurrentModification", When::Always)
        ]
    );
    let rules: Vec<(&str, When)> = made.retry.iter().map(|rule| (rule.code, rule.when)).collect();
    assert_eq!(
        rules,
        [
            ("NoSuchEntity", When::Fresh),
            ("ConcurrentModification", When::Always),
            ("EntityAlreadyExists", When::Always)
        ]
    );
}

fn some_state() -> impl Strategy<Value = State> {
    let names = |all: &'static [&'static str]| prop::sample::subsequence(all, 0..=all.len());
    let inline = prop::collection::btree_map(
        prop::sample::select(vec!["one", "two"]),
        prop::sample::select(vec!["s3:*", "iam:*"]),
        0..3,
    );
    (
        prop::sample::select(vec!["/", "/a/", "/b/"]),
        names(&["p", "q", "r"]),
        inline,
        names(&["erika", "tom", "mo"]),
    )
        .prop_map(|(path, policies, inline, members)| {
            state(path, &policies, &inline.into_iter().collect::<Vec<_>>(), &members)
        })
}

proptest! {
    #[test]
    fn equal_states_need_nothing(state in some_state()) {
        let live = live(state.clone());
        let actions = in_plain_world(|cx| Group::diff(&id(), Pair::Change { wanted: &state, live: &live }, cx));
        prop_assert_eq!(actions, []);
    }

    #[test]
    fn the_steps_lead_from_live_to_wanted(mut wanted in some_state(), from in some_state()) {
        // What is missing is the users' to add.
        wanted.members.retain(|member| from.members.contains(member));
        let live = live(from.clone());
        let actions = in_plain_world(|cx| Group::diff(&id(), Pair::Change { wanted: &wanted, live: &live }, cx));
        let reached = played::<Group>(Some(from), &actions).unwrap();
        prop_assert_eq!(wanted.apart(&reached), []);
    }

    #[test]
    fn a_new_group_becomes_as_wanted_but_for_its_members(wanted in some_state()) {
        let actions = in_plain_world(|cx| Group::diff(&id(), Pair::Create(&wanted), cx));
        let reached = played::<Group>(None, &actions).unwrap();
        prop_assert_eq!(State { members: BTreeSet::new(), ..wanted }, reached);
    }

    #[test]
    fn spelling_is_read_as_the_same(state in some_state()) {
        let written = State { members: BTreeSet::new(), ..state };
        let sections = format!("groups: {{ ops: {} }}", Group::spell(&id(), &written));
        prop_assert_eq!(super::tests::wanted(&sections, "ops").state, written);
    }
}
