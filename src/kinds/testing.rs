//! From a YAML text to wanted states and back to diffs, without any account.
//!
//! Invariant: nothing here knows a kind.

use std::path::Path;

use crate::fields::Fields as _;
use crate::kind::{DiffCx, Home, Kind, Observed, Pair};
use crate::kinds::{AnyObject, AnyState, Member, Visit};
use crate::names::{AccountId, Partition, Region};
use crate::spec::files::Folder;
use crate::spec::load::{self, Inputs};
use crate::spec::lower::Learned;
use crate::spec::{header, resources};

/// The account of the tests.
pub(crate) fn home() -> Home {
    Home {
        partition: Partition::Aws,
        account: AccountId::parse("123456789012").unwrap(),
    }
}

/// What a diff knows when nothing else happens.
pub(crate) fn cx(home: &Home) -> DiffCx<'_> {
    static NONE: std::collections::BTreeSet<crate::names::Arn> = std::collections::BTreeSet::new();
    DiffCx {
        home,
        replaced: &NONE,
        entangled: &NONE,
        owner_key: "evenkeel:environment",
    }
}

/// The resources of sections that lie in a folder; mistakes fail the test.
pub(crate) fn objects(folder: &Path, sections: &str) -> Vec<AnyObject> {
    let text = format!("version: 1\nenvironment: test\naccount: \"123456789012\"\nregion: us-east-1\n{sections}");
    std::fs::write(folder.join("env.yaml"), &text).unwrap();
    let files = Folder::new(folder);
    let inputs = Inputs {
        files: &files,
        arguments: &["env.yaml".into()],
        vars: &[],
        vars_files: &[],
        env: &|name| Some(format!("value of {name}")),
    };
    let mut texts = load::read(&inputs);
    let header = header::read(&mut texts, &inputs).unwrap();
    let region = Region::parse("us-east-1").unwrap();
    let lowered = resources::lower(&texts, &header, &home(), &region, &Learned::default(), &inputs);
    assert!(!lowered.has_errors(), "{:#?}\n{text}", lowered.findings);
    lowered.objects
}

/// The wanted state and the identity of the only resource of a kind.
pub(crate) fn only<K: Member>(objects: &[AnyObject]) -> (K::Id, K::State) {
    struct Take<K: Kind>(std::marker::PhantomData<K>);
    impl<K: Member> Visit for Take<K> {
        type Out = Option<AnyState>;
        fn visit<O: Member>(self, object: &crate::kind::Object<O>) -> Option<AnyState> {
            let wanted = object.wanted.as_ref().filter(|_| O::KIND == K::KIND);
            wanted.map(|wanted| O::any_state(wanted.state.clone()))
        }
    }
    let object = objects.iter().find(|object| object.address().kind == K::KIND).unwrap();
    let state = object
        .visit(Take::<K>(std::marker::PhantomData))
        .and_then(K::state_of)
        .unwrap();
    let declared = crate::spec::lower::Declared::bare(
        &object.address().name,
        &Region::parse("us-east-1").unwrap(),
        crate::spec::source::Span {
            file: crate::spec::source::Sources::default().add("x", ""),
            start: 0,
            end: 0,
        },
    );
    (K::identify(&declared).unwrap(), state)
}

/// The model of the account agrees with the diff: from live to wanted, from nothing to wanted, from live to nothing, and
/// nowhere from where one is already. Says which actions a change takes.
pub(crate) fn converges<K: Member>(id: &K::Id, wanted: &K::State, live: &Observed<K>) -> Vec<K::Action> {
    let home = home();
    let run = |start: Option<K::State>, actions: &[K::Action]| {
        actions.iter().fold(start, |state, action| K::after(state, action))
    };
    let cx = cx(&home);
    let created = run(None, &K::diff(id, Pair::Create(wanted), &cx)).unwrap();
    assert_eq!(wanted.apart(&created), [], "created");
    let actions = K::diff(id, Pair::Change { wanted, live }, &cx);
    let changed = run(Some(live.state.clone()), &actions).unwrap();
    assert_eq!(wanted.apart(&changed), [], "changed");
    let arrived = Observed {
        state: changed,
        evidence: live.evidence.clone(),
        unknown: live.unknown.clone(),
    };
    assert!(
        K::diff(id, Pair::Change { wanted, live: &arrived }, &cx).is_empty(),
        "a second diff is empty"
    );
    assert!(
        run(Some(live.state.clone()), &K::diff(id, Pair::Delete(live), &cx)).is_none(),
        "deleted"
    );
    let arn = K::arn(id, Some(wanted), &home);
    for action in &actions {
        let facts = K::facts(id, &arn, action, &home);
        assert!(!facts.summary.is_empty() && facts.call.contains(':'), "{facts:?}");
        let unknown = facts.fields.iter().find(|path| !K::State::NAMES.contains(&path.field));
        assert!(unknown.is_none(), "{unknown:?}");
    }
    actions
}

/// Whether a step would be tried again after this answer, if what it stands on was just made.
pub(crate) fn heals(facts: &crate::kind::Facts, code: &str, message: &str) -> bool {
    let lower = message.to_lowercase();
    facts
        .retry
        .iter()
        .any(|rule| rule.code == code && lower.contains(&rule.fragment.to_lowercase()))
}
