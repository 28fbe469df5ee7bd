//! Connections, kept while they are of use.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use lettre::{
    address::Envelope,
    transport::smtp::{client::AsyncSmtpConnection, commands::Rset},
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use super::{
    SmtpLimits,
    conversation::{self, Fault},
    server::Server,
};

/// How long a connection is kept without use: less than servers wait for a
/// command (RFC 5321 asks for five minutes, many give one).
const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// How long a kept connection may take to show that it is alive.
const RESET_LIMIT: Duration = Duration::from_secs(5);

/// The connections to one server.
pub(super) struct Pool {
    server: Server,
    permits: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl Pool {
    pub(super) fn new(server: Server, limits: SmtpLimits) -> Self {
        Self {
            server,
            permits: Semaphore::new(limits.connections),
            idle: Mutex::default(),
        }
    }

    /// A connection that is ready for a mail: a kept one or a new one.
    pub(super) async fn connection(&self) -> Result<Lent<'_>, Fault> {
        let permit = self
            .permits
            .acquire()
            .await
            .map_err(|_| Fault::unavailable("the mail side is shut down"))?;
        let connection = match self.kept().await {
            Some(connection) => connection,
            None => self.server.connect().await?,
        };
        Ok(Lent {
            pool: self,
            connection: Some(connection),
            _permit: permit,
        })
    }

    /// A kept connection that is alive. Others are closed on the way.
    async fn kept(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let mut idle = self.take_idle()?;
            if idle.since.elapsed() > IDLE_LIMIT {
                continue;
            }
            let reset = tokio::time::timeout(RESET_LIMIT, idle.connection.command(Rset)).await;
            if matches!(reset, Ok(Ok(_))) {
                return Some(idle.connection);
            }
        }
    }

    fn take_idle(&self) -> Option<Idle> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.since.elapsed() <= IDLE_LIMIT);
        idle.push(Idle {
            connection,
            since: Instant::now(),
        });
    }
}

/// A connection for one mail. It is closed, and never used again, if anything
/// ends in the middle of it: an answer that comes late would be taken for the
/// answer to something else.
pub(super) struct Lent<'a> {
    pool: &'a Pool,
    connection: Option<AsyncSmtpConnection>,
    _permit: SemaphorePermit<'a>,
}

impl Lent<'_> {
    pub(super) async fn sender(&mut self, envelope: &Envelope) -> Result<(), Fault> {
        let mut connection = self.take()?;
        let told = conversation::sender(&mut connection, envelope).await;
        self.go_on(connection, told)
    }

    pub(super) async fn recipient(&mut self, envelope: &Envelope) -> Result<(), Fault> {
        let mut connection = self.take()?;
        let told = conversation::recipient(&mut connection, envelope).await;
        self.go_on(connection, told)
    }

    pub(super) async fn content(&mut self, message: &[u8]) -> Result<(), Fault> {
        let mut connection = self.take()?;
        let done = conversation::content(&mut connection, message).await;
        if done.as_ref().map_or_else(|fault| fault.usable, |()| true) {
            self.pool.keep(connection);
        }
        done
    }

    fn go_on(
        &mut self,
        connection: AsyncSmtpConnection,
        told: Result<(), Fault>,
    ) -> Result<(), Fault> {
        match &told {
            Ok(()) => self.connection = Some(connection),
            Err(fault) if fault.usable => self.pool.keep(connection),
            Err(_) => {}
        }
        told
    }

    fn take(&mut self) -> Result<AsyncSmtpConnection, Fault> {
        self.connection
            .take()
            .ok_or_else(|| Fault::unavailable("the connection to the mail server was lost"))
    }
}
