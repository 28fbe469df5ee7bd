//! An orderly stop.

use tokio::sync::watch;

/// Once raised, it stays: no new mail is begun, what is in flight is settled.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    raised: watch::Sender<bool>,
}

impl Stop {
    pub(crate) fn new() -> Self {
        Self {
            raised: watch::Sender::new(false),
        }
    }

    pub(crate) fn raise(&self) {
        self.raised.send_replace(true);
    }

    pub(crate) fn is_raised(&self) -> bool {
        *self.raised.borrow()
    }

    /// Waits until it is raised.
    pub(crate) async fn raised(&self) {
        let mut receiver = self.raised.subscribe();
        if receiver.wait_for(|raised| *raised).await.is_err() {
            // `self` holds the sender: it cannot be gone.
            std::future::pending::<()>().await;
        }
    }
}
