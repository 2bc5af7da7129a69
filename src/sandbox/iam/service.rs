//! Credentials that are good for one service only.
//!
//! Invariant: a user has at most two for a service; the name at the service stays when the user is renamed; the
//! password is told when it is made and not kept.

use serde::{Deserialize, Serialize};

use super::super::{Caller, Fault, Moment, World, Xml};
use super::Done;
use super::ask::{Ask, Name};
use super::refusal::{no_such_entity, quota};
use super::user::{User, known_or_caller};

/// A credential.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceCredential {
    id: String,
    service: String,
    service_user: String,
    status: String,
    created: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<Moment>,
}

const PER_SERVICE: usize = 2;

/// The service whose credentials are an alias and a secret, and may run out.
const BEDROCK: &str = "bedrock.amazonaws.com";
const SERVICES: [&str; 3] = ["codecommit.amazonaws.com", "cassandra.amazonaws.com", BEDROCK];
const SECONDS_PER_DAY: u32 = 86400;

fn check_service(service: &str) -> Result<(), Fault> {
    if SERVICES.contains(&service) {
        return Ok(());
    }
    // The model has NotSupportedService for it, but this is what AWS answers.
    Err(no_such_entity(format!(
        "No such service {service} is supported for Service Specific Credentials"
    )))
}

fn write_brief(xml: &mut Xml, user: &Name, credential: &ServiceCredential) {
    let name = if credential.service == BEDROCK {
        "ServiceCredentialAlias"
    } else {
        "ServiceUserName"
    };
    xml.text("UserName", user)
        .text("Status", &credential.status)
        .text(name, &credential.service_user)
        .text("CreateDate", credential.created.seconds())
        .optional("ExpirationDate", credential.expires.map(Moment::seconds))
        .text("ServiceSpecificCredentialId", &credential.id)
        .text("ServiceName", &credential.service);
}

fn write(user: &Name, credential: &ServiceCredential, secret: &str) -> Xml {
    let name = if credential.service == BEDROCK {
        "ServiceCredentialSecret"
    } else {
        "ServicePassword"
    };
    let mut xml = Xml::new();
    xml.element("ServiceSpecificCredential", |xml| {
        write_brief(xml, user, credential);
        xml.text(name, secret);
    });
    xml
}

/// The user's name at the service: `ada-at-123456789012`, then `ada+1-at-123456789012`.
fn service_user(user: &User, account: &str) -> String {
    let named = |nth: usize| match nth {
        0 => format!("{}-at-{account}", user.name),
        nth => format!("{}+{nth}-at-{account}", user.name),
    };
    let taken = |name: &String| user.service_credentials.iter().any(|found| found.service_user == *name);
    (0..).map(named).find(|name| !taken(name)).unwrap_or_default()
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, service) = (ask.name("UserName", 64)?, ask.present("ServiceName")?);
    let days = ask.number("CredentialAgeDays", 1, 36600)?;
    world.iam.seen_user(&name, &world.clock)?;
    check_service(service)?;
    let (id, secret) = (world.ids.unique("ACCA"), world.ids.secret(44));
    let created = world.clock.now();
    let account = world.account.clone();
    let user = world.iam.user_mut(&name)?;
    let present = user.service_credentials.iter().filter(|found| found.service == service);
    if present.count() >= PER_SERVICE {
        return Err(quota("ServiceSpecificCredentialsPerUser", PER_SERVICE));
    }
    let seconds = days.map(|days| i64::from(days.saturating_mul(SECONDS_PER_DAY)));
    let credential = ServiceCredential {
        id,
        service: service.to_owned(),
        service_user: service_user(user, &account),
        status: "Active".to_owned(),
        created,
        expires: seconds.map(|seconds| created.plus_seconds(seconds)),
    };
    let xml = write(&user.name, &credential, &secret);
    user.service_credentials.push(credential);
    Ok(Some(xml))
}

pub(super) fn list(world: &World, ask: Ask<'_>, caller: &Caller) -> Done {
    let every = ask.flag("AllUsers")?.unwrap_or(false);
    let name = (!every).then(|| known_or_caller(world, ask, caller)).transpose()?;
    let service = ask.text("ServiceName");
    service.map_or(Ok(()), check_service)?;
    let users = world.iam.seen_users(&world.clock);
    let asked = users.filter(|user| name.as_ref().is_none_or(|name| user.name == *name));
    let found = asked.flat_map(|user| user.service_credentials.iter().map(move |found| (user, found)));
    let wanted = found.filter(|(_, found)| service.is_none_or(|service| found.service == service));
    let numbered = wanted.enumerate().map(|(nth, found)| (format!("{nth:06}"), found));
    let page = ask.page(numbered)?;
    Ok(Some(page.write(
        "ServiceSpecificCredentials",
        |xml, (user, credential)| {
            write_brief(xml, &user.name, credential);
        },
    )))
}

/// The credential that a request names, with its user.
struct Asked<'a> {
    user: Name,
    id: &'a str,
}

fn asked<'a>(world: &World, ask: Ask<'a>, caller: &Caller) -> Result<Asked<'a>, Fault> {
    let id = ask.id("ServiceSpecificCredentialId", 20, 128)?;
    let user = known_or_caller(world, ask, caller)?;
    let holds = |user: &User| user.service_credentials.iter().any(|found| found.id == id);
    if world.iam.users.get(&user).is_some_and(holds) {
        return Ok(Asked { user, id });
    }
    Err(no_such_entity(format!("No such credential {id} exists")))
}

fn change<T>(
    world: &mut World,
    asked: &Asked<'_>,
    change: impl FnOnce(&Name, &mut ServiceCredential) -> T,
) -> Result<T, Fault> {
    let user = world.iam.user_mut(&asked.user)?;
    let found = user.service_credentials.iter_mut().find(|found| found.id == asked.id);
    let missing = || no_such_entity(format!("No such credential {} exists", asked.id));
    Ok(change(&user.name, found.ok_or_else(missing)?))
}

pub(super) fn update(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    ask.present("Status")?;
    let status = ask.choice("Status", &["Active", "Inactive"])?.unwrap_or("Active");
    let asked = asked(world, ask, caller)?;
    change(world, &asked, |_, found| status.clone_into(&mut found.status))?;
    Ok(None)
}

pub(super) fn reset(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let asked = asked(world, ask, caller)?;
    let secret = world.ids.secret(44);
    change(world, &asked, |user, found| write(user, found, &secret)).map(Some)
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let asked = asked(world, ask, caller)?;
    let user = world.iam.user_mut(&asked.user)?;
    user.service_credentials.retain(|found| found.id != asked.id);
    Ok(None)
}
