//! Statements of a function's policy, as AddPermission takes them and as GetPolicy renders them.
//!
//! Invariant: a statement is only known if every part of it is; what AddPermission can't express is never compared,
//! changed or removed.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::fields::{FieldPath, FieldValue, Shown};
use crate::names::{AccountId, Arn, NameError, Partition, StatementId};
use crate::policy_doc::Policy as Document;
use crate::shape::{self, Part, Shape, needed, part};
use crate::spec::lower::Lowering;
use crate::spec::node::Node;
use crate::spec::table::{self, Table};

/// What an invocation needs; the default.
pub const INVOKE: &str = "lambda:InvokeFunction";

/// One statement: who may do what with the function, and on whose behalf.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Permission {
    /// A service, an ARN, or `*`; an account id as its root ARN.
    pub principal: String,
    /// The Lambda action.
    pub action: String,
    /// The thing on whose behalf a service calls; may hold wildcards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
    /// The account that this thing is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_account: Option<String>,
    /// The organisation that the principal is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_org_id: Option<String>,
    /// The token of an Alexa skill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_source_token: Option<String>,
    /// For function URLs: `NONE` or `AWS_IAM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_url_auth_type: Option<String>,
    /// For function URLs: only calls that come through one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub invoked_via_function_url: bool,
}

/// What a rule contributes to the function that it calls.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The statement's id.
    pub id: StatementId,
    /// The statement.
    pub permission: Permission,
}

impl Permission {
    /// A service's right to invoke on behalf of one thing.
    #[must_use]
    pub fn of_service(service: &str, source: &Arn) -> Self {
        Self {
            source_arn: Some(source.to_string()),
            ..Self::of(service)
        }
    }

    fn of(principal: &str) -> Self {
        Self {
            principal: principal.to_owned(),
            action: INVOKE.to_owned(),
            source_arn: None,
            source_account: None,
            principal_org_id: None,
            event_source_token: None,
            function_url_auth_type: None,
            invoked_via_function_url: false,
        }
    }

    /// What it lets everybody do with the function: "lambda:InvokeFunction". What asks for a signature is told apart
    /// from what does not, since any AWS account can make one, but not the whole internet.
    #[must_use]
    pub fn exposes(&self, sid: &str, function: &Arn) -> Vec<String> {
        let opened = self.document(sid, function).map(|document| document.opened());
        let actions = opened.unwrap_or_default().into_iter().flat_map(|one| one.actions);
        let signed = self.function_url_auth_type.as_deref() == Some("AWS_IAM");
        let who = if signed { " by any identity of AWS" } else { "" };
        actions.map(|action| format!("{action}{who}")).collect()
    }

    /// The user or role of an account that it lets in.
    #[must_use]
    pub fn identity(&self) -> Option<Arn> {
        let arn = Arn::parse(&self.principal).ok()?;
        (arn.user_name().is_some() || arn.role_name().is_some()).then_some(arn)
    }

    /// The statement as a policy document of the function.
    #[must_use]
    pub fn document(&self, sid: &str, function: &Arn) -> Option<Document> {
        let principal = match self.principal.as_str() {
            "*" => json!("*"),
            arn if arn.starts_with("arn:") => json!({ "AWS": arn }),
            service => json!({ "Service": service }),
        };
        let mut statement = json!({
            "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": self.action, "Resource": function.as_str(),
        });
        let conditions = self.conditions();
        if let (false, Some(statement)) = (conditions.is_empty(), statement.as_object_mut()) {
            statement.insert("Condition".into(), Json::Object(conditions));
        }
        Document::from_live(&json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()).ok()
    }

    fn conditions(&self) -> Map<String, Json> {
        let mut equals = Map::new();
        let texts = [
            ("AWS:SourceAccount", &self.source_account),
            ("aws:PrincipalOrgID", &self.principal_org_id),
            ("lambda:EventSourceToken", &self.event_source_token),
            ("lambda:FunctionUrlAuthType", &self.function_url_auth_type),
        ];
        for (key, value) in texts {
            if let Some(value) = value {
                equals.insert(key.into(), json!(value));
            }
        }
        let mut all = Map::new();
        if !equals.is_empty() {
            all.insert("StringEquals".into(), Json::Object(equals));
        }
        if let Some(arn) = &self.source_arn {
            all.insert("ArnLike".into(), json!({ "AWS:SourceArn": arn }));
        }
        if self.invoked_via_function_url {
            all.insert("Bool".into(), json!({ "lambda:InvokedViaFunctionUrl": "true" }));
        }
        all
    }
}

