//! The website that a bucket serves.
//!
//! Invariant: either pages or one redirect of everything; the order of routing rules is kept, because the first that
//! fits wins.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use crate::fields::{FieldValue, Shown};
use crate::kinds::decode::{Maybe, none_or, text_within};
use crate::shape::{self, Choice, Part, Shape, items, needed, part};
use crate::spec::finding::Finding;
use crate::spec::lower::Lowering;
use crate::spec::node::Node;
use crate::spec::table::{self, Table};

use super::items::{KEY_CHARACTERS, all, written_within};

/// Routing rules of one website, at most (S3 guide, "configure advanced conditional redirects").
const MOST_RULES: usize = 50;

/// What a bucket's website does with a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Website {
    /// It serves objects.
    Pages(Pages),
    /// It sends every request somewhere else.
    RedirectAllRequestsTo(Host),
}

/// A website of objects.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Pages {
    /// The name of the object that stands for a folder.
    pub index: String,
    /// The key of the object that is shown for errors.
    pub error: Option<String>,
    /// What is sent somewhere else; the first rule that fits wins.
    pub routing_rules: Vec<RoutingRule>,
}

/// Where everything is sent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Host {
    /// The host.
    pub host_name: String,
    /// The protocol; that of the request where nothing is said.
    pub protocol: Option<Protocol>,
}

/// A protocol of the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// In the clear.
    Http,
    /// Encrypted.
    Https,
}

/// Which requests go where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RoutingRule {
    /// Which requests.
    pub condition: Condition,
    /// Where to.
    pub redirect: Redirect,
}

/// Which requests a routing rule is about; all of them where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Condition {
    /// Those that end in this error.
    pub http_error_code_returned_equals: Option<u16>,
    /// Those for keys that begin so.
    pub key_prefix_equals: Option<String>,
}

/// Where a routing rule sends a request; what is not said is as in the request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Redirect {
    /// The host.
    pub host_name: Option<String>,
    /// The protocol.
    pub protocol: Option<Protocol>,
    /// The status of the answer; 301 where nothing is said.
    pub http_redirect_code: Option<u16>,
    /// What becomes of the key.
    pub key: Rewrite,
}

/// What becomes of a key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rewrite {
    /// It stays.
    Kept,
    /// The prefix of the condition becomes this.
    ReplaceKeyPrefixWith(String),
    /// The whole key becomes this.
    ReplaceKeyWith(String),
}

impl Protocol {
    /// The words of the file, which are the API's.
    pub const WORDS: &'static [(&'static str, Self)] = &[("http", Self::Http), ("https", Self::Https)];

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl Redirect {
    /// Whether it says nothing at all, which S3 refuses.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            host_name,
            protocol,
            http_redirect_code,
            key,
        } = self;
        host_name.is_none() && protocol.is_none() && http_redirect_code.is_none() && *key == Rewrite::Kept
    }
}

impl FieldValue for Website {
    fn show(&self) -> Option<Shown> {
        Some(Shown::Text(match self {
            Self::RedirectAllRequestsTo(host) => {
                format!("everything to {}", url(host.protocol, Some(&host.host_name)))
            }
            Self::Pages(pages) => shown_pages(pages),
        }))
    }
}

fn shown_pages(pages: &Pages) -> String {
    let mut shown = pages.index.clone();
    if let Some(error) = &pages.error {
        let _ = write!(shown, ", errors {error}");
    }
    for rule in &pages.routing_rules {
        let _ = write!(shown, "; {}", shown_rule(rule));
    }
    shown
}

/// `404 under docs/ to https://example.com/documents/… (302)`.
fn shown_rule(rule: &RoutingRule) -> String {
    let RoutingRule { condition, redirect } = rule;
    let mut shown = match condition.http_error_code_returned_equals {
        Some(code) => code.to_string(),
        None => "all".to_owned(),
    };
    if let Some(prefix) = &condition.key_prefix_equals {
        let _ = write!(shown, " under {prefix}");
    }
    let _ = write!(shown, " to {}", url(redirect.protocol, redirect.host_name.as_deref()));
    match &redirect.key {
        Rewrite::Kept => {}
        Rewrite::ReplaceKeyPrefixWith(prefix) => drop(write!(shown, "/{prefix}…")),
        Rewrite::ReplaceKeyWith(key) => drop(write!(shown, "/{key}")),
    }
    if let Some(code) = redirect.http_redirect_code {
        let _ = write!(shown, " ({code})");
    }
    shown
}

