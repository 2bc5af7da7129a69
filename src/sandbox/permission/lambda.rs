//! What calls to Lambda ask leave for (service authorization reference, "Actions, resources, and condition keys for AWS
//! Lambda").

use serde_json::Value;

use super::asked::{Asked, pass_role};
use crate::sandbox::{Call, World};

/// Method, and the path behind its date, to action. `*` stands for a name.
pub(super) const OPERATIONS: [(&str, &str, &str); 66] = [
    ("GET", "account-settings", "GetAccountSettings"),
    ("GET", "capacity-providers", "ListCapacityProviders"),
    ("GET", "code-signing-configs", "ListCodeSigningConfigs"),
    ("POST", "code-signing-configs", "CreateCodeSigningConfig"),
    ("GET", "code-signing-configs/*", "GetCodeSigningConfig"),
    ("PUT", "code-signing-configs/*", "UpdateCodeSigningConfig"),
    ("DELETE", "code-signing-configs/*", "DeleteCodeSigningConfig"),
    (
        "GET",
        "code-signing-configs/*/functions",
        "ListFunctionsByCodeSigningConfig",
    ),
    ("GET", "event-source-mappings", "ListEventSourceMappings"),
    ("POST", "event-source-mappings", "CreateEventSourceMapping"),
    ("GET", "event-source-mappings/*", "GetEventSourceMapping"),
    ("PUT", "event-source-mappings/*", "UpdateEventSourceMapping"),
    ("DELETE", "event-source-mappings/*", "DeleteEventSourceMapping"),
    ("GET", "functions", "ListFunctions"),
    ("POST", "functions", "CreateFunction"),
    ("GET", "functions/*", "GetFunction"),
    ("DELETE", "functions/*", "DeleteFunction"),
    ("GET", "functions/*/aliases", "ListAliases"),
    ("POST", "functions/*/aliases", "CreateAlias"),
    ("GET", "functions/*/aliases/*", "GetAlias"),
    ("PUT", "functions/*/aliases/*", "UpdateAlias"),
    ("DELETE", "functions/*/aliases/*", "DeleteAlias"),
    ("PUT", "functions/*/code", "UpdateFunctionCode"),
    ("GET", "functions/*/code-signing-config", "GetFunctionCodeSigningConfig"),
    ("PUT", "functions/*/code-signing-config", "PutFunctionCodeSigningConfig"),
    (
        "DELETE",
        "functions/*/code-signing-config",
        "DeleteFunctionCodeSigningConfig",
    ),
    ("GET", "functions/*/concurrency", "GetFunctionConcurrency"),
    ("PUT", "functions/*/concurrency", "PutFunctionConcurrency"),
    ("DELETE", "functions/*/concurrency", "DeleteFunctionConcurrency"),
    ("GET", "functions/*/configuration", "GetFunctionConfiguration"),
    ("PUT", "functions/*/configuration", "UpdateFunctionConfiguration"),
    ("GET", "functions/*/event-invoke-config", "GetFunctionEventInvokeConfig"),
    (
        "GET",
        "functions/*/event-invoke-config/list",
        "ListFunctionEventInvokeConfigs",
    ),
    ("PUT", "functions/*/event-invoke-config", "PutFunctionEventInvokeConfig"),
    (
        "POST",
        "functions/*/event-invoke-config",
        "UpdateFunctionEventInvokeConfig",
    ),
    (
        "DELETE",
        "functions/*/event-invoke-config",
        "DeleteFunctionEventInvokeConfig",
    ),
    ("POST", "functions/*/invocations", "InvokeFunction"),
    ("POST", "functions/*/invoke-async", "InvokeAsync"),
    ("GET", "functions/*/policy", "GetPolicy"),
    ("POST", "functions/*/policy", "AddPermission"),
    ("DELETE", "functions/*/policy/*", "RemovePermission"),
    (
        "GET",
        "functions/*/provisioned-concurrency",
        "GetProvisionedConcurrencyConfig",
    ),
    (
        "PUT",
        "functions/*/provisioned-concurrency",
        "PutProvisionedConcurrencyConfig",
    ),
    (
        "DELETE",
        "functions/*/provisioned-concurrency",
        "DeleteProvisionedConcurrencyConfig",
    ),
    ("GET", "functions/*/recursion-config", "GetFunctionRecursionConfig"),
    ("PUT", "functions/*/recursion-config", "PutFunctionRecursionConfig"),
    (
        "GET",
        "functions/*/runtime-management-config",
        "GetRuntimeManagementConfig",
    ),
    (
        "PUT",
        "functions/*/runtime-management-config",
        "PutRuntimeManagementConfig",
    ),
    ("GET", "functions/*/url", "GetFunctionUrlConfig"),
    ("POST", "functions/*/url", "CreateFunctionUrlConfig"),
    ("PUT", "functions/*/url", "UpdateFunctionUrlConfig"),
    ("DELETE", "functions/*/url", "DeleteFunctionUrlConfig"),
    ("GET", "functions/*/urls", "ListFunctionUrlConfigs"),
    ("GET", "functions/*/versions", "ListVersionsByFunction"),
    ("POST", "functions/*/versions", "PublishVersion"),
    ("GET", "layers", "ListLayers"),
    ("GET", "layers/*/versions", "ListLayerVersions"),
    ("POST", "layers/*/versions", "PublishLayerVersion"),
    ("GET", "layers/*/versions/*", "GetLayerVersion"),
    ("DELETE", "layers/*/versions/*", "DeleteLayerVersion"),
    ("GET", "layers/*/versions/*/policy", "GetLayerVersionPolicy"),
    ("POST", "layers/*/versions/*/policy", "AddLayerVersionPermission"),
    ("DELETE", "layers/*/versions/*/policy/*", "RemoveLayerVersionPermission"),
    ("GET", "tags/*", "ListTags"),
    ("POST", "tags/*", "TagResource"),
    ("DELETE", "tags/*", "UntagResource"),
];

