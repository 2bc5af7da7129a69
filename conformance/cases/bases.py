"""What git can do to a base: folders, names, clones and histories as teams have them. Git's own state is never changed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from harness import report
from harness.bench import Bench, Failed
from harness.case import SANDBOX, Case
from harness.repository import Repository, git

from . import functions
from .by_hand import text
from .documents import allow, edited, file
from .functions import CODE

BASE = file(roles={"app": {"trust": "ec2.amazonaws.com"}, "ci": {"trust": "ec2.amazonaws.com"}})
NEXT = edited(BASE, "roles/app/description", "Next")
DRIFT = {"role/app": {"description": "drift"}}
PENDING = {"role/app": {"description": "pending"}}


def classes(bench: Bench, *flags: str, code: int = 0) -> dict:
    """What a drift run says."""
    return report.classes(report.drift(bench, *flags, code=code))


def put(bench: Bench, path: str, environment: dict) -> None:
    """An environment file somewhere."""
    bench.put(path, json.dumps(environment, indent=1))


def begun(bench: Bench) -> Repository:
    """Applied and committed, and then edited."""
    repository = bench.repository()
    bench.converge(BASE)
    repository.commit("The base")
    bench.write(NEXT)
    return repository


def untouched(bench: Bench) -> None:
    """The index, the work tree and the stash are as before, and no file is left behind."""
    repository = begun(bench)
    (bench.folder / "new.txt").write_text("untracked")
    repository.git("add", "new.txt")

    def seen() -> tuple:
        files = sorted(str(path) for path in bench.folder.rglob("*") if ".git/" not in str(path) and "/state/" not in str(path))
        return repository.git("status", "--porcelain"), repository.git("stash", "list"), repository.git("worktree", "list"), repository.git("reflog"), files

    before = seen()
    bench.same("classes", classes(bench, "--base", "HEAD"), PENDING)
    bench.same("git", seen(), before)


def no_git(bench: Bench) -> None:
    """Without a repository a revision is an error that says so, and a file still is a base."""
    bench.converge(BASE)
    put(bench, "last.yaml", BASE)
    bench.write(NEXT)
    bench.shows(bench.expect(1, "drift", "--base", "HEAD"), "HEAD", "git")
    bench.same("classes", classes(bench, "--base", "last.yaml"), PENDING)


def no_program(bench: Bench) -> None:
    """Without the program git, too."""
    begun(bench)
    bench.variables["PATH"] = "/nowhere"
    bench.shows(bench.expect(1, "drift", "--base", "HEAD"), "git")


def unborn(bench: Bench) -> None:
    """A repository without a commit."""
    bench.repository()
    bench.converge(BASE)
    bench.shows(bench.expect(1, "drift", "--base", "HEAD"), "HEAD")


def shallow(bench: Bench) -> None:
    """A clone without history says what to fetch."""
    repository = begun(bench)
    bench.write(BASE)
    for number in range(3):
        repository.commit(f"{number}")
    clone = bench.folder / "clone"
    git(bench.folder, "clone", "--quiet", "--depth", "1", f"file://{bench.folder}", str(clone))
    inside = within(bench, clone)
    (clone / "environment.yaml").write_text(json.dumps(NEXT))
    ran = inside.run("drift", "--base", "HEAD~2")
    bench.same(f"exit\n{ran.told()}", ran.code, 1)
    bench.shows(ran, "shallow", "fetch")
    bench.same("classes", classes(inside, "--base", "HEAD"), PENDING)


def within(bench: Bench, folder: Path) -> Bench:
    """The same bench in another folder."""
    other = object.__new__(Bench)
    other.__dict__ |= bench.__dict__ | {"folder": folder}
    return other


def subfolder(bench: Bench) -> None:
    """The file lies below the top, and the tool is run from anywhere."""
    repository = bench.repository()
    place = "teams/imaging of the sea/\u00e4-\u96ea"
    put(bench, f"{place}/environment.yaml", BASE)
    bench.expect(0, "apply", "--yes", "-f", f"{place}/environment.yaml")
    repository.commit("The base")
    put(bench, f"{place}/environment.yaml", NEXT)
    bench.same("from the top", classes(bench, "-f", f"{place}/environment.yaml", "--base", "HEAD"), PENDING)
    bench.same("the folder", classes(bench, "-f", place, "--base", "HEAD"), PENDING)
    inside = within(bench, bench.folder / place)
    bench.same("from inside", classes(inside, "--base", "HEAD"), PENDING)
    beside = within(bench, bench.folder / "teams")
    bench.same("from beside", classes(beside, "-f", "imaging of the sea/\u00e4-\u96ea/environment.yaml", "--base", "HEAD"), PENDING)
    bench.same("absolute", classes(bench, "-f", str(bench.folder / place / "environment.yaml"), "--base", "HEAD"), PENDING)
    (bench.folder / "other").mkdir()
    across = within(bench, bench.folder / "other")
    bench.same("across", classes(across, "-f", f"../{place}/environment.yaml", "--base", "HEAD"), PENDING)


def outside(bench: Bench) -> None:
    """A file outside of the repository is no file of any revision."""
    repository = begun(bench)
    del repository
    place = bench.folder.parent / f"{bench.folder.name}-outside"
    place.mkdir()
    (place / "environment.yaml").write_text(json.dumps(NEXT))
    ran = bench.run("drift", "-f", str(place / "environment.yaml"), "--base", "HEAD")
    bench.same(f"exit\n{ran.told()}", (ran.code, ran.out), (1, ""))
    bench.same("a file", classes(bench, "--base", str(place / "environment.yaml"), code=2), DRIFT)


def not_in_revision(bench: Bench) -> None:
    """A revision without the file: nothing was declared then, or it is an error; never a silent clean run."""
    repository = bench.repository()
    empty = repository.commit("Nothing yet")
    bench.converge(BASE)
    repository.commit("The base")
    bench.iam.update_role(RoleName="app", Description="By hand", MaxSessionDuration=3600)
    ran = bench.run("drift", "--base", empty)
    bench.shows(ran, "environment.yaml")
    if ran.code == 0:
        raise Failed(ran.told())
    before = bench.live()
    bench.write(edited(BASE, "roles/ci/description", "x"))
    bench.run("apply", "--yes", "--prune", "--base", empty)
    bench.same("roles", sorted(bench.live()["roles"]), sorted(before["roles"]))


def file_renamed(bench: Bench) -> None:
    """The file had another name in the base: that is told, and pruning does not take all for gone or for new."""
    repository = bench.repository()
    put(bench, "old.yaml", BASE)
    bench.expect(0, "apply", "--yes", "-f", "old.yaml")
    repository.commit("The base")
    (bench.folder / "old.yaml").rename(bench.folder / "environment.yaml")
    before = bench.live()
    ran = bench.run("plan", "--prune", "--base", "HEAD")
    bench.shows(ran, "environment.yaml")
    bench.run("apply", "--yes", "--prune", "--base", "HEAD", "--allow", "mass-change")
    bench.same("the account", bench.live(), before)


def one_of_two_files(bench: Bench) -> None:
    """Of two files only one is given now: the other's things are not gone."""
    repository = bench.repository()
    put(bench, "one.yaml", BASE)
    put(bench, "two.yaml", file(policies={"reading": {"document": allow("s3:GetObject")}}))
    bench.expect(0, "apply", "--yes", "-f", "one.yaml", "-f", "two.yaml")
    repository.commit("The base")
    before = bench.live()
    ran = bench.run("apply", "--yes", "-f", "one.yaml", "--prune", "--base", "HEAD", "--allow", "mass-change")
    bench.same(f"the account\n{ran.told()}", bench.live(), before)
    put(bench, "two.yaml", file())
    bench.expect(0, "apply", "--yes", "-f", "one.yaml", "-f", "two.yaml", "--prune", "--base", "HEAD", "--allow", "mass-change")
    bench.same("policies", bench.live()["policies"], {})


