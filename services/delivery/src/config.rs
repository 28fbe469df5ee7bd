//! What a deployment decides.

use std::time::Duration;

use crate::{domain::rate::SendRate, mail::Sender};

/// The settings of one deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// The name of delivery's own table.
    pub table: String,
    /// The deployment, such as `local` or `production`; it stands in every
    /// event.
    pub stage: String,
    /// Who the mails are from; its domain makes the `List-Id`.
    pub from: Sender,
    /// Whether this process is the only one that works on the table, which its
    /// host must know for certain (it holds a lock on the data). Then a claim
    /// of a process before it is known to be left over at once; otherwise only
    /// when the claim's lease is over.
    pub sole_process: bool,
    /// The least time between two reports on an issue that goes out. The first
    /// and the last one are in time whatever it is.
    pub progress_interval: Duration,
    /// The most mails of issues that leave in a second, whatever the number of
    /// issues; none: what is left of the mail side's own quota, where it names
    /// one, beside a share for confirmation mails.
    pub send_rate: Option<SendRate>,
}
