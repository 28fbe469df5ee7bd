//! The mails of one claim are handed over.

use std::{
    borrow::Cow, collections::HashMap, convert::Infallible, future::pending, mem, time::Duration,
};

use futures::future::join_all;
use uuid::Uuid;

use super::{
    hand_over::{hand_over, hand_over_all, mail_span, mails_span, problem},
    log::log,
};
use crate::{
    app::Core,
    domain::{recipient::Recipient, shard::Shard},
    mail::{BulkMail, IssueCall, IssueMail, Reader, SendResult, Withdraw, Withdrawal},
    shard_log::{Action, Body, MailResult, Row},
};

/// How often a call that takes long looks for a pause: most end before.
const LOOK: Duration = Duration::from_secs(1);

/// Why somebody is not mailed who was claimed and not read.
const NOT_FOUND: &str = "the recipient was not found";

/// A claim: whose number, of which shard, and whom.
pub(super) struct Claimed<'a> {
    pub(super) shard: u16,
    pub(super) claim: u64,
    pub(super) ids: &'a [Uuid],
}

/// Hands the issue over to each of the claimed, all at the same time; one result
/// for each, in their order. `read` are those who were read. `departure` is waited
/// for before, as long as nothing withdraws the call: whether there is still the
/// time for it then; none if not, and nothing left.
pub(super) async fn call(
    core: &Core,
    issue: &IssueMail,
    claimed: &Claimed<'_>,
    read: &HashMap<Uuid, Recipient>,
    departure: impl Future<Output = bool>,
) -> Option<Vec<SendResult>> {
    let withdrawn = || Some(vec![SendResult::withdrawn(); claimed.ids.len()]);
    if core.stop.is_raised() {
        return withdrawn();
    }
    let readers: Vec<_> = claimed.ids.iter().map(|id| reader(read, *id)).collect();
    let (withdraw, withdrawal) = Withdraw::new();
    let handing_over = async {
        match unless_withdrawn(&withdrawal, departure).await {
            None => return withdrawn(),
            Some(false) => return None,
            Some(true) => {}
        }
        Some(match core.mail.bulk() {
            Some(bulk) => in_bulk(core, bulk, issue, claimed, &withdrawal, &readers).await,
            None => one_by_one(core, issue, claimed, &withdrawal, readers).await,
        })
    };
    tokio::select! {
        biased;
        results = handing_over => results,
        never = withdraw_in_time(core, issue.issue_id(), claimed, &withdraw) => match never {},
    }
}

/// What comes of `work`; none if that is withdrawn before.
async fn unless_withdrawn<T>(withdrawal: &Withdrawal, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = withdrawal.wait() => None,
        done = work => Some(done),
    }
}

/// Withdraws the call when the process is to stop, or the issue is paused or
/// cancelled: what takes long to prepare, or goes out in several requests, is to
/// end with the next mail.
async fn withdraw_in_time(
    core: &Core,
    issue_id: Uuid,
    claimed: &Claimed<'_>,
    withdraw: &Withdraw,
) -> Infallible {
    tokio::select! {
        () = core.stop.wait() => {}
        () = halted(core, issue_id, claimed) => {}
    }
    withdraw.now();
    pending().await
}

/// Waits until a pause or a cancel comes after the claim. What it misses, since
/// the store does not answer, the claim after this one meets.
async fn halted(core: &Core, issue_id: Uuid, claimed: &Claimed<'_>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(shard) = Shard::numbered(claimed.shard) else {
            return;
        };
        let log = log(core, issue_id, shard);
        match log.page(log.rows_from(claimed.claim + 1)).await {
            Ok((rows, _)) if rows.iter().any(|(_, row)| halts(row)) => return,
            Ok(_) => {}
            Err(error) => tracing::debug!(%issue_id, %error, "a pause may be overlooked"),
        }
    }
}

fn halts(row: &Row) -> bool {
    match &row.body {
        Body::Control(control) => control.action != Action::Resume,
        _ => false,
    }
}

fn reader(read: &HashMap<Uuid, Recipient>, id: Uuid) -> Option<Reader<'_>> {
    let contact = read.get(&id).and_then(Recipient::contact)?;
    Some(Reader {
        subscriber_id: id,
        email: &contact.email,
        name: &contact.name,
        unsubscribe_url: &contact.unsubscribe_url,
    })
}

fn not_found() -> SendResult {
    SendResult::Unsent {
        reason: NOT_FOUND.into(),
    }
}

