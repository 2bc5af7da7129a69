//! A simulated AWS account: a request in, a response out.
//!
//! Invariant: a call's effect is whole or nothing, in memory and on disk, and lasts before the answer is given. The room
//! knows nothing of kinds, plans or specs, and no other room knows it but where clients are configured. All that it
//! takes from outside is the catalogue of AWS-managed policies.
//!
//! # The seam between the core and a service
//!
//! The core takes a request apart into a [`Call`], finds the service by the signature's credential scope (else the host),
//! and calls `answer(&mut World, &Call) -> Result<Reply, Fault>` of that service's module. A service
//!
//! - keeps its state in a struct of [`Table`]s and lists them in `tables()`, so that the core loads and saves them.
//!   `Table::new("lambda/functions")` keeps one JSON file per object in that folder; a [`Blob`] is kept as plain bytes;
//! - may change tables before it finds a reason to refuse: after a [`Fault`] the core takes all changes back. Counters
//!   of the clock ([`Clock::tick`]) and ids that were given out stay;
//! - returns a [`Reply`] or a [`Fault`]; the core writes the fault in the service's protocol and adds the request id;
//! - reads time from `world.clock` ([`Moment`] has every service's spelling), draws ids from `world.ids`, and looks up
//!   principals at `world.iam`: [`iam::State::principal_id`], [`iam::State::principal_arn`], and, for a service that
//!   takes on a role, [`iam::State::assumable_by`].
//!
//! Delays are points on the logical clock: `world.clock.after(Tempo::LambdaWrites, n)` is a [`Due`] that `has_come`
//! once more than `n` further such calls were counted. Lambda counts them with `world.clock.tick(Tempo::LambdaWrites)`
//! at the start of each create or update call, before it asks `assumable_by`.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response, StatusCode};

pub mod call;
pub mod clock;
#[cfg(feature = "aws")]
pub mod connector;
pub mod constraint;
pub mod events;
pub mod iam;
pub mod lambda;
pub mod members;
pub mod paging;
pub mod reply;
pub mod s3;
pub mod server;
mod spread;
mod store;
pub mod sts;
pub mod table;
#[cfg(test)]
pub(crate) mod testing;
pub mod xml;

pub use call::{Call, Caller, Params, Service};
pub use clock::{Clock, Due, Ids, Moment, Tempo, Time};
pub use reply::{Fault, FaultKind, Reply};
pub use store::OpenError;
pub use table::{Blob, Key, Record, Stored, Table};
pub use xml::Xml;

use call::Envelope;
use clock::Counts;
use spread::Delay;
use store::{Head, Store};

/// How an account is made and how it behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The account's twelve digits. A folder that holds an account keeps its own.
    pub account_id: String,
    /// The Region of unsigned requests.
    pub region: String,
    /// The seed of a new account's ids. A folder that holds an account keeps its own.
    pub seed: u64,
    /// Where moments come from.
    pub time: Time,
    /// With a seed, changes reach the rest of the account only some calls later, each consumer by itself, as the table
    /// of [`spread`] says. `None`: everything is visible at once.
    pub lag: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            account_id: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            seed: 0,
            time: Time::Real,
            lag: None,
        }
    }
}

/// The state of all services, with the account's clock and ids.
#[derive(Debug)]
pub struct World {
    /// The account's twelve digits.
    pub account: String,
    /// How it behaves.
    pub options: Options,
    /// Its clock.
    pub clock: Clock,
    /// Its source of ids.
    pub ids: Ids,
    /// IAM.
    pub iam: iam::State,
    /// STS.
    pub sts: sts::State,
    /// S3.
    pub s3: s3::State,
    /// Lambda.
    pub lambda: lambda::State,
    /// EventBridge.
    pub events: events::State,
}

impl World {
    fn new(options: Options, head: &Head) -> Self {
        Self {
            account: head.account.clone(),
            clock: Clock::new(options.time, head.counts),
            ids: head.ids,
            options,
            iam: iam::State::new(&head.account),
            sts: sts::State::new(),
            s3: s3::State::new(),
            lambda: lambda::State::new(),
            events: events::State::new(),
        }
    }

    fn head(&self) -> Head {
        Head::new(self.account.clone(), self.clock.counts(), self.ids)
    }

    fn tables(&mut self) -> Vec<&mut dyn Stored> {
        let mut tables = self.iam.tables();
        tables.extend(self.sts.tables());
        tables.extend(self.s3.tables());
        tables.extend(self.lambda.tables());
        tables.extend(self.events.tables());
        tables
    }

    /// Who holds an access key. Keys that the sandbox did not make are the administrator's.
    fn caller(&self, service: Service, access_key: Option<&str>) -> Result<Caller, Fault> {
        let Some(key) = access_key.filter(|key| iam::key::is_ours(key)) else {
            return Ok(self.administrator());
        };
        if self.sts.is_expired(key, self.clock.now()) {
            return Err(expired_token(service));
        }
        self.iam
            .caller(key)
            .or_else(|| self.sts.caller(key))
            .ok_or_else(|| invalid_token(service))
    }

    fn administrator(&self) -> Caller {
        Caller {
            arn: iam::administrator_arn(&self.account),
            user_id: iam::ADMINISTRATOR_ID.to_owned(),
            user_name: None,
        }
    }
}

/// A simulated account. Many threads may ask it at once; it answers one after another.
#[derive(Debug)]
pub struct Account {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    world: World,
    store: Option<Store>,
    saved: Head,
}

