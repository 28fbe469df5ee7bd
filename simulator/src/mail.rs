//! The mail side: what it takes, what it says of it, and its own log.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use delivery::mail::{Email, MailSender, SendResult};
use tokio::time::Duration;
use uuid::Uuid;

use crate::{
    account::{Account, Departures},
    feedback::Feedback,
    life::Life,
    planted::Planted,
    ses::ReachedSes,
    world::World,
};

/// Longer than delivery waits for an answer.
pub(crate) const NO_ANSWER: Duration = Duration::from_secs(130);
/// The longest that an answer takes which comes: a mail side that answers at all
/// keeps to `ANSWER_LIMIT`.
const SLOWEST: u64 = 20_000;

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

impl Became {
    pub(crate) fn left(self) -> bool {
        matches!(self, Self::Accepted | Self::LeftUnclear)
    }
}

impl Mail {
    pub(crate) fn left(&self) -> bool {
        self.became.left()
    }
}

/// The mail side and its log.
#[derive(Debug)]
pub(crate) struct MailSide {
    pub(crate) world: Arc<World>,
    /// It is SES, which takes many readers in a call; else one mail at a time.
    pub(crate) is_ses: bool,
    pub(crate) account: Account,
    pub(crate) feedback: Feedback,
    mails: Mutex<Vec<Mail>>,
    memory: Mutex<Memory>,
}

/// What the mail side remembers beside its log.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// What single mails are about, by their `Message-ID`.
    pub(crate) composed: BTreeMap<String, About>,
    /// Whose address SES has taken a dislike to.
    pub(crate) disliked: BTreeSet<Uuid>,
}

impl MailSide {
    pub(crate) fn new(world: &Arc<World>) -> Arc<Self> {
        let is_ses = world.chance.one_in(2);
        Arc::new(Self {
            world: Arc::clone(world),
            account: Account::new(&world.chance),
            feedback: Feedback::new(world, &world.chance),
            is_ses: is_ses || world.planted.is_some_and(Planted::needs_bulk),
            mails: Mutex::default(),
            memory: Mutex::default(),
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
        self.latency().await;
        let became = self.became();
        self.log(about(email), email.to.expose(), became);
        answer(&self.world, became).await
    }

    /// The way to the mail side and back.
    pub(crate) async fn latency(&self) {
        let chance = &self.world.chance;
        let latency = match chance.below(20) {
            0 => chance.between(1_000, SLOWEST),
            _ => chance.between(5, 300),
        };
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }

    /// Writes down what became of a mail.
    pub(crate) fn log(&self, about: About, to: &str, became: Became) {
        let at = self.world.passed();
        self.world
            .watch
            .note(|| format!("{at} mail {about:?} {became:?}"));
        self.mails().push(Mail {
            about,
            to: to.to_owned(),
            became,
        });
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn became(&self) -> Became {
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
pub(crate) fn about(email: &Email) -> About {
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

/// The mail side as the process of `life` reaches it.
pub(crate) fn reached_by(
    life: &Arc<Life>,
    side: &Arc<MailSide>,
    is_sole: bool,
) -> Arc<dyn MailSender> {
    let departures = is_sole.then(Departures::default);
    match side.is_ses {
        true => Arc::new(ReachedSes::new(life, side, departures)),
        false => Arc::new(ReachedMail {
            life: Arc::clone(life),
            side: Arc::clone(side),
            departures,
        }),
    }
}

/// A mail side that takes one mail at a time.
struct ReachedMail {
    life: Arc<Life>,
    side: Arc<MailSide>,
    /// Only of a process that knows of all mails.
    departures: Option<Departures>,
}

#[async_trait]
impl MailSender for ReachedMail {
    async fn send(&self, email: &Email) -> SendResult {
        if let (Some(departures), About::Issue { .. }) = (&self.departures, about(email)) {
            departures.judge(&self.side.world, &self.side.account, false, 1);
        }
        self.life.passes_mail();
        let result = self.life.act(self.side.take(email)).await;
        let world = &self.side.world;
        match result {
            SendResult::Unclear { .. } if world.has(Planted::MailRetried) => {
                self.life.act(self.side.take(email)).await
            }
            result => spoil(world, result),
        }
    }
}

/// Plants what is mistaken in one result.
pub(crate) fn spoil(world: &World, result: SendResult) -> SendResult {
    match result {
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
