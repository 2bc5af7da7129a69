//! Version 1 of the JSON format of reports.
//!
//! Invariant: frozen. Members may be added (optional ones, skipped while they are empty); nothing else may change. The
//! schema below `docs/schema` is made of these types and their comments, and a test holds the two together.

mod access;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

pub use access::{
    AccessChange, AccessOf, AccessSource, Actions, Escalation, PrincipalSort, Right, UnknownAccess, Way, Widens,
};

/// What one command of evenkeel has to say: a plan, a drift, a difference of two files, the findings of a check, the
/// outcome of an apply, or all of these for the accounts of a fleet.
///
/// Members may be added within a version; readers skip what they don't know. An absent list is empty.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// The version of this format.
    #[cfg_attr(test, schemars(range(min = 1, max = 1)))]
    pub evenkeel: u32,
    /// The command that the report is of.
    pub report: Command,
    /// The version of the program.
    pub tool: String,
    /// The name of the environment, if the file could be read that far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The default region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The ARN of the identity that asked AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The digest of what the file wants: its meaning, not its spelling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What the file was compared with, as it was given: git revisions, files or folders.
    pub bases: Vec<String>,
    /// What was compared with it; only of `diff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<String>,
    /// The consents, as they were given.
    pub consents: Vec<String>,
    /// How it ended.
    pub verdict: Verdict,
    /// How many resources have which status; what no resource has is left out.
    pub counts: BTreeMap<String, usize>,
    /// Mistakes in files.
    pub findings: Vec<Finding>,
    /// Why the command could not do its work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// What differs between the headers of two files; only of `diff`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<HeaderChange>,
    /// What stands in the way.
    pub refusals: Vec<Refusal>,
    /// The resources, in the order of their addresses.
    pub things: Vec<Thing>,
    /// Kinds whose things could not be listed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unlisted: Vec<Unlisted>,
    /// The calls to AWS, in an order in which they could run one by one.
    pub steps: Vec<Step>,
    /// Who gains and who loses which access; absent where nobody's access moves. In a drift, what is gained is what the
    /// account gives beyond the file, and what is lost is what it lacks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessChange>,
    /// Remarks on the whole.
    pub notes: Vec<String>,
    /// The reports of the accounts of a fleet, in the order of its file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
}

/// A command.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// What can be known of a file without AWS.
    Check,
    /// What would be done.
    Plan,
    /// What was done.
    Apply,
    /// The account against the file.
    Drift,
    /// One file against another.
    Diff,
    /// Many accounts.
    Fleet,
}

/// How a command ended.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Verdict {
    /// The exit code of the process.
    pub exit: u8,
    /// The same in a word.
    pub word: Word,
    /// The counts as a line for people.
    pub summary: String,
}

/// How a command ended, in a word.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
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
    /// It was interrupted.
    Interrupted,
}

/// A mistake in a file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// A code that never changes its meaning, `E0402`, `P202`.
    pub code: String,
    /// Whether anything can be done before it is mended.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What is wrong just there, or what would be right.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Where; absent for what has no text, such as a missing file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Region>,
    /// Other places that matter.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
}

/// How bad a finding is.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is done until it is mended.
    Error,
    /// It gives access that hardly anybody means to give.
    Security,
    /// Worth a look.
    Warning,
    /// Good to know.
    Info,
}

/// A place in a file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// The file as it was given, with forward slashes.
    pub file: String,
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// A stretch of a file. Lines and columns count from 1, columns in characters.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Region {
    /// The file as it was given, with forward slashes.
    pub file: String,
    /// The first line.
    pub line: u32,
    /// The first column.
    pub column: u32,
    /// The last line.
    pub end_line: u32,
    /// The column behind the last character.
    pub end_column: u32,
}

/// A further place of a finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Related {
    /// Where.
    pub place: Region,
    /// What is there.
    pub label: String,
}

/// Why a command could not do its work.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Failure {
    /// What went wrong.
    pub message: String,
    /// What to do.
    pub hints: Vec<String>,
}

/// A key of the header that two files disagree about.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HeaderChange {
    /// The key, `account`.
    pub key: String,
    /// What the earlier file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What the later file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Something that stands in the way of the whole plan or of one resource.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Refusal {
    /// Which guard: `adopt`, `contested`, `lockout` …
    pub guard: String,
    /// The resource, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Why.
    pub message: String,
    /// What would allow it.
    pub hint: String,
    /// Where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// One resource.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Thing {
    /// Its address, `role/ci`.
    pub address: String,
    /// Its kind, `role`.
    pub kind: String,
    /// Its id in the file, or its name in AWS where no file declares it.
    pub id: String,
    /// What happens to it, or how it stands.
    pub status: Status,
    /// How the account stands to the file; only of a drift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Who says that it shall go, where it shall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doomed: Option<Doomed>,
    /// Where the file declares it, or names it under `absent:`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What differs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// What differs and is kept, because absence never weakens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Field>,
    /// What differs and is kept, because `ignore:` says so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Field>,
    /// What differs and only a person can change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmet: Vec<Unmet>,
    /// What could not be read or told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<Unknown>,
    /// Remarks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Who changed it, as far as somebody has looked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub traces: Vec<Trace>,
}

/// How the account stands to the file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// As the file says.
    AsWritten,
    /// There, and not as the file says.
    Differs,
    /// Declared, and not there.
    Missing,
    /// There, and it shall not be.
    Extra,
    /// It could not be read.
    Unknown,
}

