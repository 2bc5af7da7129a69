"""Reports: each format is what it says it is, whatever stands in the account, however much there is, and also for errors."""

import html.parser
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import jsonschema
from harness.bench import Bench, Failed, Ran
from harness.case import SANDBOX, Case

from .by_hand import text
from .documents import OWNER, allow, edited, file, managed_arn, trusts
from .edits import FULL

SCHEMA = Path(__file__).resolve().parent.parent.parent / "docs" / "schema" / "report.schema.json"
# What GitHub takes as one comment.
LONGEST = 65_000
FORMATS = ("text", "json", "markdown", "sarif")
# What an outsider could write into a name, a tag, a description or a document, to be taken for something else.
EVIL = [
    "</details>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "@everyone @octocat", "[link](https://evil.example)", "![image](https://evil.example/x.png)",
    "https://evil.example/autolinked", "| a | b |", "`code` ``` ~~~", "# heading", "* item", "fixes #1 GH-1 octocat/repo#2", "<!-- comment -->", "&lt;b&gt; &amp; &#64;everyone",
    "\\", "$x$ $$y$$", "line one\nline two\r\n::error::x", "\u202eabc\u2066", "\u200b\ufeff", "_under_ *star* ~~gone~~", "www.evil.example", "a@evil.example", "</td></tr></table>", "'\"><b>",
]
COMMANDS = {"plan": ("plan",), "drift": ("drift",), "check": ("check",), "diff": ("diff", "old.yaml", "environment.yaml")}


def written(environment: dict) -> str:
    """A file with a line for each thing, so that places differ."""
    return json.dumps(environment, indent=1)


def differing(bench: Bench) -> None:
    """An account in which much differs."""
    bench.converge(FULL)
    bench.put("old.yaml", written(FULL))
    bench.iam.attach_role_policy(RoleName="app", PolicyArn=managed_arn("AdministratorAccess"))
    bench.write(written(edited(edited(FULL, "roles/new", {"trust": "ec2.amazonaws.com"}), "policies/reading/document", allow("s3:*"))))


def clean(bench: Bench) -> None:
    """One in which nothing does."""
    bench.converge(FULL)
    bench.put("old.yaml", written(FULL))


def broken(bench: Bench) -> None:
    """A file with mistakes."""
    bench.put("old.yaml", written(FULL))
    bench.write("version: 1\nenvironment: x\nroles:\n  app: { trsut: ec2.amazonaws.com }\n  b: 7\n")


def unreadable_yaml(bench: Bench) -> None:
    """A file that is no YAML."""
    bench.put("old.yaml", written(FULL))
    bench.write("version: [1\n\tx: }\n")


def missing(bench: Bench) -> None:
    """No file."""
    bench.put("old.yaml", written(FULL))


def refusing(bench: Bench) -> None:
    """Things that need a word."""
    bench.iam.create_role(RoleName="app", AssumeRolePolicyDocument=text(trusts("ec2.amazonaws.com")), Description="Theirs", Tags=[{"Key": OWNER, "Value": "other"}])
    bench.put("old.yaml", written(FULL))
    bench.write(written(edited(FULL, "roles/open", {"trust": {"aws": "*"}})))


def other_account(bench: Bench) -> None:
    """A file of another account."""
    bench.put("old.yaml", written(FULL))
    bench.write(written(FULL | {"account": "210987654321"}))


def as_code(word: str) -> str:
    """What IAM takes of a text for a description."""
    return re.sub(r"[^\t\n\r\x20-\x7e\xa1-\xff]", "?", word)


def evil(bench: Bench) -> None:
    """Everything that outsiders can write, written by outsiders."""
    rules = {f"e{number}": {"schedule": "rate(1 hour)"} for number in range(len(EVIL))}
    bench.converge(file(roles={f"r{number}": {"trust": "ec2.amazonaws.com"} for number in range(len(EVIL))}, rules=rules))
    bench.put("old.yaml", written(file(roles={})))
    roles = {}
    for number, word in enumerate(EVIL):
        name = f"r{number}"
        bench.iam.update_role(RoleName=name, Description=as_code(word), MaxSessionDuration=3600)
        # EventBridge takes every character, those that move a cursor too.
        bench.client("events").put_rule(Name=f"e{number}", ScheduleExpression="rate(1 hour)", Description=f"\x1b[2J\x9b31m\x07{word}")
        statement = {"Sid": "X", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{word}".replace("\n", " ").replace("\r", " ")}
        document = {"Version": "2012-10-17", "Statement": [statement | {"Condition": {"StringLike": {"s3:prefix": [word]}}}]}
        bench.iam.put_role_policy(RoleName=name, PolicyName="evil", PolicyDocument=json.dumps(document))
        roles[name] = {"trust": "ec2.amazonaws.com", "description": as_code(word).replace("$(", "$$(") + " in git", "inline_policies": {"mine": document}}
    bench.write(written(file(roles=roles, rules=rules)))


SITUATIONS: dict[str, Callable[[Bench], None]] = {
    "differing": differing, "clean": clean, "broken": broken, "no-yaml": unreadable_yaml, "missing": missing, "refusing": refusing,
    "other-account": other_account, "evil": evil,
}


def schema() -> dict:
    """The documented form of reports."""
    return json.loads(SCHEMA.read_text())


def sarif_form(found: dict) -> None:
    """What SARIF 2.1 asks of what we write; the standard's own schema is far longer and says the same of it."""
    one = {"type": "string", "minLength": 1}
    region = {"type": "object", "required": ["startLine"], "properties": {key: {"type": "integer", "minimum": 1} for key in ("startLine", "startColumn", "endLine", "endColumn")}}
    physical = {
        "type": "object", "required": ["artifactLocation"],
        "properties": {"artifactLocation": {"type": "object", "required": ["uri"], "properties": {"uri": one | {"pattern": r"^[^ \\]*$"}}}, "region": region},
    }
    result = {
        "type": "object", "required": ["ruleId", "message", "level"],
        "properties": {
            "ruleId": one, "level": {"enum": ["none", "note", "warning", "error"]},
            "message": {"type": "object", "required": ["text"], "properties": {"text": one}},
            "locations": {"type": "array", "items": {"type": "object", "properties": {"physicalLocation": physical}}},
        },
    }
    rule = {"type": "object", "required": ["id"], "properties": {"id": one}}
    driver = {"type": "object", "required": ["name"], "properties": {"name": one, "rules": {"type": "array", "items": rule, "uniqueItems": True}}}
    tool = {"type": "object", "required": ["driver"], "properties": {"driver": driver}}
    run = {"type": "object", "required": ["tool", "results"], "properties": {"tool": tool, "results": {"type": "array", "items": result}}}
    runs = {"type": "array", "minItems": 1, "items": run}
    wanted = {"type": "object", "required": ["version", "runs"], "properties": {"version": {"const": "2.1.0"}, "$schema": one, "runs": runs}}
    jsonschema.validate(found, wanted)
    for one_run in found["runs"]:
        known = {rule["id"] for rule in one_run["tool"]["driver"].get("rules", [])}
        used = {result["ruleId"] for result in one_run["results"]}
        if not used <= known:
            raise Failed(f"rules that are not described: {sorted(used - known)}")


def as_json(bench: Bench, ran: Ran) -> None:
    """One document in the documented form."""
    try:
        jsonschema.validate(bench.output(ran), schema())
    except jsonschema.ValidationError as error:
        raise Failed(f"not in the documented form: {error.message} at {error.json_path}\n{ran.told()}") from None


def as_sarif(bench: Bench, ran: Ran) -> None:
    """One document in SARIF's form."""
    try:
        sarif_form(bench.output(ran))
    except jsonschema.ValidationError as error:
        raise Failed(f"not SARIF: {error.message} at {error.json_path}\n{ran.told()}") from None


# What a report needs to be read, and nothing that loads, runs, mentions or leads elsewhere.
TAGS = {"details", "summary", "table", "thead", "tbody", "tr", "th", "td", "p", "br", "code", "pre", "strong", "em", "b", "i", "ul", "ol", "li"}
TAGS |= {"h1", "h2", "h3", "h4", "h5", "blockquote", "hr", "sub", "sup", "del", "span"}
EMPTY = {"br", "hr"}


class Page(html.parser.HTMLParser):
    """Reads what GitHub's renderer makes of a report; what stands outside of code is kept apart."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.prose: list[str] = []
        self.widths: list[int] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Opens."""
        self.seen.add(tag)
        self.wrong += [f"<{tag} {key}>" for key, _ in attrs if key in ("href", "src") or key.startswith("on")]
        if tag == "tr":
            self.widths.append(0)
        if tag in ("td", "th") and self.widths:
            self.widths[-1] += 1
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Closes what was opened last."""
        if tag in EMPTY:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not {"code", "pre"} & set(self.open):
            self.prose.append(data)

    def handle_comment(self, data: str) -> None:
        """A comment hides something."""
        if not data.strip().startswith("evenkeel"):
            self.wrong.append(f"<!--{data}-->")


def as_markdown(bench: Bench, ran: Ran) -> None:
    """GitHub renders it to tags that are harmless and balanced; nobody is mentioned and nothing is linked."""
    del bench
    try:
        import cmarkgfm
        from cmarkgfm.cmark import Options
    except ImportError:
        raise Failed("GitHub's renderer is not there: pip install cmarkgfm") from None
    if len(ran.out) > LONGEST:
        raise Failed(f"{len(ran.out)} characters")
    rendered = cmarkgfm.github_flavored_markdown_to_html(ran.out, Options.CMARK_OPT_UNSAFE)
    page = Page()
    page.feed(rendered)
    wrong = page.wrong + [f"<{tag}>" for tag in sorted(page.seen - TAGS)] + [f"<{tag}> stays open" for tag in page.open]
    prose = "\n".join(page.prose)
    wrong += [f"outside of code: {found!r}" for found in re.findall(r"(?<![\w`])@\w+|\bGH-\d+|(?<!\w)#\d+\b|https?://evil\S+|www\.evil\S*", prose)]
    wrong += [f"invisible: {found!r}" for found in re.findall(r"[\u202a-\u202e\u2066-\u2069\u200b\ufeff]", ran.out)]
    if wrong:
        raise Failed("\n".join([*wrong, ran.out, rendered]))


def as_text(bench: Bench, ran: Ran) -> None:
    """No escapes, no control characters, nothing that turns the line around."""
    del bench
    found = re.findall(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", ran.out)
    if found:
        raise Failed(f"control characters: {sorted(set(found))}\n{ran.told()}")


FORMS: dict[str, Callable[[Bench, Ran], None]] = {"text": as_text, "json": as_json, "markdown": as_markdown, "sarif": as_sarif}


def situation(name: str, command: str, bench: Bench) -> None:
    """A command in a situation, in every format; the exit code is the same in each, and so is a second run's output."""
    SITUATIONS[name](bench)
    codes = {}
    for form in FORMATS:
        ran, again = (bench.run(*COMMANDS[command], "--format", form) for _ in range(2))
        bench.silent(ran, "panicked")
        codes[form] = ran.code
        if form != "text" or ran.out:
            FORMS[form](bench, ran)
        bench.same(f"{form}, a second time", steady(again.out), steady(ran.out))
    bench.same("exit codes", set(codes.values()), {codes["text"]})


def steady(out: str) -> str:
    """What was said, without how long it took."""
    return re.sub(r"in [\d.]+ m?s", "in TIME", out)


def side_reports(bench: Bench) -> None:
    """`--report` writes further formats beside what goes to standard output, each as `--format` would have it."""
    differing(bench)
    flags = [flag for form in FORMATS for flag in ("--report", f"{form}=out/{form}.txt")]
    (bench.folder / "out").mkdir()
    for command in ("plan", "drift", "check"):
        bench.run(*COMMANDS[command], "--format", "json", *flags)
        for form in FORMATS:
            direct = bench.run(*COMMANDS[command], "--format", form).out
            bench.same(f"{command}, {form}", steady((bench.folder / f"out/{form}.txt").read_text()), steady(direct))
    for wrong in ("nonsense=x", "json", "json=", "=x", "json=/proc/nowhere/x", "json=no/such/folder/x"):
        ran = bench.run("plan", "--report", wrong)
        bench.same(f"exit with --report {wrong}\n{ran.told()}", ran.code, 1)


def huge(bench: Bench) -> None:
    """A plan of many things keeps within a comment, and leaves out detail and never a thing that is refused."""
    many = {f"role-{number:04}": {"trust": "ec2.amazonaws.com", "description": "x" * 200, "inline_policies": {"p": allow(*(f"s3:Get{letter}*" for letter in "abcdefgh"))}} for number in range(200)}
    open_ = {f"open-{number:02}": {"trust": {"aws": "*"}} for number in range(30)}
    bench.write(written(file(roles=many | open_)))
    ran = bench.run("plan", "--format", "markdown")
    as_markdown(bench, ran)
    bench.same("refused ones that are not told", [name for name in open_ if name not in ran.out], [])
    bench.shows(ran, "200" if "200" in ran.out else "230")
    whole = bench.output(bench.run("plan", "--format", "json"))
    bench.same("resources in JSON", len(whole["things"]) >= 230, True)


def huge_texts(bench: Bench) -> None:
    """One thing with a document as long as AWS takes, and a file with a thousand mistakes."""
    statements = [{"Sid": f"S{number}", "Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{'b' * 60}{number}/*"} for number in range(50)]
    bench.write(written(file(policies={f"p{number}": {"document": {"Statement": statements[:30]}} for number in range(60)})))
    as_markdown(bench, bench.run("plan", "--format", "markdown"))
    bench.write("version: 1\nenvironment: x\nroles:\n" + "".join(f"  r{number}: {{ trsut: ec2.amazonaws.com, wrong_{'x' * 100}: 7 }}\n" for number in range(300)))
    for form in FORMATS:
        FORMS[form](bench, bench.expect(1, "check", "--format", form))


def ten_runs(bench: Bench) -> None:
    """The same file and account give the same bytes."""
    differing(bench)
    bench.iam.create_user(UserName="mallory")
    for command in (("plan",), ("drift", "--unmanaged"), ("check",)):
        for form in ("json", "markdown", "sarif"):
            runs = {bench.run(*command, "--format", form).out for _ in range(10)}
            bench.same(f"different outputs of {command[0]} as {form}", len(runs), 1)


def one_document(bench: Bench) -> None:
    """Whatever goes wrong, standard output is one document or empty, and standard error says what."""
    differing(bench)
    wrong = [
        ("plan", "--format", "json", "-f", "nowhere.yaml"), ("plan", "--format", "json", "--var", "x=1"), ("drift", "--format", "json", "--base", "nonsense"),
        ("plan", "--format", "json", "--account", "210987654321"), ("drift", "--format", "sarif", "--base", "nonsense"), ("check", "--format", "json", "--vars", "nowhere"),
        ("diff", "--format", "json", "nowhere", "environment.yaml"), ("diff", "--format", "json", "old.yaml", "old.yaml"),
    ]
    for arguments in wrong:
        ran = bench.run(*arguments)
        if ran.out:
            bench.output(ran)
        if ran.code and not ran.out and not ran.err:
            raise Failed(f"nothing is said\n{ran.told()}")
    ran = bench.run("plan", "--format", "nonsense")
    bench.same("exit of a format that there is not", ran.code, 1)


def unreachable(bench: Bench) -> None:
    """No account at the other end is an error, in every format, and soon."""
    differing(bench)
    bench.variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
    ran = bench.run("drift", "--format", "json")
    bench.same(f"exit\n{ran.told()}", ran.code in (1, 3), True)
    if ran.out:
        as_json(bench, ran)


@dataclass(frozen=True)
class Meaning:
    """A change of a file, and what `diff` says of it."""

    name: str
    edits: tuple[tuple[str, object], ...]
    code: int
    says: tuple[str, ...] = ()

    def case(self) -> Case:
        """The case that this row is."""
        return Case(f"reports/diff-{self.name}", self.run, SANDBOX)

    def run(self, bench: Bench) -> None:
        """Compares two files; nobody is called."""
        bench.put("old.yaml", written(FULL))
        environment = FULL
        for path, value in self.edits:
            environment = edited(environment, path, value)
        bench.write("# Another spelling\n" + json.dumps(environment, indent=5, sort_keys=False))
        bench.variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
        ran = bench.run("diff", "old.yaml", "environment.yaml")
        bench.shows(ran, *self.says)
        as_json(bench, bench.run("diff", "old.yaml", "environment.yaml", "--format", "json"))
        found = bench.output(bench.run("diff", "old.yaml", "environment.yaml", "--format", "json"))
        bench.same("something differs", bool([one for one in found["things"] if one["status"] not in ("keep",)]), bool(self.code))


MEANT_THE_SAME = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:getobject"], "Resource": ["*"]}}
MEANINGS = [
    Meaning("spelling", (), 0),
    Meaning("document-spelled-otherwise", (("policies/reading/document", MEANT_THE_SAME),), 0),
    Meaning("list-in-another-order", (("roles/app/policies", ["AmazonS3ReadOnlyAccess", "reading"]),), 0),
    Meaning("field", (("roles/app/description", "Second"),), 2, ("role/app", "description", "Second")),
    Meaning("statement", (("policies/reading/document", allow("s3:PutObject")),), 2, ("policy/reading", "s3:PutObject")),
    Meaning("new", (("roles/new", {"trust": "ec2.amazonaws.com"}),), 2, ("role/new",)),
]


def diff_revisions(bench: Bench) -> None:
    """Revisions, files and folders can be compared with each other."""
    repository = bench.repository()
    bench.write(written(FULL))
    first = repository.commit("One")
    bench.write(written(edited(FULL, "roles/app/description", "Second")))
    repository.commit("Two")
    for old, new in ((first, "HEAD"), ("HEAD~1", "environment.yaml"), ("HEAD~1", "./environment.yaml"), (first, "main")):
        bench.shows(bench.run("diff", old, new), "role/app", "Second")
    bench.silent(bench.run("diff", "HEAD", "environment.yaml"), "Second")


CASES = [
    *[
        Case(f"reports/{command}-{name}", partial(situation, name, command), SANDBOX)
        for name in SITUATIONS for command in COMMANDS if not (command == "check" and name in ("clean", "refusing", "other-account"))
    ],
    *[one.case() for one in MEANINGS],
    Case("reports/side", side_reports, SANDBOX),
    Case("reports/huge", huge, SANDBOX),
    Case("reports/huge-texts", huge_texts, SANDBOX),
    Case("reports/ten-runs", ten_runs, SANDBOX),
    Case("reports/one-document", one_document, SANDBOX),
    Case("reports/unreachable", unreachable, SANDBOX),
    Case("reports/diff-revisions", diff_revisions, SANDBOX),
]
