//! A second test process to kill with -9, to see that it leaves nothing behind.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

const MARK: &str = "FRONTDESK_TEST_HOLD";

/// A running test process that holds something.
pub struct Holder {
    child: Child,
    /// What it says about it.
    pub holds: String,
}

impl Holder {
    /// Runs one ignored test of this binary until that test calls [`hold`].
    pub fn start(test: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this test binary"))
            .args(["--ignored", "--exact", "--nocapture", test])
            .env(MARK, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the test binary starts");
        let said = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut said = said.map_while(Result::ok);
        let holds = said.find_map(|line| Some(line.split_once("holding ")?.1.to_owned()));
        Self { child, holds: holds.unwrap_or_else(|| panic!("{test} holds nothing")) }
    }

    /// Kills it with -9 and waits until those who clean up behind it, and who keep its stderr open, have ended.
    pub fn kill9(mut self) {
        self.child.kill().expect("kill -9");
        let mut rest = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut rest).expect("the end of stderr");
        self.child.wait().expect("it is dead");
    }
}

/// In the ignored test: whether a holder runs it, and not somebody who runs all ignored tests.
pub fn is_held() -> bool {
    std::env::var_os(MARK).is_some()
}

/// In the ignored test: says what it holds and waits to be killed.
pub fn hold(what: &str) {
    println!("holding {what}");
    drop(std::io::stdin().read_line(&mut String::new()));
}
