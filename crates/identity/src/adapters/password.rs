//! Password hashing: argon2id, on threads of its own that yield to everything else. Hashes of bcrypt, which imported
//! products bring along, are verified and never made.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use kernel::{Error, Result, Source};
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization;

use crate::domain::sign_in::password_rules;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords {
    queue: SyncSender<Work>,
    /// A hash that no password is known to have, to spend the same time on unknown accounts.
    decoy: Arc<str>,
}

type Work = Box<dyn FnOnce() + Send>;

/// How long an attempt waits for its answer before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many attempts may wait; one more is told to come back at once. A thread does this many within [`PATIENCE`].
const QUEUE: usize = 256;
/// No password is longer; hashing a megabyte would be the attacker's choice.
const LONGEST: usize = password_rules::LONGEST;
/// The highest cost of bcrypt that is computed, about a second; products use 10 to 12.
const BCRYPT_COST: u32 = 14;

fn argon() -> Argon2<'static> {
    // OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// What a password is to a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Another one.
    Wrong,
    /// It is the password, and its hash is as it would be made today.
    Right,
    /// It is the password, and its hash is to be made anew: it is bcrypt's, or of another Unicode form.
    Outdated,
}

impl Verdict {
    /// Whether it is the password.
    pub(crate) fn is_right(self) -> bool {
        self != Self::Wrong
    }
}

/// The forms in which a password may have been stored, each once: as it is stored now, as it was typed, and taken apart.
fn forms(password: &str) -> Vec<String> {
    let mut forms = vec![password_rules::stored_form(password)];
    for other in [password.to_owned(), password.nfd().collect()] {
        if !forms.contains(&other) {
            forms.push(other);
        }
    }
    forms
}

/// Every form is tried, whichever fits: how long it takes depends on what was typed, and says nothing about the hash.
fn judge(password: &str, hash: &str) -> Verdict {
    let fits: Vec<bool> = forms(password).iter().map(|form| matches(form, hash)).collect();
    match fits.iter().position(|fits| *fits) {
        None => Verdict::Wrong,
        Some(0) if !is_outdated(hash) => Verdict::Right,
        Some(_) => Verdict::Outdated,
    }
}

fn hash(password: &str, salt: [u8; 16]) -> Result<String> {
    argon().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(Error::internal)
}

/// What looks like a hash and costs as much to compare with, made of chance alone: nothing is hashed for it.
fn decoy(source: &Source) -> String {
    let (memory, passes, lanes) = (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST);
    let (salt, output) = (STANDARD_NO_PAD.encode(source.bytes::<16>()), STANDARD_NO_PAD.encode(source.bytes::<32>()));
    format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${output}")
}

fn matches(password: &str, hash: &str) -> bool {
    if is_outdated(hash) {
        // `$2b$12$…`. The other products cut passwords at 72 bytes, and so does this.
        let cost = hash.split('$').nth(2).and_then(|cost| cost.parse::<u32>().ok());
        return cost.is_some_and(|cost| cost <= BCRYPT_COST) && bcrypt::verify(password, hash).unwrap_or(false);
    }
    PasswordHash::new(hash).is_ok_and(|hash| argon().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Whether a hash is bcrypt's.
fn is_outdated(hash: &str) -> bool {
    ["$2a$", "$2b$", "$2y$"].iter().any(|mark| hash.starts_with(mark))
}

/// Does what is queued until nobody can queue any more.
fn serve(queue: &Mutex<Receiver<Work>>) {
    yield_to_others();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        // A fault in one attempt, which its caller sees as no answer, must not cost the thread.
        drop(catch_unwind(AssertUnwindSafe(work)));
    }
}

/// Gives this thread a tenth of the weight of the others, so that a storm of sign-ins takes what they leave. Only Linux
/// has priorities of threads.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "passwords are hashed at the usual priority");
    }
}

impl Passwords {
    /// With this many threads.
    ///
    /// # Errors
    /// [`Error::Internal`] where no thread can be had.
    pub fn new(source: &Source, threads: usize) -> Result<Self> {
        let (queue, work) = sync_channel(QUEUE);
        let work = Arc::new(Mutex::new(work));
        for _ in 0..threads.max(1) {
            let work = work.clone();
            let thread = thread::Builder::new().name("passwords".into());
            thread.spawn(move || serve(&work)).map_err(Error::internal)?;
        }
        Ok(Self { queue, decoy: decoy(source).into() })
    }