async fn one_by_one(
    core: &Core,
    issue: &IssueMail,
    claimed: &Claimed<'_>,
    withdrawal: &Withdrawal,
    readers: Vec<Option<Reader<'_>>>,
) -> Vec<SendResult> {
    let mails = readers.into_iter().map(async |reader| {
        let Some(reader) = reader else {
            return not_found();
        };
        let (issue_id, id) = (issue.issue_id(), reader.subscriber_id);
        let email = issue.to(&reader, (claimed.shard, claimed.claim), core.clock.now());
        let span = mail_span("issue", Some(issue_id), id);
        let result = hand_over(&*core.mail, &email, withdrawal, &span).await;
        span.in_scope(|| tell(issue_id, id, &result));
        result
    });
    join_all(mails).await
}

async fn in_bulk(
    core: &Core,
    bulk: &dyn BulkMail,
    issue: &IssueMail,
    claimed: &Claimed<'_>,
    withdrawal: &Withdrawal,
    readers: &[Option<Reader<'_>>],
) -> Vec<SendResult> {
    let found: Vec<_> = readers.iter().flatten().copied().collect();
    if found.is_empty() {
        return readers.iter().map(|_| not_found()).collect();
    }
    let call = IssueCall {
        issue,
        readers: &found,
        shard: claimed.shard,
        claim: claimed.claim,
        now: core.clock.now(),
        withdrawal,
    };
    let span = mails_span(&call);
    let results = hand_over_all(bulk, &call, &span).await;
    if results.len() != found.len() {
        // As many as there are not, so that all count as unclear.
        return Vec::new();
    }
    span.in_scope(|| {
        for (reader, result) in found.iter().zip(&results) {
            tell(issue.issue_id(), reader.subscriber_id, result);
        }
    });
    let mut results = results.into_iter();
    let each = readers.iter().map(|reader| match reader {
        Some(_) => results.next().unwrap_or_else(not_found),
        None => not_found(),
    });
    each.collect()
}

/// Says what the mail side did not accept.
fn tell(issue_id: Uuid, subscriber_id: Uuid, result: &SendResult) {
    if let Some((kind, reason)) = problem(result) {
        tracing::warn!(%issue_id, %subscriber_id, reason, kind, "issue mail not accepted");
    }
}

/// Says how many are held, since the mail side's answer is unclear for them, or is
/// none for each.
pub(super) fn tell_held(issue_id: Uuid, claimed: &Claimed<'_>, results: &[SendResult]) {
    let is_unclear = |result: &&SendResult| matches!(result, SendResult::Unclear { .. });
    let held = match results.len() == claimed.ids.len() {
        true => results.iter().filter(is_unclear).count(),
        false => claimed.ids.len(),
    };
    if held > 0 {
        tracing::error!(
            %issue_id, shard = claimed.shard, held,
            "held: the mail side's answer does not say whether these mails left"
        );
    }
}

/// Takes the issue to be at fault for what the mail side rejected without saying
/// whose fault it is.
pub(super) fn blame_issue(results: &mut [SendResult]) {
    for result in results {
        if let SendResult::Unexplained { reason } = result {
            *result = SendResult::AccountFault {
                reason: mem::take(reason),
            };
        }
    }
}

impl From<SendResult> for MailResult {
    fn from(result: SendResult) -> Self {
        let text = Cow::into_owned;
        match result {
            SendResult::Accepted => Self::Accepted,
            SendResult::Unavailable { reason } | SendResult::Throttled { reason } => {
                Self::Unavailable(text(reason))
            }
            SendResult::AccountFault { reason } => Self::AccountFault(text(reason)),
            SendResult::Unsent { reason } => Self::Unsent(text(reason)),
            SendResult::Unexplained { reason } => Self::Unexplained(text(reason)),
            SendResult::Refused { reason } => Self::Refused(text(reason)),
            SendResult::Unclear { reason } => Self::Unclear(text(reason)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_to_depart_does_not_once_that_is_withdrawn() {
        let (withdraw, withdrawal) = Withdraw::new();
        let ready = async { true };
        assert_eq!(unless_withdrawn(&withdrawal, ready).await, Some(true));
        let withdrawing = async { withdraw.now() };
        let waiting = unless_withdrawn(&withdrawal, pending::<bool>());
        assert_eq!(tokio::join!(waiting, withdrawing).0, None);
        let ready = async { true };
        assert_eq!(unless_withdrawn(&withdrawal, ready).await, None);
    }
}
