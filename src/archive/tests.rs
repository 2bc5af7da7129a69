use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zip::{CompressionMethod, DateTime, ZipArchive};

use super::*;

/// A folder with these files; a name that begins with `+` is made executable.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        put(folder.path(), name, text);
    }
    folder
}

fn put(root: &Path, name: &str, text: &str) {
    let path = root.join(name.trim_start_matches('+'));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    if name.starts_with('+') {
        chmod(&path, 0o700);
    }
}

fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn link(root: &Path, name: &str, target: impl AsRef<Path>) {
    std::os::unix::fs::symlink(target, root.join(name)).unwrap();
}

fn age(path: &Path, seconds: u64) {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    std::fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(time)
        .unwrap();
}

fn opened(archive: &Archive) -> ZipArchive<Cursor<Bytes>> {
    ZipArchive::new(Cursor::new(archive.bytes.clone())).unwrap()
}

fn names(root: &TempDir, exclude: &[&str]) -> Vec<String> {
    let exclude: Vec<String> = exclude.iter().map(|pattern| (*pattern).to_owned()).collect();
    let archive = pack(root.path(), &exclude).unwrap();
    (0..archive.entries)
        .map(|index| opened(&archive).by_index(index).unwrap().name().unwrap().into_owned())
        .collect()
}

