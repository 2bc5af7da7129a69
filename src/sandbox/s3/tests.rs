//! S3 through the account's front door.

use bytes::Bytes;
use http::{Request, Response};

use super::tagging::{self, Tags};
use super::xml::{self, Element};
use crate::sandbox::testing::{account, query, signed, text};
use crate::sandbox::{Account, Options};

fn request(method: &str, path: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    signed(
        "s3",
        "test",
        method,
        &format!("https://s3.us-east-1.amazonaws.com/{path}"),
        "application/xml",
        body,
    )
}

fn in_region(mut request: Request<Bytes>, region: &str) -> Request<Bytes> {
    let scope = request.headers()["authorization"]
        .to_str()
        .unwrap()
        .replace("us-east-1", region);
    request.headers_mut().insert("authorization", scope.parse().unwrap());
    request
}

fn ask(account: &Account, method: &str, path: &str, body: &str) -> Response<Bytes> {
    account.answer(request(method, path, body.to_owned()))
}

#[track_caller]
fn taken(account: &Account, method: &str, path: &str, body: &str) -> Response<Bytes> {
    let response = ask(account, method, path, body);
    assert!(response.status().is_success(), "{method} {path}: {}", text(&response));
    response
}

#[track_caller]
fn element(account: &Account, path: &str) -> Element {
    xml::parse(taken(account, "GET", path, "").body()).unwrap()
}

#[track_caller]
fn refused(account: &Account, method: &str, path: &str, body: &str, code: &str, fragment: &str) {
    let response = ask(account, method, path, body);
    let answer = text(&response);
    assert!(
        answer.contains(&format!("<Code>{code}</Code>")),
        "{method} {path}: {answer}"
    );
    assert!(answer.contains(fragment), "{answer}");
}

fn with_bucket() -> Account {
    let account = account();
    taken(&account, "PUT", "bkt", "");
    account
}

fn create(account: &Account, region: &str, name: &str, constraint: Option<&str>) -> Response<Bytes> {
    let body = constraint.map_or(String::new(), |constraint| {
        format!("<CreateBucketConfiguration><LocationConstraint>{constraint}</LocationConstraint></CreateBucketConfiguration>")
    });
    account.answer(in_region(request("PUT", name, body), region))
}

#[test]
fn a_bucket_is_made_where_the_constraint_and_the_region_agree() {
    let account = account();
    for (region, name, constraint, wanted) in [
        ("us-east-1", "us", Some("us-east-1"), "InvalidBucketName"),
        ("us-east-1", "bkt-us", Some("us-east-1"), "InvalidLocationConstraint"),
        (
            "us-east-1",
            "bkt-us",
            Some("eu-west-1"),
            "IllegalLocationConstraintException",
        ),
        ("eu-west-1", "bkt-eu", None, "IllegalLocationConstraintException"),
        (
            "eu-west-1",
            "bkt-eu",
            Some("us-west-2"),
            "IllegalLocationConstraintException",
        ),
        ("us-east-1", "bkt-us", None, ""),
        ("us-east-1", "bkt-us", None, ""),
        ("eu-west-1", "bkt-eu", Some("EU"), ""),
        ("eu-west-1", "bkt-eu", Some("eu-west-1"), "BucketAlreadyOwnedByYou"),
        ("us-east-1", "bkt-eu", None, "BucketAlreadyOwnedByYou"),
    ] {
        let answer = text(&create(&account, region, name, constraint));
        assert_eq!(
            xml::parse(answer.as_bytes())
                .ok()
                .and_then(|e| e.get("Code").map(String::from))
                .unwrap_or_default(),
            wanted
        );
    }
    assert_eq!(element(&account, "bkt-us?location").text, "");
    assert_eq!(element(&account, "bkt-eu?location").text, "EU");
}

#[test]
fn a_bucket_answers_in_its_own_region_only() {
    let account = account();
    create(&account, "eu-west-1", "bkt-eu", Some("eu-west-1"));
    for method in ["HEAD", "GET"] {
        let response = ask(&account, method, "bkt-eu?versioning", "");
        assert_eq!(response.status(), 301);
        assert_eq!(response.headers()["x-amz-bucket-region"], "eu-west-1");
    }
    refused(
        &account,
        "GET",
        "bkt-eu?policy",
        "",
        "PermanentRedirect",
        "bkt-eu.s3.eu-west-1.amazonaws.com",
    );
    let response = account.answer(in_region(request("HEAD", "bkt-eu", ""), "eu-west-1"));
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-amz-bucket-region"]),
        (200, &"eu-west-1".parse().unwrap())
    );
}

