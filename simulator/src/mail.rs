//! The mail side: what it takes, what it says of it, and its own log.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use delivery::mail::{Email, MailSender, SendResult};
use tokio::time::Duration;
use uuid::Uuid;

use crate::{life::Life, planted::Planted, world::World};

/// Longer than delivery waits for an answer.
const NO_ANSWER: Duration = Duration::from_secs(130);

/// What a mail is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    Issue { issue: Uuid, subscriber: Uuid },
    Confirmation { event: Uuid, link: String },
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Became {
    Accepted,
    /// It left, and nobody was told.
    LeftUnclear,
    /// It did not leave, and nobody was told.
    LostUnclear,
    Refused,
    Unsent,
    Unavailable,
    Throttled,
    /// No mail leaves before the admin has done something.
    AccountFault,
}

/// One mail that was handed over.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) about: About,
    pub(crate) to: String,
    pub(crate) became: Became,
}

impl Mail {
    pub(crate) fn left(&self) -> bool {
        matches!(self.became, Became::Accepted | Became::LeftUnclear)
    }
}

/// The mail side and its log.
#[derive(Debug)]
pub(crate) struct MailSide {
    world: Arc<World>,
    mails: Mutex<Vec<Mail>>,
}

impl MailSide {
    pub(crate) fn new(world: &Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::clone(world),
            mails: Mutex::default(),
        })
    }

    pub(crate) fn mails(&self) -> MutexGuard<'_, Vec<Mail>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The link in the newest confirmation mail to `address`.
    pub(crate) fn newest_link(&self, address: &str) -> Option<String> {
        let mails = self.mails();
        let links = mails
            .iter()
            .rev()
            .filter(|mail| mail.left() && mail.to == address);
        let mut links = links.filter_map(|mail| match &mail.about {
            About::Confirmation { link, .. } => Some(link.clone()),
            About::Issue { .. } => None,
        });
        links.next()
    }

    async fn take(&self, email: &Email) -> SendResult {
        let world = &self.world;
        let latency = match world.chance.below(20) {
            0 => world.chance.between(1_000, 40_000),
            _ => world.chance.between(5, 300),
        };
        tokio::time::sleep(Duration::from_millis(latency)).await;
        let became = self.became();
        let mail = Mail {
            about: about(email),
            to: email.to.expose().to_owned(),
            became,
        };
        let at = world.passed();
        world
            .watch
            .note(|| format!("{at} mail {} {became:?}", email.message_id));
        self.mails().push(mail);
        answer(world, became).await
    }

    fn became(&self) -> Became {
        let world = &self.world;
        if world.mail_is_away() {
            Became::Unavailable
        } else if world.fails(world.faults.unclear) {
            world.excuse("the mail side is unclear");
            world
                .chance
                .one_of(&[Became::LeftUnclear, Became::LostUnclear])
        } else if world.fails(world.faults.unsent) {
            world.chance.one_of(&[
                Became::Refused,
                Became::Unsent,
                Became::Unsent,
                Became::Throttled,
                Became::AccountFault,
            ])
        } else {
            Became::Accepted
        }
    }
}

/// Whom the mail is for, by its `Message-ID`.
fn about(email: &Email) -> About {
    let name = email.message_id.split('@').next().unwrap_or_default();
    match name.split_once('.') {
        Some((issue, subscriber)) => About::Issue {
            issue: issue.parse().unwrap_or_default(),
            subscriber: subscriber.parse().unwrap_or_default(),
        },
        None => About::Confirmation {
            event: name.parse().unwrap_or_default(),
            link: link(&email.text),
        },
    }
}

fn link(text: &str) -> String {
    let mut words = text.split_whitespace();
    let link = words.find(|word| word.contains("subscription_token="));
    link.unwrap_or_default().to_owned()
}

async fn answer(world: &World, became: Became) -> SendResult {
    let reason = |text: &'static str| text.into();
    match became {
        Became::Accepted => SendResult::Accepted,
        Became::LeftUnclear | Became::LostUnclear => {
            if world.chance.one_in(2) {
                tokio::time::sleep(NO_ANSWER).await;
            }
            SendResult::Unclear {
                reason: reason("the connection was lost"),
            }
        }
        Became::Refused => SendResult::Refused {
            reason: reason("no such mailbox"),
        },
        Became::Unsent => SendResult::Unsent {
            reason: reason("put off"),
        },
        Became::Throttled => SendResult::Throttled {
            reason: reason("too many a second"),
        },
        Became::AccountFault => SendResult::AccountFault {
            reason: reason("the daily quota is used up"),
        },
        Became::Unavailable => SendResult::Unavailable {
            reason: reason("down"),
        },
    }
}

/// The mail side as a process reaches it.
pub(crate) struct ReachedMail {
    pub(crate) life: Arc<Life>,
    pub(crate) side: Arc<MailSide>,
}

#[async_trait]
impl MailSender for ReachedMail {
    async fn send(&self, email: &Email) -> SendResult {
        let result = self.life.act(self.side.take(email)).await;
        let world = &self.side.world;
        match result {
            SendResult::Unclear { .. } if world.has(Planted::MailRetried) => {
                self.life.act(self.side.take(email)).await
            }
            SendResult::Unclear { reason } if world.has(Planted::UnclearTakenForUnsent) => {
                SendResult::Unsent { reason }
            }
            SendResult::Unsent { .. } | SendResult::Refused { .. }
                if world.has(Planted::MailFailuresIgnored) =>
            {
                SendResult::Accepted
            }
            result => result,
        }
    }
}
