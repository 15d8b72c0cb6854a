//! Keys, secrets and comparison. One library (aws-lc-rs) does all of it.

use std::sync::Arc;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    constant_time, digest, hkdf, hmac,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};

use crate::{Error, Result, Source};

/// The configured secret keys, newest first. New secrets use the newest; old ones stay readable.
#[derive(Clone)]
pub struct Keyring(Arc<Vec<Key>>);

struct Key {
    id: [u8; 4],
    seal: LessSafeKey,
    access_token: [u8; 32],
    cursor: hmac::Key,
    sign: Ed25519KeyPair,
    link: hmac::Key,
}

struct Len32;
impl hkdf::KeyType for Len32 {
    fn len(&self) -> usize {
        32
    }
}

fn derive(master: &[u8; 32], label: &[u8]) -> Result<[u8; 32]> {
    let mut key = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"frontdesk")
        .extract(master)
        .expand(&[label], Len32)
        .and_then(|okm| okm.fill(&mut key))
        .map_err(|_| Error::internal("key derivation failed"))?;
    Ok(key)
}

impl Keyring {
    /// Reads keys of 32 bytes in base64, newest first, separated by commas.
    ///
    /// # Errors
    /// [`Error::Internal`] with a text that does not repeat the key.
    pub fn parse(text: &str) -> Result<Self> {
        let keys = text
            .split(',')
            .map(|part| {
                let bytes = STANDARD.decode(part.trim()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
                Self::key(bytes.ok_or_else(|| {
                    Error::internal(
                        "the secret key must be 32 bytes in base64 (several: newest first, separated by commas)",
                    )
                })?)
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Self(Arc::new(keys)))
    }

    fn key(master: [u8; 32]) -> Result<Key> {
        // Two purposes never share a key: each is derived under its own label.
        let [a, b, c, d, ..] = sha256(&derive(&master, b"frontdesk key id v1")?);
        let seal = UnboundKey::new(&AES_256_GCM, &derive(&master, b"frontdesk seal v1")?)
            .map_err(|_| Error::internal("bad key"))?;
        Ok(Key {
            id: [a, b, c, d],
            seal: LessSafeKey::new(seal),
            access_token: derive(&master, b"frontdesk access token v1")?,
            cursor: hmac::Key::new(hmac::HMAC_SHA256, &derive(&master, b"frontdesk cursor v1")?),
            sign: Ed25519KeyPair::from_seed_unchecked(&derive(&master, b"frontdesk checkpoint v1")?)
                .map_err(|_| Error::internal("bad key"))?,
            link: hmac::Key::new(hmac::HMAC_SHA256, &derive(&master, b"frontdesk link v1")?),
        })
    }

    /// The keys for signing access tokens with their ids (8 hex digits), newest first.
    pub fn access_token_keys(&self) -> impl Iterator<Item = (String, &[u8; 32])> {
        self.0.iter().map(|key| (hex(&key.id), &key.access_token))
    }

    /// The short ids of the keys (8 hex digits), newest first.
    pub fn ids(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|key| hex(&key.id))
    }

    /// The short id of the key that something was encrypted under; `None` for what was not encrypted here.
    pub fn id_of(sealed: &[u8]) -> Option<String> {
        sealed.split_first_chunk::<4>().map(|(id, _)| hex(id))
    }

    /// The same secret encrypted under the newest key; `None` where it is already.
    ///
    /// # Errors
    /// [`Error::Internal`] when its key is gone or the bytes were altered.
    pub fn encrypt_anew(&self, source: &Source, context: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>> {
        if self.0.first().is_some_and(|newest| sealed.starts_with(&newest.id)) {
            return Ok(None);
        }
        let plain = self.decrypt(context, sealed)?;
        self.encrypt(source, context, &plain).map(Some)
    }

    /// Encrypts with AES-256-GCM under the newest key. `context` (such as the table and row) is authenticated, so
    /// that a value moved to another place does not open there. Layout: key id (4), nonce (12), ciphertext, tag (16).
    pub fn encrypt(&self, source: &Source, context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let key = self.0.first().ok_or_else(|| Error::internal("no secret key"))?;
        let nonce = source.bytes::<12>();
        let mut sealed = plain.to_vec();
        key.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
            .map_err(|_| Error::internal("encryption failed"))?;
        Ok([key.id.as_slice(), &nonce, &sealed].concat())
    }

    /// Decrypts what [`Keyring::encrypt`] made, under whichever key of the ring it names.
    ///
    /// # Errors
    /// [`Error::Internal`] when the key is gone or the bytes were altered.
    pub fn decrypt(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let fault = || Error::internal("a stored secret does not open: its key is not configured, or it was altered");
        let (id, rest) = sealed.split_first_chunk::<4>().ok_or_else(fault)?;
        let (nonce, text) = rest.split_first_chunk::<12>().ok_or_else(fault)?;
        let key = self.0.iter().find(|key| key.id == *id).ok_or_else(fault)?;
        let mut text = text.to_vec();
        let plain = key
            .seal
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context), &mut text)
            .map_err(|_| fault())?;
        Ok(plain.to_vec())
    }