fn url(protocol: Option<Protocol>, host: Option<&str>) -> String {
    let protocol = protocol.map(|protocol| format!("{}://", protocol.word()));
    format!("{}{}", protocol.unwrap_or_default(), host.unwrap_or_default())
}

/// A website, or `none` in words.
pub(super) fn lower(node: &Node, cx: &mut Lowering<'_>) -> Maybe<Website> {
    none_or(Some(node), cx, site)
}

const HOST_NAME: Shape = shape::text("host", r"^[^\s/]+$");

const PROTOCOL: Shape = crate::words_of!(Protocol::WORDS);

const HOST: [Part; 2] = [
    needed("host_name", HOST_NAME, "The host."),
    part(
        "protocol",
        PROTOCOL,
        "The protocol; that of the request unless it is written.",
    ),
];

const CONDITION: [Part; 2] = [
    part(
        "http_error_code_returned_equals",
        shape::number("", 400, 599),
        "The error that it is for.",
    ),
    part("key_prefix_equals", shape::TEXT, "What the key begins with."),
];

const REDIRECT: [Part; 5] = [
    part("host_name", HOST_NAME, "Another host."),
    part("protocol", PROTOCOL, "Another protocol."),
    part(
        "http_redirect_code",
        shape::number("", 301, 399),
        "The status of the answer.",
    ),
    part(
        "replace_key_prefix_with",
        shape::TEXT,
        "What takes the place of the prefix.",
    ),
    part("replace_key_with", shape::TEXT, "What takes the place of the key."),
];

const RULE: [Part; 2] = [
    part(
        "condition",
        shape::table(
            &CONDITION,
            &[Choice::Some(&["http_error_code_returned_equals", "key_prefix_equals"])],
        ),
        "When it counts; always unless it is written.",
    ),
    needed(
        "redirect",
        shape::table(
            &REDIRECT,
            &[
                Choice::AtMostOne(&["replace_key_prefix_with", "replace_key_with"]),
                Choice::Some(&shape::names(&REDIRECT)),
            ],
        ),
        "Where to.",
    ),
];

const PARTS: [Part; 4] = [
    part(
        "index",
        shape::text("name without a slash", r"^[^/]*[^\s/][^/]*$"),
        "The page of every folder.",
    ),
    part("error", shape::WRITTEN, "The page for what is not there."),
    part(
        "routing_rules",
        Shape::List(&items("rules", shape::table(&RULE, &[]))),
        "What goes elsewhere; the first that fits wins.",
    ),
    part(
        "redirect_all_requests_to",
        shape::table(&HOST, &[]),
        "Where everything goes; alone.",
    ),
];

const KEYS: &[&str] = &shape::names(&PARTS);

pub(super) const SHAPE: Shape = Shape::Called(
    "mapping or `none`",
    &Shape::AnyOf(&[
        shape::table(
            &PARTS,
            &[
                Choice::One(&["index", "redirect_all_requests_to"]),
                Choice::AtMostOne(&["error", "redirect_all_requests_to"]),
                Choice::AtMostOne(&["routing_rules", "redirect_all_requests_to"]),
            ],
        ),
        shape::NONE,
    ]),
);

fn site(node: &Node, cx: &mut Lowering<'_>) -> Option<Website> {
    let mut table = Table::new(node, "website", KEYS, &mut cx.reading())?;
    if let Some(redirect) = table.take("redirect_all_requests_to") {
        let host = host(redirect, cx);
        let alone = is_alone(&mut table, cx);
        return host.filter(|_| alone).map(Website::RedirectAllRequestsTo);
    }
    let index = table
        .required("index", &mut cx.reading())
        .and_then(|node| index(node, cx));
    let error = table.take("error").map_or(Some(None), |node| {
        written_within(node, "error", KEY_CHARACTERS, cx).map(Some)
    });
    let rules = table
        .take("routing_rules")
        .map_or(Some(Vec::new()), |node| routing_rules(node, cx));
    Some(Website::Pages(Pages {
        index: index?,
        error: error?,
        routing_rules: rules?,
    }))
}

