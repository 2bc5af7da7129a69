//! The account behind a command: connecting, reading, planning.
//!
//! Invariant: nothing is planned for another account than the file or the user names.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::access::World;
use crate::address::Address;
use crate::aws::{Aws, AwsBackend, ConfigError, SandboxChoice, connect};
use crate::engine::Backend as _;
use crate::engine::retry::Pace;
use crate::kind::{Depth, Object, Seen};
use crate::kinds::{AnyObject, KindName, Member, Visit, VisitKind, VisitMut};
use crate::names::{AccountId, Arn, IamPath, Region};
use crate::plan::build::{Input, build};
use crate::plan::consent::Consents;
use crate::plan::dropped;
use crate::plan::fingerprint::of_wanted;
use crate::plan::saved::Given;
use crate::plan::{Header as PlanHeader, Plan, Refusal};
use crate::spec::header::Header;
use crate::spec::lower::{Declared, Existing, Learned};
use crate::spec::resources::Environment;
use crate::spec::source::{Sources, Span};
use crate::vault;

use super::base::{Base, BaseArgs};
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::session::Loaded;
use super::state::state_folder;
use super::{AccountArgs, ConsentArgs, FileArgs};

/// Everything that is needed to plan.
pub(crate) struct Planner {
    loaded: Loaded,
    header: Header,
    bases: Vec<Base>,
    dropping: Dropping,
    region: Region,
    consents: Consents,
    given: Given,
    expectations: usize,
    /// The clients.
    pub(crate) aws: Aws,
    /// How fast to ask again.
    pub(crate) pace: Pace,
    /// Where this account's journal and backups are kept.
    pub(crate) state_folder: PathBuf,
}

/// A plan with the resources that it was made from.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) objects: Vec<AnyObject>,
    pub(crate) environment: Environment,
    /// What the bases declared, for the same account.
    pub(crate) before: Vec<Environment>,
}

/// What becomes of what a base declared and the file no longer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dropping {
    /// It stays, and nothing is said of it.
    Keep,
    /// It is looked at and told.
    Tell,
    /// It is deleted: `--prune`.
    Delete,
}

/// What was declared before, and what it is for.
#[derive(Debug, Clone)]
pub(crate) struct Past<'a> {
    /// `--base`.
    pub(crate) args: &'a BaseArgs,
    /// What becomes of what is no longer declared.
    pub(crate) dropping: Dropping,
}

impl<'a> Past<'a> {
    /// For what makes a plan: `--base` with or without `--prune`.
    pub(crate) fn of(args: &'a BaseArgs, prune: bool) -> Self {
        let dropping = if prune { Dropping::Delete } else { Dropping::Keep };
        Self { args, dropping }
    }
}

impl Planner {
    /// Reads the files and connects. `None` when the files have mistakes, which then have been shown.
    pub(crate) async fn prepare(
        files: &FileArgs,
        account: &AccountArgs,
        consents: &ConsentArgs,
        past: &Past<'_>,
        output: &Output,
    ) -> Result<Option<Self>, Failure> {
        let words = Consents::parse(consents.adopt.clone(), consents.replace.clone(), consents.allow.clone());
        let words = words.map_err(Failure::new)?;
        let loaded = Loaded::read(files)?;
        let (Some(header), Some(offline)) = (loaded.header.clone(), loaded.offline()) else {
            output.findings(&loaded.texts.findings, &loaded.texts.sources);
            return Ok(None);
        };
        output.findings(&offline.findings, &offline.sources);
        if offline.has_errors() {
            return Ok(None);
        }
        let Some(bases) = Base::read_all(past.args, files, output)? else {
            return Ok(None);
        };
        let expectations = offline.expectations.len();
        let given = Given {
            files: files.files.clone(),
            vars: files.vars.clone(),
            vars_files: files.vars_files.clone(),
            adopt: consents.adopt.clone(),
            replace: consents.replace.clone(),
            allow: consents.allow.clone(),
            base: bases.iter().map(|base| base.pin.clone()).collect(),
            prune: past.dropping == Dropping::Delete,
        };
        let asked = Asked::parse(account, &header)?;
        let (aws, region) = asked.connect(account, &header).await?;
        let state_folder = state_folder(account.sandbox.as_deref());
        let pace = match (aws.connection.simulated, aws.connection.nearby) {
            (true, _) => Pace::SANDBOX,
            (false, true) => Pace::NEARBY,
            (false, false) => Pace::AWS,
        };
        let planner = Self {
            loaded,
            header,
            bases,
            dropping: past.dropping,
            region,
            consents: words,
            given,
            expectations,
            aws,
            pace,
            state_folder,
        };
        Ok(Some(planner))
    }

