//! What a change of access comes to, in a line, and the lines that must not be crossed.
//!
//! Invariant: a verdict counts what the shifts say and adds nothing; in doubt a limit is crossed.

use std::fmt;

use super::{Delta, Shift, Sort, Way};

/// Whether somebody can do more than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Widens {
    /// Nobody.
    No,
    /// It can't be told.
    Unknown,
    /// Somebody.
    Yes,
}

impl Widens {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Yes => "yes",
        }
    }
}

/// What a change of access comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether somebody can do more than before.
    pub widens: Widens,
    /// How many principals can, or may be able to.
    pub widened: usize,
    /// How many principals can do less.
    pub narrowed: usize,
    /// How many become as good as administrators.
    pub admins: usize,
    /// How many gain a way to more access than they were given.
    pub escalating: usize,
    /// Whether everybody gains something.
    pub public: bool,
    /// Of how many something is unknown.
    pub unknown: usize,
}

/// What `--fail-on` may forbid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Anybody gains anything.
    Widening,
    /// Anybody gains a way to more access than was given, or becomes as good as an administrator.
    Escalation,
    /// Everybody gains anything.
    Public,
}

impl Limit {
    /// As it is given on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Widening => "widening",
            Self::Escalation => "escalation",
            Self::Public => "public",
        }
    }
}

impl Delta {
    /// What it comes to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let count = |is: &dyn Fn(&Shift) -> bool| self.shifts.iter().filter(|shift| is(shift)).count();
        Verdict {
            widens: self.shifts.iter().map(Shift::widens).max().unwrap_or(Widens::No),
            widened: count(&|shift| shift.widens() != Widens::No),
            narrowed: count(&|shift| shift.rights.iter().any(|right| right.way == Way::Loses)),
            admins: count(&|shift| shift.admin == Some(Way::Gains)),
            escalating: count(&|shift| !shift.escalations.is_empty()),
            public: self.is_wider_for(Sort::Anyone),
            unknown: count(&|shift| !shift.unknown.is_empty()),
        }
    }

    /// Who crosses a limit, as people call them; nobody where it is kept.
    #[must_use]
    pub fn crossing(&self, limit: Limit) -> Vec<&str> {
        let shifts = self.shifts.iter().filter(|shift| shift.crosses(limit));
        shifts.map(|shift| shift.who.shown.as_str()).collect()
    }
}

impl Shift {
    fn crosses(&self, limit: Limit) -> bool {
        let may_gain = self.unknown.iter().any(|(way, _)| *way != Way::Loses);
        match limit {
            Limit::Widening => self.widens() != Widens::No,
            // What an unknown policy gives may be such a way.
            Limit::Escalation => self.admin == Some(Way::Gains) || !self.escalations.is_empty() || may_gain,
            Limit::Public => self.who.sort == Sort::Anyone && self.widens() != Widens::No,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.widens.word())?;
        let counted = [
            (self.widened, "principal", "principals"),
            (self.admins, "admin-equivalent", "admin-equivalents"),
            (self.escalating, "with a way to more", "with a way to more"),
            (self.unknown, "not fully known", "not fully known"),
        ];
        for (count, one, many) in counted.into_iter().filter(|(count, ..)| *count > 0) {
            write!(f, ", {count} {}", if count == 1 { one } else { many })?;
        }
        if self.public {
            f.write_str(", everybody among them")?;
        }
        if self.widens == Widens::No && self.narrowed > 0 {
            let principals = if self.narrowed == 1 { "principal" } else { "principals" };
            write!(f, ", narrows it for {} {principals}", self.narrowed)?;
        }
        Ok(())
    }
}
