//! One event: from a call to what is kept and shown of it.
//!
//! Invariant: the record is what CloudTrail's event version 1.11 looks like, less `responseElements`, which are not kept.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Outcome, identity, parameters, title};
use crate::sandbox::{Call, Moment, Service, World};

/// The longest record that is kept whole; of a longer one the parameters go, as CloudTrail omits what is too large.
const LONGEST: usize = 64 * 1024;

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) at: Moment,
    /// Where it is found: IAM's in us-east-1.
    pub(super) region: String,
    pub(super) source: String,
    pub(super) name: String,
    pub(super) user: String,
    pub(super) access_key: String,
    /// Types and names.
    pub(super) resources: Vec<(String, String)>,
    /// The record itself, as JSON text.
    pub(super) record: String,
}

/// The event of a call; nothing for one that changes nothing or whose caller is unknown.
pub(super) fn of(world: &World, call: &Call, outcome: Outcome<'_>) -> Option<Event> {
    let name = title::of(call)?;
    let at = world.clock.now();
    let id = world.ids.event(&world.clock);
    let (who, user) = identity::of(world, call);
    let asked = parameters::of(call);
    let region = match call.service {
        Service::Iam => "us-east-1".to_owned(),
        _ => call.region.clone(),
    };
    let source = format!("{}.amazonaws.com", call.service);
    let mut record = json!({
        "eventVersion": "1.11", "userIdentity": who, "eventTime": at.seconds(), "eventSource": source,
        "eventName": name, "awsRegion": region, "sourceIPAddress": "127.0.0.1",
        "userAgent": call.header("user-agent").unwrap_or_default(),
        "requestParameters": asked, "responseElements": null, "requestID": call.request_id, "eventID": id,
        "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true,
        "recipientAccountId": world.account, "eventCategory": "Management",
    });
    if let (Outcome::Refused(code, message), Some(record)) = (outcome, record.as_object_mut()) {
        record.insert("errorCode".to_owned(), json!(code));
        record.insert("errorMessage".to_owned(), json!(message));
    }
    Some(Event {
        id,
        at,
        region,
        source,
        user,
        access_key: call.access_key.clone().unwrap_or_default(),
        resources: resources(world, call, &name, &asked),
        record: bounded(record),
        name,
    })
}

fn bounded(mut record: Value) -> String {
    let text = record.to_string();
    if text.len() <= LONGEST {
        return text;
    }
    if let Some(record) = record.as_object_mut() {
        record.insert("requestParameters".to_owned(), Value::Null);
        record.insert("omitted".to_owned(), json!(true));
    }
    record.to_string()
}

/// The parameters of IAM that name something.
const NAMED: [(&str, &str); 10] = [
    ("userName", "AWS::IAM::User"),
    ("roleName", "AWS::IAM::Role"),
    ("groupName", "AWS::IAM::Group"),
    ("policyArn", "AWS::IAM::Policy"),
    ("policyName", "AWS::IAM::Policy"),
    ("instanceProfileName", "AWS::IAM::InstanceProfile"),
    ("accessKeyId", "AWS::IAM::AccessKey"),
    ("openIDConnectProviderArn", "AWS::IAM::OIDCProvider"),
    ("sAMLProviderArn", "AWS::IAM::SAMLProvider"),
    ("serverCertificateName", "AWS::IAM::ServerCertificate"),
];

/// What the event names. AWS says so for IAM, S3 and Lambda; of EventBridge it names nothing here, since its types are
/// not among those that lookups know (CloudTrail user guide, "Viewing resource types supported by CloudTrail").
fn resources(world: &World, call: &Call, name: &str, asked: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |name: &str| asked.get(name).and_then(Value::as_str);
    let named = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
    match call.service {
        Service::Iam => {
            let all = NAMED
                .iter()
                .filter_map(|(member, kind)| Some(named(kind, text(member)?)));
            let mut all: Vec<(String, String)> = all.collect();
            all.extend(new_arn(world, name, asked));
            all
        }
        Service::S3 => text("bucketName")
            .map(|bucket| named("AWS::S3::Bucket", bucket))
            .into_iter()
            .collect(),
        Service::Lambda => text("functionName").map_or_else(Vec::new, |function| {
            let short = function.rsplit(":function:").next().unwrap_or(function);
            let short = short.split(':').next().unwrap_or(short);
            let arn = format!("arn:aws:lambda:{}:{}:function:{short}", call.region, world.account);
            vec![
                named("AWS::Lambda::Function", short),
                named("AWS::Lambda::Function", &arn),
            ]
        }),
        Service::Events | Service::Sts | Service::Trail => Vec::new(),
    }
}

/// A new thing of IAM is named by its ARN, too.
fn new_arn(world: &World, name: &str, asked: &Map<String, Value>) -> Option<(String, String)> {
    let (member, kind, sort) = match name {
        "CreateRole" => ("roleName", "AWS::IAM::Role", "role"),
        "CreateUser" => ("userName", "AWS::IAM::User", "user"),
        "CreateGroup" => ("groupName", "AWS::IAM::Group", "group"),
        "CreatePolicy" => ("policyName", "AWS::IAM::Policy", "policy"),
        _ => return None,
    };
    let path = asked.get("path").and_then(Value::as_str).unwrap_or("/");
    let name = asked.get(member)?.as_str()?;
    Some((
        kind.to_owned(),
        format!("arn:aws:iam::{}:{sort}{path}{name}", world.account),
    ))
}
