//! How the process is told to end.

use std::time::Duration;

use tokio::sync::watch;

/// The longest that requests, messages and sends under way may take to finish
/// once the system is asked to stop. It covers a mail server that is slow: a
/// mail that is not settled by then is held.
pub const GRACE: Duration = Duration::from_secs(30);
const _: () = assert!(
    delivery::mail::ANSWER_LIMIT.as_secs() + 5 <= GRACE.as_secs(),
    "whoever has a mail answers, and that is written down"
);

/// The exit status after a second signal: 128 and the number of SIGINT, as
/// shells have it.
pub const EXIT_AT_ONCE: i32 = 130;

/// Tells every task to stop; dropping it tells them too.
#[derive(Debug)]
pub(crate) struct StopSwitch(watch::Sender<bool>);

/// What a task watches to know when to stop.
#[derive(Debug, Clone)]
pub(crate) struct Stopping(watch::Receiver<bool>);

impl StopSwitch {
    pub(crate) fn new() -> (Self, Stopping) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stopping(receiver))
    }

    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stopping {
    /// Waits until it is time to stop.
    pub(crate) async fn wait(&mut self) {
        // An error means that the switch was dropped: the system is gone.
        let _gone = self.0.wait_for(|stop| *stop).await.is_err();
    }

    /// Whether it is time to stop.
    pub(crate) fn is_now(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits for `duration`, or less if it is time to stop before.
    pub(crate) async fn sleep(&mut self, duration: Duration) {
        tokio::select! {
            () = tokio::time::sleep(duration) => {}
            () = self.wait() => {}
        }
    }
}

/// The signals that ask for an orderly end: Ctrl-C and SIGTERM.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Catches them from now on.
    ///
    /// # Errors
    /// The operating system refuses.
    #[cfg(unix)]
    pub fn catch() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one.
    #[cfg(unix)]
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Catches them from now on.
    ///
    /// # Errors
    /// Never on this platform.
    #[cfg(not(unix))]
    pub fn catch() -> std::io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one.
    #[cfg(not(unix))]
    pub async fn next(&mut self) {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be caught");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everybody_who_watches_is_told_to_stop() {
        let (switch, mut stopping) = StopSwitch::new();
        let mut other = stopping.clone();
        assert!(!stopping.is_now());
        switch.stop();
        stopping.wait().await;
        other.wait().await;
        assert!(stopping.is_now());
    }

    #[tokio::test]
    async fn a_dropped_switch_stops_too() {
        let (switch, mut stopping) = StopSwitch::new();
        drop(switch);
        stopping.wait().await;
        assert!(stopping.is_now());
    }
}
