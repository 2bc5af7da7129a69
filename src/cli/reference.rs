//! The page of all commands and options, made from the parser.
//!
//! Invariant: the checked-in page is byte for byte what the parser gives. `EVENKEEL_BLESS=1 cargo test cli::reference` writes it
//! anew.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::Cli;

const INTRODUCTION: &str = "\
# Reference: the command line

This page is made from the parser and checked by a test; the `--help` of a command says the same. What a command's exit
code means is told in [Exit codes](exit-codes.md); completions and manual pages, in [Shells](shell.md).
";

fn reference() -> String {
    let mut root = Cli::command();
    root.build();
    let mut page = INTRODUCTION.to_owned();
    let _ = writeln!(page, "\n## Options of every command\n");
    table(&mut page, root.get_arguments().filter(|arg| !is_own(arg)));
    for command in commands(&root) {
        section(&mut page, command, "##");
    }
    page
}

/// What every parser made by clap has.
fn is_own(arg: &Arg) -> bool {
    matches!(
        arg.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong
    )
}

fn commands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set())
}

fn section(page: &mut String, command: &Command, mark: &str) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let _ = writeln!(page, "\n{mark} `{name}`\n");
    let about = command.get_long_about().or_else(|| command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let about = match about.trim() {
        one if one.ends_with('.') => one.to_owned(),
        one => format!("{one}."),
    };
    let _ = writeln!(page, "{about}\n\n```\n{usage}\n```");
    let own: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| !is_own(arg) && !arg.is_global_set() && !arg.is_hide_set())
        .collect();
    if !own.is_empty() {
        page.push('\n');
        table(page, own.into_iter());
    }
    for below in commands(command) {
        section(page, below, &format!("{mark}#"));
    }
}

fn table<'a>(page: &mut String, args: impl Iterator<Item = &'a Arg>) {
    page.push_str("| | |\n| --- | --- |\n");
    for arg in args {
        let help = arg.get_long_help().or_else(|| arg.get_help());
        let help = help.map(ToString::to_string).unwrap_or_default();
        let mut help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        // The parser takes the period off a help of one sentence.
        if !help.ends_with(['.', ']']) {
            help.push('.');
        }
        let _ = writeln!(page, "| {} | {}{} |", written(arg), cell(&help), further(arg));
    }
}

/// A bar would end the cell, and what looks like a tag would not be shown.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<")
}

/// `-f, --file FILE`
fn written(arg: &Arg) -> String {
    let names = [
        arg.get_short().map(|short| format!("-{short}")),
        arg.get_long().map(|long| format!("--{long}")),
    ];
    let names: Vec<String> = names.into_iter().flatten().collect();
    let takes = arg.get_num_args().is_some_and(|range| range.takes_values());
    let optional = arg.get_num_args().is_some_and(|range| range.min_values() == 0);
    let values = arg.get_value_names().unwrap_or_default().join(" ");
    let value = match (takes, optional) {
        (false, _) => String::new(),
        (true, false) => values,
        (true, true) => format!("[{values}]"),
    };
    let spelling = [names.join(", "), value].join(" ");
    format!("`{}`", spelling.trim().replace('|', "\\|"))
}

/// The words that it takes, what it is by default, and whether it may be repeated.
fn further(arg: &Arg) -> String {
    let words: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    let takes = arg.get_num_args().is_some_and(|range| range.takes_values());
    let default: Vec<String> = arg
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    let mut text = String::new();
    if takes && !words.is_empty() {
        let _ = write!(text, " One of {}.", words.join(", "));
    }
    if takes && !default.is_empty() {
        let _ = write!(text, " By default {}.", default.join(", "));
    }
    if takes && matches!(arg.get_action(), ArgAction::Append) {
        text.push_str(" May be repeated.");
    }
    text
}

#[test]
fn the_page_of_commands_is_what_the_parser_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let made = reference();
    if std::env::var_os("EVENKEEL_BLESS").is_some() {
        std::fs::write(&path, &made).expect("the page can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/cli.md is not what the parser says; EVENKEEL_BLESS=1 cargo test cli::reference writes it anew"
    );
}
