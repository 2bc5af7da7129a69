//! Settings of the account: its alias, its rule for passwords, and how its root user is secured.
//!
//! Invariant: each setting is always there, if only as "none"; it is never made or deleted, only changed. One state serves
//! them all, and of a setting only its own fields ever differ from nothing.

#[cfg(feature = "aws")]
mod live;
#[cfg(test)]
#[cfg(feature = "aws")]
mod live_tests;
mod lower;
mod permits;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;

use serde_json::{Map, Value as Json, json};

use crate::fields::{FieldPath, FieldValue, Shown};
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Object, Observed, OnChange, Pair, Permit, Regained, Scope, Section,
    SettingTable, field,
};
use crate::names::{Arn, IamPath, NameError, nearest};
use crate::shape::{self, Choice, Shape};
use crate::spec::lower::{Declared, Lowered, Lowering};
use crate::spec::node::Node;
use crate::state;

pub use steps::Action;

/// The kind.
#[derive(Debug, Clone)]
pub struct Account;

/// Which setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// The name in the address for signing in.
    Alias,
    /// What passwords of users must be like.
    PasswordPolicy,
    /// The root user.
    Root,
}

impl Setting {
    const ALL: [Self; 3] = [Self::Alias, Self::PasswordPolicy, Self::Root];

    /// The key in the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Alias => "alias",
            Self::PasswordPolicy => "password_policy",
            Self::Root => "root",
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whether the root user needs a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RootMfa {
    /// It has one, as the file says.
    Required,
    /// It has none.
    Missing,
}

impl FieldValue for RootMfa {
    fn show(&self) -> Option<Shown> {
        Some(Shown::text(match self {
            Self::Required => "required",
            Self::Missing => "not enabled",
        }))
    }
}

/// Whether the root user has access keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RootKeys {
    /// It has none, as the file says.
    None,
    /// It has some.
    Present,
}

impl FieldValue for RootKeys {
    fn show(&self) -> Option<Shown> {
        Some(Shown::text(match self {
            Self::None => "none",
            Self::Present => "present",
        }))
    }
}

state! {
    /// A setting in its normal form; the account has a password policy where it has a minimum length.
    #[derive(Default)]
    pub struct State {
        /// The aliases there are; one, but for the moment in which it is changed.
        alias: BTreeSet<String>,
        /// The least number of characters.
        minimum_length: Option<u32>,
        /// Whether a password needs a symbol.
        require_symbols: bool,
        /// Whether it needs a digit.
        require_numbers: bool,
        /// Whether it needs a capital letter.
        require_uppercase: bool,
        /// Whether it needs a small letter.
        require_lowercase: bool,
        /// Whether users may change their own.
        allow_users_to_change: bool,
        /// After how many days it must be changed.
        max_age_days: Option<u32>,
        /// How many old ones can't be used again.
        reuse_prevention: Option<u32>,
        /// Whether who comes too late needs an administrator.
        hard_expiry: bool,
        /// Whether the root user has a second factor.
        mfa: Option<RootMfa>,
        /// Whether it has access keys.
        access_keys: Option<RootKeys>,
    }
}

/// The fields of a password policy.
const POLICY: &[&str] = &[
    "minimum_length",
    "require_symbols",
    "require_numbers",
    "require_uppercase",
    "require_lowercase",
    "allow_users_to_change",
    "max_age_days",
    "reuse_prevention",
    "hard_expiry",
];

/// The least length where the call leaves it out (IAM API reference, "UpdateAccountPasswordPolicy").
const DEFAULT_LENGTH: u32 = 6;

/// Nothing but AWS knows anything of a setting.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Evidence {}

const fn flag(name: &'static str, doc: &'static str) -> Field {
    field(name, Shape::Boolean, "false", OnChange::Held, doc)
}