fn text_of(archive: &Archive, name: &str) -> String {
    let mut text = String::new();
    opened(archive)
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn defects(root: &TempDir) -> Vec<(PathBuf, String)> {
    match pack(root.path(), &[]) {
        Err(ArchiveError::Defects(found)) => found
            .into_iter()
            .map(|Defect { path, flaw }| (path.strip_prefix(root.path()).unwrap().to_owned(), flaw.to_string()))
            .collect(),
        other => panic!("{other:?}"),
    }
}

const SMALL: Limits = Limits {
    stored_below: 1000,
    zipped: 5000,
    unzipped: 20_000,
    files: 3,
};

#[test]
fn equal_trees_are_equal_bytes() {
    let one = tree(&[
        ("handler.py", "x = 1\n"),
        ("lib/a.py", "a"),
        ("+bin/run", "#!/bin/sh\n"),
        ("\u{e4}.txt", ""),
    ]);
    let other = tree(&[
        ("\u{e4}.txt", ""),
        ("+bin/run", "#!/bin/sh\n"),
        ("lib/a.py", "a"),
        ("handler.py", "x = 1\n"),
    ]);
    chmod(&one.path().join("handler.py"), 0o600);
    chmod(&other.path().join("handler.py"), 0o666);
    chmod(&other.path().join("bin/run"), 0o755);
    age(&one.path().join("handler.py"), 1_000_000_000);
    std::fs::create_dir(other.path().join("empty")).unwrap();
    let (one, other) = (pack(one.path(), &[]).unwrap(), pack(other.path(), &[]).unwrap());
    assert_eq!(one.bytes, other.bytes);
    assert_eq!(one, other);
}

/// A change of this hash makes every user's functions drift: it needs a release note, whatever caused it.
#[test]
fn a_small_tree_has_the_hash_it_always_had() {
    let root = tree(&[
        ("handler.py", "def handler(event, context):\n    return 1\n"),
        ("+bin/run", "#!/bin/sh\n"),
    ]);
    let archive = pack(root.path(), &[]).unwrap();
    assert_eq!(archive.sha256_base64, "YKhyToB2HDjK5+BVj6u0VrbBAF+H/9rVo5yAAbs7Vp8=");
    assert_eq!(archive.entries, 2);
}

#[test]
fn entries_are_sorted_stored_dated_and_bare() {
    let root = tree(&[("b.py", "b"), ("+a/run", "a"), ("a.py", "a"), ("B.py", "B")]);
    let archive = pack(root.path(), &[]).unwrap();
    assert_eq!(names(&root, &[]), ["B.py", "a.py", "a/run", "b.py"]);
    let mut zip = opened(&archive);
    for index in 0..zip.len() {
        let entry = zip.by_index(index).unwrap();
        assert_eq!(entry.compression(), CompressionMethod::Stored);
        assert_eq!(entry.last_modified(), Some(DateTime::DEFAULT));
        assert!(entry.extra_data().unwrap_or_default().is_empty());
        let mode = if index == 2 { 0o100_755 } else { 0o100_644 };
        assert_eq!(entry.unix_mode(), Some(mode));
    }
}

#[test]
fn the_predicted_size_is_the_size() {
    let root = tree(&[("handler.py", "12345"), ("lib/\u{e4}.py", "a")]);
    let rules = exclude::Exclusions::new(&[]).unwrap();
    let files = tree::collect(root.path(), &rules, &DIRECT_UPLOAD).unwrap();
    assert_eq!(
        zipped::stored_size(&files),
        pack(root.path(), &[]).unwrap().bytes.len() as u64
    );
}

#[test]
fn larger_trees_are_deflated() {
    let root = tree(&[("a.txt", &"a".repeat(900)), ("b.txt", "b")]);
    let archive = pack_within(root.path(), &[], &SMALL).unwrap();
    assert_eq!(
        opened(&archive).by_index(0).unwrap().compression(),
        CompressionMethod::Deflated
    );
    assert_eq!(text_of(&archive, "a.txt"), "a".repeat(900));
    assert!(archive.bytes.len() < 500);
}

#[test]
fn the_hash_is_lambdas() {
    let root = tree(&[("a.txt", "a")]);
    let archive = pack(root.path(), &[]).unwrap();
    let digest = base64::engine::general_purpose::STANDARD
        .decode(&archive.sha256_base64)
        .unwrap();
    assert_eq!(digest, sha2::Sha256::digest(&archive.bytes).to_vec());
}

#[test]
fn what_never_belongs_into_code_is_left_out() {
    let root = tree(&[
        ("handler.py", ""),
        (".git/config", ""),
        ("sub/.git", "gitdir: elsewhere"),
        ("lib/__pycache__/a.cpython-312.pyc", ""),
        ("lib/a.pyc", ""),
        (".pytest_cache/x", ""),
        (".mypy_cache/x", ""),
        (".ruff_cache/x", ""),
        ("node_modules/.cache/x", ""),
        ("node_modules/left-pad/index.js", ""),
        (".cache/kept", ""),
        (".venv/x", ""),
        ("venv/x", ""),
        ("other/python/pyvenv.cfg", ""),
        ("other/python/lib/x.py", ""),
        ("tools/venv", "a file"),
        (".env", "TOKEN=1"),
        ("conf/.env.production", "TOKEN=1"),
        ("env.py", ""),
        (".DS_Store", ""),
        ("handler.py~", ""),
        (".handler.py.swp", ""),
    ]);
    let kept = [
        ".cache/kept",
        "env.py",
        "handler.py",
        "node_modules/left-pad/index.js",
        "tools/venv",
    ];
    assert_eq!(names(&root, &[]), kept);
}

#[test]
fn patterns_reach_as_far_as_their_slashes_say() {
    let root = tree(&[
        ("a.md", ""),
        ("docs/b.md", ""),
        ("docs/deep/c.md", ""),
        ("x/docs/d.md", ""),
        ("docs.py", ""),
    ]);
    assert_eq!(names(&root, &["*.md"]), ["docs.py"]);
    assert_eq!(
        names(&root, &["/*.md"]),
        ["docs.py", "docs/b.md", "docs/deep/c.md", "x/docs/d.md"]
    );
    assert_eq!(names(&root, &["docs"]), ["a.md", "docs.py"]);
    assert_eq!(names(&root, &["./docs/"]), ["a.md", "docs.py", "x/docs/d.md"]);
    assert_eq!(
        names(&root, &["docs/*.md"]),
        ["a.md", "docs.py", "docs/deep/c.md", "x/docs/d.md"]
    );
    assert_eq!(names(&root, &["**/deep/**", "{a,d}.md"]), ["docs.py", "docs/b.md"]);
    assert_eq!(names(&root, &["docs.py/"]).len(), 5);
}

#[test]
fn bad_patterns_are_reported_together() {
    let root = tree(&[("a", "")]);
    let given = ["ok", "[a", "!b", "", "/", "../x", "{a"].map(str::to_owned);
    let Err(ArchiveError::BadPatterns(bad)) = pack(root.path(), &given) else {
        panic!()
    };
    let places: Vec<_> = bad
        .iter()
        .map(|pattern| (pattern.index, pattern.pattern.as_str()))
        .collect();
    assert_eq!(
        places,
        [(1, "[a"), (2, "!b"), (3, ""), (4, "/"), (5, "../x"), (6, "{a")]
    );
    assert!(
        ArchiveError::BadPatterns(bad)
            .to_string()
            .contains("the pattern `!b` can't be used")
    );
}

#[test]
fn a_single_file_keeps_its_name() {
    let root = tree(&[("lambda.py", "x"), (".env", "SECRET")]);
    link(root.path(), "handler.py", "lambda.py");
    let archive = pack(&root.path().join("handler.py"), &["*.py".to_owned()]).unwrap();
    assert_eq!(text_of(&archive, "handler.py"), "x");
    assert_eq!(archive.entries, 1);
}

#[test]
fn links_within_are_followed() {
    let root = tree(&[("real/a.py", "a"), ("shared.py", "s")]);
    link(root.path(), "again", "real");
    link(root.path(), "real/shared.py", "../shared.py");
    assert_eq!(
        names(&root, &[]),
        [
            "again/a.py",
            "again/shared.py",
            "real/a.py",
            "real/shared.py",
            "shared.py"
        ]
    );
    assert_eq!(text_of(&pack(root.path(), &[]).unwrap(), "again/shared.py"), "s");
}

#[test]
fn a_link_to_the_root_folder_is_followed() {
    let root = tree(&[("real/a.py", "a")]);
    link(root.path(), "code", "real");
    assert_eq!(
        pack(&root.path().join("code"), &[]).unwrap(),
        pack(&root.path().join("real"), &[]).unwrap()
    );
}

#[test]
fn links_carry_nothing_in_that_is_left_out() {
    let root = tree(&[
        (".env", "SECRET"),
        ("venv/lib/x.py", ""),
        ("notes/private.txt", ""),
        ("a.py", ""),
    ]);
    link(root.path(), "settings", ".env");
    link(root.path(), "lib", "venv/lib");
    link(root.path(), "public.txt", "notes/private.txt");
    assert_eq!(names(&root, &["notes/"]), ["a.py"]);
}

#[test]
fn links_out_loops_and_oddities_are_refused_together() {
    let outside = tree(&[("secret", "s")]);
    let root = tree(&[("a/b/c.py", ""), ("ok.py", "")]);
    link(root.path(), "a/out", outside.path().join("secret"));
    link(root.path(), "a/b/up", "../../a");
    link(root.path(), "dangling", "nowhere");
    link(root.path(), ".venv", outside.path());
    let _socket = std::os::unix::net::UnixListener::bind(root.path().join("socket")).unwrap();
    let found = defects(&root);
    let places: Vec<_> = found.iter().map(|(path, _)| path.to_str().unwrap()).collect();
    assert_eq!(places, ["a/b/up", "a/out", "dangling", "socket"]);
    let flaws = [
        "a folder that contains it",
        "a link out of",
        "can't be read",
        "neither a file",
    ];
    for ((_, message), flaw) in found.iter().zip(flaws) {
        assert!(message.contains(flaw), "{message}");
    }
}

#[test]
fn a_sibling_with_the_same_beginning_is_outside() {
    let parent = tree(&[("code/a.py", ""), ("code-private/key", "k")]);
    link(&parent.path().join("code"), "key", "../code-private/key");
    let result = pack(&parent.path().join("code"), &[]);
    assert!(matches!(result, Err(ArchiveError::Defects(found)) if matches!(found[0].flaw, Flaw::LeadsOut(_))));
}

#[test]
fn names_that_are_not_utf8_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let root = tree(&[("a", "")]);
    std::fs::write(root.path().join(std::ffi::OsStr::from_bytes(b"b\xff")), "").unwrap();
    assert!(defects(&root)[0].1.contains("UTF-8"));
}

