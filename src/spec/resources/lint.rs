//! The rules for policies over everything that a file declares.
//!
//! Invariant: what a file allows with a reason is not told, and what it allows in vain is. Errors stand in the way like any
//! other mistake; everything else is kept apart, for `check`.

use std::collections::BTreeMap;

use super::super::finding::{Finding, Severity};
use super::super::header::Header;
use super::super::rules::{Allowance, Settings};
use super::super::source::Span;
use super::Environment;
use crate::address::Address;
use crate::kind::{Grant, Home, Object};
use crate::kinds::{Member, Visit};
use crate::lint::environment::{Thing, Whole, Written};
use crate::lint::{self, LintCx};
use crate::names::Region;
use crate::policy_doc::{Flavour, Policy};

/// A document as a resource has it written.
#[derive(Debug, Clone)]
pub struct Site {
    /// What kind of policy it is.
    pub flavour: Flavour,
    /// The document.
    pub policy: Policy,
    /// The whole of it.
    pub span: Span,
}

/// What the rules need to know of a resource.
#[derive(Debug, Default)]
pub(super) struct Sited {
    /// Its key.
    pub(super) span: Option<Span>,
    /// The documents that are written in it.
    pub(super) sites: Vec<Site>,
    /// Where managed policies are attached to it.
    pub(super) attached: Vec<(String, Span)>,
    /// What it may break.
    pub(super) allowed: Vec<Allowance>,
    /// Whether the file consents to what it opens to everybody.
    pub(super) is_public: bool,
}

/// All of them by their addresses.
pub(super) type Sites = BTreeMap<Address, Sited>;

/// Rules about references, whose findings come up while a resource is lowered and leave it whole. All other findings of
/// lowering stay as they are: what can't be read must be told.
const REFERENCES: [&str; 2] = ["P105", "P106"];

/// The findings of lowering, without what the file allows.
pub(super) fn of_references(found: Vec<Finding>, allowed: &mut [Allowance], settings: &Settings) -> Vec<Finding> {
    let settle = |finding: Finding| match REFERENCES.contains(&finding.code) {
        true if is_allowed(&finding, allowed) => None,
        true => settings.settle(finding),
        false => Some(finding),
    };
    found.into_iter().filter_map(settle).collect()
}

fn is_allowed(finding: &Finding, allowed: &mut [Allowance]) -> bool {
    let allowance = allowed.iter_mut().find(|one| one.rule.id == finding.code);
    allowance.map(|one| one.is_needed = true).is_some()
}

/// Runs the rules and tells what they find.
pub(super) fn run(environment: &mut Environment, sites: &mut Sites, header: &Header, home: &Home, region: &Region) {
    let mut told: Vec<(Option<Address>, Finding)> = Vec::new();
    for (address, sited) in sites.iter() {
        let findings = sited.sites.iter().flat_map(|site| of_site(site, header));
        let findings = findings.filter(|finding| !(sited.is_public && finding.code == "P207"));
        told.extend(findings.map(|finding| (Some(address.clone()), finding)));
    }
    let whole = whole(environment, sites, header, home, region);
    for lint::Told { address, finding } in lint::environment(&whole) {
        let address = address.and_then(|text| sites.keys().find(|known| known.to_string() == text).cloned());
        told.push((address, finding));
    }
    for (address, finding) in told {
        let sited = address.and_then(|address| sites.get_mut(&address));
        if !sited.is_some_and(|sited| is_allowed(&finding, &mut sited.allowed))
            && let Some(finding) = header.lint.settle(finding)
        {
            tell(environment, finding);
        }
    }
    let idle = sites.values().flat_map(|sited| &sited.allowed);
    for allowance in idle.filter(|allowance| !allowance.is_needed) {
        let message = format!("nothing here breaks {}", allowance.rule.id);
        let finding = Finding::warning("P017", allowance.span, message).severity(Severity::Info);
        tell(environment, finding.label("this line can go"));
    }
}

fn tell(environment: &mut Environment, finding: Finding) {
    match finding.severity {
        Severity::Error => environment.findings.push(finding),
        Severity::Security | Severity::Warning | Severity::Info => environment.lint.push(finding),
    }
}

fn of_site(site: &Site, header: &Header) -> Vec<Finding> {
    lint::policy(
        &site.policy,
        &LintCx {
            flavour: site.flavour,
            place: Some(site.span),
            account: header.account.as_ref().map(|account| account.as_str()),
            accounts: &header.lint.accounts,
            source: lint::Source::File,
        },
    )
}

fn whole<'a>(environment: &Environment, sites: &'a Sites, header: &Header, home: &Home, region: &Region) -> Whole<'a> {
    let things = environment.objects.iter().filter_map(|object| {
        let mut thing = object.visit(Declared { home })?;
        if let Some(sited) = sites.get(object.address()) {
            thing.span = sited.span;
            thing.documents = sited.sites.iter().filter_map(written).collect();
            for (arn, place) in &mut thing.managed {
                *place = sited
                    .attached
                    .iter()
                    .find(|(known, _)| known == arn)
                    .map(|(_, span)| *span);
            }
        }
        Some(thing)
    });
    Whole {
        account: header.account.as_ref().map(ToString::to_string),
        accounts: header.lint.accounts.clone(),
        partition: home.partition.to_string(),
        region: region.to_string(),
        things: things.collect(),
    }
}

fn written(site: &Site) -> Option<Written<'_>> {
    Some(Written {
        flavour: site.flavour,
        document: site.policy.document()?,
        span: site.span,
    })
}

/// A declared resource as the rules see it, without what its file alone knows.
struct Declared<'a> {
    home: &'a Home,
}

impl Visit for Declared<'_> {
    type Out = Option<Thing<'static>>;

    fn visit<K: Member>(self, object: &Object<K>) -> Self::Out {
        let state = &object.wanted.as_ref()?.state;
        let grants = K::grants(&object.id, state, self.home);
        let managed = |limits: bool| {
            let of_it = grants.iter().filter(move |grant: &&Grant| grant.limits == limits);
            of_it.filter_map(|grant| grant.managed.as_ref().map(ToString::to_string))
        };
        Some(Thing {
            address: object.address.to_string(),
            kind: K::KIND.name(),
            arn: K::arn(&object.id, Some(state), self.home).to_string(),
            span: None,
            documents: Vec::new(),
            managed: managed(false).map(|arn| (arn, None)).collect(),
            boundary: managed(true).next(),
            names: K::refs(&object.id, state, self.home)
                .iter()
                .map(ToString::to_string)
                .collect(),
        })
    }
}
