//! An orderly stop.

use tokio::sync::watch;

use crate::mail::Withdrawal;

/// Once raised, it stays: no new mail is begun, what is in flight is settled.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    raised: watch::Sender<bool>,
}

impl Stop {
    pub(crate) fn raise(&self) {
        self.raised.send_replace(true);
    }

    pub(crate) fn is_raised(&self) -> bool {
        *self.raised.borrow()
    }

    /// For mails that only a stop withdraws.
    pub(crate) fn withdrawal(&self) -> Withdrawal {
        Withdrawal::by(self.raised.subscribe())
    }

    /// Waits until it is raised.
    pub(crate) async fn wait(&self) {
        // The sender lives as long as this.
        let _is_gone = self.raised.subscribe().wait_for(|it| *it).await.is_err();
    }
}
