//! Pages of lists with opaque tokens.
//!
//! Invariant: walking the tokens shows each item once, even when items that were shown are deleted on the way. A token holds
//! the key of the last item of its page, which callers can't see.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A token that no page has given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is not one that a page gave out")]
pub struct BadToken;

/// One page, and the token of the next if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What the page shows.
    pub items: Vec<T>,
    /// Where the next one begins.
    pub next: Option<String>,
}

/// Cuts the page of at most `size` items that `token` names; without one, the first. Items come with their keys, in the
/// keys' order.
///
/// # Errors
/// When the token is none of ours.
pub fn cut<K: AsRef<str>, T>(
    all: impl IntoIterator<Item = (K, T)>,
    token: Option<&str>,
    size: usize,
) -> Result<Page<T>, BadToken> {
    let after = token.map(decode).transpose()?;
    let is_shown = |(key, _): &(K, T)| after.as_ref().is_some_and(|after| key.as_ref() <= after.as_str());
    let mut rest = all.into_iter().skip_while(is_shown);
    let (keys, items): (Vec<K>, Vec<T>) = rest.by_ref().take(size).unzip();
    let next = rest.next().and(keys.last()).map(|key| encode(key.as_ref()));
    Ok(Page { items, next })
}

fn encode(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("after {key}"))
}

fn decode(token: &str) -> Result<String, BadToken> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| BadToken)?;
    let text = String::from_utf8(bytes).map_err(|_| BadToken)?;
    text.strip_prefix("after ").map(String::from).ok_or(BadToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(range: std::ops::Range<u32>) -> impl Iterator<Item = (String, u32)> {
        range.map(|number| (format!("{number:02}"), number))
    }

    #[test]
    fn tokens_lead_through_the_list_once() {
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let page = cut(items(0..7), token.as_deref(), 3).unwrap();
            seen.extend(page.items);
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..7).collect::<Vec<_>>());
        assert_eq!(cut(items(0..6), None, 6).unwrap().next, None);
        assert_eq!(cut(items(0..6), Some("nonsense"), 6), Err(BadToken));
    }

    #[test]
    fn a_list_that_shrinks_loses_nothing() {
        let first = cut(items(0..6), None, 3).unwrap();
        let second = cut(items(3..6), first.next.as_deref(), 3).unwrap();
        assert_eq!(second.items, [3, 4, 5]);
    }
}
