//! Weighs a request's members against the shapes of a service model.
//!
//! Invariant: a member of the wrong type is refused at once (`SerializationException`); all else that is wrong is told
//! together (`ValidationException`), in the order of the members. Members that the model does not know are passed over.

use serde_json::{Map, Value};

use super::fault;
use crate::sandbox::{Fault, constraint};

/// What the model says of a value.
pub(super) enum Shape {
    Text(Text),
    OneOf(&'static [&'static str]),
    Number(i64, i64),
    Flag,
    Time,
    List {
        least: usize,
        most: usize,
        of: &'static Self,
    },
    Map {
        most: usize,
        of: &'static Self,
    },
    Record(&'static [Member]),
}

/// What the model says of a text.
pub(super) struct Text {
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) pattern: Option<Pattern>,
}

/// The model's pattern as it is spelled in messages, and what passes it.
pub(super) type Pattern = (&'static str, fn(&str) -> bool);

/// One member of a record.
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) need: Need,
    pub(super) shape: &'static Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
}

pub(super) const fn must(name: &'static str, shape: &'static Shape) -> Member {
    Member {
        name,
        need: Need::Required,
        shape,
    }
}

pub(super) const fn may(name: &'static str, shape: &'static Shape) -> Member {
    Member {
        name,
        need: Need::Optional,
        shape,
    }
}

/// Refuses members that don't fit.
pub(super) fn check(members: &[Member], found: &Map<String, Value>) -> Result<(), Fault> {
    let mut wrong = Vec::new();
    record(members, found, "", &mut wrong)?;
    constraint::told(&wrong).map_or(Ok(()), |message| Err(fault::invalid(message)))
}

/// The same members without those that the model does not know, as the service keeps them.
pub(super) fn known(shape: &Shape, value: &Value) -> Value {
    match (shape, value) {
        (Shape::Record(members), Value::Object(found)) => {
            let kept = members.iter().filter_map(|member| {
                let value = found.get(member.name).filter(|value| !value.is_null())?;
                Some((member.name.to_owned(), known(member.shape, value)))
            });
            Value::Object(kept.collect())
        }
        (Shape::List { of, .. }, Value::Array(found)) => {
            Value::Array(found.iter().map(|value| known(of, value)).collect())
        }
        _ => value.clone(),
    }
}

/// `TargetArn` as `targetArn`: so messages call members.
fn spoken(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

fn record(members: &[Member], found: &Map<String, Value>, at: &str, wrong: &mut Vec<String>) -> Result<(), Fault> {
    for member in members {
        let name = spoken(member.name);
        let at = if at.is_empty() { name } else { format!("{at}.{name}") };
        match found.get(member.name).filter(|value| !value.is_null()) {
            Some(value) => weigh(member.shape, value, &at, wrong)?,
            None if member.need == Need::Required => wrong.push(constraint::absent(&at)),
            None => {}
        }
    }
    Ok(())
}

fn complain(value: &str, at: &str, rule: &str, wrong: &mut Vec<String>) {
    wrong.push(constraint::broken(at, value, rule));
}

fn weigh(shape: &Shape, value: &Value, at: &str, wrong: &mut Vec<String>) -> Result<(), Fault> {
    match (shape, value) {
        (Shape::Text(model), Value::String(found)) => text(model, found, at, wrong),
        (Shape::OneOf(values), Value::String(found)) => {
            if !values.contains(&found.as_str()) {
                let rule = format!("satisfy enum value set: [{}]", values.join(", "));
                complain(found, at, &rule, wrong);
            }
        }
        (Shape::Number(least, most), Value::Number(found)) => {
            // Fractions are cut off, as AWS's deserialiser does.
            let number = found
                .as_i64()
                .or_else(|| found.as_f64().map(|found| found as i64))
                .unwrap_or(i64::MAX);
            if number < *least {
                complain(
                    &number.to_string(),
                    at,
                    &format!("have value greater than or equal to {least}"),
                    wrong,
                );
            }
            if number > *most {
                complain(
                    &number.to_string(),
                    at,
                    &format!("have value less than or equal to {most}"),
                    wrong,
                );
            }
        }
        (Shape::Flag, Value::Bool(_)) | (Shape::Time, Value::Number(_) | Value::String(_)) => {}
        (Shape::List { least, most, of }, Value::Array(found)) => {
            let told = || Value::Array(found.clone()).to_string();
            if found.len() < *least {
                complain(
                    &told(),
                    at,
                    &format!("have length greater than or equal to {least}"),
                    wrong,
                );
            }
            if found.len() > *most {
                complain(&told(), at, &format!("have length less than or equal to {most}"), wrong);
            }
            for (nth, value) in (1..).zip(found) {
                weigh(of, value, &format!("{at}.{nth}.member"), wrong)?;
            }
        }
        (Shape::Map { most, of }, Value::Object(found)) => {
            if found.len() > *most {
                let told = Value::Object(found.clone()).to_string();
                complain(&told, at, &format!("have length less than or equal to {most}"), wrong);
            }
            for (key, value) in found {
                weigh(of, value, &format!("{at}.{key}.member"), wrong)?;
            }
        }
        (Shape::Record(members), Value::Object(found)) => record(members, found, at, wrong)?,
        _ => return Err(fault::unreadable(shape, value)),
    }
    Ok(())
}

fn text(model: &Text, found: &str, at: &str, wrong: &mut Vec<String>) {
    if let Some((pattern, passes)) = model.pattern
        && !passes(found)
    {
        complain(
            found,
            at,
            &format!("satisfy regular expression pattern: {pattern}"),
            wrong,
        );
    }
    let length = found.chars().count();
    if length < model.least {
        let rule = format!("have length greater than or equal to {}", model.least);
        complain(found, at, &rule, wrong);
    }
    if length > model.most {
        complain(
            found,
            at,
            &format!("have length less than or equal to {}", model.most),
            wrong,
        );
    }
}
