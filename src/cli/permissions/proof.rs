//! The proof of `permissions`: runs under exactly the printed policy succeed, and without any one of its actions one fails.
//!
//! A round takes away every action that is not proved yet. Whatever is refused then by name made a run fail for its own
//! absence, which is what is to be shown of it; rounds go on until none shows anything new.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::access::World;
use crate::aws::{Aws, AwsBackend, Connection};
use crate::engine::apply::{End, Stop, execute};
use crate::engine::retry::Pace;
use crate::engine::{Backend as _, Event, Watch};
use crate::kind::{Kind, Object, Wanted};
use crate::kinds::live_testing::config;
use crate::kinds::{AnyObject, Member, VisitMut};
use crate::permissions::preflight::{Foreseen, Question, Runner, Verdict};
use crate::plan::build::{Input, build};
use crate::plan::consent::Consents;
use crate::plan::{Header, Plan, Verb};
use crate::policy_doc::Policy;
use crate::sandbox::connector::SandboxHttp;
use crate::sandbox::{Account, Options, Persona};
use crate::spec::files::Folder;
use crate::spec::resources::Environment;
use crate::vault;

const ACCOUNT: &str = "123456789012";

/// A file of the repository, lowered for the sandbox's account.
struct Case {
    environment: Environment,
    home: Home,
    region: Region,
    folder: tempfile::TempDir,
}

impl Case {
    fn new(folder: &str, file: &str, vars: &[&str]) -> Self {
        let args = FileArgs {
            files: vec![file.to_owned()],
            vars: vars.iter().map(|var| (*var).to_owned()).collect(),
            vars_files: Vec::new(),
        };
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let loaded = Loaded::read_from(&args, Box::new(Folder::new(&root))).unwrap();
        let header = loaded.header.clone().unwrap();
        let region = header
            .region
            .clone()
            .unwrap_or_else(|| Region::parse(USUAL_REGION).unwrap());
        let home = Home {
            partition: Partition::Aws,
            account: AccountId::parse(ACCOUNT).unwrap(),
        };
        let environment = loaded.lower(&header, &home, &region, &Learned::default());
        assert!(!environment.has_errors(), "{:#?}", environment.findings);
        let folder = tempfile::tempdir().unwrap();
        Self {
            environment,
            home,
            region,
            folder,
        }
    }

    fn permits(&self, run: Run) -> BTreeSet<Permit> {
        needed(run, &self.environment, &Extras::default(), &self.home, &self.region)
    }

