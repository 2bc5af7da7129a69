//! What `expect:` says: assertions on what somebody must or must not be able to do.
//!
//! Invariant: an assertion of a wrong form has a finding and is not among the expectations; nothing is evaluated here.

use std::collections::BTreeMap;

use super::{Cx, Environment};
use crate::catalogue;
use crate::evaluate;
use crate::kinds::KindName;
use crate::names::nearest;
use crate::shape::{self, Choice, Part, Shape, items, part};
use crate::spec::expectation::{Assumed, Claim, Expectation, Subject, Who};
use crate::spec::finding::{Finding, Severity};
use crate::spec::interpolate::interpolate;
use crate::spec::lower::Index;
use crate::spec::node::{Key, Node, Value};
use crate::spec::source::Span;
use crate::spec::table::{self, Reading, Table};

const ASSERTED: Shape = Shape::Texts(&items("text", shape::TEXT));
const PEOPLE: Shape = Shape::Texts(&items("addresses or ARNs", shape::WRITTEN));
const KEYED: Shape = Shape::AnyOf(&[
    Shape::Scalar,
    Shape::Nothing,
    Shape::List(&items("values", Shape::Scalar)),
]);

const EXPECT: [Part; 9] = [
    part(
        "who",
        PEOPLE,
        "`user/x`, `role/x`, `group/x` (any member, with what the group gives alone), an ARN, a service, or `anyone`.",
    ),
    part("can", ASSERTED, "Actions that they must be able to do, all of them."),
    part("cannot", ASSERTED, "Actions of which they must not be able to do one."),
    part(
        "only",
        PEOPLE,
        "Instead of `who`, beside `can`: nobody else may, not from outside through a resource's policy either.",
    ),
    part(
        "on",
        ASSERTED,
        "What they do it to: ARNs with `*` and `?` for every one that fits, or `*`.",
    ),
    part("resource", ASSERTED, "The same as `on`."),
    part(
        "when",
        Shape::Map(&items("values", KEYED)),
        "Condition keys with the values of the request; nothing for a key that it does not have.",
    ),
    part("through", PEOPLE, "The roles that are assumed on the way, in order."),
    part(
        "assume",
        Shape::Words(&["allowed", "denied"]),
        "What an answer is taken for that can't be known; without it, that fails.",
    ),
];

/// An entry of `expect:`.
pub const EXPECTATION: Shape = shape::table(
    &EXPECT,
    &[
        Choice::One(&["can", "cannot"]),
        Choice::One(&["on", "resource"]),
        Choice::One(&["who", "only"]),
    ],
);

/// Reads the assertions.
pub(super) fn expectations(cx: &Cx<'_>, environment: &mut Environment) -> Vec<Expectation> {
    let mut read = Vec::new();
    let Environment { findings, expected, .. } = environment;
    for node in &cx.texts.expect {
        let (node, found) = interpolate(node, cx.names, &cx.texts.sources);
        let is_sound = found.is_empty();
        findings.extend(found);
        let before = findings.len();
        let one = expectation(
            &node,
            cx.index,
            &mut Reading {
                sources: &cx.texts.sources,
                findings,
            },
        );
        // What could not be interpolated is no ARN; that was said already.
        if !is_sound {
            findings.truncate(before);
        }
        read.extend(one.filter(|_| is_sound));
        expected.push(phrase(&node));
    }
    expected.sort();
    expected.dedup();
    read
}

