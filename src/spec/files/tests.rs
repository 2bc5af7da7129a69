use std::fs;

use super::*;
use crate::spec::node::Value;
use crate::spec::source::Span;

struct Room {
    dir: tempfile::TempDir,
    files: Folder,
}

fn room(contents: &[(&str, &[u8])]) -> Room {
    let dir = tempfile::tempdir().expect("a folder");
    for (path, bytes) in contents {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().expect("has one")).expect("made");
        fs::write(path, bytes).expect("written");
    }
    let files = Folder::new(dir.path());
    Room { dir, files }
}

fn loaded(room: &Room, arguments: &[&str]) -> (Vec<String>, Vec<String>) {
    let arguments: Vec<_> = arguments.iter().map(|a| (*a).to_owned()).collect();
    let mut sources = Sources::default();
    let (ids, findings) = load(&room.files, &arguments, &mut sources);
    let names = ids.iter().map(|id| sources.get(*id).name.clone()).collect();
    let said = findings
        .into_iter()
        .map(|f| format!("{} {} | {}", f.code, f.message, f.help.unwrap_or_default()))
        .collect();
    (names, said)
}

#[test]
fn a_folder_gives_its_yaml_in_name_order_and_not_below() {
    let room = room(&[
        ("env/b.yaml", b"b"),
        ("env/a.yml", b"a"),
        ("env/c.json", b"c"),
        ("env/.hidden.yaml", b"h"),
        ("env/below/d.yaml", b"d"),
        ("other.yaml", b"o"),
    ]);
    let expected = ["env/a.yml", "env/b.yaml", "other.yaml"].map(str::to_owned).to_vec();
    assert_eq!(
        loaded(&room, &["env/", "./other.yaml", "env/../env/b.yaml"]),
        (expected, vec![])
    );
}

#[test]
fn everything_wrong_with_files_is_said_together() {
    let room = room(&[
        ("environment.yaml", b"x"),
        ("empty/readme", b""),
        ("bad.yaml", b"a: 1\nb: caf\xe9\n"),
        ("nul.yaml", b"a: 1\n\n\0"),
        ("utf16.yaml", b"\xff\xfea\0"),
        ("dir/sub.yaml/x", b""),
    ]);
    let arguments = [
        "enviroment.yaml",
        "nope/x.yaml",
        "empty",
        "bad.yaml",
        "nul.yaml",
        "utf16.yaml",
        "dir",
    ];
    let (names, said) = loaded(&room, &arguments);
    assert_eq!(names, Vec::<String>::new());
    assert_eq!(
        said,
        [
            "E0101 there is no `enviroment.yaml` | did you mean `environment.yaml`?",
            "E0101 there is no `nope/x.yaml` | ",
            "E0108 the folder `empty` holds no *.yaml or *.yml | folders below it are not searched; name them with -f too",
            "E0106 `bad.yaml` is not UTF-8: line 2 holds the byte 0xE9 | save it as UTF-8",
            "E0107 `nul.yaml` is no text: line 3 holds a NUL byte | is this the right file? Text must be saved as UTF-8",
            "E0106 `utf16.yaml` is UTF-16, not UTF-8 | save it as UTF-8",
            "E0103 `dir/sub.yaml` is a folder, not a file | name a file in it",
        ]
    );
}

#[test]
fn a_byte_order_mark_is_left_out() {
    let room = room(&[("a.yaml", b"\xef\xbb\xbfa: 1\n")]);
    assert_eq!(read_text(&room.files, "a.yaml"), Ok("a: 1\n".to_owned()));
}

#[test]
fn a_large_file_is_refused_by_its_size() {
    let room = room(&[("big.yaml", b"")]);
    let big = fs::File::create(room.dir.path().join("big.yaml")).expect("made");
    // A sparse file: reading a terabyte would never end, and it takes no room.
    big.set_len(1 << 40).expect("sparse");
    assert_eq!(
        loaded(&room, &["big.yaml"]).1[0].split(" |").next(),
        Some("E0105 `big.yaml` is larger than 10 MiB")
    );
    big.set_len(MAX_FILE + 1).expect("sparse");
    assert!(loaded(&room, &["big.yaml"]).1[0].starts_with("E0105"));
    fs::write(room.dir.path().join("big.yaml"), "x".repeat(MAX_FILE as usize)).expect("written");
    assert_eq!(loaded(&room, &["big.yaml"]).0, ["big.yaml"]);
}

