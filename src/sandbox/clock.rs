//! Time and identity inside a simulated account.
//!
//! Invariant: both only ever move forward, and with [`Time::Fixed`] and one seed they give the same moments and ids in
//! every run. This module must not read any clock but the one chosen at opening.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

const LAMBDA: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+0000");
const HTTP: &[BorrowedFormatItem<'static>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// The digits of a number from the one that counts `unit` on.
fn push_digits(text: &mut String, number: u32, mut unit: u32) {
    while unit > 0 {
        text.push(char::from_digit(number / unit % 10, 10).unwrap_or('0'));
        unit /= 10;
    }
}

/// Where an account's moments come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Time {
    /// The machine's clock.
    #[default]
    Real,
    /// This start plus one second for each call that the account has answered.
    Fixed(OffsetDateTime),
}

/// A moment to the millisecond, in UTC. Files hold it as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(OffsetDateTime);

impl Moment {
    /// The moment, cut to the millisecond.
    #[must_use]
    pub fn new(at: OffsetDateTime) -> Self {
        Self(at.to_offset(time::UtcOffset::UTC).truncate_to_millisecond())
    }

    /// Date and time to the second, and the milliseconds. Lists write thousands of them, so no description is walked.
    fn parts(self) -> (String, u16) {
        let at = self.0;
        let mut text = String::with_capacity(24);
        push_digits(&mut text, u32::try_from(at.year()).unwrap_or_default(), 1000);
        let rest = [
            ('-', u8::from(at.month())),
            ('-', at.day()),
            ('T', at.hour()),
            (':', at.minute()),
            (':', at.second()),
        ];
        for (before, number) in rest {
            text.push(before);
            push_digits(&mut text, u32::from(number), 10);
        }
        (text, at.millisecond())
    }

    /// As IAM, STS and most XML answers write it: `2026-01-31T12:00:00Z`.
    #[must_use]
    pub fn seconds(self) -> String {
        let (mut text, _) = self.parts();
        text.push('Z');
        text
    }

    /// To the millisecond: `2026-01-31T12:00:00.000Z`.
    #[must_use]
    pub fn millis(self) -> String {
        let (mut text, millis) = self.parts();
        text.push('.');
        push_digits(&mut text, u32::from(millis), 100);
        text.push('Z');
        text
    }

    /// As S3's XML writes it: `2026-01-31T12:00:00.000Z`. S3 keeps whole seconds and writes milliseconds all the same.
    #[must_use]
    pub fn whole_seconds(self) -> String {
        let (mut text, _) = self.parts();
        text.push_str(".000Z");
        text
    }

    /// As Lambda's `LastModified` writes it: `2026-01-31T12:00:00.000+0000`.
    #[must_use]
    pub fn lambda(self) -> String {
        self.0.format(&LAMBDA).unwrap_or_default()
    }

    /// As HTTP headers write it: `Sat, 31 Jan 2026 12:00:00 GMT`.
    #[must_use]
    pub fn http(self) -> String {
        self.0.format(&HTTP).unwrap_or_default()
    }

    /// Seconds since 1970, as JSON 1.1 answers write it.
    #[must_use]
    pub fn epoch(self) -> i64 {
        self.0.unix_timestamp()
    }

    /// This moment and so many seconds more.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(Duration::seconds(seconds)))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.millis())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.millis())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        OffsetDateTime::parse(&text, &Rfc3339)
            .map(Self::new)
            .map_err(serde::de::Error::custom)
    }
}

/// What a delay is counted in. A later delay adds a variant here and a counter in [`Counts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tempo {
    /// Every call to the account.
    Calls,
    /// Calls that create or update a Lambda function.
    LambdaWrites,
}

/// The counters behind each [`Tempo`]; kept with the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    calls: u64,
    lambda_writes: u64,
    /// How often the account was opened.
    #[serde(default)]
    openings: u64,
}

impl Counts {
    /// The same after one more opening.
    #[must_use]
    pub fn opened(self) -> Self {
        Self {
            openings: self.openings.saturating_add(1),
            ..self
        }
    }

    /// The same, so many calls later.
    #[must_use]
    pub fn calls_later(self, more: u64) -> Self {
        Self {
            calls: self.calls.saturating_add(more),
            ..self
        }
    }

    /// Whether nothing was counted beyond `reserved`. What is counted seldom is never reserved.
    #[must_use]
    pub fn within(self, reserved: Self) -> bool {
        self.calls <= reserved.calls && self.lambda_writes == reserved.lambda_writes
    }
}

/// The account's clock: moments, and counters that logical delays are measured with.
#[derive(Debug, Clone)]
pub struct Clock {
    time: Time,
    counts: Counts,
}

impl Clock {
    /// A clock that goes on counting from `counts`.
    #[must_use]
    pub fn new(time: Time, counts: Counts) -> Self {
        Self { time, counts }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        match self.time {
            Time::Real => Moment::new(OffsetDateTime::now_utc()),
            Time::Fixed(start) => {
                let passed = i64::try_from(self.counts.calls).unwrap_or(i64::MAX);
                Moment::new(start.saturating_add(Duration::seconds(passed)))
            }
        }
    }

    /// Counts one more of `tempo`. The count stays even when the call that made it fails.
    pub fn tick(&mut self, tempo: Tempo) {
        let counter = match tempo {
            Tempo::Calls => &mut self.counts.calls,
            Tempo::LambdaWrites => &mut self.counts.lambda_writes,
        };
        *counter = counter.saturating_add(1);
    }

