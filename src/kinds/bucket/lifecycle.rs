//! Lifecycle rules: what becomes of objects with time.
//!
//! Invariant: the same rules have one form: no filter, an empty one and an empty prefix are equal, a transition is known
//! by its storage class, and the order of rules, which means nothing, is that of their ids.

mod lower;
mod parts;
mod show;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value as Json, json};
use time::OffsetDateTime;
use time::macros::format_description;

pub(super) use self::lower::{lower, spans};
pub(super) use self::parts::SHAPE;

/// One rule, without its id, by which it is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LifecycleRule {
    /// Whether it is in force.
    pub status: Status,
    /// Which objects.
    pub filter: Filter,
    /// When they expire.
    pub expiration: Option<Expiration>,
    /// When they go to other storage classes.
    pub transitions: BTreeMap<StorageClass, When>,
    /// When versions that are not current are deleted.
    pub noncurrent_version_expiration: Option<Noncurrent>,
    /// When versions that are not current go to other storage classes.
    pub noncurrent_version_transitions: BTreeMap<StorageClass, Noncurrent>,
    /// After how many days an upload in parts that was not finished is given up.
    pub abort_incomplete_multipart_upload: Option<u32>,
}

/// Whether a rule is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is; the default of a rule in a file.
    Enabled,
    /// It is not.
    Disabled,
}

/// Which objects a rule is about: those that meet all that is said; all objects where nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Filter {
    /// What their keys begin with.
    pub prefix: String,
    /// Tags they have.
    pub tags: BTreeMap<String, String>,
    /// They are larger, in bytes.
    pub object_size_greater_than: Option<u64>,
    /// They are smaller, in bytes.
    pub object_size_less_than: Option<u64>,
}

/// When objects expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiration {
    /// At a time.
    At(When),
    /// As delete markers with no versions left below them.
    ExpiredObjectDeleteMarker,
}

/// A time in the life of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// So many days after it was made.
    Days(u32),
    /// From a date on.
    Date(Midnight),
}

/// A date; AWS takes midnight UTC and no other time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Midnight(time::Date);

/// When something happens to versions that are not current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Noncurrent {
    /// So many days after they ceased to be current.
    pub noncurrent_days: u32,
    /// How many of the newest of them are left out.
    pub newer_noncurrent_versions: Option<u32>,
}

/// Where objects can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StorageClass {
    /// Rarely read.
    StandardIa,
    /// Rarely read, kept in one zone.
    OnezoneIa,
    /// AWS chooses.
    IntelligentTiering,
    /// Archived, read at once.
    GlacierIr,
    /// Archived, read within hours.
    Glacier,
    /// Archived, read within half a day.
    DeepArchive,
}

/// AWS's word for which small objects stay where they are (TransitionDefaultMinimumObjectSize). It belongs to all rules
/// of a bucket; a write without it sets it back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct TransitionMinimum(pub String);

impl Status {
    /// The words of the file.
    pub const WORDS: &'static [(&'static str, Self)] = &[("enabled", Self::Enabled), ("disabled", Self::Disabled)];
}

impl StorageClass {
    /// The words of the file, which are the API's.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("STANDARD_IA", Self::StandardIa),
        ("ONEZONE_IA", Self::OnezoneIa),
        ("INTELLIGENT_TIERING", Self::IntelligentTiering),
        ("GLACIER_IR", Self::GlacierIr),
        ("GLACIER", Self::Glacier),
        ("DEEP_ARCHIVE", Self::DeepArchive),
    ];

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::StandardIa => "STANDARD_IA",
            Self::OnezoneIa => "ONEZONE_IA",
            Self::IntelligentTiering => "INTELLIGENT_TIERING",
            Self::GlacierIr => "GLACIER_IR",
            Self::Glacier => "GLACIER",
            Self::DeepArchive => "DEEP_ARCHIVE",
        }
    }

    /// What a word of the API means.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, class)| *class)
    }
}

impl Midnight {
    /// `2030-01-31`, or the same at midnight UTC in full.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let midnights = ["T00:00:00Z", "T00:00:00.000Z", "T00:00:00+00:00"];
        let date = midnights
            .iter()
            .find_map(|midnight| text.strip_suffix(midnight))
            .unwrap_or(text);
        let date = time::Date::parse(date, format_description!("[year]-[month]-[day]")).ok()?;
        (1..=9999).contains(&date.year()).then_some(Self(date))
    }

    /// The date of an instant, in seconds since 1970, that is midnight UTC.
    #[must_use]
    pub fn of_timestamp(seconds: i64) -> Option<Self> {
        let instant = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        (instant.time() == time::Time::MIDNIGHT && instant.year() > 0).then(|| Self(instant.date()))
    }

    /// Its midnight, in seconds since 1970.
    #[must_use]
    pub fn timestamp(self) -> i64 {
        self.0.midnight().assume_utc().unix_timestamp()
    }
}

