use std::collections::BTreeMap;

use crate::address::Address;
use crate::kinds::AnyState;
use crate::names::Region;
use crate::plan::level::TagRules;
use crate::plan::testing::{World, address, home};

use super::*;

const BASE: &str = "
policies:
  base: { document: { Statement: [ { Effect: Allow, Action: \"s3:*\", Resource: \"*\" } ] } }
  more: { document: { Statement: [ { Effect: Allow, Action: \"sqs:*\", Resource: \"*\" } ] } }
roles:
  app: { trust: ec2.amazonaws.com, policies: [base], description: One, tags: { team: data } }
";

/// The text that undoes what a world's plan does.
fn undone(world: &World) -> String {
    let (plan, objects, tags, home) = (world.plan(), world.objects(), TagRules::new(Vec::new()), home());
    assert!(plan.refusals.is_empty(), "{}", plan.refused());
    let region = Region::parse("eu-west-1").unwrap();
    let input = Input {
        plan: &plan,
        objects: &objects,
        strangers: &[],
        tags: &tags,
        home: &home,
        region: &region,
    };
    let authored = write(&input, &entries(&input), &["Why.".to_owned()]);
    String::from_utf8(authored.files[FILE].clone()).unwrap()
}

/// Executes a plan by its model, then what undoes it; gives the text and what the account has then.
fn there_and_back(mut world: World) -> (String, BTreeMap<Address, AnyState>) {
    let text = undone(&world);
    let plan = world.plan();
    world.apply(&plan);
    let mut back = World::of(&text).adopt("*").replace("*").allow("mass-change");
    back.states = world.states;
    let plan = back.plan();
    assert!(plan.refusals.is_empty(), "{text}\n{}", plan.refused());
    back.apply(&plan);
    assert!(back.plan().is_empty(), "{text}\n{}", back.plan().story());
    (text, back.states)
}

fn unmarked(world: World) -> World {
    world.role("app", |role| drop(role.tags.remove("evenkeel:environment")))
}

#[test]
fn whatever_is_changed_comes_back() {
    let role = |rest: &str| BASE.replace("description: One, tags: { team: data }", rest);
    let changed = [
        BASE.replace("s3:*", "s3:Get*"),
        BASE.replace("policies: [base]", "policies: [more]"),
        role("description: Two, permissions_boundary: base, instance_profile: true"),
        role(
            "protect: true, max_session_duration: 3h, inline_policies: { a: [ { Effect: Allow, Action: \"*\", Resource: \"*\" } ] }",
        ),
        BASE.replace("ec2.amazonaws.com", "lambda.amazonaws.com"),
        format!("{BASE}  new: {{ trust: ec2.amazonaws.com, policies: [more] }}\n"),
        BASE.replace("  app: {", "  app: { ignore: [description],")
            .replace("One", "Two")
            .replace("data", "sea"),
        format!("{}absent: {{ roles: [app] }}\n", &BASE[..BASE.find("roles:").unwrap()]),
    ];
    for file in changed {
        let world = World::of(&file).live(BASE).allow("mass-change");
        let before = world.states.clone();
        let (text, after) = there_and_back(world);
        assert_eq!(before, after, "{file}\n{text}");
    }
}

#[test]
fn an_adoption_is_given_up_again() {
    let world = unmarked(World::settled(BASE));
    let before = world.states.clone();
    let (text, after) = there_and_back(world);
    assert_eq!(before, after, "{text}");
    assert!(text.contains("owner: none"), "{text}");
    let handed = World::settled(BASE).role("app", |role| {
        role.tags.insert("evenkeel:environment".into(), "other".into());
        role.description = "Theirs".into();
    });
    let before = handed.states.clone();
    let (text, after) = there_and_back(handed.adopt("role/app"));
    assert_eq!(before, after, "{text}");
    assert!(text.contains("owner: other"), "{text}");
}

#[test]
fn what_was_added_to_a_shared_thing_goes_and_the_rest_is_kept() {
    let shared = BASE
        .replace("  app: {", "  app: { shared: true,")
        .replace("policies: [base]", "policies: [more]");
    let shared = shared.replace(", description: One, tags: { team: data }", "");
    let world = unmarked(World::of(&shared).live(BASE));
    let before = world.states[&address("role", "app")].clone();
    let (text, after) = there_and_back(world);
    assert_eq!(before, after[&address("role", "app")], "{text}");
    assert!(text.contains("ignore:\n") && text.contains("- description\n"), "{text}");
}

#[test]
fn only_what_the_plan_touches_is_named_and_what_is_lost_is_said() {
    let world = World::of(&BASE.replace("s3:*", "s3:Get*")).live(BASE);
    let text = undone(&world);
    assert!(
        text.contains("policy/base: the number and the date of its version in force"),
        "{text}"
    );
    assert!(!text.contains("more") && !text.contains("app"), "{text}");
}

#[test]
fn a_killed_apply_is_undone_from_any_point() {
    let file = BASE
        .replace("One", "Two")
        .replace("policies: [base]", "policies: [more]")
        .replace("sqs:*", "sns:*");
    let start = || World::of(&format!("{file}  new: {{ trust: ec2.amazonaws.com }}\n")).live(BASE);
    let (text, plan, before) = (undone(&start()), start().plan(), start().states);
    for done in 0..=plan.steps.len() {
        let mut world = start();
        plan.steps[..done].iter().for_each(|step| world.step(step));
        let mut back = World::of(&text).adopt("*").allow("mass-change");
        back.states = world.states;
        let way = back.plan();
        assert!(way.refusals.is_empty(), "{done}: {}", way.refused());
        back.apply(&way);
        assert_eq!(before, back.states, "after {done} steps\n{text}");
    }
}

#[test]
fn words_that_take_off_what_is_held_are_known_for_every_such_field() {
    // What is told, watched or only listed needs none, and settings are always written whole.
    let excepted = ["group.members", "oidc_provider.thumbprints"];
    struct Words;
    impl crate::kinds::VisitKind for Words {
        type Out = Vec<String>;
        fn visit<K: Member>(self) -> Vec<String> {
            let held = K::FIELDS
                .iter()
                .filter(|field| field.on_change == crate::kind::OnChange::Held);
            let held = held.filter(|_| K::SECTION.form != Form::Settings);
            let without = held.filter(|field| !K::OFF.iter().any(|(_, key, _)| *key == field.name));
            let mut names: Vec<String> = without.map(|field| format!("{}.{}", K::NAME, field.name)).collect();
            names.retain(|name| name != "user.access_key");
            names
        }
    }
    let missing = crate::kinds::KindName::ALL.iter().flat_map(|kind| kind.visit(Words));
    let missing: Vec<String> = missing.filter(|name| !excepted.contains(&name.as_str())).collect();
    assert_eq!(missing, Vec::<String>::new());
}
