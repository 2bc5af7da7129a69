//! Console passwords and the account's rule for them.
//!
//! Invariant: no password is kept; one that breaks the rule in force is refused (`PasswordPolicyViolation`).

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::super::{Caller, Fault, Moment, World, Xml};
use super::Done;
use super::ask::{Ask, Name};
use super::grants::Holder;
use super::refusal::{already_exists, constraint, no_such_entity};
use super::user::named_or_caller;

/// A user's console access; the password itself is not kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoginProfile {
    created: Moment,
    reset_required: bool,
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
    hard_expiry: bool,
    max_age_days: Option<u32>,
    reuse_prevention: Option<u32>,
}

/// The one key of the table that the rule is kept in.
pub(super) const RULE: &str = "password-policy";

impl PasswordRule {
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

fn check(world: &World, password: &str) -> Result<(), Fault> {
    if password.chars().count() > 128 {
        return Err(constraint("*****", "password", "have length less than or equal to 128"));
    }
    let complaint = match world.iam.password_rule() {
        Some(rule) => rule.complaint(password),
        None => default_complaint(password),
    };
    complaint.map_or(Ok(()), |why| {
        Err(Fault::new(StatusCode::BAD_REQUEST, "PasswordPolicyViolation", why))
    })
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

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::User.name(ask)?;
    let user = world.iam.user(&name)?;
    if user.login.is_some() {
        return Err(already_exists(format!("Login Profile for user {name} already exists.")));
    }
    check(world, ask.required("Password")?)?;
    let reset_required = ask.flag("PasswordResetRequired")?.unwrap_or(false);
    let login = LoginProfile {
        created: world.clock.now(),
        reset_required,
    };
    let xml = write(&user.name, &login);
    world.iam.user_mut(&name)?.login = Some(login);
    Ok(Some(xml))
}

pub(super) fn get(world: &World, ask: Ask<'_>, caller: &Caller) -> Done {
    let name = named_or_caller(ask, caller)?;
    let user = world.iam.users.get(&name).ok_or_else(|| no_profile(&name))?;
    let login = user.login.as_ref().ok_or_else(|| no_profile(&name))?;
    Ok(Some(write(&user.name, login)))
}

pub(super) fn update(world: &mut World, ask: Ask<'_>) -> Done {
    let name = Holder::User.name(ask)?;
    if let Some(password) = ask.text("Password") {
        check(world, password)?;
    }
    let reset_required = ask.flag("PasswordResetRequired")?;
    let login = world
        .iam
        .user_mut(&name)?
        .login
        .as_mut()
        .ok_or_else(|| no_profile(&name))?;
    login.reset_required = reset_required.unwrap_or(login.reset_required);
    Ok(None)
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>, caller: &Caller) -> Done {
    let name = named_or_caller(ask, caller)?;
    match world.iam.user_mut(&name)?.login.take() {
        Some(_) => Ok(None),
        None => Err(no_profile(&name)),
    }
}

fn no_rule(world: &World) -> Fault {
    no_such_entity(format!(
        "The Password Policy with domain name {} cannot be found.",
        world.account
    ))
}

/// Sets the whole rule: what the request leaves out falls back to its default, not to what was set before.
pub(super) fn update_rule(world: &mut World, ask: Ask<'_>) -> Done {
    let flag = |name: &str| ask.flag(name).map(|flag| flag.unwrap_or(false));
    let rule = PasswordRule {
        minimum_length: ask.number("MinimumPasswordLength", 6, 128)?.unwrap_or(6),
        require_symbols: flag("RequireSymbols")?,
        require_numbers: flag("RequireNumbers")?,
        require_uppercase: flag("RequireUppercaseCharacters")?,
        require_lowercase: flag("RequireLowercaseCharacters")?,
        allow_users_to_change: flag("AllowUsersToChangePassword")?,
        hard_expiry: flag("HardExpiry")?,
        max_age_days: ask.number("MaxPasswordAge", 1, 1095)?,
        reuse_prevention: ask.number("PasswordReusePrevention", 1, 24)?,
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
            .text("HardExpiry", rule.hard_expiry)
            .text("RequireNumbers", rule.require_numbers)
            .text("MinimumPasswordLength", rule.minimum_length);
    });
    Ok(Some(xml))
}

pub(super) fn delete_rule(world: &mut World) -> Done {
    match world.iam.password_rule.remove(&RULE.to_owned()) {
        Some(_) => Ok(None),
        None => Err(no_rule(world)),
    }
}
