//! What a command has to say, as data: one model behind JSON, Markdown and SARIF.
//!
//! Invariant: a report is pure data without secrets; equal inputs give equal reports. It decides nothing: verbs, classes
//! and refusals come from the plan, the drift or the difference that it was made of.

mod diff;
mod drift;
mod findings;
mod outcome;
mod plan;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::access::delta::Delta;
use crate::address::Address;
use crate::drift::Standing;
use crate::fields::{FieldPath, Shown};
use crate::kind::{Access, DoomedBy, Loss};
use crate::kinds::KindName;
use crate::plan::Refusal;
use crate::policy_doc::{self, Policy, StatementChange};
use crate::spec::source::Place;

pub use findings::{Finding, Region};
pub use outcome::End;

/// The command that a report is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `check`.
    Check,
    /// `plan`.
    Plan,
    /// `apply`.
    Apply,
    /// `drift`.
    Drift,
    /// `diff`.
    Diff,
    /// `fleet`.
    Fleet,
}

impl Command {
    /// As it is typed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Drift => "drift",
            Self::Diff => "diff",
            Self::Fleet => "fleet",
        }
    }
}

/// Everything that a command has to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The command.
    pub command: Command,
    /// What it was asked about.
    pub context: Context,
    /// Mistakes in files.
    pub findings: Vec<Finding>,
    /// Why the command could not do its work.
    pub failure: Option<Failure>,
    /// What differs between the headers of two files.
    pub header: Vec<HeaderChange>,
    /// The resources.
    pub things: Vec<Thing>,
    /// What stands in the way.
    pub refusals: Vec<Refusal>,
    /// Kinds whose things could not be listed, with the reason.
    pub unlisted: BTreeMap<KindName, String>,
    /// The calls, in order.
    pub steps: Vec<Step>,
    /// Who gains and who loses which access; in a drift, who has more and who less of it than the file gives.
    pub access: Delta,
    /// Remarks on the whole.
    pub notes: Vec<String>,
    /// The reports of the accounts of a fleet.
    pub members: Vec<Member>,
    /// How it ended.
    pub verdict: Verdict,
}

/// What a command was asked about, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The environment's name.
    pub environment: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The default region.
    pub region: Option<String>,
    /// The ARN of the identity that asked AWS.
    pub identity: Option<String>,
    /// The digest of the lowered file.
    pub digest: Option<String>,
    /// What the file was compared with: git revisions, files.
    pub bases: Vec<String>,
    /// What was compared with it, where that is not the file of the command.
    pub compared: Option<String>,
    /// The consents, as the user gave them.
    pub consents: Vec<String>,
}

/// Why a command could not do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong, as a sentence fragment.
    pub message: String,
    /// What to do.
    pub hints: Vec<String>,
}

/// What is said of one key of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderChange {
    /// The key: `account`.
    pub key: &'static str,
    /// What the earlier file says.
    pub before: Option<String>,
    /// What the later file says.
    pub after: Option<String>,
}

/// What is said of one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Thing {
    /// Its address.
    pub address: Address,
    /// What happens to it, or how it stands.
    pub status: Status,
    /// How the account stands to the file; only of a drift.
    pub standing: Option<Standing>,
    /// Who says that it shall go, where it shall.
    pub doomed: Option<DoomedBy>,
    /// Where the file declares it or names it under `absent:`.
    pub place: Option<Place>,
    /// What differs.
    pub fields: Vec<Field>,
    /// What differs and is kept, because absence never weakens.
    pub held: Vec<Field>,
    /// What differs and is kept, because `ignore:` says so.
    pub ignored: Vec<Field>,
    /// What differs and only a person can change, with what the person has to do.
    pub unmet: Vec<(Field, &'static str)>,
    /// What could not be read or told, with the reason.
    pub unknown: Vec<(FieldPath, String)>,
    /// Remarks.
    pub notes: Vec<String>,
    /// Who changed it, as far as somebody has looked.
    pub traces: Vec<Trace>,
}

