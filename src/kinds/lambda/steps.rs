//! The mutations of a function: which, in which order, to what effect.
//!
//! Settings go before code, because Lambda takes one update at a time and new settings rarely break old code. Statements
//! that rules stand on are added before and removed after their targets, so that no event is lost.

use std::collections::BTreeMap;

use crate::fields::{FieldKey as _, FieldPath, Fields as _};
use crate::kind::{Access, DiffCx, Facts, Home, Loss, Observed, Pair, Rank, Retry, When};
use crate::names::{Architecture, Arn};

use super::super::partial::Partial;
use super::super::tagging::{self, KeyCase, TagChange};
use super::values::PackageType;
use super::{Code, Id, Lambda, Permission, State};

/// Functions tell tag keys apart by case.
const TAG_CASE: KeyCase = KeyCase::Exact;

/// What UpdateFunctionConfiguration sets.
const SETTINGS: &[&str] = &[
    "runtime",
    "handler",
    "role",
    "memory",
    "timeout",
    "storage",
    "environment",
    "kms_key",
    "layers",
    "description",
    "tracing",
    "dead_letter",
    "vpc",
    "logging",
];

/// One mutation of a function.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// CreateFunction, with everything but concurrency and statements.
    Create(Box<State>),
    /// UpdateFunctionConfiguration with these settings; the others stay.
    Update {
        /// The settings.
        to: Partial<State>,
        /// The role that it no longer runs as.
        leaves: Option<Arn>,
    },
    /// Downloads the live zip into the folder of backups.
    SaveCode {
        /// Its hash.
        sha256: String,
        /// The hash as it stands in the file's name.
        hex: String,
        /// Why it would be lost.
        why: Why,
    },
    /// UpdateFunctionCode.
    UpdateCode {
        /// The code.
        code: Box<Code>,
        /// The processor, which only this call can change.
        architectures: Architecture,
        /// Which of the two differ.
        fields: Vec<&'static str>,
    },
    /// PutFunctionConcurrency.
    Reserve(u32),
    /// DeleteFunctionConcurrency.
    Unreserve,
    /// AddPermission.
    Permit {
        /// The statement's id.
        sid: String,
        /// The statement.
        permission: Permission,
        /// Whether it stands for an older one.
        how: How,
    },
    /// RemovePermission.
    Revoke {
        /// The statement's id.
        sid: String,
        /// The statement.
        permission: Permission,
        /// Whether something takes its place.
        how: How,
    },
    /// TagResource or UntagResource.
    Tag(TagChange),
    /// DeleteFunction.
    Delete {
        /// The role that it runs as, which must outlive it: a function without one leaves its network interfaces behind.
        role: Arn,
    },
}

/// Why live code would be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Other code takes its place.
    Replaced,
    /// The function goes.
    Deleted,
}

/// How a statement comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// By itself.
    Alone,
    /// It is removed and added again under its id, since no call alters one.
    Again,
    /// An equal one under another id takes its place.
    Moved,
}

pub(super) fn diff(pair: Pair<'_, Lambda>, cx: &DiffCx<'_>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => create(wanted, cx),
        Pair::Change { wanted, live } => change(wanted, live, cx),
        Pair::Delete(live) => save(&live.state.code, Why::Deleted)
            .into_iter()
            .chain([Action::Delete {
                role: live.state.role.clone(),
            }])
            .collect(),
    }
}

fn create(wanted: &State, cx: &DiffCx<'_>) -> Vec<Action> {
    let mut actions = vec![Action::Create(Box::new(wanted.clone()))];
    actions.extend(reserve(wanted.reserved_concurrency, None));
    actions.extend(permissions(&wanted.permissions, &BTreeMap::new(), cx));
    actions
}

fn change(wanted: &State, live: &Observed<Lambda>, cx: &DiffCx<'_>) -> Vec<Action> {
    let mut actions: Vec<Action> = update(wanted, live, cx).into_iter().collect();
    actions.extend(update_code(wanted, &live.state));
    actions.extend(reserve(wanted.reserved_concurrency, live.state.reserved_concurrency));
    actions.extend(permissions(&wanted.permissions, &live.state.permissions, cx));
    let tags = tagging::changes(&wanted.tags, &live.state.tags, cx.owner_key, TAG_CASE);
    actions.extend(tags.into_iter().map(Action::Tag));
    actions
}

