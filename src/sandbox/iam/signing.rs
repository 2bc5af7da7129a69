//! Signing certificates of users.
//!
//! Invariant: a certificate reads as one of X.509; a user has at most two.

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::super::{Caller, Fault, Moment, World, Xml};
use super::Done;
use super::ask::{Ask, Name};
use super::refusal::{no_such_entity, quota};
use super::user::{User, known_or_caller};
use super::x509;

/// A certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Certificate {
    pub(super) id: String,
    body: String,
    pub(super) status: String,
    pub(super) uploaded: Moment,
}

const PER_USER: usize = 2;

fn write(xml: &mut Xml, user: &Name, certificate: &Certificate) {
    xml.text("UserName", user)
        .text("CertificateId", &certificate.id)
        .text("CertificateBody", &certificate.body)
        .text("Status", &certificate.status)
        .text("UploadDate", certificate.uploaded.seconds());
}

pub(super) fn upload(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let body = ask.present("CertificateBody")?;
    ask.sized("CertificateBody", 1, 16384)?;
    let name = known_or_caller(world, ask, caller)?;
    let (id, uploaded) = (world.ids.base32(32), world.clock.now());
    let user = world.iam.settled_user(&name, &world.clock)?;
    x509::expiration(body).ok_or_else(|| malformed(body))?;
    if user.certificates.iter().any(|kept| kept.body.trim() == body.trim()) {
        let message = "The specified certificate is already associated with this user.";
        return Err(Fault::new(StatusCode::CONFLICT, "DuplicateCertificate", message));
    }
    if user.certificates.len() >= PER_USER {
        return Err(quota("CertificatesPerUser", PER_USER));
    }
    let certificate = Certificate {
        id,
        body: body.to_owned(),
        status: "Active".to_owned(),
        uploaded,
    };
    let mut xml = Xml::new();
    xml.element("Certificate", |xml| write(xml, &user.name, &certificate));
    user.certificates.push(certificate);
    Ok(Some(xml))
}

/// The text is no certificate.
pub(super) fn malformed(body: &str) -> Fault {
    let message = format!("Certificate {body} is malformed.");
    Fault::new(StatusCode::BAD_REQUEST, "MalformedCertificate", message)
}

fn no_certificate(id: &str) -> Fault {
    no_such_entity(format!("The Certificate with id {id} cannot be found."))
}

pub(super) fn list(world: &World, ask: Ask<'_>, caller: &Caller) -> Done {
    let name = known_or_caller(world, ask, caller)?;
    let user = world.iam.users.seen(&name, &world.clock);
    let certificates = user.into_iter().flat_map(|user: &User| user.certificates.iter());
    let numbered = certificates
        .enumerate()
        .map(|(nth, found)| (format!("{nth:04}"), found));
    Ok(Some(ask.page(numbered)?.write("Certificates", |xml, certificate| {
        write(xml, &name, certificate)
    })))
}

pub(super) fn update(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let id = ask.id("CertificateId", 24, 128)?;
    ask.present("Status")?;
    let status = ask.choice("Status", &["Active", "Inactive"])?.unwrap_or("Active");
    let name = known_or_caller(world, ask, caller)?;
    let user = world.iam.user_mut(&name)?;
    let found = user.certificates.iter_mut().find(|certificate| certificate.id == id);
    status.clone_into(&mut found.ok_or_else(|| no_certificate(id))?.status);
    Ok(None)
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let id = ask.id("CertificateId", 24, 128)?;
    let name = known_or_caller(world, ask, caller)?;
    let user = world.iam.user_mut(&name)?;
    let nth = user.certificates.iter().position(|certificate| certificate.id == id);
    user.certificates.remove(nth.ok_or_else(|| no_certificate(id))?);
    Ok(None)
}
