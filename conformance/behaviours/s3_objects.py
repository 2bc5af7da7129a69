"""S3: objects, their versions, lists and uploads."""

import base64
import hashlib
import http.client
import io
import re

from .account import PLAIN, Account
from .table import Table

TABLE = Table("s3-objects")
GUIDE = "S3 user guide, "
BUCKET = "evenkeel-behaviours"


def put(account: Account, key: str = "k", body: bytes = b"hello", **more: object) -> dict:
    """Puts an object into the bucket, which is made if need be."""
    account.bucket()
    return account.s3.put_object(Bucket=BUCKET, Key=key, Body=body, **more)


def versioned(account: Account, status: str = "Enabled") -> None:
    """Makes the bucket keep versions."""
    account.s3.put_bucket_versioning(Bucket=account.bucket(), VersioningConfiguration={"Status": status})


@TABLE.behaviour("API reference, PutObject")
def an_object_reads_back_with_its_metadata(account: Account) -> None:
    made = put(account, Metadata={"a": "b"}, CacheControl="no-cache", ContentType="text/plain")
    account.same((made["ETag"], made["ServerSideEncryption"]), ('"5d41402abc4b2a76b9719d911017c592"', "AES256"))
    found = account.s3.get_object(Bucket=BUCKET, Key="k")
    account.same(found["Body"].read(), b"hello")
    account.same((found["Metadata"], found["CacheControl"], found["ContentType"]), ({"a": "b"}, "no-cache", "text/plain"))
    account.same("VersionId" in found, False)


@TABLE.behaviour("API reference, PutObject")
def what_has_no_type_is_a_stream_of_bytes(account: Account) -> None:
    put(account)
    found = account.s3.head_object(Bucket=BUCKET, Key="k")
    account.same((found["ContentType"], found["ContentLength"], found["AcceptRanges"]), ("binary/octet-stream", 5, "bytes"))


@TABLE.behaviour("API reference, GetObject, HeadObject")
def what_is_not_there_is_not_found(account: Account) -> None:
    bucket = account.bucket()
    answer = account.refused(
        account.s3.get_object, "NoSuchKey", 404, "The specified key does not exist.", Bucket=bucket, Key="none"
    )
    account.same(answer["Error"]["Key"], "none")
    account.refused(account.s3.head_object, "404", 404, "Not Found", Bucket=bucket, Key="none")
    account.refused(account.s3.get_object, "NoSuchBucket", 404, Bucket="no-such-bucket-here", Key="k")
    account.refused(account.s3.put_object, "NoSuchBucket", 404, Bucket="no-such-bucket-here", Key="k")
    account.refused(account.s3.get_object_tagging, "NoSuchKey", 404, Bucket=bucket, Key="none")
    account.refused(account.s3.get_object_acl, "NoSuchKey", 404, Bucket=bucket, Key="none")
    account.same(account.s3.delete_object(Bucket=bucket, Key="none")["ResponseMetadata"]["HTTPStatusCode"], 204)


@TABLE.behaviour("API reference, GetObject")
def a_range_is_a_part_of_an_object(account: Account) -> None:
    put(account)
    for wanted, body, shown in (
        ("bytes=1-2", b"el", "bytes 1-2/5"), ("bytes=3-", b"lo", "bytes 3-4/5"), ("bytes=-2", b"lo", "bytes 3-4/5"),
        ("bytes=0-99", b"hello", "bytes 0-4/5"),
    ):
        found = account.s3.get_object(Bucket=BUCKET, Key="k", Range=wanted)
        account.same((found["Body"].read(), found["ContentRange"]), (body, shown))
        account.same(found["ResponseMetadata"]["HTTPStatusCode"], 206)
    account.refused(account.s3.get_object, "InvalidRange", 416, Bucket=BUCKET, Key="k", Range="bytes=9-")


@TABLE.behaviour(GUIDE + "conditional-reads")
def reads_can_have_conditions(account: Account) -> None:
    etag = put(account)["ETag"]
    get = account.s3.get_object
    account.refused(get, "304", 304, Bucket=BUCKET, Key="k", IfNoneMatch=etag)
    account.refused(get, "PreconditionFailed", 412, Bucket=BUCKET, Key="k", IfMatch='"no"')
    get(Bucket=BUCKET, Key="k", IfMatch=etag)


