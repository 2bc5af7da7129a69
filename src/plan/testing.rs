//! A world for tests: a file, an account that is a map of states, and plans between the two.
//!
//! Invariant: the account changes only by the model of the actions, so a plan that is applied here was proved by it.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::fields::FieldPath;
use crate::kind::{Home, Kind, Object, Observed, Seen};
use crate::kinds::{AnyObject, AnyState, KindName, Member, Visit, VisitKind, policy, role};
use crate::names::{AccountId, Arn, Partition, Region};
use crate::spec::files::{Entry, Files, Kind as FileKind, Trouble};
use crate::spec::header;
use crate::spec::load::{self, Inputs};
use crate::spec::lower::{Declared, Learned};
use crate::spec::resources::{self, Environment};
use crate::spec::source::{Sources, Span};

use super::build::{Input, build};
use super::consent::Consents;
use super::{Change, Header, Plan, Step, Verb};

const HEADER: &str = "version: 1\nenvironment: imaging\naccount: \"123456789012\"\nregion: eu-west-1\n";

/// The only file there is.
const FILE: &str = "environment.yaml";

struct OneFile<'a>(&'a str);

impl Files for OneFile<'_> {
    fn kind(&self, _: &str) -> Result<FileKind, Trouble> {
        Ok(FileKind::File)
    }

    fn read(&self, _: &str, _: u64) -> Result<Vec<u8>, Trouble> {
        Ok(self.0.as_bytes().to_vec())
    }

    fn list(&self, _: &str) -> Result<Vec<Entry>, Trouble> {
        Ok(Vec::new())
    }

    fn real(&self, path: &str) -> Result<String, Trouble> {
        Ok(path.to_owned())
    }
}

pub(crate) fn home() -> Home {
    Home {
        partition: Partition::Aws,
        account: AccountId::parse("123456789012").unwrap(),
    }
}

pub(crate) fn arn(text: &str) -> Arn {
    let whole = match text.split_once('/') {
        Some(("aws", name)) => format!("arn:aws:iam::aws:policy/{name}"),
        _ => format!("arn:aws:iam::123456789012:{text}"),
    };
    Arn::parse(&whole).unwrap()
}

/// A file, lowered as a command does it; the header may be left out.
#[track_caller]
pub(crate) fn environment(yaml: &str) -> Environment {
    let text = if yaml.starts_with('{') || yaml.contains("environment:") {
        yaml.to_owned()
    } else {
        format!("{HEADER}{yaml}")
    };
    let (files, arguments) = (OneFile(&text), [FILE.to_owned()]);
    let inputs = Inputs {
        files: &files,
        arguments: &arguments,
        vars: &[],
        vars_files: &[],
        env: &|_| None,
    };
    let mut texts = load::read(&inputs);
    let header = header::read(&mut texts, &inputs);
    let header = header.unwrap_or_else(|| panic!("{:?}", texts.findings));
    let region = Region::parse("eu-west-1").unwrap();
    let environment = resources::lower(&texts, &header, &home(), &region, &Learned::default(), &inputs);
    assert!(!environment.has_errors(), "{text}\n{:#?}", environment.findings);
    environment
}

/// The states that a file wants, by address.
#[track_caller]
pub(crate) fn states(yaml: &str) -> BTreeMap<Address, AnyState> {
    struct Wanted;
    impl Visit for Wanted {
        type Out = Option<AnyState>;
        fn visit<K: Member>(self, object: &Object<K>) -> Option<AnyState> {
            object.wanted.as_ref().map(|wanted| K::any_state(wanted.state.clone()))
        }
    }
    let objects = environment(yaml).objects.into_iter();
    objects
        .filter_map(|object| Some((object.address().clone(), object.visit(Wanted)?)))
        .collect()
}

/// A file and an account.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) environment: Environment,
    pub(crate) states: BTreeMap<Address, AnyState>,
    unread: BTreeMap<Address, (Option<FieldPath>, String)>,
    context: Vec<Address>,
    words: [Vec<String>; 3],
    caller: Arn,
}