fn update(wanted: &State, live: &Observed<Lambda>, cx: &DiffCx<'_>) -> Option<Action> {
    let apart = wanted.apart(&live.state);
    let mut fields: Vec<&'static str> = apart
        .iter()
        .map(|path| path.field)
        .filter(|field| SETTINGS.contains(field))
        .collect();
    let known = !live.unknown.keys().any(|path| path.field == "environment");
    if fields.contains(&"kms_key") && known {
        // A new key encrypts only what is sent again.
        fields.push("environment");
    }
    if cx.replaced.contains(&wanted.role) {
        // Lambda keeps the grant of the role that is gone, whose name and ARN are the same (KMSAccessDenied).
        fields.push("role");
    }
    // A role that is made anew is deleted first, since its name is taken, so nothing can move away from it before.
    let moves = wanted.role != live.state.role && !cx.replaced.contains(&live.state.role);
    let leaves = moves.then(|| live.state.role.clone());
    (!fields.is_empty()).then(|| Action::Update {
        to: Partial::new(&fields, wanted),
        leaves,
    })
}

fn update_code(wanted: &State, live: &State) -> Vec<Action> {
    let mut fields = Vec::new();
    let mut actions = Vec::new();
    if wanted.code != live.code {
        fields.push("code");
    }
    if wanted.architectures != live.architectures {
        fields.push("architectures");
    }
    if !fields.is_empty() {
        // The processor changes only together with the code, so to change it back takes the code, too. Code that is only
        // kept can't be uploaded, nor be lost.
        let is_kept = matches!(wanted.code.source(), super::code::Source::Live);
        actions.extend(save(&live.code, Why::Replaced).filter(|_| !is_kept));
        let code = Box::new(wanted.code.clone());
        actions.push(Action::UpdateCode {
            code,
            architectures: wanted.architectures,
            fields,
        });
    }
    actions
}

/// Images stay in their repository.
fn save(code: &Code, why: Why) -> Option<Action> {
    let sha256 = code.sha256().to_owned();
    (code.package() == PackageType::Zip).then(|| Action::SaveCode {
        sha256,
        hex: code.hex(),
        why,
    })
}

fn reserve(wanted: Option<u32>, live: Option<u32>) -> Option<Action> {
    match (wanted, live) {
        (Some(wanted), live) if live != Some(wanted) => Some(Action::Reserve(wanted)),
        (None, Some(_)) => Some(Action::Unreserve),
        (Some(_), _) | (None, None) => None,
    }
}

type Permissions = BTreeMap<String, Permission>;

fn permissions(wanted: &Permissions, live: &Permissions, cx: &DiffCx<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    for (sid, permission) in wanted {
        let permit = |how| Action::Permit {
            sid: sid.clone(),
            permission: permission.clone(),
            how,
        };
        let renewed = permission.identity().is_some_and(|arn| cx.replaced.contains(&arn));
        match live.get(sid) {
            None => actions.push(permit(How::Alone)),
            Some(old) if old != permission || renewed => {
                actions.push(Action::Revoke {
                    sid: sid.clone(),
                    permission: old.clone(),
                    how: How::Again,
                });
                actions.push(permit(How::Again));
            }
            Some(_) => {}
        }
    }
    let gone = live.iter().filter(|(sid, _)| !wanted.contains_key(*sid));
    actions.extend(gone.map(|(sid, permission)| {
        let moved = wanted.values().any(|other| other == permission);
        let how = if moved { How::Moved } else { How::Alone };
        Action::Revoke {
            sid: sid.clone(),
            permission: permission.clone(),
            how,
        }
    }));
    actions
}

pub(super) fn after(state: Option<State>, action: &Action) -> Option<State> {
    if let Action::Create(state) = action {
        let mut made = (**state).clone();
        made.reserved_concurrency = None;
        made.permissions.clear();
        return Some(made);
    }
    let mut state = state?;
    match action {
        Action::Create(_) | Action::SaveCode { .. } => {}
        Action::Update { to, leaves: _ } => to.apply(&mut state),
        Action::UpdateCode {
            code,
            architectures,
            fields: _,
        } => {
            state.code = (**code).clone();
            state.architectures = *architectures;
        }
        Action::Reserve(reserved) => state.reserved_concurrency = Some(*reserved),
        Action::Unreserve => state.reserved_concurrency = None,
        Action::Permit {
            sid,
            permission,
            how: _,
        } => drop(state.permissions.insert(sid.clone(), permission.clone())),
        Action::Revoke { sid, .. } => drop(state.permissions.remove(sid)),
        Action::Tag(change) => change.apply(&mut state.tags, TAG_CASE),
        Action::Delete { .. } => return None,
    }
    Some(state)
}