/// Reports what stands beside a redirect of everything.
fn is_alone(table: &mut Table<'_>, cx: &mut Lowering<'_>) -> bool {
    let mut alone = true;
    for other in ["index", "error", "routing_rules"] {
        let Some((key, _)) = table.take_entry(other) else {
            continue;
        };
        let message = format!("`{other}` stands beside `redirect_all_requests_to`");
        let label = "a website either serves pages or redirects everything: remove one of them";
        cx.report(Finding::error("E0432", key.span, message).label(label));
        alone = false;
    }
    alone
}

/// S3 puts it behind every path that ends in a slash (InvalidArgument "The IndexDocument Suffix is not well formed").
fn index(node: &Node, cx: &mut Lowering<'_>) -> Option<String> {
    let text = written_within(node, "index", KEY_CHARACTERS, cx)?;
    if text.contains('/') {
        let message = format!("`index` can't be `{text}`: it has a slash");
        let label = "write the name alone, as in `index.html`; it counts in every folder";
        cx.report(Finding::error("E0411", node.span, message).label(label));
        return None;
    }
    Some(text)
}

fn host(node: &Node, cx: &mut Lowering<'_>) -> Option<Host> {
    let keys = const { &shape::names(&HOST) };
    let mut table = Table::new(node, "redirect", keys, &mut cx.reading())?;
    let host_name = table
        .required("host_name", &mut cx.reading())
        .and_then(|node| host_name(node, cx));
    let protocol = protocol(table.take("protocol"), cx);
    Some(Host {
        host_name: host_name?,
        protocol: protocol?,
    })
}

fn host_name(node: &Node, cx: &mut Lowering<'_>) -> Option<String> {
    let text = written_within(node, "host_name", KEY_CHARACTERS, cx)?;
    if let Some((protocol, _)) = text.split_once("://") {
        let message = format!("`host_name` can't be `{text}`: it has a protocol");
        let label = format!("write the host alone, and beside it `protocol: {protocol}`");
        cx.report(Finding::error("E0411", node.span, message).label(label));
        return None;
    }
    if text.contains(char::is_whitespace) {
        let message = format!("`host_name` can't be `{text}`: it has white space");
        cx.report(Finding::error("E0411", node.span, message).label("write a host, as in `www.example.com`"));
        return None;
    }
    Some(text)
}

fn protocol(node: Option<&Node>, cx: &mut Lowering<'_>) -> Maybe<Protocol> {
    let Some(node) = node else { return Some(None) };
    table::one_of(node, "protocol", Protocol::WORDS, &mut cx.reading()).map(Some)
}

fn routing_rules(node: &Node, cx: &mut Lowering<'_>) -> Option<Vec<RoutingRule>> {
    let items = table::list(node, "routing_rules", "rules", &mut cx.reading())?;
    if items.len() > MOST_RULES {
        let message = format!("{} routing rules, and AWS takes at most {MOST_RULES}", items.len());
        cx.report(Finding::error("E0413", node.span, message));
    }
    all(items.iter().map(|item| routing_rule(item, cx)).collect())
}

fn routing_rule(node: &Node, cx: &mut Lowering<'_>) -> Option<RoutingRule> {
    let mut table = Table::new(node, "routing rule", const { &shape::names(&RULE) }, &mut cx.reading())?;
    let condition = table
        .take("condition")
        .map_or(Some(Condition::default()), |node| condition(node, cx));
    let redirect = table
        .required("redirect", &mut cx.reading())
        .and_then(|node| redirect(node, cx));
    Some(RoutingRule {
        condition: condition?,
        redirect: redirect?,
    })
}

fn condition(node: &Node, cx: &mut Lowering<'_>) -> Option<Condition> {
    let keys = const { &shape::names(&CONDITION) };
    let mut table = Table::new(node, "condition", keys, &mut cx.reading())?;
    if node.entries().is_empty() {
        cx.report(Finding::error("E0401", node.span, "`condition` is empty").label("leave it out for all requests"));
        return None;
    }
    let code = table
        .take("http_error_code_returned_equals")
        .map_or(Some(None), |node| {
            status(node, "http_error_code_returned_equals", 400, 599, cx).map(Some)
        });
    let prefix = table.take("key_prefix_equals").map_or(Some(None), |node| {
        text_within(node, "key_prefix_equals", KEY_CHARACTERS, cx).map(Some)
    });
    Some(Condition {
        http_error_code_returned_equals: code?,
        key_prefix_equals: prefix?.filter(|prefix| !prefix.is_empty()),
    })
}

