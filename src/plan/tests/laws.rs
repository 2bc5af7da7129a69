//! Laws over many files and accounts: what a plan promises, whatever stands in the file and whatever is there.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use serde_json::{Value, json};

use super::*;
use crate::fields::Fields as _;
use crate::kind::{Kind as _, Object, Rank};
use crate::kinds::{AnyState, Member, Visit, policy, role};
use crate::plan::testing::{home, states};
use crate::plan::{Plan, Step};
use crate::render::snippet::Colour;

const POLICIES: [&str; 4] = ["p0", "p1", "p2", "p3"];
const ROLES: [&str; 4] = ["r0", "r1", "r2", "r3"];
const MANAGED: [&str; 3] = ["AdministratorAccess", "AmazonS3ReadOnlyAccess", "AmazonSQSFullAccess"];

fn statement() -> impl Strategy<Value = Value> {
    let effect = prop::sample::select(vec!["Allow", "Allow", "Deny"]);
    let actions = subsequence(vec!["s3:GetObject", "s3:PutObject", "sqs:*", "iam:PassRole"], 1..3);
    let sid = prop::option::of(prop::sample::select(vec!["A", "B"]));
    let resource = prop::sample::select(vec!["*", "arn:aws:s3:::b/*"]);
    (effect, actions, sid, resource).prop_map(|(effect, actions, sid, resource)| {
        let mut statement = json!({ "Effect": effect, "Action": actions, "Resource": resource });
        if let Some(sid) = sid {
            statement["Sid"] = json!(sid);
        }
        statement
    })
}

fn document() -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(), 1..3).prop_map(|mut statements| {
        // AWS takes a Sid once in a document.
        if statements.len() > 1 && statements[0].get("Sid") == statements[1].get("Sid") {
            statements[1].as_object_mut().unwrap().remove("Sid");
        }
        json!({ "Statement": statements })
    })
}

fn tags() -> impl Strategy<Value = Value> {
    let pairs = subsequence(vec![("team", "a"), ("team/lead", ""), ("cost-center", "7")], 0..3);
    pairs.prop_map(|pairs| pairs.into_iter().map(|(k, v)| (k.to_owned(), json!(v))).collect())
}

fn put(map: &mut Value, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        map[key] = value;
    }
}

fn path() -> impl Strategy<Value = Option<Value>> {
    prop::option::weighted(
        0.2,
        prop::sample::select(vec![json!("/"), json!("/a/"), json!("/a/b/")]),
    )
}

fn policy() -> impl Strategy<Value = Value> {
    let description = prop::option::weighted(0.2, prop::sample::select(vec![json!("one"), json!("two")]));
    (document(), path(), description, tags()).prop_map(|(document, path, description, tags)| {
        let mut policy = json!({ "document": document, "tags": tags });
        put(&mut policy, "path", path);
        put(&mut policy, "description", description);
        policy
    })
}

/// Links by number: which they are depends on what the same file declares.
#[derive(Debug, Clone)]
struct Links {
    attached: Vec<Index>,
    boundary: Option<Index>,
    trusted: Vec<Index>,
}

fn links() -> impl Strategy<Value = Links> {
    let any_index = || any::<Index>();
    (
        prop::collection::vec(any_index(), 0..4),
        prop::option::weighted(0.3, any_index()),
        prop::collection::vec(any_index(), 0..3),
    )
        .prop_map(|(attached, boundary, trusted)| Links {
            attached,
            boundary,
            trusted,
        })
}

fn role() -> impl Strategy<Value = (Value, Links)> {
    let inline = prop::collection::btree_map(prop::sample::select(vec!["i0", "i1"]), document(), 0..3);
    let profile = prop::option::weighted(0.2, prop::sample::select(vec![json!(true), json!("none"), json!("x")]));
    let session = prop::option::weighted(0.2, prop::sample::select(vec![json!("2h"), json!("1h")]));
    let more = (path(), profile, session, tags(), any::<bool>());
    (inline, more, links()).prop_map(|(inline, (path, profile, session, tags, described), links)| {
        let mut role = json!({ "inline_policies": inline, "tags": tags });
        put(&mut role, "path", path);
        put(&mut role, "instance_profile", profile);
        put(&mut role, "max_session_duration", session);
        put(&mut role, "description", described.then(|| json!("what for\tit is")));
        (role, links)
    })
}

