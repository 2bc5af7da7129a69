//! The small settings of a bucket: versioning, encryption, public access block, ownership.
//!
//! Invariant: every value has one word in the file and one in S3's answers; both stand here and nowhere else.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::fields::{FieldValue, Shown};
use crate::shape::{self, Part, Shape, needed, part};
use crate::spec::finding::Finding;
use crate::spec::lower::Lowering;
use crate::spec::node::{Node, Value};
use crate::spec::table::{self, Table};

/// Whether versions of objects are kept. A bucket that was versioned once can only be suspended (S3 PutBucketVersioning).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Versioning {
    /// Never switched on.
    Off,
    /// Every change makes a version.
    Enabled,
    /// Versions that exist are kept, new ones are not made.
    Suspended,
}

impl FieldValue for Versioning {
    fn show(&self) -> Option<Shown> {
        Some(Shown::text(match self {
            Self::Off => "off",
            Self::Enabled => "enabled",
            Self::Suspended => "suspended",
        }))
    }
}

impl Versioning {
    /// What the file may say.
    pub(super) const SHAPE: Shape = Shape::Called(
        "true or `suspended`",
        &Shape::AnyOf(&[Shape::True, Shape::Words(&["enabled", "suspended"])]),
    );

    pub(super) fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        match &node.value {
            Value::Bool(true) => return Some(Self::Enabled),
            Value::Text(text) if text == "enabled" => return Some(Self::Enabled),
            Value::Text(text) if text == "suspended" => return Some(Self::Suspended),
            _ => {}
        }
        let finding = match node.value {
            Value::Bool(false) => {
                Finding::error("E0403", node.span, "versioning can't be switched off, only suspended")
                    .label("write `suspended`, or leave the key out")
            }
            _ => table::wrong_type(node, "versioning", "true or `suspended`"),
        };
        cx.report(finding);
        None
    }

    pub(super) fn spell(self) -> Option<Json> {
        match self {
            Self::Off => None,
            Self::Enabled => Some(json!(true)),
            Self::Suspended => Some(json!("suspended")),
        }
    }
}

/// How S3 encrypts new objects that say nothing themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// With S3's own keys; every bucket since January 2023.
    Aes256,
    /// With a key of KMS.
    Kms {
        /// An id, ARN or alias; none for the account's `aws/s3`.
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// Fewer calls to KMS by a key of the bucket's own.
        bucket_key: bool,
        /// Two layers, `aws:kms:dsse`.
        dual: bool,
    },
}

impl FieldValue for Encryption {
    fn show(&self) -> Option<Shown> {
        match self {
            Self::Aes256 => Some(Shown::text("AES256")),
            Self::Kms { key, bucket_key, dual } => {
                let layers = if *dual { "aws:kms:dsse" } else { "aws:kms" };
                let key = key.as_deref().unwrap_or("aws/s3");
                let bucket_key = if *bucket_key { " with a bucket key" } else { "" };
                Some(Shown::Text(format!("{layers} by {key}{bucket_key}")))
            }
        }
    }
}

const KMS: [Part; 3] = [
    needed(
        "kms_key",
        shape::WRITTEN,
        "The key: an ARN, an id, an alias, or `aws/s3` for AWS's own.",
    ),
    part(
        "bucket_key",
        Shape::Boolean,
        "Whether S3 asks KMS less often, with a key of the bucket.",
    ),
    part("dual_layer", Shape::Boolean, "Whether objects are encrypted twice."),
];

impl Encryption {
    /// What the file may say.
    pub(super) const SHAPE: Shape = Shape::Called(
        "`AES256`, `aws:kms`, or a mapping",
        &Shape::AnyOf(&[
            Shape::Words(&["AES256", "aws:kms", "aws:kms:dsse"]),
            shape::table(&KMS, &[]),
        ]),
    );

