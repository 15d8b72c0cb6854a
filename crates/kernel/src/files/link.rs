//! Links that are good by themselves, for a while.

use std::ops::Range;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};

use super::{Content, File, Files, own, receive::NONE, storage::whole};
use crate::{
    Conn, Cx, Result, Tenant,
    crypto::Keyring,
    id::{FileId, TenantId, TypedId},
};

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Reading the file.
    Download = 1,
    /// Sending its bytes.
    Upload = 2,
}

/// What a link says: purpose, tenant, file and end, all of it signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Whose file.
    pub tenant: TenantId,
    /// Which.
    pub file: FileId,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Bytes of purpose, tenant, file and end, and of the signature behind them.
const SIGNED: usize = 41;
const MAC: usize = 32;

impl Link {
    /// The link as a token, for an address.
    pub fn token(&self, keyring: &Keyring, purpose: Purpose) -> String {
        let mut text = Vec::with_capacity(SIGNED + MAC);
        text.push(purpose as u8);
        text.extend_from_slice(self.tenant.0.as_bytes());
        text.extend_from_slice(self.file.0.as_bytes());
        text.extend_from_slice(&self.expires_at.timestamp().to_be_bytes());
        let mac = keyring.link_mac(&text);
        text.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(text)
    }

    /// Whose link a token is, before anything of it is believed.
    pub fn tenant_of(token: &str) -> Option<TenantId> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == SIGNED + MAC)?;
        uuid::Uuid::from_slice(bytes.get(1..17)?).ok().map(TenantId)
    }

    /// The link of a token that was made here for this, and has not ended.
    pub(super) fn read(keyring: &Keyring, token: &str, purpose: Purpose, cx: &Cx) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == SIGNED + MAC)?;
        let (text, mac) = bytes.split_at(SIGNED);
        if !keyring.link_verifies(text, mac) || text[0] != purpose as u8 {
            return None;
        }
        let uuid = |at: Range<usize>| uuid::Uuid::from_slice(&text[at]).ok();
        let seconds = i64::from_be_bytes(text[33..].try_into().ok()?);
        let link = Self {
            tenant: TenantId(uuid(1..17)?),
            file: FileId::from_uuid(uuid(17..33)?),
            expires_at: DateTime::from_timestamp(seconds, 0)?,
        };
        (link.tenant == cx.tenant.id && link.expires_at > cx.now).then_some(link)
    }
}

impl Files {
    /// A link to a file, for whoever sees it now.
    pub fn link(&self, keyring: &Keyring, cx: &Cx, file: FileId) -> (String, DateTime<Utc>) {
        self.token(keyring, cx, file, cx.now + self.rules.linked, Purpose::Download)
    }

    /// A link to a file that ends with the file, where that is sooner than links end.
    pub fn link_until(
        &self,
        keyring: &Keyring,
        cx: &Cx,
        file: FileId,
        until: DateTime<Utc>,
    ) -> (String, DateTime<Utc>) {
        self.token(keyring, cx, file, until.min(cx.now + self.rules.linked), Purpose::Download)
    }

    /// The link to send the bytes of an upload by that was begun.
    pub fn upload_link(
        &self,
        keyring: &Keyring,
        cx: &Cx,
        file: FileId,
        until: DateTime<Utc>,
    ) -> (String, DateTime<Utc>) {
        self.token(keyring, cx, file, until, Purpose::Upload)
    }

    fn token(
        &self,
        keyring: &Keyring,
        cx: &Cx,
        file: FileId,
        until: DateTime<Utc>,
        purpose: Purpose,
    ) -> (String, DateTime<Utc>) {
        // Whole seconds, as the token says it.
        let expires_at = DateTime::from_timestamp(until.timestamp(), 0).unwrap_or(until);
        (Link { tenant: cx.tenant.id, file, expires_at }.token(keyring, purpose), expires_at)
    }

    /// The file of a link, and when the link ends.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error) for a link that is none or has ended, and for a file that is gone.
    pub async fn linked(&self, keyring: &Keyring, conn: &Conn, cx: &Cx, token: &str) -> Result<(File, DateTime<Utc>)> {
        let link = Link::read(keyring, token, Purpose::Download, cx).ok_or(NONE)?;
        let file = own::by_ids(conn, &[link.file]).await?.remove(&link.file);
        Ok((file.filter(|file| file.is_there(cx.now)).ok_or(NONE)?, link.expires_at))
    }

    /// Bytes of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error) where they are gone; [`Error::Unavailable`](crate::Error).
    pub async fn read(&self, tenant: &Tenant, file: &File, range: Range<u64>) -> Result<Content> {
        if range.is_empty() {
            return Ok(whole(Vec::new()));
        }
        self.storage.read(&file.location(tenant).ok_or(NONE)?, range).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base64::engine::general_purpose::STANDARD;
    use chrono::TimeDelta;

    use super::*;
    use crate::{Actor, Source};

    #[test]
    fn a_link_is_good_for_one_file_one_use_and_a_while() {
        let ring = |key: u8| Keyring::parse(&STANDARD.encode([key; 32])).unwrap();
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let source = Arc::new(Source::fixed(start, 7));
        let tenant = Arc::new(Tenant::platform(start));
        let cx = Cx::new(source.clone(), tenant.clone(), Actor::Anonymous, "test");
        let file = FileId(uuid::Uuid::from_u128(7));
        let link = Link { tenant: tenant.id, file, expires_at: start + TimeDelta::seconds(60) };
        let token = link.token(&ring(1), Purpose::Download);
        let read = |token: &str, ring: &Keyring, purpose, cx: &Cx| Link::read(ring, token, purpose, cx);
        assert_eq!(read(&token, &ring(1), Purpose::Download, &cx), Some(link));
        assert_eq!(Link::tenant_of(&token), Some(tenant.id));
        let both = Keyring::parse(&[2, 1].map(|key| STANDARD.encode([key; 32])).join(",")).unwrap();
        assert_eq!(read(&token, &both, Purpose::Download, &cx), Some(link), "keys change while links are good");
        assert_eq!(read(&token, &ring(2), Purpose::Download, &cx), None);
        assert_eq!(read(&token, &ring(1), Purpose::Upload, &cx), None, "of another purpose");
        // Every byte counts.
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            let mut edited = bytes.clone();
            edited[at] ^= 1;
            assert_eq!(read(&URL_SAFE_NO_PAD.encode(edited), &ring(1), Purpose::Download, &cx), None, "byte {at}");
        }
        for none in ["", "x", &token[1..], &format!("{token}AAAA"), &URL_SAFE_NO_PAD.encode(&bytes[..SIGNED])] {
            assert_eq!(read(none, &ring(1), Purpose::Download, &cx), None);
        }
        source.advance(TimeDelta::seconds(60));
        let later = Cx::new(source, tenant, Actor::Anonymous, "test");
        assert_eq!(read(&token, &ring(1), Purpose::Download, &later), None, "ended");
    }
}
