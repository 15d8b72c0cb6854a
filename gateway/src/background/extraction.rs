//! The text of a file is taken out of it by another process, which may panic, or be ended, without harm to this one.

use std::{path::PathBuf, process::Stdio, time::Duration};

use futures_util::TryStreamExt;
use kernel::{Error, Result, files::Content};
use ticketing::{Extractor, Format};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
};

/// So much memory the process may take, in bytes of addresses.
pub const MEMORY: u64 = 1 << 30;
/// So long it may calculate.
pub const CPU_SECONDS: u64 = 20;
/// So long it is waited for.
const PATIENCE: Duration = Duration::from_secs(40);
/// So much it may say.
const SAID: u64 = 32 << 20;
/// Behind a zero, before the text.
pub const TEXT: u8 = b'T';
/// Behind a zero, before the reason why there is none.
pub const WHY: u8 = b'E';

/// What is said of a file over which the process ended.
const ENDED: &str = "The file is broken, or takes too much time or memory to read";

/// This program, started for one file.
pub struct ChildProcess;

/// This program; also where another version took its place on the disk.
fn program() -> Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if own.exists() { Ok(own) } else { std::env::current_exe().map_err(Error::unavailable) }
}

#[async_trait::async_trait]
impl Extractor for ChildProcess {
    async fn text(&self, format: Format, content: Content) -> Result<std::result::Result<String, String>> {
        let bytes = content
            .try_fold(Vec::new(), |mut all, bytes| async move {
                all.extend_from_slice(&bytes);
                Ok(all)
            })
            .await?;
        let mut child = Command::new(program()?)
            .args(["extract", format.word()])
            // Secrets of the settings are nobody's business there.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::unavailable)?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let talk = async {
            let send = async {
                if let Some(mut stdin) = stdin {
                    // One that ended reads no more; how it ended is asked below.
                    let _ = stdin.write_all(&bytes).await;
                }
            };
            let hear = async {
                let mut said = Vec::new();
                if let Some(stdout) = stdout {
                    let _ = stdout.take(SAID).read_to_end(&mut said).await;
                }
                said
            };
            let ((), said) = tokio::join!(send, hear);
            (child.wait().await, said)
        };
        let Ok((ended, said)) = tokio::time::timeout(PATIENCE, talk).await else {
            return Ok(Err(ENDED.into()));
        };
        Ok(if ended.is_ok_and(|status| status.success()) { read(&said) } else { Err(ENDED.into()) })
    }
}

/// What the process said: behind the last zero a mark and the text.
fn read(said: &[u8]) -> std::result::Result<String, String> {
    let at = said.iter().rposition(|byte| *byte == 0).ok_or(ENDED)?;
    let (mark, text) = said[at + 1..].split_first().ok_or(ENDED)?;
    let text = String::from_utf8_lossy(text).into_owned();
    match *mark {
        TEXT => Ok(text),
        WHY => Err(text),
        _ => Err(ENDED.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_before_the_mark_is_nothing() {
        assert_eq!(read(b"warning\n\0Thello"), Ok("hello".into()));
        assert_eq!(read(b"\0Ebroken"), Err("broken".into()));
        for none in [&b""[..], b"x", b"\0", b"\0Xy"] {
            assert_eq!(read(none), Err(ENDED.into()));
        }
    }
}
