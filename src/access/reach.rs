//! Which of the resources that a question means a resource's policy is about.
//!
//! Invariant: the pieces together are exactly what the question means; none is lost and none is asked of two policies.

use crate::names::Arn;
use crate::policy_doc::matches;

/// How a question about resources meets the things that one policy governs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The patterns of what both mean.
    pub inside: Vec<String>,
    /// Whether the question means nothing else.
    pub is_all: bool,
}

impl Reach {
    /// What a question means of a resource and what is in it: of a bucket its objects, of a function its versions.
    #[must_use]
    pub fn of(question: &str, resource: &Arn) -> Self {
        let own = resource.as_str();
        let mut inside: Vec<String> = Vec::new();
        if matches(question, own) {
            inside.push(own.to_owned());
        }
        let mut is_all = question == own;
        if let Some(separator) = inner(resource) {
            let prefix = format!("{own}{separator}");
            is_all |= question.starts_with(&prefix);
            inside.extend(
                after_prefix(question, &prefix)
                    .into_iter()
                    .map(|rest| format!("{prefix}{rest}")),
            );
        }
        Self { inside, is_all }
    }
}

/// What stands between a resource and its parts that are governed by the same policy.
fn inner(resource: &Arn) -> Option<char> {
    match resource.service() {
        "s3" => Some('/'),
        "lambda" => Some(':'),
        _ => None,
    }
}

/// The patterns of what may follow a literal text within the texts that a pattern means.
#[must_use]
pub fn after_prefix(pattern: &str, prefix: &str) -> Vec<String> {
    let pattern: Vec<char> = pattern.chars().collect();
    let mut states = closed(&pattern, vec![0]);
    for letter in prefix.chars() {
        let step = |&at: &usize| match pattern.get(at) {
            Some('*') => Some(at),
            Some('?') => Some(at + 1),
            Some(own) if *own == letter => Some(at + 1),
            _ => None,
        };
        states = closed(&pattern, states.iter().filter_map(step).collect());
    }
    let mut rests: Vec<String> = states
        .iter()
        .map(|at| pattern.get(*at..).unwrap_or_default().iter().collect())
        .collect();
    rests.sort();
    rests.dedup();
    // A star says all that what follows it says.
    let covered: Vec<String> = rests
        .iter()
        .filter_map(|rest| rest.strip_prefix('*'))
        .map(str::to_owned)
        .collect();
    rests.retain(|rest| !covered.contains(rest));
    rests
}

/// With the places that are reached by leaving out a star.
fn closed(pattern: &[char], mut states: Vec<usize>) -> Vec<usize> {
    let mut next = 0;
    while let Some(&at) = states.get(next) {
        if pattern.get(at) == Some(&'*') && !states.contains(&(at + 1)) {
            states.push(at + 1);
        }
        next += 1;
    }
    states.sort_unstable();
    states.dedup();
    states
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_prefix() {
        for (pattern, prefix, expected) in [
            ("abc/*", "abc/", vec!["*"]),
            ("*", "abc/", vec!["*"]),
            ("a*/x", "abc/", vec!["*/x", "x"]),
            ("abc", "abc/", vec![]),
            ("ab?/k?y", "abc/", vec!["k?y"]),
            ("xyz*", "abc/", vec![]),
        ] {
            let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
            expected.sort();
            assert_eq!(after_prefix(pattern, prefix), expected, "{pattern} after {prefix}");
        }
    }

    #[test]
    fn a_question_about_everything_reaches_a_bucket_and_its_objects() {
        let bucket = Arn::parse("arn:aws:s3:::abc").unwrap();
        let reach = Reach::of("*", &bucket);
        assert_eq!(reach.inside, ["arn:aws:s3:::abc", "arn:aws:s3:::abc/*"]);
        assert!(!reach.is_all);
        let objects = Reach::of("arn:aws:s3:::abc/x/*", &bucket);
        assert_eq!(objects.inside, ["arn:aws:s3:::abc/x/*"]);
        assert!(objects.is_all);
        assert!(Reach::of("arn:aws:s3:::abcd/*", &bucket).inside.is_empty());
    }
}
