//! Who acts in the administrator's place, where the account was opened for somebody by name.
//!
//! Invariant: only the administrator is ever replaced; a key that the account made acts for its owner. A name that the
//! account does not have (yet) is somebody without any policy.

use crate::sandbox::{Caller, Persona, Standing, World};

/// What a session of a named role is called.
const SESSION: &str = "evenkeel-sandbox";
/// The name of somebody whom the account does not have.
pub(super) const STRANGER: &str = "sandbox-policy";

/// The caller, or whoever acts in the administrator's place.
pub(in crate::sandbox) fn stand_in(world: &World, caller: Caller) -> Caller {
    match (&world.options.persona, caller.standing) {
        (Some(persona), Standing::Administrator) => of(world, persona),
        _ => caller,
    }
}

fn of(world: &World, persona: &Persona) -> Caller {
    match persona {
        Persona::User(name) => user(world, name),
        Persona::Role(name) => role(world, name),
        Persona::With(_) => role(world, STRANGER),
    }
}

fn user(world: &World, name: &str) -> Caller {
    let arn = world.iam.arn_of("user", name);
    let id = world
        .iam
        .principal_id(&arn)
        .unwrap_or_else(|| "AIDASANDBOXNOBODY2222".to_owned());
    Caller {
        arn,
        user_id: id,
        user_name: Some(name.to_owned()),
        standing: Standing::User,
    }
}

fn role(world: &World, name: &str) -> Caller {
    let arn = world.iam.arn_of("role", name);
    let id = world
        .iam
        .principal_id(&arn)
        .unwrap_or_else(|| "AROASANDBOXNOBODY2222".to_owned());
    Caller {
        arn: format!("arn:aws:sts::{}:assumed-role/{name}/{SESSION}", world.account),
        user_id: format!("{id}:{SESSION}"),
        user_name: None,
        standing: Standing::Role,
    }
}
