//! The mutations of a setting: which, to what effect.

use std::collections::BTreeSet;

use crate::fields::{FieldPath, Fields as _};
use crate::kind::{Facts, Loss, Pair, Rank, Retry, When};
use crate::kinds::partial::Partial;

use super::{Account, POLICY, State};

/// One mutation of a setting.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// CreateAccountAlias.
    SetAlias {
        /// The new one.
        alias: String,
        /// What it takes the place of.
        instead_of: BTreeSet<String>,
    },
    /// DeleteAccountAlias.
    RemoveAlias(String),
    /// UpdateAccountPasswordPolicy, which forgets what it isn't told.
    PutPasswordPolicy {
        /// The policy, whole.
        to: Partial<State>,
        /// What differs.
        fields: Vec<&'static str>,
        /// Whether there was one before.
        before: Before,
    },
    /// DeleteAccountPasswordPolicy.
    RemovePasswordPolicy,
}

/// What was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Before {
    /// Nothing.
    Nothing,
    /// Another one, perhaps somebody else's: a setting can't say whose it is.
    Another,
}

pub(super) fn diff(pair: Pair<'_, Account>) -> Vec<Action> {
    match pair {
        Pair::Create(wanted) => change(wanted, &State::default()),
        Pair::Change { wanted, live } => change(wanted, &live.state),
        // `absent:` can't name a setting.
        Pair::Delete(_) => Vec::new(),
    }
}

fn change(wanted: &State, live: &State) -> Vec<Action> {
    aliases(wanted, live)
        .into_iter()
        .chain(password_policy(wanted, live))
        .collect()
}

/// AWS lets a new alias take the place of the old one; should both be there afterwards, the next plan removes the old one.
fn aliases(wanted: &State, live: &State) -> Vec<Action> {
    let old: BTreeSet<String> = live.alias.difference(&wanted.alias).cloned().collect();
    match wanted.alias.difference(&live.alias).next() {
        Some(new) => vec![Action::SetAlias {
            alias: new.clone(),
            instead_of: old,
        }],
        None => old.into_iter().map(Action::RemoveAlias).collect(),
    }
}

fn password_policy(wanted: &State, live: &State) -> Option<Action> {
    let apart = wanted.apart(live);
    let fields: Vec<&'static str> = apart
        .iter()
        .map(|path| path.field)
        .filter(|field| POLICY.contains(field))
        .collect();
    let before = match live.minimum_length {
        Some(_) => Before::Another,
        None => Before::Nothing,
    };
    (!fields.is_empty()).then(|| match wanted.minimum_length {
        None => Action::RemovePasswordPolicy,
        Some(_) => Action::PutPasswordPolicy {
            to: Partial::new(POLICY, wanted),
            fields,
            before,
        },
    })
}

pub(super) fn after(mut state: State, action: &Action) -> State {
    match action {
        Action::SetAlias { alias, instead_of: _ } => state.alias = BTreeSet::from([alias.clone()]),
        Action::RemoveAlias(alias) => drop(state.alias.remove(alias)),
        Action::PutPasswordPolicy { to, .. } => to.apply(&mut state),
        Action::RemovePasswordPolicy => Partial::new(POLICY, &State::default()).apply(&mut state),
    }
    state
}

const CHANGING: &[Retry] = &[Retry {
    code: "ConcurrentModification",
    fragment: "",
    within_s: 120,
    waiting_for: "another change of the account to end",
    when: When::Always,
}];

pub(super) fn facts(action: &Action) -> Facts {
    let base = |call, rank, summary: String| Facts {
        retry: CHANGING,
        ..Facts::new(call, rank, summary)
    };
    let policy = |fields: &[&'static str]| fields.iter().map(|field| FieldPath::whole(field)).collect();
    match action {
        Action::SetAlias { alias, instead_of } => {
            let old: Vec<&str> = instead_of.iter().map(String::as_str).collect();
            let (summary, loss) = match old.as_slice() {
                [] => (format!("set alias {alias}"), Loss::None),
                old => (format!("set alias {alias} in place of {}", old.join(", ")), Loss::Link),
            };
            let aliases = instead_of.iter().chain([alias]);
            Facts {
                fields: aliases.map(|alias| FieldPath::entry("alias", alias)).collect(),
                loss,
                ..base("iam:CreateAccountAlias", Rank::Set, summary)
            }
        }
        Action::RemoveAlias(alias) => Facts {
            fields: vec![FieldPath::entry("alias", alias)],
            loss: Loss::Link,
            ..base("iam:DeleteAccountAlias", Rank::Remove, format!("remove alias {alias}"))
        },
        Action::PutPasswordPolicy { to: _, fields, before } => {
            let (word, loss) = match before {
                Before::Nothing => ("set", Loss::None),
                Before::Another => ("change", Loss::Link),
            };
            Facts {
                fields: policy(fields),
                loss,
                ..base(
                    "iam:UpdateAccountPasswordPolicy",
                    Rank::Set,
                    format!("{word} password policy: {}", fields.join(", ")),
                )
            }
        }
        Action::RemovePasswordPolicy => Facts {
            fields: policy(POLICY),
            loss: Loss::Link,
            ..base(
                "iam:DeleteAccountPasswordPolicy",
                Rank::Remove,
                "remove the password policy".to_owned(),
            )
        },
    }
}
