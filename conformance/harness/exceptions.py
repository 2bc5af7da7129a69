"""Where a simulator is known to answer otherwise than AWS; each exception names its reason."""

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

LIST = Path(__file__).resolve().parent.parent / "exceptions.toml"


@dataclass(frozen=True)
class Exception_:
    """A case that can't pass on a backend."""

    case: str
    backend: str
    reason: str
    run: bool = True


def listed() -> list[Exception_]:
    """The whole list."""
    return [Exception_(**entry) for entry in tomllib.loads(LIST.read_text()).get("exception", [])]


def find(case: str, backend: str) -> Exception_ | None:
    """The exception for a case on a backend, if there is one."""
    return next((one for one in listed() if one.backend == backend and fnmatchcase(case, one.case)), None)
