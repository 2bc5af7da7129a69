//! OpenID Connect providers.
//!
//! Invariant: the URL is the identity and never changes; a provider is made with its audiences and tags in one call.

#[cfg(feature = "aws")]
mod live;
#[cfg(all(test, feature = "aws"))]
mod live_tests;
mod permits;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;

use serde_json::json;

use crate::fields::{FieldKey, FieldPath};
use crate::kind::{
    DiffCx, Facts, Field, Form, Grant, Home, Kind, Object, Observed, OnChange, Pair, Permit, Regained, Scope, Section,
    field,
};
use crate::names::{Arn, ClientId, IamPath, NameError, OidcUrl, Thumbprint, limits};
use crate::shape::{self, Shape, items, some_items};
use crate::spec::finding::Finding;
use crate::spec::lower::{Declared, Lowered, Lowering, name_finding};
use crate::spec::node::Node;
use crate::spec::table;
use crate::state;

pub use steps::Action;

/// The kind.
#[derive(Debug, Clone)]
pub struct OidcProvider;

state! {
    /// A provider in its normal form.
    pub struct State {
        /// Whom its tokens may be meant for.
        audiences: BTreeSet<ClientId>,
        /// The certificates by which AWS knows it, where its own list doesn't.
        thumbprints: BTreeSet<Thumbprint>,
        /// Tags.
        tags: BTreeMap<String, String>,
    }
}

/// What only AWS knows of a provider. It has no unique id.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Evidence {
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// The roles that trust it, where it may be deleted.
    pub trusted_by: Vec<Arn>,
}

