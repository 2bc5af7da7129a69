//! A desk for kinds: from a YAML text to an environment, without any account.
//!
//! Invariant: nothing here knows a kind, and every step of the way is the program's own.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::fields::Fields as _;
use crate::kind::{DiffCx, Facts, Home, Kind, Observed, Pair};
use crate::kinds::AnyObject;
use crate::names::{AccountId, Arn, Partition, Region};
use crate::spec::files::Folder;
use crate::spec::finding::Finding;
use crate::spec::header;
use crate::spec::load::{self, Inputs};
use crate::spec::lower::Learned;
use crate::spec::resources::{self, Environment};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "us-east-1";

/// A folder for the files of an environment.
pub(crate) struct Desk {
    folder: TempDir,
    env: RefCell<BTreeMap<String, String>>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            env: RefCell::default(),
        }
    }

    /// The folder, all links followed.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    /// Writes a file beside the environment's.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Sets an environment variable of the program.
    pub(crate) fn set_env(&self, name: &str, value: &str) {
        self.env.borrow_mut().insert(name.into(), value.into());
    }

    /// Lowers sections of an environment file; the header is added.
    pub(crate) fn environment(&self, sections: &str) -> Environment {
        self.environment_at("env.yaml", sections)
    }

    /// The same for a file of another name.
    pub(crate) fn environment_at(&self, file: &str, sections: &str) -> Environment {
        let text = format!("version: 1\nenvironment: test\naccount: \"{ACCOUNT}\"\nregion: {REGION}\n{sections}");
        self.write(file, text);
        self.read(&[file.into()])
    }

    /// Lowers files or folders that have been written.
    pub(crate) fn read(&self, arguments: &[String]) -> Environment {
        let files = Folder::new(self.folder());
        let env = |name: &str| self.env.borrow().get(name).cloned();
        let inputs = Inputs {
            files: &files,
            arguments,
            vars: &[],
            vars_files: &[],
            env: &env,
        };
        let mut texts = load::read(&inputs);
        let header = header::read(&mut texts, &inputs).unwrap_or_else(|| panic!("{:#?}", texts.findings));
        let region = Region::parse(REGION).unwrap();
        resources::lower(&texts, &header, &home(), &region, &Learned::default(), &inputs)
    }

    /// The mistakes and warnings of sections, each as "code message: label at `text`".
    pub(crate) fn findings(&self, sections: &str) -> Vec<String> {
        let environment = self.environment(sections);
        let line = |finding: &Finding| {
            let text = finding
                .span
                .map(|span| environment.sources.text(span).to_owned())
                .unwrap_or_default();
            format!("{} {}: {} at `{text}`", finding.code, finding.message, finding.label)
        };
        environment.findings.iter().map(line).collect()
    }

    /// One resource of sections without mistakes.
    pub(crate) fn object(&self, sections: &str, address: &str) -> AnyObject {
        let environment = self.environment(sections);
        assert!(!environment.has_errors(), "{:#?}", environment.findings);
        let found = environment
            .objects
            .into_iter()
            .find(|one| one.address().to_string() == address);
        found.unwrap_or_else(|| panic!("no {address}"))
    }
}

/// The account of all tests.
pub(crate) fn home() -> Home {
    Home {
        partition: Partition::Aws,
        account: AccountId::parse(ACCOUNT).unwrap(),
    }
}

/// An ARN of IAM in it, from its last part: `policy/x`.
pub(crate) fn iam(resource: &str) -> Arn {
    Arn::parse(&format!("arn:aws:iam::{ACCOUNT}:{resource}")).unwrap()
}

/// Runs with a world in which nothing is replaced and nothing entangled.
pub(crate) fn in_plain_world<T>(work: impl FnOnce(&DiffCx<'_>) -> T) -> T {
    let (home, none) = (home(), BTreeSet::new());
    work(&DiffCx {
        home: &home,
        replaced: &none,
        entangled: &none,
        owner_key: "evenkeel:environment",
    })
}

/// What the model of a kind says after some actions.
pub(crate) fn played<K: Kind>(from: Option<K::State>, actions: &[K::Action]) -> Option<K::State> {
    actions.iter().fold(from, |state, action| K::after(state, action))
}

/// The model of the account agrees with the diff: from live to wanted, from nothing to wanted, from live to nothing, and
/// nowhere from where one is already. Says which actions the change takes.
pub(crate) fn converges<K: Kind>(id: &K::Id, wanted: &K::State, live: &Observed<K>) -> Vec<K::Action> {
    in_plain_world(|cx| {
        let created = played::<K>(None, &K::diff(id, Pair::Create(wanted), cx)).unwrap();
        assert_eq!(wanted.apart(&created), [], "created");
        let actions = K::diff(id, Pair::Change { wanted, live }, cx);
        let changed = played::<K>(Some(live.state.clone()), &actions).unwrap();
        assert_eq!(wanted.apart(&changed), [], "changed");
        let arrived = Observed {
            state: changed,
            evidence: live.evidence.clone(),
            unknown: live.unknown.clone(),
        };
        let second = K::diff(id, Pair::Change { wanted, live: &arrived }, cx);
        assert!(second.is_empty(), "a second diff: {second:?}");
        let deleted = played::<K>(Some(live.state.clone()), &K::diff(id, Pair::Delete(live), cx));
        assert!(deleted.is_none(), "deleted");
        for action in &actions {
            let facts = K::facts(id, &K::arn(id, Some(wanted), cx.home), action, cx.home);
            assert!(!facts.summary.is_empty() && facts.call.contains(':'), "{facts:?}");
            let stranger = facts.fields.iter().find(|path| !K::State::NAMES.contains(&path.field));
            assert!(stranger.is_none(), "{stranger:?}");
        }
        actions
    })
}

/// Whether a step is tried again after this answer, if what it stands on was just made.
pub(crate) fn heals(facts: &Facts, code: &str, message: &str) -> bool {
    let lower = message.to_lowercase();
    let fits = |rule: &crate::kind::Retry| rule.code == code && lower.contains(&rule.fragment.to_lowercase());
    facts.retry.iter().any(fits)
}
