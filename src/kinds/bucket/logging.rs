//! Where the requests to a bucket are logged.
//!
//! Invariant: grants to other accounts by ACL are not part of it; a bucket that has them is not understood.

use serde_json::{Map, Value as Json, json};

use crate::fields::{FieldValue, Shown};
use crate::kinds::decode::{Maybe, none_or, text_within};
use crate::names::BucketName;
use crate::shape::{self, Part, Shape, needed, part};
use crate::spec::lower::Lowering;
use crate::spec::node::{Node, Value};
use crate::spec::table::{self, Table};

use super::items::KEY_CHARACTERS;

/// Where logs go.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Logging {
    /// The bucket; of the same account and region.
    pub target_bucket: BucketName,
    /// What the keys begin with.
    pub target_prefix: String,
    /// What comes after the prefix.
    pub target_object_key_format: KeyFormat,
}

/// What a log's key is made of after the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyFormat {
    /// The time and a random text; AWS's default, also where nothing was ever said.
    SimplePrefix,
    /// Account, region, bucket and date first.
    PartitionedPrefix(DateSource),
}

/// Which date a key is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum DateSource {
    /// That of the request, to the day.
    EventTime,
    /// That of the delivery, to the second.
    DeliveryTime,
}

impl DateSource {
    /// The words of the file, which are the API's.
    pub const WORDS: &'static [(&'static str, Self)] =
        &[("EventTime", Self::EventTime), ("DeliveryTime", Self::DeliveryTime)];

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::EventTime => "EventTime",
            Self::DeliveryTime => "DeliveryTime",
        }
    }
}

impl FieldValue for Logging {
    fn show(&self) -> Option<Shown> {
        let mut shown = format!("to {}", self.target_bucket);
        if !self.target_prefix.is_empty() {
            shown += &format!(" under {}", self.target_prefix);
        }
        if let KeyFormat::PartitionedPrefix(date) = self.target_object_key_format {
            shown += &format!(", partitioned by {}", date.word());
        }
        Some(Shown::Text(shown))
    }
}

/// Logging, or `none` in words; `bucket` says which bucket a reference means, having reported it if none.
pub(super) fn lower(
    node: &Node,
    cx: &mut Lowering<'_>,
    bucket: impl FnOnce(&Node, &mut Lowering<'_>) -> Option<BucketName>,
) -> Maybe<Logging> {
    none_or(Some(node), cx, |node, cx| logging(node, cx, bucket))
}

/// A bucket by its name alone.
pub(super) fn by_name(node: &Node, cx: &mut Lowering<'_>) -> Option<BucketName> {
    cx.parse(node, "target_bucket", BucketName::parse)
}

const PARTITIONED: [Part; 1] = [needed(
    "partitioned_prefix",
    crate::words_of!(DateSource::WORDS),
    "Folders by account, region, bucket and this date.",
)];

const PARTS: [Part; 3] = [
    needed(
        "target_bucket",
        shape::WRITTEN,
        "A bucket of this file by its id, or any by name.",
    ),
    part("target_prefix", shape::TEXT, "What the logs' keys begin with."),
    part(
        "target_object_key_format",
        Shape::AnyOf(&[Shape::Words(&["simple_prefix"]), shape::table(&PARTITIONED, &[])]),
        "What the logs' keys look like.",
    ),
];

const KEYS: &[&str] = &shape::names(&PARTS);

pub(super) const SHAPE: Shape = Shape::Called(
    "mapping or `none`",
    &Shape::AnyOf(&[shape::table(&PARTS, &[]), shape::NONE]),
);

fn logging(
    node: &Node,
    cx: &mut Lowering<'_>,
    bucket: impl FnOnce(&Node, &mut Lowering<'_>) -> Option<BucketName>,
) -> Option<Logging> {
    let mut table = Table::new(node, "logging", KEYS, &mut cx.reading())?;
    let target = table
        .required("target_bucket", &mut cx.reading())
        .and_then(|node| bucket(node, cx));
    let prefix = table.take("target_prefix").map_or(Some(String::new()), |node| {
        text_within(node, "target_prefix", KEY_CHARACTERS, cx)
    });
    let format = table
        .take("target_object_key_format")
        .map_or(Some(KeyFormat::SimplePrefix), |node| key_format(node, cx));
    Some(Logging {
        target_bucket: target?,
        target_prefix: prefix?,
        target_object_key_format: format?,
    })
}

/// `simple_prefix`, or `{ partitioned_prefix: EventTime }`.
fn key_format(node: &Node, cx: &mut Lowering<'_>) -> Option<KeyFormat> {
    const SIMPLE: &[(&str, KeyFormat)] = &[("simple_prefix", KeyFormat::SimplePrefix)];
    let Value::Map(_) = node.value else {
        return table::one_of(node, "target_object_key_format", SIMPLE, &mut cx.reading());
    };
    let keys = const { &shape::names(&PARTITIONED) };
    let mut table = Table::new(node, "target_object_key_format", keys, &mut cx.reading())?;
    let date = table.required("partitioned_prefix", &mut cx.reading())?;
    table::one_of(date, "partitioned_prefix", DateSource::WORDS, &mut cx.reading()).map(KeyFormat::PartitionedPrefix)
}

/// Logging in the form of the file.
pub(super) fn spell(logging: &Logging) -> Json {
    let Logging {
        target_bucket,
        target_prefix,
        target_object_key_format,
    } = logging;
    let mut spelled = Map::new();
    spelled.insert("target_bucket".into(), json!(target_bucket));
    if !target_prefix.is_empty() {
        spelled.insert("target_prefix".into(), json!(target_prefix));
    }
    if let KeyFormat::PartitionedPrefix(date) = target_object_key_format {
        let format = json!({ "partitioned_prefix": date.word() });
        spelled.insert("target_object_key_format".into(), format);
    }
    Json::Object(spelled)
}