@TABLE.behaviour(GUIDE + "conditional-writes")
def writes_can_have_conditions(account: Account) -> None:
    etag = put(account, IfNoneMatch="*")["ETag"]
    answer = account.refused(
        account.s3.put_object, "PreconditionFailed", 412, "At least one of the pre-conditions", Bucket=BUCKET, Key="k",
        IfNoneMatch="*",
    )
    account.same(answer["Error"]["Condition"], "If-None-Match")
    account.refused(account.s3.put_object, "PreconditionFailed", 412, Bucket=BUCKET, Key="k", IfMatch='"no"')
    account.refused(account.s3.put_object, "NoSuchKey", 404, Bucket=BUCKET, Key="other", IfMatch=etag)
    put(account, body=b"new", IfMatch=etag)


@TABLE.behaviour(GUIDE + "checking-object-integrity")
def a_wrong_digest_is_found_out(account: Account) -> None:
    bucket = account.bucket()
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    account.refused(account.s3.put_object, "BadDigest", 400, "Content-MD5", Bucket=bucket, Key="k", Body=b"x", ContentMD5=wrong)
    account.refused(account.s3.put_object, "InvalidDigest", 400, Bucket=bucket, Key="k", Body=b"x", ContentMD5="no")
    for name in ("CRC32", "SHA256", "CRC32C", "CRC64NVME"):
        length = {"SHA256": 32, "CRC64NVME": 8}.get(name, 4)
        checksum = {f"Checksum{name}": base64.b64encode(bytes(length)).decode()}
        account.refused(account.s3.put_object, "BadDigest", 400, name, Bucket=bucket, Key="k", Body=b"x", **checksum)


@TABLE.behaviour(GUIDE + "checking-object-integrity")
def checksums_are_shown_to_those_who_ask(account: Account) -> None:
    put(account, ChecksumAlgorithm="SHA256")
    wanted = base64.b64encode(hashlib.sha256(b"hello").digest()).decode()
    found = account.s3.head_object(Bucket=BUCKET, Key="k", ChecksumMode="ENABLED")
    account.same((found["ChecksumSHA256"], found["ChecksumType"]), (wanted, "FULL_OBJECT"))
    account.same("ChecksumSHA256" in account.s3.head_object(Bucket=BUCKET, Key="k"), False)
    answer = account.send("s3", "PUT", f"/{BUCKET}/raw", b"123456789")
    account.same(answer.headers["x-amz-checksum-crc64nvme"], "rosUhgp5mIg=")


@TABLE.behaviour("API reference, GetObjectAttributes")
def attributes_are_told(account: Account) -> None:
    put(account)
    found = account.s3.get_object_attributes(Bucket=BUCKET, Key="k", ObjectAttributes=["ETag", "ObjectSize", "StorageClass"])
    account.same(
        (found["ETag"], found["ObjectSize"], found["StorageClass"]), ("5d41402abc4b2a76b9719d911017c592", 5, "STANDARD")
    )


