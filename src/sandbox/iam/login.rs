//! Console passwords and the account's rule for them.
//!
//! Invariant: of a password only a digest is kept; one that breaks the rule in force is refused
//! (`PasswordPolicyViolation`).

use http::StatusCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::constraint::{ONE, told};
use super::super::spread::Delay;
use super::super::{Caller, Due, Fault, Moment, World, Xml};
use super::Done;
use super::ask::{Ask, Name};
use super::grants::Holder;
use super::refusal::{already_exists, constraint, denied, no_such_entity, unsettled, validation};
use super::user::named_or_caller;

/// A user's console access.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoginProfile {
    created: Moment,
    reset_required: bool,
    /// When the password was set, if not with the profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed: Option<Moment>,
    /// Digests of the password and those before it, the present one last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    digests: Vec<String>,
    /// From when on it can be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settled: Option<Due>,
}

impl LoginProfile {
    /// When the present password was set.
    pub(super) fn set(&self) -> Moment {
        self.changed.unwrap_or(self.created)
    }
}

fn digest(user_id: &str, password: &str) -> String {
    let hash = Sha256::digest(format!("{user_id} {password}").as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The account's rule for passwords, once one was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasswordRule {
    minimum_length: u32,
    require_symbols: bool,
    require_numbers: bool,
    require_uppercase: bool,
    require_lowercase: bool,
    allow_users_to_change: bool,
    hard_expiry: Option<bool>,
    max_age_days: Option<u32>,
    reuse_prevention: Option<u32>,
}

/// The one key of the table that the rule is kept in.
pub(super) const RULE: &str = "password-policy";

impl PasswordRule {
    /// After how many days a password expires, if it does.
    pub(super) fn max_age_days(&self) -> Option<u32> {
        self.max_age_days
    }

    /// What a password lacks, in AWS's words.
    fn complaint(&self, password: &str) -> Option<String> {
        let has = |what: fn(char) -> bool| password.chars().any(what);
        if password.chars().count() < usize::try_from(self.minimum_length).unwrap_or(usize::MAX) {
            return Some(format!(
                "Password should have a minimum length of {}",
                self.minimum_length
            ));
        }
        let symbol = |c: char| "!@#$%^&*()_+-=[]{}|'".contains(c);
        let missing = [
            (
                self.require_uppercase && !has(|c| c.is_ascii_uppercase()),
                "uppercase letter",
            ),
            (
                self.require_lowercase && !has(|c| c.is_ascii_lowercase()),
                "lowercase letter",
            ),
            (self.require_symbols && !has(symbol), "symbol"),
            (self.require_numbers && !has(|c| c.is_ascii_digit()), "number"),
        ];
        let (_, what) = missing.into_iter().find(|(lacks, _)| *lacks)?;
        Some(format!("Password should have at least one {what}"))
    }
}

/// The rule where none was set: eight characters of three sorts.
fn default_complaint(password: &str) -> Option<String> {
    if password.chars().count() < 8 {
        return Some("Password should have a minimum length of 8".to_owned());
    }
    let sorts: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_digit(),
        |c| c.is_ascii_punctuation(),
    ];
    let found = sorts.into_iter().filter(|sort| password.chars().any(sort)).count();
    (found < 3).then(|| "Password must contain at least three of the four character types".to_owned())
}

/// The password that a parameter holds. Refusals don't repeat it.
fn asked<'a>(ask: Ask<'a>, parameter: &str, spelled: &str) -> Result<&'a str, Fault> {
    let password = ask.present(parameter)?;
    let rule = match password.chars().count() {
        0 => "have length greater than or equal to 1",
        1..=128
            if password
                .chars()
                .all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')) =>
        {
            return Ok(password);
        }
        1..=128 => r"satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u00FF]+",
        _ => "have length less than or equal to 128",
    };
    Err(constraint("*****", spelled, rule))
}

fn violation(why: impl Into<String>) -> Fault {
    Fault::new(StatusCode::BAD_REQUEST, "PasswordPolicyViolation", why)
}