    fn state(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The account of a folder, as somebody with these permissions sees it; the administrator without.
    fn aws(&self, state: &str, permits: Option<&BTreeSet<Permit>>) -> Aws {
        let documents = permits.map(documents);
        let policies = documents.map(|documents| {
            let text = |document: &Document| ("printed".to_owned(), document.to_value().to_string());
            documents.iter().map(text).collect()
        });
        let options = Options {
            account_id: ACCOUNT.to_owned(),
            persona: policies.map(Persona::With),
            ..Options::default()
        };
        let account = Account::open(Some(&self.state(state)), options).unwrap();
        let caller = match permits {
            Some(_) => format!("arn:aws:sts::{ACCOUNT}:assumed-role/sandbox-policy/evenkeel-sandbox"),
            None => format!("arn:aws:iam::{ACCOUNT}:user/sandbox-admin"),
        };
        let connection = Connection {
            home: self.home.clone(),
            caller: Arn::parse(&caller).unwrap(),
            region: Some(self.region.clone()),
            simulated: true,
            nearby: false,
        };
        let base = self.folder.path().to_owned();
        let context = vault::Context {
            home: Some(base.join("home")),
            credentials_file: None,
            redirect: Some(self.state(state).join("secrets")),
            base: base.clone(),
        };
        let backups = self.state(state).join("backups");
        Aws::new(
            config(SandboxHttp::new(Arc::new(account))),
            connection,
            context,
            backups,
        )
    }

    fn plan(&self, aws: &Aws, objects: &[AnyObject]) -> Plan {
        let all = vec!["*".to_owned()];
        let allowed = ["lockout", "mass-change", "public", "data-loss", "delete"];
        let allowed = allowed.iter().map(|word| (*word).to_owned()).collect();
        build(Input {
            header: Header {
                environment: self.environment.name.clone(),
                account: ACCOUNT.into(),
                region: self.region.to_string(),
                identity: aws.connection.caller.to_string(),
                digest: String::new(),
            },
            home: &self.home,
            tags: &self.environment.tags,
            consents: &Consents::parse(all, Vec::new(), allowed).unwrap(),
            caller: aws.caller(),
            objects,
            known: &BTreeSet::new(),
            refusals: Vec::new(),
        })
    }

    /// Plans, applies and plans again; gives everything that went wrong.
    async fn run(&self, state: &str, permits: Option<&BTreeSet<Permit>>) -> Vec<String> {
        let aws = self.aws(state, permits);
        let backend = AwsBackend(&aws);
        let objects = backend.observe(self.environment.objects.clone()).await;
        let plan = self.plan(&aws, &objects);
        let mut wrong = unread(&plan);
        wrong.extend(plan.refusals.iter().map(|refusal| refusal.message.clone()));
        let ends = execute(&backend, &plan.steps, Pace::SANDBOX, &Stop::default(), &Deaf).await;
        wrong.extend(ends.iter().filter_map(failure));
        let objects = backend.observe(self.environment.objects.clone()).await;
        let second = self.plan(&aws, &objects);
        wrong.extend(unread(&second));
        if wrong.is_empty() && !second.steps.is_empty() {
            wrong.push(format!("a second plan is not empty: {:#?}", second.steps));
        }
        wrong
    }

    /// What others have made of the account: every thing as its kind says that it may be otherwise.
    async fn estrange(&self, state: &str, nth: usize) {
        let aws = self.aws(state, None);
        strangers(&aws).await;
        let mut wanted = self.environment.objects.clone();
        for object in &mut wanted {
            object.visit_mut(Estrange { nth, home: &self.home });
        }
        let backend = AwsBackend(&aws);
        let objects = backend.observe(wanted).await;
        let plan = self.plan(&aws, &objects);
        execute(&backend, &plan.steps, Pace::SANDBOX, &Stop::default(), &Deaf).await;
        if nth > 0 {
            fill_versions(&aws).await;
        }
    }

    fn copy(&self, from: &str, to: &str) {
        let (from, to) = (self.state(from), self.state(to));
        if to.exists() {
            std::fs::remove_dir_all(&to).unwrap();
        }
        copy(&from, &to);
        // Nothing that was made once is written over, and others have made it anew.
        std::fs::remove_dir_all(to.join("secrets")).ok();
    }

    /// What the preflight says of a plan for an empty account, where somebody has these permissions.
    async fn foreseen(&self, permits: &BTreeSet<Permit>) -> Vec<Foreseen> {
        self.copy("fresh", "foreseen");
        let aws = self.aws("foreseen", Some(permits));
        let objects = AwsBackend(&aws).observe(self.environment.objects.clone()).await;
        let plan = self.plan(&aws, &objects);
        let read = |document: &Document| {
            let text = document.to_value().to_string();
            ("printed".to_owned(), Policy::from_live(&text).unwrap())
        };
        let policies: Vec<(String, Policy)> = documents(permits).iter().map(read).collect();
        let question = Question {
            plan: &plan,
            caller: aws.caller(),
            runner: Runner::With(&policies),
            world: &World::live(&objects, &self.home),
            home: &self.home,
        };
        question.judge()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

struct Deaf;

impl Watch for Deaf {
    fn tell(&self, _: &Event<'_>) {}
}

struct Estrange<'a> {
    nth: usize,
    home: &'a Home,
}

impl VisitMut for Estrange<'_> {
    type Out = ();

    fn visit<K: Member>(self, object: &mut Object<K>) {
        let Some(wanted) = &mut object.wanted else { return };
        let others = <K as Kind>::otherwise(&object.id, Some(&wanted.state), self.home);
        let Some(other) = others.into_iter().nth(self.nth) else {
            return;
        };
        // Nothing of it is held or kept: it is written by somebody who knows no file.
        let mentioned = K::FIELDS.iter().map(|field| field.name).collect();
        *wanted = Wanted {
            state: other.state,
            mentioned,
            ..wanted.clone()
        };
    }
}

/// The principals that things may be linked to otherwise.
async fn strangers(aws: &Aws) {
    let iam = aws.iam(crate::aws::Intent::Read);
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;
    iam.create_group().group_name("otherwise").send().await.ok();
    iam.create_user().user_name("otherwise").send().await.ok();
    let role = iam.create_role().role_name("otherwise");
    role.assume_role_policy_document(trust).send().await.ok();
}

/// Leaves no room for another version of any policy, and none that says what the file wants.
async fn fill_versions(aws: &Aws) {
    let iam = aws.iam(crate::aws::Intent::Read);
    let listed = iam.list_policies().scope(aws_sdk_iam::types::PolicyScopeType::Local);
    for policy in listed.send().await.unwrap().policies() {
        let arn = policy.arn().unwrap();
        iam.delete_policy_version()
            .policy_arn(arn)
            .version_id("v1")
            .send()
            .await
            .ok();
        for number in 0..5 {
            let document = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Sid":"V{number}","Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}}}}"#
            );
            let request = iam.create_policy_version().policy_arn(arn);
            request.policy_document(document).set_as_default(true).send().await.ok();
        }
    }
}

fn unread(plan: &Plan) -> Vec<String> {
    let unknown = plan.changes.iter().filter(|change| change.verb == Verb::Unknown);
    let whole = unknown.map(|change| format!("{}: {:?}", change.address, change.notes));
    let fields = plan.changes.iter().flat_map(|change| &change.unknown);
    whole
        .chain(fields.map(|(path, why)| format!("{path}: {why}")))
        .collect()
}

