//! The executor over an account that is a map of states: what it starts, when, how often, and what it tells.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::apply::{CONCURRENT_STEPS, End, Stop, execute};
use super::error::Nature;
use super::retry::Pace;
use super::{Backend, CallError, Event, Receipt, Settled, Watch};
use crate::address::Address;
use crate::kind::{Once, Retry, When};
use crate::kinds::{AnyAction, AnyObject, AnyState};
use crate::plan::Step;
use crate::plan::testing::{World, address};

/// No pauses, and a patience that a test can outlast.
const PACE: Pace = Pace {
    first: Duration::ZERO,
    longest: Duration::ZERO,
    patience: Duration::from_millis(40),
    read_back: Duration::from_millis(1),
};

/// What a call meets instead of a plain answer.
#[derive(Debug, Clone)]
enum Fault {
    /// A wire code with a message; nothing is done.
    Refused(&'static str, &'static str),
    /// To be called more slowly.
    Throttled,
    /// No answer, and nothing was done.
    LostBefore,
    /// No answer, and it was done.
    LostAfter,
}

fn error(code: Option<&str>, message: &str, nature: Nature) -> CallError {
    CallError {
        operation: "iam:Test",
        code: code.map(str::to_owned),
        message: message.to_owned(),
        request_id: None,
        nature,
    }
}

/// An account whose state changes by the model of the actions. Creating what is there is refused, as AWS does it.
struct Account<'a> {
    steps: &'a [Step],
    states: RefCell<BTreeMap<Address, AnyState>>,
    faults: RefCell<BTreeMap<usize, VecDeque<Fault>>>,
    settling: RefCell<BTreeMap<usize, VecDeque<Result<Settled, CallError>>>>,
    calls: RefCell<Vec<usize>>,
    running: Cell<usize>,
    most: Cell<usize>,
    /// Asked to stop when this step is called.
    stop_at: Option<(usize, &'a Stop)>,
}

impl<'a> Account<'a> {
    fn of(world: &World, steps: &'a [Step]) -> Self {
        Self {
            steps,
            states: RefCell::new(world.states.clone()),
            faults: RefCell::default(),
            settling: RefCell::default(),
            calls: RefCell::default(),
            running: Cell::new(0),
            most: Cell::new(0),
            stop_at: None,
        }
    }

    fn fault(self, step: usize, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.faults.borrow_mut().insert(step, faults.into_iter().collect());
        self
    }

    fn settle(self, step: usize, answers: impl IntoIterator<Item = Result<Settled, CallError>>) -> Self {
        self.settling.borrow_mut().insert(step, answers.into_iter().collect());
        self
    }

    /// Which step an action belongs to.
    fn step_of(&self, action: &AnyAction) -> usize {
        let text = format!("{action:?}");
        let found = self.steps.iter().find(|step| format!("{:?}", step.action) == text);
        found.unwrap().id
    }

    fn calls_of(&self, step: usize) -> usize {
        self.calls.borrow().iter().filter(|call| **call == step).count()
    }

    fn carry_out(&self, step: &Step) -> Result<Receipt, CallError> {
        let mut states = self.states.borrow_mut();
        let before = states.remove(&step.address);
        let is_there = before.is_some();
        let after = if is_there && step.rank == crate::kind::Rank::Create {
            before
        } else {
            let after = step.action.after(before);
            states.extend(after.map(|state| (step.address.clone(), state)));
            return Ok(Receipt::default());
        };
        states.extend(after.map(|state| (step.address.clone(), state)));
        Err(error(Some("EntityAlreadyExists"), "it exists", Nature::Refused))
    }
}

