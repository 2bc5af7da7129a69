use super::{accepts, of, refuses};
use crate::names::Schedule;

#[test]
fn schedules() {
    accepts::<Schedule>(&[
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(1 hour)",
        "rate(12 hours)",
        "rate(1 day)",
        "rate(7 days)",
        "cron(0 12 * * ? *)",
        "cron(0/15 * * * ? *)",
        "cron(*/5 8-17 ? * MON-FRI *)",
        "cron(0 18 ? * mon-fri *)",
        "cron(0 8 1 * ? *)",
        "cron(0 8 L * ? *)",
        "cron(0 8 LW * ? *)",
        "cron(0 8 15W * ? 2026-2030)",
        "cron(0 8 ? * 6#3 *)",
        "cron(0 8 ? * FRI#5 *)",
        "cron(0 8 ? * L *)",
        "cron(0 8 ? * 6L *)",
        "cron(0,30 0-5,22-23 1/2 JAN,MAR-JUN ? *)",
        "cron(5-50/5 0 1 1/3 ? 1970-2199)",
    ]);
}

#[test]
fn rates_agree_with_their_unit() {
    let rate = "a rate is a whole number and a unit, such as `rate(5 minutes)`";
    refuses::<Schedule>(&[
        (
            "rate(1 minutes)",
            "`rate(1 minutes)`: 1 takes the singular: `rate(1 minute)`",
        ),
        ("rate(1 days)", "`rate(1 days)`: 1 takes the singular: `rate(1 day)`"),
        (
            "rate(5 minute)",
            "`rate(5 minute)`: 5 takes the plural: `rate(5 minutes)`",
        ),
        (
            "rate(24 hour)",
            "`rate(24 hour)`: 24 takes the plural: `rate(24 hours)`",
        ),
        (
            "rate(0 minutes)",
            "`rate(0 minutes)`: the least rate is 1: `rate(1 minute)`",
        ),
        (
            "rate(05 minutes)",
            "`rate(05 minutes)`: the number of a rate has no leading zero: `rate(5 minutes)`",
        ),
        ("rate(-5 minutes)", &format!("`rate(-5 minutes)`: {rate}")),
        ("rate(1.5 hours)", &format!("`rate(1.5 hours)`: {rate}")),
        ("rate()", &format!("`rate()`: {rate}")),
        ("rate(5)", &format!("`rate(5)`: {rate}")),
        ("rate(5m)", &format!("`rate(5m)`: {rate}")),
        (
            "rate(30 seconds)",
            "`rate(30 seconds)`: `seconds` is no unit of a rate; the shortest is `rate(1 minute)`",
        ),
        (
            "rate(2 weeks)",
            "`rate(2 weeks)`: `weeks` is no unit of a rate; a week is `rate(7 days)`",
        ),
        (
            "rate(5 mins)",
            "`rate(5 mins)`: `mins` is no unit of a rate, which takes minutes, hours or days",
        ),
        (
            "rate(9999999999 days)",
            "`rate(9999999999 days)`: the number of a rate has at most 9 digits",
        ),
    ]);
}

