//! What the system tells one server: another time than it is, and that the disk is full. A few lines of C are put in front of libc.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::{Options, place};

/// The library, built once by the compiler that links the tests.
fn library() -> &'static Path {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = BUILT.get_or_init(|| {
        let dir = TempDir::with_prefix("frontdesk-shim-").expect("a folder");
        let (source, library) = (dir.path().join("shim.c"), dir.path().join("shim.so"));
        std::fs::write(&source, include_str!("shim.c")).expect("a file");
        let mut compile = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
        compile.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source).arg("-ldl");
        let done = compile.output().expect("a C compiler, which Rust links with");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        (dir, library)
    });
    path
}

/// What one server is told.
#[derive(Debug)]
pub struct Shim {
    dir: TempDir,
}

impl Shim {
    /// Nothing but the truth yet.
    pub fn new() -> Self {
        let shim = Self { dir: place::folder("frontdesk-said-") };
        std::fs::write(shim.path(), [0; 16]).expect("a file");
        shim
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("said")
    }

    /// The settings of a server that is told this.
    pub fn options(&self, options: Options) -> Options {
        let text = |path: &Path| path.to_str().expect("a path").to_owned();
        options.env("LD_PRELOAD", text(library())).env("SHIM_SAYS", text(&self.path()))
    }

    fn say(&self, at: u64, number: i64) {
        let file = OpenOptions::new().write(true).open(self.path()).expect("a file");
        file.write_all_at(&number.to_ne_bytes(), at).expect("written");
    }

    /// From now on the clock is off by so many seconds.
    pub fn clock(&self, seconds: i64) {
        self.say(0, seconds * 1_000_000_000);
    }

    /// From now on, or no longer, no file takes any more.
    pub fn disk_full(&self, full: bool) {
        self.say(8, full.into());
    }
}
