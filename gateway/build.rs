//! Finds the playground's third-party files, which npm puts into `web/dist/` and which are not committed.
//!
//! With all of them there, the server embeds them; without (no Node on this machine), it builds all the same and
//! `/graphiql` says what is missing.

use std::{env, fmt::Write as _, fs, io, path::Path};

/// What `web/build.mjs` writes, as Brotli: name and content type.
const FILES: [(&str, &str); 6] = [
    ("react.min.js", "text/javascript; charset=utf-8"),
    ("react-dom.min.js", "text/javascript; charset=utf-8"),
    ("graphiql.min.js", "text/javascript; charset=utf-8"),
    ("graphiql.min.css", "text/css; charset=utf-8"),
    ("graphql-ws.min.js", "text/javascript; charset=utf-8"),
    ("licences.txt", "text/plain; charset=utf-8"),
];

fn main() -> io::Result<()> {
    // The folder is committed (empty), so watching it costs nothing until npm writes into it.
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=web/dist");

    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let root = env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("graphiql_assets.rs"), assets(&Path::new(&root).join("web/dist")))
}

/// The Rust source of the list: every file, or none when one is missing.
fn assets(dist: &Path) -> String {
    let mut list = String::new();
    let packed = |name: &str| dist.join(format!("{name}.br"));
    if FILES.iter().all(|(name, _)| packed(name).is_file()) {
        for (name, kind) in FILES {
            // Writing to a string cannot fail.
            let _ = writeln!(list, "    ({name:?}, {kind:?}, include_bytes!({:?})),", packed(name));
        }
    }
    format!(
        "/// The playground's third-party files: name, content type, bytes as Brotli. Empty where `web/dist` was not built.\n\
         pub static ASSETS: &[(&str, &str, &[u8])] = &[\n{list}];\n"
    )
}
