//! Settings of the account without any account.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::steps::{Before, facts};
use super::*;
use crate::fields::Fields as _;
use crate::kind::Loss;
use crate::kinds::AnyObject;
use crate::kinds::testing::{Desk, heals, in_plain_world, played};
use crate::plan::level::{Levelled, TagRules, level};

/// Fields of a password policy with the ways in which they may be written.
const FIELDS: &[&[&str]] = &[
    &["minimum_length: 14", "minimum_length: 6", "minimum_length: 128"],
    &["require_symbols: true", "require_symbols: false"],
    &["require_numbers: true"],
    &["require_uppercase: true"],
    &["require_lowercase: true"],
    &["allow_users_to_change: true"],
    &["max_age_days: 90", "max_age_days: 0", "max_age_days: none"],
    &["reuse_prevention: 24", "reuse_prevention: none"],
    &["hard_expiry: true"],
];

/// A policy; with too many picks for its first field there is none.
fn yaml(picks: &[usize]) -> String {
    if picks.first() == Some(&4) {
        return "password_policy: none".to_owned();
    }
    let fields = FIELDS.iter().zip(picks).filter_map(|(ways, pick)| ways.get(*pick));
    let fields: Vec<&str> = fields.copied().collect();
    format!("password_policy: {{ {} }}", fields.join(", "))
}

fn picks() -> impl Strategy<Value = Vec<usize>> {
    let fields = FIELDS.iter().enumerate();
    fields
        .map(|(at, ways)| 0..=ways.len() + usize::from(at == 0))
        .collect::<Vec<_>>()
}

fn object(setting: &str) -> crate::kind::Object<Account> {
    let id = setting.split(':').next().unwrap();
    let text = format!("account_settings: {{ {setting} }}\n");
    match Desk::new().object(&text, &format!("account/{id}")) {
        AnyObject::Account(object) => object,
        other => panic!("{other:?}"),
    }
}

fn lowered(setting: &str) -> State {
    object(setting).wanted.unwrap().state
}

fn live(state: State) -> Observed<Account> {
    Observed {
        state,
        evidence: Evidence {},
        unknown: BTreeMap::new(),
    }
}

fn diffed(wanted: &State, before: &State) -> Vec<Action> {
    let before = live(before.clone());
    let pair = Pair::Change { wanted, live: &before };
    in_plain_world(|cx| Account::diff(&Setting::Alias, pair, cx))
}