fn check(world: &World, password: &str) -> Result<(), Fault> {
    let complaint = match world.iam.password_rule() {
        Some(rule) => rule.complaint(password),
        None => default_complaint(password),
    };
    complaint.map_or(Ok(()), |why| Err(violation(why)))
}

/// Sets a new password, unless the rule in force remembers it.
fn replace(world: &mut World, name: &Name, password: &str) -> Result<(), Fault> {
    check(world, password)?;
    let remembered = world.iam.password_rule().and_then(|rule| rule.reuse_prevention);
    let now = world.clock.now();
    let user = world.iam.user_mut(name)?;
    let digest = digest(&user.id, password);
    let login = user.login.as_mut().ok_or_else(|| no_profile(name))?;
    let remembered = usize::try_from(remembered.unwrap_or(0)).unwrap_or(0);
    if login.digests.iter().rev().take(remembered).any(|kept| *kept == digest) {
        return Err(violation(
            "Policy constraint violation with password reuse prevention during password change.",
        ));
    }
    login.changed = Some(now);
    login.digests.push(digest);
    Ok(())
}

/// The login profile, once it can be changed.
fn settled(world: &World, name: &Name) -> Result<(), Fault> {
    let user = world.iam.seen_user(name, &world.clock)?;
    let login = world.iam.user(&user.name)?.login.as_ref();
    let login = login.ok_or_else(|| no_profile(name))?;
    if world.has_spread(login.settled) {
        return Ok(());
    }
    Err(unsettled(format!(
        "Login Profile for User {name} cannot be modified while login profile is being created."
    )))
}

fn no_profile(name: &Name) -> Fault {
    no_such_entity(format!("Login Profile for User {name} cannot be found."))
}

fn write(name: &Name, login: &LoginProfile) -> Xml {
    let mut xml = Xml::new();
    xml.element("LoginProfile", |xml| {
        xml.text("UserName", name)
            .text("CreateDate", login.created.seconds())
            .text("PasswordResetRequired", login.reset_required);
    });
    xml
}

pub(super) fn create(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let name = named_or_caller(ask, caller)?;
    let password = asked(ask, "Password", "password")?;
    let reset_required = ask.flag("PasswordResetRequired")?.unwrap_or(false);
    let user = world.iam.settled_user(&name, &world.clock)?;
    if user.login.is_some() {
        return Err(already_exists(format!("Login Profile for user {name} already exists.")));
    }
    let digests = vec![digest(&user.id, password)];
    check(world, password)?;
    let login = LoginProfile {
        created: world.clock.now(),
        reset_required,
        changed: None,
        digests,
        settled: world.spread(Delay::Login),
    };
    let user = world.iam.user_mut(&name)?;
    let xml = write(&user.name, &login);
    user.login = Some(login);
    Ok(Some(xml))
}

/// No user and no profile are told in the same words.
pub(super) fn get(world: &World, ask: Ask<'_>, caller: &Caller) -> Done {
    let name = named_or_caller(ask, caller)?;
    let user = world
        .iam
        .users
        .seen(&name, &world.clock)
        .ok_or_else(|| no_profile(&name))?;
    let login = user.login.as_ref().ok_or_else(|| no_profile(&name))?;
    Ok(Some(write(&user.name, login)))
}

pub(super) fn update(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::User.name(ask)?;
    let password = ask
        .text("Password")
        .map(|_| asked(ask, "Password", "password"))
        .transpose()?;
    let reset_required = ask.flag("PasswordResetRequired")?;
    settled(world, &name)?;
    if let Some(password) = password {
        replace(world, &name, password)?;
    }
    if let Some(login) = &mut world.iam.user_mut(&name)?.login {
        login.reset_required = reset_required.unwrap_or(login.reset_required);
    }
    Ok(None)
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let name = named_or_caller(ask, caller)?;
    settled(world, &name)?;
    world.iam.user_mut(&name)?.login = None;
    Ok(None)
}

