//! A function's code: where it comes from, and by what it is known.
//!
//! Invariant: two codes are equal exactly when Lambda reports one hash for both; where the bytes come from takes no part.
//! Bytes are never serialised.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use crate::archive::{self, Archive, ArchiveError};
use crate::fields::{FieldValue, Shown};
use crate::names::{BucketName, ImageUri};
use crate::shape::{self, Choice, Part, Shape, items, part};
use crate::spec::files::{self, Kind, Trouble};
use crate::spec::finding::Finding;
use crate::spec::lower::Lowering;
use crate::spec::node::{Node, Value};
use crate::spec::table::{self, Table};

use super::values::PackageType;

/// Code, by Lambda's hash of it.
#[derive(Debug, Clone)]
pub struct Code {
    package: PackageType,
    sha256: String,
    source: Source,
}

/// Where code comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A folder, file or zip beside the YAML.
    Archive {
        /// The zip.
        archive: Archive,
        /// How the file names it.
        written: Json,
    },
    /// An object in a bucket of the function's region.
    Object {
        /// Bucket.
        bucket: BucketName,
        /// Key.
        key: String,
        /// Version, for buckets that keep versions.
        version: Option<String>,
    },
    /// A container image.
    Image(ImageUri),
    /// What Lambda holds; its bytes are not at hand.
    Live,
    /// Something beside the YAML that can't be read where the YAML comes from, a git revision.
    Elsewhere(Json),
}

impl Code {
    fn zip(sha256: impl Into<String>, source: Source) -> Self {
        Self {
            package: PackageType::Zip,
            sha256: sha256.into(),
            source,
        }
    }

    fn image(uri: ImageUri) -> Self {
        Self {
            package: PackageType::Image,
            sha256: uri.digest().to_owned(),
            source: Source::Image(uri),
        }
    }

    /// What Lambda reports; `image` is what the function's image resolves to.
    #[must_use]
    pub fn live(package: PackageType, sha256: &str, image: Option<ImageUri>) -> Self {
        Self {
            package,
            sha256: sha256.to_owned(),
            source: image.map_or(Source::Live, Source::Image),
        }
    }

    /// Zip or image.
    #[must_use]
    pub fn package(&self) -> PackageType {
        self.package
    }

    /// `CodeSha256`: base64 for zips, hexadecimal digits for images.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Where it comes from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The hash in hexadecimal digits, for the names of files; base64 has slashes.
    #[must_use]
    pub fn hex(&self) -> String {
        let decoded = STANDARD.decode(&self.sha256);
        match (self.package, decoded) {
            (PackageType::Zip, Ok(bytes)) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            (PackageType::Zip, Err(_)) | (PackageType::Image, _) => self.sha256.replace(['/', '+'], "_"),
        }
    }

    /// In the form of the file. Live zips are named as the file that a backup of them would be.
    #[must_use]
    pub fn spell(&self, function: &str) -> Json {
        match &self.source {
            Source::Archive { archive: _, written } | Source::Elsewhere(written) => written.clone(),
            Source::Object {
                bucket,
                key,
                version: None,
            } => json!({ "s3": format!("{bucket}/{key}"), "sha256": self.sha256 }),
            Source::Object {
                bucket,
                key,
                version: Some(version),
            } => json!({ "s3": format!("{bucket}/{key}"), "version": version, "sha256": self.sha256 }),
            Source::Image(uri) => json!({ "image": uri }),
            Source::Live => json!({ "zip": format!("{function}-{}.zip", self.hex()) }),
        }
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.package == other.package && self.sha256 == other.sha256
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = match &self.source {
            Source::Object { bucket, key, version } => {
                Some(json!({ "s3": format!("{bucket}/{key}"), "version": version }))
            }
            Source::Image(uri) => Some(json!({ "image": uri })),
            Source::Archive { .. } | Source::Live | Source::Elsewhere(_) => None,
        };
        let mut entries = vec![("sha256", json!(self.sha256))];
        entries.extend(place.map(|place| ("from", place)));
        serializer.collect_map(entries)
    }
}