/// Permissions don't stop root, who may run the tests; a file that vanished fails in the same place.
#[test]
fn a_file_that_can_not_be_read_is_named() {
    let root = tree(&[("a", ""), ("b", "")]);
    let rules = exclude::Exclusions::new(&[]).unwrap();
    let files = tree::collect(root.path(), &rules, &DIRECT_UPLOAD).unwrap();
    std::fs::remove_file(root.path().join("b")).unwrap();
    let error = zipped::write(root.path(), &files, &DIRECT_UPLOAD)
        .unwrap_err()
        .to_string();
    assert!(error.contains("/b: can't be read: No such file"), "{error}");
}

#[test]
fn nothing_to_pack_is_an_error() {
    let root = tree(&[(".env", ""), ("a.md", "")]);
    assert!(matches!(
        pack(root.path(), &["*.md".to_owned()]),
        Err(ArchiveError::Empty { .. })
    ));
    let missing = pack(&root.path().join("missing"), &[]);
    assert!(matches!(missing, Err(ArchiveError::Unreadable { .. })));
}

#[test]
fn limits_are_lambdas() {
    let root = tree(&[]);
    let huge = std::fs::File::create(root.path().join("model.bin")).unwrap();
    huge.set_len(262_144_001).unwrap();
    let error = pack(root.path(), &[]).unwrap_err();
    assert!(matches!(
        error,
        ArchiveError::TooLargeUnzipped { limit: 262_144_000, .. }
    ));
    assert!(error.to_string().contains("more than 250 MB unzipped"));
    assert_eq!(DIRECT_UPLOAD.zipped, 52_428_800);
}

