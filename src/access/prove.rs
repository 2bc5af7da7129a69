//! Whether expectations hold in a world.
//!
//! Invariant: an expectation holds only where nothing speaks against it; an answer that is not known speaks against it
//! unless `assume:` takes it for one that does not.

use std::collections::BTreeMap;

use crate::policy_doc::PrincipalEntry;
use crate::spec::expectation::{Assumed, Claim, Expectation, Subject, Who};

use super::ask::{Case, Extent, Question, Reply};
use super::asker::Asker;
use super::model::{Sort, World};

/// An expectation that does not hold.
#[derive(Debug, Clone)]
pub struct Broken<'e> {
    /// The expectation.
    pub expectation: &'e Expectation,
    /// Of whom it does not hold, as people call them.
    pub who: String,
    /// What they can or can't, in words: "can", "can't", "might".
    pub verb: Verb,
    /// The case that speaks against it; `None` where nobody is meant.
    pub case: Option<Case>,
    /// What is wrong, where no case shows it.
    pub because: String,
}

/// What is wrong about an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// They can, and should not be able to.
    Can,
    /// They can't, and should be able to.
    Cannot,
    /// It is not known whether they can.
    Unknown,
}

impl World {
    /// The expectations that do not hold, in their order.
    #[must_use]
    pub fn broken<'e>(&self, expectations: &'e [Expectation]) -> Vec<Broken<'e>> {
        expectations.iter().flat_map(|one| self.prove(one)).collect()
    }

    fn prove<'e>(&self, expectation: &'e Expectation) -> Vec<Broken<'e>> {
        match &expectation.claim {
            Claim::Can(who) => who.iter().filter_map(|one| self.prove_can(expectation, one)).collect(),
            Claim::Cannot(who) => who
                .iter()
                .filter_map(|one| self.prove_cannot(expectation, one))
                .collect(),
            Claim::Only(who) => self.prove_only(expectation, who),
        }
    }

    fn prove_can<'e>(&self, expectation: &'e Expectation, who: &Subject) -> Option<Broken<'e>> {
        let (name, reply) = match self.reply(expectation, who) {
            Ok(reply) => reply,
            Err(broken) => return Some(broken),
        };
        let extent = reply.extent();
        let case = reply.denied.clone().map(|case| (Verb::Cannot, case));
        let doubt = || {
            let case = reply
                .unknown
                .clone()
                .filter(|_| expectation.assume != Some(Assumed::Allowed));
            case.map(|case| (Verb::Unknown, case))
        };
        let found = case.or_else(doubt);
        match found {
            Some((verb, case)) => Some(broken(expectation, name, verb, case, extent)),
            None => idle(expectation, name, &reply),
        }
    }

    fn prove_cannot<'e>(&self, expectation: &'e Expectation, who: &Subject) -> Option<Broken<'e>> {
        let (name, reply) = match self.reply(expectation, who) {
            Ok(reply) => reply,
            Err(broken) => return Some(broken),
        };
        against_cannot(expectation, name, reply)
    }

    /// The answer for somebody, behind the roles that are assumed on the way.
    #[expect(clippy::result_large_err, reason = "what is broken is told once, and not passed on")]
    fn reply<'e>(&self, expectation: &'e Expectation, who: &Subject) -> Result<(String, Reply), Broken<'e>> {
        let nobody = |because: String| Broken {
            expectation,
            who: who.text.clone(),
            verb: Verb::Cannot,
            case: None,
            because,
        };
        let mut asker = self.asker(&who.who).map_err(|error| nobody(error.to_string()))?;
        let mut name = who.text.clone();
        let mut on_the_way = Reply::default();
        for step in &expectation.through {
            let role = self.asker(&step.who).map_err(|error| nobody(error.to_string()))?;
            let Some(arn) = role.principal().map(|principal| principal.text()) else {
                return Err(nobody(format!("{} is no role", step.text)));
            };
            let reply = self.ask(
                &asker,
                &Question {
                    actions: &["sts:AssumeRole".to_owned()],
                    resources: &[arn],
                    when: &expectation.when,
                },
            );
            on_the_way = narrowed(on_the_way, reply);
            name = format!("{name} as {}", step.text);
            asker = role;
        }
        let question = Question {
            actions: &expectation.actions,
            resources: &expectation.resources,
            when: &expectation.when,
        };
        Ok((name, narrowed(on_the_way, self.ask(&asker, &question))))
    }

    /// Nobody else: neither in the world nor through a resource's policy.
    fn prove_only<'e>(&self, expectation: &'e Expectation, only: &[Subject]) -> Vec<Broken<'e>> {
        let question = Question {
            actions: &expectation.actions,
            resources: &expectation.resources,
            when: &expectation.when,
        };
        let others = self
            .everybody()
            .into_iter()
            .filter(|(_, who)| !self.is_among(who, only));
        let asked = others.filter_map(|(name, who)| {
            let asker = self.asker(&who).ok()?;
            against_cannot(expectation, name, self.ask(&asker, &question))
        });
        let all: Vec<Broken<'e>> = asked.collect();
        match all.iter().position(|one| one.case.is_none()) {
            // What proves nothing of anybody is said once.
            Some(at) => all.into_iter().skip(at).take(1).collect(),
            None => all,
        }
    }

    fn is_among(&self, who: &Who, only: &[Subject]) -> bool {
        only.iter().any(|one| self.is_meant(who, &one.who))
    }

    /// Whether a subject means somebody; a group means its members.
    fn is_meant(&self, who: &Who, subject: &Who) -> bool {
        match (self.asker(who), self.asker(subject)) {
            (Ok(Asker::Known(one)), Ok(Asker::Known(other))) if other.sort == Sort::Member => one
                .groups
                .iter()
                .any(|group| super::model::key(group) == super::model::key(&other.arn)),
            (Ok(Asker::Known(one)), Ok(Asker::Known(other))) => one.arn == other.arn,
            // Who lets everybody in, or a whole account, lets each of them in.
            (Ok(Asker::Other(_)), Ok(Asker::Anyone)) | (Ok(Asker::Anyone), Ok(Asker::Anyone)) => true,
            (Ok(Asker::Other(one)), Ok(Asker::Other(other))) => {
                one == other
                    || (matches!(other, crate::evaluate::Principal::Root { .. }) && one.account() == other.account())
            }
            _ => false,
        }
    }

    /// Everybody of whom a question can be asked: users and roles, and whom resource policies name, with what they are
    /// called. The account's own root user is not among them: nothing in an account is closed to it.
    #[must_use]
    pub fn everybody(&self) -> Vec<(String, Who)> {
        let mut all: BTreeMap<String, Who> = BTreeMap::new();
        for principal in self.principals() {
            all.insert(principal.address.to_string(), Who::Declared(principal.address.clone()));
        }
        let documents = self.resources().filter_map(|resource| resource.text.document());
        let statements = documents.flat_map(|document| &document.statements);
        let clauses = statements.filter_map(|statement| statement.principal.as_ref());
        for entry in clauses.flat_map(crate::policy_doc::PrincipalClause::entries) {
            self.take_named(entry, &mut all);
        }
        all.insert("anyone".to_owned(), Who::Anyone);
        all.into_iter().collect()
    }

    fn take_named(&self, entry: &PrincipalEntry, all: &mut BTreeMap<String, Who>) {
        let text = &entry.name.text;
        let home = self.home.account.as_str();
        match self.named_one(text) {
            Some(Asker::Other(other)) => {
                let is_own_root = matches!(&other, crate::evaluate::Principal::Root { account, .. } if account == home);
                if !is_own_root {
                    all.insert(other.text(), Who::Named(text.clone()));
                }
            }
            Some(Asker::Known(_) | Asker::Anyone) | None => {}
        }
    }

    fn named_one(&self, text: &str) -> Option<Asker<'_>> {
        self.asker(&Who::Named(text.to_owned())).ok()
    }
}

