//! A simulated AWS account: a request in, a response out.
//!
//! Invariant: a call's effect is whole or nothing, in memory and on disk, and lasts before the answer is given. The room
//! knows nothing of kinds, plans or specs, and no other room knows it but where clients are configured. All that it
//! takes from outside is the catalogue, and the evaluator of policies with their language.
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

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::{Request, Response};

pub mod call;
pub mod clock;
mod condition;
#[cfg(feature = "aws")]
pub mod connector;
pub mod constraint;
pub mod events;
pub mod iam;
mod identity;
pub mod lambda;
pub mod members;
pub mod paging;
mod permission;
pub mod reply;
mod reset;
mod route;
pub mod s3;
pub mod server;
mod signature;
mod signature_v2;
mod spread;
mod store;
mod stranger;
pub mod sts;
pub mod table;
#[cfg(test)]
pub(crate) mod testing;
pub mod trail;
pub mod xml;

pub use call::{Call, Caller, Params, Service, Standing};
pub use clock::{Clock, Due, Ids, Moment, Tempo, Time};
pub use reply::{Fault, FaultKind, Reply};
pub use reset::{Emptied, ResetError, reset};
pub use store::OpenError;
pub use table::{Blob, Key, Record, Stored, Table};
pub use xml::Xml;

use call::Envelope;
use clock::Counts;
use spread::Delay;
use store::{Head, Store};
use stranger::{IsQuery, Stranger};

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
    /// of `spread.rs` says. `None`: everything is visible at once.
    pub lag: Option<u64>,
    /// Whether callers are held to their policies. Whoever is the administrator never is.
    pub leave: Leave,
    /// Who acts with keys that the account did not make, in the administrator's place; held to its policies always.
    pub persona: Option<Persona>,
}

/// Whether callers are held to their policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Leave {
    /// Everybody may do everything.
    #[default]
    Free,
    /// Users and sessions may do what their policies and those of the resource allow.
    Judged,
}

/// A caller who is named rather than shown by a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Persona {
    /// The user of this name in the account.
    User(String),
    /// A session of the role of this name.
    Role(String),
    /// Somebody whom the account does not have, with these policies: name and JSON text.
    With(Vec<(String, String)>),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            account_id: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            seed: 0,
            time: Time::Real,
            lag: None,
            leave: Leave::Free,
            persona: None,
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
    /// CloudTrail.
    pub trail: trail::State,
    uses: identity::Uses,
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
            trail: trail::State::new(),
            uses: identity::Uses::new(),
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

    fn administrator(&self) -> Caller {
        Caller {
            arn: iam::administrator_arn(&self.account),
            user_id: iam::ADMINISTRATOR_ID.to_owned(),
            user_name: None,
            standing: Standing::Administrator,
        }
    }

    /// When a key of this account or a role was last used; the key goes by its access key id, the role by its unique id.
    pub(in crate::sandbox) fn last_use(&self, id: &str) -> Option<&identity::Use> {
        self.uses.get(id)
    }

    fn note_use(&mut self, call: &Call) {
        let role = call
            .caller
            .user_id
            .split(':')
            .next()
            .filter(|id| id.starts_with("AROA"));
        let key = call.access_key.as_deref().filter(|key| iam::key::is_ours(key));
        let ids: Vec<String> = role.into_iter().chain(key).map(str::to_owned).collect();
        for id in ids {
            let last = identity::Use {
                at: self.clock.now(),
                region: call.region.clone(),
                service: call.service.to_string(),
            };
            self.uses.insert(id, last);
        }
    }
}

/// A simulated account. Many threads may ask it at once; it answers one after another.
#[derive(Debug)]
pub struct Account {
    inner: Mutex<Inner>,
}

/// Who is told, in a sentence, what the account could not do for a client.
type Listener = Box<dyn Fn(&str) + Send>;

