//! MFA devices: virtual ones, and hardware ones that users enable.
//!
//! Invariant: a device in use names its user by unique id, so that a rename changes nothing; a hardware device is known
//! only while it is in use. Codes are not computed: whoever drives a sandbox has no authenticator at hand.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::super::{Caller, Fault, Moment, World, Xml};
use super::ask::{Ask, Name};
use super::refusal::{already_exists, constraint, delete_conflict, no_such_entity, quota};
use super::tag::{self, Keys, Tags};
use super::user::{known_or_caller, write_brief};
use super::{Done, State};

/// A device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Device {
    serial: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    in_use: Option<InUse>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Tags,
}

/// By whom a device is used, as a unique id, and since when.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct InUse {
    user_id: String,
    since: Moment,
}

/// How many devices a user may have (IAM User Guide, quotas).
const PER_USER: usize = 8;

/// A picture of one white dot stands for the QR code.
const PICTURE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==";

impl Device {
    pub(super) fn is_in_use(&self) -> bool {
        self.in_use.is_some()
    }

    /// The serial number of a virtual device is its ARN.
    fn is_virtual(&self) -> bool {
        self.serial.starts_with("arn:")
    }

    fn is_of(&self, user_id: &str) -> bool {
        self.in_use.as_ref().is_some_and(|found| found.user_id == user_id)
    }
}

fn no_device(serial: &str) -> Fault {
    no_such_entity(format!("MFA Device with serial number {serial} does not exist."))
}

impl State {
    pub(super) fn device(&self, serial: &str) -> Result<&Device, Fault> {
        self.devices.get(&serial.to_owned()).ok_or_else(|| no_device(serial))
    }

    pub(super) fn device_mut(&mut self, serial: &str) -> Result<&mut Device, Fault> {
        self.devices
            .get_mut(&serial.to_owned())
            .ok_or_else(|| no_device(serial))
    }

    pub(super) fn devices_of(&self, user_id: &str) -> impl Iterator<Item = &Device> {
        self.devices.values().filter(move |device| device.is_of(user_id))
    }

    /// The device with this serial number, if that user uses it.
    fn device_in_use(&self, user: &Name, serial: &str) -> Result<&Device, Fault> {
        let user = self.user(user)?;
        let device = self.device(serial)?;
        if device.is_of(&user.id) {
            Ok(device)
        } else {
            Err(no_device(serial))
        }
    }
}

/// The serial number that the request gives.
pub(super) fn serial<'a>(ask: Ask<'a>) -> Result<&'a str, Fault> {
    let serial = ask.present("SerialNumber")?;
    ask.sized("SerialNumber", 9, 256)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=/:,.@-".contains(c);
    if serial.chars().all(fits) {
        return Ok(serial);
    }
    let rule = r"satisfy regular expression pattern: [\w+=/:,.@-]+";
    Err(constraint(serial, "serialNumber", rule))
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let (path, name) = (ask.path()?, ask.name("VirtualMFADeviceName", 226)?);
    let tags = tag::asked(ask, Keys::Exact)?;
    let serial = format!("arn:aws:iam::{}:mfa{path}{name}", world.account);
    if world
        .iam
        .devices
        .values()
        .any(|device| device.serial.eq_ignore_ascii_case(&serial))
    {
        return Err(already_exists("MFA device already exists."));
    }
    let seed = world.ids.base32(64);
    let device = Device {
        serial: serial.clone(),
        in_use: None,
        tags,
    };
    let mut xml = Xml::new();
    xml.element("VirtualMFADevice", |xml| {
        xml.text("SerialNumber", &serial)
            .text("Base32StringSeed", BASE64.encode(seed))
            .text("QRCodePNG", PICTURE);
        tag::write(xml, &device.tags);
    });
    world.iam.devices.insert(serial, device);
    Ok(Some(xml))
}

/// Two codes of six digits. Two equal ones can't follow each other on any device; others are taken as right.
fn check_codes(ask: Ask<'_>) -> Result<(), Fault> {
    let mut codes = Vec::new();
    for parameter in ["AuthenticationCode1", "AuthenticationCode2"] {
        let code = ask.present(parameter)?;
        ask.sized(parameter, 6, 6)?;
        if !code.bytes().all(|byte| byte.is_ascii_digit()) {
            let spelled = parameter.replacen('A', "a", 1);
            return Err(constraint(code, &spelled, r"satisfy regular expression pattern: [\d]+"));
        }
        codes.push(code);
    }
    if codes.first() == codes.last() {
        let message = "Authentication code for device is not valid.";
        return Err(Fault::new(StatusCode::FORBIDDEN, "InvalidAuthenticationCode", message));
    }
    Ok(())
}

