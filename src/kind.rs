//! The contract of a kind: what role, bucket or rule must say of themselves so that the rest of the program can
//! lower, compare, plan, order, execute and document them without knowing them.
//!
//! Invariant: everything in [`Kind`] is pure. `Live` holds the effects; it makes calls and never decides.

mod field;
mod listed;
mod permit;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use self::field::{Field, OnChange, REQUIRED, SettingTable, field};
pub use self::listed::Listed;
pub use self::permit::{Permit, STRANGER};
use crate::address::Address;
use crate::fields::{FieldPath, Fields};
use crate::kinds::KindName;
use crate::names::{AccountId, Arn, IamPath, NameError, Partition, Region};
use crate::policy_doc::Policy;
use crate::shape::{Choice, Shape};
use crate::spec::lower::{Declared, Index, Lowered, Lowering};
use crate::spec::node::Node;
use crate::spec::source::Place;

/// The account that ARNs are made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// `aws`, `aws-cn` …
    pub partition: Partition,
    /// The twelve digits.
    pub account: AccountId,
}

/// Where a kind stands in the file.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The top-level key, `roles`.
    pub key: &'static str,
    /// Other accepted spellings of it.
    pub aliases: &'static [&'static str],
    /// The service whose API it is read by: `iam`, `lambda`.
    pub service: &'static str,
    /// Whether policies can name it as a principal.
    pub principal: bool,
    /// How its resources stand there.
    pub form: Form,
    /// Where a name of it leads to one thing.
    pub scope: Scope,
}

/// How the resources of a section stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A mapping of ids to mappings of fields.
    Named,
    /// A list; an entry is a text, which is the id of a resource without fields, or a mapping of which a field is it.
    /// The id is the identity, too: there is no other name.
    Listed {
        /// The field that is the id.
        field: &'static str,
        /// A field that belongs to the id where it is written, behind a `_`.
        further: Option<&'static str>,
    },
    /// A mapping of settings of which there is one each; a value that is no mapping stands for its own field.
    Settings,
}

/// Where a name leads to one thing only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In the whole account or beyond.
    Global,
    /// In a region, and on a bus where there are some.
    Regional,
}

/// How much a reader must find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What a comparison needs.
    Compare,
    /// Also what stands in the way of a deletion.
    Remove,
}

/// What the file says of one resource, lowered.
#[derive(Debug, Clone)]
pub struct Wanted<K: Kind> {
    /// The state that the account shall have.
    pub state: K::State,
    /// The fields that the file writes.
    pub mentioned: BTreeSet<&'static str>,
    /// Fields that can't be told now (`from_env` that is not set), with the reason.
    pub unknown: BTreeMap<FieldPath, String>,
    /// `ignore:` patterns: kept as they are once the thing exists.
    pub ignore: Vec<String>,
    /// `shared: true`: what is listed is ensured, the rest is somebody else's.
    pub shared: bool,
    /// `protect: true`.
    pub protect: bool,
    /// Where it is declared.
    pub origin: Place,
    /// Where its fields are written.
    pub places: BTreeMap<FieldPath, Place>,
    /// What a reader of a plan that changes it should know.
    pub notes: Vec<String>,
    /// What of [`Kind::exposes`] the file consents to.
    pub public: BTreeSet<String>,
}

/// What a reader found.
#[derive(Debug, Clone)]
pub enum Seen<K: Kind> {
    /// Nothing has looked yet.
    Unread,
    /// AWS says that there is none.
    Absent,
    /// It exists.
    There(Box<Observed<K>>),
    /// It could not be read; the reason as a sentence fragment. Never treated as absent.
    Unknown(String),
}

/// A live resource.
#[derive(Debug, Clone)]
pub struct Observed<K: Kind> {
    /// Its state, in the same normal form as a wanted one.
    pub state: K::State,
    /// What only AWS knows and nobody declares.
    pub evidence: K::Evidence,
    /// Fields that could not be read, with the reason.
    pub unknown: BTreeMap<FieldPath, String>,
}