impl Thing {
    /// A resource of which nothing more is said.
    #[must_use]
    pub fn new(address: Address, status: Status, place: Option<Place>) -> Self {
        Self {
            address,
            status,
            standing: None,
            doomed: None,
            place,
            fields: Vec::new(),
            held: Vec::new(),
            ignored: Vec::new(),
            unmet: Vec::new(),
            unknown: Vec::new(),
            notes: Vec::new(),
            traces: Vec::new(),
        }
    }

    /// How the account stands to the file, where that is more than the fields say.
    #[must_use]
    pub fn remark(&self) -> Option<&'static str> {
        let standing = self.standing?;
        matches!(standing, Standing::Missing | Standing::Extra).then(|| drift::standing_word(standing))
    }

    /// Whether a reader of differences wants to hear of it.
    #[must_use]
    pub fn is_worth_showing(&self) -> bool {
        let says_nothing = self.held.is_empty() && self.unmet.is_empty() && self.unknown.is_empty();
        self.status != Status::Keep || !says_nothing || !self.notes.is_empty()
    }
}

/// One change that somebody made, as the account's trail tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Who: an ARN, or a role with the name of its session.
    pub actor: String,
    /// The call: `AttachRolePolicy`.
    pub event: String,
    /// When, in RFC 3339.
    pub time: String,
}

/// What happens to a resource, or how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Plan: it is made.
    Create,
    /// Plan: it is changed in place.
    Update,
    /// Plan: it is deleted and made anew.
    Replace,
    /// Plan: it is deleted.
    Delete,
    /// Plan: only the mark of ownership is written.
    Adopt,
    /// Plan: nothing, because something forbids it.
    Refuse,
    /// Drift: both the file and the account were changed since the base.
    Conflict,
    /// Drift: the account was changed behind the file's back.
    Drift,
    /// Drift: the account differs from the file, and there is no base to tell why.
    Difference,
    /// Drift: the file was changed and not applied yet.
    Pending,
    /// It could not be read or told.
    Unknown,
    /// Drift: it exists and no file declares it.
    Unmanaged,
    /// Drift: it differs or is unmanaged, and a list of accepted things names it.
    Accepted,
    /// Diff: only the later file has it.
    Added,
    /// Diff: only the earlier file has it.
    Removed,
    /// Diff: both have it in different forms.
    Changed,
    /// It is as written.
    Keep,
}

impl Status {
    /// The word of machines and of headings.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Delete => "delete",
            Self::Adopt => "adopt",
            Self::Refuse => "refuse",
            Self::Conflict => "conflict",
            Self::Drift => "drift",
            Self::Difference => "difference",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Unmanaged => "unmanaged",
            Self::Accepted => "accepted",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Keep => "keep",
        }
    }

    /// As a count names it: "2 to create".
    #[must_use]
    pub fn counted(self) -> &'static str {
        match self {
            Self::Create => "to create",
            Self::Update => "to change",
            Self::Replace => "to replace",
            Self::Delete => "to delete",
            Self::Adopt => "to adopt",
            Self::Refuse => "refused",
            Self::Conflict => "in conflict",
            Self::Drift => "drifted",
            Self::Difference => "different",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::Unmanaged => "unmanaged",
            Self::Accepted => "accepted",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Keep => "as written",
        }
    }
}

/// Why live and file differ in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Nobody can tell without a base.
    Difference,
    /// The file was changed and not applied yet.
    Pending,
    /// The account was changed behind the file's back.
    Drift,
    /// Both were changed.
    Conflict,
}

impl Class {
    /// The word of machines and of rows.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Difference => "difference",
            Self::Pending => "pending",
            Self::Drift => "drift",
            Self::Conflict => "conflict",
        }
    }
}

/// What the base says of a field.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Base {
    /// There is no base.
    #[default]
    Unasked,
    /// It has no such value.
    Nothing,
    /// This.
    Value(Shown),
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The field or entry.
    pub path: FieldPath,
    /// What AWS has, or the earlier file; `None` for nothing.
    pub before: Option<Shown>,
    /// What the file wants; `None` for nothing.
    pub after: Option<Shown>,
    /// What the base says.
    pub base: Base,
    /// Why it differs, for drift.
    pub class: Option<Class>,
    /// Where the file says so.
    pub place: Option<Place>,
}

