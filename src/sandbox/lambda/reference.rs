//! How a request names a function: a name, a partial ARN or an ARN, with or without a qualifier.
//!
//! Invariant: a [`Reference`] names a function of the caller's account and Region; other ones are refused here.

use http::StatusCode;

use super::fault::{self, Fault};
use super::function::Function;
use crate::sandbox::{Call, World, constraint};

/// A function's name as a request gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) name: String,
    pub(super) qualifier: Option<String>,
}

/// Which of the service model's patterns an operation holds names against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `FunctionName`: what changes a function.
    Plain,
    /// `NamespacedFunctionName`: what reads or invokes one; names may have dots.
    Namespaced,
    /// `FunctionUrlFunctionName`: qualified by an alias at most.
    Url,
}

impl Form {
    const fn longest(self) -> usize {
        match self {
            Self::Plain | Self::Url => 140,
            Self::Namespaced => 256,
        }
    }

    const fn pattern(self) -> &'static str {
        match self {
            Self::Plain => {
                r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
            }
            Self::Namespaced => {
                r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
            }
            Self::Url => {
                r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]{1,64})(:((?!\d+$)[0-9a-zA-Z-_]+))?"
            }
        }
    }
}

/// The parts of a name that the pattern lets pass.
struct Parts<'a> {
    region: Option<&'a str>,
    account: Option<&'a str>,
    name: &'a str,
    qualifier: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str, form: Form) -> Option<Self> {
        let mut parts: &[&str] = &text.split(':').collect::<Vec<_>>();
        if let ["arn", partition, "lambda", rest @ ..] = parts {
            (partition.is_empty() || partition.starts_with("aws")).then_some(())?;
            parts = rest;
        }
        let mut take = |is: fn(&str) -> bool| match parts {
            [first, rest @ ..] if !rest.is_empty() && is(first) => {
                parts = rest;
                Some(*first)
            }
            _ => None,
        };
        let region = take(is_region);
        let account = take(is_account);
        take(|text| text == "function");
        let (name, qualifier) = match parts {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some(*qualifier)),
            _ => return None,
        };
        let is_named = is_name(name) || (form == Form::Namespaced && is_dotted(name));
        let is_qualified = qualifier.is_none_or(|text| text == "$LATEST" || is_name(text));
        let is_numbered = form == Form::Url && qualifier.is_some_and(is_number);
        (is_named && is_qualified && !is_numbered).then_some(Self {
            region,
            account,
            name,
            qualifier,
        })
    }
}

/// Letters, digits, dashes and underscores, at least one.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn is_dotted(text: &str) -> bool {
    !text.is_empty() && is_name(&text.replace('.', "-"))
}

/// Digits only, at least one.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Twelve digits.
pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && is_number(text)
}

/// `us-east-1`, `us-gov-west-1` and their like.
pub(super) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [area, .., number] = parts.as_slice() else {
        return false;
    };
    let is_area = area.len() == 2 || *area == "eusc";
    is_area && parts.len() > 2 && number.len() == 1 && is_number(number)
}

impl Reference {
    /// From a path segment or a body's FunctionName, and the query's Qualifier, as most operations read it.
    pub(super) fn read(world: &World, call: &Call, text: &str) -> Result<Self, Fault> {
        Self::read_as(world, call, text, Form::Namespaced)
    }

    /// The same, held against the pattern of one group of operations.
    pub(super) fn read_as(world: &World, call: &Call, text: &str, form: Form) -> Result<Self, Fault> {
        fault::at_most("functionName", text, form.longest())?;
        let parts = Parts::read(text, form).ok_or_else(|| fault::pattern("functionName", text, form.pattern()))?;
        // The model lets longer names pass, so this one is the service's own InvalidParameterValueException.
        if parts.name.len() > 64 {
            let name = parts.name;
            let found = constraint::broken("functionName", name, "have length less than or equal to 64");
            return Err(fault::invalid(constraint::told_alone(&found)));
        }
        reachable(world, call, &parts)?;
        let asked = call.query.get("Qualifier").filter(|text| !text.is_empty());
        if let Some(asked) = asked {
            qualifier(asked, form)?;
        }
        match (parts.qualifier, asked) {
            (Some(inner), Some(asked)) if inner != asked => Err(fault::invalid(
                "The derived qualifier from the function name does not match the specified qualifier.",
            )),
            (inner, asked) => Ok(Self {
                name: parts.name.into(),
                qualifier: inner.or(asked).map(String::from),
            }),
        }
    }

    /// For operations on whole functions: a qualifier is refused.
    pub(super) fn unqualified(world: &World, call: &Call, text: &str) -> Result<Self, Fault> {
        let reference = Self::read_as(world, call, text, Form::Plain)?;
        match reference.qualifier {
            None => Ok(reference),
            Some(_) => Err(fault::invalid(
                "This operation is permitted on Lambda functions only. Aliases and versions do not support this \
                 operation. Please specify either a function name or an unqualified function ARN.",
            )),
        }
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

    /// The same with the qualifier, if there is one.
    pub(super) fn qualified_arn(&self, world: &World, call: &Call) -> String {
        let arn = self.arn(world, call);
        match &self.qualifier {
            Some(qualifier) => format!("{arn}:{qualifier}"),
            None => arn,
        }
    }

    /// The function itself.
    pub(super) fn find<'a>(&self, world: &'a World, call: &Call) -> Result<&'a Function, Fault> {
        let function = world.lambda.functions.get(&self.key(call));
        function.ok_or_else(|| fault::no_function(&self.arn(world, call)))
    }

    /// The function, where refusals name it with the qualifier that was asked for.
    pub(super) fn find_qualified<'a>(&self, world: &'a World, call: &Call) -> Result<&'a Function, Fault> {
        let function = world.lambda.functions.get(&self.key(call));
        function.ok_or_else(|| fault::no_function(&self.qualified_arn(world, call)))
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

fn reachable(world: &World, call: &Call, parts: &Parts<'_>) -> Result<(), Fault> {
    if let Some(region) = parts.region.filter(|region| *region != call.region) {
        let here = &call.region;
        return Err(fault::not_found(format!(
            "Functions from '{region}' are not reachable in this region ('{here}')"
        )));
    }
    // Functions of other accounts can't be seen from here, so nobody's policy lets the caller in.
    if let Some(account) = parts.account.filter(|account| *account != world.account) {
        let message = format!(
            "User: {} is not authorized to perform this operation on resource: arn:aws:lambda:{}:{account}:function:{} \
             because no resource-based policy allows it",
            call.caller.arn, call.region, parts.name
        );
        return Err(Fault::new(StatusCode::FORBIDDEN, "AccessDeniedException", message));
    }
    Ok(())
}

fn qualifier(text: &str, form: Form) -> Result<(), Fault> {
    if form == Form::Url {
        let is_alias = |text: &str| is_name(text) && !is_number(text);
        return fault::matching("qualifier", text, is_alias, r"((?!^\d+$)^[0-9a-zA-Z-_]+$)").map(drop);
    }
    let passes = |text: &str| is_name(&text.replace('$', "-")) || text == "$LATEST.PUBLISHED";
    fault::matching("qualifier", text, passes, r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+")?;
    fault::at_most("qualifier", text, 128).map(drop)
}

/// The key of a function in the account's table.
pub(super) fn key(region: &str, name: &str) -> String {
    format!("{region}/{name}")
}
