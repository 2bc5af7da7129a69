//! Tags of users, roles, policies, instance profiles, OIDC providers, MFA devices and server certificates.
//!
//! Invariant: a thing has at most fifty, none begins with `aws:`, and on users and roles no two keys differ by case alone.

use serde::{Deserialize, Serialize};

use super::super::{Fault, World, Xml};
use super::ask::{Ask, Name};
use super::grants::Holder;
use super::refusal::{constraint, invalid_input, limit_exceeded, missing, validation};
use super::{Done, State, mfa, server};

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tag {
    key: String,
    value: String,
}

impl Tag {
    /// Key and value.
    pub(super) fn pair(&self) -> (&str, &str) {
        (&self.key, &self.value)
    }
}

/// A thing's tags, in the order of their coming.
pub(super) type Tags = Vec<Tag>;

/// Whether two keys that differ by case alone are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    Caseless,
    Exact,
}

impl Keys {
    fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Caseless => one.eq_ignore_ascii_case(other),
            Self::Exact => one == other,
        }
    }
}

/// Which thing a request tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tagged {
    User,
    Role,
    Policy,
    Profile,
    Provider,
    Saml,
    Device,
    ServerCertificate,
}

impl Tagged {
    fn keys(self) -> Keys {
        match self {
            Self::User | Self::Role => Keys::Caseless,
            Self::Policy | Self::Profile | Self::Provider | Self::Saml | Self::Device | Self::ServerCertificate => {
                Keys::Exact
            }
        }
    }
}

const MOST: usize = 50;

fn missing_value(nth: usize) -> Fault {
    missing(&format!("tags.{nth}.member.value"))
}

/// The tags that a request carries, checked.
pub(super) fn asked(ask: Ask<'_>, keys: Keys) -> Result<Tags, Fault> {
    let pairs = ask.tag_pairs();
    if pairs.len() > MOST {
        return Err(constraint(
            "[...]",
            "tags",
            &format!("have length less than or equal to {MOST}"),
        ));
    }
    let mut tags: Tags = Vec::new();
    for (nth, (key, value)) in (1..).zip(pairs) {
        ask.present(&format!("Tags.member.{nth}.Value"))
            .map_err(|_| missing_value(nth))?;
        check(nth, key, value)?;
        if tags.iter().any(|tag| keys.same(&tag.key, key)) {
            return Err(invalid_input(match keys {
                Keys::Caseless => "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
                Keys::Exact => "Duplicate tag keys found.",
            }));
        }
        tags.push(Tag {
            key: key.to_owned(),
            value: value.to_owned(),
        });
    }
    Ok(tags)
}

const PATTERN: &str = r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]";

fn fits(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}

/// The keys to take off. One wrong key is told with all rules for keys, whichever it breaks.
fn asked_keys<'a>(ask: Ask<'a>) -> Result<Vec<&'a str>, Fault> {
    let keys = ask.list("TagKeys");
    if keys.len() > MOST {
        return Err(constraint(
            "[...]",
            "tagKeys",
            &format!("have length less than or equal to {MOST}"),
        ));
    }
    let is_key = |key: &&str| (1..=128).contains(&key.chars().count()) && key.chars().all(fits);
    if let Some(wrong) = keys.iter().find(|key| !is_key(key)) {
        let rules = format!(
            "satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater \
             than or equal to 1, Member must {PATTERN}+, Member must not be null]"
        );
        return Err(constraint(&format!("[{wrong}]"), "tagKeys", &rules));
    }
    if keys.iter().any(|key| key.to_ascii_lowercase().starts_with("aws:")) {
        return Err(validation("System tags cannot be added/updated/deleted"));
    }
    Ok(keys)
}

/// What a tag's key must be and is not.
pub(super) fn key_rule(key: &str) -> Option<String> {
    match key.chars().count() {
        0 => Some("have length greater than or equal to 1".to_owned()),
        129.. => Some("have length less than or equal to 128".to_owned()),
        _ => (!key.chars().all(fits)).then(|| format!("{PATTERN}+")),
    }
}

/// What a tag's value must be and is not.
pub(super) fn value_rule(value: &str) -> Option<String> {
    match value.chars().count() {
        257.. => Some("have length less than or equal to 256".to_owned()),
        _ => (!value.chars().all(fits)).then(|| format!("{PATTERN}*")),
    }
}

fn check(nth: usize, key: &str, value: &str) -> Result<(), Fault> {
    if let Some(rule) = key_rule(key) {
        return Err(constraint(key, &format!("tags.{nth}.member.key"), &rule));
    }
    if let Some(rule) = value_rule(value) {
        return Err(constraint(value, &format!("tags.{nth}.member.value"), &rule));
    }
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(validation("System tags cannot be added/updated/deleted"));
    }
    Ok(())
}