fn levelled(setting: &str, before: State) -> Levelled<State> {
    level(
        &object(setting).wanted.unwrap(),
        &live(before),
        &TagRules::new(Vec::new()),
        &BTreeSet::new(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn every_diff_leads_where_it_should((wanted, before) in (picks(), picks())) {
        let (wanted, before) = (lowered(&yaml(&wanted)), lowered(&yaml(&before)));
        let actions = diffed(&wanted, &before);
        prop_assert_eq!(wanted.apart(&before).is_empty(), actions.is_empty());
        let after = played::<Account>(Some(before), &actions).unwrap();
        prop_assert_eq!(wanted.apart(&after), []);
        prop_assert_eq!(diffed(&wanted, &after), []);
    }

    #[test]
    fn what_is_spelled_reads_the_same(wanted in picks()) {
        let state = lowered(&yaml(&wanted));
        let spelled = format!("password_policy: {}", Account::spell(&Setting::PasswordPolicy, &state));
        prop_assert_eq!(state.apart(&lowered(&spelled)), []);
    }

    #[test]
    fn what_is_not_written_never_gets_weaker((wanted, before) in (picks(), picks())) {
        prop_assume!(wanted[0] != 4);
        let before = lowered(&yaml(&before));
        let mentioned = object(&yaml(&wanted)).wanted.unwrap().mentioned;
        let levelled = levelled(&yaml(&wanted), before.clone());
        let is_silent = |field: &str| !mentioned.contains(field);
        let after = &levelled.state;
        prop_assert!(!is_silent("minimum_length") || after.minimum_length >= before.minimum_length);
        prop_assert!(!is_silent("require_symbols") || after.require_symbols >= before.require_symbols);
        prop_assert!(!is_silent("hard_expiry") || after.hard_expiry >= before.hard_expiry);
        prop_assert!(!is_silent("max_age_days") || after.max_age_days == before.max_age_days);
        prop_assert!(!is_silent("reuse_prevention") || after.reuse_prevention == before.reuse_prevention);
    }
}

#[test]
fn an_alias_and_root_are_spelled_as_they_are_read() {
    for (setting, text) in [
        (Setting::Alias, "alias: \"imaging\""),
        (Setting::Alias, "alias: \"none\""),
        (Setting::Root, "root: {\"mfa\":\"required\",\"access_keys\":\"none\"}"),
    ] {
        let spelled = Account::spell(&setting, &lowered(text));
        assert_eq!(format!("{setting}: {spelled}"), text);
    }
}

#[test]
fn none_in_words_holds_nothing() {
    let strict = lowered("password_policy: { minimum_length: 14, require_symbols: true, max_age_days: 90 }");
    let gone = levelled("password_policy: none", strict.clone());
    assert_eq!(
        (gone.held, diffed(&gone.state, &strict)),
        (vec![], vec![Action::RemovePasswordPolicy])
    );
    let kept = levelled("password_policy: { minimum_length: 20 }", strict);
    let held: Vec<String> = kept.held.iter().map(ToString::to_string).collect();
    assert_eq!(held, ["require_symbols", "max_age_days"]);
}

#[test]
fn an_alias_is_changed_whether_aws_replaces_or_keeps_the_old_one() {
    let alias = |names: &[&str]| State {
        alias: names.iter().map(|name| (*name).to_owned()).collect(),
        ..State::default()
    };
    let set = diffed(&alias(&["new"]), &alias(&["old"]));
    assert!(
        matches!(set.as_slice(), [Action::SetAlias { alias, .. }] if alias == "new"),
        "{set:?}"
    );
    let kept = diffed(&alias(&["new"]), &alias(&["new", "old"]));
    assert_eq!(kept, [Action::RemoveAlias("old".into())]);
    assert_eq!(
        diffed(&alias(&[]), &alias(&["old"])),
        [Action::RemoveAlias("old".into())]
    );
}

#[test]
fn root_is_told_of_and_never_changed() {
    let before = State {
        mfa: Some(RootMfa::Missing),
        access_keys: Some(RootKeys::Present),
        ..State::default()
    };
    let both = levelled("root: { mfa: required, access_keys: none }", before.clone());
    let unmet: Vec<String> = both.unmet.iter().map(ToString::to_string).collect();
    assert_eq!(unmet, ["mfa", "access_keys"]);
    assert_eq!(diffed(&both.state, &before), []);
    let one = levelled("root: { access_keys: none }", before);
    let unmet: Vec<String> = one.unmet.iter().map(ToString::to_string).collect();
    assert_eq!(unmet, ["access_keys"]);
}

#[test]
fn only_what_was_there_before_is_a_loss() {
    let policy = lowered("password_policy: { minimum_length: 14 }");
    let loss = |wanted: &State, before: &State| {
        let actions = diffed(wanted, before);
        actions.iter().map(|action| facts(action).loss).collect::<Vec<_>>()
    };
    assert_eq!(loss(&policy, &State::default()), [Loss::None]);
    assert_eq!(
        loss(&policy, &lowered("password_policy: { minimum_length: 8 }")),
        [Loss::Link]
    );
    assert_eq!(loss(&State::default(), &policy), [Loss::Link]);
    let alias = lowered("alias: imaging");
    assert_eq!(loss(&alias, &State::default()), [Loss::None]);
    assert_eq!(loss(&alias, &lowered("alias: other")), [Loss::Link]);
    assert_eq!(loss(&State::default(), &alias), [Loss::Link]);
}

#[test]
fn a_policy_is_written_whole_and_what_is_permanent_is_told() {
    let state = lowered("password_policy: { minimum_length: 14 }");
    let actions = diffed(&state, &State::default());
    let [Action::PutPasswordPolicy { to, fields, before }] = actions.as_slice() else {
        panic!("{actions:?}")
    };
    assert_eq!(
        (to.fields(), fields.as_slice(), *before),
        (POLICY, ["minimum_length"].as_slice(), Before::Nothing)
    );
    let alias = facts(&diffed(&lowered("alias: imaging"), &State::default())[0]);
    for (facts, code, expected) in [
        (&alias, "ConcurrentModification", true),
        (&alias, "EntityAlreadyExists", false),
        (&alias, "LimitExceeded", false),
        (&facts(&actions[0]), "ConcurrentModification", true),
        (&facts(&actions[0]), "ValidationError", false),
    ] {
        assert_eq!(heals(facts, code, ""), expected, "{}: {code}", facts.call);
    }
}

#[test]
fn a_policy_that_asks_for_less_than_none_says_so() {
    let notes = |policy: &str| object(policy).wanted.unwrap().notes.len();
    assert_eq!(notes("password_policy: { minimum_length: 14 }"), 1);
    assert_eq!(
        notes("password_policy: { require_symbols: true, require_numbers: true, require_uppercase: true }"),
        1
    );
    let strict =
        "password_policy: { minimum_length: 8, require_symbols: true, require_numbers: true, require_uppercase: true }";
    assert_eq!(notes(strict), 0);
}

#[test]
fn aliases_that_aws_refuses_are_found_at_load() {
    let findings = |alias: &str| Desk::new().findings(&format!("account_settings: {{ alias: {alias} }}\n"));
    for alias in ["imaging", "a-b-c", "1ab", "none", &"x".repeat(63)] {
        assert_eq!(findings(alias), Vec::<String>::new(), "{alias}");
    }
    for alias in ["ab", "Imaging", "-abc", "abc-", "a--b", "a_b", &"x".repeat(64)] {
        assert!(findings(alias)[0].starts_with("E0411"), "{alias}");
    }
}
