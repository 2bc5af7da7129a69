use crate::address::Address;
use crate::kinds::KindName;
use crate::plan::level::TagRules;
use crate::plan::testing::{World, address, home};

use super::*;

const FILE: &str = "
policies: { base: { document: { Statement: [ { Effect: Allow, Action: \"s3:*\", Resource: \"*\" } ] } } }
roles:
  app: { trust: ec2.amazonaws.com, policies: [base], description: One, ignore: [description], protect: true }
";

/// What is told of a role, a subject and its words a line.
fn told(world: &World, kind: &str, name: &str) -> String {
    let (objects, plan, tags, home) = (world.objects(), world.plan(), TagRules::new(Vec::new()), home());
    let around = Around {
        plan: &plan,
        objects: &objects,
        tags: &tags,
        home: &home,
    };
    let object = objects
        .iter()
        .find(|object| *object.address() == address(kind, name))
        .unwrap();
    let lines = explain(object, &around).lines;
    let line = |(subject, words, place): &(&str, String, Option<Place>)| {
        let place = place
            .as_ref()
            .map(|place| format!(" @{}", place.line))
            .unwrap_or_default();
        format!("{subject}: {words}{place}\n")
    };
    lines.iter().map(line).collect()
}

#[test]
fn a_managed_thing_says_its_tag_its_lines_and_what_is_kept() {
    let world = World::settled(FILE).role("app", |role| role.description = "Two".into());
    let told = told(&world, "role", "app");
    for wanted in [
        "declared: whole @8",
        "standing: managed: tag evenkeel:environment = imaging",
        "protected: `protect: true` @8",
        "protected: tag evenkeel:protect = true",
        "ignored: description: AWS has Two, the file One because of `ignore: description` @8",
        "next apply: does nothing with it",
    ] {
        assert!(told.contains(wanted), "{wanted}\n{told}");
    }
}

#[test]
fn references_are_told_with_their_line() {
    let world = World::settled(FILE);
    let told = told(&world, "policy", "base");
    assert!(told.contains("named by: role/app @8"), "{told}");
    assert!(told.contains("used by: arn:aws:iam::123456789012:role/app"), "{told}");
}

#[test]
fn what_is_somebody_elses_says_whose_and_which_word_takes_it() {
    let world = World::settled(FILE).role("app", |role| {
        role.tags.insert("evenkeel:environment".into(), "other".into());
    });
    let told = told(&world, "role", "app");
    assert!(
        told.contains("standing: contested: it belongs to the environment `other`"),
        "{told}"
    );
    assert!(told.contains("--adopt role/app"), "{told}");
    assert!(told.contains("refused: role/app belongs to"), "{told}");
}

#[test]
fn what_has_no_mark_is_to_be_adopted() {
    let unmark = |role: &mut crate::kinds::role::State| drop(role.tags.remove("evenkeel:environment"));
    let as_written = World::settled(FILE).role("app", unmark);
    assert!(told(&as_written, "role", "app").contains("standing: to be adopted: no tag"));
    let other = World::settled(FILE)
        .role("app", unmark)
        .role("app", |role| role.policies.clear());
    let text = told(&other, "role", "app");
    assert!(text.contains("so that it needs --adopt role/app"), "{text}");
    assert!(text.contains("next apply: refuses"), "{text}");
}

#[test]
fn what_shall_go_says_the_line_that_says_so() {
    let world = World::of("absent: { roles: [old] }").live("roles: { old: { trust: ec2.amazonaws.com } }");
    let told = told(&world, "role", "old");
    assert!(
        told.contains("declared: planned for deletion: `absent:` names it @5"),
        "{told}"
    );
    assert!(told.contains("next apply: deletes it"), "{told}");
    let of = Address::new(KindName::of_name("role").unwrap(), "old");
    assert_eq!(of, address("role", "old"));
}

#[test]
fn what_is_not_there_is_made() {
    let told = told(&World::of(FILE), "role", "app");
    assert!(told.contains("in AWS: there is none"), "{told}");
    assert!(told.contains("next apply: makes it"), "{told}");
    assert!(told.contains("step: create role app"), "{told}");
}

#[test]
fn what_could_not_be_read_says_why() {
    let world = World::settled(FILE).unread(address("role", "app"), None);
    let told = told(&world, "role", "app");
    assert!(told.contains("could not be read: AccessDenied"), "{told}");
    assert!(told.contains("next apply: leaves it alone"), "{told}");
}
