//! The example environments hold what they promise.
//!
//! Invariant: no example pins an account, and each is one that `check` accepts as it stands in the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The examples, with what they must be given.
const EXAMPLES: &[(&str, &[&str])] = &[
    ("environment.example.yaml", &[]),
    ("examples/rmi-360-monitor/environment.yaml", &[]),
    ("examples/imaging-workflow/environment.yaml", &["--var", "user=erika"]),
    ("examples/noisepy/environment.yaml", &[]),
    ("examples/aws-basics/environment.yaml", &[]),
    ("examples/aws-usage-notes/environment.yaml", &[]),
    (
        "examples/github-oidc/environment.yaml",
        &["--var", "repository=example/account"],
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn evenkeel(home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .current_dir(root())
        .env_clear()
        .env("HOME", home)
        .output()
        .expect("evenkeel runs");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
    (output.status.code(), text.concat())
}

fn environments(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            environments(&path, found);
        } else if path.extension().is_some_and(|end| end == "yaml") {
            found.push(path);
        }
    }
}

#[test]
fn every_example_is_listed_here() {
    let mut found = vec![root().join("environment.example.yaml")];
    environments(&root().join("examples"), &mut found);
    found.sort();
    let mut listed: Vec<PathBuf> = EXAMPLES.iter().map(|(file, _)| root().join(file)).collect();
    listed.sort();
    assert_eq!(found, listed);
}

#[test]
fn every_example_passes_check() {
    let home = TempDir::new().expect("a folder");
    for (file, given) in EXAMPLES {
        let (code, text) = evenkeel(home.path(), &[&["check", "-f", file], *given].concat());
        assert_eq!(code, Some(0), "{file}:\n{text}");
        assert!(
            !text.contains("warning") && !text.contains("security"),
            "{file}:\n{text}"
        );
    }
}

#[test]
fn no_example_pins_an_account_or_holds_an_account_id() {
    for (file, _) in EXAMPLES {
        let text = std::fs::read_to_string(root().join(file)).expect("an example");
        let live: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .collect();
        assert!(
            !live.iter().any(|line| line.starts_with("account:")),
            "{file} pins an account"
        );
        let digits = |line: &&str| line.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() == 12);
        assert_eq!(live.iter().find(|line| digits(line)), None, "{file}");
    }
}

/// Sections that stand on what somebody else owns, so that an example which can be applied anywhere can't hold them: they
/// are shown as a comment.
const ON_OTHERS: &[&str] = &["bucket_policies"];

#[test]
fn the_wide_example_has_every_kind_once_or_more() {
    let text = std::fs::read_to_string(root().join("environment.example.yaml")).expect("the example");
    for kind in evenkeel::kinds::KindName::ALL {
        let section = kind.section().key;
        let comment = if ON_OTHERS.contains(&section) { "# " } else { "" };
        let key = format!("{comment}{section}:");
        assert!(
            text.lines().any(|line| line.starts_with(&key)),
            "environment.example.yaml has no `{key}`"
        );
    }
}

/// What stands on standard error when a step has failed, or has not been tried because of one that has.
#[cfg(feature = "aws")]
const UNDONE: &[&str] = &["FAILED", "not tried", "unsettled"];

#[cfg(feature = "aws")]
#[test]
fn the_wide_example_is_applied_without_a_failed_step_however_slow_the_account_is_to_agree_with_itself() {
    for seed in 1..=20 {
        let home = TempDir::new().expect("a folder");
        let sandbox = home.path().join("sandbox");
        let sandbox = sandbox.to_str().expect("UTF-8");
        let lag = format!("--sandbox-lag={seed}");
        let common = ["-f", "environment.example.yaml", "--sandbox", sandbox, &lag];
        let (code, text) = evenkeel(home.path(), &[&["apply", "--yes"], common.as_slice()].concat());
        assert_eq!(code, Some(0), "seed {seed}:\n{text}");
        for word in UNDONE {
            assert!(!text.contains(word), "seed {seed} has `{word}`:\n{text}");
        }
        let (code, text) = evenkeel(
            home.path(),
            &[&["plan", "--detailed-exitcode"], common.as_slice()].concat(),
        );
        assert_eq!(code, Some(0), "seed {seed} again:\n{text}");
    }
}

#[cfg(feature = "aws")]
#[test]
fn what_an_apply_waits_for_is_shown() {
    let home = TempDir::new().expect("a folder");
    let sandbox = home.path().join("sandbox");
    let sandbox = sandbox.to_str().expect("UTF-8");
    let command = [
        "apply",
        "--yes",
        "--sandbox-lag",
        "-f",
        "environment.example.yaml",
        "--sandbox",
        sandbox,
    ];
    let (code, text) = evenkeel(home.path(), &command);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains(": waiting for "), "{text}");
}

#[cfg(feature = "aws")]
#[test]
fn lag_is_a_simulated_accounts_and_takes_a_seed() {
    let home = TempDir::new().expect("a folder");
    let (code, text) = evenkeel(
        home.path(),
        &["plan", "-f", "environment.example.yaml", "--sandbox-lag"],
    );
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("--sandbox"), "{text}");
    let (code, text) = evenkeel(home.path(), &["apply", "--sandbox", "--sandbox-lag", "saved.plan"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("what is no seed must not follow this option"), "{text}");
    for lag in [&["--sandbox-lag", "7"][..], &["--sandbox-lag=7"]] {
        let (code, text) = evenkeel(home.path(), &[&["apply", "saved.plan", "--sandbox"], lag].concat());
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("the plan saved.plan can't be read"), "{text}");
    }
    let (code, text) = evenkeel(home.path(), &["plan", "--sandbox", "--sandbox-lag=soon"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("invalid value 'soon'"), "{text}");
}

#[cfg(feature = "aws")]
#[test]
fn every_example_can_be_applied_in_a_sandbox_and_then_there_is_nothing_to_do() {
    for (file, given) in EXAMPLES {
        let home = TempDir::new().expect("a folder");
        let sandbox = home.path().join("sandbox");
        let sandbox = sandbox.to_str().expect("UTF-8");
        let common = [&["-f", file, "--sandbox", sandbox], *given].concat();
        let (code, text) = evenkeel(home.path(), &[&["apply", "--yes"], common.as_slice()].concat());
        assert_eq!(code, Some(0), "{file}:\n{text}");
        let (code, text) = evenkeel(
            home.path(),
            &[&["plan", "--detailed-exitcode"], common.as_slice()].concat(),
        );
        assert_eq!(code, Some(0), "{file} again:\n{text}");
    }
}
