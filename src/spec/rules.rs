//! What a file says of the rules for policies: settings in its head, and what it allows on a resource.
//!
//! Invariant: nothing is allowed without a reason, and no rule about grammar at all: without its grammar a document has no
//! meaning that could be judged.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Severity};
use super::node::{Node, Value};
use super::source::Span;
use super::table::{self, Reading, Table};
use crate::lint::{RULES, Rule, rule};
use crate::names::{AccountId, nearest};
use crate::shape::{self, Part, Shape, items, part};

/// How grave a rule is in a file; `None` for one that is off.
const GRAVITY: [(&str, Option<Severity>); 5] = [
    ("off", None),
    ("info", Some(Severity::Info)),
    ("warning", Some(Severity::Warning)),
    ("security", Some(Severity::Security)),
    ("error", Some(Severity::Error)),
];

const PARTS: [Part; 2] = [
    part(
        "rules",
        Shape::Map(&items("severities", crate::words_of!(&GRAVITY))),
        "Rules by their ids, each with another severity, or `off`.",
    ),
    part(
        "accounts",
        Shape::Texts(&items(
            "accounts",
            shape::text("twelve digits in quotes", "^[0-9]{12}$"),
        )),
        "Other accounts of your own, which may be named and trusted.",
    ),
];

/// `lint:` at the head of a file.
pub const LINT: Shape = shape::table(&PARTS, &[]);

/// `allow:` on a resource.
pub const ALLOW: Shape = Shape::List(&items("`RULE: reason`", Shape::Map(&items("reasons", shape::WRITTEN))));

/// What the head of a file says of rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Other severities than the rules' own; `None` for a rule that is off.
    severities: BTreeMap<&'static str, Option<Severity>>,
    /// Other accounts of the author's own.
    pub accounts: BTreeSet<String>,
}

impl Settings {
    /// A finding as this file sees it; none for a rule that is off.
    #[must_use]
    pub fn settle(&self, finding: Finding) -> Option<Finding> {
        match self.severities.get(finding.code) {
            None => Some(finding),
            Some(severity) => severity.map(|severity| finding.severity(severity)),
        }
    }

    /// Reads `lint:`.
    pub fn read(node: &Node, reading: &mut Reading<'_>) -> Self {
        let mut settings = Self::default();
        let Some(mut table) = Table::new(node, "lint", const { &shape::names(&PARTS) }, reading) else {
            return settings;
        };
        let rules = table.take("rules");
        let rules = rules.and_then(|node| table::section(node, "rules", "rules to severities", reading));
        for (key, value) in rules.unwrap_or_default() {
            let known = optional(&key.text, key.span, reading);
            let gravity = table::one_of(value, &key.text, &GRAVITY, reading);
            if let (Some(rule), Some(gravity)) = (known, gravity) {
                settings.severities.insert(rule.id, gravity);
            }
        }
        if let Some(node) = table.take("accounts") {
            settings.accounts = accounts(node, reading);
        }
        settings
    }
}

fn accounts(node: &Node, reading: &mut Reading<'_>) -> BTreeSet<String> {
    let one = std::slice::from_ref(node);
    let nodes = match &node.value {
        Value::List(items) => items,
        _ => one,
    };
    let mut accounts = BTreeSet::new();
    for node in nodes {
        let Some(text) = table::quoted_text(node, "accounts", reading) else {
            continue;
        };
        match AccountId::parse(text) {
            Ok(account) => drop(accounts.insert(account.to_string())),
            Err(error) => reading.report(super::lower::name_finding(node.span, "accounts", &error)),
        }
    }
    accounts
}

/// One rule that a resource is allowed to break.
#[derive(Debug, Clone)]
pub struct Allowance {
    /// The rule.
    pub rule: &'static Rule,
    /// Where it stands.
    pub span: Span,
    /// Whether something was found that it allows.
    pub is_needed: bool,
}

/// Reads `allow:`.
pub fn allowances(node: &Node, reading: &mut Reading<'_>) -> Vec<Allowance> {
    let items = table::list(node, "allow", "`RULE: reason`", reading).unwrap_or_default();
    let mut allowed: Vec<Allowance> = Vec::new();
    for item in items {
        let Value::Map(entries) = &item.value else {
            let finding = table::wrong_type(item, "allow", "a rule with a reason");
            let written = item.text().unwrap_or("P202");
            reading.report(finding.label(format!("write `{{ {written}: why this is meant }}`")));
            continue;
        };
        for (key, reason) in entries {
            let known = optional(&key.text, key.span, reading);
            let reason = table::written_text(reason, &key.text, reading);
            let Some((rule, _)) = known.zip(reason) else { continue };
            match allowed.iter().find(|one| one.rule.id == rule.id) {
                Some(first) => {
                    let finding = Finding::error("E0414", key.span, format!("`{}` is allowed twice", rule.id));
                    let first = first.span;
                    reading.report(finding.label("remove one of them").related(first, "the other one"));
                }
                None => allowed.push(Allowance {
                    rule,
                    span: key.span,
                    is_needed: false,
                }),
            }
        }
    }
    allowed
}

/// A rule that a file may have a say in.
fn optional(id: &str, span: Span, reading: &mut Reading<'_>) -> Option<&'static Rule> {
    let Some(rule) = rule(id) else {
        let near = nearest(id, RULES.iter().map(|rule| rule.id));
        let label = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if id.contains(' ') => "a reason with a comma stands in quotes".to_owned(),
            None => "rules go by their ids, such as `P202`".to_owned(),
        };
        reading.report(Finding::error("E0303", span, format!("there is no rule `{id}`")).label(label));
        return None;
    };
    if !rule.is_optional() {
        let message = format!("the rule `{}` can't be allowed or set", rule.id);
        let label = "without its grammar a document has no meaning: mend it";
        reading.report(Finding::error("E0403", span, message).label(label));
        return None;
    }
    Some(rule)
}
