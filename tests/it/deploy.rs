//! The files that people copy: what they pin, and what their shell does with each answer of evenkeel, tried on a sandbox.
//!
//! Invariant: the shell is taken out of the files as it stands there; only AWS and GitHub are played by something else.

use std::collections::BTreeSet;
use std::path::Path;

use evenkeel::spec::node::Node;
use evenkeel::spec::source::Sources;
use evenkeel::spec::yaml;

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn parse(file: &str) -> Node {
    let mut sources = Sources::default();
    let id = sources.add(file, read(file));
    yaml::parse(&sources, id).unwrap_or_else(|findings| panic!("{file}: {findings:?}"))
}

const WORKFLOWS: &[&str] = &[
    "deploy/github/workflows/evenkeel-pull-request.yaml",
    "deploy/github/workflows/evenkeel-apply.yaml",
    "deploy/github/workflows/evenkeel-drift.yaml",
];

const ACTION: &str = "deploy/github/actions/evenkeel/action.yaml";

#[test]
fn every_action_is_pinned_to_a_commit_with_its_version_beside_it() {
    let mut count = 0;
    for file in WORKFLOWS.iter().chain([&ACTION]) {
        for line in read(file)
            .lines()
            .filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "))
        {
            if line.starts_with("./") {
                continue;
            }
            count += 1;
            let (action, version) = line.split_once(" # v").unwrap_or_else(|| panic!("{file}: {line}"));
            let commit = action.split_once('@').map_or("", |(_, commit)| commit);
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit && version.split('.').count() == 3, "{file}: {line}");
        }
    }
    assert!(count > 8, "only {count} were found; is the search broken?");
}

#[test]
fn a_request_of_others_never_gets_a_token_and_no_job_has_more_than_it_needs() {
    for file in WORKFLOWS {
        let workflow = parse(file);
        assert!(
            workflow.get("permissions").is_some_and(|all| all.entries().is_empty()),
            "{file}"
        );
        assert!(
            workflow
                .get("on")
                .is_some_and(|on| on.get("pull_request_target").is_none()),
            "{file}"
        );
        for (name, job) in workflow.get("jobs").expect("jobs").entries() {
            let granted = job.get("permissions").expect("permissions").entries();
            let writes: BTreeSet<&str> = granted
                .iter()
                .filter(|(_, level)| level.text() == Some("write"))
                .map(|(what, _)| what.text.as_str())
                .collect();
            assert!(writes.len() <= 1, "{file}: {} may write {writes:?}", name.text);
            let is_request = workflow.get("on").is_some_and(|on| on.get("pull_request").is_some());
            if is_request && writes.contains("id-token") {
                let own = "github.event.pull_request.head.repo.full_name == github.repository";
                assert_eq!(job.get("if").and_then(Node::text), Some(own), "{file}: {}", name.text);
            }
        }
    }
}

#[test]
fn no_expression_stands_in_shell() {
    for file in WORKFLOWS {
        for (_, job) in parse(file).get("jobs").expect("jobs").entries() {
            for step in job.get("steps").expect("steps").items() {
                let shell = step.get("run").and_then(Node::text).unwrap_or_default();
                assert!(
                    !shell.contains("${{"),
                    "{file}: what others wrote would be run:\n{shell}"
                );
                assert!(
                    !shell.contains('\n') || shell.starts_with("set -euo pipefail\n"),
                    "{file}:\n{shell}"
                );
            }
        }
    }
}

#[cfg(feature = "aws")]
mod tried {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    use tempfile::TempDir;

    use super::*;

    /// A runner: a folder with an environment file, evenkeel on a sandbox, and a `gh` that writes down what it is told.
    struct Runner(TempDir);

    struct Ran {
        code: Option<i32>,
        out: String,
    }

    const ENVIRONMENT: &str = "\
version: 1
environment: lab
account: \"123456789012\"
region: us-east-1
roles:
  reader: { trust: ec2.amazonaws.com, policies: [AmazonS3ReadOnlyAccess] }
";

