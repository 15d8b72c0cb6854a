//! What the stories stand on: throw-away databases, the real server, a mail server that can be told to fail, and clients.
#![allow(dead_code, unused_imports, reason = "a vocabulary: not every word is in use at all times")]

use std::time::{Duration, Instant};

pub mod anthropic;
pub mod b2chat;
pub mod chance;
pub mod client;
pub mod crm;
pub mod deadline;
pub mod form;
#[cfg(test)]
mod holder;
pub mod hook;
pub mod idp;
pub mod mail;
pub mod media_host;
pub mod place;
pub mod platforms;
pub mod postgres;
pub mod proxy;
pub mod s3;
pub mod secrets;
pub mod server;
pub mod shim;
pub mod smtp;
pub mod socket;
pub mod sse;
pub mod svix;
mod template;
pub mod timing;
pub mod told;
pub mod totp;

pub use client::{Answer, Client, UserError};
pub use form::{File, upload};
pub use hook::{Hook, Posted, Reply};
pub use mail::Mail;
pub use postgres::{Cluster, Database};
pub use s3::S3;
pub use server::{ADMIN_EMAIL, ADMIN_PASSWORD, Backend, Options, Server};
pub use smtp::{Fault, Smtp};
pub use socket::{Frame, Socket};
pub use sse::{Event, Sse};

/// How long a test waits for what is sure to come. It says nothing of how fast that should be: a machine with much else to
/// do is slow, and a test that measures does so in other ways.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Asks until there is an answer; panics when there is none within this time. For what nobody announces.
pub async fn until<T>(what: &str, patience: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(began.elapsed() < patience, "not within {patience:?}: {what}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// Makes of each story two tests, `name::sqlite` and `name::postgres`:
/// `both! { /// What it shows. async fn name(backend) { … } }`
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($backend:ident) $story:block)+) => {$(
        $(#[$meta])*
        async fn $name($backend: $crate::support::Backend) $story

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                Box::pin(super::$name($crate::support::Backend::Sqlite)).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                Box::pin(super::$name($crate::support::Backend::Postgres)).await;
            }
        }
    )+};
}
pub(crate) use both;
