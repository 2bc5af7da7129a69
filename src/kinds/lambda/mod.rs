//! Lambda functions.
//!
//! Invariant: code is known by Lambda's hash of it, live environments are never shown, and statements that this program
//! can't express are never touched. Versions, aliases, URLs and event sources are not modelled.

pub mod code;
#[cfg(feature = "aws")]
mod live;
#[cfg(test)]
#[cfg(feature = "aws")]
mod live_tests;
pub(crate) mod lower;
pub mod permission;
mod permits;
#[cfg(feature = "aws")]
mod read;
mod regain;
mod steps;
#[cfg(test)]
mod tests;
pub mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::fields::FieldPath;
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Naming, Object, Observed, OnChange, Pair, Permit, Regained, Scope,
    Section, field,
};
use crate::kinds::KindName;
use crate::names::{
    Architecture, Arn, EphemeralStorage, FunctionName, Handler, IamPath, LayerVersionArn, Memory, NameError, Region,
    Runtime, Timeout,
};
use crate::shape::{self, Shape, items};
use crate::spec::lower::{Declared, Lowered, Lowering};
use crate::spec::node::Node;
use crate::state;

pub use code::Code;
pub use permission::{Invocation, Permission};
pub use steps::{Action, invocation};
use values::{Logging, PackageType, Tracing, Variable, Vpc};

/// The kind.
#[derive(Debug, Clone)]
pub struct Lambda;

/// A function's identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Id {
    /// Its name.
    pub name: FunctionName,
    /// Its region.
    pub region: Region,
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.name, self.region)
    }
}

state! {
    /// A function in its normal form.
    pub struct State {
        /// Zip or image; follows from the code.
        package_type: PackageType,
        /// Runtime; none for images.
        runtime: Option<Runtime>,
        /// Handler; none for images.
        handler: Option<Handler>,
        /// What it may do.
        role: Arn,
        /// Code.
        code: Code,
        /// Processor.
        architectures: Architecture,
        /// Memory.
        memory: Memory,
        /// The longest invocation.
        timeout: Timeout,
        /// The size of `/tmp`.
        storage: EphemeralStorage,
        /// Environment.
        environment: BTreeMap<String, Variable>,
        /// The key that the environment is encrypted with.
        kms_key: Option<Arn>,
        /// Layers; later ones cover earlier ones.
        layers: Vec<LayerVersionArn>,
        /// Description.
        description: String,
        /// Tracing.
        tracing: Tracing,
        /// Where failed asynchronous invocations go.
        dead_letter: Option<Arn>,
        /// Network.
        vpc: Option<Vpc>,
        /// Logging.
        logging: Logging,
        /// Reserved concurrency; 0 switches it off.
        reserved_concurrency: Option<u32>,
        /// The statements of its policy.
        permissions: BTreeMap<String, Permission>,
        /// Tags.
        tags: BTreeMap<String, String>,
    }
}

/// What only AWS knows of a function.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Evidence {
    /// Changes with every write.
    pub revision: String,
    /// When code or settings were last changed.
    pub last_modified: String,
    /// `Active`, `Inactive`, `Failed` …
    pub status: String,
    /// What it has that the file can't say.
    pub unmodelled: Vec<String>,
}

