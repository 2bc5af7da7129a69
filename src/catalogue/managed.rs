//! AWS-managed policies: name, path, whether AWS still hands them out, and by what a deprecated one is replaced.
//!
//! Invariant: names are unique, and every replacement is itself a current policy. The documents are beside it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static PACKED: &[u8] = include_bytes!("managed_policies.tsv.gz");

static TEXT: LazyLock<String> = LazyLock::new(|| super::table::unpack(PACKED));

static TABLE: LazyLock<BTreeMap<&'static str, Managed>> =
    LazyLock::new(|| TEXT.lines().filter_map(read_row).map(|row| (row.name, row)).collect());

/// One AWS-managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Managed {
    /// The name, in AWS's spelling: names differ only by case nowhere in the table.
    pub name: &'static str,
    /// The path, with a slash at both ends: `/`, `/service-role/`, `/job-function/`, `/aws-service-role/`, `/root-task/`.
    pub path: &'static str,
    /// Whether it can still be attached anew.
    pub status: Status,
}

/// Whether AWS still hands a policy out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// AWS lists it for every account.
    Current,
    /// Works where it is attached, can't be attached anew, and vanishes from an account once it is detached everywhere
    /// (IAM User Guide, "Deprecated AWS managed policies").
    Deprecated {
        /// The name of the current policy for the same task, where one is known.
        replacement: Option<&'static str>,
    },
}

/// Who may attach a policy, as its path tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attachment {
    /// Anyone who may attach policies.
    Principals,
    /// Only the service that owns the service-linked role: IAM answers others with `PolicyNotAttachable`.
    ServiceLinkedRole,
    /// Made to narrow a root session (`sts:AssumeRoot`), not for users, groups or roles.
    RootSession,
}

impl Managed {
    /// The ARN in a partition (`aws`, `aws-cn`, `aws-us-gov`). The table is of `aws`; others lack some of the policies.
    #[must_use]
    pub fn arn(&self, partition: &str) -> String {
        format!("arn:{partition}:iam::aws:policy{}{}", self.path, self.name)
    }

    /// Who may attach it.
    #[must_use]
    pub fn attachment(&self) -> Attachment {
        match self.path {
            "/aws-service-role/" => Attachment::ServiceLinkedRole,
            "/root-task/" => Attachment::RootSession,
            _ => Attachment::Principals,
        }
    }
}

/// The policy of exactly this name. Names are compared with their case, as the table knows no other use of them.
#[must_use]
pub fn managed_policy(name: &str) -> Option<&'static Managed> {
    TABLE.get(name)
}

/// The policy whose ARN ends so: path and name, such as `/service-role/AWSLambdaBasicExecutionRole`.
///
/// A right name under a wrong path is none: AWS answers such an ARN with `NoSuchEntity`.
#[must_use]
pub fn by_arn_tail(tail: &str) -> Option<&'static Managed> {
    let (path, name) = tail.split_at(tail.rfind('/')? + 1);
    managed_policy(name).filter(|found| found.path == path)
}

/// Every policy of the table, in the order of names.
pub fn managed_policies() -> impl Iterator<Item = &'static Managed> {
    TABLE.values()
}

/// The current policy that was probably meant by a name that the table does not have.
///
/// Another case, a missing `AWS` or `Amazon`, `_` or `-` come first, then typing errors: one per eight characters.
/// A name that the table has needs no suggestion and gets none.
#[must_use]
pub fn suggest(name: &str) -> Option<&'static str> {
    if managed_policy(name).is_some() {
        return None;
    }
    let wanted = fold(name);
    let limit = (wanted.len() / 8).clamp(1, 3);
    managed_policies()
        .filter(|known| known.status == Status::Current)
        .map(|known| (known, fold(known.name)))
        .filter(|(_, folded)| folded.len().abs_diff(wanted.len()) <= limit)
        .map(|(known, folded)| {
            (
                strsim::osa_distance(&wanted, &folded),
                strsim::osa_distance(name, known.name),
                known,
            )
        })
        .filter(|(distance, _, _)| *distance <= limit)
        .min_by_key(|(folded, exact, known)| (*folded, *exact, known.name))
        .map(|(_, _, known)| known.name)
}

/// A name without what people leave out or mistake: case, word breaks, the company's name in front.
fn fold(name: &str) -> String {
    let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let lower = bare.to_ascii_lowercase();
    ["aws", "amazon"]
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix))
        .map_or(lower.clone(), str::to_owned)
}

/// `name TAB path TAB state`, the state being `=` for current, `!` or `!REPLACEMENT` for deprecated.
fn read_row(line: &'static str) -> Option<Managed> {
    let (name, rest) = line.split_once('\t')?;
    let (path, state) = rest.split_once('\t')?;
    let status = match state.strip_prefix('!') {
        None => Status::Current,
        Some("") => Status::Deprecated { replacement: None },
        Some(new) => Status::Deprecated { replacement: Some(new) },
    };
    Some(Managed { name, path, status })
}

