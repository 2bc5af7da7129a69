//! `explain`: why a thing stands as it does.
//!
//! Invariant: it reads and changes nothing; what can't be read is said, and is no success.

use clap::Args;

use crate::address::Address;
use crate::aws::AwsBackend;
use crate::engine::Backend as _;
use crate::explain::{Around, Explanation, Found, explain};
use crate::kind::{Depth, Object};
use crate::kinds::{AnyObject, KindName, Member, Visit, VisitMut};
use crate::lint::{Rule, Sample, rule};
use crate::names::nearest;
use crate::render::{Doc, Label};

use super::account::{Past, Planned, Planner};
use super::base::BaseArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::{AccountArgs, ConsentArgs, FileArgs};

/// Explain why a thing is managed, adopted, contested, ignored, protected or about to be deleted; or what a rule means.
///
/// ADDRESS is what plans call a thing, such as `role/ci`, or its kind and its name in AWS where no file declares it.
/// Patterns (`role/*`) are for what the files name. A rule for policies goes by its id, such as `P204`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// What to explain.
    #[arg(value_name = "ADDRESS")]
    of: String,
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    consents: ConsentArgs,
    #[command(flatten)]
    base: BaseArgs,
    /// Explain what would be deleted because --base declared it and the files no longer do.
    #[arg(long, requires = "base")]
    prune: bool,
}

pub(crate) async fn run(args: &ExplainArgs, output: &Output) -> Result<Exit, Failure> {
    if let Some(rule) = rule(&args.of) {
        output.data(&show_rule(rule));
        return Ok(Exit::Done);
    }
    let past = Past::of(&args.base, args.prune);
    let Some(planner) = Planner::prepare(&args.files, &args.account, &args.consents, &past, output).await? else {
        return Ok(Exit::Error);
    };
    let Some(planned) = planner.plan(output).await? else {
        return Ok(Exit::Error);
    };
    let around = Around {
        plan: &planned.plan,
        objects: &planned.objects,
        tags: &planned.environment.tags,
        home: &planner.aws.connection.home,
    };
    let meant = meant(&args.of, &planner, &planned)?;
    let is_pattern = args.of.contains(['*', '?']);
    let read = read(&planner, meant).await;
    let explained: Vec<Explanation> = read.iter().map(|object| explain(object, &around)).collect();
    let is_nothing = |one: &Explanation| one.found == Found::Absent && !is_named(&planned, &one.address);
    if let ([one], false) = (explained.as_slice(), is_pattern)
        && is_nothing(one)
    {
        return Err(unknown(&args.of, &planned));
    }
    output.data(&show(&explained));
    let unread = explained.iter().any(|one| one.found == Found::Unread);
    Ok(if unread { Exit::Incomplete } else { Exit::Done })
}

/// Reads things with their users in AWS. Who may not look for those is told the rest all the same, as the plan has read it.
async fn read(planner: &Planner, meant: Vec<AnyObject>) -> Vec<AnyObject> {
    let backend = AwsBackend(&planner.aws);
    let mut deep = meant.clone();
    deep.iter_mut().for_each(|object| object.visit_mut(Deeply));
    let mut read = backend.observe(deep).await;
    for (found, shallow) in read.iter_mut().zip(meant).filter(|(found, _)| found.is_unread()) {
        let again = match shallow.is_unread() {
            true => backend.observe(vec![shallow]).await,
            false => vec![shallow],
        };
        if let Some(again) = again.into_iter().next() {
            *found = again;
        }
    }
    read
}

/// What an address or a pattern means.
fn meant(word: &str, planner: &Planner, planned: &Planned) -> Result<Vec<AnyObject>, Failure> {
    let named = planned.objects.iter();
    let mut found: Vec<AnyObject> = named.filter(|object| object.address().matches(word)).cloned().collect();
    if found.is_empty() {
        let (kind, name) = kind_and_name(word, planned)?;
        let same = planned.objects.iter().filter(|object| object.address().kind == kind);
        found = same.filter(|object| object.visit(NameIn(name))).cloned().collect();
        if found.is_empty() && !name.contains(['*', '?']) {
            found.extend(planner.bare_named(kind, name));
        }
    }
    if found.is_empty() {
        return Err(unknown(word, planned));
    }
    Ok(found)
}