@TABLE.behaviour(GUIDE + "object-tagging")
def an_object_has_ten_tags_at_most(account: Account) -> None:
    put(account, Tagging="a=1&b=2")
    tags = account.s3.get_object_tagging(Bucket=BUCKET, Key="k")["TagSet"]
    account.same(tags, [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    account.same(account.s3.get_object(Bucket=BUCKET, Key="k")["TagCount"], 2)
    many = {"TagSet": [{"Key": f"k{n}", "Value": ""} for n in range(11)]}
    saying = "Object tags cannot be greater than 10"
    account.refused(account.s3.put_object_tagging, "BadRequest", 400, saying, Bucket=BUCKET, Key="k", Tagging=many)
    account.s3.delete_object_tagging(Bucket=BUCKET, Key="k")
    account.same(account.s3.get_object_tagging(Bucket=BUCKET, Key="k")["TagSet"], [])


@TABLE.behaviour("API reference, PutObject")
def keys_and_metadata_have_limits(account: Account) -> None:
    bucket = account.bucket()
    account.refused(account.s3.put_object, "KeyTooLongError", 400, "Your key is too long", Bucket=bucket, Key="k" * 1025)
    account.refused(account.s3.put_object, "MetadataTooLarge", 400, Bucket=bucket, Key="k", Metadata={"a": "b" * 2100})
    account.refused(account.s3.put_object, "InvalidStorageClass", 400, Bucket=bucket, Key="k", StorageClass="ATTIC")
    put(account, "a b/ü+%&", b"x")
    account.same(account.s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Key"], "a b/ü+%&")


@TABLE.behaviour(GUIDE + "UsingKMSEncryption")
def an_object_is_encrypted_as_its_bucket_says(account: Account) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/k"
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}, "BucketKeyEnabled": True}
    account.s3.put_bucket_encryption(Bucket=account.bucket(), ServerSideEncryptionConfiguration={"Rules": [rule]})
    for found in (put(account), account.s3.head_object(Bucket=BUCKET, Key="k")):
        account.same((found["ServerSideEncryption"], found["SSEKMSKeyId"], found["BucketKeyEnabled"]), ("aws:kms", key, True))


@TABLE.behaviour("API reference, CopyObject")
def a_copy_takes_metadata_and_tags_along(account: Account) -> None:
    put(account, Metadata={"a": "b"}, Tagging="t=1")
    source = {"Bucket": BUCKET, "Key": "k"}
    made = account.s3.copy_object(Bucket=BUCKET, Key="copy", CopySource=source)
    account.same(made["CopyObjectResult"]["ETag"], '"5d41402abc4b2a76b9719d911017c592"')
    account.same(account.s3.head_object(Bucket=BUCKET, Key="copy")["Metadata"], {"a": "b"})
    account.same(account.s3.get_object_tagging(Bucket=BUCKET, Key="copy")["TagSet"], [{"Key": "t", "Value": "1"}])
    account.s3.copy_object(Bucket=BUCKET, Key="copy", CopySource=source, MetadataDirective="REPLACE", Metadata={"c": "d"})
    account.same(account.s3.head_object(Bucket=BUCKET, Key="copy")["Metadata"], {"c": "d"})
    saying = "This copy request is illegal because it is trying to copy an object to itself"
    account.refused(account.s3.copy_object, "InvalidRequest", 400, saying, Bucket=BUCKET, Key="k", CopySource=source)
    none = {"Bucket": BUCKET, "Key": "none"}
    account.refused(account.s3.copy_object, "NoSuchKey", 404, Bucket=BUCKET, Key="copy", CopySource=none)


@TABLE.behaviour(GUIDE + "Versioning")
def versions_stack_up_under_a_marker(account: Account) -> None:
    put(account, body=b"0")
    versioned(account)
    first, second = put(account, body=b"1")["VersionId"], put(account, body=b"2")["VersionId"]
    marker = account.s3.delete_object(Bucket=BUCKET, Key="k")
    account.same(marker["DeleteMarker"], True)
    account.refused(account.s3.get_object, "NoSuchKey", 404, Bucket=BUCKET, Key="k")
    account.refused(account.s3.get_object, "MethodNotAllowed", 405, Bucket=BUCKET, Key="k", VersionId=marker["VersionId"])
    account.same(account.s3.get_object(Bucket=BUCKET, Key="k", VersionId=first)["Body"].read(), b"1")
    found = account.s3.list_object_versions(Bucket=BUCKET)
    account.same([version["VersionId"] for version in found["Versions"]], [second, first, "null"])
    account.same([marker["IsLatest"] for marker in found["DeleteMarkers"]], [True])
    account.s3.delete_object(Bucket=BUCKET, Key="k", VersionId=marker["VersionId"])
    account.same(account.s3.get_object(Bucket=BUCKET, Key="k")["VersionId"], second)


@TABLE.behaviour(GUIDE + "Versioning")
def suspended_versioning_writes_the_null_version(account: Account) -> None:
    versioned(account)
    kept = put(account, body=b"1")["VersionId"]
    versioned(account, "Suspended")
    for body in (b"2", b"3"):
        account.same(put(account, body=body)["VersionId"], "null")
    found = account.s3.list_object_versions(Bucket=BUCKET)["Versions"]
    account.same([version["VersionId"] for version in found], ["null", kept])


@TABLE.behaviour("API reference, ListObjectsV2")
def keys_are_grouped_by_a_delimiter_page_by_page(account: Account) -> None:
    for key in ("a", "d/1/x", "d/1/y", "d/2/x", "e", "z"):
        put(account, key)
    seen, more = [], {}
    while True:
        page = account.s3.list_objects_v2(Bucket=BUCKET, Delimiter="/", MaxKeys=2, **more)
        account.same(page["KeyCount"], len(page.get("Contents", [])) + len(page.get("CommonPrefixes", [])))
        seen += [one["Key"] for one in page.get("Contents", [])] + [one["Prefix"] for one in page.get("CommonPrefixes", [])]
        if not page["IsTruncated"]:
            break
        more = {"ContinuationToken": page["NextContinuationToken"]}
    account.same(seen, ["a", "d/", "e", "z"])
    after = account.s3.list_objects_v2(Bucket=BUCKET, StartAfter="d/1/y")
    account.same([one["Key"] for one in after["Contents"]], ["d/2/x", "e", "z"])
    account.same(("Owner" in after["Contents"][0], after["StartAfter"], after["MaxKeys"]), (False, "d/1/y", 1000))
    account.same("Owner" in account.s3.list_objects_v2(Bucket=BUCKET, FetchOwner=True)["Contents"][0], True)
    first = account.s3.list_objects(Bucket=BUCKET, MaxKeys=2)
    account.same((first["IsTruncated"], "NextMarker" in first, "Owner" in first["Contents"][0]), (True, False, True))


@TABLE.behaviour("API reference, ListObjectsV2")
def a_list_is_refused_for_odd_arguments(account: Account) -> None:
    bucket = account.bucket()
    account.refused(account.s3.list_objects_v2, "InvalidArgument", 400, Bucket=bucket, MaxKeys=-1)
    account.refused(account.s3.list_objects_v2, "InvalidArgument", 400, Bucket=bucket, ContinuationToken="~")
    account.refused(account.s3.list_objects_v2, "NoSuchBucket", 404, Bucket="no-such-bucket-here")


@TABLE.behaviour("API reference, DeleteObjects")
def many_are_deleted_at_once(account: Account) -> None:
    for key in "ab":
        put(account, key)
    objects = [{"Key": key} for key in ("a", "b", "none")]
    found = account.s3.delete_objects(Bucket=BUCKET, Delete={"Objects": objects})
    account.same([one["Key"] for one in found["Deleted"]], ["a", "b", "none"])
    quiet = account.s3.delete_objects(Bucket=BUCKET, Delete={"Objects": objects, "Quiet": True})
    account.same("Deleted" in quiet, False)
    account.refused(account.s3.delete_objects, "MalformedXML", 400, Bucket=BUCKET, Delete={"Objects": []})
    many = [{"Key": f"k{n}"} for n in range(1001)]
    account.refused(account.s3.delete_objects, "MalformedXML", 400, Bucket=BUCKET, Delete={"Objects": many})
    body = "<Delete><Object><Key>a</Key></Object></Delete>"
    answer = account.send("s3", "POST", f"/{BUCKET}?delete", body)
    account.true(answer.status == 400 and "Missing required header for this request: Content-MD5" in answer.text(), str(answer))


LARGE = 5 * 1024 * 1024


@TABLE.behaviour(GUIDE + "mpuoverview")
def an_upload_in_parts_becomes_one_object(account: Account) -> None:
    upload = {"Bucket": account.bucket(), "Key": "k"}
    upload["UploadId"] = account.s3.create_multipart_upload(**upload, ContentType="text/plain")["UploadId"]
    bodies = [b"a" * LARGE, b"b"]
    tags = [
        account.s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"] for number, body in enumerate(bodies, start=1)
    ]
    account.same([part["Size"] for part in account.s3.list_parts(**upload)["Parts"]], [LARGE, 1])
    uploads = account.s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    account.same([(one["Key"], one["UploadId"]) for one in uploads], [("k", upload["UploadId"])])
    parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, start=1)]
    made = account.s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    digest = hashlib.md5(b"".join(hashlib.md5(body).digest() for body in bodies)).hexdigest()
    account.same(made["ETag"], f'"{digest}-2"')
    found = account.s3.head_object(Bucket=BUCKET, Key="k", PartNumber=2)
    account.same((found["ContentLength"], found["PartsCount"], found["ContentType"]), (1, 2, "text/plain"))
    account.refused(account.s3.list_parts, "NoSuchUpload", 404, **upload)


