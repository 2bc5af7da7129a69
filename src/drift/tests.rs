//! Which side moved, by what three texts say: the base, the file of today, and the account.

use super::{Class, Drift, Standing, compare};
use crate::fields::Shown;
use crate::kinds::AnyObject;
use crate::plan::dropped;
use crate::plan::testing::{World, address, arn};

/// The account is as `live` has been applied; more by hand.
fn drift(bases: &[&str], file: &str, live: World) -> Drift {
    let beside = |text: &&str| {
        let mut world = World::of(text);
        world.states.clone_from(&live.states);
        world
    };
    let today = beside(&file);
    let before: Vec<World> = bases.iter().map(beside).collect();
    let mut objects = today.environment.objects.clone();
    let named = before.iter().map(|one| ("main~1", one.environment.objects.as_slice()));
    objects.extend(dropped::dropped(named, &objects));
    let read = today.see_all(objects);
    let plans = before.iter().map(|one| {
        let objects = dropped::aligned(&one.environment.objects, &read);
        ("main~1".to_owned(), one.plan_of(&objects))
    });
    compare(&today.plan_of(&read), &plans.collect::<Vec<_>>())
}

/// One line a difference or whole thing: address, field, class.
fn story(drift: &Drift) -> String {
    let mut lines = Vec::new();
    for thing in &drift.things {
        if let Some(class) = thing.class {
            lines.push(format!("{} {:?} {class:?}", thing.address, thing.standing));
        }
        for one in &thing.differences {
            lines.push(format!("{} {} {:?}", thing.address, one.path, one.class));
        }
    }
    lines.join("\n")
}

const BASE: &str = "roles: { ci: { trust: ec2.amazonaws.com, description: one } }";
const NEWER: &str = "roles: { ci: { trust: ec2.amazonaws.com, description: two } }";

fn by_hand(description: &str) -> World {
    World::settled(BASE).role("ci", |role| role.description = description.into())
}

#[test]
fn each_of_the_four_cases_has_its_name() {
    let description = |file: &str, live: &str| story(&drift(&[BASE], file, by_hand(live)));
    assert_eq!(description(BASE, "one"), "");
    assert_eq!(description(BASE, "hand"), "role/ci description Drift");
    assert_eq!(description(NEWER, "one"), "role/ci description Pending");
    assert_eq!(description(NEWER, "hand"), "role/ci description Conflict");
    assert_eq!(description(NEWER, "two"), "");
}

#[test]
fn without_a_base_a_difference_is_only_that() {
    assert_eq!(
        story(&drift(&[], NEWER, by_hand("one"))),
        "role/ci description Difference"
    );
}

#[test]
fn all_three_values_are_told() {
    let drift = drift(&[BASE], NEWER, by_hand("hand"));
    let one = &drift.things[0].differences[0];
    let text = |text: &str| Some(Shown::text(text));
    assert_eq!(
        (one.base.clone(), one.live.clone(), one.file.clone()),
        (text("one"), text("hand"), text("two"))
    );
}

#[test]
fn an_attachment_by_hand_is_drift_and_one_in_the_file_is_pending() {
    let live = World::settled(BASE).role("ci", |role| {
        role.policies.insert(arn("aws/AdministratorAccess"));
    });
    assert_eq!(
        story(&drift(&[BASE], BASE, live)),
        "role/ci policies.arn:aws:iam::aws:policy/AdministratorAccess Drift"
    );
    let file = "roles: { ci: { trust: ec2.amazonaws.com, description: one, policies: [ReadOnlyAccess] } }";
    assert_eq!(
        story(&drift(&[BASE], file, World::settled(BASE))),
        "role/ci policies.arn:aws:iam::aws:policy/ReadOnlyAccess Pending"
    );
}

#[test]
fn what_is_missing_was_deleted_or_is_not_made_yet() {
    let nothing = || World::of("roles: {}");
    assert_eq!(story(&drift(&[BASE], BASE, nothing())), "role/ci Missing Drift");
    assert_eq!(
        story(&drift(&["roles: {}"], BASE, nothing())),
        "role/ci Missing Pending"
    );
    assert_eq!(story(&drift(&[], BASE, nothing())), "role/ci Missing Difference");
}

#[test]
fn what_the_file_no_longer_declares_is_pending_while_it_is_there() {
    let drift_of = |live| drift(&[BASE], "roles: {}", live);
    let told = drift_of(World::settled(BASE));
    assert_eq!(story(&told), "role/ci Extra Pending");
    assert_eq!(
        told.things[0].origin.as_ref().unwrap().to_string(),
        "main~1:environment.yaml:5"
    );
    assert!(!told.counts().differs());
    assert_eq!(story(&drift_of(World::of("roles: {}"))), "");
}

