//! Everybody who is or was a user.

use crate::{
    app::AppState,
    domain::user::{User, Username},
    store::StoreError,
};

/// Some users, by name.
#[derive(Debug)]
pub(crate) struct UserPage {
    /// The users.
    pub(crate) users: Vec<User>,
    /// Where to go on; none after the last one.
    pub(crate) next: Option<Username>,
}

/// The users whose name comes after `after`, a page of them.
pub(crate) async fn list_users(
    app: &AppState,
    after: Option<&Username>,
) -> Result<UserPage, StoreError> {
    let page = app.store.users(after).await?;
    let next = match page.next {
        Some(_) => page.items.last().map(|user| user.username.clone()),
        None => None,
    };
    Ok(UserPage {
        users: page.items,
        next,
    })
}