    pub(super) fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let plain = |dual| Self::Kms {
            key: None,
            bucket_key: false,
            dual,
        };
        match &node.value {
            Value::Map(_) => Self::lower_map(node, cx),
            _ => match table::text(node, "encryption", &mut cx.reading())? {
                "AES256" => Some(Self::Aes256),
                "aws:kms" => Some(plain(false)),
                "aws:kms:dsse" => Some(plain(true)),
                other => {
                    let message = format!("`{other}` is no encryption of a bucket");
                    let label = "write `AES256`, `aws:kms`, or `{ kms_key: …, bucket_key: true }`";
                    cx.report(Finding::error("E0403", node.span, message).label(label));
                    None
                }
            },
        }
    }

    fn lower_map(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let mut table = Table::new(node, "encryption", const { &shape::names(&KMS) }, &mut cx.reading())?;
        let key = table.required("kms_key", &mut cx.reading())?;
        let key = table::written_text(key, "kms_key", &mut cx.reading())?.to_owned();
        let bucket_key = table.boolean("bucket_key", &mut cx.reading()).unwrap_or(false);
        let dual_node = table.take("dual_layer");
        let dual = dual_node.and_then(|node| table::boolean(node, "dual_layer", &mut cx.reading()));
        if let (true, Some(true), Some(node)) = (bucket_key, dual, dual_node) {
            // S3 refuses the pair: "S3 Bucket Keys aren't supported for DSSE-KMS".
            let message = "two layers of encryption take no bucket key";
            cx.report(Finding::error("E0432", node.span, message).label("leave one of them out"));
            return None;
        }
        Some(Self::Kms {
            key: Some(key).filter(|key| key != "aws/s3" && !key.ends_with("alias/aws/s3")),
            bucket_key,
            dual: dual.unwrap_or(false),
        })
    }

    pub(super) fn spell(&self) -> Option<Json> {
        match self {
            Self::Aes256 => None,
            Self::Kms {
                key: None,
                bucket_key: false,
                dual,
            } => Some(json!(if *dual { "aws:kms:dsse" } else { "aws:kms" })),
            Self::Kms { key, bucket_key, dual } => {
                let mut spelled = serde_json::Map::new();
                spelled.insert("kms_key".into(), json!(key.as_deref().unwrap_or("aws/s3")));
                if *bucket_key {
                    spelled.insert("bucket_key".into(), json!(true));
                }
                if *dual {
                    spelled.insert("dual_layer".into(), json!(true));
                }
                Some(Json::Object(spelled))
            }
        }
    }
}

/// One flag of the public access block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// New public ACLs are refused.
    BlockPublicAcls,
    /// Public ACLs don't count.
    IgnorePublicAcls,
    /// A public bucket policy is refused.
    BlockPublicPolicy,
    /// A public bucket policy lets only AWS services and the account itself in.
    RestrictPublicBuckets,
}

const FLAGS: [Part; 4] = [
    part(
        "block_public_acls",
        Shape::Boolean,
        "New ACLs that open something are refused.",
    ),
    part(
        "ignore_public_acls",
        Shape::Boolean,
        "ACLs that open something count for nothing.",
    ),
    part(
        "block_public_policy",
        Shape::Boolean,
        "A policy that opens something is refused.",
    ),
    part(
        "restrict_public_buckets",
        Shape::Boolean,
        "A policy that opens something lets in services and one's own account alone.",
    ),
];

impl Block {
    /// What the file may say.
    pub(super) const SHAPE: Shape = Shape::Called(
        "true, `none`, or four flags",
        &Shape::AnyOf(&[Shape::True, shape::NONE, shape::table(&FLAGS, &[])]),
    );

    /// All four, in the order of S3's reference.
    pub const ALL: [Self; 4] = [
        Self::BlockPublicAcls,
        Self::IgnorePublicAcls,
        Self::BlockPublicPolicy,
        Self::RestrictPublicBuckets,
    ];

