//! Where what is thrown away lives: in memory where there is plenty, so that nobody waits for a disk to keep it.

use std::path::PathBuf;
use std::sync::OnceLock;

use tempfile::TempDir;

/// So much must be free there; the tests with hundreds of tenants have some gigabytes at a time.
const ROOM: u64 = 6 << 30;

/// The folder that folders are made in.
pub fn base() -> PathBuf {
    static BASE: OnceLock<PathBuf> = OnceLock::new();
    BASE.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let free = rustix::fs::statvfs(&memory).map_or(0, |there| there.f_bavail * there.f_frsize);
        let is_writable = TempDir::new_in(&memory).is_ok();
        if free >= ROOM && is_writable { memory } else { std::env::temp_dir() }
    })
    .clone()
}

/// A folder for a test.
pub fn folder(prefix: &str) -> TempDir {
    TempDir::with_prefix_in(prefix, base()).expect("a folder")
}
