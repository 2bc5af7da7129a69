//! What a kind's `lower` works with: the account, what else is declared, and where to put mistakes.
//!
//! Invariant: lowering never touches AWS and never stops at the first mistake.

use std::collections::{BTreeMap, BTreeSet};

use crate::address::Address;
use crate::fields::FieldPath;
use crate::kind::{Home, Kind};
use crate::kinds::{AnyPart, KindName};
use crate::names::{Arn, IamPath, Region};

use super::files::Files;
use super::finding::Finding;
use super::source::{Place, Sources, Span};

/// What the file says of one resource, before contributions.
#[derive(Debug, Clone)]
pub struct Lowered<K: Kind> {
    /// The normal form.
    pub state: K::State,
    /// Fields that can't be told now, with the reason.
    pub unknown: BTreeMap<FieldPath, String>,
    /// What it asks of other resources.
    pub contributions: Vec<Contribution>,
    /// Where entries of keyed fields are written; whole fields are located by the loader.
    pub spans: BTreeMap<FieldPath, Span>,
}

impl<K: Kind> Lowered<K> {
    /// A state that asks nothing of others.
    #[must_use]
    pub fn new(state: K::State) -> Self {
        Self { state, unknown: BTreeMap::new(), contributions: Vec::new(), spans: BTreeMap::new() }
    }
}

/// Something that one resource adds to the wanted state of another.
#[derive(Debug, Clone)]
pub struct Contribution {
    /// The owner of the link.
    pub to: Address,
    /// What is added.
    pub part: AnyPart,
}

/// One declared resource, before it is lowered.
#[derive(Debug, Clone)]
pub struct Declared {
    /// The AWS name, after interpolation.
    pub name: String,
    /// The written path, for IAM things.
    pub path: Option<String>,
    /// The written region or the default one.
    pub region: Region,
    /// The written bus, for rules.
    pub bus: Option<String>,
    /// The key.
    pub span: Span,
}

/// Everything that is declared, by kind and id.
pub type Index = BTreeMap<KindName, BTreeMap<String, Declared>>;

/// What was learned from AWS and lowering needs: paths of IAM things that the file leaves open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned {
    /// By kind and AWS name.
    pub paths: BTreeMap<(KindName, String), IamPath>,
}

/// A thing that the file uses and somebody else owns: `{ existing: NAME }`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Existing {
    /// Its kind.
    pub kind: KindName,
    /// Its AWS name.
    pub name: String,
    /// Where it is named.
    pub place: Place,
}

/// The context of one resource's lowering.
pub struct Lowering<'a> {
    /// The account.
    pub home: &'a Home,
    /// The environment's name.
    pub environment: &'a str,
    /// The region of this resource.
    pub region: &'a Region,
    /// Everything that is declared.
    pub index: &'a Index,
    /// What AWS told.
    pub learned: &'a Learned,
    /// Access to `file:` and `code:`, below the folder of the file that names them.
    pub files: &'a dyn Files,
    /// Environment variables for `from_env`; `None` for one that isn't set.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The texts, for places.
    pub sources: &'a mut Sources,
    /// Mistakes and warnings.
    pub findings: &'a mut Vec<Finding>,
    /// Things that must exist outside the file.
    pub existing: &'a mut BTreeSet<Existing>,
}

impl Lowering<'_> {
    /// Reports a mistake.
    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// The ARN of a declared thing, by its id in the file.
    #[must_use]
    pub fn declared_arn(&self, kind: KindName, id: &str) -> Option<Arn> {
        let declared = self.index.get(&kind)?.get(id)?;
        Some(self.arn_of(kind, declared))
    }
}
