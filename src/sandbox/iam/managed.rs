//! AWS's own managed policies, as IAM shows them.
//!
//! Invariant: name, path and standing are the catalogue's; version and dates of all, and documents of those that people
//! meet, are the embedded table's, which `scripts/make-sandbox-policies.py` makes. This is the room's one look outside
//! itself.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

use serde_json::Value;

use crate::catalogue;

static PACKED: &[u8] = include_bytes!("managed.tsv.gz");

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = String::new();
    match flate2::read::GzDecoder::new(PACKED).read_to_string(&mut text) {
        Ok(_) => text,
        Err(_) => String::new(),
    }
});

static FACTS: LazyLock<BTreeMap<&'static str, Facts>> = LazyLock::new(|| TEXT.lines().filter_map(read_row).collect());

/// What AWS shows of a policy besides its name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Facts {
    version: Option<u32>,
    made: &'static str,
    changed: &'static str,
    id: &'static str,
    description: &'static str,
    document: &'static str,
}

/// One of AWS's policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Managed {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) standing: Standing,
    facts: Facts,
}

/// Whether AWS lets a policy be attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Anyone may attach it.
    Current,
    /// It belongs to service-linked roles or root sessions.
    Reserved,
    /// It works where it is attached and is gone otherwise.
    Withdrawn,
}

/// Stands for a document that the table does not have, and grants next to nothing to who reads it.
const UNKNOWN: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}]}"#;

/// The day of AWS's first managed policies, for those that the table does not have.
const FIRST_DAY: &str = "2015-02-06";

impl Managed {
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy{}{}", self.path, self.name)
    }

    /// AWS's id, or one that looks so and is the same for every account.
    pub(super) fn id(&self) -> String {
        match self.facts.id {
            "" => super::super::Ids::new(u64::from(crc32fast::hash(self.name.as_bytes()))).unique("ANPA"),
            id => id.to_owned(),
        }
    }

    /// The number of the default version.
    pub(super) fn version(&self) -> u32 {
        self.facts.version.unwrap_or(1)
    }

    /// When AWS made it.
    pub(super) fn made(&self) -> String {
        moment(self.facts.made)
    }

    /// When AWS last changed it, which is when its default version was made.
    pub(super) fn changed(&self) -> String {
        match self.facts.changed {
            "" => self.made(),
            changed => moment(changed),
        }
    }

    /// Its description, where it is known.
    pub(super) fn description(&self) -> Option<&'static str> {
        Some(self.facts.description).filter(|text| !text.is_empty())
    }

    /// The document of its default version, indented as AWS writes it.
    pub(super) fn document(&self) -> String {
        let text = if self.facts.document.is_empty() {
            UNKNOWN
        } else {
            self.facts.document
        };
        pretty(text).unwrap_or_else(|| text.to_owned())
    }
}

impl From<&'static catalogue::Managed> for Managed {
    fn from(row: &'static catalogue::Managed) -> Self {
        let standing = match (&row.status, row.attachment()) {
            (catalogue::Status::Deprecated { replacement: _ }, _) => Standing::Withdrawn,
            (catalogue::Status::Current, catalogue::Attachment::Principals) => Standing::Current,
            (
                catalogue::Status::Current,
                catalogue::Attachment::ServiceLinkedRole | catalogue::Attachment::RootSession,
            ) => Standing::Reserved,
        };
        Self {
            name: row.name,
            path: row.path,
            standing,
            facts: FACTS.get(row.name).copied().unwrap_or_default(),
        }
    }
}

/// The policy with exactly this ARN.
pub(super) fn managed_policy(arn: &str) -> Option<Managed> {
    catalogue::by_arn_tail(arn.strip_prefix("arn:aws:iam::aws:policy")?).map(Managed::from)
}

static LISTED: LazyLock<Vec<Managed>> = LazyLock::new(|| {
    let all = catalogue::managed_policies().map(Managed::from);
    let mut listed: Vec<_> = all.filter(|policy| policy.standing != Standing::Withdrawn).collect();
    listed.sort_by_cached_key(|policy| policy.name.to_ascii_lowercase());
    listed
});

/// All that AWS lists, in the order of names without regard to case.
pub(super) fn all() -> impl Iterator<Item = Managed> {
    LISTED.iter().copied()
}

/// `name TAB version TAB made TAB changed`, and for some `TAB id TAB description TAB document`.
fn read_row(line: &'static str) -> Option<(&'static str, Facts)> {
    let mut fields = line.splitn(7, '\t');
    let name = fields.next()?;
    let facts = Facts {
        version: fields.next()?.parse().ok(),
        made: fields.next()?,
        changed: fields.next()?,
        id: fields.next().unwrap_or_default(),
        description: fields.next().unwrap_or_default(),
        document: fields.next().unwrap_or_default(),
    };
    Some((name, facts))
}

fn moment(known: &str) -> String {
    match known {
        "" => format!("{FIRST_DAY}T18:40:00Z"),
        day if day.len() == FIRST_DAY.len() => format!("{day}T00:00:00Z"),
        second => format!("{second}Z"),
    }
}

fn pretty(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    let mut written = Vec::new();
    let style = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut writer = serde_json::Serializer::with_formatter(&mut written, style);
    serde::Serialize::serialize(&value, &mut writer).ok()?;
    String::from_utf8(written).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_knows_every_current_policy_and_no_other() {
        let mut current: Vec<_> = all().map(|policy| policy.name).collect();
        current.sort_unstable();
        assert_eq!(current, FACTS.keys().copied().collect::<Vec<_>>());
        assert!(all().all(|policy| policy.facts.version.is_some() && policy.made().len() == 20));
    }

    #[test]
    fn well_known_policies_have_their_documents() {
        let policy = |tail: &str| managed_policy(&format!("arn:aws:iam::aws:policy/{tail}")).unwrap();
        let admin = policy("AdministratorAccess");
        assert_eq!((admin.id().as_str(), admin.version()), ("ANPAIWMBCKSKIEE64ZLYK", 1));
        assert_eq!(admin.made(), "2015-02-06T18:39:46Z");
        assert!(admin.document().contains(r#""Action": "*""#));
        assert!(
            policy("service-role/AWSLambdaBasicExecutionRole")
                .document()
                .contains("logs:PutLogEvents")
        );
        let kept: Vec<_> = all().filter(|policy| !policy.facts.document.is_empty()).collect();
        assert!(kept.len() > 40);
        for policy in kept {
            serde_json::from_str::<Value>(policy.facts.document).unwrap();
        }
    }
}
