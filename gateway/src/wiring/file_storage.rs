//! Where files are: a folder, or a bucket of anything that speaks S3. The crate `object_store` does the work.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::{StreamExt, TryStreamExt};
use kernel::{
    Error, Result,
    files::{Content, Storage},
};
use object_store::{
    Error as StoreError, GetOptions, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path as Location,
};
use tokio::sync::Semaphore;

use crate::config::Config;

/// What is written in one piece, and so kept in memory: of a folder, and of a bucket, where no piece but the last may be
/// smaller.
const PIECE: usize = 256 * 1024;
const PART: usize = 5 * 1024 * 1024;
/// How many files are written in parts at a time.
const IN_PARTS: usize = 16;

/// A folder or a bucket.
pub struct FileStorage {
    store: Arc<dyn ObjectStore>,
    folder: Option<PathBuf>,
    piece: usize,
    in_parts: Semaphore,
}

impl FileStorage {
    /// What the settings name: a bucket, else a folder.
    ///
    /// # Errors
    /// [`Error::Internal`] for settings that cannot be a bucket's; [`Error::Unavailable`] for a folder that cannot be made.
    pub fn of_settings(config: &Config) -> Result<Self> {
        match &config.files_bucket {
            Some(name) => Self::bucket(config, name),
            None => Self::folder(&config.files_dir),
        }
    }

    /// A folder, which is made where it is not there.
    fn folder(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path).map_err(Error::unavailable)?;
        let store = LocalFileSystem::new_with_prefix(path).map_err(Error::unavailable)?;
        // What was acknowledged survives a loss of power, as in the databases.
        let store = store.with_automatic_cleanup(true).with_fsync(true);
        Ok(Self::of(Arc::new(store), Some(path.to_owned()), PIECE, Semaphore::MAX_PERMITS))
    }

    /// The bucket that the settings name.
    fn bucket(config: &Config, name: &str) -> Result<Self> {
        let key = |name: &str, value: &Option<String>| {
            value.clone().ok_or_else(|| Error::internal(format!("{name} is required where files_bucket is set")))
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(name)
            .with_region(&config.files_region)
            .with_access_key_id(key("files_access_key", &config.files_access_key)?)
            .with_secret_access_key(key("files_secret_key", &config.files_secret_key)?)
            // Every store knows how to remove one thing at a time.
            .with_disable_bulk_delete(true);
        if let Some(endpoint) = &config.files_endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        let store = builder.build().map_err(|error| Error::internal(format!("the bucket's settings: {error}")))?;
        Ok(Self::of(Arc::new(store), None, PART, IN_PARTS))
    }

    fn of(store: Arc<dyn ObjectStore>, folder: Option<PathBuf>, piece: usize, in_parts: usize) -> Self {
        Self { store, folder, piece, in_parts: Semaphore::new(in_parts) }
    }

    /// Writes in parts what begins with `first`.
    async fn put_parts(&self, at: &Location, first: Vec<bytes::Bytes>, mut rest: Content) -> Result<()> {
        let _turn = self.in_parts.try_acquire().map_err(|_| Error::unavailable("too many large files at a time"))?;
        let upload = self.store.put_multipart(at).await.map_err(failed)?;
        let mut writing = WriteMultipart::new_with_chunk_size(upload, self.piece);
        first.into_iter().for_each(|bytes| writing.put(bytes));
        let written = async {
            while let Some(bytes) = rest.next().await {
                // One part is sent while the next is gathered.
                writing.wait_for_capacity(1).await.map_err(failed)?;
                writing.put(bytes?);
            }
            Ok(())
        };
        match written.await {
            Ok(()) => writing.finish().await.map(drop).map_err(failed),
            Err(error) => {
                if let Err(error) = writing.abort().await {
                    tracing::warn!(%error, "parts of a file that broke off could not be removed");
                }
                Err(error)
            }
        }
    }
}

/// What the store says, for the log; it names the key, which says nothing.
fn failed(error: StoreError) -> Error {
    match error {
        StoreError::NotFound { .. } => Error::NotFound { what: "File" },
        error => Error::unavailable(error),
    }
}

#[async_trait::async_trait]
impl Storage for FileStorage {
    async fn put(&self, key: &str, mut content: Content) -> Result<()> {
        let at = Location::from(key);
        let (mut first, mut size) = (Vec::new(), 0);
        while let Some(bytes) = content.next().await {
            let bytes = bytes?;
            size += bytes.len();
            first.push(bytes);
            if size >= self.piece {
                return self.put_parts(&at, first, content).await;
            }
        }
        self.store.put(&at, PutPayload::from_iter(first)).await.map(drop).map_err(failed)
    }

    async fn read(&self, key: &str, range: Range<u64>) -> Result<Content> {
        let wanted = GetOptions { range: Some(range.into()), ..GetOptions::default() };
        let found = self.store.get_opts(&Location::from(key), wanted).await.map_err(failed)?;
        Ok(found.into_stream().map_err(failed).boxed())
    }

    async fn remove(&self, key: &str) -> Result<()> {
        match self.store.delete(&Location::from(key)).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(failed(error)),
        }
        // What a process that died wrote is beside it, under its name, a # and a number.
        if let Some(path) = self.folder.as_ref().map(|folder| folder.join(key)) {
            tokio::task::spawn_blocking(move || remove_unfinished(&path)).await.map_err(Error::internal)??;
        }
        Ok(())
    }

    async fn list(&self, folder: &str) -> Result<Vec<(String, u64)>> {
        let all = self.store.list(Some(&Location::from(folder))).map_err(failed);
        all.map_ok(|found| (found.location.to_string(), found.size)).try_collect().await
    }
}

fn remove_unfinished(path: &Path) -> Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Ok(());
    };
    let begun = format!("{name}#");
    // A folder that is not there holds nothing.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&begun) {
            std::fs::remove_file(entry.path()).map_err(Error::unavailable)?;
        }
    }
    Ok(())
}
