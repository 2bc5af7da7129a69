//! `policy eval`: what AWS would answer to a request.
//!
//! Invariant: every case of a list has an answer or its own errors, in its place; a case that cannot be read is never
//! answered.

mod case;

use clap::Args;
use serde_json::{Value as Json, json};

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::evaluate::{Answer, Decision, Request, StatementRef, decide};
use crate::policy_doc::json_path;
use crate::spec::finding::Finding;
use crate::spec::node::{Node, Value};
use crate::spec::source::{FileId, Sources};

use super::Format;
use super::input::{self, Refused};

use case::Case;

/// Say what AWS would answer to a request, given all policies that matter.
#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// A JSON file with a request and its policies, or with a list of such cases; `-` for standard input.
    #[arg(value_name = "FILE")]
    file: String,
    /// How to answer; text on a terminal, else JSON.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

pub(super) fn run(args: &EvalArgs, output: &Output) -> Result<Exit, Failure> {
    let EvalArgs { file, format } = args;
    let format = Format::chosen(*format);
    let mut sources = Sources::default();
    let file = input::text(file, &mut sources)?;
    let tree = match input::parsed(file, &sources) {
        Ok(tree) => tree,
        Err(refused) => return Ok(input::refuse(&refused, &sources, format, output)),
    };
    let told = Told {
        lines: Lines::of(&sources, file),
        sources: &sources,
        tree: &tree,
    };
    Ok(match &tree.value {
        Value::List(cases) => told.list(cases, format, output),
        _ => told.single(format, output),
    })
}

/// What answers are told with.
struct Told<'a> {
    sources: &'a Sources,
    tree: &'a Node,
    lines: Lines<'a>,
}

impl Told<'_> {
    fn single(&self, format: Format, output: &Output) -> Exit {
        match answered(self.tree) {
            Ok(answer) => {
                match format {
                    Format::Json => input::print_json(&self.json(&answer), output),
                    Format::Text => output.document(&format!("{}\n", self.line(&answer))),
                }
                Exit::Done
            }
            Err(findings) => input::refuse(&self.refused(findings), self.sources, format, output),
        }
    }

    /// One answer or one list of errors for each case.
    fn list(&self, cases: &[Node], format: Format, output: &Output) -> Exit {
        let answers: Vec<_> = cases.iter().map(answered).collect();
        let refused: Vec<Finding> = answers
            .iter()
            .filter_map(|answer| answer.as_ref().err())
            .flatten()
            .cloned()
            .collect();
        output.findings(&refused, self.sources);
        match format {
            Format::Json => {
                let all = answers.iter().map(|answer| match answer {
                    Ok(answer) => self.json(answer),
                    Err(findings) => {
                        json!({ "errors": input::findings(&self.refused(findings.clone()), self.sources) })
                    }
                });
                input::print_json(&all.collect(), output);
            }
            Format::Text => {
                let all = answers.iter().enumerate().map(|(index, answer)| match answer {
                    Ok(answer) => format!("{}: {}\n", index + 1, self.line(answer)),
                    Err(_) => format!("{}: not answered\n", index + 1),
                });
                output.document(&all.collect::<String>());
            }
        }
        match refused.is_empty() {
            true => Exit::Done,
            false => Exit::Error,
        }
    }

    fn refused(&self, findings: Vec<Finding>) -> Refused {
        Refused {
            findings,
            tree: Some(self.tree.clone()),
        }
    }

    fn json(&self, answer: &Answer) -> Json {
        json!({
            "decision": answer.decision.as_str(),
            "layer": answer.layer.map(crate::evaluate::Layer::as_str),
            "policy": answer.policy,
            "statement": answer.statement.as_ref().map(|statement| self.statement(statement)),
            "because": answer.because,
            "missing": answer.missing,
        })
    }

    fn statement(&self, statement: &StatementRef) -> Json {
        let place = statement.at.0.map(|span| self.lines.place(span.start));
        json!({
            "index": statement.index,
            "sid": statement.sid,
            "path": statement.at.0.map(|span| json_path(self.tree, span)),
            "line": place.map(|(line, _)| line),
            "column": place.map(|(_, column)| column),
        })
    }

    fn line(&self, answer: &Answer) -> String {
        let place = answer.statement.as_ref().and_then(|statement| statement.at.0);
        let place = place.map_or(String::new(), |span| {
            format!(" (line {})", self.lines.place(span.start).0)
        });
        format!("{}: {}{place}", answer.decision.as_str(), answer.because)
    }
}

/// A complete context that lacks a key says that it is absent, although AWS would fill in what follows from who asks. So
/// both are asked, and what was not given never allows.
fn answered(node: &Node) -> Result<Answer, Vec<Finding>> {
    let case = Case::read(node)?;
    let answer = decide(&case.request, &case.layers());
    if !case.request.context.is_complete() {
        return Ok(answer);
    }
    let literal = Request {
        context: case.request.context.clone().taken_literally(),
        ..case.request.clone()
    };
    let literal = decide(&literal, &case.layers());
    let is_stricter = permits(literal.decision) < permits(answer.decision);
    let settles = answer.decision == Decision::Unknown && literal.decision != Decision::Allowed;
    Ok(if is_stricter || settles { literal } else { answer })
}

/// How much a decision lets through.
const fn permits(decision: Decision) -> u8 {
    match decision {
        Decision::ExplicitlyDenied => 0,
        Decision::ImplicitlyDenied => 1,
        Decision::Unknown => 2,
        Decision::Allowed => 3,
    }
}

/// Where the lines of a text begin: a list may have thousands of answers with a place each.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    is_ascii: bool,
}

impl<'a> Lines<'a> {
    fn of(sources: &'a Sources, file: FileId) -> Self {
        let text = &sources.get(file).text;
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            starts: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect(),
            is_ascii: text.is_ascii(),
            text,
        }
    }

    /// Line and column, from 1; the column in characters.
    fn place(&self, offset: u32) -> (usize, usize) {
        let offset = offset as usize;
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = match self.is_ascii {
            true => before.len(),
            false => before.chars().count(),
        };
        (line, column + 1)
    }
}