/// Of steps that must all be taken, what is allowed by every one and what is denied by one.
fn narrowed(before: Reply, then: Reply) -> Reply {
    if before.is_idle() {
        return then;
    }
    // Who surely can't take one step takes none behind it.
    if before.allowed.is_none() && before.unknown.is_none() {
        return before;
    }
    let is_sure = before.unknown.is_none();
    let (allowed, doubtful) = match is_sure {
        true => (then.allowed, None),
        false => (None, then.allowed.and(before.unknown)),
    };
    Reply {
        allowed,
        denied: then.denied.or(before.denied),
        unknown: then.unknown.or(doubtful),
        aside: then.aside,
    }
}

/// Of nothing, everything would be true.
fn idle<'e>(expectation: &'e Expectation, who: String, reply: &Reply) -> Option<Broken<'e>> {
    let aside: Vec<&str> = reply.aside.iter().map(String::as_str).collect();
    reply.is_idle().then(|| Broken {
        expectation,
        who,
        verb: Verb::Cannot,
        case: None,
        because: aside.join("; "),
    })
}

fn against_cannot(expectation: &Expectation, name: String, reply: Reply) -> Option<Broken<'_>> {
    if let Some(idle) = idle(expectation, name.clone(), &reply) {
        return Some(idle);
    }
    let extent = reply.extent();
    let doubt = reply.unknown.filter(|_| expectation.assume != Some(Assumed::Denied));
    let sure = reply.allowed.map(|case| (Verb::Can, case));
    let (verb, case) = sure.or(doubt.map(|case| (Verb::Unknown, case)))?;
    Some(broken(expectation, name, verb, case, extent))
}

fn broken(expectation: &Expectation, who: String, verb: Verb, case: Case, extent: Extent) -> Broken<'_> {
    // What is so for all of it is told of all of it.
    let case = match (extent, expectation.through.as_slice()) {
        (Extent::All, []) => Case {
            action: expectation.actions.join(", "),
            resource: expectation.resources.join(", "),
            ..case
        },
        _ => case,
    };
    Broken {
        expectation,
        who,
        verb,
        because: case.why.because.clone(),
        case: Some(case),
    }
}
