use time::macros::date;

use super::{accepts, of, refuses};
use crate::names::limits::{self, Standing};
use crate::names::tag::clash_without_case;
use crate::names::*;

#[test]
fn account_ids() {
    accepts::<AccountId>(&["123456789012", "012345678901"]);
    refuses::<AccountId>(&[
        ("", "an account id can't be empty; it takes 12 digits"),
        ("12345678901", "`12345678901`: an account id has 12 digits, this has 11"),
        (
            "1234-5678-9012",
            "`1234-5678-9012`: an account id is 12 digits and nothing else: `123456789012`",
        ),
        ("12345678901x", "`12345678901x`: an account id is 12 digits"),
        ("١٢٣٤٥٦٧٨٩٠١٢", "`١٢٣٤٥٦٧٨٩٠١٢`: an account id is 12 digits"),
    ]);
}

#[test]
fn partitions_and_their_iam() {
    for partition in Partition::ALL {
        assert_eq!(of::<Partition>(partition.as_str()), partition);
        assert_eq!(partition.iam_region().partition(), partition, "{partition}");
        assert_eq!(partition.iam_region().doubt(), None);
        accepts::<Region>(&[partition.iam_region().as_str()]);
    }
    refuses::<Partition>(&[(
        "aws-gov",
        "`aws-gov`: no such partition; there are `aws`, `aws-cn`, `aws-eusc`, `aws-iso`, `aws-iso-b`, `aws-iso-e`, `aws-iso-f`, `aws-us-gov`",
    )]);
    let table = [
        ("us-gov-east-1", "aws-us-gov"),
        ("us-isob-west-1", "aws-iso-b"),
        ("cn-northwest-1", "aws-cn"),
        ("mx-central-1", "aws"),
    ];
    for (region, partition) in table {
        assert_eq!(of::<Region>(region).partition().as_str(), partition);
    }
}

#[test]
fn regions() {
    accepts::<Region>(&["eu-central-1", "us-gov-west-1", "eusc-de-east-1", "ap-southeast-12"]);
    refuses::<Region>(&[
        ("", "a region can't be empty; it takes a name such as `eu-central-1`"),
        (
            "EU-Central-1",
            "`EU-Central-1`: a region's name is lower case: `eu-central-1`",
        ),
        (
            "us-east-1a",
            "`us-east-1a`: this is an availability zone; its region is: `us-east-1`",
        ),
        ("us-east1", "`us-east1`: no such region; did you mean: `us-east-1`"),
        (
            "Frankfurt",
            "`Frankfurt`: no such region; a region's name is like `eu-central-1`",
        ),
    ]);
    assert_eq!(of::<Region>("eu-west-1").doubt(), None);
    let slip = of::<Region>("eu-cental-1").doubt();
    assert_eq!(
        slip.unwrap(),
        "`eu-cental-1` is not a known region; did you mean `eu-central-1`"
    );
}

#[test]
fn iam_names_have_their_lengths() {
    let (l64, l65, l128, l129) = ("a".repeat(64), "a".repeat(65), "a".repeat(128), "a".repeat(129));
    accepts::<UserName>(&["erika", "a+b=c,d.e@f-g_h", &l64]);
    accepts::<RoleName>(&["LambdaProgressMonitorRole", &l64]);
    accepts::<GroupName>(&[&l128]);
    accepts::<PolicyName>(&[&l128]);
    accepts::<InstanceProfileName>(&[&l128]);
    accepts::<InlinePolicyName>(&[&l128]);
    let shown = "a".repeat(64);
    let message = format!("`{shown}a`: a role name has at most 64 characters, this has 65");
    refuses::<RoleName>(&[(&l65, &message)]);
    let message = format!(
        "`{}…`: a group name has at most 128 characters, this has 129",
        "a".repeat(80)
    );
    refuses::<GroupName>(&[(&l129, &message)]);
    assert!(PolicyName::parse(&l129).is_err() && InlinePolicyName::parse(&l129).is_err());
    assert!(InstanceProfileName::parse(&l129).is_err() && UserName::parse(&l65).is_err());
}

