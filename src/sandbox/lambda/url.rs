//! Function URLs.
//!
//! Invariant: at most one for a function and one for each of its aliases; a new one never has the address of an old one.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fault::{self, Fault};
use super::function::{Function, Qualifier};
use super::reference::{Form, Reference};
use super::{listing, model, ok};
use crate::sandbox::members::{self, Fields};
use crate::sandbox::{Call, Moment, Reply, World};

/// The URL of a function or an alias.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Url {
    address: String,
    auth: String,
    cors: Option<Value>,
    mode: Option<String>,
    created: Moment,
    modified: Moment,
}

/// Which of the answers shows a URL; they differ in what they leave out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Created,
    Updated,
    Read,
}

impl Url {
    fn describe(&self, arn: &str, view: View) -> Value {
        let mut shown = json!({
            "FunctionUrl": self.address,
            "FunctionArn": arn,
            "AuthType": self.auth,
            "CreationTime": self.created.millis(),
        });
        if let Some(shown) = shown.as_object_mut() {
            if let Some(cors) = &self.cors {
                shown.insert("Cors".into(), cors.clone());
            }
            if view != View::Created {
                shown.insert("LastModifiedTime".into(), json!(self.modified.millis()));
            }
            match (&self.mode, view) {
                (Some(mode), _) => drop(shown.insert("InvokeMode".into(), json!(mode))),
                (None, View::Read) => drop(shown.insert("InvokeMode".into(), json!("BUFFERED"))),
                (None, View::Created | View::Updated) => {}
            }
        }
        shown
    }

    fn apply(&mut self, fields: &Fields<'_>) -> Result<(), Fault> {
        if let Some(auth) = fields.text("AuthType")? {
            self.auth = auth.into();
        }
        if let Some(mode) = fields.text("InvokeMode")? {
            self.mode = Some(mode.into());
        }
        if let Some(cors) = fields.object("Cors")? {
            // Replaced whole; an empty one takes it away.
            let cors = cors.whole();
            self.cors = (!cors.is_empty()).then(|| Value::Object(cors.clone()));
        }
        Ok(())
    }
}

fn reference(world: &World, call: &Call, name: &str) -> Result<Reference, Fault> {
    Reference::read_as(world, call, name, Form::Url)
}

/// The function, if it has the alias that was asked for.
fn qualified<'a>(world: &'a World, call: &Call, reference: &Reference) -> Result<(&'a Function, Qualifier), Fault> {
    let function = reference.find(world, call)?;
    let qualifier = function.qualifier(reference.qualifier.as_deref())?;
    Ok((function, qualifier))
}

fn no_function(_: Fault) -> Fault {
    fault::not_found("Function does not exist")
}

pub(super) fn create(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::NEW_URL)?;
    model::check(&body, model::URL)?;
    let reference = reference(world, call, name)?;
    let (function, qualifier) = qualified(world, call, &reference).map_err(no_function)?;
    let arn = qualifier.arn(&function.arn);
    if function.urls.contains_key(&qualifier.place()) {
        return Err(fault::conflict(format!(
            "Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists for \
             this Lambda function"
        )));
    }
    let now = world.clock.now();
    let id = world.ids.base32(32).to_ascii_lowercase();
    let mut url = Url {
        address: format!("https://{id}.lambda-url.{}.on.aws/", call.region),
        auth: String::new(),
        cors: None,
        mode: None,
        created: now,
        modified: now,
    };
    url.apply(&Fields::new(&body))?;
    let shown = url.describe(&arn, View::Created);
    reference.find_mut(world, call)?.urls.insert(qualifier.place(), url);
    Ok(Reply::json(StatusCode::CREATED, &shown))
}

pub(super) fn update(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let body = members::body(call)?;
    model::check(&body, model::URL)?;
    let reference = reference(world, call, name)?;
    let (function, qualifier) = qualified(world, call, &reference).map_err(no_function)?;
    let arn = qualifier.arn(&function.arn);
    let now = world.clock.now();
    let function = reference.find_mut(world, call)?;
    let url = function
        .urls
        .get_mut(&qualifier.place())
        .ok_or_else(fault::no_resource)?;
    url.apply(&Fields::new(&body))?;
    url.modified = now;
    Ok(ok(&url.describe(&arn, View::Updated)))
}

pub(super) fn get(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = reference(world, call, name)?;
    let (function, qualifier) = qualified(world, call, &reference).map_err(|_| fault::no_resource())?;
    let url = function.urls.get(&qualifier.place()).ok_or_else(fault::no_resource)?;
    Ok(ok(&url.describe(&qualifier.arn(&function.arn), View::Read)))
}

pub(super) fn list(world: &World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let function = reference(world, call, name)?.find(world, call).map_err(no_function)?;
    let shown = function.urls.iter().map(|(place, url)| {
        let arn = if place.is_empty() {
            function.arn.clone()
        } else {
            format!("{}:{place}", function.arn)
        };
        (place.clone(), url.describe(&arn, View::Read))
    });
    listing::page(call, "FunctionUrlConfigs", shown, 50)
}

pub(super) fn delete(world: &mut World, call: &Call, name: &str) -> Result<Reply, Fault> {
    let reference = reference(world, call, name)?;
    let (_, qualifier) = qualified(world, call, &reference).map_err(|_| fault::no_resource())?;
    let removed = reference.find_mut(world, call)?.urls.remove(&qualifier.place());
    removed.ok_or_else(fault::no_resource)?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
