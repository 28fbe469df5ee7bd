//! Whose address is it?

use secrecy::ExposeSecret;

use crate::{
    app::AppState,
    domain::{AddressFingerprint, Subscriber, SubscriberEmail},
    store::{AddressHolder, StoreError},
};

/// The subscriber of that address, in whatever case it was typed.
pub(crate) async fn find_subscriber(
    app: &AppState,
    email: &SubscriberEmail,
) -> Result<Option<Subscriber>, StoreError> {
    let address = AddressFingerprint::of(email, app.secrets.address_key.expose_secret());
    match app.store.holder_of(&address).await? {
        Some(AddressHolder::Subscriber(id)) => Ok(app.store.subscriber(id).await?),
        Some(AddressHolder::Suppressed(_)) | None => Ok(None),
    }
}
