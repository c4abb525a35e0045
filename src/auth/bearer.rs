//! Where a request has its credential: the Authorization header, or, for pages, the cookie of a session.

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE as COOKIE_HEADER};

use super::access::Refused;

/// The name of the cookie that the sign-in page sets. Under TLS it is one that only this very host can set, for all of its
/// paths, and that never travels without TLS.
pub(super) const fn session_cookie(is_encrypted: bool) -> &'static str {
    if is_encrypted { "__Host-entente-session" } else { "entente-session" }
}

/// The credential of the Authorization header; `None` where there is no such header.
pub fn bearer_of(headers: &HeaderMap) -> Result<Option<&str>, Refused> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let Some(first) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(Refused::Malformed);
    }
    let (scheme, credential) = first.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Refused::Malformed)?;
    let credential = credential.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || credential.is_empty() {
        return Err(Refused::Malformed);
    }
    Ok(Some(credential))
}

/// The id of a session in the cookie of that name. Only pages take it: a browser sends it by itself, whoever made the page.
pub fn session_of<'a>(headers: &'a HeaderMap, cookie: &str) -> Option<&'a str> {
    let texts = headers.get_all(COOKIE_HEADER).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie).map(|(_, value)| value).filter(|value| !value.is_empty())
}
