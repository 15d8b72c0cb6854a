//! What a server has made when it is first started: a registry, a tenant, its administrator. Made once in a run of the tests,
//! and copied for each server that would only make the same again.

use std::path::{Path, PathBuf};

use tokio::sync::OnceCell;

use super::secrets::files_below;
use super::server::{Backend, Options, Server};

static SQLITE: OnceCell<Template> = OnceCell::const_new();
static POSTGRES: OnceCell<Template> = OnceCell::const_new();

/// The databases of a server that was started once, and stopped.
#[derive(Debug)]
pub struct Template {
    /// The key that they know.
    pub key: String,
    /// On PostgreSQL: the database to copy.
    pub database: Option<String>,
    /// On SQLite: the files, by their places in the server's folder. In memory, so that nothing is left to be removed.
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Template {
    /// The one of this backend.
    pub async fn of(backend: Backend) -> &'static Self {
        let cell = match backend {
            Backend::Sqlite => &SQLITE,
            Backend::Postgres => &POSTGRES,
        };
        cell.get_or_init(|| Box::pin(Self::make(backend))).await
    }

    async fn make(backend: Backend) -> Self {
        let mut server = Server::start_anew(backend, Options::new()).await;
        let key = server.setting("FRONTDESK_SECRET_KEY").expect("a key").to_owned();
        server.terminate();
        server.wait().await;
        let database = server.take_database().map(super::Database::into_template);
        let mut files = Vec::new();
        for path in files_below(server.dir()) {
            let place = path.strip_prefix(server.dir()).expect("a file below it").to_owned();
            let name = place.to_string_lossy();
            if name.starts_with("frontdesk.") && !name.ends_with("-shm") {
                files.push((place, std::fs::read(&path).expect("a file")));
            }
        }
        Self { key, database, files }
    }

    /// Puts the files into the folder of a server that was not yet started.
    pub fn put(&self, dir: &Path) {
        for (place, bytes) in &self.files {
            let path = dir.join(place);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
    }
}
