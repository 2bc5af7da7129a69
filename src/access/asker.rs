//! Who asks, from a name to what is known of them.
//!
//! Invariant: somebody of this account whom the world does not hold is never taken for somebody without rights.

use crate::address::Address;
use crate::evaluate;
use crate::names::Arn;
use crate::spec::expectation::Who;

use super::model::{Principal, Sort, World};

/// Somebody of whom access is asked.
#[derive(Debug, Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is made for each question, and none is kept"
)]
pub enum Asker<'w> {
    /// A user or role of the world, or a member of a group.
    Known(std::borrow::Cow<'w, Principal>),
    /// Somebody of whom the world holds nothing but what resource policies say of them.
    Other(evaluate::Principal),
    /// Everybody: unsigned requests, and identities of an account that no policy names.
    Anyone,
}

/// A name that leads to nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Nobody {
    /// Neither an address nor an ARN, an account, a service or `anyone`.
    #[error("`{0}` is nobody: name user/x, role/x, group/x, an ARN, a service such as lambda.amazonaws.com, or anyone")]
    Odd(String),
    /// An address of something that the world does not hold.
    #[error("there is no {0} here")]
    Unknown(Address),
}

impl World {
    /// Whom an expectation or a question means.
    ///
    /// # Errors
    /// If that is nobody.
    pub fn asker(&self, who: &Who) -> Result<Asker<'_>, Nobody> {
        match who {
            Who::Anyone => Ok(Asker::Anyone),
            Who::Declared(address) => {
                let known = self.called(address).ok_or_else(|| Nobody::Unknown(address.clone()))?;
                Ok(Asker::Known(std::borrow::Cow::Owned(known)))
            }
            Who::Named(text) => self.named(text),
        }
    }

    fn named(&self, text: &str) -> Result<Asker<'_>, Nobody> {
        let arn = Arn::parse(text).ok();
        let known = arn.as_ref().and_then(|arn| self.principal(&self.role_of(arn)));
        if let Some(known) = known {
            return Ok(Asker::Known(std::borrow::Cow::Borrowed(known)));
        }
        if let Some(group) = arn.as_ref().and_then(|arn| self.group(arn)) {
            return Ok(Asker::Known(std::borrow::Cow::Owned(Principal::member(group))));
        }
        match evaluate::Principal::parse(text) {
            Ok(evaluate::Principal::Anonymous) => Ok(Asker::Anyone),
            Ok(principal) => Ok(Asker::Other(principal)),
            Err(_) => Err(Nobody::Odd(text.to_owned())),
        }
    }

    /// A session stands for its role.
    fn role_of(&self, arn: &Arn) -> Arn {
        let role = arn
            .session_role_name()
            .filter(|_| arn.account().as_ref() == Some(&self.home.account));
        role.map_or_else(
            || arn.clone(),
            |role| {
                let (partition, account) = (self.home.partition, &self.home.account);
                Arn::role(partition, account, &crate::names::IamPath::default(), &role)
            },
        )
    }
}

impl Asker<'_> {
    /// Who this is to the evaluator; `None` for everybody, who is more than one.
    #[must_use]
    pub fn principal(&self) -> Option<evaluate::Principal> {
        match self {
            Self::Known(known) => known.acting(),
            Self::Other(other) => Some(other.clone()),
            Self::Anyone => None,
        }
    }
}

impl Principal {
    /// Who this is to the evaluator. A member of a group is a user whose name no policy knows.
    #[must_use]
    pub fn acting(&self) -> Option<evaluate::Principal> {
        let arn = match self.sort {
            Sort::User | Sort::Role => self.arn.to_string(),
            Sort::Member => self.arn.as_str().replacen(":group/", ":user/a-member-of-", 1),
        };
        evaluate::Principal::parse(&arn).ok()
    }
}
