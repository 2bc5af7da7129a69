//! `permissions`: the least policy that a run of the file needs.
//!
//! Invariant: AWS is not asked; data goes to standard output and is a policy as it stands, remarks to standard error.

#[cfg(all(test, feature = "aws"))]
mod proof;

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::kind::{Home, Permit};
use crate::kinds::KindName;
use crate::names::{AccountId, Arn, Partition, Region};
use crate::permissions::{Document, Extras, Run, Statement, documents, needed};
use crate::render::{Doc, Label};
use crate::spec::lower::Learned;

use super::FileArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::session::{Loaded, USUAL_REGION};

/// Print the least IAM policy that a run of this file needs.
///
/// It follows from what the file declares: what is read of it, and every change that may come. Several documents are
/// printed where one would be longer than AWS takes.
#[derive(Debug, Args)]
pub(crate) struct PermissionsArgs {
    /// Which command.
    #[arg(long = "for", value_name = "COMMAND")]
    run: Command,
    #[command(flatten)]
    files: FileArgs,
    /// The account, where the file names none; without one the policy holds in any.
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// The default region, where the file names none.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// As what.
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,
    /// The identity that runs, user/NAME or role/NAME: also what reading its own policies takes.
    #[arg(long = "as", value_name = "PRINCIPAL")]
    runner: Option<String>,
    /// Also what reading all of IAM at once takes, which is faster for large files.
    #[arg(long)]
    bulk: bool,
    /// With what --prune deletes: whatever the file declares today may be dropped tomorrow.
    #[arg(long)]
    prune: bool,
    /// With what --unmanaged lists.
    #[arg(long, value_name = "KIND,…", num_args = 0..=1, default_missing_value = "", value_delimiter = ',')]
    unmanaged: Option<Vec<String>>,
    /// With what --who asks CloudTrail.
    #[arg(long)]
    who: bool,
    /// With what --notify puts on this bus (a name or an ARN).
    #[arg(long, value_name = "BUS")]
    notify: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Command {
    /// Reads.
    Plan,
    /// Reads and changes.
    Apply,
    /// Reads.
    Drift,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A policy document; a list of them where one would be too long.
    Json,
    /// `policies:` of an environment file.
    Yaml,
    /// For reading.
    Text,
}

pub(crate) fn run(args: &PermissionsArgs, output: &Output) -> Result<Exit, Failure> {
    let loaded = Loaded::read(&args.files)?;
    let Some(header) = &loaded.header else {
        output.findings(&loaded.texts.findings, &loaded.texts.sources);
        return Ok(Exit::Error);
    };
    let (home, region) = place(args, header.account.as_ref(), header.region.as_ref())?;
    let environment = loaded.lower(header, &home, &region, &Learned::default());
    output.findings(&environment.findings, &environment.sources);
    if environment.has_errors() {
        return Ok(Exit::Error);
    }
    let run = match args.run {
        Command::Plan => Run::Plan,
        Command::Apply => Run::Apply,
        Command::Drift => Run::Drift,
    };
    let extras = extras(args, run, &home, &region)?;
    let mut permits = needed(run, &environment, &extras, &home, &region);
    if home.account.is_unknown() {
        permits = in_any_account(permits, &home.account);
        output.note("the file names no account, so the policy holds in any; give --account to bind it to one");
    }
    let documents = documents(&permits);
    match args.format {
        Format::Json => output.bytes(json_text(&documents).as_bytes()),
        Format::Yaml => output.bytes(yaml_text(&documents, args.run).as_bytes()),
        Format::Text => output.data(&told(&documents)),
    }
    if documents.len() > 1 {
        output.note(&format!(
            "{} documents: one would be longer than the {} characters of a managed policy",
            documents.len(),
            crate::permissions::LONGEST
        ));
    }
    Ok(Exit::Done)
}

fn place(
    args: &PermissionsArgs,
    account: Option<&AccountId>,
    region: Option<&Region>,
) -> Result<(Home, Region), Failure> {
    let asked = args.account.as_deref().map(AccountId::parse).transpose();
    let asked = asked.map_err(|error| Failure::new(format!("--account: {error}")))?;
    if let (Some(asked), Some(written)) = (&asked, account)
        && asked != written
    {
        let message = format!("--account {asked} contradicts the file, which is for account {written}");
        return Err(Failure::new(message).exit(Exit::Refused));
    }
    let wanted = args.region.as_deref().unwrap_or(USUAL_REGION);
    let wanted = Region::parse(wanted).map_err(|error| Failure::new(format!("--region: {error}")))?;
    let region = region.cloned().unwrap_or(wanted);
    let home = Home {
        partition: Partition::of_region(&region),
        account: asked.or_else(|| account.cloned()).unwrap_or_else(AccountId::unknown),
    };
    Ok((home, region))
}

fn extras(args: &PermissionsArgs, run: Run, home: &Home, region: &Region) -> Result<Extras, Failure> {
    let of_drift = args.unmanaged.is_some() || args.who || args.notify.is_some();
    if of_drift && run != Run::Drift {
        return Err(Failure::new(
            "--unmanaged, --who and --notify are options of drift alone",
        ));
    }
    let start = |service: &str, region: &str| format!("arn:{}:{service}:{region}:{}", home.partition, home.account);
    let notify = args.notify.as_deref().map(|bus| match bus.starts_with("arn:") {
        true => Arn::parse(bus),
        false => Arn::parse(&format!("{}:event-bus/{bus}", start("events", region.as_str()))),
    });
    let notify = notify
        .transpose()
        .map_err(|error| Failure::new(format!("--notify: {error}")))?;
    let runner = args.runner.as_deref().map(|named| {
        let is_principal = named.starts_with("user/") || named.starts_with("role/");
        let arn = Arn::parse(&format!("{}:{named}", start("iam", "")))
            .ok()
            .filter(|_| is_principal);
        arn.ok_or_else(|| Failure::new(format!("--as {named}: want user/NAME or role/NAME")))
    });
    Ok(Extras {
        prune: args.prune,
        unmanaged: kinds(args.unmanaged.as_deref())?,
        who: args.who,
        notify,
        bulk: args.bulk,
        runner: runner.transpose()?,
    })
}

fn kinds(words: Option<&[String]>) -> Result<BTreeSet<KindName>, Failure> {
    let Some(words) = words else { return Ok(BTreeSet::new()) };
    let words: Vec<&str> = words
        .iter()
        .map(|word| word.trim())
        .filter(|word| !word.is_empty())
        .collect();
    let listed = KindName::ALL.iter().copied().filter(|kind| !kind.lists().is_empty());
    if words.is_empty() {
        return Ok(listed.collect());
    }
    let find = |word: &str| {
        let found = listed
            .clone()
            .find(|kind| kind.name() == word || kind.section().key == word);
        let failure = || Failure::new(format!("`--unmanaged {word}`: there is no such kind to list"));
        found.ok_or_else(|| failure().near(word, listed.clone().map(KindName::name)))
    };
    words.into_iter().map(find).collect()
}

/// A pattern in the place of the account that is not known.
fn in_any_account(permits: BTreeSet<Permit>, account: &AccountId) -> BTreeSet<Permit> {
    let any = |text: &str| text.replace(account.as_str(), "*");
    let permit = |permit: Permit| Permit {
        on: any(&permit.on),
        with: permit.with.iter().map(|(key, value)| (*key, any(value))).collect(),
        ..permit
    };
    permits.into_iter().map(permit).collect()
}

fn json_text(documents: &[Document]) -> String {
    let values: Vec<Value> = documents.iter().map(Document::to_value).collect();
    let value = match values.as_slice() {
        [] => Document::default().to_value(),
        [one] => one.clone(),
        all => json!(all),
    };
    format!("{value:#}\n")
}

/// `policies:` with one policy for each document. JSON is YAML, so a document stands as it is.
fn yaml_text(documents: &[Document], run: Command) -> String {
    let word = match run {
        Command::Plan => "plan",
        Command::Apply => "apply",
        Command::Drift => "drift",
    };
    let mut text = String::from("policies:\n");
    for (nth, document) in documents.iter().enumerate() {
        let number = if documents.len() > 1 {
            format!("-{}", nth + 1)
        } else {
            String::new()
        };
        text += &format!("  evenkeel-{word}{number}:\n    Version: \"2012-10-17\"\n    Statement:\n");
        for statement in &document.statements {
            text += &yaml_statement(statement);
        }
    }
    text
}

fn yaml_statement(statement: &Statement) -> String {
    let mut text = String::from("      - Effect: Allow\n        Action:\n");
    for action in &statement.actions {
        text += &format!("          - {action}\n");
    }
    text += "        Resource:\n";
    for resource in &statement.resources {
        text += &format!("          - {}\n", json!(resource));
    }
    if let Some(condition) = statement.to_value().get("Condition") {
        text += &format!("        Condition: {condition}\n");
    }
    text
}

/// Which actions on what.
fn told(documents: &[Document]) -> Doc {
    let mut doc = Doc::default();
    for statement in documents.iter().flat_map(|document| &document.statements) {
        let actions: Vec<&str> = statement.actions.iter().copied().collect();
        doc.text(Label::Heading, actions.join(", "));
        for resource in &statement.resources {
            doc.text(Label::Plain, format!("    {resource}"));
        }
        for (key, values) in &statement.conditions {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            doc.text(Label::Dim, format!("    only with {key} {}", values.join(", ")));
        }
    }
    doc
}
