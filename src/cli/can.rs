//! `can` and `who-can`: questions of access, to the file or to the account.
//!
//! Invariant: nothing is changed, and nothing is read but with `--live`; an answer says of which of the two it is.

use clap::Args;
use serde_json::{Value as Json, json};

use crate::access::{Asker, Basis, Case, Extent, Question, Reply, Verdict, World, sentence};
use crate::render::{Doc, Label};
use crate::spec::expectation::Who;

#[cfg(feature = "aws")]
use super::AccountArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::session::Loaded;
use super::{FileArgs, OneFormat};

/// What questions have in common.
#[derive(Debug, Args)]
struct AskArgs {
    /// A condition key of the request with its value; without a value, the request does not have the key.
    #[arg(long, value_name = "KEY=VALUE")]
    when: Vec<String>,
    #[command(flatten)]
    files: FileArgs,
    /// Ask the account as it is now, and not the file; things then go by their names in AWS.
    #[cfg(feature = "aws")]
    #[arg(long)]
    live: bool,
    #[cfg(feature = "aws")]
    #[command(flatten)]
    account: AccountArgs,
    /// What goes to standard output.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: OneFormat,
}

/// Say whether somebody may do something, and which statement decides.
///
/// Patterns mean everything that they match: `can role/ci s3:GetObject 'arn:aws:s3:::data/*'` asks about every object. Exits
/// with 0 for yes, 2 for no (also where a part of it is not allowed), 3 where that depends on what is not known.
#[derive(Debug, Args)]
pub(crate) struct CanArgs {
    /// `user/x`, `role/x`, `group/x` (any member, with what the group gives alone), an ARN, a service, or `anyone`.
    #[arg(value_name = "WHO")]
    who: String,
    /// An action, such as `s3:GetObject` or `s3:Get*`.
    #[arg(value_name = "ACTION")]
    action: String,
    /// An ARN, also with `*` and `?`, or `*` for everything in the account.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    #[command(flatten)]
    ask: AskArgs,
}

/// List who may do something: users, roles, and whom the policies of resources let in.
///
/// Whoever may do a part of it, or may do it under a condition, is listed as such. The account's own root user may do almost
/// everything and is not listed. Exits with 0 where somebody may, 2 where nobody may, 3 where it is not known of anybody.
#[derive(Debug, Args)]
pub(crate) struct WhoCanArgs {
    /// An action, such as `s3:GetObject` or `s3:Get*`.
    #[arg(value_name = "ACTION")]
    action: String,
    /// An ARN, also with `*` and `?`, or `*` for everything in the account.
    #[arg(value_name = "RESOURCE")]
    resource: String,
    #[command(flatten)]
    ask: AskArgs,
}

/// One question, checked.
struct Asked {
    actions: Vec<String>,
    resources: Vec<String>,
    when: std::collections::BTreeMap<String, Vec<String>>,
}

impl Asked {
    fn parse(action: &str, resource: &str, when: &[String]) -> Result<Self, Failure> {
        if crate::catalogue::ActionSet::of_pattern(action).is_empty() {
            let failure = Failure::new(format!("AWS has no action `{action}`"));
            return Err(match crate::catalogue::meant(action) {
                Some(meant) => failure.hint(format!("did you mean {meant}?")),
                None => failure.hint(format!("that is by {}", crate::catalogue::stamp().actions_as_of())),
            });
        }
        if resource != "*" && !resource.starts_with("arn:") {
            return Err(Failure::new(format!("`{resource}` is no ARN"))
                .hint("write one such as 'arn:aws:s3:::BUCKET/*', or '*'"));
        }
        let mut context = std::collections::BTreeMap::<String, Vec<String>>::new();
        for text in when {
            let (key, value) = text.split_once('=').unwrap_or((text, ""));
            if !key.contains(':') {
                return Err(Failure::new(format!("--when {text}: `{key}` is no condition key"))
                    .hint("write --when KEY=VALUE, such as --when aws:SourceIp=192.0.2.7"));
            }
            let values = context.entry(key.to_ascii_lowercase()).or_default();
            values.extend((!value.is_empty()).then(|| value.to_owned()));
        }
        Ok(Self {
            actions: vec![action.to_owned()],
            resources: vec![resource.to_owned()],
            when: context,
        })
    }

    fn question(&self) -> Question<'_> {
        Question {
            actions: &self.actions,
            resources: &self.resources,
            when: &self.when,
        }
    }
}

