//! The kind without any account: reading, spelling, comparing, merging, and what its steps say of themselves.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::fields::Fields as _;
use crate::kind::{Access, Loss, Rank, Wanted};
use crate::kinds::AnyObject;
use crate::kinds::testing::{Desk, converges, heals, home, iam, in_plain_world, played};
use crate::plan::level::{TagRules, level};

const BUCKET: &str = "shared-archive";

fn id() -> BucketName {
    BucketName::parse(BUCKET).unwrap()
}

fn wanted_of(desk: &Desk, sections: &str) -> Wanted<BucketPolicy> {
    match desk.object(sections, "bucket_policy/shared-archive") {
        AnyObject::BucketPolicy(object) => object.wanted.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn wanted(written: &str) -> Wanted<BucketPolicy> {
    wanted_of(
        &Desk::new(),
        &format!("bucket_policies:\n  shared-archive: {written}\n"),
    )
}

fn findings(written: &str) -> Vec<String> {
    Desk::new().findings(&format!("bucket_policies:\n  shared-archive: {written}\n"))
}

fn statement(sid: &str, effect: &str, action: &str) -> Json {
    json!({ "Sid": sid, "Effect": effect, "Principal": { "AWS": "210987654321" }, "Action": action,
            "Resource": "arn:aws:s3:::shared-archive/*" })
}

fn state(statements: &[Json]) -> State {
    let own = statements.iter().map(|one| {
        let sid = one["Sid"].as_str().unwrap().to_owned();
        (sid, document::alone(vec![one.clone()], None))
    });
    State {
        Statement: own.collect(),
        absent: Unwanted::default(),
    }
}

fn live(statements: &[Json]) -> Observed<BucketPolicy> {
    Observed {
        state: state(statements),
        evidence: Evidence::default(),
        unknown: BTreeMap::new(),
    }
}

fn facts(action: &Action) -> Facts {
    BucketPolicy::facts(&id(), &Arn::bucket(home().partition, &id()), action, &home())
}

fn write(wanted: &[Json], before: &[Json]) -> Vec<Action> {
    let (wanted, live) = (state(wanted), live(before));
    in_plain_world(|cx| {
        BucketPolicy::diff(
            &id(),
            Pair::Change {
                wanted: &wanted,
                live: &live,
            },
            cx,
        )
    })
}

fn only(wanted: &[Json], before: &[Json]) -> Facts {
    match write(wanted, before).as_slice() {
        [one] => facts(one),
        other => panic!("{other:?}"),
    }
}

const READ: &str = "{ Sid: Read, Effect: Allow, Principal: { AWS: '210987654321' }, Action: s3:GetObject, Resource: 'arn:aws:s3:::shared-archive/*' }";

#[test]
fn every_form_of_the_file_means_the_same() {
    let desk = Desk::new();
    let statement = statement("Read", "Allow", "s3:GetObject");
    desk.write(
        "read.json",
        json!({ "Version": "2012-10-17", "Statement": statement }).to_string(),
    );
    let text = json!({ "Statement": [statement] }).to_string();
    let expected = state(&[statement]);
    for written in [
        &format!("{{ Statement: [{READ}] }}"),
        &format!("{{ Statement: {READ} }}"),
        &format!("{{ Version: '2012-10-17', Statement: [{READ}] }}"),
        &format!("{{ Version: '2008-10-17', Statement: [{READ}] }}"),
        &format!("[{READ}]"),
        "{ file: read.json }",
        "{ file: read.json, protect: false, ignore: [Statement.Other] }",
        &format!("'{text}'"),
    ] {
        let sections = format!("bucket_policies:\n  shared-archive: {written}\n");
        let found = wanted_of(&desk, &sections);
        assert_eq!(found.state.apart(&expected), [], "{written}");
        assert_eq!(found.state.Statement.len(), 1, "{written}");
        assert!(found.mentioned.contains("Statement"), "{written}");
    }
    let named = format!("bucket_policies:\n  archive: {{ name: shared-archive, Statement: [{READ}] }}\n");
    match desk.object(&named, "bucket_policy/archive") {
        AnyObject::BucketPolicy(object) => assert_eq!(object.id, id()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_mistake_is_told() {
    for (written, told) in [
        (
            "{ Statement: [{ Effect: Allow, Principal: '*', Action: s3:GetObject, Resource: 'arn:aws:s3:::shared-archive/*' }] }",
            "E0304 this statement has no `Sid`",
        ),
        (
            &format!("{{ Statement: [{READ}, {READ}] }}"),
            "the `Sid` `Read` stands twice",
        ),
        (
            &format!("{{ Id: mine, Statement: [{READ}] }}"),
            "E0303 `Id` names the whole policy",
        ),
        (
            &format!("{{ absent: [Read], Statement: [{READ}] }}"),
            "E0506 the statement `Read` is declared and under `absent` at once",
        ),
        (
            &format!("{{ Statement: [{}] }}", READ.replace("shared-archive", "other")),
            "E0411 `arn:aws:s3:::other/*` is not in the bucket `shared-archive`: write `arn:aws:s3:::shared-archive` or",
        ),
        (
            &format!(
                "{{ Statement: [{}] }}",
                READ.replace("shared-archive/", "shared-archive2/")
            ),
            "E0411 `arn:aws:s3:::shared-archive2/*` is not in the bucket",
        ),
        (&format!("{{ Statment: [{READ}] }}"), "Statment"),
        ("{}", "no `Statement`"),
        ("policies/read.json", "is not a policy document"),
        (
            &format!("{{ Statement: [{}] }}", READ.replace("'210987654321'", "AROAEXAMPLE")),
            "is a unique id",
        ),
        (
            "{ Statement: [{ Sid: Read, Effect: Allow, Action: s3:GetObject, Resource: '*' }] }",
            "Principal",
        ),
    ] {
        let found = findings(written);
        assert!(found.iter().any(|one| one.contains(told)), "{written}: {found:#?}");
    }
    let long = READ.replace("s3:GetObject", &format!("[{}]", vec!["s3:GetObject"; 2000].join(", ")));
    assert!(findings(&format!("[{long}]"))[0].starts_with("P008"));
    for fine in [
        READ.replace("shared-archive/", "shared-*/"),
        READ.replace("arn:aws:s3:::shared-archive/", ""),
        READ.replace("shared-archive/*", "shared-archive"),
    ] {
        assert_eq!(findings(&format!("[{fine}]")), Vec::<String>::new(), "{fine}");
    }
}

#[test]
fn only_statements_can_be_absent_and_the_hint_says_how() {
    let found = Desk::new().findings("absent: { bucket_policies: [shared-archive] }\n");
    assert_eq!(
        found,
        [
            "E0508 bucket_policy `shared-archive` can't be deleted: only statements can go: list their Sids as `absent: [SID]` of this bucket under `bucket_policies:` at `shared-archive`"
        ]
    );
    let gone = wanted("{ absent: [Old, Older] }");
    assert!(gone.state.Statement.is_empty());
    assert_eq!(gone.state.sids().into_iter().collect::<Vec<_>>(), ["Old", "Older"]);
    assert!(gone.state.present().is_empty(), "an order is not shown as a field");
}

#[test]
fn what_is_spelled_is_read_again() {
    let mut before = state(&[
        statement("Read", "Allow", "s3:GetObject"),
        statement("Stop", "Deny", "s3:PutObject"),
    ]);
    before.absent.0.insert("Old".into());
    let found = wanted(&BucketPolicy::spell(&id(), &before).to_string());
    assert_eq!(found.state.apart(&before), []);
    assert_eq!(found.state.absent.0, before.absent.0);
}

#[test]
fn spellings_of_one_meaning_are_equal() {
    let plain = statement("Read", "Allow", "s3:GetObject");
    let mut other = plain.clone();
    other["Principal"] = json!({ "AWS": ["arn:aws:iam::210987654321:root"] });
    other["Action"] = json!(["S3:getobject"]);
    other["Resource"] = json!(["arn:aws:s3:::shared-archive/*"]);
    assert_eq!(write(std::slice::from_ref(&plain), &[other]), []);
    let mut wider = plain.clone();
    wider["Action"] = json!(["s3:GetObject", "s3:PutObject"]);
    assert_eq!(write(&[plain], &[wider]).len(), 1);
}

#[test]
fn the_version_of_the_language_counts_for_variables_only() {
    let mut own = statement("Read", "Allow", "s3:GetObject");
    let text = |own: &Json, version: Option<&str>| {
        let mut whole = json!({ "Statement": [own] });
        if let Some(version) = version {
            whole["Version"] = json!(version);
        }
        whole.to_string()
    };
    let read = |text: &str| document::parts(text, &BTreeSet::from(["Read"]), "aws").unwrap().own;
    for version in [None, Some("2008-10-17"), Some("2012-10-17")] {
        let found = read(&text(&own, version));
        assert_eq!(found["Read"], document::alone(vec![own.clone()], None), "{version:?}");
    }
    own["Resource"] = json!("arn:aws:s3:::shared-archive/${aws:username}/*");
    let wanted = document::alone(vec![own.clone()], Some("2012-10-17"));
    assert_eq!(read(&text(&own, Some("2012-10-17")))["Read"], wanted);
    assert_ne!(read(&text(&own, Some("2008-10-17")))["Read"], wanted);
    assert_ne!(read(&text(&own, None))["Read"], wanted);
}

#[test]
fn a_policy_is_changed_in_place_and_the_rest_stays_as_it_is() {
    let theirs = json!({ "Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::shared-archive",
                         "Condition": { "StringEquals": { "aws:SourceVpce": ["vpce-1", "vpce-2"] } } });
    let own = statement("Read", "Allow", "s3:GetObject");
    let changed = document::alone(vec![statement("Read", "Allow", "s3:*")], None);
    let added = document::alone(vec![statement("Zeal", "Deny", "s3:PutObject")], None);
    let live = json!({ "Id": "theirs", "Version": "2008-10-17", "Statement": [own, theirs, statement("Old", "Allow", "s3:*"), own] });
    let put = BTreeMap::from([("Read", &changed), ("Zeal", &added)]);
    let merged = document::merged(Some(&live.to_string()), &put, &BTreeSet::from(["Old"])).unwrap();
    let expected = json!({ "Id": "theirs", "Version": "2008-10-17", "Statement": [
        statement("Read", "Allow", "s3:*"), theirs, statement("Zeal", "Deny", "s3:PutObject")] });
    assert_eq!(
        merged.unwrap(),
        expected.to_string(),
        "to the letter, with one of a Sid that stood twice"
    );

    let lonely = json!({ "Statement": own }).to_string();
    let gone = document::merged(Some(&lonely), &BTreeMap::new(), &BTreeSet::from(["Read"]));
    assert_eq!(gone, Ok(None), "what is left empty goes as a whole");
    let first = document::merged(None, &BTreeMap::from([("Zeal", &added)]), &BTreeSet::new()).unwrap();
    let expected = json!({ "Version": "2012-10-17", "Statement": [statement("Zeal", "Deny", "s3:PutObject")] });
    assert_eq!(first.unwrap(), expected.to_string());
    for odd in ["", "[]", "{}", r#"{"Statement":"x"}"#, r#"{"Statement":["x"]}"#] {
        assert!(document::merged(Some(odd), &put, &BTreeSet::new()).is_err(), "{odd}");
        assert!(document::parts(odd, &BTreeSet::new(), "aws").is_err(), "{odd}");
    }
}

#[test]
fn variables_never_change_what_others_mean() {
    let mut own = statement("Read", "Allow", "s3:GetObject");
    own["Resource"] = json!("arn:aws:s3:::shared-archive/${aws:username}/*");
    let own = document::alone(vec![own], Some("2012-10-17"));
    let put = BTreeMap::from([("Read", &own)]);
    let beside = |resource: &str, version: &str| {
        let mut theirs = statement("Theirs", "Allow", "s3:GetObject");
        theirs["Resource"] = json!(resource);
        let live = json!({ "Version": version, "Statement": [theirs] }).to_string();
        document::merged(Some(&live), &put, &BTreeSet::new())
    };
    let merged = beside("arn:aws:s3:::shared-archive/a", "2008-10-17").unwrap().unwrap();
    assert!(merged.starts_with(r#"{"Version":"2012-10-17""#), "{merged}");
    let refused = beside("arn:aws:s3:::shared-archive/${x}", "2008-10-17").unwrap_err();
    assert!(refused.contains("the statement Theirs"), "{refused}");
    assert!(beside("arn:aws:s3:::shared-archive/${aws:userid}", "2012-10-17").is_ok());
}

#[test]
fn a_policy_that_would_be_too_long_is_not_sent() {
    let mut theirs = statement("Theirs", "Allow", "s3:GetObject");
    theirs["Resource"] = json!(vec!["arn:aws:s3:::shared-archive/x"; 620]);
    let live = json!({ "Version": "2012-10-17", "Statement": [theirs] }).to_string();
    assert!(live.len() < 20_480);
    let own = document::alone(vec![statement("Read", "Allow", &"s3:GetObject".repeat(100))], None);
    let refused = document::merged(Some(&live), &BTreeMap::from([("Read", &own)]), &BTreeSet::new()).unwrap_err();
    assert!(refused.contains("bytes long, and S3 takes 20480"), "{refused}");
}

#[test]
fn steps_say_what_they_do_to_access() {
    let (read, stop) = (
        statement("Read", "Allow", "s3:GetObject"),
        statement("Stop", "Deny", "s3:PutObject"),
    );
    let said = |facts: Facts| (facts.rank, facts.access, facts.loss, facts.summary);
    let (read, stop) = (&[read][..], &[stop][..]);
    let both = &[read, stop].concat()[..];
    let other = &[statement("Read", "Allow", "s3:*")][..];
    for (wanted, before, rank, access, loss, summary) in [
        (read, &[][..], Rank::Add, Access::Widens, Loss::None, "add Read"),
        (stop, &[], Rank::GuardOn, Access::Restricts, Loss::None, "add Stop"),
        (both, &[], Rank::Add, Access::Either, Loss::None, "add Read, Stop"),
        (other, read, Rank::Add, Access::Either, Loss::Link, "change Read"),
        (&[], read, Rank::Remove, Access::Restricts, Loss::Link, "take out Read"),
        (&[], stop, Rank::GuardOff, Access::Widens, Loss::Link, "take out Stop"),
        (
            stop,
            read,
            Rank::GuardOn,
            Access::Restricts,
            Loss::Link,
            "add Stop; take out Read",
        ),
    ] {
        assert_eq!(
            said(only(wanted, before)),
            (rank, access, loss, summary.to_owned()),
            "{summary}"
        );
    }
    let facts = only(other, read);
    assert_eq!(facts.call, "s3:PutBucketPolicy");
    assert_eq!(facts.fields, [FieldPath::entry("Statement", "Read")]);
}

#[test]
fn a_dead_principal_is_named_anew_without_a_word() {
    let mut dead = statement("Read", "Allow", "s3:GetObject");
    dead["Principal"] = json!({ "AWS": "AROAEXAMPLE" });
    let mut own = dead.clone();
    own["Principal"] = json!({ "AWS": iam("role/reader") });
    let healed = only(&[own.clone()], &[dead.clone()]);
    assert_eq!((healed.loss, healed.needs), (Loss::None, vec![iam("role/reader")]));
    dead["Action"] = json!(["s3:GetObject", "s3:PutObject"]);
    assert_eq!(only(&[own.clone()], &[dead]).loss, Loss::Link, "an action goes as well");
    let mut alive = own.clone();
    alive["Principal"] = json!({ "AWS": iam("role/other") });
    assert_eq!(only(&[own], &[alive]).loss, Loss::Link);
}

#[test]
fn who_is_made_anew_is_named_anew() {
    let mut own = statement("Read", "Allow", "s3:GetObject");
    own["Principal"] = json!({ "AWS": iam("role/reader") });
    let (wanted, live) = (state(&[own.clone()]), live(&[own]));
    let (home, replaced) = (home(), BTreeSet::from([iam("role/reader")]));
    let pair = Pair::Change {
        wanted: &wanted,
        live: &live,
    };
    let actions = BucketPolicy::diff(
        &id(),
        pair,
        &DiffCx {
            home: &home,
            replaced: &replaced,
            entangled: &BTreeSet::new(),
            owner_key: "",
        },
    );
    let facts = facts(&actions[0]);
    assert_eq!((facts.summary.as_str(), facts.loss), ("write again Read", Loss::None));
    let names = BucketPolicy::refs(&id(), &wanted, &home);
    assert_eq!(names, [Arn::bucket(home.partition, &id()), iam("role/reader")]);
}

#[test]
fn what_everybody_is_given_is_told() {
    let mut open = statement("Read", "Allow", "s3:GetObject");
    open["Principal"] = json!("*");
    let exposed = BucketPolicy::exposes(&id(), &state(&[open.clone()]), &home());
    assert_eq!(
        exposed.into_iter().collect::<Vec<_>>(),
        ["s3:GetObject on arn:aws:s3:::shared-archive/*"]
    );
    open["Condition"] = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } });
    assert!(BucketPolicy::exposes(&id(), &state(&[open]), &home()).is_empty());
}

#[test]
fn what_somebody_else_must_do_first_is_told() {
    let mut there = live(&[]);
    assert_eq!(BucketPolicy::obstacle(&id(), &there), None);
    there.evidence.dangling.push("Theirs (AROAEXAMPLE)".into());
    let told = BucketPolicy::obstacle(&id(), &there).unwrap();
    assert_eq!(told.guard, "blocked");
    assert!(told.what.ends_with("exist: Theirs (AROAEXAMPLE)"), "{}", told.what);
    there.evidence.bucket = Bucket::Missing;
    assert_eq!(BucketPolicy::obstacle(&id(), &there).unwrap().guard, "missing");
}

#[test]
fn only_what_heals_by_itself_is_tried_again() {
    let facts = only(&[statement("Read", "Allow", "s3:GetObject")], &[]);
    assert!(heals(&facts, "MalformedPolicy", "Invalid principal in policy"));
    assert!(heals(
        &facts,
        "OperationAborted",
        "A conflicting conditional operation is in progress"
    ));
    for (code, message) in [
        ("MalformedPolicy", "Policy has invalid resource"),
        (
            "MalformedPolicy",
            "other people's statements name principals that no longer exist",
        ),
        (
            "AccessDenied",
            "because public policies are blocked by the BlockPublicPolicy block public access setting",
        ),
        ("NoSuchBucket", "The specified bucket does not exist"),
    ] {
        assert!(!heals(&facts, code, message), "{code} {message}");
    }
}

#[test]
fn an_ignored_statement_is_kept_as_it_is() {
    let wanted = wanted(&format!("{{ ignore: [Statement.Read], Statement: [{READ}] }}"));
    let live = live(&[statement("Read", "Allow", "s3:*")]);
    let levelled = level(&wanted, &live, &TagRules::new(Vec::new()), &BTreeSet::new());
    assert_eq!(levelled.state.apart(&live.state), []);
}

fn some_statements() -> impl Strategy<Value = Vec<Json>> {
    let one = (
        prop::sample::select(vec!["Allow", "Deny"]),
        prop::sample::select(vec!["s3:GetObject", "s3:PutObject", "s3:*"]),
    );
    prop::collection::btree_map("[A-C]", one, 0..3).prop_map(|all| {
        all.into_iter()
            .map(|(sid, (effect, action))| statement(&sid, effect, action))
            .collect()
    })
}

proptest! {
    #[test]
    fn the_model_agrees_with_the_diff(wanted in some_statements(), before in some_statements()) {
        let (wanted, live) = (state(&wanted), live(&before));
        let equal = wanted.apart(&live.state).is_empty();
        if wanted.Statement.is_empty() {
            let pair = Pair::Change { wanted: &wanted, live: &live };
            let actions = in_plain_world(|cx| BucketPolicy::diff(&id(), pair, cx));
            let after = played::<BucketPolicy>(Some(live.state.clone()), &actions).unwrap();
            prop_assert_eq!(wanted.apart(&after), []);
        } else {
            let actions = converges::<BucketPolicy>(&id(), &wanted, &live);
            prop_assert_eq!(actions.is_empty(), equal);
            prop_assert!(actions.len() < 2, "everything goes with one write");
        }
    }

    #[test]
    fn what_is_written_reads_back_as_wanted_and_keeps_the_rest(wanted in some_statements(), before in some_statements()) {
        let theirs = json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::shared-archive/x" });
        let all = [before.clone(), vec![theirs.clone()]].concat();
        let whole = json!({ "Version": "2012-10-17", "Statement": all });
        let (wanted, live) = (state(&wanted), live(&before));
        let pair = Pair::Change { wanted: &wanted, live: &live };
        let sids = BTreeSet::from(["A", "B", "C"]);
        for action in in_plain_world(|cx| BucketPolicy::diff(&id(), pair, cx)) {
            let text = document::merged(Some(&whole.to_string()), &action.put(), &action.dropped()).unwrap().unwrap();
            let read = State { Statement: document::parts(&text, &sids, "aws").unwrap().own, absent: Unwanted::default() };
            prop_assert_eq!(wanted.apart(&read), []);
            prop_assert!(text.contains(&theirs.to_string()));
        }
    }
}
