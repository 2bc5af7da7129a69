//! Pages of lists with opaque tokens.
//!
//! Invariant: walking the tokens shows each item of an unchanged list once. Tokens are offsets, which callers can't see.

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

/// Cuts the page of at most `size` items that `token` names; without one, the first.
///
/// # Errors
/// When the token is none of ours.
pub fn cut<T>(all: impl IntoIterator<Item = T>, token: Option<&str>, size: usize) -> Result<Page<T>, BadToken> {
    let start = token.map_or(Ok(0), decode)?;
    let mut rest = all.into_iter().skip(start);
    let items: Vec<T> = rest.by_ref().take(size).collect();
    let end = start.saturating_add(items.len());
    let next = rest.next().map(|_| URL_SAFE_NO_PAD.encode(format!("after {end}")));
    Ok(Page { items, next })
}

fn decode(token: &str) -> Result<usize, BadToken> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| BadToken)?;
    let text = String::from_utf8(bytes).map_err(|_| BadToken)?;
    text.strip_prefix("after ")
        .and_then(|at| at.parse().ok())
        .ok_or(BadToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_lead_through_the_list_once() {
        let (mut seen, mut token) = (Vec::new(), None);
        loop {
            let page = cut(0..7, token.as_deref(), 3).unwrap();
            seen.extend(page.items);
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..7).collect::<Vec<_>>());
        assert_eq!(cut(0..6, None, 6).unwrap().next, None);
        assert_eq!(cut(0..6, Some("nonsense"), 6), Err(BadToken));
    }
}
