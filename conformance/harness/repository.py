"""A git repository in a case's folder, as a team keeps one; nothing of the machine's own git settings is read."""

import subprocess
from pathlib import Path

from .backends import clean_environment

# Whoever commits, and when, must not matter, so it is always the same.
IDENTITY = {
    "GIT_AUTHOR_NAME": "Erika",
    "GIT_AUTHOR_EMAIL": "erika@example.org",
    "GIT_COMMITTER_NAME": "Erika",
    "GIT_COMMITTER_EMAIL": "erika@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
}


class Repository:
    """A repository with a branch `main`."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")
        # The tool's journal, the plans and the secrets of a case are nobody's source.
        (folder / ".gitignore").write_text("/state/\n/secrets/\n*.plan\n/.evenkeel/\n")

    def git(self, *arguments: str) -> str:
        """Runs git and gives what it says."""
        return git(self.folder, *arguments)

    def commit(self, message: str) -> str:
        """Commits everything that is there; the revision."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


def git(folder: Path, *arguments: str) -> str:
    """Runs git in a folder and gives what it says."""
    environment = clean_environment() | IDENTITY | {"HOME": str(folder)}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()
