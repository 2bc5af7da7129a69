//! Managed policies.
//!
//! Invariant: a policy can't be deleted while anything uses it or it has further versions. AWS's own policies are read
//! only, and what AWS has withdrawn can't be attached. Reads and attachments go by what readers see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::super::{Caller, Clock, Fault, Moment, World, Xml};
use super::ask::{Ask, Name, PageOrder, order};
use super::document::{Place, parse, size};
use super::managed::{self, Managed, Standing, managed_policy};
use super::refusal::{already_exists, constraint, delete_conflict, invalid_input, no_such_entity, quota, validation};
use super::tag::{self, Keys, Tags};
use super::{Done, HolderRow, State};

/// A customer managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Policy {
    pub(super) name: Name,
    pub(super) id: String,
    pub(super) path: String,
    pub(super) created: Moment,
    pub(super) updated: Moment,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    pub(super) default_version: u32,
    pub(super) last_version: u32,
    pub(super) versions: BTreeMap<u32, Version>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) tags: Tags,
}

/// One version of a policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) created: Moment,
    pub(super) document: String,
}

const SIZE: usize = 6144;

impl Policy {
    pub(super) fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:policy{}{}", self.path, self.name)
    }
}

impl State {
    pub(super) fn policy(&self, arn: &str) -> Result<&Policy, Fault> {
        let name = Name::new(arn.rsplit('/').next().unwrap_or_default());
        let found = self
            .policies
            .get(&name)
            .filter(|policy| policy.arn(&self.account) == arn);
        found.ok_or_else(|| not_found(arn))
    }

    /// The policy as a reader finds it now.
    pub(super) fn seen_policy<'a>(&'a self, arn: &str, clock: &Clock) -> Result<&'a Policy, Fault> {
        let name = Name::new(arn.rsplit('/').next().unwrap_or_default());
        let found = self.policies.seen(&name, clock);
        found
            .filter(|policy| policy.arn(&self.account) == arn)
            .ok_or_else(|| not_found(arn))
    }

    pub(super) fn policy_mut(&mut self, arn: &str) -> Result<&mut Policy, Fault> {
        let name = self.policy(arn)?.name.clone();
        self.policies.get_mut(&name).ok_or_else(|| not_found(arn))
    }
}

fn not_found(arn: &str) -> Fault {
    no_such_entity(format!("Policy {arn} was not found."))
}

/// Refuses a policy that can't be attached to something now. With a clock, one that readers don't see yet is not there.
pub(super) fn attachable(state: &State, arn: &str, clock: Option<&Clock>) -> Result<(), Fault> {
    let is_ours = || match clock {
        Some(clock) => state.seen_policy(arn, clock).is_ok() && state.policy(arn).is_ok(),
        None => state.policy(arn).is_ok(),
    };
    match managed_policy(arn).map(|policy| policy.standing) {
        Some(Standing::Current) => Ok(()),
        Some(Standing::Reserved) => Err(Fault::new(
            StatusCode::BAD_REQUEST,
            "PolicyNotAttachable",
            "Cannot attach a Service Role Policy to a Customer Role.",
        )),
        None if is_ours() => Ok(()),
        None | Some(Standing::Withdrawn) => Err(not_attachable(arn)),
    }
}

fn not_attachable(arn: &str) -> Fault {
    no_such_entity(format!("Policy {arn} does not exist or is not attachable."))
}

/// How often each policy is used, as policy and as boundary.
#[derive(Debug, Default)]
pub(super) struct Uses {
    attached: BTreeMap<String, usize>,
    boundary: BTreeMap<String, usize>,
}

impl Uses {
    pub(super) fn of(state: &State) -> Arc<Self> {
        let counted = || Arc::new(Self::count(state.holders()));
        state.uses.kept(state.holder_revisions(), counted)
    }

    /// The uses that a reader finds now.
    pub(super) fn seen(state: &State, clock: &Clock) -> Arc<Self> {
        if state.are_holders_settled() {
            return Self::of(state);
        }
        Arc::new(Self::count(state.holders_seen(clock)))
    }

