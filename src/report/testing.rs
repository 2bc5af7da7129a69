//! Reports for tests: one with everything that a report can say, and one in which all text of others is hostile.
//!
//! Invariant: [`everything`] uses every variant of the model; a new one belongs into it.

mod access;

use crate::address::Address;
use crate::fields::{FieldPath, Shown};
use crate::kind::{Access, Loss};
use crate::kinds::KindName;
use crate::plan::Refusal;
use crate::plan::testing::{World, address};
use crate::policy_doc::Policy;
use crate::spec::finding::{Finding as Found, Severity};
use crate::spec::source::{Place, Sources, Span};

use super::*;

const LIVE: &str = "
policies:
  monitoring:
    document:
      Statement:
        - { Sid: Read, Effect: Allow, Action: [s3:GetObject, s3:PutObject], Resource: arn:aws:s3:::rmi-360/* }
        - { Effect: Deny, Action: iam:*, Resource: '*' }
  limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }
roles:
  worker: { description: works, trust: ec2.amazonaws.com, permissions_boundary: limits, policies: [monitoring], tags: { cost: '7' } }
  retired: { trust: ec2.amazonaws.com }
  foreign: { trust: ec2.amazonaws.com, policies: [AdministratorAccess] }
  moved: { trust: ec2.amazonaws.com, path: /old/ }
  dark: { trust: ec2.amazonaws.com }
  quiet: { trust: ec2.amazonaws.com }
";

const WANTED: &str = "
policies:
  monitoring:
    document:
      Statement:
        - { Sid: Read, Effect: Allow, Action: [s3:GetObject, s3:GetObjectVersion], Resource: arn:aws:s3:::rmi-360/* }
        - { Sid: Tell, Effect: Allow, Action: sns:Publish, Resource: '*' }
  limits: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } }
roles:
  worker: { description: works harder, trust: ec2.amazonaws.com, policies: [monitoring], ignore: [tags.cost] }
  new: { trust: lambda.amazonaws.com, policies: [monitoring] }
  foreign: { trust: ec2.amazonaws.com }
  moved: { trust: ec2.amazonaws.com, path: /new/ }
  dark: { trust: ec2.amazonaws.com }
  quiet: { trust: ec2.amazonaws.com }
absent: { roles: [retired] }
";

/// A plan with every verb.
pub(crate) fn rich_plan() -> Report {
    let plan = World::of(WANTED)
        .live(LIVE)
        .role("foreign", |role| role.tags.clear())
        .role("quiet", |role| role.tags.clear())
        .unread(address("role", "dark"), None)
        .replace("role/moved")
        .plan();
    Report::of_plan(Command::Plan, &plan, verdict(4, Word::Refused))
}

pub(crate) fn verdict(exit: u8, word: Word) -> Verdict {
    Verdict { exit, word }
}

pub(crate) fn place(line: u32) -> Place {
    Place {
        file: "environment.yaml".into(),
        line,
        column: 3,
    }
}

pub(crate) fn thing(name: &str, status: Status) -> Thing {
    Thing::new(Address::new(KindName::Role, name), status, Some(place(7)))
}

pub(crate) fn field(name: &'static str, before: Option<&str>, after: Option<&str>) -> Field {
    Field {
        path: FieldPath::whole(name),
        before: before.map(Shown::text),
        after: after.map(Shown::text),
        base: Base::Unasked,
        class: None,
        place: Some(place(8)),
    }
}

/// Two mistakes in one file and one in none.
pub(crate) fn mistakes() -> Vec<Finding> {
    let mut sources = Sources::default();
    let file = sources.add("environment.yaml", "version: 1\nroles:\n  ci: { polices: [x] }\n");
    let span = |start: u32, end: u32| Span { file, start, end };
    let found = [
        Found::error("E0303", span(26, 33), "a role has no field `polices`")
            .label("did you mean `policies`?")
            .related(span(11, 16), "in this section")
            .help("see the reference"),
        Found::warning("E0415", span(11, 16), "more roles than the default quota"),
        Found::placeless("E0101", "`other.yaml` is not there"),
    ];
    Finding::all(&found, &sources)
}

const STATUSES: &[Status] = &[
    Status::Create,
    Status::Update,
    Status::Replace,
    Status::Delete,
    Status::Adopt,
    Status::Refuse,
    Status::Conflict,
    Status::Drift,
    Status::Difference,
    Status::Pending,
    Status::Unknown,
    Status::Unmanaged,
    Status::Accepted,
    Status::Added,
    Status::Removed,
    Status::Changed,
    Status::Keep,
];

const STANDINGS: &[Standing] = &[
    Standing::AsWritten,
    Standing::Differs,
    Standing::Missing,
    Standing::Extra,
    Standing::Unknown,
];

const WORDS: &[Word] = &[
    Word::Clean,
    Word::Done,
    Word::Changes,
    Word::Incomplete,
    Word::Refused,
    Word::Error,
    Word::Interrupted,
];

const COMMANDS: &[Command] = &[
    Command::Check,
    Command::Plan,
    Command::Apply,
    Command::Drift,
    Command::Diff,
    Command::Fleet,
];

/// Everything that a report can say, at once.
pub(crate) fn everything() -> Report {
    let mut report = rich_plan();
    report.command = Command::Fleet;
    report.context.bases = vec!["main~1".into()];
    report.context.compared = Some("main".into());
    report.findings = mistakes();
    report.failure = Some(Failure {
        message: "no credentials".into(),
        hints: vec!["sign in".into()],
    });
    report.header = vec![HeaderChange {
        key: "account",
        before: Some("123456789012".into()),
        after: None,
    }];
    report.things = STATUSES.iter().map(|status| thing(status.word(), *status)).collect();
    report.things.push(crowded());
    report.steps.truncate(5);
    for (step, end) in report.steps.iter_mut().zip(ends()) {
        step.end = end;
    }
    for (step, (access, loss)) in report.steps.iter_mut().zip(directions()) {
        (step.access, step.loss) = (access, loss);
    }
    for (thing, standing) in report.things.iter_mut().zip(STANDINGS) {
        thing.standing = Some(*standing);
    }
    report.things[0].doomed = Some(DoomedBy::Absent);
    report.things[1].doomed = Some(DoomedBy::Dropped);
    report.access = access::access("said of access");
    report.unlisted = [(KindName::Role, "AccessDenied".into())].into();
    report.notes = vec!["1 expectation not evaluated".into()];
    let member = |(at, word): (usize, &Word)| Member {
        name: format!("team-{at}"),
        report: Report::new(COMMANDS[at % COMMANDS.len()], Context::default(), verdict(0, *word)),
    };
    report.members = WORDS.iter().enumerate().map(member).collect();
    report
}

/// A resource of which everything is said.
fn crowded() -> Thing {
    let classes = [Class::Difference, Class::Pending, Class::Drift, Class::Conflict];
    let bases = [
        Base::Unasked,
        Base::Nothing,
        Base::Value(Shown::text("2h")),
        Base::Value(Shown::Secret),
    ];
    let fields = classes.into_iter().zip(bases).map(|(class, base)| Field {
        class: Some(class),
        base,
        ..field("max_session_duration", Some("1h"), Some("3h"))
    });
    let mut thing = thing("crowded", Status::Conflict);
    thing.fields = fields.collect();
    thing.fields.extend([
        Field {
            before: Some(Shown::Secret),
            ..field("environment", None, Some("shown"))
        },
        document(Some("not JSON"), Some(READ)),
        document(Some(READ), Some("not JSON")),
        document(Some(OLD), Some(READ)),
    ]);
    thing.held = vec![field("permissions_boundary", Some("limits"), None)];
    thing.ignored = vec![field("state", Some("disabled"), Some("enabled"))];
    thing.unmet = vec![(field("mfa", Some("none"), Some("required")), "sign in as root")];
    thing.unknown = vec![(FieldPath::whole("policy"), "AccessDenied on s3:GetBucketPolicy".into())];
    thing.notes = vec!["it has an instance profile of another name".into()];
    thing.traces = vec![Trace {
        actor: "role/admin (erika)".into(),
        event: "AttachRolePolicy".into(),
        time: "2026-11-22T17:00:00Z".into(),
    }];
    thing
}

const READ: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
const OLD: &str = r#"{"Version":"2008-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:PutObject","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#;

pub(crate) fn document(before: Option<&str>, after: Option<&str>) -> Field {
    let shown = |text: &str| Shown::Policy(Box::new(Policy::live(text)));
    Field {
        path: FieldPath::entry("inline_policies", "status"),
        before: before.map(shown),
        after: after.map(shown),
        ..field("inline_policies", None, None)
    }
}

fn ends() -> Vec<Option<End>> {
    let done = End::Done {
        request_id: Some("11-22".into()),
        told: vec!["the password of erika is in secrets/erika".into()],
    };
    let failed = End::Failed {
        code: Some("AccessDenied".into()),
        message: "iam:CreateRole: AccessDenied: no (request 33-44)".into(),
        request_id: Some("33-44".into()),
    };
    vec![Some(done), Some(failed), Some(End::Held(1)), Some(End::Stopped), None]
}

fn directions() -> [(Access, Loss); 4] {
    [
        (Access::Restricts, Loss::None),
        (Access::Neutral, Loss::Object),
        (Access::Widens, Loss::Link),
        (Access::Either, Loss::Store),
    ]
}

/// A report in which `text` stands wherever others have a say.
pub(crate) fn hostile(text: &str) -> Report {
    let mut report = everything();
    let all = || text.to_owned();
    report.context.environment = Some(all());
    report.context.identity = Some(all());
    report.context.bases = vec![all()];
    report.context.compared = Some(all());
    report.context.consents = vec![all()];
    report.failure = Some(Failure {
        message: all(),
        hints: vec![all()],
    });
    report.header[0].before = Some(all());
    report.notes = vec![all()];
    for finding in &mut report.findings {
        (finding.message, finding.label, finding.help) = (all(), all(), Some(all()));
        finding.severity = Severity::Error;
        if let Some(region) = &mut finding.region {
            (region.line, region.start.file) = (all(), all());
        }
    }
    for thing in &mut report.things {
        thing.address.name = all();
        thing.notes.push(all());
        thing.unknown.push((FieldPath::entry("tags", text), all()));
        thing.held.push(field("description", Some(text), None));
        thing.fields.push(field("description", Some(text), Some(text)));
        thing.fields.push(Field {
            path: FieldPath::entry("tags", text),
            ..field("tags", None, Some(text))
        });
        if let Some(place) = &mut thing.place {
            place.file = all();
        }
        thing.traces.push(Trace {
            actor: all(),
            event: all(),
            time: all(),
        });
    }
    for refusal in &mut report.refusals {
        (refusal.message, refusal.hint) = (all(), all());
    }
    for step in &mut report.steps {
        step.summary = all();
    }
    report.access = access::access(text);
    report.members.iter_mut().for_each(|member| member.name = all());
    report.refusals.push(Refusal {
        guard: "adopt",
        address: Some(Address::new(KindName::Role, text)),
        message: all(),
        place: Some(place(1)),
        hint: all(),
    });
    report
}
