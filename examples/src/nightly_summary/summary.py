"""Sums up the readings of a bucket: how many objects there are, how large, and which is the newest."""

import json
import os


def summarise(objects):
    """A summary of objects as S3 lists them: mappings with Key, Size and LastModified."""
    count, size, newest = 0, 0, None
    for entry in objects:
        count += 1
        size += entry["Size"]
        if newest is None or entry["LastModified"] > newest["LastModified"]:
            newest = entry
    return {"readings": count, "bytes": size, "newest": newest["Key"] if newest else None}


def listed(s3, bucket, prefix):
    """Every object below a prefix; S3 gives a thousand a page."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("Contents", [])


def handler(event, _context):
    import boto3  # part of Lambda's Python runtimes

    s3 = boto3.client("s3")
    bucket = os.environ["BUCKET"]
    summary = summarise(listed(s3, bucket, event["prefix"]))
    s3.put_object(
        Bucket=bucket,
        Key="summary/latest.json",
        Body=json.dumps(summary).encode(),
        ContentType="application/json",
    )
    return summary