impl World {
    #[track_caller]
    pub(crate) fn of(yaml: &str) -> Self {
        Self {
            environment: environment(yaml),
            states: BTreeMap::new(),
            unread: BTreeMap::new(),
            context: Vec::new(),
            words: [const { Vec::new() }; 3],
            caller: arn("user/erika"),
        }
    }

    /// The account is as an apply of that file has left it.
    #[track_caller]
    pub(crate) fn live(mut self, yaml: &str) -> Self {
        self.states.extend(states(yaml));
        self
    }

    /// The file and the account say the same.
    #[track_caller]
    pub(crate) fn settled(yaml: &str) -> Self {
        Self::of(yaml).live(yaml)
    }

    #[track_caller]
    pub(crate) fn role(mut self, name: &str, edit: impl FnOnce(&mut role::State)) -> Self {
        match self.states.get_mut(&address("role", name)) {
            Some(AnyState::Role(state)) => edit(state),
            other => panic!("no role {name}: {other:?}"),
        }
        self
    }

    #[track_caller]
    pub(crate) fn policy(mut self, name: &str, edit: impl FnOnce(&mut policy::State)) -> Self {
        match self.states.get_mut(&address("policy", name)) {
            Some(AnyState::Policy(state)) => edit(state),
            other => panic!("no policy {name}: {other:?}"),
        }
        self
    }

    /// A whole resource, or one field of it, can't be read.
    pub(crate) fn unread(mut self, address: Address, field: Option<FieldPath>) -> Self {
        self.unread.insert(address, (field, "AccessDenied".to_owned()));
        self
    }

    pub(crate) fn adopt(mut self, pattern: &str) -> Self {
        self.words[0].push(pattern.to_owned());
        self
    }

    pub(crate) fn replace(mut self, pattern: &str) -> Self {
        self.words[1].push(pattern.to_owned());
        self
    }

    pub(crate) fn allow(mut self, word: &str) -> Self {
        self.words[2].push(word.to_owned());
        self
    }

    /// Another identity runs the tool; a role of this name is read for its context.
    pub(crate) fn run_by_role(mut self, name: &str) -> Self {
        self.caller = Arn::parse(&format!("arn:aws:sts::123456789012:assumed-role/{name}/erika")).unwrap();
        self.context.push(address("role", name));
        self
    }

    fn consents(&self) -> Consents {
        let [adopt, replace, allow] = self.words.clone();
        Consents::parse(adopt, replace, allow).unwrap()
    }

    /// The resources with what the account has of them.
    pub(crate) fn objects(&self) -> Vec<AnyObject> {
        let mut objects = self.environment.objects.clone();
        let missing = self
            .context
            .iter()
            .filter(|address| !objects.iter().any(|object| object.address() == *address))
            .map(bare)
            .collect::<Vec<_>>();
        objects.extend(missing);
        self.see_all(objects)
    }

    /// Resources with what the account has of them.
    pub(crate) fn see_all(&self, objects: Vec<AnyObject>) -> Vec<AnyObject> {
        objects.into_iter().map(|object| self.see(object)).collect()
    }

    fn see(&self, object: AnyObject) -> AnyObject {
        match object {
            AnyObject::Policy(mut object) => {
                object.seen = self.seen::<policy::Policy>(&object.address, |state| policy::Evidence {
                    id: "ANPA".into(),
                    versions: vec![policy::Version {
                        id: "v1".into(),
                        is_default: true,
                        document: Some(state.document.clone()),
                    }],
                    users: self.users(&policy::Policy::arn(&object.id, Some(state), &home())),
                });
                AnyObject::Policy(object)
            }
            AnyObject::Role(mut object) => {
                object.seen = self.seen::<role::Role>(&object.address, |_| role::Evidence { id: "AROA".into() });
                AnyObject::Role(object)
            }
            #[allow(unreachable_patterns)]
            other => other,
        }
    }