impl FieldValue for Permission {
    fn show(&self) -> Option<Shown> {
        let mut text = self.principal.clone();
        if self.action != INVOKE {
            text = format!("{text} {}", self.action);
        }
        let more = [
            ("for", &self.source_arn),
            ("of account", &self.source_account),
            ("of organisation", &self.principal_org_id),
            ("with token", &self.event_source_token),
            ("over a URL with authentication", &self.function_url_auth_type),
        ]
        .into_iter()
        .filter_map(|(word, value)| Some(format!(" {word} {}", value.as_ref()?)));
        text.extend(more);
        if self.invoked_via_function_url {
            text.push_str(" over its URL");
        }
        Some(Shown::Text(text))
    }
}

/// The statements that GetPolicy has told: the known ones, and the ids of those that AddPermission can't express.
#[derive(Debug, Default)]
pub struct Statements {
    /// By id.
    pub known: BTreeMap<String, Permission>,
    /// The ids of the others.
    pub odd: Vec<String>,
}

impl Statements {
    /// Reads a function's policy.
    ///
    /// # Errors
    /// A text that is no policy of a function, or one with a statement that has no id.
    pub fn read(text: &str) -> Result<Self, String> {
        let odd = || "AWS told a policy that can't be understood".to_owned();
        let policy: Json = serde_json::from_str(text).map_err(|_| odd())?;
        let mut statements = Self::default();
        for statement in policy.get("Statement").and_then(Json::as_array).ok_or_else(odd)? {
            let sid = statement.get("Sid").and_then(Json::as_str).ok_or_else(odd)?.to_owned();
            match read_statement(statement) {
                Some(permission) => drop(statements.known.insert(sid, permission)),
                None => statements.odd.push(sid),
            }
        }
        Ok(statements)
    }
}

fn read_statement(statement: &Json) -> Option<Permission> {
    let known = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];
    let entries = statement.as_object()?;
    if !entries.keys().all(|key| known.contains(&key.as_str())) || entries.get("Effect")? != "Allow" {
        return None;
    }
    let mut permission = Permission::of(&principal(entries.get("Principal")?)?);
    permission.action = one_text(entries.get("Action")?)?.to_owned();
    let none = Map::new();
    let conditions = entries
        .get("Condition")
        .map_or(Some(&none), |condition| condition.as_object())?;
    for (operator, tests) in conditions {
        for (key, value) in tests.as_object()? {
            take_condition(&mut permission, operator, &key.to_ascii_lowercase(), one_text(value)?)?;
        }
    }
    Some(permission)
}

/// Lambda writes `ArnLike` and `StringEquals`; the API's own text says `StringLike` of accounts.
fn take_condition(permission: &mut Permission, operator: &str, key: &str, value: &str) -> Option<()> {
    let slot = match (operator, key) {
        ("ArnLike" | "ArnEquals", "aws:sourcearn") => &mut permission.source_arn,
        ("StringEquals" | "StringLike", "aws:sourceaccount") => &mut permission.source_account,
        ("StringEquals", "aws:principalorgid") => &mut permission.principal_org_id,
        ("StringEquals", "lambda:eventsourcetoken") => &mut permission.event_source_token,
        ("StringEquals", "lambda:functionurlauthtype") => &mut permission.function_url_auth_type,
        ("Bool", "lambda:invokedviafunctionurl") if value == "true" => {
            permission.invoked_via_function_url = true;
            return Some(());
        }
        _ => return None,
    };
    // Two operators on one key are more than a Permission can say.
    slot.is_none().then(|| *slot = Some(value.to_owned()))
}

fn principal(value: &Json) -> Option<String> {
    if let Json::String(text) = value {
        return (text == "*").then(|| text.clone());
    }
    let entries = value.as_object()?;
    let (kind, name) = entries.iter().next().filter(|_| entries.len() == 1)?;
    let name = one_text(name)?;
    ["Service", "AWS"].contains(&kind.as_str()).then(|| name.to_owned())
}

