use super::*;
use crate::spec::files::Folder;

fn read_text(text: &str) -> (Option<Fleet>, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("ops")).unwrap();
    std::fs::write(dir.path().join("ops/fleet.yaml"), text).unwrap();
    let read = read(&Folder::new(dir.path()), "ops/fleet.yaml");
    let told = read.findings.iter().map(|finding| finding.message.clone()).collect();
    (read.fleet, told)
}

const GOOD: &str = r#"
version: 1
defaults:
  region: eu-central-1
  role: ops/evenkeel-reader
  external_id: x-1
  files: [environment.yaml]
  vars: { stage: prod, size: 3 }
  vars_files: common.yaml
accounts:
  team-b: { account: "222222222222", vars: { stage: test, public: true }, vars_files: [b.yaml] }
  team-a:
    account: "111111111111"
    files: [./a, /srv/b.yaml]
    role: arn:aws:iam::111111111111:role/other
    session_name: nightly
    base: main~1
"#;

#[test]
fn an_account_is_what_it_says_over_the_defaults() {
    let (fleet, told) = read_text(GOOD);
    assert_eq!(told, [""; 0]);
    let fleet = fleet.unwrap();
    assert_eq!(fleet.keys().collect::<Vec<_>>(), ["team-a", "team-b"]);
    let (a, b) = (&fleet["team-a"], &fleet["team-b"]);
    assert_eq!(a.files, ["ops/a", "/srv/b.yaml"]);
    assert_eq!(a.base, ["main~1"]);
    assert_eq!(a.role.as_ref().unwrap().session_name, "nightly");
    assert_eq!(b.files, ["ops/environment.yaml"]);
    assert_eq!(b.vars_files, ["ops/common.yaml", "ops/b.yaml"]);
    let vars: Vec<(&str, &str)> = b
        .vars
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(vars, [("public", "true"), ("size", "3"), ("stage", "test")]);
    let role = b.role.as_ref().unwrap();
    assert_eq!(role.role.as_str(), "arn:aws:iam::222222222222:role/ops/evenkeel-reader");
    assert_eq!(
        (role.session_name.as_str(), role.external_id.as_deref()),
        ("evenkeel", Some("x-1"))
    );
}

#[test]
fn every_mistake_is_told_at_once() {
    let (fleet, told) = read_text(
        r#"
version: 2
accounts:
  ../up: { account: "111111111111", files: a.yaml }
  short: { account: 123, files: [a.yaml] }
  none: { region: eu-central-1 }
  alien: { account: "111111111111", files: a, role: "arn:aws:iam::222222222222:role/x", coulour: red }
  lone: { account: "111111111111", files: a, session_name: nightly }
"#,
    );
    assert!(fleet.is_none());
    let all = told.join("\n");
    for part in [
        "`version`",
        "`../up` can't be the name",
        "the number `123`",
        "has no `account`",
        "is no role of account 111111111111",
        "unknown key `coulour`",
        "need a `role`",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
}

#[test]
fn the_page_names_every_key() {
    let (_, told) = read_text("version: 1\naccounts:\n  a: { wrong: 1 }\n");
    assert!(told.iter().any(|told| told.contains("unknown key `wrong`")));
    for (key, _) in FIELDS {
        let (_, told) = read_text(&format!("version: 1\naccounts:\n  a: {{ {key}: [] }}\n"));
        assert!(!told.iter().any(|told| told.contains("unknown key")), "{key}: {told:?}");
    }
}

#[test]
fn every_account_is_in_one_shard_and_stays_there() {
    let names: Vec<String> = (0..500).map(|number| format!("account-{number}")).collect();
    let shards: Vec<Shard> = (1..=7).map(|index| format!("{index}/7").parse().unwrap()).collect();
    for name in &names {
        assert_eq!(shards.iter().filter(|shard| shard.holds(name)).count(), 1, "{name}");
    }
    for shard in &shards {
        let held = names.iter().filter(|name| shard.holds(name)).count();
        assert!((40..=110).contains(&held), "{shard}: {held}");
    }
    assert_eq!(
        names
            .iter()
            .filter(|name| "1/1".parse::<Shard>().unwrap().holds(name))
            .count(),
        500
    );
    for bad in ["0/4", "5/4", "1", "1/0", "a/b", "-1/2", ""] {
        assert_eq!(bad.parse::<Shard>(), Err(BadShard), "{bad}");
    }
}
