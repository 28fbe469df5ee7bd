//! The first admin's password.

use ambient::SharedRandomness;
use secrecy::SecretString;
use subscriptions::App;

use crate::{
    settings::{Settings, ShowPassword},
    system::StartError,
};

/// The random bytes of a password: it has twice as many characters.
const RANDOM_BYTES: usize = 12;

/// Makes the first admin if there is none.
pub(crate) async fn ensure(
    app: &App,
    settings: &Settings,
    randomness: &SharedRandomness,
) -> Result<(), StartError> {
    let password = match &settings.admin_password {
        Some(given) => given.clone(),
        None if app.has_users().await? => return Ok(()),
        None => shown(settings.show_password, randomness)?,
    };
    app.ensure_first_admin(Some(password)).await?;
    Ok(())
}

/// A random password. It is shown before it is stored: stored first, a kill in
/// between would leave an admin whose password nobody ever saw.
fn shown(show: ShowPassword, randomness: &SharedRandomness) -> Result<SecretString, StartError> {
    let mut random = [0; RANDOM_BYTES];
    randomness.fill(&mut random);
    let password = SecretString::from(hex::encode(random));
    show(&password).map_err(StartError::PasswordNotShown)?;
    Ok(password)
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Mutex, PoisonError},
    };

    use secrecy::ExposeSecret;

    use super::*;
    use crate::{data_dir::DataDir, parts::Parts};

    static SHOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());

    fn keep(password: &SecretString) -> io::Result<()> {
        let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
        shown.push(password.expose_secret().to_owned());
        Ok(())
    }

    fn fail(_: &SecretString) -> io::Result<()> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    #[tokio::test]
    async fn no_admin_is_made_whose_password_was_not_shown_and_one_only_once() {
        let directory = tempfile::tempdir().expect("a directory");
        let dir = DataDir::take(directory.path()).expect("the directory");
        let settings = |show_password| Settings {
            show_password,
            ..Settings::in_memory()
        };
        let parts = Parts::open(Some(&dir), &settings(fail))
            .await
            .expect("parts");
        let url = "http://localhost".parse().expect("a URL");
        let app = parts.subscriptions(url);

        let hidden = ensure(&app, &settings(fail), &parts.randomness).await;
        assert!(matches!(hidden, Err(StartError::PasswordNotShown(_))));
        assert!(!app.has_users().await.expect("an answer"));

        for _ in 0..2 {
            ensure(&app, &settings(keep), &parts.randomness)
                .await
                .expect("an admin");
            assert!(app.has_users().await.expect("an answer"));
        }
        let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].len(), 2 * RANDOM_BYTES);
    }
}
