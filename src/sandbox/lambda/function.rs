//! A function as the account keeps it, and how its configuration reads back.
//!
//! Published versions are frozen copies. A function under way settles by the account's logical clock, never by a write.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::fault::{self, Fault};
use super::permissions::Policy;
use super::settings::Settings;
use crate::sandbox::clock::{Clock, Due, Moment};

/// The code of a function, without its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) sha256: String,
    pub(super) size: usize,
    /// Set for functions made of container images; such code has no bytes here.
    pub(super) image: Option<String>,
    pub(super) architectures: Vec<String>,
}

/// A function at one point: what `$LATEST` is now, or what a version froze.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Edition {
    pub(super) settings: Settings,
    pub(super) code: Code,
    pub(super) revision: String,
    pub(super) modified: Moment,
    /// Given to PublishVersion; shown in the place of the function's own.
    pub(super) description: Option<String>,
}

/// What Lambda is still doing to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Progress {
    Creating(Due),
    Updating(Due),
}

/// A function with all that belongs to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) region: String,
    pub(super) arn: String,
    pub(super) latest: Edition,
    pub(super) progress: Progress,
    /// When permissions can be added; a new function may still be unknown to them (ResourceNotFoundException).
    pub(super) visible: Option<Due>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) reserved_concurrency: Option<u64>,
    /// By qualifier; the function's own policy stands under the empty one.
    pub(super) policies: BTreeMap<String, Policy>,
    pub(super) versions: BTreeMap<u64, Edition>,
    /// Version numbers rise and are never used again, not even after a delete.
    pub(super) last_version: u64,
}

/// Which edition of a function a caller means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Qualifier {
    /// Nothing was said: `$LATEST`, shown under the bare ARN.
    Unqualified,
    /// `$LATEST` by name.
    Latest,
    Version(u64),
}

/// Which fields a listing leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// Get, create and update answers.
    Whole,
    /// ListFunctions and ListVersionsByFunction, which show neither State nor LastUpdateStatus.
    Listed,
}

impl Function {
    /// Refuses while Lambda is still at work (`ResourceConflictException`).
    pub(super) fn check_settled(&self, clock: &Clock) -> Result<(), Fault> {
        let what = match self.progress {
            Progress::Creating(due) if !due.has_come(clock) => {
                "The function is currently in the following state: Pending".to_owned()
            }
            Progress::Updating(due) if !due.has_come(clock) => {
                format!("An update is in progress for resource: {}", self.arn)
            }
            Progress::Creating(_) | Progress::Updating(_) => return Ok(()),
        };
        Err(fault::conflict(format!(
            "The operation cannot be performed at this time. {what}"
        )))
    }

    /// What the qualifier in a request stands for; aliases are not modelled, so a word is unknown.
    pub(super) fn qualifier(&self, text: Option<&str>) -> Result<Qualifier, Fault> {
        let Some(text) = text else {
            return Ok(Qualifier::Unqualified);
        };
        if text == "$LATEST" {
            return Ok(Qualifier::Latest);
        }
        match text.parse() {
            Ok(number) if self.versions.contains_key(&number) => Ok(Qualifier::Version(number)),
            _ => Err(fault::no_function(&format!("{}:{text}", self.arn))),
        }
    }

    fn edition(&self, qualifier: Qualifier) -> &Edition {
        match qualifier {
            Qualifier::Version(number) => self.versions.get(&number).unwrap_or(&self.latest),
            Qualifier::Unqualified | Qualifier::Latest => &self.latest,
        }
    }

    /// The code that the qualifier stands for.
    pub(super) fn code(&self, qualifier: Qualifier) -> &Code {
        &self.edition(qualifier).code
    }

    /// The FunctionConfiguration of one edition.
    pub(super) fn describe(&self, qualifier: Qualifier, view: View, clock: &Clock) -> Value {
        let edition = self.edition(qualifier);
        let mut shown = edition.settings.describe(&self.region);
        let (arn, version) = match qualifier {
            Qualifier::Unqualified => (self.arn.clone(), "$LATEST".to_owned()),
            Qualifier::Latest => (format!("{}:$LATEST", self.arn), "$LATEST".to_owned()),
            Qualifier::Version(number) => (format!("{}:{number}", self.arn), number.to_string()),
        };
        let mut put = |name: &str, value: Value| drop(shown.insert(name.into(), value));
        put("FunctionName", json!(self.name));
        put("FunctionArn", json!(arn));
        put("Version", json!(version));
        put("CodeSha256", json!(edition.code.sha256));
        put("CodeSize", json!(edition.code.size));
        put("Architectures", json!(edition.code.architectures));
        put("LastModified", json!(edition.modified.lambda()));
        put("RevisionId", json!(edition.revision));
        if let (Qualifier::Version(_), Some(snapshot)) = (qualifier, edition.settings.snapshot()) {
            put("SnapStart", snapshot);
        }
        if let Some(description) = &edition.description {
            put("Description", json!(description));
        }
        if view == View::Whole {
            self.describe_progress(qualifier, clock, &mut shown);
        }
        Value::Object(shown)
    }

    fn describe_progress(&self, qualifier: Qualifier, clock: &Clock, shown: &mut Map<String, Value>) {
        let is_frozen = matches!(qualifier, Qualifier::Version(_));
        let mut put = |name: &str, value: &str| drop(shown.insert(name.into(), value.into()));
        match self.progress {
            Progress::Creating(due) if !is_frozen && !due.has_come(clock) => {
                put("State", "Pending");
                put("StateReason", "The function is being created.");
                put("StateReasonCode", "Creating");
                put("LastUpdateStatus", "Successful");
            }
            Progress::Updating(due) if !is_frozen && !due.has_come(clock) => {
                put("State", "Active");
                put("LastUpdateStatus", "InProgress");
                put("LastUpdateStatusReason", "The function is being created.");
                put("LastUpdateStatusReasonCode", "Creating");
            }
            Progress::Creating(_) | Progress::Updating(_) => {
                put("State", "Active");
                put("LastUpdateStatus", "Successful");
            }
        }
    }

    /// Freezes `$LATEST`, unless nothing has changed since the last version, and names the version.
    pub(super) fn publish(&mut self, description: Option<&str>, revision: String, now: Moment) -> u64 {
        if let Some((number, last)) = self.versions.last_key_value()
            && *number == self.last_version
            && last.settings == self.latest.settings
            && last.code == self.latest.code
        {
            return *number;
        }
        self.last_version += 1;
        let description = description.filter(|text| !text.is_empty()).map(String::from);
        let frozen = Edition {
            revision,
            modified: now,
            description,
            ..self.latest.clone()
        };
        self.versions.insert(self.last_version, frozen);
        self.last_version
    }
}
