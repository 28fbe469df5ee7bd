//! Crashes, appends that arrive late, time.

use super::*;

impl World {
    pub(super) fn misfortune(&mut self) -> Verdict {
        if !self.delayed.is_empty() && (self.calm || self.chance(2)) {
            let (number, row) = self.delayed.remove(0);
            if number == self.log.len() as u64 {
                // Its worker may have looked and ended meanwhile: as good as
                // crashed.
                let author = row.body.author().map(|author| author.worker);
                let works = |one: &Running| Some(one.worker.id()) == author;
                self.excuses += usize::from(!self.workers.iter().flatten().any(works));
                self.append(vec![row])?;
            }
            return Ok(());
        }
        if self.fault(self.faults.crash, 3) {
            let slot = self.below(2) as usize;
            if self.workers[slot].take().is_some() {
                self.excuses += 1;
                self.again += 1;
            }
        }
        if !self.calm && self.truth.is_done() && self.listed && self.chance(2) {
            // Seven days pass.
            self.listed = false;
        }
        Ok(())
    }

    pub(super) fn pass_time(&mut self) -> Verdict {
        let running = || self.workers.iter().flatten();
        let waits: Vec<_> = running().filter_map(|one| one.waits_until).collect();
        let all_wait = waits.len() == running().count();
        if let (true, Some(until)) = (all_wait, waits.into_iter().min()) {
            self.now = self.now.max(until) + SignedDuration::from_millis(1);
        } else if self.fault(self.faults.zombie, 2) {
            let open = self.truth.open().is_some();
            self.excuses += usize::from(open);
            let pause = 30 + self.below(60).cast_signed();
            self.now += SignedDuration::from_secs(pause);
        }
        Ok(())
    }
}
