//! The kind without any account: reading, spelling, comparing, and what its steps say of themselves.

use proptest::prelude::*;

use super::*;
use crate::kind::{Access, Loss, Rank, Wanted};
use crate::kinds::testing::{Desk, converges, heals, home, iam, in_plain_world};
use crate::kinds::{AnyObject, Member as _};
use crate::plan::level::{TagRules, level};

const URL: &str = "https://token.actions.githubusercontent.com";
const PRINT: &str = "6938fd4d98bab03faadb97b34396831e3780aea1";
const OTHER: &str = "1c58a3a8518e8759bf075b76b750d4f2df264fcd";

fn wanted(sections: &str) -> Wanted<OidcProvider> {
    match Desk::new().object(sections, "oidc_provider/github") {
        AnyObject::OidcProvider(object) => object.wanted.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn state(audiences: &[&str], thumbprints: &[&str], tags: &[(&str, &str)]) -> State {
    State {
        audiences: audiences.iter().map(|text| ClientId::parse(text).unwrap()).collect(),
        thumbprints: thumbprints
            .iter()
            .map(|text| Thumbprint::parse(text).unwrap())
            .collect(),
        tags: tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
    }
}

fn live(state: State) -> Observed<OidcProvider> {
    Observed {
        state,
        evidence: Evidence {
            created: 1,
            trusted_by: Vec::new(),
        },
        unknown: BTreeMap::new(),
    }
}

fn id() -> OidcUrl {
    OidcUrl::parse(URL).unwrap()
}

fn arn() -> Arn {
    iam("oidc-provider/token.actions.githubusercontent.com")
}

fn facts(action: &Action) -> Facts {
    OidcProvider::facts(&id(), &arn(), action, &home())
}

fn diff(wanted: &State, live: &Observed<OidcProvider>) -> Vec<Action> {
    in_plain_world(|cx| OidcProvider::diff(&id(), Pair::Change { wanted, live }, cx))
}

#[test]
fn every_field_is_read() {
    let wanted = wanted(&format!(
        "oidc_providers: {{ github: {{ url: '{URL}', audiences: [sts.amazonaws.com, b], thumbprints: [{}], tags: {{ Team: a }} }} }}",
        PRINT.to_uppercase()
    ));
    let tags = [("Team", "a"), ("evenkeel:environment", "test")];
    assert_eq!(wanted.state, state(&["b", "sts.amazonaws.com"], &[PRINT], &tags));
    assert!(wanted.mentioned.contains("thumbprints"));
}

#[test]
fn the_url_is_the_identity() {
    let object = Desk::new().object(
        "variables: { host: { default: token.actions.githubusercontent.com } }\noidc_providers: { github: { url: 'https://$(host)' } }",
        "oidc_provider/github",
    );
    let AnyObject::OidcProvider(object) = object else {
        panic!()
    };
    assert_eq!(object.id, id());
    assert_eq!(OidcProvider::arn(&object.id, None, &home()), arn());
    let found = Desk::new().findings(&format!(
        "oidc_providers: {{ a: {{ url: '{URL}' }}, b: {{ url: '{URL}' }} }}"
    ));
    assert_eq!(
        found,
        [format!(
            "E0306 two declarations of oidc_provider `{URL}` in AWS:  at `'{URL}'`"
        )]
    );
}

#[test]
fn others_can_name_it() {
    let sections = format!(
        "oidc_providers: {{ github: {{ url: '{URL}' }} }}
roles:
  ci: {{ trust: {{ federated: github }} }}
  cd: {{ trust: {{ federated: $(oidc_providers.github.arn) }} }}
  aws: {{ trust: {{ federated: cognito-identity.amazonaws.com }} }}
"
    );
    let refs = |role: &str| match Desk::new().object(&sections, &format!("role/{role}")) {
        AnyObject::Role(object) => {
            let state = object.wanted.unwrap().state;
            crate::kinds::role::Role::refs(&object.id, &state, &home())
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (refs("ci"), refs("cd"), refs("aws")),
        (vec![arn()], vec![arn()], vec![])
    );
    let found = Desk::new().findings(&sections.replace("federated: github", "federated: githup"));
    assert_eq!(
        found,
        [
            "E0501 `githup` is no provider: neither an ARN, a host, nor a provider of this file: did you mean `github`? at `githup`"
        ]
    );
}

#[test]
fn its_path_is_no_open_question() {
    let environment = Desk::new().environment(&format!("oidc_providers: {{ github: {{ url: '{URL}' }} }}"));
    assert!(environment.open_paths.is_empty(), "{:?}", environment.open_paths);
}

#[test]
fn mistakes_are_told_with_their_place() {
    let found = |fields: &str| Desk::new().findings(&format!("oidc_providers: {{ github: {{ {fields} }} }}"));
    let many = (0..101).map(|nth| format!("a{nth}")).collect::<Vec<_>>().join(", ");
    let prints = (0..6)
        .map(|nth| format!("'{}{nth}'", &PRINT[..39]))
        .collect::<Vec<_>>()
        .join(", ");
    for (fields, expected) in [
        ("audiences: [a]".to_owned(), "E0304 this oidc_provider has no `url`"),
        ("url: [a]".into(), "E0301"),
        (
            "url: 'http://a.example'".into(),
            "E0411 oidc_provider: `http://a.example`: an oidc provider's url begins with `https://`",
        ),
        (
            "url: 'https://a.example/?x=1'".into(),
            "E0411 oidc_provider: `https://a.example/?x=1`: an oidc provider's url has no query",
        ),
        (format!("url: '{URL}', name: github"), "E0303 unknown key `name`"),
        (format!("url: '{URL}', path: /x/"), "E0303 unknown key `path`"),
        (
            format!("url: '{URL}', audiences: [a, a]"),
            "E0414 this audience is listed twice",
        ),
        (
            format!("url: '{URL}', audiences: ['']"),
            "E0411 audience: an audience can't be empty",
        ),
        (
            format!("url: '{URL}', audiences: [{many}]"),
            "E0413 101 audiences of this provider, and AWS takes at most 100",
        ),
        (
            format!("url: '{URL}', thumbprints: []"),
            "E0401 `thumbprints` can't be empty",
        ),
        (
            format!("url: '{URL}', thumbprints: [abc]"),
            "E0411 thumbprint: `abc`: a thumbprint is 40 hexadecimal digits",
        ),
        (
            format!("url: '{URL}', thumbprints: [{prints}]"),
            "E0413 6 thumbprints of this provider, and AWS takes at most 5",
        ),
        (
            format!("url: '{URL}', thumbprints: [{PRINT}, {}]", PRINT.to_uppercase()),
            "E0414 this thumbprint is listed twice",
        ),
    ] {
        let found = found(&fields);
        assert!(
            found.len() == 1 && found[0].starts_with(expected),
            "{fields}: {found:?}"
        );
    }
    let both = found("audiences: [a, a]");
    assert_eq!(both.len(), 2, "a missing url hides nothing: {both:?}");
    assert_eq!(OidcProvider::KIND.named_by(), Some("url"));
}

#[test]
fn unmentioned_thumbprints_are_held_and_written_ones_are_the_whole_list() {
    let rules = TagRules::new(Vec::new());
    let silent = wanted(&format!("oidc_providers: {{ github: {{ url: '{URL}' }} }}"));
    let live = live(State {
        thumbprints: state(&[], &[PRINT, OTHER], &[]).thumbprints,
        ..silent.state.clone()
    });
    let levelled = level(&silent, &live, &rules, &BTreeSet::new());
    assert_eq!((levelled.held.len(), diff(&levelled.state, &live)), (2, vec![]));
    let written = wanted(&format!(
        "oidc_providers: {{ github: {{ url: '{URL}', thumbprints: [{PRINT}] }} }}"
    ));
    let levelled = level(&written, &live, &rules, &BTreeSet::new());
    let expected = Action::SetThumbprints(written.state.thumbprints.clone());
    assert_eq!((levelled.held.len(), diff(&levelled.state, &live)), (0, vec![expected]));
}

#[test]
fn what_comes_goes_before_what_it_replaces_unless_there_is_no_room() {
    let ranks = |wanted: &State, live: State| {
        let actions = diff(wanted, &self::live(live));
        let mut ranks: Vec<(Rank, Access)> = actions.iter().map(facts).map(|one| (one.rank, one.access)).collect();
        ranks.sort();
        ranks
    };
    let replaced = [(Rank::Add, Access::Widens), (Rank::RemoveReplaced, Access::Restricts)];
    assert_eq!(ranks(&state(&["b"], &[], &[]), state(&["a"], &[], &[])), replaced);
    let gone = [(Rank::Remove, Access::Restricts)];
    assert_eq!(ranks(&state(&[], &[], &[]), state(&["a"], &[], &[])), gone);
    let full: Vec<String> = (0..100).map(|nth| format!("a{nth}")).collect();
    let full: Vec<&str> = full.iter().map(String::as_str).collect();
    let mut moved = full.clone();
    moved[0] = "b";
    let crowded = [(Rank::Remove, Access::Restricts), (Rank::Add, Access::Widens)];
    assert_eq!(ranks(&state(&moved, &[], &[]), state(&full, &[], &[])), crowded);
}

#[test]
fn steps_say_what_they_make_lose_and_wait_for() {
    let made = facts(&Action::Create(state(&["a"], &[], &[])));
    assert_eq!((made.makes, made.access), (vec![arn()], Access::Widens));
    let gone = facts(&Action::Delete);
    assert_eq!((gone.deletes.clone(), gone.loss), (vec![arn()], Loss::Object));
    let taken = facts(&Action::RemoveAudience(
        ClientId::parse("a").unwrap(),
        super::super::principal::Timing::First,
    ));
    assert_eq!((taken.loss, taken.access), (Loss::Link, Access::Restricts));
    for facts in [gone, taken] {
        assert!(heals(&facts, "ConcurrentModification", "another change is under way"));
        assert!(heals(
            &facts,
            "NoSuchEntity",
            "OpenIDConnect Provider not found for arn x"
        ));
        assert!(!heals(&facts, "LimitExceeded", "") && !heals(&facts, "InvalidInput", ""));
    }
}

fn some_state() -> impl Strategy<Value = State> {
    let some = |all: &'static [&'static str]| prop::sample::subsequence(all, 0..=all.len());
    let tags = some(&["a", "A", "evenkeel:environment"]);
    (some(&["sts.amazonaws.com", "b", "B"]), some(&[PRINT, OTHER]), tags).prop_map(|(audiences, prints, tags)| {
        let tags: Vec<(&str, &str)> = tags.into_iter().map(|key| (key, "demo")).collect();
        state(&audiences, &prints, &tags)
    })
}

proptest! {
    #[test]
    fn equal_states_need_nothing(state in some_state()) {
        prop_assert_eq!(diff(&state, &live(state.clone())), []);
    }

    #[test]
    fn the_steps_lead_from_live_to_wanted(wanted in some_state(), from in some_state()) {
        converges::<OidcProvider>(&id(), &wanted, &live(from));
    }

    #[test]
    fn spelling_is_read_as_the_same(state in some_state()) {
        let mut written = state;
        written.tags.insert("evenkeel:environment".into(), "test".into());
        let sections = format!("oidc_providers: {{ github: {} }}", OidcProvider::spell(&id(), &written));
        prop_assert_eq!(wanted(&sections).state, written);
    }
}