fn kind_and_name<'a>(word: &'a str, planned: &Planned) -> Result<(KindName, &'a str), Failure> {
    let Some((kind, name)) = word.split_once('/') else {
        return Err(unknown(word, planned));
    };
    let known = KindName::of_name(kind).or_else(|| KindName::of_section(kind));
    let known = known.ok_or_else(|| {
        let kinds = KindName::ALL.iter().map(|kind| kind.name());
        let failure = Failure::new(format!("there is no kind `{kind}`"));
        match nearest(kind, kinds.clone()) {
            Some(near) => failure.hint(format!("did you mean `{near}/{name}`?")),
            None => failure.hint(format!("the kinds are {}", kinds.collect::<Vec<_>>().join(", "))),
        }
    })?;
    Ok((known, name))
}

/// Whether AWS knows a thing by this name.
struct NameIn<'a>(&'a str);

impl Visit for NameIn<'_> {
    type Out = bool;

    fn visit<K: Member>(self, object: &Object<K>) -> bool {
        K::naming(&object.id).name == self.0 || object.id.to_string() == self.0
    }
}

/// Users of a thing are only looked for where it shall go.
struct Deeply;

impl VisitMut for Deeply {
    type Out = ();

    fn visit<K: Member>(self, object: &mut Object<K>) {
        object.depth = Depth::Remove;
    }
}

/// Whether the files name it, to be there or to go.
fn is_named(planned: &Planned, address: &Address) -> bool {
    let mut objects = planned.objects.iter();
    objects.any(|object| object.address() == address && object.is_named())
}

fn unknown(word: &str, planned: &Planned) -> Failure {
    let addresses: Vec<String> = planned
        .objects
        .iter()
        .filter(|object| object.is_named())
        .map(|object| object.address().to_string())
        .collect();
    let failure = Failure::new(format!("`{word}` is neither in the files nor in the account"));
    match nearest(word, addresses.iter().map(String::as_str)) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("an address is a kind and an id, such as `role/ci`"),
    }
}

fn show(explained: &[Explanation]) -> Doc {
    let mut doc = Doc::default();
    for (nth, one) in explained.iter().enumerate() {
        if nth > 0 {
            doc.gap();
        }
        doc.text(Label::Heading, one.address.to_string());
        for (subject, words, place) in &one.lines {
            let place = place.as_ref().map(|place| format!("  {place}")).unwrap_or_default();
            let label = match *subject {
                "refused" | "plan refused" | "unknown" => Label::Alarm,
                _ => Label::Plain,
            };
            doc.line([
                (Label::Dim, format!("  {subject:<12}  ")),
                (label, words.clone()),
                (Label::Dim, place),
            ]);
        }
    }
    doc
}

/// A rule for people: what it finds, why that matters, and an example with its fix.
fn show_rule(rule: &Rule) -> Doc {
    let (wrong, right) = match rule.sample {
        Sample::Policy(_, wrong, right) | Sample::File(wrong, right) => (wrong, right),
    };
    let mut doc = Doc::default();
    doc.line([
        (Label::Heading, rule.id.to_owned()),
        (Label::Plain, format!(" ({}): {}", rule.severities(), rule.title)),
    ]);
    doc.gap();
    for line in wrapped(rule.why) {
        doc.text(Label::Plain, format!("  {line}"));
    }
    for (title, label, text) in [("Found", Label::Removed, wrong), ("Better", Label::Added, right)] {
        doc.gap();
        doc.text(Label::Dim, format!("  {title}:"));
        for line in text.lines() {
            doc.text(label, format!("    {line}"));
        }
    }
    doc
}

/// Lines of at most 100 characters.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < 100 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