#[test]
fn other_schedules() {
    refuses::<Schedule>(&[
        (
            "",
            "a schedule can't be empty; it takes `rate(5 minutes)` or `cron(0 12 * * ? *)`",
        ),
        ("5 minutes", "`5 minutes`: a schedule names its kind: `rate(5 minutes)`"),
        (
            "every 1 hour",
            "`every 1 hour`: a schedule names its kind: `rate(1 hour)`",
        ),
        (
            "*/5 * * * *",
            "`*/5 * * * *`: a schedule names its kind, and cron takes six fields: `cron(*/5 * * * ? *)`",
        ),
        (
            "Rate(5 minutes)",
            "`Rate(5 minutes)`: `rate` and `cron` are lower case: `rate(5 minutes)`",
        ),
        ("rate(5 minutes", "`rate(5 minutes`: the schedule ends with one `)`"),
        (
            "at(2026-01-01T00:00:00)",
            "`at(2026-01-01T00:00:00)`: one-time schedules belong to EventBridge Scheduler; a rule takes `rate(5 minutes)` or `cron(0 12 * * ? *)`",
        ),
        (
            "daily",
            "`daily`: a schedule is `rate(5 minutes)` or `cron(0 12 * * ? *)`",
        ),
    ]);
    assert!(
        Schedule::parse(&format!("cron(0 {} * * ? *)", "1,".repeat(130)))
            .unwrap_err()
            .to_string()
            .contains("256")
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn cron_fields() {
    let six = "cron takes six fields (minutes, hours, day of month, month, day of week, year)";
    let one = "exactly one of day of month and day of week is `?`";
    refuses::<Schedule>(&[
        (
            "cron(0 12 * * *)",
            &format!("`cron(0 12 * * *)`: {six}, this has 5: `cron(0 12 * * ? *)`"),
        ),
        (
            "cron(0 12 * * MON-FRI)",
            &format!("`cron(0 12 * * MON-FRI)`: {six}, this has 5: `cron(0 12 ? * MON-FRI *)`"),
        ),
        ("cron(0 12 1 * 1)", &format!("`cron(0 12 1 * 1)`: {six}, this has 5")),
        ("cron()", &format!("`cron()`: {six}, this has 0")),
        (
            "cron(0 12 * * * *)",
            &format!("`cron(0 12 * * * *)`: {one}: `cron(0 12 * * ? *)`"),
        ),
        (
            "cron(0 12 * * MON *)",
            &format!("`cron(0 12 * * MON *)`: {one}: `cron(0 12 ? * MON *)`"),
        ),
        (
            "cron(0 12 ? * ? *)",
            &format!("`cron(0 12 ? * ? *)`: {one}: `cron(0 12 * * ? *)`"),
        ),
        (
            "cron(0 12 1 * MON *)",
            &format!("`cron(0 12 1 * MON *)`: {one}; write two rules for both"),
        ),
        (
            "cron(60 12 * * ? *)",
            "`cron(60 12 * * ? *)`: minutes: `60` lies outside 0-59",
        ),
        (
            "cron(0 24 * * ? *)",
            "`cron(0 24 * * ? *)`: hours: `24` lies outside 0-23",
        ),
        (
            "cron(0 0 32 * ? *)",
            "`cron(0 0 32 * ? *)`: day of month: `32` lies outside 1-31",
        ),
        (
            "cron(0 0 0 * ? *)",
            "`cron(0 0 0 * ? *)`: day of month: `0` lies outside 1-31",
        ),
        (
            "cron(0 0 1 13 ? *)",
            "`cron(0 0 1 13 ? *)`: month: `13` lies outside 1-12 or JAN-DEC",
        ),
        (
            "cron(0 0 ? * 0 *)",
            "`cron(0 0 ? * 0 *)`: day of week: `0` lies outside 1-7 or SUN-SAT",
        ),
        (
            "cron(0 0 1 * ? 1969)",
            "`cron(0 0 1 * ? 1969)`: year: `1969` lies outside 1970-2199",
        ),
        (
            "cron(0 0 ? * TUES *)",
            "`cron(0 0 ? * TUES *)`: day of week: `TUES` is no value; it takes 1-7 or SUN-SAT; did you mean `TUE`",
        ),
        (
            "cron(x 0 1 * ? *)",
            "`cron(x 0 1 * ? *)`: minutes: `x` is no value; it takes 0-59",
        ),
        (
            "cron(? 0 1 * ? *)",
            "`cron(? 0 1 * ? *)`: minutes: `?` stands only in day of month and day of week; write `*`",
        ),
        (
            "cron(0,,5 0 1 * ? *)",
            "`cron(0,,5 0 1 * ? *)`: minutes: a value is missing beside `,`",
        ),
        (
            "cron(0/0 0 1 * ? *)",
            "`cron(0/0 0 1 * ? *)`: minutes: `0/0`: the step after `/` is a number from 1 to 59",
        ),
        (
            "cron(0 22-2 1 * ? *)",
            "`cron(0 22-2 1 * ? *)`: hours: `22-2`: a range runs upwards; write `22-23,0-2`",
        ),
        (
            "cron(0 0 ? * MON/2 *)",
            "`cron(0 0 ? * MON/2 *)`: day of week: `MON/2`: day of week takes no `/`; list the values",
        ),
        (
            "cron(0 0 ? * FRI#6 *)",
            "`cron(0 0 ? * FRI#6 *)`: day of week: `FRI#6`: the number after `#` is 1 to 5",
        ),
        (
            "cron(0 0 5#1 * ? *)",
            "`cron(0 0 5#1 * ? *)`: day of month: `5#1`: `#` stands only in day of week",
        ),
        (
            "cron(L 0 1 * ? *)",
            "`cron(L 0 1 * ? *)`: minutes: `L` is no value; it takes 0-59",
        ),
        (
            "cron(0 0 ? * 5W *)",
            "`cron(0 0 ? * 5W *)`: day of week: `5W` is no value; it takes 1-7 or SUN-SAT",
        ),
    ]);
}

#[test]
fn white_space_alone_does_not_count() {
    let schedule = of::<Schedule>(" rate ( 5   minutes ) ");
    assert_eq!(schedule.as_str(), "rate(5 minutes)");
    assert!(schedule.matches("rate(5  minutes)") && !schedule.matches("rate(5 hours)"));
    assert_eq!(of::<Schedule>("cron(0  12 * * ?  *)"), of("cron(0 12 * * ? *)"));
    assert_ne!(of::<Schedule>("cron(0 12 * * ? *)"), of("cron(00 12 * * ? *)"));
}
