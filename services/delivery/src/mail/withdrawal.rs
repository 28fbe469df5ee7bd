//! An issue that is not to go on while its mails are being handed over.

use tokio::sync::watch;

/// Tells a mail side that no further mail of a call is to be begun: the issue
/// was paused or cancelled, or this process is to stop.
#[derive(Debug, Clone)]
pub struct Withdrawal {
    withdrawn: watch::Receiver<bool>,
}

/// What withdraws. Dropping it withdraws nothing.
#[derive(Debug)]
pub(crate) struct Withdraw {
    withdrawn: watch::Sender<bool>,
}

impl Withdraw {
    /// Nothing is withdrawn yet.
    pub(crate) fn new() -> (Self, Withdrawal) {
        let (sender, withdrawn) = watch::channel(false);
        let withdraw = Self { withdrawn: sender };
        (withdraw, Withdrawal { withdrawn })
    }

    /// Withdraws, for good.
    pub(crate) fn now(&self) {
        self.withdrawn.send_replace(true);
    }
}

impl Withdrawal {
    /// Nothing that is ever withdrawn.
    pub fn never() -> Self {
        Withdraw::new().1
    }

    /// Withdrawn as soon as that is true.
    pub(crate) fn by(withdrawn: watch::Receiver<bool>) -> Self {
        Self { withdrawn }
    }

    /// Whether no further mail is to be begun.
    pub fn is_so(&self) -> bool {
        *self.withdrawn.borrow()
    }

    /// Waits until no further mail is to be begun.
    pub async fn wait(&self) {
        let mut withdrawn = self.withdrawn.clone();
        if withdrawn.wait_for(|it| *it).await.is_err() {
            // Nobody is left who could withdraw.
            std::future::pending::<()>().await;
        }
    }
}
