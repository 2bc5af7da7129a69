//! The one mutation of a bucket's policy: all statements that differ go with one write.

use std::collections::{BTreeMap, BTreeSet};

use crate::fields::FieldPath;
use crate::kind::{Access, DiffCx, Facts, Home, Loss, Pair, Rank, Retry, When};
use crate::policy_doc::{Effect, Element, PartChange, Policy as Document, StatementChange, is_unique_id, same};

use super::{BucketPolicy, State, Unwanted, own_principals};

/// A statement that is put.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Put {
    /// As it shall be.
    pub statement: Document,
    /// What it replaces.
    pub before: Option<Document>,
}

/// One mutation.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// GetBucketPolicy, and PutBucketPolicy of the same with these statements.
    Write {
        /// What is put, by Sid.
        put: BTreeMap<String, Put>,
        /// What is taken out.
        drop: BTreeMap<String, Document>,
    },
    /// Takes all of them out; DeleteBucketPolicy where nothing else is left.
    Withdraw(BTreeMap<String, Document>),
}

impl Action {
    /// The statements that shall be there.
    #[must_use]
    pub fn put(&self) -> BTreeMap<&str, &Document> {
        match self {
            Self::Write { put, drop: _ } => put.iter().map(|(sid, put)| (sid.as_str(), &put.statement)).collect(),
            Self::Withdraw(_) => BTreeMap::new(),
        }
    }

    /// The Sids that shall not.
    #[must_use]
    pub fn dropped(&self) -> BTreeSet<&str> {
        let (Self::Write { put: _, drop } | Self::Withdraw(drop)) = self;
        drop.keys().map(String::as_str).collect()
    }
}

pub(super) fn diff(pair: Pair<'_, BucketPolicy>, cx: &DiffCx<'_>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => change(&wanted.Statement, &BTreeMap::new(), cx),
        Pair::Change { wanted, live } => change(&wanted.Statement, &live.state.Statement, cx),
        Pair::Delete(live) => vec![Action::Withdraw(live.state.Statement.clone())],
    }
}

type Statements = BTreeMap<String, Document>;

fn change(wanted: &Statements, live: &Statements, cx: &DiffCx<'_>) -> Vec<Action> {
    let mut put = BTreeMap::new();
    for (sid, statement) in wanted {
        let before = live.get(sid);
        // A principal that is made anew has another id, by which S3 keeps it.
        let own = own_principals(statement, cx.home);
        let renewed = own.iter().any(|arn| cx.replaced.contains(arn));
        if renewed || before.is_none_or(|before| !same(statement, before)) {
            let statement = statement.clone();
            let before = before.cloned();
            put.insert(sid.clone(), Put { statement, before });
        }
    }
    let gone = live.iter().filter(|(sid, _)| !wanted.contains_key(*sid));
    let drop: Statements = gone.map(|(sid, statement)| (sid.clone(), statement.clone())).collect();
    if put.is_empty() && drop.is_empty() {
        return Vec::new();
    }
    vec![Action::Write { put, drop }]
}

pub(super) fn after(state: Option<State>, action: &Action) -> Option<State> {
    let Action::Write { put, drop } = action else {
        return None;
    };
    let mut state = state.unwrap_or_else(|| State {
        Statement: BTreeMap::new(),
        absent: Unwanted::default(),
    });
    state.Statement.retain(|sid, _| !drop.contains_key(sid));
    let put = put.iter().map(|(sid, put)| (sid.clone(), put.statement.clone()));
    state.Statement.extend(put);
    Some(state)
}

/// S3 refuses a principal that was just made for a while, and a change beside another one of the same bucket. A policy
/// that a public access block forbids does not heal by itself here: the block is somebody else's.
const WRITING: &[Retry] = &[
    Retry {
        code: "MalformedPolicy",
        fragment: "Invalid principal in policy",
        within_s: 120,
        waiting_for: "S3 to know the principals that the statements name",
        when: When::Always,
    },
    Retry {
        code: "OperationAborted",
        fragment: "",
        within_s: 120,
        waiting_for: "another change of the bucket to end",
        when: When::Always,
    },
];

