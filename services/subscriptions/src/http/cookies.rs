//! The two cookies: session and flash.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};

/// Reads and writes cookies. They belong to this origin alone, scripts do not
/// see them, and other sites' posts do not carry them. Where clients come by
/// https, the prefix makes the browser insist on all of that.
/// Source: RFC 6265bis, section 4.1.3.2.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookies {
    https: bool,
}

/// A cookie that we set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieName {
    /// Holds the session's token.
    Session,
    /// Holds what the next page tells.
    Flash,
}

impl Cookies {
    /// `https`: whether clients come by https.
    pub(crate) fn new(https: bool) -> Self {
        Self { https }
    }

    /// The cookie's value.
    pub(crate) fn get(self, headers: &HeaderMap, cookie: CookieName) -> Option<&str> {
        let name = self.name(cookie);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// A `Set-Cookie` for as long as the browser runs. The value is a token or
    /// a code of ours; one that does not fit into a header clears the cookie.
    pub(crate) fn set(self, cookie: CookieName, value: &str) -> HeaderValue {
        HeaderValue::try_from(self.line(cookie, value, "")).unwrap_or_else(|_| self.clear(cookie))
    }

    /// A `Set-Cookie` that clears the cookie.
    pub(crate) fn clear(self, cookie: CookieName) -> HeaderValue {
        HeaderValue::try_from(self.line(cookie, "", "; Max-Age=0"))
            .unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    fn line(self, cookie: CookieName, value: &str, lifetime: &str) -> String {
        let secure = if self.https { "; Secure" } else { "" };
        let name = self.name(cookie);
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{lifetime}")
    }

    fn name(self, cookie: CookieName) -> &'static str {
        match (cookie, self.https) {
            (CookieName::Session, true) => "__Host-session",
            (CookieName::Session, false) => "session",
            (CookieName::Flash, true) => "__Host-flash",
            (CookieName::Flash, false) => "flash",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_over_https_is_secure_and_has_the_host_prefix() {
        assert_eq!(
            Cookies::new(true).set(CookieName::Session, "T"),
            "__Host-session=T; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            Cookies::new(false).clear(CookieName::Flash),
            "flash=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
    }

    #[test]
    fn the_value_is_found_among_others_and_only_by_the_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("xsession=1; a=b"));
        headers.append(COOKIE, HeaderValue::from_static("flash=f; session=2"));
        let cookies = Cookies::new(false);
        assert_eq!(cookies.get(&headers, CookieName::Session), Some("2"));
        assert_eq!(Cookies::new(true).get(&headers, CookieName::Session), None);
    }
}