impl Kind for Lambda {
    const NAME: &'static str = "lambda";
    const SECTION: Section = Section {
        key: "lambdas",
        aliases: &["functions"],
        service: "lambda",
        principal: false,
        form: Form::Named,
        scope: Scope::Regional,
    };
    const FIELDS: &'static [Field] = &[
        field(
            "region",
            shape::REGION,
            "the environment's",
            OnChange::Replace,
            "Where it lives; part of what it is.",
        ),
        field(
            "runtime",
            shape::TEXT,
            "required, but for images",
            OnChange::InPlace,
            "The runtime, such as `python3.13`.",
        ),
        field(
            "handler",
            shape::TEXT,
            "required, but for images",
            OnChange::InPlace,
            "What the runtime calls.",
        ),
        field(
            "role",
            Shape::Reference("role"),
            "required",
            OnChange::InPlace,
            "The role that it runs as.",
        ),
        field(
            "code",
            code::SHAPE,
            "required",
            OnChange::InPlace,
            "Its code: a folder or file that is packed reproducibly, a zip, an object, an image by digest, or what it runs \
             already.",
        ),
        field(
            "package_type",
            crate::words_of!(PackageType::WORDS),
            "as `code` says",
            OnChange::Replace,
            "Follows from `code`.",
        ),
        field(
            "architectures",
            lower::ARCHITECTURES,
            "[x86_64]",
            OnChange::InPlace,
            "The processor; changes together with the code.",
        ),
        field(
            "memory",
            Shape::Called("MiB from 128 to 10240", &shape::number("MiB", 128, 32_768)),
            "128",
            OnChange::InPlace,
            "Memory.",
        ),
        field(
            "timeout",
            Shape::Duration { least: 1, most: 900 },
            "3s",
            OnChange::InPlace,
            "The longest invocation.",
        ),
        field(
            "storage",
            shape::number("MiB", 512, 10_240),
            "512",
            OnChange::InPlace,
            "The size of `/tmp`.",
        ),
        field(
            "environment",
            Shape::Map(&items("text, { from_env: NAME } or { live: true }", lower::VARIABLE)),
            "nothing",
            OnChange::InPlace,
            "The environment; the whole map.",
        ),
        field(
            "kms_key",
            shape::ARN_OR_NONE,
            "AWS's key",
            OnChange::Held,
            "The key that encrypts the environment; only `none` takes a live one off.",
        ),
        field(
            "layers",
            Shape::List(&items("layer versions", shape::ARN)),
            "none",
            OnChange::InPlace,
            "Layers in order; later ones cover earlier ones.",
        ),
        field(
            "description",
            shape::TEXT,
            "nothing",
            OnChange::InPlace,
            "What it is for.",
        ),
        field(
            "tracing",
            crate::words_of!(Tracing::WORDS),
            "PassThrough",
            OnChange::InPlace,
            "Whether X-Ray samples by itself.",
        ),
        field(
            "dead_letter",
            shape::ARN_OR_NONE,
            "none",
            OnChange::Held,
            "The queue or topic for failed asynchronous invocations; only `none` takes a live one off.",
        ),
        field(
            "vpc",
            lower::VPC,
            "none",
            OnChange::Held,
            "The network; only `none` leaves a live one.",
        ),
        field(
            "logging",
            lower::LOGGING,
            "Text to /aws/lambda/NAME",
            OnChange::InPlace,
            "Form, levels and place of its logs.",
        ),
        field(
            "reserved_concurrency",
            Shape::AnyOf(&[shape::number("", 0, u64::MAX), shape::NONE]),
            "none",
            OnChange::Held,
            "Invocations reserved for it, which is also the most; 0 switches it off; only `none` takes a live one off.",
        ),
        field(
            "permissions",
            Shape::Map(&items("statements", permission::SHAPE)),
            "none but implied ones",
            OnChange::InPlace,
            "Who may call it; the whole policy by statement id.",
        ),
        field("tags", shape::TAGS, "nothing", OnChange::InPlace, "Tags."),
    ];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = true;
    const CARRIES: Option<&'static str> = Some("code");
    const OFF: &'static [(&'static str, &'static str, &'static str)] = &[
        ("kms_key", "kms_key", "none"),
        ("dead_letter", "dead_letter", "none"),
        ("vpc", "vpc", "none"),
        ("reserved_concurrency", "reserved_concurrency", "none"),
    ];
    const NAMES: &'static [(&'static str, KindName)] = &[("role", KindName::Role)];
    type Id = Id;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = Invocation;

    fn naming(id: &Id) -> Naming {
        Naming::regional(&id.name, &id.region)
    }

    fn identify(declared: &Declared) -> Result<Id, NameError> {
        Ok(Id {
            name: FunctionName::parse(&declared.name)?,
            region: declared.region.clone(),
        })
    }

    fn arn(id: &Id, _: Option<&State>, home: &Home) -> Arn {
        Arn::function(&id.region, &home.account, &id.name)
    }

    fn arn_named(declared: &Declared, _: &IamPath, home: &Home) -> Option<Arn> {
        Some(Self::arn(&Self::identify(declared).ok()?, None, home))
    }

    fn lower(id: &Id, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        lower::lower(id, node, cx)
    }

    fn spell(id: &Id, state: &State) -> serde_json::Value {
        lower::spell(id, state)
    }

    fn regain(id: &Id, before: &Observed<Self>, after: Option<&State>) -> Regained {
        regain::regain(id, &before.state, after)
    }

    fn contribute(state: &mut State, part: Invocation) {
        let Invocation { id, permission } = part;
        // A statement that the file itself declares under another id serves as well.
        if !state.permissions.values().any(|declared| *declared == permission) {
            state.permissions.insert(id.to_string(), permission);
        }
    }

    fn tags(state: &State) -> Option<&BTreeMap<String, String>> {
        Some(&state.tags)
    }

    fn holds(path: &FieldPath, live: &State) -> bool {
        match path.field {
            "kms_key" => live.kms_key.is_some(),
            "vpc" => live.vpc.is_some(),
            "dead_letter" => live.dead_letter.is_some(),
            "reserved_concurrency" => live.reserved_concurrency.is_some(),
            _ => false,
        }
    }

    fn pristine(_: &Observed<Self>) -> bool {
        // Tags come with the creating call, so an interrupted apply never leaves an unmarked function.
        false
    }

    fn diff(_: &Id, pair: Pair<'_, Self>, cx: &DiffCx<'_>) -> Vec<Action> {
        steps::diff(pair, cx)
    }

    fn after(state: Option<State>, action: &Action) -> Option<State> {
        steps::after(state, action)
    }

    fn facts(id: &Id, arn: &Arn, action: &Action, home: &Home) -> Facts {
        steps::facts(id, arn, action, home)
    }

    const LISTS: &'static [&'static str] = &["lambda:ListFunctions"];

    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        permits::of(id, arn, action, home)
    }

    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit> {
        permits::reads(object, home)
    }

    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>> {
        permits::otherwise(id, wanted, home)
    }

    fn refs(_: &Id, state: &State, home: &Home) -> Vec<Arn> {
        steps::needs(state, home)
    }

    fn grants(id: &Id, state: &State, home: &Home) -> Vec<Grant> {
        let arn = Self::arn(id, None, home);
        let grant = |(sid, permission): (&String, &Permission)| Grant {
            holder: None,
            on: arn.clone(),
            what: format!("permission {sid}"),
            field: FieldPath::entry("permissions", sid),
            document: permission.document(sid, &arn),
            managed: None,
            limits: false,
        };
        state.permissions.iter().map(grant).collect()
    }

    fn unmakeable(state: &State) -> Option<&'static str> {
        let kept = matches!(state.code.source(), code::Source::Live);
        kept.then_some("`code: { live: true }` keeps the code of a function that is there, and there is none")
    }

    fn exposes(id: &Id, state: &State, home: &Home) -> BTreeSet<String> {
        let arn = Self::arn(id, None, home);
        let statements = state.permissions.iter();
        statements
            .flat_map(|(sid, permission)| permission.exposes(sid, &arn))
            .collect()
    }

    fn users(_: &Observed<Self>) -> Vec<Arn> {
        Vec::new()
    }

    fn unmodelled(evidence: &Evidence) -> Vec<String> {
        evidence.unmodelled.clone()
    }
}
