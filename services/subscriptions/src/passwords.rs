//! Password hashing off the async threads, a few at a time.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::domain::password::{HashingFailed, PasswordHash, SALT_BYTES};

/// How many hashes are computed at the same moment. Each takes 19 MiB and a
/// whole processor: more at once would let whoever posts log-ins take the
/// machine from everybody else. The others wait.
const MAX_CONCURRENT_HASHES: usize = 2;

/// Computes and verifies password hashes.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    permits: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT_HASHES)),
        }
    }

    /// Hashes `password`.
    ///
    /// # Errors
    /// [`HashingFailed`]: a fault of ours.
    pub(crate) async fn hash(
        &self,
        password: SecretString,
        salt: [u8; SALT_BYTES],
    ) -> Result<PasswordHash, HashingFailed> {
        self.compute(move || PasswordHash::compute(&password, salt))
            .await
    }

    /// Whether `candidate` has that hash. Where there is no hash to compare
    /// with the answer is no, and takes just as long.
    ///
    /// # Errors
    /// [`HashingFailed`]: a fault of ours.
    pub(crate) async fn verify(
        &self,
        candidate: SecretString,
        hash: Option<PasswordHash>,
    ) -> Result<bool, HashingFailed> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(PasswordHash::dummy);
        let matches = self.compute(move || hash.verify(&candidate)).await?;
        Ok(matches && known)
    }

    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashingFailed> + Send + 'static,
    ) -> Result<T, HashingFailed> {
        let permits = Arc::clone(&self.permits);
        let permit = permits.acquire_owned().await.map_err(|_| HashingFailed)?;
        // The permit goes along: a client that leaves does not stop the work,
        // so it must not let the next one begin either.
        let computed = spawn_blocking(move || {
            let outcome = work();
            drop(permit);
            outcome
        });
        computed.await.map_err(|_| HashingFailed)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_is_verified_where_there_is_no_hash() {
        let passwords = Passwords::new();
        let verified = passwords.verify("anything".to_owned().into(), None).await;
        assert_eq!(verified, Ok(false));
    }
}