impl fmt::Display for Midnight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.0.year(),
            u8::from(self.0.month()),
            self.0.day()
        )
    }
}

impl serde::Serialize for Midnight {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl LifecycleRule {
    /// Whether it does anything; S3 refuses a rule that does not.
    #[must_use]
    pub fn has_action(&self) -> bool {
        self.expiration.is_some()
            || !self.transitions.is_empty()
            || self.noncurrent_version_expiration.is_some()
            || !self.noncurrent_version_transitions.is_empty()
            || self.abort_incomplete_multipart_upload.is_some()
    }
}

/// The rules in the form of the file.
pub(super) fn spell(rules: &BTreeMap<String, LifecycleRule>) -> Json {
    Json::Array(rules.iter().map(|(id, rule)| spell_rule(id, rule)).collect())
}

fn spell_rule(id: &str, rule: &LifecycleRule) -> Json {
    let LifecycleRule {
        status,
        filter,
        expiration,
        transitions,
        noncurrent_version_expiration,
        noncurrent_version_transitions,
        abort_incomplete_multipart_upload,
    } = rule;
    let mut spelled = Map::new();
    let mut put = |key: &str, value: Json| drop(spelled.insert(key.to_owned(), value));
    put("id", json!(id));
    if *status != Status::Enabled {
        put("status", json!(status));
    }
    spell_filter(filter, &mut put);
    match expiration {
        None => {}
        Some(Expiration::At(when)) => put("expiration", Json::Object(spell_when(*when))),
        Some(Expiration::ExpiredObjectDeleteMarker) => {
            put("expiration", json!({ "expired_object_delete_marker": true }))
        }
    }
    if !transitions.is_empty() {
        let one = |(class, when): (&StorageClass, &When)| with_class(spell_when(*when), *class);
        put("transitions", transitions.iter().map(one).collect());
    }
    if let Some(noncurrent) = noncurrent_version_expiration {
        put(
            "noncurrent_version_expiration",
            Json::Object(spell_noncurrent(*noncurrent)),
        );
    }
    if !noncurrent_version_transitions.is_empty() {
        let one = |(class, when): (&StorageClass, &Noncurrent)| with_class(spell_noncurrent(*when), *class);
        let transitions = noncurrent_version_transitions.iter().map(one).collect();
        put("noncurrent_version_transitions", transitions);
    }
    if let Some(days) = abort_incomplete_multipart_upload {
        put(
            "abort_incomplete_multipart_upload",
            json!({ "days_after_initiation": days }),
        );
    }
    Json::Object(spelled)
}

/// A prefix alone stands by itself.
fn spell_filter(filter: &Filter, put: &mut impl FnMut(&str, Json)) {
    let Filter {
        prefix,
        tags,
        object_size_greater_than,
        object_size_less_than,
    } = filter;
    let mut spelled = Map::new();
    if !tags.is_empty() {
        spelled.insert("tags".into(), json!(tags));
    }
    if let Some(bytes) = object_size_greater_than {
        spelled.insert("object_size_greater_than".into(), json!(bytes));
    }
    if let Some(bytes) = object_size_less_than {
        spelled.insert("object_size_less_than".into(), json!(bytes));
    }
    match (prefix.is_empty(), spelled.is_empty()) {
        (true, true) => {}
        (false, true) => put("prefix", json!(prefix)),
        (true, false) => put("filter", Json::Object(spelled)),
        (false, false) => {
            spelled.insert("prefix".into(), json!(prefix));
            put("filter", Json::Object(spelled));
        }
    }
}

fn spell_when(when: When) -> Map<String, Json> {
    let (key, value) = match when {
        When::Days(days) => ("days", json!(days)),
        When::Date(date) => ("date", json!(date)),
    };
    Map::from_iter([(key.to_owned(), value)])
}

fn spell_noncurrent(noncurrent: Noncurrent) -> Map<String, Json> {
    let Noncurrent {
        noncurrent_days,
        newer_noncurrent_versions,
    } = noncurrent;
    let mut spelled = Map::from_iter([("noncurrent_days".to_owned(), json!(noncurrent_days))]);
    if let Some(versions) = newer_noncurrent_versions {
        spelled.insert("newer_noncurrent_versions".into(), json!(versions));
    }
    spelled
}

fn with_class(mut spelled: Map<String, Json>, class: StorageClass) -> Json {
    spelled.insert("storage_class".into(), json!(class.word()));
    Json::Object(spelled)
}
