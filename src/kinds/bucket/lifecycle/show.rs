//! Lifecycle rules on one line.
//!
//! Invariant: two rules that differ look different.

use std::fmt::{self, Display};

use crate::fields::{FieldValue, Shown};

use super::{Expiration, Filter, LifecycleRule, Noncurrent, Status, When};

impl FieldValue for LifecycleRule {
    fn show(&self) -> Option<Shown> {
        let mut shown = self.actions().join(", ");
        let which = self.filter.to_string();
        if !which.is_empty() {
            shown += &format!(" for {which}");
        }
        if self.status == Status::Disabled {
            shown = format!("disabled: {shown}");
        }
        Some(Shown::Text(shown))
    }
}

impl LifecycleRule {
    fn actions(&self) -> Vec<String> {
        let mut actions = Vec::new();
        match self.expiration {
            None => {}
            Some(Expiration::At(when)) => actions.push(format!("expire {when}")),
            Some(Expiration::ExpiredObjectDeleteMarker) => actions.push("remove expired delete markers".to_owned()),
        }
        for (class, when) in &self.transitions {
            actions.push(format!("{} {when}", class.word()));
        }
        if let Some(when) = self.noncurrent_version_expiration {
            actions.push(format!("delete noncurrent versions {when}"));
        }
        for (class, when) in &self.noncurrent_version_transitions {
            actions.push(format!("noncurrent versions {} {when}", class.word()));
        }
        if let Some(days) = self.abort_incomplete_multipart_upload {
            actions.push(format!("abort incomplete uploads after {}", Days(days)));
        }
        actions
    }
}

struct Days(u32);

impl Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 day"),
            days => write!(f, "{days} days"),
        }
    }
}

impl Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(days) => write!(f, "after {}", Days(*days)),
            Self::Date(date) => write!(f, "from {date}"),
        }
    }
}

impl Display for Noncurrent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "after {}", Days(self.noncurrent_days))?;
        match self.newer_noncurrent_versions {
            None => Ok(()),
            Some(versions) => write!(f, " but the newest {versions}"),
        }
    }
}

/// Nothing for all objects.
impl Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.prefix.is_empty() {
            parts.push(self.prefix.clone());
        }
        parts.extend(self.tags.iter().map(|(key, value)| format!("tag {key}={value}")));
        parts.extend(
            self.object_size_greater_than
                .map(|bytes| format!("more than {bytes} bytes")),
        );
        parts.extend(
            self.object_size_less_than
                .map(|bytes| format!("less than {bytes} bytes")),
        );
        f.write_str(&parts.join(", "))
    }
}
