//! What changing and reading the account's settings must be permitted; AWS takes no resource for any of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::kind::{Home, Object, Observed, Permit};
use crate::names::Arn;

use super::{Account, Action, Evidence, Setting, State, steps};

pub(super) fn of(_: &Setting, _: &Arn, action: &Action, _: &Home) -> Vec<Permit> {
    vec![Permit::everywhere(steps::facts(action).call)]
}

pub(super) fn reads(object: &Object<Account>, _: &Home) -> Vec<Permit> {
    vec![Permit::everywhere(match object.id {
        Setting::Alias => "iam:ListAccountAliases",
        Setting::PasswordPolicy => "iam:GetAccountPasswordPolicy",
        Setting::Root => "iam:GetAccountSummary",
    })]
}

pub(super) fn otherwise(id: &Setting, _: Option<&State>, _: &Home) -> Vec<Observed<Account>> {
    let state = match id {
        Setting::Alias => State {
            alias: BTreeSet::from(["otherwise".to_owned()]),
            ..State::default()
        },
        Setting::PasswordPolicy => State {
            minimum_length: Some(127),
            ..State::default()
        },
        Setting::Root => State::default(),
    };
    vec![Observed {
        state,
        evidence: Evidence {},
        unknown: BTreeMap::new(),
    }]
}
