//! Managed policies that no file declares and nobody has read.
//!
//! Invariant: a document of AWS's own is only ever used together with the day of the data that it comes from.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use crate::catalogue;
use crate::names::Arn;
use crate::policy_doc::{Document, Policy};

use super::model::Text;

/// What a managed policy says that is not in the world itself.
#[must_use]
pub(super) fn text(arn: &Arn) -> Text {
    let Some(name) = arn.policy_name().filter(|_| arn.is_aws_managed_policy()) else {
        return Text::Unread(format!("{arn} has not been read"));
    };
    match read(name.as_str()) {
        Some(document) => Text::Known(document),
        None => Text::Unread(format!("the catalogue has no document of {name}")),
    }
}

/// What answers say of a document that comes from the catalogue: "v3 of 2026-09-30"; `None` where it has none.
#[must_use]
pub(super) fn edition(arn: &Arn) -> Option<String> {
    let name = arn.policy_name().filter(|_| arn.is_aws_managed_policy())?;
    let found = catalogue::managed_version(name.as_str())?;
    Some(format!("AWS's {} of {}", found.version, found.updated))
}

/// Documents that were parsed once: an environment of fifty teams names the same few.
static PARSED: LazyLock<Mutex<BTreeMap<String, Option<Arc<Document>>>>> = LazyLock::new(Mutex::default);

fn read(name: &str) -> Option<Arc<Document>> {
    let Ok(mut parsed) = PARSED.lock() else { return None };
    let parse = || {
        let policy = Policy::from_live(catalogue::managed_document(name)?).ok()?;
        policy.document().cloned().map(Arc::new)
    };
    parsed.entry(name.to_owned()).or_insert_with(parse).clone()
}
