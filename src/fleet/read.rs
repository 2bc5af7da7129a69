//! From the fleet's file to its accounts.
//!
//! Invariant: what is wrong in one account never hides what is wrong in the next; nothing is interpolated.

use std::collections::BTreeMap;

use super::{Assume, Fleet, Member, SESSION_NAME, role_arn};
use crate::names::{AccountId, NameError, Region};
use crate::shape;
use crate::spec::files::{self, Files};
use crate::spec::finding::{Finding, Severity};
use crate::spec::lower::name_finding;
use crate::spec::node::{Key, Node, Value};
use crate::spec::source::{Sources, Span};
use crate::spec::table::{self, Reading, Table};
use crate::spec::yaml;

/// The keys of an account with a sentence each, for the schema and the page; all but `account` and `sandbox` stand under `defaults:`, too.
pub const FIELDS: &[(&str, &str)] = &[
    ("account", "The twelve digits, in quotes. Another account is refused."),
    ("region", "The default region, where the environment's file names none."),
    (
        "profile",
        "A profile of the AWS configuration, whose credentials are used or take on the role.",
    ),
    (
        "role",
        "The role to take on: a name in this account, with its path if it has one, or an ARN.",
    ),
    (
        "session_name",
        "The name of the role's session, as CloudTrail shows it; `evenkeel` unless told.",
    ),
    (
        "external_id",
        "What the role's trust policy asks for as `sts:ExternalId`.",
    ),
    ("files", "The environment's files or folders, relative to this file."),
    (
        "vars",
        "Values of variables by name; an account's are added to the defaults.",
    ),
    (
        "vars_files",
        "YAML files with values of variables, relative to this file; later ones win.",
    ),
    (
        "base",
        "What `drift` compares with, as `--base` takes it: a git revision, or a file or folder.",
    ),
    (
        "sandbox",
        "A folder with a simulated account, relative to this file, in place of AWS.",
    ),
];

/// The keys of an account.
pub(super) const MEMBER: &[&str] = &shape::words::<_, { FIELDS.len() }>(FIELDS);

/// The keys of the defaults.
pub(super) const DEFAULTS: &[&str] = &shape::words::<_, { SHARED.len() }>(SHARED);

/// What accounts may have in common.
const SHARED: &[(&str, &str)] = match FIELDS {
    [_account, shared @ .., _sandbox] => shared,
    _ => &[],
};