def file_gone_from_folder(bench: Bench) -> None:
    """A file taken out of a folder in git takes its things along."""
    repository = bench.repository()
    put(bench, "env/one.yaml", edited(BASE, "roles/more", {"trust": "ec2.amazonaws.com"}))
    put(bench, "env/two.yaml", file(roles={"two": {"trust": "ec2.amazonaws.com"}}))
    bench.expect(0, "apply", "--yes", "-f", "env")
    repository.commit("The base")
    (bench.folder / "env/two.yaml").unlink()
    bench.same("classes", report.statuses(report.drift(bench, "-f", "env", "--base", "HEAD", code=0)), {"role/two": "pending"})
    ran = bench.run("apply", "--yes", "-f", "env", "--prune", "--base", "HEAD")
    bench.same(f"roles\n{ran.told()}", (ran.code, "two" in bench.live()["roles"]) in ((0, False), (4, True)), True)


def names(bench: Bench) -> None:
    """Every way in which git names a commit; a file of the same name wins; an option is never taken for a name."""
    repository = begun(bench)
    for arguments in (("tag", "v1"), ("tag", "-a", "v2", "-m", "x"), ("branch", "release/1"), ("branch", "env"), ("update-ref", "refs/remotes/origin/main", "HEAD")):
        repository.git(*arguments)
    commit = repository.git("rev-parse", "HEAD")
    for name in ("v1", "v2", "release/1", "origin/main", commit, commit[:8], "HEAD^{commit}", "HEAD^0", "refs/heads/main", "@"):
        bench.same(name, classes(bench, "--base", name), PENDING)
    put(bench, "env/environment.yaml", NEXT)
    bench.same("a folder of that name", classes(bench, "--base", "env", code=2), DRIFT)
    for name in ("--help", "--output=x", "-C/", "HEAD --", "HEAD\n", "HEAD..main", "^HEAD", "HEAD:", "HEAD^{tree}", "v1:environment.yaml", "x y", "\u96ea", "'", "a" * 5000):
        ran = bench.run("drift", f"--base={name}", "--format", "json")
        if ran.code not in (0, 1):
            raise Failed(f"`{name}`\n{ran.told()}")
        bench.silent(ran, "panicked")


