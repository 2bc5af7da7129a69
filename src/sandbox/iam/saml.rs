//! SAML providers.
//!
//! Invariant: a provider is known by its name, which its ARN repeats; its metadata document is an entity descriptor.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::{Deserialize, Serialize};

use super::super::{Fault, Moment, World, Xml};
use super::ask::{Ask, Name};
use super::refusal::{already_exists, constraint, invalid_input, no_such_entity, quota};
use super::tag::{self, Keys, Tags};
use super::{Done, State};

/// A SAML provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SamlProvider {
    name: Name,
    id: String,
    document: String,
    created: Moment,
    valid_until: Moment,
    encryption: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    private_keys: Vec<PrivateKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Tags,
}

/// A decryption key, of which AWS shows nothing but the id.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct PrivateKey {
    id: String,
    added: Moment,
}

const PROVIDERS: usize = 100;
const PRIVATE_KEYS: usize = 2;
/// A document that names no end is good for a hundred years.
const CENTURY: i64 = 100 * 365 * 24 * 3600;

impl SamlProvider {
    fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:saml-provider/{}", self.name)
    }
}

impl State {
    pub(super) fn saml_provider(&self, arn: &str) -> Result<&SamlProvider, Fault> {
        let found = self.saml.get(&saml_name(arn));
        found
            .filter(|provider| provider.arn(&self.account) == arn)
            .ok_or_else(|| not_found(arn))
    }

    pub(super) fn saml_provider_mut(&mut self, arn: &str) -> Result<&mut SamlProvider, Fault> {
        self.saml_provider(arn)?;
        self.saml.get_mut(&saml_name(arn)).ok_or_else(|| not_found(arn))
    }
}

fn saml_name(arn: &str) -> Name {
    Name::new(arn.rsplit('/').next().unwrap_or_default())
}

fn not_found(arn: &str) -> Fault {
    no_such_entity(format!("Manifest not found for arn {arn}"))
}

fn arn<'a>(ask: Ask<'a>) -> Result<&'a str, Fault> {
    let arn = ask.required("SAMLProviderArn")?;
    if arn.len() < 20 {
        return Err(constraint(
            arn,
            "sAMLProviderArn",
            "have length greater than or equal to 20",
        ));
    }
    if !arn.contains(":saml-provider/") {
        return Err(invalid_input(format!("Invalid ARN: {arn}")));
    }
    Ok(arn)
}

fn name(ask: Ask<'_>) -> Result<Name, Fault> {
    let name = ask.required("Name")?;
    if name.chars().count() > 128 {
        return Err(constraint(name, "name", "have length less than or equal to 128"));
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if !name.bytes().all(fits) {
        return Err(constraint(
            name,
            "name",
            r"satisfy regular expression pattern: [\w._-]+",
        ));
    }
    Ok(Name::new(name))
}

/// The metadata document, and until when it is good.
fn document(text: &str, now: Moment) -> Result<(String, Moment), Fault> {
    if text.chars().count() < 1000 {
        return Err(constraint(
            text,
            "sAMLMetadataDocument",
            "have length greater than or equal to 1000",
        ));
    }
    let root = root(text).ok_or_else(|| invalid_input("Could not parse metadata"))?;
    let valid_until = root.try_get_attribute("validUntil").ok().flatten();
    let valid_until = valid_until.and_then(|found| String::from_utf8(found.value.into_owned()).ok());
    let stated = valid_until.and_then(|moment| serde_json::from_value(serde_json::Value::String(moment)).ok());
    Ok((text.to_owned(), stated.unwrap_or(now.plus_seconds(CENTURY))))
}

/// The start of the document's entity descriptor, if all of it is well formed and describes an identity provider.
fn root(text: &str) -> Option<BytesStart<'static>> {
    let mut reader = Reader::from_str(text);
    let (mut root, mut has_provider) = (None, false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => {
                let local = start.local_name();
                has_provider |= local.as_ref() == b"IDPSSODescriptor";
                if root.is_none() {
                    root = Some(start.into_owned()).filter(|root| root.local_name().as_ref() == b"EntityDescriptor");
                    root.as_ref()?;
                }
            }
            Event::Eof => return root.filter(|_| has_provider),
            _ => {}
        }
    }
}

