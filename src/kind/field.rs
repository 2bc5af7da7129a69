//! The fields of a kind: what they are called, take and mean, and what a change of one leads to.
//!
//! Invariant: the table of fields is the single source of the decoder's keys, the reference and the schema.

use std::fmt;

use crate::shape::{Choice, Shape};

/// What a written difference of a field leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnChange {
    /// AWS changes it in place; absence means AWS's default.
    InPlace,
    /// AWS changes it in place; absence keeps a live value that is stricter or more durable than the default.
    Held,
    /// AWS can't change it: absence keeps what is there, a written difference needs `--replace`.
    Replace,
    /// It is made where there is none; what is there is never changed, and equals whatever the file says of it.
    CreateOnly,
    /// No call of AWS changes it: a written difference is told and never mended, absence says nothing.
    Watched,
}

impl fmt::Display for OnChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InPlace => "in place",
            Self::Held => "in place, held",
            Self::Replace => "replace",
            Self::CreateOnly => "once",
            Self::Watched => "watched",
        })
    }
}

/// One field of a kind, the single source of the decoder, the reference and the schema.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The key in the file.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// What absence means.
    pub default: &'static str,
    /// What a change leads to.
    pub on_change: OnChange,
    /// One sentence for the reference.
    pub doc: &'static str,
}

/// The default of a field that must be written.
pub const REQUIRED: &str = "required";

impl Field {
    /// Whether every resource of its kind must have it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.default == REQUIRED
    }
}

/// A field; in the order of [`Field`], so that a kind's table reads as one.
#[must_use]
pub const fn field(
    name: &'static str,
    shape: Shape,
    default: &'static str,
    on_change: OnChange,
    doc: &'static str,
) -> Field {
    Field {
        name,
        shape,
        default,
        on_change,
        doc,
    }
}

/// A setting of a section of settings: which of the kind's fields stand in it.
#[derive(Debug, Clone, Copy)]
pub struct SettingTable {
    /// Its key.
    pub name: &'static str,
    /// The fields.
    pub fields: &'static [&'static str],
    /// Which of them go together.
    pub choices: &'static [Choice],
    /// What may stand in place of the mapping of its fields.
    pub also: &'static [Shape],
    /// One sentence.
    pub doc: &'static str,
}
