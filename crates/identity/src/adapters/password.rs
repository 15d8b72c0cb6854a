//! Password hashing: argon2id, off the async threads, a bounded number at a time.

use std::{sync::Arc, time::Duration};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use kernel::{Error, Result, Source};
use tokio::sync::Semaphore;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// The hash of a password that nobody knows, to spend the same time on unknown accounts.
    decoy: Arc<str>,
}

/// How long an attempt waits for its turn before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);

fn argon() -> Argon2<'static> {
    // OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

fn hash(password: &str, salt: [u8; 16]) -> Result<String> {
    argon().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(Error::internal)
}

impl Passwords {
    /// At most `at_once` hashes are computed at the same time.
    pub fn new(source: &Source, at_once: usize) -> Result<Self> {
        let decoy = hash(&kernel::crypto::hex(&source.bytes::<32>()), source.bytes())?;
        Ok(Self { turns: Arc::new(Semaphore::new(at_once.max(1))), decoy: decoy.into() })
    }

    async fn turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Error::unavailable("too many passwords are being checked")) };
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(Error::internal)
    }

    /// The PHC string of a password's hash.
    pub async fn hash(&self, source: &Source, password: &str) -> Result<String> {
        let (password, salt) = (password.to_owned(), source.bytes());
        self.turn(move || hash(&password, salt)).await?
    }

    /// Whether `password` has this hash; with no hash, takes the same time and says no.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let known = hash.is_some();
        let (password, hash) = (password.to_owned(), hash.unwrap_or(&self.decoy).to_owned());
        let right = self
            .turn(move || {
                PasswordHash::new(&hash).is_ok_and(|hash| argon().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(right && known)
    }
}
