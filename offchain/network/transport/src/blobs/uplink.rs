//! How fast content is sent.

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// Unused time that later sending can make up for.
const SAVED: Duration = Duration::from_millis(20);

/// The limit of what is sent of content.
pub(crate) struct Uplink {
    rate: Option<NonZeroU64>,
    /// When everything that was let through will have been sent at that rate.
    free: Mutex<Option<Instant>>,
    sent: AtomicU64,
}

impl Uplink {
    /// An uplink of this many bytes a second, or without limit.
    pub(crate) fn new(rate: Option<NonZeroU64>) -> Self {
        Self { rate, free: Mutex::new(None), sent: AtomicU64::new(0) }
    }

    /// Returns when so many bytes may be sent.
    pub(crate) async fn pass(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Ordering::Relaxed);
        let Some(rate) = self.rate else { return };
        let start = {
            let mut free = self.free.lock().await;
            let now = Instant::now();
            let earliest = now.checked_sub(SAVED).unwrap_or(now);
            let start = free.map_or(earliest, |free| free.max(earliest));
            *free = Some(start + Duration::from_secs_f64(bytes as f64 / rate.get() as f64));
            start
        };
        sleep_until(start).await;
    }

    /// Bytes that were let through.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_rate_is_let_through() {
        let uplink = Uplink::new(NonZeroU64::new(1_000_000));
        let begun = Instant::now();
        for _ in 0..100 {
            uplink.pass(10_000).await;
        }
        // The last piece is let through when the others have been sent.
        let expected = Duration::from_millis(990) - SAVED;
        assert!(begun.elapsed() >= expected && begun.elapsed() < expected + SAVED, "{:?}", begun.elapsed());
        assert_eq!(uplink.sent(), 1_000_000);
    }
}
