use super::*;
use crate::address::Address;
use crate::drift::Class;
use crate::fields::FieldPath;
use crate::kinds::KindName;
use crate::plan::Header;
use crate::trail::Deed;

fn drift(things: usize, value: &str) -> Drift {
    let thing = |number: usize| Thing {
        address: Address::new(KindName::Role, format!("role-{number}")),
        standing: Standing::Differs,
        class: None,
        doomed: None,
        origin: None,
        differences: vec![Difference {
            path: FieldPath::entry("policies", "arn:aws:iam::aws:policy/AdministratorAccess"),
            class: Class::Drift,
            base: None,
            live: Some(Shown::text(value)),
            file: Some(Shown::Secret),
            place: None,
            remedy: None,
        }],
        held: Vec::new(),
        unknown: Vec::new(),
        by: vec![Deed {
            actor: "role/admin (erika)".into(),
            event: "AttachRolePolicy".into(),
            time: "2026-02-01T09:00:00Z".into(),
            ago: "3 h ago".into(),
            id: "x".into(),
        }],
        to_adopt: false,
        notes: Vec::new(),
    };
    Drift {
        header: Header {
            environment: "imaging".into(),
            account: "123456789012".into(),
            region: "eu-central-1".into(),
            identity: "arn:aws:iam::123456789012:user/x".into(),
            digest: "d".into(),
        },
        bases: vec!["main~1".into()],
        things: (0..things).map(thing).collect(),
        unmanaged: Vec::new(),
        unlisted: std::collections::BTreeMap::new(),
        refusals: Vec::new(),
        notes: Vec::new(),
        access: crate::access::delta::Delta::default(),
    }
}

fn parsed(drift: &Drift) -> Value {
    let text = detail(drift, Status::Drift);
    assert!(text.len() <= MOST, "{}", text.len());
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_small_event_says_everything_but_secrets() {
    let told = parsed(&drift(1, "x"));
    let thing = json!({
        "address": "role/role-0", "standing": "differs", "class": "drift",
        "fields": [{
            "path": "policies.arn:aws:iam::aws:policy/AdministratorAccess", "class": "drift", "live": "x",
            "file": "(secret)",
        }],
        "by": [{ "actor": "role/admin (erika)", "event": "AttachRolePolicy", "time": "2026-02-01T09:00:00Z" }],
    });
    assert_eq!(told["things"], json!([thing]));
    assert_eq!((&told["status"], &told["version"]), (&json!("drift"), &json!(1)));
    assert_eq!(
        (&told["truncated"], &told["counts"]["drifted"]),
        (&json!(false), &json!(1))
    );
}

#[test]
fn detail_is_left_out_before_things() {
    let long = "y".repeat(10_000);
    let told = parsed(&drift(10, &long));
    assert_eq!(told["left_out"], "nothing");
    for (things, left_out) in [(700, "values"), (2_000, "fields")] {
        let told = parsed(&drift(things, &"y".repeat(250)));
        assert_eq!(told["left_out"], left_out, "{things}");
        assert_eq!(told["things"].as_array().unwrap().len(), things);
        assert_eq!(told["truncated"], true);
    }
}

#[test]
fn an_event_never_outgrows_the_bus() {
    let told = parsed(&drift(20_000, "x"));
    let shown = told["things"].as_array().unwrap().len();
    assert!(shown > 2_000, "{shown}");
    assert_eq!(told["things_left_out"], 20_000 - shown);
    assert_eq!(told["counts"]["drifted"], 20_000);
}