fn one_text(value: &Json) -> Option<&str> {
    match value {
        Json::String(text) => Some(text),
        Json::Array(items) => match items.as_slice() {
            [Json::String(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

const PARTS: [Part; 8] = [
    needed(
        "principal",
        shape::WRITTEN,
        "Who may call it: a service, an account, an ARN of IAM, or `*`.",
    ),
    part(
        "action",
        shape::WRITTEN,
        "What they may do; `lambda:InvokeFunction` unless it is written.",
    ),
    part("source_arn", shape::WRITTEN, "Only on behalf of this."),
    part(
        "source_account",
        shape::text("account id", "^[0-9]{12}$"),
        "Only on behalf of this account.",
    ),
    part("principal_org_id", shape::WRITTEN, "Only for this organisation."),
    part("event_source_token", shape::WRITTEN, "The token of an Alexa skill."),
    part(
        "function_url_auth_type",
        Shape::Words(&["NONE", "AWS_IAM"]),
        "Over a URL with this authentication.",
    ),
    part("invoked_via_function_url", Shape::Boolean, "Over its URL alone."),
];

const KEYS: &[&str] = &shape::names(&PARTS);

pub(super) const SHAPE: Shape = shape::table(&PARTS, &[]);

/// The written statements by id.
pub(super) fn lower(node: Option<&Node>, cx: &mut Lowering<'_>) -> BTreeMap<String, Permission> {
    let entries = node
        .and_then(|node| table::entries(node, "permissions", "ids to statements", &mut cx.reading()))
        .unwrap_or_default();
    let mut permissions = BTreeMap::new();
    for (key, node) in entries {
        let id = crate::kinds::decode::key_of(key, "permission", StatementId::parse, cx);
        let permission = lower_one(node, cx);
        if let (Some(id), Some(permission)) = (id, permission) {
            permissions.insert(id.to_string(), permission);
        }
    }
    permissions
}

fn lower_one(node: &Node, cx: &mut Lowering<'_>) -> Option<Permission> {
    let mut table = Table::new(node, "permission", KEYS, &mut cx.reading())?;
    let partition = cx.home.partition;
    let principal = table.required("principal", &mut cx.reading());
    let principal = principal.and_then(|node| cx.parse(node, "principal", |text| written_principal(text, partition)));
    let action = table
        .take("action")
        .map_or(Some(INVOKE.to_owned()), |node| cx.parse(node, "action", written_action));
    let source_arn = optional(&mut table, "source_arn", source_arn, cx);
    let source_account = optional(
        &mut table,
        "source_account",
        |text| AccountId::parse(text).map(|account| account.to_string()),
        cx,
    );
    let principal_org_id = optional(&mut table, "principal_org_id", |text| Ok(text.to_owned()), cx);
    let event_source_token = optional(&mut table, "event_source_token", |text| Ok(text.to_owned()), cx);
    let auth_type = table.take("function_url_auth_type").map(|node| {
        let words = [("NONE", "NONE"), ("AWS_IAM", "AWS_IAM")];
        table::one_of(node, "function_url_auth_type", &words, &mut cx.reading())
    });
    let via_url = table.boolean("invoked_via_function_url", &mut cx.reading());
    Some(Permission {
        principal: principal?,
        action: action?,
        source_arn: source_arn?,
        source_account: source_account?,
        principal_org_id: principal_org_id?,
        event_source_token: event_source_token?,
        function_url_auth_type: auth_type.map_or(Some(None), |word| word.map(|word| Some(word.to_owned())))?,
        invoked_via_function_url: via_url.unwrap_or(false),
    })
}

#[expect(
    clippy::option_option,
    reason = "a mistake, an absent field, and a value are three answers"
)]
fn optional(
    table: &mut Table<'_>,
    key: &str,
    parse: impl FnOnce(&str) -> Result<String, NameError>,
    cx: &mut Lowering<'_>,
) -> Option<Option<String>> {
    match table.take(key) {
        None => Some(None),
        Some(node) => cx.parse(node, key, parse).map(Some),
    }
}

/// A service, an account id or ARN, or `*`; an account id becomes its root ARN, as Lambda renders it.
fn written_principal(text: &str, partition: Partition) -> Result<String, NameError> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        return AccountId::parse(text).map(|account| Arn::root(partition, &account).to_string());
    }
    if text.starts_with("arn:") {
        return Arn::parse(text).map(|arn| arn.to_string());
    }
    let is_service = text.contains('.') && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
    if text == "*" || is_service {
        return Ok(text.to_owned());
    }
    let reason =
        "a principal is a service such as `s3.amazonaws.com`, an account id, the arn of a user or role, or `*`";
    Err(refused(text, reason))
}

/// Lambda's own pattern: `lambda:[*]|lambda:[a-zA-Z]+|[*]`.
fn written_action(text: &str) -> Result<String, NameError> {
    let name = text.strip_prefix("lambda:").unwrap_or_default();
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    if text == "*" || name == "*" || is_name {
        return Ok(text.to_owned());
    }
    Err(refused(
        text,
        "an action is one of Lambda's, such as `lambda:InvokeFunction`",
    ))
}

fn source_arn(text: &str) -> Result<String, NameError> {
    if text.starts_with("arn:") && text.splitn(6, ':').count() == 6 {
        return Ok(text.to_owned());
    }
    Err(refused(
        text,
        "the source is an arn, in which `*` and `?` may stand for any text",
    ))
}

/// The statement in the form of the file.
impl Invocation {
    /// What the function's own part of the file need not repeat.
    #[must_use]
    pub fn implied(&self, function: &Arn) -> (Arn, FieldPath, Json) {
        let path = FieldPath::entry("permissions", self.id.to_string());
        (function.clone(), path, spell(&self.permission))
    }
}

pub(super) fn spell(permission: &Permission) -> Json {
    let mut spelled = json!(permission);
    if let (true, Some(spelled)) = (permission.action == INVOKE, spelled.as_object_mut()) {
        spelled.remove("action");
    }
    spelled
}

fn refused(text: &str, reason: &str) -> NameError {
    NameError::Refused {
        text: text.to_owned(),
        reason: reason.to_owned(),
    }
}
