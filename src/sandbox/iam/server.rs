//! Server certificates.
//!
//! Invariant: a certificate reads as one of X.509; its private key is not kept, and not compared with it.

use serde::{Deserialize, Serialize};

use super::super::{Fault, Moment, World, Xml};
use super::ask::{Ask, Name, order};
use super::refusal::{already_exists, no_such_entity, quota};
use super::signing::malformed;
use super::tag::{self, Keys, Tags};
use super::{Done, State, x509};

/// A certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ServerCertificate {
    name: Name,
    id: String,
    path: String,
    body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chain: Option<String>,
    uploaded: Moment,
    expiration: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Tags,
}

const PER_ACCOUNT: usize = 20;

fn no_certificate(name: &Name) -> Fault {
    no_such_entity(format!("The Server Certificate with name {name} cannot be found."))
}

impl State {
    pub(super) fn server_certificate(&self, name: &Name) -> Result<&ServerCertificate, Fault> {
        self.server_certificates.get(name).ok_or_else(|| no_certificate(name))
    }

    pub(super) fn server_certificate_mut(&mut self, name: &Name) -> Result<&mut ServerCertificate, Fault> {
        let found = self.server_certificates.get_mut(name);
        found.ok_or_else(|| no_certificate(name))
    }
}

pub(super) fn name(ask: Ask<'_>) -> Result<Name, Fault> {
    ask.name("ServerCertificateName", 128)
}

fn write_brief(xml: &mut Xml, account: &str, found: &ServerCertificate) {
    let arn = format!("arn:aws:iam::{account}:server-certificate{}{}", found.path, found.name);
    xml.text("Path", &found.path)
        .text("ServerCertificateName", &found.name)
        .text("ServerCertificateId", &found.id)
        .text("Arn", arn)
        .text("UploadDate", found.uploaded.seconds())
        .text("Expiration", &found.expiration);
}

fn taken(name: &Name) -> Fault {
    already_exists(format!("The Server Certificate with name {name} already exists."))
}

pub(super) fn upload(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, path, tags) = (name(ask)?, ask.path()?, tag::asked(ask, Keys::Exact)?);
    let (body, key) = (ask.present("CertificateBody")?, ask.present("PrivateKey")?);
    for parameter in ["CertificateBody", "PrivateKey"] {
        ask.sized(parameter, 1, 16384)?;
    }
    let chain = ask.sized("CertificateChain", 1, 2_097_152)?.map(str::to_owned);
    if world.iam.server_certificates.contains(&name) {
        return Err(taken(&name));
    }
    let expiration = x509::expiration(body).ok_or_else(|| malformed(body))?;
    if !key.contains("PRIVATE KEY-----") {
        return Err(malformed(key));
    }
    if world.iam.server_certificates.len() >= PER_ACCOUNT {
        return Err(quota("ServerCertificatesPerAccount", PER_ACCOUNT));
    }
    let certificate = ServerCertificate {
        id: world.ids.unique("ASCA"),
        path,
        body: body.to_owned(),
        chain,
        uploaded: world.clock.now(),
        expiration,
        tags,
        name: name.clone(),
    };
    let mut xml = Xml::new();
    xml.element("ServerCertificateMetadata", |xml| {
        write_brief(xml, &world.account, &certificate);
    });
    tag::write(&mut xml, &certificate.tags);
    world.iam.server_certificates.insert(name, certificate);
    Ok(Some(xml))
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let found = world.iam.server_certificate(&name(ask)?)?;
    let mut xml = Xml::new();
    xml.element("ServerCertificate", |xml| {
        xml.element("ServerCertificateMetadata", |xml| {
            write_brief(xml, &world.account, found);
        });
        xml.text("CertificateBody", &found.body)
            .optional("CertificateChain", found.chain.as_ref());
        tag::write_even_if_none(xml, &found.tags);
    });
    Ok(Some(xml))
}

pub(super) fn list(world: &World, ask: Ask<'_>) -> Done {
    let prefix = ask.path_prefix()?;
    let all = world.iam.server_certificates.values();
    let found = all.filter(|found| found.path.starts_with(prefix));
    let page = ask.page(found.map(|found| (order(&found.name), found)))?;
    Ok(Some(page.write("ServerCertificateMetadataList", |xml, found| {
        write_brief(xml, &world.account, found);
    })))
}

pub(super) fn update(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, path) = (name(ask)?, ask.new_path("NewPath")?);
    let new = ask.text("NewServerCertificateName");
    let new = new.map(|_| ask.name("NewServerCertificateName", 128)).transpose()?;
    let mut found = world.iam.server_certificate(&name)?.clone();
    found.path = path.unwrap_or(found.path);
    found.name = new.unwrap_or(found.name);
    if found.name != name && world.iam.server_certificates.contains(&found.name) {
        return Err(taken(&found.name));
    }
    world.iam.server_certificates.remove(&name);
    world.iam.server_certificates.insert(found.name.clone(), found);
    Ok(None)
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let name = name(ask)?;
    let removed = world.iam.server_certificates.remove(&name);
    removed.map(|_| None).ok_or_else(|| no_certificate(&name))
}
