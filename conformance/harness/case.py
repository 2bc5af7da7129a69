"""What a case is."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .bench import Bench

SANDBOX = frozenset({"sandbox"})
SERVERS = frozenset({"sandbox", "moto"})
EVERYWHERE = SERVERS | {"sandbox-folder"}


@dataclass(frozen=True)
class Case:
    """A promise, tried from outside."""

    name: str
    run: Callable[[Bench], None]
    backends: frozenset[str] = field(default=SERVERS)