/// A user's own change of password. The code and words for a wrong old password are not confirmed.
pub(super) fn change(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let old = asked(ask, "OldPassword", "oldPassword")?;
    let new = asked(ask, "NewPassword", "newPassword")?;
    let Some(name) = caller.user_name.as_ref().map(Name::new) else {
        let message = "Only IAM Users can change their own password.";
        return Err(Fault::new(StatusCode::BAD_REQUEST, "InvalidUserType", message));
    };
    settled(world, &name)?;
    let user = world.iam.user(&name)?;
    let digest = digest(&user.id, old);
    let login = user.login.as_ref().ok_or_else(|| no_profile(&name))?;
    if login.digests.last() != Some(&digest) {
        return Err(denied("The old password was incorrect."));
    }
    replace(world, &name, new)?;
    if let Some(login) = &mut world.iam.user_mut(&name)?.login {
        login.reset_required = false;
    }
    Ok(None)
}

fn no_rule(world: &World) -> Fault {
    no_such_entity(format!(
        "The Password Policy with domain name {} cannot be found.",
        world.account
    ))
}

/// Several broken constraints are told in one message, in the order of AWS's model.
fn together<T>(found: Result<T, Fault>, complaints: &mut Vec<String>) -> Option<T> {
    match found {
        Ok(value) => Some(value),
        Err(fault) => {
            complaints.push(fault.message.trim_start_matches(ONE).to_owned());
            None
        }
    }
}

fn numbers(ask: Ask<'_>) -> Result<[Option<u32>; 3], Fault> {
    let mut complaints = Vec::new();
    let found = [
        ("MinimumPasswordLength", 6, 128),
        ("PasswordReusePrevention", 1, 24),
        ("MaxPasswordAge", 1, 1095),
    ]
    .map(|(name, least, most)| together(ask.number(name, least, most), &mut complaints).flatten());
    told(&complaints).map_or(Ok(found), |message| Err(validation(message)))
}

/// Sets the whole rule: what the request leaves out falls back to its default, not to what was set before.
pub(super) fn update_rule(world: &mut World, ask: Ask<'_>) -> Done {
    let flag = |name: &str| ask.flag(name).map(|flag| flag.unwrap_or(false));
    let [minimum_length, reuse_prevention, max_age_days] = numbers(ask)?;
    let rule = PasswordRule {
        minimum_length: minimum_length.unwrap_or(6),
        require_symbols: flag("RequireSymbols")?,
        require_numbers: flag("RequireNumbers")?,
        require_uppercase: flag("RequireUppercaseCharacters")?,
        require_lowercase: flag("RequireLowercaseCharacters")?,
        allow_users_to_change: flag("AllowUsersToChangePassword")?,
        hard_expiry: ask.flag("HardExpiry")?,
        max_age_days,
        reuse_prevention,
    };
    world.iam.password_rule.insert(RULE.to_owned(), rule);
    Ok(None)
}

pub(super) fn get_rule(world: &World) -> Done {
    let rule = world.iam.password_rule().ok_or_else(|| no_rule(world))?;
    let mut xml = Xml::new();
    xml.element("PasswordPolicy", |xml| {
        xml.text("AllowUsersToChangePassword", rule.allow_users_to_change)
            .text("RequireUppercaseCharacters", rule.require_uppercase)
            .text("RequireSymbols", rule.require_symbols)
            .text("ExpirePasswords", rule.max_age_days.is_some())
            .optional("PasswordReusePrevention", rule.reuse_prevention)
            .text("RequireLowercaseCharacters", rule.require_lowercase)
            .optional("MaxPasswordAge", rule.max_age_days)
            .optional("HardExpiry", rule.hard_expiry)
            .text("RequireNumbers", rule.require_numbers)
            .text("MinimumPasswordLength", rule.minimum_length);
    });
    Ok(Some(xml))
}

pub(super) fn delete_rule(world: &mut World) -> Done {
    match world.iam.password_rule.remove(&RULE.to_owned()) {
        Some(_) => Ok(None),
        None => Err(no_such_entity(
            "The account policy with name PasswordPolicy cannot be found.",
        )),
    }
}
