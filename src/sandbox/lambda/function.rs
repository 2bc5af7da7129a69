//! A function as the account keeps it, and how its configuration reads back.
//!
//! Published versions are frozen copies. A function under way settles by the account's logical clock, never by a write.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::alias::Alias;
use super::fault::{self, Fault};
use super::permissions::Policy;
use super::reference::is_number;
use super::settings::Settings;
use super::tuning::Tuning;
use super::url::Url;
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
    /// The RevisionId from the moment on at which Lambda has finished its work, since finishing is a change as well.
    #[serde(default)]
    pub(super) settled: Option<String>,
    pub(super) modified: Moment,
    /// Given to PublishVersion; shown in the place of the function's own.
    pub(super) description: Option<String>,
}

/// What Lambda is still doing to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Progress {
    Creating(Due),
    Updating {
        /// Until when reads show it.
        due: Due,
        /// Until when changes are refused, if nothing reads the function before.
        busy: Due,
    },
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
    #[serde(default)]
    pub(super) aliases: BTreeMap<String, Alias>,
    /// By alias; the function's own URL stands under the empty one.
    #[serde(default)]
    pub(super) urls: BTreeMap<String, Url>,
    #[serde(default)]
    pub(super) tuning: Tuning,
}

/// Which edition of a function a caller means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Qualifier {
    /// Nothing was said: `$LATEST`, shown under the bare ARN.
    Unqualified,
    /// `$LATEST` by name.
    Latest,
    Version(u64),
    /// An alias, and the version that it points to; none is `$LATEST`.
    Alias(String, Option<u64>),
}

impl Qualifier {
    /// The number of the version that is meant; none is `$LATEST`.
    pub(super) const fn version(&self) -> Option<u64> {
        match self {
            Self::Version(number) => Some(*number),
            Self::Alias(_, number) => *number,
            Self::Unqualified | Self::Latest => None,
        }
    }

    /// Under which name things of one edition are kept: policies, URLs.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Unqualified | Self::Latest => String::new(),
            Self::Version(number) => number.to_string(),
            Self::Alias(name, _) => name.clone(),
        }
    }

    /// The function's ARN with what stands for the edition.
    pub(super) fn arn(&self, function: &str) -> String {
        match self {
            Self::Unqualified => function.to_owned(),
            Self::Latest => format!("{function}:$LATEST"),
            Self::Version(_) | Self::Alias(..) => format!("{function}:{}", self.place()),
        }
    }
}

/// Which fields a listing leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    /// Get, create and update answers.
    Whole,
    /// ListFunctions and ListVersionsByFunction, which show neither State nor LastUpdateStatus nor the runtime version.
    Listed,
}

impl Function {
    /// Refuses while Lambda is still at work (`ResourceConflictException`).
    pub(super) fn check_settled(&self, clock: &Clock) -> Result<(), Fault> {
        let what = match self.progress {
            Progress::Creating(due) if !due.has_come(clock) => {
                "The function is currently in the following state: Pending".to_owned()
            }
            Progress::Updating { busy, .. } if !busy.has_come(clock) => {
                format!("An update is in progress for resource: {}", self.arn)
            }
            Progress::Creating(_) | Progress::Updating { .. } => return Ok(()),
        };
        Err(fault::conflict(format!(
            "The operation cannot be performed at this time. {what}"
        )))
    }

    /// What the qualifier in a request stands for.
    pub(super) fn qualifier(&self, text: Option<&str>) -> Result<Qualifier, Fault> {
        self.named(text).ok_or_else(|| {
            let text = text.unwrap_or_default();
            fault::no_function(&format!("{}:{text}", self.arn))
        })
    }

    /// The same, where a missing alias is told from a missing version.
    pub(super) fn qualifier_or_alias(&self, text: Option<&str>) -> Result<Qualifier, Fault> {
        self.named(text).ok_or_else(|| {
            let text = text.unwrap_or_default();
            let arn = format!("{}:{text}", self.arn);
            if is_number(text) || text.contains('$') {
                fault::no_function(&arn)
            } else {
                fault::no_alias(&arn)
            }
        })
    }

    fn named(&self, text: Option<&str>) -> Option<Qualifier> {
        let Some(text) = text else {
            return Some(Qualifier::Unqualified);
        };
        if text == "$LATEST" {
            return Some(Qualifier::Latest);
        }
        if let Some(alias) = self.aliases.get(text) {
            return Some(Qualifier::Alias(text.to_owned(), alias.number()));
        }
        let number = text.parse().ok()?;
        self.versions
            .contains_key(&number)
            .then_some(Qualifier::Version(number))
    }

