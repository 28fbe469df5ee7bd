//! The first admin, whose password the deployment made.

use lambda_host::{Failure, Host};
use subscriptions::{App, FirstAdminError};

use crate::secrets;

/// The ARN of the secret with the first admin's password.
const ADMIN_SECRET: &str = "PENNYPOST_ADMIN_SECRET";

/// Makes the first admin if there never was one.
///
/// # Errors
/// [`Failure`] if the store or the secret cannot be read, or the password cannot
/// be taken.
pub(crate) async fn ensure(host: &Host, app: &App) -> Result<(), Failure> {
    if app.has_users().await.map_err(failure)? {
        return Ok(());
    }
    let arn = host.environment().required(ADMIN_SECRET);
    let arn = arn.map_err(|error| Failure::Permanent(error.to_string()))?;
    let password = secrets::fetch(host.sdk(), &arn).await?;
    app.ensure_first_admin(Some(password))
        .await
        .map_err(failure)?;
    Ok(())
}

fn failure(error: FirstAdminError) -> Failure {
    match error {
        FirstAdminError::Password(problem) => {
            Failure::Permanent(format!("the first admin's password: {problem}"))
        }
        FirstAdminError::Fault(reason) => Failure::Transient(reason),
    }
}