pub(super) fn enable(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, serial) = (ask.name("UserName", 128)?, serial(ask)?);
    check_codes(ask)?;
    let user_id = world.iam.seen_user(&name, &world.clock)?.id.clone();
    let known = match world.iam.device(serial) {
        Ok(device) => device.clone(),
        Err(fault) if serial.starts_with("arn:") => return Err(fault),
        Err(_) => Device {
            serial: serial.to_owned(),
            in_use: None,
            tags: Vec::new(),
        },
    };
    if known.is_in_use() {
        return Err(already_exists("MFA Device is already in use."));
    }
    if world.iam.devices_of(&user_id).count() >= PER_USER {
        return Err(quota("MFADevicesPerUser", PER_USER));
    }
    let in_use = InUse {
        user_id,
        since: world.clock.now(),
    };
    let device = Device {
        in_use: Some(in_use),
        ..known
    };
    world.iam.devices.insert(serial.to_owned(), device);
    Ok(None)
}

pub(super) fn resync(world: &World, ask: Ask<'_>) -> Done {
    let (name, serial) = (ask.name("UserName", 128)?, serial(ask)?);
    check_codes(ask)?;
    world.iam.device_in_use(&name, serial).map(|_| None)
}

pub(super) fn deactivate(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let serial = serial(ask)?.to_owned();
    let name = known_or_caller(world, ask, caller)?;
    if world.iam.device_in_use(&name, &serial)?.is_virtual() {
        world.iam.device_mut(&serial)?.in_use = None;
    } else {
        world.iam.devices.remove(&serial);
    }
    Ok(None)
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let serial = serial(ask)?.to_owned();
    if world.iam.device(&serial)?.is_in_use() {
        return Err(delete_conflict("MFA VirtualDevice in use. Must deactivate first."));
    }
    world.iam.devices.remove(&serial);
    Ok(None)
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let serial = serial(ask)?;
    let device = world.iam.device(serial)?;
    let user = device.in_use.as_ref().and_then(|found| user_of(world, found));
    if let Some(asked) = ask.text("UserName") {
        world.iam.device_in_use(&Name::new(asked), serial)?;
    }
    let mut xml = Xml::new();
    xml.optional("UserName", user.map(|user| &user.name))
        .text("SerialNumber", &device.serial)
        .optional("EnableDate", device.in_use.as_ref().map(|found| found.since.seconds()));
    Ok(Some(xml))
}

fn user_of<'a>(world: &'a World, found: &InUse) -> Option<&'a super::user::User> {
    world.iam.users.values().find(|user| user.id == found.user_id)
}

pub(super) fn list(world: &World, ask: Ask<'_>, caller: &Caller) -> Done {
    let name = known_or_caller(world, ask, caller)?;
    let user = world.iam.users.seen(&name, &world.clock);
    let devices = user.into_iter().flat_map(|user| {
        let used = world.iam.devices_of(&user.id);
        used.map(move |device| (device.serial.clone(), (user, device)))
    });
    Ok(Some(ask.page(devices)?.write("MFADevices", |xml, (user, device)| {
        xml.text("UserName", &user.name).text("SerialNumber", &device.serial);
        xml.optional("EnableDate", device.in_use.as_ref().map(|found| found.since.seconds()));
    })))
}

pub(super) fn list_virtual(world: &World, ask: Ask<'_>) -> Done {
    let status = ask.choice("AssignmentStatus", &["Assigned", "Unassigned", "Any"])?;
    let is_wanted = |device: &&Device| match status {
        Some("Assigned") => device.is_in_use(),
        Some("Unassigned") => !device.is_in_use(),
        _ => true,
    };
    let devices = world.iam.devices.values().filter(|device| device.is_virtual());
    let wanted = devices.filter(is_wanted).map(|device| (device.serial.clone(), device));
    Ok(Some(ask.page(wanted)?.write("VirtualMFADevices", |xml, device| {
        xml.text("SerialNumber", &device.serial);
        let Some(found) = &device.in_use else { return };
        xml.text("EnableDate", found.since.seconds());
        if let Some(user) = user_of(world, found) {
            xml.element("User", |xml| write_brief(xml, &world.account, user));
        }
    })))
}