/// Some of the policies and roles, linked with each other.
fn side() -> impl Strategy<Value = Value> {
    let policies = prop::collection::btree_map(prop::sample::select(POLICIES.to_vec()), policy(), 0..4);
    let roles = prop::collection::btree_map(prop::sample::select(ROLES.to_vec()), role(), 0..4);
    (policies, roles).prop_map(|(policies, roles)| {
        let names: Vec<&str> = roles.keys().copied().collect();
        let attachable: Vec<&str> = policies.keys().copied().chain(MANAGED).collect();
        let linked = |(role, links): &(Value, Links)| {
            let mut role = role.clone();
            let unique = |indices: &[Index], of: &[&str]| {
                let mut found: Vec<String> = indices.iter().map(|index| (*index.get(of)).to_owned()).collect();
                found.sort();
                found.dedup();
                found
            };
            role["policies"] = json!(unique(&links.attached, &attachable));
            put(
                &mut role,
                "permissions_boundary",
                links.boundary.map(|index| json!(index.get(&attachable))),
            );
            let trusted = unique(&links.trusted, &names);
            role["trust"] = match trusted.as_slice() {
                [] => json!("ec2.amazonaws.com"),
                some => json!({ "aws": some }),
            };
            role
        };
        let roles: BTreeMap<&str, Value> = roles.iter().map(|(name, role)| (*name, linked(role))).collect();
        json!({ "policies": policies, "roles": roles })
    })
}

/// A file in JSON, which is YAML; what the other side has and this one doesn't may be named under `absent:`.
fn file(side: &Value, other: &Value, absent: &[&str]) -> String {
    let mut file = side.clone();
    let gone = |section: &str| {
        let names = other[section]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str());
        let names = names.filter(|name| side[section].get(name).is_none() && absent.contains(name));
        json!(names.collect::<Vec<_>>())
    };
    file["absent"] = json!({ "policies": gone("policies"), "roles": gone("roles") });
    let header = [("version", json!(1)), ("environment", json!("imaging"))];
    header.into_iter().for_each(|(key, value)| file[key] = value);
    file.to_string()
}

/// A file and an account that have to do with each other.
fn world() -> impl Strategy<Value = (String, String)> {
    let names: Vec<&str> = POLICIES.into_iter().chain(ROLES).collect();
    let absent = prop_oneof![Just(names.clone()), subsequence(names, 0..8)];
    (side(), side(), absent)
        .prop_map(|(wanted, live, absent)| (file(&wanted, &live, &absent), file(&live, &json!({}), &[])))
}

/// The user has said yes to everything.
fn willing(wanted: &str, live: &str) -> World {
    let world = World::of(wanted).live(live).adopt("*").replace("*");
    world.allow("mass-change").allow("lockout")
}

fn bytes(plan: &Plan) -> String {
    serde_json::to_string(plan).unwrap()
}

/// Every step stands behind what it needs, and before what frees its way.
fn is_in_order(steps: &[Step]) -> bool {
    let at = |test: &dyn Fn(&Step) -> bool| {
        steps
            .iter()
            .filter(|step| test(step))
            .map(|step| step.id)
            .collect::<Vec<_>>()
    };
    steps.iter().enumerate().all(|(place, step)| {
        let numbered = step.id == place && step.after.iter().all(|before| *before < place);
        let is_other = |other: &Step| other.address != step.address;
        let needs = step.facts.needs.iter().all(|arn| {
            let makers = at(&|other| is_other(other) && other.facts.makes.contains(arn));
            makers.iter().all(|maker| stands_on(steps, place, *maker))
        });
        let frees = step.facts.frees.iter().all(|arn| {
            let deleters = at(&|other| is_other(other) && other.facts.deletes.contains(arn));
            deleters.iter().all(|deleter| stands_on(steps, *deleter, place))
        });
        let unlinked = step.facts.deletes.iter().all(|arn| {
            let breaks = |other: &Step| {
                other.facts.unlinks.as_ref().is_some_and(|(holder, held)| {
                    holder.pathless() == arn.pathless() || held.pathless() == arn.pathless()
                })
            };
            at(&|other| other.id != place && breaks(other) && other.rank < Rank::Create)
                .iter()
                .all(|link| stands_on(steps, place, *link))
        });
        let ranked = place == 0 || step.address != steps[place - 1].address || steps[place - 1].rank <= step.rank;
        numbered && needs && frees && unlinked && ranked
    })
}

/// Whether a step waits for another one, over any number of others: the executor knows nothing else.
fn stands_on(steps: &[Step], step: usize, other: usize) -> bool {
    steps[step]
        .after
        .iter()
        .any(|before| *before == other || stands_on(steps, *before, other))
}