/// Who says that a thing shall go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DoomedBy {
    /// `absent:` names it.
    Absent,
    /// The file declared it once, as `--base` shows, and no longer does.
    Dropped,
}

/// This resource shall not exist.
#[derive(Debug, Clone)]
pub struct Doom {
    /// Who says so.
    pub by: DoomedBy,
    /// Where the file says so, or said that it shall exist.
    pub origin: Place,
    /// `detach: true`: undeclared users of it may be unlinked.
    pub detach: bool,
    /// `empty: true`: what it holds may be deleted with it.
    pub empty: bool,
}

/// One resource with all that is known of it: what the file wants and what AWS has.
#[derive(Debug, Clone)]
pub struct Object<K: Kind> {
    /// How the file and reports call it.
    pub address: Address,
    /// How AWS knows it.
    pub id: K::Id,
    /// What the file wants; `None` for what shall not exist.
    pub wanted: Option<Wanted<K>>,
    /// Set where it shall go.
    pub doom: Option<Doom>,
    /// What AWS has.
    pub seen: Seen<K>,
    /// How much of it must be read.
    pub depth: Depth,
}

impl<K: Kind> Object<K> {
    /// A resource of which nothing is wanted, not yet read.
    #[must_use]
    pub fn bare(address: Address, id: K::Id) -> Self {
        Self {
            address,
            id,
            wanted: None,
            doom: None,
            seen: Seen::Unread,
            depth: Depth::Compare,
        }
    }
}

/// What must be done by somebody else before a live thing can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The guard that the refusal is told under: `missing`, `blocked`.
    pub guard: &'static str,
    /// What stands in the way, as a sentence fragment.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

/// What [`Kind::diff`] looks at.
#[derive(Debug)]
pub enum Pair<'a, K: Kind> {
    /// It shall be made.
    Create(&'a K::State),
    /// It is there and shall become `wanted`; ignored, held and unknown fields have been levelled before.
    Change {
        /// What it shall become.
        wanted: &'a K::State,
        /// What it is.
        live: &'a Observed<K>,
    },
    /// It shall go.
    Delete(&'a Observed<K>),
}

/// What a diff may know of the world around.
#[derive(Debug)]
pub struct DiffCx<'a> {
    /// The account.
    pub home: &'a Home,
    /// Things that this plan deletes and makes anew: whoever names them must name them again, since unique ids change.
    pub replaced: &'a BTreeSet<Arn>,
    /// New principals that name each other: their trust is written in a step of its own.
    pub entangled: &'a BTreeSet<Arn>,
    /// The tag that says who owns a thing; written last when something is taken over.
    pub owner_key: &'a str,
}

/// In which direction a step moves access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// It can only take access away.
    Restricts,
    /// It has nothing to do with access.
    Neutral,
    /// It can only give access.
    Widens,
    /// Its direction isn't known: a guard takes it for a narrowing, the order for a widening.
    Either,
}

/// The order of the steps of one resource; see the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rank {
    /// Unlinking before a deletion.
    Unlink,
    /// The deletion itself (first, because a replacement deletes before it makes).
    Delete,
    /// Making the thing.
    Create,
    /// Putting a guard on: a boundary, a Deny.
    GuardOn,
    /// Taking away what nothing replaces.
    Remove,
    /// Settings that have no bearing on access.
    Set,
    /// Adding.
    Add,
    /// Taking away what an addition has replaced.
    RemoveReplaced,
    /// Taking a guard off.
    GuardOff,
    /// The mark of ownership, the last write of an adoption.
    Claim,
}

/// An error of AWS that heals by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The wire code; never a code alone when it can also mean a permanent mistake.
    pub code: &'static str,
    /// A stable part of the message, compared without case; empty for any message.
    pub fragment: &'static str,
    /// Seconds after which it is reported as it is.
    pub within_s: u32,
    /// What a person is told while waiting.
    pub waiting_for: &'static str,
    /// Whether it heals only where this run has just made something that the step stands on.
    pub when: When,
}