#[cfg(test)]
mod tests {
    use super::super::stamp;
    use super::*;
    use sha2::Digest;

    fn path_of(name: &str) -> Option<&'static str> {
        managed_policy(name).map(|found| found.path)
    }

    fn replacement_of(name: &str) -> Option<&'static str> {
        match managed_policy(name)?.status {
            Status::Deprecated { replacement } => replacement,
            Status::Current => None,
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn names_determine_paths() {
        assert_eq!(path_of("AWSLambdaBasicExecutionRole"), Some("/service-role/"));
        assert_eq!(path_of("AmazonECSTaskExecutionRolePolicy"), Some("/service-role/"));
        assert_eq!(path_of("AmazonEC2SpotFleetTaggingRole"), Some("/service-role/"));
        assert_eq!(path_of("Billing"), Some("/job-function/"));
        assert_eq!(path_of("AmazonS3ReadOnlyAccess"), Some("/"));
        assert_eq!(path_of("amazons3readonlyaccess"), None);
        assert_eq!(path_of(""), None);
    }

    #[test]
    fn deprecated_policies_name_their_replacements() {
        assert_eq!(replacement_of("AWSLambdaFullAccess"), Some("AWSLambda_FullAccess"));
        assert_eq!(
            replacement_of("AmazonEC2SpotFleetRole"),
            Some("AmazonEC2SpotFleetTaggingRole")
        );
        assert_eq!(replacement_of("AWSConfigRole"), Some("AWS_ConfigRole"));
        let retired = managed_policy("AWSOpsWorksRole").map(|found| found.status);
        assert_eq!(retired, Some(Status::Deprecated { replacement: None }));
    }

    #[test]
    fn every_replacement_is_current() {
        let mut seen = 0;
        for known in managed_policies() {
            if let Status::Deprecated { replacement: Some(new) } = known.status {
                let status = managed_policy(new).map(|found| found.status);
                assert_eq!(status, Some(Status::Current), "{} -> {new}", known.name);
                seen += 1;
            }
        }
        assert_eq!(seen, stamp().replaced);
        assert!(seen > 20);
    }

    #[test]
    fn the_table_is_the_one_that_the_stamp_describes() {
        let current = managed_policies()
            .filter(|known| known.status == Status::Current)
            .count();
        assert_eq!(current, stamp().current);
        assert_eq!(managed_policies().count() - current, stamp().deprecated);
        assert_eq!(TEXT.lines().count(), TABLE.len());
        assert_eq!(hex(&sha2::Sha256::digest(TEXT.as_bytes())), stamp().names_sha256);
        assert!(current > 1500 && stamp().newest_entry.as_str() > "2026-09-01");
    }

    #[test]
    fn names_are_unique_whatever_their_case() {
        let lower: std::collections::BTreeSet<_> = managed_policies().map(|known| known.name.to_lowercase()).collect();
        assert_eq!(lower.len(), TABLE.len());
    }

    #[test]
    fn arns_go_there_and_back() {
        for known in managed_policies() {
            let arn = known.arn("aws-cn");
            let tail = arn.strip_prefix("arn:aws-cn:iam::aws:policy");
            assert_eq!(tail.and_then(by_arn_tail), Some(known));
        }
        assert_eq!(by_arn_tail("/AWSLambdaBasicExecutionRole"), None);
        assert_eq!(by_arn_tail("AWSLambdaBasicExecutionRole"), None);
        assert_eq!(by_arn_tail("/AWSLambda_FullAccess/"), None);
    }

    #[test]
    fn paths_tell_who_may_attach() {
        let attachment = |name| managed_policy(name).map(Managed::attachment);
        assert_eq!(
            attachment("AmazonECSServiceRolePolicy"),
            Some(Attachment::ServiceLinkedRole)
        );
        assert_eq!(attachment("IAMAuditRootUserCredentials"), Some(Attachment::RootSession));
        assert_eq!(attachment("AWSLambdaBasicExecutionRole"), Some(Attachment::Principals));
    }

    #[test]
    fn suggestions_are_what_was_meant() {
        assert_eq!(suggest("amazons3readonlyaccess"), Some("AmazonS3ReadOnlyAccess"));
        assert_eq!(suggest("AmazonS3ReadOnlyAcess"), Some("AmazonS3ReadOnlyAccess"));
        assert_eq!(suggest("LambdaBasicExecutionRole"), Some("AWSLambdaBasicExecutionRole"));
        assert_eq!(suggest("AmazonSQSFulAccess"), Some("AmazonSQSFullAccess"));
        assert_eq!(suggest("AWSLambdafullAccess"), Some("AWSLambda_FullAccess"));
        assert_eq!(suggest("AmazonS3ReadOnlyAccess"), None);
        assert_eq!(suggest("engineer_access"), None);
        assert_eq!(suggest("x"), None);
        assert_eq!(suggest("\u{fc}\u{fc}"), None);
    }
}
