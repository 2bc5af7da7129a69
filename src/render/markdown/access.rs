//! Who gains and who loses which access, as a list.
//!
//! Invariant: what it comes to, and who gains what nobody should miss, is said at every level.

use std::fmt::Write as _;

use crate::access::delta::Shift;
use crate::render::access::{Voice, alike, is_grave, said, unknown, way_up};
use crate::report::{Command, Report};

use super::Level;
use super::text::{clipped, code, prose};

/// The longest line.
const LONG: usize = 2_000;

/// The longest line where space is short.
const SHORT: usize = 200;

/// The most principals whose rights are listed where space is short.
const FEW: usize = 20;

/// The section, if there is anything to say.
pub(super) fn access(page: &mut String, report: &Report, level: Level) {
    if report.access.is_empty() {
        return;
    }
    let voice = match report.command {
        Command::Drift => Voice::Standing,
        _ => Voice::Change,
    };
    let verdict = prose(&voice.verdict(&report.access));
    let _ = writeln!(page, "\n**{}**: {verdict}\n", voice.heading());
    let groups = alike(&report.access.shifts);
    let most = if level == Level::Full { groups.len() } else { FEW };
    for (names, shift) in groups.iter().take(most) {
        one(page, names, shift, level, voice);
    }
    if let Some(more) = groups.len().checked_sub(most).filter(|more| *more > 0) {
        let _ = writeln!(page, "- and {more} more");
    }
}

fn one(page: &mut String, names: &[&str], shift: &Shift, level: Level, voice: Voice) {
    let names: Vec<String> = names.iter().take(FEW).map(|name| code(&clipped(name, SHORT))).collect();
    let mark = if is_grave(shift) { "❗ " } else { "" };
    let names = names.join(", ");
    if level >= Level::Lines {
        let _ = writeln!(page, "- {mark}{names}");
        return;
    }
    let most = if level == Level::Full { LONG } else { SHORT };
    let mut lines: Vec<String> = Vec::new();
    lines.extend(shift.admin.map(|way| voice.admin(way).to_owned()));
    lines.extend(shift.escalations.iter().map(way_up));
    let rights = shift.rights.iter();
    lines.extend(rights.map(|right| format!("{} {}", voice.verb(right.way), said(right))));
    let unknowns = shift.unknown.iter();
    lines.extend(unknowns.map(|(way, why)| format!("unknown {}", unknown(voice, *way, why))));
    let _ = writeln!(page, "- {mark}{names}");
    for line in lines {
        let _ = writeln!(page, "  - {}", prose(&clipped(&line, most)));
    }
}
