//! The link by which a visitor changes their own booking.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{
    Error, ProblemCode, Result,
    crypto::Keyring,
    id::{ConsultationId, TenantId},
};
use uuid::Uuid;

/// What our tokens of bookings begin with.
const PREFIX: &str = "fdb_";
const ID: usize = 16;
const MAC: usize = 32;

/// What is signed. Longer than what links to files sign, so that neither passes for the other.
fn signed(tenant: TenantId, consultation: Uuid) -> Vec<u8> {
    [b"consultation".as_slice(), tenant.0.as_bytes(), consultation.as_bytes()].concat()
}

/// The token of a booking's link: it says which, and that we made it. The same in each mail, and nowhere kept.
pub fn token(keyring: &Keyring, tenant: TenantId, consultation: ConsultationId) -> String {
    let mac = keyring.link_mac(&signed(tenant, consultation.0));
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode([consultation.0.as_bytes().as_slice(), &mac].concat()))
}

/// Whose link a token is.
///
/// # Errors
/// [`Error::Invalid`] at `token` for anything that we did not sign for this company.
pub fn read(keyring: &Keyring, tenant: TenantId, token: &str) -> Result<ConsultationId> {
    let read = || {
        let text = token.strip_prefix(PREFIX).filter(|text| text.len() <= 2 * (ID + MAC))?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == ID + MAC)?;
        let (id, mac) = bytes.split_at(ID);
        let id = Uuid::from_slice(id).ok()?;
        keyring.link_verifies(&signed(tenant, id), mac).then_some(ConsultationId(id))
    };
    read().ok_or_else(|| Error::invalid("token", ProblemCode::InvalidToken, "is not the token of a booking"))
}