#[test]
fn another_expected_owner_is_denied() {
    let account = with_bucket();
    let mut foreign = request("GET", "bkt?tagging", "");
    foreign
        .headers_mut()
        .insert("x-amz-expected-bucket-owner", "111111111111".parse().unwrap());
    assert_eq!(account.answer(foreign).status(), 403);
}

#[test]
fn new_buckets_are_born_closed_and_encrypted() {
    let account = with_bucket();
    let block = element(&account, "bkt?publicAccessBlock");
    assert_eq!(block.children.len(), 4);
    assert!(block.children.iter().all(|flag| flag.text == "true"));
    let rule = |path: &str| element(&account, path).child("Rule").unwrap().clone();
    assert_eq!(
        rule("bkt?ownershipControls").get("ObjectOwnership"),
        Some("BucketOwnerEnforced")
    );
    let encryption = rule("bkt?encryption");
    let default = encryption.child("ApplyServerSideEncryptionByDefault").unwrap();
    assert_eq!(default.get("SSEAlgorithm"), Some("AES256"));
    assert_eq!(
        encryption
            .child("BlockedEncryptionTypes")
            .unwrap()
            .get("EncryptionType"),
        Some("SSE-C")
    );
    assert_eq!(
        element(&account, "bkt?versioning"),
        Element::new("VersioningConfiguration")
    );
}

#[test]
fn what_is_not_set_is_refused_in_its_own_words_or_empty() {
    let account = with_bucket();
    taken(&account, "DELETE", "bkt?publicAccessBlock", "");
    taken(&account, "DELETE", "bkt?ownershipControls", "");
    taken(&account, "DELETE", "bkt?policy", "");
    taken(&account, "DELETE", "bkt?encryption", "");
    for (sub, code) in [
        ("policy", "NoSuchBucketPolicy"),
        ("policyStatus", "NoSuchBucketPolicy"),
        ("tagging", "NoSuchTagSet"),
        ("lifecycle", "NoSuchLifecycleConfiguration"),
        ("cors", "NoSuchCORSConfiguration"),
        ("website", "NoSuchWebsiteConfiguration"),
        ("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
        ("ownershipControls", "OwnershipControlsNotFoundError"),
        ("replication", "ReplicationConfigurationNotFoundError"),
        ("object-lock", "ObjectLockConfigurationNotFoundError"),
        ("inventory&id=x", "NoSuchConfiguration"),
    ] {
        refused(&account, "GET", &format!("bkt?{sub}"), "", code, "");
        refused(&account, "GET", &format!("none?{sub}"), "", "NoSuchBucket", "none");
    }
    for sub in ["versioning", "logging", "notification", "accelerate"] {
        assert_eq!(element(&account, &format!("bkt?{sub}")).children, [], "{sub}");
    }
    assert!(element(&account, "bkt?encryption").child("Rule").is_some());
    assert!(element(&account, "bkt?acl").child("AccessControlList").is_some());
}

fn policy(principal: &str, action: &str, resource: &str) -> String {
    format!(
        r#"{{ "Version": "2012-10-17", "Statement": [
            {{ "Effect": "Allow", "Principal": {principal}, "Action": ["{action}"], "Resource": ["{resource}"] }} ] }}"#
    )
}

const INSIDE: &str = "arn:aws:s3:::bkt/*";