fn failure(end: &End) -> Option<String> {
    match end {
        End::Failed(error) => Some(error.to_string()),
        End::Done(_) | End::Held(_) | End::Stopped => None,
    }
}

fn is_refusal(text: &str) -> bool {
    ["AccessDenied", "not authorized", "HTTP 403", "you lack"]
        .iter()
        .any(|word| text.contains(word))
}

/// The actions whose absence made something fail. A refusal that has no words (of HEAD) is told by its operation.
fn blamed(wrong: &[String]) -> BTreeSet<String> {
    const WORDS: &str = "not authorized to perform: ";
    let word = |text: &str| {
        let end = text
            .find(|c: char| !c.is_ascii_alphanumeric() && c != ':')
            .unwrap_or(text.len());
        text[..end].to_owned()
    };
    let mut blamed = BTreeSet::new();
    for text in wrong.iter().filter(|text| is_refusal(text)) {
        let told: Vec<String> = text.split(WORDS).skip(1).map(word).collect();
        if told.is_empty() {
            let starts = ["iam:", "s3:", "lambda:", "events:"];
            let found = starts.iter().filter_map(|start| Some(word(&text[text.find(start)?..])));
            blamed.extend(found);
        }
        blamed.extend(told);
    }
    blamed
}

/// Runs from an empty account and from strange ones, first with all that is printed and then with less and less missing.
async fn prove(case: Case, justified: Option<&[&str]>) {
    let all = case.permits(Run::Apply);
    case.aws("fresh", None);
    case.copy("fresh", "applied");
    assert_eq!(
        case.run("applied", Some(&all)).await,
        Vec::<String>::new(),
        "from nothing"
    );
    assert_eq!(
        case.run("applied", Some(&case.permits(Run::Plan))).await,
        Vec::<String>::new(),
        "only read"
    );
    let Some(justified) = justified else { return };
    for nth in [0, 1] {
        let strange = format!("strange-{nth}");
        case.copy("applied", &strange);
        case.estrange(&strange, nth).await;
        case.copy(&strange, "mended");
        // What hangs on each other may take two runs, but nothing may be refused in either.
        let first = case.run("mended", Some(&all)).await;
        assert_eq!(
            first.iter().filter(|text| is_refusal(text)).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{strange}"
        );
        assert_eq!(case.run("mended", Some(&all)).await, Vec::<String>::new(), "{strange}");
    }
    let foreseen = case.foreseen(&all).await;
    let doubtful: Vec<_> = foreseen
        .iter()
        .filter(|one| one.verdict != Verdict::Permitted)
        .collect();
    assert!(doubtful.is_empty(), "{doubtful:#?}");
    let foreseen = case.foreseen(&case.permits(Run::Plan)).await;
    let permitted: Vec<_> = foreseen
        .iter()
        .filter(|one| one.verdict == Verdict::Permitted)
        .collect();
    assert!(permitted.is_empty() && !foreseen.is_empty(), "{permitted:#?}");
    let mut proved = BTreeSet::new();
    for start in ["fresh", "strange-0", "strange-1"] {
        loop {
            case.copy(start, "less");
            let less: BTreeSet<Permit> = all
                .iter()
                .filter(|permit| proved.contains(permit.action))
                .cloned()
                .collect();
            let before = proved.len();
            proved.extend(blamed(&case.run("less", Some(&less)).await));
            if proved.len() == before {
                break;
            }
        }
    }
    let idle: BTreeSet<&str> = all
        .iter()
        .map(|permit| permit.action)
        .filter(|action| !proved.contains(*action))
        .collect();
    assert_eq!(idle, justified.iter().copied().collect(), "nothing fails without these");
}

/// Without these nothing fails here, and yet they are printed.
const JUSTIFIED: &[&str] = &[
    // Without it GetFunction answers and withholds the tags, which is told without the action's name.
    "lambda:ListTags",
    // A strange function has code that nobody has the bytes of, so that it can't be made and mended here.
    "lambda:RemovePermission",
    "lambda:UntagResource",
    "lambda:UpdateFunctionCode",
    // What the file can't say of a bucket is a remark, and so is that it could not be read.
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetReplicationConfiguration",
];

#[tokio::test]
async fn the_example_needs_what_is_printed_and_nothing_else() {
    let case = Case::new("", "environment.example.yaml", &[]);
    prove(case, Some(JUSTIFIED)).await;
}

#[tokio::test]
async fn the_guides_need_no_more_than_what_is_printed() {
    for (folder, vars) in [
        ("examples/aws-basics", &[][..]),
        ("examples/aws-usage-notes", &[]),
        ("examples/github-oidc", &["repository=example/account"]),
        ("examples/imaging-workflow", &["user=erika"]),
        ("examples/noisepy", &[]),
        ("examples/rmi-360-monitor", &[]),
    ] {
        prove(Case::new(folder, "environment.yaml", vars), None).await;
    }
}
