//! Trust policies: the short forms of the file, and who is named in them.
//!
//! Invariant: every form ends as a document that passed the grammar of trust policies.

use crate::kind::Home;
use crate::kinds::Member as _;
use crate::kinds::oidc_provider::OidcProvider;
use crate::names::{Arn, nearest};
use crate::policy_doc::{self, Flavour, Operator, Policy, PrincipalEntry, PrincipalType, TrustParts, Word};
use crate::shape::{self, Choice, Part, Shape, items, part, some_items};
use crate::spec::finding::Finding;
use crate::spec::lower::Lowering;
use crate::spec::node::{Node, Value};
use crate::spec::source::Span;
use crate::spec::table::{self, Table};

/// The longest trust policy in characters; AWS raises it on request to 4,096 (IAM quotas).
const USUAL_CHARACTERS: usize = 2048;

/// From any of the written forms.
pub(super) fn lower(node: &Node, cx: &mut Lowering<'_>) -> Option<Policy> {
    let policy = match &node.value {
        Value::Map(_) if is_document(node) => cx.document(node, Flavour::Trust),
        Value::Text(text) if text.trim_start().starts_with('{') => cx.document(node, Flavour::Trust),
        Value::List(items) if items.iter().any(|item| item.get("Effect").is_some()) => {
            cx.document(node, Flavour::Trust)
        }
        Value::Map(_) => parts_of_map(node, cx).and_then(|parts| build(parts, node, cx)),
        _ => services(node, cx).and_then(|parts| build(parts, node, cx)),
    }?;
    let size = policy.size();
    if size > USUAL_CHARACTERS {
        let message = format!(
            "this trust policy is {size} characters long; AWS takes {USUAL_CHARACTERS} unless the quota was raised"
        );
        cx.report(Finding::warning("P008", node.span, message));
    }
    Some(policy)
}

fn is_document(node: &Node) -> bool {
    ["Statement", "Version", "file"]
        .iter()
        .any(|key| node.get(key).is_some())
}

fn build(parts: TrustParts, node: &Node, cx: &mut Lowering<'_>) -> Option<Policy> {
    let policy = Policy::trust(parts, cx.findings)?;
    Some(cx.keep(policy, Flavour::Trust, node.span))
}

/// `lambda.amazonaws.com`, or a list of such.
fn services(node: &Node, cx: &mut Lowering<'_>) -> Option<TrustParts> {
    let texts = table::texts(node, "trust", &mut cx.reading())?;
    let mut principals = Vec::new();
    for (text, span) in texts {
        if !text.contains('.') && text != "*" {
            let message = format!("`{text}` is not a service that can assume a role");
            let label = "a service's name looks like `lambda.amazonaws.com`; for others write `{ aws: … }` or `{ federated: … }`";
            cx.report(Finding::error("E0411", span, message).label(label));
            continue;
        }
        principals.push(PrincipalEntry {
            kind: PrincipalType::Service,
            name: Word::new(text, span),
        });
    }
    if node.items().is_empty() && matches!(node.value, Value::List(_)) {
        cx.report(nobody(node, "name a service, such as `lambda.amazonaws.com`"));
    }
    (!principals.is_empty()).then(|| TrustParts {
        principals,
        ..TrustParts::default()
    })
}

fn nobody(node: &Node, label: &str) -> Finding {
    Finding::error("E0304", node.span, "this trust names nobody").label(label)
}

const WHO: Shape = Shape::Texts(&items("principals", shape::TEXT));

const PARTS: [Part; 6] = [
    part("service", WHO, "Services, such as `lambda.amazonaws.com`."),
    part("aws", WHO, "Roles and users of this file by id, ARNs, account ids."),
    part(
        "federated",
        WHO,
        "OIDC providers of this file by id, ARNs of providers, hosts of AWS's own.",
    ),
    part(
        "conditions",
        Shape::Conditions,
        "What must hold, as the `Condition` of a statement.",
    ),
    part(
        "external_id",
        shape::WRITTEN,
        "The external id that a stranger must give.",
    ),
    part(
        "actions",
        Shape::Texts(&items("actions", shape::TEXT)),
        "What they may do; what fits the principals unless it is written.",
    ),
];

const KEYS: &[&str] = &shape::names(&PARTS);

pub(super) const SHAPE: Shape = Shape::Called(
    "service, list, mapping or document",
    &Shape::AnyOf(&[
        Shape::Texts(&some_items("services", shape::text("service", r"\.|^\*$"))),
        shape::table(&PARTS, &[Choice::Some(&["service", "aws", "federated"])]),
        Shape::Document(Flavour::Trust),
    ]),
);

