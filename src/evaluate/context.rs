//! A request and what is known about it.
//!
//! Invariant: what a request says wins over what follows from its principal; what follows is only filled in where AWS's
//! documentation fixes it ("AWS global condition context keys", "Principal key values").

use std::collections::BTreeMap;

use super::principal::{ArnParts, Principal, last_name};
use crate::policy_doc::is_account_id;

/// The keys of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
    is_complete: bool,
    is_literal: bool,
}

impl Context {
    /// Nothing is given, and what is not given is absent.
    #[must_use]
    pub const fn complete() -> Self {
        Self {
            values: BTreeMap::new(),
            is_complete: true,
            is_literal: false,
        }
    }

    /// Nothing is given, and what is not given is unknown.
    #[must_use]
    pub const fn incomplete() -> Self {
        Self {
            values: BTreeMap::new(),
            is_complete: false,
            is_literal: false,
        }
    }

    /// The same with a key, whose name has no case; no values at all mean that it is absent.
    #[must_use]
    pub fn with<T: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = T>) -> Self {
        self.set(key, values);
        self
    }

    /// Gives a key, whose name has no case; no values at all mean that it is absent.
    pub fn set<T: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = T>) {
        let values = values.into_iter().map(Into::into).collect();
        self.values.insert(key.to_ascii_lowercase(), values);
    }

    /// The same, where not even those keys are there that follow from who asks.
    #[must_use]
    pub fn taken_literally(self) -> Self {
        Self {
            is_literal: true,
            is_complete: true,
            ..self
        }
    }

    /// Whether what is not given is absent.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The values that were given.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.values.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// `service:Name`, in any case.
    pub action: String,
    /// An ARN, or `*` for actions that take no resource.
    pub resource: String,
    /// Who owns the resource; by its ARN, else the principal's own account.
    pub resource_account: Option<String>,
    /// Everything else.
    pub context: Context,
}

impl Request {
    /// Who owns the resource: as given, as its ARN says, else the principal's account.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        let of_arn = || ArnParts::of(&self.resource).map(|arn| arn.account);
        self.resource_account
            .as_deref()
            .or_else(|| of_arn().filter(|account| is_account_id(account)))
            .or_else(|| self.principal.account())
    }
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// It has these values, at least one.
    Values(&'a [String]),
    /// The request does not have it.
    Absent,
    /// It is not given.
    Unknown,
}

/// A request that is ready to be compared with many statements.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The request.
    pub request: &'a Request,
    /// In lower case.
    pub(super) action: String,
    /// What patterns are compared with.
    pub(super) resource: &'a str,
    follows: Vec<(&'static str, Follows)>,
}

/// What a key is by what else is known.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Follows {
    Is(Vec<String>),
    Absent,
    Unknowable,
}

impl<'a> Asked<'a> {
    /// Makes a request ready.
    #[must_use]
    pub fn new(request: &'a Request) -> Self {
        let action = request.action.to_ascii_lowercase();
        let resource = super::rules::asked_on(&action, &request.resource);
        Self {
            follows: follows(request, &action),
            action,
            resource,
            request,
        }
    }

    /// Whether the resource belongs to another account than who asks. What AWS itself owns (`arn:aws:iam::aws:policy/…`)
    /// belongs to no account that could have to agree.
    #[must_use]
    pub(super) fn is_foreign(&self) -> bool {
        let owner = self.request.owner().filter(|owner| is_account_id(owner));
        match (self.request.principal.account(), owner) {
            (Some(own), Some(owner)) => own != owner,
            _ => false,
        }
    }

    /// What is known of a key, which must be in lower case.
    #[must_use]
    pub fn lookup(&self, key: &str) -> Lookup<'_> {
        match self.request.context.values.get(key) {
            Some(values) if values.is_empty() => return Lookup::Absent,
            Some(values) => return Lookup::Values(values),
            None if self.request.context.is_literal => return Lookup::Absent,
            None => {}
        }
        match self.follows.iter().find(|(name, _)| *name == key) {
            Some((_, Follows::Is(values))) => return Lookup::Values(values),
            Some((_, Follows::Absent)) => return Lookup::Absent,
            Some((_, Follows::Unknowable)) => return Lookup::Unknown,
            None => {}
        }
        let is_tag_of_nobody = key.starts_with("aws:principaltag/") && self.request.principal == Principal::Anonymous;
        match self.request.context.is_complete || is_tag_of_nobody {
            true => Lookup::Absent,
            false => Lookup::Unknown,
        }
    }
}

