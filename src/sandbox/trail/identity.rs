//! The `userIdentity` of an event.
//!
//! Invariant: forms as in the CloudTrail user guide, "CloudTrail userIdentity element".

use serde_json::{Value, json};

use crate::sandbox::{Call, Standing, World};

/// The element, and the name that lookups by `Username` find.
pub(super) fn of(world: &World, call: &Call) -> (Value, String) {
    let caller = &call.caller;
    let key = call.access_key.as_deref().unwrap_or_default();
    let last = caller.arn.rsplit('/').next().unwrap_or_default().to_owned();
    if caller.arn.ends_with(":root") {
        let root = json!({
            "type": "Root", "principalId": world.account, "arn": caller.arn, "accountId": world.account,
            "accessKeyId": key,
        });
        return (root, "root".to_owned());
    }
    let mut shown = json!({
        "type": "IAMUser", "principalId": caller.user_id, "arn": caller.arn, "accountId": world.account,
        "accessKeyId": key,
    });
    match caller.standing {
        Standing::Administrator | Standing::User => set(&mut shown, "userName", json!(last)),
        Standing::Session => {
            set(&mut shown, "userName", json!(last));
            set(&mut shown, "sessionContext", context(world, &json!({})));
        }
        Standing::Role => {
            set(&mut shown, "type", json!("AssumedRole"));
            set(&mut shown, "sessionContext", context(world, &role(world, call)));
        }
        Standing::Federated => {
            set(&mut shown, "type", json!("FederatedUser"));
            set(
                &mut shown,
                "sessionContext",
                context(world, &json!({ "type": "IAMUser" })),
            );
        }
        Standing::Nobody => shown = json!({ "type": "AWSAccount", "principalId": "", "accountId": "anonymous" }),
    }
    (shown, last)
}

fn set(shown: &mut Value, name: &str, value: Value) {
    if let Some(shown) = shown.as_object_mut() {
        shown.insert(name.to_owned(), value);
    }
}

fn context(world: &World, issuer: &Value) -> Value {
    json!({
        "sessionIssuer": issuer,
        "attributes": { "creationDate": world.clock.now().seconds(), "mfaAuthenticated": "false" },
    })
}

/// The role whose session calls; the session's ARN lacks its path.
fn role(world: &World, call: &Call) -> Value {
    let id = call.caller.user_id.split(':').next().unwrap_or_default();
    let name = call.caller.arn.split('/').nth(1).unwrap_or_default();
    json!({
        "type": "Role", "principalId": id, "arn": world.iam.principal_arn(id), "accountId": world.account,
        "userName": name,
    })
}