@TABLE.behaviour("API reference, CompleteMultipartUpload")
def parts_are_checked_when_they_are_put_together(account: Account) -> None:
    upload = {"Bucket": account.bucket(), "Key": "k"}
    upload["UploadId"] = account.s3.create_multipart_upload(**upload)["UploadId"]
    tags = [account.s3.upload_part(**upload, PartNumber=number, Body=b"x")["ETag"] for number in (1, 2)]
    complete = account.s3.complete_multipart_upload
    parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, start=1)]
    answer = account.refused(complete, "EntityTooSmall", 400, **upload, MultipartUpload={"Parts": parts})
    account.same((answer["Error"]["MinSizeAllowed"], answer["Error"]["ProposedSize"]), (str(LARGE), "1"))
    account.refused(complete, "InvalidPartOrder", 400, **upload, MultipartUpload={"Parts": parts[::-1]})
    wrong = [{"PartNumber": 1, "ETag": '"0"'}]
    account.refused(complete, "InvalidPart", 400, **upload, MultipartUpload={"Parts": wrong})
    account.refused(complete, "MalformedXML", 400, **upload, MultipartUpload={"Parts": []})
    account.refused(account.s3.upload_part, "InvalidArgument", 400, "between 1 and 10000", **upload, PartNumber=10001, Body=b"")
    account.s3.abort_multipart_upload(**upload)
    account.refused(account.s3.abort_multipart_upload, "NoSuchUpload", 404, **upload)
    account.refused(account.s3.upload_part, "NoSuchUpload", 404, **upload, PartNumber=1, Body=b"")