    /// What was given, for a saved plan.
    pub(crate) fn given(&self) -> Given {
        self.given.clone()
    }

    /// Whether the file or the user has named the account.
    pub(crate) fn is_pinned(&self, account: &AccountArgs) -> bool {
        self.aws.connection.simulated || self.header.account.is_some() || account.account.is_some()
    }

    /// What every command says at its end.
    pub(crate) fn closing_notes(&self, output: &Output) {
        if let Some(remark) = self.remark() {
            output.note(&remark);
        }
    }

    /// Says what a base declared and this file no longer does, where nothing is done about it.
    pub(crate) fn note_dropped(&self, planned: &Planned, output: &Output) {
        if self.dropping != Dropping::Keep {
            return;
        }
        let bases = self
            .base_names()
            .zip(planned.before.iter().map(|one| one.objects.as_slice()));
        let dropped = dropped::dropped(bases, &planned.environment.objects);
        if !dropped.is_empty() {
            let names: Vec<String> = dropped.iter().map(|object| object.address().to_string()).collect();
            output.note(&format!(
                "no longer declared, and left as it is: {}; --prune deletes it",
                names.join(", ")
            ));
        }
    }

    /// The same for a report.
    pub(crate) fn remark(&self) -> Option<String> {
        super::check::remark(self.expectations)
    }

    /// Reads the account and plans. `None` when the files turn out to have mistakes for this account.
    pub(crate) async fn plan(&self, output: &Output) -> Result<Option<Planned>, Failure> {
        let home = &self.aws.connection.home;
        let backend = AwsBackend(&self.aws);
        let mut learned = Learned::default();
        let mut environment = self.loaded.lower(&self.header, home, &self.region, &learned);
        let mut before = self.before(&learned);
        let mut objects = backend.observe(self.with_context(&environment, &before)).await;
        for known in std::iter::once(&environment).chain(&before) {
            learn(&objects, known, &mut learned);
        }
        if learned != Learned::default() {
            environment = self.loaded.lower(&self.header, home, &self.region, &learned);
            before = self.before(&learned);
            objects = reread(&environment, objects);
        }
        if environment.has_errors() {
            output.findings(&environment.findings, &environment.sources);
            return Ok(None);
        }
        let plan = self.build(&environment, &before, &objects);
        Ok(Some(Planned {
            plan,
            objects,
            environment,
            before,
        }))
    }

    /// A plan from what was read.
    pub(crate) fn build(&self, environment: &Environment, before: &[Environment], objects: &[AnyObject]) -> Plan {
        let known = dropped::known(before.iter().map(|one| one.objects.as_slice()), &environment.objects);
        let mut refusals = missing(environment, objects);
        refusals.extend(self.unprunable(environment, before));
        refusals.extend(self.unproved(environment, objects));
        build(Input {
            known: &known,
            refusals,
            ..self.input(environment, objects)
        })
    }

    /// The expectations that would not hold when the plan has been executed.
    fn unproved(&self, environment: &Environment, objects: &[AnyObject]) -> Vec<Refusal> {
        if environment.expectations.is_empty() {
            return Vec::new();
        }
        let home = &self.aws.connection.home;
        let world = World::planned(objects, home, &environment.sources, &environment.tags);
        refusals(&world, environment)
    }

    /// The expectations that do not hold in the account as it is.
    pub(crate) fn unproved_now(&self, planned: &Planned) -> Vec<Refusal> {
        let world = World::live(&planned.objects, &self.aws.connection.home);
        refusals(&world, &planned.environment)
    }

    /// What a base's plan would be for the account as it was read: what differs there has moved since, by hand.
    pub(crate) fn plan_before(&self, before: &Environment, planned: &Planned) -> Plan {
        let objects = dropped::aligned(&before.objects, &planned.objects);
        build(Input {
            consents: &Consents::default(),
            ..self.input(before, &objects)
        })
    }

    /// What a plan of other texts would be for the account as it was read.
    pub(crate) fn plan_of(&self, loaded: &Loaded, planned: &Planned) -> (Environment, Plan) {
        let mut learned = Learned::default();
        learn(&planned.objects, &planned.environment, &mut learned);
        let environment = loaded.lower(&self.header, &self.aws.connection.home, &self.region, &learned);
        let objects = reread(&environment, planned.objects.clone());
        let plan = self.build(&environment, &[], &objects);
        (environment, plan)
    }

