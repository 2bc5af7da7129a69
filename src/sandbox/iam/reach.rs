//! What the policies of a principal speak of: their condition keys, and the services that they let it use.
//!
//! Invariant: nothing is decided here about a single request; that would take an evaluator, which the sandbox lacks. Of
//! AWS's policies only the well-known ones have their real documents.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::{Fault, World, Xml};
use super::ask::{Ask, Name};
use super::document::{Place, parse, statements, texts};
use super::grants::Grants;
use super::managed::managed_policy;
use super::refusal::{constraint, invalid_input, no_such_entity, validation};
use super::{Done, State};

/// One policy of a principal.
struct Held<'a> {
    source: Source<'a>,
    document: String,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    /// Sort and name of the holder, and the policy's name.
    Inline(&'static str, &'a Name, &'a str),
    /// The policy's ARN.
    Managed(&'a str),
}

/// All policies that work for the principal with this ARN, for users those of their groups too.
fn held_by<'a>(state: &'a State, arn: &str) -> Option<Vec<Held<'a>>> {
    let mut held = Vec::new();
    if let Some(user) = state.user_of(arn) {
        held.extend(held_here(state, ("USER", &user.name), &user.grants));
        for group in user.groups.iter().filter_map(|name| state.groups.get(name)) {
            held.extend(held_here(state, ("GROUP", &group.name), &group.grants));
        }
        return Some(held);
    }
    if let Some(role) = state.role_of(arn) {
        held.extend(held_here(state, ("ROLE", &role.name), &role.grants));
        return Some(held);
    }
    let mut groups = state.groups.values();
    let group = groups.find(|group| group.arn(&state.account) == arn)?;
    held.extend(held_here(state, ("GROUP", &group.name), &group.grants));
    Some(held)
}

fn held_here<'a>(state: &'a State, holder: (&'static str, &'a Name), grants: &'a Grants) -> Vec<Held<'a>> {
    let inline = grants.inline.iter().map(|(name, document)| Held {
        source: Source::Inline(holder.0, holder.1, name),
        document: document.clone(),
    });
    let attached = grants.attached.iter().filter_map(|arn| {
        Some(Held {
            source: Source::Managed(arn),
            document: default_document(state, arn)?,
        })
    });
    inline.chain(attached).collect()
}

pub(super) fn default_document(state: &State, arn: &str) -> Option<String> {
    if let Some(policy) = managed_policy(arn) {
        return Some(policy.document());
    }
    let policy = state.policy(arn).ok()?;
    let version = policy.versions.get(&policy.default_version)?;
    Some(version.document.clone())
}

fn principal_arn<'a>(ask: Ask<'a>, parameter: &str, spelled: &str) -> Result<&'a str, Fault> {
    let arn = ask.required(parameter)?;
    if arn.len() < 20 {
        return Err(constraint(arn, spelled, "have length greater than or equal to 20"));
    }
    if !arn.starts_with("arn:") {
        return Err(validation(format!("ARN {arn} is not valid.")));
    }
    Ok(arn)
}

pub(super) fn context_keys(ask: Ask<'_>) -> Done {
    let list = ask.list("PolicyInputList");
    if list.is_empty() {
        ask.present("PolicyInputList")?;
    }
    write_keys(input_keys(ask)?)
}

pub(super) fn context_keys_of_principal(world: &World, ask: Ask<'_>) -> Done {
    let arn = principal_arn(ask, "PolicySourceArn", "policySourceArn")?;
    let held = held_by(&world.iam, arn).ok_or_else(|| no_such_entity(format!("Principal {arn} cannot be found.")))?;
    let mut keys = input_keys(ask)?;
    for policy in held {
        if let Ok(document) = serde_json::from_str(&policy.document) {
            collect_keys(&document, &mut keys);
        }
    }
    write_keys(keys)
}

