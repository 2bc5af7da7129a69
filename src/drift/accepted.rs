//! The file of what may exist without being declared: each entry with a reason, and with an end if it has one.
//!
//! Invariant: an entry whose day has passed accepts nothing any more.

#[cfg(test)]
mod tests;

use serde::Serialize;
use time::Date;
use time::format_description::well_known::Iso8601;

use crate::address::{Address, glob_match};
use crate::kind::Form;
use crate::kinds::KindName;
use crate::names::nearest;
use crate::spec::finding::Finding;
use crate::spec::node::Node;
use crate::spec::source::{FileId, Place, Sources};
use crate::spec::table::{self, Reading, Table};
use crate::spec::yaml;

/// An entry that accepts something, as a report shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Accepted {
    /// The address or pattern.
    pub pattern: String,
    /// Why.
    pub reason: String,
    /// The last day on which it is accepted, `2027-01-31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Where the file says so.
    pub place: Place,
}

/// The whole file.
#[derive(Debug, Clone, Default)]
pub struct AcceptedList {
    entries: Vec<(Accepted, Option<Date>)>,
}

impl AcceptedList {
    /// Reads the file; every mistake goes into `findings`.
    #[must_use]
    pub fn read(sources: &Sources, file: FileId, findings: &mut Vec<Finding>) -> Self {
        let tree = match yaml::parse(sources, file) {
            Ok(tree) => tree,
            Err(found) => {
                findings.extend(found);
                return Self::default();
            }
        };
        let mut reading = Reading { sources, findings };
        let Some(mut table) = Table::new(&tree, "accepted file", &["version", "accepted"], &mut reading) else {
            return Self::default();
        };
        if let Some(version) = table.required("version", &mut reading) {
            let _ = table::integer(version, "version", 1..=1, "", &mut reading);
        }
        let items = table.required("accepted", &mut reading);
        let items = items
            .and_then(|node| table::list(node, "accepted", "entries", &mut reading))
            .unwrap_or_default();
        Self {
            entries: items.iter().filter_map(|item| entry(item, &mut reading)).collect(),
        }
    }

    /// The entry that accepts a thing on a day, the first one that does.
    #[must_use]
    pub fn accepts(&self, address: &Address, today: Date) -> Option<&Accepted> {
        let holds = |until: &Option<Date>| until.is_none_or(|until| today <= until);
        let mut matching = self
            .entries
            .iter()
            .filter(|(entry, until)| holds(until) && address.matches(&entry.pattern));
        matching.next().map(|(entry, _)| entry)
    }

    /// Remarks on entries that have ended or accept nothing that is there. An entry for kinds of which not all were listed
    /// may accept what nobody has looked at.
    #[must_use]
    pub fn remarks(&self, found: &[&Address], listed: &[KindName], today: Date) -> Vec<String> {
        let remark = |(entry, until): &(Accepted, Option<Date>)| {
            let Accepted { pattern, place, .. } = entry;
            if let Some(until) = until.filter(|until| *until < today) {
                return Some(format!(
                    "{place}: `{pattern}` was accepted until {until}, and no longer is"
                ));
            }
            let kind = pattern.split('/').next().unwrap_or(pattern);
            let can_lack = |one: &&KindName| one.section().form != Form::Settings;
            let mut meant = KindName::ALL
                .iter()
                .filter(can_lack)
                .filter(|one| glob_match(kind, one.name()));
            if !meant.all(|one| listed.contains(one)) {
                return None;
            }
            let is_used = found.iter().any(|address| address.matches(pattern));
            (!is_used).then(|| format!("{place}: `{pattern}` accepts nothing that is there; it can go"))
        };
        self.entries.iter().filter_map(remark).collect()
    }
}

fn entry(item: &Node, reading: &mut Reading<'_>) -> Option<(Accepted, Option<Date>)> {
    let mut table = Table::new(item, "accepted entry", &["address", "reason", "until"], reading)?;
    let place = reading.sources.place(item.span);
    let address = table.required("address", reading);
    let pattern = address.and_then(|node| pattern(node, reading));
    let reason = table.required("reason", reading);
    let reason = reason.and_then(|node| table::written_text(node, "reason", reading));
    let until = match table.take("until") {
        Some(node) => Some(day(node, reading)?),
        None => None,
    };
    let accepted = Accepted {
        pattern: pattern?,
        reason: reason?.to_owned(),
        until: until.map(|until| until.to_string()),
        place,
    };
    Some((accepted, until))
}

/// A kind and a name or pattern; a kind that there isn't would accept nothing, silently.
fn pattern(node: &Node, reading: &mut Reading<'_>) -> Option<String> {
    let text = table::written_text(node, "address", reading)?;
    let Some((kind, _)) = text.split_once('/') else {
        let message = format!("`{text}` is no address");
        reading.report(Finding::error("E0411", node.span, message).label("write KIND/NAME, such as `role/legacy-*`"));
        return None;
    };
    let kinds = || KindName::ALL.iter().map(|kind| kind.name());
    if kind.contains(['*', '?']) || KindName::of_name(kind).is_some() {
        return Some(text.to_owned());
    }
    let label = match nearest(kind, kinds()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("kinds: {}", kinds().collect::<Vec<_>>().join(", ")),
    };
    reading.report(Finding::error("E0411", node.span, format!("there is no kind `{kind}`")).label(label));
    None
}

fn day(node: &Node, reading: &mut Reading<'_>) -> Option<Date> {
    let text = table::written_text(node, "until", reading)?;
    let day = Date::parse(text, &Iso8601::DATE)
        .ok()
        .filter(|_| text.len() == "2027-01-31".len());
    if day.is_none() {
        let message = format!("`{text}` is no day");
        reading.report(
            Finding::error("E0411", node.span, message).label("write it as 2027-01-31, the last day on which it holds"),
        );
    }
    day
}