impl Kind for Account {
    const NAME: &'static str = "account";
    const SECTION: Section = Section {
        key: "account_settings",
        aliases: &[],
        service: "iam",
        principal: false,
        form: Form::Settings,
        scope: Scope::Global,
    };
    const FIELDS: &'static [Field] = &[
        field(
            "alias",
            Shape::AnyOf(&[shape::TEXT, shape::NONE]),
            "not managed",
            OnChange::InPlace,
            "The name in the address for signing in; written as `alias: NAME`.",
        ),
        field(
            "minimum_length",
            shape::number("", 6, 128),
            "6",
            OnChange::Held,
            "`password_policy`: the least number of characters.",
        ),
        flag("require_symbols", "`password_policy`: whether a symbol is needed."),
        flag("require_numbers", "`password_policy`: whether a digit is needed."),
        flag(
            "require_uppercase",
            "`password_policy`: whether a capital letter is needed.",
        ),
        flag(
            "require_lowercase",
            "`password_policy`: whether a small letter is needed.",
        ),
        field(
            "allow_users_to_change",
            Shape::Boolean,
            "false",
            OnChange::InPlace,
            "`password_policy`: whether users may change their own password.",
        ),
        field(
            "max_age_days",
            Shape::AnyOf(&[shape::number("", 0, 1095), shape::NONE]),
            "none",
            OnChange::Held,
            "`password_policy`: after how many days a password must be changed.",
        ),
        field(
            "reuse_prevention",
            Shape::AnyOf(&[shape::number("", 0, 24), shape::NONE]),
            "none",
            OnChange::Held,
            "`password_policy`: how many old passwords can't be used again.",
        ),
        flag(
            "hard_expiry",
            "`password_policy`: whether only an administrator can renew an expired password.",
        ),
        field(
            "mfa",
            Shape::Words(&["required"]),
            "not looked at",
            OnChange::Watched,
            "`root`: it has a second factor.",
        ),
        field(
            "access_keys",
            shape::NONE,
            "not looked at",
            OnChange::Watched,
            "`root`: it has no access keys.",
        ),
    ];
    const SETTINGS: &'static [SettingTable] = &[
        SettingTable {
            name: "alias",
            fields: &["alias"],
            choices: &[],
            also: &[],
            doc: "The name in the address for signing in; `none` takes it away.",
        },
        SettingTable {
            name: "password_policy",
            fields: POLICY,
            choices: &[],
            also: &[shape::NONE],
            doc: "What passwords of users must be like; `none` takes the policy away.",
        },
        SettingTable {
            name: "root",
            fields: &["mfa", "access_keys"],
            choices: &[Choice::Some(&["mfa", "access_keys"])],
            also: &[],
            doc: "What is told of the root user and never changed.",
        },
    ];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = false;
    type Id = Setting;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = Infallible;

    fn identify(declared: &Declared) -> Result<Setting, NameError> {
        let name = declared.name.as_str();
        let known = Setting::ALL.into_iter().find(|setting| setting.word() == name);
        known.ok_or_else(|| {
            let text = name.to_owned();
            let words = Setting::ALL.map(Setting::word);
            match nearest(name, words) {
                Some(near) => NameError::Mendable {
                    text,
                    reason: "no such setting; the nearest is".into(),
                    right: near.to_owned(),
                },
                None => NameError::Refused {
                    text,
                    reason: format!("no such setting; there are {}", words.join(", ")),
                },
            }
        })
    }

    fn undeletable(setting: &Setting) -> Option<&'static str> {
        Some(match setting {
            Setting::Alias => "write `alias: none` under `account_settings:`",
            Setting::PasswordPolicy => "write `password_policy: none` under `account_settings:`",
            Setting::Root => "every account has a root user",
        })
    }

    fn arn(_: &Setting, _: Option<&State>, home: &Home) -> Arn {
        Arn::root(home.partition, &home.account)
    }

    fn arn_named(_: &Declared, _: &IamPath, _: &Home) -> Option<Arn> {
        None
    }

    fn lower(setting: &Setting, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        match setting {
            Setting::Alias => lower::alias(node, cx),
            Setting::PasswordPolicy => lower::password_policy(node, cx),
            Setting::Root => lower::root(node, cx),
        }
    }

    fn spell(setting: &Setting, state: &State) -> Json {
        spell(*setting, state)
    }

    fn regain(_: &Setting, _: &Observed<Self>, _: Option<&State>) -> Regained {
        Regained::default()
    }

    fn contribute(_: &mut State, part: Infallible) {
        match part {}
    }

    fn tags(_: &State) -> Option<&BTreeMap<String, String>> {
        None
    }

    fn holds(path: &FieldPath, live: &State) -> bool {
        match path.field {
            "minimum_length" => live.minimum_length.is_some_and(|length| length > DEFAULT_LENGTH),
            "require_symbols" => live.require_symbols,
            "require_numbers" => live.require_numbers,
            "require_uppercase" => live.require_uppercase,
            "require_lowercase" => live.require_lowercase,
            "max_age_days" => live.max_age_days.is_some(),
            "reuse_prevention" => live.reuse_prevention.is_some(),
            "hard_expiry" => live.hard_expiry,
            _ => false,
        }
    }

    fn remedy(path: &FieldPath) -> &'static str {
        match path.field {
            "mfa" => "sign in as root and assign a device under \"Security credentials\"",
            _ => "sign in as root and delete them under \"Security credentials\"",
        }
    }

    fn pristine(_: &Observed<Self>) -> bool {
        false
    }

    fn diff(_: &Setting, pair: Pair<'_, Self>, _: &DiffCx<'_>) -> Vec<Action> {
        steps::diff(pair)
    }

    fn after(state: Option<State>, action: &Action) -> Option<State> {
        Some(steps::after(state.unwrap_or_default(), action))
    }

    fn facts(_: &Setting, _: &Arn, action: &Action, _: &Home) -> Facts {
        steps::facts(action)
    }

    const LISTS: &'static [&'static str] = &[];

    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        permits::of(id, arn, action, home)
    }

    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit> {
        permits::reads(object, home)
    }

    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>> {
        permits::otherwise(id, wanted, home)
    }

    fn refs(_: &Setting, _: &State, _: &Home) -> Vec<Arn> {
        Vec::new()
    }

    fn grants(_: &Setting, _: &State, _: &Home) -> Vec<Grant> {
        Vec::new()
    }

    fn users(_: &Observed<Self>) -> Vec<Arn> {
        Vec::new()
    }

    fn unmodelled(_: &Evidence) -> Vec<String> {
        Vec::new()
    }
}