impl Field {
    /// What differs in a document, by its statements; `None` where neither side is a document.
    #[must_use]
    pub fn statements(&self) -> Option<Vec<StatementChange>> {
        let (before, after) = (document(self.before.as_ref()), document(self.after.as_ref()));
        (before.is_some() || after.is_some()).then(|| policy_doc::diff(before, after))
    }
}

fn document(shown: Option<&Shown>) -> Option<&Policy> {
    match shown {
        Some(Shown::Policy(policy)) => Some(policy),
        Some(Shown::Text(_) | Shown::Secret) | None => None,
    }
}

/// One call to AWS.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its number within the report, from 0.
    pub id: usize,
    /// The resource that it belongs to.
    pub address: Address,
    /// The IAM action that it needs.
    pub call: &'static str,
    /// In the reader's words.
    pub summary: String,
    /// Its direction of access.
    pub access: Access,
    /// What can't come back.
    pub loss: Loss,
    /// The steps that must have succeeded before.
    pub after: Vec<usize>,
    /// Where the file says so.
    pub place: Option<Place>,
    /// How it ended, where it was tried.
    pub end: Option<End>,
}

/// One account of a fleet.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// What the fleet's file calls it.
    pub name: String,
    /// What was found there.
    pub report: Report,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The exit code of the process.
    pub exit: u8,
    /// In a word.
    pub word: Word,
}

/// How a command ended, in a word. Later ones are graver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// There is nothing to do and nothing to tell.
    Clean,
    /// It is done.
    Done,
    /// There is something to do, or something differs.
    Changes,
    /// Something could not be read, or AWS did not yet show it as written.
    Incomplete,
    /// A guard refused.
    Refused,
    /// An error.
    Error,
    /// Interrupted.
    Interrupted,
}

impl Word {
    /// The word of machines.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Done => "done",
            Self::Changes => "changes",
            Self::Incomplete => "incomplete",
            Self::Refused => "refused",
            Self::Error => "error",
            Self::Interrupted => "interrupted",
        }
    }
}

impl Report {
    /// A report of nothing yet.
    #[must_use]
    pub fn new(command: Command, context: Context, verdict: Verdict) -> Self {
        Self {
            command,
            context,
            findings: Vec::new(),
            failure: None,
            header: Vec::new(),
            things: Vec::new(),
            refusals: Vec::new(),
            unlisted: BTreeMap::new(),
            steps: Vec::new(),
            access: Delta::default(),
            notes: Vec::new(),
            members: Vec::new(),
            verdict,
        }
    }

    /// How many resources have which status; the members' own count, too.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Status, usize> {
        let mut counts = BTreeMap::new();
        for thing in &self.things {
            *counts.entry(thing.status).or_default() += 1;
        }
        for (status, count) in self.members.iter().flat_map(|member| member.report.counts()) {
            *counts.entry(status).or_default() += count;
        }
        counts
    }

    /// "1 to create, 211 as written; 9 calls"; "nothing" where there is nothing to count.
    #[must_use]
    pub fn summary(&self) -> String {
        let counts = self.counts().into_iter();
        let mut parts: Vec<String> = counts
            .map(|(status, count)| format!("{count} {}", status.counted()))
            .collect();
        if !self.findings.is_empty() {
            parts.insert(0, findings::summary(&self.findings));
        }
        if !self.unlisted.is_empty() {
            parts.push(format!("{} kinds not listed", self.unlisted.len()));
        }
        let mut text = if parts.is_empty() {
            "nothing".to_owned()
        } else {
            parts.join(", ")
        };
        match self.steps.len() {
            0 => {}
            1 => text.push_str("; 1 call"),
            many => text.push_str(&format!("; {many} calls")),
        }
        text
    }
}
