//! Files that came with a request. They wait in nameless files of the system, which are gone with whoever holds them; what
//! holds their places among the variables is a mark that names their number.

use std::{fs, io, os::unix::fs::FileExt, sync::Arc};

use async_graphql::Value;
use bytes::Bytes;
use futures_util::{Stream, stream};

/// Bytes that are read at a time.
const PIECE: usize = 64 * 1024;

/// A file that came with a request.
#[derive(Debug)]
pub struct Upload {
    /// What its sender calls it.
    pub name: String,
    /// Bytes.
    pub size: u64,
    sha256: [u8; 32],
    spool: Arc<fs::File>,
}

/// The files of a request, in its data.
#[derive(Clone, Debug, Default)]
pub struct Uploads(Arc<Vec<Upload>>);

impl Uploads {
    pub(super) fn new(files: Vec<Upload>) -> Self {
        Self(Arc::new(files))
    }

    /// The file that a mark among the variables stands for.
    #[must_use]
    pub fn marked(&self, mark: &Value) -> Option<&Upload> {
        match mark {
            Value::String(mark) => self.0.get(mark.strip_prefix(MARK)?.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// What tells these files from others.
    pub(super) fn digest(&self, out: &mut Vec<u8>) {
        for upload in self.0.iter() {
            out.extend_from_slice(&upload.size.to_be_bytes());
            out.extend_from_slice(&upload.sha256);
            out.extend_from_slice(upload.name.as_bytes());
            out.push(0);
        }
    }
}

/// How a mark begins.
const MARK: &str = "#file:";

/// What holds the place of a file among the variables.
pub(super) fn mark(number: usize) -> String {
    format!("{MARK}{number}")
}

impl Upload {
    pub(super) fn new(name: String, size: u64, sha256: [u8; 32], spool: fs::File) -> Self {
        Self { name, size, sha256, spool: Arc::new(spool) }
    }

    /// Its bytes.
    pub fn content(&self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let (spool, size) = (self.spool.clone(), self.size);
        stream::try_unfold(0, move |at| {
            let spool = spool.clone();
            async move {
                if at >= size {
                    return Ok(None);
                }
                let read = tokio::task::spawn_blocking(move || {
                    let mut piece = vec![0; PIECE];
                    let length = spool.read_at(&mut piece, at)?;
                    piece.truncate(length);
                    if length == 0 {
                        Err(io::Error::from(io::ErrorKind::UnexpectedEof))
                    } else {
                        Ok(Bytes::from(piece))
                    }
                });
                let piece = read.await.map_err(io::Error::other)??;
                let next = at + piece.len() as u64;
                Ok(Some((piece, next)))
            }
        })
    }
}
