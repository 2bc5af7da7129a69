//! A bench for kinds: a YAML text, the real SDK clients, a simulated account, and the whole way from one to the other.
//!
//! Invariant: nothing here knows a kind, and every step of the way is the program's own.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use aws_config::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;

use crate::address::Address;
use crate::aws::{Aws, AwsBackend, Connection, Intent, View};
use crate::engine::apply::{End, Stop, execute};
use crate::engine::retry::Pace;
use crate::engine::{Event, Watch};
use crate::kinds::AnyObject;
use crate::names::{Arn, Region};
use crate::plan::build::{Input, build};
use crate::plan::consent::Consents;
use crate::plan::{Change, Header, Plan};
use crate::sandbox::connector::SandboxHttp;
use crate::sandbox::{Account, Options};
use crate::spec::resources::Environment;
use crate::vault;

use super::testing::{ACCOUNT, Desk, REGION, home};

/// An account, clients of it, and a desk to write environments at.
pub(crate) struct Bench {
    /// The clients.
    pub(crate) aws: Aws,
    desk: Desk,
    consents: RefCell<Consents>,
    /// How often a second plan is made until it is empty.
    readings: usize,
}

impl Deref for Bench {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
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

/// What happens to an answer on its way back.
pub(crate) enum Meddling {
    /// Nothing.
    None,
    /// It is lost, and an error of the server comes instead.
    Lost,
    /// Its text is another.
    Rewritten(String),
    /// It is a refusal with this text.
    Refused(String),
}

/// Sees the text of a request and of the answer to it, after the request has taken effect.
pub(crate) type Meddler = dyn Fn(&str, &str) -> Meddling + Send + Sync;

#[derive(Clone)]
struct Meddled {
    http: SandboxHttp,
    meddler: Arc<Meddler>,
}

impl fmt::Debug for Meddled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meddled")
    }
}

impl HttpClient for Meddled {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Meddled {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let (answer, meddler) = (self.http.call(request), Arc::clone(&self.meddler));
        HttpConnectorFuture::new(async move {
            let mut answer = answer.await?;
            let text = String::from_utf8_lossy(answer.body().bytes().unwrap_or_default()).into_owned();
            match meddler(&asked, &text) {
                Meddling::None => {}
                Meddling::Lost => {
                    *answer.status_mut() = StatusCode::try_from(500).unwrap();
                    *answer.body_mut() = SdkBody::from("");
                }
                Meddling::Rewritten(text) => *answer.body_mut() = SdkBody::from(text),
                Meddling::Refused(text) => {
                    *answer.status_mut() = StatusCode::try_from(403).unwrap();
                    *answer.body_mut() = SdkBody::from(text);
                }
            }
            Ok(answer)
        })
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
        // With lag a read may be behind the write before it; each read lets some of the account's time pass.
        let readings = if options.lag.is_some() { 6 } else { 1 };
        let account = Arc::new(Account::open(None, options).unwrap());
        Self::over(SandboxHttp::new(account), readings)
    }

    /// An account whose answers are meddled with.
    pub(crate) fn meddled(meddler: impl Fn(&str, &str) -> Meddling + Send + Sync + 'static) -> Self {
        let account = Arc::new(Account::open(None, Options::default()).unwrap());
        let http = Meddled {
            http: SandboxHttp::new(account),
            meddler: Arc::new(meddler),
        };
        Self::over(http, 1)
    }

    /// An account whose answers to one operation of a query API are refusals.
    pub(crate) fn refusing(operation: &'static str, refusal: &'static str) -> Self {
        Self::meddled(move |asked, _| match asked.contains(&format!("Action={operation}&")) {
            true => Meddling::Refused(refusal.to_owned()),
            false => Meddling::None,
        })
    }

    fn over(http: impl HttpClient + 'static, readings: usize) -> Self {
        let desk = Desk::new();
        let base = desk.folder();
        let backups = base.join("code-backups");
        let home = Some(base.join("home"));
        let context = vault::Context {
            base,
            home,
            credentials_file: None,
            redirect: None,
        };
        let aws = Aws::new(config(http), connection(), context, backups);
        Self {
            aws,
            desk,
            consents: RefCell::default(),
            readings,
        }
    }

    /// Gives the user's word for the next plans: values of `--adopt`, `--replace` and `--allow`.
    pub(crate) fn consent(&self, adopt: &[&str], replace: &[&str], allow: &[&str]) {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        *self.consents.borrow_mut() = Consents::parse(owned(adopt), owned(replace), owned(allow)).unwrap();
    }

    /// IAM, for changes behind the program's back.
    pub(crate) fn iam(&self) -> &aws_sdk_iam::Client {
        self.aws.iam(Intent::Read)
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
            known: &std::collections::BTreeSet::new(),
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
        let mut second = self.plan(sections).await;
        for _ in 1..self.readings {
            if !second.is_empty() {
                second = self.plan(sections).await;
            }
        }
        assert!(
            second.is_empty() && !second.is_incomplete(),
            "a second plan is not empty: {second:#?}"
        );
        applied
    }

    /// What the account's own people have made of a kind, as AWS lists it in the usual region.
    pub(crate) async fn listed<K: crate::kind::Live>(&self) -> Vec<String> {
        let region = Region::parse(REGION).unwrap();
        let listed = K::list(&View::new(&self.aws), &region).await.unwrap();
        let ids = listed.into_iter().map(|one| one.id.unwrap().to_string());
        ids.collect()
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

/// What clients of the simulated account are made from.
pub(crate) fn config(http: impl HttpClient + 'static) -> SdkConfig {
    let keys = aws_credential_types::Credentials::new("AKIASANDBOX", "sandbox", None, None, "sandbox");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(aws_types::region::Region::new(REGION))
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(keys))
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .http_client(http)
        .build()
}

fn connection() -> Connection {
    Connection {
        home: home(),
        caller: Arn::parse(&format!("arn:aws:iam::{ACCOUNT}:user/sandbox-admin")).unwrap(),
        region: Region::parse(REGION).ok(),
        simulated: true,
        nearby: false,
    }
}