fn input_keys(ask: Ask<'_>) -> Result<BTreeSet<String>, Fault> {
    let mut keys = BTreeSet::new();
    for text in ask.list("PolicyInputList") {
        let document = parse(text, Place::Inline).map_err(|fault| invalid_input(fault.message))?;
        collect_keys(&document, &mut keys);
    }
    Ok(keys)
}

fn write_keys(keys: BTreeSet<String>) -> Done {
    let mut xml = Xml::new();
    xml.element("ContextKeyNames", |xml| {
        for key in keys {
            xml.text("member", key);
        }
    });
    Ok(Some(xml))
}

/// The keys of conditions, and those of variables in resources and values.
fn collect_keys(document: &Value, keys: &mut BTreeSet<String>) {
    for statement in objects(document) {
        let conditions = statement.get("Condition").and_then(Value::as_object);
        let operators = conditions
            .into_iter()
            .flat_map(Map::values)
            .filter_map(Value::as_object);
        for (key, values) in operators.flatten() {
            keys.insert(key.clone());
            variables(values, keys);
        }
        for member in ["Resource", "NotResource"] {
            statement
                .get(member)
                .into_iter()
                .for_each(|value| variables(value, keys));
        }
    }
}

fn objects(document: &Value) -> Vec<&Map<String, Value>> {
    let listed = document.as_object().and_then(statements).unwrap_or_default();
    listed.into_iter().filter_map(Value::as_object).collect()
}

fn variables(value: &Value, keys: &mut BTreeSet<String>) {
    for text in texts(value).unwrap_or_default() {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}') else {
                return;
            };
            // `${*}` and its like stand for the plain character; a default follows a comma.
            let name = name.split(',').next().unwrap_or_default().trim();
            if name.contains(':') {
                keys.insert(name.to_owned());
            }
            rest = after;
        }
    }
}

pub(super) fn policies_granting(world: &World, ask: Ask<'_>) -> Done {
    let arn = principal_arn(ask, "Arn", "arn")?;
    let services = ask.list("ServiceNamespaces");
    if services.is_empty() {
        ask.present("ServiceNamespaces")?;
    }
    let held = held_by(&world.iam, arn).ok_or_else(|| no_such_entity(format!("Principal {arn} cannot be found.")))?;
    let page = ask.page(services.into_iter().map(|service| (service.to_owned(), service)))?;
    Ok(Some(page.write("PoliciesGrantingServiceAccess", |xml, service| {
        xml.text("ServiceNamespace", service);
        xml.element("Policies", |xml| {
            for policy in held.iter().filter(|policy| grants(&policy.document, service)) {
                xml.element("member", |xml| write_source(xml, policy.source));
            }
        });
    })))
}

fn write_source(xml: &mut Xml, source: Source<'_>) {
    match source {
        Source::Inline(sort, holder, name) => xml
            .text("PolicyName", name)
            .text("PolicyType", "INLINE")
            .text("EntityType", sort)
            .text("EntityName", holder),
        Source::Managed(arn) => xml
            .text("PolicyName", arn.rsplit('/').next().unwrap_or(arn))
            .text("PolicyType", "MANAGED")
            .text("PolicyArn", arn),
    };
}

/// Whether a statement allows any action of this service.
fn grants(document: &str, service: &str) -> bool {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let names = |action: &str| {
        let vendor = action.split(':').next().unwrap_or_default();
        vendor == "*" || vendor.eq_ignore_ascii_case(service)
    };
    objects(&document).into_iter().any(|statement| {
        let is_allow = statement.get("Effect").and_then(Value::as_str) == Some("Allow");
        let actions = statement.get("Action").and_then(texts).unwrap_or_default();
        // All but some actions is some action of nearly every service.
        let denied = statement.get("NotAction").and_then(texts).unwrap_or_default();
        let all_but =
            statement.contains_key("NotAction") && !denied.iter().any(|action| *action == format!("{service}:*"));
        is_allow && (all_but || actions.iter().any(|action| names(action)))
    })
}