    fn count<'a>(holders: impl Iterator<Item = HolderRow<'a>>) -> Self {
        let mut uses = Self::default();
        for (_, _, attached, boundary) in holders {
            attached
                .iter()
                .for_each(|arn| *uses.attached.entry(arn.clone()).or_default() += 1);
            boundary
                .iter()
                .for_each(|arn| *uses.boundary.entry((*arn).clone()).or_default() += 1);
        }
        uses
    }

    fn attached(&self, arn: &str) -> usize {
        self.attached.get(arn).copied().unwrap_or_default()
    }

    fn boundary(&self, arn: &str) -> usize {
        self.boundary.get(arn).copied().unwrap_or_default()
    }

    /// ARNs in use either way.
    pub(super) fn arns(&self) -> BTreeSet<&str> {
        self.attached
            .keys()
            .chain(self.boundary.keys())
            .map(String::as_str)
            .collect()
    }
}

/// A policy as it is shown, ours or AWS's.
#[derive(Clone, Copy)]
pub(super) enum Shown<'a> {
    Ours(&'a Policy),
    Aws(Managed),
}

impl Shown<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Ours(policy) => policy.name.as_str(),
            Self::Aws(policy) => policy.name,
        }
    }

    fn path(&self) -> &str {
        match self {
            Self::Ours(policy) => &policy.path,
            Self::Aws(policy) => policy.path,
        }
    }

    pub(super) fn arn(&self, account: &str) -> String {
        match self {
            Self::Ours(policy) => policy.arn(account),
            Self::Aws(policy) => policy.arn(),
        }
    }

    /// AWS says so of its service-role policies too, although it refuses to attach them.
    fn is_attachable(&self) -> bool {
        match self {
            Self::Ours(_) => true,
            Self::Aws(policy) => policy.standing != Standing::Withdrawn,
        }
    }

    /// What lists and answers show; neither tags nor, in lists, the description are among it.
    pub(super) fn write(&self, xml: &mut Xml, state: &State, uses: &Uses) {
        let arn = self.arn(&state.account);
        let id = match self {
            Self::Ours(policy) => policy.id.clone(),
            Self::Aws(policy) => policy.id(),
        };
        xml.text("PolicyName", self.name())
            .text("PolicyId", id)
            .text("Arn", &arn)
            .text("Path", self.path());
        let (default, created, updated) = match self {
            Self::Ours(policy) => (
                policy.default_version,
                policy.created.seconds(),
                policy.updated.seconds(),
            ),
            Self::Aws(policy) => (policy.version(), policy.made(), policy.changed()),
        };
        xml.text("DefaultVersionId", format!("v{default}"))
            .text("AttachmentCount", uses.attached(&arn))
            .text("PermissionsBoundaryUsageCount", uses.boundary(&arn))
            .text("IsAttachable", self.is_attachable())
            .text("CreateDate", created)
            .text("UpdateDate", updated);
    }
}

pub(super) fn create(world: &mut World, ask: Ask<'_>) -> Done {
    let (name, path) = (ask.name("PolicyName", 128)?, ask.path()?);
    check_path(&path, "path")?;
    let description = description(ask)?;
    let tags = tag::asked(ask, Keys::Exact)?;
    let document = document(ask)?;
    if world.iam.policies.contains(&name) {
        return Err(already_exists(format!(
            "A policy called {name} already exists. Duplicate names are not allowed."
        )));
    }
    let now = world.clock.now();
    let policy = Policy {
        name: name.clone(),
        id: world.ids.unique("ANPA"),
        path,
        created: now,
        updated: now,
        description,
        default_version: 1,
        last_version: 1,
        versions: BTreeMap::from([(1, Version { created: now, document })]),
        tags,
    };
    // The answer leaves Description out, although it is kept.
    let mut xml = Xml::new();
    xml.element("Policy", |xml| {
        Shown::Ours(&policy).write(xml, &world.iam, &Uses::default());
        tag::write(xml, &policy.tags);
    });
    world.iam.policies.insert(name, policy);
    Ok(Some(xml))
}

/// Paths of policies have fewer characters than those of users and roles.
fn check_path(path: &str, parameter: &str) -> Result<(), Fault> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"/.,+@=_-".contains(&byte);
    if path.bytes().all(fits) && path.starts_with('/') && path.ends_with('/') && !path.contains("//") {
        return Ok(());
    }
    let rule = r"satisfy regular expression pattern: ((/[A-Za-z0-9\.,\+@=_-]+)*)/";
    Err(constraint(path, parameter, rule))
}

/// The beginning that listed policies' paths must have: a whole path, unlike the prefixes of users and roles.
pub(super) fn path_prefix<'a>(ask: Ask<'a>) -> Result<&'a str, Fault> {
    let prefix = ask.path_prefix()?;
    check_path(prefix, "pathPrefix").map(|()| prefix)
}

