//! From what a mail side says to what the log says.

use super::{
    fold::Fold,
    settlement::{Fate, Known},
    worker::Called,
};
use crate::domain::backoff;

/// What the mail side says of one mail of a call. A reason is short, fit for
/// admins and logs: never an address, never the peer's own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MailResult {
    Accepted,
    /// Known unsent, for a cause of this recipient's; worth trying again.
    Unsent(String),
    /// Known unsent, and nobody says whether the recipient is at fault or the
    /// issue; worth trying again.
    Unexplained(String),
    /// Known unsent, whoever the recipient: no connection, throttled.
    Unavailable(String),
    /// Known unsent, and the account's or the set-up's fault: daily quota,
    /// sending paused, identity not verified, configuration set missing.
    AccountFault(String),
    /// Known unsent, for good: rejected, invalid, SMTP 5xx.
    Refused(String),
    /// Nobody knows: time-out, reset after sending, 5xx of the API.
    Unclear(String),
}

/// After so many attempts that nobody explains, the issue is taken to be at fault
/// and pauses: of one recipient here, by the log, or in a row over all that this
/// process mails. They are fewer than a recipient is tried for, so that it is
/// found out before anybody fails for it.
pub(crate) const MAX_UNEXPLAINED: u32 = 5;
const _: () = assert!(MAX_UNEXPLAINED < backoff::MAX_ATTEMPTS);

/// Why all are held whose number is not that of the results.
const MISCOUNTED: &str = "the mail side's results did not match the mails";

impl Called {
    /// Classes the `results` of the call for the claim that is open in `fold`,
    /// one for each of its ids in their order.
    pub(crate) fn new(fold: &Fold, results: Vec<MailResult>) -> Self {
        // Nothing is folded between a call and this.
        let upon = fold.controls().version();
        let attempts = fold.open().map_or(&[][..], |open| &open.attempts);
        if results.len() != attempts.len() {
            return Self {
                known: vec![unclear(MISCOUNTED.to_owned()); attempts.len()],
                pause: None,
                upon,
            };
        }
        let pause = results.iter().zip(attempts).find_map(|(result, attempts)| {
            let tried = u32::from(*attempts) + 1;
            match result {
                MailResult::AccountFault(reason) => Some(reason.clone()),
                MailResult::Unexplained(reason) if tried.is_multiple_of(MAX_UNEXPLAINED) => {
                    Some(reason.clone())
                }
                _ => None,
            }
        });
        let each = results.into_iter().zip(attempts);
        let known = each
            .map(|(result, attempts)| known(result, *attempts))
            .collect();
        Self { known, pause, upon }
    }

    /// The same, and the issue is to pause for `reason`, unless it is for another.
    pub(crate) fn pausing(mut self, reason: &str) -> Self {
        self.pause.get_or_insert_with(|| reason.to_owned());
        self
    }
}

fn known(result: MailResult, attempts: u8) -> Known {
    let is_last = u32::from(attempts) + 1 >= backoff::MAX_ATTEMPTS;
    Some(match result {
        MailResult::Accepted => return None,
        MailResult::Unsent(reason) | MailResult::Unexplained(reason) if is_last => {
            (Fate::Failed, reason)
        }
        MailResult::Unsent(reason) | MailResult::Unexplained(reason) => (Fate::Unsent, reason),
        MailResult::Unavailable(reason) | MailResult::AccountFault(reason) => {
            (Fate::Unavailable, reason)
        }
        MailResult::Refused(reason) => (Fate::Failed, reason),
        MailResult::Unclear(reason) => return unclear(reason),
    })
}

fn unclear(reason: String) -> Known {
    Some((Fate::Unclear, reason))
}