/// What a file says of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The name in AWS.
    pub name: String,
    /// The region, for what is in one and can't be found without it.
    pub region: Option<Region>,
    /// The bus, for rules on another bus than the default one.
    pub bus: Option<String>,
}

impl Naming {
    /// What is known by its name alone.
    #[must_use]
    pub fn of(name: impl fmt::Display) -> Self {
        Self {
            name: name.to_string(),
            region: None,
            bus: None,
        }
    }

    /// What is in a region.
    #[must_use]
    pub fn regional(name: impl fmt::Display, region: &Region) -> Self {
        Self {
            region: Some(region.clone()),
            ..Self::of(name)
        }
    }
}

/// What stands behind AWS's word that a thing is there already, where AWS does not show one.
pub const NOT_SHOWN: &str = "AWS does not show it yet";

impl Retry {
    /// Something is there already and can't be looked at yet; who looks again will know whether it is the wanted one.
    #[must_use]
    pub const fn unseen(code: &'static str) -> Self {
        Self {
            code,
            fragment: NOT_SHOWN,
            within_s: 120,
            waiting_for: "AWS to show what is there already",
            when: When::Always,
        }
    }
}

/// When an error of AWS may heal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// When the step's resource, or one that it needs, was made by this run.
    Fresh,
}

/// Whether a second call does harm when the first one's effect isn't known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// The second call does the same, or is refused because the first one worked.
    Repeatable,
    /// Each call adds something: a key, a version.
    OnlyOnce,
}

/// What is lost for good by a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Nothing that a later apply could not bring back.
    None,
    /// An object with its unique id, keys or history.
    Object,
    /// An attachment, a membership, a statement: counted by the brake.
    Link,
    /// Something that holds what people have put there: its deletion always needs a word.
    Store,
}

/// What the rest of the program may know of an action.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The IAM action it needs, `iam:AttachRolePolicy`.
    pub call: &'static str,
    /// What it does, in the reader's words: "attach ReadOnlyAccess".
    pub summary: String,
    /// Its place among the steps of its resource.
    pub rank: Rank,
    /// Its direction of access.
    pub access: Access,
    /// What must exist before.
    pub needs: Vec<Arn>,
    /// What exists afterwards.
    pub makes: Vec<Arn>,
    /// What is no longer used afterwards.
    pub frees: Vec<Arn>,
    /// What is gone afterwards.
    pub deletes: Vec<Arn>,
    /// The link that it breaks, as (holder, held): two steps that break the same link are one.
    pub unlinks: Option<(Arn, Arn)>,
    /// The fields that it brings to their wanted value.
    pub fields: Vec<FieldPath>,
    /// Errors that heal.
    pub retry: &'static [Retry],
    /// Whether it may be tried again when no clear answer came.
    pub once: Once,
    /// What can't come back.
    pub loss: Loss,
    /// Whether it changes nothing in AWS and only saves here what a later step would lose.
    pub only_saves: bool,
    /// How many readings in a row must show it before it counts as settled: reads of some settings go back and forth
    /// between the old and the new.
    pub readings: u32,
}

impl Facts {
    /// Facts of a step that touches nothing but a setting; the rest is filled in by struct update.
    #[must_use]
    pub fn new(call: &'static str, rank: Rank, summary: impl Into<String>) -> Self {
        Self {
            call,
            summary: summary.into(),
            rank,
            access: Access::Neutral,
            needs: Vec::new(),
            makes: Vec::new(),
            frees: Vec::new(),
            deletes: Vec::new(),
            unlinks: None,
            fields: Vec::new(),
            retry: &[],
            once: Once::Repeatable,
            loss: Loss::None,
            only_saves: false,
            readings: 1,
        }
    }
}

