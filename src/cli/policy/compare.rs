//! `policy compare`: whether a document grants more than another, less, or the same.

use clap::Args;
use serde_json::{Map, Value as Json, json};

use super::input::{self, Refused};
use super::{Format, Kind};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::policy_doc::{Access, Comparison, Effect, Policy, Reading, Relation, compare, of_node, parse_json};
use crate::render::{Doc, Label};
use crate::spec::finding::Finding;
use crate::spec::node::{Node, Value};
use crate::spec::source::Sources;

/// Say whether document B grants the same as document A, less, more, or some of both, and what.
///
/// `same`: the same statements in other words; `equivalent`: every request is decided alike; `narrower` and `wider`: B
/// never grants more, or never less. Each document is looked at by itself: what it allows, and what it denies. With one
/// FILE that holds a list of pairs, `[{"a": …, "b": …}, …]` or `[[…, …], …]`, the answer is a list. The exit code is 0
/// whatever the answer is, and 1 where a document is no policy.
#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// The earlier document or a list of pairs: a JSON file, or `-` for standard input.
    #[arg(value_name = "A")]
    before: String,
    /// The later document.
    #[arg(value_name = "B")]
    after: Option<String>,
    /// What kind of policy both are; their elements tell, if this does not.
    #[arg(long = "type", value_name = "KIND")]
    kind: Option<Kind>,
    /// How the answer is written; text on a terminal, else JSON.
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

type Answer = Result<Comparison, Refused>;

pub(super) fn run(args: &CompareArgs, output: &Output) -> Result<Exit, Failure> {
    let mut sources = Sources::default();
    let reading = Kind::asked(args.kind);
    let format = Format::chosen(args.format);
    let before = input::text(&args.before, &mut sources)?;
    let Some(after) = &args.after else {
        let tree = match input::parsed(before, &sources) {
            Ok(tree) => tree,
            Err(refused) => return Ok(input::refuse(&refused, &sources, format, output)),
        };
        return pairs(&tree, reading, format, &sources, output);
    };
    let after = input::text(after, &mut sources)?;
    let answer = input::parsed(before, &sources)
        .and_then(|before| Ok((before, input::parsed(after, &sources)?)))
        .and_then(|(before, after)| both(&before, &after, reading));
    conclude(answer, format, &sources, output)
}

fn conclude(answer: Answer, format: Format, sources: &Sources, output: &Output) -> Result<Exit, Failure> {
    let comparison = match answer {
        Ok(comparison) => comparison,
        Err(refused) => return Ok(input::refuse(&refused, sources, format, output)),
    };
    match format {
        Format::Text => output.data(&shown(&comparison)),
        Format::Json => input::print_json(&told(&comparison), output),
    }
    Ok(Exit::Done)
}

fn both(before: &Node, after: &Node, reading: Reading) -> Answer {
    let (before, after) = (document(before, reading)?, document(after, reading)?);
    let of = |policy: Option<Policy>| policy.and_then(|policy| policy.document().cloned()).unwrap_or_default();
    Ok(compare(&of(before), &of(after)))
}

/// A document; an empty text and an empty object are no document, which grants nothing. In a list of pairs a text may
/// hold the document.
fn document(node: &Node, reading: Reading) -> Result<Option<Policy>, Refused> {
    let refused = |findings: Vec<Finding>| Refused {
        findings,
        tree: Some(node.clone()),
    };
    match &node.value {
        Value::Map(entries) if entries.is_empty() => Ok(None),
        Value::Text(text) if text.trim().is_empty() => Ok(None),
        Value::Text(text) => {
            let fault = |message: String| {
                refused(vec![Finding::error(
                    crate::policy_doc::codes::NOT_JSON,
                    node.span,
                    message,
                )])
            };
            let inner = parse_json(text, node.span.file)
                .map_err(|why| fault(format!("the text is not strict JSON: {}", why.message)))?;
            of_node(&inner, reading).map(Some).map_err(|found| {
                let here = |mut finding: Finding| {
                    finding.span = Some(node.span);
                    finding.related.clear();
                    finding
                };
                refused(found.into_iter().map(here).collect())
            })
        }
        _ => of_node(node, reading).map(Some).map_err(refused),
    }
}

