use std::fs;
use std::path::Path;
use std::process::Command;

use super::{GitError, Revision};
use crate::spec::files::{Files as _, Kind, Trouble};

/// A repository with one commit and changes on top of it that are not committed.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    fs::create_dir_all(at("live/code/inner")).unwrap();
    fs::write(at("live/environment.yaml"), "version: 1\n").unwrap();
    fs::write(at("live/code/main.py"), "pass\n").unwrap();
    fs::write(at("live/code/inner/büro.py"), "x = 1\n").unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("code", at("live/linked")).unwrap();
        std::os::unix::fs::symlink("../../..", at("live/out")).unwrap();
    }
    run(folder.path(), &["init", "-q"]);
    run(folder.path(), &["add", "."]);
    run(folder.path(), &["commit", "-q", "-m", "first"]);
    fs::write(at("live/environment.yaml"), "version: 2\n").unwrap();
    fs::write(at("live/new.yaml"), "").unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=erika", "-c", "user.email=erika@example.org"];
    let done = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(identity)
        .args(arguments)
        .status();
    assert!(done.unwrap().success(), "git {arguments:?}");
}

#[test]
fn a_revision_is_read_as_it_was_committed() {
    let folder = repository();
    let revision = Revision::find(&folder.path().join("live"), "HEAD").unwrap();
    assert_eq!(revision.name(), "HEAD");
    assert_eq!(revision.commit().len(), 40);
    assert_eq!(revision.read("environment.yaml", 100).unwrap(), b"version: 1\n");
    assert_eq!(revision.read("./code/../code/main.py", 100).unwrap(), b"pass\n");
    assert!(matches!(revision.read("new.yaml", 100), Err(Trouble::Missing { .. })));
    assert!(matches!(
        revision.read("environment.yaml", 3),
        Err(Trouble::TooLarge { .. })
    ));
    assert!(matches!(revision.read("code", 3), Err(Trouble::IsFolder { .. })));
    assert_eq!(revision.kind("code"), Ok(Kind::Folder));
    assert_eq!(revision.kind("."), Ok(Kind::Folder));
    let absolute = fs::canonicalize(folder.path()).unwrap().join("live/environment.yaml");
    assert_eq!(revision.kind(&absolute.to_string_lossy()), Ok(Kind::File));
    assert!(revision.kind("/etc/hostname").is_err());
    assert!(revision.kind("../../environment.yaml").is_err());
}

#[test]
fn a_folder_is_listed_in_name_order() {
    let folder = repository();
    let revision = Revision::find(folder.path(), "HEAD").unwrap();
    let names: Vec<String> = revision
        .list("live/code")
        .unwrap()
        .into_iter()
        .map(|entry| entry.name)
        .collect();
    assert_eq!(names, ["inner", "main.py"]);
    assert!(matches!(
        revision.list("live/environment.yaml"),
        Err(Trouble::NotAFolder { .. })
    ));
    assert!(matches!(revision.list("nowhere"), Err(Trouble::Missing { .. })));
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_lead_nowhere_outside() {
    let folder = repository();
    let revision = Revision::find(folder.path(), "HEAD").unwrap();
    assert_eq!(revision.read("live/linked/main.py", 100).unwrap(), b"pass\n");
    assert_eq!(revision.real("live/linked").unwrap(), "/live/code");
    assert!(revision.kind("live/out").is_err());
}

#[test]
fn a_tree_is_laid_out_without_touching_the_work_tree() {
    let folder = repository();
    let revision = Revision::find(&folder.path().join("live"), "HEAD").unwrap();
    let before = fs::read(folder.path().join(".git/index")).unwrap();
    let code = revision.local("code").unwrap();
    assert_eq!(fs::read_to_string(code.join("main.py")).unwrap(), "pass\n");
    assert_eq!(fs::read_to_string(code.join("inner/büro.py")).unwrap(), "x = 1\n");
    let file = revision.local("environment.yaml").unwrap();
    assert_eq!(fs::read_to_string(file).unwrap(), "version: 1\n");
    assert_eq!(fs::read(folder.path().join(".git/index")).unwrap(), before);
    assert_eq!(
        fs::read_to_string(folder.path().join("live/environment.yaml")).unwrap(),
        "version: 2\n"
    );
    assert!(revision.local("nothing").is_none());
}

#[test]
fn what_is_no_revision_is_told() {
    let folder = repository();
    let error = Revision::find(folder.path(), "mian~1").unwrap_err();
    assert!(matches!(error, GitError::NoRevision { shallow: false, .. }), "{error}");
    // An option is no revision, whatever git would do with it.
    assert!(matches!(
        Revision::find(folder.path(), "--all"),
        Err(GitError::NoRevision { .. })
    ));
    let outside = tempfile::tempdir().unwrap();
    let error = Revision::find(outside.path(), "main").unwrap_err();
    assert!(matches!(error, GitError::NoRepository(_)), "{error}");
}

#[test]
fn a_shallow_clone_is_told() {
    let folder = repository();
    run(folder.path(), &["commit", "-q", "-a", "-m", "second"]);
    let clone = tempfile::tempdir().unwrap();
    let from = format!("file://{}", folder.path().display());
    run(clone.path(), &["clone", "-q", "--depth", "1", &from, "copy"]);
    let error = Revision::find(&clone.path().join("copy"), "HEAD~1").unwrap_err();
    assert!(matches!(error, GitError::NoRevision { shallow: true, .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn nothing_that_a_repository_configures_is_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = repository();
    let ran = folder.path().join("ran");
    let hook = folder.path().join(".git/hooks/post-index-change");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\ntouch '{}'\n", ran.display())).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    run(folder.path(), &["config", "core.fsmonitor", &hook.to_string_lossy()]);
    let revision = Revision::find(&folder.path().join("live"), "HEAD").unwrap();
    assert!(revision.local("code").unwrap().join("main.py").is_file());
    assert!(!ran.exists());
}

#[test]
fn a_tree_is_laid_out_once_and_again_with_what_was_missing() {
    let folder = repository();
    let revision = Revision::find(&folder.path().join("live"), "HEAD").unwrap();
    let one = revision.local("code/main.py").unwrap();
    fs::write(&one, "changed").unwrap();
    assert_eq!(
        fs::read_to_string(revision.local("code/main.py").unwrap()).unwrap(),
        "changed"
    );
    // The folder around a file that lies there is still laid out whole.
    assert!(revision.local("code").unwrap().join("inner/büro.py").is_file());
}
