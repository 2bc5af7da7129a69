//! Seeded objects: content that a new environment begins with.
//!
//! Invariant: what is there is never overwritten unless the file says so; bytes never reach a plan, only their hash.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use md5::Digest as _;
use serde::Serialize;

use crate::fields::{FieldPath, FieldValue, Shown};
use crate::shape::{self, Choice, Part, Shape, part};
use crate::spec::files;
use crate::spec::finding::Finding;
use crate::spec::lower::Lowering;
use crate::spec::node::{Key, Node, Value};
use crate::spec::source::Span;
use crate::spec::table::{self, Table};

/// The largest object that is worth seeding from an environment file: 16 MiB.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The longest key in bytes (S3 user guide, "Naming objects").
const LONGEST_KEY: usize = 1024;

/// What S3 says of an object that was put without a type.
pub(super) const PLAIN_TYPE: &str = "application/octet-stream";

/// One object.
#[derive(Debug, Clone, Serialize)]
pub struct Seed {
    /// SHA-256 of the content, base64 as S3 writes it.
    pub sha256: String,
    /// Its length.
    pub size: usize,
    /// `Content-Type`.
    pub content_type: String,
    /// Whether other content is replaced by it.
    pub overwrite: bool,
    /// MD5 of the content in hex: the ETag of what was put in one piece and is not encrypted by KMS.
    #[serde(skip)]
    pub md5: String,
    /// The content; none in a live state.
    #[serde(skip)]
    pub bytes: Option<Bytes>,
}

impl PartialEq for Seed {
    fn eq(&self, other: &Self) -> bool {
        self.apart(other).is_empty()
    }
}

impl FieldValue for Seed {
    fn show(&self) -> Option<Shown> {
        let Self { size, content_type, .. } = self;
        Some(Shown::Text(format!("{size} bytes, {content_type}")))
    }

    /// `self` is the wanted side: without `overwrite` whatever is there will do.
    fn apart(&self, other: &Self) -> Vec<Option<String>> {
        let same = self.sha256 == other.sha256 && self.content_type == other.content_type;
        if same || !self.overwrite {
            Vec::new()
        } else {
            vec![None]
        }
    }
}

impl Seed {
    /// From content.
    #[must_use]
    pub fn new(bytes: Vec<u8>, content_type: &str, overwrite: bool) -> Self {
        let md5 = md5::Md5::digest(&bytes);
        Self {
            sha256: STANDARD.encode(sha2::Sha256::digest(&bytes)),
            size: bytes.len(),
            content_type: content_type.to_owned(),
            overwrite,
            md5: md5.iter().map(|byte| format!("{byte:02x}")).collect(),
            bytes: Some(Bytes::from(bytes)),
        }
    }
}

/// What lowering made of `objects:`.
#[derive(Default)]
pub(super) struct Seeds {
    pub(super) objects: BTreeMap<String, Seed>,
    pub(super) spans: BTreeMap<FieldPath, Span>,
}

pub(super) fn lower(node: Option<&Node>, cx: &mut Lowering<'_>) -> Seeds {
    let mut seeds = Seeds::default();
    let Some(node) = node else { return seeds };
    let entries = table::entries(node, "objects", "keys to content", &mut cx.reading()).unwrap_or_default();
    for (key, node) in entries {
        let seed = lower_one(node, cx);
        if let (true, Some(seed)) = (is_key(key, cx), seed) {
            seeds.spans.insert(FieldPath::entry("objects", &key.text), key.span);
            seeds.objects.insert(key.text.clone(), seed);
        }
    }
    seeds
}

fn is_key(key: &Key, cx: &mut Lowering<'_>) -> bool {
    let problem = match key.text.as_str() {
        "" => "an object's key can't be empty",
        text if text.chars().any(char::is_control) => "an object's key can't hold control characters",
        text if text.len() > LONGEST_KEY => "an object's key has at most 1,024 bytes",
        text if text.split('/').any(|part| part == "." || part == "..") => {
            "a key with `.` or `..` between slashes can't be reached by many clients"
        }
        _ => return true,
    };
    cx.report(Finding::error("E0411", key.span, problem));
    false
}

const PARTS: [Part; 4] = [
    part("content", shape::TEXT, "The content."),
    part("file", shape::FILE, "A file that holds the content."),
    part("content_type", shape::WRITTEN, "Its type, such as `application/json`."),
    part("overwrite", Shape::Boolean, "Whether other content is replaced."),
];

const KEYS: &[&str] = &shape::names(&PARTS);

pub(super) const SHAPE: Shape =
    Shape::AnyOf(&[shape::TEXT, shape::table(&PARTS, &[Choice::One(&["content", "file"])])]);

/// A text is content; a mapping says more.
fn lower_one(node: &Node, cx: &mut Lowering<'_>) -> Option<Seed> {
    if let Value::Text(text) = &node.value {
        return Some(Seed::new(text.clone().into_bytes(), "text/plain", false));
    }
    let mut table = Table::new(node, "object", KEYS, &mut cx.reading())?;
    let content_type = table.written_text("content_type", &mut cx.reading());
    if let (Some(text), Some(node)) = (content_type, node.get("content_type"))
        && !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
    {
        let finding = Finding::error("E0411", node.span, "a content type is plain ASCII on one line");
        cx.report(finding.label("such as `application/json`"));
        return None;
    }
    let overwrite = table.boolean("overwrite", &mut cx.reading()).unwrap_or(false);
    let bytes = match (table.take("content"), table.take("file")) {
        (Some(node), None) => table::text(node, "content", &mut cx.reading())?.as_bytes().to_vec(),
        (None, Some(node)) => files::bytes_beside(cx.files, node, MOST_BYTES, cx.sources, cx.findings)?,
        (Some(_), Some(_)) | (None, None) => {
            let message = "an object has exactly one of `content` and `file`";
            cx.report(Finding::error("E0432", node.span, message).label("write one of them"));
            return None;
        }
    };
    Some(Seed::new(bytes, content_type.unwrap_or(PLAIN_TYPE), overwrite))
}
