use std::cell::RefCell;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::keyring::{Keyring, Presence};
use super::*;

const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

struct Machine {
    folder: TempDir,
    context: Context,
}

fn machine() -> Machine {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().canonicalize().unwrap();
    let context = Context {
        home: Some(base.join("home")),
        base,
        credentials_file: None,
        redirect: None,
    };
    Machine { folder, context }
}

impl Machine {
    fn path(&self, name: &str) -> PathBuf {
        self.context.base.join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), text).unwrap();
    }

    fn prove(&self, text: &str) -> Result<(), StoreError> {
        store(text).prove_writable(Content::AccessKey, &self.context)
    }

    fn put(&self, text: &str) -> Result<Slot, StoreError> {
        store(text).put_access_key(KEY_ID, &secret(), &self.context)
    }

    /// Every file and folder, to see that nothing was left behind.
    fn listing(&self) -> Vec<String> {
        let output = Command::new("find")
            .arg(".")
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let mut lines: Vec<_> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    }

    fn git_init(&self) {
        let done = Command::new("git")
            .args(["init", "-q"])
            .current_dir(self.folder.path())
            .status()
            .unwrap();
        assert!(done.success());
    }
}

fn store(text: &str) -> Store {
    Store::parse(text).unwrap()
}

fn secret() -> Secret {
    Secret::new(KEY.to_owned())
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

#[test]
fn the_three_forms_are_read_and_written_back() {
    for text in [
        "keyring:aws deployer",
        "credentials-file:team/x.y@z",
        "file:secrets/erika",
        "file:C:/x",
        "file:~/x",
    ] {
        assert_eq!(store(text).to_string(), text);
    }
}

#[test]
fn what_is_no_store_is_answered_with_the_forms() {
    let wrong = [
        "",
        "erika",
        "vault:x",
        "keyring",
        "keyring:",
        "file: ",
        "file:a/",
        "file:..",
        "file:~",
        "file:a\nb",
        "file: a",
        "credentials-file:a]b",
        "credentials-file:a b",
        "Keyring:a",
    ];
    for text in wrong {
        let error = Store::parse(text).unwrap_err().to_string();
        assert!(
            error.ends_with("write `keyring:SERVICE`, `credentials-file:PROFILE` or `file:PATH`"),
            "{text}: {error}"
        );
        assert!(error.contains(&format!("`{text}`")), "{error}");
    }
}

#[test]
fn a_file_is_made_private_with_its_folders() {
    let machine = machine();
    machine.prove("file:secrets/deep/erika").unwrap();
    let slot = machine.put("file:secrets/deep/erika").unwrap();
    let expected = format!("[default]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {KEY}\n");
    assert_eq!(machine.read("secrets/deep/erika"), expected);
    assert_eq!(mode(&machine.path("secrets/deep/erika")), 0o600);
    assert_eq!(mode(&machine.path("secrets/deep")), 0o700);
    assert_eq!(mode(&machine.path("secrets")), 0o700);
    assert_eq!(
        slot.to_string(),
        format!("the file {}", machine.path("secrets/deep/erika").display())
    );
    assert_eq!(
        machine.listing(),
        [".", "./secrets", "./secrets/deep", "./secrets/deep/erika"]
    );
}

#[test]
fn a_proof_leaves_only_folders() {
    let machine = machine();
    machine.prove("file:secrets/erika").unwrap();
    machine.prove("file:secrets/erika").unwrap();
    assert_eq!(machine.listing(), [".", "./secrets"]);
}

#[test]
fn a_password_file_is_for_people() {
    let machine = machine();
    let password = Secret::new("Xy3!".to_owned());
    let url = "https://123456789012.signin.aws.amazon.com/console";
    store("file:~/erika")
        .put_password("erika", &password, url, &machine.context)
        .unwrap();
    assert_eq!(
        machine.read("home/erika"),
        format!("user = erika\npassword = Xy3!\nsign_in_url = {url}\n")
    );
}

#[test]
fn an_existing_file_is_never_overwritten() {
    let machine = machine();
    machine.write("erika", "precious");
    std::os::unix::fs::symlink("nowhere", machine.path("link")).unwrap();
    for text in ["file:erika", "file:link"] {
        assert!(matches!(machine.prove(text), Err(StoreError::Occupied { .. })));
        let error = machine.put(text).unwrap_err();
        assert!(
            error.to_string().contains("exists already and is never overwritten"),
            "{error}"
        );
    }
    assert_eq!(machine.read("erika"), "precious");
    assert_eq!(machine.listing(), [".", "./erika", "./link"]);
}

#[test]
fn what_can_not_be_a_folder_fails_the_proof() {
    let machine = machine();
    machine.write("plain", "");
    for text in ["file:plain/erika", "file:missing/../../erika"] {
        assert!(
            matches!(machine.prove(text), Err(StoreError::Unwritable { .. })),
            "{text}"
        );
    }
    let long = format!("file:{}", "x".repeat(300));
    assert!(matches!(machine.prove(&long), Err(StoreError::Unwritable { .. })));
}

#[test]
fn a_work_tree_must_ignore_the_file() {
    let machine = machine();
    machine.git_init();
    machine.write(".gitignore", "/secrets/\n");
    machine.write("deep/er/x", "");
    let refused = machine.prove("file:deep/er/new/erika");
    assert!(matches!(refused, Err(StoreError::NotIgnored { tree, .. }) if tree == machine.context.base));
    assert!(matches!(machine.put("file:erika"), Err(StoreError::NotIgnored { .. })));
    assert!(!machine.path("deep/er/new").exists() && !machine.path("erika").exists());
    machine.prove("file:secrets/erika").unwrap();
    machine.put("file:secrets/erika").unwrap();
}

#[test]
fn links_into_a_work_tree_are_seen_through() {
    let machine = machine();
    let outside = tempfile::tempdir().unwrap();
    machine.git_init();
    machine.write("sub/x", "");
    std::os::unix::fs::symlink(machine.path("sub"), outside.path().join("link")).unwrap();
    let text = format!("file:{}/link/erika", outside.path().display());
    assert!(matches!(machine.prove(&text), Err(StoreError::NotIgnored { .. })));
}

#[test]
fn a_git_that_can_not_answer_counts_as_no() {
    let machine = machine();
    let path = machine.path("secrets/erika");
    git::must_ignore_by(Path::new("/nonexistent/git"), &path).unwrap();
    machine.write(".git", "gitdir: nowhere\n");
    let missing = git::must_ignore_by(Path::new("/nonexistent/git"), &path).unwrap_err();
    assert!(missing.to_string().contains("git can't be run"), "{missing}");
    let broken = machine.prove("file:secrets/erika").unwrap_err();
    assert!(
        matches!(&broken, StoreError::GitSilent { reason, .. } if reason.contains("not a git repository")),
        "{broken}"
    );
}

#[test]
fn a_profile_is_appended_and_the_rest_untouched() {
    let machine = machine();
    let before = "# mine\r\n[default]\naws_access_key_id=A\n\n  [ work ] ; note\naws_access_key_id = B";
    machine.write("home/.aws/credentials", before);
    machine.prove("credentials-file:deployer").unwrap();
    assert_eq!(machine.read("home/.aws/credentials"), before);
    let slot = machine.put("credentials-file:deployer").unwrap();
    let added = format!("\n\n[deployer]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {KEY}\n");
    assert_eq!(machine.read("home/.aws/credentials"), format!("{before}{added}"));
    assert_eq!(mode(&machine.path("home/.aws/credentials")), 0o600);
    assert!(slot.to_string().starts_with("the profile deployer in "));
    assert_eq!(
        machine.listing(),
        [".", "./home", "./home/.aws", "./home/.aws/credentials"]
    );
}

#[test]
fn a_missing_credentials_file_is_made() {
    let mut machine = machine();
    machine.context.credentials_file = Some(PathBuf::from("~/elsewhere/creds"));
    machine.put("credentials-file:a").unwrap();
    machine.put("credentials-file:b").unwrap();
    let block = |name| format!("[{name}]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {KEY}\n");
    assert_eq!(
        machine.read("home/elsewhere/creds"),
        format!("{}\n{}", block("a"), block("b"))
    );
    assert_eq!(mode(&machine.path("home/elsewhere/creds")), 0o600);
}

#[test]
fn an_existing_profile_is_never_touched() {
    let machine = machine();
    let before = "\u{feff}[first]\n[ work ]\n[profile third]\n[\"fourth\"]\n# [fifth]\n";
    machine.write("home/.aws/credentials", before);
    for name in ["first", "work", "third", "fourth"] {
        let text = format!("credentials-file:{name}");
        assert!(
            matches!(machine.prove(&text), Err(StoreError::Occupied { .. })),
            "{name}"
        );
        assert!(matches!(machine.put(&text), Err(StoreError::Occupied { .. })), "{name}");
    }
    assert_eq!(machine.read("home/.aws/credentials"), before);
    machine.prove("credentials-file:fifth").unwrap();
    machine.prove("credentials-file:Work").unwrap();
}

#[test]
fn a_linked_or_protected_credentials_file_stays_one() {
    let machine = machine();
    machine.write("dotfiles/credentials", "[a]\n");
    std::fs::create_dir_all(machine.path("home/.aws")).unwrap();
    std::os::unix::fs::symlink(
        machine.path("dotfiles/credentials"),
        machine.path("home/.aws/credentials"),
    )
    .unwrap();
    machine.put("credentials-file:b").unwrap();
    assert!(machine.path("home/.aws/credentials").is_symlink());
    assert!(machine.read("dotfiles/credentials").contains("[b]"));
    std::fs::set_permissions(
        machine.path("dotfiles/credentials"),
        std::fs::Permissions::from_mode(0o400),
    )
    .unwrap();
    let error = machine.put("credentials-file:c").unwrap_err();
    assert!(error.to_string().contains("write-protected"), "{error}");
}

#[test]
fn profiles_put_at_the_same_time_all_arrive() {
    let machine = machine();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let machine = &machine.context;
            let key = secret();
            scope.spawn(move || {
                store(&format!("credentials-file:p{n}"))
                    .put_access_key(KEY_ID, &key, machine)
                    .unwrap()
            });
        }
    });
    let text = machine.read("home/.aws/credentials");
    assert_eq!(text.matches("aws_secret_access_key").count(), 8);
}

