use serde_json::json;
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-02-01 12:00 UTC);

fn suspect(kind: KindName, arn: &str, fields: &[(&'static str, Option<&str>)]) -> Suspect {
    let path = |(field, key): &(&'static str, Option<&str>)| FieldPath {
        field,
        key: key.map(str::to_owned),
    };
    Suspect {
        address: Address::new(kind, "x"),
        arn: Arn::parse(arn).unwrap(),
        region: Region::parse("eu-central-1").unwrap(),
        differs: Differs::Fields(fields.iter().map(path).collect()),
    }
}

fn event(name: &str, hours: i64, asked: serde_json::Value, more: serde_json::Value) -> Event {
    let mut record = json!({
        "userIdentity": { "type": "IAMUser", "userName": "tom" }, "requestParameters": asked, "readOnly": false,
    });
    record
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    Event {
        id: format!("{name}-{hours}"),
        name: name.to_owned(),
        at: NOW - time::Duration::hours(hours),
        user: "tom".to_owned(),
        record,
    }
}

fn explained(thing: &Suspect, events: &[Event]) -> Option<Deed> {
    thing.explained(events, NOW).deeds.into_iter().next()
}

const ROLE: &str = "arn:aws:iam::123456789012:role/ci/deploy";
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

#[test]
fn the_newest_event_that_is_about_the_field_explains_it() {
    let asked = |policy: &str| json!({ "roleName": "deploy", "policyArn": policy });
    let events = [
        event("TagRole", 1, json!({ "roleName": "deploy" }), json!({})),
        event(
            "AttachRolePolicy",
            2,
            asked("arn:aws:iam::aws:policy/ReadOnlyAccess"),
            json!({}),
        ),
        event(
            "AttachRolePolicy",
            3,
            asked(ADMIN),
            json!({ "errorCode": "AccessDenied" }),
        ),
        event(
            "AttachRolePolicy",
            4,
            json!({ "roleName": "other", "policyArn": ADMIN }),
            json!({}),
        ),
        event("AttachRolePolicy", 5, asked(ADMIN), json!({})),
        event("AttachRolePolicy", 6, asked(ADMIN), json!({})),
    ];
    let deed = explained(&suspect(KindName::Role, ROLE, &[("policies", Some(ADMIN))]), &events).unwrap();
    assert_eq!(
        deed.to_string(),
        "by user/tom, 5 h ago (2026-02-01T07:00:00Z), AttachRolePolicy"
    );
    let tags = suspect(KindName::Role, ROLE, &[("tags", Some("team"))]);
    assert_eq!(explained(&tags, &events).unwrap().event, "TagRole");
    let trust = suspect(KindName::Role, ROLE, &[("trust", None)]);
    assert_eq!(explained(&trust, &events), None);
}

#[test]
fn a_creation_explains_every_field_and_a_deletion_what_is_gone() {
    let events = [
        event("DeleteRole", 1, json!({ "roleName": "deploy" }), json!({})),
        event("CreateRole", 2, json!({ "roleName": "Deploy" }), json!({})),
    ];
    let mut thing = suspect(KindName::Role, ROLE, &[("trust", None)]);
    assert_eq!(explained(&thing, &events).unwrap().event, "CreateRole");
    thing.differs = Differs::Gone;
    assert_eq!(explained(&thing, &events).unwrap().event, "DeleteRole");
    thing.differs = Differs::Made;
    assert_eq!(explained(&thing, &events).unwrap().event, "CreateRole");
}

#[test]
fn rules_are_told_apart_by_bus_and_functions_by_name_or_arn() {
    let rule = "arn:aws:events:eu-central-1:123456789012:rule/orders/nightly";
    let rule = suspect(KindName::Rule, rule, &[("state", None)]);
    let on = |bus: serde_json::Value| {
        event(
            "DisableRule",
            1,
            json!({ "name": "nightly", "eventBusName": bus }),
            json!({}),
        )
    };
    assert_eq!(explained(&rule, &[on(json!(null))]), None);
    assert!(explained(&rule, &[on(json!("orders"))]).is_some());
    let arn = "arn:aws:lambda:eu-central-1:123456789012:function:f";
    let function = suspect(KindName::Lambda, arn, &[("memory", None)]);
    let changed = |name: &str| {
        event(
            "UpdateFunctionConfiguration20150331v2",
            1,
            json!({ "functionName": name }),
            json!({}),
        )
    };
    let deed = explained(&function, &[changed(arn)]).unwrap();
    assert_eq!(deed.event, "UpdateFunctionConfiguration");
    assert!(explained(&function, &[changed("f")]).is_some());
    assert_eq!(explained(&function, &[changed("ff")]), None);
}

#[test]
fn callers_are_told_as_people_know_them() {
    let told = |who: serde_json::Value, from: &str| {
        actor::of(&json!({ "userIdentity": who, "sourceIPAddress": from }), "someone")
    };
    let session = json!({
        "type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/admin/erika",
        "sessionContext": { "sessionIssuer": { "userName": "admin" } },
    });
    assert_eq!(told(session.clone(), "192.0.2.1"), "role/admin (erika)");
    assert_eq!(
        told(session, "cloudformation.amazonaws.com"),
        "role/admin (erika) through cloudformation.amazonaws.com"
    );
    assert_eq!(
        told(json!({ "type": "Root", "arn": "arn:aws:iam::123456789012:root" }), ""),
        "root"
    );
    assert_eq!(
        told(json!({ "type": "AWSService", "invokedBy": "lambda.amazonaws.com" }), ""),
        "lambda.amazonaws.com"
    );
    assert_eq!(told(json!({}), ""), "someone");
}

#[test]
fn iam_is_asked_at_the_home_of_its_partition() {
    let region = |arn: &str| {
        let question = suspect(KindName::Role, arn, &[]).question();
        question.map(|question| question.region.to_string())
    };
    assert_eq!(region(ROLE).as_deref(), Some("us-east-1"));
    assert_eq!(
        region("arn:aws-cn:iam::123456789012:role/x").as_deref(),
        Some("cn-north-1")
    );
    assert_eq!(
        region("arn:aws-us-gov:iam::123456789012:role/x").as_deref(),
        Some("us-gov-west-1")
    );
    let bucket = suspect(KindName::Bucket, "arn:aws:s3:::pictures", &[])
        .question()
        .unwrap();
    assert_eq!(
        (bucket.region.as_str(), bucket.names.first().unwrap().as_str()),
        ("eu-central-1", "pictures")
    );
}

#[test]
fn time_is_told_in_the_largest_unit() {
    let told = |minutes: i64| ago(NOW - time::Duration::minutes(minutes), NOW);
    assert_eq!(
        [told(-5), told(0), told(59), told(60), told(2879), told(2880)],
        [
            "just now",
            "just now",
            "59 min ago",
            "1 h ago",
            "47 h ago",
            "2 days ago"
        ]
    );
}

#[test]
fn versions_are_no_part_of_a_name() {
    assert_eq!(topic::bare("AddPermission20150331v2"), "AddPermission");
    assert_eq!(topic::bare("CreateFunction20150331"), "CreateFunction");
    assert_eq!(topic::bare("PutRolePolicy"), "PutRolePolicy");
}

#[test]
fn each_field_has_its_own_author() {
    let events = [
        event("TagRole", 1, json!({ "roleName": "deploy" }), json!({})),
        event("UpdateAssumeRolePolicy", 2, json!({ "roleName": "deploy" }), json!({})),
        event("TagRole", 3, json!({ "roleName": "deploy" }), json!({})),
    ];
    let thing = suspect(
        KindName::Role,
        ROLE,
        &[("trust", None), ("tags", Some("a")), ("tags", Some("b"))],
    );
    let found = thing.explained(&events, NOW);
    let names: Vec<&str> = found.deeds.iter().map(|deed| deed.event.as_str()).collect();
    assert_eq!((names, found.wholly), (vec!["TagRole", "UpdateAssumeRolePolicy"], true));
    let thing = suspect(KindName::Role, ROLE, &[("trust", None), ("description", None)]);
    let found = thing.explained(&events, NOW);
    assert_eq!((found.deeds.len(), found.wholly), (1, false));
}