#[test]
fn iam_names_have_their_characters() {
    refuses::<UserName>(&[
        (
            "",
            "a user name can't be empty; it takes letters a-z and A-Z, digits and `_+=,.@-`",
        ),
        (
            "erika m",
            "`erika m`: a space is not allowed in a user name, which takes letters a-z and A-Z, digits and `_+=,.@-`",
        ),
        (
            "jürgen",
            "`jürgen`: `ü` is not allowed in a user name, which takes letters a-z and A-Z, digits and `_+=,.@-`",
        ),
        (
            "a\nb",
            "`a\\nb`: `\\n` is not allowed in a user name, which takes letters a-z and A-Z, digits and `_+=,.@-`",
        ),
    ]);
}

#[test]
fn iam_identity_ignores_case() {
    let (a, b, c) = (
        of::<RoleName>("Deploy"),
        of::<RoleName>("dEPLOY"),
        of::<RoleName>("deploy2"),
    );
    assert!(a.same_identity(&b) && a != b && a.identity() == b.identity());
    assert!(!a.same_identity(&c) && a.identity() != c.identity());
}

#[test]
fn iam_paths() {
    assert_eq!(IamPath::default().as_str(), "/");
    let longest = format!("/{}/", "a".repeat(510));
    accepts::<IamPath>(&["/", "/people/", "/a/b/", "/a~!/", &longest]);
    refuses::<IamPath>(&[
        ("people", "`people`: a path begins and ends with `/`: `/people/`"),
        ("/people", "`/people`: a path begins and ends with `/`: `/people/`"),
        ("//", "`//`: a path begins and ends with `/`: `/`"),
        (
            "/a b/",
            "`/a b/`: a space is not allowed in a path, which takes visible ASCII characters",
        ),
    ]);
    assert!(IamPath::parse(&format!("/{}/", "a".repeat(511))).is_err());
    assert!(IamPath::parse_for_policy("/imaging/x/").is_ok() && IamPath::parse_for_policy("/").is_ok());
    let wrong = |text: &str| IamPath::parse_for_policy(text).unwrap_err().to_string();
    assert_eq!(wrong("/a//b/"), "`/a//b/`: a policy's path has no empty step: `/a/b/`");
    assert_eq!(
        wrong("/a~/"),
        "`/a~/`: `~` is not allowed in a path, which takes letters a-z and A-Z, digits, `/` and `_+=,.@-`"
    );
    let aws_made = |text: &str| of::<IamPath>(text).is_aws_made();
    assert!(aws_made("/aws-service-role/spot.amazonaws.com/") && aws_made("/aws-reserved/sso.amazonaws.com/"));
    assert!(!aws_made("/service-role/") && !aws_made("/x/aws-reserved/") && !aws_made("/"));
}

#[test]
fn oidc_urls() {
    accepts::<OidcUrl>(&[
        "https://token.actions.githubusercontent.com",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC",
    ]);
    refuses::<OidcUrl>(&[
        (
            "accounts.example.com",
            "`accounts.example.com`: an oidc provider's url begins with `https://`: `https://accounts.example.com`",
        ),
        (
            "http://a.example",
            "`http://a.example`: an oidc provider's url begins with `https://`: `https://a.example`",
        ),
        (
            "https://a.example:8443/x",
            "`https://a.example:8443/x`: an oidc provider's url has no port: `https://a.example/x`",
        ),
        (
            "https://a.example/x?y",
            "`https://a.example/x?y`: an oidc provider's url has no query: `https://a.example/x`",
        ),
        (
            "https://a.example/",
            "`https://a.example/`: an oidc provider's url has no `/` at its end: `https://a.example`",
        ),
        ("https://", "`https://`: a host is missing after `https://`"),
    ]);
    assert_eq!(of::<OidcUrl>("https://a.example/id").host_and_path(), "a.example/id");
}

#[test]
fn parts_of_oidc_providers() {
    accepts::<ClientId>(&["sts.amazonaws.com", "api://a b", &"a".repeat(255)]);
    assert!(ClientId::parse("").is_err() && ClientId::parse(&"a".repeat(256)).is_err());
    let (print, reason) = (
        "6938FD4D98BAB03FAADB97B34396831E3780AEA1",
        "a thumbprint is 40 hexadecimal digits",
    );
    assert_eq!(of::<Thumbprint>(print).as_str(), print.to_lowercase());
    for wrong in ["", "6938", &print.replace('A', "x"), &format!("{print}0")] {
        assert!(Thumbprint::parse(wrong).unwrap_err().to_string().contains(reason));
    }
    let spaced = "69:38:fd:4d:98:ba:b0:3f:aa:db:97:b3:43:96:83:1e:37:80:ae:a1";
    assert_eq!(
        Thumbprint::parse(spaced).unwrap_err().right(),
        Some(&*print.to_lowercase())
    );
}