#[test]
fn policies_are_refused_for_what_s3_refuses() {
    let account = with_bucket();
    let root = r#"{"AWS":"123456789012"}"#;
    let nobody = r#"{"AWS":"arn:aws:iam::123456789012:user/nobody"}"#;
    let refuse = |body: &str, code: &str, fragment: &str| refused(&account, "PUT", "bkt?policy", body, code, fragment);
    refuse("no", "MalformedPolicy", "valid JSON");
    refuse(
        &policy(nobody, "s3:GetObject", INSIDE),
        "MalformedPolicy",
        "Invalid principal in policy",
    );
    refuse(
        &policy(r#"{"AWS":"AIDAXXXXXXXXXXXXXXXXX"}"#, "s3:GetObject", INSIDE),
        "MalformedPolicy",
        "Invalid principal",
    );
    refuse(
        &policy(root, "s3:GetObject", "arn:aws:s3:::other/*"),
        "MalformedPolicy",
        "Policy has invalid resource",
    );
    refuse(
        &policy(root, "ec2:RunInstances", INSIDE),
        "MalformedPolicy",
        "Policy has invalid action",
    );
    refuse(
        &policy(root, "s3:ListBucket", INSIDE),
        "MalformedPolicy",
        "Action does not apply to any resource",
    );
    refuse(
        &policy(r#""*""#, "s3:GetObject", INSIDE),
        "AccessDenied",
        "BlockPublicPolicy",
    );
    refuse(
        &policy(root, "s3:GetObject", INSIDE).replace("\"Effect\"", "\"effect\""),
        "MalformedPolicy",
        "effect",
    );
    refuse(
        &policy(root, "s3:GetObject", INSIDE).replace("Allow", &"x".repeat(21_000)),
        "MalformedPolicy",
        "document size",
    );
    let open =
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>";
    taken(&account, "PUT", "bkt?publicAccessBlock", open);
    taken(&account, "PUT", "bkt?policy", &policy(r#""*""#, "s3:GetObject", INSIDE));
    assert_eq!(element(&account, "bkt?policyStatus").get("IsPublic"), Some("true"));
}

#[test]
fn with_lag_a_new_bucket_and_an_opened_block_take_some_calls() {
    let refusals = |seed: u64| {
        let options = Options {
            lag: Some(seed),
            ..Options::default()
        };
        let account = Account::open(None, options).unwrap();
        taken(&account, "PUT", "bkt", "");
        let refused_with = |method: &str, path: &str, body: &str, code: &str| {
            let tries = (0..9).map(|_| text(&ask(&account, method, path, body)));
            tries.take_while(|answer| answer.contains(code)).count()
        };
        let young = refused_with("DELETE", "bkt?publicAccessBlock", "", "NoSuchBucket");
        let public = policy(r#""*""#, "s3:GetObject", INSIDE);
        (young, refused_with("PUT", "bkt?policy", &public, "BlockPublicPolicy"))
    };
    let counts: Vec<(usize, usize)> = (0..20).map(refusals).collect();
    assert!(
        counts.iter().all(|(young, open)| *young <= 3 && *open <= 3),
        "{counts:?}"
    );
    assert!(counts.iter().any(|(young, _)| *young > 0), "{counts:?}");
    assert!(counts.iter().any(|(_, open)| *open > 0), "{counts:?}");
}

#[test]
fn a_policy_keeps_the_id_of_a_principal_that_goes() {
    let account = with_bucket();
    let iam = |action: &str| {
        let response = query(&account, "iam", "test", &[("Action", action), ("UserName", "erika")]);
        assert_eq!(response.status(), 200);
        text(&response)
    };
    let created = iam("CreateUser");
    let id = created.split("<UserId>").nth(1).unwrap().split('<').next().unwrap();
    let erika = r#"{"AWS":["arn:aws:iam::123456789012:user/erika","123456789012"]}"#;
    taken(&account, "PUT", "bkt?policy", &policy(erika, "s3:GetObject", INSIDE));
    let read = || text(&taken(&account, "GET", "bkt?policy", ""));
    assert_eq!(
        read(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::123456789012:user/erika","arn:aws:iam::123456789012:root"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bkt/*"}]}"#
    );
    iam("DeleteUser");
    iam("CreateUser");
    assert!(read().contains(id) && !read().contains("user/erika"), "{}", read());
    refused(
        &account,
        "PUT",
        "bkt?policy",
        &read(),
        "MalformedPolicy",
        "Invalid principal in policy",
    );
}

#[test]
fn system_tags_can_neither_be_added_nor_left_out() {
    let set = |tags: &[(&str, &str)]| {
        let tags = tags
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_string()))
            .collect::<Tags>();
        tagging::describe(&tags)
    };
    let old: Tags = [("aws:x".to_owned(), "1".to_owned()), ("a".to_owned(), "b".to_owned())].into();
    let kept = tagging::replace(&old, &set(&[("aws:x", "1"), ("c", "d")])).unwrap();
    assert_eq!(kept.keys().collect::<Vec<_>>(), ["aws:x", "c"]);
    for (tags, fragment) in [
        (set(&[("c", "d")]), "cannot be removed"),
        (set(&[("aws:x", "2")]), "cannot be added/updated"),
        (set(&[("aws:x", "1"), ("aws:y", "1")]), "cannot be added/updated"),
    ] {
        assert!(tagging::replace(&old, &tags).unwrap_err().message.contains(fragment));
    }
}

#[test]
fn acls_and_ownership_guard_each_other() {
    let account = with_bucket();
    let acl = |canned: &str| {
        let mut request = request("PUT", "bkt?acl", "");
        request.headers_mut().insert("x-amz-acl", canned.parse().unwrap());
        text(&account.answer(request))
    };
    assert!(acl("private").contains("AccessControlListNotSupported"));
    let own = |ownership: &str| {
        format!("<OwnershipControls><Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>")
    };
    taken(&account, "PUT", "bkt?ownershipControls", &own("ObjectWriter"));
    assert!(acl("public-read").contains("AccessDenied"));
    taken(&account, "DELETE", "bkt?publicAccessBlock", "");
    assert_eq!(acl("public-read"), "");
    let enforced = own("BucketOwnerEnforced");
    refused(
        &account,
        "PUT",
        "bkt?ownershipControls",
        &enforced,
        "InvalidBucketAclWithObjectOwnership",
        "",
    );
}

#[test]
fn lifecycle_rules_get_ids_and_need_an_action() {
    let account = with_bucket();
    let put = |rules: &str| format!("<LifecycleConfiguration>{rules}</LifecycleConfiguration>");
    let rule = "<Rule><Status>Enabled</Status><Filter/><Expiration><Days>3</Days></Expiration></Rule>";
    taken(&account, "PUT", "bkt?lifecycle", &put(rule));
    let shown = element(&account, "bkt?lifecycle");
    let shown = shown.child("Rule").unwrap();
    assert!(shown.get("ID").is_some_and(|id| !id.is_empty()));
    assert_eq!(shown.child("Filter").unwrap().get("Prefix"), Some(""));
    for (rules, code) in [
        ("", "MalformedXML"),
        (
            "<Rule><Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule>",
            "MalformedXML",
        ),
        (
            "<Rule><Status>On</Status><Filter/><Expiration><Days>3</Days></Expiration></Rule>",
            "MalformedXML",
        ),
        ("<Rule><Status>Enabled</Status><Filter/></Rule>", "InvalidRequest"),
        (
            "<Rule><Status>Enabled</Status><Filter/><Expiration><Days>0</Days></Expiration></Rule>",
            "InvalidArgument",
        ),
    ] {
        refused(&account, "PUT", "bkt?lifecycle", &put(rules), code, "");
    }
}

#[test]
fn notifications_go_only_to_functions_that_let_s3_in() {
    let account = with_bucket();
    let put = |inside: &str| format!("<NotificationConfiguration>{inside}</NotificationConfiguration>");
    let function = put(
        "<CloudFunctionConfiguration><CloudFunction>arn:aws:lambda:us-east-1:123456789012:function:f</CloudFunction><Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration>",
    );
    refused(
        &account,
        "PUT",
        "bkt?notification",
        &function,
        "InvalidArgument",
        "Unable to validate the following destination",
    );
    let queue = put(
        "<QueueConfiguration><Queue>arn:aws:sqs:us-east-1:123456789012:q</Queue><Event>s3:ObjectCreated:*</Event></QueueConfiguration>",
    );
    taken(&account, "PUT", "bkt?notification", &queue);
    let shown = element(&account, "bkt?notification");
    assert!(
        shown
            .child("QueueConfiguration")
            .unwrap()
            .get("Id")
            .is_some_and(|id| !id.is_empty())
    );
    taken(&account, "PUT", "bkt?notification", &put(""));
    assert_eq!(element(&account, "bkt?notification").children, []);
}

#[test]
fn nobody_is_told_of_what_somebody_else_is_told_of() {
    let account = with_bucket();
    let queue = |event: &str, prefix: &str, suffix: &str| {
        format!(
            "<QueueConfiguration><Queue>arn:aws:sqs:us-east-1:123456789012:q</Queue><Event>{event}</Event><Filter><S3Key>\
             <FilterRule><Name>prefix</Name><Value>{prefix}</Value></FilterRule>\
             <FilterRule><Name>suffix</Name><Value>{suffix}</Value></FilterRule></S3Key></Filter></QueueConfiguration>"
        )
    };
    let put = |other: &str| {
        let one = queue("s3:ObjectCreated:*", "in/", ".zip");
        format!("<NotificationConfiguration>{one}{other}</NotificationConfiguration>")
    };
    for apart in [
        queue("s3:ObjectRemoved:*", "in/", ".zip"),
        queue("s3:ObjectCreated:*", "out/", ".zip"),
        queue("s3:ObjectCreated:Put", "in/", ".gz"),
    ] {
        taken(&account, "PUT", "bkt?notification", &put(&apart));
    }
    for overlapping in [
        queue("s3:ObjectCreated:Put", "in/a", "b.zip"),
        queue("s3:ObjectCreated:*", "", ""),
    ] {
        let overlapping = put(&overlapping);
        let said = "overlapping suffixes";
        refused(
            &account,
            "PUT",
            "bkt?notification",
            &overlapping,
            "InvalidArgument",
            said,
        );
    }
    let shown = element(&account, "bkt?notification");
    let filter = shown
        .child("QueueConfiguration")
        .and_then(|queue| queue.child("Filter"));
    let rule = filter.and_then(|filter| filter.child("S3Key")?.child("FilterRule"));
    assert_eq!(rule.and_then(|rule| rule.get("Name")), Some("Prefix"));
}

fn put(account: &Account, key: &str, body: &str) -> String {
    let response = taken(account, "PUT", &format!("bkt/{key}"), body);
    let version = response
        .headers()
        .get("x-amz-version-id")
        .map(|id| id.to_str().unwrap().to_owned());
    version.unwrap_or_default()
}

fn version(account: &Account, status: &str) {
    let body = format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
    taken(account, "PUT", "bkt?versioning", &body);
}

#[test]
fn chunked_uploads_are_decoded_and_their_checksum_is_held_against_them() {
    let account = with_bucket();
    let upload = |checksum: &str| {
        let body = format!("3\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:{checksum}\r\n\r\n");
        let mut request = request("PUT", "bkt/k", body);
        let headers = request.headers_mut();
        headers.insert(
            "x-amz-content-sha256",
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER".parse().unwrap(),
        );
        headers.insert("content-encoding", "aws-chunked".parse().unwrap());
        headers.insert("x-amz-decoded-content-length", "5".parse().unwrap());
        account.answer(request)
    };
    assert!(text(&upload("AAAAAA==")).contains("BadDigest"));
    let response = upload("NhCmhg==");
    assert_eq!(response.status(), 200, "{}", text(&response));
    assert_eq!(response.headers()["etag"], "\"5d41402abc4b2a76b9719d911017c592\"");
    let response = taken(&account, "GET", "bkt/k", "");
    assert_eq!(text(&response), "hello");
    assert!(!response.headers().contains_key("content-encoding"));
}

#[test]
fn a_bucket_goes_when_its_last_version_has_gone() {
    let account = with_bucket();
    assert_eq!(put(&account, "plain", "0"), "");
    version(&account, "Enabled");
    let (first, second) = (put(&account, "k", "1"), put(&account, "k", "2"));
    let marker = taken(&account, "DELETE", "bkt/k", "");
    assert_eq!(marker.headers()["x-amz-delete-marker"], "true");
    refused(&account, "GET", "bkt/k", "", "NoSuchKey", "");
    assert_eq!(
        text(&taken(&account, "GET", &format!("bkt/k?versionId={first}"), "")),
        "1"
    );
    refused(&account, "GET", "bkt/k?versionId=none", "", "NoSuchVersion", "");
    let shown = element(&account, "bkt?versions&prefix=k");
    let ids: Vec<&str> = shown
        .all("Version")
        .filter_map(|version| version.get("VersionId"))
        .collect();
    assert_eq!(ids, [second.as_str(), first.as_str()]);
    assert_eq!(shown.child("DeleteMarker").unwrap().get("IsLatest"), Some("true"));
    version(&account, "Suspended");
    assert_eq!(put(&account, "k", "3"), "null");
    refused(&account, "DELETE", "bkt", "", "BucketNotEmpty", "");
    let all = element(&account, "bkt?versions");
    let mut objects = String::new();
    for entry in all.all("Version").chain(all.all("DeleteMarker")) {
        let (key, id) = (entry.get("Key").unwrap(), entry.get("VersionId").unwrap());
        objects += &format!("<Object><Key>{key}</Key><VersionId>{id}</VersionId></Object>");
    }
    let body = format!("<Delete><Quiet>true</Quiet>{objects}</Delete>");
    refused(&account, "POST", "bkt?delete", &body, "InvalidRequest", "Content-MD5");
    let checksum = super::checksum::computed("x-amz-checksum-sha256", body.as_bytes()).unwrap();
    let mut emptying = request("POST", "bkt?delete", body);
    let headers = emptying.headers_mut();
    headers.insert("x-amz-checksum-sha256", checksum.parse().unwrap());
    assert_eq!(account.answer(emptying).status(), 200);
    taken(&account, "DELETE", "bkt", "");
    refused(&account, "DELETE", "bkt", "", "NoSuchBucket", "");
    let inner = account.inner.lock().unwrap();
    assert!(inner.world.s3.objects.is_empty() && inner.world.s3.contents.is_empty());
}

#[test]
fn pages_show_every_key_and_every_group_once() {
    let account = with_bucket();
    for key in ["a", "d/1/x", "d/1/y", "d/2/x", "e%20+%C3%A9", "z"] {
        put(&account, key, "");
    }
    let walk = |path: &str, what: &str, name: &str| {
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let page = element(&account, &format!("bkt?list-type=2&max-keys=2{path}{token}"));
            seen.extend(page.all(what).filter_map(|entry| entry.get(name).map(String::from)));
            match page.get("NextContinuationToken") {
                Some(next) => token = format!("&continuation-token={next}"),
                None => return seen,
            }
        }
    };
    assert_eq!(
        walk("", "Contents", "Key"),
        ["a", "d/1/x", "d/1/y", "d/2/x", "e +é", "z"]
    );
    assert_eq!(walk("&delimiter=/", "Contents", "Key"), ["a", "e +é", "z"]);
    assert_eq!(walk("&delimiter=/", "CommonPrefixes", "Prefix"), ["d/"]);
    assert_eq!(
        walk("&delimiter=/&prefix=d/", "CommonPrefixes", "Prefix"),
        ["d/1/", "d/2/"]
    );
    assert_eq!(
        element(&account, "bkt?list-type=2&max-keys=0").get("IsTruncated"),
        Some("false")
    );
}