    async fn turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || Error::unavailable("too many passwords are being checked");
        let (answer, answered) = oneshot::channel();
        let work = move || {
            // Nobody waits any more: neither do those behind.
            if !answer.is_closed() {
                drop(answer.send(work()));
            }
        };
        self.queue.try_send(Box::new(work)).map_err(|_| busy())?;
        let answered = tokio::time::timeout(PATIENCE, answered).await.map_err(|_| busy())?;
        answered.map_err(|_| Error::internal("a password could not be checked"))
    }

    /// The PHC string of a password's hash.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where too many wait.
    pub async fn hash(&self, source: &Source, password: &str) -> Result<String> {
        let (password, salt) = (password_rules::stored_form(password), source.bytes());
        self.turn(move || hash(&password, salt)).await?
    }

    /// Whether `password` has this hash; with no hash, takes the same time as argon2id and says no.
    ///
    /// The hash of an imported account takes the time of bcrypt, so until its owner signs in for the first time it can be
    /// told from an unknown one. That is the price of not paying bcrypt's time at every mistyped address for ever.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where too many wait.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        Ok(self.judge(password, hash).await?.is_right())
    }

    /// The same, and whether the hash is to be made anew.
    pub(crate) async fn judge(&self, password: &str, hash: Option<&str>) -> Result<Verdict> {
        if password.len() > LONGEST {
            return Ok(Verdict::Wrong);
        }
        let known = hash.is_some();
        let (password, hash) = (password.to_owned(), hash.unwrap_or(&self.decoy).to_owned());
        let verdict = self.turn(move || judge(&password, &hash)).await?;
        Ok(if known { verdict } else { Verdict::Wrong })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> (Source, Passwords) {
        let source = Source::system();
        let passwords = Passwords::new(&source, 1).unwrap();
        (source, passwords)
    }

    #[tokio::test]
    async fn a_password_has_its_hash_and_no_other() {
        let (source, passwords) = passwords();
        let hash = passwords.hash(&source, "open sesame").await.unwrap();
        assert!(hash.starts_with("$argon2id$") && !is_outdated(&hash));
        assert!(passwords.verify("open sesame", Some(&hash)).await.unwrap());
        for (password, hash) in [("close sesame", Some(hash.as_str())), ("open sesame", None), ("", Some("*"))] {
            assert!(!passwords.verify(password, hash).await.unwrap());
        }
        assert!(!passwords.verify(&"x".repeat(LONGEST + 1), Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn a_decoy_costs_what_a_hash_costs() {
        let (source, passwords) = passwords();
        let made = passwords.hash(&source, "open sesame").await.unwrap();
        let (made, decoy) = (PasswordHash::new(&made).unwrap(), PasswordHash::new(&passwords.decoy).unwrap());
        assert_eq!((made.algorithm, made.version, &made.params), (decoy.algorithm, decoy.version, &decoy.params));
        let lengths = |hash: &PasswordHash| (hash.salt.as_ref().unwrap().len(), hash.hash.as_ref().unwrap().len());
        assert_eq!(lengths(&made), lengths(&decoy));
        assert_ne!((made.salt, made.hash), (decoy.salt, decoy.hash));
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_its_letters_are_put_together() {
        let (source, passwords) = passwords();
        let (whole, apart) = ("caf\u{e9} caf\u{e9}", "cafe\u{301} cafe\u{301}");
        let mixed = "cafe\u{301} caf\u{e9}";
        let now = passwords.hash(&source, apart).await.unwrap();
        for typed in [whole, apart, mixed] {
            assert_eq!(passwords.judge(typed, Some(&now)).await.unwrap(), Verdict::Right, "{typed:?}");
        }
        // Before, what was typed was stored as it was.
        for (stored, typed) in [(apart, whole), (apart, apart), (mixed, mixed), (apart, mixed)] {
            let before = hash(stored, source.bytes()).unwrap();
            assert_eq!(passwords.judge(typed, Some(&before)).await.unwrap(), Verdict::Outdated, "{typed:?}");
        }
        assert_eq!(passwords.judge("cafe cafe", Some(&now)).await.unwrap(), Verdict::Wrong);
        assert_eq!((forms("plain").len(), forms(whole).len(), forms(mixed).len()), (1, 2, 3));
    }

    #[tokio::test]
    async fn imported_hashes_verify_within_reason() {
        let (_, passwords) = passwords();
        // The test vector of the original implementation ("U*U"), under the names that it goes by.
        for version in ["2a", "2b", "2y"] {
            let hash = format!("${version}$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
            assert!(is_outdated(&hash));
            assert!(passwords.verify("U*U", Some(&hash)).await.unwrap(), "{version}");
            assert!(!passwords.verify("U*V", Some(&hash)).await.unwrap(), "{version}");
        }
        for bad in ["$2b$", "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2b$05$short"] {
            assert!(!passwords.verify("U*U", Some(bad)).await.unwrap(), "{bad}");
        }
    }

    #[tokio::test]
    async fn who_finds_the_queue_full_is_told_at_once() {
        let (_, passwords) = passwords();
        let (go, wait) = sync_channel::<()>(0);
        passwords.queue.send(Box::new(move || assert!(wait.recv().is_err()))).unwrap();
        // The thread may or may not have taken the first, so one more than fit.
        let full = (0..=QUEUE).any(|_| passwords.queue.try_send(Box::new(|| ())).is_err());
        assert!(full);
        assert!(matches!(passwords.verify("x", None).await, Err(Error::Unavailable { .. })));
        drop(go);
        while let Err(error) = passwords.verify("x", None).await {
            assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
            tokio::task::yield_now().await;
        }
    }
}
