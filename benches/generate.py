"""An environment of many teams, as an evenkeel file and as the same in Terraform's language.

The same number of teams always gives the same bytes. Terraform's resources are written out one by one, as people write
them; `resources` counts them.
"""

import argparse
import zipfile
from pathlib import Path
from string import Template

CODE = Path(__file__).resolve().parent / "code"
PARTS = ("people", "roles", "buckets", "functions")

HEADER = """\
version: 1
environment: bench
region: us-east-1
tags: { project: bench }
"""

# By section of the file; each team adds its entries.
YAML = {
    ("people", "policies"): """\
  $team-read:
    description: What $team reads
    document:
      Statement:
        - { Sid: List, Effect: Allow, Action: s3:ListBucket, Resource: "arn:aws:s3:::$team-bench-data" }
        - { Sid: Read, Effect: Allow, Action: [s3:GetObject, s3:GetObjectVersion], Resource: "arn:aws:s3:::$team-bench-data/*" }
""",
    ("people", "groups"): "  $team: { policies: [$team-read] }\n",
    ("people", "users"): "  $team-lead: { groups: [$team], tags: { team: $team } }\n",
    ("roles", "roles"): """\
  $team-worker:
    description: Runs the function of $team
    trust: lambda.amazonaws.com
    policies: [AWSLambdaBasicExecutionRole]
    inline_policies:
      data: { Statement: [{ Effect: Allow, Action: [s3:GetObject, s3:PutObject], Resource: "arn:aws:s3:::$team-bench-data/*" }] }
    tags: { team: $team }
""",
    ("buckets", "buckets"): """\
  $team-bench-data:
    versioning: true
    encryption: AES256
    public_access_block: true
    policy:
      Statement:
        - Sid: OnlyTls
          Effect: Deny
          Principal: "*"
          Action: s3:*
          Resource: ["arn:aws:s3:::$team-bench-data", "arn:aws:s3:::$team-bench-data/*"]
          Condition: { Bool: { aws:SecureTransport: "false" } }
    tags: { team: $team }
""",
    ("functions", "lambdas"): """\
  $team-job:
    runtime: python3.12
    handler: handler.handler
    role: $team-worker
    code: ./code
    timeout: 30s
    environment: { TEAM: $team }
    tags: { team: $team }
""",
    ("functions", "rules"): """\
  $team-hourly:
    schedule: rate(1 hour)
    targets: { job: { lambda: $team-job, input: { team: $team } } }
    tags: { team: $team }
""",
}

MAIN_TF = """\
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" { type = string }

provider "aws" {
  region            = "us-east-1"
  s3_use_path_style = true
  default_tags { tags = { project = "bench" } }
  endpoints {
    iam         = var.endpoint
    s3          = var.endpoint
    lambda      = var.endpoint
    eventbridge = var.endpoint
    sts         = var.endpoint
  }
}
"""

