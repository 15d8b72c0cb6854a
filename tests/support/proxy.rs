//! A network between two, which can be slow, silent, or gone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Network {
    /// It carries everything.
    Whole,
    /// It carries everything half a second later.
    Slow,
    /// Nothing arrives any more, and nobody is told.
    Silent,
    /// Connections end at once, and nobody is connected.
    Cut,
}

/// A way to one address. It ends with the test.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    cut: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    network: AtomicU8,
    /// How many answers to a commit are still to get lost, and how many did.
    to_lose: AtomicUsize,
    lost: AtomicUsize,
}

impl State {
    fn is(&self, network: Network) -> bool {
        self.network.load(Ordering::SeqCst) == network as u8
    }
}

impl Proxy {
    /// A way to a port of this machine.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (state, (cut, cuts)) = (Arc::new(State::default()), watch::channel(0));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if shared.is(Network::Cut) {
                    reset(&near);
                    continue;
                }
                tokio::spawn(carry(near, port, Arc::clone(&shared), cuts.clone()));
            }
        });
        Self { address, state, cut }
    }

    /// The port to be connected to.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on the network is so.
    pub fn network(&self, network: Network) {
        self.state.network.store(network as u8, Ordering::SeqCst);
        if network == Network::Cut {
            self.cut.send_modify(|cuts| *cuts += 1);
        }
    }

    /// The answers to the next commits get lost, each with its connection.
    pub fn lose_commits(&self, count: usize) {
        self.state.to_lose.store(count, Ordering::SeqCst);
    }

    /// How many did.
    pub fn lost(&self) -> usize {
        self.state.lost.load(Ordering::SeqCst)
    }
}

/// The connection ends with a reset.
fn reset(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

async fn carry(mut near: TcpStream, port: u16, state: Arc<State>, mut cuts: watch::Receiver<usize>) {
    let Ok(mut far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    cuts.mark_unchanged();
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let mut loses = false;
    loop {
        let (count, from_near) = tokio::select! {
            _ = cuts.changed() => return reset(&near),
            read = near.read(&mut asked) => (read.unwrap_or(0), true),
            read = far.read(&mut answered) => (read.unwrap_or(0), false),
        };
        if count == 0 {
            return;
        }
        if state.is(Network::Silent) {
            // Until somebody gives up, or the network comes back without these.
            let _ = cuts.changed().await;
            return reset(&near);
        }
        if state.is(Network::Slow) {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let sent = if from_near {
            let bytes = &asked[..count];
            if bytes.windows(7).any(|part| part == b"COMMIT\0") {
                let take = |left: usize| left.checked_sub(1);
                loses = state.to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok();
            }
            far.write_all(bytes).await
        } else if loses {
            state.lost.fetch_add(1, Ordering::SeqCst);
            return reset(&near);
        } else {
            near.write_all(&answered[..count]).await
        };
        if sent.is_err() {
            return;
        }
    }
}