def worktrees(bench: Bench) -> None:
    """A second work tree of the repository, a detached HEAD, a bare copy beside it."""
    repository = begun(bench)
    place = bench.folder.parent / f"{bench.folder.name}-tree"
    repository.git("worktree", "add", "--quiet", "--detach", str(place), "HEAD")
    (place / "environment.yaml").write_text(json.dumps(NEXT))
    bench.same("classes", classes(within(bench, place), "--base", "main"), PENDING)


def hostile_variables(bench: Bench) -> None:
    """Inside a git hook GIT_DIR and GIT_INDEX_FILE are set; the repository around the file counts."""
    repository = begun(bench)
    bench.variables |= {"GIT_DIR": str(bench.folder / ".git"), "GIT_INDEX_FILE": str(bench.folder / ".git/index"), "GIT_PAGER": "false", "GIT_CONFIG_COUNT": "0"}
    bench.same("classes", classes(bench, "--base", "HEAD"), PENDING)
    repository.git("config", "core.pager", "false")
    repository.git("config", "color.ui", "always")
    repository.git("config", "core.quotepath", "true")
    repository.git("config", "log.showSignature", "true")
    bench.same("classes", classes(bench, "--base", "HEAD"), PENDING)


def documents_and_code(bench: Bench) -> None:
    """What the file names beside itself is read from the revision, too: documents, code, links, names in any script."""
    repository = bench.repository()
    environment = functions.PLAIN | {"policies": {"reading": {"document": {"file": "policies/r\u00e9ading 1.json"}}}}
    functions.code(bench)
    bench.put("code/\u96ea a.py", CODE)
    (bench.folder / "code/run.sh").write_text("#!/bin/sh\n")
    (bench.folder / "code/run.sh").chmod(0o755)
    bench.put("policies/r\u00e9ading 1.json", text(allow("s3:GetObject")))
    bench.converge(environment)
    repository.commit("The base")
    bench.same("as it was", classes(bench, "--base", "HEAD"), {})
    bench.put("code/\u96ea a.py", CODE + "#\n")
    bench.put("policies/r\u00e9ading 1.json", text(allow("s3:PutObject")))
    bench.same("both", classes(bench, "--base", "HEAD"), {"lambda/worker": {"code": "pending"}, "policy/reading": {"document": "pending"}})


