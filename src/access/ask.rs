//! Questions: may somebody do all of this to all of that?
//!
//! Invariant: a question about patterns is about every text that they mean; a yes has no exception, a no has an example.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::forall::Example;
use crate::evaluate::{Answer, Context, Decision, Named, Principal as Acting};
use crate::names::Arn;
use crate::policy_doc::{Document, Glob};
use crate::spec::source::{Place, Span};

use super::asker::Asker;
use super::every::{Asking, Every, every};
use super::layers::{Held, May, Piece, anything, set_tags};
use super::model::{Part, Resource, World};
use super::nearest::nearest;
use super::reach::Reach;

/// What is asked of somebody.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Actions, wildcards included.
    pub actions: &'a [String],
    /// ARNs, wildcards included, or `*`.
    pub resources: &'a [String],
    /// Condition keys in lower case with the values of the request; without values, it does not have the key.
    pub when: &'a BTreeMap<String, Vec<String>>,
}

/// One case of a question with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Who asked, as the evaluator knows it.
    pub who: String,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// The decision.
    pub decision: Decision,
    /// Why.
    pub why: Why,
}

/// What decided a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Why {
    /// One sentence without its period.
    pub because: String,
    /// The layer, in the evaluator's words.
    pub layer: Option<&'static str>,
    /// The policy.
    pub policy: Option<String>,
    /// The statement's name.
    pub sid: Option<String>,
    /// The statement.
    pub span: Option<Span>,
    /// Where the statement stands; or else the policy is attached.
    pub place: Option<Place>,
    /// What comes nearest to allowing it, where nothing does.
    pub nearest: Option<Nearest>,
    /// The condition keys that an unknown answer depends on.
    pub missing: Vec<String>,
}

/// The statement that comes nearest to allowing something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// The policy.
    pub policy: String,
    /// The statement's name.
    pub sid: Option<String>,
    /// The statement.
    pub span: Option<Span>,
    /// Where it stands.
    pub place: Option<Place>,
    /// What it lacks.
    pub lacks: String,
}

/// The answer to a question: an example of each outcome that there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// What is allowed.
    pub allowed: Option<Case>,
    /// What is denied.
    pub denied: Option<Case>,
    /// What depends on what is not known.
    pub unknown: Option<Case>,
    /// What of the question could not be asked, and why: actions that don't work on such resources.
    pub aside: BTreeSet<String>,
}

/// A reply in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Yes.
    Yes,
    /// No.
    No,
    /// It depends on what is not known.
    Unknown,
}

/// How much of a question has one outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    All,
    /// A part of it.
    Part,
}

impl Verdict {
    /// As it is written in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

impl Reply {
    /// Whether all of it is allowed.
    #[must_use]
    pub const fn all(&self) -> Verdict {
        match (&self.denied, &self.unknown) {
            (Some(_), _) => Verdict::No,
            (None, Some(_)) => Verdict::Unknown,
            (None, None) if self.allowed.is_none() => Verdict::No,
            (None, None) => Verdict::Yes,
        }
    }

    /// Whether any of it is allowed.
    #[must_use]
    pub const fn any(&self) -> Verdict {
        match (&self.allowed, &self.unknown) {
            (Some(_), _) => Verdict::Yes,
            (None, Some(_)) => Verdict::Unknown,
            (None, None) => Verdict::No,
        }
    }

    /// Whether there was nothing to ask.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        self.allowed.is_none() && self.denied.is_none() && self.unknown.is_none()
    }

    /// Whether the outcome is the same for all of it.
    #[must_use]
    pub const fn extent(&self) -> Extent {
        let outcomes = [self.allowed.is_some(), self.denied.is_some(), self.unknown.is_some()];
        match outcomes {
            [true, false, false] | [false, true, false] | [false, false, true] => Extent::All,
            _ => Extent::Part,
        }
    }

