//! Values that a condition key can have, one for each way in which conditions tell values apart.
//!
//! Invariant: for every value there is a candidate that all given patterns treat alike, variables included. Where that
//! can't be had, there are no candidates at all.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::evaluate::instant;
use crate::policy_doc::document::Version;
use crate::policy_doc::operator::{Family, Test};
use crate::policy_doc::pattern::{Glob, TooMany};

use super::cut::{Absent, Pattern, cut, literal};
use super::pieces::{Match, Pieces};

/// A value of a policy, with the positive test that compares it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted {
    pub(super) test: Test,
    pub(super) text: String,
    /// That of its document, where it matters: 2008 without variables.
    pub(super) version: Version,
}

/// One value, and how the patterns with variables turn out for it.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) value: String,
    /// For those of the wanted values that have variables, whether they match.
    pub(super) open: Vec<(Wanted, bool)>,
}

impl Wanted {
    pub(super) fn has_variables(&self) -> bool {
        Pieces::of(&self.text, self.version).has_variables()
    }

    /// What kinds of values can be told apart together.
    pub(super) const fn domain(test: Test) -> Family {
        match test.family() {
            Family::Arn => Family::Text,
            other => other,
        }
    }

    fn how(&self) -> Match {
        match self.test.family() {
            Family::Arn => Match::Arn,
            _ if self.test == Test::StringLike => Match::Like,
            _ => Match::Equal,
        }
    }
}

/// Candidates for values of one domain.
pub(super) fn candidates(domain: Family, wanted: &BTreeSet<Wanted>) -> Result<Vec<Candidate>, TooMany> {
    let has_variables = wanted.iter().any(Wanted::has_variables);
    let texts = || wanted.iter().map(|one| one.text.as_str());
    let plain = |values: Vec<String>| -> Result<Vec<Candidate>, TooMany> {
        let open = Vec::new();
        let candidate = |value| Candidate {
            value,
            open: open.clone(),
        };
        Ok(values.into_iter().map(candidate).collect())
    };
    match domain {
        Family::Text | Family::Arn => of_texts(wanted),
        Family::Boolean if has_variables => Err(TooMany),
        Family::Boolean => plain(["true", "false", "neither"].map(str::to_owned).into()),
        Family::Number => plain(numbers(texts()).ok_or(TooMany)?),
        Family::Date => plain(dates(texts())),
        Family::Address => plain(
            texts()
                .flat_map(addresses)
                .chain(ELSEWHERE.map(str::to_owned))
                .collect(),
        ),
        Family::Binary => plain(texts().chain(["", "AA", "AAAA", "?"]).map(str::to_owned).collect()),
        Family::Presence => plain(vec!["x".to_owned()]),
    }
}

/// No address, and one of each family that nobody has.
const ELSEWHERE: [&str; 3] = ["x", "0.0.0.0", "::"];

fn of_texts(wanted: &BTreeSet<Wanted>) -> Result<Vec<Candidate>, TooMany> {
    let is_folded = |one: &&Wanted| one.test == Test::StringEqualsIgnoreCase;
    let all_folded = wanted.iter().all(|one| is_folded(&one));
    let mut extra = vec![Glob::text("arn:*:*:*:*:*")];
    for one in wanted.iter().filter(is_folded) {
        extra.extend(spellings(one, all_folded)?.iter().map(|text| literal(text)));
    }
    let compared: Vec<&Wanted> = wanted.iter().filter(|one| !is_folded(one)).collect();
    let patterns: Vec<Pattern> = compared.iter().map(|one| pattern(one)).collect();
    let cuts = cut(&Glob::text("*"), &patterns, &extra)?;
    Ok(cuts.into_iter().map(|cut| candidate(cut, &compared)).collect())
}

fn pattern(wanted: &Wanted) -> Pattern {
    Pattern {
        pieces: Pieces::of(&wanted.text, wanted.version),
        how: wanted.how(),
        absent: Absent::Nothing,
    }
}

