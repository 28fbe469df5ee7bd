//! A mail side that records and answers by a script.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
    time::Duration,
};

use async_trait::async_trait;
use delivery::mail::{Email, MailSender, SendResult};
use tokio::{sync::Notify, time::Instant};

/// What the mail side does with one mail.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Is(SendResult),
    /// Accepted, after that time.
    Slowly(Duration),
    /// The mail leaves and the answer never comes.
    Hangs,
}

/// What was handed over, and the script.
#[derive(Default)]
pub(crate) struct Mailbox {
    state: Mutex<State>,
    handed_over: Notify,
}

#[derive(Default)]
struct State {
    mails: Vec<Email>,
    moments: Vec<Instant>,
    script: HashMap<String, VecDeque<Reply>>,
    broken: bool,
}

impl Mailbox {
    /// The next mails to `address` are answered so; later ones are accepted.
    pub(crate) fn script(&self, address: &str, replies: impl IntoIterator<Item = Reply>) {
        let mut state = self.state.lock().expect("not poisoned");
        state
            .script
            .entry(address.to_owned())
            .or_default()
            .extend(replies);
    }

    pub(crate) fn mails(&self) -> Vec<Email> {
        self.state.lock().expect("not poisoned").mails.clone()
    }

    /// When each mail was handed over.
    pub(crate) fn moments(&self) -> Vec<Instant> {
        self.state.lock().expect("not poisoned").moments.clone()
    }

    /// How many mails were handed over to `address`.
    pub(crate) fn count(&self, address: &str) -> usize {
        self.mails()
            .iter()
            .filter(|mail| mail.to.expose() == address)
            .count()
    }

    /// Waits until `count` mails were handed over.
    pub(crate) async fn reaches(&self, count: usize) {
        loop {
            let waiting = self.handed_over.notified();
            if self.mails().len() >= count {
                return;
            }
            waiting.await;
        }
    }

    /// From now on no mail is taken.
    pub(crate) fn breaks(&self) {
        self.state.lock().expect("not poisoned").broken = true;
    }

    /// It takes mails again.
    pub(crate) fn works(&self) {
        self.state.lock().expect("not poisoned").broken = false;
    }

    fn take(&self, email: &Email) -> Reply {
        let mut state = self.state.lock().expect("not poisoned");
        state.mails.push(email.clone());
        state.moments.push(Instant::now());
        if state.broken {
            return unavailable();
        }
        state
            .script
            .get_mut(email.to.expose())
            .and_then(VecDeque::pop_front)
            .unwrap_or(Reply::Is(SendResult::Accepted))
    }
}

#[async_trait]
impl MailSender for Mailbox {
    async fn send(&self, email: &Email) -> SendResult {
        let reply = self.take(email);
        self.handed_over.notify_waiters();
        match reply {
            Reply::Is(result) => result,
            Reply::Slowly(time) => {
                tokio::time::sleep(time).await;
                SendResult::Accepted
            }
            Reply::Hangs => std::future::pending().await,
        }
    }
}

pub(crate) fn unavailable() -> Reply {
    Reply::Is(SendResult::Unavailable {
        reason: "down".into(),
    })
}

pub(crate) fn unsent() -> Reply {
    Reply::Is(SendResult::Unsent {
        reason: "busy".into(),
    })
}

pub(crate) fn refused() -> Reply {
    Reply::Is(SendResult::Refused {
        reason: "no such mailbox".into(),
    })
}

pub(crate) fn unclear() -> Reply {
    Reply::Is(SendResult::Unclear {
        reason: "lost".into(),
    })
}
