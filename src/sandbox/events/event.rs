//! Events: taking them in, and trying patterns on them. None is ever delivered.

use serde_json::{Value, json};

use super::{fault, matching, pattern, required};
use crate::sandbox::members::Fields;
use crate::sandbox::{Fault, World};

/// EventBridge user guide, quotas: the total size of a request's entries (256 KB, and 1 MB since January 2026 at the
/// latest; the larger is taken).
const LARGEST: usize = 1024 * 1024;

/// What EventBridge says of one entry, if it does not take it.
fn refusal(entry: &Fields<'_>) -> Result<Option<(&'static str, String)>, Fault> {
    for name in ["Source", "DetailType", "Detail"] {
        if entry.text(name)?.is_none_or(str::is_empty) {
            let told = format!("Parameter {name} is not valid. Reason: {name} is a required argument.");
            return Ok(Some(("InvalidArgument", told)));
        }
    }
    let detail = entry.text("Detail")?.unwrap_or_default();
    let is_object = serde_json::from_str::<Value>(detail).is_ok_and(|detail| detail.is_object());
    Ok((!is_object).then(|| ("MalformedDetail", "Detail is malformed.".to_owned())))
}

/// EventBridge user guide, "Calculating PutEvents event entry size": 14 bytes for a time, and the texts.
fn size(entry: &Fields<'_>) -> Result<usize, Fault> {
    let mut size = if entry.whole().contains_key("Time") { 14 } else { 0 };
    for name in ["Source", "DetailType", "Detail"] {
        size += entry.text(name)?.map_or(0, str::len);
    }
    let resources = entry.texts("Resources")?.unwrap_or_default();
    Ok(size + resources.iter().map(String::len).sum::<usize>())
}

/// Entries for a bus that isn't there are taken too and go nowhere.
pub(super) fn put(world: &mut World, fields: &Fields<'_>) -> Result<Value, Fault> {
    let entries = fields.list("Entries")?.into_iter().flatten();
    let entries: Vec<Fields<'_>> = entries.filter_map(Value::as_object).map(Fields::new).collect();
    let mut total = 0;
    for entry in &entries {
        total += size(entry)?;
    }
    if total > LARGEST {
        return Err(fault::invalid(
            "Total size of the entries in the request is over the limit.",
        ));
    }
    let (mut shown, mut failed) = (Vec::new(), 0);
    for entry in &entries {
        shown.push(match refusal(entry)? {
            Some((code, message)) => {
                failed += 1;
                json!({ "ErrorCode": code, "ErrorMessage": message })
            }
            None => json!({ "EventId": world.ids.uuid() }),
        });
    }
    Ok(json!({ "FailedEntryCount": failed, "Entries": shown }))
}

pub(super) fn test(fields: &Fields<'_>) -> Result<Value, Fault> {
    let text = required(fields, "EventPattern", "eventPattern")?;
    pattern::judge(text).map_err(fault::bad_pattern)?;
    let event = serde_json::from_str::<Value>(required(fields, "Event", "event")?);
    let event = event.ok().filter(Value::is_object);
    let event = event.ok_or_else(|| fault::invalid("Parameter Event is not valid."))?;
    let pattern: Value = serde_json::from_str(text).unwrap_or_default();
    let result = pattern
        .as_object()
        .is_some_and(|pattern| matching::matches(pattern, Some(&event)));
    Ok(json!({ "Result": result }))
}