/// Who is given access by a state: the input of guards and of access questions.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The user, group or role that holds it; `None` where the document itself says who.
    pub holder: Option<Arn>,
    /// What the document is attached to.
    pub on: Arn,
    /// What it is: "inline policy status", "trust policy".
    pub what: String,
    /// The field that says so.
    pub field: FieldPath,
    /// The document; `None` for a managed policy named by ARN.
    pub document: Option<Policy>,
    /// The managed policy, where it is one.
    pub managed: Option<Arn>,
    /// A document that limits (a boundary) rather than grants.
    pub limits: bool,
}

/// How a file brings a former state back, beyond what [`Kind::spell`] says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regained {
    /// Fields to be written in other words.
    pub instead: BTreeMap<&'static str, serde_json::Value>,
    /// What can't come back, each as a sentence fragment.
    pub lost: Vec<String>,
}

impl Regained {
    /// Nothing special but what is lost.
    #[must_use]
    pub fn without(lost: impl Into<String>) -> Self {
        Self {
            instead: BTreeMap::new(),
            lost: vec![lost.into()],
        }
    }
}

/// What a resource must be and tell, without any effect.
pub trait Kind: Sized + fmt::Debug + Clone + 'static {
    /// The word in addresses: `role`.
    const NAME: &'static str;
    /// Where it stands in the file.
    const SECTION: Section;
    /// Its fields.
    const FIELDS: &'static [Field];
    /// What may stand in place of the mapping of its fields.
    const ALSO: &'static [Shape] = &[];
    /// Which of its fields go together.
    const CHOICES: &'static [Choice] = &[];
    /// Which fields stand in which of its settings, where it has some.
    const SETTINGS: &'static [SettingTable] = &[];
    /// Its page of the reference.
    const DOC: &'static str;
    /// Whether AWS lets it carry tags.
    const TAGGABLE: bool;
    /// The fields that together say what everybody may do: while one of them can't be read, none is changed.
    const EXPOSING: &'static [&'static str] = &[];
    /// Fields whose held values are kept by an apply and are drift all the same: they give access that no file gives.
    const TELLING: &'static [&'static str] = &[];
    /// Whether it may be deleted and made anew where AWS can't change it in place; else it has to stay as it is.
    const REPLACEABLE: bool = true;
    /// Whether what else uses it can be unlinked from it, so that `detach: true` lets it go.
    const DETACHABLE: bool = true;
    /// The field that names it in AWS where the key doesn't; one of the kind's own fields must be written.
    const NAMED_BY: &'static str = "name";
    /// A name that AWS would take: the rest of a resource is read with it when its own can't be.
    const STAND_IN: &'static str = "unnamed";
    /// The words that take off what absence keeps: the field in which two states differ, the field to write, the word.
    const OFF: &'static [(&'static str, &'static str, &'static str)] = &[];
    /// Where [`Kind::spell`] names other things, by ARN or by name, that a file may call by their ids: `policies.*`,
    /// where `*` is any entry of a map or list.
    const NAMES: &'static [(&'static str, KindName)] = &[];
    /// The field that can only name what it stands for, and keeps it where it says `{ live: true }`.
    const CARRIES: Option<&'static str> = None;
    /// What AWS knows it by.
    type Id: Clone + Ord + fmt::Debug + fmt::Display + serde::Serialize;
    /// Its normal form, wanted and live alike.
    type State: Fields;
    /// What only AWS knows: unique ids, versions, keys, members.
    type Evidence: Clone + fmt::Debug + serde::Serialize;
    /// One mutation of it.
    type Action: Clone + fmt::Debug + serde::Serialize;
    /// What other resources may contribute to its wanted state.
    type Part: Clone + fmt::Debug;

    /// The identity of a thing that a file names.
    ///
    /// # Errors
    /// A name that AWS would refuse.
    fn identify(declared: &Declared) -> Result<Self::Id, NameError>;
    /// What a declaration says of an identity, the inverse of [`Kind::identify`].
    fn naming(id: &Self::Id) -> Naming {
        Naming::of(id)
    }
    /// Writes the AWS names of declared things into a declaration, where its identity names them by their ids.
    fn resolve(declared: &mut Declared, index: &Index) {
        let _ = (declared, index);
    }
    /// Why `absent:` can't name it, and what to write instead; `None` for what can be deleted.
    fn undeletable(id: &Self::Id) -> Option<&'static str> {
        let _ = id;
        None
    }
    /// The ARN; `state` supplies a path where there is one.
    fn arn(id: &Self::Id, state: Option<&Self::State>, home: &Home) -> Arn;
    /// The ARN of a thing of which only the name is known, and the path where there is one; `None` for impossible names.
    fn arn_named(declared: &Declared, path: &IamPath, home: &Home) -> Option<Arn>;
    /// From the file to the normal form; every mistake goes to `cx`.
    fn lower(id: &Self::Id, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>>;
    /// From the normal form to the file, the inverse of `lower`.
    fn spell(id: &Self::Id, state: &Self::State) -> serde_json::Value;
    /// How a file brings back what was `before`, where the account has `after` now (`None`: nothing any more).
    fn regain(id: &Self::Id, before: &Observed<Self>, after: Option<&Self::State>) -> Regained;
    /// Whether a thing that is made so has contents from the beginning, so that it must be emptied before it can go.
    fn is_filled(state: &Self::State) -> bool {
        let _ = state;
        false
    }
    /// Takes in what another resource asks for.
    fn contribute(state: &mut Self::State, part: Self::Part);
    /// The tags, for kinds that have them.
    fn tags(state: &Self::State) -> Option<&BTreeMap<String, String>>;
    /// The path, for IAM things: their ARN depends on it.
    fn path(state: &Self::State) -> Option<IamPath> {
        let _ = state;
        None
    }
    /// Whether a live value of an unmentioned field is stricter or more durable than the default.
    fn holds(path: &FieldPath, live: &Self::State) -> bool;
    /// What a person has to do where a watched field is not as written: "sign in as root and …".
    fn remedy(path: &FieldPath) -> &'static str {
        let _ = path;
        "change it by hand"
    }
    /// Whether a difference is for other resources of the file to mend, so that it is none of this one's: a link that
    /// the other end owns. `whole` are the live things that the file declares whole or names under `absent:`.
    fn is_elsewhere(path: &FieldPath, live: &Observed<Self>, whole: &BTreeSet<Arn>) -> bool {
        let _ = (path, live, whole);
        false
    }
    /// What this resource gives another one without saying so, and the file of the other need not repeat: the ARN of the
    /// other, the entry of it, and how the other would spell it.
    fn implies(id: &Self::Id, state: &Self::State, home: &Home) -> Vec<(Arn, FieldPath, serde_json::Value)> {
        let _ = (id, state, home);
        Vec::new()
    }
    /// Whether a live thing is still exactly as newly made, so that taking it over loses nobody anything.
    fn pristine(live: &Observed<Self>) -> bool;
    /// The mutations that lead from live to wanted.
    fn diff(id: &Self::Id, pair: Pair<'_, Self>, cx: &DiffCx<'_>) -> Vec<Self::Action>;
    /// The model of a mutation: what the state is afterwards.
    fn after(state: Option<Self::State>, action: &Self::Action) -> Option<Self::State>;
    /// What is known of a mutation.
    fn facts(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Facts;
    /// What whoever executes a mutation must be permitted: its call, and what AWS asks for beside it.
    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        vec![Permit::new(Self::facts(id, arn, action, home).call, arn)]
    }
    /// What its reader must be permitted.
    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit>;
    /// The IAM actions that listing all of the kind takes; each is asked on everything.
    const LISTS: &'static [&'static str];
    /// The same thing as others may have left it: live states that differ in everything that can differ, so that bringing
    /// them back, or deleting them, takes every mutation there is. `None` where nothing is wanted of it.
    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>>;
    /// Everything that a state names and AWS requires to exist.
    fn refs(id: &Self::Id, state: &Self::State, home: &Home) -> Vec<Arn>;
    /// What a state lets whom do.
    fn grants(id: &Self::Id, state: &Self::State, home: &Home) -> Vec<Grant>;
    /// The document that others hold by this thing's ARN; `None` for what nobody attaches.
    fn held_document(state: &Self::State) -> Option<&Policy> {
        let _ = state;
        None
    }
    /// Why nobody from outside the account gets in, whatever the policy allows; `None` where the policy decides.
    fn shut(state: &Self::State) -> Option<&'static str> {
        let _ = state;
        None
    }
    /// The groups whose policies a state holds, too.
    fn groups(state: &Self::State) -> Vec<Arn> {
        let _ = state;
        Vec::new()
    }
    /// What a state opens to everybody, each as a short phrase: "s3:GetObject on status/*".
    fn exposes(id: &Self::Id, state: &Self::State, home: &Home) -> BTreeSet<String> {
        let _ = (id, state, home);
        BTreeSet::new()
    }
    /// Why it can't be made anew from what the file says: a part of it only keeps what is there.
    fn unmakeable(state: &Self::State) -> Option<&'static str> {
        let _ = state;
        None
    }
    /// Why AWS would refuse every change of a live thing, whatever the file says of it: what it is a part of is not there.
    fn obstacle(id: &Self::Id, live: &Observed<Self>) -> Option<Obstacle> {
        let _ = (id, live);
        None
    }
    /// The tags of what it is a part of, for things that have none of their own.
    fn host_tags(live: &Observed<Self>) -> Option<&BTreeMap<String, String>> {
        let _ = live;
        None
    }
    /// What people have put into a live thing and would lose with it: "1,204 objects". `None` where it is empty, or
    /// where things of this kind hold nothing.
    fn contents(live: &Observed<Self>) -> Option<String> {
        let _ = live;
        None
    }
    /// Who else uses a live thing, as far as its deletion is concerned.
    fn users(live: &Observed<Self>) -> Vec<Arn>;
    /// What AWS holds of it that the file can't say, each as a short phrase.
    fn unmodelled(evidence: &Self::Evidence) -> Vec<String>;
}