fn candidate(cut: super::cut::Cut, compared: &[&Wanted]) -> Candidate {
    let open = compared.iter().zip(cut.members).filter(|(one, _)| one.has_variables());
    Candidate {
        value: cut.witness,
        open: open.map(|(one, holds)| ((*one).clone(), holds)).collect(),
    }
}

/// So many letters of a text without case are spelled in every way.
const SPELLED: usize = 10;

/// The ways to spell a text without case, as far as another condition may tell them apart.
fn spellings(wanted: &Wanted, is_all: bool) -> Result<Vec<String>, TooMany> {
    if wanted.has_variables() || wanted.text.contains("${") || !wanted.text.is_ascii() {
        return Err(TooMany);
    }
    let lower = wanted.text.to_ascii_lowercase();
    if is_all {
        return Ok(vec![lower]);
    }
    let mut all = vec![String::new()];
    if lower.chars().filter(char::is_ascii_alphabetic).count() > SPELLED {
        return Err(TooMany);
    }
    for character in lower.chars() {
        let upper = character.to_ascii_uppercase();
        let both = |start: String| match upper == character {
            true => vec![format!("{start}{character}")],
            false => vec![format!("{start}{character}"), format!("{start}{upper}")],
        };
        all = all.into_iter().flat_map(both).collect();
    }
    Ok(all)
}

/// Each number, one just beyond it, and numbers beyond all.
fn numbers<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let tiny = format!("{}1", "0".repeat(40));
    let large = "9".repeat(60);
    let mut all = vec![
        "x".to_owned(),
        "0".to_owned(),
        format!("0.{tiny}"),
        format!("-0.{tiny}"),
    ];
    all.extend([large.clone(), format!("-{large}")]);
    for text in texts {
        let text = text.strip_prefix('+').unwrap_or(text);
        let digits = text.strip_prefix('-').unwrap_or(text);
        // Anything else is no number, and compares with none.
        if !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            continue;
        }
        if digits.len() > 30 {
            return None;
        }
        let point = if digits.contains('.') { "" } else { "." };
        all.extend([text.to_owned(), format!("{text}{point}{tiny}")]);
    }
    Some(all)
}

/// Each instant, and the nanoseconds before and after it.
fn dates<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let instants = texts.filter_map(instant);
    let around = instants.flat_map(|at| [at - 1, at, at + 1]).map(epoch);
    around.chain(["x".to_owned()]).collect()
}

fn epoch(nanos: i128) -> String {
    const SECOND: u128 = 1_000_000_000;
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = nanos.unsigned_abs();
    format!("{sign}{}.{:09}", nanos / SECOND, nanos % SECOND)
}

/// The ends of a block of addresses, and the addresses beside it.
fn addresses(text: &str) -> Vec<String> {
    let (address, length) = text.split_once('/').unwrap_or((text, ""));
    let length = |longest: u32| length.parse().ok().filter(|given| *given <= longest).unwrap_or(longest);
    match address.parse::<IpAddr>() {
        Err(_) => Vec::new(),
        Ok(IpAddr::V4(address)) => {
            let host = u32::MAX.checked_shr(length(32)).unwrap_or(0);
            let (first, last) = (address.to_bits() & !host, address.to_bits() | host);
            let all = [Some(first), Some(last), first.checked_sub(1), last.checked_add(1)];
            let shown = all.into_iter().flatten().map(std::net::Ipv4Addr::from_bits);
            shown.map(|address| address.to_string()).collect()
        }
        Ok(IpAddr::V6(address)) => {
            let host = u128::MAX.checked_shr(length(128)).unwrap_or(0);
            let (first, last) = (address.to_bits() & !host, address.to_bits() | host);
            let all = [Some(first), Some(last), first.checked_sub(1), last.checked_add(1)];
            let shown = all.into_iter().flatten().map(std::net::Ipv6Addr::from_bits);
            shown.map(|address| address.to_string()).collect()
        }
    }
}
