//! One at a time for each name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// Who is at work on what.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    /// Waits until nobody else is at work on this name. The turn ends with what is returned.
    pub(crate) async fn take(&self, name: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody has or waits for are forgotten.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            turns.entry(name.to_owned()).or_default().clone()
        };
        turn.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn one_at_a_time_is_at_work_on_a_name_and_no_name_stays() {
        let turns = Arc::new(Turns::default());
        let inside = Arc::new(AtomicU32::new(0));
        let other = turns.take("other").await;
        let mut working = JoinSet::new();
        for _ in 0..8 {
            let (turns, inside) = (turns.clone(), inside.clone());
            working.spawn(async move {
                let _turn = turns.take("one").await;
                let before = inside.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                inside.fetch_sub(1, Ordering::SeqCst);
                before
            });
        }
        assert_eq!(working.join_all().await, [0; 8]);
        drop(other);
        let _last = turns.take("last").await;
        assert_eq!(turns.0.lock().unwrap().len(), 1);
    }
}
