//! Bad input: what `check` says of every mistake that can be known without AWS.
//!
//! The mistakes that can be shown as text stand in the pages beside this file, each with the whole of the answer; those
//! that can't (sizes, bytes, links) are below.

pub(crate) mod manual;
mod mutations;

use std::collections::BTreeSet;
use std::fs::File;
use std::time::{Duration, Instant};

use crate::place::Place;

/// A file without mistakes, but for what follows it.
const HEAD: &str = "version: 1\nenvironment: demo\n";

/// The pages of the manual.
pub(crate) const PAGES: &[&str] = &[
    "files.md",
    "yaml.md",
    "json.md",
    "header.md",
    "variables.md",
    "resources.md",
    "values.md",
    "references.md",
    "documents.md",
    "trust.md",
    "users_and_groups.md",
    "oidc_providers.md",
    "service_linked_roles.md",
    "lambdas.md",
    "event_buses.md",
    "buckets.md",
    "rules.md",
    "bucket_policies.md",
    "account_settings.md",
    "absent_and_expect.md",
];

macro_rules! pages {
    ($($test:ident),*) => { $(#[test] fn $test() { manual::hold(concat!(stringify!($test), ".md")); })* };
}

pages!(
    files,
    yaml,
    json,
    header,
    variables,
    resources,
    values,
    references,
    documents,
    trust,
    users_and_groups,
    oidc_providers,
    service_linked_roles,
    lambdas,
    event_buses,
    buckets,
    rules,
    bucket_policies,
    account_settings,
    absent_and_expect
);

/// Codes that no page can show, with why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("E0102", "it takes a file that the system refuses to read"),
    ("E0104", "it takes a folder that becomes a file between two looks"),
    ("E0105", "see `a_huge_file_is_refused_at_once`"),
    ("E0106", "see `bytes_that_are_no_text_are_named_with_their_line`"),
    ("E0107", "see `bytes_that_are_no_text_are_named_with_their_line`"),
    ("E0209", "see `deep_nesting_is_refused`"),
    ("E0211", "it stands in a file of a document as P001"),
    ("E0223", "it takes 64 MiB of variables; the library's own tests have it"),
    ("E0412", "see `sizes_beyond_a_quota`"),
    ("E0415", "a warning, see `a_warning_is_no_mistake`"),
    ("E0416", "a warning, see `a_warning_is_no_mistake`"),
    ("E0434", "a warning, see `a_warning_is_no_mistake`"),
];

#[test]
fn every_code_is_shown() {
    let shown: BTreeSet<String> = PAGES.iter().flat_map(|page| manual::codes(page)).collect();
    let files = evenkeel::spec::codes::CODES.iter().map(|(code, _)| *code);
    let known = files.chain(evenkeel::policy_doc::codes::ALL.iter().copied());
    let missing: Vec<&str> = known
        .filter(|code| !shown.contains(*code) && !ELSEWHERE.iter().any(|(elsewhere, _)| elsewhere == code))
        .collect();
    assert_eq!(missing, Vec::<&str>::new(), "no page shows these");
}

#[test]
fn a_good_file_says_one_line() {
    let place = Place::with(include_str!("bad_input/good.yaml")).file("good.json", include_str!("bad_input/good.json"));
    let answer = place.run(["check"]);
    let said = "demo: 16 resources, no mistakes found; 2 expectations hold\n";
    assert_eq!(
        (answer.code, answer.out.as_str(), answer.err.as_str()),
        (Some(0), said, "")
    );
}

/// The whole answer to an environment that must be refused.
fn refused(place: &Place) -> String {
    let answer = place.run(["check"]);
    assert_eq!((answer.code, answer.out.as_str()), (Some(1), ""), "{}", answer.err);
    answer.err
}

#[test]
fn a_huge_file_is_refused_at_once() {
    let place = Place::new();
    let file = File::create(place.path().join("environment.yaml")).expect("a file");
    file.set_len(100 * 1024 * 1024).expect("a sparse file");
    let begin = Instant::now();
    insta::assert_snapshot!(refused(&place), @r"
    error[E0105]: `environment.yaml` is larger than 10 MiB
     |
     = help: no environment is that large; is this the right file?

    1 error
    ");
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[test]
fn a_huge_document_is_refused_at_once() {
    let place = Place::with(format!("{HEAD}policies:\n  a: {{ document: {{ file: big.json }} }}\n"));
    let file = File::create(place.path().join("big.json")).expect("a file");
    file.set_len(100 * 1024 * 1024).expect("a sparse file");
    insta::assert_snapshot!(refused(&place), @r"
    error[E0105]: `big.json` is larger than 10 MiB
     --> environment.yaml:4:26
      |
    4 |   a: { document: { file: big.json } }
      |                          ^^^^^^^^
      |
      = help: no environment is that large; is this the right file?

    1 error
    ");
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line() {
    insta::assert_snapshot!(refused(&Place::with(b"version: 1\nenvironment: d\xe9mo\n")), @r"
    error[E0106]: `environment.yaml` is not UTF-8: line 2 holds the byte 0xE9
     |
     = help: save it as UTF-8

    1 error
    ");
    insta::assert_snapshot!(refused(&Place::with(b"version: 1\n\0")), @r"
    error[E0107]: `environment.yaml` is no text: line 2 holds a NUL byte
     |
     = help: is this the right file? Text must be saved as UTF-8

    1 error
    ");
    insta::assert_snapshot!(refused(&Place::with(b"\xff\xfev\0e\0")), @r"
    error[E0106]: `environment.yaml` is UTF-16, not UTF-8
     |
     = help: save it as UTF-8

    1 error
    ");
    let named =
        Place::with(format!("{HEAD}policies:\n  a: {{ document: {{ file: a.json }} }}\n")).file("a.json", b"{\n\xff}");
    insta::assert_snapshot!(refused(&named), @r"
    error[E0106]: `a.json` is not UTF-8: line 2 holds the byte 0xFF
     --> environment.yaml:4:26
      |
    4 |   a: { document: { file: a.json } }
      |                          ^^^^^^
      |
      = help: save it as UTF-8

    1 error
    ");
}

#[test]
fn a_byte_order_mark_is_no_mistake() {
    let answer = Place::with(format!("\u{feff}{HEAD}")).run(["check"]);
    assert_eq!((answer.code, answer.err.as_str()), (Some(0), ""));
}

#[test]
fn windows_line_ends_are_no_mistake() {
    let text =
        format!("{HEAD}roles:\n  reader:\n    polices: []\n    trust: lambda.amazonaws.com\n").replace('\n', "\r\n");
    insta::assert_snapshot!(refused(&Place::with(text)), @r"
    error[E0303]: unknown key `polices` in this role
     --> environment.yaml:5:5
      |
    5 |     polices: []
      |     ^^^^^^^ did you mean `policies`?

    1 error
    ");
}

#[test]
fn deep_nesting_is_refused() {
    let flow = format!("{HEAD}tags: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    insta::assert_snapshot!(refused(&Place::with(flow)).lines().next().expect("a line"), @"error[E0201]: brackets and braces stand too deep in one another");
    let indented: String = (0..200).map(|depth| " ".repeat(depth) + "a:\n").collect();
    insta::assert_snapshot!(refused(&Place::with(indented)).lines().next().expect("a line"), @"error[E0209]: lists and mappings stand too deep in one another");
    let json = Place::with(format!("{HEAD}policies: {{ a: {{ document: {{ file: a.json }} }} }}\n"));
    let json = json.file("a.json", "[".repeat(100_000));
    insta::assert_snapshot!(refused(&json).lines().next().expect("a line"), @"error[E0209]: lists and objects stand too deep in one another");
    let block = format!("{HEAD}policies: {{ a: {{ document: '{}' }} }}\n", "[".repeat(100_000));
    insta::assert_snapshot!(refused(&Place::with(block)).lines().next().expect("a line"), @"error[P001]: the policy text is not strict JSON: EOF while parsing a list, in line 1 of the text");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_is_refused() {
    let outside = Place::new().file("secret.json", "{}");
    let place = Place::with(format!("{HEAD}policies:\n  a: {{ document: {{ file: a.json }} }}\n"));
    std::os::unix::fs::symlink(outside.path().join("secret.json"), place.path().join("a.json")).expect("a link");
    insta::assert_snapshot!(refused(&place), @r"
    error[E0109]: the path `a.json` is not allowed: it is a link that leads out of the folder of the YAML file
     --> environment.yaml:4:26
      |
    4 |   a: { document: { file: a.json } }
      |                          ^^^^^^
      |
      = help: what a YAML file names must lie in its folder or below, so copy it there

    1 error
    ");
}

/// A statement whose document is `size` characters long.
fn document_of(size: usize) -> String {
    let bare = |resource: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"{resource}"}}]}}"#
        )
    };
    bare(&format!(
        "arn:aws:s3:::b/{}",
        "x".repeat(size - bare("arn:aws:s3:::b/").len())
    ))
}

#[test]
fn sizes_beyond_a_quota() {
    let policy = |size: usize| {
        Place::with(format!(
            "{HEAD}policies:\n  wide: {{ document: {{ file: wide.json }} }}\n"
        ))
        .file("wide.json", document_of(size))
    };
    assert_eq!(policy(6144).run(["check"]).code, Some(0));
    insta::assert_snapshot!(refused(&policy(6145)), @r"
    error[P008]: policy `wide` is 6145 characters long without white space, and AWS takes 6144
     --> environment.yaml:4:21
      |
    4 |   wide: { document: { file: wide.json } }
      |                     ^^^^^^^^^^^^^^^^^ split it into two policies

    1 error
    ");

    let inline = format!(
        "{HEAD}roles:\n  reader:\n    trust: lambda.amazonaws.com\n    inline_policies:\n      a: {{ file: a.json }}\n      b: {{ file: b.json }}\n"
    );
    let inline = |size: usize| {
        Place::with(&inline)
            .file("a.json", document_of(5240))
            .file("b.json", document_of(size))
    };
    assert_eq!(inline(5000).run(["check"]).code, Some(0));
    insta::assert_snapshot!(refused(&inline(5001)), @r"
    error[P008]: the inline policies of this role are 10241 characters long, and AWS takes 10240 in sum
     --> environment.yaml:7:7
      |
    7 |       a: { file: a.json }
      |       ^^^^^^^^^^^^^^^^^^^ make one of them a managed policy

    1 error
    ");

    let tags = |head: usize, own: usize| {
        let some = |count: usize, prefix: &str| {
            let tags: Vec<String> = (0..count).map(|at| format!("{prefix}{at}: x")).collect();
            format!("{{ {} }}", tags.join(", "))
        };
        Place::with(format!(
            "{HEAD}tags: {}\nroles:\n  reader: {{ trust: lambda.amazonaws.com, tags: {} }}\n",
            some(head, "h"),
            some(own, "o")
        ))
    };
    assert_eq!(tags(20, 29).run(["check"]).code, Some(0));
    insta::assert_snapshot!(head(&refused(&tags(20, 30))), @r"
    error[E0413]: 51 tags, and AWS takes at most 50 on one resource
     --> environment.yaml:5:48
    ");
    insta::assert_snapshot!(head(&refused(&tags(49, 0))), @r"
    error[E0413]: 49 tags for every resource, and AWS takes at most 50 on one
     --> environment.yaml:3:7
    ");

    let description = format!(
        "{HEAD}roles:\n  reader: {{ trust: lambda.amazonaws.com, description: {} }}\n",
        "x".repeat(1001)
    );
    insta::assert_snapshot!(head(&refused(&Place::with(description))), @r"
    error[E0412]: this description has 1001 characters, and AWS takes 1000
     --> environment.yaml:4:55
    ");

    let tag = format!("{HEAD}tags: {{ {}: a, b: {} }}\n", "k".repeat(129), "v".repeat(257));
    insta::assert_snapshot!(refused(&Place::with(tag)).lines().filter(|line| line.starts_with("error")).collect::<Vec<_>>().join("\n"), @r"
    error[E0411]: tag key: `kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk…`: a tag key has at most 128 characters, this has 129
    error[E0411]: tag value: `vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv…`: a tag value has at most 256 characters, this has 257
    ");
}

/// Message and place, without an excerpt of a line that is very long.
fn head(said: &str) -> String {
    said.lines().take(2).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_warning_is_no_mistake() {
    let place = Place::with(format!("{HEAD}region: eu-wst-1\n"));
    let answer = place.run(["check"]);
    assert_eq!(
        (answer.code, answer.out.as_str()),
        (Some(0), "demo: 0 resources, no mistakes found\n")
    );
    insta::assert_snapshot!(answer.err, @r"
    warning[E0416]: `eu-wst-1` is not a known region; did you mean `eu-west-1`
     --> environment.yaml:3:9
      |
    3 | region: eu-wst-1
      |         ^^^^^^^^

    1 warning
    ");

    let place = Place::with(format!(
        "{HEAD}rules: {{ never: {{ pattern: {{ detial: {{ state: [x] }} }} }} }}\n"
    ));
    let answer = place.run(["check"]);
    assert_eq!(
        (answer.code, answer.out.as_str()),
        (Some(0), "demo: 1 resource, no mistakes found\n")
    );
    insta::assert_snapshot!(answer.err, @r"
    warning[E0434]: `detial`: no event has this field at its top, so nothing matches; did you mean `detail`
     --> environment.yaml:3:30
      |
    3 | rules: { never: { pattern: { detial: { state: [x] } } } }
      |                              ^^^^^^

    1 warning
    ");

    let trust = (0..60)
        .map(|at| format!("\"arn:aws:iam::123456789012:role/a-long-name-{at:03}\""))
        .collect::<Vec<_>>();
    let place = Place::with(format!(
        "{HEAD}roles:\n  reader: {{ trust: {{ aws: [{}] }} }}\n",
        trust.join(", ")
    ));
    let answer = place.run(["check"]);
    assert_eq!(
        (answer.code, answer.out.as_str()),
        (Some(0), "demo: 1 resource, no mistakes found\n")
    );
    insta::assert_snapshot!(head(&answer.err), @r"
    warning[P008]: this trust policy is 3045 characters long; AWS takes 2048 unless the quota was raised
     --> environment.yaml:4:20
    ");
}