HCL = {
    "people": """\
resource "aws_iam_policy" "$team" {
  name        = "$team-read"
  description = "What $team reads"
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Sid = "List", Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::$team-bench-data" },
    { Sid = "Read", Effect = "Allow", Action = ["s3:GetObject", "s3:GetObjectVersion"], Resource = "arn:aws:s3:::$team-bench-data/*" },
  ] })
}
resource "aws_iam_group" "$team" { name = "$team" }
resource "aws_iam_group_policy_attachment" "$team" {
  group      = aws_iam_group.$team.name
  policy_arn = aws_iam_policy.$team.arn
}
resource "aws_iam_user" "$team" {
  name = "$team-lead"
  tags = { team = "$team" }
}
resource "aws_iam_user_group_membership" "$team" {
  user   = aws_iam_user.$team.name
  groups = [aws_iam_group.$team.name]
}
""",
    "roles": """\
resource "aws_iam_role" "$team" {
  name        = "$team-worker"
  description = "Runs the function of $team"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } },
  ] })
  tags = { team = "$team" }
}
resource "aws_iam_role_policy_attachment" "$team" {
  role       = aws_iam_role.$team.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_iam_role_policy" "$team" {
  name = "data"
  role = aws_iam_role.$team.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [
    { Effect = "Allow", Action = ["s3:GetObject", "s3:PutObject"], Resource = "arn:aws:s3:::$team-bench-data/*" },
  ] })
}
""",
    "buckets": """\
resource "aws_s3_bucket" "$team" {
  bucket = "$team-bench-data"
  tags   = { team = "$team" }
}
resource "aws_s3_bucket_public_access_block" "$team" {
  bucket                  = aws_s3_bucket.$team.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
resource "aws_s3_bucket_versioning" "$team" {
  bucket = aws_s3_bucket.$team.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "$team" {
  bucket = aws_s3_bucket.$team.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
  }
}
resource "aws_s3_bucket_policy" "$team" {
  bucket = aws_s3_bucket.$team.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Sid       = "OnlyTls", Effect = "Deny", Principal = "*", Action = "s3:*"
    Resource  = ["arn:aws:s3:::$team-bench-data", "arn:aws:s3:::$team-bench-data/*"]
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }] })
}
""",
    "functions": """\
resource "aws_lambda_function" "$team" {
  function_name    = "$team-job"
  runtime          = "python3.12"
  handler          = "handler.handler"
  role             = aws_iam_role.$team.arn
  filename         = "code.zip"
  source_code_hash = filebase64sha256("code.zip")
  timeout          = 30
  environment { variables = { TEAM = "$team" } }
  tags = { team = "$team" }
}
resource "aws_cloudwatch_event_rule" "$team" {
  name                = "$team-hourly"
  schedule_expression = "rate(1 hour)"
  tags                = { team = "$team" }
}
resource "aws_cloudwatch_event_target" "$team" {
  rule      = aws_cloudwatch_event_rule.$team.name
  target_id = "job"
  arn       = aws_lambda_function.$team.arn
  input     = jsonencode({ team = "$team" })
}
resource "aws_lambda_permission" "$team" {
  statement_id  = "rule"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.$team.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.$team.arn
}
""",
}


def names(teams: int) -> list[str]:
    """The teams' names, in order."""
    return [f"team-{number:04}" for number in range(1, teams + 1)]


def parts(without: list[str]) -> list[str]:
    """What each team has; a function needs its role."""
    return [part for part in PARTS if part not in without]


def environment(teams: int, without: list[str]) -> str:
    """The evenkeel file."""
    text = HEADER
    for (part, section), entry in YAML.items():
        if part in parts(without):
            text += f"\n{section}:\n" + "".join(Template(entry).substitute(team=team) for team in names(teams))
    return text


def terraform(team: str, without: list[str]) -> str:
    """One team's resources in Terraform's language."""
    return "\n".join(Template(HCL[part]).substitute(team=team) for part in parts(without))


def resources(teams: int, without: list[str]) -> int:
    """How many resources that is for Terraform."""
    return teams * sum(HCL[part].count('resource "') for part in parts(without))


def write(folder: Path, teams: int, without: list[str]) -> None:
    """Writes both, each into a folder of its own with the code beside it."""
    ours, theirs = folder / "evenkeel", folder / "terraform"
    for one in (ours / "code", theirs):
        one.mkdir(parents=True, exist_ok=True)
    (ours / "environment.yaml").write_text(environment(teams, without))
    (ours / "code" / "handler.py").write_bytes((CODE / "handler.py").read_bytes())
    (theirs / "main.tf").write_text(MAIN_TF)
    for team in names(teams):
        (theirs / f"{team}.tf").write_text(terraform(team, without))
    with zipfile.ZipFile(theirs / "code.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("handler.py"), (CODE / "handler.py").read_bytes())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--teams", type=int, default=50)
    parser.add_argument("--without", choices=PARTS, action="append", default=[])
    options = parser.parse_args()
    write(options.folder, options.teams, options.without)
    print(f"{options.teams} teams, {resources(options.teams, options.without)} resources of Terraform's: {options.folder}")


if __name__ == "__main__":
    main()
