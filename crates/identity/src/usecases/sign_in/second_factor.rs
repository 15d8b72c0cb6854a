//! What the use cases about second factors share.

use kernel::{
    Cx, Result,
    crypto::Keyring,
    id::{TypedId, UserId},
};

use crate::{
    domain::sign_in::totp::{self, Typed},
    ports::{Account, SecondFactors},
};

/// What an encrypted secret is bound to: it opens for nobody else.
pub(crate) fn bound_to(id: UserId) -> Vec<u8> {
    [b"users.totp_secret".as_slice(), id.uuid().as_bytes()].concat()
}

/// Whether the code that somebody typed is good, and uses it up: one of their app, or a recovery code.
pub(crate) async fn accepts<S: SecondFactors>(
    s: &S,
    keyring: &Keyring,
    cx: &Cx,
    account: &Account,
    typed: &str,
) -> Result<bool> {
    match Typed::of(typed) {
        Some(Typed::Code(code)) => accepts_code(s, keyring, cx, account, &code).await,
        Some(Typed::Recovery(hash)) => s.use_recovery_code(account.id, &hash, cx.now).await,
        None => Ok(false),
    }
}

/// Whether a code of their app is good, and uses up its step.
pub(crate) async fn accepts_code<S: SecondFactors>(
    s: &S,
    keyring: &Keyring,
    cx: &Cx,
    account: &Account,
    code: &str,
) -> Result<bool> {
    let Some(sealed) = &account.totp_secret else { return Ok(false) };
    let secret = keyring.decrypt(&bound_to(account.id), sealed)?;
    match totp::step(&secret, cx.now, code, account.totp_last_step) {
        Some(step) => s.use_step(account.id, step).await,
        None => Ok(false),
    }
}

/// New recovery codes, stored by their hashes instead of all others.
pub(crate) async fn new_codes<S: SecondFactors>(s: &S, cx: &Cx, id: UserId) -> Result<Vec<String>> {
    let codes: Vec<_> = (0..totp::RECOVERY_CODES).map(|_| totp::recovery_code(cx.random())).collect();
    let hashes = codes.iter().map(|code| totp::recovery_hash(code)).collect();
    s.replace_recovery_codes(id, hashes, cx.now).await?;
    Ok(codes)
}
