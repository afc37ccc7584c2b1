//! Parties as processes that are killed (-9) at random moments of running jobs, on a chain whose RPC misbehaves: no
//! attestation is lost or made twice, no money is lost, every job is settled or refunded.
//!
//! - `BITHIVE_CRASH_KILLS` (12), `BITHIVE_CRASH_SEED` (1): how often, and which random moments;
//! - `BITHIVE_TEST_DEVNET`: home of a devnet that runs (`bithive devnet up`), in place of an embedded chain.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod checks;
mod driver;
mod network;
mod party;
mod proxy;

use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use driver::Driver;
use network::Network;
use proxy::Fault;

/// Jobs at one time.
const JOBS: usize = 3;
/// How long jobs may take when nothing is killed any more.
const PATIENCE: Duration = Duration::from_secs(600);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is {text:?}")))
}

fn below(rng: &mut ChaCha20Rng, bound: u64) -> u64 {
    rng.next_u64() % bound
}

/// A process of the network: started by the tests below, which say by the environment who it is.
#[test]
#[ignore = "a party of the other tests"]
fn party_process() {
    party::run();
}

#[tokio::test(flavor = "multi_thread")]
async fn parties_that_are_killed_at_random_moments_lose_nothing_and_do_nothing_twice() {
    let (kills, seed) = (number("BITHIVE_CRASH_KILLS", 12), number("BITHIVE_CRASH_SEED", 1));
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut network = Network::start(seed).await;
    let mut driver = Driver::new(&network).await;
    let began = Instant::now();
    let mut killed = 0;
    while killed < kills {
        if driver.open() < JOBS {
            driver.post().await;
        }
        driver.step().await;
        tokio::time::sleep(Duration::from_millis(50 + below(&mut rng, 500))).await;
        let choice = below(&mut rng, network.parties.len() as u64) as usize;
        network.parties[choice].kill();
        killed += 1;
        println!("kill {killed}: {}", network.parties[choice].name);
        if killed % 5 == 0 {
            let faults = Fault::ALL;
            let fault = faults[below(&mut rng, faults.len() as u64) as usize];
            println!("the RPC is {fault:?} for 2 s");
            network.proxy.set(fault);
            tokio::time::sleep(Duration::from_secs(2)).await;
            network.proxy.set(Fault::None);
        }
        if killed % 7 == 0 {
            network.use_a_relayers_sequence().await;
        }
        if killed % 10 == 0 {
            network.restart_node().await;
        }
        tokio::time::sleep(Duration::from_millis(below(&mut rng, 300))).await;
        network.parties[choice].start();
    }
    println!("{kills} kills in {:?}; {} jobs so far", began.elapsed(), driver.posted());
    let deadline = Instant::now() + PATIENCE;
    while driver.open() > 0 {
        network.assert_running();
        assert!(
            Instant::now() < deadline,
            "jobs do not end: {:?}\n{}",
            driver.states().await,
            network.logs()
        );
        driver.step().await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    checks::everything(&mut network, &driver).await;
}
