//! How a request names a function: a name, a partial ARN or an ARN, with or without a qualifier.

use super::fault::{self, Fault};
use super::function::Function;
use crate::sandbox::{Call, World};

/// A function's name as a request gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) name: String,
    pub(super) qualifier: Option<String>,
}

impl Reference {
    /// From a path segment or a body's FunctionName, and the query's Qualifier.
    pub(super) fn read(call: &Call, text: &str) -> Result<Self, Fault> {
        let short = match text.rsplit_once("function:") {
            Some((_, short)) => short,
            None => text,
        };
        let (name, inner) = match short.split_once(':') {
            Some((name, qualifier)) => (name, Some(qualifier)),
            None => (short, None),
        };
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        const PATTERN: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";
        fault::matching("functionName", name, is_name, PATTERN)?;
        fault::at_most("functionName", name, 64)?;
        let qualifier = inner.or_else(|| call.query.get("Qualifier").filter(|text| !text.is_empty()));
        Ok(Self {
            name: name.into(),
            qualifier: qualifier.map(String::from),
        })
    }

    /// The key of the function in the account's table.
    pub(super) fn key(&self, call: &Call) -> String {
        key(&call.region, &self.name)
    }

    /// The ARN that the function has or would have, without a qualifier.
    pub(super) fn arn(&self, world: &World, call: &Call) -> String {
        format!(
            "arn:aws:lambda:{}:{}:function:{}",
            call.region, world.account, self.name
        )
    }

    /// The function itself.
    pub(super) fn find<'a>(&self, world: &'a World, call: &Call) -> Result<&'a Function, Fault> {
        let function = world.lambda.functions.get(&self.key(call));
        function.ok_or_else(|| fault::no_function(&self.arn(world, call)))
    }

    /// The function itself, to change it.
    pub(super) fn find_mut<'a>(&self, world: &'a mut World, call: &Call) -> Result<&'a mut Function, Fault> {
        let arn = self.arn(world, call);
        world
            .lambda
            .functions
            .get_mut(&self.key(call))
            .ok_or_else(|| fault::no_function(&arn))
    }
}

/// The key of a function in the account's table.
pub(super) fn key(region: &str, name: &str) -> String {
    format!("{region}/{name}")
}