#[test]
fn what_shall_be_absent_is_pending_or_was_made_again() {
    let absent = "absent: { roles: [ci] }";
    assert_eq!(
        story(&drift(&[BASE], absent, World::settled(BASE))),
        "role/ci Extra Pending"
    );
    assert_eq!(
        story(&drift(&[absent], absent, World::settled(BASE))),
        "role/ci Extra Drift"
    );
}

#[test]
fn another_id_for_the_same_name_is_nothing() {
    let renamed = "roles: { builder: { name: ci, trust: ec2.amazonaws.com, description: one } }";
    let live = World::settled(renamed);
    assert_eq!(story(&drift(&[BASE], renamed, live)), "");
}

#[test]
fn a_failed_apply_is_explained_by_either_of_two_bases() {
    let third = "roles: { ci: { trust: ec2.amazonaws.com, description: three } }";
    // Nothing of the second apply has arrived: the account is still as the first one left it.
    assert_eq!(
        story(&drift(&[BASE, NEWER], NEWER, by_hand("one"))),
        "role/ci description Pending"
    );
    assert_eq!(
        story(&drift(&[BASE, NEWER], third, by_hand("two"))),
        "role/ci description Pending"
    );
    assert_eq!(
        story(&drift(&[BASE, NEWER], third, by_hand("hand"))),
        "role/ci description Conflict"
    );
    assert_eq!(
        story(&drift(&[BASE, NEWER], NEWER, by_hand("hand"))),
        "role/ci description Drift"
    );
}

#[test]
fn what_could_not_be_read_is_never_as_written() {
    let unread = |field| {
        let world = World::settled(BASE).unread(address("role", "ci"), field);
        let read = world.objects();
        compare(&world.plan_of(&read), &[])
    };
    for drift in [unread(None), unread(Some(crate::fields::FieldPath::whole("policies")))] {
        assert_eq!(drift.things[0].standing, Standing::Unknown);
        assert_eq!(drift.counts().unknown, 1);
        assert_eq!(drift.counts().as_written, 0);
    }
}

#[test]
fn a_thing_counts_once_by_the_gravest() {
    let file = "roles: { ci: { trust: ec2.amazonaws.com, description: two, max_session_duration: 2h } }";
    let live = World::settled(BASE).role("ci", |role| role.description = "hand".into());
    let drift = drift(&[BASE], file, live);
    assert_eq!(
        story(&drift),
        "role/ci description Conflict\nrole/ci max_session_duration Pending"
    );
    let counts = drift.counts();
    assert_eq!((counts.conflicting, counts.pending, counts.as_written), (1, 0, 0));
    assert!(drift.things[0].classes().contains(&Class::Pending));
}

#[test]
fn what_only_lacks_the_mark_is_no_difference() {
    let live = World::settled(BASE).role("ci", |role| {
        role.tags.clear();
    });
    let drift = drift(&[BASE], BASE, live);
    assert_eq!(story(&drift), "");
    assert_eq!(drift.counts().to_adopt, 1);
    assert!(!drift.counts().differs());
}

#[test]
fn things_are_aligned_by_what_they_are() {
    let today =
        World::of("roles: { a: { name: x, trust: ec2.amazonaws.com }, x: { name: y, trust: ec2.amazonaws.com } }");
    let before = World::of("roles: { x: { trust: ec2.amazonaws.com }, z: { name: w, trust: ec2.amazonaws.com } }");
    let aligned = dropped::aligned(&before.environment.objects, &today.environment.objects);
    let addresses: Vec<String> = aligned
        .iter()
        .map(|object: &AnyObject| object.address().to_string())
        .collect();
    assert_eq!(addresses, ["role/a", "role/z"]);
    // IAM names have no case.
    let shouted = World::of("roles: { X: { trust: ec2.amazonaws.com } }");
    let aligned = dropped::aligned(&shouted.environment.objects, &today.environment.objects);
    assert_eq!(aligned[0].address().to_string(), "role/a");
}

#[test]
fn what_a_base_does_not_know_is_nobodys_move() {
    assert_eq!(
        story(&drift(&["roles: {}"], BASE, by_hand("hand"))),
        "role/ci description Difference"
    );
    assert!(drift(&["roles: {}"], BASE, by_hand("hand")).counts().differs());
}
