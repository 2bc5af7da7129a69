use time::macros::date;

use super::AcceptedList;
use crate::address::Address;
use crate::kinds::KindName;
use crate::spec::source::Sources;

fn read(text: &str) -> (AcceptedList, Vec<String>) {
    let (mut sources, mut findings) = (Sources::default(), Vec::new());
    let file = sources.add("accepted.yaml", text);
    let list = AcceptedList::read(&sources, file, &mut findings);
    (list, findings.into_iter().map(|finding| finding.message).collect())
}

fn address(kind: &str, name: &str) -> Address {
    Address::new(KindName::of_name(kind).unwrap(), name)
}

const LIST: &str = "version: 1
accepted:
  - { address: role/legacy-*, reason: moves in spring, until: 2027-04-30 }
  - { address: user/ada, reason: the owner }
";

#[test]
fn an_entry_accepts_until_its_last_day_and_on_it() {
    let (list, findings) = read(LIST);
    assert_eq!(findings, [""; 0]);
    let legacy = address("role", "legacy-batch");
    for (day, accepted) in [
        (date!(2026 - 11 - 22), true),
        (date!(2027 - 04 - 30), true),
        (date!(2027 - 05 - 01), false),
    ] {
        assert_eq!(list.accepts(&legacy, day).is_some(), accepted, "{day}");
    }
    assert!(list.accepts(&address("user", "ada"), date!(2099 - 01 - 01)).is_some());
    assert!(list.accepts(&address("user", "adam"), date!(2026 - 11 - 22)).is_none());
    assert_eq!(
        list.accepts(&legacy, date!(2026 - 11 - 22)).unwrap().place.to_string(),
        "accepted.yaml:3"
    );
}

#[test]
fn ended_and_needless_entries_are_told_where_it_is_known() {
    let (list, _) = read(LIST);
    let (role, user) = (KindName::of_name("role").unwrap(), KindName::of_name("user").unwrap());
    let ada = address("user", "ada");
    let told = list.remarks(&[&ada], &[role, user], date!(2026 - 11 - 22));
    assert_eq!(
        told,
        ["accepted.yaml:3: `role/legacy-*` accepts nothing that is there; it can go"]
    );
    assert_eq!(list.remarks(&[&ada], &[user], date!(2026 - 11 - 22)), [""; 0]);
    let told = list.remarks(&[&ada], &[user], date!(2028 - 01 - 01));
    assert_eq!(
        told,
        ["accepted.yaml:3: `role/legacy-*` was accepted until 2027-04-30, and no longer is"]
    );
}

#[test]
fn every_mistake_is_told() {
    let (_, findings) = read(
        "version: 1
accepted:
  - { address: rolle/x, reason: a }
  - { address: x, reason: a }
  - { address: role/x }
  - { address: role/x, reason: a, until: tomorrow }
  - { address: role/x, reason: a, untill: 2027-01-01 }
",
    );
    assert_eq!(
        findings,
        [
            "there is no kind `rolle`",
            "`x` is no address",
            "this accepted entry has no `reason`",
            "`tomorrow` is no day",
            "unknown key `untill` in this accepted entry",
        ]
    );
    assert_eq!(read("accepted: []").1, ["this accepted file has no `version`"]);
}