/// What a state names and AWS wants to be there.
pub(super) fn needs(state: &State, home: &Home) -> Vec<Arn> {
    let identities = state.permissions.values().filter_map(Permission::identity);
    let own = identities.filter(|arn| arn.account().as_ref() == Some(&home.account));
    [state.role.clone()]
        .into_iter()
        .chain(state.dead_letter.clone())
        .chain(state.kms_key.clone())
        .chain(own)
        .collect()
}

/// The mark of "this function may be called on behalf of that thing": not a thing of AWS, but what a target needs before
/// and a removed one frees after.
#[must_use]
pub fn invocation(function: &Arn, source: &str) -> Option<Arn> {
    Arn::parse(&format!("{function}:called-by:{source}")).ok()
}

const FIVE_MINUTES: u32 = 300;

const fn busy(fragment: &'static str) -> Retry {
    Retry {
        code: "ResourceConflictException",
        fragment,
        within_s: FIVE_MINUTES,
        waiting_for: "another change of the function to end",
        when: When::Always,
    }
}

const fn invalid(fragment: &'static str, within_s: u32, waiting_for: &'static str) -> Retry {
    Retry {
        code: "InvalidParameterValueException",
        fragment,
        within_s,
        waiting_for,
        when: When::Always,
    }
}

/// The texts are those of Lambda's own refusals. "Function already exist" has the code of a conflict, too, and is none.
const BUSY: [Retry; 2] = [
    busy("operation cannot be performed at this time"),
    busy("update is in progress"),
];

/// What heals when a function is made or its settings change: roles and keys that Lambda doesn't see yet.
const SETTLING: &[Retry] = &[
    invalid("cannot be assumed by Lambda", FIVE_MINUTES, "Lambda to see the role"),
    invalid(
        "execution role does not have permissions",
        FIVE_MINUTES,
        "Lambda to see what the role may do",
    ),
    invalid("KMS key is invalid", FIVE_MINUTES, "the key to let the role in"),
    invalid("throttled by EC2", 840, "EC2 to give the function its network"),
    BUSY[0],
    BUSY[1],
    Retry::unseen("ResourceConflictException"),
];

/// A function that was just made is not seen by every call yet.
const FRESH: Retry = Retry {
    code: "ResourceNotFoundException",
    fragment: "",
    within_s: FIVE_MINUTES,
    waiting_for: "Lambda to show what was just made",
    when: When::Fresh,
};

const CHANGING: &[Retry] = &[BUSY[0], BUSY[1], FRESH];

const PERMITTING: &[Retry] = &[
    BUSY[0],
    BUSY[1],
    FRESH,
    Retry {
        when: When::Fresh,
        ..invalid("principal was invalid", 120, "Lambda to know the principal")
    },
];

const DELETING: &[Retry] = &[
    BUSY[0],
    BUSY[1],
    invalid(
        "because it is a replicated function",
        FIVE_MINUTES,
        "the function's replicas at the edge to go",
    ),
];

pub(super) fn facts(id: &Id, arn: &Arn, action: &Action, home: &Home) -> Facts {
    let base = |call, rank, summary: String| Facts {
        retry: CHANGING,
        ..Facts::new(call, rank, summary)
    };
    match action {
        Action::Create(state) => created(id, arn, state, home),
        Action::Update { to, leaves } => updated(to, leaves.as_ref()),
        Action::SaveCode { sha256: _, hex: _, why } => Facts {
            only_saves: true,
            ..base("lambda:GetFunction", save_rank(*why), "save the live code".into())
        },
        Action::UpdateCode {
            code: _,
            architectures: _,
            fields,
        } => Facts {
            fields: fields.iter().map(|field| FieldPath::whole(field)).collect(),
            ..base(
                "lambda:UpdateFunctionCode",
                Rank::Set,
                format!("upload {}", fields.join(", ")),
            )
        },
        Action::Reserve(reserved) => Facts {
            fields: vec![FieldPath::whole("reserved_concurrency")],
            ..base(
                "lambda:PutFunctionConcurrency",
                Rank::Set,
                format!("reserve {reserved} invocations"),
            )
        },
        Action::Unreserve => Facts {
            fields: vec![FieldPath::whole("reserved_concurrency")],
            ..base(
                "lambda:DeleteFunctionConcurrency",
                Rank::Set,
                "take the reservation off".into(),
            )
        },
        Action::Permit { sid, permission, how } => permit(arn, sid, permission, *how, home),
        Action::Revoke { sid, permission, how } => revoke(arn, sid, permission, *how),
        Action::Tag(change) => Facts {
            fields: change.fields(),
            ..base(tag_call(change), change.rank(), change.summary())
        },
        Action::Delete { role } => Facts {
            frees: vec![role.clone()],
            deletes: vec![arn.clone()],
            loss: Loss::Object,
            retry: DELETING,
            ..Facts::new(
                "lambda:DeleteFunction",
                Rank::Delete,
                format!("delete function {}", id.name),
            )
        },
    }
}