#[test]
fn limits_hold_for_zips_files_and_growth() {
    let noise: String = (0..9000_u32)
        .map(|n| char::from(33 + (n.wrapping_mul(2_654_435_761) >> 25) as u8 % 90))
        .collect();
    let root = tree(&[("a", &noise)]);
    let limits = Limits { zipped: 200, ..SMALL };
    assert!(matches!(
        pack_within(root.path(), &[], &limits),
        Err(ArchiveError::TooLargeZipped { limit: 200, .. })
    ));
    let many = tree(&[("a", ""), ("b", ""), ("c", ""), ("d", "")]);
    assert!(matches!(
        pack_within(many.path(), &[], &SMALL),
        Err(ArchiveError::TooManyFiles { limit: 3, .. })
    ));
    let rules = exclude::Exclusions::new(&[]).unwrap();
    let files = tree::collect(root.path(), &rules, &SMALL).unwrap();
    put(root.path(), "a", &"a".repeat(30_000));
    assert!(matches!(
        zipped::write(root.path(), &files, &SMALL),
        Err(ArchiveError::TooLargeUnzipped { .. })
    ));
}

#[test]
fn given_zips_are_taken_as_they_are() {
    let root = tree(&[("code/a.py", "a"), ("code/b.py", "b")]);
    let archive = pack(&root.path().join("code"), &[]).unwrap();
    let path = root.path().join("code.zip");
    std::fs::write(&path, &archive.bytes).unwrap();
    assert_eq!(from_zip(&path).unwrap(), archive);
}

#[test]
fn given_files_that_are_no_zips_are_refused() {
    let root = tree(&[("code/a.py", "a"), ("text.zip", "PK, said the text"), ("empty.zip", "")]);
    let whole = pack(&root.path().join("code"), &[]).unwrap().bytes;
    std::fs::write(root.path().join("cut.zip"), &whole[..whole.len() - 10]).unwrap();
    std::fs::write(
        root.path().join("none.zip"),
        [b"PK\x05\x06".as_slice(), &[0; 18]].concat(),
    )
    .unwrap();
    for name in ["text.zip", "empty.zip", "cut.zip", "code"] {
        let error = from_zip(&root.path().join(name)).unwrap_err();
        assert!(matches!(error, ArchiveError::NotAZip { .. }), "{name}: {error}");
    }
    assert!(matches!(
        from_zip(&root.path().join("none.zip")),
        Err(ArchiveError::Empty { .. })
    ));
    assert!(matches!(
        from_zip(&root.path().join("no.zip")),
        Err(ArchiveError::Unreadable { .. })
    ));
}

#[test]
fn given_zips_have_the_same_limits() {
    let root = tree(&[("a", &"a".repeat(3000))]);
    let bytes = pack_within(root.path(), &[], &SMALL).unwrap().bytes;
    let path = root.path().join("a.zip");
    std::fs::write(&path, &bytes).unwrap();
    let tight = Limits {
        unzipped: 2999,
        ..SMALL
    };
    assert!(matches!(
        from_zip_within(&path, &tight),
        Err(ArchiveError::TooLargeUnzipped { .. })
    ));
    let tight = Limits { zipped: 20, ..SMALL };
    assert!(matches!(
        from_zip_within(&path, &tight),
        Err(ArchiveError::TooLargeZipped { .. })
    ));
    assert!(from_zip_within(&path, &SMALL).is_ok());
}

/// Tools that write to a pipe put the sizes behind the contents.
#[test]
fn streamed_zips_are_taken_too() {
    let root = tree(&[]);
    let path = root.path().join("streamed.zip");
    let mut zip = zip::ZipWriter::new_stream(std::fs::File::create(&path).unwrap());
    zip.start_file("a", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, &[b'a'; 3000]).unwrap();
    zip.finish().unwrap();
    assert_eq!(from_zip_within(&path, &SMALL).unwrap().entries, 1);
    let tight = Limits {
        unzipped: 2999,
        ..SMALL
    };
    assert!(matches!(
        from_zip_within(&path, &tight),
        Err(ArchiveError::TooLargeUnzipped { .. })
    ));
}
