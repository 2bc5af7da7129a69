"""Follows an upload: counts its images, writes a status page, and ends the schedule when there is nothing left to see.

The event says which upload it is, {"slug": "demo", "rule": "UploadMonitorRule"}. How many images are expected stands in
status/progress_SLUG.json; the count and the time of its last change are kept in the same file.
"""

import html
import json
import os
from datetime import datetime, timedelta, timezone

IMAGES = (".jpg", ".jpeg", ".png")


def advance(progress, uploaded, now, stalled_after):
    """The progress after another look. `state` is uploading, complete or stalled."""
    has_moved = uploaded != progress.get("uploaded")
    changed = now if has_moved or "changed" not in progress else datetime.fromisoformat(progress["changed"])
    if 0 < progress["expected"] <= uploaded:
        state = "complete"
    elif now - changed >= stalled_after:
        state = "stalled"
    else:
        state = "uploading"
    return {**progress, "uploaded": uploaded, "changed": changed.isoformat(), "state": state}


def page(slug, progress):
    """The status page."""
    name, state = html.escape(slug), html.escape(progress["state"])
    return (
        "<!doctype html><meta charset='utf-8'><meta http-equiv='refresh' content='60'>"
        f"<title>{name}: {state}</title><h1>{name}</h1>"
        f"<progress value='{progress['uploaded']}' max='{progress['expected']}'></progress>"
        f"<p>{progress['uploaded']} of {progress['expected']} images, {state}; last change {progress['changed']}.</p>"
    )


def count_images(s3, bucket, slug):
    """How many images there are below SLUG/; S3 gives a thousand objects a page."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{slug}/")
    keys = (entry["Key"].lower() for page in pages for entry in page.get("Contents", []))
    return sum(key.endswith(IMAGES) for key in keys)


def handler(event, _context):
    import boto3  # part of Lambda's Python runtimes

    s3 = boto3.client("s3")
    bucket, slug = os.environ["BUCKET"], event["slug"]
    key = f"status/progress_{slug}.json"
    progress = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    stalled_after = timedelta(minutes=int(os.environ["STALLED_AFTER_MINUTES"]))
    progress = advance(progress, count_images(s3, bucket, slug), datetime.now(timezone.utc), stalled_after)
    for target, text, kind in (
        (key, json.dumps(progress), "application/json"),
        ("status/status.html", page(slug, progress), "text/html; charset=utf-8"),
    ):
        s3.put_object(Bucket=bucket, Key=target, Body=text.encode(), ContentType=kind)
    if progress["state"] != "uploading":
        boto3.client("lambda").invoke(
            FunctionName=os.environ["SWITCH"],
            InvocationType="Event",
            Payload=json.dumps({"rule": event["rule"]}).encode(),
        )
    return progress