/// What was read.
#[derive(Debug)]
pub struct Read {
    /// The accounts; nothing where the file has mistakes.
    pub fleet: Option<Fleet>,
    /// The file's text.
    pub sources: Sources,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// Reads a fleet's file.
#[must_use]
pub fn read(folder: &dyn Files, path: &str) -> Read {
    let mut sources = Sources::default();
    let (ids, mut findings) = files::load(folder, std::slice::from_ref(&path.to_owned()), &mut sources);
    let mut fleet = Fleet::new();
    for id in ids {
        match yaml::parse_on(&sources, id) {
            Ok((tree, more)) => {
                findings.extend(more);
                let mut reading = Reading {
                    sources: &sources,
                    findings: &mut findings,
                };
                whole(&tree, &base_folder(path), &mut fleet, &mut reading);
            }
            Err(more) => findings.extend(more),
        }
    }
    let is_good = findings.iter().all(|finding| finding.severity != Severity::Error);
    Read {
        fleet: is_good.then_some(fleet),
        sources,
        findings,
    }
}

/// The folder of the file, with a slash, or nothing for the current one.
fn base_folder(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.rsplit_once('/')
        .map_or_else(String::new, |(folder, _)| format!("{folder}/"))
}

fn whole(tree: &Node, folder: &str, fleet: &mut Fleet, reading: &mut Reading<'_>) {
    let Some(mut table) = Table::new(tree, "fleet", &["version", "defaults", "accounts"], reading) else {
        return;
    };
    if let Some(node) = table.required("version", reading) {
        version(node, reading);
    }
    let defaults = match table.take("defaults") {
        Some(node) if !matches!(node.value, Value::Null) => Table::new(node, "default", DEFAULTS, reading)
            .map(|mut table| Written::take(&mut table, folder, reading))
            .unwrap_or_default(),
        _ => Written::default(),
    };
    let Some(accounts) = table.required("accounts", reading) else {
        return;
    };
    let entries = table::entries(accounts, "accounts", "names to accounts", reading).unwrap_or_default();
    if entries.is_empty() && matches!(accounts.value, Value::Map(_)) {
        reading.report(Finding::error("E0401", accounts.span, "`accounts` names no account"));
    }
    for (key, node) in entries {
        if let Some(member) = member(key, node, &defaults, folder, reading) {
            fleet.insert(key.text.clone(), member);
        }
    }
}

fn version(node: &Node, reading: &mut Reading<'_>) {
    let is_one = match &node.value {
        Value::Number(text) | Value::Text(text) => text == "1",
        _ => false,
    };
    if !is_one {
        let message = "`version`: this is not a version of this format";
        reading.report(Finding::error("E0403", node.span, message).label("write `version: 1`"));
    }
}

/// Folders of simulated accounts and lines of reports are called by it.
fn check_name(key: &Key, reading: &mut Reading<'_>) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let good = !key.text.is_empty() && key.text.len() <= 64 && key.text.chars().all(fits) && !key.text.starts_with('.');
    if !good {
        let message = format!("`{}` can't be the name of an account of a fleet", key.text);
        let label = "letters, digits, `-`, `_` and `.`, at most 64, not beginning with a dot";
        reading.report(Finding::error("E0403", key.span, message).label(label));
    }
    good
}

fn member(key: &Key, node: &Node, defaults: &Written, folder: &str, reading: &mut Reading<'_>) -> Option<Member> {
    let is_named = check_name(key, reading);
    let mut table = Table::new(node, "account", MEMBER, reading)?.at(key.span);
    let account = table.required("account", reading);
    let account = account.and_then(|node| constrained(node, "account", AccountId::parse, reading));
    let sandbox = table.written_text("sandbox", reading).map(|path| beside(folder, path));
    let own = Written::take(&mut table, folder, reading);
    let account = account?;
    let all = own.over(defaults);
    let role = match &all.role {
        Some((written, span)) => Some(assumed(written, *span, &account, &all, reading)?),
        None => {
            if let Some(span) = own.span_without_role() {
                let message = "`session_name` and `external_id` need a `role`";
                reading.report(Finding::error("E0432", span, message).label("there is no role to take on"));
            }
            None
        }
    };
    if all.files.is_none() {
        let finding = Finding::error("E0304", key.span, format!("the account `{}` has no `files`", key.text));
        reading.report(finding.label("write `files: [environment.yaml]` here or under `defaults:`"));
    }
    is_named.then(|| Member {
        account,
        region: all.region,
        profile: all.profile,
        role,
        files: all.files.unwrap_or_default(),
        vars: all.vars,
        vars_files: all.vars_files,
        base: all.base.unwrap_or_default(),
        sandbox,
    })
}

fn assumed(written: &str, span: Span, account: &AccountId, all: &Written, reading: &mut Reading<'_>) -> Option<Assume> {
    let role = match role_arn(written, account, all.region.as_ref()) {
        Ok(role) => role,
        Err(why) => {
            reading.report(Finding::error("E0411", span, format!("`role`: {why}")));
            return None;
        }
    };
    let is_role = role.service() == "iam" && role.as_str().contains(":role/");
    if !is_role || role.account().as_ref() != Some(account) {
        let message = format!("`role`: `{role}` is no role of account {account}");
        reading.report(Finding::error("E0411", span, message).label("a role leads only into its own account"));
        return None;
    }
    Some(Assume {
        role,
        session_name: all
            .session_name
            .as_ref()
            .map_or(SESSION_NAME, |(name, _)| name)
            .to_owned(),
        external_id: all.external_id.as_ref().map(|(id, _)| id.clone()),
    })
}

/// What stands in an account or under `defaults:`.
#[derive(Debug, Clone, Default)]
struct Written {
    region: Option<Region>,
    profile: Option<String>,
    role: Option<(String, Span)>,
    session_name: Option<(String, Span)>,
    external_id: Option<(String, Span)>,
    files: Option<Vec<String>>,
    vars: BTreeMap<String, String>,
    vars_files: Vec<String>,
    base: Option<Vec<String>>,
}

impl Written {
    fn take(table: &mut Table<'_>, folder: &str, reading: &mut Reading<'_>) -> Self {
        let region = table.take("region");
        let paths = |list: Vec<(&str, Span)>| list.into_iter().map(|(path, _)| beside(folder, path)).collect();
        Self {
            region: region.and_then(|node| constrained(node, "region", Region::parse, reading)),
            profile: table.written_text("profile", reading).map(str::to_owned),
            role: located(table, "role", reading),
            session_name: located(table, "session_name", reading).filter(|name| is_session_name(name, reading)),
            external_id: located(table, "external_id", reading),
            files: table.take("files").and_then(|node| {
                let list = table::texts(node, "files", reading)?;
                if list.is_empty() {
                    reading.report(Finding::error("E0401", node.span, "`files` names no file"));
                }
                Some(paths(list))
            }),
            vars: table.take("vars").map(|node| vars(node, reading)).unwrap_or_default(),
            vars_files: paths(table.texts("vars_files", reading)),
            base: table.take("base").and_then(|node| {
                let list = table::texts(node, "base", reading)?;
                Some(list.into_iter().map(|(base, _)| base.to_owned()).collect())
            }),
        }
    }

