//! Statements as rules for one principal: what applies to it, in which layer, to which actions and resources, and when.
//!
//! Invariant: a statement that applies to the principal gives exactly one rule; what can't be told of its resources makes
//! the rule depend on that, and never drops it.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy_doc::{Clause, Document, Effect, Glob, Letter, Piece, Sense, Statement, Version, pieces};

use super::Source;
use super::book::are_apart;
use super::guard::{Guard, Known};
use super::scene::{Held, Holder, HolderKind, Scene};
use super::whom::{Names, names};

/// What a rule has a say in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    /// It gives.
    Identity,
    /// It limits what is given.
    Boundary,
    /// It gives, whatever the boundary says: the policy of a resource that names the user.
    Beside,
}

/// What makes two rules the same, whatever they are called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Meaning {
    pub(super) layer: Layer,
    pub(super) effect: Effect,
    actions: (Sense, BTreeSet<String>),
    resources: (Sense, BTreeSet<String>),
    pub(super) guard: Guard,
}

/// One statement, as it applies to one principal.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) means: Meaning,
    pub(super) actions: Actions,
    pub(super) places: Places,
    pub(super) source: Source,
}

/// The actions of a rule, as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Actions {
    pub(super) sense: Sense,
    /// In the author's spelling.
    pub(super) patterns: Vec<String>,
}

/// The resources of a rule.
#[derive(Debug, Clone)]
pub(super) struct Places {
    pub(super) sense: Sense,
    pub(super) patterns: Vec<Pattern>,
}

impl Places {
    /// Whether an ARN is among them.
    pub(super) fn hold(&self, arn: &str) -> bool {
        let mut patterns = self.patterns.iter();
        let is_named = patterns.any(|pattern| !are_apart(&pattern.text, arn) && pattern.glob.matches(arn));
        is_named == (self.sense == Sense::Only)
    }
}

/// A pattern of resources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern {
    /// As it was written.
    pub(super) text: String,
    /// As it is for this principal.
    pub(super) glob: Glob,
}

impl Pattern {
    pub(super) fn everything() -> Self {
        Self {
            text: "*".to_owned(),
            glob: Glob::arn("*"),
        }
    }
}

/// Somebody's facts, by which statements are read.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    known: Known,
    /// Variables with their values.
    variables: BTreeMap<&'static str, String>,
}

impl Reader {
    /// Nothing is known.
    pub(super) fn stranger() -> Self {
        Self {
            known: Known::default(),
            variables: BTreeMap::new(),
        }
    }

    pub(super) fn service() -> Self {
        let mut reader = Self::stranger();
        reader
            .known
            .keys
            .insert("aws:principalisawsservice", Some("true".into()));
        reader
    }

    /// It is known to ask over an encrypted connection.
    pub(super) fn over_tls(mut self) -> Self {
        self.known.keys.insert("aws:securetransport", Some("true".into()));
        self
    }

    pub(super) fn holder(arn: &str, account: &str, kind: HolderKind) -> Self {
        let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
        let (username, sort) = match kind {
            HolderKind::User => (Some(name), "User"),
            HolderKind::Role => (None, "AssumedRole"),
        };
        let mut variables = BTreeMap::from([("aws:principalaccount", account.to_owned())]);
        variables.extend(username.clone().map(|name| ("aws:username", name)));
        let keys = [
            ("aws:principalarn", Some(arn.to_owned())),
            ("aws:principalaccount", Some(account.to_owned())),
            ("aws:principaltype", Some(sort.to_owned())),
            ("aws:principalisawsservice", Some("false".to_owned())),
            ("aws:username", username),
        ];
        Self {
            known: Known {
                keys: keys.into_iter().collect(),
            },
            variables,
        }
    }

    /// A statement in a layer, about what it names or, where it names nothing, about `own`. `None` if it never applies.
    fn rule(
        &self,
        layer: Layer,
        statement: &Statement,
        version: Version,
        own: Option<&str>,
        source: Source,
    ) -> Option<Rule> {
        let mut guard = Guard::of(&statement.conditions, &self.known)?;
        let (sense, patterns) = match (&statement.resource, own) {
            (Some(clause), _) => {
                let mut patterns = Vec::new();
                for item in &clause.items {
                    let (pattern, open) = self.pattern(&item.text, version);
                    if let Some(variable) = open {
                        guard = guard.and_also(&format!("{variable} fits"));
                    }
                    patterns.push(pattern);
                }
                (clause.sense, patterns)
            }
            (None, Some(own)) => (Sense::Only, vec![self.pattern(own, Version::V2008).0]),
            (None, None) => (Sense::Only, vec![Pattern::everything()]),
        };
        let Clause {
            sense: of_actions,
            items,
            ..
        } = &statement.action;
        let lower = items.iter().map(|item| item.text.to_ascii_lowercase());
        Some(Rule {
            means: Meaning {
                layer,
                effect: statement.effect,
                actions: (*of_actions, lower.collect()),
                resources: (sense, patterns.iter().map(|pattern| pattern.text.clone()).collect()),
                guard,
            },
            actions: Actions {
                sense: *of_actions,
                patterns: items.iter().map(|item| item.text.clone()).collect(),
            },
            places: Places { sense, patterns },
            source,
        })
    }