fn pairs(tree: &Node, reading: Reading, format: Format, sources: &Sources, output: &Output) -> Result<Exit, Failure> {
    if tree.get("a").is_some() && tree.get("b").is_some() {
        return conclude(of_pair(tree, tree, reading), format, sources, output);
    }
    let Value::List(items) = &tree.value else {
        let message = "one file must hold a list of pairs; name two files to compare two documents";
        return Err(Failure::new(message).hint("a pair is {\"a\": document, \"b\": document} or [document, document]"));
    };
    let answers: Vec<Answer> = items.iter().map(|pair| of_pair(pair, tree, reading)).collect();
    for refused in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        output.findings(&refused.findings, sources);
    }
    match format {
        Format::Text => output.data(&listed(&answers)),
        Format::Json => {
            let each = answers.iter().map(|answer| match answer {
                Ok(comparison) => told(comparison),
                Err(refused) => json!({ "errors": input::findings(refused, sources) }),
            });
            input::print_json(&each.collect(), output);
        }
    }
    let has_failed = answers.iter().any(Result::is_err);
    Ok(if has_failed { Exit::Error } else { Exit::Done })
}

fn of_pair(pair: &Node, tree: &Node, reading: Reading) -> Answer {
    let parts = match &pair.value {
        Value::Map(_) => pair.get("a").zip(pair.get("b")),
        Value::List(items) => match items.as_slice() {
            [before, after] => Some((before, after)),
            _ => None,
        },
        _ => None,
    };
    let answer = match parts {
        Some((before, after)) => both(before, after, reading),
        None => Err(Refused {
            findings: vec![
                Finding::error(
                    crate::policy_doc::codes::NOT_A_DOCUMENT,
                    pair.span,
                    "this is no pair of documents",
                )
                .label("expected {\"a\": document, \"b\": document} or [document, document]"),
            ],
            tree: None,
        }),
    };
    answer.map_err(|refused| Refused {
        tree: Some(tree.clone()),
        ..refused
    })
}

fn listed(answers: &[Answer]) -> Doc {
    let mut doc = Doc::default();
    for (index, answer) in answers.iter().enumerate() {
        let word = match answer {
            Ok(comparison) => comparison.relation.as_str(),
            Err(_) => "not a policy",
        };
        doc.text(Label::Plain, format!("{}: {word}", index + 1));
    }
    doc
}

fn told(comparison: &Comparison) -> Json {
    let Comparison {
        relation,
        gains,
        loses,
        is_decided,
    } = comparison;
    let all = |access: &[Access]| access.iter().map(access_json).collect::<Json>();
    let mut whole = Map::new();
    whole.insert("relation".to_owned(), relation.as_str().into());
    whole.insert("gains".to_owned(), all(gains));
    whole.insert("loses".to_owned(), all(loses));
    if !is_decided {
        whole.insert("undecided".to_owned(), UNDECIDED.into());
    }
    Json::Object(whole)
}

/// What is said instead of gains and losses.
const UNDECIDED: &str = "the documents overlap in too many ways to be compared in full";

fn access_json(access: &Access) -> Json {
    let Access {
        effect,
        principals,
        actions,
        resources,
        when,
    } = access;
    let mut whole = Map::new();
    if *effect == Effect::Deny {
        whole.insert("effect".to_owned(), effect.as_str().into());
    }
    for (name, items) in [("principal", principals), ("action", actions), ("resource", resources)] {
        if !items.is_empty() {
            whole.insert(name.to_owned(), json!(items));
        }
    }
    if let Some(when) = when {
        whole.insert("when".to_owned(), when.as_str().into());
    }
    Json::Object(whole)
}

fn shown(comparison: &Comparison) -> Doc {
    let mut doc = Doc::default();
    let words = match comparison.relation {
        Relation::Same => "same: the same statements",
        Relation::Equivalent => "equivalent: every request is decided alike",
        Relation::Narrower => "narrower: B grants less than A",
        Relation::Wider => "wider: B grants more than A",
        Relation::Incomparable if comparison.is_decided => "incomparable: B grants more in some ways, less in others",
        Relation::Incomparable => "incomparable",
    };
    doc.text(Label::Heading, words);
    if !comparison.is_decided {
        doc.text(Label::Alarm, UNDECIDED);
    }
    for access in &comparison.gains {
        doc.text(Label::Added, format!("+ {}", line(access, "no longer denied: ")));
    }
    for access in &comparison.loses {
        doc.text(Label::Removed, format!("- {}", line(access, "now denied: ")));
    }
    doc
}

fn line(access: &Access, denial: &str) -> String {
    let Access {
        effect,
        principals,
        actions,
        resources,
        when,
    } = access;
    let denial = if *effect == Effect::Deny { denial } else { "" };
    let part = |word: &str, items: &[String]| match items {
        [] => String::new(),
        items => format!(" {word} {}", items.join(", ")),
    };
    let (to, on) = (part("to", principals), part("on", resources));
    let when = when.as_ref().map(|when| format!(" ({when})")).unwrap_or_default();
    format!("{denial}{}{to}{on}{when}", actions.join(", "))
}