#[test]
fn parts_of_service_linked_roles() {
    accepts::<LinkingService>(&["spot.amazonaws.com", "dynamodb.application-autoscaling.amazonaws.com"]);
    refuses::<LinkingService>(&[
        ("spot", "`spot`: a service is named by its host: `spot.amazonaws.com`"),
        (
            "Spot.amazonaws.com",
            "`Spot.amazonaws.com`: `S` is not allowed in a service, which takes lower-case letters, digits, `.` and `-`",
        ),
    ]);
    accepts::<RoleSuffix>(&["team", "a_b", &"a".repeat(64)]);
    assert!(RoleSuffix::parse("").is_err() && RoleSuffix::parse("a b").is_err());
}

#[test]
fn buckets() {
    let (longest, longer) = ("a".repeat(63), "a".repeat(64));
    accepts::<BucketName>(&["rmi-360", "a.b-c", "123", "1.2.3.4.5", "my-xn--bucket", &longest]);
    let message = format!("`{longer}`: a bucket name has at most 63 characters, this has 64");
    refuses::<BucketName>(&[
        (
            "",
            "a bucket name can't be empty; it takes 3 to 63 lower-case letters a-z, digits, dots and hyphens",
        ),
        ("ab", "`ab`: a bucket name has at least 3 characters, this has 2"),
        (&longer, &message),
        ("MyBucket", "`MyBucket`: a bucket name has no capitals: `mybucket`"),
        (
            "my_bucket",
            "`my_bucket`: a bucket name has no underscores: `my-bucket`",
        ),
        (
            "my bucket",
            "`my bucket`: a space is not allowed in a bucket name, which takes 3 to 63 lower-case letters a-z, digits, dots and hyphens",
        ),
        (
            "-abc",
            "`-abc`: a bucket name begins and ends with a letter or digit: `abc`",
        ),
        (
            "abc.",
            "`abc.`: a bucket name begins and ends with a letter or digit: `abc`",
        ),
        ("...", "`...`: a bucket name begins and ends with a letter or digit"),
        ("a..b", "`a..b`: a bucket name has no two dots in a row"),
        ("192.168.5.4", "`192.168.5.4`: a bucket name is no IP address"),
        (
            "xn--abc",
            "`xn--abc`: names that begin with `xn--` belong to AWS; choose another beginning",
        ),
        (
            "x-s3alias",
            "`x-s3alias`: names that end with `-s3alias` belong to AWS; choose another ending",
        ),
    ]);
    for name in [
        "sthree-x",
        "amzn-s3-demo-x",
        "x--ol-s3",
        "x.mrap",
        "x--x-s3",
        "x--table-s3",
    ] {
        assert!(
            BucketName::parse(name)
                .unwrap_err()
                .to_string()
                .contains("belong to AWS"),
            "{name}"
        );
    }
}

#[test]
fn tags() {
    let (k128, k129) = ("k".repeat(128), "k".repeat(129));
    let (v256, v257) = ("v".repeat(256), "v".repeat(257));
    accepts::<TagKey>(&[
        "cost centre",
        "evenkeel:environment",
        "größe",
        "a_.:/=+-@",
        "xaws:",
        &k128,
    ]);
    accepts::<TagValue>(&["", "a b", &v256]);
    refuses::<TagKey>(&[
        (
            "",
            "a tag key can't be empty; it takes letters, digits, spaces and `_.:/=+-@`",
        ),
        (
            "aws:x",
            "`aws:x`: tag keys that begin with `aws:` belong to AWS; choose another prefix",
        ),
        (
            "AWS:x",
            "`AWS:x`: tag keys that begin with `aws:` belong to AWS; choose another prefix",
        ),
        (
            "a#b",
            "`a#b`: `#` is not allowed in a tag key, which takes letters, digits, spaces and `_.:/=+-@`",
        ),
        (
            "a\tb",
            "`a\\tb`: `\\t` is not allowed in a tag key, which takes letters, digits, spaces and `_.:/=+-@`",
        ),
    ]);
    assert!(TagKey::parse(&k129).is_err() && TagValue::parse(&v257).is_err() && TagValue::parse("a*").is_err());
}