impl Backend for Account<'_> {
    async fn observe(&self, objects: Vec<AnyObject>) -> Vec<AnyObject> {
        objects
    }

    async fn run(&self, action: &AnyAction) -> Result<Receipt, CallError> {
        let id = self.step_of(action);
        self.calls.borrow_mut().push(id);
        self.running.set(self.running.get() + 1);
        self.most.set(self.most.get().max(self.running.get()));
        if let Some((_, stop)) = self.stop_at.filter(|(at, _)| *at == id) {
            stop.ask();
        }
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
        self.running.set(self.running.get() - 1);
        let fault = self.faults.borrow_mut().get_mut(&id).and_then(VecDeque::pop_front);
        let lost = || Err(error(None, "no answer in time", Nature::Ambiguous));
        match fault {
            None => self.carry_out(&self.steps[id]),
            Some(Fault::Refused(code, message)) => Err(error(Some(code), message, Nature::Refused)),
            Some(Fault::Throttled) => Err(error(Some("Throttling"), "slower", Nature::Throttled)),
            Some(Fault::LostBefore) => lost(),
            Some(Fault::LostAfter) => self.carry_out(&self.steps[id]).and_then(|_| lost()),
        }
    }

    async fn settled(&self, action: &AnyAction) -> Result<Settled, CallError> {
        let id = self.step_of(action);
        let answer = self.settling.borrow_mut().get_mut(&id).and_then(VecDeque::pop_front);
        answer.unwrap_or(Ok(Settled::Done))
    }
}

/// Writes down what is told, one word an event.
#[derive(Default)]
struct Diary(RefCell<Vec<String>>);

impl Watch for Diary {
    fn tell(&self, event: &Event<'_>) {
        let line = match event {
            Event::Started(step) => format!("{} started", step.id),
            // Each call is told before and after; here the answer is enough.
            Event::Calling { .. } => return,
            Event::Attempted { step, attempt, result } => {
                let word = if result.is_ok() { "ok" } else { "failed" };
                format!("{} try {attempt} {word}", step.id)
            }
            Event::Waiting { step, what } => format!("{} waits for {what}", step.id),
            Event::Finished { step, end } => format!("{} {}", step.id, word(end)),
        };
        self.0.borrow_mut().push(line);
    }
}

fn word(end: &End) -> String {
    match end {
        End::Done(receipt) if receipt.already => "already".into(),
        End::Done(_) => "done".into(),
        End::Failed(error) => format!("failed {}", error.code.as_deref().unwrap_or(&error.message)),
        End::Held(root) => format!("held by {root}"),
        End::Stopped => "stopped".into(),
    }
}

async fn run(account: &Account<'_>, stop: &Stop) -> (Vec<String>, Vec<String>) {
    let diary = Diary::default();
    let ends = execute(account, account.steps, PACE, stop, &diary).await;
    (ends.iter().map(word).collect(), diary.0.into_inner())
}

async fn ends(account: &Account<'_>) -> Vec<String> {
    run(account, &Stop::default()).await.0
}

/// 0 policy a: create, 1 role r: create, 2 role r: attach, 3 role s: create.
const THREE: &str = "
policies: { a: { document: { Statement: [{ Effect: Allow, Action: '*', Resource: '*' }] } } }
roles:
  r: { trust: ec2.amazonaws.com, policies: [a] }
  s: { trust: ec2.amazonaws.com }
";

fn three() -> (World, Vec<Step>) {
    let world = World::of(THREE);
    let steps = world.plan().steps;
    assert_eq!(steps.len(), 4);
    assert_eq!(steps[2].after, [0, 1]);
    (world, steps)
}

#[tokio::test]
async fn everything_is_done_and_nothing_starts_before_what_it_waits_for() {
    let (mut world, steps) = three();
    let account = Account::of(&world, &steps);
    let (ends, told) = run(&account, &Stop::default()).await;
    assert_eq!(ends, ["done"; 4]);
    let at = |line: &str| told.iter().position(|told| told == line).unwrap();
    assert!(at("2 started") > at("0 done") && at("2 started") > at("1 done"));
    for id in 0..4 {
        let own: Vec<&str> = told
            .iter()
            .filter_map(|line| line.strip_prefix(&format!("{id} ")))
            .collect();
        assert_eq!(own, ["started", "try 1 ok", "done"]);
    }
    world.states = account.states.into_inner();
    assert!(world.plan().is_empty());
}

