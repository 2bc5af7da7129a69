//! The grammar of one statement.
//!
//! Invariant: as in the parent module, nothing is left out without a finding.

use super::{Mode, Reader, nearest};
use crate::policy_doc::codes;
use crate::policy_doc::document::{
    At, Clause, Condition, Effect, PrincipalClause, PrincipalEntry, PrincipalType, Sense, Statement, Who, Word,
};
use crate::policy_doc::flavour::{Flavour, Part};
use crate::policy_doc::operator::Operator;
use crate::spec::finding::Finding;
use crate::spec::node::{Key, Node, Value};
use crate::spec::source::Span;

/// The elements of a statement.
pub(crate) const ELEMENTS: &[&str] = &[
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

#[derive(Default)]
struct Draft {
    sid: Option<Word>,
    effect: Option<(Effect, At)>,
    principal: Option<PrincipalClause>,
    action: Option<Clause>,
    resource: Option<Clause>,
    conditions: Vec<Condition>,
    /// What was written, readable or not: (name without `Not`, name, place).
    seen: Vec<(&'static str, String, Span)>,
}

impl Reader<'_> {
    pub(super) fn statement(&mut self, node: &Node) -> Option<Statement> {
        let Value::Map(entries) = &node.value else {
            self.wrong_type("Statement", node, "a mapping with `Effect`, `Action` …");
            return None;
        };
        let mut draft = Draft::default();
        for (key, value) in entries {
            self.element(&mut draft, key, value);
        }
        self.require(&draft, node);
        // What is missing was reported, so this statement never leaves the room; the rest of it is judged all the same.
        let (effect, effect_at) = draft.effect.unwrap_or((Effect::Deny, self.at(node.span)));
        let nothing = || Clause {
            sense: Sense::Only,
            items: Vec::new(),
            at: self.at(node.span),
        };
        Some(Statement {
            sid: draft.sid,
            effect,
            effect_at,
            principal: draft.principal,
            action: draft.action.unwrap_or_else(nothing),
            resource: draft.resource,
            conditions: draft.conditions,
            at: self.at(node.span),
        })
    }

    fn element(&mut self, draft: &mut Draft, key: &Key, value: &Node) {
        let (base, sense) = match key.text.as_str() {
            "NotPrincipal" => ("Principal", Sense::AllBut),
            "NotAction" => ("Action", Sense::AllBut),
            "NotResource" => ("Resource", Sense::AllBut),
            other => match ELEMENTS.iter().find(|known| **known == other) {
                Some(known) => (*known, Sense::Only),
                None => return self.unknown(draft, key),
            },
        };
        let wanted = self.stands_alone(draft, base, key) && self.is_allowed(base, key);
        draft.seen.push((base, key.text.clone(), key.span));
        if !wanted {
            return;
        }
        match base {
            "Sid" => draft.sid = self.text("Sid", value),
            "Effect" => draft.effect = self.effect(value),
            "Principal" => draft.principal = self.principal(sense, &key.text, value),
            "Action" => draft.action = self.clause(sense, &key.text, value),
            "Resource" => draft.resource = self.clause(sense, &key.text, value),
            _ => draft.conditions = self.conditions(value),
        }
    }

    fn unknown(&mut self, draft: &mut Draft, key: &Key) {
        if let Some(right) = self.unknown_element(key, "a statement", ELEMENTS) {
            let base = right.strip_prefix("Not").unwrap_or(right);
            draft.seen.push((base, key.text.clone(), key.span));
        }
    }

    fn stands_alone(&mut self, draft: &Draft, base: &str, key: &Key) -> bool {
        let Some((_, other, span)) = draft.seen.iter().find(|(seen, _, _)| *seen == base) else {
            return true;
        };
        let message = format!("a statement cannot have both `{other}` and `{}`", key.text);
        let finding = Finding::error(codes::BOTH_ELEMENTS, key.span, message);
        self.report(
            finding
                .label("keep one of the two")
                .related(*span, "the other stands here"),
        );
        false
    }

    fn is_allowed(&mut self, base: &str, key: &Key) -> bool {
        let (Mode::Written(flavour) | Mode::Bare(flavour)) = self.mode else {
            return true;
        };
        let why = match base {
            "Principal" if flavour.principal() == Part::Forbidden => {
                "it applies to whoever it is attached to: take it out"
            }
            "Resource" if flavour.resource() == Part::Forbidden => "the resource is the role itself: take it out",
            "Principal" if flavour == Flavour::Rcp && key.text == "NotPrincipal" => {
                "write `\"Principal\": \"*\"` and a condition on `aws:PrincipalArn`"
            }
            "Principal" if flavour == Flavour::Trust && key.text == "NotPrincipal" => {
                "name whom the role trusts with `Principal`, and narrow it with conditions"
            }
            "Action" if flavour == Flavour::Rcp && key.text == "NotAction" => "name the actions with `Action`",
            _ => return true,
        };
        let message = format!("{} cannot have `{}`", flavour.as_str(), key.text);
        self.report(Finding::error(codes::ELEMENT_NOT_ALLOWED, key.span, message).label(why));
        false
    }

    fn require(&mut self, draft: &Draft, node: &Node) {
        let wanted = |part: fn(Flavour) -> Part, element: &'static str| match self.mode {
            Mode::Written(flavour) | Mode::Bare(flavour) => (part(flavour) == Part::Required).then_some(element),
            Mode::Live => None,
        };
        let (principal, resource) = (
            wanted(Flavour::principal, "Principal"),
            wanted(Flavour::resource, "Resource"),
        );
        for element in [Some("Effect"), principal, Some("Action"), resource]
            .into_iter()
            .flatten()
        {
            if !draft.seen.iter().any(|(seen, _, _)| *seen == element) {
                let message = format!("the statement has no `{element}`");
                let finding = Finding::error(codes::MISSING_ELEMENT, self.anchor(node), message);
                self.report(finding.label(format!("add `{element}`")));
            }
        }
    }

    fn effect(&mut self, node: &Node) -> Option<(Effect, At)> {
        let effect = match node.text() {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            Some(other) => {
                let message = format!("`{other}` is no effect");
                let label = match nearest(other, &["Allow", "Deny"]) {
                    Some(right) => format!("write `{right}`"),
                    None => "write `Allow` or `Deny`".to_owned(),
                };
                self.report(Finding::error(codes::BAD_EFFECT, node.span, message).label(label));
                return None;
            }
            None => {
                self.wrong_type("Effect", node, "`Allow` or `Deny`");
                return None;
            }
        };
        Some((effect, self.at(node.span)))
    }

    fn clause(&mut self, sense: Sense, element: &str, node: &Node) -> Option<Clause> {
        let items = self.words(element, node)?;
        Some(Clause {
            sense,
            items,
            at: self.at(node.span),
        })
    }

    /// A text or a list of texts.
    fn words(&mut self, element: &str, node: &Node) -> Option<Vec<Word>> {
        match &node.value {
            Value::Text(text) => {
                self.refuse_empty(element, node, text.len());
                Some(vec![self.word(text, node.span)])
            }
            Value::List(items) => {
                self.refuse_empty(element, node, items.len());
                Some(items.iter().filter_map(|item| self.item(element, item)).collect())
            }
            _ => {
                self.wrong_type(element, node, "text or a list of texts");
                None
            }
        }
    }

    fn item(&mut self, element: &str, node: &Node) -> Option<Word> {
        let Value::Text(text) = &node.value else {
            self.wrong_type(element, node, "a list of texts");
            return None;
        };
        self.refuse_empty(element, node, text.len());
        Some(self.word(text, node.span))
    }

    fn principal(&mut self, sense: Sense, element: &str, node: &Node) -> Option<PrincipalClause> {
        let who = match &node.value {
            Value::Text(text) if text == "*" => Who::Everyone,
            Value::Text(text) => {
                let finding = Finding::error(
                    codes::BAD_PRINCIPAL,
                    node.span,
                    format!("`{text}` needs its type of principal"),
                );
                self.report(finding.label(format!("write `{{ {}: {text} }}`", likely_type(text).as_str())));
                return None;
            }
            Value::Map(entries) => {
                self.refuse_empty(element, node, entries.len());
                Who::Named(
                    entries
                        .iter()
                        .flat_map(|(key, value)| self.principals_of(key, value))
                        .collect(),
                )
            }
            _ => {
                self.wrong_type(element, node, "`*` or a mapping with `AWS`, `Service` or `Federated`");
                return None;
            }
        };
        Some(PrincipalClause {
            sense,
            who,
            at: self.at(node.span),
        })
    }

    fn principals_of(&mut self, key: &Key, value: &Node) -> Vec<PrincipalEntry> {
        let Some(kind) = PrincipalType::ALL.into_iter().find(|kind| kind.as_str() == key.text) else {
            self.unknown_element(key, "a principal", &PrincipalType::ALL.map(PrincipalType::as_str));
            return Vec::new();
        };
        let names = self.words(&key.text, value).unwrap_or_default();
        names.into_iter().map(|name| PrincipalEntry { kind, name }).collect()
    }

    pub(super) fn conditions(&mut self, node: &Node) -> Vec<Condition> {
        let Value::Map(operators) = &node.value else {
            self.wrong_type("Condition", node, "a mapping of operators to keys and values");
            return Vec::new();
        };
        let mut conditions = Vec::new();
        for (key, value) in operators {
            if let Some(operator) = self.operator(key) {
                self.keys(operator, key, value, &mut conditions);
            }
        }
        conditions
    }

    fn operator(&mut self, key: &Key) -> Option<Operator> {
        let found = Operator::parse(&key.text);
        let right = match found {
            Some(operator) if !matches!(self.mode, Mode::Written(_)) || operator.to_string() == key.text => {
                return found;
            }
            Some(operator) => Some(operator.to_string()),
            None => Operator::nearest(&key.text),
        };
        let message = format!("there is no condition operator `{}`", key.text);
        let finding = Finding::error(codes::UNKNOWN_OPERATOR, key.span, message);
        self.report(match right {
            Some(right) => finding.label(format!("write `{right}`")),
            None => finding.label("expected an operator such as `StringEquals`").help(
                "a condition is written operator, then key, then values: `StringEquals: { aws:SourceAccount: … }`",
            ),
        });
        None
    }

    fn keys(&mut self, operator: Operator, spelled: &Key, node: &Node, conditions: &mut Vec<Condition>) {
        let Value::Map(keys) = &node.value else {
            return self.wrong_type(&spelled.text, node, "a mapping of condition keys to values");
        };
        self.refuse_empty(&spelled.text, node, keys.len());
        for (key, value) in keys {
            conditions.push(Condition {
                operator,
                spelled: self.word(&spelled.text, spelled.span),
                key: self.word(&key.text, key.span),
                values: self.values(&key.text, value),
            });
        }
    }

    fn values(&mut self, key: &str, node: &Node) -> Vec<Word> {
        match &node.value {
            Value::List(items) => {
                self.refuse_empty(key, node, items.len());
                items.iter().filter_map(|item| self.value(key, item)).collect()
            }
            _ => self.value(key, node).into_iter().collect(),
        }
    }

    fn value(&mut self, key: &str, node: &Node) -> Option<Word> {
        let text = match &node.value {
            Value::Text(text) | Value::Number(text) => text.as_str(),
            Value::Bool(true) => "true",
            Value::Bool(false) => "false",
            Value::Null | Value::List(_) | Value::Map(_) => {
                self.wrong_type(key, node, "a value or a list of values");
                return None;
            }
        };
        Some(self.word(text, node.span))
    }
}

fn likely_type(text: &str) -> PrincipalType {
    if text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") {
        PrincipalType::Service
    } else if text.contains(":oidc-provider/") || text.contains(":saml-provider/") {
        PrincipalType::Federated
    } else {
        PrincipalType::Aws
    }
}