    /// The key in the file.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::BlockPublicAcls => "block_public_acls",
            Self::IgnorePublicAcls => "ignore_public_acls",
            Self::BlockPublicPolicy => "block_public_policy",
            Self::RestrictPublicBuckets => "restrict_public_buckets",
        }
    }

    /// `true` for all four, `none` for none, or a mapping in which what is not written is on.
    pub(super) fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Blocks> {
        match &node.value {
            Value::Bool(true) => Some(Blocks::all()),
            Value::Text(text) if text == "none" => Some(Blocks::default()),
            Value::Map(_) => {
                let mut table = Table::new(
                    node,
                    "public access block",
                    const { &shape::names(&FLAGS) },
                    &mut cx.reading(),
                )?;
                let mut off = |block: &Self| table.boolean(block.word(), &mut cx.reading()) == Some(false);
                Some(Self::ALL.into_iter().filter(|block| !off(block)).collect())
            }
            _ => {
                let expected = "true, `none`, or a mapping of the four flags";
                let finding = table::wrong_type(node, "public_access_block", expected);
                cx.report(finding.label("`none` switches all four off"));
                None
            }
        }
    }

    pub(super) fn spell(on: &Blocks) -> Option<Json> {
        let off = Self::ALL.iter().filter(|block| !on.has(**block));
        let spelled: serde_json::Map<String, Json> = off.map(|block| (block.word().to_owned(), json!(false))).collect();
        (!spelled.is_empty()).then_some(Json::Object(spelled))
    }
}

/// The flags that are on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Blocks(BTreeSet<Block>);

impl Blocks {
    /// All four, as every new bucket has had since April 2023.
    #[must_use]
    pub fn all() -> Self {
        Block::ALL.into_iter().collect()
    }

    /// Whether a flag is on.
    #[must_use]
    pub fn has(&self, block: Block) -> bool {
        self.0.contains(&block)
    }

    /// What is on in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        self.0.union(&other.0).copied().collect()
    }
}

impl FromIterator<Block> for Blocks {
    fn from_iter<I: IntoIterator<Item = Block>>(blocks: I) -> Self {
        Self(blocks.into_iter().collect())
    }
}

impl FieldValue for Blocks {
    fn show(&self) -> Option<Shown> {
        let off: Vec<&str> = Block::ALL
            .iter()
            .filter(|block| !self.has(**block))
            .map(|block| block.word())
            .collect();
        Some(Shown::Text(match off.as_slice() {
            [] => "all on".to_owned(),
            off if off.len() == Block::ALL.len() => "all off".to_owned(),
            off => format!("all on but {}", off.join(", ")),
        }))
    }
}

/// Who owns objects, and whether ACLs count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Ownership {
    /// The bucket's owner, and ACLs don't count; every new bucket since April 2023.
    BucketOwnerEnforced,
    /// The bucket's owner where the writer gives it away.
    BucketOwnerPreferred,
    /// Whoever wrote it; what a bucket without the setting does.
    ObjectWriter,
}

impl Ownership {
    /// What the file may say.
    pub(super) const SHAPE: Shape = Shape::Called(
        "a word of S3",
        &Shape::Words(&["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]),
    );

    const ALL: [Self; 3] = [
        Self::BucketOwnerEnforced,
        Self::BucketOwnerPreferred,
        Self::ObjectWriter,
    ];

    /// S3's word, which is the file's.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::BucketOwnerEnforced => "BucketOwnerEnforced",
            Self::BucketOwnerPreferred => "BucketOwnerPreferred",
            Self::ObjectWriter => "ObjectWriter",
        }
    }

    /// From S3's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }

    pub(super) fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Self> {
        let words: Vec<(&str, Self)> = Self::ALL.iter().map(|one| (one.word(), *one)).collect();
        table::one_of(node, "ownership", &words, &mut cx.reading())
    }
}

impl FieldValue for Ownership {
    fn show(&self) -> Option<Shown> {
        Some(Shown::text(self.word()))
    }
}