    impl Runner {
        fn new() -> Self {
            let runner = Self(TempDir::new().expect("a folder"));
            runner.write("work/environment.yaml", ENVIRONMENT);
            let sandbox = runner.path("sandbox");
            runner.program(
                "evenkeel",
                &format!("exec {} \"$@\" --sandbox {sandbox}\n", env!("CARGO_BIN_EXE_evenkeel")),
            );
            // Answers the questions of the scripts by what the test has put into files.
            runner.program(
                "gh",
                "printf '%s\\n' \"$*\" >> \"$HOME/told\"\ncase \"$*\" in\n  *--paginate*) cat \"$HOME/comments\" ;;\n  'issue list'*) cat \"$HOME/issues\" ;;\nesac\n",
            );
            runner.write("comments", "");
            runner.write("issues", "");
            runner.git(&["init", "-q", "-b", "main"]);
            runner.commit();
            runner
        }

        fn path(&self, name: &str) -> String {
            self.0.path().join(name).to_str().expect("UTF-8").to_owned()
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.0.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            std::fs::write(path, text).expect("a file");
        }

        fn text(&self, name: &str) -> String {
            std::fs::read_to_string(self.0.path().join(name)).unwrap_or_default()
        }

        fn program(&self, name: &str, body: &str) {
            let name = format!("bin/{name}");
            self.write(&name, &format!("#!/bin/sh\n{body}"));
            let all = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(self.0.path().join(name), all).expect("permissions");
        }

        fn git(&self, arguments: &[&str]) -> String {
            let output = Command::new("git")
                .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
                .args(arguments)
                .current_dir(self.0.path().join("work"))
                .output()
                .expect("git runs");
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
        }

        /// The commit of what stands there now.
        fn commit(&self) -> String {
            self.git(&["add", "environment.yaml"]);
            self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
            self.git(&["rev-parse", "HEAD"])
        }

        /// Runs the shell of a step as a runner does.
        fn step(&self, file: &str, job: &str, name: &str, env: &[(&str, &str)]) -> Ran {
            let workflow = parse(file);
            let steps = workflow
                .get("jobs")
                .and_then(|jobs| jobs.get(job))
                .and_then(|job| job.get("steps"));
            let mut steps = steps.expect("steps").items().iter();
            let step = steps
                .find(|step| step.get("name").and_then(Node::text) == Some(name))
                .expect("the step");
            self.shell(step.get("run").and_then(Node::text).expect("shell"), env)
        }

        fn shell(&self, script: &str, env: &[(&str, &str)]) -> Ran {
            let path = format!("{}:{}", self.path("bin"), std::env::var("PATH").expect("a path"));
            let output = Command::new("bash")
                .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
                .current_dir(self.0.path().join("work"))
                .env_clear()
                .env("PATH", path)
                .env("HOME", self.0.path())
                .env("GITHUB_OUTPUT", self.path("output"))
                .env("GITHUB_STEP_SUMMARY", self.path("summary"))
                .env("GITHUB_REPOSITORY", "lab/account")
                .envs(env.iter().copied())
                .output()
                .expect("bash runs");
            let out = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
            Ran {
                code: output.status.code(),
                out: out.concat(),
            }
        }

        /// The exit code of evenkeel that a step has handed on.
        fn told(&self) -> String {
            self.text("output").lines().last().unwrap_or_default().to_owned()
        }

        fn evenkeel(&self, line: &str) -> Ran {
            self.shell(&format!("evenkeel {line}"), &[])
        }
    }

    const REQUEST: &str = WORKFLOWS[0];
    const APPLY: &str = WORKFLOWS[1];
    const DRIFT: &str = WORKFLOWS[2];

