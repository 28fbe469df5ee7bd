//! The role that finds what was left over.

use std::time::Duration;

use ambient::{Clock, SystemClock};
use lambda_host::{Host, StartError, sweep_outbox};
use serde::de::IgnoredAny;

use crate::service::Service;

/// What an invocation keeps of its time for the end.
const MARGIN: Duration = Duration::from_secs(10);

/// Takes up issues that nobody sends, and publishes rows that were left in the
/// outbox.
///
/// # Errors
/// See [`Host::serve`].
pub(crate) async fn serve(host: &Host, service: &Service) -> Result<(), StartError> {
    let (app, bus) = (service.app()?, service.bus()?);
    host.serve("sweeper", async |_: IgnoredAny, deadline| {
        app.sweep_issues().await?;
        let (now, time) = (SystemClock.now(), deadline.left(MARGIN));
        sweep_outbox(service.table(), bus.clone(), now, time).await
    })
    .await
}