@TABLE.behaviour("boto3 guide, Uploading files")
def a_large_file_goes_up_and_comes_down(account: Account) -> None:
    content = bytes(range(256)) * 40_000
    account.s3.upload_fileobj(io.BytesIO(content), account.bucket(), "big")
    back = io.BytesIO()
    account.s3.download_fileobj(BUCKET, "big", back)
    account.true(back.getvalue() == content, "other bytes came down")
    account.s3.copy({"Bucket": BUCKET, "Key": "big"}, BUCKET, "copied")
    account.same(account.s3.head_object(Bucket=BUCKET, Key="copied")["ContentLength"], len(content))


@TABLE.behaviour(GUIDE + "using-presigned-url")
def a_signed_address_is_good_for_a_while(account: Account) -> None:
    put(account)
    client = account.client("s3", config=PLAIN.merge(type(PLAIN)(signature_version="s3v4")))
    url = client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "k"}, ExpiresIn=60)
    path = url.removeprefix(account.backend.url())
    for wanted, asked in ((200, path), (403, path.replace("X-Amz-Date=2", "X-Amz-Date=1"))):
        connection = http.client.HTTPConnection("127.0.0.1", account.backend.port, timeout=30)
        connection.request("GET", asked)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        account.same(answer.status, wanted)
    account.true(b"<Message>Request has expired</Message>" in body, body.decode())


@TABLE.behaviour(GUIDE + "acl-overview")
def an_objects_acl_is_its_owners(account: Account) -> None:
    put(account)
    found = account.s3.get_object_acl(Bucket=BUCKET, Key="k")
    account.same([grant["Permission"] for grant in found["Grants"]], ["FULL_CONTROL"])
    account.refused(account.s3.put_object_acl, "AccessControlListNotSupported", 400, Bucket=BUCKET, Key="k", ACL="private")


@TABLE.behaviour("API reference, PutObjectRetention")
def locks_need_a_bucket_with_locks(account: Account) -> None:
    put(account)
    saying = "Bucket is missing Object Lock Configuration"
    account.refused(account.s3.get_object_retention, "InvalidRequest", 400, saying, Bucket=BUCKET, Key="k")
    account.s3.create_bucket(Bucket="bkt-locks", ObjectLockEnabledForBucket=True)
    key = {"Bucket": "bkt-locks", "Key": "k"}
    key["VersionId"] = account.s3.put_object(**key, Body=b"x")["VersionId"]
    account.refused(account.s3.get_object_legal_hold, "NoSuchObjectLockConfiguration", 404, **key)
    account.s3.put_object_legal_hold(**key, LegalHold={"Status": "ON"})
    account.same(account.s3.get_object_legal_hold(**key)["LegalHold"], {"Status": "ON"})
    account.refused(account.s3.delete_object, "AccessDenied", 403, **key)
    account.s3.put_object_legal_hold(**key, LegalHold={"Status": "OFF"})
    account.s3.delete_object(**key)


