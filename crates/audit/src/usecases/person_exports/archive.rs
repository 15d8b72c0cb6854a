//! The archive: a ZIP that is written by a thread of its own into a file without a name, and from there into the storage. Neither a
//! table nor a file is ever in memory as a whole.

use std::io::{Seek, SeekFrom, Write};

use bytes::Bytes;
use kernel::{Error, Result};
use tokio::sync::mpsc;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// What is done next.
enum Step {
    /// A file begins.
    Begin(String),
    /// It goes on.
    Bytes(Bytes),
}

/// An archive that is being written.
pub struct Archive {
    steps: mpsc::Sender<Step>,
    written: tokio::task::JoinHandle<Result<std::fs::File>>,
}

/// So many steps wait to be taken.
const WAITING: usize = 8;

fn gone() -> Error {
    Error::Unavailable { detail: "the archive took no more".into() }
}

fn write(mut steps: mpsc::Receiver<Step>) -> Result<std::fs::File> {
    let broken = |error: std::io::Error| Error::unavailable(error);
    let mut zip = ZipWriter::new(tempfile::tempfile().map_err(broken)?);
    // More than 4 GiB may be in one file.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    while let Some(step) = steps.blocking_recv() {
        match step {
            Step::Begin(path) => zip.start_file(path, options).map_err(Error::internal)?,
            Step::Bytes(bytes) => zip.write_all(&bytes).map_err(broken)?,
        }
    }
    let mut file = zip.finish().map_err(Error::internal)?;
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    Ok(file)
}

impl Archive {
    /// Begins one.
    pub fn begin() -> Self {
        let (steps, taken) = mpsc::channel(WAITING);
        // What is worked out for long is no hindrance to others.
        Self { steps, written: tokio::task::spawn_blocking(move || write(taken)) }
    }

    /// Begins a file in it; its path is made here and has no `..`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where there is no room for it.
    pub async fn file(&self, path: impl Into<String>) -> Result<()> {
        self.steps.send(Step::Begin(path.into())).await.map_err(|_| gone())
    }

    /// Goes on with the file that was begun.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where there is no room for it.
    pub async fn bytes(&self, bytes: impl Into<Bytes>) -> Result<()> {
        self.steps.send(Step::Bytes(bytes.into())).await.map_err(|_| gone())
    }

    /// Ends it; what it is read from stands at its beginning.
    ///
    /// # Errors
    /// What went wrong while it was written.
    pub async fn end(self) -> Result<tokio::fs::File> {
        drop(self.steps);
        let file = self.written.await.map_err(Error::internal)??;
        Ok(tokio::fs::File::from_std(file))
    }
}
