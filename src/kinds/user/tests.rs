//! The kind without any account: reading, spelling, comparing, and what its steps say of themselves.

use proptest::prelude::*;

use super::steps::{KeyChange, Leftover, LoginChange};
use super::*;
use crate::fields::Fields as _;
use crate::kind::{Access, Loss, Once, Rank, Wanted, When};
use crate::kinds::AnyObject;
use crate::kinds::principal::Timing;
use crate::kinds::testing::{Desk, home, iam, in_plain_world, played};
use crate::plan::level::{Levelled, TagRules, level};
use crate::vault::Store;

fn wanted(sections: &str, id: &str) -> Wanted<User> {
    wanted_at("env.yaml", sections, id)
}

fn wanted_at(file: &str, sections: &str, id: &str) -> Wanted<User> {
    let environment = Desk::new().environment_at(file, sections);
    assert!(!environment.has_errors(), "{:#?}", environment.findings);
    let found = environment
        .objects
        .into_iter()
        .find(|one| one.address().to_string() == format!("user/{id}"));
    match found {
        Some(AnyObject::User(object)) => object.wanted.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn document(action: &str) -> Document {
    Document::live(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#
    ))
}

fn store(text: &str) -> Store {
    Store::parse(text).unwrap()
}

fn bare() -> State {
    State {
        path: IamPath::default(),
        groups: BTreeSet::new(),
        policies: BTreeSet::new(),
        inline_policies: BTreeMap::new(),
        permissions_boundary: None,
        console_access: Credential::Absent,
        access_key: Credential::Absent,
        access_keys: Keys::Known(BTreeMap::new()),
        tags: BTreeMap::new(),
    }
}

fn live(state: State) -> Observed<User> {
    let login = (state.console_access != Credential::Absent).then_some(0);
    let evidence = Evidence {
        id: "AIDA1".into(),
        login,
        ..Evidence::default()
    };
    Observed {
        state,
        evidence,
        unknown: BTreeMap::new(),
    }
}

fn with_keys(ids: &[(&str, KeyStatus)]) -> State {
    State {
        access_key: Credential::of(ids.first()),
        access_keys: Keys::Known(ids.iter().map(|(id, status)| ((*id).to_owned(), *status)).collect()),
        ..bare()
    }
}

fn id() -> UserName {
    UserName::parse("erika").unwrap()
}

fn facts(action: &Action) -> Facts {
    User::facts(&id(), &iam("user/erika"), action, &home())
}

fn change(wanted: &State, live: &Observed<User>) -> Vec<Action> {
    in_plain_world(|cx| User::diff(&id(), Pair::Change { wanted, live }, cx))
}

fn levelled(section: &str, live: &State) -> (Levelled<State>, Vec<Action>) {
    let wanted = wanted(&format!("users: {{ erika: {section} }}"), "erika");
    let mut state = live.clone();
    state.tags.clone_from(&wanted.state.tags);
    let live = self::live(state);
    let levelled = level(&wanted, &live, &TagRules::new(Vec::new()), &BTreeSet::new());
    let actions = change(&levelled.state, &live);
    (levelled, actions)
}

#[test]
fn every_field_is_read() {
    let sections = "
tags: { project: imaging, TEAM: none }
policies: { limits: { document: { Statement: [{ Effect: Deny, Action: 's3:*', Resource: '*' }] } } }
groups: { ops: { path: /g/ } }
users:
  erika:
    path: /people/
    groups: [ops, 'arn:aws:iam::123456789012:group/other/dev', { existing: old }]
    policies: [ReadOnlyAccess]
    inline_policies: { extra: { Statement: [{ Effect: Allow, Action: 's3:*', Resource: '*' }] } }
    permissions_boundary: limits
    console_access: { store: 'file:secrets/erika', reset_required: true }
    access_key: { store: 'keyring:deployer' }
    tags: { team: data }
";
    let state = wanted(sections, "erika").state;
    let group = |path: &str| Peer::new(iam(path));
    let expected = State {
        path: IamPath::parse("/people/").unwrap(),
        groups: BTreeSet::from([group("group/g/ops"), group("group/other/dev"), group("group/old")]),
        policies: BTreeSet::from([Arn::parse("arn:aws:iam::aws:policy/ReadOnlyAccess").unwrap()]),
        inline_policies: BTreeMap::from([("extra".into(), document("s3:*"))]),
        permissions_boundary: Some(iam("policy/limits")),
        console_access: Credential::There,
        access_key: Credential::There,
        access_keys: Keys::Any,
        tags: [
            ("evenkeel:environment", "test"),
            ("project", "imaging"),
            ("team", "data"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into(),
    };
    assert_eq!(state, expected);
    let arns: Vec<&Arn> = state.groups.iter().map(Peer::arn).collect();
    assert_eq!(arns, [&iam("group/other/dev"), &iam("group/old"), &iam("group/g/ops")]);
    let password = FirstPassword {
        store: store("file:secrets/erika"),
        reset_required: true,
    };
    assert!(matches!(&state.console_access, Credential::Wished(wish) if *wish == password));
    assert!(matches!(&state.access_key, Credential::Wished(wish) if wish.store == store("keyring:deployer")));
}

#[test]
fn a_store_is_beside_the_file_that_names_it() {
    let sections = "users: { erika: { access_key: { store: 'file:secrets/erika' } }, tom: { access_key: { store: 'file:/abs' } } }";
    let kept = |id: &str| match wanted_at("envs/prod/env.yaml", sections, id).state.access_key {
        Credential::Wished(wish) => wish.store.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (kept("erika").as_str(), kept("tom").as_str()),
        ("file:envs/prod/secrets/erika", "file:/abs")
    );
}

fn finding(section: &str) -> String {
    let found = Desk::new().findings(&format!("users: {{ erika: {section} }}"));
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap_or_default()
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (section, start) in [
        ("{ groups: [nope] }", "E0501 there is no group `nope` in this file"),
        (
            "{ groups: ['arn:aws:iam::123456789012:role/x'] }",
            "E0501 `arn:aws:iam::123456789012:role/x` is not the ARN of a group",
        ),
        (
            "{ groups: ['arn:aws:iam::999999999999:group/x'] }",
            "E0411 `arn:aws:iam::999999999999:group/x` is no group of this account",
        ),
        (
            "{ groups: [{ existing: a }, { existing: A }] }",
            "E0414 this group is listed twice",
        ),
        ("{ console_access: true }", "E0301 `console_access`"),
        (
            "{ console_access: { reset_required: true } }",
            "E0304 this console_access has no `store`",
        ),
        (
            "{ console_access: { store: 'file:x', reset: true } }",
            "E0303 unknown key `reset`",
        ),
        (
            "{ console_access: { store: 'credentials-file:x' } }",
            "E0411 store: `credentials-file:x` can't hold a console password",
        ),
        (
            "{ access_key: { store: nowhere } }",
            "E0411 store: `nowhere` is not a store",
        ),
        (
            "{ access_key: none }",
            "E0403 `access_key` can't be `none`: write `access_keys: none`",
        ),
        ("{ access_keys: some }", "E0403 `access_keys` can't be `some`"),
        (
            "{ access_keys: none, access_key: { store: 'file:x' } }",
            "E0506 this user shall have an access key and none at once",
        ),
        ("{ tags: { Team: a, team: b } }", "E0414 `Team` and `team` are one tag"),
    ] {
        let found = finding(section);
        assert!(found.starts_with(start), "{section}: {found}");
    }
}

#[test]
fn quotas_are_held_against_the_file() {
    let groups = (0..11)
        .map(|nth| format!("{{ existing: g{nth} }}"))
        .collect::<Vec<_>>()
        .join(", ");
    assert!(
        finding(&format!("{{ groups: [{groups}] }}"))
            .starts_with("E0413 11 groups for this user, and AWS takes at most 10")
    );
    let policies = |count: usize| {
        let all: Vec<String> = (0..count)
            .map(|nth| format!("arn:aws:iam::123456789012:policy/p{nth}"))
            .collect();
        format!("{{ policies: [{}] }}", all.join(", "))
    };
    assert!(
        finding(&policies(11)).starts_with("E0415 11 policies on this user; AWS takes 10 unless the quota was raised")
    );
    assert!(finding(&policies(21)).starts_with("E0413 21 policies on this user, and AWS takes at most 20"));
    assert_eq!(
        Desk::new().findings(&format!("users: {{ erika: {} }}", policies(10))),
        Vec::<String>::new()
    );
}

#[test]
fn two_credentials_in_one_place_are_a_mistake() {
    let both = |one: &str, other: &str| {
        Desk::new().findings(&format!(
            "users: {{ a: {{ access_key: {{ store: '{one}' }} }}, b: {{ access_key: {{ store: '{other}' }} }} }}"
        ))
    };
    assert!(
        both("file:x", "file:./x")[0].starts_with("E0507 `'file:./x'` is used twice"),
        "{:?}",
        both("file:x", "file:./x")
    );
    assert_eq!(both("keyring:a", "keyring:a").len(), 1);
    assert_eq!(both("credentials-file:a", "credentials-file:a").len(), 1);
    assert_eq!(both("file:a", "keyring:a"), Vec::<String>::new());
    // A keyring's service has an entry for each.
    let one = "users: { a: { access_key: { store: 'keyring:a' }, console_access: { store: 'keyring:a' } } }";
    assert_eq!(Desk::new().findings(one), Vec::<String>::new());
    let one = "users: { a: { access_key: { store: 'file:a' }, console_access: { store: 'file:a' } } }";
    assert_eq!(Desk::new().findings(one).len(), 1);
}

#[test]
fn a_path_is_certain_but_for_shared_users() {
    let environment = Desk::new().environment("users: { a: {}, b: { shared: true }, c: { shared: true, path: /x/ } }");
    let open: Vec<String> = environment.open_paths.iter().map(|(_, name)| name.clone()).collect();
    assert_eq!(open, ["b"]);
}

#[test]
fn a_password_is_made_only_where_there_is_none() {
    let wish = "{ console_access: { store: 'file:x' } }";
    let there = State {
        console_access: Credential::There,
        ..bare()
    };
    let (none, actions) = levelled(wish, &bare());
    assert!(
        matches!(actions.as_slice(), [Action::Login(LoginChange::Create(_))]),
        "{actions:?}"
    );
    assert_eq!(none.held, []);
    let (one, actions) = levelled(wish, &there);
    assert_eq!((one.held, actions), (vec![], vec![]));
}

#[test]
fn a_password_goes_only_by_word() {
    let there = State {
        console_access: Credential::There,
        ..bare()
    };
    let (silent, actions) = levelled("{}", &there);
    assert_eq!(
        (silent.held, actions),
        (vec![FieldPath::whole("console_access")], vec![])
    );
    let (_, actions) = levelled("{ console_access: none }", &there);
    assert_eq!(actions, [Action::Login(LoginChange::Delete(Timing::First))]);
    assert_eq!(levelled("{ console_access: none }", &bare()).1, []);
}

#[test]
fn a_key_is_made_only_where_there_is_none() {
    let wish = "{ access_key: { store: 'file:x' } }";
    let (_, actions) = levelled(wish, &bare());
    assert!(
        matches!(actions.as_slice(), [Action::Key(KeyChange::Create(_))]),
        "{actions:?}"
    );
    for keys in [
        &[("AKIA1", KeyStatus::Active)][..],
        &[("AKIA1", KeyStatus::Inactive)],
        &[("AKIA1", KeyStatus::Active), ("AKIA2", KeyStatus::Active)],
    ] {
        let (one, actions) = levelled(wish, &with_keys(keys));
        assert_eq!((one.held, actions), (vec![], vec![]));
    }
}

#[test]
fn keys_go_only_by_word_and_are_deactivated_first() {
    let keys = with_keys(&[("AKIA1", KeyStatus::Active), ("AKIA2", KeyStatus::Inactive)]);
    let (silent, actions) = levelled("{}", &keys);
    let held = ["AKIA1", "AKIA2"].map(|key| FieldPath::entry("access_keys", key));
    assert_eq!((silent.held, actions), (held.to_vec(), vec![]));
    let (_, actions) = levelled("{ access_keys: none }", &keys);
    let told: Vec<String> = actions.iter().map(|action| facts(action).summary).collect();
    assert_eq!(
        told,
        [
            "deactivate access key AKIA1",
            "delete access key AKIA1",
            "delete access key AKIA2"
        ]
    );
}

#[test]
fn credentials_that_could_not_be_read_are_left_alone() {
    let wanted = wanted(
        "users: { erika: { access_key: { store: 'file:x' }, console_access: { store: 'file:y' } } }",
        "erika",
    );
    let mut live = live(State {
        tags: wanted.state.tags.clone(),
        ..bare()
    });
    for field in ["console_access", "access_key", "access_keys"] {
        live.unknown.insert(FieldPath::whole(field), "AccessDenied".into());
    }
    let levelled = level(&wanted, &live, &TagRules::new(Vec::new()), &BTreeSet::new());
    assert_eq!(change(&levelled.state, &live), []);
    assert_eq!(levelled.unknown.len(), 3);
}

#[test]
fn of_a_shared_user_only_what_is_listed_counts() {
    let section = "{ shared: true, policies: [ReadOnlyAccess] }";
    let wanted = wanted(
        &format!("tags: {{ project: x }}\nusers: {{ erika: {section} }}"),
        "erika",
    );
    assert_eq!(wanted.state.tags, BTreeMap::new());
    let mut there = with_keys(&[("AKIA1", KeyStatus::Active)]);
    there.path = IamPath::parse("/people/").unwrap();
    there.groups.insert(Peer::new(iam("group/ops")));
    there.policies.insert(iam("policy/other"));
    there.tags.insert("evenkeel:environment".into(), "another".into());
    let live = live(there);
    let levelled = level(&wanted, &live, &TagRules::new(Vec::new()), &BTreeSet::new());
    let told: Vec<String> = change(&levelled.state, &live)
        .iter()
        .map(|action| facts(action).summary)
        .collect();
    assert_eq!(told, ["attach ReadOnlyAccess"]);
    assert_eq!(levelled.held, []);
}

#[test]
fn a_deletion_takes_everything_off_in_the_order_that_aws_wants() {
    let mut there = with_keys(&[("AKIA1", KeyStatus::Active), ("AKIA2", KeyStatus::Inactive)]);
    there.console_access = Credential::There;
    there.groups.insert(Peer::new(iam("group/g/ops")));
    there.policies.insert(iam("policy/read"));
    there.inline_policies.insert("extra".into(), document("s3:*"));
    there.permissions_boundary = Some(iam("policy/limits"));
    let mut live = live(there);
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    live.evidence.certificates = texts(&["CERT"]);
    live.evidence.ssh_keys = texts(&["APKA"]);
    live.evidence.service_credentials = texts(&["ACCA"]);
    live.evidence.mfa_devices = Some(texts(&["arn:aws:iam::123456789012:mfa/erika", "GAHT12345678"]));
    let actions = in_plain_world(|cx| User::diff(&id(), Pair::Delete(&live), cx));
    let told: Vec<String> = actions.iter().map(facts).map(|facts| facts.summary).collect();
    assert_eq!(
        told,
        [
            "remove the console password",
            "deactivate access key AKIA1",
            "delete access key AKIA1",
            "delete access key AKIA2",
            "delete signing certificate CERT",
            "delete SSH key APKA",
            "delete service credential ACCA",
            "deactivate MFA device arn:aws:iam::123456789012:mfa/erika",
            "delete virtual MFA device arn:aws:iam::123456789012:mfa/erika",
            "deactivate MFA device GAHT12345678",
            "detach read",
            "delete inline policy extra",
            "leave group ops",
            "delete user erika",
        ]
    );
    let (last, before) = actions.split_last().unwrap();
    assert!(before.iter().all(|action| facts(action).rank == Rank::Unlink));
    assert_eq!((facts(last).rank, facts(last).loss), (Rank::Delete, Loss::Object));
    assert_eq!(facts(last).frees, [iam("policy/limits")]);
    assert_eq!(played::<User>(Some(live.state), &actions), None);
}

#[test]
fn what_makes_a_credential_is_never_repeated() {
    let login = Action::Login(LoginChange::Create(FirstPassword {
        store: store("file:x"),
        reset_required: false,
    }));
    let key = Action::Key(KeyChange::Create(FirstKey { store: store("file:x") }));
    for action in [login, key] {
        let facts = facts(&action);
        assert_eq!(
            (facts.once, facts.access, facts.rank),
            (Once::OnlyOnce, Access::Widens, Rank::Add)
        );
    }
}

#[test]
fn steps_say_what_they_need_and_which_errors_heal() {
    let rules = |action: &Action| {
        let facts = facts(action);
        facts
            .retry
            .iter()
            .map(|rule| (rule.code, rule.fragment, rule.within_s, rule.when))
            .collect::<Vec<_>>()
    };
    let fresh = ("NoSuchEntity", "", 120, When::Fresh);
    let parallel = ("ConcurrentModification", "", 120, When::Always);
    let unsettled = ("EntityTemporarilyUnmodifiable", "", 120, When::Always);
    let create = Action::Create(Box::new(State {
        permissions_boundary: Some(iam("policy/limits")),
        ..bare()
    }));
    let unseen = ("EntityAlreadyExists", "AWS does not show it yet", 120, When::Always);
    assert_eq!(rules(&create), [fresh, parallel, unseen]);
    assert_eq!(
        (facts(&create).needs, facts(&create).makes),
        (vec![iam("policy/limits")], vec![iam("user/erika")])
    );
    assert_eq!(
        rules(&Action::Login(LoginChange::Delete(Timing::First))),
        [fresh, parallel, unsettled]
    );
    assert_eq!(
        rules(&Action::Clear(Leftover::MfaDevice("x".into()))),
        [fresh, parallel, unsettled]
    );
    assert_eq!(
        rules(&Action::Delete(None)),
        [("DeleteConflict", "", 120, When::Always), parallel, unsettled]
    );
    let moved = Action::SetPath(IamPath::parse("/people/").unwrap());
    assert_eq!(
        (facts(&moved).makes, rules(&moved).len()),
        (vec![iam("user/people/erika")], 3)
    );
    assert_eq!(rules(&Action::Join(iam("group/ops"))), [fresh, parallel, unseen]);
}

#[test]
fn a_state_and_its_steps_hold_no_secret_but_tell_the_store() {
    let sections = "users: { erika: { console_access: { store: 'file:secrets/erika', reset_required: true } } }";
    let state = wanted(sections, "erika").state;
    let shown = state
        .show(&FieldPath::whole("console_access"))
        .map(|shown| shown.to_line());
    assert_eq!(
        shown.as_deref(),
        Some("a password written to file:secrets/erika, to be changed at the first sign-in")
    );
}

fn some_state(live: bool) -> impl Strategy<Value = State> {
    let names = |all: &'static [&'static str]| prop::sample::subsequence(all, 0..=all.len());
    let actions = prop::sample::select(vec!["s3:*", "iam:*"]);
    let inline = prop::collection::btree_map(prop::sample::select(vec!["one", "two"]), actions, 0..3);
    let boundary = prop::option::of(prop::sample::select(vec!["limits", "none"]));
    let keys = prop::collection::btree_map(
        prop::sample::select(vec!["AKIA1", "AKIA2"]),
        prop::sample::select(vec![KeyStatus::Active, KeyStatus::Inactive]),
        0..3,
    );
    let tags = prop::collection::btree_map(
        prop::sample::select(vec![0_usize, 1]),
        (any::<bool>(), prop::sample::select(vec!["x", "y"])),
        0..3,
    );
    let path = prop::sample::select(vec!["/", "/a/", "/b/"]);
    let things = (names(&["g", "h"]), names(&["p", "q", "r"]), inline, boundary);
    (path, things, any::<bool>(), keys, tags).prop_map(move |(path, things, password, keys, tags)| {
        let (groups, policies, inline, boundary) = things;
        let has_key = !keys.is_empty();
        let wish = FirstPassword {
            store: store("file:p"),
            reset_required: true,
        };
        let key = FirstKey { store: store("file:k") };
        let spelled = |(key, (upper, value)): (usize, (bool, &str))| {
            let spelling = [["team", "Team"], ["cost", "COST"]][key][usize::from(upper)];
            (spelling.to_owned(), value.to_owned())
        };
        State {
            path: IamPath::parse(path).unwrap(),
            groups: groups
                .iter()
                .map(|name| Peer::new(iam(&format!("group/{name}"))))
                .collect(),
            policies: policies.iter().map(|name| iam(&format!("policy/{name}"))).collect(),
            inline_policies: inline
                .into_iter()
                .map(|(name, action)| (name.to_owned(), document(action)))
                .collect(),
            permissions_boundary: boundary.map(|name| iam(&format!("policy/{name}"))),
            console_access: match (password, live) {
                (false, _) => Credential::Absent,
                (true, true) => Credential::There,
                (true, false) => Credential::Wished(wish),
            },
            access_key: match (has_key, live) {
                (false, _) => Credential::Absent,
                (true, true) => Credential::There,
                (true, false) => Credential::Wished(key),
            },
            access_keys: match (has_key, live) {
                (true, false) => Keys::Any,
                _ => Keys::Known(keys.into_iter().map(|(id, status)| (id.to_owned(), status)).collect()),
            },
            tags: tags.into_iter().map(spelled).collect(),
        }
    })
}

proptest! {
    #[test]
    fn equal_states_need_nothing(state in some_state(true)) {
        prop_assert_eq!(change(&state, &live(state.clone())), []);
    }

    #[test]
    fn the_steps_lead_from_live_to_wanted(wanted in some_state(false), from in some_state(true)) {
        let actions = change(&wanted, &live(from.clone()));
        let reached = played::<User>(Some(from), &actions).unwrap();
        prop_assert_eq!(wanted.apart(&reached), []);
    }

    #[test]
    fn a_new_user_becomes_as_wanted(wanted in some_state(false)) {
        let actions = in_plain_world(|cx| User::diff(&id(), Pair::Create(&wanted), cx));
        let reached = played::<User>(None, &actions).unwrap();
        prop_assert_eq!(wanted.apart(&reached), []);
    }

    #[test]
    fn spelling_is_read_as_the_same(mut state in some_state(false)) {
        let sections = format!("users: {{ erika: {} }}", User::spell(&id(), &state));
        let read = wanted(&sections, "erika").state;
        state.tags.insert("evenkeel:environment".into(), "test".into());
        prop_assert_eq!(read.apart(&state), []);
    }
}