    /// Signs with Ed25519 by the newest key; returns its short id and the signature.
    ///
    /// # Errors
    /// [`Error::Internal`] without a key.
    pub fn sign(&self, bytes: &[u8]) -> Result<(String, Vec<u8>)> {
        let key = self.0.first().ok_or_else(|| Error::internal("no secret key"))?;
        Ok((hex(&key.id), key.sign.sign(bytes).as_ref().to_vec()))
    }

    /// Whether the key with this short id signed these bytes; `None` where it is not in the ring.
    pub fn verifies(&self, id: &str, bytes: &[u8], signature: &[u8]) -> Option<bool> {
        let key = self.0.iter().find(|key| hex(&key.id) == id)?;
        let public = UnparsedPublicKey::new(&ED25519, key.sign.public_key().as_ref());
        Some(public.verify(bytes, signature).is_ok())
    }

    /// The public keys by which signatures are verified, with their short ids, newest first.
    pub fn public_keys(&self) -> impl Iterator<Item = (String, [u8; 32])> {
        self.0.iter().map(|key| {
            let mut public = [0; 32];
            public.copy_from_slice(key.sign.public_key().as_ref());
            (hex(&key.id), public)
        })
    }

    /// Authenticates a cursor: the first 16 bytes of an HMAC-SHA-256 under the newest key.
    pub(crate) fn cursor_mac(&self, bytes: &[u8]) -> [u8; 16] {
        self.0.first().map_or([0; 16], |key| cut(&hmac::sign(&key.cursor, bytes)))
    }

    /// Whether `mac` authenticates a cursor under any key of the ring.
    pub(crate) fn cursor_verifies(&self, bytes: &[u8], mac: &[u8]) -> bool {
        self.0.iter().any(|key| same(&cut(&hmac::sign(&key.cursor, bytes)), mac))
    }

    /// Authenticates a link: HMAC-SHA-256 under the newest key.
    pub fn link_mac(&self, bytes: &[u8]) -> [u8; 32] {
        let mut mac = [0; 32];
        if let Some(key) = self.0.first() {
            mac.copy_from_slice(hmac::sign(&key.link, bytes).as_ref());
        }
        mac
    }

    /// Whether `mac` authenticates a link under any key of the ring.
    pub fn link_verifies(&self, bytes: &[u8], mac: &[u8]) -> bool {
        self.0.iter().any(|key| hmac::verify(&key.link, bytes, mac).is_ok())
    }
}

/// Whether the holder of an Ed25519 key, whose public half is given, signed these bytes.
pub fn signed_by(public: &[u8; 32], bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public.as_slice()).verify(bytes, signature).is_ok()
}

/// SHA-256 of what comes piece by piece.
pub struct Sha256(digest::Context);