    /// The first example of each outcome is kept.
    pub fn take_in(&mut self, case: Case) {
        let slot = match case.decision {
            Decision::Allowed => &mut self.allowed,
            Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => &mut self.denied,
            Decision::Unknown => &mut self.unknown,
        };
        // What nothing allows is mostly the rule, what a statement denies the exception from it; a place tells more
        // than none.
        let rank = |case: &Case| (case.decision == Decision::ImplicitlyDenied, case.why.place.is_some());
        let is_better = slot.as_ref().is_none_or(|known| rank(known) < rank(&case));
        if is_better {
            *slot = Some(case);
        }
    }
}

/// A part of the resources that a question means, with the policy that governs it.
struct Region<'w> {
    pattern: String,
    resource: Option<&'w Resource>,
}

impl World {
    /// Answers a question.
    #[must_use]
    pub fn ask(&self, asker: &Asker<'_>, question: &Question<'_>) -> Reply {
        let mut reply = Reply::default();
        for pattern in question.resources {
            for region in self.regions(pattern, question.actions) {
                self.ask_of_region(asker, question, &region, &mut reply);
            }
        }
        reply
    }

    /// The regions of a pattern: one for each resource with a policy of its own, and the rest.
    fn regions(&self, pattern: &str, actions: &[String]) -> Vec<Region<'_>> {
        let mut regions = Vec::new();
        let mut is_all = false;
        for resource in self.resources().filter(|resource| concerns(&resource.arn, actions)) {
            let reach = Reach::of(pattern, &resource.arn);
            is_all |= reach.is_all;
            regions.extend(reach.inside.into_iter().map(|pattern| Region {
                pattern,
                resource: Some(resource),
            }));
        }
        if !is_all {
            regions.push(Region {
                pattern: pattern.to_owned(),
                resource: None,
            });
        }
        regions
    }

    fn ask_of_region(&self, asker: &Asker<'_>, question: &Question<'_>, region: &Region<'_>, reply: &mut Reply) {
        match asker {
            Asker::Anyone => {
                for one in [Asker::Other(Acting::Anonymous), Asker::Other(self.stranger.clone())] {
                    self.ask_of_region(&one, question, region, reply);
                }
            }
            Asker::Known(known) => {
                let Some(acting) = known.acting() else { return };
                let mut held = self.layers(known, None);
                held.take_resource(region.resource);
                let mut context = context(question);
                if let Some(tags) = &known.tags {
                    set_tags(&mut context, &held, "aws:principaltag/", tags);
                }
                self.decide(&acting, question, region, held, context, reply);
            }
            Asker::Other(acting) => {
                let held = self.held_of_other(acting, region);
                self.decide(acting, question, region, held, context(question), reply);
            }
        }
    }

    /// What is known of somebody whom the world does not hold.
    fn held_of_other<'w>(&'w self, acting: &Acting, region: &Region<'w>) -> Held<'w> {
        let mut held = Held::outside(region.resource);
        let why = "what it holds is not known here";
        match acting {
            Acting::Service { .. } | Acting::Anonymous | Acting::Federated { .. } => {}
            // Everybody can give themselves everything in an account of their own.
            stranger if *stranger == self.stranger => held.layers.identity.push(anything()),
            other if other.account() == Some(self.home.account.as_str()) && matches!(other, Acting::Root { .. }) => {
                held.layers.identity.push(anything());
            }
            other => held.gap(
                Part::Identity,
                format!("the policies of {}", other.text()),
                why,
                May::AllowOrDeny,
            ),
        }
        held
    }

    fn decide<'w>(
        &'w self,
        acting: &Acting,
        question: &Question<'_>,
        region: &Region<'_>,
        mut held: Held<'w>,
        mut context: Context,
        reply: &mut Reply,
    ) {
        let arn = Arn::parse(&region.pattern).ok();
        if let Some(tags) = arn.as_ref().and_then(|arn| self.tags_of(arn)) {
            let service = arn.as_ref().map_or("", Arn::service);
            set_tags(&mut context, &held, "aws:resourcetag/", tags);
            set_tags(&mut context, &held, &format!("{service}:resourcetag/"), tags);
        }
        if let Some(why) = self.unheld(&region.pattern, region.resource, question.actions) {
            held.gap(
                Part::Resource,
                "the resource's policy".to_owned(),
                &why,
                May::AllowOrDeny,
            );
        } else if region.resource.is_none() && needs_resource_side(question.actions) {
            held.layers.resource = Some(Named {
                name: "AWS's default key policy".to_owned(),
                document: &self.delegation,
            });
        }
        let asking = Asking {
            principal: acting.clone(),
            actions: question.actions.to_vec(),
            resource: region.pattern.clone(),
            account: self.home.account.to_string(),
            context,
        };
        for case in self.cases(&asking, &held, reply) {
            let case = self.shut(acting, region, case);
            reply.take_in(case);
        }
    }

    /// The outcomes with an example of each.
    fn cases(&self, asking: &Asking, held: &Held<'_>, reply: &mut Reply) -> Vec<Case> {
        let told = |example: Example| self.told(asking, held, example);
        let Every { cases, aside } = every(asking, &held.layers);
        reply.aside.extend(aside);
        let certain: Vec<Case> = cases.into_iter().map(told).collect();
        let is_denied = |case: &Case| !matches!(case.decision, Decision::Allowed | Decision::Unknown);
        let Some(at_best) = held.at_best().filter(|_| certain.iter().any(is_denied)) else {
            return certain;
        };
        let best: Vec<Case> = every(asking, &at_best).cases.into_iter().map(told).collect();
        let gap = held
            .gaps
            .iter()
            .find(|gap| gap.may == May::Allow)
            .map(ToString::to_string);
        let open = best
            .iter()
            .filter(|case| case.decision == Decision::Allowed)
            .map(|case| Case {
                decision: Decision::Unknown,
                why: Why {
                    because: gap.clone().unwrap_or_default(),
                    ..Why::default()
                },
                ..case.clone()
            });
        let allowed = certain.iter().filter(|case| !is_denied(case)).cloned();
        let denied = best.iter().filter(|case| case.decision != Decision::Allowed).cloned();
        allowed.chain(open).chain(denied).collect()
    }

    /// Why a resource that the world does not hold must have a policy that decides, if it must.
    fn unheld(&self, pattern: &str, resource: Option<&Resource>, actions: &[String]) -> Option<String> {
        if resource.is_some() {
            return None;
        }
        let account = pattern.split(':').nth(4).filter(|account| account.len() == 12);
        if let Some(account) = account
            && account != self.home.account.as_str()
            && account.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Some(format!("it is in account {account}, which is not read"));
        }
        // Of everything, what no one declares is left out; a role that the question names is there.
        let is_named = !pattern.contains(['*', '?']);
        let assumes =
            |action: &String| is_of_sts(action) && Glob::action(action).meets(&Glob::action("sts:AssumeRole*"));
        (is_named && actions.iter().any(assumes))
            .then(|| "the trust policy of a role that is not declared here is not known".to_owned())
    }

    /// A block on public policies leaves nobody from outside in, whatever the policy says.
    fn shut(&self, acting: &Acting, region: &Region<'_>, case: Case) -> Case {
        let is_outside =
            acting.account() != Some(self.home.account.as_str()) && !matches!(acting, Acting::Service { .. });
        let Some(why) = region.resource.and_then(|resource| resource.shut.as_deref()) else {
            return case;
        };
        if !is_outside || !matches!(case.decision, Decision::Allowed | Decision::Unknown) {
            return case;
        }
        Case {
            decision: Decision::ImplicitlyDenied,
            why: Why {
                because: why.to_owned(),
                ..case.why
            },
            ..case
        }
    }

    fn told(&self, asking: &Asking, held: &Held<'_>, example: Example) -> Case {
        let Example {
            action,
            resource,
            answer,
        } = example;
        let Answer {
            decision,
            layer,
            policy,
            statement,
            because,
            missing,
        } = answer;
        let nearest = match (decision, &statement) {
            (Decision::ImplicitlyDenied, _) => self.nearest(held, &action, &resource),
            _ => None,
        };
        let attached = held.known.iter().filter_map(|piece| piece.attached);
        let attached = attached.into_iter().find(|one| policy.as_ref() == Some(&one.title()));
        let span = statement.as_ref().and_then(|statement| statement.at.0);
        let place = span.map(|span| self.sources.place(span));
        let unread = || {
            held.gaps
                .iter()
                .find(|gap| layer.is_none_or(|layer| gap.part.layer() == layer))
        };
        let because = match decision {
            Decision::Unknown if missing.is_empty() => unread().map_or(because, ToString::to_string),
            _ => because,
        };
        Case {
            who: asking.principal.text(),
            action,
            resource,
            decision,
            why: Why {
                because,
                layer: layer.map(crate::evaluate::Layer::as_str),
                sid: statement.and_then(|statement| statement.sid),
                span,
                place: place.or_else(|| attached.and_then(|one| one.place.clone())),
                policy,
                nearest,
                missing,
            },
        }
    }

    fn nearest(&self, held: &Held<'_>, action: &str, resource: &str) -> Option<Nearest> {
        let near = nearest(held.statements(), action, resource)?;
        let Piece { part, attached, .. } = near.of;
        if part == Part::Boundary {
            return None;
        }
        let at = near.statement.at;
        let policy = attached.map_or_else(|| "the resource's policy".to_owned(), super::model::Attached::title);
        Some(Nearest {
            policy,
            sid: near.statement.sid.as_ref().map(|sid| sid.text.clone()),
            span: at.0,
            place: self.place(at).or_else(|| attached.and_then(|one| one.place.clone())),
            lacks: near.lacks(action, resource),
        })
    }
}