struct Inner {
    world: World,
    store: Option<Store>,
    /// What the folder's head says: never less than what was counted and given out by the last change.
    saved: Head,
    listener: Option<Listener>,
    told: BTreeSet<String>,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner")
            .field("world", &self.world)
            .finish_non_exhaustive()
    }
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
        let mut head = Head::new(options.account_id.clone(), Counts::default(), Ids::new(options.seed));
        let mut opened = None;
        if let Some(dir) = dir {
            let (store, kept) = Store::open(dir)?;
            head = kept.unwrap_or(head).opened();
            store.save_head(&head).map_err(|source| OpenError::Io {
                path: dir.to_owned(),
                source,
            })?;
            opened = Some(store);
        }
        let mut world = World::new(options, &head);
        if let Some(store) = &opened {
            store.load(world.tables())?;
            world.trail.keep_in(dir.unwrap_or(Path::new(".")));
        }
        Ok(Self {
            inner: Mutex::new(Inner {
                world,
                store: opened,
                saved: head,
                listener: None,
                told: BTreeSet::new(),
            }),
        })
    }

    /// The same account; `listener` is told once of each operation and service that a client asks for in vain.
    #[must_use]
    pub fn telling(self, listener: impl Fn(&str) + Send + 'static) -> Self {
        self.inner().listener = Some(Box::new(listener));
        self
    }

    /// The account's twelve digits: those of the folder, if it had an account already.
    pub fn number(&self) -> String {
        self.inner().world.account.clone()
    }

    /// Looks at the state between two calls.
    #[cfg(test)]
    pub(crate) fn inspect<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.inner().world)
    }

    /// Answers one request. What it changed is saved when this returns.
    pub fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.inner().answer(request)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|poisoned| {
            // Whoever panicked while it held the lock left half a call behind, which nobody was told had succeeded.
            let mut inner = PoisonError::into_inner(poisoned);
            inner.world.tables().into_iter().for_each(Stored::rollback);
            self.inner.clear_poison();
            inner
        })
    }
}

/// Put among a request's extensions by a server that did not take in the whole body.
#[derive(Debug, Clone, Copy)]
pub(super) struct TooLarge;

/// How many different sentences a listener is told at most; random paths must not fill the memory.
const MOST_TOLD: usize = 500;

/// For how many ids and calls beyond the present ones the head is saved, so that not every change writes it.
const RESERVED: u64 = 100;

impl Inner {
    fn answer(&mut self, request: Request<Bytes>) -> Response<Bytes> {
        let start = Instant::now();
        self.world.clock.tick(Tempo::Calls);
        let is_too_large = request.extensions().get::<TooLarge>().is_some();
        let envelope = Envelope::read(&request);
        if let Some(name) = &envelope.stranger {
            return self.refuse_stranger(name, &envelope, &request);
        }
        let service = envelope.service;
        let (call, refused) = self.read(envelope, request);
        let is_known = refused.is_none();
        // Half a body can't bear out its signature.
        let result = match is_too_large.then(|| Fault::too_large(service)).or(refused) {
            Some(fault) => Err(fault),
            None => {
                self.world.note_use(&call);
                let permitted = permission::permits(&self.world, &call);
                let answered = permitted.and_then(|()| dispatch(&mut self.world, &call));
                answered.map_err(|fault| permission::veiled(&self.world, &call, fault))
            }
        };
        let settled = self.settle(result);
        let code = settled
            .as_ref()
            .err()
            .map(|fault| fault.code.clone())
            .unwrap_or("ok".to_owned());
        if let Err(Some(title)) = settled.as_ref().map_err(|fault| fault.unknown.as_deref()) {
            self.tell(format!("the sandbox does not know {service}:{title}; it was refused"));
        }
        if is_known && !is_too_large {
            self.note(&call, &settled);
        }
        let reply = settled.unwrap_or_else(|fault| fault.render(&call));
        let (status, passed) = (reply.status.as_u16(), start.elapsed().as_secs_f64() * 1000.0);
        tracing::info!(
            "{} {service}:{} {status} {code} {passed:.1} ms",
            call.region,
            call.title()
        );
        reply::finish(&call, reply)
    }

