//! The bus of a rule: a declared one by its id, one by ARN, or one that somebody else owns.
//!
//! Invariant: a rule's identity holds the AWS name of its bus, however the file names it.

use crate::names::{AccountId, Arn, EventBusName, NameError, nearest};
use crate::spec::finding::Finding;
use crate::spec::lower::{Declared, Existing, Index, Lowering};
use crate::spec::node::{Node, Value};

use super::super::Member as _;
use super::super::event_bus::EventBus;
use super::Id;

/// A bus by name or ARN.
pub(super) fn name(text: &str) -> Result<EventBusName, NameError> {
    if !text.starts_with("arn:") {
        return EventBusName::parse(text);
    }
    let refuse = || NameError::Refused {
        text: text.to_owned(),
        reason: "this is no arn of an event bus".into(),
    };
    Arn::parse(text)?.event_bus_name().ok_or_else(refuse)
}

/// The AWS name of a bus that is named by id, name or ARN; what can't be one is left as it is.
pub(super) fn resolved(bus: String, index: &Index) -> String {
    if let Some(declared) = declared(&bus, index) {
        return declared.name.clone();
    }
    name(&bus).map_or(bus, |name| name.to_string())
}

fn declared<'a>(id: &str, index: &'a Index) -> Option<&'a Declared> {
    index.get(&EventBus::KIND)?.get(id)
}

/// The bus that must be there before the rule and after it; the default one always is.
pub(super) fn arn(id: &Id, account: &AccountId) -> Option<Arn> {
    (!id.bus.is_default()).then(|| Arn::event_bus(&id.region, account, &id.bus))
}

/// Rules are made on one's own buses only, and of those only where the rule is.
pub(super) fn lower(id: &Id, node: &Node, cx: &mut Lowering<'_>) {
    let text = match &node.value {
        Value::Map(_) => return drop(cx.reference(node, EventBus::KIND, &[])),
        _ => node.text().unwrap_or_default(),
    };
    if let Some(bus) = declared(text, cx.index) {
        if bus.region != id.region {
            let message = format!("the bus `{text}` is in {}, and this rule in {}", bus.region, id.region);
            let finding = Finding::error("E0411", node.span, message).label("a rule is where its bus is");
            cx.report(finding.related(bus.span, "the bus"));
        }
    } else if cx.parse(node, "bus", name).is_some() {
        match Arn::parse(text) {
            Ok(arn) => own(id, node, &arn, cx),
            Err(_) => undeclared(id, node, text, cx),
        }
    }
}

fn own(id: &Id, node: &Node, arn: &Arn, cx: &mut Lowering<'_>) {
    let account = cx.home.account.is_unknown() || arn.account().as_ref() == Some(&cx.home.account);
    if !(account && arn.region().as_ref() == Some(&id.region)) {
        let message = "a rule is on a bus of its own account and region";
        let label = format!("write `bus: {}`, which means the one in {}", id.bus, id.region);
        cx.report(Finding::error("E0411", node.span, message).label(label));
    }
}

/// A bus that this file does not declare must be there, unless its name is a slip for one that it does.
fn undeclared(id: &Id, node: &Node, text: &str, cx: &mut Lowering<'_>) {
    let ids = cx.index.get(&EventBus::KIND).into_iter().flatten();
    if id.bus.is_default() || ids.clone().any(|(_, bus)| bus.name == text) {
        return;
    }
    if let Some(near) = nearest(text, ids.map(|(id, _)| id.as_str())) {
        let label = format!("did you mean `{near}`? Another one's is written as `{{ existing: {text} }}`");
        let message = format!("there is no {} `{text}` in this file", EventBus::KIND);
        return cx.report(Finding::error("E0501", node.span, message).label(label));
    }
    let place = cx.place(node);
    cx.existing.insert(Existing {
        kind: EventBus::KIND,
        declared: Declared::bare(text, &id.region, node.span),
        place,
    });
}