pub(super) fn facts(action: &Action, home: &Home) -> Facts {
    let (put, drop) = match action {
        Action::Write { put, drop } => (put.clone(), drop),
        Action::Withdraw(drop) => (BTreeMap::new(), drop),
    };
    let access = access(&put, drop);
    let rank = match (action, access) {
        (Action::Withdraw(_), _) => Rank::Delete,
        (_, Access::Restricts) if put.is_empty() => Rank::Remove,
        (_, Access::Restricts) => Rank::GuardOn,
        (_, Access::Widens) if put.is_empty() => Rank::GuardOff,
        (_, Access::Widens | Access::Either | Access::Neutral) => Rank::Add,
    };
    let needs = put.values().flat_map(|put| own_principals(&put.statement, home));
    let sids = put.keys().chain(drop.keys());
    let loses = !drop.is_empty() || put.values().any(takes_away);
    Facts {
        access,
        needs: needs.collect(),
        fields: sids.map(|sid| FieldPath::entry("Statement", sid)).collect(),
        retry: WRITING,
        loss: if loses { Loss::Link } else { Loss::None },
        ..Facts::new("s3:PutBucketPolicy", rank, summary(&put, drop))
    }
}

fn summary(put: &BTreeMap<String, Put>, drop: &Statements) -> String {
    let list = |verb: &str, sids: Vec<&str>| (!sids.is_empty()).then(|| format!("{verb} {}", sids.join(", ")));
    let of = |fits: fn(&Put) -> bool| -> Vec<&str> {
        let fitting = put.iter().filter(|(_, put)| fits(put));
        fitting.map(|(sid, _)| sid.as_str()).collect()
    };
    let is_again = |put: &Put| put.before.as_ref().is_some_and(|before| same(&put.statement, before));
    let parts = [
        list("add", of(|put| put.before.is_none())),
        list(
            "change",
            of(|put| put.before.as_ref().is_some_and(|before| !same(&put.statement, before))),
        ),
        list("write again", of(is_again)),
        list("take out", drop.keys().map(String::as_str).collect()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// In which direction all of it together moves access.
fn access(put: &BTreeMap<String, Put>, drop: &Statements) -> Access {
    let put = put.values().map(|put| match &put.before {
        None => added(&put.statement),
        Some(before) if same(&put.statement, before) => Access::Neutral,
        Some(_) => Access::Either,
    });
    let drop = drop.values().map(|statement| match added(statement) {
        Access::Widens => Access::Restricts,
        Access::Restricts => Access::Widens,
        other => other,
    });
    let directions: BTreeSet<Access> = put.chain(drop).filter(|one| *one != Access::Neutral).collect();
    match directions.into_iter().collect::<Vec<_>>().as_slice() {
        [] => Access::Neutral,
        [one] => *one,
        _ => Access::Either,
    }
}

fn added(statement: &Document) -> Access {
    let statements = statement.document().map(|document| document.statements.as_slice());
    let effects: BTreeSet<Effect> = statements.unwrap_or_default().iter().map(|one| one.effect).collect();
    match effects.into_iter().collect::<Vec<_>>().as_slice() {
        [Effect::Allow] => Access::Widens,
        [Effect::Deny] => Access::Restricts,
        _ => Access::Either,
    }
}

/// Whether something of a live statement is lost. Naming a principal anew whose former one is dead loses nothing.
fn takes_away(put: &Put) -> bool {
    let Some(before) = &put.before else { return false };
    let changes = crate::policy_doc::diff(Some(before), Some(&put.statement));
    let heals = |part: &PartChange| {
        matches!(part.element, Element::Principal(..)) && part.removed.iter().all(|name| is_unique_id(name))
    };
    !changes.iter().all(|change| match change {
        StatementChange::Changed { label: _, parts } => {
            parts.iter().all(heals) && parts.iter().any(|part| !part.removed.is_empty())
        }
        _ => false,
    })
}