#[test]
fn both_styles_of_address_reach_the_same_object() {
    let account = with_bucket();
    put(&account, "a/b", "x");
    let virtual_host = signed(
        "s3",
        "test",
        "GET",
        "https://bkt.s3.us-east-1.amazonaws.com/a/b",
        "",
        "",
    );
    assert_eq!(text(&account.answer(virtual_host)), "x");
    let head = ask(&account, "HEAD", "bkt/a/b", "");
    assert_eq!(
        (head.headers()["content-length"].to_str().unwrap(), head.body().len()),
        ("1", 0)
    );
}

#[test]
fn buckets_and_objects_survive_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Account::open(Some(dir.path()), Options::default()).unwrap();
    let account = open();
    taken(&account, "PUT", "bkt", "");
    version(&account, "Enabled");
    put(&account, "a/../b", "1");
    put(&account, "a/../b", "2");
    let tags = "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>";
    taken(&account, "PUT", "bkt?tagging", tags);
    let before: Vec<String> = ["bkt?versions", "bkt?tagging", "bkt?encryption", "bkt/a/../b"]
        .map(|path| text(&taken(&account, "GET", path, "")))
        .to_vec();
    drop(account);
    let account = open();
    let after: Vec<String> = ["bkt?versions", "bkt?tagging", "bkt?encryption", "bkt/a/../b"]
        .map(|path| text(&taken(&account, "GET", path, "")))
        .to_vec();
    assert_eq!(after, before);
}