/// A policy's description has no character set, as the service model shows, only a length.
fn description(ask: Ask<'_>) -> Result<Option<String>, Fault> {
    match ask.text("Description") {
        Some(text) if text.chars().count() > 1000 => Err(constraint(
            text,
            "description",
            "have length less than or equal to 1000",
        )),
        other => Ok(other.filter(|text| !text.is_empty()).map(str::to_owned)),
    }
}

pub(super) fn document(ask: Ask<'_>) -> Result<String, Fault> {
    let text = ask.required("PolicyDocument")?;
    parse(text, Place::Managed)?;
    if size(text) > SIZE {
        return Err(quota("PolicySize", SIZE));
    }
    Ok(text.to_owned())
}

/// The policy's ARN, which must at least look like one of a policy.
pub(super) fn asked_arn<'a>(ask: Ask<'a>) -> Result<&'a str, Fault> {
    check_arn(ask.required("PolicyArn")?, "policyArn")
}

/// Refuses what is no ARN of a policy; whether there is such a policy is not asked here.
pub(super) fn check_arn<'a>(arn: &'a str, parameter: &str) -> Result<&'a str, Fault> {
    if arn.len() < 20 {
        return Err(constraint(arn, parameter, "have length greater than or equal to 20"));
    }
    if arn.len() > 2048 {
        return Err(constraint(arn, parameter, "have length less than or equal to 2048"));
    }
    let invalid = format!("ARN {arn} is not valid.");
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, service, _, _, resource] = *parts.as_slice() else {
        return Err(validation(invalid));
    };
    if service != "iam" || !resource.starts_with("policy/") {
        return Err(invalid_input(invalid));
    }
    Ok(arn)
}

/// Refuses writes to AWS's own policies, which belong to an account that nobody may write to.
///
/// # Errors
/// `AccessDenied`.
pub(super) fn check_writable(ask: Ask<'_>, caller: &Caller, action: &str) -> Result<(), Fault> {
    const WRITES: [&str; 6] = [
        "CreatePolicyVersion",
        "DeletePolicy",
        "DeletePolicyVersion",
        "SetDefaultPolicyVersion",
        "TagPolicy",
        "UntagPolicy",
    ];
    let arn = ask.text("PolicyArn").unwrap_or_default();
    if !WRITES.contains(&action) || !arn.starts_with("arn:aws:iam::aws:policy/") {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::FORBIDDEN,
        "AccessDenied",
        format!(
            "User: {} is not authorized to perform: iam:{action} on resource: policy {arn}",
            caller.arn
        ),
    ))
}

/// Refuses a call about a policy that readers don't see yet, or no longer.
pub(super) fn check_seen(world: &World, ask: Ask<'_>) -> Result<(), Fault> {
    let arn = asked_arn(ask)?;
    world.iam.policy(arn)?;
    world.iam.seen_policy(arn, &world.clock).map(|_| ())
}

/// AWS's own policies have no tags.
pub(super) fn list_tags(world: &World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    if known_aws_policy(&Uses::seen(&world.iam, &world.clock), arn).is_some() {
        return Ok(Some(ask.page(Vec::<(String, String)>::new())?.write_texts("Tags")));
    }
    check_seen(world, ask)?;
    tag::list(world, ask, tag::Tagged::Policy)
}

pub(super) fn get(world: &World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    let uses = Uses::seen(&world.iam, &world.clock);
    let mut xml = Xml::new();
    if let Some(policy) = known_aws_policy(&uses, arn) {
        xml.element("Policy", |xml| {
            Shown::Aws(policy).write(xml, &world.iam, &uses);
            xml.optional("Description", policy.description())
                .element("Tags", |_| {});
        });
        return Ok(Some(xml));
    }
    let policy = world.iam.seen_policy(arn, &world.clock)?;
    xml.element("Policy", |xml| {
        Shown::Ours(policy).write(xml, &world.iam, &uses);
        xml.optional("Description", policy.description.as_ref());
        tag::write_even_if_none(xml, &policy.tags);
    });
    Ok(Some(xml))
}

/// A withdrawn policy is there only as long as something still has it.
pub(super) fn known_aws_policy(uses: &Uses, arn: &str) -> Option<Managed> {
    managed_policy(arn).filter(|policy| policy.standing != Standing::Withdrawn || uses.arns().contains(arn))
}

