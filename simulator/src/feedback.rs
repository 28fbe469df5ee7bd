//! What SES tells of mails that left: of some, twice, late, in any order.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{chance::Chance, mail::Became, planted::Planted, queue::Queue, world::World};

/// The queue of what SES tells, which no rule of ours leads to.
const FEEDBACK: &str = "feedback";

/// The kinds of events that tell that SES had a mail.
const KINDS: [&str; 3] = ["Send", "Delivery", "DeliveryDelay"];

/// Tells of mails.
#[derive(Debug)]
pub(crate) struct Feedback {
    pub(crate) queue: Queue,
    /// Once in so many events that there could be; never for 0.
    often: u64,
}

impl Feedback {
    pub(crate) fn new(world: &Arc<World>, chance: &Chance) -> Self {
        Self {
            queue: Queue::new(FEEDBACK, world),
            often: chance.one_of(&[0, 1, 3, 10]),
        }
    }

    /// Tells perhaps that a mail with these tags was sent, if it was.
    pub(crate) fn tell(&self, world: &World, tags: &[(String, String)], became: Became) {
        let lies = world.has(Planted::LostToldToBeSent) && became == Became::LostUnclear;
        if !became.left() && !lies {
            return;
        }
        for kind in KINDS {
            if world.chance.one_in(self.often) {
                self.queue.send(&event(kind, tags));
            }
        }
    }
}

fn event(kind: &str, tags: &[(String, String)]) -> String {
    let tags = tags
        .iter()
        .map(|(name, value)| (name.clone(), json!([value])));
    let tags: Value = tags.collect::<serde_json::Map<_, _>>().into();
    let detail = json!({
        "eventType": kind,
        "mail": {"messageId": "simulated", "tags": tags},
    });
    let (source, detail_type) = ("aws.ses", format!("Email {kind}"));
    json!({"source": source, "detail-type": detail_type, "detail": detail}).to_string()
}
