//! The projection, admins and feedback.

use super::*;

impl World {
    /// Queues a message, perhaps to be delivered more than once.
    pub(super) fn send(&mut self, message: Message) {
        let times = 1 + u32::from(self.chance(3));
        self.messages.push((message, times));
    }

    pub(super) fn deliver(&mut self) -> Verdict {
        if self.messages.is_empty() {
            return Ok(());
        }
        let at = self.below(self.messages.len() as u64) as usize;
        let message = self.messages[at].0;
        self.messages[at].1 -= 1;
        if self.messages[at].1 == 0 {
            self.messages.swap_remove(at);
        }
        match message {
            Message::Confirmed(id, version, when) => self.project(id, version, Some(when)),
            Message::Removed(id, version) => self.project(id, version, None),
            Message::Control(action, version) => self.control(action, version),
            Message::Resolve(resolution, version) => self.resolve(resolution, version),
            Message::RowOnly(id) => self.append_removed(id),
        }
    }

    pub(super) fn project(&mut self, id: Uuid, version: u64, confirmed_at: Option<i64>) -> Verdict {
        if self.items.get(&id).is_some_and(|item| item.0 >= version) {
            return Ok(());
        }
        let was_recipient = self.is_recipient(id);
        self.items.insert(id, (version, confirmed_at));
        let is_recipient = self.is_recipient(id);
        let crossing = match (was_recipient, is_recipient) {
            (false, true) => Crossing::Late,
            (true, false) => Crossing::Left {
                why: Removal::Unsubscribed,
                unmeant: false,
            },
            _ => return Ok(()),
        };
        let change = Change { id, crossing };
        if !self.listed {
            if is_recipient && !was_recipient {
                self.too_late.insert(id);
            }
            return Ok(());
        }
        for body in projection::rows(&[change]) {
            match &body {
                Body::Late(_) => self.append_late(id, body)?,
                _ if self.has(Bug::RemovalForgotten) => {}
                _ if self.has(Bug::RemovalAfterTheItem) => self.send(Message::RowOnly(id)),
                _ => self.append_from_outside(body)?,
            }
        }
        Ok(())
    }

    pub(super) fn append_removed(&mut self, id: Uuid) -> Verdict {
        self.append_from_outside(Body::Removed(Removed {
            ids: vec![id],
            why: Removal::Unsubscribed,
            cursor: None,
            unmeant: false,
        }))
    }

    pub(super) fn append_late(&mut self, id: Uuid, body: Body) -> Verdict {
        let is_ahead = Some(id) > self.truth.cursor() && !self.truth.is_done();
        if self.has(Bug::LateForgotten) || self.has(Bug::LateLeftToThePage) && is_ahead {
            return Ok(());
        }
        // The projection does not fold: it reads the tail.
        let tail: Vec<Row> = self.log.iter().rev().take(TAIL).cloned().collect();
        let starts = late_needs_start(&tail) && !self.has(Bug::LateStartsNothing);
        self.append(vec![body.at(self.now)])?;
        self.starts += u32::from(starts);
        Ok(())
    }

    pub(super) fn control(&mut self, action: Action, version: u64) -> Verdict {
        let is_cancelled = self.control_seen.1 == Some(Action::Cancel);
        if version > self.control_seen.0 && !is_cancelled {
            self.control_seen = (version, Some(action));
            self.self_paused &= action != Action::Resume;
        }
        let version = (!self.has(Bug::OlderControlWins)).then_some(version);
        self.append_from_outside(Body::Control(Control {
            event_id: id(version.unwrap_or_default()),
            version,
            upon: None,
            action,
            reason: None,
        }))
    }

    pub(super) fn resolve_held(&mut self) -> Verdict {
        if self.chance(3) && self.truth.held().count() > 0 {
            self.decisions += 1;
            let resolution = if self.chance(4) {
                Resolution::Drop
            } else {
                Resolution::Resend
            };
            let version = self.decisions;
            self.messages
                .push((Message::Resolve(resolution, version), 2));
            // Mostly the first delivery is now: the admin sees who is held.
            if self.chance(4) {
                return Ok(());
            }
            return self.resolve(resolution, version);
        }
        Ok(())
    }

    pub(super) fn resolve(&mut self, resolution: Resolution, version: u64) -> Verdict {
        let is_first = self.heard.insert(version);
        let is_repeated = self.carried_out.contains(&version);
        if resolution == Resolution::Resend && !is_repeated {
            let held: Vec<_> = self.truth.held().map(|(id, _)| (id, version)).collect();
            self.resent.extend(held);
        }
        let is_anew = self.has(Bug::RepeatedDecisionMadeAnew);
        let decision = Decision {
            version: version + if is_anew { self.log.len() as u64 } else { 0 },
            resolution,
            ids: None,
        };
        for body in self.truth.resolve(&decision) {
            if self.fault(self.faults.crash, 6) {
                // The message comes again.
                self.messages
                    .push((Message::Resolve(resolution, version), 1));
                return Ok(());
            }
            let meets = matches!(body, Body::Evidence(_));
            self.append_from_outside(body)?;
            self.listed |= meets && !self.has(Bug::ResendAsIfNeverAged);
        }
        self.carried_out.insert(version);
        if is_first && version == self.decisions && self.truth.held().count() > 0 {
            return Err(format!("decision {version} has not met everybody"));
        }
        Ok(())
    }

    pub(super) fn hear_feedback(&mut self) -> Verdict {
        if self.mails.is_empty() || self.has(Bug::CallBeforeClaim) {
            return Ok(());
        }
        let heard = self.below(self.mails.len() as u64) as usize;
        let (id, claim) = self.mails[heard];
        let feedback = match self.below(4) {
            0 => Feedback::Bounced,
            1 => Feedback::Sent,
            _ => Feedback::Accepted,
        };
        let rows = &self.log[claim as usize..];
        match heed(claim, rows, true, id, feedback) {
            Heard::Append(body) => self.append_from_outside(body),
            Heard::Nothing => Ok(()),
            Heard::ReadOn => Err("there is nothing more to read".to_owned()),
        }
    }
}
