//! What must hold of one issue.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use super::{Subscriber, Verdict, id, subscribers};
use crate::{
    api::Api,
    mail::{About, Became, Mail},
    watch::Event,
};

/// One issue on trial.
pub(super) struct Issue<'a> {
    pub(super) api: &'a Api,
    pub(super) issue: Uuid,
    pub(super) subscribers: &'a BTreeMap<Uuid, Subscriber>,
    pub(super) mails: &'a [Mail],
    pub(super) events: &'a [Event],
}

impl Issue<'_> {
    pub(super) async fn judge(&self) -> Verdict {
        let world = &self.api.cluster.world;
        let published_at = world.watch.known().published_at(self.issue);
        let published_at = published_at.ok_or("it was never announced")?;
        let path = format!("/v1/issues/{}", self.issue);
        let (_, issue) = self.api.get(&path).await;
        let counts = |name: &str| issue["counts"][name].as_u64().unwrap_or_default();
        let excuses = world.excuses();
        let listed = self.judge_exceptions(&path, &issue).await?;
        let mut left = 0;
        let mut least = 0;
        let mut most = 0;
        for (id, subscriber) in self.subscribers {
            let mails = self.left_to(*id);
            left += u64::from(mails > 0);
            if mails > 1 + self.resends() {
                return Err(format!("{id} was mailed {mails} times"));
            }
            if !subscriber.confirmed.iter().any(|at| *at <= published_at) {
                if mails > 0 {
                    return Err(format!("{id} was mailed, who is no recipient"));
                }
                continue;
            }
            most += 1;
            if !subscriber.was_removed {
                least += 1;
                let (_, fate) = self.api.get(&format!("{path}/recipients/{id}")).await;
                self.judge_fate(*id, (&fate, &issue), &listed)?;
            }
        }
        let [accepted, failed, held] = ["accepted", "failed", "held"].map(counts);
        let settled = accepted + failed + held + counts("skipped") + counts("suppressed");
        if counts("pending") > 0 || settled != counts("recipients") {
            return Err(format!("the counts do not add up: {}", issue["counts"]));
        }
        if settled < least || settled > most {
            return Err(format!("{least} to {most} recipients: {}", issue["counts"]));
        }
        // Who was held, is to be mailed again and leaves before that is skipped.
        let perhaps = if self.resends() > 0 {
            counts("skipped")
        } else {
            0
        };
        if accepted > left || left > accepted + held + failed + perhaps {
            return Err(format!("{left} were mailed: {}", issue["counts"]));
        }
        if excuses == 0 && (held > 0 || accepted != left) {
            return Err(format!(
                "nothing happened, {left} were mailed: {}",
                issue["counts"]
            ));
        }
        self.judge_logs(excuses)
    }

    /// What becomes of somebody who was a recipient all the time.
    fn judge_fate(
        &self,
        id: Uuid,
        (fate, issue): (&Value, &Value),
        listed: &BTreeSet<Uuid>,
    ) -> Verdict {
        let mails = self.left_to(id);
        let excused = self.api.cluster.world.excuses() > 0;
        let is_cancelled = issue["status"] == "cancelled" || self.is_cancelled();
        let refused = self.about(id).any(|mail| mail.became == Became::Refused);
        let put_off = self.about(id).any(|mail| mail.became == Became::Unsent);
        let holds = match fate["outcome"].as_str().unwrap_or_default() {
            "accepted" => mails > 0,
            "failed" => (refused || put_off) && mails == 0 || excused,
            "held" => excused,
            "skipped" => is_cancelled && (mails == 0 || excused),
            "unknown" => self.overlapped(listed),
            _ => false,
        };
        match holds {
            true => Ok(()),
            false => Err(format!("{id} was mailed {mails} times: {fate}, {issue}")),
        }
    }

    async fn judge_exceptions(&self, path: &str, issue: &Value) -> Result<BTreeSet<Uuid>, String> {
        let mut counted: BTreeMap<String, u64> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut query = "limit=200".to_owned();
        loop {
            let (_, page) = self.api.get(&format!("{path}/exceptions?{query}")).await;
            for one in page["items"].as_array().into_iter().flatten() {
                seen.insert(id(one, "subscriber_id"));
                *counted
                    .entry(one["outcome"].as_str().unwrap_or_default().to_owned())
                    .or_default() += 1;
            }
            match page["next_cursor"].as_str() {
                Some(cursor) => query = format!("limit=200&cursor={cursor}"),
                None => break,
            }
        }
        for outcome in ["failed", "suppressed", "skipped", "held"] {
            let listed = counted.get(outcome).copied().unwrap_or_default();
            if issue["counts"][outcome].as_u64() != Some(listed) {
                return Err(format!(
                    "{listed} exceptions are {outcome}: {}",
                    issue["counts"]
                ));
            }
        }
        Ok(seen)
    }

    /// A fault holds one claim in a shard at most.
    fn judge_logs(&self, excuses: u64) -> Verdict {
        let known = self.api.cluster.world.watch.known();
        for ((issue, shard), log) in &known.logs {
            if *issue == self.issue && log.held_claims > excuses {
                let held = log.held_claims;
                return Err(format!(
                    "{held} claims held in shard {shard} after {excuses} faults"
                ));
            }
        }
        Ok(())
    }

    fn about(&self, id: Uuid) -> impl Iterator<Item = &Mail> {
        let about = About::Issue {
            issue: self.issue,
            subscriber: id,
        };
        self.mails.iter().filter(move |mail| mail.about == about)
    }

    fn left_to(&self, id: Uuid) -> usize {
        self.about(id).filter(|mail| mail.left()).count()
    }

    /// How often the admin had everybody who is held mailed again.
    fn resends(&self) -> usize {
        let resends = self.own_events("pennypost.issue.held-resolution-requested.v1");
        resends
            .filter(|event| event.data["action"] == "resend")
            .count()
    }

    /// Whether the services need not mean the same people: somebody left and came
    /// back, and delivery heard of it in another order, so that it knows only of
    /// the second time.
    fn overlapped(&self, listed: &BTreeSet<Uuid>) -> bool {
        let issue = self.issue.to_string();
        let is_publication = |event: &Event| {
            event.kind.starts_with("pennypost.issue.published.")
                && event.data["issue_id"] == issue.as_str()
        };
        let published = self
            .events
            .iter()
            .position(is_publication)
            .unwrap_or_default();
        let before = subscribers(&self.events[..published]);
        let is_in = |one: &Subscriber| {
            one.newest
                .is_some_and(|newest| newest.confirmed_at.is_some())
        };
        let removed = self.subscribers.iter().filter(|(_, one)| one.was_removed);
        removed.into_iter().any(|(id, one)| {
            let was_in = before.get(id).is_some_and(is_in);
            let is_known = self.left_to(*id) > 0 || listed.contains(id);
            was_in != is_known && one.confirmed.len() > 1
        })
    }

    fn is_cancelled(&self) -> bool {
        self.own_events("pennypost.issue.cancel-requested.v1")
            .next()
            .is_some()
    }

    fn own_events(&self, kind: &str) -> impl Iterator<Item = &Event> {
        let issue = self.issue.to_string();
        let kind = kind.to_owned();
        let events = self.events.iter();
        events.filter(move |event| event.kind == kind && event.data["issue_id"] == issue.as_str())
    }
}
