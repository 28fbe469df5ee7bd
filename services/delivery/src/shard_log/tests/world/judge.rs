//! What must hold when everything has come to its end.

use super::*;

impl World {
    pub(super) fn judge_the_end(&self) -> Verdict {
        let fold = &self.truth;
        if !fold.is_done() || fold.pending() > 0 || fold.open().is_some() {
            return Err("it ended and is not done".to_owned());
        }
        let mailed: BTreeSet<Uuid> = self.mails.iter().map(|mail| mail.0).collect();
        let mut counted = 0;
        for id in self.items.keys() {
            let answer = fold.answer(*id, self.is_recipient(*id));
            counted += u64::from(!matches!(answer, Answer::NotARecipient | Answer::NotYet));
            let was_mailed = mailed.contains(id);
            let said = self.told.get(id).copied().flatten();
            let known = fold.exception(*id).map(|exception| exception.outcome);
            if said != known {
                return Err(format!("of {id} was told {said:?}, and it is {known:?}"));
            }
            match answer {
                Answer::Accepted if !was_mailed => {
                    return Err(format!("{id} counts as accepted and was never mailed"));
                }
                Answer::NotYet => return Err(format!("{id} is still to come")),
                Answer::NotARecipient if self.too_late.contains(id) => {}
                Answer::NotARecipient if self.is_recipient(*id) => {
                    return Err(format!("{id} was passed over in silence"));
                }
                Answer::NotARecipient if was_mailed => {
                    return Err(format!("{id} was mailed and nobody knows"));
                }
                Answer::Failed { .. } | Answer::Skipped { .. }
                    if was_mailed && self.excuses == 0 =>
                {
                    return Err(format!("{id} was mailed and counts as {answer:?}"));
                }
                _ => {}
            }
        }
        let counts = fold.counts();
        if counts.settled() != counted {
            return Err(format!("{counts:?} is not the sum of {counted}"));
        }
        if counts.held > 2 * self.excuses as u64 {
            return Err(format!(
                "{} are held after {} faults",
                counts.held, self.excuses
            ));
        }
        Ok(())
    }
}
