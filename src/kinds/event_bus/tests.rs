//! Buses without any account.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::steps::facts;
use super::*;
use crate::fields::Fields as _;
use crate::kinds::AnyObject;
use crate::kinds::testing::{Desk, converges, heals, home, in_plain_world};

const BUS: &str = "arn:aws:events:us-east-1:123456789012:event-bus/orders";

/// Fields with the ways in which they may be written.
const FIELDS: &[&[&str]] = &[
    &["description: what for", "description: other"],
    &[
        "policy: [{ Sid: a, Effect: Allow, Principal: { AWS: '210987654321' }, Action: events:PutEvents, Resource: $(event_buses.orders.arn) }]",
        "policy: { Statement: [{ Effect: Deny, Principal: '*', Action: events:*, Resource: $(event_buses.orders.arn) }] }",
        "policy: none",
    ],
    &["tags: { team: data }", "tags: { Team: data }"],
];

fn yaml(picks: &[usize]) -> String {
    let fields = FIELDS.iter().zip(picks).filter_map(|(ways, pick)| ways.get(*pick));
    let lines: String = fields.map(|field| format!("    {field}\n")).collect();
    format!("event_buses:\n  orders:\n    region: us-east-1\n{lines}")
}

fn lowered(text: &str) -> (Id, State) {
    let AnyObject::EventBus(object) = Desk::new().object(text, "event_bus/orders") else {
        panic!("no bus")
    };
    (object.id, object.wanted.unwrap().state)
}

fn live(state: State) -> Observed<EventBus> {
    let evidence = Evidence {
        rules: Vec::new(),
        unmodelled: Vec::new(),
    };
    Observed {
        state,
        evidence,
        unknown: BTreeMap::new(),
    }
}

fn picks() -> impl Strategy<Value = Vec<usize>> {
    FIELDS.iter().map(|ways| 0..=ways.len()).collect::<Vec<_>>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_diff_leads_where_it_should((wanted, before) in (picks(), picks())) {
        let (id, wanted) = lowered(&yaml(&wanted));
        let (_, before) = lowered(&yaml(&before));
        let same = wanted.apart(&before).is_empty();
        let actions = converges::<EventBus>(&id, &wanted, &live(before));
        prop_assert_eq!(same, actions.is_empty());
    }

    #[test]
    fn what_is_spelled_reads_the_same(wanted in picks()) {
        let (id, mut state) = lowered(&yaml(&wanted));
        // The mark of ownership is never written in a file.
        state.tags.remove("evenkeel:environment");
        let spelled = format!("event_buses: {}\n", json!({ "orders": EventBus::spell(&id, &state) }));
        let (_, mut again) = lowered(&spelled);
        again.tags.remove("evenkeel:environment");
        prop_assert_eq!(state.apart(&again), []);
    }
}

#[test]
fn only_a_policy_that_denies_something_is_held() {
    let held = |policy: usize| EventBus::holds(&FieldPath::whole("policy"), &lowered(&yaml(&[9, policy, 9])).1);
    assert_eq!((held(0), held(1), held(2)), (false, true, false));
}

#[test]
fn what_everybody_may_do_is_told() {
    let exposed = |statement: &str| {
        let text = format!(
            "event_buses: {{ orders: {{ policy: [{{ Effect: Allow, Action: events:PutEvents, Resource: '{BUS}', {statement} }}] }} }}\n"
        );
        let (id, state) = lowered(&text);
        EventBus::exposes(&id, &state, &home()).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(exposed("Principal: '*'"), [format!("events:PutEvents on {BUS}")]);
    assert_eq!(
        exposed("Principal: '*', Condition: { StringEquals: { aws:PrincipalOrgID: o-1 } }"),
        Vec::<String>::new()
    );
    assert_eq!(exposed("Principal: { AWS: '210987654321' }"), Vec::<String>::new());
}

#[test]
fn a_policy_waits_for_its_principals_and_is_written_again_with_them() {
    let text = "roles: { sender: { trust: lambda.amazonaws.com } }
event_buses: { orders: { policy: [{ Effect: Allow, Principal: { AWS: $(roles.sender.arn) }, Action: events:PutEvents, Resource: $(event_buses.orders.arn) }] } }\n";
    let (id, state) = lowered(text);
    let sender = Arn::parse("arn:aws:iam::123456789012:role/sender").unwrap();
    let put = Action::PutPolicy(Box::new(state.policy.get().cloned().unwrap()));
    let arn = EventBus::arn(&id, None, &home());
    assert_eq!(facts(&id, &arn, &put, &home()).needs, std::slice::from_ref(&sender));
    assert_eq!(EventBus::refs(&id, &state, &home()), std::slice::from_ref(&sender));
    let before = live(state.clone());
    let again = |replaced: BTreeSet<Arn>| {
        in_plain_world(|cx| {
            let cx = DiffCx {
                replaced: &replaced,
                home: cx.home,
                entangled: cx.entangled,
                owner_key: cx.owner_key,
            };
            let pair = Pair::Change {
                wanted: &state,
                live: &before,
            };
            steps::diff(pair, &cx)
        })
    };
    assert_eq!(again(BTreeSet::new()), []);
    assert_eq!(again(BTreeSet::from([sender])), [put]);
}

#[test]
fn what_heals_is_waited_for_and_what_does_not_is_told() {
    let (id, state) = lowered(&yaml(&[0, 0, 0]));
    let arn = EventBus::arn(&id, None, &home());
    let of = |action: Action| facts(&id, &arn, &action, &home());
    let create = of(Action::Create(Box::new(state.clone())));
    let put = of(Action::PutPolicy(Box::new(state.policy.0.unwrap())));
    let delete = of(Action::Delete);
    let (invalid, concurrent) = ("ValidationException", "ConcurrentModificationException");
    let quota = "The requested resource exceeds the maximum number allowed.";
    for (facts, code, message, expected) in [
        (&create, concurrent, "", true),
        (&create, "LimitExceededException", quota, false),
        (&create, "ResourceAlreadyExistsException", "", false),
        (&put, concurrent, "", true),
        (
            &put,
            "ResourceNotFoundException",
            "Event bus orders does not exist.",
            true,
        ),
        (&put, invalid, "Invalid principal in policy.", true),
        (&put, invalid, "This policy contains invalid Json", false),
        (&put, "PolicyLengthExceededException", "", false),
        (&put, "LimitExceededException", quota, false),
        (&delete, invalid, "Event bus can't be deleted since it has rules.", true),
        (&delete, invalid, "Cannot delete event bus default.", false),
        (&delete, concurrent, "", true),
    ] {
        assert_eq!(heals(facts, code, message), expected, "{}: {message}", facts.call);
    }
}
