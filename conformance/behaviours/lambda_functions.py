"""Lambda: making, reading, changing and deleting functions."""

import base64
import hashlib
import io
import json
import re
import urllib.request
import zipfile

from .account import Account, package, trust
from .table import Table

TABLE = Table("lambda")

ROLE = "arn:aws:iam::123456789012:role/worker"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:thumbnails"
MODEL = "service model of Lambda"
GUIDE = "Lambda developer guide"
VALIDATED = "answers of Lambda as LocalStack's tests recorded them on AWS"


def wanted(**more: object) -> dict:
    """What a function is made of; its role is not made yet."""
    return {
        "FunctionName": "thumbnails", "Role": ROLE, "Runtime": "python3.13", "Handler": "index.handler",
        "Code": {"ZipFile": package()},
    } | more


def sha256(content: bytes) -> str:
    """A hash as Lambda shows it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


VALIDATION, INVALID = "ValidationException", "InvalidParameterValueException"
CONFLICT, NOT_FOUND = "ResourceConflictException", "ResourceNotFoundException"
ONE = "1 validation error detected: Value "


def made(name: str, change: dict, code: str, saying: str) -> tuple:
    """A row about CreateFunction on an account with nothing in it."""
    return name, "create_function", wanted(**change), code, 400, saying


TABLE.refusals(
    "functions",
    f"{MODEL}, CreateFunction; {VALIDATED}",
    made("a-timeout-of-0", {"Timeout": 0}, VALIDATION, "'0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1"),
    made("a-timeout-over-15-minutes", {"Timeout": 901}, VALIDATION, "'901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900"),
    made("memory-below-128", {"MemorySize": 127}, VALIDATION, "'127' at 'memorySize' failed"),
    made("memory-over-10240", {"MemorySize": 10241}, VALIDATION, "'10241' at 'memorySize' failed"),
    made("storage-below-512", {"EphemeralStorage": {"Size": 511}}, VALIDATION, "'511' at 'ephemeralStorage.size' failed"),
    made("storage-over-10240", {"EphemeralStorage": {"Size": 10241}}, VALIDATION, "at 'ephemeralStorage.size' failed"),
    made("a-description-of-257-characters", {"Description": "d" * 257}, VALIDATION, "at 'description' failed to satisfy constraint: Member must have length less than or equal to 256"),
    made("a-handler-with-a-blank", {"Handler": "a b"}, VALIDATION, r"at 'handler' failed to satisfy constraint: Member must satisfy regular expression pattern: [^\s]+"),
    made("a-handler-of-129-characters", {"Handler": "h" * 129}, VALIDATION, "at 'handler' failed"),
    made("a-role-that-is-no-arn", {"Role": "r1"}, VALIDATION, ONE + r"'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"),
    made("a-role-that-is-not-there", {}, INVALID, "The role defined for the function cannot be assumed by Lambda."),
    made("an-unknown-runtime", {"Runtime": "python9"}, INVALID, "Value python9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x, "),
    made("a-runtime-in-other-case", {"Runtime": "PYTHON3.13"}, INVALID, "or be a valid ARN"),
    made("a-runtime-past-its-end", {"Runtime": "python3.7"}, INVALID, "The runtime parameter of python3.7 is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions."),
    made("a-zip-without-a-runtime", {"Runtime": None}, INVALID, "Runtime and Handler are mandatory"),
    made("a-zip-without-a-handler", {"Handler": None}, INVALID, "Runtime and Handler are mandatory"),
    made("bytes-that-are-no-zip", {"Code": {"ZipFile": b"junk"}}, INVALID, "Could not unzip uploaded file. Please check your file, then try to upload again."),
    made("no-bytes-at-all", {"Code": {"ZipFile": b""}}, INVALID, "Uploaded file must be a non-empty zip"),
    made("no-source-of-code", {"Code": {}}, INVALID, "Please provide a source for function code."),
    made("a-zip-and-a-bucket", {"Code": {"ZipFile": package(), "S3Bucket": "bucket", "S3Key": "k"}}, INVALID, "Please do not provide other FunctionCode parameters when providing a ZipFile."),
    made("code-in-a-bucket-that-is-not-there", {"Code": {"S3Bucket": "nobodys-bucket", "S3Key": "k"}}, INVALID, "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist"),
    made("a-variable-that-lambda-reserves", {"Environment": {"Variables": {"AWS_REGION": "x"}}}, INVALID, "Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION"),
    made("more-than-4-kb-of-variables", {"Environment": {"Variables": {"LARGE": "x" * 4096}}}, INVALID, 'exceeded the 4KB limit. String measured: {"LARGE":"xxx'),
    made("a-variable-with-a-dash", {"Environment": {"Variables": {"A-B": "x"}}}, VALIDATION, "Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"),
    made("an-unknown-architecture", {"Architectures": ["X86_64"]}, VALIDATION, ONE + "'[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"),
    made("two-architectures", {"Architectures": ["x86_64", "arm64"]}, VALIDATION, ONE + "'[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1"),
    made("an-unknown-tracing-mode", {"TracingConfig": {"Mode": "On"}}, VALIDATION, "'On' at 'tracingConfig.mode' failed to satisfy constraint: Member must satisfy enum value set: [Active, PassThrough]"),
    made("an-unknown-log-format", {"LoggingConfig": {"LogFormat": "XML"}}, VALIDATION, "at 'loggingConfig.logFormat' failed"),
    made("an-unknown-snapshot-rule", {"SnapStart": {"ApplyOn": "invalidOption"}}, VALIDATION, "Value 'invalidOption' at 'snapStart.applyOn' failed to satisfy constraint: Member must satisfy enum value set: [PublishedVersions, None]"),
    made("an-unknown-package-type", {"PackageType": "Jar"}, VALIDATION, "at 'packageType' failed"),
    made("a-subnet-of-no-look", {"VpcConfig": {"SubnetIds": ["bad-format"], "SecurityGroupIds": ["sg-1"]}}, VALIDATION, "Value '[bad-format]' at 'vpcConfig.subnetIds' failed"),
    made("subnets-without-security-groups", {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": []}}, INVALID, "SubnetIds and SecurityIds must coexist or be both empty list."),
    made("six-layers", {"Layers": [f"arn:aws:lambda:us-east-1:210987654321:layer:l{n}:1" for n in range(6)]}, INVALID, "Cannot reference more than 5 layers."),
    made("a-layer-that-is-not-there", {"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:doesnotexist:1"]}, INVALID, "Layer version arn:aws:lambda:us-east-1:123456789012:layer:doesnotexist:1 does not exist."),
    made("a-layer-of-another-region", {"Layers": ["arn:aws:lambda:eu-west-1:210987654321:layer:l:1"]}, INVALID, "Layers are not in the same region as the function. Layers are expected to be in region us-east-1."),
    made("a-layer-without-a-version", {"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:l"]}, VALIDATION, "at 'layers' failed"),
    made("a-layer-twice", {"Layers": [f"arn:aws:lambda:us-east-1:210987654321:layer:l:{n}" for n in (1, 2)]}, INVALID, "Two different versions of the same layer are not allowed to be referenced in the same function."),
    made("a-key-that-is-no-arn", {"KMSKeyArn": "alias/x"}, VALIDATION, "at 'kMSKeyArn' failed"),
    made("more-than-50-tags", {"Tags": {f"k{n}": "v" for n in range(51)}}, INVALID, "Number of tags exceeds resource tag limit."),
    made("a-tag-key-of-129-characters", {"Tags": {"k" * 129: "v"}}, VALIDATION, "at 'tags' failed to satisfy constraint: Map keys must satisfy constraint"),
    made("a-name-with-a-blank", {"FunctionName": "my function"}, VALIDATION, "Value 'my function' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern"),
    made("a-name-with-too-many-parts", {"FunctionName": "invalid:function:name"}, VALIDATION, "Value 'invalid:function:name' at 'functionName' failed"),
    made("a-name-of-65-characters", {"FunctionName": "a" * 65}, INVALID, "at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64"),
    made("an-arn-of-more-than-140-characters", {"FunctionName": f"arn:aws:lambda:us-east-1:123456789012:function:{'a' * 100}"}, VALIDATION, "Member must have length less than or equal to 140"),
    made("a-log-level-with-plain-text", {"LoggingConfig": {"LogFormat": "Text", "SystemLogLevel": "INFO"}}, INVALID, "JSON"),
    made("all-that-is-wrong-is-told-at-once", {"Timeout": 0, "MemorySize": 1}, VALIDATION, "2 validation errors detected: "),
    made("nothing-but-a-name", {"Role": None, "Code": None}, VALIDATION, "2 validation errors detected: Value null at 'role' failed to satisfy constraint: Member must not be null; Value null at 'code'"),
)

TABLE.refusals(
    "functions",
    VALIDATED,
    ("reading-a-function-that-is-not-there", "get_function", {"FunctionName": "thumbnails"}, NOT_FOUND, 404, f"Function not found: {ARN}"),
    ("reading-a-qualifier-of-a-function-that-is-not-there", "get_function", {"FunctionName": "thumbnails", "Qualifier": "$LATEST"}, NOT_FOUND, 404, f"Function not found: {ARN}:$LATEST"),
    ("reading-settings-of-a-function-that-is-not-there", "get_function_configuration", {"FunctionName": "thumbnails"}, NOT_FOUND, 404, f"Function not found: {ARN}"),
    ("deleting-a-function-that-is-not-there", "delete_function", {"FunctionName": "thumbnails"}, NOT_FOUND, 404, f"Function not found: {ARN}"),
    ("deleting-latest-by-name", "delete_function", {"FunctionName": "thumbnails", "Qualifier": "$LATEST"}, INVALID, 400, "$LATEST version cannot be deleted without deleting the function."),
    ("two-qualifiers-that-differ", "get_function", {"FunctionName": "thumbnails:1", "Qualifier": "2"}, INVALID, 400, "The derived qualifier from the function name does not match the specified qualifier."),
    ("a-function-of-another-region", "get_function", {"FunctionName": ARN.replace("us-east-1", "eu-west-1")}, NOT_FOUND, 404, "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"),
    ("a-function-of-another-account", "get_function", {"FunctionName": ARN.replace("123456789012", "210987654321")}, "AccessDeniedException", 403, ""),
    ("updating-settings-of-a-function-that-is-not-there", "update_function_configuration", {"FunctionName": "thumbnails", "Timeout": 5}, NOT_FOUND, 404, ARN),
    ("updating-code-of-a-function-that-is-not-there", "update_function_code", {"FunctionName": "thumbnails", "ZipFile": package()}, NOT_FOUND, 404, ARN),
    ("publishing-a-function-that-is-not-there", "publish_version", {"FunctionName": "thumbnails"}, NOT_FOUND, 404, ARN),
    ("listing-versions-of-a-function-that-is-not-there", "list_versions_by_function", {"FunctionName": "thumbnails"}, NOT_FOUND, 404, ARN),
    ("listing-editions-of-no-sort", "list_functions", {"FunctionVersion": "invalid"}, VALIDATION, 400, "Value 'invalid' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]"),
)


@TABLE.behaviour("API reference, CreateFunction; Lambda developer guide, Lambda function states")
def a_new_function_is_pending_in_the_answer_and_active_soon(account: Account) -> None:
    account.role()
    found = account.functions.create_function(**wanted())
    account.same(found["ResponseMetadata"]["HTTPStatusCode"], 201)
    account.same(
        (found["State"], found["StateReason"], found["StateReasonCode"], found.get("LastUpdateStatus")),
        ("Pending", "The function is being created.", "Creating", None),
    )
    now = account.active("thumbnails")
    account.same((now["State"], now["LastUpdateStatus"], now.get("StateReason")), ("Active", "Successful", None))


@TABLE.behaviour("API reference, CreateFunction; service model of Lambda, FunctionConfiguration")
def defaults_read_back(account: Account) -> None:
    account.function()
    found = account.functions.get_function_configuration(FunctionName="thumbnails")
    shown = {
        "FunctionName": "thumbnails", "FunctionArn": ARN, "Version": "$LATEST", "Description": "", "Timeout": 3,
        "MemorySize": 128, "PackageType": "Zip", "Architectures": ["x86_64"], "TracingConfig": {"Mode": "PassThrough"},
        "EphemeralStorage": {"Size": 512}, "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/thumbnails"}, "CodeSha256": sha256(package()),
        "CodeSize": len(package()),
    }
    account.same({name: found.get(name) for name in shown}, shown)
    hidden = ("Environment", "VpcConfig", "DeadLetterConfig", "KMSKeyArn", "Layers", "FileSystemConfigs", "ImageConfigResponse")
    account.same([name for name in hidden if name in found], [])
    account.true(found["RuntimeVersionConfig"]["RuntimeVersionArn"].startswith("arn:aws:lambda:us-east-1::runtime:"), found)


@TABLE.behaviour("API reference, FunctionConfiguration: LastModified in ISO 8601")
def the_last_change_is_told_in_lambdas_spelling(account: Account) -> None:
    found = account.function()
    account.true(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", found["LastModified"]), found["LastModified"])


@TABLE.behaviour(VALIDATED)
def variables_show_once_they_were_set_even_when_empty(account: Account) -> None:
    account.function(Environment={"Variables": {}})
    found = account.functions.get_function_configuration(FunctionName="thumbnails")
    account.same(found["Environment"], {"Variables": {}})


@TABLE.behaviour("API reference, CreateFunction: ResourceConflictException")
def a_function_is_made_once(account: Account) -> None:
    account.function()
    role = account.arn("role/thumbnails-role")
    account.refused(account.functions.create_function, CONFLICT, 409, "Function already exist: thumbnails", **wanted(Role=role))


@TABLE.behaviour("Lambda developer guide, Lambda function names are per Region")
def regions_have_functions_of_their_own(account: Account) -> None:
    account.function()
    other = account.client("lambda", "eu-west-1")
    account.refused(other.get_function, NOT_FOUND, 404, "eu-west-1", FunctionName="thumbnails")
    other.create_function(**wanted(Role=account.arn("role/thumbnails-role")))
    account.same([len(client.list_functions()["Functions"]) for client in (other, account.functions)], [1, 1])


@TABLE.behaviour("API reference, CreateFunction: the execution role")
def a_role_made_just_now_can_be_taken_on(account: Account) -> None:
    account.role()
    account.same(account.functions.create_function(**wanted())["Role"], ROLE)


@TABLE.behaviour("Lambda developer guide, Troubleshoot deployment issues: role cannot be assumed")
def a_role_that_trusts_another_service_cannot_be_taken_on(account: Account) -> None:
    account.role(trust=trust({"Service": "ec2.amazonaws.com"}))
    account.refused(
        account.functions.create_function, INVALID, 400, "The role defined for the function cannot be assumed by Lambda.", **wanted()
    )


@TABLE.behaviour("Lambda developer guide, Troubleshoot deployment issues: role cannot be assumed", lag=True)
def a_fresh_role_can_be_taken_on_after_a_while(account: Account) -> None:
    account.role()
    account.until(lambda: account.functions.create_function(**wanted()), "The role defined for the function cannot be assumed by Lambda.")
    account.active("thumbnails")


@TABLE.behaviour("API reference, CreateFunction: FunctionName as name, partial ARN or ARN")
def a_function_is_named_by_name_or_arn(account: Account) -> None:
    account.role()
    account.same(account.functions.create_function(**wanted(FunctionName=ARN))["FunctionName"], "thumbnails")
    for name in ("thumbnails", "123456789012:function:thumbnails", "function:thumbnails", ARN, f"{ARN}:$LATEST"):
        found = account.functions.get_function(FunctionName=name)["Configuration"]
        account.same(found["FunctionName"], "thumbnails")


@TABLE.behaviour("API reference, GetFunction")
def latest_by_name_shows_a_qualified_arn(account: Account) -> None:
    account.function()
    found = account.functions.get_function_configuration(FunctionName="thumbnails", Qualifier="$LATEST")
    account.same((found["FunctionArn"], found["Version"]), (f"{ARN}:$LATEST", "$LATEST"))


@TABLE.behaviour("API reference, GetFunction: Code")
def code_can_be_fetched_by_its_link(account: Account) -> None:
    account.function()
    code = account.functions.get_function(FunctionName="thumbnails")["Code"]
    account.same(code["RepositoryType"], "S3")
    with urllib.request.urlopen(code["Location"]) as answer:
        account.same(answer.read(), package())


@TABLE.behaviour("API reference, GetFunction: Tags, Concurrency")
def a_function_shows_tags_and_concurrency_only_when_it_has_them(account: Account) -> None:
    account.function()
    account.same({"Tags", "Concurrency"} & set(account.functions.get_function(FunctionName="thumbnails")), set())
    account.functions.tag_resource(Resource=ARN, Tags={"team": "a"})
    account.functions.put_function_concurrency(FunctionName="thumbnails", ReservedConcurrentExecutions=0)
    found = account.functions.get_function(FunctionName="thumbnails")
    account.same((found["Tags"], found["Concurrency"]), ({"team": "a"}, {"ReservedConcurrentExecutions": 0}))


@TABLE.behaviour("service model of Lambda, ListFunctions: a subset of the fields")
def lists_tell_no_state(account: Account) -> None:
    account.function()
    hidden = {"State", "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReason", "RuntimeVersionConfig"}
    account.same(hidden & set(account.functions.list_functions()["Functions"][0]), set())
    account.same(hidden & set(account.functions.list_versions_by_function(FunctionName="thumbnails")["Versions"][0]), set())


@TABLE.behaviour("API reference, ListFunctions: at most 50 at once, whatever MaxItems says")
def lists_come_in_pages_of_at_most_50(account: Account) -> None:
    account.role()
    for number in range(52):
        account.functions.create_function(**wanted(FunctionName=f"f{number:02}"))
    first = account.functions.list_functions(MaxItems=1000)
    account.same(len(first["Functions"]), 50)
    rest = account.functions.list_functions(Marker=first["NextMarker"])
    account.same((len(rest["Functions"]), rest.get("NextMarker")), (2, None))
    account.same(len(account.functions.list_functions(MaxItems=3)["Functions"]), 3)


@TABLE.behaviour("API reference, ListFunctions: FunctionVersion ALL")
def a_list_of_all_editions_has_latest_and_versions(account: Account) -> None:
    account.function()
    account.functions.publish_version(FunctionName="thumbnails")
    found = account.functions.list_functions(FunctionVersion="ALL")["Functions"]
    account.same([(item["Version"], item["FunctionArn"]) for item in found], [("$LATEST", f"{ARN}:$LATEST"), ("1", f"{ARN}:1")])


@TABLE.behaviour("API reference, UpdateFunctionConfiguration; Lambda developer guide, Lambda function states")
def an_update_is_in_progress_and_then_successful(account: Account) -> None:
    account.function()
    found = account.functions.update_function_configuration(FunctionName="thumbnails", Timeout=9)
    account.same(
        (found["Timeout"], found["State"], found["LastUpdateStatus"], found["LastUpdateStatusReasonCode"]),
        (9, "Active", "InProgress", "Creating"),
    )
    account.same(account.active("thumbnails")["LastUpdateStatus"], "Successful")


@TABLE.behaviour("Lambda developer guide, Lambda function states; terraform-provider-aws, lambda/function.go")
def an_update_right_after_an_update_is_refused(account: Account) -> None:
    account.function()
    account.functions.update_function_configuration(FunctionName="thumbnails", Timeout=9)
    account.refused(
        account.functions.update_function_code, CONFLICT, 409,
        f"The operation cannot be performed at this time. An update is in progress for resource: {ARN}",
        FunctionName="thumbnails", ZipFile=package(),
    )
    account.active("thumbnails")
    account.functions.update_function_code(FunctionName="thumbnails", ZipFile=package())


@TABLE.behaviour("API reference, UpdateFunctionConfiguration: what is left out stays")
def what_an_update_leaves_out_stays(account: Account) -> None:
    account.function(Timeout=9, Description="d", Environment={"Variables": {"AA": "1", "BB": "2"}}, MemorySize=256)
    account.functions.update_function_configuration(FunctionName="thumbnails", Environment={"Variables": {"BB": "3"}})
    found = account.active("thumbnails")
    account.same(
        (found["Timeout"], found["Description"], found["MemorySize"], found["Environment"]),
        (9, "d", 256, {"Variables": {"BB": "3"}}),
    )


@TABLE.behaviour("terraform-provider-aws, lambda/function.go: how settings are cleared")
def settings_are_cleared_by_empty_values(account: Account) -> None:
    account.role("thumbnails-role")
    account.iam.put_role_policy(
        RoleName="thumbnails-role", PolicyName="all",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sqs:*", "ec2:*"], "Resource": "*"}]}),
    )
    account.function(
        Role=account.arn("role/thumbnails-role"), Description="d", DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
        KMSKeyArn="arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}, Layers=["arn:aws:lambda:us-east-1:210987654321:layer:l:1"],
    )
    before = account.functions.get_function_configuration(FunctionName="thumbnails")
    account.same((before["VpcConfig"]["SubnetIds"], before["VpcConfig"]["VpcId"][:4]), (["subnet-1"], "vpc-"))
    account.functions.update_function_configuration(
        FunctionName="thumbnails", Description="", DeadLetterConfig={"TargetArn": ""}, KMSKeyArn="", Layers=[],
        VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
    )
    found = account.active("thumbnails")
    account.same((found["Description"], {"DeadLetterConfig", "KMSKeyArn", "Layers"} & set(found)), ("", set()))
    account.same(found["VpcConfig"], {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", "Ipv6AllowedForDualStack": False})


@TABLE.behaviour("service model of Lambda, UpdateFunctionConfiguration: RevisionId")
def an_update_may_insist_on_a_revision(account: Account) -> None:
    account.function()
    account.refused(
        account.functions.update_function_configuration, "PreconditionFailedException", 412,
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
        FunctionName="thumbnails", Timeout=9, RevisionId="11111111-2222-3333-4444-555555555555",
    )
    revision = account.active("thumbnails")["RevisionId"]
    found = account.functions.update_function_configuration(FunctionName="thumbnails", Timeout=9, RevisionId=revision)
    account.true(found["RevisionId"] != revision, "an update keeps the revision")


@TABLE.behaviour(VALIDATED)
def coming_to_rest_is_a_revision_of_its_own(account: Account) -> None:
    account.role()
    made = account.functions.create_function(**wanted())["RevisionId"]
    account.true(account.active("thumbnails")["RevisionId"] != made, "the revision of a pending function stays")


@TABLE.behaviour("API reference, UpdateFunctionCode")
def new_code_has_a_new_hash(account: Account) -> None:
    account.function()
    code = package(index="def handler(event, context):\n    return 2\n")
    found = account.functions.update_function_code(FunctionName="thumbnails", ZipFile=code, Architectures=["arm64"])
    account.same((found["CodeSha256"], found["CodeSize"], found["Architectures"]), (sha256(code), len(code), ["arm64"]))


@TABLE.behaviour("API reference, UpdateFunctionCode: DryRun")
def a_dry_run_changes_nothing(account: Account) -> None:
    account.function()
    code = package(index="x = 2\n")
    found = account.functions.update_function_code(FunctionName="thumbnails", ZipFile=code, DryRun=True)
    account.same(found["CodeSha256"], sha256(code))
    account.same(account.active("thumbnails")["CodeSha256"], sha256(package()))
    account.refused(account.functions.update_function_code, INVALID, 400, "Could not unzip", FunctionName="thumbnails", ZipFile=b"x", DryRun=True)


@TABLE.behaviour("API reference, UpdateFunctionCode: Publish")
def code_can_be_published_as_it_is_put(account: Account) -> None:
    account.function()
    found = account.functions.update_function_code(FunctionName="thumbnails", ZipFile=package(index="x = 2\n"), Publish=True)
    account.same((found["Version"], found["FunctionArn"]), ("1", f"{ARN}:1"))


@TABLE.behaviour(VALIDATED)
def code_comes_from_a_bucket(account: Account) -> None:
    account.role()
    bucket = account.bucket()
    account.refused(
        account.functions.create_function, INVALID, 400,
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
        **wanted(Code={"S3Bucket": bucket, "S3Key": "code.zip"}),
    )
    account.s3.put_object(Bucket=bucket, Key="code.zip", Body=package())
    found = account.functions.create_function(**wanted(Code={"S3Bucket": bucket, "S3Key": "code.zip"}))
    account.same(found["CodeSha256"], sha256(package()))


@TABLE.behaviour("Lambda developer guide, Troubleshoot deployment issues: PermanentRedirect")
def code_comes_from_a_bucket_of_the_same_region(account: Account) -> None:
    account.role()
    account.client("s3", "eu-west-1").create_bucket(
        Bucket="evenkeel-elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    account.refused(
        account.functions.create_function, INVALID, 400,
        "S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in this region: eu-west-1. Please use this region to retry the request",
        **wanted(Code={"S3Bucket": "evenkeel-elsewhere", "S3Key": "k"}),
    )


@TABLE.behaviour("Lambda developer guide, Lambda quotas: 250 MB unzipped")
def code_is_at_most_250_mb_unzipped(account: Account) -> None:
    account.role()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.py", b"\0" * 262_144_001)
    account.refused(
        account.functions.create_function, INVALID, 400, "Unzipped size must be smaller than 262144000 bytes",
        **wanted(Code={"ZipFile": content.getvalue()}),
    )


@TABLE.behaviour("service model of Lambda, DeleteFunction: StatusCode")
def a_function_goes_with_all_that_is_in_it(account: Account) -> None:
    account.function()
    account.functions.publish_version(FunctionName="thumbnails")
    account.functions.create_alias(FunctionName="thumbnails", Name="live", FunctionVersion="1")
    account.same(account.functions.delete_function(FunctionName="thumbnails")["ResponseMetadata"]["HTTPStatusCode"], 204)
    account.refused(account.functions.get_function, NOT_FOUND, 404, f"{ARN}:1", FunctionName="thumbnails", Qualifier="1")
    account.same(account.functions.list_functions()["Functions"], [])


@TABLE.behaviour("service model of Lambda: error shapes; AWS REST JSON protocol: error headers")
def refusals_have_type_message_and_headers(account: Account) -> None:
    answer = account.send("lambda", "GET", "/2015-03-31/functions/thumbnails")
    account.same(answer.status, 404)
    account.same(answer.headers["x-amzn-errortype"], NOT_FOUND)
    account.same(json.loads(answer.text()), {"Type": "User", "Message": f"Function not found: {ARN}"})
    account.true(re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-requestid"]), answer.headers)
    answer = account.send("lambda", "GET", "/2015-03-31/functions?FunctionVersion=some")
    account.same((answer.status, list(json.loads(answer.text()))), (400, ["message"]))


@TABLE.behaviour("AWS REST JSON protocol: path segments are percent-encoded")
def arns_in_paths_are_decoded(account: Account) -> None:
    account.function()
    path = ARN.replace(":", "%3A")
    account.same(account.send("lambda", "GET", f"/2015-03-31/functions/{path}").status, 200)
    account.same(account.send("lambda", "GET", f"/2017-03-31/tags/{path}").status, 200)
    account.same(account.send("lambda", "GET", "/2015-03-31/functions/").status, 200)


@TABLE.behaviour("AWS REST JSON protocol: SerializationException")
def a_member_of_another_type_is_refused(account: Account) -> None:
    answer = account.send("lambda", "POST", "/2015-03-31/functions", json.dumps({"FunctionName": "f", "Timeout": "5"}))
    account.same((answer.status, answer.headers["x-amzn-errortype"]), (400, "SerializationException"))


@TABLE.behaviour("Lambda developer guide, Create a function using a container image")
def an_image_has_no_runtime(account: Account) -> None:
    account.role()
    image = {"PackageType": "Image", "Code": {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"}}
    wrong = wanted(**image)
    account.refused(account.functions.create_function, INVALID, 400, "PackageType is Image", **wrong)
    plain = {name: value for name, value in wrong.items() if name not in ("Runtime", "Handler")}
    found = account.functions.create_function(**plain)
    account.same((found["PackageType"], "Runtime" in found, found["CodeSize"]), ("Image", False, 0))
    account.active("thumbnails")
    account.refused(
        account.functions.update_function_code, INVALID, 400, "Please provide ImageUri when updating a function with packageType Image.",
        FunctionName="thumbnails", ZipFile=package(),
    )
    code = account.functions.get_function(FunctionName="thumbnails")["Code"]
    account.same((code["RepositoryType"], code["ImageUri"]), ("ECR", image["Code"]["ImageUri"]))


@TABLE.behaviour(VALIDATED)
def a_zip_stays_a_zip(account: Account) -> None:
    account.function()
    account.refused(
        account.functions.update_function_code, INVALID, 400, "Please don't provide ImageUri when updating a function with packageType Zip.",
        FunctionName="thumbnails", ImageUri="123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1",
    )


@TABLE.behaviour(VALIDATED)
def log_levels_show_with_json_and_go_with_text(account: Account) -> None:
    account.function(LoggingConfig={"LogFormat": "JSON"})
    found = account.functions.get_function_configuration(FunctionName="thumbnails")["LoggingConfig"]
    levels = {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
    account.same(found, {"LogFormat": "JSON", "LogGroup": "/aws/lambda/thumbnails"} | levels)
    account.functions.update_function_configuration(FunctionName="thumbnails", LoggingConfig={"LogFormat": "Text"})
    account.same(account.active("thumbnails")["LoggingConfig"], {"LogFormat": "Text", "LogGroup": "/aws/lambda/thumbnails"})


@TABLE.behaviour("API reference, GetAccountSettings")
def the_account_has_limits_and_usage(account: Account) -> None:
    account.function()
    account.functions.put_function_concurrency(FunctionName="thumbnails", ReservedConcurrentExecutions=100)
    found = account.functions.get_account_settings()
    account.same(
        found["AccountLimit"],
        {
            "TotalCodeSize": 80530636800, "CodeSizeUnzipped": 262144000, "CodeSizeZipped": 52428800,
            "ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900,
        },
    )
    account.same(found["AccountUsage"], {"TotalCodeSize": len(package()), "FunctionCount": 1})


@TABLE.behaviour("Lambda developer guide, Lambda function states", lag=True)
def with_lag_a_function_is_pending_for_a_while_and_takes_no_update(account: Account) -> None:
    account.role()
    account.until(lambda: account.functions.create_function(**wanted()), "cannot be assumed")
    pending = "The operation cannot be performed at this time. The function is currently in the following state: Pending"
    account.until(lambda: account.functions.update_function_configuration(FunctionName="thumbnails", Timeout=9), pending)
    progress = f"The operation cannot be performed at this time. An update is in progress for resource: {ARN}"
    account.until(lambda: account.functions.publish_version(FunctionName="thumbnails"), progress)


@TABLE.behaviour("Lambda developer guide, Dead-letter queues: permissions of the execution role")
def a_dead_letter_queue_needs_a_role_that_may_send(account: Account) -> None:
    account.role()
    queue = {"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"}}
    account.refused(
        account.functions.create_function, INVALID, 400,
        "The provided execution role does not have permissions to call SendMessage on SQS", **wanted(**queue),
    )
    account.iam.attach_role_policy(RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/AmazonSQSFullAccess")
    found = account.functions.create_function(**wanted(**queue))
    account.same(found["DeadLetterConfig"], queue["DeadLetterConfig"])


@TABLE.behaviour("IAM user guide, Policy evaluation logic: an explicit deny wins")
def a_role_that_denies_lambda_can_not_be_assumed(account: Account) -> None:
    document = json.loads(trust({"Service": "lambda.amazonaws.com"}))
    document["Statement"].append({**document["Statement"][0], "Effect": "Deny"})
    account.role(trust=json.dumps(document))
    account.refused(
        account.functions.create_function, INVALID, 400, "The role defined for the function cannot be assumed by Lambda.", **wanted()
    )


@TABLE.behaviour(VALIDATED)
def a_zip_has_to_hold_something(account: Account) -> None:
    account.role()
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for content in (empty.getvalue(), b""):
        answer = account.refused(account.functions.create_function, INVALID, 400, **wanted(Code={"ZipFile": content}))
        account.same(answer["Error"]["Message"], "Uploaded file must be a non-empty zip")


@TABLE.behaviour(f"{GUIDE}, configuration-vpc; terraform-provider-aws, lambda/function.go")
def a_network_needs_a_role_that_may_make_interfaces(account: Account) -> None:
    account.role()
    network = {"VpcConfig": {"SubnetIds": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"]}}
    refused = "The provided execution role does not have permissions to call CreateNetworkInterface on EC2"
    account.refused(account.functions.create_function, INVALID, 400, refused, **wanted(**network))
    account.function(Role=ROLE)
    account.refused(account.functions.update_function_configuration, INVALID, 400, refused, FunctionName="thumbnails", **network)
    managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    account.iam.attach_role_policy(RoleName="worker", PolicyArn=managed)
    account.functions.update_function_configuration(FunctionName="thumbnails", **network)
    account.same(account.active("thumbnails")["VpcConfig"]["SubnetIds"], ["subnet-0123456789abcdef0"])


@TABLE.behaviour(VALIDATED)
def a_code_update_has_one_source(account: Account) -> None:
    account.function()
    account.refused(
        account.functions.update_function_code, INVALID, 400,
        "Please do not provide other FunctionCode parameters when providing a ZipFile.",
        FunctionName="thumbnails", ZipFile=package(), S3Bucket="bucket", S3Key="key",
    )


@TABLE.behaviour(f"{GUIDE}, functions-states: while an update is in progress", lag=True)
def with_lag_a_second_update_meets_the_first(account: Account) -> None:
    account.function()
    for size in (256, 512, 1024, 2048):
        account.active("thumbnails")
        update = {"FunctionName": "thumbnails", "MemorySize": size}
        account.same(account.functions.update_function_configuration(**update)["LastUpdateStatus"], "InProgress")
        account.refused(
            account.functions.update_function_configuration, CONFLICT, 409,
            f"The operation cannot be performed at this time. An update is in progress for resource: {ARN}", **update,
        )
    account.same(account.active("thumbnails")["MemorySize"], 2048)


@TABLE.behaviour("floci pull request 2825, measured on AWS; LocalStack's recorded answers")
def a_function_published_as_it_is_made_is_told_by_its_own_arn(account: Account) -> None:
    account.role()
    found = account.functions.create_function(**wanted(Publish=True))
    account.same((found["Version"], found["FunctionArn"]), ("1", ARN))
    account.same(account.functions.get_function_configuration(FunctionName="thumbnails")["Version"], "$LATEST")


@TABLE.behaviour("terraform-provider-aws, lambda/function.go: a role's permissions may not be seen yet", lag=True)
def with_lag_what_a_role_may_do_is_seen_after_some_calls(account: Account) -> None:
    account.function()
    update = {"FunctionName": "thumbnails", "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"}}
    account.refused(account.functions.update_function_configuration, INVALID, 400, "permissions to call SendMessage on SQS", **update)
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]})
    account.iam.put_role_policy(RoleName="thumbnails-role", PolicyName="queue", PolicyDocument=document)
    account.until(lambda: account.functions.update_function_configuration(**update), "does not have permissions", tries=5)