fn encryption(ask: Ask<'_>) -> Result<Option<String>, Fault> {
    let mode = ask.choice("AssertionEncryptionMode", &["Required", "Allowed"])?;
    Ok(mode.map(str::to_owned))
}

fn add_key(world: &mut World, ask: Ask<'_>, keys: &mut Vec<PrivateKey>) -> Result<(), Fault> {
    if ask.text("AddPrivateKey").is_none() {
        return Ok(());
    }
    if keys.len() >= PRIVATE_KEYS {
        return Err(quota("PrivateKeysPerSAMLProvider", PRIVATE_KEYS));
    }
    keys.push(PrivateKey {
        id: world.ids.base32(22),
        added: world.clock.now(),
    });
    Ok(())
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let name = name(ask)?;
    let (document, valid_until) = document(ask.required("SAMLMetadataDocument")?, world.clock.now())?;
    let encryption = encryption(ask)?.unwrap_or_else(|| "Allowed".to_owned());
    let tags = tag::asked(ask, Keys::Exact)?;
    if world.iam.saml.contains(&name) {
        return Err(already_exists(format!("SAMLProvider with name {name} already exists.")));
    }
    if world.iam.saml.len() >= PROVIDERS {
        return Err(quota("SAMLProvidersPerAccount", PROVIDERS));
    }
    let mut private_keys = Vec::new();
    add_key(world, ask, &mut private_keys)?;
    let provider = SamlProvider {
        name: name.clone(),
        id: world.ids.base32(26),
        document,
        created: world.clock.now(),
        valid_until,
        encryption,
        private_keys,
        tags,
    };
    let mut xml = Xml::new();
    xml.text("SAMLProviderArn", provider.arn(&world.account));
    tag::write(&mut xml, &provider.tags);
    world.iam.saml.insert(name, provider);
    Ok(Some(xml))
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let arn = arn(ask)?;
    let found = world.iam.saml.seen(&saml_name(arn), &world.clock);
    let provider = found
        .filter(|provider| provider.arn(&world.account) == arn)
        .ok_or_else(|| not_found(arn))?;
    let mut xml = Xml::new();
    xml.text("SAMLProviderUUID", &provider.id)
        .text("SAMLMetadataDocument", &provider.document)
        .text("CreateDate", provider.created.seconds())
        .text("ValidUntil", provider.valid_until.seconds())
        .text("AssertionEncryptionMode", &provider.encryption);
    xml.element("PrivateKeyList", |xml| {
        for key in &provider.private_keys {
            xml.element("member", |xml| {
                xml.text("KeyId", &key.id).text("Timestamp", key.added.seconds());
            });
        }
    });
    tag::write_even_if_none(&mut xml, &provider.tags);
    Ok(Some(xml))
}

pub(super) fn list(world: &World) -> Done {
    let mut xml = Xml::new();
    xml.element("SAMLProviderList", |xml| {
        for (_, provider) in world.iam.saml.all_seen(&world.clock) {
            xml.element("member", |xml| {
                xml.text("Arn", provider.arn(&world.account))
                    .text("ValidUntil", provider.valid_until.seconds())
                    .text("CreateDate", provider.created.seconds());
            });
        }
    });
    Ok(Some(xml))
}

pub(super) fn update(world: &mut World, ask: Ask<'_>) -> Done {
    let arn = arn(ask)?;
    let mut provider = world.iam.saml_provider(arn)?.clone();
    if let Some(text) = ask.text("SAMLMetadataDocument") {
        (provider.document, provider.valid_until) = document(text, world.clock.now())?;
    }
    if let Some(mode) = encryption(ask)? {
        provider.encryption = mode;
    }
    if let Some(id) = ask.text("RemovePrivateKey") {
        let before = provider.private_keys.len();
        provider.private_keys.retain(|key| key.id != id);
        if provider.private_keys.len() == before {
            return Err(no_such_entity(format!("Private key {id} cannot be found.")));
        }
    }
    add_key(world, ask, &mut provider.private_keys)?;
    world.iam.saml.insert(provider.name.clone(), provider);
    let mut xml = Xml::new();
    xml.text("SAMLProviderArn", arn);
    Ok(Some(xml))
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let arn = arn(ask)?;
    world.iam.saml_provider(arn)?;
    world.iam.saml.remove(&saml_name(arn));
    Ok(None)
}