/// The world that is asked, and what of it could not be read.
struct Scene {
    world: World,
    unread: Vec<String>,
}

impl AskArgs {
    /// `None` where the files have mistakes, which then have been shown.
    async fn scene(&self, resource: &str, output: &Output) -> Result<Option<Scene>, Failure> {
        #[cfg(feature = "aws")]
        if self.live {
            let loaded = Loaded::read(&self.files).ok().and_then(|loaded| loaded.header);
            let (aws, region) = super::account::reach_as(&self.account, loaded.as_ref()).await?;
            let (world, unread) = super::live_world::read(&aws, &region, resource).await;
            return Ok(Some(Scene { world, unread }));
        }
        let _ = resource;
        let loaded = Loaded::read(&self.files)?;
        let (Some(environment), Some((home, _))) = (loaded.offline(), loaded.offline_home()) else {
            output.findings(&loaded.texts.findings, &loaded.texts.sources);
            return Ok(None);
        };
        if environment.has_errors() {
            output.findings(&environment.findings, &environment.sources);
            return Ok(None);
        }
        Ok(Some(Scene {
            world: World::wanted(&environment.objects, &home, &environment.sources),
            unread: Vec::new(),
        }))
    }
}

pub(crate) async fn can(args: &CanArgs, output: &Output) -> Result<Exit, Failure> {
    let CanArgs {
        who,
        action,
        resource,
        ask,
    } = args;
    let asked = Asked::parse(action, resource, &ask.when)?;
    let Some(scene) = ask.scene(resource, output).await? else {
        return Ok(Exit::Error);
    };
    let meant = Who::parse(who).ok_or_else(|| nobody(who))?;
    let asker = scene
        .world
        .asker(&meant)
        .map_err(|error| unknown(&error.to_string(), &scene.world))?;
    let reply = scene.world.ask(&asker, &asked.question());
    if reply.is_idle() {
        return Err(pointless(&reply, action, resource));
    }
    tell_unread(&scene, output);
    match ask.format {
        OneFormat::Text => output.data(&shown(who, &asked, &reply, &asker)),
        OneFormat::Json => output.document(&pretty(&json!({
            "answer": reply.all().as_str(),
            "who": who,
            "action": action,
            "resource": resource,
            "basis": basis(&scene.world),
            "cases": cases(&reply),
            "aside": reply.aside,
            "unread": scene.unread,
        }))),
    }
    Ok(match reply.all() {
        Verdict::Yes => Exit::Done,
        Verdict::No => Exit::Differences,
        Verdict::Unknown => Exit::Incomplete,
    })
}

pub(crate) async fn who_can(args: &WhoCanArgs, output: &Output) -> Result<Exit, Failure> {
    let WhoCanArgs { action, resource, ask } = args;
    let asked = Asked::parse(action, resource, &ask.when)?;
    let Some(scene) = ask.scene(resource, output).await? else {
        return Ok(Exit::Error);
    };
    let everybody = scene.world.everybody();
    let mut found: Vec<(String, Reply)> = Vec::new();
    for (name, who) in everybody {
        let Ok(asker) = scene.world.asker(&who) else { continue };
        let reply = scene.world.ask(&asker, &asked.question());
        if reply.is_idle() && matches!(asker, Asker::Known(_)) {
            return Err(pointless(&reply, action, resource));
        }
        if reply.any() != Verdict::No {
            found.push((name, reply));
        }
    }
    tell_unread(&scene, output);
    match ask.format {
        OneFormat::Text => output.data(&listed(action, resource, &found)),
        OneFormat::Json => {
            let who: Vec<Json> = found
                .iter()
                .map(|(name, reply)| json!({ "who": name, "answer": some(reply), "cases": cases(reply) }))
                .collect();
            output.document(&pretty(&json!({
                "action": action,
                "resource": resource,
                "basis": basis(&scene.world),
                "who": who,
                "unread": scene.unread,
            })));
        }
    }
    let is_sure = found.iter().any(|(_, reply)| reply.any() == Verdict::Yes);
    Ok(match (is_sure, found.is_empty() && scene.unread.is_empty()) {
        (true, _) => Exit::Done,
        (false, true) => Exit::Differences,
        (false, false) => Exit::Incomplete,
    })
}

fn nobody(who: &str) -> Failure {
    Failure::new(format!("`{who}` is nobody"))
        .hint("name user/x, role/x, group/x, an ARN, a service such as lambda.amazonaws.com, or anyone")
}

