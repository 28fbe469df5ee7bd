//! The mail side: what it took, and what it says of it.

use super::*;

impl World {
    pub(super) fn call(&mut self, running: &mut Running, claim: u64, ids: &[Uuid]) -> Verdict {
        let unclear = self.fault(self.faults.unclear, 6);
        let leaves = !unclear || self.chance(2);
        let mut results = Vec::new();
        for id in ids {
            let fate = if self.fault(self.faults.unsent, 5) {
                self.below(4)
            } else {
                9
            };
            let result = match fate {
                _ if unclear => MailResult::Unclear("time-out".to_owned()),
                0 => MailResult::Unsent("busy".to_owned()),
                1 => MailResult::Unavailable("down".to_owned()),
                2 => MailResult::Refused("no such mailbox".to_owned()),
                3 => MailResult::AccountFault("daily quota".to_owned()),
                _ => MailResult::Accepted,
            };
            let accepted = result == MailResult::Accepted || unclear;
            if accepted && leaves && !self.has(Bug::CallBeforeClaim) {
                self.mails.push((*id, claim));
                if unclear && self.has(Bug::SdkRetriesUnclearCalls) {
                    self.mails.push((*id, claim));
                }
            }
            results.push(match result {
                MailResult::Unclear(why) if self.has(Bug::UnclearTakenForUnsent) => {
                    MailResult::Unsent(why)
                }
                _ if self.has(Bug::FailedEntriesIgnored) => MailResult::Accepted,
                result => result,
            });
        }
        self.excuses += usize::from(unclear);
        self.judge_mails()?;
        let called = Called::new(&running.fold, results);
        running.worker.called(claim, called);
        Ok(())
    }

    pub(super) fn judge_mails(&self) -> Verdict {
        for id in self.items.keys() {
            let mails = self.mails.iter().filter(|mail| mail.0 == *id).count();
            let allowed = 1 + self.resent.iter().filter(|one| one.0 == *id).count();
            if mails > allowed {
                return Err(format!("{id} was mailed {mails} times"));
            }
        }
        Ok(())
    }
}
