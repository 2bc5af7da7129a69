//! Placeholders of guides that nobody has filled in.
//!
//! Invariant: only texts that cannot be meant are found: a false alarm stops its author altogether.

/// Account ids as guides write them, besides words in capitals.
const ACCOUNT_WORDS: &[&str] = &[
    "account-id",
    "account_id",
    "accountid",
    "aws-account-id",
    "aws_account_id",
    "awsaccountid",
];
const REGION_WORDS: &[&str] = &["region", "region-name", "region_name", "aws-region", "aws_region"];
/// Names that somebody else has taken already or nobody can take.
const NAMES: &[&str] = &[
    "your-bucket",
    "your-bucket-name",
    "your_bucket_name",
    "your-account-id",
    "your_account_id",
    "doc-example-bucket",
];

/// The part of a resource, principal or value that is still a placeholder.
pub(super) fn find(text: &str) -> Option<&str> {
    in_angle_brackets(text)
        .or_else(|| your_something(text))
        .or_else(|| example_name(text))
        .or_else(|| arn_field(text))
}

fn in_angle_brackets(text: &str) -> Option<&str> {
    let start = text.find('<')?;
    let rest = text.get(start..)?;
    let end = rest.find('>')?;
    let inner = rest.get(1..end)?;
    let is_name = inner.starts_with(|c: char| c.is_ascii_alphabetic())
        && inner.chars().all(|c| c.is_ascii_alphanumeric() || " -_.".contains(c));
    if is_name { rest.get(..=end) } else { None }
}

/// `YOUR-BUCKET`: bucket names and account ids have no capitals.
fn your_something(text: &str) -> Option<&str> {
    words(text).find(|word| {
        let rest = word.strip_prefix("YOUR");
        rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_uppercase() || "-_".contains(c)))
    })
}

fn example_name(text: &str) -> Option<&str> {
    words(text).find(|word| NAMES.iter().any(|name| name.eq_ignore_ascii_case(word)))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)))
        .filter(|word| !word.is_empty())
}

fn arn_field(text: &str) -> Option<&str> {
    let mut parts = text.split(':');
    if parts.next() != Some("arn") {
        return None;
    }
    let region = parts.nth(2)?;
    let account = parts.next()?;
    parts.next()?;
    if is_placeholder(region, REGION_WORDS) {
        return Some(region);
    }
    (is_placeholder(account, ACCOUNT_WORDS) || is_crossed_out(account)).then_some(account)
}

fn is_placeholder(field: &str, known: &[&str]) -> bool {
    let in_capitals = field.contains(|c: char| c.is_ascii_uppercase())
        && field
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "-_".contains(c));
    let in_braces = field.starts_with('{') && field.ends_with('}');
    in_capitals || in_braces || known.iter().any(|word| word.eq_ignore_ascii_case(field))
}

fn is_crossed_out(account: &str) -> bool {
    account.len() >= 3 && account.chars().all(|c| c == 'x' || c == 'X')
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn what_guides_leave_in_is_found() {
        for (text, part) in [
            ("arn:aws:iam::<ACCOUNT-ID>:role/x", "<ACCOUNT-ID>"),
            ("arn:aws:s3:::<your bucket>/*", "<your bucket>"),
            ("arn:aws:s3:::YOUR-BUCKET/*", "YOUR-BUCKET"),
            ("YOUR_ACCOUNT_ID", "YOUR_ACCOUNT_ID"),
            ("arn:aws:s3:::your-bucket-name", "your-bucket-name"),
            ("arn:aws:s3:::DOC-EXAMPLE-BUCKET/*", "DOC-EXAMPLE-BUCKET"),
            ("arn:aws:iam::ACCOUNT_ID:root", "ACCOUNT_ID"),
            ("arn:aws:iam::AWS-account-ID:root", "AWS-account-ID"),
            ("arn:aws:iam::XXXXXXXXXXXX:root", "XXXXXXXXXXXX"),
            ("arn:aws:logs:REGION:123456789012:*", "REGION"),
            ("arn:aws:logs:{region}:123456789012:*", "{region}"),
        ] {
            assert_eq!(find(text), Some(part), "{text}");
        }
    }

    #[test]
    fn what_can_be_meant_is_left_alone() {
        for text in [
            "*",
            "arn:aws:s3:::b/*",
            "arn:aws:iam::123456789012:root",
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
            "arn:aws:s3:::b/${aws:username}/*",
            "arn:aws:s3:${aws:region}:*:accesspoint/YOURS",
            "arn:aws:iam::*:role/YourRole",
            "arn:aws:s3:::honour-your-bucket-list",
            "arn:aws:s3:::b/a<b",
            "arn:aws:s3:::b/x > 1 < 2",
            "arn:aws:events:us-east-1:123456789012:rule/ACCOUNT",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