fn follows(request: &Request, action: &str) -> Vec<(&'static str, Follows)> {
    let mut follows = of_principal(&request.principal);
    let owner = request.owner().filter(|owner| is_account_id(owner)).map(str::to_owned);
    let service = action.split(':').next().unwrap_or_default();
    if !super::rules::has_resource_account(action) {
        follows.push(("aws:resourceaccount", Follows::Absent));
    } else if let Some(owner) = owner {
        if service == "s3" {
            follows.push(("s3:resourceaccount", Follows::Is(vec![owner.clone()])));
        }
        follows.push(("aws:resourceaccount", Follows::Is(vec![owner])));
    }
    if service == "kms"
        && let Some(account) = request.principal.account()
    {
        follows.push(("kms:calleraccount", Follows::Is(vec![account.to_owned()])));
    }
    follows
}

fn of_principal(principal: &Principal) -> Vec<(&'static str, Follows)> {
    let is = |text: &str| Follows::Is(vec![text.to_owned()]);
    let account = principal.account().map(is);
    let arn = || is(&principal.text());
    let no_service = || {
        [
            ("aws:principalservicename", Follows::Absent),
            ("aws:principalservicenameslist", Follows::Absent),
        ]
    };
    let mut follows = match principal {
        Principal::User { name, .. } => {
            vec![
                ("aws:principalarn", arn()),
                ("aws:principaltype", is("User")),
                ("aws:username", is(name)),
            ]
        }
        Principal::Session { .. } | Principal::Role { .. } => vec![
            ("aws:principalarn", role_arn(principal)),
            ("aws:principaltype", is("AssumedRole")),
            ("aws:username", Follows::Absent),
        ],
        Principal::Root { account, .. } => vec![
            ("aws:principalarn", arn()),
            ("aws:principaltype", is("Account")),
            ("aws:userid", is(account)),
            ("aws:username", Follows::Absent),
        ],
        Principal::FederatedUser { arn: own, account } => vec![
            ("aws:principalarn", arn()),
            ("aws:userid", is(&format!("{account}:{}", last_name(own)))),
            ("aws:principaltype", is("FederatedUser")),
            ("aws:username", Follows::Absent),
        ],
        Principal::Federated { .. } => vec![("aws:username", Follows::Absent)],
        Principal::Service { name } => {
            return vec![
                ("aws:principalisawsservice", is("true")),
                ("aws:principalservicename", is(name)),
                ("aws:username", Follows::Absent),
            ];
        }
        Principal::Anonymous => vec![
            ("aws:principalaccount", is("anonymous")),
            ("aws:principaltype", is("Anonymous")),
            ("aws:userid", is("anonymous")),
            ("aws:principalarn", Follows::Absent),
            ("aws:principalisawsservice", Follows::Absent),
            ("aws:principalorgid", Follows::Absent),
            ("aws:principalorgpaths", Follows::Absent),
            ("aws:username", Follows::Absent),
        ],
    };
    follows.extend(no_service());
    if let Some(account) = account {
        follows.push(("aws:principalaccount", account));
        follows.push(("aws:principalisawsservice", is("false")));
    }
    follows
}

/// The key holds the role's ARN, never the session's; a session's ARN does not tell the path, which most roles do not
/// have and roles of IAM Identity Center and of services always have.
fn role_arn(principal: &Principal) -> Follows {
    match principal {
        Principal::Session {
            role_arn: Some(arn), ..
        }
        | Principal::Role { arn, .. } => Follows::Is(vec![arn.clone()]),
        Principal::Session { role, .. }
            if role.starts_with("AWSReservedSSO_") || role.starts_with("AWSServiceRoleFor") =>
        {
            Follows::Unknowable
        }
        Principal::Session { arn, account, role, .. } => {
            let partition = ArnParts::of(arn).map_or("aws", |parts| parts.partition);
            Follows::Is(vec![format!("arn:{partition}:iam::{account}:role/{role}")])
        }
        _ => Follows::Unknowable,
    }
}