fn status(node: &Node, what: &str, least: u32, most: u32, cx: &mut Lowering<'_>) -> Option<u16> {
    let code = table::integer(node, what, least..=most, "", &mut cx.reading())?;
    u16::try_from(code).ok()
}

fn redirect(node: &Node, cx: &mut Lowering<'_>) -> Option<Redirect> {
    let mut table = Table::new(node, "redirect", const { &shape::names(&REDIRECT) }, &mut cx.reading())?;
    if node.entries().is_empty() {
        let finding = Finding::error("E0401", node.span, "`redirect` is empty");
        cx.report(finding.label("say where to, as in `host_name: www.example.com`"));
        return None;
    }
    let host = table
        .take("host_name")
        .map_or(Some(None), |node| host_name(node, cx).map(Some));
    let protocol = protocol(table.take("protocol"), cx);
    let code = table.take("http_redirect_code").map_or(Some(None), |node| {
        status(node, "http_redirect_code", 301, 399, cx).map(Some)
    });
    let key = rewrite(node, &mut table, cx);
    Some(Redirect {
        host_name: host?,
        protocol: protocol?,
        http_redirect_code: code?,
        key: key?,
    })
}

fn rewrite(node: &Node, table: &mut Table<'_>, cx: &mut Lowering<'_>) -> Option<Rewrite> {
    let (prefix, key) = (table.take("replace_key_prefix_with"), table.take("replace_key_with"));
    match (prefix, key) {
        (None, None) => Some(Rewrite::Kept),
        (Some(node), None) => {
            text_within(node, "replace_key_prefix_with", KEY_CHARACTERS, cx).map(Rewrite::ReplaceKeyPrefixWith)
        }
        (None, Some(node)) => text_within(node, "replace_key_with", KEY_CHARACTERS, cx).map(Rewrite::ReplaceKeyWith),
        (Some(_), Some(_)) => {
            let message = "a redirect has at most one of `replace_key_prefix_with` and `replace_key_with`";
            cx.report(Finding::error("E0432", node.span, message).label("remove one of them"));
            None
        }
    }
}

/// The website in the form of the file.
pub(super) fn spell(website: &Website) -> Json {
    let mut spelled = Map::new();
    match website {
        Website::RedirectAllRequestsTo(Host { host_name, protocol }) => {
            let mut host = Map::new();
            host.insert("host_name".into(), json!(host_name));
            put(&mut host, "protocol", protocol.as_ref());
            spelled.insert("redirect_all_requests_to".into(), Json::Object(host));
        }
        Website::Pages(Pages {
            index,
            error,
            routing_rules,
        }) => {
            spelled.insert("index".into(), json!(index));
            put(&mut spelled, "error", error.as_ref());
            if !routing_rules.is_empty() {
                let rules = routing_rules.iter().map(spell_rule).collect();
                spelled.insert("routing_rules".into(), Json::Array(rules));
            }
        }
    }
    Json::Object(spelled)
}

fn put<T: serde::Serialize>(spelled: &mut Map<String, Json>, key: &str, value: Option<&T>) {
    if let Some(value) = value {
        spelled.insert(key.into(), json!(value));
    }
}

fn spell_rule(rule: &RoutingRule) -> Json {
    let RoutingRule { condition, redirect } = rule;
    let (mut when, mut to, mut spelled) = (Map::new(), Map::new(), Map::new());
    let code = condition.http_error_code_returned_equals.as_ref();
    put(&mut when, "http_error_code_returned_equals", code);
    put(&mut when, "key_prefix_equals", condition.key_prefix_equals.as_ref());
    if !when.is_empty() {
        spelled.insert("condition".into(), Json::Object(when));
    }
    put(&mut to, "host_name", redirect.host_name.as_ref());
    put(&mut to, "protocol", redirect.protocol.as_ref());
    put(&mut to, "http_redirect_code", redirect.http_redirect_code.as_ref());
    match &redirect.key {
        Rewrite::Kept => {}
        Rewrite::ReplaceKeyPrefixWith(prefix) => put(&mut to, "replace_key_prefix_with", Some(prefix)),
        Rewrite::ReplaceKeyWith(key) => put(&mut to, "replace_key_with", Some(key)),
    }
    spelled.insert("redirect".into(), Json::Object(to));
    Json::Object(spelled)
}
