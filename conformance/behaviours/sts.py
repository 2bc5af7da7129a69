"""STS: who calls."""

from .account import Account
from .table import Table

TABLE = Table("sts")


@TABLE.behaviour("API reference, GetCallerIdentity")
def a_key_made_in_the_account_signs_as_its_user(account: Account) -> None:
    user = account.user(Path="/people/")
    key = account.iam.create_access_key(UserName="ada")["AccessKey"]
    caller = account.client(
        "sts", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    ).get_caller_identity()
    account.same((caller["Arn"], caller["UserId"], caller["Account"]), (user["Arn"], user["UserId"], account.number))


TABLE.refusals(
    "sts",
    "service model of STS, AssumeRole",
    (
        "a-session-name-of-one-character", "assume_role",
        {"RoleArn": "arn:aws:iam::123456789012:role/worker", "RoleSessionName": "x"},
        "ValidationError", 400, "roleSessionName",
    ),
)


@TABLE.behaviour("API reference, Making query requests")
def an_answer_is_xml_with_a_request_id_in_body_and_header(account: Account) -> None:
    answer = account.query("sts", "GetCallerIdentity")
    account.same((answer.status, answer.headers["content-type"]), (200, "text/xml"))
    account.true(answer.headers["x-amzn-requestid"] in answer.text(), f"no request id in {answer}")