/// Who says that a resource shall go.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Doomed {
    /// `absent:` names it.
    Absent,
    /// The file declared it once, as a base shows, and no longer does.
    Dropped,
}

/// A kind whose things could not be listed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unlisted {
    /// The kind, `role`.
    pub kind: String,
    /// Why.
    pub reason: String,
}

/// What happens to a resource, or how it stands.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
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
    /// Plan: nothing, because something forbids it; the refusals say what.
    Refuse,
    /// Drift: both the file and the account were changed since the base.
    Conflict,
    /// Drift: the account was changed behind the file's back.
    Drift,
    /// Drift: the account differs from the file, and no base tells why.
    Difference,
    /// Drift: the file was changed and is not applied yet.
    Pending,
    /// It could not be read or told.
    Unknown,
    /// Drift: it exists and no file declares it.
    Unmanaged,
    /// Drift: it differs or is unmanaged, and the list of what is accepted names it.
    Accepted,
    /// Diff: only the later file has it.
    Added,
    /// Diff: only the earlier file has it.
    Removed,
    /// Diff: the files differ in it.
    Changed,
    /// It is as written.
    Keep,
}

/// One field that differs. In a plan `before` is what AWS has and `after` what the file wants; so it is in a drift.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Field {
    /// The field, or the field and an entry behind a dot: `policies.arn:aws:iam::aws:policy/ReadOnlyAccess`.
    pub path: String,
    /// The field alone.
    pub field: String,
    /// The entry, for fields that are maps or sets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What was there; absent for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What shall be there; absent for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// What the base says; absent without a base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    /// Why it differs; only of a drift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// Where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What differs in a document, by its statements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statements: Option<Vec<Statement>>,
}

/// A value: a text as a reader is shown it, a policy document, or something that is never shown.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Value {
    /// As a reader is shown it.
    Text(String),
    /// A policy document.
    Document(Document),
    /// Something that is compared and never shown.
    Secret(Secret),
}

/// A policy document.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Document {
    /// The document in AWS's own keys; a text where it is no JSON.
    pub document: Json,
}

/// Something that is compared and never shown.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Secret {
    /// Always true.
    pub secret: bool,
}

/// What a base says of a field.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Base {
    /// The value; absent for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

/// Why account and file differ.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// No base tells why.
    Difference,
    /// The file was changed and is not applied yet.
    Pending,
    /// The account was changed behind the file's back.
    Drift,
    /// Both were changed.
    Conflict,
}

/// What differs in one statement of a policy document.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Statement {
    /// What became of it.
    pub change: StatementChange,
    /// Its `Sid`, or its number: "statement 2"; absent for what concerns the whole document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The statement in one line, of added and removed ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// Its elements that differ, of changed ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// What became of a statement.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StatementChange {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another.
    Changed,
    /// The version or the `Id` of the whole document is another.
    Document,
    /// The earlier document could not be understood.
    UnreadableBefore,
    /// The later document could not be understood.
    UnreadableAfter,
}

/// An element of a statement that differs.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Part {
    /// Which: `Action`, `Principal AWS`, `Condition StringEquals aws:SourceVpc`.
    pub element: String,
    /// What is gone.
    pub removed: Vec<String>,
    /// What is new.
    pub added: Vec<String>,
}

/// What differs and only a person can change.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unmet {
    /// What AWS has and what the file says.
    pub field: Field,
    /// What the person has to do.
    pub remedy: String,
}

/// What could not be read or told.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unknown {
    /// The field.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// One change that somebody made, as the account's trail tells it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Trace {
    /// Who.
    pub actor: String,
    /// The call, `AttachRolePolicy`.
    pub event: String,
    /// When, in RFC 3339.
    pub time: String,
}

/// One call to AWS.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Step {
    /// Its number within the report, from 0.
    pub id: usize,
    /// The resource that it belongs to.
    pub address: String,
    /// The IAM action that it needs.
    pub call: String,
    /// In the reader's words.
    pub summary: String,
    /// Its direction of access.
    pub access: Access,
    /// What can't come back.
    pub loss: Loss,
    /// The steps that must have succeeded before.
    pub after: Vec<usize>,
    /// Where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// How it ended; only of an apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<End>,
}

/// In which direction a step moves access.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// It can only take access away.
    Restricts,
    /// It has nothing to do with access.
    Neutral,
    /// It can only give access.
    Widens,
    /// It may do either.
    Either,
}

/// What is lost for good by a step.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Loss {
    /// Nothing that a later apply could not bring back.
    None,
    /// An object with its unique id, keys or history.
    Object,
    /// An attachment, a membership, a statement.
    Link,
    /// Something that holds what people have put there.
    Store,
}

/// How a step ended.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct End {
    /// In a word.
    pub word: EndWord,
    /// AWS's id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// AWS's code, of what failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The operation, the code and AWS's words, of what failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The step that it was held back for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_by: Option<usize>,
    /// What a person must be told, such as where a password was put.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
}

/// How a step ended, in a word.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EndWord {
    /// It has been done.
    Done,
    /// It has failed.
    Failed,
    /// It was not tried, because a step before it was not done.
    Held,
    /// It was not tried, because the run was stopped.
    Stopped,
}

/// One account of a fleet.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Member {
    /// What the fleet's file calls it.
    pub name: String,
    /// What was found there.
    pub report: Report,
}
