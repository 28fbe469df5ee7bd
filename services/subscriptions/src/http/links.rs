//! Links to this service, as they stand in mails.

use contracts::Personal;
use url::Url;

/// Makes links below the public URL.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    base: Url,
}

impl Links {
    /// `public_url` may have a path, with or without a slash at its end; a
    /// query or fragment is left out.
    pub(crate) fn new(public_url: Url) -> Self {
        let mut base = public_url;
        base.set_query(None);
        base.set_fragment(None);
        Self { base }
    }

    /// The link in a confirmation mail.
    pub(crate) fn confirm(&self, token: &str) -> Personal {
        self.link("/subscriptions/confirm", "subscription_token", token)
    }

    /// The link that unsubscribes.
    pub(crate) fn unsubscribe(&self, token: &str) -> Personal {
        self.link("/subscriptions/unsubscribe", "token", token)
    }

    /// Whether clients come by https.
    pub(crate) fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// The origin of our pages, as a browser writes it into `Origin`.
    pub(crate) fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// The public URL without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    fn link(&self, path: &str, parameter: &str, value: &str) -> Personal {
        let mut link = self.base.clone();
        let prefix = self.base.path().trim_end_matches('/');
        link.set_path(&format!("{prefix}{path}"));
        link.query_pairs_mut().append_pair(parameter, value);
        Personal::new(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(base: &str) -> Links {
        Links::new(Url::parse(base).expect("a URL"))
    }

    #[test]
    fn links_stand_below_the_public_url_with_or_without_a_slash_at_its_end() {
        for (base, start) in [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000/"),
            ("https://example.com/", "https://example.com/"),
            ("https://example.com/news", "https://example.com/news/"),
            (
                "https://example.com/news/?x=1#y",
                "https://example.com/news/",
            ),
        ] {
            assert_eq!(
                links(base).confirm("T-_1").expose(),
                format!("{start}subscriptions/confirm?subscription_token=T-_1")
            );
            assert_eq!(
                links(base).unsubscribe("T-_1").expose(),
                format!("{start}subscriptions/unsubscribe?token=T-_1")
            );
        }
    }

    #[test]
    fn only_https_counts_as_https() {
        assert!(links("https://example.com").is_https());
        assert!(!links("http://example.com").is_https());
    }
}
