//! Takes up imports whose message was lost.

use std::time::Duration;

use subscriptions::App;

use crate::shutdown::Stopping;

/// How often they are looked for; the first time at the start.
const INTERVAL: Duration = Duration::from_secs(15);

/// Sweeps until it is time to stop.
pub(crate) async fn sweep(app: App, mut stopping: Stopping) {
    while !stopping.is_now() {
        if let Err(error) = app.sweep_imports().await {
            tracing::error!(%error, "imports that nobody works off cannot be looked for");
        }
        stopping.sleep(INTERVAL).await;
    }
}
