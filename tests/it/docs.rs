//! What the documentation shows can be followed: links lead somewhere, commands exist, lists are whole.
//!
//! Invariant: the pages are read as they are checked in; nothing is fetched from anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every page, by its path from the root.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for file in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"] {
        pages.insert(file.to_owned(), read(file));
    }
    for folder in ["docs", "docs/reference"] {
        for entry in std::fs::read_dir(root().join(folder)).expect("a folder") {
            let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
            if name.ends_with(".md") {
                let file = format!("{folder}/{name}");
                pages.insert(file.clone(), read(&file));
            }
        }
    }
    pages
}

/// The lines outside and inside of fenced blocks.
fn split_fences(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut prose, mut code, mut inside) = (Vec::new(), Vec::new(), false);
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if inside {
            code.push(line);
        } else {
            prose.push(line);
        }
    }
    (prose, code)
}

/// The parts of a line between backticks.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

fn links(text: &str) -> Vec<String> {
    let (prose, _) = split_fences(text);
    let ends = |line: &str| {
        let parts: Vec<String> = line
            .split("](")
            .skip(1)
            .filter_map(|part| part.split(')').next())
            .map(str::to_owned)
            .collect();
        parts
    };
    prose.into_iter().flat_map(ends).collect()
}

/// A heading's anchor as code hosts make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().chars();
    let kept = kept.filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