    fn seen<K: Member>(&self, address: &Address, evidence: impl FnOnce(&K::State) -> K::Evidence) -> Seen<K> {
        let unread = self.unread.get(address);
        if let Some((None, why)) = unread {
            return Seen::Unknown(why.clone());
        }
        let Some(state) = self.states.get(address).cloned().and_then(K::state_of) else {
            return Seen::Absent;
        };
        let unknown = unread.and_then(|(field, why)| Some((field.clone()?, why.clone())));
        Seen::There(Box::new(Observed {
            evidence: evidence(&state),
            state,
            unknown: unknown.into_iter().collect(),
        }))
    }

    /// Who has a policy attached or as boundary, without paths, as IAM lists it.
    fn users(&self, policy: &Arn) -> Vec<Arn> {
        let roles = self.states.iter().filter_map(|(address, state)| match state {
            AnyState::Role(role) => Some((address, role)),
            _ => None,
        });
        roles
            .filter(|(_, role)| role.policies.contains(policy) || role.permissions_boundary.as_ref() == Some(policy))
            .map(|(address, _)| arn(&format!("role/{}", address.name)))
            .collect()
    }

    pub(crate) fn plan(&self) -> Plan {
        self.plan_of(&self.objects())
    }

    pub(crate) fn plan_of(&self, objects: &[AnyObject]) -> Plan {
        build(Input {
            header: Header {
                environment: self.environment.name.clone(),
                account: "123456789012".into(),
                region: "eu-west-1".into(),
                identity: self.caller.to_string(),
                digest: super::fingerprint::of_wanted(&self.environment.objects),
            },
            home: &home(),
            tags: &self.environment.tags,
            consents: &self.consents(),
            caller: &self.caller,
            objects,
            known: &BTreeSet::new(),
            refusals: Vec::new(),
        })
    }

    /// Executes one step by its model.
    pub(crate) fn step(&mut self, step: &Step) {
        let state = step.action.after(self.states.remove(&step.address));
        self.states.extend(state.map(|state| (step.address.clone(), state)));
    }

    /// Executes a plan by its model.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        plan.steps.iter().for_each(|step| self.step(step));
    }
}

pub(crate) fn address(kind: &str, name: &str) -> Address {
    Address::new(KindName::of_name(kind).unwrap(), name)
}

/// A resource of which nothing is wanted.
fn bare(address: &Address) -> AnyObject {
    struct Bare<'a>(&'a Address);
    impl VisitKind for Bare<'_> {
        type Out = AnyObject;
        fn visit<K: Member>(self) -> AnyObject {
            let file = Sources::default().add("", "");
            let span = Span { file, start: 0, end: 0 };
            let declared = Declared::bare(&self.0.name, &Region::parse("eu-west-1").unwrap(), span);
            K::object(Object::bare(self.0.clone(), K::identify(&declared).unwrap()))
        }
    }
    address.kind.visit(Bare(address))
}

impl Plan {
    /// What the plan says of a resource.
    #[track_caller]
    pub(crate) fn change(&self, address: &str) -> &Change {
        let mut found = self
            .changes
            .iter()
            .filter(|change| change.address.to_string() == address);
        found
            .next()
            .unwrap_or_else(|| panic!("nothing of {address} in {:#?}", self.changes))
    }

    /// The verb for a resource.
    #[track_caller]
    pub(crate) fn verb(&self, address: &str) -> Verb {
        self.change(address).verb
    }

    /// One line a step, in order: its number, resource and words, and the numbers of those it waits for.
    pub(crate) fn story(&self) -> String {
        let line = |step: &Step| format!("{} {}: {} {:?}\n", step.id, step.address, step.summary, step.after);
        self.steps.iter().map(line).collect()
    }

    /// One line a refusal: its guard, words and hint.
    pub(crate) fn refused(&self) -> String {
        let line = |one: &super::Refusal| format!("{}: {} | {}\n", one.guard, one.message, one.hint);
        self.refusals.iter().map(line).collect()
    }
}
