use super::*;

const PARTS: [Part; 2] = [
    needed("subnets", TEXT, "Where."),
    part("groups", Shape::Boolean, "Whether."),
];

#[test]
fn a_shape_reads_as_people_say_it() {
    let said = |shape: Shape| shape.to_string();
    assert_eq!(said(POLICIES), "list of policies");
    assert_eq!(said(BOUNDARY), "policy or `none`");
    assert_eq!(
        said(Shape::Duration {
            least: 1,
            most: 15 * 60
        }),
        "duration from 1s to 15m"
    );
    assert_eq!(
        said(Shape::Duration { least: 90, most: 7200 }),
        "duration from 90s to 2h"
    );
    assert_eq!(said(number("MiB", 128, 512)), "MiB from 128 to 512");
    assert_eq!(said(number("", 6, 128)), "6 to 128");
    assert_eq!(said(number("", 0, u64::MAX)), "number");
    assert_eq!(said(Shape::Words(&["a", "b", "c"])), "`a`, `b` or `c`");
    assert_eq!(said(table(&PARTS, &[])), "{ subnets, groups }");
    assert_eq!(said(Shape::Called("rules", &TEXT)), "rules");
}

#[test]
fn keys_and_words_come_from_the_tables() {
    const KEYS: &[&str] = &names(&PARTS);
    const WORDS: &[(&str, u8)] = &[("one", 1), ("two", 2)];
    assert_eq!(KEYS, ["subnets", "groups"]);
    assert_eq!(crate::words_of!(WORDS).to_string(), "`one` or `two`");
}