#[test]
fn tags_that_differ_by_case() {
    let one = TagValue::parse("1").unwrap();
    let tags: Tags = ["Team", "cost", "team"].map(|key| (of(key), one.clone())).into();
    let (first, second) = clash_without_case(&tags).unwrap();
    assert_eq!((first.as_str(), second.as_str()), ("Team", "team"));
    let tags: Tags = ["Team", "cost"].map(|key| (of(key), one.clone())).into();
    assert_eq!(clash_without_case(&tags), None);
}

#[test]
fn function_words() {
    let (f64, s100) = ("f".repeat(64), "s".repeat(100));
    accepts::<FunctionName>(&["Progress-Monitor_2", &f64]);
    accepts::<StatementId>(&["allow-s3", "evenkeel-default-Rule", &s100]);
    accepts::<Handler>(&["lambda_progress_monitor.handler", "example.Handler::run", "bootstrap"]);
    accepts::<LogGroupName>(&["/aws/lambda/x", "a#b"]);
    let word = "letters a-z and A-Z, digits, `-` and `_`";
    refuses::<FunctionName>(&[
        ("", &format!("a function name can't be empty; it takes {word}")),
        (
            "a.b",
            &format!("`a.b`: `.` is not allowed in a function name, which takes {word}"),
        ),
    ]);
    refuses::<StatementId>(&[(
        "a.b",
        &format!("`a.b`: `.` is not allowed in a statement id, which takes {word}"),
    )]);
    refuses::<Handler>(&[(
        "a b",
        "`a b`: a space is not allowed in a handler, which takes text without white space, such as `module.function`",
    )]);
    assert!(FunctionName::parse(&"f".repeat(65)).is_err() && StatementId::parse(&"s".repeat(101)).is_err());
    assert!(Handler::parse(&"h".repeat(129)).is_err());
    assert_eq!(LogGroupName::of_function(&of("f")).as_str(), "/aws/lambda/f");
}

#[test]
fn environment_names() {
    accepts::<EnvironmentName>(&["BUCKET", "a1", "AWS_LAMBDA_EXEC_WRAPPER", "TZ", "MY_AWS_REGION"]);
    refuses::<EnvironmentName>(&[
        (
            "AWS_REGION",
            "`AWS_REGION`: Lambda sets this variable itself; choose another name",
        ),
        (
            "_HANDLER",
            "`_HANDLER`: Lambda sets this variable itself; choose another name",
        ),
        ("_X", "`_X`: the name of an environment variable begins with a letter"),
        ("1X", "`1X`: the name of an environment variable begins with a letter"),
        (
            "A",
            "`A`: the name of an environment variable has at least 2 characters, this has 1",
        ),
        (
            "A-B",
            "`A-B`: `-` is not allowed in the name of an environment variable, which takes letters a-z and A-Z, digits and `_`",
        ),
    ]);
}

#[test]
fn sizes() {
    assert_eq!(Memory::parse("128").unwrap().mib(), 128);
    assert_eq!(Memory::parse("10240").unwrap().doubt(), None);
    assert_eq!(
        Memory::parse("10241").unwrap().doubt().unwrap(),
        "`10241`: memory above 10240 MiB is refused unless AWS has raised the account's limit"
    );
    let wrong = |text: &str| Memory::parse(text).unwrap_err().to_string();
    assert_eq!(wrong("127"), "`127`: memory lies between 128 and 32768 MiB");
    assert_eq!(wrong("32769"), "`32769`: memory lies between 128 and 32768 MiB");
    assert_eq!(
        wrong("99999999999"),
        "`99999999999`: memory lies between 128 and 32768 MiB"
    );
    assert_eq!(
        wrong("256 MB"),
        "`256 MB`: memory is a whole number of MiB without a unit: `256`"
    );
    assert_eq!(
        wrong("2GB"),
        "`2GB`: memory is a whole number of MiB without a unit: `2048`"
    );
    assert_eq!(wrong("1.5"), "`1.5`: memory is a whole number of MiB without a unit");
    assert_eq!(wrong("MB"), "`MB`: memory is a whole number of MiB without a unit");
    assert!(EphemeralStorage::parse("512").is_ok() && EphemeralStorage::parse("10240").is_ok());
    let wrong = |text: &str| EphemeralStorage::parse(text).unwrap_err().to_string();
    assert_eq!(wrong("511"), "`511`: ephemeral storage lies between 512 and 10240 MiB");
    assert_eq!(
        wrong("10241"),
        "`10241`: ephemeral storage lies between 512 and 10240 MiB"
    );
    assert_eq!(serde_json::to_string(&Memory::of_mib(256).unwrap()).unwrap(), "256");
    assert!(serde_json::from_str::<Memory>("64").is_err());
}

