//! The links at the top of every page.

use super::Console;

/// Where a page leads.
pub(super) struct Nav<'a> {
    /// Whether the mailbox is here.
    pub(super) mails: bool,
    /// The application, if it is known where that is.
    pub(super) app: Option<&'a str>,
}

impl Console {
    pub(super) fn nav(&self) -> Nav<'_> {
        Nav {
            mails: self.has_mails,
            app: self.public_url.as_ref().map(url::Url::as_str),
        }
    }
}