    #[test]
    fn a_request_is_planned_and_told_once() {
        let runner = Runner::new();
        let base = runner.commit();
        let check = runner.step(REQUEST, "check", "Check", &[]);
        assert_eq!(check.code, Some(0), "{}", check.out);
        let plan = runner.step(REQUEST, "plan", "Plan", &[("BASE", &base)]);
        assert_eq!((plan.code, runner.told().as_str()), (Some(0), "code=2"), "{}", plan.out);
        let report = runner.text("work/report.md");
        assert!(
            report.starts_with("<!-- evenkeel:plan:lab -->") && report.contains("role/reader"),
            "{report}"
        );

        let comment = "Comment, or bring the comment up to date";
        std::fs::copy(runner.path("work/report.md"), runner.path("report.md")).expect("a file");
        let env = [("NUMBER", "7"), ("GH_TOKEN", "x")];
        runner.write("comments", "11\tnice\n12\t<!-- evenkeel:plan:other -->\n");
        let first = runner.step(REQUEST, "comment", comment, &env);
        assert_eq!(first.code, Some(0), "{}", first.out);
        assert!(
            runner
                .text("told")
                .contains("--method POST repos/lab/account/issues/7/comments"),
            "{}",
            runner.text("told")
        );
        runner.write(
            "comments",
            "11\tnice\n13\t<!-- evenkeel:plan:lab -->\n14\t<!-- evenkeel:plan:lab -->\n",
        );
        runner.step(REQUEST, "comment", comment, &env);
        assert!(
            runner
                .text("told")
                .contains("--method PATCH repos/lab/account/issues/comments/13 "),
            "{}",
            runner.text("told")
        );

        for (code, wanted) in [("0", 0), ("2", 0), ("3", 3), ("4", 4), ("", 1)] {
            let verdict = runner.step(REQUEST, "comment", "The verdict", &[("CODE", code)]);
            assert_eq!(verdict.code, Some(wanted), "{code}: {}", verdict.out);
        }
    }

    #[test]
    fn a_request_that_is_refused_is_told_and_one_with_mistakes_fails_at_once() {
        let runner = Runner::new();
        let base = runner.commit();
        runner.write(
            "work/environment.yaml",
            &ENVIRONMENT.replace("ec2.amazonaws.com", "{ aws: \"*\" }"),
        );
        let plan = runner.step(REQUEST, "plan", "Plan", &[("BASE", &base)]);
        assert_eq!((plan.code, runner.told().as_str()), (Some(0), "code=4"), "{}", plan.out);
        assert!(
            runner.text("work/report.md").contains("`--allow` `public:role/reader`"),
            "{}",
            runner.text("work/report.md")
        );
        runner.write("work/environment.yaml", &ENVIRONMENT.replace("trust:", "trsut:"));
        assert_eq!(runner.step(REQUEST, "check", "Check", &[]).code, Some(1));
        let plan = runner.step(REQUEST, "plan", "Plan", &[("BASE", &base)]);
        assert_eq!((plan.code, runner.told().as_str()), (Some(1), "code=1"), "{}", plan.out);
    }

    #[test]
    fn what_was_let_through_is_applied_and_a_stale_plan_is_not() {
        let runner = Runner::new();
        let plan = runner.step(APPLY, "plan", "Plan", &[]);
        assert_eq!((plan.code, runner.told().as_str()), (Some(0), "code=2"), "{}", plan.out);
        assert!(runner.text("summary").contains("role/reader"));
        let apply = runner.step(APPLY, "apply", "Apply", &[]);
        assert_eq!(apply.code, Some(0), "{}", apply.out);
        assert!(runner.text("summary").contains("Applied as planned."));
        assert!(!runner.text("work/journal.jsonl").is_empty());
        assert!(
            !runner.text("work/undo/environment.yaml").is_empty(),
            "nothing leads back"
        );

        let again = runner.step(APPLY, "plan", "Plan", &[]);
        assert_eq!(
            (again.code, runner.told().as_str()),
            (Some(0), "code=0"),
            "{}",
            again.out
        );

        let wider = ENVIRONMENT.replace("AmazonS3ReadOnlyAccess", "AmazonSQSReadOnlyAccess");
        runner.write("work/environment.yaml", &wider);
        runner.step(APPLY, "plan", "Plan", &[]);
        assert_eq!(runner.told(), "code=2");
        // Behind the plan's back.
        runner.write(
            "other.yaml",
            &ENVIRONMENT.replace("AmazonS3ReadOnlyAccess", "AmazonSNSReadOnlyAccess"),
        );
        std::fs::copy(runner.path("other.yaml"), runner.path("work/other.yaml")).expect("a file");
        assert_eq!(runner.evenkeel("apply -f other.yaml --yes").code, Some(0));
        let stale = runner.step(APPLY, "apply", "Apply", &[]);
        assert_eq!(stale.code, Some(4), "{}", stale.out);
        assert!(
            runner.text("summary").contains("Nothing was done"),
            "{}",
            runner.text("summary")
        );
    }