/// What a file can only name.
#[derive(Debug, Clone)]
pub struct Bytes {
    /// The field that names it.
    pub field: &'static str,
    /// The key beside which the field names a file of it, `zip`; files of it end so, too.
    pub form: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The kind's effects. One call per action; no loops, no waiting, no decisions.
#[cfg(feature = "aws")]
pub trait Live: Kind {
    /// Finds out what AWS has. Calls that can be shared are shared through the view.
    /// `object` has not been read; what is wanted of it says what has to be looked at one by one, such as seeded objects.
    fn read(view: &crate::aws::View<'_>, object: &Object<Self>) -> impl Future<Output = Seen<Self>>;
    /// Tells the view what will be read, so that it can choose the cheaper way.
    fn expect(view: &crate::aws::View<'_>, id: &Self::Id) {
        let _ = (view, id);
    }
    /// Every resource of this kind that the account has; of a regional kind, those of one region. What AWS made itself
    /// is among them and says so. A page that was refused refuses the whole.
    fn list(
        view: &crate::aws::View<'_>,
        region: &Region,
    ) -> impl Future<Output = Result<Vec<Listed<Self>>, crate::engine::CallError>>;
    /// Executes one action.
    fn run(
        aws: &crate::aws::Aws,
        id: &Self::Id,
        arn: &Arn,
        action: &Self::Action,
    ) -> impl Future<Output = Result<crate::engine::Receipt, crate::engine::CallError>>;
    /// The bytes of what a file can only name, such as a function's code; `None` where there are none.
    fn bytes(
        aws: &crate::aws::Aws,
        id: &Self::Id,
        state: &Self::State,
    ) -> impl Future<Output = Result<Option<Bytes>, crate::engine::CallError>> {
        let _ = (aws, id, state);
        async { Ok(None) }
    }
    /// Whether AWS has finished what the action began; polled by the engine.
    fn settled(
        aws: &crate::aws::Aws,
        id: &Self::Id,
        action: &Self::Action,
    ) -> impl Future<Output = Result<crate::engine::Settled, crate::engine::CallError>>;
}