#[cfg(unix)]
#[test]
fn what_never_ends_is_refused_too() {
    let room = room(&[]);
    let endless = room.files.read("/dev/zero", 1000);
    assert!(matches!(endless, Err(Trouble::TooLarge { limit: 1000, .. })));
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_said_to_be() {
    use std::os::unix::fs::PermissionsExt;
    let room = room(&[("a.yaml", b"a")]);
    let path = room.dir.path().join("a.yaml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("set");
    // The superuser reads everything, so there is nothing to see then.
    if fs::read(&path).is_err() {
        assert!(loaded(&room, &["a.yaml"]).1[0].starts_with("E0102 `a.yaml` can't be read: "));
    }
    fs::remove_file(&path).expect("removed");
    std::os::unix::fs::symlink("a.yaml", &path).expect("a link to itself");
    assert!(loaded(&room, &["a.yaml"]).1[0].starts_with("E0102 `a.yaml` can't be read: "));
}

#[test]
fn file_paths_are_taken_from_the_yaml_file() {
    let room = room(&[("env/e.yaml", b""), ("env/p/x.json", b""), ("x.json", b"")]);
    let at = |yaml: &str, written: &str| beside(&room.files, yaml, written);
    assert_eq!(at("env/e.yaml", "p/x.json"), Ok("env/p/x.json".to_owned()));
    assert_eq!(at("env/e.yaml", "./p//./x.json"), Ok("env/p/x.json".to_owned()));
    assert_eq!(at("e.yaml", "x.json"), Ok("x.json".to_owned()));
    assert_eq!(at("env/e.yaml", "."), Ok("env/.".to_owned()));
    let absolute = room.dir.path().join("env/e.yaml").to_string_lossy().into_owned();
    assert!(at(&absolute, "p/x.json").is_ok_and(|path| path.ends_with("/env/p/x.json")));
    let near = Trouble::Missing {
        path: "env/p/y.json".to_owned(),
        suggestion: Some("env/p/x.json".to_owned()),
    };
    assert_eq!(at("env/e.yaml", "p/y.json"), Err(near));
}

#[test]
fn file_paths_do_not_lead_out() {
    let room = room(&[("env/e.yaml", b""), ("env/x.json", b""), ("x.json", b"")]);
    let absolute = room.dir.path().join("env/x.json").to_string_lossy().into_owned();
    for written in [
        "../x.json",
        "p/../../x.json",
        "..\\x.json",
        &absolute,
        "~/x",
        "\\x",
        "C:\\x",
        "c:x",
        "",
        " ",
        "a\0b",
    ] {
        let result = beside(&room.files, "env/e.yaml", written);
        assert!(matches!(result, Err(Trouble::Outside { .. })), "{written}: {result:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_may_lead_in_but_not_out() {
    use std::os::unix::fs::symlink;
    let room = room(&[
        ("env/e.yaml", b""),
        ("env/p/x.json", b""),
        ("x.json", b""),
        ("environment/x.json", b""),
    ]);
    let link = |to: &str, at: &str| symlink(to, room.dir.path().join(at)).expect("linked");
    link("../x.json", "env/out.json");
    link("..", "env/up");
    link("../environment", "env/beside");
    link("p/x.json", "env/in.json");
    link("env", "linked");
    for out in ["out.json", "up/x.json", "beside/x.json"] {
        assert!(
            matches!(beside(&room.files, "env/e.yaml", out), Err(Trouble::Outside { .. })),
            "{out}"
        );
    }
    assert_eq!(
        beside(&room.files, "env/e.yaml", "in.json"),
        Ok("env/in.json".to_owned())
    );
    assert_eq!(
        beside(&room.files, "linked/e.yaml", "p/x.json"),
        Ok("linked/p/x.json".to_owned())
    );
}

#[test]
fn a_named_text_is_read_once_and_its_trouble_is_shown_at_its_name() {
    let room = room(&[("e.yaml", b""), ("x.json", b"{}")]);
    let mut sources = Sources::default();
    let file = sources.add("e.yaml", "file: x.json");
    let span = Span {
        file,
        start: 6,
        end: 12,
    };
    let node = |path: &str| Node {
        span,
        value: Value::Text(path.to_owned()),
    };
    let mut findings = Vec::new();
    let first = text_beside(&room.files, &node("x.json"), &mut sources, &mut findings);
    assert!(first.is_some());
    assert_eq!(
        text_beside(&room.files, &node("./x.json"), &mut sources, &mut findings),
        first
    );
    assert_eq!(findings, []);
    assert_eq!(
        text_beside(&room.files, &node("y.json"), &mut sources, &mut findings),
        None
    );
    assert_eq!((findings[0].code, findings[0].span), ("E0101", Some(span)));
}
