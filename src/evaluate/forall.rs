//! Questions about every action of some patterns on every resource of a pattern.
//!
//! Invariant: nothing is sampled. The resource patterns of all statements that could matter cut the question's resources
//! into cells that no statement tells apart; one witness of each cell is asked, for one action of each group that no
//! statement tells apart. Where that would be too much, the outcome says so and is no answer.

mod targets;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::answer::{Answer, Decision};
use super::context::{Asked, Context, Request};
use super::layers::Prepared;
use super::principal::Principal;
use crate::catalogue::{self, Action, ActionSet};
use crate::policy_doc::{Glob, cells};

use targets::{Scope, Target};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Who would do it.
    pub principal: Principal,
    /// `service:Name`, with wildcards.
    pub actions: Vec<String>,
    /// An ARN with wildcards, or `*` for everything in the account.
    pub resource: String,
    /// Who owns the resources whose ARN does not say so.
    pub account: String,
    /// What is known of the requests.
    pub context: Context,
}

/// One request of a question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The action, in AWS's spelling where the catalogue has it.
    pub action: String,
    /// A resource for which it is answered so.
    pub resource: String,
    /// The answer.
    pub answer: Answer,
}

/// What the requests of a question are answered: an example of each decision that occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    examples: BTreeMap<Decision, Example>,
}

/// The outcome of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every request of it is answered.
    Answered(Answers),
    /// No request is possible: the reason as a sentence fragment.
    Pointless(String),
    /// It can't be decided: the reason as a sentence fragment.
    Undecided(String),
}

impl Answers {
    /// Whether every request is allowed.
    #[must_use]
    pub fn all_allowed(&self) -> bool {
        self.examples.keys().all(|decision| *decision == Decision::Allowed) && !self.examples.is_empty()
    }

    /// Whether no request is allowed, nor perhaps.
    #[must_use]
    pub fn none_allowed(&self) -> bool {
        let may = [Decision::Allowed, Decision::Unknown];
        !may.iter().any(|decision| self.examples.contains_key(decision))
    }

    /// A request that is answered so.
    #[must_use]
    pub fn example(&self, decision: Decision) -> Option<&Example> {
        self.examples.get(&decision)
    }

    /// One example of each decision that occurs.
    pub fn examples(&self) -> impl Iterator<Item = &Example> {
        self.examples.values()
    }
}

/// How many states the cells of one question may have; a file's patterns need some thousands at most.
const LIMIT: usize = 60_000;

impl Prepared {
    /// Decides a question for all of its requests.
    #[must_use]
    pub fn decide_all(&self, question: &Question) -> Outcome {
        let actions = match named(&question.actions) {
            Ok(actions) => actions,
            Err(why) => return Outcome::Pointless(why),
        };
        let mut asking = Asking::new(self, question);
        let mut answers = Answers::default();
        let mut idle = Vec::new();
        for group in self.groups(actions) {
            match asking.ask(&group, &mut answers) {
                Ok(true) => {}
                Ok(false) => idle.push(group.name),
                Err(why) => return Outcome::Undecided(why),
            }
        }
        if answers.examples.is_empty() {
            return Outcome::Pointless(format!("{} on {}", does_not_work(&idle), question.resource));
        }
        Outcome::Answered(answers)
    }

    /// Groups of actions that no statement tells apart, in a stable order.
    fn groups(&self, actions: Vec<Named>) -> Vec<Group> {
        let mut groups = BTreeMap::new();
        for Named { name, known } in actions {
            let covered = self.covers_action(&name.to_ascii_lowercase());
            let forms = known.map(targets::forms).unwrap_or_default();
            let key = (super::rules::kept_apart(&name), covered, forms.clone(), known.is_some());
            groups.entry(key).or_insert(Group {
                name,
                forms,
                is_known: known.is_some(),
            });
        }
        groups.into_values().collect()
    }
}

/// A question on its way through the groups of its actions.
struct Asking<'a> {
    prepared: &'a Prepared,
    question: &'a Question,
    universe: Glob,
    scope: Scope,
    /// The sets of patterns that cut, each once.
    cutting: Vec<BTreeSet<Glob>>,
    /// Witnesses of a form cut by a set.
    witnesses: HashMap<(&'static str, usize), Vec<String>>,
}

impl<'a> Asking<'a> {
    fn new(prepared: &'a Prepared, question: &'a Question) -> Self {
        Self {
            prepared,
            question,
            universe: Glob::arn(&question.resource),
            scope: Scope::of(question),
            cutting: Vec::new(),
            witnesses: HashMap::new(),
        }
    }

