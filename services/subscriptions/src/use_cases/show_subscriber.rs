//! One subscriber, with what happened to them.

use crate::{
    app::AppState,
    domain::{Subscriber, SubscriberId},
    store::StoreError,
};

/// The subscriber with that id.
pub(crate) async fn show_subscriber(
    app: &AppState,
    id: SubscriberId,
) -> Result<Option<Subscriber>, StoreError> {
    Ok(app.store.subscriber(id).await?)
}