/// A strict account: what IAM would refuse is refused.
fn carry_out(world: &mut World, plan: &Plan) -> Result<(), TestCaseError> {
    for step in &plan.steps {
        let names = |state: &AnyState, arn: &crate::names::Arn| match state {
            AnyState::Role(role) => role.policies.contains(arn) || role.permissions_boundary.as_ref() == Some(arn),
            _ => false,
        };
        for arn in &step.facts.deletes {
            let used: Vec<_> = world
                .states
                .iter()
                .filter(|(_, state)| names(state, arn))
                .map(|(at, _)| at)
                .collect();
            prop_assert!(used.is_empty(), "{arn} is deleted while {used:?} have it");
            if let Some(AnyState::Role(role)) = world.states.get(&step.address) {
                prop_assert!(
                    role.policies.is_empty() && role.inline_policies.is_empty() && role.instance_profile.is_empty()
                );
            }
        }
        let before = world.states.contains_key(&step.address);
        prop_assert_eq!(before, step.rank != Rank::Create, "{} {}", step.address, step.summary);
        world.step(step);
        // The model of detaching a policy from its holder lies with the holder.
        if let Some((holder, held)) = step
            .facts
            .unlinks
            .as_ref()
            .filter(|(holder, _)| step.action.arn() != holder)
            && let Some(name) = holder.role_name()
            && let Some(AnyState::Role(role)) = world.states.get_mut(&address("role", name.as_str()))
        {
            role.policies.remove(held);
        }
    }
    Ok(())
}

/// What the file leaves to AWS is what it was, unless it stands in words.
fn protection(states: &BTreeMap<crate::address::Address, AnyState>, name: &str) -> Option<(String, String)> {
    match states.get(&address("role", name)) {
        Some(AnyState::Role(role)) => Some((
            format!("{:?}", role.permissions_boundary),
            format!("{:?}", role.instance_profile),
        )),
        _ => None,
    }
}

/// The state of a resource's spelling, read back through the front-end.
fn reread(address: &crate::address::Address, state: &AnyState) -> AnyState {
    let (section, spelled) = match state {
        AnyState::Policy(state) => (
            "policies",
            policy::Policy::spell(&crate::names::PolicyName::parse(&address.name).unwrap(), state),
        ),
        AnyState::Role(state) => (
            "roles",
            role::Role::spell(&crate::names::RoleName::parse(&address.name).unwrap(), state),
        ),
        #[allow(unreachable_patterns)]
        _ => unreachable!("only policies and roles are generated"),
    };
    let file = json!({ "version": 1, "environment": "imaging", section: { &address.name: spelled } });
    states(&file.to_string()).remove(address).unwrap()
}

struct Diff;

impl Visit for Diff {
    type Out = bool;
    fn visit<K: Member>(self, object: &Object<K>) -> bool {
        let (Some(wanted), crate::kind::Seen::There(live)) = (&object.wanted, &object.seen) else {
            return true;
        };
        let (nothing, home) = (Default::default(), home());
        let cx = crate::kind::DiffCx {
            home: &home,
            replaced: &nothing,
            entangled: &nothing,
            owner_key: OWNER,
        };
        let pair = crate::kind::Pair::Change {
            wanted: &wanted.state,
            live,
        };
        wanted.state.apart(&live.state).is_empty() && K::diff(&object.id, pair, &cx).is_empty()
    }
}