fn unknown(error: &str, world: &World) -> Failure {
    let known: Vec<String> = world.principals().map(|one| one.address.to_string()).collect();
    let failure = Failure::new(error.to_owned());
    match crate::names::nearest(
        error.split_whitespace().nth(3).unwrap_or_default(),
        known.iter().map(String::as_str),
    ) {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => failure,
    }
}

fn pointless(reply: &Reply, action: &str, resource: &str) -> Failure {
    let why: Vec<&str> = reply.aside.iter().map(String::as_str).collect();
    match why.as_slice() {
        [] => Failure::new(format!("{action} does not work on {resource}")),
        why => Failure::new(why.join("; ")),
    }
}

fn tell_unread(scene: &Scene, output: &Output) {
    for one in &scene.unread {
        output.note(&format!("not read, and not reckoned with: {one}"));
    }
}

const fn basis(world: &World) -> &'static str {
    match world.basis() {
        Basis::Account => "account",
        Basis::File | Basis::Planned => "file",
    }
}

/// "yes", "part" or "unknown", for a list of who may.
fn some(reply: &Reply) -> &'static str {
    match (reply.any(), reply.all()) {
        (Verdict::Yes, Verdict::Yes) => "yes",
        (Verdict::Yes, _) => "part",
        _ => "unknown",
    }
}

fn pretty(value: &Json) -> String {
    format!("{value:#}\n")
}

fn cases(reply: &Reply) -> Vec<Json> {
    let all = [&reply.allowed, &reply.denied, &reply.unknown].into_iter().flatten();
    all.map(case).collect()
}

fn case(case: &Case) -> Json {
    let why = &case.why;
    let nearest = why
        .nearest
        .as_ref()
        .map(|near| json!({ "policy": near.policy, "statement": near.sid, "place": near.place, "lacks": near.lacks }));
    json!({
        "action": case.action,
        "resource": case.resource,
        "decision": case.decision.as_str(),
        "layer": why.layer,
        "policy": why.policy,
        "statement": why.sid,
        "place": why.place,
        "because": why.because,
        "nearest": nearest,
        "missing": why.missing,
    })
}

fn shown(who: &str, asked: &Asked, reply: &Reply, asker: &Asker<'_>) -> Doc {
    let mut doc = Doc::default();
    let what = format!("{} on {}", asked.actions.join(", "), asked.resources.join(", "));
    let (label, says) = match (reply.all(), reply.extent()) {
        (Verdict::Yes, _) => (Label::Heading, format!("yes: {who} can {what}")),
        (Verdict::No, Extent::All) => (Label::Heading, format!("no: {who} can't {what}")),
        (Verdict::No, Extent::Part) => (Label::Heading, format!("no, not all of it: {what}, by {who}")),
        (Verdict::Unknown, _) => (Label::Heading, format!("not known: whether {who} can {what}")),
    };
    doc.text(label, says);
    for (word, case) in [
        ("denied", &reply.denied),
        ("not known", &reply.unknown),
        ("allowed", &reply.allowed),
    ] {
        let Some(case) = case else { continue };
        let of_what = match reply.extent() {
            Extent::All => String::new(),
            Extent::Part => format!("{word}, such as {} on {}: ", case.action, case.resource),
        };
        doc.text(Label::Plain, format!("  {of_what}{}", sentence(&case.why)));
    }
    for one in &reply.aside {
        doc.text(Label::Plain, format!("  left aside: {one}"));
    }
    if matches!(asker, Asker::Anyone) {
        doc.text(
            Label::Plain,
            "  anyone: unsigned requests, and identities of accounts that no policy names",
        );
    }
    doc
}

fn listed(action: &str, resource: &str, found: &[(String, Reply)]) -> Doc {
    let mut doc = Doc::default();
    if found.is_empty() {
        doc.text(Label::Heading, format!("nobody can {action} on {resource}"));
        return doc;
    }
    for (name, reply) in found {
        let case = reply.allowed.as_ref().or(reply.unknown.as_ref());
        let why = case.map(|case| sentence(&case.why)).unwrap_or_default();
        let part = match (some(reply), case) {
            ("part", Some(case)) => format!("  in part, such as {} on {}", case.action, case.resource),
            ("unknown", Some(case)) if !case.why.missing.is_empty() => {
                format!("  perhaps, depending on {}", case.why.missing.join(", "))
            }
            ("unknown", _) => "  perhaps".to_owned(),
            _ => String::new(),
        };
        doc.line([(Label::Heading, name.clone()), (Label::Plain, format!("{part}  {why}"))]);
    }
    doc
}