impl FieldValue for Code {
    fn show(&self) -> Option<Shown> {
        let short: String = self.hex().chars().take(12).collect();
        Some(Shown::Text(match &self.source {
            Source::Archive { archive, written: _ } => {
                format!("zip {short} ({} files, {} bytes)", archive.entries, archive.bytes.len())
            }
            Source::Object { bucket, key, .. } => format!("zip {short} (s3://{bucket}/{key})"),
            Source::Image(uri) => format!("image {uri}"),
            Source::Live => format!("{} {short}", self.package.as_str().to_lowercase()),
            Source::Elsewhere(_) => "not known".to_owned(),
        }))
    }
}

/// What lowering made of `code:`.
pub(super) struct LoweredCode {
    pub(super) code: Code,
    /// Why its hash isn't known, where it isn't.
    pub(super) unknown: Option<String>,
    /// What is kept as it is.
    pub(super) kept: &'static [&'static str],
}

const PARTS: [Part; 8] = [
    part(
        "path",
        shape::FILE,
        "A folder or file, packed so that the same files give the same bytes everywhere.",
    ),
    part("zip", shape::FILE, "A zip, used as it is."),
    part("s3", shape::WRITTEN, "An object as `BUCKET/KEY`; beside it `sha256`."),
    part("version", shape::WRITTEN, "The object's version."),
    part(
        "sha256",
        shape::WRITTEN,
        "The hash of the object, in base64 or hexadecimal.",
    ),
    part("image", shape::WRITTEN, "An image by digest."),
    part("live", Shape::True, "Whatever the function runs already."),
    part(
        "exclude",
        Shape::Texts(&items("patterns", shape::TEXT)),
        "Patterns of files of the folder that are left out.",
    ),
];

const KEYS: &[&str] = &shape::names(&PARTS);

pub(super) const SHAPE: Shape = Shape::Called(
    "path, { path, exclude }, { zip }, { s3, version, sha256 }, { image } or { live: true }",
    &Shape::AnyOf(&[
        shape::FILE,
        shape::table(&PARTS, &[Choice::One(&["path", "zip", "s3", "image", "live"])]),
    ]),
);

/// A path alone, or a mapping with one of `path`, `zip`, `s3`, `image` and `live`; a function whose code is kept is
/// known by `otherwise` to be a zip or an image.
pub(super) fn lower(node: &Node, otherwise: PackageType, cx: &mut Lowering<'_>) -> Option<LoweredCode> {
    if let Value::Map(_) = node.value {
        return lower_map(node, otherwise, cx);
    }
    let written = table::written_text(node, "code", &mut cx.reading())?;
    pack(node, None, json!(written), cx)
}

fn lower_map(node: &Node, otherwise: PackageType, cx: &mut Lowering<'_>) -> Option<LoweredCode> {
    let mut table = Table::new(node, "code", KEYS, &mut cx.reading())?;
    let exclude = table.take("exclude");
    let forms = ["path", "zip", "s3", "image", "live"];
    let mut given: Vec<_> = forms
        .iter()
        .filter_map(|form| Some((*form, table.take(form)?)))
        .collect();
    if given.len() != 1 {
        let message = "`code` takes exactly one of `path`, `zip`, `s3`, `image` and `live`";
        cx.report(Finding::error("E0432", node.span, message).label("write one of them"));
        return None;
    }
    let (form, place) = given.pop()?;
    let (version, sha256) = (table.take("version"), table.take("sha256"));
    if form != "s3" {
        for extra in [version, sha256].into_iter().flatten() {
            let message = format!("`version` and `sha256` belong to `s3`, not to `{form}`");
            cx.report(Finding::error("E0432", extra.span, message).label("leave it out"));
        }
    }
    match form {
        "image" => {
            let uri = cx.parse(place, "image", ImageUri::parse)?;
            Some(LoweredCode {
                code: Code::image(uri),
                unknown: None,
                kept: &[],
            })
        }
        "s3" => object(place, version, sha256, cx),
        "zip" => zip(place, cx),
        "live" => live(place, otherwise, cx),
        _ => {
            let written = table::written_text(place, "path", &mut cx.reading())?;
            pack(place, exclude, json!({ "path": written }), cx)
        }
    }
}