    fn edition(&self, qualifier: &Qualifier) -> &Edition {
        let version = qualifier.version().and_then(|number| self.versions.get(&number));
        version.unwrap_or(&self.latest)
    }

    /// The code that the qualifier stands for.
    pub(super) fn code(&self, qualifier: &Qualifier) -> &Code {
        &self.edition(qualifier).code
    }

    /// All editions: `$LATEST`, then the versions.
    pub(super) fn editions(&self) -> impl Iterator<Item = &Edition> {
        [&self.latest].into_iter().chain(self.versions.values())
    }

    /// Whether Lambda is still at work on `$LATEST`, as reads tell it.
    pub(super) fn is_settling(&self, clock: &Clock) -> bool {
        match self.progress {
            Progress::Creating(due) | Progress::Updating { due, .. } => !due.has_come(clock),
        }
    }

    /// The RevisionId of one edition as it is now.
    pub(super) fn revision(&self, qualifier: &Qualifier, clock: &Clock) -> &str {
        if let Qualifier::Alias(name, _) = qualifier
            && let Some(alias) = self.aliases.get(name)
        {
            return &alias.revision;
        }
        let edition = self.edition(qualifier);
        match &edition.settled {
            Some(settled) if !self.is_settling(clock) => settled,
            Some(_) | None => &edition.revision,
        }
    }

    /// Gives one edition a new RevisionId.
    pub(super) fn revise(&mut self, qualifier: &Qualifier, revision: String) {
        match qualifier {
            Qualifier::Alias(name, _) => {
                if let Some(alias) = self.aliases.get_mut(name) {
                    alias.revision = revision;
                }
            }
            Qualifier::Version(number) => {
                if let Some(edition) = self.versions.get_mut(number) {
                    edition.revision = revision;
                }
            }
            Qualifier::Unqualified | Qualifier::Latest => {
                self.latest.revision = revision;
                self.latest.settled = None;
            }
        }
    }

    /// The FunctionConfiguration of one edition, but for what other tables know of it.
    pub(super) fn describe(&self, qualifier: &Qualifier, view: View, clock: &Clock) -> Map<String, Value> {
        let edition = self.edition(qualifier);
        let mut shown = edition.settings.describe(&self.region);
        let version = qualifier.version().map(|number| number.to_string());
        let mut put = |name: &str, value: Value| drop(shown.insert(name.into(), value));
        put("FunctionName", json!(self.name));
        put("FunctionArn", json!(qualifier.arn(&self.arn)));
        put("Version", json!(version.as_deref().unwrap_or("$LATEST")));
        put("CodeSha256", json!(edition.code.sha256));
        put("CodeSize", json!(edition.code.size));
        put("Architectures", json!(edition.code.architectures));
        put("LastModified", json!(edition.modified.lambda()));
        let own = match qualifier {
            // An alias has a RevisionId of its own; the configuration behind it shows the version's.
            Qualifier::Alias(_, Some(number)) => &Qualifier::Version(*number),
            Qualifier::Alias(_, None) => &Qualifier::Latest,
            other => other,
        };
        put("RevisionId", json!(self.revision(own, clock)));
        if let (Some(_), Some(snapshot)) = (version, edition.settings.snapshot()) {
            put("SnapStart", snapshot);
        }
        if let Some(description) = &edition.description {
            put("Description", json!(description));
        }
        match view {
            View::Whole => self.describe_progress(qualifier, clock, &mut shown),
            View::Listed => drop(shown.remove("RuntimeVersionConfig")),
        }
        shown
    }

    fn describe_progress(&self, qualifier: &Qualifier, clock: &Clock, shown: &mut Map<String, Value>) {
        let is_frozen = qualifier.version().is_some();
        let mut put = |name: &str, value: &str| drop(shown.insert(name.into(), value.into()));
        match self.progress {
            Progress::Creating(due) if !due.has_come(clock) => {
                put("State", "Pending");
                put("StateReason", "The function is being created.");
                put("StateReasonCode", "Creating");
            }
            Progress::Updating { due, .. } if !is_frozen && !due.has_come(clock) => {
                put("State", "Active");
                put("LastUpdateStatus", "InProgress");
                put("LastUpdateStatusReason", "The function is being created.");
                put("LastUpdateStatusReasonCode", "Creating");
            }
            Progress::Creating(_) | Progress::Updating { .. } => {
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
            settled: None,
            modified: now,
            description,
            ..self.latest.clone()
        };
        self.versions.insert(self.last_version, frozen);
        self.last_version
    }
}
