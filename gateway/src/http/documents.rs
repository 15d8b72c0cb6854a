//! Parsed and gated documents, kept by their text, and Apollo's automatic persisted queries, kept by their hash.
//!
//! Both caches are bounded by the bytes of the texts they stand for, so that nobody fills the memory with documents.

use std::sync::Arc;

use async_graphql::ServerError;
use moka::future::Cache;

use super::{
    errors,
    gate::{self, Document},
    limits::Limits,
};

/// The caches.
pub(super) struct Documents {
    limits: Limits,
    by_text: Cache<Arc<str>, Arc<Document>>,
    by_hash: Cache<[u8; 32], Arc<Document>>,
}

impl Documents {
    /// Caches that hold documents of at most `bytes` of text each way.
    pub fn new(limits: Limits, bytes: u64) -> Self {
        let weight = |document: &Arc<Document>| u32::try_from(document.text.len()).unwrap_or(u32::MAX);
        Self {
            limits,
            by_text: Cache::builder()
                .weigher(move |_: &Arc<str>, document| weight(document))
                .max_capacity(bytes)
                .build(),
            by_hash: Cache::builder().weigher(move |_, document| weight(document)).max_capacity(bytes).build(),
        }
    }

    /// The document of a text, from the cache or through the gate.
    ///
    /// # Errors
    /// As [`gate::admit`]. Refusals are not kept: they are cheap, and their number is the client's to choose.
    pub async fn by_text(&self, text: &str) -> Result<Arc<Document>, ServerError> {
        // A text over the limit is in no cache, and not worth hashing.
        if text.len() <= self.limits.bytes
            && let Some(document) = self.by_text.get(text).await
        {
            return Ok(document);
        }
        let document = Arc::new(gate::admit(text, &self.limits)?);
        self.by_text.insert(text.into(), document.clone()).await;
        Ok(document)
    }

    /// The document a client persisted before under this hash.
    ///
    /// # Errors
    /// `PERSISTED_QUERY_NOT_FOUND`, upon which the client sends the text along.
    pub async fn by_hash(&self, hash: &[u8; 32]) -> Result<Arc<Document>, ServerError> {
        self.by_hash
            .get(hash)
            .await
            .ok_or_else(|| errors::coded("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", None))
    }

    /// The document of a text, remembered under its hash from now on.
    ///
    /// # Errors
    /// As [`Documents::by_text`], and when `computed` is not `hash`.
    pub async fn persist(
        &self,
        text: &str,
        hash: [u8; 32],
        computed: impl FnOnce(&[u8]) -> [u8; 32],
    ) -> Result<Arc<Document>, ServerError> {
        if let Some(document) = self.by_hash.get(&hash).await
            && *document.text == *text
        {
            return Ok(document);
        }
        let document = self.by_text(text).await?;
        if computed(text.as_bytes()) != hash {
            return Err(errors::coded("BAD_USER_INPUT", "provided sha does not match query", None));
        }
        self.by_hash.insert(hash, document.clone()).await;
        Ok(document)
    }
}