/// An object is known by its hash alone: AWS never tells from which object code came, so without `sha256` nobody could
/// say whether the function runs it.
fn object(place: &Node, version: Option<&Node>, sha256: Option<&Node>, cx: &mut Lowering<'_>) -> Option<LoweredCode> {
    let text = table::written_text(place, "s3", &mut cx.reading())?;
    let text = text.strip_prefix("s3://").unwrap_or(text);
    let version = match version {
        None => None,
        Some(node) => Some(table::written_text(node, "version", &mut cx.reading())?.to_owned()),
    };
    let Some((bucket, key)) = text.split_once('/').filter(|(_, key)| !key.is_empty()) else {
        let message = format!("`{text}` is no object");
        cx.report(Finding::error("E0411", place.span, message).label("write `BUCKET/KEY`"));
        return None;
    };
    let bucket_node = Node {
        span: place.span,
        value: Value::Text(bucket.to_owned()),
    };
    let bucket = cx.parse(&bucket_node, "bucket", BucketName::parse)?;
    let Some(sha256) = sha256 else {
        let message = "code in a bucket needs its `sha256`, because AWS does not tell which object a function runs";
        let help = "aws s3api get-object --bucket BUCKET --key KEY /tmp/code.zip && openssl dgst -sha256 -binary /tmp/code.zip | base64";
        let finding = Finding::error("E0304", place.span, message).label("add `sha256: …`, in base64 or hexadecimal");
        cx.report(finding.help(help));
        return None;
    };
    let source = Source::Object {
        bucket,
        key: key.to_owned(),
        version,
    };
    Some(LoweredCode {
        code: Code::zip(hash(sha256, cx)?, source),
        unknown: None,
        kept: &[],
    })
}

/// Base64 as Lambda writes it, or the hexadecimal digits that `sha256sum` prints.
fn hash(node: &Node, cx: &mut Lowering<'_>) -> Option<String> {
    let text = table::written_text(node, "sha256", &mut cx.reading())?;
    let pairs = || {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
    };
    let bytes: Option<Vec<u8>> = if text.len() == 64 {
        pairs().collect()
    } else {
        STANDARD.decode(text).ok()
    };
    match bytes.filter(|bytes| bytes.len() == 32) {
        Some(bytes) => Some(STANDARD.encode(bytes)),
        None => {
            let message = format!("`{text}` is no SHA-256");
            let label = "it has 64 hexadecimal digits, or 44 characters in base64";
            cx.report(Finding::error("E0411", node.span, message).label(label));
            None
        }
    }
}

/// What the function runs already, whatever it is.
fn live(node: &Node, package: PackageType, cx: &mut Lowering<'_>) -> Option<LoweredCode> {
    if table::boolean(node, "live", &mut cx.reading())? {
        return Some(LoweredCode {
            code: Code::live(package, "", None),
            unknown: None,
            kept: &["code", "package_type"],
        });
    }
    let finding = Finding::error("E0402", node.span, "`live` can only be `true`");
    cx.report(finding.label("name the code instead"));
    None
}

/// A zip that somebody else has made, taken as it is.
fn zip(node: &Node, cx: &mut Lowering<'_>) -> Option<LoweredCode> {
    let written = table::written_text(node, "zip", &mut cx.reading())?;
    let path = beside(node, written, cx);
    let written = json!({ "zip": written });
    let Spot::At(path) = path? else {
        return Some(elsewhere(written));
    };
    let Some(local) = cx.files.local(&path) else {
        return Some(elsewhere(written));
    };
    match archive::from_zip(&local) {
        Ok(archive) => Some(packed(archive, written)),
        Err(error) => {
            report(node, None, &error, cx);
            None
        }
    }
}