    #[test]
    fn drift_has_one_issue_and_closes_it() {
        let runner = Runner::new();
        assert_eq!(runner.evenkeel("apply -f environment.yaml --yes").code, Some(0));
        let clean = runner.step(DRIFT, "drift", "Look", &[]);
        assert_eq!(
            (clean.code, runner.told().as_str()),
            (Some(0), "code=0"),
            "{}",
            clean.out
        );
        runner.write(
            "work/other.yaml",
            &ENVIRONMENT.replace("AmazonS3ReadOnlyAccess", "AmazonSNSReadOnlyAccess"),
        );
        assert_eq!(runner.evenkeel("apply -f other.yaml --yes").code, Some(0));
        let moved = runner.step(DRIFT, "drift", "Look", &[]);
        assert_eq!(
            (moved.code, runner.told().as_str()),
            (Some(0), "code=2"),
            "{}",
            moved.out
        );
        assert!(runner.text("work/report.md").contains("role/reader"));
        let sarif: serde_json::Value = serde_json::from_str(&runner.text("work/report.sarif")).expect("SARIF");
        assert_eq!(sarif["version"], "2.1.0");

        let issue = |code: &str, open: &str| {
            runner.write("told", "");
            runner.write("issues", open);
            let ran = runner.step(
                DRIFT,
                "issue",
                "Open, update or close the issue",
                &[("CODE", code), ("GH_TOKEN", "x")],
            );
            assert_eq!(ran.code, Some(i32::from(code == "1")), "{code}: {}", ran.out);
            runner.text("told")
        };
        assert!(issue("2", "").contains("issue create"));
        assert!(issue("2", "5\n").contains("issue edit 5"));
        assert!(issue("3", "").contains("issue create"));
        assert!(!issue("3", "5\n").contains("close"));
        assert!(issue("0", "5\n").contains("issue close 5"));
        assert_eq!(issue("0", "").lines().count(), 1, "nothing but the question");
        assert!(!issue("1", "5\n").contains("close"));
    }

    #[test]
    fn gitlabs_jobs_do_the_same() {
        let runner = Runner::new();
        let jobs = parse("deploy/gitlab/.gitlab-ci.yml");
        let run = |job: &str, env: &[(&str, &str)]| {
            let script = jobs
                .get(job)
                .and_then(|job| job.get("script"))
                .expect("a script")
                .items();
            let script: Vec<&str> = script.iter().filter_map(Node::text).collect();
            let roles = [("EVENKEEL_PLAN_ROLE", "r"), ("EVENKEEL_APPLY_ROLE", "w")];
            runner.shell(&script.join("\n"), &[env, &roles].concat())
        };
        let base = runner.commit();
        assert_eq!(run("check", &[]).code, Some(0));
        let request = run("plan of a request", &[("CI_MERGE_REQUEST_DIFF_BASE_SHA", &base)]);
        assert_eq!(request.code, Some(0), "{}", request.out);
        assert!(runner.text("work/report.md").contains("role/reader"));
        assert_eq!(run("drift", &[]).code, Some(2));
        assert_eq!(run("plan", &[]).code, Some(0));
        let apply = run("apply", &[]);
        assert_eq!(apply.code, Some(0), "{}", apply.out);
        let stale = run("apply", &[]);
        assert_eq!(stale.code, Some(4), "{}", stale.out);
        assert!(stale.out.contains("Nothing was done"), "{}", stale.out);
        assert_eq!(run("drift", &[]).code, Some(0));
    }
}

/// The actions in a policy of the example, without their services.
fn granted(policies: &[&str]) -> BTreeSet<String> {
    let example = parse("examples/github-oidc/environment.yaml");
    let all = example.get("policies").expect("policies");
    let statements = policies.iter().flat_map(|name| {
        all.get(name)
            .and_then(|one| one.get("document"))
            .expect("a document")
            .items()
    });
    let actions = statements.filter_map(|one| one.get("Action")).flat_map(Node::items);
    actions.filter_map(Node::text).map(str::to_owned).collect()
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.to_string_lossy().contains("test") {
            found.push(std::fs::read_to_string(path).expect("a text"));
        }
    }
}

