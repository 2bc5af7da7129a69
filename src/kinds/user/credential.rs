//! Credentials as parts of a state: a wish to have one, and the fact that there is one.
//!
//! Invariant: no secret is ever part of a state. Two sides are equal when both have a credential or neither has, so that
//! one that exists is never a difference to a file that wishes for one.

use std::collections::BTreeMap;
use std::fmt;

use crate::fields::{FieldValue, Shown};
use crate::shape::{self, Part, Shape, needed, part};
use crate::spec::finding::Finding;
use crate::spec::lower::Lowering;
use crate::spec::node::Node;
use crate::spec::table::{self, Table};
use crate::vault::{Content, Store};

/// A credential that there is at most one of.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential<W> {
    /// The file says nothing of it, so that both are right.
    Unasked,
    /// None.
    Absent,
    /// One to be made where there is none.
    Wished(W),
    /// One that AWS has.
    There,
}

impl<W> Credential<W> {
    /// What AWS has.
    #[must_use]
    pub fn of<T>(found: Option<T>) -> Self {
        found.map_or(Self::Absent, |_| Self::There)
    }

    /// Whether there is one or shall be one, where that is said.
    fn presence(&self) -> Option<bool> {
        match self {
            Self::Unasked => None,
            Self::Absent => Some(false),
            Self::Wished(_) | Self::There => Some(true),
        }
    }
}

impl<W> PartialEq for Credential<W> {
    fn eq(&self, other: &Self) -> bool {
        self.presence()
            .zip(other.presence())
            .is_none_or(|(mine, theirs)| mine == theirs)
    }
}

impl<W: Clone + fmt::Display> FieldValue for Credential<W> {
    fn show(&self) -> Option<Shown> {
        match self {
            Self::Unasked | Self::Absent => None,
            Self::Wished(wish) => Some(Shown::text(wish)),
            Self::There => Some(Shown::text("there is one")),
        }
    }
}

/// A first password: where it goes, and whether it must be changed at the first sign-in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FirstPassword {
    /// Where it is written.
    pub store: Store,
    /// Counts when the password is made.
    pub reset_required: bool,
}

impl fmt::Display for FirstPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reset = if self.reset_required {
            ", to be changed at the first sign-in"
        } else {
            ""
        };
        write!(f, "a password written to {}{reset}", self.store)
    }
}

/// A first access key: where it goes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FirstKey {
    /// Where it is written.
    pub store: Store,
}

impl fmt::Display for FirstKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a key written to {}", self.store)
    }
}

/// Whether AWS accepts an access key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyStatus {
    /// It does.
    Active,
    /// It was switched off.
    Inactive,
}

impl FieldValue for KeyStatus {
    fn show(&self) -> Option<Shown> {
        Some(Shown::text(match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }))
    }
}

/// The access keys by id.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Keys {
    /// Whichever there are: the file wishes for a key, and whose secret it has, nobody can tell.
    Any,
    /// These and no others.
    Known(BTreeMap<String, KeyStatus>),
}

impl Keys {
    /// The keys, where they are known.
    #[must_use]
    pub fn known(&self) -> Option<&BTreeMap<String, KeyStatus>> {
        match self {
            Self::Any => None,
            Self::Known(keys) => Some(keys),
        }
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        match (self.known(), other.known()) {
            (Some(mine), Some(theirs)) => mine == theirs,
            (None, _) | (_, None) => true,
        }
    }
}

impl FieldValue for Keys {
    fn show(&self) -> Option<Shown> {
        self.known().and_then(FieldValue::show)
    }

    fn apart(&self, other: &Self) -> Vec<Option<String>> {
        self.known()
            .zip(other.known())
            .map(|(mine, theirs)| FieldValue::apart(mine, theirs))
            .unwrap_or_default()
    }

    fn take(&mut self, from: &Self, key: Option<&str>) {
        match (&mut *self, from) {
            (Self::Known(keys), Self::Known(from)) => FieldValue::take(keys, from, key),
            (Self::Any, _) | (_, Self::Any) => *self = from.clone(),
        }
    }

    fn show_at(&self, key: Option<&str>) -> Option<Shown> {
        self.known().and_then(|keys| FieldValue::show_at(keys, key))
    }

    fn keys(&self) -> Vec<Option<String>> {
        self.known().map(FieldValue::keys).unwrap_or_default()
    }
}

/// Where a secret goes.
const STORE: Shape = shape::text(
    "`file:PATH`, `keyring:SERVICE` or `credentials-file:PROFILE`",
    "^(file|keyring|credentials-file):",
);

const PASSWORD: [Part; 2] = [
    needed("store", STORE, "Where the password is written."),
    part(
        "reset_required",
        Shape::Boolean,
        "Whether it must be changed at the first sign-in.",
    ),
];

const KEY: [Part; 1] = [needed("store", STORE, "Where the key is written.")];

pub(super) const CONSOLE_ACCESS: Shape = Shape::Called(
    "`{ store: …, reset_required: true }` or `none`",
    &Shape::AnyOf(&[shape::table(&PASSWORD, &[]), shape::NONE]),
);