/// An assertion on a line: its keys in the order of a sentence, whatever the author's.
fn phrase(node: &Node) -> String {
    let known = EXPECT.iter().filter_map(|key| Some((key.name, node.get(key.name)?)));
    let word = |key| if key == "resource" { "on" } else { key };
    let parts = known.map(|(key, value)| match key {
        "who" => said(value),
        key => format!("{} {}", word(key), said(value)),
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// A value on a line; order has no meaning in it.
fn said(node: &Node) -> String {
    let sorted = |mut texts: Vec<String>| {
        texts.sort();
        texts.join(", ")
    };
    match &node.value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(word) => word.to_string(),
        Value::Number(text) | Value::Text(text) => text.clone(),
        Value::List(items) => sorted(items.iter().map(said).collect()),
        Value::Map(entries) => {
            let entry = |(key, value): &(Key, Node)| format!("{} = {}", key.text, said(value));
            sorted(entries.iter().map(entry).collect())
        }
    }
}

fn expectation(node: &Node, index: &Index, reading: &mut Reading<'_>) -> Option<Expectation> {
    let errors = |reading: &Reading<'_>| {
        let all = reading.findings.iter();
        all.filter(|one| one.severity == Severity::Error).count()
    };
    let before = errors(reading);
    let mut table = Table::new(node, "expectation", const { &shape::names(&EXPECT) }, reading)?;
    let claimed = claim(node, &mut table, index, reading);
    let resources = resources(node, &mut table, reading);
    let when = table
        .take("when")
        .map(|node| context(node, reading))
        .unwrap_or_default();
    let through = table
        .take("through")
        .map(|node| subjects(node, "through", index, reading));
    let through = through.unwrap_or_default();
    for one in &through {
        let is_role =
            matches!(&one.who, Who::Declared(address) if address.kind.name() == "role") || one.text.contains(":role/");
        if !is_role {
            let message = format!("`through`: `{}` is no role", one.text);
            reading.report(Finding::error("E0411", one.span, message).label("only roles can be assumed"));
        }
    }
    let assume = table.take("assume").and_then(|node| assumed(node, reading));
    let (claim, actions) = claimed?;
    let found = Expectation {
        claim,
        actions,
        resources,
        when,
        through,
        assume,
        phrase: phrase(node),
        span: node.span,
        place: reading.sources.place(node.span),
    };
    (errors(reading) == before).then_some(found)
}

fn claim(node: &Node, table: &mut Table<'_>, index: &Index, reading: &mut Reading<'_>) -> Option<(Claim, Vec<String>)> {
    let has = |key: &str| node.get(key).is_some();
    let refuse = |reading: &mut Reading<'_>, code, message: &str, label: &str| {
        reading.report(Finding::error(code, node.span, message).label(label.to_owned()));
    };
    match (has("can"), has("cannot")) {
        (false, false) => refuse(
            reading,
            "E0304",
            "this expectation has no `can` or `cannot`",
            "write what they can or cannot do, such as `can: s3:GetObject`",
        ),
        (true, true) => refuse(
            reading,
            "E0303",
            "one of `can` and `cannot` is enough",
            "make two expectations of it",
        ),
        _ => {}
    }
    let who = match (has("who"), has("only")) {
        (true, true) => {
            refuse(
                reading,
                "E0303",
                "`who` and `only` exclude each other",
                "leave `who` out: `only` names those who may, and `can` says what",
            );
            None
        }
        (_, false) => table.required("who", reading).map(|node| ("who", node)),
        (false, true) => table.take("only").map(|node| ("only", node)),
    };
    let who = who.map(|(key, node)| (key, subjects(node, key, index, reading)));
    if has("only") && has("cannot") && !has("can") {
        refuse(
            reading,
            "E0303",
            "`only` goes with `can`",
            "write `can`: nobody but those can do it",
        );
    }
    let can = table.take("can").map(|node| actions(node, "can", reading));
    let cannot = table.take("cannot").map(|node| actions(node, "cannot", reading));
    match (who?, can, cannot) {
        (("only", who), Some(actions), None) => Some((Claim::Only(who), actions)),
        ((_, who), Some(actions), None) => Some((Claim::Can(who), actions)),
        ((_, who), None, Some(actions)) => Some((Claim::Cannot(who), actions)),
        _ => None,
    }
}

fn resources(node: &Node, table: &mut Table<'_>, reading: &mut Reading<'_>) -> Vec<String> {
    match (node.get("on").is_some(), node.get("resource").is_some()) {
        (false, false) => reading.report(
            Finding::error("E0304", node.span, "this expectation has no `on`").label("write the ARN, or `\"*\"`"),
        ),
        (true, true) => reading.report(
            Finding::error("E0303", node.span, "`on` and `resource` are the same").label("leave one of them out"),
        ),
        _ => {}
    }
    let mut all = Vec::new();
    for key in ["on", "resource"] {
        let Some(node) = table.take(key) else { continue };
        for (text, span) in written_texts(node, key, reading) {
            if text == "*" || text.starts_with("arn:") {
                all.push(text.to_owned());
            } else {
                let message = format!("`{key}`: `{text}` is no ARN");
                let label = "write `*`, or an ARN such as `arn:aws:s3:::BUCKET/*`";
                reading.report(Finding::error("E0411", span, message).label(label));
            }
        }
    }
    all
}

/// Texts, one at least: of nothing, everything would be true.
fn written_texts<'n>(node: &'n Node, key: &str, reading: &mut Reading<'_>) -> Vec<(&'n str, Span)> {
    let Some(texts) = table::texts(node, key, reading) else {
        return Vec::new();
    };
    let is_empty = texts.is_empty() || texts.iter().any(|(text, _)| text.trim().is_empty());
    if is_empty {
        let finding = Finding::error("E0401", node.span, format!("`{key}` is empty"));
        reading.report(finding.label("name one at least: of nothing, everything would be true"));
    }
    texts
}

fn actions(node: &Node, key: &str, reading: &mut Reading<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for (text, span) in written_texts(node, key, reading) {
        let is_action = text == "*"
            || text
                .split_once(':')
                .is_some_and(|(service, name)| is_word(service) && is_word(name));
        if is_action {
            reading.findings.extend(unheard_of(text, span));
            all.push(text.to_owned());
        } else {
            let message = format!("`{key}`: `{text}` is no action");
            let label = "write `service:Name`, such as `s3:GetObject`, or `*`";
            reading.report(Finding::error("E0411", span, message).label(label));
        }
    }
    all
}

