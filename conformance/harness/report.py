"""What a JSON report says, in the few words that cases compare."""

from .bench import Bench


def drift(bench: Bench, *flags: str, code: int = 2) -> dict:
    """A drift run as a report."""
    return bench.output(bench.drift(*flags, "--format", "json", code=code))


# The words of a report that mean that file and account agree.
AGREED = {"keep", "adopt"}


def things(report: dict) -> dict[str, dict]:
    """The resources of a report by address."""
    return {one["address"]: one for one in report.get("things", [])}


def statuses(report: dict) -> dict[str, str]:
    """How each resource stands, without those that are as written."""
    return {address: one["status"] for address, one in things(report).items() if one["status"] not in AGREED}


def classes(report: dict) -> dict[str, dict[str, str]]:
    """The class of each differing field, by address and by the field's first word."""
    found: dict[str, dict[str, str]] = {}
    for address, one in things(report).items():
        for field in one.get("fields", []):
            kept = found.setdefault(address, {})
            word = field.get("class", "difference")
            # Several entries of one map may be of several classes.
            kept[field["field"]] = "+".join(sorted({word, *kept.get(field["field"], word).split("+")}))
    return found
