//! What happens to the committee of a network that is left running.

use bithive_committee::TERM_EPOCHS;
use bithive_exchange::LocalNetwork;
use bithive_local::{Groups, Local};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

const DAY: u64 = 86_400;

/// Advances the clock; returns the epoch, its committee's first one, and how many members have posted for it.
async fn after(local: &Local, days: u64) -> (u64, u64, usize) {
    local.chain.advance_time(days * DAY).await.unwrap();
    local.post_share_keys().await.unwrap();
    let committee = local.client.committee().await.unwrap();
    let posts = local.client.share_keys(committee.epoch).await.unwrap();
    (committee.epoch, committee.from_epoch, posts.len())
}

#[tokio::test]
async fn the_committee_follows_itself_before_its_term_ends_and_after_a_leap_over_it() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let groups = Groups::new(1, 2).unwrap();
    let local = Local::in_memory(groups, LocalNetwork::in_memory(), &mut rng).await.unwrap();
    let first = local.client.committee().await.unwrap().epoch;
    let term = u64::from(TERM_EPOCHS);
    // One day before its last one it is still the first committee; the next day it is another one.
    assert_eq!(after(&local, term - 2).await, (first + term - 2, first, 3));
    let second = first + term - 1;
    assert_eq!(after(&local, 1).await, (second, second, 3));
    // Nobody was there to rotate in time: one epoch without evaluations, then all is well.
    let leap = second + 2 * term;
    assert_eq!(after(&local, 2 * term).await, (leap, second, 0));
    assert_eq!(after(&local, 1).await, (leap + 1, leap + 1, 3));
}