#[test]
fn every_relative_link_leads_somewhere() {
    let pages = pages();
    let mut broken = Vec::new();
    let mut count = 0;
    for (page, text) in &pages {
        for link in links(text).into_iter().filter(|link| !link.contains("://")) {
            count += 1;
            let (file, part) = link.split_once('#').unwrap_or((&link, ""));
            let folder = root().join(page).parent().map(Path::to_path_buf).unwrap_or_default();
            let target = if file.is_empty() {
                root().join(page)
            } else {
                folder.join(file)
            };
            if !target.exists() || !part.is_empty() && !has_anchor(&target, part) {
                broken.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(count > 10, "only {count} links were found; is the search broken?");
    assert_eq!(broken, Vec::<String>::new());
}

fn has_anchor(target: &PathBuf, part: &str) -> bool {
    let text = std::fs::read_to_string(target).unwrap_or_default();
    let (prose, _) = split_fences(&text);
    prose.iter().any(|line| line.starts_with('#') && anchor(line) == part)
}

/// The arguments of every `evenkeel …` and `cargo run -- …` that is shown, with where it is shown.
fn commands() -> Vec<(String, Vec<String>)> {
    let mut shown = Vec::new();
    for (page, text) in pages() {
        let (prose, code) = split_fences(&text);
        let lines = code.into_iter().chain(prose.into_iter().flat_map(spans));
        shown.extend(lines.filter_map(arguments).map(|words| (page.clone(), words)));
    }
    for file in [
        "environment.example.yaml",
        "examples/rmi-360-monitor/environment.yaml",
        "examples/imaging-workflow/environment.yaml",
        "examples/noisepy/environment.yaml",
        "examples/aws-basics/environment.yaml",
        "examples/aws-usage-notes/environment.yaml",
        "examples/github-oidc/environment.yaml",
    ] {
        let text = read(file);
        let comments = text.lines().filter_map(|line| line.trim().strip_prefix('#'));
        shown.extend(comments.filter_map(arguments).map(|words| (file.to_owned(), words)));
    }
    shown
}

/// The words after the program's name, up to a pipe, a comment, or the explanation two spaces on.
fn arguments(line: &str) -> Option<Vec<String>> {
    let line = line.trim().trim_start_matches("$ ");
    let line = line
        .strip_prefix("cargo run -- ")
        .or_else(|| line.strip_prefix("evenkeel "))?;
    let line = line.split("  ").next().unwrap_or(line);
    let stops = ["|", ">", "&&", ";", "#"];
    Some(
        line.split_whitespace()
            .take_while(|word| !stops.contains(word))
            .map(str::to_owned)
            .collect(),
    )
}

fn help(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments)
        .arg("--help")
        .output()
        .expect("evenkeel runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The words of a help text that are options.
fn options(help: &str) -> BTreeSet<String> {
    let words = help.split(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | '.' | '`'));
    words
        .filter(|word| word.starts_with('-') && word.len() > 1)
        .map(str::to_owned)
        .collect()
}

/// The commands that a help text lists.
fn subcommands(help: &str) -> BTreeSet<String> {
    let list = help
        .split("Commands:")
        .nth(1)
        .and_then(|rest| rest.split("\n\n").next())
        .unwrap_or_default();
    list.lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_that_is_shown_exists_with_its_options() {
    let known = subcommands(&help(&[]));
    // The part without the SDK has fewer commands; what it has is still checked.
    let all = read("docs/cli.md");
    let elsewhere = |word: &str| !cfg!(feature = "aws") && all.contains(&format!("\n## `evenkeel {word}`\n"));
    let mut helps: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (page, words) in commands() {
        let shown = words.join(" ");
        let Some(first) = words.first() else { continue };
        if first.starts_with('-') {
            if !options(&help(&[])).contains(first) {
                wrong.push(format!("{page}: evenkeel {shown}"));
            }
            continue;
        }
        if !known.contains(first) && elsewhere(first) {
            continue;
        }
        if !known.contains(first) {
            wrong.push(format!("{page}: there is no `{first}` (evenkeel {shown})"));
            continue;
        }
        let whole = help(&[first]);
        let task = words.get(1).filter(|word| subcommands(&whole).contains(*word));
        let path: Vec<&str> = [Some(first), task].into_iter().flatten().map(String::as_str).collect();
        let options = helps.entry(path.join(" ")).or_insert_with(|| options(&help(&path)));
        // A single dash is standard input.
        let given = words.iter().filter(|word| word.starts_with('-') && *word != "-");
        let names = given.map(|word| word.split('=').next().unwrap_or(word));
        wrong.extend(
            names
                .filter(|name| {
                    !options.contains(*name) && (cfg!(feature = "aws") || !all.contains(&format!("`{name}")))
                })
                .map(|name| format!("{page}: {name} (evenkeel {shown})")),
        );
        checked += 1;
    }
    assert!(checked > 2, "only {checked} commands were found; is the search broken?");
    assert_eq!(wrong, Vec::<String>::new());
}

/// The `cargo …` lines in the README's fenced blocks, in their order.
fn cargo_lines() -> Vec<String> {
    let readme = read("README.md");
    let (_, code) = split_fences(&readme);
    code.into_iter()
        .map(|line| line.trim().trim_start_matches("$ ").to_owned())
        .filter(|line| line.starts_with("cargo "))
        .collect()
}

#[test]
fn the_readme_begins_with_the_two_commands_that_ci_runs() {
    let lines = cargo_lines();
    assert_eq!(
        lines.first().map(String::as_str),
        Some("cargo run -- apply -f environment.example.yaml --sandbox --yes")
    );
    assert_eq!(lines.get(1).map(String::as_str), Some("cargo test"));
    let ci = read(".ci/run");
    let runs = |command: &str| ci.lines().any(|line| line.trim() == command);
    let first = lines[0].replace("cargo run --", "\"$binary\"");
    assert!(runs(&first), ".ci/run has no line `{first}`");
    assert!(runs(&lines[1]), ".ci/run has no line `{}`", lines[1]);
}

/// The names under `[dependencies]` and `[dev-dependencies]`.
fn dependencies() -> BTreeSet<String> {
    let manifest = read("Cargo.toml");
    let mut names = BTreeSet::new();
    let mut counts = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            counts = ["[dependencies]", "[dev-dependencies]"].contains(&line.trim());
        } else if counts && let Some((name, _)) = line.split_once('=') {
            names.insert(name.trim().to_owned());
        }
    }
    names
}

#[test]
fn every_dependency_has_its_line_and_no_line_is_left_over() {
    let page = read("docs/decisions.md");
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let listed: BTreeSet<String> = rows
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| spans(cell).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert_eq!(dependencies(), listed);
}

#[test]
fn the_page_on_the_file_names_every_key_of_the_header() {
    let page = read("docs/file-format.md");
    for key in evenkeel::spec::load::HEADER {
        assert!(
            page.contains(&format!("`{key}`")),
            "docs/file-format.md says nothing of `{key}`"
        );
    }
}

#[test]
fn the_page_on_exit_codes_has_each_of_them() {
    use evenkeel::cli::Exit;
    let page = read("docs/exit-codes.md");
    for exit in [
        Exit::Done,
        Exit::Error,
        Exit::Differences,
        Exit::Incomplete,
        Exit::Refused,
        Exit::Interrupted,
    ] {
        let row = format!("| {} |", exit as u8);
        assert!(
            page.lines().any(|line| line.starts_with(&row)),
            "docs/exit-codes.md has no row {row}"
        );
    }
}

#[test]
fn the_page_on_archives_has_every_name_that_is_left_out() {
    let code = read("src/archive/exclude.rs");
    let lists = code.split("const ").filter(|part| {
        ["NAMES", "ENDINGS", "BEGINNINGS"]
            .iter()
            .any(|name| part.starts_with(name))
    });
    let lists = lists
        .filter_map(|part| part.split("];").next())
        .map(|part| part.split('=').nth(1).unwrap_or_default());
    let names: Vec<String> = lists
        .flat_map(|list| {
            list.split('"')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(names.len() > 15, "{names:?}");
    let page = read("docs/code-archives.md");
    let shown: BTreeSet<&str> = page.lines().flat_map(spans).collect();
    let has = |name: &str| shown.iter().any(|span| span.trim_matches('*') == name);
    let missing: Vec<&String> = names.iter().filter(|name| !has(name)).collect();
    assert_eq!(missing, Vec::<&String>::new());
}

/// What the README shows of its first command, but for what is left out, stands in this order in what it prints.
#[cfg(feature = "aws")]
#[test]
fn the_readme_shows_what_its_first_command_prints() {
    let readme = read("README.md");
    let (_, code) = split_fences(&readme);
    let shown = code
        .into_iter()
        .skip_while(|line| !line.starts_with("$ evenkeel apply -f environment.example.yaml"));
    let shown = shown
        .skip(1)
        .take_while(|line| !line.starts_with("$ "))
        .filter(|line| *line != "[…]");
    let sandbox = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["apply", "-f", "environment.example.yaml", "--yes", "--sandbox"])
        .arg(sandbox.path())
        .current_dir(root())
        .output()
        .expect("evenkeel runs");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let mut lines = printed.lines();
    let mut count = 0;
    for line in shown {
        assert!(
            lines.any(|printed| printed == line),
            "not printed, or not there: {line}\n\n{printed}"
        );
        count += 1;
    }
    assert!(count > 15, "only {count} lines were found; is the search broken?");
}