fn fits(pattern: &str, path: &[String]) -> bool {
    let parts: Vec<&str> = pattern.split('/').collect();
    parts.len() == path.len()
        && parts
            .iter()
            .zip(path)
            .all(|(part, found)| *part == "*" || part == found)
}

pub(super) fn of(world: &World, call: &Call) -> Vec<Asked> {
    let segments = call.segments();
    // The date in front is the interface's version; the link to a function's code carries its own proof.
    let Some((version, path)) = segments.split_first().filter(|(first, _)| *first != "evenkeel-sandbox") else {
        return Vec::new();
    };
    let _ = version;
    let method = call.method.as_str();
    let known = OPERATIONS
        .iter()
        .find(|(verb, pattern, _)| *verb == method && fits(pattern, path));
    let Some((_, _, action)) = known else {
        return Vec::new();
    };
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let tags = tags(&body);
    let asked = Asked::new(format!("lambda:{action}"), resource(world, call, action, path, &body));
    let asked = asked.with("lambda:Principal", text(&body, "Principal")).tagging(&tags);
    let beside = beside(&asked, action, &body, &tags);
    std::iter::once(asked).chain(beside).collect()
}

fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn tags(body: &Value) -> Vec<(String, String)> {
    let tags = body.get("Tags").and_then(Value::as_object).into_iter().flatten();
    tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn resource(world: &World, call: &Call, action: &str, path: &[String], body: &Value) -> String {
    let named = path.get(1).map_or("", String::as_str);
    let start = format!("arn:aws:lambda:{}:{}", call.region, world.account);
    match (path.first().map(String::as_str), action) {
        (_, "CreateFunction") => function(&start, text(body, "FunctionName").unwrap_or_default(), None),
        (_, "CreateEventSourceMapping") => function(&start, text(body, "FunctionName").unwrap_or_default(), None),
        (Some("functions"), _) if !named.is_empty() => function(&start, named, call.query.get("Qualifier")),
        (Some("event-source-mappings"), _) if !named.is_empty() => format!("{start}:event-source-mapping:{named}"),
        (Some("layers"), "ListLayerVersions" | "PublishLayerVersion") => format!("{start}:layer:{named}"),
        (Some("layers"), _) if path.len() > 3 => {
            format!("{start}:layer:{named}:{}", path.get(3).map_or("", String::as_str))
        }
        (Some("tags" | "code-signing-configs"), _) if !named.is_empty() => named.to_owned(),
        _ => "*".to_owned(),
    }
}

/// A function by name, partial ARN or ARN.
fn function(start: &str, named: &str, qualifier: Option<&str>) -> String {
    let rest = named.rsplit("function:").next().unwrap_or(named);
    let qualifier = qualifier.filter(|_| !rest.contains(':'));
    let qualifier = qualifier.map(|qualifier| format!(":{qualifier}")).unwrap_or_default();
    format!("{start}:function:{rest}{qualifier}")
}

/// The role that is handed over, tags at creation, layers, and code that lies in a bucket (Lambda developer guide,
/// "Identity-based IAM policies for Lambda").
fn beside(asked: &Asked, action: &str, body: &Value, tags: &[(String, String)]) -> Vec<Asked> {
    if !["CreateFunction", "UpdateFunctionConfiguration", "UpdateFunctionCode"].contains(&action) {
        return Vec::new();
    }
    let mut beside = Vec::new();
    beside.extend(text(body, "Role").map(|role| pass_role(role, "lambda.amazonaws.com")));
    if action == "CreateFunction" && !tags.is_empty() {
        beside.push(Asked::new("lambda:TagResource", &asked.resource).tagging(tags));
    }
    let layers = body.get("Layers").and_then(Value::as_array).into_iter().flatten();
    let layers = layers.filter_map(Value::as_str);
    beside.extend(layers.map(|arn| Asked::new("lambda:GetLayerVersion", arn)));
    let code = body.get("Code").unwrap_or(body);
    if let (Some(bucket), Some(key)) = (text(code, "S3Bucket"), text(code, "S3Key")) {
        let action = match text(code, "S3ObjectVersion") {
            Some(_) => "s3:GetObjectVersion",
            None => "s3:GetObject",
        };
        beside.push(Asked::new(action, format!("arn:aws:s3:::{bucket}/{key}")));
    }
    beside
}
