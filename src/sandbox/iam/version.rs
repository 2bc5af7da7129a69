//! Versions of managed policies.
//!
//! Invariant: a policy has one to five versions, one of them the default; ids rise and are never used again.

use super::super::{Fault, World, Xml};
use super::Done;
use super::ask::Ask;
use super::document::encoded;
use super::managed::Managed;
use super::policy::{Policy, Uses, Version, asked_arn, document, known_aws_policy};
use super::refusal::{constraint, delete_conflict, limit_exceeded, no_such_entity};

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

/// The default version of one of AWS's policies, the only one that the sandbox knows, with its document.
pub(super) fn write_aws(xml: &mut Xml, policy: Managed) {
    xml.text("Document", encoded(&policy.document()));
    write_aws_brief(xml, policy);
}

fn write_aws_brief(xml: &mut Xml, policy: Managed) {
    xml.text("VersionId", format!("v{}", policy.version()))
        .text("IsDefaultVersion", true)
        .text("CreateDate", policy.changed());
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    let becomes_default = ask.flag("SetAsDefault")?.unwrap_or(false);
    let now = world.clock.now();
    world.iam.seen_policy(arn, &world.clock)?;
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
    let Some(digits) = text.strip_prefix('v').filter(|digits| is_number(digits)) else {
        return Err(constraint(
            text,
            "versionId",
            r"satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?",
        ));
    };
    digits.parse().map_err(|_| no_version(arn, text))
}

/// A number without a leading zero, and perhaps a dot and more, which no version has.
fn is_number(digits: &str) -> bool {
    let (number, rest) = digits.split_once('.').unwrap_or((digits, ""));
    !number.starts_with('0')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn no_version(arn: &str, version: &str) -> Fault {
    no_such_entity(format!(
        "Policy {arn} version {version} does not exist or is not attachable."
    ))
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    let number = asked_version(ask, arn)?;
    let missing = || no_version(arn, &format!("v{number}"));
    let mut xml = Xml::new();
    if let Some(policy) = known_aws_policy(&Uses::seen(&world.iam, &world.clock), arn) {
        if number != policy.version() {
            return Err(missing());
        }
        xml.element("PolicyVersion", |xml| write_aws(xml, policy));
        return Ok(Some(xml));
    }
    let policy = world.iam.seen_policy(arn, &world.clock).map_err(|_| missing())?;
    let version = policy.versions.get(&number).ok_or_else(missing)?;
    xml.element("PolicyVersion", |xml| write_detail(xml, policy, number, version));
    Ok(Some(xml))
}

pub(super) fn list(world: &World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    if let Some(policy) = known_aws_policy(&Uses::seen(&world.iam, &world.clock), arn) {
        let page = ask.page([(String::new(), policy)])?;
        return Ok(Some(page.write("Versions", write_aws_brief)));
    }
    let policy = world.iam.seen_policy(arn, &world.clock)?;
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
    let number = asked_version(ask, arn)?;
    world.iam.seen_policy(arn, &world.clock)?;
    let policy = world.iam.policy_mut(arn)?;
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
    let number = asked_version(ask, arn)?;
    let missing = |_| no_version(arn, &format!("v{number}"));
    world.iam.seen_policy(arn, &world.clock).map_err(missing)?;
    let policy = world.iam.policy_mut(arn).map_err(missing)?;
    if !policy.versions.contains_key(&number) {
        return Err(no_version(arn, &format!("v{number}")));
    }
    policy.default_version = number;
    policy.updated = now;
    Ok(None)
}
