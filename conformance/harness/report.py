"""What a JSON report says, in the few words that cases compare."""

import re

# TEXT-FALLBACK
HEAD = re.compile(r"^([-+~? ]) (\S+/\S+)\s{2,}(drift|pending|conflict|differs|unknown|unmanaged|is not there|is there)\b")
ROW = re.compile(r"^    ([a-zA-Z_]+)\b")


def from_text(out: str) -> dict:
    things: dict[str, dict] = {}
    address = word = None
    for line in out.splitlines():
        head = HEAD.match(line)
        if head:
            address, word = head[2], head[3]
            word = {"differs": "difference", "is not there": "difference", "is there": "difference"}.get(word, word)
            things.setdefault(address, {"address": address, "status": word, "fields": []})
            continue
        if not line.startswith("    "):
            address = None
        row = ROW.match(line)
        if address and row and word not in ("unmanaged",) and row[1] not in ("in", "held", "note", "ignored", "unknown"):
            things[address]["fields"].append({"field": row[1], "class": word})
    return {"things": list(things.values())}


def drift(bench, *flags: str, code: int = 2) -> dict:
    """A drift run as a report."""
    ran = bench.run("drift", *flags, "--format", "json")
    if "unexpected argument '--format'" in ran.err:
        return from_text(bench.drift(*flags, code=code).out)
    bench.same(f"exit\n{ran.told()}", ran.code, code)
    return bench.output(ran)


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
