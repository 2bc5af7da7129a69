//! The evaluator against AWS's documentation: tables of cases, each beside the title of its page.

mod basics;
mod conditions;
mod keys;
mod layers;
mod principals;
mod properties;
mod sets;
mod variables;

use crate::evaluate::{Context, Decision, Layers, Named, Principal, Request, decide};
use crate::policy_doc::{Document, Policy};

pub(super) const USER: &str = "arn:aws:iam::111122223333:user/bob";
pub(super) const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/run";
pub(super) const OBJECT: &str = "arn:aws:s3:::bucket/a/b.txt";

/// A document of statements, in version 2012-10-17.
pub(super) fn document(statements: &str) -> Document {
    whole(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#))
}

/// A document as it stands.
pub(super) fn whole(text: &str) -> Document {
    let policy = Policy::from_live(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    policy.document().cloned().unwrap()
}

/// A request of a principal that gives no keys, and whose context is complete.
pub(super) fn request(principal: &str, action: &str, resource: &str) -> Request {
    Request {
        principal: Principal::parse(principal).unwrap(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: None,
        context: Context::complete(),
    }
}

pub(super) fn named<'a>(name: &str, document: &'a Document) -> Named<'a> {
    Named {
        name: name.to_owned(),
        document,
    }
}

/// What an identity policy of these statements alone decides.
pub(super) fn by_identity(statements: &str, request: &Request) -> Decision {
    let document = document(statements);
    let layers = Layers {
        identity: vec![named("own", &document)],
        ..Layers::default()
    };
    decide(request, &layers).decision
}

/// Policies in the words of their statements; what is not there is not there.
#[derive(Debug, Clone, Default)]
pub(super) struct Papers {
    pub(super) identity: Option<&'static str>,
    pub(super) boundary: Option<&'static str>,
    pub(super) session: Option<&'static str>,
    pub(super) resource: Option<&'static str>,
    pub(super) scps: &'static [&'static [&'static str]],
    pub(super) rcps: &'static [&'static [&'static str]],
    pub(super) endpoints: &'static [&'static str],
}

impl Papers {
    /// What they decide together.
    pub(super) fn decide(&self, request: &Request) -> crate::evaluate::Answer {
        let read = |text: &Option<&'static str>| text.map(document);
        let level = |levels: &[&[&'static str]]| -> Vec<Vec<Document>> {
            levels
                .iter()
                .map(|level| level.iter().map(|text| document(text)).collect())
                .collect()
        };
        let (identity, boundary, session) = (read(&self.identity), read(&self.boundary), read(&self.session));
        let (resource, scps, rcps) = (read(&self.resource), level(self.scps), level(self.rcps));
        let endpoints: Vec<Document> = self.endpoints.iter().map(|text| document(text)).collect();
        let layers = Layers {
            identity: identity.iter().map(|document| named("own", document)).collect(),
            boundary: boundary.as_ref().map(|document| vec![named("limit", document)]),
            session: session.as_ref().map(|document| vec![named("session", document)]),
            resource: resource.as_ref().map(|document| named("resource", document)),
            scps: scps
                .iter()
                .map(|level| level.iter().map(|document| named("scp", document)).collect())
                .collect(),
            rcps: rcps
                .iter()
                .map(|level| level.iter().map(|document| named("rcp", document)).collect())
                .collect(),
            endpoints: (!endpoints.is_empty())
                .then(|| endpoints.iter().map(|document| named("endpoint", document)).collect()),
            ..Layers::default()
        };
        decide(request, &layers)
    }
}
