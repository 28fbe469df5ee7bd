//! What becomes of an open claim: the worker's own, or another's.

use super::{
    super::{
        batch::Batch,
        row::{Action, Body, Control, Evidence, Finding, Settle, Takeover},
        settlement::{Fate, Settlement},
        streak::{MAX_UNAVAILABLE, MAX_UNCLEAR, Streaks, UNCLEAR_IN_A_ROW},
        worker::Own,
    },
    Deciding, End, Step,
};

/// Why an issue paused itself, for the admin.
const UNAVAILABLE_IN_A_ROW: &str = "the mail side has been out of order for long";

impl Deciding<'_> {
    /// Its own claim's results are known. *Whether to stop is read from the
    /// fold, not from having met a pause.*
    pub(super) fn settle(&self, own: &Own) -> Step {
        let settlement = Settlement::new(own.claim, &own.known());
        let pause = self.pause_after(own, &settlement);
        let stops = !self.may_claim()
            || self.when.must_stop
            || pause.is_some()
            || settlement.has(Fate::Unavailable)
            || settlement.has(Fate::Released);
        if !stops {
            match self.batch() {
                Batch::Ready { ids, cursor } => return self.claim(ids, cursor, Some(settlement)),
                Batch::NotBefore(_) | Batch::Nobody => {}
                other => return self.prepare(other),
            }
        }
        let mut rows = vec![Body::Settle(Settle {
            author: self.author,
            settles: settlement,
        })];
        rows.extend(pause.map(Body::Control));
        self.append(rows)
    }

    /// The pause that comes with the settling of `own`. It is upon what the issue
    /// was asked for before the call: who resumed during the call is not overruled
    /// by it, and if the fault lasts, the next call tells.
    fn pause_after(&self, own: &Own, settlement: &Settlement) -> Option<Control> {
        let (fold, called) = (self.fold, own.called.as_ref());
        let after = fold
            .streaks()
            .after(settlement, own.ids.len(), self.when.now);
        let fault = called.and_then(|called| called.pause.clone());
        let reason = fault.or_else(|| reason_to_pause(fold.streaks(), &after).map(str::to_owned));
        let upon = called.map_or(fold.controls().version(), |called| called.upon);
        let pause = self.pause(reason?, upon);
        (self.may_claim() && fold.controls().heeds(&pause)).then_some(pause)
    }

    pub(super) fn take_over(&self, claim: u64) -> Step {
        let author = self.author;
        let mut rows = vec![Body::Takeover(Takeover { author, claim })];
        let streaks = self.fold.streaks();
        let reason = reason_to_pause(streaks, &streaks.after_takeover());
        if let Some(reason) = reason.filter(|_| self.may_claim()) {
            let upon = self.fold.controls().version();
            rows.push(Body::Control(self.pause(reason.to_owned(), upon)));
        }
        self.append(rows)
    }

    /// Somebody took its claim over: it tells what it knows, and is invoked
    /// again.
    pub(super) fn bear_witness(&self, own: &Own) -> Step {
        let known = own.known();
        let told = own.ids.iter().zip(&known);
        let mut rows: Vec<Evidence> = Vec::new();
        for (id, known) in told {
            let finding = match known {
                None => Finding::Accepted,
                Some((Fate::Unclear, _)) => continue,
                Some((Fate::Failed | Fate::Suppressed, reason)) => Finding::Failed {
                    reason: reason.clone(),
                },
                Some((Fate::Unsent | Fate::Unavailable | Fate::Released, _)) => Finding::Unsent,
            };
            match rows.iter_mut().find(|row| row.finding == finding) {
                Some(row) => row.ids.push(*id),
                None => rows.push(Evidence {
                    claim: own.claim,
                    ids: vec![*id],
                    finding,
                }),
            }
        }
        let rows = rows.into_iter().map(Body::Evidence);
        let mut telling = rows
            .map(|body| body.at(self.when.now))
            .filter(|row| !self.fold.effects(row).is_empty());
        match telling.next() {
            Some(row) => Step::Append(vec![row]),
            None => Step::End(End::Again),
        }
    }

    fn pause(&self, reason: String, upon: u64) -> Control {
        Control {
            event_id: self.author.row_id,
            version: None,
            upon: Some(upon),
            action: Action::Pause,
            reason: Some(reason),
        }
    }
}

/// Why the issue is to pause when its streaks have become these.
fn reason_to_pause(before: &Streaks, after: &Streaks) -> Option<&'static str> {
    if after.unclear() >= MAX_UNCLEAR && after.unclear() > before.unclear() {
        Some(UNCLEAR_IN_A_ROW)
    } else if after.unavailable() >= MAX_UNAVAILABLE && after.unavailable() > before.unavailable() {
        Some(UNAVAILABLE_IN_A_ROW)
    } else {
        None
    }
}
