//! A test that does not end would keep the whole run from ending, and nobody would learn which one it was.

use std::cell::OnceCell;
use std::fs::OpenOptions;
use std::io::Write;
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// Several times what the longest test takes on a slow machine.
const LONGEST: Duration = Duration::from_mins(10);
/// A test that takes longer is named in the file `SLOW_TESTS`, for the end of the run.
const LONG: Duration = Duration::from_secs(20);

/// From here on, the test on this thread has so long. When it takes longer, in whatever it waits for, it is named with the
/// processes that run, and the run ends.
pub fn watch() {
    // Goes with the thread, which libtest makes for each test and names after it.
    thread_local!(static ENDS: OnceCell<Watched> = const { OnceCell::new() });
    let thread = std::thread::current();
    if let Some(test) = thread.name().filter(|name| name.contains("::")) {
        ENDS.with(|ends| {
            ends.get_or_init(|| Watched::from_now_on(test.to_owned()));
        });
    }
}

/// A test under way.
struct Watched {
    test: String,
    began: Instant,
    _ends: Sender<()>,
}

impl Watched {
    fn from_now_on(test: String) -> Self {
        Self { _ends: watch_for_the_end_of(test.clone()), test, began: Instant::now() }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        if took > LONG
            && let Some(list) = std::env::var_os("SLOW_TESTS")
            && let Ok(mut list) = OpenOptions::new().append(true).open(list)
        {
            drop(list.write_all(format!("{:>4} s  {}\n", took.as_secs(), self.test).as_bytes()));
        }
    }
}

fn watch_for_the_end_of(test: String) -> Sender<()> {
    let (ends, ended) = channel();
    std::thread::spawn(move || {
        if ended.recv_timeout(LONGEST) == Err(RecvTimeoutError::Timeout) {
            // Not by eprintln!, which is shown when its test ends.
            drop(writeln!(std::io::stderr(), "test {test} does not end; what runs:"));
            drop(Command::new("ps").args(["-eo", "pid,ppid,stat,wchan:24,etime,args", "--forest"]).status());
            std::process::abort();
        }
    });
    ends
}
