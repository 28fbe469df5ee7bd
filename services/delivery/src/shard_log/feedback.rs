//! What bounces, complaints and deliveries tell of a mail.
//!
//! A mail's tags name its issue, shard and claim. Whether its feedback says
//! anything new is seen in the few rows from that claim to the one that settles
//! it: for most mails there is no need to fold the log.

use uuid::Uuid;

use super::{
    row::{Body, Evidence, Finding, Row},
    settlement::Fate,
};

/// What the mail side tells of a mail that it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feedback {
    /// It is about to be sent on. That comes at once, mostly before the claim is
    /// settled, and what became of the mail follows.
    Sent,
    /// It was delivered, put off, or came back for now: the mail side had it.
    Accepted,
    Bounced,
    Complained,
    /// It was taken and then not sent, for this reason.
    NotSent(&'static str),
}

/// What to do with feedback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The log knows it.
    Nothing,
    /// To be appended, unless the fold says that it has no effect.
    Append(Body),
    /// What became of the claim is in a later row.
    ReadOn,
}

/// What `feedback` on the mail to `id` under claim number `claim` adds to the
/// log, of which `rows` follow one another, from that claim on; `is_end` if the
/// last of them is the log's last.
///
/// Evidence about a claim that was settled meanwhile does no harm: so this may be
/// decided before the fold is there.
pub(crate) fn heed(claim: u64, rows: &[Row], is_end: bool, id: Uuid, feedback: Feedback) -> Heard {
    let Some((first, later)) = rows.split_first() else {
        return if is_end {
            Heard::Nothing
        } else {
            Heard::ReadOn
        };
    };
    let Body::Claim(claimed) = &first.body else {
        return Heard::Nothing;
    };
    let Some(place) = claimed.ids.iter().position(|claimed| *claimed == id) else {
        return Heard::Nothing;
    };
    let finding = match feedback {
        Feedback::Sent | Feedback::Accepted => Finding::Accepted,
        Feedback::Bounced => Finding::Bounced,
        Feedback::Complained => Finding::Complained,
        Feedback::NotSent(reason) => Finding::Failed {
            reason: reason.to_owned(),
        },
    };
    let evidence = Heard::Append(Body::Evidence(Evidence {
        claim,
        ids: vec![id],
        finding,
    }));
    if matches!(feedback, Feedback::Bounced | Feedback::Complained) {
        return evidence;
    }
    match later.iter().find(|row| row.settled_claim() == Some(claim)) {
        Some(row) if is_doubtful(row, place) => evidence,
        Some(_) => Heard::Nothing,
        // While a claim is open, acceptance alone is remembered.
        None if is_end && feedback == Feedback::Accepted => evidence,
        None if is_end => Heard::Nothing,
        None => Heard::ReadOn,
    }
}

/// Whether the row that settled a claim left it open whether the mail at
/// `place` was accepted, or believes that it was not.
fn is_doubtful(row: &Row, place: usize) -> bool {
    let Some(settlement) = row.settlement() else {
        return true;
    };
    settlement.others.iter().any(|other| {
        other.fate != Fate::Failed
            && other.fate != Fate::Suppressed
            && other
                .places
                .iter()
                .any(|found| usize::from(*found) == place)
    })
}
