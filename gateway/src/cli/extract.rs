//! The text of one file, in a process of its own: what a hostile file does to it ends with it.

use std::{
    io::{Read, Write},
    process::ExitCode,
};

use rustix::process::{Resource, Rlimit, setrlimit};
use ticketing::{Format, adapters::extract::text_of, limits};

use crate::background::extraction::{CPU_SECONDS, MEMORY, TEXT, WHY};

/// Reads a file from the standard input and writes its text, or why there is none, to the standard output.
pub fn run(format: &str) -> ExitCode {
    bound();
    let Some(format) = Format::of_word(format) else { return ExitCode::FAILURE };
    let mut bytes = Vec::new();
    let most = limits::DOCUMENT_BYTES + 1;
    if std::io::stdin().lock().take(most).read_to_end(&mut bytes).is_err() {
        return ExitCode::FAILURE;
    }
    let (mark, said) = match text_of(format, &bytes) {
        Ok(text) => (TEXT, text),
        Err(why) => (WHY, why),
    };
    let mut out = std::io::stdout().lock();
    // What reads files may have said something before.
    let written = out.write_all(&[0, mark]).and_then(|()| out.write_all(said.replace('\0', "").as_bytes()));
    if written.and_then(|()| out.flush()).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// So much memory and time, no file to write, no picture of the memory where it ends badly. Where one of them cannot be set the
/// others hold, and whoever waits for the process does not wait for ever.
fn bound() {
    for (resource, most) in
        [(Resource::As, MEMORY), (Resource::Cpu, CPU_SECONDS), (Resource::Fsize, 0), (Resource::Core, 0)]
    {
        if let Err(error) = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }) {
            eprintln!("frontdesk extract: {resource:?} is not bounded: {error}");
        }
    }
}