    /// The header of the file.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    fn input<'a>(&'a self, environment: &'a Environment, objects: &'a [AnyObject]) -> Input<'a> {
        static NOTHING: BTreeSet<Address> = BTreeSet::new();
        let connection = &self.aws.connection;
        Input {
            header: PlanHeader {
                environment: environment.name.clone(),
                account: connection.home.account.to_string(),
                region: self.region.to_string(),
                identity: connection.caller.to_string(),
                digest: of_wanted(&environment.objects),
            },
            home: &connection.home,
            tags: &environment.tags,
            consents: &self.consents,
            caller: &connection.caller,
            objects,
            known: &NOTHING,
            refusals: Vec::new(),
        }
    }

    /// The bases, as the user named them.
    pub(crate) fn base_names(&self) -> impl Iterator<Item = &str> {
        self.bases.iter().map(|base| base.name.as_str())
    }

    /// What the bases declared, for this account.
    fn before(&self, learned: &Learned) -> Vec<Environment> {
        let home = &self.aws.connection.home;
        let lowered = self.bases.iter().map(|Base { loaded, header, .. }| {
            let region = header.region.as_ref().unwrap_or(&self.region);
            loaded.lower(header, home, region, learned)
        });
        lowered.collect()
    }

    /// Why nothing may be deleted for the reason alone that a base declared it.
    fn unprunable(&self, environment: &Environment, before: &[Environment]) -> Vec<Refusal> {
        if self.dropping != Dropping::Delete {
            return Vec::new();
        }
        let headers = self.bases.iter().map(|base| (base.name.as_str(), &base.header));
        let unlike = headers.flat_map(|(name, header)| unlike(name, header, &self.header));
        let declares_nothing = environment.objects.is_empty() && before.iter().any(|before| !before.objects.is_empty());
        unlike.chain(declares_nothing.then(nothing_left)).collect()
    }

    /// The declared resources, what must exist beside them, and the identity that runs this.
    fn with_context(&self, environment: &Environment, before: &[Environment]) -> Vec<AnyObject> {
        let mut objects = environment.objects.clone();
        if self.dropping != Dropping::Keep {
            let bases = self.base_names().zip(before.iter().map(|one| one.objects.as_slice()));
            objects.extend(dropped::dropped(bases, &environment.objects));
        }
        for object in &mut objects {
            object.visit_mut(Deepen(&self.consents));
        }
        let known: Vec<Address> = objects.iter().map(|object| object.address().clone()).collect();
        let mut extra: Vec<AnyObject> = environment
            .existing
            .iter()
            .filter_map(|existing| bare(existing.kind, &existing.declared))
            .collect();
        extra.extend(self.caller());
        if !environment.expectations.is_empty() {
            extra.extend(
                environment
                    .objects
                    .iter()
                    .flat_map(|object| object.visit(Foreign(self))),
            );
        }
        extra.retain(|object| !known.contains(object.address()));
        extra.dedup_by(|a, b| a.address() == b.address());
        objects.extend(extra);
        objects
    }

    fn caller(&self) -> Option<AnyObject> {
        self.bare_of(self.aws.caller())
    }

    /// A user, role or group of which only the ARN is known, unread; `None` for anything else.
    pub(crate) fn bare_of(&self, arn: &Arn) -> Option<AnyObject> {
        let name = arn.user_name().map(|name| name.to_string());
        let name = name.or_else(|| arn.role_name().map(|name| name.to_string()));
        let name = name.or_else(|| arn.session_role_name().map(|name| name.to_string()));
        let name = name.or_else(|| arn.group_name().map(|name| name.to_string()))?;
        let declared = Declared::bare(&name, &self.region, nowhere());
        let is_meant = |kind: &&KindName| {
            let found = crate::spec::lower::arn_of(**kind, &declared, &Learned::default(), &self.aws.connection.home);
            found.is_some_and(|found| found.names_same_principal(arn) || found.pathless() == arn.pathless())
        };
        let kind = KindName::ALL.iter().find(is_meant)?;
        bare(*kind, &declared)
    }

    /// A thing of which only the kind and the name are known, unread; `None` for an impossible name.
    pub(crate) fn bare_named(&self, kind: KindName, name: &str) -> Option<AnyObject> {
        bare(kind, &Declared::bare(name, &self.region, nowhere()))
    }

    /// The default region.
    pub(crate) fn region(&self) -> &Region {
        &self.region
    }
}

