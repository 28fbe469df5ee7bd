//! The workers: the loop around the decisions, with its mistakes.

use super::*;

impl World {
    pub(super) fn invoke(&mut self) -> Verdict {
        let free = self.workers.iter().position(Option::is_none);
        let (Some(slot), true) = (free, self.starts + self.again > 0) else {
            return Ok(());
        };
        if self.again > 0 {
            self.again -= 1;
        } else {
            self.starts -= 1;
        }
        self.invocations += u64::from(!self.has(Bug::WorkerIdUsedAgain) || self.invocations == 0);
        let mut running = Running {
            worker: Worker::new(worker(self.invocations)),
            fold: Fold::default(),
            ahead: Ahead::default(),
            calling: None,
            waits_until: None,
        };
        self.read(&mut running)?;
        self.workers[slot] = Some(running);
        Ok(())
    }

    /// Folds the rows that `running` has not read.
    pub(super) fn read(&self, running: &mut Running) -> Verdict {
        while let Some(row) = self.log.get(running.fold.next() as usize) {
            let number = running.fold.next();
            let mut row = row.clone();
            if let (true, Body::Control(control)) = (self.has(Bug::PauseNotRead), &mut row.body) {
                control.action = Action::Resume;
            }
            running
                .fold
                .apply(number, &row)
                .map_err(|error| error.to_string())?;
            let ours = row.body.author().map(|author| author.worker) == Some(running.worker.id());
            if !(ours && self.has(Bug::LostAnswerTakenForCollision)) {
                running.worker.observe(number, &row);
            }
        }
        running.ahead.forget(&running.fold);
        Ok(())
    }

    pub(super) fn work(&mut self) -> Verdict {
        let slot = self.below(2) as usize;
        let Some(mut running) = self.workers[slot].take() else {
            return Ok(());
        };
        if running.waits_until.is_some_and(|until| until > self.now) {
            self.workers[slot] = Some(running);
            return Ok(());
        }
        if running.waits_until.take().is_some() {
            self.read(&mut running)?;
        }
        if let Some((claim, ids)) = running.calling.take() {
            self.call(&mut running, claim, &ids)?;
        } else {
            match self.step(&mut running)? {
                None => {}
                Some(End::Again) => {
                    self.again += 1;
                    return Ok(());
                }
                Some(End::Done | End::Paused) => return Ok(()),
            }
        }
        self.workers[slot] = Some(running);
        Ok(())
    }

    pub(super) fn circumstances(&mut self) -> Circumstances {
        Circumstances {
            now: self.now,
            row_id: Uuid::from_u64_pair(7, self.below(u64::MAX)),
            size: BatchSize {
                per_call: 2,
                per_second: None,
            },
            lease: LEASE,
            call_limit: CALL_LIMIT,
            must_stop: !self.calm && self.chance(12),
            owner_is_dead: self.has(Bug::LeaseNotWaitedFor),
        }
    }

    pub(super) fn step(&mut self, running: &mut Running) -> Result<Option<End>, String> {
        let when = self.circumstances();
        match running.fold.decide(&running.worker, &running.ahead, &when) {
            Step::Append(rows) => self.append_of(running, rows)?,
            Step::Call { claim, ids } => running.calling = Some((claim, ids)),
            Step::WaitUntil(until) => running.waits_until = Some(until),
            Step::ReadPage { after } => {
                let beyond = self.items.keys().filter(|id| Some(**id) > after);
                let page: Vec<Uuid> = beyond.copied().take(PAGE).collect();
                let meant: Vec<Uuid> = page
                    .iter()
                    .copied()
                    .filter(|id| self.is_recipient(*id))
                    .collect();
                let last = page.last().copied();
                running.ahead.extend(&meant, last, page.len() < PAGE);
            }
            Step::LookUp(ids) => {
                for id in ids {
                    let is_recipient = self.is_recipient(id) || self.skips_look_up();
                    let gone = (!is_recipient).then_some(Removal::Unsubscribed);
                    running.ahead.looked_up(id, gone);
                }
            }
            Step::End(end) => return Ok(Some(end)),
        }
        Ok(None)
    }

    pub(super) fn skips_look_up(&self) -> bool {
        self.has(Bug::ResendAsIfNeverAged)
    }

    pub(super) fn append_of(&mut self, running: &mut Running, mut rows: Vec<Row>) -> Verdict {
        for row in &mut rows {
            self.spoil(running, row);
        }
        if let (true, Body::Claim(claim)) = (self.has(Bug::CallBeforeClaim), &rows[0].body) {
            let number = running.fold.next();
            let ids = claim.ids.clone();
            self.mails.extend(ids.iter().map(|id| (*id, number)));
            self.judge_mails()?;
        }
        let expected = running.fold.next();
        let is_free = expected == self.log.len() as u64;
        if !is_free && !self.has(Bug::AppendWithoutCondition) {
            return self.read(running);
        }
        if rows.len() == 1 && self.fault(self.faults.delayed_append, 10) {
            self.delayed.push((expected, rows.remove(0)));
            running.waits_until = Some(self.now);
            return Ok(());
        }
        let pauses = rows.iter().any(|row| matches!(row.body, Body::Control(_)));
        let was_done = self.truth.is_done();
        let last = rows[rows.len() - 1].body.clone();
        self.append(rows)?;
        self.self_paused |= pauses;
        if needs_start(was_done, &self.truth, &last) {
            self.starts += 1;
        }
        if self.fault(self.faults.lost_answer, 6) {
            running.waits_until = Some(self.now);
            return Ok(());
        }
        if self.has(Bug::LostAnswerTakenForCollision) {
            // Its answer came: it knows the row.
            let number = running.fold.next();
            let row = self.log[number as usize].clone();
            running.worker.observe(number, &row);
        }
        self.read(running)
    }

    /// Plants the mistakes that are in what a worker appends.
    pub(super) fn spoil(&self, running: &Running, row: &mut Row) {
        match (self.bug, &mut row.body) {
            (Some(Bug::CursorMovedAtFetch), Body::Claim(claim)) if claim.cursor.is_some() => {
                let beyond = self
                    .items
                    .keys()
                    .filter(|id| Some(**id) > running.fold.cursor());
                claim.cursor = beyond.copied().take(PAGE).last().max(claim.cursor);
            }
            (Some(Bug::TakeoverAsUnsent), Body::Takeover(takeover)) => {
                let open = running.fold.open().map_or(0, |open| open.ids.len());
                let known = vec![Some((Fate::Released, "left over".to_owned())); open];
                row.body = Body::Settle(Settle {
                    author: takeover.author,
                    settles: Settlement::new(takeover.claim, &known),
                });
            }
            _ => {}
        }
    }
}
