//! Patterns that were read once: `*` and `?`, whole texts or ARNs part by part.
//!
//! Invariant: a glob is a text of marks; what a policy variable stood for is literal, whatever characters it has. A mark
//! before the sixth part of an ARN never stands for a colon (IAM user guide, "Resource": wildcards within segments); an
//! ARN that is cut short and ends in `*` goes on into the missing parts.

/// What a wildcard may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Class {
    /// Any character.
    Any,
    /// Any character but a colon.
    NotColon,
}

impl Class {
    const fn has(self, character: char) -> bool {
        match self {
            Self::Any => true,
            Self::NotColon => character != ':',
        }
    }
}

/// One mark of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Mark {
    /// This character.
    Is(char),
    /// One character.
    One(Class),
    /// Any number of characters.
    Many(Class),
}

/// A character of a pattern, and whether `*` and `?` are meant as wildcards in this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Letter {
    /// `*` and `?` are wildcards.
    Wild(char),
    /// It stands for itself: it came from a variable or an escape.
    Plain(char),
}

impl Letter {
    /// The character, whatever it is meant as.
    #[must_use]
    pub const fn character(self) -> char {
        match self {
            Self::Wild(character) | Self::Plain(character) => character,
        }
    }

    const fn is_colon(self) -> bool {
        matches!(self, Self::Wild(':') | Self::Plain(':'))
    }

    const fn mark(self, class: Class) -> Mark {
        match self {
            Self::Wild('*') => Mark::Many(class),
            Self::Wild('?') => Mark::One(class),
            Self::Wild(character) | Self::Plain(character) => Mark::Is(character),
        }
    }
}

/// The letters of a pattern that has no variables.
pub(super) fn letters(pattern: &str) -> Vec<Letter> {
    pattern.chars().map(Letter::Wild).collect()
}

/// A pattern that was read once and is asked often.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Glob {
    pub(super) marks: Vec<Mark>,
}

/// The parts of an ARN: `arn:partition:service:region:account:resource`.
const ARN_PARTS: usize = 6;

impl Glob {
    /// A pattern over a whole text: `*` stands for anything.
    #[must_use]
    pub fn text(pattern: &str) -> Self {
        Self::text_of(&letters(pattern))
    }

    /// As [`Glob::text`], of letters.
    #[must_use]
    pub fn text_of(letters: &[Letter]) -> Self {
        Self::from_marks(letters.iter().map(|letter| letter.mark(Class::Any)).collect())
    }

    /// A pattern of actions, which have no case: ask it with texts in lower case.
    #[must_use]
    pub fn action(pattern: &str) -> Self {
        Self::text(&pattern.to_ascii_lowercase())
    }

    /// A pattern of ARNs, compared part by part.
    #[must_use]
    pub fn arn(pattern: &str) -> Self {
        Self::arn_of(&letters(pattern))
    }

    /// As [`Glob::arn`], of letters. A colon that a variable stood for begins no new part.
    #[must_use]
    pub fn arn_of(letters: &[Letter]) -> Self {
        let parts = 1 + letters.iter().filter(|letter| **letter == Letter::Wild(':')).count();
        let mut part = 1;
        let mut marks = Vec::with_capacity(letters.len());
        for (index, letter) in letters.iter().enumerate() {
            let is_last_of_short = parts < ARN_PARTS && index + 1 == letters.len();
            let class = match part >= ARN_PARTS || is_last_of_short {
                true => Class::Any,
                false => Class::NotColon,
            };
            part += usize::from(letter.is_colon() && *letter == Letter::Wild(':'));
            marks.push(letter.mark(class));
        }
        Self::from_marks(marks)
    }

    /// Runs of `*` mean what one of them means.
    fn from_marks(mut marks: Vec<Mark>) -> Self {
        marks.dedup_by(
            |later, earlier| matches!((earlier, later), (Mark::Many(one), Mark::Many(other)) if one == other),
        );
        Self { marks }
    }

    /// Whether it matches every text.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.marks == [Mark::Many(Class::Any)]
    }

    /// Whether the characters before the first wildcards already tell the two apart: no text is in both.
    pub(super) fn begins_otherwise(&self, other: &Self) -> bool {
        let is_fixed = |(mark, other): &(&Mark, &Mark)| matches!((mark, other), (Mark::Is(_), Mark::Is(_)));
        let mut fixed = self.marks.iter().zip(&other.marks).take_while(is_fixed);
        fixed.any(|(mark, other)| mark != other)
    }

    /// Whether it matches one text alone.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.marks.iter().all(|mark| matches!(mark, Mark::Is(_)))
    }

    /// Whether it matches the whole text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let mut places = self.start();
        for character in text.chars() {
            places = self.step(&places, character);
            if places.is_empty() {
                return false;
            }
        }
        self.accepts(&places)
    }

    /// Where a reader of no characters can be.
    pub(super) fn start(&self) -> Places {
        self.settle(vec![0])
    }

    /// Where a reader can be after one more character.
    pub(super) fn step(&self, places: &[u16], character: char) -> Places {
        let mut next = Vec::with_capacity(places.len() + 1);
        for &place in places {
            match self.marks.get(usize::from(place)) {
                Some(Mark::Is(wanted)) if *wanted == character => next.push(place + 1),
                Some(Mark::One(class)) if class.has(character) => next.push(place + 1),
                Some(Mark::Many(class)) if class.has(character) => next.push(place),
                _ => {}
            }
        }
        self.settle(next)
    }

    /// Whether a reader in one of these places may stop.
    pub(super) fn accepts(&self, places: &[u16]) -> bool {
        places.iter().any(|place| usize::from(*place) == self.marks.len())
    }

    /// The characters that a reader in these places tells apart from any other.
    pub(super) fn told_apart<'a>(&'a self, places: &'a [u16]) -> impl Iterator<Item = char> + 'a {
        places
            .iter()
            .filter_map(|place| match self.marks.get(usize::from(*place)) {
                Some(Mark::Is(character)) => Some(*character),
                Some(Mark::One(Class::NotColon) | Mark::Many(Class::NotColon)) => Some(':'),
                _ => None,
            })
    }

    /// Follows `*` that stands for nothing, and forgets places that a later `*` makes needless, so that sets stay small.
    fn settle(&self, mut places: Vec<u16>) -> Places {
        let mut index = 0;
        while let Some(&place) = places.get(index) {
            if matches!(self.marks.get(usize::from(place)), Some(Mark::Many(_))) && !places.contains(&(place + 1)) {
                places.push(place + 1);
            }
            index += 1;
        }
        places.sort_unstable();
        places.dedup();
        let needless = |place: u16| {
            let later = places.iter().filter(|later| **later > place);
            later.into_iter().any(|&later| self.swallows(place, later))
        };
        places.iter().copied().filter(|&place| !needless(place)).collect()
    }

    /// Whether whatever a reader at `place` accepts is also accepted at `later`: the `*` there takes what lies between.
    fn swallows(&self, place: u16, later: u16) -> bool {
        let (from, to) = (usize::from(place), usize::from(later));
        let between = self.marks.get(from..to).unwrap_or_default();
        match self.marks.get(to) {
            Some(Mark::Many(Class::Any)) => true,
            Some(Mark::Many(Class::NotColon)) => !between
                .iter()
                .any(|mark| matches!(mark, Mark::Is(':') | Mark::One(Class::Any) | Mark::Many(Class::Any))),
            _ => false,
        }
    }
}

/// Marks that a reader may be before, ascending.
pub(super) type Places = Vec<u16>;