@TABLE.behaviour("API reference, GetObject, RestoreObject: InvalidObjectState")
def what_lies_in_an_archive_is_restored_before_it_is_read(account: Account) -> None:
    put(account, StorageClass="GLACIER")
    account.same(account.s3.head_object(Bucket=BUCKET, Key="k")["StorageClass"], "GLACIER")
    answer = account.refused(account.s3.get_object, "InvalidObjectState", 403, Bucket=BUCKET, Key="k")
    account.same(answer["Error"]["StorageClass"], "GLACIER")
    restored = account.s3.restore_object(Bucket=BUCKET, Key="k", RestoreRequest={"Days": 1})
    account.same(restored["ResponseMetadata"]["HTTPStatusCode"], 202)
    put(account)
    account.refused(account.s3.restore_object, "InvalidObjectState", 403, Bucket=BUCKET, Key="k", RestoreRequest={"Days": 1})


@TABLE.behaviour("API reference, ListObjectVersions")
def versions_go_on_after_a_marker(account: Account) -> None:
    versioned(account)
    made = [(key, put(account, key)["VersionId"]) for key in ("a", "a", "b")]
    first = account.s3.list_object_versions(Bucket=BUCKET, MaxKeys=2)
    account.same((first["IsTruncated"], first["NextKeyMarker"], first["NextVersionIdMarker"]), (True, *made[0]))
    more = {"KeyMarker": first["NextKeyMarker"], "VersionIdMarker": first["NextVersionIdMarker"]}
    second = account.s3.list_object_versions(Bucket=BUCKET, MaxKeys=2, **more)
    account.same([(one["Key"], one["VersionId"]) for one in second["Versions"]], [made[2]])
    saying = "A version-id marker cannot be specified without a key marker."
    account.refused(account.s3.list_object_versions, "InvalidArgument", 400, saying, Bucket=BUCKET, VersionIdMarker="x")


@TABLE.behaviour("API reference, ListObjectsV2, EncodingType")
def keys_are_encoded_for_those_who_ask(account: Account) -> None:
    put(account, "a b+c/ü")
    answer = account.send("s3", "GET", f"/{BUCKET}?list-type=2&encoding-type=url")
    account.true("<EncodingType>url</EncodingType>" in answer.text(), answer.text())
    account.true("%2Bc/%C3%BC</Key>" in answer.text(), answer.text())


@TABLE.behaviour("API reference, UploadPartCopy")
def a_part_can_be_copied(account: Account) -> None:
    put(account, "source", b"0123456789")
    upload = {"Bucket": BUCKET, "Key": "k"}
    upload["UploadId"] = account.s3.create_multipart_upload(**upload)["UploadId"]
    more = {"PartNumber": 1, "CopySource": {"Bucket": BUCKET, "Key": "source"}}
    part = account.s3.upload_part_copy(**upload, **more, CopySourceRange="bytes=2-4")["CopyPartResult"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    account.s3.complete_multipart_upload(**upload, MultipartUpload=parts)
    account.same(account.s3.get_object(Bucket=BUCKET, Key="k")["Body"].read(), b"234")
    account.refused(account.s3.upload_part_copy, "NoSuchUpload", 404, **upload, **more)


@TABLE.behaviour("API reference, ListObjectsV2 and ListBuckets: sample responses")
def moments_are_told_to_the_second(account: Account) -> None:
    account.s3.put_object(Bucket=account.bucket(), Key="k", Body=b"x")
    for path, element in (("/evenkeel-behaviours?list-type=2", "LastModified"), ("/evenkeel-behaviours?versions", "LastModified"), ("/", "CreationDate")):
        body = account.send("s3", "GET", path).body
        account.true(re.search(rf"<{element}>[-0-9]{{10}}T[0-9:]{{8}}\.000Z</{element}>", str(body)) is not None, f"{path}: {body!r}")
