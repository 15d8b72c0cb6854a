//! The binary `frontdesk`.

use std::process::ExitCode;

// Small, many allocations: measured to save 13–21 % of the server's CPU.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    gateway::cli::run().await
}
