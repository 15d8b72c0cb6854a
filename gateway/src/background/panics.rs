//! What a panic said and where it was, for the log of errors.

use std::{
    backtrace::Backtrace,
    cell::RefCell,
    panic::{self, AssertUnwindSafe},
};

use futures_util::FutureExt;

/// A panic.
#[derive(Debug, Clone, Default)]
pub struct Panicked {
    /// What it said.
    pub message: String,
    /// Where in the program.
    pub stack: String,
}

thread_local! {
    static LAST: RefCell<Option<Panicked>> = const { RefCell::new(None) };
}

/// Has panics remembered until they are caught, beside what is done of them anyway.
pub fn remember() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let said = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = said.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default();
        let place = info.location().map(|at| format!("at {at}\n")).unwrap_or_default();
        let stack = place + &own_frames(&Backtrace::force_capture().to_string());
        LAST.with(|last| last.replace(Some(Panicked { message, stack })));
        usual(info);
    }));
}

/// The panic that was just caught: on the thread that it was caught on, right after that.
pub fn caught() -> Panicked {
    LAST.with(RefCell::take).unwrap_or_default()
}

/// Does something; a panic in it is caught and told.
///
/// # Errors
/// The panic.
pub async fn survived<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| caught())
}

/// The frames below the machinery of panics itself.
fn own_frames(trace: &str) -> String {
    let lines: Vec<_> = trace.lines().collect();
    // The same names stand around what panicked too, further down.
    let begins = |line: &&str| line.contains("core::panicking::panic") || line.contains("rust_begin_unwind");
    let from = lines.iter().position(begins).map_or(0, |at| at + 1);
    lines[from..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::{own_frames, survived};

    #[tokio::test]
    async fn a_panic_is_told() {
        assert_eq!(survived(async { 7 }).await.expect("done"), 7);
        super::remember();
        let broken: Vec<i32> = Vec::new();
        let panicked = survived(async { broken[3] }).await.expect_err("a panic");
        assert!(panicked.message.contains("out of bounds"), "{panicked:?}");
        assert!(panicked.stack.contains("panics.rs"), "{panicked:?}");
    }

    #[test]
    fn the_machinery_is_left_out() {
        let trace = "   0: std::backtrace::force_capture\n   1: rust_begin_unwind\n   2: ours::broke\n             at ./ours.rs:1\n   3: std::panicking::try";
        assert_eq!(own_frames(trace), "   2: ours::broke\n             at ./ours.rs:1\n   3: std::panicking::try");
        assert_eq!(own_frames("a\nb"), "a\nb");
    }
}
