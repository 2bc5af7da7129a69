//! Completions and manual pages know every command and every option that the help texts tell.

use std::collections::BTreeSet;
use std::process::Command;

use tempfile::TempDir;

const SHELLS: &[&str] = &["bash", "zsh", "fish", "elvish", "powershell"];

fn evenkeel(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .output()
        .expect("evenkeel runs");
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The commands that a help text lists, each with its path.
fn commands(path: &[String]) -> Vec<Vec<String>> {
    let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
    let help = evenkeel(&arguments);
    let list = help.split("Commands:").nth(1).unwrap_or_default();
    let list = list.split("\n\n").next().unwrap_or_default();
    // A command's line is indented by two, what goes on from the line above by more.
    let names = list
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let mut found = Vec::new();
    for name in names.filter_map(|line| line.split_whitespace().next()) {
        let mut below = path.to_vec();
        below.push(name.to_owned());
        found.extend(commands(&below));
        found.push(below);
    }
    found
}

/// The long options of a command, as its help tells them.
fn options(path: &[String]) -> BTreeSet<String> {
    let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
    let help = evenkeel(&arguments);
    let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let words = lines.flat_map(|line| line.split(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | '.' | '=')));
    words
        .filter(|word| word.starts_with("--"))
        .map(|word| word.trim_start_matches('-').to_owned())
        .collect()
}

#[test]
fn every_shell_completes_every_command_and_option() {
    let commands = commands(&[]);
    assert!(commands.len() >= 4, "{commands:?}");
    for shell in SHELLS {
        let script = evenkeel(&["completions", shell]);
        for command in &commands {
            let name = command.last().expect("a name");
            assert!(script.contains(name.as_str()), "{shell} has no {command:?}");
            for option in options(command) {
                assert!(script.contains(&option), "{shell} has no --{option} of {command:?}");
            }
        }
    }
}

/// `bash -n` reads a script and runs nothing of it; other shells are rarely there.
#[test]
fn a_shell_that_is_there_can_read_its_completions() {
    let folder = TempDir::new().expect("a folder");
    for shell in ["bash", "zsh", "fish"] {
        let file = folder.path().join(shell);
        std::fs::write(&file, evenkeel(&["completions", shell])).expect("a file");
        if let Ok(read) = Command::new(shell).arg("-n").arg(&file).output() {
            assert!(read.status.success(), "{shell}: {read:?}");
        }
    }
}

#[test]
fn bash_offers_what_fits() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("completions");
    std::fs::write(&file, evenkeel(&["completions", "bash"])).expect("a file");
    let ask = format!(
        "source {}; COMP_WORDS=(evenkeel ch); COMP_CWORD=1; _evenkeel evenkeel ch evenkeel; echo \"${{COMPREPLY[*]}}\"",
        file.display()
    );
    let answer = Command::new("bash").args(["-c", &ask]).output().expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), "check", "{answer:?}");
}

#[test]
fn an_unknown_shell_is_refused_with_those_that_are_known() {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["completions", "tcsh"])
        .output()
        .expect("evenkeel runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    for shell in SHELLS {
        assert!(said.contains(shell), "{said}");
    }
}

#[test]
fn every_command_has_its_manual_page() {
    let folder = TempDir::new().expect("a folder");
    let pages = folder.path().join("man/man1");
    evenkeel(&["man", "-o", pages.to_str().expect("UTF-8")]);
    let mut all = commands(&[]);
    all.push(Vec::new());
    let mut wanted = BTreeSet::new();
    for command in &all {
        let name = ["evenkeel".to_owned()]
            .into_iter()
            .chain(command.iter().cloned())
            .collect::<Vec<_>>()
            .join("-");
        let file = format!("{name}.1");
        let page = std::fs::read_to_string(pages.join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{file}");
        // In a manual page a hyphen that may be copied is written `\-`.
        for option in options(command) {
            let written = option.replace('-', "\\-");
            assert!(page.contains(&written), "{file} has no --{option}");
        }
        wanted.insert(file);
    }
    let there = std::fs::read_dir(&pages).expect("the folder").map(|entry| {
        let name = entry.expect("an entry").file_name();
        name.into_string().expect("UTF-8")
    });
    assert_eq!(there.collect::<BTreeSet<_>>(), wanted);
}

#[test]
fn the_manual_page_can_be_printed() {
    let page = evenkeel(&["man"]);
    assert!(page.contains(".TH evenkeel 1"), "{page}");
    for command in commands(&[]).iter().filter(|command| command.len() == 1) {
        assert!(
            page.contains(&command[0].replace('-', "\\-")) || page.contains(&command[0]),
            "the page of evenkeel has nothing of {command:?}"
        );
    }
}

#[test]
fn a_folder_that_can_not_be_made_is_an_error_with_its_name() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("man")
        .arg("-o")
        .arg(&file)
        .output()
        .expect("evenkeel runs");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("the manual can't be written into"), "{said}");
}
