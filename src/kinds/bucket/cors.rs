//! What browsers let the pages of other sites do with a bucket.
//!
//! Invariant: the order of rules is kept, because the first that fits wins; the lists inside of a rule have none.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use crate::fields::{FieldValue, Shown};
use crate::names::nearest;
use crate::shape::{self, Part, Shape, items, needed, part, some_items};
use crate::spec::finding::Finding;
use crate::spec::lower::Lowering;
use crate::spec::node::Node;
use crate::spec::source::Span;
use crate::spec::table::{self, Table};

use super::items::{ID_CHARACTERS, all, set, some, written_within};

/// Rules of one bucket, at most (S3 guide, "CORS").
const MOST_RULES: usize = 100;

/// The seconds that AWS's 32 bits hold.
const MOST_SECONDS: u32 = 2_147_483_647;

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct CorsRule {
    /// Its id, where somebody gave it one.
    pub id: Option<String>,
    /// What may be done.
    pub allowed_methods: BTreeSet<Method>,
    /// By pages of which sites; each with one `*` at most.
    pub allowed_origins: BTreeSet<String>,
    /// With which headers; each with one `*` at most.
    pub allowed_headers: BTreeSet<String>,
    /// Which headers of the answer they may read.
    pub expose_headers: BTreeSet<String>,
    /// How long a browser may remember the answer, in seconds.
    pub max_age_seconds: Option<u32>,
}

/// What may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read.
    Get,
    /// Write.
    Put,
    /// Upload by a form.
    Post,
    /// Delete.
    Delete,
    /// Look at the headers.
    Head,
}

impl Method {
    /// The words of the file, which are the API's.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("GET", Self::Get),
        ("PUT", Self::Put),
        ("POST", Self::Post),
        ("DELETE", Self::Delete),
        ("HEAD", Self::Head),
    ];

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Head => "HEAD",
        }
    }

    /// What a word of the API means.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, method)| *method)
    }
}

impl FieldValue for CorsRule {
    fn show(&self) -> Option<Shown> {
        let listed = |texts: &BTreeSet<String>| texts.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        let methods: Vec<_> = self.allowed_methods.iter().map(|method| method.word()).collect();
        let mut shown = format!("{} from {}", methods.join(" "), listed(&self.allowed_origins));
        if !self.allowed_headers.is_empty() {
            shown += &format!(" with {}", listed(&self.allowed_headers));
        }
        if !self.expose_headers.is_empty() {
            shown += &format!(" showing {}", listed(&self.expose_headers));
        }
        if let Some(seconds) = self.max_age_seconds {
            shown += &format!(" for {seconds} s");
        }
        if let Some(id) = &self.id {
            shown = format!("{id}: {shown}");
        }
        Some(Shown::Text(shown))
    }
}

/// A list of rules, which may be empty, or `none` in words.
pub(super) fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Vec<CorsRule>> {
    if node.text() == Some("none") {
        return Some(Vec::new());
    }
    let items = table::list(node, "cors", "rules", &mut cx.reading())?;
    if items.len() > MOST_RULES {
        let message = format!("{} rules, and AWS takes at most {MOST_RULES} of CORS", items.len());
        cx.report(Finding::error("E0413", node.span, message));
    }
    all(items.iter().map(|item| rule(item, cx)).collect())
}

const ORIGIN: Shape = shape::text("text with one `*` at most", r"^[^*]*\*?[^*]*$");

const PARTS: [Part; 6] = [
    part("id", shape::WRITTEN, "What it is called."),
    needed(
        "allowed_methods",
        Shape::Texts(&some_items("methods", crate::words_of!(Method::WORDS))),
        "What a page may do.",
    ),
    needed(
        "allowed_origins",
        Shape::Texts(&some_items("origins", ORIGIN)),
        "The pages' origins, such as `https://*.example.com`.",
    ),
    part(
        "allowed_headers",
        Shape::Texts(&items("headers", ORIGIN)),
        "The headers that a page may send.",
    ),
    part(
        "expose_headers",
        Shape::Texts(&items("headers", shape::text("header", r"^[^*]+$"))),
        "The headers that a page may read.",
    ),
    part(
        "max_age_seconds",
        shape::number("seconds", 0, MOST_SECONDS as u64),
        "How long a browser may remember.",
    ),
];