fn refusals(world: &World, environment: &Environment) -> Vec<Refusal> {
    let broken = world.broken(&environment.expectations);
    broken.iter().map(|one| one.refusal(world)).collect()
}

/// What a base and the file must agree on before anything is deleted because only the base declares it.
fn unlike(name: &str, base: &Header, today: &Header) -> Vec<Refusal> {
    let mut moved = Vec::new();
    if base.environment != today.environment {
        moved.push(format!(
            "the environment was `{}` and is `{}`",
            base.environment, today.environment
        ));
    }
    if let (Some(then), Some(now)) = (&base.account, &today.account)
        && then != now
    {
        moved.push(format!("the account was {then} and is {now}"));
    }
    let variables = base.variables.differing(&today.variables);
    if !variables.is_empty() {
        moved.push(format!("variables have other values: {}", variables.join(", ")));
    }
    let refusal = |what: String| Refusal {
        guard: "prune",
        address: None,
        message: format!("nothing is deleted on the word of {name}: {what}"),
        place: None,
        hint: "apply that change without --prune first, or name what shall go under `absent:`".into(),
    };
    moved.into_iter().map(refusal).collect()
}

fn nothing_left() -> Refusal {
    Refusal {
        guard: "prune",
        address: None,
        message: "this file declares nothing, so everything would be deleted".into(),
        place: None,
        hint: "name what shall go under `absent:`".into(),
    }
}

fn nowhere() -> Span {
    let file = Sources::default().add("", "");
    Span { file, start: 0, end: 0 }
}

/// A resource of which nothing is wanted; it is only read.
fn bare(kind: KindName, declared: &Declared) -> Option<AnyObject> {
    struct Bare<'a>(&'a Declared);
    impl VisitKind for Bare<'_> {
        type Out = Option<AnyObject>;
        fn visit<K: Member>(self) -> Option<AnyObject> {
            let address = Address::new(K::KIND, self.0.name.clone());
            Some(K::object(Object::bare(address, K::identify(self.0).ok()?)))
        }
    }
    kind.visit(Bare(declared))
}

/// The managed policies of this account that a resource names and that stand in no list: read for what they say.
struct Foreign<'a>(&'a Planner);

impl Visit for Foreign<'_> {
    type Out = Vec<AnyObject>;

    fn visit<K: Member>(self, object: &Object<K>) -> Vec<AnyObject> {
        let home = &self.0.aws.connection.home;
        let states = object.wanted.iter().map(|wanted| &wanted.state);
        let refs = states.flat_map(|state| K::refs(&object.id, state, home));
        let policies = refs.filter(|arn| arn.account().as_ref() == Some(&home.account) && arn.policy_name().is_some());
        policies.filter_map(|arn| self.0.bare_of(&arn)).collect()
    }
}

/// What may be replaced is read as deeply as what shall go.
struct Deepen<'a>(&'a Consents);

impl VisitMut for Deepen<'_> {
    type Out = ();

    fn visit<K: Member>(self, object: &mut Object<K>) {
        if self.0.replaces(&object.address) {
            object.depth = Depth::Remove;
        }
    }
}

/// Paths that the file leaves open and AWS knows.
fn learn(objects: &[AnyObject], environment: &Environment, learned: &mut Learned) {
    for (key, path) in objects.iter().filter_map(AnyObject::live_path) {
        let is_open = environment.open_paths.contains(&key) || environment.existing.iter().any(|one| names(one, &key));
        if is_open && path != IamPath::default() {
            learned.paths.insert(key, path);
        }
    }
}

fn names(existing: &Existing, key: &(KindName, String)) -> bool {
    existing.kind == key.0 && existing.declared.name.to_lowercase() == key.1
}

/// The newly lowered resources with what has been read already.
fn reread(environment: &Environment, read: Vec<AnyObject>) -> Vec<AnyObject> {
    read.into_iter()
        .map(|old| {
            match environment
                .objects
                .iter()
                .find(|object| object.address() == old.address())
            {
                Some(new) => new.clone().seen_as(&old),
                None => old,
            }
        })
        .collect()
}

/// References to things outside of the file that are not there.
fn missing(environment: &Environment, objects: &[AnyObject]) -> Vec<Refusal> {
    struct Absent;
    impl Visit for Absent {
        type Out = bool;
        fn visit<K: Member>(self, object: &Object<K>) -> bool {
            matches!(object.seen, Seen::Absent)
        }
    }
    let gone = |existing: &&Existing| {
        let address = Address::new(existing.kind, existing.declared.name.clone());
        objects
            .iter()
            .any(|object| *object.address() == address && object.visit(Absent))
    };
    let refusal = |existing: &Existing| Refusal {
        guard: "missing",
        address: None,
        message: format!(
            "there is no {} `{}` in this account",
            existing.kind, existing.declared.name
        ),
        place: Some(existing.place.clone()),
        hint: "make it first, or declare it in this file".into(),
    };
    environment.existing.iter().filter(gone).map(refusal).collect()
}

