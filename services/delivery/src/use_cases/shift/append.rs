//! What a worker writes into the log.

use std::time::Duration;

use dynamo::{CommitError, Transaction};

use super::Shift;
use crate::{
    domain::shard::Shard,
    shard_log::{Action, Author, Body, Control, Done, Row, needs_start},
    store::{
        runs,
        shard_log::{self, ShardLog},
    },
    use_cases::{
        log::{append_at_end, tell},
        start::start,
        tell_pause::tell_pause,
    },
    workflow::{Cause, StepError},
};

/// How often in a row the store may not answer to a worker who has nothing to
/// write down. One who has goes on until the claim's lease is over, when its
/// results are lost: the claim is held.
const MAX_FAILURES: u32 = 6;
/// The wait before the second attempt; it doubles with each further one.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
/// The longest wait.
const MAX_BACKOFF: Duration = Duration::from_secs(3);

/// How many of another shard's newest rows are looked at for a pause.
const NEWEST: u16 = 10;

impl Shift<'_> {
    /// Appends `rows`, unless others came before, which are read then. An answer
    /// that got lost is read back: the rows may be there.
    pub(super) async fn append(&mut self, rows: Vec<Row>) -> Result<(), StepError> {
        let number = self.fold.next();
        let [first, ..] = &*rows else {
            return Ok(());
        };
        self.fold.admits(number, first)?;
        let mut transaction = Transaction::new();
        tell(self.core, &mut transaction, &self.log, &self.fold, first)?;
        let run = if self.makes_work(first)? {
            let cause = Cause::Row {
                shard: self.log.shard.number(),
                number,
            };
            let (table, issue_id) = (&self.core.table, self.log.issue_id);
            Some(runs::queue(table, &mut transaction, issue_id, cause).await?)
        } else {
            None
        };
        let appended = if transaction.is_empty() && rows.len() == 1 {
            self.log.append(number, first).await
        } else {
            for (number, row) in (number..).zip(&rows) {
                self.log.write(&mut transaction, number, row);
            }
            self.core.table.commit(transaction).await
        };
        match appended {
            Ok(()) => {
                self.failures = 0;
                for (number, row) in (number..).zip(&rows) {
                    self.fold.apply(number, row)?;
                    self.worker.observe(number, row);
                }
                self.ahead.forget(&self.fold);
                self.note_takeover(&rows);
                self.note_pause(&rows);
                if let Some(run) = run {
                    let started = start(self.core, &run).await;
                    started.map_err(|error| StepError::Transient(error.to_string()))?;
                }
                Ok(())
            }
            Err(error) if error.failed(shard_log::LABEL) || error.failed(runs::LABEL) => {
                self.read().await
            }
            Err(error @ CommitError::Unavailable(_)) => {
                self.back_off(error.into()).await?;
                self.read().await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether `row` needs a run: it is evidence after the shard's end. Of mails that
    /// did not leave, it makes work where none is; of others, the counts are not
    /// those that were reported at the end, and nobody else would say so.
    fn makes_work(&self, row: &Row) -> Result<bool, StepError> {
        if !matches!(row.body, Body::Evidence(_)) {
            return Ok(false);
        }
        if self.fold.is_done() {
            return Ok(true);
        }
        let mut after = self.fold.clone();
        after.apply(self.fold.next(), row)?;
        Ok(needs_start(false, &after, &row.body))
    }

    pub(super) async fn back_off(&mut self, error: StepError) -> Result<(), StepError> {
        let open = self.fold.open();
        let own = open.filter(|open| open.worker == self.worker.id());
        let is_leased = own.is_some_and(|open| self.core.clock.now() < open.lease_until);
        if self.failures + 1 >= MAX_FAILURES && !is_leased {
            if own.is_some() {
                let (issue_id, shard) = (self.log.issue_id, self.log.shard.number());
                tracing::error!(%issue_id, shard, %error, "a claim is left open");
            }
            return Err(error);
        }
        let doubled = FIRST_BACKOFF.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures += 1;
        tokio::time::sleep(doubled.min(MAX_BACKOFF)).await;
        Ok(())
    }

    /// The shard's end once more, to tell what others' rows did after it.
    pub(super) fn done_again(&self) -> Row {
        let author = Author {
            worker: self.worker.id(),
            row_id: self.core.randomness.uuid(),
        };
        let counts = self.fold.counts();
        Body::Done(Done { author, counts }).at(self.core.clock.now())
    }

    /// Where this shard paused by itself, everybody is to know, and the others are
    /// to pause, too; unless somebody resumed since.
    pub(super) async fn pause_the_others(&self) -> Result<(), StepError> {
        let controls = self.fold.controls();
        let Some(reason) = controls.reason() else {
            return Ok(());
        };
        let (core, issue_id) = (self.core, self.log.issue_id);
        tell_pause(core, issue_id, controls.version(), reason).await?;
        let row = self.control(Action::Pause, Some(reason.to_owned()));
        for shard in Shard::all().filter(|shard| *shard != self.log.shard) {
            let log = ShardLog { shard, ..self.log };
            let tail = log.tail(NEWEST).await?;
            let newest = tail.newest_first.iter().find_map(|row| match &row.body {
                Body::Control(control) => Some(control),
                _ => None,
            });
            if !newest.is_some_and(|newest| pauses(newest, controls.version())) {
                append_at_end(&log, &row).await?;
            }
        }
        Ok(())
    }

    /// Delivery's own pause or resume, upon what admins asked for so far.
    pub(super) fn control(&self, action: Action, reason: Option<String>) -> Row {
        let control = Control {
            event_id: self.core.randomness.uuid(),
            version: None,
            upon: Some(self.fold.controls().version()),
            action,
            reason,
        };
        Body::Control(control).at(self.core.clock.now())
    }

    fn note_pause(&self, rows: &[Row]) {
        for row in rows {
            if let Body::Control(control) = &row.body
                && control.action == Action::Pause
            {
                tracing::error!(
                    issue_id = %self.log.issue_id, shard = self.log.shard.number(),
                    reason = control.reason.as_deref().unwrap_or_default(),
                    "the issue pauses by itself"
                );
            }
        }
    }

    fn note_takeover(&self, rows: &[Row]) {
        if rows.iter().any(|row| matches!(row.body, Body::Takeover(_))) {
            tracing::error!(
                issue_id = %self.log.issue_id, shard = self.log.shard.number(),
                held = self.fold.counts().held,
                "held: its worker ended while mails were being handed over"
            );
        }
    }
}

/// Whether `control` is a pause that counts upon the admins' request `version`:
/// one that got late into the log changed nothing.
fn pauses(control: &Control, version: u64) -> bool {
    let upon = control.version.or(control.upon);
    control.action == Action::Pause && upon.is_some_and(|upon| upon >= version)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_pause_that_is_older_than_a_request_since_pauses_nothing() {
        let pause = |version, upon| Control {
            event_id: Uuid::from_u128(1),
            version,
            upon,
            action: Action::Pause,
            reason: None,
        };
        assert!(!pauses(&pause(Some(1), None), 2), "resumed since");
        assert!(!pauses(&pause(None, Some(1)), 2));
        assert!(pauses(&pause(Some(3), None), 2));
        assert!(pauses(&pause(None, Some(2)), 2));
        let resume = Control {
            action: Action::Resume,
            ..pause(Some(3), None)
        };
        assert!(!pauses(&resume, 2));
    }
}