fn parts_of_map(node: &Node, cx: &mut Lowering<'_>) -> Option<TrustParts> {
    let before = cx.findings.len();
    let mut table = Table::new(node, "trust", KEYS, &mut cx.reading())?;
    let mut principals = Vec::new();
    for (key, kind) in [
        ("service", PrincipalType::Service),
        ("aws", PrincipalType::Aws),
        ("federated", PrincipalType::Federated),
    ] {
        let Some(value) = table.take(key) else { continue };
        let texts = table::texts(value, key, &mut cx.reading())?;
        let names = texts
            .into_iter()
            .filter_map(|(text, span)| principal(key, text, span, cx));
        principals.extend(names.map(|name| PrincipalEntry { kind, name }));
    }
    // Who was refused is no longer nobody.
    if principals.is_empty() && cx.findings.len() == before {
        cx.report(nobody(node, "write `service:`, `aws:` or `federated:`"));
    }
    let mut conditions = match table.take("conditions") {
        Some(node) => policy_doc::conditions(node, cx.findings),
        None => Vec::new(),
    };
    if let Some(id) = table.written_text("external_id", &mut cx.reading()) {
        conditions.push(policy_doc::Condition::placeless(
            external_id_operator()?,
            "sts:ExternalId",
            &[id],
        ));
    }
    let actions = table.texts("actions", &mut cx.reading());
    let actions = actions.into_iter().map(|(text, span)| Word::new(text, span)).collect();
    (!principals.is_empty()).then_some(TrustParts {
        principals,
        conditions,
        actions,
    })
}

/// The operator of a condition on the external id.
fn external_id_operator() -> Option<Operator> {
    Operator::parse("StringEquals")
}

/// A federated principal may be given by the id of a declared provider.
fn federated(text: &str, span: Span, cx: &mut Lowering<'_>) -> Option<Word> {
    if let Some(arn) = cx.declared_arn(OidcProvider::KIND, text) {
        return Some(Word::new(arn.as_str(), span));
    }
    // An ARN, the host of one of AWS's own providers, or something that the grammar refuses in its own words.
    if text.contains(['.', ':', '*']) {
        return Some(Word::new(text, span));
    }
    let message = format!("`{text}` is no provider: neither an ARN, a host, nor a provider of this file");
    let ids = cx.index.get(&OidcProvider::KIND).into_iter().flatten();
    let near = nearest(text, ids.map(|(id, _)| id.as_str()));
    let label = near.map_or("write its ARN, or declare it".to_owned(), |near| {
        format!("did you mean `{near}`?")
    });
    cx.report(Finding::error("E0501", span, message).label(label));
    None
}

/// An AWS principal may be given by the id of a declared role or user.
fn principal(key: &str, text: &str, span: Span, cx: &mut Lowering<'_>) -> Option<Word> {
    if key == "federated" {
        return federated(text, span, cx);
    }
    let known = text == "*" || text.starts_with("arn:") || text.bytes().all(|b| b.is_ascii_digit());
    if key != "aws" || known || policy_doc::is_unique_id(text) {
        return Some(Word::new(text, span));
    }
    match cx.principal_arn(text) {
        Some(arn) => Some(Word::new(arn.as_str(), span)),
        None => {
            let message =
                format!("`{text}` is no principal: neither an ARN, an account id, nor a role or user of this file");
            let label = if text.ends_with(".amazonaws.com") {
                format!("write `service: {text}`")
            } else {
                let near = nearest(text, cx.principal_ids());
                near.map_or("write an ARN, or declare it".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                })
            };
            cx.report(Finding::error("E0501", span, message).label(label));
            None
        }
    }
}

/// The users, roles and providers of this account that a trust policy names, which must exist before it can be written.
pub(crate) fn own_principals(trust: &Policy, home: &Home) -> Vec<Arn> {
    let parsed = |names: Vec<&str>| names.into_iter().filter_map(|name| Arn::parse(name).ok()).collect();
    let own = |arn: &Arn| arn.account().as_ref() == Some(&home.account) && arn.service() == "iam";
    let (mut own_ones, providers): (Vec<Arn>, Vec<Arn>) = (parsed(trust.principals()), parsed(trust.federated()));
    own_ones.retain(|arn| arn.user_name().is_some() || arn.role_name().is_some());
    own_ones.extend(providers.into_iter().filter(|arn| arn.oidc_host_and_path().is_some()));
    own_ones.retain(own);
    own_ones
}

/// The shortest form that says the same.
pub(super) fn spell(trust: &Policy) -> serde_json::Value {
    short_form(trust).unwrap_or_else(|| trust.written().clone())
}

fn short_form(trust: &Policy) -> Option<serde_json::Value> {
    let [statement] = trust.document()?.statements.as_slice() else {
        return None;
    };
    let principals = statement.principal.as_ref()?.entries().to_vec();
    let services = principals.iter().all(|entry| entry.kind == PrincipalType::Service);
    let names: Vec<String> = principals.iter().map(|entry| entry.name.text.clone()).collect();
    let rebuilt = Policy::trust(
        TrustParts {
            principals,
            ..TrustParts::default()
        },
        &mut Vec::new(),
    )?;
    let same = services && statement.sid.is_none() && policy_doc::same(&rebuilt, trust);
    same.then(|| match names.as_slice() {
        [one] => serde_json::json!(one),
        many => serde_json::json!(many),
    })
}