pub(super) const ACCESS_KEY: Shape = Shape::Called("`{ store: … }`", &shape::table(&KEY, &[]));

/// `console_access`: `{ store, reset_required }` or `none`. `None` for a mistake.
pub(super) fn console_access(node: Option<&Node>, cx: &mut Lowering<'_>) -> Option<Credential<FirstPassword>> {
    let Some(node) = written(node) else {
        return Some(Credential::Absent);
    };
    let mut table = Table::new(
        node,
        "console_access",
        const { &shape::names(&PASSWORD) },
        &mut cx.reading(),
    )?;
    let reset_required = table
        .take("reset_required")
        .map(|node| table::boolean(node, "reset_required", &mut cx.reading()));
    let store = store(&mut table, Content::Password, cx)?;
    let reset_required = reset_required.unwrap_or(Some(false))?;
    Some(Credential::Wished(FirstPassword { store, reset_required }))
}

/// `access_key`: `{ store }`. `None` for a mistake.
pub(super) fn access_key(node: Option<&Node>, cx: &mut Lowering<'_>) -> Option<Credential<FirstKey>> {
    let Some(node) = node else {
        return Some(Credential::Unasked);
    };
    if node.text() == Some("none") {
        let finding = Finding::error("E0403", node.span, "`access_key` can't be `none`");
        cx.report(finding.label("write `access_keys: none`, which removes every key of this user"));
        return None;
    }
    let mut table = Table::new(node, "access_key", const { &shape::names(&KEY) }, &mut cx.reading())?;
    let store = store(&mut table, Content::AccessKey, cx)?;
    Some(Credential::Wished(FirstKey { store }))
}

/// `access_keys`: `none`, and not beside a wish for one. `None` for a mistake.
pub(super) fn access_keys(node: Option<&Node>, wish: Option<&Node>, cx: &mut Lowering<'_>) -> Option<Keys> {
    let Some(node) = node else {
        return Some(if wish.is_some() {
            Keys::Any
        } else {
            Keys::Known(BTreeMap::new())
        });
    };
    table::one_of(node, "access_keys", &[("none", ())], &mut cx.reading())?;
    if let Some(wish) = wish {
        let finding = Finding::error(
            "E0506",
            node.span,
            "this user shall have an access key and none at once",
        );
        cx.report(
            finding
                .label("leave one of the two out")
                .related(wish.span, "the key that it shall have"),
        );
        return None;
    }
    Some(Keys::Known(BTreeMap::new()))
}

/// A value that is there and not `none`.
fn written(node: Option<&Node>) -> Option<&Node> {
    node.filter(|node| node.text() != Some("none"))
}

/// The store of a credential; the path of `file:` is taken from the folder of the file that names it.
fn store(table: &mut Table<'_>, content: Content, cx: &mut Lowering<'_>) -> Option<Store> {
    let node = table.required("store", &mut cx.reading())?;
    let text = table::written_text(node, "store", &mut cx.reading())?;
    let parsed = Store::parse(text).and_then(|store| store.takes(content).map(|()| store));
    let store = match parsed {
        Ok(store) => store,
        Err(error) => {
            cx.report(Finding::error("E0411", node.span, format!("store: {error}")));
            return None;
        }
    };
    let yaml = &cx.sources.get(node.span.file).name;
    let store = store.below(yaml.rsplit_once('/').map_or("", |(folder, _)| folder));
    cx.claim(store.claim(content), node.span);
    Some(store)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(pairs: &[(&str, KeyStatus)]) -> Keys {
        Keys::Known(pairs.iter().map(|(id, status)| ((*id).to_owned(), *status)).collect())
    }

    #[test]
    fn one_that_is_there_is_no_difference_to_one_that_is_wished_for() {
        let wish = Credential::Wished(FirstKey {
            store: Store::parse("keyring:x").unwrap(),
        });
        assert_eq!(wish, Credential::There);
        assert_ne!(wish, Credential::Absent);
        assert_ne!(Credential::There::<FirstKey>, Credential::Absent);
        assert_eq!(Credential::Absent::<FirstKey>, Credential::Absent);
        assert_eq!(Credential::Unasked::<FirstKey>, Credential::Absent);
        assert_eq!(Credential::Unasked::<FirstKey>, Credential::There);
    }

    #[test]
    fn a_wish_leaves_existing_keys_alone() {
        let live = keys(&[("AKIA1", KeyStatus::Active)]);
        assert_eq!(FieldValue::apart(&Keys::Any, &live), []);
        assert_eq!(FieldValue::apart(&keys(&[]), &live), [Some("AKIA1".to_owned())]);
        let mut none = keys(&[]);
        FieldValue::take(&mut none, &live, Some("AKIA1"));
        assert_eq!(none, live);
    }

    #[test]
    fn keys_are_shown_with_their_status() {
        let live = keys(&[("AKIA1", KeyStatus::Active), ("AKIA2", KeyStatus::Inactive)]);
        let shown = |id| FieldValue::show_at(&live, Some(id)).map(|shown| shown.to_line());
        assert_eq!(
            (shown("AKIA1"), shown("AKIA2")),
            (Some("active".into()), Some("inactive".into()))
        );
    }
}