impl Default for Sha256 {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl Sha256 {
    /// The next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all pieces.
    pub fn finish(self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(self.0.finish().as_ref());
        hash
    }
}

/// A key that seals values until it is destroyed, AES-256-GCM. Layout of what it seals: nonce (12), ciphertext, tag (16).
#[derive(Clone)]
pub struct SealingKey(Arc<LessSafeKey>);

impl SealingKey {
    /// The key with these 32 bytes.
    ///
    /// # Errors
    /// [`Error::Internal`] for bytes that are no key.
    pub fn new(bytes: &[u8]) -> Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| Error::internal("bad key"))?;
        Ok(Self(Arc::new(LessSafeKey::new(key))))
    }

    /// Seals a value for one place, its `context`.
    ///
    /// # Errors
    /// [`Error::Internal`] where the library refuses.
    pub fn seal(&self, source: &Source, context: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce = source.bytes::<12>();
        let mut sealed = plain.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
            .map_err(|_| Error::internal("encryption failed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`SealingKey::seal`] made for that place.
    ///
    /// # Errors
    /// [`Error::Internal`] for what was sealed elsewhere or altered.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let fault = || Error::internal("a sealed value does not open: it was altered, or is another's");
        let (nonce, text) = sealed.split_first_chunk::<12>().ok_or_else(fault)?;
        let mut text = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        Ok(self.0.open_in_place(nonce, Aad::from(context), &mut text).map_err(|_| fault())?.to_vec())
    }
}

/// The first 16 bytes of the HMAC-SHA-256 of `bytes` under `key`: a mark by which a value is found and not read.
pub fn mark(key: &[u8], bytes: &[u8]) -> [u8; 16] {
    cut(&hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes))
}

/// The HMAC-SHA-256 of `bytes` under `key`, by which others show that they know it.
pub fn hmac_sha256(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut tag = [0; 32];
    tag.copy_from_slice(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), bytes).as_ref());
    tag
}

fn cut(tag: &hmac::Tag) -> [u8; 16] {
    let mut cut = [0; 16];
    cut.copy_from_slice(&tag.as_ref()[..16]);
    cut
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether two byte strings are equal, in time that does not depend on where they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// A token for a person or a program to keep: a prefix and 256 random bits. Only its [`token_hash`] is stored.
pub fn token(source: &Source, prefix: &str) -> String {
    format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(source.bytes::<32>()))
}

/// What is stored of a token: its SHA-256. (A token has 256 random bits; a slow hash would add nothing.)
pub fn token_hash(token: &str) -> Vec<u8> {
    sha256(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(keys: &[u8]) -> Keyring {
        Keyring::parse(&keys.iter().map(|k| STANDARD.encode([*k; 32])).collect::<Vec<_>>().join(",")).unwrap()
    }

    #[test]
    fn secrets_outlive_a_key_rotation_but_not_a_removed_key() {
        let source = Source::system();
        let sealed = ring(&[1]).encrypt(&source, b"row 7", b"hunter2").unwrap();
        assert!(!sealed.windows(7).any(|w| w == b"hunter2"));
        assert_eq!(ring(&[2, 1]).decrypt(b"row 7", &sealed).unwrap(), b"hunter2");
        assert!(ring(&[2]).decrypt(b"row 7", &sealed).is_err());
        assert!(ring(&[1]).decrypt(b"row 8", &sealed).is_err(), "moved to another row");
        let mut altered = sealed;
        *altered.last_mut().unwrap() ^= 1;
        assert!(ring(&[1]).decrypt(b"row 7", &altered).is_err());
    }

    #[test]
    fn a_bad_key_is_refused_without_repeating_it() {
        for bad in ["", "c2hvcnQ=", "not base64 at all"] {
            let error = format!("{:?}", Keyring::parse(bad).err().unwrap());
            assert!(bad.is_empty() || !error.contains(bad));
        }
    }
}
