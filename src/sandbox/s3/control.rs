//! What S3 Control adds for buckets: the account's public access block, and tags by ARN.
//!
//! Its requests are signed for S3 too; they are told by their path.

use http::{Method, StatusCode};

use super::bucket;
use super::settings::Block;
use super::tagging::{self, Tags};
use super::xml::{self, Element};
use super::{chunked, done, fault, gone};
use crate::sandbox::{Call, Fault, Reply, World};

const ROOT: &str = "/v20180820/";
const NAMESPACE: &str = "http://awss3control.amazonaws.com/doc/2018-08-20/";
const BLOCK: &str = "account";

/// Whether a request is one for S3 Control.
pub(super) fn is_asked(call: &Call) -> bool {
    call.path.starts_with(ROOT) && call.header("x-amz-account-id").is_some()
}

pub(super) fn answer(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    if call.header("x-amz-account-id") != Some(world.account.as_str()) {
        return Err(fault::denied("Access Denied"));
    }
    let segments = call.segments();
    match segments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "configuration", "publicAccessBlock"] => account_block(world, call),
        [_, "tags", arn @ ..] => tags(world, call, &arn.join("/")),
        _ => Err(Fault::unknown_operation(call)),
    }
}

fn read(call: &Call, root: &str) -> Result<Element, Fault> {
    let element = xml::parse(&chunked::body(call)?).map_err(|_| fault::malformed_xml())?;
    (element.name == root)
        .then_some(element)
        .ok_or_else(fault::malformed_xml)
}

fn account_block(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    let key = BLOCK.to_owned();
    match call.method {
        Method::GET => {
            let message = "The public access block configuration was not found";
            let absent =
                || fault::absent("NoSuchPublicAccessBlockConfiguration", message).with("AccountId", &world.account);
            let block = world.s3.account_block.get(&key).ok_or_else(absent)?;
            Ok(Reply::xml(block.describe().document_in(NAMESPACE)))
        }
        Method::PUT => {
            let block = Block::read(&read(call, "PublicAccessBlockConfiguration")?)?;
            world.s3.account_block.insert(key, block);
            Ok(Reply::empty(StatusCode::CREATED))
        }
        Method::DELETE => {
            world.s3.account_block.remove(&key);
            Ok(gone())
        }
        _ => Err(Fault::unknown_operation(call)),
    }
}

fn tags(world: &mut World, call: &Call, arn: &str) -> Result<Reply, Fault> {
    let name = arn.strip_prefix("arn:aws:s3:::").filter(|name| !name.contains('/'));
    let name = name.ok_or_else(|| fault::argument("resourceArn", arn, "Invalid resource ARN"))?;
    let old = bucket::find(world, call, name)?.tags.clone();
    let new = match call.method {
        Method::GET => return Ok(Reply::xml(describe(&old).document_in(NAMESPACE))),
        Method::POST => {
            let request = read(call, "TagResourceRequest")?;
            let added = tagging::read(request.child("Tags").ok_or_else(fault::malformed_xml)?)?;
            old.clone().into_iter().chain(added).collect()
        }
        Method::DELETE => {
            let gone: Vec<&str> = call.query.all("tagKeys").collect();
            let is_left = |(key, _): &(&String, &String)| !gone.contains(&key.as_str());
            let left = old.iter().filter(is_left);
            left.map(|(key, value)| (key.clone(), value.clone())).collect()
        }
        _ => return Err(Fault::unknown_operation(call)),
    };
    bucket::find_mut(world, call, name)?.tags = tagging::replaced(&old, new)?;
    Ok(if call.method == Method::DELETE { gone() } else { done() })
}

fn describe(tags: &Tags) -> Element {
    let shown = tags
        .iter()
        .map(|(key, value)| Element::new("Tag").with_leaf("Key", key).with_leaf("Value", value));
    Element::new("ListTagsForResourceResult").with(Element::new("Tags").with_all(shown))
}
