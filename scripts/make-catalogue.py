#!/usr/bin/env python3
"""Write the table of AWS-managed policies that evenkeel embeds.

The names and paths come from moto (Apache-2.0), which carries the list that AWS answers to ListPolicies. AWS shows a
deprecated policy only to accounts that still use it, so nothing marks one: a name that an older release had and the
newest one lacks is deprecated. AWS publishes no table of replacements either: those below are kept by hand.

Run by hand before a release, from anywhere:  python3 scripts/make-catalogue.py
It needs pip, and writes src/catalogue/managed_policies.tsv.gz and src/catalogue/managed_policies.json (the stamp).
The same versions always give the same table; the stamp's `table_sha256` is of the unpacked table.
"""

import ast
import gzip
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

NEWEST = "5.2.5"
OLDER = ["1.3.8", "1.3.16", "2.0.0", "3.1.19", "4.2.14", "5.0.28", "5.1.22"]
MODULE = "moto/iam/aws_managed_policies.py"
OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "src" / "catalogue"

# Only a policy for the same service and the same task, which a person should still read before attaching it. A retired
# service has no replacement.
REPLACEMENTS = {
    "AWSBackupAdminPolicy": "AWSBackupFullAccess",
    "AWSBackupOperatorPolicy": "AWSBackupOperatorAccess",
    "AWSBudgetsActionsRolePolicyForResourceAdministrationWithSSM": "AWSBudgetsActions_RolePolicyForResourceAdministrationWithSSM",
    "AWSCloudTrailFullAccess": "AWSCloudTrail_FullAccess",
    "AWSCloudTrailReadOnlyAccess": "AWSCloudTrail_ReadOnlyAccess",
    "AWSCodePipelineFullAccess": "AWSCodePipeline_FullAccess",
    "AWSCodePipelineReadOnlyAccess": "AWSCodePipeline_ReadOnlyAccess",
    "AWSConfigRole": "AWS_ConfigRole",
    "AWSElasticBeanstalkFullAccess": "AdministratorAccess-AWSElasticBeanstalk",
    "AWSElasticBeanstalkReadOnlyAccess": "AWSElasticBeanstalkReadOnly",
    "AWSLambdaFullAccess": "AWSLambda_FullAccess",
    "AWSLambdaReadOnlyAccess": "AWSLambda_ReadOnlyAccess",
    "AWSRoboMakerFullAccess": "AWSRoboMaker_FullAccess",
    "AWS_Config_Role": "AWS_ConfigRole",
    "AmazonConnectFullAccess": "AmazonConnect_FullAccess",
    "AmazonEC2ContainerServiceFullAccess": "AmazonECS_FullAccess",
    "AmazonEC2SpotFleetRole": "AmazonEC2SpotFleetTaggingRole",
    "AmazonElasticTranscoderFullAccess": "AmazonElasticTranscoder_FullAccess",
    "AmazonElasticTranscoderJobsSubmitter": "AmazonElasticTranscoder_JobsSubmitter",
    "AmazonElasticTranscoderReadOnlyAccess": "AmazonElasticTranscoder_ReadOnlyAccess",
    "AmazonGuardDutyFullAccess": "AmazonGuardDutyFullAccess_v2",
    "AmazonLaunchWizard_Fullaccess": "AmazonLaunchWizardFullAccessV2",
    "AmazonMachineLearningRoleforRedshiftDataSource": "AmazonMachineLearningRoleforRedshiftDataSourceV3",
    "ServiceCatalogAdminFullAccess": "AWSServiceCatalogAdminFullAccess",
    "ServiceCatalogAdminReadOnlyAccess": "AWSServiceCatalogAdminReadOnlyAccess",
    "ServiceCatalogEndUserAccess": "AWSServiceCatalogEndUserReadOnlyAccess",
    "ServiceCatalogEndUserFullAccess": "AWSServiceCatalogEndUserFullAccess",
}


def download(version, folder):
    """The wheel of one release of moto."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        + ["--only-binary=:all:", "--dest", str(folder), f"moto=={version}"],
        check=True,
    )
    (wheel,) = folder.glob(f"moto-{version}-*.whl")
    return wheel


def read_policies(wheel):
    """The release's policies by name, and the day of its making. The module is parsed, never run."""
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read(MODULE).decode()
        released = "%04d-%02d-%02d" % archive.getinfo(MODULE).date_time[:3]
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "aws_managed_policies_data":
            return json.loads(ast.literal_eval(node.value)), released
    raise SystemExit(f"{wheel.name} holds no table of managed policies")


def make_rows(newest, older):
    """name -> (path, state): `=` current, `!` deprecated, `!NAME` deprecated and replaced by NAME."""
    rows = {name: (policy["Path"], "=") for name, policy in newest.items()}
    for policies in older:
        for name, policy in policies.items():
            if name not in newest:
                rows[name] = (policy["Path"], "!" + REPLACEMENTS.get(name, ""))
    return rows


def check(newest, rows):
    """Stop on anything that the reader of the table could not take."""
    for name, (path, _) in rows.items():
        if not re.fullmatch(r"[\w+=,.@-]+", name, re.ASCII) or not re.fullmatch(r"/([\w-]+/)*", path, re.ASCII):
            raise SystemExit(f"odd name or path: {name!r} {path!r}")
    for old, new in REPLACEMENTS.items():
        if rows.get(old, ("", "="))[1] == "=":
            raise SystemExit(f"{old} has a replacement but is not deprecated")
        if new not in newest:
            raise SystemExit(f"{new} replaces {old} but is not current")


def main():
    with tempfile.TemporaryDirectory() as folder:
        wheels = {version: download(version, pathlib.Path(folder)) for version in [NEWEST, *OLDER]}
        digest = hashlib.sha256(wheels[NEWEST].read_bytes()).hexdigest()
        newest, released = read_policies(wheels[NEWEST])
        older = [read_policies(wheels[version])[0] for version in OLDER]
    rows = make_rows(newest, older)
    check(newest, rows)
    table = "".join(f"{name}\t{path}\t{state}\n" for name, (path, state) in sorted(rows.items())).encode()
    stamp = {
        "moto": NEWEST,
        "moto_released": released,
        "moto_wheel_sha256": digest,
        "moto_older": OLDER,
        "newest_entry": max(policy["UpdateDate"] for policy in newest.values())[:10],
        "current": len(newest),
        "deprecated": len(rows) - len(newest),
        "replaced": len(REPLACEMENTS),
        "table_sha256": hashlib.sha256(table).hexdigest(),
    }
    OUTPUT.joinpath("managed_policies.tsv.gz").write_bytes(gzip.compress(table, 9, mtime=0))
    OUTPUT.joinpath("managed_policies.json").write_text(json.dumps(stamp, indent=2) + "\n")
    print(json.dumps(stamp, indent=2))


if __name__ == "__main__":
    main()
