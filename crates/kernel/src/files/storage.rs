//! The port: where the bytes are.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream, stream::BoxStream};

use crate::Result;

/// Bytes on their way. An error in it ends the writing, and nothing is kept of what came before it.
pub type Content = BoxStream<'static, Result<Bytes>>;

/// Bytes that are there already.
pub fn whole(bytes: impl Into<Bytes>) -> Content {
    let bytes = bytes.into();
    stream::once(async move { Ok(bytes) }).boxed()
}

/// Keeps bytes under keys. Keys are made here (letters, digits, `_` and `/`), so nothing that somebody sent is in one.
#[async_trait]
pub trait Storage: Send + Sync + 'static {
    /// Writes what comes under `key`, all of it or nothing.
    ///
    /// # Errors
    /// The content's own, as it is; [`Error::Unavailable`](crate::Error) where it cannot be written.
    async fn put(&self, key: &str, content: Content) -> Result<()>;

    /// Reads the bytes of a range, which is not empty and lies inside of what is there.
    ///
    /// # Errors
    /// [`Error::NotFound`](crate::Error) where there is nothing; [`Error::Unavailable`](crate::Error).
    async fn read(&self, key: &str, range: Range<u64>) -> Result<Content>;

    /// Removes what is under `key`, also what a process left there that died over writing it. Nothing there is no error.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error).
    async fn remove(&self, key: &str) -> Result<()>;

    /// The keys below a folder, with how many bytes each has.
    ///
    /// # Errors
    /// [`Error::Unavailable`](crate::Error).
    async fn list(&self, folder: &str) -> Result<Vec<(String, u64)>>;
}
