//! Randomness for test scaffolding: names, keys and ports that do not meet. Never for what a test asserts on.

use std::fs::File;
use std::io::Read;
use std::net::TcpListener;

/// `N` random bytes from the operating system.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes)).expect("/dev/urandom");
    bytes
}

/// `prefix_` and sixteen random hexadecimal digits: fit for a database, a user, a slug with the underscore replaced.
pub fn name(prefix: &str) -> String {
    format!("{prefix}_{:016x}", u64::from_be_bytes(bytes()))
}

/// A free loopback port below the range that the system gives to outgoing connections, so that it is still free when
/// something that died on it starts again.
pub fn port() -> u16 {
    loop {
        let port = 15_000 + u16::from_be_bytes(bytes()) % 17_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
