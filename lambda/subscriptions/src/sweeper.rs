//! The role that finds what was left over.

use std::time::Duration;

use ambient::{Clock, SystemClock};
use lambda_host::{Host, StartError, sweep_outbox};
use serde::de::IgnoredAny;

use crate::service::Service;

/// What an invocation keeps of its time for the end.
const MARGIN: Duration = Duration::from_secs(10);

/// Publishes rows that were left in the outbox, and queues imports that nobody
/// works off: in this order, so that neither a secret nor an import that cannot be
/// read keeps an event.
///
/// # Errors
/// See [`Host::serve`].
pub(crate) async fn serve(host: &Host, service: &Service) -> Result<(), StartError> {
    let bus = service.bus()?;
    host.serve("sweeper", async |_: IgnoredAny, deadline| {
        let (now, time) = (SystemClock.now(), deadline.left(MARGIN) / 2);
        let swept = sweep_outbox(service.table(), bus.clone(), now, time).await;
        service.app().await?.sweep_imports().await?;
        swept
    })
    .await
}
