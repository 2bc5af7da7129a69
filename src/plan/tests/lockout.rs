//! What of its own access a run may give up without a word.

use super::*;

const RUNNER: &str = "
policies:
  reading: { document: [{ Sid: Read, Effect: Allow, Action: s3:GetObject, Resource: '*' }] }
roles:
  ci:
    trust: ec2.amazonaws.com
    policies: [reading]
    inline_policies: { all: [{ Effect: Allow, Action: '*', Resource: '*' }] }
";

#[test]
fn a_runner_that_keeps_what_undoing_needs_may_narrow_itself() {
    let narrower = RUNNER.replace("policies: [reading]", "policies: []");
    let plan = World::of(&narrower).live(RUNNER).run_by_role("ci").plan();
    assert_eq!(plan.refused(), "");
    assert!(!plan.steps.is_empty());
}

#[test]
fn a_runner_that_gives_up_its_own_rights_is_told_which_statement_goes() {
    let narrower = RUNNER.replace("Action: '*'", "Action: 's3:*'");
    let world = World::of(&narrower).live(RUNNER).run_by_role("ci");
    let refused = world.plan().refused();
    assert!(refused.contains("what undoing it needs: iam:"), "{refused}");
    assert!(refused.contains("(inline policy all, statement 1)"), "{refused}");
    assert!(refused.contains("--allow lockout:role/ci"), "{refused}");
    let allowed = world.allow("lockout").plan();
    assert_eq!(allowed.refused(), "");
}

#[test]
fn a_condition_on_what_undoing_needs_is_no_proof() {
    let guarded =
        "{ Effect: Allow, Action: '*', Resource: '*', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }";
    let narrower = RUNNER.replace("{ Effect: Allow, Action: '*', Resource: '*' }", guarded);
    let plan = World::of(&narrower).live(RUNNER).run_by_role("ci").plan();
    assert!(
        plan.refused()
            .contains("may take access from the identity that runs this"),
        "{}",
        plan.refused()
    );
}

#[test]
fn the_last_administrator_stays() {
    let both = format!(
        "{RUNNER}  admin: {{ trust: ec2.amazonaws.com, inline_policies: {{ all: [{{ Effect: Allow, Action: '*', Resource: '*' }}] }} }}\n"
    );
    let runner = "{ Effect: Allow, Action: ['iam:*RolePolicy', 'iam:GetRole'], Resource: '*' }";
    let live = both.replacen("{ Effect: Allow, Action: '*', Resource: '*' }", runner, 1);
    let wanted = live.replace("Action: '*'", "Action: 's3:*'");
    let plan = World::of(&wanted).live(&live).run_by_role("ci").plan();
    assert!(
        plan.refused()
            .contains("could administer the account any more; role/admin could"),
        "{}",
        plan.refused()
    );
}
