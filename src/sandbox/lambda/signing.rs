//! Code signing configurations, and which one a function has.
//!
//! Invariant: a configuration that a function has can't be deleted. No signature is ever looked at.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fault::{self, Fault};
use super::reference::Reference;
use super::{listing, model, ok};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Moment, Reply, World};

/// A configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Signing {
    id: String,
    arn: String,
    description: Option<String>,
    publishers: Value,
    policy: String,
    modified: Moment,
    pub(super) tags: std::collections::BTreeMap<String, String>,
}

impl Signing {
    fn describe(&self) -> Value {
        let mut shown = json!({
            "CodeSigningConfigId": self.id,
            "CodeSigningConfigArn": self.arn,
            "AllowedPublishers": self.publishers,
            "CodeSigningPolicies": { "UntrustedArtifactOnDeployment": self.policy },
            "LastModified": self.modified.lambda(),
        });
        if let (Some(description), Some(shown)) = (&self.description, shown.as_object_mut()) {
            shown.insert("Description".into(), json!(description));
        }
        shown
    }

    fn apply(&mut self, fields: &Fields<'_>) -> Result<(), Fault> {
        if let Some(description) = fields.text("Description")? {
            self.description = Some(description.into());
        }
        if let Some(publishers) = fields.object("AllowedPublishers")? {
            self.publishers = Value::Object(publishers.whole().clone());
        }
        if let Some(policies) = fields.object("CodeSigningPolicies")?
            && let Some(policy) = policies.text("UntrustedArtifactOnDeployment")?
        {
            self.policy = policy.into();
        }
        Ok(())
    }
}

/// The key of a configuration by its ARN.
pub(super) fn key_of(call: &Call, arn: &str) -> String {
    let id = arn.rsplit(':').next().unwrap_or_default();
    format!("{}/{id}", call.region)
}

fn absent(arn: &str) -> Fault {
    fault::not_found(format!("The Lambda code signing configuration {arn} can not be found."))
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::NEW_SIGNING)?;
    let fields = Fields::new(&body);
    let id = format!("csc-{}", world.ids.hex(17));
    let mut signing = Signing {
        arn: format!(
            "arn:aws:lambda:{}:{}:code-signing-config:{id}",
            call.region, world.account
        ),
        id,
        description: None,
        publishers: Value::Null,
        policy: "Warn".to_owned(),
        modified: world.clock.now(),
        tags: fields.texts_by_name("Tags")?.unwrap_or_default(),
    };
    signing.apply(&fields)?;
    let shown = json!({ "CodeSigningConfig": signing.describe() });
    world.lambda.signing.insert(key_of(call, &signing.arn), signing);
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

pub(super) fn get(world: &World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    let found = world
        .lambda
        .signing
        .get(&key_of(call, arn))
        .ok_or_else(|| absent(arn))?;
    Ok(ok(&json!({ "CodeSigningConfig": found.describe() })))
}

pub(super) fn update(world: &mut World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    let now = world.clock.now();
    let found = world
        .lambda
        .signing
        .get_mut(&key_of(call, arn))
        .ok_or_else(|| absent(arn))?;
    found.apply(&Fields::new(&body))?;
    found.modified = now;
    Ok(ok(&json!({ "CodeSigningConfig": found.describe() })))
}

pub(super) fn list(world: &World, call: &Call) -> Result<Reply, Fault> {
    let prefix = format!("{}/", call.region);
    let here = world
        .lambda
        .signing
        .from(&prefix)
        .take_while(|(key, _)| key.starts_with(&prefix));
    let shown = here.map(|(key, signing)| (key.clone(), signing.describe()));
    listing::page(call, "CodeSigningConfigs", shown, 50)
}

fn users<'a>(world: &'a World, call: &Call, arn: &'a str) -> impl Iterator<Item = &'a str> {
    let functions = world.lambda.in_region(&call.region);
    functions
        .filter(move |function| function.tuning.signing.as_deref() == Some(arn))
        .map(|function| function.arn.as_str())
}

pub(super) fn functions(world: &World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    world
        .lambda
        .signing
        .get(&key_of(call, arn))
        .ok_or_else(|| absent(arn))?;
    let shown = users(world, call, arn).map(|function| (function.to_owned(), json!(function)));
    listing::page(call, "FunctionArns", shown, 50)
}

pub(super) fn delete(world: &mut World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    if users(world, call, arn).next().is_some() {
        // The exact words are not known; the rule is the API reference's.
        return Err(fault::conflict(format!(
            "The code signing configuration {arn} is used by a function and can not be deleted."
        )));
    }
    world
        .lambda
        .signing
        .remove(&key_of(call, arn))
        .ok_or_else(|| absent(arn))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

pub(super) fn of_function(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let function = Reference::read(world, call, name)?.find(world, call)?;
    let mut shown = json!({ "FunctionName": function.name });
    if let (Some(arn), Some(shown)) = (&function.tuning.signing, shown.as_object_mut()) {
        shown.insert("CodeSigningConfigArn".into(), json!(arn));
    }
    Ok(ok(&shown))
}

pub(super) fn put_on_function(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::SIGNING)?;
    let arn = Fields::new(&body).text("CodeSigningConfigArn")?.unwrap_or_default();
    if !world.lambda.signing.contains(&key_of(call, arn)) {
        let message = format!(
            "The code signing configuration cannot be found. Check that the provided configuration is not deleted: {arn}."
        );
        return Err(Fault::new(
            StatusCode::NOT_FOUND,
            "CodeSigningConfigNotFoundException",
            message,
        ));
    }
    let reference = Reference::read(world, call, name)?;
    reference.find_mut(world, call)?.tuning.signing = Some(arn.into());
    let shown = json!({ "CodeSigningConfigArn": arn, "FunctionName": reference.name });
    Ok(ok(&shown))
}

pub(super) fn delete_from_function(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    reference.find_mut(world, call)?.tuning.signing = None;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
