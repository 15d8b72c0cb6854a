//! Where images and files are that messages point at.

use std::time::Duration;

use kernel::Result;

/// Why an image or file did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoMedia {
    /// It may come later.
    Away(String),
    /// The other side asks not to be asked before so much time is over.
    Later(Duration, String),
    /// It will never come.
    Never(String),
}

/// Where images and files are that messages point at.
#[async_trait::async_trait]
pub trait MediaHosts: Send + Sync + 'static {
    /// The bytes at an address, at most so many.
    ///
    /// # Errors
    /// Why they did not come.
    async fn fetch(&self, address: &str, most: u64) -> Result<Vec<u8>, NoMedia>;
}
