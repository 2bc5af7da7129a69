//! The sentences.
//!
//! Invariant: a sentence names what decided and nothing that did not; lower case, without its period.

use super::grants::Reach;
use super::votes::Say;
use super::{Fixed, Scene, is_root};
use crate::evaluate::answer::{Answer, Decision};
use crate::evaluate::layers::Layer;
use crate::evaluate::truth::Truth;

pub(super) fn fixed(fixed: &Fixed) -> Answer {
    let (decision, because) = match fixed {
        Fixed::Allowed(because) => (Decision::Allowed, because),
        Fixed::Denied(because) => (Decision::ImplicitlyDenied, because),
    };
    Answer {
        decision,
        layer: None,
        policy: None,
        statement: None,
        because: (*because).to_owned(),
        missing: Vec::new(),
    }
}

impl Scene<'_> {
    pub(super) fn answer(&self) -> Answer {
        match self.decision() {
            Decision::ExplicitlyDenied => self.denied(),
            Decision::Allowed => self.allowed(),
            Decision::ImplicitlyDenied => self.not_allowed(),
            Decision::Unknown => self.unknown(),
        }
    }

    fn by(&self, decision: Decision, say: Say<'_>, because: String) -> Answer {
        let statement = say.by.and_then(|(ready, index)| ready.compiled.statement(index?));
        Answer {
            decision,
            layer: Some(say.layer),
            policy: say.by.map(|(ready, _)| ready.name.clone()),
            statement,
            because,
            missing: Vec::new(),
        }
    }

    fn denied(&self) -> Answer {
        match self.votes.denying() {
            Some(say) => self.by(
                Decision::ExplicitlyDenied,
                say,
                format!("{} denies it", self.policy(say)),
            ),
            None => self.not_allowed(),
        }
    }

    fn allowed(&self) -> Answer {
        let Some(way) = self.grants.way(Truth::True) else {
            return self.not_allowed();
        };
        let also = match self.grants.reach {
            Reach::BothAccounts => ", and so does the resource's policy in the other account",
            Reach::ResourceFirst if way.by.layer == Layer::Identity => ", to which the resource's policy leaves it",
            Reach::ResourceAlone | Reach::EitherSide | Reach::ResourceFirst => "",
        };
        let because = match way.by.by {
            None if is_root(&self.asked.request.principal) => {
                format!("the root user may do everything in its account{also}")
            }
            _ => format!("{} allows it{also}", self.policy(way.by)),
        };
        self.by(Decision::Allowed, way.by, because)
    }

    fn not_allowed(&self) -> Answer {
        let (say, because) = self.obstacle();
        // What does not allow has no statement to show.
        let say = Say {
            by: say.by.map(|(ready, _)| (ready, None)),
            ..say
        };
        self.by(Decision::ImplicitlyDenied, say, because)
    }

    /// The first thing that has to allow and does not.
    fn obstacle(&self) -> (Say<'_>, String) {
        let is_closed = |say: &&Say<'_>| say.truth == Truth::False;
        let nameless = |layer| Say {
            layer,
            truth: Truth::False,
            by: None,
        };
        if let Some(level) = self.votes.scps.iter().position(|say| say.truth == Truth::False) {
            let because = format!("no service control policy of level {} allows it", level + 1);
            return (nameless(Layer::Scp), because);
        }
        if let Some(say) = self.votes.endpoints.iter().find(is_closed) {
            return (*say, format!("{} does not allow it", self.policy(*say)));
        }
        let is_granted = self.votes.resource.any() > Truth::False;
        let no_resource = || match self.votes.has_resource_policy {
            true => "the resource's policy does not allow it to this principal",
            false => "the resource has no policy that allows it to this principal",
        };
        let why = match self.grants.reach {
            Reach::ResourceAlone => Some(no_resource().to_owned()),
            Reach::BothAccounts if !is_granted => {
                Some(format!("the resource belongs to another account: {}", no_resource()))
            }
            Reach::ResourceFirst if !is_granted => Some(format!("its own policy must allow it: {}", no_resource())),
            Reach::BothAccounts | Reach::ResourceFirst | Reach::EitherSide => None,
        };
        match why {
            Some(why) => (nameless(Layer::Resource), why),
            None => self.own_obstacle(),
        }
    }

    fn own_obstacle(&self) -> (Say<'_>, String) {
        let nameless = |layer| Say {
            layer,
            truth: Truth::False,
            by: None,
        };
        let votes = &self.votes;
        let is_limited_grant = votes.resource.limited > Truth::False;
        if votes.identity.truth == Truth::False && !is_limited_grant {
            let other = match self.grants.reach {
                Reach::EitherSide if votes.has_resource_policy => ", nor does the resource's policy",
                Reach::BothAccounts => ", which access to another account needs as well",
                Reach::ResourceFirst => ", to which the resource's policy leaves it",
                Reach::EitherSide | Reach::ResourceAlone => "",
            };
            return (
                nameless(Layer::Identity),
                format!("no identity policy allows it{other}"),
            );
        }
        if votes.boundary.truth == Truth::False {
            return (
                nameless(Layer::Boundary),
                "the permissions boundary does not allow it".to_owned(),
            );
        }
        if votes.session.truth == Truth::False {
            return (nameless(Layer::Session), "no session policy allows it".to_owned());
        }
        (nameless(Layer::Identity), "no policy allows it".to_owned())
    }

    fn unknown(&self) -> Answer {
        let doubts = self.doubts();
        let mut missing: Vec<String> = doubts.iter().flat_map(|say| self.missing(*say)).collect();
        missing.sort();
        missing.dedup();
        let Some(first) = doubts.first().copied() else {
            return self.not_allowed();
        };
        let on = match missing.as_slice() {
            [] => String::new(),
            keys => format!(" on {}, which is not given", listed(keys)),
        };
        let because = match first.by {
            Some(_) => format!("{} depends{}", self.policy(first), or_else(on, " on what is not given")),
            None => format!("it is not known what {} says", first.layer.a_policy()),
        };
        let mut answer = self.by(Decision::Unknown, first, because);
        answer.missing = missing;
        answer
    }

    /// Everything that is unknown and has a say, denies first.
    fn doubts(&self) -> Vec<Say<'_>> {
        let votes = &self.votes;
        let own = [votes.identity, votes.boundary, votes.session];
        let all = votes.denies.iter().chain(&votes.scps).chain(&votes.endpoints);
        let all = all.copied().chain(own).chain(votes.granting);
        all.filter(|say| say.truth == Truth::Unknown).collect()
    }

    fn missing(&self, say: Say<'_>) -> Vec<String> {
        match say.by {
            Some((ready, Some(index))) => ready.compiled.missing(index, self.asked),
            _ => Vec::new(),
        }
    }

    /// "`Sid` of the identity policy `name`".
    fn policy(&self, say: Say<'_>) -> String {
        let Some((ready, index)) = say.by else {
            return say.layer.a_policy().to_owned();
        };
        let statement = index.and_then(|index| ready.compiled.statement(index));
        let layer = say.layer.a_policy();
        let layer = layer.split_once(' ').map_or(layer, |(_, rest)| rest);
        match statement {
            None => format!("the {layer} `{}`", ready.name),
            Some(statement) => match statement.sid {
                Some(sid) => format!("statement `{sid}` of the {layer} `{}`", ready.name),
                None => format!("statement {} of the {layer} `{}`", statement.index + 1, ready.name),
            },
        }
    }
}

fn or_else(text: String, other: &str) -> String {
    match text.is_empty() {
        true => other.to_owned(),
        false => text,
    }
}

fn listed(keys: &[String]) -> String {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    quoted.join(", ")
}
