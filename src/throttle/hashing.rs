//! The gate in front of Argon2id: so many at once, so many waiting, the rest come back later (SR-29).
//!
//! Each hashing takes 19 MiB and 30 ms of a core; without a gate a flood would take all of both.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

/// The gate.
#[derive(Debug, Clone)]
pub(crate) struct HashingGate {
    permits: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    most_waiting: usize,
}

/// The queue is full: 503, and come back in a few seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being hashed")]
pub(crate) struct Busy;

impl HashingGate {
    /// A gate for `permits` hashings at once, with `most_waiting` in its queue.
    pub(crate) fn new(permits: usize, most_waiting: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(permits)), waiting: Arc::default(), most_waiting }
    }

    /// Runs `work` on a blocking thread when its turn comes.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let _place = Place::take(&self.waiting, self.most_waiting)?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            // Held until the hashing ends, even when nobody waits for it any more.
            let _permit = permit;
            work()
        });
        done.await.map_err(|_| Busy)
    }
}

/// A place in the queue, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, most: usize) -> Result<Self, Busy> {
        let before = waiting.fetch_add(1, Ordering::SeqCst);
        let place = Self(Arc::clone(waiting));
        if before >= most { Err(Busy) } else { Ok(place) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn sr_29_a_full_queue_is_refused_and_empties_again() {
        let gate = HashingGate::new(1, 2);
        let (release, held) = mpsc::channel::<()>();
        let (first, second) = (gate.clone(), gate.clone());
        let running = tokio::spawn(async move { first.run(move || held.recv().is_ok()).await });
        let queued = tokio::spawn(async move { second.run(|| true).await });
        while gate.waiting.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(gate.run(|| true).await, Err(Busy));
        release.send(()).unwrap();
        assert_eq!((running.await.unwrap(), queued.await.unwrap()), (Ok(true), Ok(true)));
        assert_eq!(gate.run(|| true).await, Ok(true));
    }
}