pub(super) fn write(xml: &mut Xml, tags: &Tags) {
    if !tags.is_empty() {
        xml.element("Tags", |xml| tags.iter().for_each(|tag| write_member(xml, tag)));
    }
}

/// The same for things whose answers have the element even when it is empty: policies and providers.
pub(super) fn write_even_if_none(xml: &mut Xml, tags: &Tags) {
    xml.element("Tags", |xml| tags.iter().for_each(|tag| write_member(xml, tag)));
}

fn write_member(xml: &mut Xml, tag: &Tag) {
    xml.element("member", |xml| write_tag(xml, tag));
}

fn write_tag(xml: &mut Xml, tag: &Tag) {
    xml.text("Key", &tag.key).text("Value", &tag.value);
}

pub(super) fn put(world: &mut World, ask: Ask<'_>, tagged: Tagged) -> Done {
    let keys = tagged.keys();
    let new_tags = asked(ask, keys)?;
    if new_tags.is_empty() {
        ask.present("Tags")?;
    }
    seen(world, ask, tagged)?;
    let tags = tags_mut(&mut world.iam, ask, tagged)?;
    for new in new_tags {
        // A second spelling of a key replaces the first, spelling and value.
        match tags.iter_mut().find(|tag| keys.same(&tag.key, &new.key)) {
            Some(tag) => *tag = new,
            None => tags.push(new),
        }
    }
    if tags.len() > MOST {
        return Err(limit_exceeded("The number of tags has reached the maximum limit."));
    }
    Ok(None)
}

pub(super) fn take_off(world: &mut World, ask: Ask<'_>, tagged: Tagged) -> Done {
    let keys = tagged.keys();
    let names = asked_keys(ask)?;
    if names.is_empty() {
        ask.present("TagKeys")?;
    }
    seen(world, ask, tagged)?;
    let tags = tags_mut(&mut world.iam, ask, tagged)?;
    tags.retain(|tag| !names.iter().any(|name| keys.same(&tag.key, name)));
    Ok(None)
}

pub(super) fn list(world: &World, ask: Ask<'_>, tagged: Tagged) -> Done {
    let tags = seen(world, ask, tagged)?;
    let mut sorted: Vec<_> = tags.iter().map(|tag| (tag.key.clone(), tag)).collect();
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(Some(ask.page(sorted)?.write("Tags", write_tag)))
}

fn profile_name(ask: Ask<'_>) -> Result<Name, Fault> {
    ask.name("InstanceProfileName", 128)
}

/// The tags as readers see them now, of a thing that they see.
fn seen<'a>(world: &'a World, ask: Ask<'_>, tagged: Tagged) -> Result<&'a Tags, Fault> {
    let (state, clock) = (&world.iam, &world.clock);
    Ok(match tagged {
        Tagged::User => &state.seen_user(&Holder::User.name(ask)?, clock)?.tags,
        Tagged::Role => &state.seen_role(&Holder::Role.name(ask)?, clock)?.tags,
        Tagged::Policy => &state.policy(ask.required("PolicyArn")?)?.tags,
        Tagged::Profile => &state.seen_profile(&profile_name(ask)?, clock)?.tags,
        Tagged::Saml => &state.saml_provider(ask.required("SAMLProviderArn")?)?.tags,
        Tagged::Provider => &state.provider(ask.required("OpenIDConnectProviderArn")?)?.tags,
        Tagged::Device => &state.device(mfa::serial(ask)?)?.tags,
        Tagged::ServerCertificate => &state.server_certificate(&server::name(ask)?)?.tags,
    })
}

fn tags_mut<'a>(state: &'a mut State, ask: Ask<'_>, tagged: Tagged) -> Result<&'a mut Tags, Fault> {
    Ok(match tagged {
        Tagged::User => &mut state.user_mut(&Holder::User.name(ask)?)?.tags,
        Tagged::Role => &mut state.role_mut(&Holder::Role.name(ask)?)?.tags,
        Tagged::Policy => &mut state.policy_mut(ask.required("PolicyArn")?)?.tags,
        Tagged::Profile => &mut state.profile_mut(&profile_name(ask)?)?.tags,
        Tagged::Saml => &mut state.saml_provider_mut(ask.required("SAMLProviderArn")?)?.tags,
        Tagged::Provider => &mut state.provider_mut(ask.required("OpenIDConnectProviderArn")?)?.tags,
        Tagged::Device => &mut state.device_mut(mfa::serial(ask)?)?.tags,
        Tagged::ServerCertificate => &mut state.server_certificate_mut(&server::name(ask)?)?.tags,
    })
}