    /// The call, and the refusal if its key is no good.
    fn read(&self, envelope: Envelope, request: Request<Bytes>) -> (Call, Option<Fault>) {
        let (caller, refused) = match identity::identify(&self.world, &envelope, &request) {
            Ok(caller) => (permission::stand_in(&self.world, caller), None),
            Err(fault) => (self.world.administrator(), Some(fault)),
        };
        let Envelope {
            service,
            stranger: _,
            region,
            operation,
            access_key,
            query,
            form,
            host,
        } = envelope;
        let (parts, body) = request.into_parts();
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
            request_id: self.world.ids.request(&self.world.clock),
        };
        (call, refused)
    }

    /// CloudTrail hears of a call once it is answered.
    fn note(&mut self, call: &Call, settled: &Result<Reply, Fault>) {
        let outcome = match settled {
            // What it does not know, AWS does not log either.
            Err(fault) if fault.unknown.is_some() => return,
            Err(fault) => trail::Outcome::Refused(&fault.code, &fault.message),
            Ok(reply) if !reply.status.is_success() => trail::Outcome::Refused("PermanentRedirect", ""),
            Ok(_) => trail::Outcome::Done,
        };
        trail::note(&mut self.world, call, outcome);
    }

    fn refuse_stranger(&mut self, name: &str, envelope: &Envelope, request: &Request<Bytes>) -> Response<Bytes> {
        let operation = envelope.operation.as_deref();
        let stranger = Stranger {
            service: name,
            headers: request.headers(),
            is_query: match operation {
                Some(_) => IsQuery::Yes,
                None => IsQuery::No,
            },
            request_id: &self.world.ids.request(&self.world.clock),
        };
        let reply = stranger.refusal();
        let operation = operation.unwrap_or(request.method().as_str());
        tracing::info!("{name}:{operation} {}", reply.status.as_u16());
        self.tell(format!("the sandbox has no service {name}; {operation} was refused"));
        reply::response(request.method(), reply)
    }

    fn tell(&mut self, sentence: String) {
        let Some(listener) = &self.listener else { return };
        if !self.told.contains(&sentence) && self.told.len() < MOST_TOLD {
            listener(&sentence);
            self.told.insert(sentence);
        }
    }

    /// Saves what a successful call changed, takes back what a refused one did.
    fn settle(&mut self, result: Result<Reply, Fault>) -> Result<Reply, Fault> {
        let settled = result.and_then(|reply| self.save().map(|()| reply));
        let keep = settled.is_ok();
        let echo = self.world.spread(Delay::Read);
        for table in self.world.tables() {
            if keep { table.commit(echo) } else { table.rollback() }
        }
        settled
    }

    fn save(&mut self) -> Result<(), Fault> {
        let mut changes = Vec::new();
        for table in self.world.tables() {
            changes.extend(table.changes().map_err(Fault::internal)?);
        }
        let Some(store) = &mut self.store else { return Ok(()) };
        let head = self.world.head();
        if changes.is_empty() && head.ids_within(&self.saved) {
            return Ok(());
        }
        let saved = |result: std::io::Result<()>| result.map_err(|error| Fault::internal(error.to_string()));
        // The head goes first: a number that was never used does no harm, one used twice would.
        if !head.within(&self.saved) {
            let ahead = head.ahead(RESERVED);
            saved(store.save_head(&ahead))?;
            self.saved = ahead;
        }
        saved(store.save(&changes))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Whoever opens the account next goes on exactly where this process stopped.
        if let Some(store) = &self.store {
            store.save_head(&self.world.head()).ok();
        }
    }
}

fn dispatch(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    match call.service {
        Service::Iam => iam::answer(world, call),
        Service::Sts => sts::answer(world, call),
        Service::S3 => s3::answer(world, call),
        Service::Lambda => lambda::answer(world, call),
        Service::Events => events::answer(world, call),
        Service::Trail => trail::answer(world, call),
    }
}

#[cfg(test)]
mod tests;
