//! Takes up issues whose run's start was lost.

use std::time::Duration;

use delivery::App;

use crate::shutdown::Stopping;

/// How often they are looked for; what a former process left is resumed at the
/// start.
const INTERVAL: Duration = Duration::from_secs(60);

/// Sweeps until it is time to stop.
pub(crate) async fn sweep(app: App, mut stopping: Stopping) {
    stopping.sleep(INTERVAL).await;
    while !stopping.is_now() {
        if let Err(error) = app.sweep_issues().await {
            tracing::error!(%error, "issues that nobody sends cannot be looked for");
        }
        stopping.sleep(INTERVAL).await;
    }
}