/// A folder, or a single file, as a reproducible zip.
fn pack(node: &Node, exclude: Option<&Node>, written: Json, cx: &mut Lowering<'_>) -> Option<LoweredCode> {
    let path = beside(node, node.text()?, cx)?;
    let patterns = match exclude {
        None => Vec::new(),
        Some(node) => table::texts(node, "exclude", &mut cx.reading())?,
    };
    let texts: Vec<String> = patterns.iter().map(|(text, _)| (*text).to_owned()).collect();
    let written = with_patterns(written, &texts);
    let Spot::At(path) = path else {
        return Some(elsewhere(written));
    };
    let Some(local) = cx.files.local(&path) else {
        return Some(elsewhere(written));
    };
    if path.ends_with(".zip") && cx.files.kind(&path) == Ok(Kind::File) {
        let message = format!("`{path}` is a zip and would be packed into another one");
        let label = format!("write `{{ zip: {} }}` to use it as it is", node.text().unwrap_or(&path));
        cx.report(Finding::warning("E0431", node.span, message).label(label));
    }
    match archive::pack(&local, &texts) {
        Ok(archive) => Some(packed(archive, written)),
        Err(error) => {
            report(node, exclude, &error, cx);
            None
        }
    }
}

/// Patterns stand beside the path in a mapping.
fn with_patterns(written: Json, patterns: &[String]) -> Json {
    match written {
        Json::String(path) if !patterns.is_empty() => json!({ "path": path, "exclude": patterns }),
        Json::Object(mut entries) if !patterns.is_empty() => {
            entries.insert("exclude".into(), json!(patterns));
            Json::Object(entries)
        }
        other => other,
    }
}

fn packed(archive: Archive, written: Json) -> LoweredCode {
    let code = Code::zip(archive.sha256_base64.clone(), Source::Archive { archive, written });
    LoweredCode {
        code,
        unknown: None,
        kept: &[],
    }
}

fn elsewhere(written: Json) -> LoweredCode {
    LoweredCode {
        code: Code::zip("", Source::Elsewhere(written)),
        unknown: Some("what it was packed from is not at hand".into()),
        kept: &[],
    }
}

/// Where code lies.
enum Spot {
    At(String),
    /// These files can't tell, such as a git revision that lacks what was built.
    Untold,
}

fn beside(node: &Node, written: &str, cx: &mut Lowering<'_>) -> Option<Spot> {
    let yaml = cx.sources.get(node.span.file).name.clone();
    let found: Result<String, Trouble> = files::beside(cx.files, &yaml, written);
    if !cx.files.holds_all() && matches!(found, Err(Trouble::Missing { .. })) {
        return Some(Spot::Untold);
    }
    found
        .map(Spot::At)
        .map_err(|trouble| {
            let mut finding = trouble.finding();
            finding.span = Some(node.span);
            cx.report(finding);
        })
        .ok()
}

fn report(node: &Node, exclude: Option<&Node>, error: &ArchiveError, cx: &mut Lowering<'_>) {
    match error {
        ArchiveError::BadPatterns(patterns) => {
            for bad in patterns {
                let items = exclude.map(Node::items).unwrap_or_default();
                let place = items.get(bad.index).or(exclude).unwrap_or(node);
                cx.report(Finding::error("E0431", place.span, bad.to_string()));
            }
        }
        ArchiveError::Defects(defects) => {
            for defect in defects {
                cx.report(Finding::error("E0431", node.span, defect.to_string()));
            }
        }
        ArchiveError::Unreadable { .. }
        | ArchiveError::Empty { .. }
        | ArchiveError::TooLargeUnzipped { .. }
        | ArchiveError::TooLargeZipped { .. }
        | ArchiveError::TooManyFiles { .. }
        | ArchiveError::NotAZip { .. } => cx.report(Finding::error("E0431", node.span, error.to_string())),
    }
}
