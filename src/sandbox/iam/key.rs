//! Access keys.
//!
//! Invariant: a key belongs to a user that exists; its secret is told once and never shown again.

use serde::{Deserialize, Serialize};

use super::super::identity::{Use, Uses};
use super::super::{Caller, Fault, Moment, Standing, Tempo, World, Xml};
use super::ask::{Ask, Name};
use super::refusal::{denied, no_such_entity, quota};
use super::user::{known_or_caller, no_user};
use super::{ADMINISTRATOR_ID, Done, State, administrator_arn};

/// Real key ids carry their account in these characters; here they tell the sandbox's own keys from others.
const OURS: &str = "SBX";
const PER_USER: usize = 2;

/// An access key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccessKey {
    id: String,
    user: Name,
    status: String,
    created: Moment,
    /// What the key's requests have to be signed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// The call that made it; keys are listed in this order.
    nth: u64,
}

/// Whether this account made the access key id.
#[must_use]
pub fn is_ours(key: &str) -> bool {
    key.get(4..).is_some_and(|rest| rest.starts_with(OURS))
}

impl AccessKey {
    /// Which of a user's keys came first.
    pub(super) fn nth(&self) -> u64 {
        self.nth
    }

    /// What the credential report tells of a key.
    pub(super) fn cells(&self, uses: &Uses) -> [String; 5] {
        let time = |moment: Moment| moment.seconds().replace('Z', "+00:00");
        let used = uses.get(&self.id);
        let told = |of: fn(&Use) -> String| used.map_or_else(|| "N/A".to_owned(), of);
        [
            (self.status == "Active").to_string(),
            time(self.created),
            used.map_or_else(|| "N/A".to_owned(), |used| time(used.at)),
            told(|used| used.region.clone()),
            told(|used| used.service.clone()),
        ]
    }
}

impl State {
    pub(super) fn keys_of(&self, user: &Name) -> impl Iterator<Item = &AccessKey> {
        self.keys.values().filter(move |key| key.user == *user)
    }

    pub(super) fn rename_keys(&mut self, old: &Name, new: &Name) {
        let ids: Vec<String> = self.keys_of(old).map(|key| key.id.clone()).collect();
        for id in ids {
            if let Some(key) = self.keys.get_mut(&id) {
                key.user = new.clone();
            }
        }
    }

    /// The user that an active access key belongs to.
    #[must_use]
    pub fn caller(&self, key: &str) -> Option<Caller> {
        let key = self.keys.get(&key.to_owned()).filter(|key| key.status == "Active")?;
        let administrator = administrator_arn(&self.account);
        if administrator.ends_with(&format!("/{}", key.user)) && !self.users.contains(&key.user) {
            return Some(Caller {
                arn: administrator,
                user_id: ADMINISTRATOR_ID.to_owned(),
                user_name: None,
                standing: Standing::Administrator,
            });
        }
        let user = self.users.get(&key.user)?;
        let user_name = Some(user.name.as_str().to_owned());
        Some(Caller {
            arn: user.arn(&self.account),
            user_id: user.id.clone(),
            user_name,
            standing: Standing::User,
        })
    }

    /// The secret of an access key; keys of accounts that were made before secrets were kept have none.
    pub(in crate::sandbox) fn secret(&self, key: &str) -> Option<&str> {
        self.keys.get(&key.to_owned())?.secret.as_deref()
    }
}

/// A new key id, such as `AKIA…` or `ASIA…`, and its secret.
pub(in crate::sandbox) fn draw(world: &mut World, prefix: &str) -> (String, String) {
    let id = format!("{prefix}{OURS}{}", world.ids.base32(13));
    (id, world.ids.secret(40))
}

fn no_key(id: &str) -> Fault {
    no_such_entity(format!("The Access Key with id {id} cannot be found."))
}

pub(super) fn create(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let asked = known_or_caller(world, ask, caller)?;
    let user = match world.iam.users.get(&asked) {
        Some(user) => user.name.clone(),
        None if ask.text("UserName").is_some() => return Err(no_user(&asked)),
        // The administrator, whom no list shows.
        None => asked,
    };
    if world.iam.keys_of(&user).count() >= PER_USER {
        return Err(quota("AccessKeysPerUser", PER_USER));
    }
    let (id, secret) = draw(world, "AKIA");
    let (created, nth) = (world.clock.now(), world.clock.count(Tempo::Calls));
    let key = AccessKey {
        id: id.clone(),
        user,
        status: "Active".to_owned(),
        created,
        secret: Some(secret.clone()),
        nth,
    };
    let mut xml = Xml::new();
    xml.element("AccessKey", |xml| {
        xml.text("UserName", &key.user)
            .text("AccessKeyId", &key.id)
            .text("Status", &key.status);
        xml.text("SecretAccessKey", secret)
            .text("CreateDate", key.created.seconds());
    });
    world.iam.keys.insert(id, key);
    Ok(Some(xml))
}

pub(super) fn list(world: &World, ask: Ask<'_>, caller: &Caller) -> Done {
    let user = known_or_caller(world, ask, caller)?;
    let keys = world.iam.keys.all_seen(&world.clock).map(|(_, key)| key);
    let mut keys: Vec<_> = keys
        .filter(|key| key.user == user)
        .map(|key| (format!("{:020}", key.nth), key))
        .collect();
    keys.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut xml = ask.page(keys)?.write("AccessKeyMetadata", |xml, key| {
        xml.text("UserName", &key.user)
            .text("AccessKeyId", &key.id)
            .text("Status", &key.status);
        xml.text("CreateDate", key.created.seconds());
    });
    if let Some(user) = world.iam.users.get(&user) {
        xml.text("UserName", &user.name);
    }
    Ok(Some(xml))
}

fn asked<'a>(world: &World, ask: Ask<'a>, caller: &Caller) -> Result<&'a str, Fault> {
    let id = ask.id("AccessKeyId", 16, 128)?;
    let user = known_or_caller(world, ask, caller)?;
    let known = world.iam.keys.get(&id.to_owned()).is_some_and(|key| key.user == user);
    if known { Ok(id) } else { Err(no_key(id)) }
}

pub(super) fn update(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    ask.present("Status")?;
    let status = ask.choice("Status", &["Active", "Inactive"])?.unwrap_or("Active");
    let id = asked(world, ask, caller)?;
    let key = world.iam.keys.get_mut(&id.to_owned()).ok_or_else(|| no_key(id))?;
    status.clone_into(&mut key.status);
    Ok(None)
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let id = asked(world, ask, caller)?;
    world.iam.keys.remove(&id.to_owned()).ok_or_else(|| no_key(id))?;
    Ok(None)
}

/// A key that is not the account's looks like one that the caller may not ask about.
pub(super) fn last_used(world: &World, ask: Ask<'_>, caller: &Caller) -> Done {
    let id = ask.id("AccessKeyId", 16, 128)?.to_owned();
    let Some(key) = world.iam.keys.seen(&id, &world.clock) else {
        let arn = &caller.arn;
        return Err(denied(format!(
            "User: {arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {id}"
        )));
    };
    let used = world.last_use(&id);
    let mut xml = Xml::new();
    xml.text("UserName", &key.user).element("AccessKeyLastUsed", |xml| {
        xml.optional("LastUsedDate", used.map(|used| used.at.seconds()))
            .text("Region", used.map_or("N/A", |used| &used.region))
            .text("ServiceName", used.map_or("N/A", |used| &used.service));
    });
    Ok(Some(xml))
}