impl Kind for OidcProvider {
    const NAME: &'static str = "oidc_provider";
    const SECTION: Section = Section {
        key: "oidc_providers",
        aliases: &[],
        service: "iam",
        principal: false,
        form: Form::Named,
        scope: Scope::Global,
    };
    const FIELDS: &'static [Field] = &[
        field(
            "url",
            shape::text("https://HOST[/PATH]", "^https://"),
            "required",
            OnChange::Replace,
            "The `iss` of its tokens; what it is, so that another url is another provider.",
        ),
        field(
            "audiences",
            Shape::Texts(&items("text", shape::WRITTEN)),
            "none",
            OnChange::InPlace,
            "The `aud` of the tokens that AWS takes; the whole list.",
        ),
        field(
            "thumbprints",
            Shape::Texts(&some_items(
                "40 hexadecimal digits",
                shape::text("40 hexadecimal digits", "^[0-9a-fA-F:]+$"),
            )),
            "what AWS or others have put there",
            OnChange::Held,
            "The certificates of its authority, five at most; the whole list.",
        ),
        field("tags", shape::TAGS, "nothing", OnChange::InPlace, "Tags."),
    ];
    const DOC: &'static str = include_str!("doc.md");
    const TAGGABLE: bool = true;
    const NAMED_BY: &'static str = "url";
    const STAND_IN: &'static str = "https://unnamed.example";
    type Id = OidcUrl;
    type State = State;
    type Evidence = Evidence;
    type Action = Action;
    type Part = Infallible;

    fn identify(declared: &Declared) -> Result<OidcUrl, NameError> {
        OidcUrl::parse(&declared.name)
    }

    fn arn(id: &OidcUrl, _: Option<&State>, home: &Home) -> Arn {
        Arn::oidc_provider(home.partition, &home.account, id)
    }

    fn arn_named(declared: &Declared, _: &IamPath, home: &Home) -> Option<Arn> {
        let url = OidcUrl::parse(&declared.name).ok()?;
        Some(Arn::oidc_provider(home.partition, &home.account, &url))
    }

    fn lower(_: &OidcUrl, node: &Node, cx: &mut Lowering<'_>) -> Option<Lowered<Self>> {
        let mut table = cx.table::<Self>(node)?;
        // Its form has been judged with the identity.
        let url = table.required("url", &mut cx.reading());
        let url = url.and_then(|node| table::written_text(node, "url", &mut cx.reading()).map(drop));
        let audiences_node = table.take("audiences");
        let audiences = set(audiences_node, "audience", ClientId::parse, cx);
        let most = limits::AUDIENCES_PER_OIDC_PROVIDER;
        cx.within(audiences_node, audiences.len(), most, "audiences of this provider");
        let thumbprints_node = table.take("thumbprints");
        let thumbprints = set(thumbprints_node, "thumbprint", Thumbprint::parse, cx);
        let most = limits::THUMBPRINTS_PER_OIDC_PROVIDER;
        cx.within(
            thumbprints_node,
            thumbprints.len(),
            most,
            "thumbprints of this provider",
        );
        if let Some(node) = thumbprints_node.filter(|node| node.text().is_none() && node.items().is_empty()) {
            let label = "leave it out, and AWS fetches one where it needs it";
            cx.report(Finding::error("E0401", node.span, "`thumbprints` can't be empty").label(label));
        }
        let tags = cx.tags(table.take("tags"));
        url?;
        Some(Lowered::new(State {
            audiences,
            thumbprints,
            tags,
        }))
    }

    fn spell(id: &OidcUrl, state: &State) -> serde_json::Value {
        let mut spelled = serde_json::Map::new();
        let mut put = |key: &str, value: serde_json::Value| drop(spelled.insert(key.to_owned(), value));
        put("url", json!(id));
        if !state.audiences.is_empty() {
            put("audiences", json!(state.audiences));
        }
        if !state.thumbprints.is_empty() {
            put("thumbprints", json!(state.thumbprints));
        }
        if !state.tags.is_empty() {
            put("tags", json!(state.tags));
        }
        serde_json::Value::Object(spelled)
    }

    fn regain(_: &Self::Id, _: &Observed<Self>, after: Option<&State>) -> Regained {
        match after {
            Some(_) => Regained::default(),
            None => Regained::without("the date of its creation"),
        }
    }

    fn contribute(_: &mut State, part: Infallible) {
        match part {}
    }

    fn tags(state: &State) -> Option<&BTreeMap<String, String>> {
        Some(&state.tags)
    }

    fn holds(path: &FieldPath, live: &State) -> bool {
        path.field == "thumbprints" && !live.thumbprints.is_empty()
    }

    fn pristine(_: &Observed<Self>) -> bool {
        // Tags come with the creating call, so an interrupted apply never leaves an unmarked provider.
        false
    }

    fn diff(_: &OidcUrl, pair: Pair<'_, Self>, cx: &DiffCx<'_>) -> Vec<Action> {
        steps::diff(pair, cx)
    }

    fn after(state: Option<State>, action: &Action) -> Option<State> {
        steps::after(state, action)
    }

    fn facts(id: &OidcUrl, arn: &Arn, action: &Action, _: &Home) -> Facts {
        steps::facts(id, arn, action)
    }

    const LISTS: &'static [&'static str] = &["iam:ListOpenIDConnectProviders"];

    fn permits(id: &Self::Id, arn: &Arn, action: &Self::Action, home: &Home) -> Vec<Permit> {
        permits::of(id, arn, action, home)
    }

    fn reads(object: &Object<Self>, home: &Home) -> Vec<Permit> {
        permits::reads(object, home)
    }

    fn otherwise(id: &Self::Id, wanted: Option<&Self::State>, home: &Home) -> Vec<Observed<Self>> {
        permits::otherwise(id, wanted, home)
    }

    fn refs(_: &OidcUrl, _: &State, _: &Home) -> Vec<Arn> {
        Vec::new()
    }

    fn grants(_: &OidcUrl, _: &State, _: &Home) -> Vec<Grant> {
        // What its tokens allow stands in the trust of the roles.
        Vec::new()
    }

    fn users(live: &Observed<Self>) -> Vec<Arn> {
        live.evidence.trusted_by.clone()
    }

    fn unmodelled(_: &Evidence) -> Vec<String> {
        Vec::new()
    }
}

/// A list of texts that AWS keeps as a set.
fn set<T: FieldKey>(
    node: Option<&Node>,
    what: &'static str,
    parse: fn(&str) -> Result<T, NameError>,
    cx: &mut Lowering<'_>,
) -> BTreeSet<T> {
    let texts = node.and_then(|node| table::texts(node, &format!("{what}s"), &mut cx.reading()));
    let mut set = BTreeSet::new();
    for (text, span) in texts.unwrap_or_default() {
        match parse(text) {
            Err(error) => cx.report(name_finding(span, what, &error)),
            Ok(value) if set.contains(&value) => {
                let finding = Finding::error("E0414", span, format!("this {what} is listed twice"));
                cx.report(finding.label("remove one of them"));
            }
            Ok(value) => drop(set.insert(value)),
        }
    }
    set
}

/// Texts side by side, as a sentence names them.
fn joined<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(", ")
}
