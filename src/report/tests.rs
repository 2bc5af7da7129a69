//! What a report counts and how it is said in a line.

use super::testing::{everything, mistakes, rich_plan};
use super::*;

#[test]
fn a_summary_counts_what_there_is() {
    assert_eq!(
        rich_plan().summary(),
        "1 to create, 2 to change, 1 to replace, 1 to delete, 1 to adopt, 1 refused, 1 unknown, 1 as written; 8 calls"
    );
    let mut report = Report::new(Command::Check, Context::default(), testing::verdict(1, Word::Error));
    assert_eq!(report.summary(), "nothing");
    report.findings = mistakes();
    assert_eq!(report.summary(), "2 errors, 1 warning");
}

#[test]
fn the_counts_of_a_fleet_are_those_of_its_members() {
    let member = |name: &str| Member {
        name: name.into(),
        report: rich_plan(),
    };
    let mut fleet = Report::new(Command::Fleet, Context::default(), testing::verdict(0, Word::Changes));
    fleet.members = vec![member("a"), member("b")];
    assert_eq!(fleet.counts().get(&Status::Update), Some(&4));
}

#[test]
fn findings_stand_once_in_the_order_of_their_places() {
    let places: Vec<Option<u32>> = mistakes()
        .iter()
        .map(|finding| finding.region.as_ref().map(|region| region.start.line))
        .collect();
    assert_eq!(places, [None, Some(2), Some(3)]);
    let region = mistakes()[2].region.clone().unwrap();
    assert_eq!((region.start.column, region.end_column, region.end_line), (9, 16, 3));
    assert_eq!(region.line, "  ci: { polices: [x] }");
}

#[test]
fn everything_holds_every_status() {
    assert_eq!(everything().counts().len(), 17);
}