#[test]
fn a_credentials_file_holds_no_password() {
    let machine = machine();
    let error = store("credentials-file:a")
        .prove_writable(Content::Password, &machine.context)
        .unwrap_err();
    assert!(matches!(error, StoreError::NotForPasswords { .. }));
}

#[test]
fn a_missing_home_is_said() {
    let mut machine = machine();
    machine.context.home = None;
    for text in ["credentials-file:a", "file:~/a"] {
        assert!(matches!(machine.prove(text), Err(StoreError::NoHome { .. })));
    }
    machine.prove("file:a").unwrap();
}

#[test]
fn the_sandbox_keeps_everything_below_its_folder() {
    let mut machine = machine();
    machine.git_init();
    machine.context.redirect = Some(machine.path("sandbox"));
    machine.context.home = None;
    let keep = [
        "keyring:aws/../x",
        "credentials-file:work",
        "file:/etc/passwd",
        "file:../up",
    ];
    for text in keep {
        machine.prove(text).unwrap();
        machine.put(text).unwrap();
        assert!(
            matches!(machine.prove(text), Err(StoreError::Occupied { .. })),
            "{text}"
        );
    }
    store("keyring:aws/../x")
        .put_password("erika", &secret(), "https://x", &machine.context)
        .unwrap();
    let listing = machine.listing();
    let files: Vec<_> = listing
        .iter()
        .filter(|line| line.matches('/').count() == 3 && line.starts_with("./s"))
        .collect();
    let expected = [
        "./sandbox/credentials-file/work",
        "./sandbox/file/%2E%2E%2Fup",
        "./sandbox/file/%2Fetc%2Fpasswd",
        "./sandbox/keyring/aws%2F%2E%2E%2Fx.access-key",
        "./sandbox/keyring/aws%2F%2E%2E%2Fx.password",
    ];
    assert_eq!(files, expected);
    assert_eq!(listing.iter().filter(|line| line.starts_with("./s")).count(), 9);
}