#[test]
fn an_upload_that_is_given_up_leaves_nothing() {
    let account = with_bucket();
    let begun = text(&taken(&account, "POST", "bkt/k?uploads", ""));
    let id = xml::parse(begun.as_bytes())
        .unwrap()
        .get("UploadId")
        .unwrap()
        .to_owned();
    taken(&account, "PUT", &format!("bkt/k?uploadId={id}&partNumber=1"), "x");
    taken(&account, "PUT", &format!("bkt/k?uploadId={id}&partNumber=1"), "y");
    assert_eq!(account.inspect(|world| world.s3.contents.len()), 1);
    taken(&account, "DELETE", &format!("bkt/k?uploadId={id}"), "");
    assert!(account.inspect(|world| world.s3.uploads.is_empty() && world.s3.contents.is_empty()));
    refused(&account, "GET", &format!("bkt/k?uploadId={id}"), "", "NoSuchUpload", "");
}

#[test]
fn what_the_sandbox_does_not_have_is_never_taken_for_the_bucket_itself() {
    let account = with_bucket();
    for (method, path) in [
        ("PUT", "other?metadataTable"),
        ("POST", "bkt?metadataConfiguration"),
        ("DELETE", "bkt?metadataTable"),
        ("PUT", "bkt/k?renameObject"),
    ] {
        refused(&account, method, path, "", "NotImplemented", "sandbox");
    }
    assert!(account.inspect(|world| world.s3.objects.is_empty() && world.s3.buckets.len() == 1));
}
