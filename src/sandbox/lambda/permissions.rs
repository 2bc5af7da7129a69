//! The resource policy of a function: statements as AddPermission states them and GetPolicy renders them.
//!
//! Statements are never altered, only added and removed, for Lambda has no other way.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::fault::{self, Fault};
use crate::sandbox::members::Fields;

const MAX_POLICY_BYTES: usize = 20 * 1024;

/// The statements of one function or version, in the order in which they came.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Policy {
    statements: Vec<Value>,
}

impl Policy {
    /// Adds a statement under an id that isn't taken.
    pub(super) fn add(&mut self, id: &str, statement: Value) -> Result<(), Fault> {
        // Even an equal statement is refused (ResourceConflictException).
        if self.position(id).is_some() {
            return Err(fault::conflict(format!(
                "The statement id ({id}) provided already exists. Please provide a new statement id, or remove the \
                 existing statement."
            )));
        }
        self.statements.push(statement);
        let size = self.document(|_| None).len();
        if size > MAX_POLICY_BYTES {
            let message = format!("The final policy size ({size}) is bigger than the limit ({MAX_POLICY_BYTES}).");
            return Err(Fault::new(
                http::StatusCode::BAD_REQUEST,
                "PolicyLengthExceededException",
                message,
            ));
        }
        Ok(())
    }

    /// Removes a statement.
    pub(super) fn remove(&mut self, id: &str) -> Result<(), Fault> {
        if self.is_empty() {
            return Err(no_policy());
        }
        let Some(at) = self.position(id) else {
            return Err(fault::not_found(format!(
                "Statement {id} is not found in resource policy."
            )));
        };
        self.statements.remove(at);
        Ok(())
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.statements.iter().position(|statement| statement["Sid"] == id)
    }

    /// Whether the last statement is gone; GetPolicy is a 404 again then.
    pub(super) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Whether a statement lets this service in.
    pub(super) fn admits(&self, service: &str) -> bool {
        self.statements.iter().any(|statement| {
            let principal = statement.get("Principal").unwrap_or(&Value::Null);
            principal == "*" || principal.get("Service").is_some_and(|name| name == service)
        })
    }

    /// The policy text of GetPolicy; `arn` tells the ARN of a live principal from its unique id.
    pub(super) fn document(&self, arn: impl Fn(&str) -> Option<String>) -> String {
        let statements: Vec<Value> = self.statements.iter().map(|statement| shown(statement, &arn)).collect();
        json!({ "Version": "2012-10-17", "Id": "default", "Statement": statements }).to_string()
    }
}

/// A statement with the ARN of its principal in the place of the id under which it is kept.
pub(super) fn shown(statement: &Value, arn: impl Fn(&str) -> Option<String>) -> Value {
    let mut shown = statement.clone();
    if let Some(principal) = shown.pointer_mut("/Principal/AWS")
        && let Some(arn) = principal.as_str().and_then(arn)
    {
        *principal = json!(arn);
    }
    shown
}

/// Whom a permission is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Principal {
    Anyone,
    Service(String),
    /// An account's twelve digits.
    Account(String),
    /// A user or role. It has to exist, and is kept by its unique id as in any other policy.
    Identity(String),
}

impl Principal {
    /// Tells the forms apart by their looks.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Anyone);
        }
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Some(Self::Account(text.into()));
        }
        if text.starts_with("arn:") {
            return Some(match text.split(':').collect::<Vec<_>>().as_slice() {
                [_, _, "iam", "", account, "root"] => Self::Account((*account).into()),
                _ => Self::Identity(text.into()),
            });
        }
        let is_service =
            text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") || text.ends_with(".amazon.com");
        is_service.then(|| Self::Service(text.into()))
    }

    fn render(&self, partition: &str) -> Value {
        match self {
            Self::Anyone => json!("*"),
            Self::Service(name) => json!({ "Service": name }),
            Self::Account(id) => json!({ "AWS": format!("arn:{partition}:iam::{id}:root") }),
            Self::Identity(id) => json!({ "AWS": id }),
        }
    }
}

/// A statement as GetPolicy shows it: `AWS:` in upper case, a source ARN always under `ArnLike`.
pub(super) fn statement(id: &str, resource: &str, principal: &Principal, fields: &Fields<'_>) -> Result<Value, Fault> {
    let action = fields.text("Action")?.unwrap_or_default();
    if action != "lambda:InvokeFunctionUrl" && fields.text("FunctionUrlAuthType")?.is_some() {
        return Err(fault::invalid(
            "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action",
        ));
    }
    let partition = resource.split(':').nth(1).unwrap_or("aws");
    let mut shown = json!({
        "Sid": id,
        "Effect": "Allow",
        "Principal": principal.render(partition),
        "Action": action,
        "Resource": resource,
    });
    let conditions = conditions(fields)?;
    if let (false, Some(shown)) = (conditions.is_empty(), shown.as_object_mut()) {
        shown.insert("Condition".into(), Value::Object(conditions));
    }
    Ok(shown)
}

fn conditions(fields: &Fields<'_>) -> Result<Map<String, Value>, Fault> {
    const EQUALS: [(&str, &str); 4] = [
        ("SourceAccount", "AWS:SourceAccount"),
        ("PrincipalOrgID", "aws:PrincipalOrgID"),
        ("EventSourceToken", "lambda:EventSourceToken"),
        ("FunctionUrlAuthType", "lambda:FunctionUrlAuthType"),
    ];
    let mut equals = Map::new();
    for (member, key) in EQUALS {
        if let Some(value) = fields.text(member)? {
            equals.insert(key.into(), json!(value));
        }
    }
    let mut all = Map::new();
    if !equals.is_empty() {
        all.insert("StringEquals".into(), Value::Object(equals));
    }
    if fields.flag("InvokedViaFunctionUrl")? {
        all.insert("Bool".into(), json!({ "lambda:InvokedViaFunctionUrl": "true" }));
    }
    if let Some(arn) = fields.text("SourceArn")? {
        all.insert("ArnLike".into(), json!({ "AWS:SourceArn": arn }));
    }
    Ok(all)
}

/// A statement about a version of a layer.
pub(super) fn layer_statement(id: &str, resource: &str, fields: &Fields<'_>) -> Result<Value, Fault> {
    let principal = fields.text("Principal")?.unwrap_or_default();
    let account = principal.split(':').nth(4).unwrap_or(principal);
    let shown = match principal {
        "*" => json!("*"),
        _ => json!({ "AWS": format!("arn:aws:iam::{account}:root") }),
    };
    let mut statement = json!({
        "Sid": id,
        "Effect": "Allow",
        "Principal": shown,
        "Action": "lambda:GetLayerVersion",
        "Resource": resource,
    });
    if let (Some(organization), Some(statement)) = (fields.text("OrganizationId")?, statement.as_object_mut()) {
        let condition = json!({ "StringEquals": { "aws:PrincipalOrgID": organization } });
        statement.insert("Condition".into(), condition);
    }
    Ok(statement)
}

/// There is nothing to remove a statement from.
pub(super) fn no_policy() -> Fault {
    fault::not_found("No policy is associated with the given resource.")
}
