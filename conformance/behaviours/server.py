"""The account as a server: which service a request is for, what nobody knows, request ids, forms of answers, Regions."""

import http.client
import json
import socket
import random
import threading
from pathlib import Path
from urllib.parse import urlencode

from harness import operations, stress

from .account import LAMBDA_TRUST, Account
from .table import Table

TABLE = Table("server")

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def unsigned(account: Account, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
    """Sends one request without a signature; the answer with its body as `text`."""
    connection = http.client.HTTPConnection("127.0.0.1", account.backend.port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body.encode(), named)
    answer = connection.getresponse()
    answer.text = answer.read().decode(errors="replace")
    connection.close()
    return answer


def raw(account: Account, content: bytes) -> bytes:
    """Sends bytes as they are; everything that comes back until the server has no more to say."""
    with socket.create_connection(("127.0.0.1", account.backend.port), timeout=10) as stream:
        stream.sendall(content)
        stream.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := stream.recv(65536):
            answer += piece
        return answer


# --- what nobody knows


@TABLE.behaviour("IAM API reference, Common errors: InvalidAction")
def an_unknown_action_of_iam_is_an_invalid_action(account: Account) -> None:
    answer = account.query("iam", "SetTheWorldOnFire")
    account.same((answer.status, answer.headers["content-type"]), (400, "text/xml"))
    account.true("<Code>InvalidAction</Code>" in answer.text(), answer)
    account.true("Could not find operation SetTheWorldOnFire for version 2010-05-08" in answer.text(), answer)


@TABLE.behaviour("STS API reference, Common errors: InvalidAction")
def an_unknown_action_of_sts_is_an_invalid_action(account: Account) -> None:
    answer = account.query("sts", "AssumeNothing")
    account.same(answer.status, 400)
    account.true("<Code>InvalidAction</Code>" in answer.text() and "2011-06-15" in answer.text(), answer)


@TABLE.behaviour("AWS JSON protocol: UnknownOperationException")
def an_unknown_operation_of_eventbridge_is_named_in_the_body(account: Account) -> None:
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.PaintTheSky"}
    answer = account.send("events", "POST", "/", "{}", headers)
    account.same((answer.status, json.loads(answer.body)["__type"]), (400, "UnknownOperationException"))


@TABLE.behaviour("botocore's restjson errors: x-amzn-errortype")
def an_unknown_path_of_lambda_has_its_error_in_a_header(account: Account) -> None:
    answer = account.send("lambda", "POST", "/2015-03-31/no-such-thing", "{}")
    account.same((answer.status, answer.headers["x-amzn-errortype"]), (404, "UnknownOperationException"))
    account.same(answer.headers["content-type"], "application/json")


@TABLE.behaviour("S3 API reference, Error responses: NotImplemented")
def an_unknown_operation_of_s3_is_not_implemented(account: Account) -> None:
    account.bucket("bucket")
    answer = account.send("s3", "PATCH", "/bucket/key")
    account.true(answer.status in (405, 501), answer)
    account.true("<Code>NotImplemented</Code>" in answer.text() or "<Code>MethodNotAllowed</Code>" in answer.text(), answer)


@TABLE.behaviour("IAM API reference, Common errors: MissingAction")
def a_call_without_an_action_is_told_so(account: Account) -> None:
    answer = account.send("iam", "POST", "/", "Version=2010-05-08", FORM)
    account.same(answer.status, 400)
    account.true("<Code>MissingAction</Code>" in answer.text(), answer)


@TABLE.behaviour("the protocol of each service, so that its client fails at once")
def services_that_are_not_there_are_refused_in_their_own_protocol(account: Account) -> None:
    cases = {
        "ec2": (lambda client: client.describe_instances(), "InvalidAction", 400),
        "sqs": (lambda client: client.list_queues(), "UnknownOperationException", 400),
        "dynamodb": (lambda client: client.list_tables(), "UnknownOperationException", 400),
        "cloudformation": (lambda client: client.list_stacks(), "InvalidAction", 400),
        "apigateway": (lambda client: client.get_rest_apis(), "UnknownOperationException", 404),
        "route53": (lambda client: client.list_hosted_zones(), "InvalidAction", 400),
        "scheduler": (lambda client: client.list_schedules(), "UnknownOperationException", 404),
    }
    for service, (call, code, status) in cases.items():
        account.refused(lambda: call(account.client(service)), code, status, f"no service {service}")


@TABLE.behaviour("a person at the terminal has to learn of it once")
def what_is_not_known_is_said_once_on_standard_error(account: Account) -> None:
    log = account.backend.folder / "server.log"
    before = log.read_text().count("iam:SetTheWorldOnFire")
    for _ in range(3):
        account.query("iam", "SetTheWorldOnFire")
    account.same(log.read_text().count("iam:SetTheWorldOnFire") - before, 1)


@TABLE.behaviour("docs/sandbox-operations.md")
def the_documentation_lists_the_operations_that_are_answered(account: Account) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "sandbox-operations.md"
    found = operations.table(lambda service: account.client(service, config=operations.CONFIG))
    account.true(page.read_text() == found, "the page is not of today: run conformance/operations --write")


# --- which service


@TABLE.behaviour("Signature Version 4: the credential scope names the service")
def the_signature_decides_which_service_is_meant(account: Account) -> None:
    answer = account.send("sts", "POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", FORM | {"Host": "iam.localhost"})
    account.true("GetCallerIdentityResult" in answer.text(), answer)


@TABLE.behaviour("Making query requests: Action and Version")
def an_unsigned_query_goes_by_action_and_version(account: Account) -> None:
    named = {"Content_Type": FORM["Content-Type"]}
    for action, version, space in [("ListUsers", "2010-05-08", "iam"), ("Nonsense", "2011-06-15", "sts")]:
        answer = unsigned(account, "POST", "/", urlencode({"Action": action, "Version": version}), **named)
        account.true(f"https://{space}.amazonaws.com/doc/{version}/" in answer.text or answer.status == 403, answer.text)


@TABLE.behaviour("S3 user guide, Virtual hosting of buckets")
def a_host_may_carry_the_bucket(account: Account) -> None:
    account.bucket("events")
    account.s3.put_object(Bucket="events", Key="a.txt", Body=b"x", ContentType="text/plain")
    host = f"events.s3.localhost:{account.backend.port}"
    answer = account.send("s3", "GET", "/?list-type=2", headers={"Host": host})
    account.true(answer.status == 200 and "<Name>events</Name>" in answer.text(), answer)


@TABLE.behaviour("AWS JSON protocol: X-Amz-Target")
def an_unsigned_target_goes_to_eventbridge(account: Account) -> None:
    headers = {"Content_Type": "application/x-amz-json-1.1", "X_Amz_Target": "AWSEvents.ListEventBuses"}
    answer = unsigned(account, "POST", "/", "{}", **headers)
    account.true("x-amzn-requestid" in {name.lower() for name, _ in answer.getheaders()}, answer.text)
    account.true(answer.getheader("content-type").startswith("application/x-amz-json-1.1"), answer.getheaders())


# --- request ids and the forms of answers


@TABLE.behaviour("S3 user guide, Getting Amazon S3 request IDs")
def s3_gives_two_ids_with_every_answer(account: Account) -> None:
    found = account.send("s3", "GET", "/")
    refused = account.send("s3", "GET", "/no-such-bucket-of-ours")
    for answer in (found, refused):
        account.true({"x-amz-request-id", "x-amz-id-2"} <= set(answer.headers), answer.headers)
    account.true(f"<RequestId>{refused.headers['x-amz-request-id']}</RequestId>" in refused.text(), refused)


@TABLE.behaviour("response metadata of the AWS SDKs")
def every_call_has_an_id_of_its_own(account: Account) -> None:
    calls = [account.iam.list_users, account.sts.get_caller_identity, account.s3.list_buckets,
             account.functions.list_functions, account.events.list_event_buses] * 3
    ids = [call()["ResponseMetadata"]["RequestId"] for call in calls]
    account.same(len(set(ids)), len(ids))


@TABLE.behaviour("response metadata of the AWS SDKs")
def ids_do_not_come_again_after_the_server_was_started_anew(account: Account) -> None:
    def some() -> set[str]:
        return {account.sts.get_caller_identity()["ResponseMetadata"]["RequestId"] for _ in range(5)}

    before = some()
    account.backend.process.kill()
    account.backend.process.wait()
    account.backend.serve()
    account.same(before & some(), set())


@TABLE.behaviour("RFC 9110, HEAD; S3 API reference, HeadBucket and HeadObject")
def an_answer_to_head_has_no_body(account: Account) -> None:
    account.bucket("bucket")
    account.s3.put_object(Bucket="bucket", Key="k", Body=b"12345")
    there = account.send("s3", "HEAD", "/bucket/k")
    account.same((there.status, there.headers["content-length"], there.body), (200, "5", b""))
    missing = account.send("s3", "HEAD", "/bucket/none")
    account.same((missing.status, missing.body), (404, b""))


@TABLE.behaviour("the protocols of the services")
def each_service_answers_in_its_own_content_type(account: Account) -> None:
    kinds = {
        "iam": account.query("iam", "ListUsers"),
        "sts": account.query("sts", "GetCallerIdentity"),
        "s3": account.send("s3", "GET", "/"),
        "lambda": account.send("lambda", "GET", "/2015-03-31/functions/"),
        "events": account.send("events", "POST", "/", "{}", {"X-Amz-Target": "AWSEvents.ListRules", "Content-Type": "application/x-amz-json-1.1"}),
    }
    found = {service: answer.headers["content-type"] for service, answer in kinds.items()}
    json11 = "application/x-amz-json-1.1"
    account.same(found, {"iam": "text/xml", "sts": "text/xml", "s3": "application/xml", "lambda": "application/json", "events": json11})


@TABLE.behaviour("RFC 9110, Date")
def every_answer_is_dated(account: Account) -> None:
    account.true("date" in account.query("sts", "GetCallerIdentity").headers, "no date")


# --- HTTP as clients of all sorts speak it


@TABLE.behaviour("RFC 9112, Persistence and pipelining")
def requests_on_one_connection_are_answered_in_their_order(account: Account) -> None:
    one = b"GET /?Action=GetCallerIdentity&Version=2011-06-15 HTTP/1.1\r\nHost: sts.localhost\r\n\r\n"
    two = b"GET /?Action=ListUsers&Version=2010-05-08 HTTP/1.1\r\nHost: iam.localhost\r\nConnection: close\r\n\r\n"
    answer = raw(account, one + two)
    account.same(answer.count(b"HTTP/1.1 "), 2)
    account.true(answer.index(b"sts.amazonaws.com/doc") < answer.index(b"iam.amazonaws.com/doc"), answer)


@TABLE.behaviour("RFC 9112, HTTP/1.0")
def http_of_the_old_version_is_answered(account: Account) -> None:
    answer = raw(account, b"GET /?Action=GetCallerIdentity&Version=2011-06-15 HTTP/1.0\r\n\r\n")
    account.true(answer.startswith(b"HTTP/1.0 "), answer)


@TABLE.behaviour("RFC 9110, Expect")
def a_client_that_asks_first_is_told_to_go_on(account: Account) -> None:
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    head = b"POST / HTTP/1.1\r\nHost: sts.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n"
    with socket.create_connection(("127.0.0.1", account.backend.port), timeout=10) as stream:
        stream.sendall(head + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body))
        first = stream.recv(1000)
        account.true(first.startswith(b"HTTP/1.1 100"), first)
        stream.sendall(body)
        rest = stream.recv(65536)
    account.true(b"HTTP/1.1 " in rest, rest)