/// A quarter of the usual number: each case reads two files.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: usual.cases / 4,
        failure_persistence: None,
        ..usual
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn equal_states_have_no_difference(side in side()) {
        let yaml = file(&side, &json!({}), &[]);
        let world = World::settled(&yaml);
        prop_assert!(world.objects().iter().all(|object| object.visit(Diff)));
        prop_assert!(world.plan().is_empty());
    }

    /// The second plan of a complete apply is empty, and on the way nothing happens that IAM would refuse.
    #[test]
    fn a_plan_leads_to_what_the_file_says((wanted, live) in world()) {
        let mut world = willing(&wanted, &live);
        let plan = world.plan();
        if plan.refusals.is_empty() {
            carry_out(&mut world, &plan)?;
            let again = world.plan();
            prop_assert!(again.refusals.is_empty(), "{}", again.refused());
            prop_assert!(again.steps.is_empty(), "first\n{}\nthen\n{}", plan.story(), again.story());
            prop_assert!(again.changes.iter().all(|change| change.fields.is_empty()));
        } else {
            prop_assert!(plan.refusals.iter().all(|refusal| ["in-use", "lockout"].contains(&refusal.guard)), "{}", plan.refused());
        }
    }

    /// A run that is cut off after any step is finished by the next one.
    #[test]
    fn a_plan_can_be_cut_off_anywhere((wanted, live) in world(), cut in any::<Index>()) {
        let mut world = willing(&wanted, &live);
        let mut plan = world.plan();
        prop_assume!(plan.refusals.is_empty() && !plan.steps.is_empty());
        plan.steps.truncate(cut.index(plan.steps.len()));
        carry_out(&mut world, &plan)?;
        let rest = world.plan();
        prop_assert!(rest.refusals.is_empty(), "{}", rest.refused());
        carry_out(&mut world, &rest)?;
        prop_assert!(world.plan().is_empty());
    }

    #[test]
    fn every_step_stands_behind_what_it_needs((wanted, live) in world()) {
        let plan = willing(&wanted, &live).plan();
        prop_assert!(is_in_order(&plan.steps), "{}", plan.story());
    }

    #[test]
    fn the_order_of_reading_does_not_matter((wanted, live) in world(), turns in prop::collection::vec(any::<Index>(), 3)) {
        let world = willing(&wanted, &live);
        let mut objects = world.objects();
        let first = bytes(&world.plan_of(&objects));
        for turn in turns {
            if !objects.is_empty() {
                let at = turn.index(objects.len());
                objects.rotate_left(at);
                objects.swap(0, at);
            }
            prop_assert_eq!(&bytes(&world.plan_of(&objects)), &first);
        }
    }

    #[test]
    fn silence_takes_no_boundary_and_no_profile_off((wanted, live) in world()) {
        let mut world = willing(&wanted, &live);
        let before = world.states.clone();
        let plan = world.plan();
        prop_assume!(plan.refusals.is_empty());
        world.apply(&plan);
        let file: Value = serde_json::from_str(&wanted).unwrap();
        for name in ROLES {
            let Some(role) = file["roles"].get(name) else { continue };
            let (Some(was), Some(is)) = (protection(&before, name), protection(&world.states, name)) else { continue };
            if role.get("permissions_boundary").is_none() {
                prop_assert_eq!(was.0, is.0, "the boundary of {}", name);
            }
            if role.get("instance_profile").is_none() {
                prop_assert_eq!(was.1, is.1, "the profile of {}", name);
            }
        }
    }

    /// What an apply has not been given leave for, it doesn't do: without any word nothing foreign is touched.
    #[test]
    fn what_has_no_mark_is_only_ever_marked((wanted, live) in world()) {
        let mut world = World::of(&wanted).live(&live);
        let mark = |state: &mut AnyState| match state {
            AnyState::Role(role) => drop(role.tags.remove(OWNER)),
            AnyState::Policy(policy) => drop(policy.tags.remove(OWNER)),
            #[allow(unreachable_patterns)]
            _ => {}
        };
        world.states.values_mut().for_each(mark);
        let plan = world.plan();
        let is_wanted = |step: &&Step| plan.verb(&step.address.to_string()) != Verb::Delete;
        for step in plan.steps.iter().filter(is_wanted).filter(|step| world.states.contains_key(&step.address)) {
            prop_assert_eq!(step.rank, Rank::Claim, "{}: {}", step.address, step.summary);
        }
    }

    #[test]
    fn any_plan_can_be_shown((wanted, live) in world(), odd in "\\PC{0,20}[\\x00-\\x1f\\u{202e}]{0,3}") {
        let mut world = willing(&wanted, &live);
        for state in world.states.values_mut() {
            match state {
                AnyState::Role(role) => {
                    role.description.clone_from(&odd);
                    role.tags.insert(odd.clone(), odd.clone());
                    role.inline_policies.insert(odd.clone(), crate::policy_doc::Policy::live(&odd));
                }
                AnyState::Policy(policy) => policy.document = crate::policy_doc::Policy::live(&odd),
                #[allow(unreachable_patterns)]
                _ => {}
            }
        }
        let text = crate::render::plan::plan(&world.plan()).render(Colour::Never);
        let bad = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        prop_assert!(!text.contains(bad), "{text:?}");
    }

    #[test]
    fn what_is_spelled_reads_back_the_same(side in side()) {
        for (address, state) in states(&file(&side, &json!({}), &[])) {
            prop_assert_eq!(&reread(&address, &state), &state);
        }
    }
}