fn created(id: &Id, arn: &Arn, state: &State, home: &Home) -> Facts {
    let later = ["permissions", "reserved_concurrency"];
    let mut bare = state.clone();
    bare.permissions.clear();
    Facts {
        makes: vec![arn.clone()],
        needs: needs(&bare, home),
        fields: state
            .present()
            .into_iter()
            .filter(|path| !later.contains(&path.field))
            .collect(),
        retry: SETTLING,
        ..Facts::new(
            "lambda:CreateFunction",
            Rank::Create,
            format!("create function {}", id.name),
        )
    }
}

fn updated(to: &Partial<State>, leaves: Option<&Arn>) -> Facts {
    let whole = to.whole();
    let entries = whole
        .environment
        .keys()
        .map(|name| FieldPath::entry("environment", name));
    let entries = entries.filter(|_| to.has("environment"));
    let role = to.of("role", |state| state.role.clone());
    let dead_letter = to.of("dead_letter", |state| state.dead_letter.clone()).flatten();
    let key = to.of("kms_key", |state| state.kms_key.clone()).flatten();
    Facts {
        // What a function may do hangs on its role.
        access: if role.is_some() {
            Access::Either
        } else {
            Access::Neutral
        },
        needs: role.into_iter().chain(dead_letter).chain(key).collect(),
        frees: leaves.cloned().into_iter().collect(),
        fields: to
            .fields()
            .iter()
            .map(|field| FieldPath::whole(field))
            .chain(entries)
            .collect(),
        retry: SETTLING,
        ..Facts::new(
            "lambda:UpdateFunctionConfiguration",
            Rank::Set,
            format!("set {}", to.fields().join(", ")),
        )
    }
}

fn save_rank(why: Why) -> Rank {
    match why {
        Why::Replaced => Rank::Set,
        Why::Deleted => Rank::Unlink,
    }
}

fn permit(arn: &Arn, sid: &str, permission: &Permission, how: How, home: &Home) -> Facts {
    let own = permission
        .identity()
        .filter(|arn| arn.account().as_ref() == Some(&home.account));
    let who = permission
        .identity()
        .map_or_else(|| permission.principal.clone(), |arn| arn.show());
    let summary = match how {
        How::Alone | How::Moved => format!("let {who} in by {sid}"),
        How::Again => format!("let {who} in by {sid} again"),
    };
    Facts {
        access: Access::Widens,
        needs: own.into_iter().collect(),
        makes: permission
            .source_arn
            .iter()
            .filter_map(|source| invocation(arn, source))
            .collect(),
        fields: vec![FieldPath::entry("permissions", sid)],
        retry: PERMITTING,
        ..Facts::new("lambda:AddPermission", Rank::Add, summary)
    }
}

/// A statement that is added again is removed just before, so that the gap is as short as two calls; one that a rule
/// stands on goes after all additions, since a target that moves between functions waits for an addition.
fn revoke(arn: &Arn, sid: &str, permission: &Permission, how: How) -> Facts {
    let marks = || {
        permission
            .source_arn
            .iter()
            .filter_map(|source| invocation(arn, source))
            .collect::<Vec<Arn>>()
    };
    let (rank, summary, deletes) = match how {
        How::Again => (
            Rank::Add,
            format!("remove {sid} to add it changed (calls are refused in between)"),
            Vec::new(),
        ),
        How::Moved => (
            Rank::RemoveReplaced,
            format!("remove {sid}, whose place another id takes"),
            Vec::new(),
        ),
        How::Alone if permission.source_arn.is_some() => (Rank::RemoveReplaced, format!("remove {sid}"), marks()),
        How::Alone => (Rank::Remove, format!("remove {sid}"), Vec::new()),
    };
    Facts {
        access: Access::Restricts,
        deletes,
        loss: if how == How::Alone { Loss::Link } else { Loss::None },
        fields: vec![FieldPath::entry("permissions", sid)],
        retry: CHANGING,
        ..Facts::new("lambda:RemovePermission", rank, summary)
    }
}

fn tag_call(change: &TagChange) -> &'static str {
    match change {
        TagChange::Set(_) | TagChange::Claim(_) => "lambda:TagResource",
        TagChange::Remove(_) | TagChange::Release(_) => "lambda:UntagResource",
    }
}
