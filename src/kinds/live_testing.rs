//! A bench for kinds: a YAML text, the real SDK clients, a simulated account, and the whole way from one to the other.
//!
//! Invariant: nothing here knows a kind, and every step of the way is the program's own.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use aws_config::BehaviorVersion;
use aws_types::SdkConfig;
use tempfile::TempDir;

use crate::address::Address;
use crate::aws::{Aws, AwsBackend, Connection, Intent, View};
use crate::engine::apply::{End, Stop, execute};
use crate::engine::retry::Pace;
use crate::engine::{Event, Watch};
use crate::kind::Home;
use crate::kinds::AnyObject;
use crate::names::{AccountId, Arn, Partition, Region};
use crate::plan::build::{Input, build};
use crate::plan::consent::Consents;
use crate::plan::{Change, Header, Plan};
use crate::sandbox::connector::SandboxHttp;
use crate::sandbox::{Account, Options};
use crate::spec::files::Folder;
use crate::spec::header;
use crate::spec::load::{self, Inputs};
use crate::spec::lower::Learned;
use crate::spec::resources::{self, Environment};
use crate::vault;

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";

/// An account, clients of it, and a folder for the files of the environment.
pub(crate) struct Bench {
    /// The clients.
    pub(crate) aws: Aws,
    /// The simulated account itself.
    pub(crate) account: Arc<Account>,
    folder: TempDir,
    env: RefCell<BTreeMap<String, String>>,
    /// Values of `--adopt`, `--replace` and `--allow` for the next plans.
    pub(crate) consents: RefCell<Consents>,
}

/// What an apply did.
pub(crate) struct Applied {
    /// The plan.
    pub(crate) plan: Plan,
    /// How each of its steps ended.
    pub(crate) ends: Vec<End>,
}

impl Applied {
    /// What people were told.
    pub(crate) fn told(&self) -> Vec<String> {
        let told = |end: &End| match end {
            End::Done(receipt) => receipt.told.clone(),
            End::Failed(_) | End::Held(_) | End::Stopped => Vec::new(),
        };
        self.ends.iter().flat_map(told).collect()
    }

    /// The failures, each with the step's summary.
    pub(crate) fn failures(&self) -> Vec<String> {
        let failure = |(at, end): (usize, &End)| match end {
            End::Failed(error) => Some(format!("{}: {error}", self.plan.steps[at].summary)),
            End::Done(_) | End::Held(_) | End::Stopped => None,
        };
        self.ends.iter().enumerate().filter_map(failure).collect()
    }
}

struct Deaf;