const KEYS: &[&str] = &shape::names(&PARTS);

pub(super) const SHAPE: Shape = Shape::Called(
    "list of rules, or `none`",
    &Shape::AnyOf(&[Shape::List(&items("rules", shape::table(&PARTS, &[]))), shape::NONE]),
);

fn rule(node: &Node, cx: &mut Lowering<'_>) -> Option<CorsRule> {
    let mut table = Table::new(node, "CORS rule", KEYS, &mut cx.reading())?;
    let id = table.take("id").map_or(Some(None), |node| {
        written_within(node, "id", ID_CHARACTERS, cx).map(Some)
    });
    let methods = table.required("allowed_methods", &mut cx.reading());
    let methods = methods.and_then(|node| some(node, "allowed_methods", cx, method));
    let origins = table.required("allowed_origins", &mut cx.reading());
    let origins = origins.and_then(|node| some(node, "allowed_origins", cx, one_wildcard));
    let headers = table.take("allowed_headers");
    let headers = headers.map_or(Some(BTreeSet::new()), |node| {
        set(node, "allowed_headers", cx, one_wildcard)
    });
    let exposed = table.take("expose_headers");
    let exposed = exposed.map_or(Some(BTreeSet::new()), |node| set(node, "expose_headers", cx, plain));
    let age = table.take("max_age_seconds").map_or(Some(None), |node| {
        table::integer(node, "max_age_seconds", 0..=MOST_SECONDS, "seconds", &mut cx.reading()).map(Some)
    });
    Some(CorsRule {
        id: id?,
        allowed_methods: methods?,
        allowed_origins: origins?,
        allowed_headers: headers?,
        expose_headers: exposed?,
        max_age_seconds: age?,
    })
}

fn method(text: &str, span: Span, cx: &mut Lowering<'_>) -> Option<Method> {
    let known = Method::of(text);
    if known.is_none() {
        let words: Vec<_> = Method::WORDS.iter().map(|(word, _)| *word).collect();
        let label = nearest(text, words.iter().copied()).map_or(format!("expected {}", words.join(", ")), |near| {
            format!("did you mean `{near}`?")
        });
        let message = format!("S3 knows no method `{text}` for CORS");
        cx.report(Finding::error("E0403", span, message).label(label));
    }
    known
}

fn one_wildcard(text: &str, span: Span, cx: &mut Lowering<'_>) -> Option<String> {
    let text = filled(text, span, cx)?;
    if text.matches('*').count() > 1 {
        let message = format!("`{text}` has more than one `*`");
        cx.report(Finding::error("E0411", span, message).label("S3 takes one `*` in a text"));
        return None;
    }
    Some(text)
}

fn plain(text: &str, span: Span, cx: &mut Lowering<'_>) -> Option<String> {
    let text = filled(text, span, cx)?;
    if text.contains('*') {
        let message = format!("`expose_headers` can't be `{text}`");
        cx.report(Finding::error("E0411", span, message).label("S3 takes no `*` here: name each header"));
        return None;
    }
    Some(text)
}

fn filled(text: &str, span: Span, cx: &mut Lowering<'_>) -> Option<String> {
    if text.trim().is_empty() {
        cx.report(Finding::error("E0401", span, "an empty text is in this list").label("remove it"));
        return None;
    }
    Some(text.to_owned())
}

/// The rules in the form of the file.
pub(super) fn spell(rules: &[CorsRule]) -> Json {
    Json::Array(rules.iter().map(spell_rule).collect())
}

fn spell_rule(rule: &CorsRule) -> Json {
    let CorsRule {
        id,
        allowed_methods,
        allowed_origins,
        allowed_headers,
        expose_headers,
        max_age_seconds,
    } = rule;
    let mut spelled = Map::new();
    let mut put = |key: &str, value: Json| drop(spelled.insert(key.to_owned(), value));
    if let Some(id) = id {
        put("id", json!(id));
    }
    put("allowed_methods", json!(allowed_methods));
    put("allowed_origins", json!(allowed_origins));
    for (key, headers) in [("allowed_headers", allowed_headers), ("expose_headers", expose_headers)] {
        if !headers.is_empty() {
            put(key, json!(headers));
        }
    }
    if let Some(seconds) = max_age_seconds {
        put("max_age_seconds", json!(seconds));
    }
    Json::Object(spelled)
}
