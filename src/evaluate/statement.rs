//! One statement, read once.
//!
//! Invariant: whether a statement applies is the "and" of its elements; who is named is asked separately, because how a
//! principal is named decides how far an `Allow` reaches.

use super::condition::Check;
use super::context::Asked;
use super::naming::{Boundary, Naming, naming};
use super::template::{Filled, Pattern, Template};
use super::truth::Truth;
use crate::policy_doc::{At, Clause, Effect, Glob, PrincipalClause, Sense, Statement, Version};

/// A statement that is ready to be compared with many requests.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) effect: Effect,
    pub(super) sid: Option<String>,
    pub(super) at: At,
    principal: Option<PrincipalClause>,
    actions: (Sense, Vec<Pattern>),
    resources: Option<(Sense, Vec<Resource>)>,
    checks: Vec<Check>,
}

#[derive(Debug, Clone)]
enum Resource {
    Fixed(Pattern),
    Variable(Template),
}

impl Rule {
    pub(super) fn new(statement: &Statement, version: Version) -> Self {
        Self {
            effect: statement.effect,
            sid: statement.sid.as_ref().map(|sid| sid.text.clone()),
            at: statement.at,
            principal: statement.principal.clone(),
            actions: (statement.action.sense, actions(&statement.action)),
            resources: statement.resource.as_ref().map(|clause| {
                let items = clause.items.iter();
                let read = items.map(|item| Resource::new(&item.text, version));
                (clause.sense, read.collect())
            }),
            checks: statement
                .conditions
                .iter()
                .map(|condition| Check::new(condition, version))
                .collect(),
        }
    }

    /// Whether it is about a request, whoever asks.
    pub(super) fn applies(&self, asked: &Asked<'_>) -> Truth {
        if !self.covers_action(&asked.action) {
            return Truth::False;
        }
        match self.has_resource(asked) {
            Truth::False => Truth::False,
            truth => truth.and(Truth::all(self.checks.iter().map(|check| check.holds(asked)))),
        }
    }

    /// How it names who asks; where it has no clause, everybody whom it is attached to.
    pub(super) fn naming(&self, asked: &Asked<'_>, boundary: Boundary) -> Option<Naming> {
        let clause = self.principal.as_ref()?;
        Some(naming(clause, self.effect, asked, boundary))
    }

    /// The keys that it needs and that are not given.
    pub(super) fn missing(&self, asked: &Asked<'_>) -> Vec<String> {
        let resources = self.resources.iter().flat_map(|(_, items)| items);
        let variables = resources.flat_map(Resource::keys);
        variables
            .filter(|key| asked.lookup(key) == super::context::Lookup::Unknown)
            .map(str::to_owned)
            .chain(self.checks.iter().flat_map(|check| check.missing(asked)))
            .collect()
    }

    fn has_resource(&self, asked: &Asked<'_>) -> Truth {
        let Some((sense, items)) = &self.resources else {
            return Truth::True;
        };
        // Without a value "the resource will not match any resource"; an `Allow` for all others is not widened by that.
        let without_value = match (sense, self.effect) {
            (Sense::AllBut, Effect::Allow) => Truth::True,
            _ => Truth::False,
        };
        let is_named = Truth::any(items.iter().map(|item| item.matches(asked, without_value)));
        match sense {
            Sense::Only => is_named,
            Sense::AllBut => !is_named,
        }
    }
}

/// What for-all questions ask.
impl Rule {
    /// Whether its action clause covers an action, in lower case.
    pub(super) fn covers_action(&self, action: &str) -> bool {
        let (sense, patterns) = &self.actions;
        let is_named = patterns.iter().any(|pattern| pattern.matches(action));
        is_named == (*sense == Sense::Only)
    }

    /// Its resource patterns, as wide as they can be where the value of a variable is not given.
    pub(super) fn resource_globs(&self, asked: &Asked<'_>) -> Vec<Glob> {
        let items = self.resources.iter().flat_map(|(_, items)| items);
        items.filter_map(|item| item.glob(asked)).collect()
    }
}

fn actions(clause: &Clause) -> Vec<Pattern> {
    let letters = |text: &str| {
        let lower = text.to_ascii_lowercase();
        lower.chars().map(crate::policy_doc::Letter::Wild).collect::<Vec<_>>()
    };
    let items = clause.items.iter();
    items.map(|item| Pattern::text(&letters(&item.text))).collect()
}

impl Resource {
    /// Its texts, at most; none where a variable has no value.
    fn glob(&self, asked: &Asked<'_>) -> Option<Glob> {
        match self {
            Self::Fixed(pattern) => Some(pattern.glob()),
            Self::Variable(template) => match template.fill(asked) {
                Filled::Nothing => None,
                Filled::Text(letters) | Filled::Unknown(letters) => Some(Glob::arn_of(&letters)),
            },
        }
    }

    fn new(text: &str, version: Version) -> Self {
        let template = Template::parse(text, version);
        match template.fixed() {
            Some(letters) => Self::Fixed(Pattern::arn(&letters)),
            None => Self::Variable(template),
        }
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        let template = match self {
            Self::Fixed(_) => None,
            Self::Variable(template) => Some(template),
        };
        template.into_iter().flat_map(Template::keys)
    }

    fn matches(&self, asked: &Asked<'_>, without_value: Truth) -> Truth {
        let template = match self {
            Self::Fixed(pattern) => return pattern.matches(asked.resource).into(),
            Self::Variable(template) => template,
        };
        match template.fill(asked) {
            Filled::Nothing => without_value,
            Filled::Unknown(letters) if !Pattern::arn(&letters).matches(asked.resource) => Truth::False,
            Filled::Unknown(_) => Truth::Unknown,
            Filled::Text(letters) => match Pattern::arn(&letters).matches(asked.resource) {
                // AWS says that variables do not work there, not what it makes of them.
                true if template.has_early_variable() => Truth::Unknown,
                matches => matches.into(),
            },
        }
    }
}
