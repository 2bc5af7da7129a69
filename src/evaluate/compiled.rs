//! A document, read once.
//!
//! Invariant: the answers are those of the document alone; layers are combined elsewhere.

use super::answer::StatementRef;
use super::context::Asked;
use super::naming::{Boundary, Naming};
use super::statement::Rule;
use super::truth::Truth;
use crate::policy_doc::{Document, Effect, Glob};

/// A document that is ready to be compared with many requests.
#[derive(Debug, Clone)]
pub struct Compiled {
    rules: Vec<Rule>,
}

/// What a document says to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effects {
    /// Whether one of its statements allows.
    pub allow: Truth,
    /// Whether one of its statements denies.
    pub deny: Truth,
    /// Which statement allows for certain, or else perhaps; from 0.
    pub allowing: Option<usize>,
    /// Which statement denies for certain, or else perhaps; from 0.
    pub denying: Option<usize>,
}

/// What a resource's policy grants to who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    /// How far its allowing reaches.
    pub naming: Naming,
    /// Which statement allows directly, or under limits, or by the account.
    pub allowing: [Option<usize>; 3],
    /// Whether it denies.
    pub deny: Truth,
    /// Which statement denies for certain, or else perhaps.
    pub denying: Option<usize>,
}

/// The strongest truth so far, and the first statement that it came from.
#[derive(Clone, Copy)]
struct Best {
    truth: Truth,
    index: Option<usize>,
}

impl Best {
    const NONE: Self = Self {
        truth: Truth::False,
        index: None,
    };

    fn see(&mut self, truth: Truth, index: usize) {
        if truth > self.truth {
            *self = Self {
                truth,
                index: Some(index),
            };
        }
    }
}

impl Compiled {
    /// Reads a document.
    #[must_use]
    pub fn new(document: &Document) -> Self {
        let statements = document.statements.iter();
        Self {
            rules: statements.map(|one| Rule::new(one, document.version)).collect(),
        }
    }

    /// How many statements it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether it has no statement.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether a statement, counted from 0, applies to a request: its action, resource, conditions and principal clause,
    /// if it has one.
    #[must_use]
    pub fn applies(&self, index: usize, asked: &Asked<'_>) -> Truth {
        let Some(rule) = self.rules.get(index) else {
            return Truth::False;
        };
        let named = rule.naming(asked, Boundary::None).map_or(Truth::True, Naming::any);
        rule.applies(asked).and(named)
    }

    /// What the document says, whether or not it has principal clauses.
    #[must_use]
    pub fn effects(&self, asked: &Asked<'_>) -> Effects {
        let (mut allow, mut deny) = (Best::NONE, Best::NONE);
        for (index, rule) in self.rules.iter().enumerate() {
            let best = match rule.effect {
                Effect::Allow => &mut allow,
                Effect::Deny => &mut deny,
            };
            if best.truth < Truth::True {
                best.see(self.applies(index, asked), index);
            }
        }
        Effects {
            allow: allow.truth,
            deny: deny.truth,
            allowing: allow.index,
            denying: deny.index,
        }
    }

    /// What the document of a resource grants; a statement without a principal clause allows nobody.
    #[must_use]
    pub(super) fn granted(&self, asked: &Asked<'_>, boundary: Boundary) -> Granted {
        let mut deny = Best::NONE;
        let mut allow = [Best::NONE; 3];
        for (index, rule) in self.rules.iter().enumerate() {
            let named = rule.naming(asked, boundary);
            match rule.effect {
                Effect::Deny => {
                    let named = named.map_or(Truth::True, Naming::any);
                    if named > deny.truth {
                        deny.see(named.and(rule.applies(asked)), index);
                    }
                }
                Effect::Allow => {
                    let named = named.unwrap_or(Naming::NOBODY);
                    if named.any() > Truth::False {
                        let named = named.and(rule.applies(asked));
                        let truths = [named.direct, named.limited, named.account];
                        for (best, truth) in allow.iter_mut().zip(truths) {
                            best.see(truth, index);
                        }
                    }
                }
            }
        }
        let [direct, limited, account] = allow;
        Granted {
            naming: Naming {
                direct: direct.truth,
                limited: limited.truth,
                account: account.truth,
            },
            allowing: allow.map(|best| best.index),
            deny: deny.truth,
            denying: deny.index,
        }
    }

    /// A statement, as answers name it.
    #[must_use]
    pub fn statement(&self, index: usize) -> Option<StatementRef> {
        self.rules.get(index).map(|rule| StatementRef {
            index,
            sid: rule.sid.clone(),
            at: rule.at,
        })
    }

    /// For each statement, whether its action clause covers an action, in lower case.
    pub(super) fn covers_action<'a>(&'a self, action: &'a str) -> impl Iterator<Item = bool> + 'a {
        self.rules.iter().map(move |rule| rule.covers_action(action))
    }

    /// The resource patterns of the statements that cover the action asked for.
    pub(super) fn resource_globs<'a>(&'a self, asked: &'a Asked<'_>) -> impl Iterator<Item = Glob> + 'a {
        let covering = self.rules.iter().filter(|rule| rule.covers_action(&asked.action));
        covering.flat_map(|rule| rule.resource_globs(asked))
    }

    /// The keys that a statement needs and that a request does not give, each once and sorted.
    #[must_use]
    pub fn missing(&self, index: usize, asked: &Asked<'_>) -> Vec<String> {
        let mut missing = self
            .rules
            .get(index)
            .map(|rule| rule.missing(asked))
            .unwrap_or_default();
        missing.sort();
        missing.dedup();
        missing
    }
}
