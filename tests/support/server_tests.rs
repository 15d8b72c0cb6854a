use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::{Backend, Options, Server};
use crate::support::both;
use crate::support::holder::{Holder, hold, is_held};

both! {
    /// The whole life of a server, with its port kept.
    async fn a_server_starts_restarts_and_ends(backend) {
        let mut server = Server::start(backend, Options::new()).await;
        let (port, pid) = (server.port(), server.pid());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
        server.kill9().await;
        assert!(!server.is_running());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
        server.restart().await;
        assert_eq!(server.port(), port);
        assert_ne!(server.pid(), pid);
        server.terminate();
        assert!(server.wait().await.success(), "{}", server.output());
        assert_eq!(server.places_of(super::ADMIN_PASSWORD), Vec::<String>::new());
        let dir = server.dir().to_owned();
        drop(server);
        assert!(!dir.exists());
    }
}

#[tokio::test]
#[should_panic(expected = "the server does not start")]
async fn a_server_that_ends_at_once_fails_the_test_with_its_words() {
    Server::start(Backend::Sqlite, Options::new().env("FRONTDESK_LISTEN", "nowhere")).await;
}

#[test]
fn the_server_is_gone_after_its_test_process_was_killed_with_9() {
    let holder = Holder::start("support::server::tests::hold_a_server");
    let port: u16 = holder.holds.parse().expect("a port");
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    holder.kill9();
    // The signal is sent; the process may need a moment to follow it.
    let sent = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_ok() {
        assert!(sent.elapsed() < Duration::from_secs(10), "the server outlives its test process");
        std::thread::yield_now();
    }
}

#[tokio::test]
#[ignore = "the helper process of the test above"]
async fn hold_a_server() {
    if is_held() {
        let server = Server::start(Backend::Sqlite, Options::new()).await;
        hold(&server.port().to_string());
    }
}
