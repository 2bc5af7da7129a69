//! Where something lives: account, partition, region.
//!
//! Invariant: a region always has a partition, and regions that AWS will open later are accepted by their shape.
//! Source of the tables: botocore 1.43 `partitions.json`.

use super::error::NameError;
use super::nearest::{did_you_mean, nearest};
use super::text::{text_newtype, text_value};

text_newtype!(
    /// An account's id: 12 digits, leading zeros included.
    AccountId,
    check_account
);

fn check_account(text: &str) -> Result<(), NameError> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.len() == 12 && digits.len() == 12 {
        return Ok(());
    }
    if text.is_empty() {
        return Err(NameError::Empty {
            what: "an account id",
            takes: "12 digits",
        });
    }
    if digits.len() == 12 && text.chars().all(|c| c.is_ascii_digit() || c == '-' || c == ' ') {
        return Err(NameError::mendable(
            text,
            "an account id is 12 digits and nothing else",
            digits,
        ));
    }
    if digits.len() == text.len() {
        let reason = format!("an account id has 12 digits, this has {}", digits.len());
        return Err(NameError::refused(text, reason));
    }
    Err(NameError::refused(text, "an account id is 12 digits"))
}

/// A group of regions with an IAM of its own; credentials never cross it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Partition {
    /// The commercial regions.
    Aws,
    /// China.
    AwsCn,
    /// The European Sovereign Cloud.
    AwsEusc,
    /// An isolated partition of the United States.
    AwsIso,
    /// An isolated partition of the United States.
    AwsIsoB,
    /// An isolated partition of Europe.
    AwsIsoE,
    /// An isolated partition of the United States.
    AwsIsoF,
    /// GovCloud.
    AwsUsGov,
}

text_value!(Partition);

impl AccountId {
    /// Stands in for an account that is not known, as when a file is checked that names none.
    #[must_use]
    pub fn unknown() -> Self {
        Self("000000000000".to_owned())
    }

    /// Whether it only stands in for one.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::unknown()
    }
}

impl Partition {
    /// Every partition.
    pub const ALL: [Self; 8] = [
        Self::Aws,
        Self::AwsCn,
        Self::AwsEusc,
        Self::AwsIso,
        Self::AwsIsoB,
        Self::AwsIsoE,
        Self::AwsIsoF,
        Self::AwsUsGov,
    ];

    /// The partition that `text` names.
    ///
    /// # Errors
    /// For any other text, with all partitions.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        Self::ALL
            .into_iter()
            .find(|partition| partition.as_str() == text)
            .ok_or_else(|| {
                let known = Self::ALL.map(|partition| format!("`{partition}`")).join(", ");
                NameError::refused(text, format!("no such partition; there are {known}"))
            })
    }

    /// The name as it stands in ARNs.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsEusc => "aws-eusc",
            Self::AwsIso => "aws-iso",
            Self::AwsIsoB => "aws-iso-b",
            Self::AwsIsoE => "aws-iso-e",
            Self::AwsIsoF => "aws-iso-f",
            Self::AwsUsGov => "aws-us-gov",
        }
    }

    /// The partition that a region belongs to; a region of no known prefix belongs to `aws`, as in the SDKs.
    #[must_use]
    pub fn of_region(region: &Region) -> Self {
        let text = region.as_str();
        let prefixes = [
            ("cn-", Self::AwsCn),
            ("eusc-", Self::AwsEusc),
            ("us-iso-", Self::AwsIso),
            ("us-isob-", Self::AwsIsoB),
            ("eu-isoe-", Self::AwsIsoE),
            ("us-isof-", Self::AwsIsoF),
            ("us-gov-", Self::AwsUsGov),
        ];
        prefixes
            .into_iter()
            .find(|(prefix, _)| text.starts_with(prefix))
            .map_or(Self::Aws, |(_, partition)| partition)
    }

    /// The region whose name signs calls to the partition's one IAM (botocore's iam endpoint rules).
    #[must_use]
    pub fn iam_region(&self) -> Region {
        let name = match self {
            Self::Aws => "us-east-1",
            Self::AwsCn => "cn-north-1",
            Self::AwsEusc => "eusc-de-east-1",
            Self::AwsIso => "us-iso-east-1",
            Self::AwsIsoB => "us-isob-east-1",
            Self::AwsIsoE => "eu-isoe-west-1",
            Self::AwsIsoF => "us-isof-south-1",
            Self::AwsUsGov => "us-gov-west-1",
        };
        Region(name.to_owned())
    }
}

text_newtype!(
    /// A region by its name, `eu-central-1`. Its shape is right; [`Region::doubt`] says whether it is a known one.
    Region,
    check_region
);

impl Region {
    /// The regions that every account of a partition has switched on.
    #[must_use]
    pub fn switched_on(partition: Partition) -> Vec<Self> {
        let regions = SWITCHED_ON.iter().filter_map(|name| Self::parse(name).ok());
        regions
            .filter(|region| Partition::of_region(region) == partition)
            .collect()
    }

    /// The partition that the region belongs to.
    #[must_use]
    pub fn partition(&self) -> Partition {
        Partition::of_region(self)
    }

    /// A warning for a region that AWS had not opened when this was written: a new one, or a slip.
    #[must_use]
    pub fn doubt(&self) -> Option<String> {
        if REGIONS.contains(&self.as_str()) {
            return None;
        }
        let near = did_you_mean(self.as_str(), REGIONS.iter().copied());
        Some(format!("`{self}` is not a known region{near}"))
    }
}

fn check_region(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty {
            what: "a region",
            takes: "a name such as `eu-central-1`",
        });
    }
    if has_region_shape(text) {
        return Ok(());
    }
    let lower = text.to_lowercase();
    if has_region_shape(&lower) {
        return Err(NameError::mendable(text, "a region's name is lower case", lower));
    }
    let zone = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    if zone.len() + 1 == text.len() && has_region_shape(zone) {
        return Err(NameError::mendable(
            text,
            "this is an availability zone; its region is",
            zone,
        ));
    }
    Err(match nearest(text, REGIONS.iter().copied()) {
        Some(near) => NameError::mendable(text, "no such region; did you mean", near),
        None => NameError::refused(text, "no such region; a region's name is like `eu-central-1`"),
    })
}

/// Two to four letters, one or more words, a number: the shape of every region in every partition.
fn has_region_shape(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, words @ .., number] = parts.as_slice() else {
        return false;
    };
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    (2..=4).contains(&first.len())
        && word(first)
        && !words.is_empty()
        && words.iter().all(word)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// What every account of a partition has switched on; other regions are switched on one by one (AWS account management,
/// "Enable or disable AWS Regions").
const SWITCHED_ON: [&str; 21] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-east-1",
    "us-gov-west-1",
];

const REGIONS: [&str; 46] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];