impl Watch for Deaf {
    fn tell(&self, _: &Event<'_>) {}
}

impl Bench {
    /// An account where every write is visible at once.
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    /// An account that behaves as told.
    pub(crate) fn with(options: Options) -> Self {
        let account = Arc::new(Account::open(None, options).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        let context = vault::Context {
            home: Some(base.join("home")),
            base: base.clone(),
            credentials_file: None,
            redirect: None,
        };
        let aws = Aws::new(config(&account), connection(), context, base.join("code-backups"));
        Self {
            aws,
            account,
            folder,
            env: RefCell::default(),
            consents: RefCell::default(),
        }
    }

    /// The folder that the files of the environment lie in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file beside the environment's.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Sets an environment variable of the program.
    pub(crate) fn set_env(&self, name: &str, value: &str) {
        self.env.borrow_mut().insert(name.into(), value.into());
    }

    /// Gives the user's word for the next plans.
    pub(crate) fn consent(&self, adopt: &[&str], replace: &[&str], allow: &[&str]) {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        *self.consents.borrow_mut() = Consents::parse(owned(adopt), owned(replace), owned(allow)).unwrap();
    }

    /// IAM, for changes behind the program's back.
    pub(crate) fn iam(&self) -> &aws_sdk_iam::Client {
        self.aws.iam(Intent::Read)
    }

    /// Lowers sections of an environment file; the header is added.
    pub(crate) fn environment(&self, sections: &str) -> Environment {
        let text = format!("version: 1\nenvironment: test\naccount: \"{ACCOUNT}\"\nregion: {REGION}\n{sections}");
        self.write("env.yaml", text);
        let files = Folder::new(self.folder());
        let env = |name: &str| self.env.borrow().get(name).cloned();
        let inputs = Inputs {
            files: &files,
            arguments: &["env.yaml".into()],
            vars: &[],
            vars_files: &[],
            env: &env,
        };
        let mut texts = load::read(&inputs);
        let header = header::read(&mut texts, &inputs).unwrap_or_else(|| panic!("{:#?}", texts.findings));
        let home = &self.aws.connection.home;
        let region = Region::parse(REGION).unwrap();
        resources::lower(&texts, &header, home, &region, &Learned::default(), &inputs)
    }

    /// The mistakes and warnings of sections, each as "code message: label".
    pub(crate) fn findings(&self, sections: &str) -> Vec<String> {
        let environment = self.environment(sections);
        let line = |finding: &crate::spec::finding::Finding| {
            let text = finding
                .span
                .map(|span| environment.sources.text(span).to_owned())
                .unwrap_or_default();
            format!("{} {}: {} at `{text}`", finding.code, finding.message, finding.label)
        };
        environment.findings.iter().map(line).collect()
    }

    /// The resources of sections with what AWS has of them.
    pub(crate) async fn read(&self, sections: &str) -> (Environment, Vec<AnyObject>) {
        let environment = self.environment(sections);
        assert!(!environment.has_errors(), "{:#?}", environment.findings);
        let objects = View::new(&self.aws).read_all(environment.objects.clone()).await;
        (environment, objects)
    }

    /// Plans sections.
    pub(crate) async fn plan(&self, sections: &str) -> Plan {
        let (environment, objects) = self.read(sections).await;
        let connection = &self.aws.connection;
        build(Input {
            header: Header {
                environment: environment.name.clone(),
                account: ACCOUNT.into(),
                region: REGION.into(),
                identity: connection.caller.to_string(),
                digest: String::new(),
            },
            home: &connection.home,
            tags: &environment.tags,
            consents: &self.consents.borrow(),
            caller: &connection.caller,
            objects: &objects,
            refusals: Vec::new(),
        })
    }

    /// Plans and executes, whatever comes of it; only refusals of the plan are failures of the test.
    pub(crate) async fn try_apply(&self, sections: &str) -> Applied {
        let plan = self.plan(sections).await;
        assert_eq!(plan.refusals, [], "refused");
        let ends = execute(
            &AwsBackend(&self.aws),
            &plan.steps,
            Pace::SANDBOX,
            &Stop::default(),
            &Deaf,
        )
        .await;
        Applied { plan, ends }
    }

    /// Plans and executes; every step must succeed, and a second plan must be empty.
    pub(crate) async fn apply(&self, sections: &str) -> Applied {
        let applied = self.try_apply(sections).await;
        assert_eq!(applied.failures(), Vec::<String>::new());
        assert!(
            applied.ends.iter().all(|end| matches!(end, End::Done(_))),
            "{:#?}",
            applied.ends
        );
        let second = self.plan(sections).await;
        assert!(
            second.is_empty() && !second.is_incomplete(),
            "a second plan is not empty: {second:#?}"
        );
        applied
    }

    /// The steps of a plan, in order.
    pub(crate) async fn summaries(&self, sections: &str) -> Vec<String> {
        summaries(&self.plan(sections).await)
    }
}

/// A plan's steps, each as "address: summary", in order.
pub(crate) fn summaries(plan: &Plan) -> Vec<String> {
    plan.steps
        .iter()
        .map(|step| format!("{}: {}", step.address, step.summary))
        .collect()
}

/// What a plan says of one resource.
pub(crate) fn change<'a>(plan: &'a Plan, address: &str) -> &'a Change {
    let found = plan.changes.iter().find(|change| change.address.to_string() == address);
    found.unwrap_or_else(|| {
        panic!(
            "no {address} in {:?}",
            plan.changes.iter().map(|one| &one.address).collect::<Vec<&Address>>()
        )
    })
}

fn config(account: &Arc<Account>) -> SdkConfig {
    let keys = aws_credential_types::Credentials::new("AKIASANDBOX", "sandbox", None, None, "sandbox");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(aws_types::region::Region::new(REGION))
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(keys))
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .http_client(SandboxHttp::new(Arc::clone(account)))
        .build()
}

fn connection() -> Connection {
    Connection {
        home: Home {
            partition: Partition::Aws,
            account: AccountId::parse(ACCOUNT).unwrap(),
        },
        caller: Arn::parse(&format!("arn:aws:iam::{ACCOUNT}:user/sandbox-admin")).unwrap(),
        region: Region::parse(REGION).ok(),
        simulated: true,
    }
}