impl Account {
    /// Opens the account in `dir`, or makes it there; without a folder it lives in memory.
    ///
    /// # Errors
    /// When the folder can't be used, is in use by another process for several seconds, or holds something else.
    pub fn open(dir: Option<&Path>, options: Options) -> Result<Self, OpenError> {
        if options.account_id.len() != 12 || !options.account_id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(OpenError::AccountId(options.account_id));
        }
        let new = Head::new(options.account_id.clone(), Counts::default(), Ids::new(options.seed));
        let Some(dir) = dir else {
            let world = World::new(options, &new);
            return Ok(Self {
                inner: Mutex::new(Inner {
                    world,
                    store: None,
                    saved: new,
                }),
            });
        };
        let (store, kept) = Store::open(dir)?;
        let head = kept.unwrap_or(new);
        let mut world = World::new(options, &head);
        store.save_head(&head).map_err(|source| OpenError::Io {
            path: dir.to_owned(),
            source,
        })?;
        for table in world.tables() {
            store.load(table)?;
        }
        Ok(Self {
            inner: Mutex::new(Inner {
                world,
                store: Some(store),
                saved: head,
            }),
        })
    }

    /// Looks at the state between two calls.
    #[cfg(test)]
    pub(crate) fn inspect<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner).world)
    }

    /// Answers one request. What it changed is saved when this returns.
    pub fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        // A panic elsewhere while the lock was held can't leave half a call: the next rollback or commit settles it.
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.answer(request)
    }
}

impl Inner {
    fn answer(&mut self, request: Request<Bytes>) -> Response<Bytes> {
        self.world.clock.tick(Tempo::Calls);
        let (call, refused) = self.read(request);
        let result = match refused {
            Some(fault) => Err(fault),
            None => dispatch(&mut self.world, &call),
        };
        let settled = self.settle(result);
        let reply = settled.unwrap_or_else(|fault| fault.render(&call));
        reply::finish(&call, reply)
    }

    /// The call, and the refusal if its key is no good.
    fn read(&self, request: Request<Bytes>) -> (Call, Option<Fault>) {
        let Envelope {
            service,
            region,
            operation,
            access_key,
            query,
            form,
            host,
        } = Envelope::read(&request);
        let (parts, body) = request.into_parts();
        let (caller, refused) = match self.world.caller(service, access_key.as_deref()) {
            Ok(caller) => (caller, None),
            Err(fault) => (self.world.administrator(), Some(fault)),
        };
        let call = Call {
            service,
            region: region.unwrap_or_else(|| self.world.options.region.clone()),
            operation,
            method: parts.method,
            host,
            path: parts.uri.path().to_owned(),
            form: if form == Params::default() { query.clone() } else { form },
            query,
            headers: parts.headers,
            body,
            access_key,
            caller,
            request_id: self.world.ids.request(self.world.clock.count(Tempo::Calls)),
        };
        (call, refused)
    }

    /// Saves what a successful call changed, takes back what a refused one did.
    fn settle(&mut self, result: Result<Reply, Fault>) -> Result<Reply, Fault> {
        let settled = result.and_then(|reply| self.save().map(|()| reply));
        let keep = settled.is_ok();
        let echo = self.world.spread(Delay::Read);
        for table in self.world.tables() {
            if keep { table.commit(echo) } else { table.rollback() }
        }
        if !keep {
            self.save_head().ok();
        }
        settled
    }

    fn save(&mut self) -> Result<(), Fault> {
        let mut changes = Vec::new();
        for table in self.world.tables() {
            changes.extend(table.changes().map_err(Fault::internal)?);
        }
        let head = self.world.head();
        // The head goes first: a number that was never used does no harm, one used twice would.
        if !changes.is_empty() || head.ids != self.saved.ids {
            self.save_head()?;
        }
        match &mut self.store {
            Some(store) => store.save(&changes).map_err(|error| Fault::internal(error.to_string())),
            None => Ok(()),
        }
    }

    fn save_head(&mut self) -> Result<(), Fault> {
        let head = self.world.head();
        if let Some(store) = &self.store {
            store
                .save_head(&head)
                .map_err(|error| Fault::internal(error.to_string()))?;
        }
        self.saved = head;
        Ok(())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.save_head().ok();
    }
}

fn dispatch(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    match call.service {
        Service::Iam => iam::answer(world, call),
        Service::Sts => sts::answer(world, call),
        Service::S3 => s3::answer(world, call),
        Service::Lambda => lambda::answer(world, call),
        Service::Events => events::answer(world, call),
    }
}

fn invalid_token(service: Service) -> Fault {
    let message = "The security token included in the request is invalid.";
    let (code, message) = match service {
        Service::Iam | Service::Sts => ("InvalidClientTokenId", message),
        Service::Lambda | Service::Events => ("UnrecognizedClientException", message),
        Service::S3 => (
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
    };
    Fault::new(StatusCode::FORBIDDEN, code, message)
}

fn expired_token(service: Service) -> Fault {
    let code = match service {
        Service::Iam | Service::Sts | Service::S3 => "ExpiredToken",
        Service::Lambda | Service::Events => "ExpiredTokenException",
    };
    let status = if service == Service::S3 {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::FORBIDDEN
    };
    Fault::new(status, code, "The security token included in the request is expired")
}

#[cfg(test)]
mod tests;