#[test]
fn equal_places_are_equal_slots() {
    let machine = machine();
    std::fs::create_dir(machine.path("real")).unwrap();
    std::os::unix::fs::symlink("real", machine.path("link")).unwrap();
    let slot = |text: &str, content| store(text).slot(content, &machine.context).unwrap();
    let absolute = format!("file:{}/real/a", machine.context.base.display());
    assert_eq!(
        slot("file:real/a", Content::AccessKey),
        slot(&absolute, Content::Password)
    );
    assert_eq!(
        slot("file:link/../real/./a", Content::AccessKey),
        slot("file:link/a", Content::AccessKey)
    );
    assert_ne!(
        slot("file:real/a", Content::AccessKey),
        slot("file:real/b", Content::AccessKey)
    );
    assert_ne!(
        slot("keyring:a", Content::AccessKey),
        slot("keyring:a", Content::Password)
    );
}

#[test]
fn values_that_would_forge_lines_are_refused() {
    let machine = machine();
    let forged = Secret::new("x\n[other]".to_owned());
    let error = store("file:a")
        .put_access_key(KEY_ID, &forged, &machine.context)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the secret access key is empty or has a control character and can't be stored"
    );
    let empty = store("file:a").put_password("", &secret(), "https://x", &machine.context);
    assert!(matches!(empty, Err(StoreError::Unstorable { field: "user name" })));
    assert_eq!(machine.listing(), ["."]);
}

/// A keyring in memory that may be locked or full.
#[derive(Default)]
struct Ring {
    entries: RefCell<BTreeMap<String, String>>,
    locked: bool,
    refuses: Option<&'static str>,
}

impl Keyring for Ring {
    fn look(&self, entry: &str) -> Result<Presence, String> {
        Ok(if self.entries.borrow().contains_key(entry) {
            Presence::There
        } else {
            Presence::Absent
        })
    }