fn code(folders: &[&str]) -> String {
    let mut found = Vec::new();
    for folder in folders {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    found.join("\n")
}

/// Operations that need a right of another name; S3 has many. `None` for those that are left out on purpose, or need none.
const NAMED_OTHERWISE: &[(&str, Option<&str>)] = &[
    ("GetPublicAccessBlock", Some("GetBucketPublicAccessBlock")),
    ("GetBucketCors", Some("GetBucketCORS")),
    ("GetBucketLifecycleConfiguration", Some("GetLifecycleConfiguration")),
    ("GetBucketNotificationConfiguration", Some("GetBucketNotification")),
    ("HeadBucket", Some("ListBucket")),
    ("ListObjectVersions", Some("ListBucketVersions")),
    ("ListBuckets", Some("ListAllMyBuckets")),
    ("ListMfaDevices", Some("ListMFADevices")),
    ("ListSshPublicKeys", Some("ListSSHPublicKeys")),
    ("GetOpenIdConnectProvider", Some("GetOpenIDConnectProvider")),
    ("ListOpenIdConnectProviders", Some("ListOpenIDConnectProviders")),
    ("HeadObject", None),
    ("GetCallerIdentity", None),
];

/// Calls of the SDK's clients that read, by the names of their operations.
fn reading_calls() -> BTreeSet<String> {
    let code = code(&["src/kinds", "src/aws"]);
    let calls = code.split('.').skip(1).filter_map(|rest| rest.split_once('('));
    let verbs = ["get_", "list_", "describe_", "head_"];
    // A call of a client has no argument, and is sent.
    let calls = calls.filter(|(name, rest)| verbs.iter().any(|verb| name.starts_with(verb)) && rest.starts_with(')'));
    let camel = |name: &str| -> String {
        let parts = name.split('_').map(|part| part[..1].to_uppercase() + &part[1..]);
        parts.collect()
    };
    calls
        .map(|(name, _)| camel(name))
        .filter(|name| !name.contains(char::is_whitespace))
        .collect()
}

#[test]
fn the_role_that_plans_may_read_what_a_plan_reads() {
    let granted = granted(&["evenkeel-read"]);
    let names: BTreeSet<&str> = granted
        .iter()
        .filter_map(|action| action.split_once(':'))
        .map(|(_, name)| name)
        .collect();
    let calls = reading_calls();
    assert!(calls.len() > 25, "only {calls:?} were found; is the search broken?");
    let wanted = calls.iter().filter_map(|call| {
        let otherwise = NAMED_OTHERWISE.iter().find(|(known, _)| known == call);
        otherwise.map_or(Some(call.as_str()), |(_, right)| *right)
    });
    let missing: Vec<&str> = wanted.filter(|name| !names.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
    let verbs = ["Get", "List", "Describe"];
    assert!(
        names.iter().all(|name| verbs.iter().any(|verb| name.starts_with(verb))),
        "{names:?}"
    );
}

/// Rights over what is in buckets, which the example leaves out.
const OBJECTS: &[&str] = &["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"];

#[test]
fn the_role_that_applies_may_write_what_a_step_writes() {
    let granted = granted(&["evenkeel-read", "evenkeel-write-iam", "evenkeel-write-services"]);
    let code = code(&["src/kinds"]);
    let verbs = [
        "Add",
        "Attach",
        "Create",
        "Deactivate",
        "Delete",
        "Detach",
        "Put",
        "Remove",
        "Set",
        "Tag",
        "Untag",
        "Update",
    ];
    let is_step = |text: &&str| {
        let Some((service, name)) = text.split_once(':') else {
            return false;
        };
        let known = ["iam", "s3", "lambda", "events"].contains(&service);
        known
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && verbs.iter().any(|verb| name.starts_with(verb))
    };
    let steps: BTreeSet<&str> = code.split('"').filter(is_step).collect();
    assert!(
        steps.len() > 80,
        "only {} were found; is the search broken?",
        steps.len()
    );
    // A verb alone is a beginning that the code puts a noun to; the rest are rights that policies are judged by.
    let other = [
        "iam:Detach",
        "iam:Attach",
        "events:PutEvents",
        "s3:PutBucketNotificationConfiguration",
    ];
    let missing: Vec<&str> = steps
        .into_iter()
        .filter(|step| !granted.contains(*step) && !OBJECTS.contains(step) && !other.contains(step))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
