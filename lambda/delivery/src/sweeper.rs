//! The role that finds what was left over.

use std::time::Duration;

use ambient::{Clock, SystemClock};
use lambda_host::{Host, StartError, sweep_outbox};
use serde::de::IgnoredAny;

use crate::service::Service;

/// What an invocation keeps of its time for the end.
const MARGIN: Duration = Duration::from_secs(10);

/// Publishes rows that were left in the outbox, and takes up issues that nobody
/// sends: in this order, so that what cannot be read of an issue keeps no event.
///
/// # Errors
/// See [`Host::serve`].
pub(crate) async fn serve(host: &Host, service: &Service) -> Result<(), StartError> {
    let (app, bus) = (service.app()?, service.bus()?);
    host.serve("sweeper", async |_: IgnoredAny, deadline| {
        let (now, time) = (SystemClock.now(), deadline.left(MARGIN) / 2);
        let swept = sweep_outbox(service.table(), bus.clone(), now, time).await;
        app.sweep_issues().await?;
        swept
    })
    .await
}