def ignored_code(bench: Bench) -> None:
    """Code that git ignores, such as a build, is not in the revision: what it was is unknown and is not made up."""
    repository = bench.repository()
    with (bench.folder / ".gitignore").open("a") as ignore:
        ignore.write("/code/\n")
    functions.code(bench)
    bench.converge(functions.PLAIN)
    repository.commit("The base")
    found = classes(bench, "--base", "HEAD")
    bench.same("as it was", found, {})
    bench.client("lambda").update_function_configuration(FunctionName="worker", MemorySize=512)
    bench.same("drift", classes(bench, "--base", "HEAD", code=2), {"lambda/worker": {"memory": "drift"}})


def submodule(bench: Bench) -> None:
    """Code in a submodule is not in the revision either."""
    repository = bench.repository()
    other = Repository(bench.folder.parent / f"{bench.folder.name}-module")
    (other.folder / "app.py").write_text(CODE)
    other.commit("Code")
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.folder), "code")
    bench.converge(functions.PLAIN)
    repository.commit("The base")
    bench.same("as it was", classes(bench, "--base", "HEAD"), {})
    bench.client("lambda").update_function_configuration(FunctionName="worker", MemorySize=512)
    bench.same("drift", classes(bench, "--base", "HEAD", code=2), {"lambda/worker": {"memory": "drift"}})


def line_ends(bench: Bench) -> None:
    """A work tree with other line ends than the revision's bytes is no change."""
    repository = begun(bench)
    bench.put(".gitattributes", "*.yaml text eol=crlf\n*.py text eol=crlf\n")
    functions.code(bench)
    bench.put("code/app.py", CODE.replace("\n", "\r\n"))
    bench.converge(functions.PLAIN)
    repository.commit("Other ends")
    bench.same("as it was", classes(bench, "--base", "HEAD"), {})


def broken_base(bench: Bench) -> None:
    """A base with mistakes is an error about the base, by name; today's file is not blamed."""
    repository = bench.repository()
    bench.converge(BASE)
    for content in ("version: 1\nenvironment: conformance\nroles: { app: { trsut: x } }\n", "{", ""):
        bench.write(content)
        revision = repository.commit("Broken")
        bench.write(BASE)
        ran = bench.run("drift", "--base", revision)
        bench.same(f"exit\n{ran.told()}", ran.code, 1)
        bench.shows(ran, "environment.yaml")
        if revision[:7] not in ran.out + ran.err:
            raise Failed(f"the revision is not named\n{ran.told()}")


def large_history(bench: Bench) -> None:
    """A repository with many files is not laid out whole for one file."""
    repository = bench.repository()
    for number in range(2000):
        bench.put(f"data/{number % 50}/{number}.txt", f"{number}")
    bench.converge(BASE)
    repository.commit("The base")
    bench.write(NEXT)
    bench.same("classes", classes(bench, "--base", "HEAD"), PENDING)


def gone_folder(bench: Bench) -> None:
    """No repository any more."""
    begun(bench)
    shutil.rmtree(bench.folder / ".git")
    bench.expect(1, "drift", "--base", "HEAD")


SINGLE: dict[str, Callable[[Bench], None]] = {
    "untouched": untouched,
    "no-git": no_git,
    "no-program": no_program,
    "unborn": unborn,
    "shallow": shallow,
    "subfolder": subfolder,
    "outside": outside,
    "not-in-revision": not_in_revision,
    "file-renamed": file_renamed,
    "one-of-two-files": one_of_two_files,
    "file-gone-from-folder": file_gone_from_folder,
    "names": names,
    "worktrees": worktrees,
    "hostile-variables": hostile_variables,
    "documents-and-code": documents_and_code,
    "ignored-code": ignored_code,
    "submodule": submodule,
    "line-ends": line_ends,
    "broken-base": broken_base,
    "large-history": large_history,
    "gone-folder": gone_folder,
}

CASES = [Case(f"base/{name}", run, SANDBOX) for name, run in SINGLE.items()]
