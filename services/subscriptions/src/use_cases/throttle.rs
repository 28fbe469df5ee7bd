//! Wrong passwords are counted, and one too many is not looked at.

use crate::{
    app::AppState,
    domain::login_throttle::Counted,
    store::{
        Decision, StoreError,
        logins::{BeginWindow, CountAttempt, ForgetAttempts, TakeBack},
        until_settled,
    },
};

/// Counts an attempt before its password is looked at. False if there were too
/// many; it is not counted then.
pub(super) async fn admit(app: &AppState, counted: &[&Counted]) -> Result<bool, StoreError> {
    until_settled(|| count_attempt(app, counted)).await
}

async fn count_attempt(app: &AppState, counted: &[&Counted]) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let mut decision = Decision::new();
    for &counted in counted {
        let window = app.store.attempts(counted).await?;
        match window.filter(|window| !window.is_over(now)) {
            Some(window) if window.attempts >= counted.limit() => return Ok(false),
            Some(_) => decision = decision.write(CountAttempt(counted.clone())),
            None => {
                let counted = counted.clone();
                decision = decision.write(BeginWindow { counted, now });
            }
        }
    }
    app.store.commit(decision).await?;
    Ok(true)
}

/// The password was right: the account's failures are forgotten. Those of the
/// origin are not, as other accounts may be meant by them; only this attempt
/// is taken back.
pub(super) async fn take_back(
    app: &AppState,
    account: Option<Counted>,
    origin: Option<Counted>,
) -> Result<(), StoreError> {
    if let Some(account) = account {
        let decision = Decision::new().write(ForgetAttempts(account));
        app.store.commit(decision).await?;
    }
    if let Some(origin) = origin {
        let decision = Decision::new().write(TakeBack(origin));
        match app.store.commit(decision).await {
            // The window is over and deleted: nothing is left to take back.
            Err(error) if error.is_condition_failed() => {}
            outcome => outcome?,
        }
    }
    Ok(())
}