/// Whether one of some actions may work on a resource: the actions on a role are those of IAM and STS.
fn concerns(resource: &Arn, actions: &[String]) -> bool {
    let services: &[&str] = match resource.service() {
        "iam" => &["iam", "sts"],
        other => &[other],
    };
    let service = |action: &String| action.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let is_of = |pattern: String| {
        services
            .iter()
            .any(|service| crate::policy_doc::matches(&pattern, service))
    };
    actions.iter().map(service).any(is_of)
}

/// Whether AWS asks the key's own policy even in one account; a question about all actions means roles, too.
fn needs_resource_side(actions: &[String]) -> bool {
    let keys = Glob::action("kms:*");
    let meets = |action: &String| !is_of_sts(action) && Glob::action(action).meets(&keys);
    actions.iter().any(meets)
}

fn is_of_sts(action: &str) -> bool {
    action.to_ascii_lowercase().starts_with("sts:")
}

fn context(question: &Question<'_>) -> Context {
    let mut context = Context::incomplete();
    for (key, values) in question.when {
        context.set(key, values.iter().cloned());
    }
    context
}

/// An identity of an account that no policy of a world names.
pub(super) fn stranger(world: &World) -> Acting {
    let documents = world.resources().filter_map(|resource| resource.text.document());
    let named: Vec<&str> = documents
        .flat_map(Document::principals)
        .map(|word| word.text.as_str())
        .collect();
    let home = world.home.account.as_str();
    let is_free = |id: &String| id != home && !named.iter().any(|name| name.contains(id.as_str()));
    let ids = (0..1_000u64).map(|at| format!("{:012}", 987_654_321_098 - at));
    let account = ids
        .into_iter()
        .find(is_free)
        .unwrap_or_else(|| "987654321098".to_owned());
    let arn = format!("arn:{}:iam::{account}:user/anyone", world.home.partition);
    Acting::parse(&arn).unwrap_or(Acting::Anonymous)
}
