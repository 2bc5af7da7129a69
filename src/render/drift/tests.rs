//! What the reader of a drift report sees.

use crate::address::Address;
use crate::drift::unmanaged::{Owner, Unmanaged};
use crate::drift::{Class, Difference, Drift, Standing, Thing};
use crate::fields::{FieldPath, Shown};
use crate::kind::DoomedBy;
use crate::kinds::KindName;
use crate::plan::Header;
use crate::render::Colour;
use crate::spec::source::Place;

fn place(line: u32) -> Option<Place> {
    Some(Place {
        file: "environment.yaml".into(),
        line,
        column: 3,
    })
}

fn address(kind: &str, name: &str) -> Address {
    Address::new(KindName::of_name(kind).unwrap(), name)
}

fn thing(address: Address, standing: Standing) -> Thing {
    Thing {
        address,
        standing,
        class: None,
        doomed: None,
        origin: place(41),
        differences: Vec::new(),
        held: Vec::new(),
        unknown: Vec::new(),
        by: Vec::new(),
        to_adopt: false,
        notes: Vec::new(),
    }
}

fn difference(class: Class, path: FieldPath, base: &str, live: &str, file: &str) -> Difference {
    let shown = |text: &str| (!text.is_empty()).then(|| Shown::text(text));
    Difference {
        path,
        class,
        base: shown(base),
        live: shown(live),
        file: shown(file),
        place: place(42),
        remedy: None,
    }
}

fn report(things: Vec<Thing>) -> Drift {
    Drift {
        header: Header {
            environment: "imaging".into(),
            account: "123456789012".into(),
            region: "eu-west-1".into(),
            identity: "arn:aws:iam::123456789012:user/erika".into(),
            digest: String::new(),
        },
        bases: vec!["main~1".into()],
        things,
        unmanaged: Vec::new(),
        unlisted: std::collections::BTreeMap::new(),
        refusals: Vec::new(),
        notes: Vec::new(),
        access: crate::access::delta::Delta::default(),
    }
}

fn text(drift: &Drift) -> String {
    super::drift(drift).render(Colour::Never)
}

#[test]
fn each_class_is_shown_towards_the_newer_value() {
    let role = Thing {
        differences: vec![
            difference(
                Class::Drift,
                FieldPath::entry("policies", "AdministratorAccess"),
                "",
                "AdministratorAccess",
                "",
            ),
            difference(Class::Pending, FieldPath::whole("description"), "one", "one", "two"),
            difference(
                Class::Conflict,
                FieldPath::whole("max_session_duration"),
                "1h",
                "2h",
                "3h",
            ),
        ],
        ..thing(address("role", "ci"), Standing::Differs)
    };
    insta::assert_snapshot!(text(&report(vec![role])), @r"
    imaging · account 123456789012 · eu-west-1 · as user/erika
    compared with main~1

    ~ role/ci                         conflict                              environment.yaml:42
        in the account:
        max_session_duration  1h -> 2h
        in the file:
        max_session_duration  1h -> 3h
    ~ role/ci                         drift                                 environment.yaml:42
        policies    + AdministratorAccess
    ~ role/ci                         pending                               environment.yaml:42
        description  one -> two

    1 in conflict, 0 as written.
    ");
}

#[test]
fn whole_things_say_what_became_of_them() {
    let whole = |name: &str, standing, class, doomed| Thing {
        class: Some(class),
        doomed,
        ..thing(address("role", name), standing)
    };
    let things = vec![
        whole("a", Standing::Missing, Class::Drift, None),
        whole("b", Standing::Missing, Class::Pending, None),
        whole("c", Standing::Missing, Class::Difference, None),
        whole("d", Standing::Extra, Class::Pending, Some(DoomedBy::Dropped)),
        whole("e", Standing::Extra, Class::Pending, Some(DoomedBy::Absent)),
        whole("f", Standing::Extra, Class::Drift, Some(DoomedBy::Absent)),
        whole("g", Standing::Extra, Class::Difference, Some(DoomedBy::Absent)),
    ];
    insta::assert_snapshot!(text(&report(things)), @r"
    imaging · account 123456789012 · eu-west-1 · as user/erika
    compared with main~1

    - role/a                          drift, it is gone                     environment.yaml:41

    + role/b                          pending, to be made                   environment.yaml:41

    - role/c                          is not there                          environment.yaml:41

    - role/d                          pending, no longer declared           environment.yaml:41

    - role/e                          pending, to be deleted                environment.yaml:41

    + role/f                          drift, it is there again              environment.yaml:41

    + role/g                          is there, and should not be           environment.yaml:41

    2 drifted, 2 different, 3 pending, 0 as written.
    ");
}

#[test]
fn what_is_not_known_or_not_declared_is_told() {
    let mut drift = report(vec![
        Thing {
            unknown: vec![(FieldPath::whole("policy"), "AccessDenied on s3:GetBucketPolicy".into())],
            ..thing(address("bucket", "archive"), Standing::Unknown)
        },
        thing(address("role", "fine"), Standing::AsWritten),
    ]);
    let unmanaged = |name: &str, owner: Owner| Unmanaged {
        address: address("user", name),
        owner,
        accepted: None,
    };
    drift.unmanaged = vec![
        unmanaged("mallory", Owner::Nobody),
        unmanaged("web-bot", Owner::Environment("web".into())),
    ];
    drift
        .unlisted
        .insert(KindName::of_name("lambda").unwrap(), "AccessDenied".into());
    insta::assert_snapshot!(text(&drift), @r"
    imaging · account 123456789012 · eu-west-1 · as user/erika
    compared with main~1

    ? bucket/archive                  unknown                               environment.yaml:41
        policy      unknown: AccessDenied on s3:GetBucketPolicy

      user/mallory                    unmanaged
      user/web-bot                    elsewhere, it belongs to the environment `web`
    ? every lambda: could not be listed: AccessDenied

    2 unknown, 1 unmanaged, 1 as written.
    ");
}
