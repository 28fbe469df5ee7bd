//! The role that has delivery's projection built anew.

use std::time::Duration;

use lambda_host::{Host, StartError};
use serde::Deserialize;

use crate::service::Service;

/// What an invocation keeps of its time for the end.
const MARGIN: Duration = Duration::from_secs(15);

/// What the command is invoked with: nothing at first, then its last answer.
#[derive(Deserialize)]
struct Continue {
    #[serde(default)]
    cursor: Option<String>,
}

/// Publishes the present state of every subscriber; answers where to go on.
///
/// # Errors
/// See [`Host::serve`].
pub(crate) async fn serve(host: &Host, service: &Service) -> Result<(), StartError> {
    host.serve("rebuild", async |from: Continue, deadline| {
        let app = service.app().await?;
        let rebuilt = app.rebuild(from.cursor, deadline.left(MARGIN)).await?;
        Ok(rebuilt)
    })
    .await
}
