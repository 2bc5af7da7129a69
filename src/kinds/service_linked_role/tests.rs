//! The kind without any account: reading, spelling, finding, and what its step says of itself.

use proptest::prelude::*;

use super::*;
use crate::kind::{Seen, Wanted};
use crate::kinds::AnyObject;
use crate::kinds::testing::{Desk, heals, home, in_plain_world, played};

fn role(sections: &str, address: &str) -> (Id, Wanted<ServiceLinkedRole>) {
    match Desk::new().object(sections, &format!("service_linked_role/{address}")) {
        AnyObject::ServiceLinkedRole(object) => {
            assert!(matches!(object.seen, Seen::Unread));
            (object.id, object.wanted.unwrap())
        }
        other => panic!("{other:?}"),
    }
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

fn state(description: &str) -> State {
    State {
        description: Once(description.into()),
    }
}

fn live(description: &str) -> Observed<ServiceLinkedRole> {
    Observed {
        state: state(description),
        evidence: Evidence {
            name: "AWSServiceRoleForEC2Spot".into(),
        },
        unknown: BTreeMap::new(),
    }
}

fn arn(id: &Id) -> Arn {
    ServiceLinkedRole::arn(id, None, &home())
}

const TWO: &str = "
variables: { team: { default: blue } }
service_linked_roles:
  - spot.amazonaws.com
  - { service: autoscaling.amazonaws.com, suffix: team, description: For the team }
  - { service: autoscaling.amazonaws.com, suffix: $(team) }
  - service: autoscaling.amazonaws.com
";

#[test]
fn service_and_suffix_are_the_identity() {
    let (spot, wanted) = role(TWO, "spot.amazonaws.com");
    assert_eq!(
        (spot.to_string(), wanted.state.description.0),
        ("spot.amazonaws.com".into(), String::new())
    );
    let (team, wanted) = role(TWO, "autoscaling.amazonaws.com_team");
    assert_eq!(team.suffix, Some(RoleSuffix::parse("team").unwrap()));
    assert_eq!(wanted.state.description.0, "For the team");
    let (blue, _) = role(TWO, "autoscaling.amazonaws.com_blue");
    let (plain, _) = role(TWO, "autoscaling.amazonaws.com");
    assert!(plain.suffix.is_none() && arn(&plain) != arn(&blue) && arn(&blue) != arn(&team));
}

#[test]
fn its_arn_is_aws_s_own_and_nobody_elses() {
    for text in ["spot.amazonaws.com", "autoscaling.amazonaws.com_team"] {
        let arn = arn(&id(text));
        assert!(arn.is_aws_made() && arn.role_name().is_none(), "{arn}");
    }
    let sections =
        format!("{TWO}roles: {{ ci: {{ trust: {{ aws: $(service_linked_roles.spot.amazonaws.com.arn) }} }} }}");
    assert!(Desk::new().findings(&sections)[0].starts_with("E0221"));
}

#[test]
fn a_role_is_found_by_its_suffix_and_never_by_its_name() {
    let scaling = "dynamodb.application-autoscaling.amazonaws.com";
    for (text, name, expected) in [
        ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot", true),
        ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot_x", false),
        (
            "autoscaling.amazonaws.com_team",
            "AWSServiceRoleForAutoScaling_team",
            true,
        ),
        (
            "autoscaling.amazonaws.com_team",
            "AWSServiceRoleForAutoScaling_Team",
            true,
        ),
        (
            "autoscaling.amazonaws.com_a_b",
            "AWSServiceRoleForAutoScaling_a_b",
            true,
        ),
        ("autoscaling.amazonaws.com_b", "AWSServiceRoleForAutoScaling_a_b", false),
        ("autoscaling.amazonaws.com_team", "AWSServiceRoleForAutoScaling", false),
        (scaling, "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable", true),
        (
            scaling,
            "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable_x",
            false,
        ),
    ] {
        assert_eq!(id(text).fits(name), expected, "{text} and {name}");
    }
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (entries, expected) in [
        (
            "[spot]",
            "E0411 service_linked_role: `spot`: a service is named by its host: `spot.amazonaws.com`",
        ),
        (
            "[Spot.amazonaws.com]",
            "E0411 service_linked_role: `Spot.amazonaws.com`: `S` is not allowed in a service",
        ),
        ("[spot.amazonaws.com, { service: spot.amazonaws.com }]", "E0306"),
        (
            "[{ service: autoscaling.amazonaws.com, suffix: A }, { service: autoscaling.amazonaws.com, suffix: a }]",
            "E0306",
        ),
        ("[{ suffix: a }]", "E0304 this entry has no `service`"),
        ("[{ service: a.amazonaws.com, suffix: a b }]", "E0411"),
        ("[{ service: a.amazonaws.com, suffix: '' }]", "E0401"),
        (
            "[{ service: a.amazonaws.com, name: AWSServiceRoleForA }]",
            "E0303 unknown key `name`",
        ),
        (
            "[{ service: a.amazonaws.com, tags: { a: b } }]",
            "E0303 unknown key `tags`",
        ),
        ("{ spot.amazonaws.com: {} }", "E0301"),
    ] {
        let found = Desk::new().findings(&format!("service_linked_roles: {entries}"));
        assert!(
            found.len() == 1 && found[0].starts_with(expected),
            "{entries}: {found:?}"
        );
    }
    let found = Desk::new().findings("absent: { service_linked_roles: [spot.amazonaws.com] }");
    assert!(
        found[0].starts_with("E0508 service_linked_role `spot.amazonaws.com` can't be deleted: AWS made it"),
        "{found:?}"
    );
}

#[test]
fn the_one_step_says_what_it_makes_and_waits_for() {
    let spot = id("spot.amazonaws.com");
    let facts = |text: &str| ServiceLinkedRole::facts(&spot, &arn(&spot), &Action::Create(text.into()), &home());
    let (bare, told) = (facts(""), facts("For the fleet"));
    assert_eq!((bare.makes.clone(), bare.access), (vec![arn(&spot)], Access::Widens));
    assert_eq!(
        (bare.fields.len(), told.fields),
        (0, vec![FieldPath::whole("description")])
    );
    assert!(heals(&bare, "ConcurrentModification", ""));
    for permanent in ["InvalidInput", "LimitExceeded", "AccessDenied"] {
        assert!(!heals(
            &bare,
            permanent,
            "Service role name x has been taken in this account"
        ));
    }
}

proptest! {
    #[test]
    fn what_is_there_is_as_written_and_what_isnt_is_made(wanted in "[a-z ]{0,9}", found in "[a-z ]{0,9}") {
        let (spot, wanted, live) = (id("spot.amazonaws.com"), state(&wanted), live(&found));
        in_plain_world(|cx| {
            let actions = ServiceLinkedRole::diff(&spot, Pair::Change { wanted: &wanted, live: &live }, cx);
            assert_eq!((actions, wanted.apart(&live.state)), (vec![], vec![]));
            assert_eq!(ServiceLinkedRole::diff(&spot, Pair::Delete(&live), cx), []);
            let made = played::<ServiceLinkedRole>(None, &ServiceLinkedRole::diff(&spot, Pair::Create(&wanted), cx));
            assert_eq!(made.map(|made| made.description.0), Some(wanted.description.0.clone()));
        });
    }

    #[test]
    fn spelling_is_read_as_the_same(suffix in prop::option::of("[a-z_]{1,5}"), description in "[a-z]{0,9}") {
        let text = suffix.map_or("spot.amazonaws.com".to_owned(), |suffix| format!("spot.amazonaws.com_{suffix}"));
        let spelled = ServiceLinkedRole::spell(&id(&text), &state(&description));
        let (read, wanted) = role(&format!("service_linked_roles: [{spelled}]"), &text);
        prop_assert_eq!((read, wanted.state.description.0), (id(&text), description));
    }
}
