//! What a function's code may refer to: versions of layers, images by digest.
//!
//! Invariant: both name bytes that cannot change afterwards, so that a plan says what will run.

use super::account::{AccountId, Region};
use super::arn::Arn;
use super::error::NameError;
use super::text::{TextRule, text_newtype};

text_newtype!(
    /// A version of a layer: `arn:…:lambda:REGION:ACCOUNT:layer:NAME:VERSION`, up to 140 characters.
    LayerVersionArn,
    check_layer
);

impl LayerVersionArn {
    /// The version's number.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.0
            .rsplit(':')
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or_default()
    }

    /// The region that the layer lies in; a function can use layers of its own region only.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        Arn::parse(&self.0).ok()?.region()
    }
}

const LAYER: &str = "a layer is named with its version, `arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION`";

fn check_layer(text: &str) -> Result<(), NameError> {
    let arn = Arn::parse(text)?;
    let refuse = |reason: &str| NameError::refused(text, reason);
    if arn.service() != "lambda" || arn.region().is_none() || arn.account().is_none() {
        return Err(refuse(LAYER));
    }
    let rest = arn.resource().strip_prefix("layer:").ok_or_else(|| refuse(LAYER))?;
    let (name, version) = rest
        .split_once(':')
        .ok_or_else(|| refuse("the layer's version is missing: add `:` and its number"))?;
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) || name.is_empty() {
        return Err(refuse(LAYER));
    }
    if version.is_empty() || !version.bytes().all(|b| b.is_ascii_digit()) || version.parse::<u64>().is_err() {
        return Err(refuse("the version of a layer is a number"));
    }
    length_within(text, "the arn of a layer", 140)
}

text_newtype!(
    /// A container image in a private ECR repository, by digest:
    /// `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY@sha256:…`.
    ImageUri,
    check_image
);

impl ImageUri {
    /// The digest's 64 hexadecimal digits: what Lambda reports as the code's hash for images.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or_default()
    }
}

fn check_image(text: &str) -> Result<(), NameError> {
    let rule = TextRule {
        what: "an image",
        least: 1,
        most: 2048,
        allowed: |c| ('!'..='~').contains(&c),
        takes: "visible ASCII characters",
    };
    rule.check(text)?;
    let by_digest = "name the image by digest, `REPOSITORY@sha256:…`; a tag can move without a trace";
    let (place, digest) = text
        .split_once("@sha256:")
        .ok_or_else(|| NameError::refused(text, by_digest))?;
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if digest.len() != 64 || !digest.chars().all(hex) {
        let reason = "a digest is `sha256:` and 64 lower-case hexadecimal digits";
        return Err(NameError::refused(text, reason));
    }
    if has_ecr_place(place) {
        return Ok(());
    }
    let reason = "Lambda takes images of private ECR repositories, `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY`";
    Err(NameError::refused(text, reason))
}

fn has_ecr_place(place: &str) -> bool {
    let Some((host, repository)) = place.split_once('/') else {
        return false;
    };
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/".contains(c);
    let mut labels = host.splitn(3, '.');
    let account = labels.next().is_some_and(|id| AccountId::parse(id).is_ok());
    let registry = matches!(labels.next(), Some("dkr" | "dkr-ecr" | "dkr-ecr-fips"));
    let rest = labels.next().unwrap_or_default();
    let rest = rest
        .strip_prefix("ecr.")
        .or_else(|| rest.strip_prefix("ecr-fips."))
        .unwrap_or(rest);
    let region = rest
        .split_once('.')
        .is_some_and(|(region, _)| Region::parse(region).is_ok());
    account && registry && region && !repository.is_empty() && repository.chars().all(fits)
}

fn length_within(text: &str, what: &'static str, most: usize) -> Result<(), NameError> {
    let found = text.chars().count();
    if found <= most {
        return Ok(());
    }
    let text = text.to_owned();
    Err(NameError::TooLong {
        text,
        what,
        most,
        found,
    })
}