#[test]
fn lengths_of_time() {
    for (text, seconds, shown) in [
        ("30s", 30, "30s"),
        ("15m", 900, "15m"),
        ("900s", 900, "15m"),
        ("1h", 3600, "1h"),
        ("60m", 3600, "1h"),
        ("1h30m", 5400, "90m"),
        ("0s", 0, "0s"),
    ] {
        let length = of::<Length>(text);
        assert_eq!((length.seconds(), length.as_str()), (seconds, shown), "{text}");
    }
    assert_eq!(of::<Length>("60s"), of::<Length>("1m"));
    assert!(of::<Length>("90s") < of::<Length>("1h"));
    let takes = "a number and `s`, `m` or `h`, such as `30s`, `15m` or `1h`";
    refuses::<Length>(&[
        ("", &format!("a length of time can't be empty; it takes {takes}")),
        ("30", "`30`: a length of time has a unit: `30s`"),
        ("30 s", &format!("`30 s`: a length of time is {takes}")),
        ("s", &format!("`s`: a length of time is {takes}")),
        ("1d", &format!("`1d`: a length of time is {takes}")),
        ("30m1h", &format!("`30m1h`: a length of time is {takes}")),
        (
            "99999999999999999999s",
            &format!("`99999999999999999999s`: a length of time is {takes}"),
        ),
        (
            "9999999999999999999h",
            &format!("`9999999999999999999h`: a length of time is {takes}"),
        ),
    ]);
    accepts::<Timeout>(&["1s", "15m"]);
    refuses::<Timeout>(&[
        ("0s", "`0s`: a function's timeout lies between `1s` and `15m`"),
        ("901s", "`901s`: a function's timeout lies between `1s` and `15m`"),
        ("3", "`3`: a length of time has a unit: `3s`"),
    ]);
    accepts::<SessionLength>(&["1h", "12h"]);
    refuses::<SessionLength>(&[
        ("59m", "`59m`: a session's greatest length lies between `1h` and `12h`"),
        ("13h", "`13h`: a session's greatest length lies between `1h` and `12h`"),
    ]);
    assert_eq!(Timeout::of_seconds(900).unwrap(), of("15m"));
    assert!(Timeout::of_seconds(901).is_err());
}

#[test]
fn architectures() {
    accepts::<Architecture>(&["x86_64", "arm64"]);
    assert_eq!(Architecture::default().as_str(), "x86_64");
    refuses::<Architecture>(&[
        ("amd64", "`amd64`: AWS calls this architecture: `x86_64`"),
        ("aarch64", "`aarch64`: AWS calls this architecture: `arm64`"),
        (
            "arm46",
            "`arm46`: an architecture is `x86_64` or `arm64`; did you mean `arm64`",
        ),
        ("riscv", "`riscv`: an architecture is `x86_64` or `arm64`"),
    ]);
}

#[test]
fn runtimes_are_classified() {
    let on = date!(2026 - 11 - 22);
    let doubt = |text: &str| of::<Runtime>(text).doubt(on);
    for living in [
        "python3.13",
        "nodejs24.x",
        "java21",
        "provided.al2023",
        "ruby3.4",
        "dotnet10",
    ] {
        assert_eq!(of::<Runtime>(living).status(on), RuntimeStatus::Supported, "{living}");
        assert_eq!(doubt(living), None);
    }
    let table = [
        (
            "python3.9",
            "`python3.9`: deprecated since 2025-12-15, AWS refuses new functions from 2027-02-01; use `python3.14`",
        ),
        (
            "go1.x",
            "`go1.x`: AWS refuses new functions since 2024-02-08, and changes of existing ones from 2027-03-03; use `provided.al2023`",
        ),
        (
            "python2.7",
            "`python2.7`: AWS refuses new functions and changes of existing ones since 2022-05-30; use `python3.14`",
        ),
        (
            "pyton3.13",
            "`pyton3.13` is not a known runtime; did you mean `python3.13`",
        ),
        ("cobol", "`cobol` is not a known runtime"),
    ];
    for (text, message) in table {
        assert_eq!(doubt(text).as_deref(), Some(message));
    }
    refuses::<Runtime>(&[(
        "Python3.13",
        "`Python3.13`: `P` is not allowed in a runtime, which takes an identifier such as `python3.13`",
    )]);
}

