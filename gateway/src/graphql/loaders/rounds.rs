//! When batches are fetched: in rounds, each once nothing is left to do without it.
//!
//! A batch that waits for a time is as large as the machine is fast: how many statements a request costs, and so what its
//! test sees, depends on the load. Here the request itself says when: once no field can go on, all that they asked for
//! is fetched at the same time, and once all of it is there, all of them go on. The number of rounds is the depth of
//! the question, for one row and for a thousand.

use std::{
    future::{Future, poll_fn, ready},
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use async_graphql::runtime::Timer;
use futures_util::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, FuturesUnordered},
    task::{FutureObj, Spawn, SpawnError},
};
use tokio::sync::Barrier;

/// The rounds of one request. Clones are the same rounds.
#[derive(Clone)]
pub struct Rounds(Arc<Mutex<State>>);

struct State {
    /// The batches of the next round.
    gathered: Vec<FutureObj<'static, ()>>,
    /// Where those of the present one wait for each other.
    together: Arc<Barrier>,
}

impl Default for Rounds {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State { gathered: Vec::new(), together: Arc::new(Barrier::new(1)) })))
    }
}

impl Rounds {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the next round, if anything was gathered for it.
    fn begin(&self) -> Vec<FutureObj<'static, ()>> {
        let mut state = self.state();
        let batches = std::mem::take(&mut state.gathered);
        if !batches.is_empty() {
            state.together = Arc::new(Barrier::new(batches.len()));
        }
        batches
    }

    /// What a batch does between having its rows and handing them out. A field that went on early could ask again for
    /// what another batch is about to bring.
    pub async fn all_fetched(&self) {
        let together = self.state().together.clone();
        together.wait().await;
    }

    /// Runs a request to its end, fetching what it gathers.
    pub async fn run<F: Future>(&self, request: F) -> F::Output {
        let mut request = pin!(request);
        let mut under_way = FuturesUnordered::new();
        poll_fn(|cx| self.drive(&mut under_way, cx, |cx| request.as_mut().poll(cx))).await
    }

    /// Passes a subscription's results on, fetching what each of them gathers.
    pub fn stream<S: Stream>(self, results: S) -> impl Stream<Item = S::Item> {
        let mut results = Box::pin(results);
        let mut under_way = FuturesUnordered::new();
        stream::poll_fn(move |cx| self.drive(&mut under_way, cx, |cx| results.poll_next_unpin(cx)))
    }

    fn drive<T>(
        &self,
        under_way: &mut FuturesUnordered<FutureObj<'static, ()>>,
        cx: &mut Context<'_>,
        mut work: impl FnMut(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        loop {
            while let Poll::Ready(Some(())) = under_way.poll_next_unpin(cx) {}
            let heard = Arc::new(Heard { again: AtomicBool::new(false), waker: cx.waker().clone() });
            if let Poll::Ready(done) = work(&mut Context::from_waker(&Waker::from(heard.clone()))) {
                return Poll::Ready(done);
            }
            // Work that wants to be asked again at once may have more to gather.
            if !under_way.is_empty() || heard.again.load(Ordering::Acquire) {
                return Poll::Pending;
            }
            under_way.extend(self.begin());
            if under_way.is_empty() {
                return Poll::Pending;
            }
        }
    }
}

/// Passes a call to wake up on and remembers it.
struct Heard {
    again: AtomicBool,
    waker: Waker,
}

impl Wake for Heard {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.again.store(true, Ordering::Release);
        self.waker.wake_by_ref();
    }
}

/// A loader hands over its batches to be run; they are kept for the next round.
impl Spawn for Rounds {
    fn spawn_obj(&self, batch: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.state().gathered.push(batch);
        Ok(())
    }
}

/// A loader's batches wait for nothing once they run.
impl Timer for Rounds {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        ready(()).boxed()
    }
}