@TABLE.behaviour("RFC 9112, Chunked transfer coding")
def a_body_in_chunks_is_put_together(account: Account) -> None:
    head = b"POST / HTTP/1.1\r\nHost: sts.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (b"Action=GetCaller", b"Identity&Version=2011-06-15"))
    answer = raw(account, head + chunks + b"0\r\n\r\n")
    account.true(b"sts.amazonaws.com/doc/2011-06-15/" in answer and b"InvalidAction" not in answer, answer)


@TABLE.behaviour("RFC 9112, Invalid requests")
def garbage_is_a_bad_request_and_harms_nobody(account: Account) -> None:
    for garbage in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"NONSENSE\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"\r\n\r\n"):
        answer = raw(account, garbage)
        account.true(answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 414", b"HTTP/1.1 431")), answer)
    account.true(account.sts.get_caller_identity(), "the server is gone")


@TABLE.behaviour("S3 API reference, Error responses: EntityTooLarge")
def a_body_beyond_what_is_taken_in_is_refused_and_no_state_changes(account: Account) -> None:
    account.bucket("bucket")
    size = 300 * 1024 * 1024
    connection = http.client.HTTPConnection("127.0.0.1", account.backend.port, timeout=60)
    scope = "Credential=AKIACONFORMANCE/20260131/us-east-1/s3/aws4_request"
    connection.putrequest("PUT", "/bucket/huge")
    connection.putheader("Authorization", f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0")
    connection.putheader("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    for _ in range(size // (1 << 20)):
        connection.send(bytes(1 << 20))
    answer = connection.getresponse()
    account.true(answer.status in (400, 403), answer.status)
    answer.read()
    account.same(account.s3.list_objects_v2(Bucket="bucket")["KeyCount"], 0)


# --- Regions


@TABLE.behaviour("Lambda developer guide: functions are of one Region")
def functions_are_of_the_region_they_were_made_in(account: Account) -> None:
    account.function("here")
    elsewhere = account.client("lambda", "eu-west-1")
    account.same(elsewhere.list_functions()["Functions"], [])
    account.refused(elsewhere.get_function, "ResourceNotFoundException", 404, "arn:aws:lambda:eu-west-1", FunctionName="here")


@TABLE.behaviour("EventBridge user guide: event buses and rules are of one Region")
def rules_and_buses_are_of_the_region_they_were_made_in(account: Account) -> None:
    account.events.put_rule(Name="here", ScheduleExpression="rate(1 day)")
    account.events.create_event_bus(Name="team")
    elsewhere = account.client("events", "eu-west-1")
    account.same(elsewhere.list_rules()["Rules"], [])
    account.same([bus["Arn"] for bus in elsewhere.list_event_buses()["EventBuses"]], [f"arn:aws:events:eu-west-1:{account.number}:event-bus/default"])
    account.refused(elsewhere.describe_rule, "ResourceNotFoundException", 400, Name="here")
    elsewhere.put_rule(Name="here", ScheduleExpression="rate(2 days)")
    account.same(account.events.describe_rule(Name="here")["ScheduleExpression"], "rate(1 day)")


@TABLE.behaviour("IAM user guide: IAM is global")
def iam_is_the_same_whatever_region_a_call_is_signed_for(account: Account) -> None:
    account.user("ada")
    account.same(account.client("iam", "eu-west-1").get_user(UserName="ada")["User"]["UserName"], "ada")


@TABLE.behaviour("STS API reference, Regions and endpoints")
def every_region_has_an_sts(account: Account) -> None:
    arns = {account.client("sts", region).get_caller_identity()["Arn"] for region in ("us-east-1", "ap-southeast-2")}
    account.same(len(arns), 1)


@TABLE.behaviour("S3 API reference, CreateBucket and GetBucketLocation")
def buckets_are_listed_everywhere_and_live_in_one_region(account: Account) -> None:
    account.client("s3", "eu-west-1").create_bucket(
        Bucket="evenkeel-behaviours-eu", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    account.same([bucket["Name"] for bucket in account.s3.list_buckets()["Buckets"]], ["evenkeel-behaviours-eu"])
    account.same(account.s3.get_bucket_location(Bucket="evenkeel-behaviours-eu")["LocationConstraint"], "eu-west-1")


@TABLE.behaviour("AWS general reference, Partitions: keys are of one partition")
def keys_are_not_known_in_other_partitions(account: Account) -> None:
    for region in ("cn-north-1", "us-gov-west-1"):
        account.refused(account.client("sts", region).get_caller_identity, "InvalidClientTokenId", 403)


# --- many at once, and afterwards


@TABLE.behaviour("every write that AWS has acknowledged lasts")
def nothing_that_many_write_at_once_is_lost(account: Account) -> None:
    def write(number: int) -> None:
        client = account.client("iam", f"us-east-{1 + number % 2}")
        for turn in range(5):
            client.create_user(UserName=f"user-{number}-{turn}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    users = account.iam.list_users(MaxItems=1000)["Users"]
    account.same((len(users), len({user["UserId"] for user in users})), (80, 80))


@TABLE.behaviour("IAM API reference, CreateUser: EntityAlreadyExists")
def of_many_who_make_the_same_thing_at_once_one_succeeds(account: Account) -> None:
    codes: list[int] = []

    def make() -> None:
        codes.append(account.query("iam", "CreateRole", RoleName="one", AssumeRolePolicyDocument=LAMBDA_TRUST).status)

    threads = [threading.Thread(target=make) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    account.same(sorted(codes), [200] + [409] * 11)


@TABLE.behaviour("every write that AWS has acknowledged lasts")
def what_was_acknowledged_is_there_after_the_server_was_killed(account: Account) -> None:
    account.function("thumbnails")
    account.bucket("bucket")
    account.s3.put_object(Bucket="bucket", Key="k", Body=b"12345", Metadata={"a": "b"})
    role = account.iam.get_role(RoleName="thumbnails-role")["Role"]
    account.backend.process.kill()
    account.backend.process.wait()
    account.backend.serve()
    account.same(account.iam.get_role(RoleName="thumbnails-role")["Role"], role)
    account.same(account.s3.get_object(Bucket="bucket", Key="k")["Body"].read(), b"12345")
    account.same(account.functions.get_function(FunctionName="thumbnails")["Configuration"]["State"], "Active")


@TABLE.behaviour("every write that AWS has acknowledged lasts")
def sixty_four_clients_lose_nothing_while_the_server_is_killed(account: Account) -> None:
    backend = account.backend

    def kill() -> None:
        backend.process.kill()
        backend.process.wait()

    calls, _ = stress.stress(stress.Server(lambda: backend.port, kill, backend.serve), 64, [random.uniform(0.2, 1.2) for _ in range(3)])
    account.true(calls > 100, f"only {calls} calls")


@TABLE.behaviour("IAM user guide, Unique identifiers: they are never used again")
def unique_ids_do_not_come_again_after_the_server_was_killed(account: Account) -> None:
    first = account.user("ada")["UserId"]
    account.iam.delete_user(UserName="ada")
    account.backend.process.kill()
    account.backend.process.wait()
    account.backend.serve()
    account.true(account.user("ada")["UserId"] != first, "the same id again")
