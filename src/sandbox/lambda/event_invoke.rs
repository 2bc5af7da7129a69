//! What happens to asynchronous invocations: retries, age, destinations.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fault::{self, Fault};
use super::function::Qualifier;
use super::reference::Reference;
use super::{listing, model, ok};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Moment, Reply, World};

/// The configuration of one edition; what isn't set isn't shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct EventInvoke {
    retries: Option<i64>,
    age: Option<i64>,
    on_success: Option<String>,
    on_failure: Option<String>,
    modified: Moment,
}

impl EventInvoke {
    fn describe(&self, arn: &str) -> Value {
        let destination = |arn: &Option<String>| match arn {
            Some(arn) => json!({ "Destination": arn }),
            None => json!({}),
        };
        let mut shown = json!({
            "FunctionArn": arn,
            "LastModified": self.modified.epoch(),
            "DestinationConfig": {
                "OnSuccess": destination(&self.on_success),
                "OnFailure": destination(&self.on_failure),
            },
        });
        if let Some(shown) = shown.as_object_mut() {
            if let Some(retries) = self.retries {
                shown.insert("MaximumRetryAttempts".into(), json!(retries));
            }
            if let Some(age) = self.age {
                shown.insert("MaximumEventAgeInSeconds".into(), json!(age));
            }
        }
        shown
    }
}

/// Whether the request replaces what there was or adds to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    Put,
    Update,
}

/// Under which name an edition's configuration is kept and shown.
fn place(qualifier: &Qualifier) -> String {
    match qualifier {
        Qualifier::Unqualified | Qualifier::Latest => "$LATEST".to_owned(),
        other => other.place(),
    }
}

fn absent(world: &World, call: &Call, reference: &Reference) -> Fault {
    let qualifier = reference.qualifier.as_deref().unwrap_or("$LATEST");
    let arn = reference.arn(world, call);
    fault::not_found(format!(
        "The function {arn}:{qualifier} doesn't have an EventInvokeConfig"
    ))
}

pub(super) fn put(world: &mut World, call: &Call, name: &str, writing: Writing) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::EVENT_INVOKE)?;
    let fields = Fields::new(&body);
    let reference = Reference::read(world, call, name)?;
    let (retries, age) = (
        fields.number("MaximumRetryAttempts")?,
        fields.number("MaximumEventAgeInSeconds")?,
    );
    let destinations = fields.object("DestinationConfig")?;
    if retries.is_none() && age.is_none() && destinations.is_none() {
        return Err(fault::invalid(
            "You must specify at least one of error handling or destination setting.",
        ));
    }
    let nobody = || fault::not_found("The function doesn't exist.");
    let function = reference.find(world, call).map_err(|_| nobody())?;
    let qualifier = function
        .qualifier(reference.qualifier.as_deref())
        .map_err(|_| nobody())?;
    let place = place(&qualifier);
    let current = function.tuning.event_invoke.get(&place).cloned();
    let (arn, own) = (format!("{}:{place}", function.arn), function.arn.clone());
    let mut config = match (writing, current) {
        (Writing::Update, Some(current)) => current,
        (Writing::Update, None) => return Err(absent(world, call, &reference)),
        (Writing::Put, _) => EventInvoke {
            retries: None,
            age: None,
            on_success: None,
            on_failure: None,
            modified: world.clock.now(),
        },
    };
    config.retries = retries.or(config.retries);
    config.age = age.or(config.age);
    if let Some(destinations) = destinations {
        for (member, kept) in [
            ("OnSuccess", &mut config.on_success),
            ("OnFailure", &mut config.on_failure),
        ] {
            if let Some(given) = destinations.object(member)? {
                let destination = given.text("Destination")?.unwrap_or_default();
                check_destination(world, call, &own, member, destination)?;
                *kept = (!destination.is_empty()).then(|| destination.into());
            }
        }
    }
    config.modified = world.clock.now();
    let shown = config.describe(&arn);
    reference
        .find_mut(world, call)?
        .tuning
        .event_invoke
        .insert(place, config);
    Ok(ok(&shown))
}

fn check_destination(world: &World, call: &Call, own: &str, member: &str, arn: &str) -> Result<(), Fault> {
    if arn.is_empty() || arn.starts_with("kafka://") {
        return Ok(());
    }
    match arn.split(':').nth(2) {
        Some("lambda") => {
            if arn == own {
                return Err(fault::invalid(
                    "You can't specify the function as a destination for itself.",
                ));
            }
            let is_there = world.lambda.in_region(&call.region).any(|function| {
                arn == function.arn
                    || arn
                        .strip_prefix(&function.arn)
                        .is_some_and(|rest| rest.starts_with(':'))
            });
            if is_there {
                return Ok(());
            }
            Err(fault::invalid(format!("The destination ARN {arn} is invalid.")))
        }
        Some("sqs" | "sns" | "events" | "s3") => Ok(()),
        _ => {
            let shown = match member {
                "OnSuccess" => format!("onSuccess=OnSuccess(destination={arn}), onFailure=null"),
                _ => format!("onSuccess=null, onFailure=OnFailure(destination={arn})"),
            };
            Err(fault::invalid(format!(
                "The provided destination config DestinationConfig({shown}) is invalid."
            )))
        }
    }
}

pub(super) fn get(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    let absent = || absent(world, call, &reference);
    let function = reference.find(world, call).map_err(|_| absent())?;
    let qualifier = function
        .qualifier(reference.qualifier.as_deref())
        .map_err(|_| absent())?;
    let place = place(&qualifier);
    let config = function.tuning.event_invoke.get(&place).ok_or_else(absent)?;
    Ok(ok(&config.describe(&format!("{}:{place}", function.arn))))
}

pub(super) fn list(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    let function = reference
        .find(world, call)
        .map_err(|_| fault::not_found("The function doesn't exist."))?;
    let configs = function.tuning.event_invoke.iter();
    let shown = configs.map(|(place, config)| (place.clone(), config.describe(&format!("{}:{place}", function.arn))));
    listing::page(call, "FunctionEventInvokeConfigs", shown, 50)
}

pub(super) fn delete(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = Reference::read(world, call, name)?;
    let fault = absent(world, call, &reference);
    let Ok(function) = reference.find_mut(world, call) else {
        return Err(fault);
    };
    let place = reference.qualifier.as_deref().unwrap_or("$LATEST");
    match function.tuning.event_invoke.remove(place) {
        Some(_) => Ok(Reply::empty(StatusCode::NO_CONTENT)),
        None => Err(fault),
    }
}
