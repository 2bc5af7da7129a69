"""Which operations of its services the sandbox answers: each of AWS's service models is tried on it."""

from collections.abc import Callable

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

SERVICES = {"iam": "IAM", "sts": "STS", "s3": "S3", "lambda": "Lambda", "events": "EventBridge", "cloudtrail": "CloudTrail"}

CONFIG = Config(parameter_validation=False, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=10)

HEAD = """# Operations of the sandbox

What the [sandbox](sandbox.md) answers, of all operations that AWS's service models have. Everything else is refused as AWS
refuses what it does not know, and named on the server's standard error.

This page is written by `conformance/operations --write`, which tries each operation on the sandbox.
"""


class Watch:
    """The body of the last answer, as it came."""

    def __init__(self, client: object):
        self.body = b""
        client.meta.events.register("response-received", self.keep)

    def keep(self, response_dict: dict | None = None, **_: object) -> None:
        """Takes up one answer."""
        body = (response_dict or {}).get("body")
        self.body = body if isinstance(body, bytes) else b""


def is_known(client, operation: str, watch: Watch) -> bool:
    """Whether the sandbox has the operation: it may refuse the empty request for any other reason."""
    watch.body = b""
    try:
        client._make_api_call(operation, least(client.meta.service_model.operation_model(operation)))
    except ClientError as error:
        if "the sandbox has no" in str(error) or error.response["Error"].get("Code") in ("405", "501"):
            return False
    except BotoCoreError:
        # It can't be sent to this address at all.
        return False
    # An operation whose subresource is overlooked looks like a list of objects.
    is_list = b"<ListBucketResult" in watch.body or b"<ListAllMyBucketsResult" in watch.body
    return not is_list or operation in ("ListObjects", "ListObjectsV2", "ListBuckets")


def least(model) -> dict:
    """Values for what has a place in the address or the headers; bodies stay empty."""
    shape = model.input_shape
    if shape is None:
        return {}
    placed = {name: member for name, member in shape.members.items() if member.serialization.get("location") in ("uri", "querystring", "header")}
    needed = {name: member for name, member in placed.items() if name in shape.required_members or member.serialization["location"] == "uri"}
    return {name: value(name, member) for name, member in needed.items()}


def value(name: str, member) -> object:
    """Something of the right sort."""
    if member.type_name in ("integer", "long"):
        return 1
    if member.type_name == "boolean":
        return True
    if member.type_name == "list":
        return ["x"]
    if getattr(member, "enum", None):
        return member.enum[0]
    return {"Bucket": "evenkeel-operations", "FunctionName": "thumbnails", "CopySource": "evenkeel-operations/key"}.get(name, "x")


def table(new_client: Callable) -> str:
    """The page of the documentation."""
    new_client("s3").create_bucket(Bucket="evenkeel-operations")
    text = HEAD
    for service, title in SERVICES.items():
        client = new_client(service)
        watch, names = Watch(client), sorted(client.meta.service_model.operation_names)
        known = [name for name in names if is_known(client, name, watch)]
        text += f"\n## {title}: {len(known)} of {len(names)}\n\n{paragraph(known)}\n"
    return text


def paragraph(names: list[str]) -> str:
    """The names in lines of a bearable length."""
    lines, line = [], ""
    for name in names:
        word = f"`{name}`" + ("," if name != names[-1] else ".")
        if len(line) + len(word) >= 120:
            lines.append(line.rstrip())
            line = ""
        line += word + " "
    return "\n".join([*lines, line.rstrip()])