    /// This, and where it says nothing, the defaults.
    fn over(&self, defaults: &Self) -> Self {
        let own = self.clone();
        let fallback = defaults.clone();
        let mut vars = fallback.vars;
        vars.extend(own.vars);
        let mut vars_files = fallback.vars_files;
        vars_files.extend(own.vars_files);
        Self {
            region: own.region.or(fallback.region),
            profile: own.profile.or(fallback.profile),
            role: own.role.or(fallback.role),
            session_name: own.session_name.or(fallback.session_name),
            external_id: own.external_id.or(fallback.external_id),
            files: own.files.or(fallback.files),
            vars,
            vars_files,
            base: own.base.or(fallback.base),
        }
    }

    fn span_without_role(&self) -> Option<Span> {
        let all = [&self.session_name, &self.external_id];
        all.into_iter().flatten().map(|(_, span)| *span).next()
    }
}

fn located(table: &mut Table<'_>, key: &'static str, reading: &mut Reading<'_>) -> Option<(String, Span)> {
    let node = table.take(key)?;
    let text = table::written_text(node, key, reading)?;
    Some((text.to_owned(), node.span))
}

/// STS API reference, AssumeRole, RoleSessionName: `[\w+=,.@-]{2,64}`.
fn is_session_name((name, span): &(String, Span), reading: &mut Reading<'_>) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let good = (2..=64).contains(&name.len()) && name.chars().all(fits);
    if !good {
        let message = format!("`session_name`: `{name}` is no name of a session");
        let label = "2 to 64 letters, digits and `_+=,.@-`";
        reading.report(Finding::error("E0411", *span, message).label(label));
    }
    good
}

/// Numbers and booleans are taken as they are written, as on the command line.
fn vars(node: &Node, reading: &mut Reading<'_>) -> BTreeMap<String, String> {
    let entries = table::entries(node, "vars", "variables to values", reading).unwrap_or_default();
    let mut vars = BTreeMap::new();
    for (key, node) in entries {
        let value = match &node.value {
            Value::Text(text) | Value::Number(text) => text.clone(),
            Value::Bool(truth) => truth.to_string(),
            Value::Null | Value::List(_) | Value::Map(_) => {
                reading.report(table::wrong_type(node, &key.text, "text, a number or a boolean"));
                continue;
            }
        };
        vars.insert(key.text.clone(), value);
    }
    vars
}

fn constrained<T>(
    node: &Node,
    key: &'static str,
    parse: impl FnOnce(&str) -> Result<T, NameError>,
    reading: &mut Reading<'_>,
) -> Option<T> {
    let text = table::quoted_text(node, key, reading)?;
    match parse(text) {
        Ok(value) => Some(value),
        Err(error) => {
            reading.report(name_finding(node.span, key, &error));
            None
        }
    }
}

fn beside(folder: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    format!("{folder}{}", path.strip_prefix("./").unwrap_or(path))
}