/// Every field of a policy that there is is said, so that it reads the same whatever the defaults are.
fn spell(setting: Setting, state: &State) -> Json {
    let State {
        alias,
        minimum_length,
        require_symbols,
        require_numbers,
        require_uppercase,
        require_lowercase,
        allow_users_to_change,
        max_age_days,
        reuse_prevention,
        hard_expiry,
        mfa,
        access_keys,
    } = state;
    let number = |number: &Option<u32>| number.map_or(json!("none"), |number| json!(number));
    match (setting, minimum_length) {
        (Setting::Alias, _) => alias.first().map_or(json!("none"), |alias| json!(alias)),
        (Setting::PasswordPolicy, None) => json!("none"),
        (Setting::PasswordPolicy, Some(length)) => json!({
            "minimum_length": length,
            "require_symbols": require_symbols,
            "require_numbers": require_numbers,
            "require_uppercase": require_uppercase,
            "require_lowercase": require_lowercase,
            "allow_users_to_change": allow_users_to_change,
            "max_age_days": number(max_age_days),
            "reuse_prevention": number(reuse_prevention),
            "hard_expiry": hard_expiry,
        }),
        (Setting::Root, _) => {
            // What is not well can't be said in a file.
            let mfa = mfa.filter(|mfa| *mfa == RootMfa::Required).map(|_| ("mfa", "required"));
            let keys = access_keys.filter(|keys| *keys == RootKeys::None);
            let keys = keys.map(|_| ("access_keys", "none"));
            let said = mfa
                .into_iter()
                .chain(keys)
                .map(|(key, word)| (key.to_owned(), json!(word)));
            Json::Object(said.collect::<Map<String, Json>>())
        }
    }
}