    /// Asks one action of a group on a witness of each cell; whether there was any request to ask.
    fn ask(&mut self, group: &Group, answers: &mut Answers) -> Result<bool, String> {
        let witnesses = self.witnesses(group)?;
        for resource in &witnesses {
            let request = request(self.question, &group.name, resource);
            let decision = self.prepared.decision(&request);
            answers.examples.entry(decision).or_insert_with(|| Example {
                action: group.name.clone(),
                resource: resource.clone(),
                answer: self.prepared.decide(&request),
            });
        }
        Ok(!witnesses.is_empty())
    }

    /// One resource of each cell on which the action can work.
    fn witnesses(&mut self, group: &Group) -> Result<BTreeSet<String>, String> {
        if group.forms.is_empty() && group.is_known {
            // Such actions are always asked about `*`.
            return Ok(self
                .universe
                .is_everything()
                .then(|| "*".to_owned())
                .into_iter()
                .collect());
        }
        let probe = request(self.question, &group.name, &self.question.resource);
        let told = self.prepared.resource_globs(&Asked::new(&probe));
        if group.forms.is_empty() {
            let told: Vec<Glob> = told.into_iter().collect();
            let found = cells(&self.universe, &told, LIMIT).map_err(|error| error.to_string())?;
            return Ok(found.into_iter().map(|cell| cell.witness).collect());
        }
        let set = self.numbered(told);
        let mut all = BTreeSet::new();
        for form in &group.forms {
            if !self.witnesses.contains_key(&(form, set)) {
                let found = self.of_form(form, set)?;
                self.witnesses.insert((form, set), found);
            }
            all.extend(self.witnesses.get(&(*form, set)).into_iter().flatten().cloned());
        }
        Ok(all)
    }

    fn numbered(&mut self, told: BTreeSet<Glob>) -> usize {
        self.cutting.iter().position(|known| *known == told).unwrap_or_else(|| {
            self.cutting.push(told);
            self.cutting.len() - 1
        })
    }

    /// Each form by itself: together the forms of a service would be told apart for nothing.
    fn of_form(&self, form: &str, set: usize) -> Result<Vec<String>, String> {
        let target = Target::new(form, &self.scope);
        if self.universe.is_literal() {
            let resource = &self.question.resource;
            return Ok(target.holds(resource).then(|| resource.clone()).into_iter().collect());
        }
        let mut patterns = vec![self.universe.clone()];
        patterns.extend(target.is_not().cloned());
        patterns.extend(self.cutting.get(set).into_iter().flatten().cloned());
        let found = cells(target.is(), &patterns, LIMIT).map_err(|error| error.to_string())?;
        let asked = found.into_iter().filter(|cell| cell.members.first() == Some(&true));
        Ok(asked
            .map(|cell| cell.witness)
            .filter(|witness| target.holds(witness))
            .collect())
    }
}

/// Actions that are answered alike.
struct Group {
    /// One of them.
    name: String,
    /// The forms of the resources that they work on.
    forms: Vec<&'static str>,
    /// Whether the catalogue has them.
    is_known: bool,
}

/// An action that a pattern means.
struct Named {
    name: String,
    known: Option<&'static Action>,
}

/// The actions of the patterns; a plain name that the catalogue lacks is taken at its word.
fn named(patterns: &[String]) -> Result<Vec<Named>, String> {
    let mut set = ActionSet::none();
    let mut unknown = Vec::new();
    for pattern in patterns {
        let found = ActionSet::of_pattern(pattern);
        match (found.is_empty(), pattern.contains(['*', '?'])) {
            (false, _) => set = set.union(&found),
            (true, true) => return Err(format!("`{pattern}` matches no action")),
            (true, false) => unknown.push(Named {
                name: pattern.clone(),
                known: None,
            }),
        }
    }
    let known = set.iter().map(|action| Named {
        name: action.full_name(),
        known: Some(action),
    });
    Ok(known.chain(unknown).collect())
}

fn request(question: &Question, action: &str, resource: &str) -> Request {
    Request {
        principal: question.principal.clone(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: targets::literal_account(resource)
            .is_none()
            .then(|| question.account.clone()),
        context: question.context.clone(),
    }
}

/// "s3:ListBucket works on arn:aws:s3:::BUCKET, not".
fn does_not_work(idle: &[String]) -> String {
    match idle {
        [] => "no action was named".to_owned(),
        [one] => {
            let kinds = catalogue::action(one).map(targets::shown).unwrap_or_default();
            match kinds.is_empty() {
                true => format!("{one} works on `*` alone, not"),
                false => format!("{one} works on {}, not", kinds.join(" or ")),
            }
        }
        many => format!("none of {} works", many.join(", ")),
    }
}
