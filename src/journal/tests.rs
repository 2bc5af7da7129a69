use time::macros::datetime;

use super::*;

fn begin() -> Begin {
    Begin {
        evenkeel: "0.1.0".into(),
        environment: "imaging".into(),
        account: "123456789012".into(),
        region: "eu-west-1".into(),
        identity: "arn:aws:iam::123456789012:user/erika".into(),
        digest: "d".into(),
        files: vec!["environment.yaml".into()],
        folder: "/work".into(),
        git: None,
        plan: None,
        consents: Vec::new(),
        steps: 3,
        sandbox: None,
        undo: None,
    }
}

fn id(random: u8) -> RunId {
    RunId::new(datetime!(2026-11-22 18:30:12 UTC), [random, 0, 1])
}

fn line(run: &RunId, entry: Entry) -> String {
    Line::text(run, datetime!(2026-11-22 18:30:13 UTC), entry)
}

fn change(address: &str, steps: usize) -> Entry {
    Entry::Change(Change {
        address: address.into(),
        verb: Verb::Create,
        steps,
    })
}

fn start(step: usize, address: &str) -> Entry {
    Entry::Start(Start {
        step,
        address: address.into(),
        call: "iam:CreateRole".into(),
        summary: "create role".into(),
        attempt: 1,
    })
}

fn finish(step: usize, address: &str, end: Ending) -> Entry {
    Entry::Finish(Finish {
        step,
        address: address.into(),
        end,
        because: None,
        message: None,
    })
}

/// A run that was killed in the middle: one role is done, one call has no answer, one thing was not tried.
fn killed(run: &RunId) -> String {
    let entries = [
        Entry::Begin(Box::new(begin())),
        change("role/a", 1),
        change("role/b", 2),
        change("role/c", 1),
        start(0, "role/a"),
        start(1, "role/b"),
        finish(0, "role/a", Ending::Done),
    ];
    entries.into_iter().map(|entry| line(run, entry)).collect()
}

fn of(text: &str) -> Journal {
    read(text.as_bytes(), Detail::Counts).unwrap()
}

#[test]
fn a_killed_run_shows_what_was_under_way() {
    let run = id(1);
    let journal = read(killed(&run).as_bytes(), Detail::CallsOf(&run)).unwrap();
    assert_eq!(journal.problems, []);
    let [run] = journal.runs.as_slice() else {
        panic!("{journal:?}")
    };
    assert_eq!(run.end, None);
    let standing = |address: &str| run.things[address].standing();
    assert_eq!(standing("role/a"), Standing::Complete);
    assert_eq!(standing("role/b"), Standing::Partly);
    assert_eq!(standing("role/c"), Standing::Untouched);
    let open: Vec<_> = run
        .tried
        .iter()
        .filter(|one| one.answer.is_none())
        .map(|one| one.start.step)
        .collect();
    assert_eq!(open, [0, 1], "step 0 has no line of an answer in this journal either");
}

#[test]
fn runs_of_several_processes_are_told_apart() {
    let (a, b) = (killed(&id(1)), killed(&id(2)));
    let mixed: String = a.lines().zip(b.lines()).map(|(a, b)| format!("{a}\n{b}\n")).collect();
    let journal = of(&mixed);
    assert_eq!(journal.problems, []);
    assert_eq!(journal.runs.len(), 2);
    assert!(journal.runs.iter().all(|run| run.completed(Verb::Create) == 1));
}

#[test]
fn a_torn_last_line_is_told_and_the_rest_is_read() {
    let whole = killed(&id(1));
    let text = format!("{whole}{}", &whole[..40]);
    let journal = of(&text);
    assert_eq!(journal.runs.len(), 1);
    assert_eq!(journal.problems.len(), 1);
    assert_eq!(journal.problems[0].line, 8);
    assert!(journal.problems[0].what.contains("breaks off"), "{journal:?}");
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    let run = id(1);
    let newer = line(&run, finish(0, "role/a", Ending::Done)).replace("\"v\":1", "\"v\":9");
    let bad_time = line(&run, finish(0, "role/a", Ending::Done)).replace("2026-11-22T", "yesterday ");
    let stranger = line(&id(9), finish(0, "role/a", Ending::Done));
    let text = format!("{}not json\n{{}}\n{newer}{bad_time}{stranger}\n[1]\n", killed(&run));
    let journal = of(&text);
    assert_eq!(journal.runs.len(), 1);
    let lines: Vec<usize> = journal.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [8, 9, 10, 11, 12, 14], "{journal:?}");
}

#[test]
fn bytes_that_are_no_text_stop_nothing() {
    let mut bytes = vec![0xff, 0xfe, b'\n'];
    bytes.extend(killed(&id(1)).bytes());
    let journal = read(bytes.as_slice(), Detail::Counts).unwrap();
    assert_eq!((journal.runs.len(), journal.problems.len()), (1, 1));
}

#[test]
fn an_event_of_a_later_version_is_passed_over() {
    let run = id(1);
    let later =
        format!("{{\"v\":1,\"run\":\"{run}\",\"time\":\"2026-11-22T18:30:14Z\",\"event\":\"weather\",\"x\":1}}\n");
    let journal = of(&format!("{}{later}", killed(&run)));
    assert_eq!(journal.problems, []);
    assert_eq!(journal.runs[0].last, datetime!(2026-11-22 18:30:14 UTC));
}

#[test]
fn a_run_is_named_by_its_beginning_or_its_end() {
    let run = id(0xab);
    assert_eq!(run.as_str(), "20261122-183012-ab0001");
    for (word, meant) in [
        ("20261122-18", true),
        ("ab00", true),
        ("20261122-183012-ab0001", true),
        ("183012", false),
        ("", false),
    ] {
        assert_eq!(run.is_meant_by(word), meant, "{word}");
    }
    assert_eq!(RunId::parse("../x"), None);
}

#[test]
fn a_long_message_is_cut() {
    let long = "é".repeat(LONGEST_MESSAGE + 1);
    assert_eq!(shortened(&long).chars().count(), LONGEST_MESSAGE + 2);
    assert_eq!(shortened("short"), "short");
}

#[test]
fn a_line_is_one_line_and_read_as_it_was_written() {
    let entry = finish(0, "role/a\nb", Ending::Failed);
    let text = line(&id(1), entry.clone());
    assert_eq!(text.matches('\n').count(), 1);
    assert_eq!(serde_json::from_str::<Line>(&text).unwrap().entry, entry);
}