    /// How many of `tempo` have been counted.
    #[must_use]
    pub fn count(&self, tempo: Tempo) -> u64 {
        match tempo {
            Tempo::Calls => self.counts.calls,
            Tempo::LambdaWrites => self.counts.lambda_writes,
        }
    }

    /// The point after the next `delay` counts of `tempo`.
    #[must_use]
    pub fn after(&self, tempo: Tempo, delay: u64) -> Due {
        Due {
            tempo,
            at: self.count(tempo).saturating_add(delay),
        }
    }

    /// The counters as they are kept.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }
}

/// A point on the logical clock: reached once more than `at` of `tempo` have been counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    tempo: Tempo,
    at: u64,
}

impl Due {
    /// Whether the point lies behind.
    #[must_use]
    pub fn has_come(self, clock: &Clock) -> bool {
        clock.count(self.tempo) > self.at
    }
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SECRET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The account's source of ids: a seed and how many were given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    seed: u64,
    given: u64,
}

impl Ids {
    /// A source that has given out nothing.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, given: 0 }
    }

    /// The same source after so many ids more.
    #[must_use]
    pub fn later(self, more: u64) -> Self {
        Self {
            given: self.given.saturating_add(more),
            ..self
        }
    }

    /// Whether no id beyond those of `reserved` was given out.
    #[must_use]
    pub fn within(self, reserved: Self) -> bool {
        self.given <= reserved.given
    }

    /// A unique id as IAM forms it: the prefix and 17 upper-case base32 characters.
    pub fn unique(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.letters(BASE32, 17))
    }

    /// `length` characters of upper-case base32.
    pub fn base32(&mut self, length: usize) -> String {
        self.letters(BASE32, length)
    }

    /// `length` characters as in a secret key.
    pub fn secret(&mut self, length: usize) -> String {
        self.letters(SECRET, length)
    }

    /// `length` lower-case hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        self.letters(b"0123456789abcdef", length)
    }

    /// A UUID, version 4 by its looks.
    pub fn uuid(&mut self) -> String {
        self.given = self.given.saturating_add(1);
        uuid(&self.block("id", self.given, 0))
    }

    /// The request id of the present call; drawing it uses up nothing, so reads leave the source alone. A killed process
    /// may have counted calls that nobody knows of, so the openings count, too.
    #[must_use]
    pub fn request(&self, clock: &Clock) -> String {
        uuid(&self.block("request", clock.counts.calls, clock.counts.openings))
    }

    /// The id of what CloudTrail keeps of the present call; it uses up nothing either.
    #[must_use]
    pub fn event(&self, clock: &Clock) -> String {
        uuid(&self.block("event", clock.counts.calls, clock.counts.openings))
    }

    /// A number below `bound` for the `nth` draw of `what`, the same for the same seed.
    #[must_use]
    pub fn draw(seed: u64, what: &str, nth: u64, bound: u64) -> u64 {
        let block = Self::new(seed).block(what, nth, 0);
        let number = block
            .iter()
            .take(8)
            .fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        number.checked_rem(bound).unwrap_or(0)
    }

    fn letters(&mut self, alphabet: &[u8], length: usize) -> String {
        self.given = self.given.saturating_add(1);
        (0u64..)
            .flat_map(|part| self.block("id", self.given, part))
            .filter_map(|byte| alphabet.get(usize::from(byte) % alphabet.len()))
            .take(length)
            .map(|letter| char::from(*letter))
            .collect()
    }

    fn block(&self, purpose: &str, number: u64, part: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(purpose.as_bytes());
        hash.update(self.seed.to_be_bytes());
        hash.update(number.to_be_bytes());
        hash.update(part.to_be_bytes());
        hash.finalize().into()
    }
}

fn uuid(block: &[u8; 32]) -> String {
    let digits: String = block.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-4{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn moments_are_written_as_each_service_writes_them() {
        let moment = Moment::new(datetime!(2026-01-31 12:00:00.5 UTC));
        assert_eq!(moment.seconds(), "2026-01-31T12:00:00Z");
        assert_eq!(moment.millis(), "2026-01-31T12:00:00.500Z");
        assert_eq!(moment.whole_seconds(), "2026-01-31T12:00:00.000Z");
        assert_eq!(moment.lambda(), "2026-01-31T12:00:00.500+0000");
        assert_eq!(moment.http(), "Sat, 31 Jan 2026 12:00:00 GMT");
        let text = serde_json::to_string(&moment).unwrap();
        assert_eq!(serde_json::from_str::<Moment>(&text).unwrap(), moment);
    }

    #[test]
    fn a_delay_of_two_spans_the_next_two_counts() {
        let mut clock = Clock::new(Time::Real, Counts::default());
        let due = clock.after(Tempo::LambdaWrites, 2);
        let seen: Vec<bool> = (0..3)
            .map(|_| {
                clock.tick(Tempo::LambdaWrites);
                due.has_come(&clock)
            })
            .collect();
        assert_eq!(seen, [false, false, true]);
    }

    #[test]
    fn ids_repeat_with_the_seed_and_never_within_it() {
        let (mut one, mut two, mut other) = (Ids::new(1), Ids::new(1), Ids::new(2));
        let first = one.unique("AROA");
        assert_eq!(first.len(), 21);
        assert_eq!(first, two.unique("AROA"));
        assert_ne!(first, other.unique("AROA"));
        assert_ne!(first, one.unique("AROA"));
        assert_eq!(one.uuid().len(), 36);
    }
}