    /// A pattern with its variables filled in, and the first one that nothing is known of: it may stand for anything.
    fn pattern(&self, text: &str, version: Version) -> (Pattern, Option<String>) {
        if version == Version::V2008 || !text.contains("${") {
            let glob = Glob::arn(text);
            let text = text.to_owned();
            return (Pattern { text, glob }, None);
        }
        let mut letters: Vec<Letter> = Vec::new();
        let mut open = None;
        for piece in pieces(text, version) {
            match piece {
                Piece::Letter(letter) => letters.push(letter),
                Piece::Variable { key, .. } => match self.variables.get(key.as_str()) {
                    Some(value) => letters.extend(value.chars().map(Letter::Plain)),
                    None => {
                        letters.push(Letter::Wild('*'));
                        open.get_or_insert_with(|| format!("${{{key}}}"));
                    }
                },
            }
        }
        let glob = Glob::arn_of(&letters);
        let text = text.to_owned();
        (Pattern { text, glob }, open)
    }

    fn rules(&self, layer: Layer, name: &str, document: &Document, own: Option<&str>) -> Vec<Rule> {
        let numbered = document.statements.iter().enumerate();
        let rule = |(index, statement): (usize, &Statement)| {
            self.rule(layer, statement, document.version, own, source(name, statement, index))
        };
        numbered.filter_map(rule).collect()
    }

    /// The statements of a resource's policy that are about somebody.
    pub(super) fn of_resource(
        &self,
        name: &str,
        document: &Document,
        own: &str,
        layer: impl Fn(&Statement) -> Option<Layer>,
    ) -> Vec<Rule> {
        let numbered = document.statements.iter().enumerate();
        let rule = |(index, statement): (usize, &Statement)| {
            let layer = layer(statement)?;
            self.rule(
                layer,
                statement,
                document.version,
                Some(own),
                source(name, statement, index),
            )
        };
        numbered.filter_map(rule).collect()
    }
}

fn source(policy: &str, statement: &Statement, index: usize) -> Source {
    let name = match &statement.sid {
        Some(sid) => sid.text.clone(),
        None => format!("statement {}", index + 1),
    };
    Source {
        policy: policy.to_owned(),
        statement: Some(name),
    }
}

/// Everything that has a say in what a user or role may do.
pub(super) fn of_holder(scene: &Scene<'_>, arn: &str, holder: &Holder<'_>) -> Vec<Rule> {
    of_holder_as(&Reader::holder(arn, &scene.account, holder.kind), scene, arn, holder)
}

/// The same, where more is known of who asks.
pub(super) fn of_holder_as(reader: &Reader, scene: &Scene<'_>, arn: &str, holder: &Holder<'_>) -> Vec<Rule> {
    let known = |layer: Layer, held: &Held<'_>| match &held.document {
        Ok(document) => reader.rules(layer, &held.name, document, None),
        Err(_) => Vec::new(),
    };
    let mut rules: Vec<Rule> = holder
        .identity
        .iter()
        .flat_map(|held| known(Layer::Identity, held))
        .collect();
    match &holder.boundary {
        // A boundary that was not read may let everything through.
        None | Some(Held { document: Err(_), .. }) => rules.push(no_boundary()),
        Some(boundary) => rules.extend(known(Layer::Boundary, boundary)),
    }
    let beside = match holder.kind {
        HolderKind::User => Layer::Beside,
        HolderKind::Role => Layer::Identity,
    };
    for (own, attached) in &scene.resources {
        let Ok(document) = &attached.document else { continue };
        let layer = |statement: &Statement| {
            let who = names(statement.principal.as_ref(), arn, scene);
            match (statement.effect, who) {
                (Effect::Allow, Names::Itself) => Some(beside),
                (Effect::Allow, Names::Nobody | Names::Account | Names::Everybody) => None,
                (Effect::Deny, Names::Nobody) => None,
                (Effect::Deny, Names::Itself | Names::Account | Names::Everybody) => Some(Layer::Identity),
            }
        };
        rules.extend(reader.of_resource(&attached.name, document, own, layer));
    }
    rules
}

/// What stands for a boundary that is not there.
fn no_boundary() -> Rule {
    let all = || BTreeSet::from(["*".to_owned()]);
    Rule {
        means: Meaning {
            layer: Layer::Boundary,
            effect: Effect::Allow,
            actions: (Sense::Only, all()),
            resources: (Sense::Only, all()),
            guard: Guard::default(),
        },
        actions: Actions {
            sense: Sense::Only,
            patterns: vec!["*".to_owned()],
        },
        places: Places {
            sense: Sense::Only,
            patterns: vec![Pattern::everything()],
        },
        source: Source {
            policy: "no boundary".to_owned(),
            statement: None,
        },
    }
}