/// What the user asks for, checked.
struct Asked {
    account: Option<AccountId>,
    region: Option<Region>,
}

impl Asked {
    fn parse(args: &AccountArgs, header: &Header) -> Result<Self, Failure> {
        let account = args.account.as_deref().map(AccountId::parse).transpose();
        let account = account.map_err(|error| Failure::new(format!("--account: {error}")))?;
        let region = args.region.as_deref().map(Region::parse).transpose();
        let region = region.map_err(|error| Failure::new(format!("--region: {error}")))?;
        if let (Some(pinned), Some(asked)) = (&header.account, &account)
            && pinned != asked
        {
            let message = format!("--account {asked} contradicts the file, which is for account {pinned}");
            return Err(Failure::new(message).exit(Exit::Refused));
        }
        if let (Some(written), Some(asked)) = (&header.region, &region)
            && written != asked
        {
            let message = format!("--region {asked} contradicts the file, whose region is {written}");
            return Err(
                Failure::new(message).hint("leave one of them out; a variable can make the file's differ by stage")
            );
        }
        Ok(Self {
            account: account.or_else(|| header.account.clone()),
            region,
        })
    }

    /// Connects and makes sure that it is the right account.
    async fn connect(&self, args: &AccountArgs, header: &Header) -> Result<(Aws, Region), Failure> {
        let persona = super::sandbox::persona(args.sandbox_as.as_deref(), &args.sandbox_policy)?;
        let choice = args.sandbox.as_ref().map(|folder| SandboxChoice {
            folder: folder.clone(),
            account: self.account.clone(),
            lag: args.sandbox_lag,
            persona,
        });
        let region = header.region.as_ref().or(self.region.as_ref());
        let (config, connection) = connect(args.profile.as_deref(), region, choice, args.assume.as_ref())
            .await
            .map_err(|error| unconnected(&error))?;
        if let Some(wanted) = &self.account
            && *wanted != connection.home.account
        {
            let message = format!(
                "this is account {}, and the file is for account {wanted}",
                connection.home.account
            );
            return Err(Failure::new(message)
                .hint("choose another profile with --profile")
                .exit(Exit::Refused));
        }
        let region = header
            .region
            .clone()
            .or_else(|| self.region.clone())
            .or_else(|| connection.region.clone());
        let region = region.ok_or_else(|| {
            Failure::new("no region is known").hint("write `region:` into the file, or give --region")
        })?;
        let base = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        let mut context = vault::Context::of_process(base);
        context.redirect = args.sandbox.as_ref().map(|folder| folder.join("secrets"));
        let backups = state_folder(args.sandbox.as_deref()).join("code");
        Ok((Aws::new(config, connection, context, backups), region))
    }
}

fn unconnected(error: &ConfigError) -> Failure {
    let failure = Failure::new(error.to_string());
    match error {
        ConfigError::Identity(_) => failure
            .hint("check the credentials with `aws sts get-caller-identity`, or choose a profile with --profile")
            .hint("without an AWS account, try --sandbox"),
        ConfigError::Role { .. } => failure.hint(
            "its trust policy has to let in who runs this, with the external id if it asks for one; who runs this needs \
             sts:AssumeRole on it",
        ),
        ConfigError::Sandbox(_) | ConfigError::Odd(_) => failure,
    }
}

/// Clients of the account that the options lead to, without any file, and the default region.
pub(crate) async fn reach(args: &AccountArgs) -> Result<(Aws, Region), Failure> {
    reach_as(args, None).await
}

/// The same for a file's account and region, where one could be read.
pub(crate) async fn reach_as(args: &AccountArgs, header: Option<&Header>) -> Result<(Aws, Region), Failure> {
    let nobodys = Header {
        environment: String::new(),
        account: None,
        region: None,
        tags: std::collections::BTreeMap::new(),
        ignore_tags: Vec::new(),
        ownership_tag: String::new(),
        lint: crate::spec::rules::Settings::default(),
        variables: crate::spec::header::Variables::default(),
    };
    let header = header.unwrap_or(&nobodys);
    Asked::parse(args, header)?.connect(args, header).await
}
