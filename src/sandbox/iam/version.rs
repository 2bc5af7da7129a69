//! Versions of managed policies.
//!
//! Invariant: a policy has one to five versions, one of them the default; ids rise and are never used again.

use super::super::{Fault, World, Xml};
use super::Done;
use super::ask::Ask;
use super::document::encoded;
use super::managed::DOCUMENT;
use super::policy::{AWS_DATE, Policy, Uses, Version, asked_arn, document, known_aws_policy};
use super::refusal::{delete_conflict, limit_exceeded, no_such_entity};

const VERSIONS: usize = 5;

fn write(xml: &mut Xml, policy: &Policy, number: u32, version: &Version) {
    xml.text("VersionId", format!("v{number}"))
        .text("IsDefaultVersion", number == policy.default_version)
        .text("CreateDate", version.created.seconds());
}

/// A version as the account's details show it, with its document.
pub(super) fn write_detail(xml: &mut Xml, policy: &Policy, number: u32, version: &Version) {
    xml.text("Document", encoded(&version.document));
    write(xml, policy, number, version);
}

/// The one version that the sandbox shows of AWS's policies.
pub(super) fn write_aws(xml: &mut Xml) {
    xml.text("Document", encoded(DOCUMENT))
        .text("VersionId", "v1")
        .text("IsDefaultVersion", true)
        .text("CreateDate", AWS_DATE);
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    let becomes_default = ask.flag("SetAsDefault")?.unwrap_or(false);
    let now = world.clock.now();
    let policy = world.iam.policy_mut(arn)?;
    let document = document(ask)?;
    if policy.versions.len() >= VERSIONS {
        return Err(limit_exceeded(
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing \
             version.",
        ));
    }
    policy.last_version = policy.last_version.saturating_add(1);
    let number = policy.last_version;
    let version = Version { created: now, document };
    policy.versions.insert(number, version.clone());
    policy.updated = now;
    if becomes_default {
        policy.default_version = number;
    }
    let mut xml = Xml::new();
    xml.element("PolicyVersion", |xml| write(xml, policy, number, &version));
    Ok(Some(xml))
}

/// The version that the request names.
fn asked_version(ask: Ask<'_>, arn: &str) -> Result<u32, Fault> {
    let text = ask.required("VersionId")?;
    let number = text.strip_prefix('v').and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| no_version(arn, text))
}

fn no_version(arn: &str, version: &str) -> Fault {
    no_such_entity(format!(
        "Policy {arn} version {version} does not exist or is not attachable."
    ))
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    let number = asked_version(ask, arn)?;
    let mut xml = Xml::new();
    if known_aws_policy(&Uses::of(&world.iam), arn).is_some() {
        if number != 1 {
            return Err(no_version(arn, &format!("v{number}")));
        }
        xml.element("PolicyVersion", write_aws);
        return Ok(Some(xml));
    }
    let policy = world.iam.policy(arn)?;
    let version = policy
        .versions
        .get(&number)
        .ok_or_else(|| no_version(arn, &format!("v{number}")))?;
    xml.element("PolicyVersion", |xml| write_detail(xml, policy, number, version));
    Ok(Some(xml))
}

pub(super) fn list(world: &World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    if known_aws_policy(&Uses::of(&world.iam), arn).is_some() {
        let page = ask.page([(String::new(), ())])?;
        return Ok(Some(page.write("Versions", |xml, ()| {
            xml.text("VersionId", "v1")
                .text("IsDefaultVersion", true)
                .text("CreateDate", AWS_DATE);
        })));
    }
    let policy = world.iam.policy(arn)?;
    // The newest comes first; the key counts down so that pages keep that order.
    let newest_first = policy.versions.iter().rev();
    let page =
        ask.page(newest_first.map(|(number, version)| (format!("{:010}", u32::MAX - number), (number, version))))?;
    Ok(Some(page.write("Versions", |xml, (number, version)| {
        write(xml, policy, *number, version)
    })))
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    let policy = world.iam.policy_mut(arn)?;
    let number = asked_version(ask, arn)?;
    if number == policy.default_version {
        return Err(delete_conflict("Cannot delete the default version of a policy."));
    }
    policy
        .versions
        .remove(&number)
        .ok_or_else(|| no_version(arn, &format!("v{number}")))?;
    Ok(None)
}

pub(super) fn set_default(world: &mut World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    let now = world.clock.now();
    let policy = world.iam.policy_mut(arn)?;
    let number = asked_version(ask, arn)?;
    if !policy.versions.contains_key(&number) {
        return Err(no_version(arn, &format!("v{number}")));
    }
    policy.default_version = number;
    policy.updated = now;
    Ok(None)
}