#[tokio::test]
async fn an_empty_plan_ends_at_once() {
    let world = World::of(THREE);
    assert!(ends(&Account::of(&world, &[])).await.is_empty());
}

#[tokio::test]
async fn independent_steps_run_together_and_never_too_many() {
    let roles: String = (0..30)
        .map(|n| format!("  r{n:02}: {{ trust: ec2.amazonaws.com }}\n"))
        .collect();
    let world = World::of(&format!("roles:\n{roles}"));
    let steps = world.plan().steps;
    let account = Account::of(&world, &steps);
    assert_eq!(ends(&account).await, ["done"; 30]);
    assert_eq!(account.most.get(), CONCURRENT_STEPS);
    // Those that are ready start in the order of the plan.
    assert_eq!(account.calls.borrow()[..8], [0, 1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn a_failure_holds_what_stands_on_it_and_nothing_else() {
    let (world, steps) = three();
    let account = Account::of(&world, &steps).fault(0, [Fault::Refused("AccessDenied", "no")]);
    let (ends, told) = run(&account, &Stop::default()).await;
    assert_eq!(ends, ["failed AccessDenied", "done", "held by 0", "done"]);
    assert_eq!(account.calls_of(0), 1);
    assert_eq!(account.calls_of(2), 0);
    assert!(told.contains(&"2 held by 0".to_owned()));
}

#[tokio::test]
async fn the_root_is_named_at_any_distance() {
    let world = World::of(
        "roles: { r: { trust: ec2.amazonaws.com, instance_profile: true, policies: [AdministratorAccess] } }",
    );
    let steps = world.plan().steps;
    assert_eq!(steps.len(), 4);
    let account = Account::of(&world, &steps).fault(0, [Fault::Refused("LimitExceeded", "roles")]);
    assert_eq!(
        ends(&account).await,
        ["failed LimitExceeded", "held by 0", "held by 0", "held by 0"]
    );
}

const HEALS: &[Retry] = &[Retry {
    code: "MalformedPolicyDocument",
    fragment: "invalid principal",
    within_s: 60,
    waiting_for: "IAM",
    when: When::Always,
}];

const HEALS_FRESH: &[Retry] = &[Retry {
    code: "NoSuchEntity",
    fragment: "",
    within_s: 60,
    waiting_for: "IAM",
    when: When::Fresh,
}];

const HEALS_NO_MORE: &[Retry] = &[Retry {
    within_s: 0,
    ..HEALS[0]
}];

/// One step under one rule.
fn one(rules: &'static [Retry], fresh: &[()], once: Once) -> (World, Vec<Step>) {
    let world = World::of("roles: { r: { trust: ec2.amazonaws.com } }");
    let mut steps = world.plan().steps;
    steps[0].facts.retry = rules;
    steps[0].facts.once = once;
    steps[0].fresh = !fresh.is_empty();
    (world, steps)
}

#[tokio::test]
async fn an_error_heals_by_its_code_and_its_words_alone() {
    use Fault::Refused;
    let principal = || Refused("MalformedPolicyDocument", "Invalid principal in policy: AWS");
    for (rules, fresh, faults, end, calls) in [
        (HEALS, vec![], vec![principal(), principal()], "done", 3),
        (
            HEALS,
            vec![],
            vec![Refused("MalformedPolicyDocument", "Syntax errors")],
            "failed MalformedPolicyDocument",
            1,
        ),
        (
            HEALS,
            vec![],
            vec![Refused("InvalidInput", "Invalid principal")],
            "failed InvalidInput",
            1,
        ),
        (
            HEALS,
            vec![],
            vec![principal(), Refused("AccessDenied", "no")],
            "failed AccessDenied",
            2,
        ),
        (
            HEALS_NO_MORE,
            vec![],
            vec![principal()],
            "failed MalformedPolicyDocument",
            1,
        ),
        (HEALS_FRESH, vec![()], vec![Refused("NoSuchEntity", "role")], "done", 2),
        (
            HEALS_FRESH,
            vec![],
            vec![Refused("NoSuchEntity", "role")],
            "failed NoSuchEntity",
            1,
        ),
    ] {
        let (world, steps) = one(rules, &fresh, Once::Repeatable);
        let account = Account::of(&world, &steps).fault(0, faults.clone());
        assert_eq!(ends(&account).await, [end], "{faults:?}");
        assert_eq!(account.calls_of(0), calls, "{faults:?}");
    }
}

#[tokio::test]
async fn waiting_is_told_and_has_an_end() {
    let (world, steps) = one(HEALS, &[], Once::Repeatable);
    let account =
        Account::of(&world, &steps).fault(0, [Fault::Refused("MalformedPolicyDocument", "INVALID PRINCIPAL")]);
    let (_, told) = run(&account, &Stop::default()).await;
    assert_eq!(
        told,
        ["0 started", "0 try 1 failed", "0 waits for IAM", "0 try 2 ok", "0 done"]
    );
    let account = Account::of(&world, &steps).fault(0, vec![Fault::Throttled; 1_000_000]);
    assert_eq!(ends(&account).await, ["failed Throttling"]);
    assert!(account.calls_of(0) > 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_its_effect_is_recognised() {
    for (fault, end) in [(Fault::LostBefore, "done"), (Fault::LostAfter, "already")] {
        let (world, steps) = one(&[], &[], Once::Repeatable);
        let account = Account::of(&world, &steps).fault(0, [fault]);
        assert_eq!(ends(&account).await, [end]);
        assert_eq!(account.calls_of(0), 2);
        assert!(account.states.borrow().contains_key(&address("role", "r")));
    }
}

/// Somebody else may have made it: only after a try of our own whose end isn't known is it ours.
#[tokio::test]
async fn what_exists_already_is_a_failure_without_a_lost_answer() {
    let (world, steps) = one(&[], &[], Once::Repeatable);
    let account = Account::of(&world.live("roles: { r: { trust: ec2.amazonaws.com } }"), &steps);
    assert_eq!(ends(&account).await, ["failed EntityAlreadyExists"]);
    let (world, steps) = one(&[], &[], Once::Repeatable);
    let world = world.live("roles: { r: { trust: ec2.amazonaws.com } }");
    let account = Account::of(&world, &steps).fault(0, [Fault::Throttled]);
    assert_eq!(ends(&account).await, ["failed EntityAlreadyExists"]);
}

#[tokio::test]
async fn what_adds_with_each_call_is_never_repeated_blindly() {
    const AMBIGUOUS: &[Retry] = &[Retry {
        code: "ServiceFailure",
        fragment: "",
        within_s: 60,
        waiting_for: "IAM",
        when: When::Always,
    }];
    for fault in [Fault::LostBefore, Fault::LostAfter] {
        let (world, steps) = one(AMBIGUOUS, &[], Once::OnlyOnce);
        let account = Account::of(&world, &steps).fault(0, [fault]);
        assert_eq!(ends(&account).await, ["failed no answer in time"]);
        assert_eq!(account.calls_of(0), 1);
    }
    // Even where a rule says that the error heals.
    let (_, steps) = one(AMBIGUOUS, &[], Once::OnlyOnce);
    let failure = error(Some("ServiceFailure"), "", Nature::Ambiguous);
    let next = super::retry::after(&failure, &steps[0], &PACE, super::retry::Unsure::No);
    assert_eq!(next, super::retry::Next::Fail);
    // A clear refusal has changed nothing.
    let (world, steps) = one(&[], &[], Once::OnlyOnce);
    let account = Account::of(&world, &steps).fault(0, [Fault::Throttled]);
    assert_eq!(ends(&account).await, ["done"]);
}

#[tokio::test]
async fn without_credentials_nothing_more_is_tried_and_nobody_has_stopped_it() {
    let roles: String = (0..40)
        .map(|n| format!("  r{n:02}: {{ trust: ec2.amazonaws.com }}\n"))
        .collect();
    let world = World::of(&format!("roles:\n{roles}"));
    let steps = world.plan().steps;
    let account = Account::of(&world, &steps).fault(0, [Fault::Refused("ExpiredToken", "expired")]);
    let stop = Stop::default();
    let (ends, told) = run(&account, &stop).await;
    assert_eq!(ends[0], "failed ExpiredToken");
    let failed = told.iter().position(|line| line == "0 failed ExpiredToken").unwrap();
    let is_start = |line: &&String| line.ends_with("started");
    // What was under way ends by itself; what was not is not begun.
    let started = told[..failed].iter().filter(is_start).count();
    assert_eq!(told[failed..].iter().filter(is_start).count(), 0);
    assert_eq!(ends.iter().filter(|end| *end == "done").count(), started - 1);
    assert_eq!(ends.iter().filter(|end| *end == "stopped").count(), 40 - started);
    assert!(started < 40);
    assert!(!stop.is_asked(), "the exit code would say that somebody interrupted it");
}

#[tokio::test]
async fn after_a_stop_nothing_starts_and_what_runs_is_awaited() {
    let (world, steps) = three();
    let stop = Stop::default();
    let mut account = Account::of(&world, &steps).fault(1, vec![Fault::Throttled; 1_000_000]);
    account.stop_at = Some((0, &stop));
    let (ends, told) = run(&account, &stop).await;
    // The first one was under way; the others hadn't begun: none is started afterwards.
    assert_eq!(ends[0], "done");
    assert_eq!(ends[2], "held by 1");
    assert!(ends[1] == "failed Throttling" && account.calls_of(1) == 1, "{ends:?}");
    assert!(!told.contains(&"2 started".to_owned()));

    let stop = Stop::default();
    stop.ask();
    let account = Account::of(&world, &steps);
    assert_eq!(run(&account, &stop).await, (vec!["stopped".to_owned(); 4], Vec::new()));
}

#[tokio::test]
async fn a_step_ends_when_aws_has_finished() {
    let (world, steps) = one(&[], &[], Once::Repeatable);
    let waiting = || Ok(Settled::Waiting("the function to be active"));
    let odd = || Err(error(Some("ResourceNotFoundException"), "", Nature::Refused));
    let account = Account::of(&world, &steps).settle(0, [waiting(), odd(), waiting(), Ok(Settled::Done)]);
    let (ends, told) = run(&account, &Stop::default()).await;
    assert_eq!(ends, ["done"]);
    let waits = told
        .iter()
        .filter(|line| *line == "0 waits for the function to be active")
        .count();
    assert_eq!((waits, account.calls_of(0)), (2, 1));

    let account = Account::of(&world, &steps).settle(0, [waiting(), Ok(Settled::Failed("no such image".into()))]);
    assert_eq!(self::ends(&account).await, ["failed no such image"]);
    let account = Account::of(&world, &steps).settle(0, [Err(error(Some("ExpiredToken"), "", Nature::Refused))]);
    assert_eq!(self::ends(&account).await, ["failed ExpiredToken"]);
    let account = Account::of(&world, &steps).settle(0, (0..1_000_000).map(|_| odd()));
    assert_eq!(self::ends(&account).await, ["failed ResourceNotFoundException"]);
}

#[test]
fn pauses_double_up_to_the_longest_and_never_overflow() {
    let pauses: Vec<u128> = (1..8).map(|attempt| Pace::AWS.pause(attempt).as_millis()).collect();
    assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
    assert_eq!(Pace::AWS.pause(u32::MAX), Pace::AWS.longest);
    assert_eq!(Pace::AWS.pause(0), Pace::AWS.first);
}
