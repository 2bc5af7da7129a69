//! SSH public keys of users, for CodeCommit.
//!
//! Invariant: a key is an RSA key in OpenSSH's or PEM form, kept as it was uploaded; a user has at most five.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::StatusCode;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

use super::super::{Caller, Fault, Moment, World, Xml};
use super::Done;
use super::ask::{Ask, Name};
use super::refusal::{no_such_entity, quota};
use super::user::{User, known_or_caller};

/// A public key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SshKey {
    id: String,
    body: String,
    status: String,
    uploaded: Moment,
}

const PER_USER: usize = 5;

/// The bytes that a fingerprint is taken of.
fn material(body: &str) -> Option<Vec<u8>> {
    let body = body.trim();
    if let Some(rest) = body.strip_prefix("-----BEGIN PUBLIC KEY-----") {
        let text: String = rest
            .strip_suffix("-----END PUBLIC KEY-----")?
            .split_whitespace()
            .collect();
        return BASE64.decode(text).ok();
    }
    let blob = BASE64
        .decode(body.strip_prefix("ssh-rsa ")?.split_whitespace().next()?)
        .ok()?;
    let (sort, _) = field(&blob)?;
    (sort == b"ssh-rsa").then_some(blob)
}

/// The first field of an OpenSSH key and what follows it.
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    rest.split_at_checked(length)
}

/// A piece of DER with its tag and length.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut length: Vec<u8> = content
        .len()
        .to_be_bytes()
        .into_iter()
        .skip_while(|byte| *byte == 0)
        .collect();
    if content.len() > 0x7f {
        length.insert(0, 0x80 | u8::try_from(length.len()).unwrap_or(0));
    } else if length.is_empty() {
        length.push(0);
    }
    [&[tag], length.as_slice(), content].concat()
}

/// An OpenSSH key in PEM form.
fn pem(body: &str) -> Option<String> {
    let blob = material(body)?;
    let (_, rest) = field(&blob)?;
    let (exponent, rest) = field(rest)?;
    let (modulus, _) = field(rest)?;
    let key = der(0x30, &[der(2, modulus), der(2, exponent)].concat());
    // The object identifier of RSA keys, 1.2.840.113549.1.1.1, and no parameters.
    let sort = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];
    let whole = der(
        0x30,
        &[sort.as_slice(), &der(3, &[&[0], key.as_slice()].concat())].concat(),
    );
    let text = BASE64.encode(whole);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    Some(format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
        lines.join("\n")
    ))
}

fn fingerprint(body: &str) -> String {
    let hash = Md5::digest(material(body).unwrap_or_default());
    let pairs: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

fn write(user: &Name, key: &SshKey, body: &str) -> Xml {
    let mut xml = Xml::new();
    xml.element("SSHPublicKey", |xml| {
        write_brief(xml, user, key);
        xml.text("Fingerprint", fingerprint(&key.body))
            .text("SSHPublicKeyBody", body);
    });
    xml
}

fn write_brief(xml: &mut Xml, user: &Name, key: &SshKey) {
    xml.text("UserName", user)
        .text("SSHPublicKeyId", &key.id)
        .text("Status", &key.status)
        .text("UploadDate", key.uploaded.seconds());
}

/// The words of both refusals are not confirmed.
pub(super) fn upload(world: &mut World, ask: Ask<'_>) -> Done {
    let name = ask.name("UserName", 64)?;
    let body = ask.present("SSHPublicKeyBody")?;
    ask.sized("SSHPublicKeyBody", 1, 16384)?;
    let (id, uploaded) = (world.ids.unique("APKA"), world.clock.now());
    let user = world.iam.settled_user(&name, &world.clock)?;
    let Some(new) = material(body) else {
        let message = "The specified public key is invalid.";
        return Err(Fault::new(StatusCode::BAD_REQUEST, "InvalidPublicKey", message));
    };
    if user
        .ssh_keys
        .iter()
        .any(|key| material(&key.body).as_ref() == Some(&new))
    {
        let message = format!("The specified public key is already associated with user {name}.");
        return Err(Fault::new(StatusCode::BAD_REQUEST, "DuplicateSSHPublicKey", message));
    }
    if user.ssh_keys.len() >= PER_USER {
        return Err(quota("SSHPublicKeysPerUser", PER_USER));
    }
    let key = SshKey {
        id,
        body: body.to_owned(),
        status: "Active".to_owned(),
        uploaded,
    };
    let xml = write(&user.name, &key, body);
    user.ssh_keys.push(key);
    Ok(Some(xml))
}

fn no_key(id: &str) -> Fault {
    no_such_entity(format!("The Public Key with id {id} cannot be found."))
}

fn id<'a>(ask: Ask<'a>) -> Result<&'a str, Fault> {
    ask.id("SSHPublicKeyId", 20, 128)
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let (name, id) = (ask.name("UserName", 64)?, id(ask)?);
    ask.present("Encoding")?;
    let encoding = ask.choice("Encoding", &["SSH", "PEM"])?;
    let user = world.iam.seen_user(&name, &world.clock)?;
    let key = user
        .ssh_keys
        .iter()
        .find(|key| key.id == id)
        .ok_or_else(|| no_key(id))?;
    let body = match encoding {
        Some("PEM") => pem(&key.body).unwrap_or_else(|| key.body.clone()),
        _ => key.body.clone(),
    };
    Ok(Some(write(&user.name, key, &body)))
}

pub(super) fn list(world: &World, ask: Ask<'_>, caller: &Caller) -> Done {
    let name = known_or_caller(world, ask, caller)?;
    let user = world.iam.users.seen(&name, &world.clock);
    let keys = user.into_iter().flat_map(|user: &User| user.ssh_keys.iter());
    let page = ask.page(keys.enumerate().map(|(nth, key)| (format!("{nth:04}"), key)))?;
    Ok(Some(
        page.write("SSHPublicKeys", |xml, key| write_brief(xml, &name, key)),
    ))
}

pub(super) fn update(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, id) = (ask.name("UserName", 64)?, id(ask)?);
    ask.present("Status")?;
    let status = ask.choice("Status", &["Active", "Inactive"])?.unwrap_or("Active");
    let user = world.iam.settled_user(&name, &world.clock)?;
    let key = user
        .ssh_keys
        .iter_mut()
        .find(|key| key.id == id)
        .ok_or_else(|| no_key(id))?;
    status.clone_into(&mut key.status);
    Ok(None)
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, id) = (ask.name("UserName", 64)?, id(ask)?);
    let user = world.iam.settled_user(&name, &world.clock)?;
    let nth = user
        .ssh_keys
        .iter()
        .position(|key| key.id == id)
        .ok_or_else(|| no_key(id))?;
    user.ssh_keys.remove(nth);
    Ok(None)
}
