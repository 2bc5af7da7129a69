use std::collections::BTreeMap;

use super::*;
use crate::access::delta::{Sort, Who};
use crate::render::Colour;

fn who(sort: Sort, shown: &str) -> Who {
    Who {
        sort,
        id: shown.to_owned(),
        shown: shown.to_owned(),
    }
}

fn actions(patterns: &[&str]) -> Vec<Actions> {
    let one = |pattern: &&str| Actions {
        pattern: (*pattern).to_owned(),
        except: Vec::new(),
        levels: BTreeMap::from([(Level::Read, 1)]),
        is_escalation: false,
    };
    patterns.iter().map(one).collect()
}

fn right(way: Way, patterns: &[&str], on: &str, when: When) -> Right {
    Right {
        way,
        actions: actions(patterns),
        resources: vec![on.to_owned()],
        except: Vec::new(),
        when,
        from: Vec::new(),
    }
}

fn shift(who: Who, rights: Vec<Right>) -> Shift {
    Shift {
        who,
        rights,
        escalations: Vec::new(),
        admin: None,
        unknown: Vec::new(),
    }
}

fn text(delta: &Delta, voice: Voice) -> String {
    let mut doc = Doc::default();
    section(&mut doc, delta, voice);
    doc.render(Colour::Never)
}

#[test]
fn nothing_is_said_where_nothing_moves() {
    assert_eq!(text(&Delta::default(), Voice::Change), "");
}

#[test]
fn the_gravest_stands_out_and_the_verdict_ends_it() {
    let anyone = who(Sort::Anyone, "anyone");
    let mut admin = shift(
        who(Sort::Local, "role/ci"),
        vec![right(Way::Gains, &["*"], "*", When::Always)],
    );
    admin.admin = Some(Way::Gains);
    let objects = "arn:aws:s3:::rmi-360/*";
    let source = Source {
        policy: "group/old-team".into(),
        statement: None,
    };
    let mut lost = right(
        Way::Loses,
        &["s3:*"],
        "arn:aws:s3:::*",
        When::If("if aws:SourceVpc is vpc-1".into()),
    );
    lost.from = vec![source];
    let delta = Delta {
        shifts: vec![
            shift(
                anyone,
                vec![right(
                    Way::Gains,
                    &["s3:GetObject", "s3:GetObjectVersion"],
                    objects,
                    When::Always,
                )],
            ),
            admin,
            shift(who(Sort::Local, "user/tom"), vec![lost]),
        ],
    };
    insta::assert_snapshot!(text(&delta, Voice::Change));
    insta::assert_snapshot!(text(&delta, Voice::Standing));
}

#[test]
fn principals_whose_access_moves_alike_share_their_lines() {
    let rights = || vec![right(Way::Loses, &["s3:*"], "arn:aws:s3:::b/*", When::Always)];
    let shifts = ["user/a", "user/b"].map(|name| shift(who(Sort::Local, name), rights()));
    let shown = text(&Delta { shifts: shifts.into() }, Voice::Change);
    assert!(shown.contains("user/a, user/b"), "{shown}");
    assert_eq!(shown.matches("loses").count(), 1, "{shown}");
}