/// An action that AWS may have or not: of a misspelt one, `cannot` would always hold.
fn unheard_of(text: &str, span: Span) -> Option<Finding> {
    if !catalogue::ActionSet::of_pattern(text).is_empty() {
        return None;
    }
    let label = match catalogue::meant(text) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("{} has none of that name", catalogue::stamp().actions_as_of()),
    };
    Some(Finding::warning("E0509", span, format!("AWS has no action `{text}`")).label(label))
}

fn is_word(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '*' | '?');
    !text.is_empty() && text.chars().all(fits)
}

fn context(node: &Node, reading: &mut Reading<'_>) -> BTreeMap<String, Vec<String>> {
    let mut context = BTreeMap::new();
    let entries = table::entries(node, "when", "condition keys to values", reading).unwrap_or_default();
    for (key, value) in entries {
        if !key.text.contains(':') {
            let message = format!("`when`: `{}` is no condition key", key.text);
            let label = "write one such as `aws:SourceIp` or `s3:prefix`";
            reading.report(Finding::error("E0411", key.span, message).label(label));
        }
        if let Some(values) = values(value, &key.text, reading) {
            context.insert(key.text.to_ascii_lowercase(), values);
        }
    }
    context
}

/// Values of a condition key; none for nothing and for an empty list: the request doesn't have the key.
fn values(node: &Node, key: &str, reading: &mut Reading<'_>) -> Option<Vec<String>> {
    let one = |node: &Node| match &node.value {
        Value::Text(text) | Value::Number(text) => Some(text.clone()),
        Value::Bool(word) => Some(word.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    };
    match &node.value {
        Value::Null => Some(Vec::new()),
        Value::List(items) => {
            let values: Vec<Option<String>> = items.iter().map(one).collect();
            values.into_iter().collect::<Option<Vec<String>>>().or_else(|| {
                reading.report(table::wrong_type(node, key, "text, or a list of text"));
                None
            })
        }
        Value::Text(_) | Value::Number(_) | Value::Bool(_) => one(node).map(|value| vec![value]),
        Value::Map(_) => {
            reading.report(table::wrong_type(node, key, "text, or a list of text"));
            None
        }
    }
}

fn assumed(node: &Node, reading: &mut Reading<'_>) -> Option<Assumed> {
    let text = table::written_text(node, "assume", reading)?;
    match text {
        "allowed" => Some(Assumed::Allowed),
        "denied" => Some(Assumed::Denied),
        _ => {
            let finding = Finding::error("E0403", node.span, format!("`assume`: `{text}` is not known"));
            reading.report(
                finding.label("`allowed` or `denied`; roles that are assumed on the way stand under `through`"),
            );
            None
        }
    }
}

fn subjects(node: &Node, key: &str, index: &Index, reading: &mut Reading<'_>) -> Vec<Subject> {
    let texts = written_texts(node, key, reading);
    let mut all = Vec::new();
    for (text, span) in texts {
        match who(text, span, index) {
            Ok(who) => all.push(Subject {
                who,
                text: text.to_owned(),
                span,
            }),
            Err(finding) => reading.report(*finding),
        }
    }
    all
}

/// Whom a text means.
fn who(text: &str, span: Span, index: &Index) -> Result<Who, Box<Finding>> {
    match Who::parse(text) {
        Some(Who::Declared(address)) => {
            nobody(address.kind, &address.name, span, index)?;
            Ok(Who::Declared(address))
        }
        Some(Who::Named(name))
            if name.starts_with("arn:") && evaluate::Principal::parse(&name).is_err() && !name.contains(":group/") =>
        {
            let finding = Finding::error("E0501", span, format!("`{name}` names nobody who could act"));
            Err(Box::new(finding.label(
                "name a user, a role, a session, an account or an identity provider",
            )))
        }
        Some(who) => Ok(who),
        None => {
            let message = format!("`{text}` is nobody");
            let label =
                "write `user/x`, `role/x`, `group/x`, an ARN, a service such as `lambda.amazonaws.com`, or `anyone`";
            Err(Box::new(Finding::error("E0501", span, message).label(label)))
        }
    }
}

/// An address must lead to a declared thing that can act.
fn nobody(kind: KindName, id: &str, span: Span, index: &Index) -> Result<(), Box<Finding>> {
    let can_act = kind.section().principal || kind.name() == "group";
    if !can_act {
        let message = format!("{} does nothing by itself", table::with_article(kind.name()));
        let label = "name a user, a role or a group";
        return Err(Box::new(Finding::error("E0501", span, message).label(label)));
    }
    let ids = || {
        index
            .get(&kind)
            .into_iter()
            .flat_map(BTreeMap::keys)
            .map(String::as_str)
    };
    if ids().any(|known| known == id) {
        return Ok(());
    }
    let label = match nearest(id, ids()) {
        Some(near) => format!("did you mean `{kind}/{near}`?"),
        None => format!("declare it under `{}:`, or write its ARN", kind.section().key),
    };
    let message = format!("there is no {kind} `{id}` in this file");
    Err(Box::new(Finding::error("E0501", span, message).label(label)))
}