#[test]
fn a_runtime_only_ever_ages() {
    let age = |status: RuntimeStatus| match status {
        RuntimeStatus::Supported => 0,
        RuntimeStatus::Deprecated { .. } => 1,
        RuntimeStatus::CreateBlocked { .. } => 2,
        RuntimeStatus::UpdateBlocked { .. } => 3,
        RuntimeStatus::Unknown { .. } => panic!("in the table"),
    };
    for text in ["python3.9", "nodejs4.3", "nodejs20.x", "java25"] {
        let runtime = of::<Runtime>(text);
        let ages: Vec<u8> = (2015..2032)
            .map(|year| age(runtime.status(time::Date::from_calendar_date(year, time::Month::June, 1).unwrap())))
            .collect();
        assert!(
            ages.is_sorted() && ages.first() == Some(&0) && ages.last() == Some(&3),
            "{text} {ages:?}"
        );
    }
}

#[test]
fn layers_and_images() {
    accepts::<LayerVersionArn>(&["arn:aws:lambda:eu-west-1:123456789012:layer:my_layer:7"]);
    let layer = of::<LayerVersionArn>("arn:aws:lambda:eu-west-1:123456789012:layer:l:42");
    assert_eq!((layer.version(), layer.region().unwrap().as_str()), (42, "eu-west-1"));
    refuses::<LayerVersionArn>(&[
        (
            "arn:aws:lambda:eu-west-1:123456789012:layer:l",
            "`arn:aws:lambda:eu-west-1:123456789012:layer:l`: the layer's version is missing: add `:` and its number",
        ),
        (
            "arn:aws:lambda:eu-west-1:123456789012:layer:l:x",
            "`arn:aws:lambda:eu-west-1:123456789012:layer:l:x`: the version of a layer is a number",
        ),
        (
            "arn:aws:s3:::b",
            "`arn:aws:s3:::b`: a layer is named with its version, `arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION`",
        ),
    ]);
    let digest = "0a".repeat(32);
    let image = format!("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app@sha256:{digest}");
    let china = format!("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app@sha256:{digest}");
    let dual = format!("123456789012.dkr-ecr.eu-west-1.on.aws/app@sha256:{digest}");
    accepts::<ImageUri>(&[&image, &china, &dual]);
    assert_eq!(of::<ImageUri>(&image).digest(), digest);
    let tagged = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:latest";
    let message =
        format!("`{tagged}`: name the image by digest, `REPOSITORY@sha256:…`; a tag can move without a trace");
    refuses::<ImageUri>(&[(tagged, &message)]);
    let elsewhere = ImageUri::parse(&format!("docker.io/app@sha256:{digest}"))
        .unwrap_err()
        .to_string();
    assert!(elsewhere.ends_with("private ECR repositories, `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY`"));
    let short = ImageUri::parse("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:ab")
        .unwrap_err()
        .to_string();
    assert!(
        short.ends_with("a digest is `sha256:` and 64 lower-case hexadecimal digits"),
        "{short}"
    );
}

#[test]
fn quotas_tell_warning_from_error() {
    assert_eq!(limits::TARGETS_PER_RULE.standing(5), Standing::Within);
    assert_eq!(limits::TARGETS_PER_RULE.standing(6), Standing::Beyond);
    assert_eq!(limits::POLICIES_PER_USER.standing(11), Standing::BeyondDefault);
    assert_eq!(limits::POLICIES_PER_USER.standing(21), Standing::Beyond);
    assert_eq!(limits::ROLES.standing(1_000_000), Standing::BeyondDefault);
    assert_eq!(u64::from(Memory::of_mib(32_768).unwrap()), 32_768);
}

#[test]
fn nearest_is_near() {
    assert_eq!(nearest("buckt", ["bucket", "role"]), Some("bucket"));
    assert_eq!(nearest("ROLE", ["bucket", "role"]), Some("role"));
    assert_eq!(nearest("zebra", ["bucket", "role"]), None);
    assert_eq!(nearest("", ["bucket"]), None);
}
