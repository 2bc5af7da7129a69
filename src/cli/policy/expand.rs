//! `policy expand`: the actions that patterns mean.

use clap::Args;
use serde_json::{Value as Json, json};

use super::{Format, Kind, input};
use crate::catalogue::ActionSet;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::policy_doc::{Clause, Sense, Statement};
use crate::render::{Doc, Label};
use crate::spec::source::Sources;

/// Print the actions that patterns mean, or those that the statements of a document are about.
///
/// What actions there are is told by the catalogue, of the day that `evenkeel catalogue` shows; AWS adds new ones.
#[derive(Debug, Args)]
pub(super) struct ExpandArgs {
    /// Patterns such as `s3:Get*`, or a JSON file with a document, or `-` for standard input.
    #[arg(value_name = "PATTERN|FILE", required = true)]
    words: Vec<String>,
    /// What kind of policy the document is; its elements tell, if this does not.
    #[arg(long = "type", value_name = "KIND")]
    kind: Option<Kind>,
    /// How the answer is written.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn run(args: &ExpandArgs, output: &Output) -> Result<Exit, Failure> {
    match args.words.as_slice() {
        [file] if !is_pattern(file) => of_document(file, args, output),
        patterns => of_patterns(patterns, args.format, output),
    }
}

fn is_pattern(word: &str) -> bool {
    word == "*" || (word.contains(':') && !std::path::Path::new(word).exists())
}

fn of_patterns(patterns: &[String], format: Format, output: &Output) -> Result<Exit, Failure> {
    if let Some(file) = patterns.iter().find(|word| !is_pattern(word)) {
        let failure = Failure::new(format!("`{file}` is no pattern of actions"));
        return Err(failure.hint("a pattern is a service and a name, such as `s3:Get*`; a file stands alone"));
    }
    for pattern in patterns
        .iter()
        .filter(|pattern| ActionSet::of_pattern(pattern).is_empty())
    {
        output.note(&format!("`{pattern}` means no action that is known"));
    }
    let names = names(&ActionSet::of_patterns(patterns.iter().map(String::as_str)));
    match format {
        Format::Text => output.data(&listed(&names, "")),
        Format::Json => input::print_json(&json!(names), output),
    }
    Ok(Exit::Done)
}

fn of_document(file: &str, args: &ExpandArgs, output: &Output) -> Result<Exit, Failure> {
    let mut sources = Sources::default();
    let id = input::text(file, &mut sources)?;
    let policy = match input::document(id, &sources, Kind::asked(args.kind)) {
        Ok((policy, _)) => policy,
        Err(refused) => return Ok(input::refuse(&refused, &sources, args.format, output)),
    };
    let statements = policy
        .document()
        .map(|document| document.statements.as_slice())
        .unwrap_or_default();
    match args.format {
        Format::Json => input::print_json(&statements.iter().enumerate().map(told).collect(), output),
        Format::Text => {
            let mut doc = Doc::default();
            for (index, statement) in statements.iter().enumerate() {
                doc.text(
                    Label::Heading,
                    format!("{} {}", statement.effect.as_str(), name(index, statement)),
                );
                doc.append(&listed(&names(&meant(&statement.action)), "  "));
            }
            output.data(&doc);
        }
    }
    Ok(Exit::Done)
}

/// The actions that a clause is about, wildcards and `NotAction` counted.
fn meant(clause: &Clause) -> ActionSet {
    let named = ActionSet::of_patterns(clause.items.iter().map(|item| item.text.as_str()));
    match clause.sense {
        Sense::Only => named,
        Sense::AllBut => named.complement(),
    }
}

fn names(set: &ActionSet) -> Vec<String> {
    set.iter().map(crate::catalogue::Action::full_name).collect()
}

fn listed(names: &[String], indent: &str) -> Doc {
    let mut doc = Doc::default();
    for name in names {
        doc.text(Label::Plain, format!("{indent}{name}"));
    }
    doc
}

fn name(index: usize, statement: &Statement) -> String {
    let sid = statement.sid.as_ref().map(|sid| sid.text.clone());
    sid.unwrap_or_else(|| format!("statement {}", index + 1))
}

fn told((index, statement): (usize, &Statement)) -> Json {
    json!({
        "statement": name(index, statement),
        "effect": statement.effect.as_str(),
        "actions": names(&meant(&statement.action)),
    })
}