pub(super) fn delete(world: &mut World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    let policy = world.iam.policy(arn)?;
    // What was detached just now may still be in the way.
    let is_used = |uses: &Uses| uses.arns().contains(arn);
    if is_used(&Uses::of(&world.iam)) || is_used(&Uses::seen(&world.iam, &world.clock)) {
        return Err(delete_conflict("Cannot delete a policy attached to entities."));
    }
    if policy.versions.len() > 1 {
        return Err(delete_conflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
             The default version is deleted with the policy.",
        ));
    }
    let name = policy.name.clone();
    world.iam.policies.remove(&name);
    Ok(None)
}

pub(super) fn list(world: &World, ask: Ask<'_>) -> Done {
    let prefix = path_prefix(ask)?;
    let scope = ask.choice("Scope", &["All", "AWS", "Local"])?.unwrap_or("All");
    let usage = ask.choice("PolicyUsageFilter", &["PermissionsPolicy", "PermissionsBoundary"])?;
    let used_only = ask.flag("OnlyAttached")?.unwrap_or(false);
    let uses = Uses::seen(&world.iam, &world.clock);
    let ours = world
        .iam
        .policies
        .all_seen(&world.clock)
        .map(|(_, policy)| Shown::Ours(policy));
    let ours = ours.filter(|_| scope != "AWS");
    let aws = managed::all().filter(|_| scope != "Local").map(Shown::Aws);
    let wanted = |shown: &Shown<'_>| {
        if usage.is_none() && !used_only {
            return shown.path().starts_with(prefix);
        }
        let arn = shown.arn(&world.account);
        let (attached, boundary) = (uses.attached(&arn) > 0, uses.boundary(&arn) > 0);
        let in_use = match usage {
            Some("PermissionsBoundary") => boundary,
            Some(_) => attached || (!used_only && !boundary),
            None => !used_only || attached,
        };
        shown.path().starts_with(prefix) && in_use
    };
    let page = ask.page(ours.chain(aws).filter(wanted).map(|shown| (ListOrder(shown), shown)))?;
    Ok(Some(
        page.write("Policies", |xml, shown| shown.write(xml, &world.iam, &uses)),
    ))
}

/// Customer policies come first; a name may stand among both.
struct ListOrder<'a>(Shown<'a>);

impl ListOrder<'_> {
    fn sort(&self) -> u8 {
        match self.0 {
            Shown::Ours(_) => b'0',
            Shown::Aws(_) => b'1',
        }
    }
}

impl PageOrder for ListOrder<'_> {
    fn is_after(&self, text: &str) -> bool {
        let letters = self.0.name().bytes().map(|byte| byte.to_ascii_lowercase());
        std::iter::once(self.sort()).chain(letters).gt(text.bytes())
    }

    fn text(&self) -> String {
        format!("{}{}", char::from(self.sort()), self.0.name().to_ascii_lowercase())
    }
}

pub(super) fn list_entities(world: &World, ask: Ask<'_>) -> Done {
    let arn = asked_arn(ask)?;
    if managed_policy(arn).is_none() && world.iam.seen_policy(arn, &world.clock).is_err() {
        return Err(not_attachable(arn));
    }
    let sorts = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];
    let sort = ask.choice("EntityFilter", &sorts)?;
    let usage = ask.choice("PolicyUsageFilter", &["PermissionsPolicy", "PermissionsBoundary"])?;
    let prefix = ask.path_prefix()?;
    let mut found = Vec::new();
    for (word, (name, id, path), attached, boundary) in world.iam.holders_seen(&world.clock) {
        let uses = match usage {
            Some("PermissionsBoundary") => boundary.is_some_and(|held| held == arn),
            Some(_) => attached.contains(arn),
            None => attached.contains(arn) || boundary.is_some_and(|held| held == arn),
        };
        if uses && sort.is_none_or(|sort| sort == word) && path.starts_with(prefix) {
            found.push((format!("{word}{}", order(name)), (word, name, id)));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    let page = ask.page(found)?;
    let mut xml = Xml::new();
    for (word, list) in [
        ("Group", "PolicyGroups"),
        ("User", "PolicyUsers"),
        ("Role", "PolicyRoles"),
    ] {
        xml.element(list, |xml| {
            for (_, name, id) in page.items.iter().filter(|(sort, _, _)| *sort == word) {
                xml.element("member", |xml| {
                    xml.text(&format!("{word}Name"), name).text(&format!("{word}Id"), id);
                });
            }
        });
    }
    page.write_end(&mut xml);
    Ok(Some(xml))
}
