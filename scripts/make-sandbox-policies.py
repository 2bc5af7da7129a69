#!/usr/bin/env python3
"""Write what the sandbox shows of AWS-managed policies: version, dates, and for the well-known ones id and document.

The facts come from moto (Apache-2.0), which carries what AWS answers to GetPolicy and GetPolicyVersion; the ids from an
older release, which still had them; the descriptions, which no release has, are kept by hand as the AWS Managed Policy
Reference Guide prints them. Documents of all policies would be half a megabyte, so only those that people meet are kept.

Run by hand together with make-catalogue.py, from anywhere:  python3 scripts/make-sandbox-policies.py
It needs pip, and writes src/sandbox/iam/managed.tsv.gz. The same releases always give the same file.
"""

import ast
import gzip
import importlib.util
import json
import pathlib
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
OUTPUT = HERE.parent / "src" / "sandbox" / "iam" / "managed.tsv.gz"
WITH_IDS = "1.3.16"

DESCRIPTIONS = {
    "AdministratorAccess": "Provides full access to AWS services and resources.",
    "AmazonEC2FullAccess": "Provides full access to Amazon EC2 via the AWS Management Console.",
    "AmazonEC2ReadOnlyAccess": "Provides read only access to Amazon EC2 via the AWS Management Console.",
    "AmazonS3FullAccess": "Provides full access to all buckets via the AWS Management Console.",
    "AmazonS3ReadOnlyAccess": "Provides read only access to all buckets via the AWS Management Console.",
    "AWSLambdaBasicExecutionRole": "Provides write permissions to CloudWatch Logs.",
    "AWSLambda_FullAccess": "Grants full access to AWS Lambda service, AWS Lambda console features, and other related AWS services.",
    "IAMFullAccess": "Provides full access to IAM via the AWS Management Console.",
    "IAMReadOnlyAccess": "Provides read only access to IAM via the AWS Management Console.",
    "IAMUserChangePassword": "Provides the ability for an IAM user to change their own password.",
    "PowerUserAccess": "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
    "ReadOnlyAccess": "Provides read-only access to AWS services and resources.",
    "SystemAdministrator": "Grants full access permissions necessary for resources required for application and development operations.",
}

KEPT = """
AdministratorAccess PowerUserAccess ReadOnlyAccess SecurityAudit ViewOnlyAccess IAMFullAccess IAMReadOnlyAccess
IAMUserChangePassword AWSLambdaBasicExecutionRole AWSLambdaVPCAccessExecutionRole AWSLambda_FullAccess
AWSLambda_ReadOnlyAccess AWSLambdaExecute AWSLambdaRole AWSLambdaSQSQueueExecutionRole AWSLambdaDynamoDBExecutionRole
AWSLambdaKinesisExecutionRole AmazonS3FullAccess AmazonS3ReadOnlyAccess AmazonDynamoDBFullAccess
AmazonDynamoDBReadOnlyAccess AmazonEC2FullAccess AmazonEC2ReadOnlyAccess AmazonSQSFullAccess AmazonSQSReadOnlyAccess
AmazonSNSFullAccess AmazonSNSReadOnlyAccess AmazonEventBridgeFullAccess AmazonEventBridgeReadOnlyAccess
CloudWatchFullAccess CloudWatchReadOnlyAccess CloudWatchLogsFullAccess CloudWatchLogsReadOnlyAccess
CloudWatchAgentServerPolicy AWSXRayDaemonWriteAccess AmazonSSMManagedInstanceCore AmazonSSMReadOnlyAccess
AmazonECSTaskExecutionRolePolicy AWSSupportAccess AmazonEKSClusterPolicy AmazonEKSWorkerNodePolicy
AmazonEC2ContainerRegistryReadOnly SystemAdministrator DatabaseAdministrator Billing
""".split()

ORDER = ["Version", "Id", "Statement", "Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"]


def catalogue():
    """The script that makes the names, for its releases and its reading of them."""
    spec = importlib.util.spec_from_file_location("catalogue", HERE / "make-catalogue.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def ordered(value):
    """A document with its members in AWS's order; moto sorts them by name."""
    if isinstance(value, list):
        return [ordered(item) for item in value]
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (ORDER.index(key) if key in ORDER else len(ORDER), key))
        return {key: ordered(value[key]) for key in keys}
    return value


def row(name, policy, older):
    """One line: name, version, made, changed, then for the kept ones id, description and document."""
    # The day is enough for the others: their times of day are a tenth of the file.
    made, changed = (policy[day][: 19 if name in KEPT else 10] for day in ("CreateDate", "UpdateDate"))
    fields = [name, policy["DefaultVersionId"][1:], made, "" if changed == made else changed]
    if name in KEPT:
        document = json.dumps(ordered(policy["Document"]), separators=(",", ":"))
        fields += [older.get(name, {}).get("PolicyId", ""), DESCRIPTIONS.get(name, ""), document]
    return "\t".join(fields)


def main():
    names = catalogue()
    with tempfile.TemporaryDirectory() as folder:
        newest, _ = names.read_policies(names.download(names.NEWEST, pathlib.Path(folder)))
        older, _ = names.read_policies(names.download(WITH_IDS, pathlib.Path(folder)))
    unknown = [name for name in [*KEPT, *DESCRIPTIONS] if name not in newest]
    assert not unknown, unknown
    text = "\n".join(row(name, newest[name], older) for name in sorted(newest)) + "\n"
    OUTPUT.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(len(newest), "policies,", len(text), "bytes,", OUTPUT.stat().st_size, "packed")


if __name__ == "__main__":
    main()