    fn set(&self, entry: &str, value: &str) -> Result<(), String> {
        if self.locked || self.refuses == Some(entry) {
            return Err("locked".to_owned());
        }
        self.entries.borrow_mut().insert(entry.to_owned(), value.to_owned());
        Ok(())
    }

    fn remove(&self, entry: &str) -> Result<(), String> {
        self.entries
            .borrow_mut()
            .remove(entry)
            .map(|_| ())
            .ok_or_else(|| "not there".to_owned())
    }
}

fn fields() -> [Field<'static>; 2] {
    [
        Field {
            name: "id",
            entry: "AWS_ACCESS_KEY_ID",
            key: "id",
            value: KEY_ID,
        },
        Field {
            name: "key",
            entry: "AWS_SECRET_ACCESS_KEY",
            key: "key",
            value: KEY,
        },
    ]
}

#[test]
fn a_keyring_gets_one_entry_for_each_value() {
    let ring = Ring::default();
    keyring::prove(&ring, "s", Content::AccessKey).unwrap();
    assert!(ring.entries.borrow().is_empty());
    keyring::put(&ring, "s", Content::AccessKey, &fields()).unwrap();
    let entries: Vec<_> = ring.entries.borrow().clone().into_iter().collect();
    let expected = [("AWS_ACCESS_KEY_ID", KEY_ID), ("AWS_SECRET_ACCESS_KEY", KEY)];
    assert_eq!(
        entries,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[test]
fn a_keyring_entry_is_never_overwritten() {
    let ring = Ring::default();
    ring.set("AWS_SECRET_ACCESS_KEY", "precious").unwrap();
    let error = keyring::prove(&ring, "s", Content::AccessKey).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the entry AWS_SECRET_ACCESS_KEY of the keyring's service s exists")
    );
    assert!(keyring::put(&ring, "s", Content::AccessKey, &fields()).is_err());
    assert_eq!(
        ring.entries.borrow().get("AWS_SECRET_ACCESS_KEY").map(String::as_str),
        Some("precious")
    );
    keyring::prove(&ring, "s", Content::Password).unwrap();
}

#[test]
fn a_keyring_that_refuses_is_left_as_it_was() {
    let locked = Ring {
        locked: true,
        ..Ring::default()
    };
    let error = keyring::prove(&locked, "s", Content::AccessKey)
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "the keyring can't be used for `s`: locked; use `file:PATH` or `credentials-file:PROFILE` instead"
    );
    let full = Ring {
        refuses: Some("AWS_SECRET_ACCESS_KEY"),
        ..Ring::default()
    };
    assert!(keyring::put(&full, "s", Content::AccessKey, &fields()).is_err());
    assert!(full.entries.borrow().is_empty());
}

#[cfg(not(feature = "keyring"))]
#[test]
fn without_the_feature_the_keyring_says_so() {
    let error = machine().prove("keyring:a").unwrap_err().to_string();
    assert!(error.contains("built without the feature `keyring`"), "{error}");
}

/// The address leads nowhere on every machine, so that the test asks nobody's keyring to unlock.
#[cfg(all(feature = "keyring", target_os = "linux"))]
#[test]
fn a_machine_without_a_secret_service_says_so() {
    let name = "vault::tests::a_machine_without_a_secret_service_says_so";
    if std::env::var_os("EVENKEEL_TEST_NO_BUS").is_some() {
        let error = machine().prove("keyring:a").unwrap_err().to_string();
        assert!(
            error.contains("this machine has no keyring that can be reached"),
            "{error}"
        );
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env("EVENKEEL_TEST_NO_BUS", "1")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
}

/// Run it with a keyring that may be written to:
/// `dbus-run-session -- sh -c 'echo pw | gnome-keyring-daemon --unlock && cargo test --features keyring -- --ignored'`.
#[cfg(feature = "keyring")]
#[test]
#[ignore = "needs an unlocked keyring"]
fn a_real_keyring_keeps_what_it_was_given() {
    let machine = machine();
    let service = format!("evenkeel-test-{}", std::process::id());
    let text = format!("keyring:{service}");
    machine.prove(&text).unwrap();
    machine.put(&text).unwrap();
    let occupied = machine.prove(&text);
    let entry = |name| ::keyring::Entry::new(&service, name).unwrap();
    let found = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(|name| entry(name).get_password().unwrap());
    let proof = entry("EVENKEEL_PROOF").get_password();
    for name in Content::AccessKey.entries() {
        entry(name).delete_credential().unwrap();
    }
    assert_eq!(found, [KEY_ID, KEY]);
    assert!(matches!(occupied, Err(StoreError::Occupied { .. })));
    assert!(matches!(proof, Err(::keyring::Error::NoEntry)));
    machine.prove(&text).unwrap();
}
