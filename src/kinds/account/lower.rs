//! Settings from the file.
//!
//! Invariant: a value that stands alone arrives as a mapping with the setting's own key, see `Form::Settings`.

use std::collections::BTreeSet;

use crate::names::NameError;
use crate::spec::finding::Finding;
use crate::spec::lower::{Lowered, Lowering};
use crate::spec::node::Node;
use crate::spec::table::{self, Table};

use super::super::decode::{Maybe, none_or};
use super::{Account, DEFAULT_LENGTH, POLICY, RootKeys, RootMfa, State};

/// An account's alias: 3 to 63 small letters, digits and single dashes inside (IAM API reference, "CreateAccountAlias").
fn checked(text: &str) -> Result<String, NameError> {
    let refuse = |reason: &str| {
        Err(NameError::Refused {
            text: text.to_owned(),
            reason: reason.to_owned(),
        })
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(3..=63).contains(&text.chars().count()) {
        return refuse("an alias has 3 to 63 characters");
    }
    if !text.chars().all(plain) {
        return refuse("an alias takes small letters a-z, digits and dashes");
    }
    if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        return refuse("an alias has dashes only one by one and inside");
    }
    Ok(text.to_owned())
}

pub(super) fn alias(node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Account>> {
    let mut table = Table::new(node, "account alias", &["alias"], &mut cx.reading())?;
    let node = table.required("alias", &mut cx.reading())?;
    let alias = none_or(Some(node), cx, |node, cx| cx.parse(node, "alias", checked))?;
    Some(Lowered::new(State {
        alias: alias.into_iter().collect(),
        ..State::default()
    }))
}

pub(super) fn root(node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Account>> {
    let mut table = Table::new(node, "root setting", &["mfa", "access_keys"], &mut cx.reading())?;
    let (mfa, keys) = (table.take("mfa"), table.take("access_keys"));
    if node.entries().is_empty() {
        let finding = Finding::error("E0304", node.span, "this says nothing of the root user");
        cx.report(finding.label("write `mfa: required`, `access_keys: none`, or both"));
        return None;
    }
    let mfa = mfa.map(|node| table::one_of(node, "mfa", &[("required", RootMfa::Required)], &mut cx.reading()));
    let keys = keys.map(|node| table::one_of(node, "access_keys", &[("none", RootKeys::None)], &mut cx.reading()));
    Some(Lowered::new(State {
        mfa: mfa.map_or(Some(None), |mfa| mfa.map(Some))?,
        access_keys: keys.map_or(Some(None), |keys| keys.map(Some))?,
        ..State::default()
    }))
}

pub(super) fn password_policy(node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Account>> {
    if let Some(alone) = node.get("password_policy").filter(|_| node.entries().len() == 1) {
        if alone.text() == Some("none") {
            // Said in words, so that nothing of the live one is held.
            return Some(Lowered {
                implied: BTreeSet::from_iter(POLICY.iter().copied()),
                ..Lowered::new(State::default())
            });
        }
        cx.report(table::wrong_type(alone, "password_policy", "a mapping or `none`"));
        return None;
    }
    let mut table = Table::new(node, "password policy", POLICY, &mut cx.reading())?;
    let length = table.take("minimum_length").map(|node| {
        let range = 6..=128;
        table::integer(node, "minimum_length", range, "characters", &mut cx.reading())
    });
    let mut flag = |key: &str, cx: &mut Lowering<'_>| match table.take(key) {
        None => Some(false),
        Some(node) => table::boolean(node, key, &mut cx.reading()),
    };
    let require_symbols = flag("require_symbols", cx);
    let require_numbers = flag("require_numbers", cx);
    let require_uppercase = flag("require_uppercase", cx);
    let require_lowercase = flag("require_lowercase", cx);
    let allow_users_to_change = flag("allow_users_to_change", cx);
    let hard_expiry = flag("hard_expiry", cx);
    let max_age_days = number(table.take("max_age_days"), "max_age_days", (1095, "days"), cx);
    let reuse_prevention = number(
        table.take("reuse_prevention"),
        "reuse_prevention",
        (24, "passwords"),
        cx,
    );
    let state = State {
        minimum_length: Some(length.unwrap_or(Some(DEFAULT_LENGTH))?),
        require_symbols: require_symbols?,
        require_numbers: require_numbers?,
        require_uppercase: require_uppercase?,
        require_lowercase: require_lowercase?,
        allow_users_to_change: allow_users_to_change?,
        max_age_days: max_age_days?,
        reuse_prevention: reuse_prevention?,
        hard_expiry: hard_expiry?,
        ..State::default()
    };
    Some(Lowered {
        notes: weaker_than_none(&state).into_iter().collect(),
        ..Lowered::new(state)
    })
}

/// Nought can't be sent (`ValidationError`) and means the same as nothing.
fn number(node: Option<&Node>, what: &str, (most, unit): (u32, &str), cx: &mut Lowering<'_>) -> Maybe<u32> {
    let written = none_or(node, cx, |node, cx| {
        table::integer(node, what, 0..=most, unit, &mut cx.reading())
    });
    written.map(|number| number.filter(|number| *number > 0))
}

/// Where there is no policy, AWS asks for eight characters of three of four kinds (IAM user guide, "Default password
/// policy"), which no policy can say.
fn weaker_than_none(state: &State) -> Option<String> {
    let kinds = [
        state.require_symbols,
        state.require_numbers,
        state.require_uppercase,
        state.require_lowercase,
    ];
    let kinds = kinds.into_iter().filter(|required| *required).count();
    let is_weaker = state.minimum_length.is_some_and(|length| length < 8) || kinds < 3;
    is_weaker.then(|| {
        "where an account has no policy, AWS asks for 8 characters of 3 kinds; as written, this one asks for less"
            .to_owned()
    })
}
