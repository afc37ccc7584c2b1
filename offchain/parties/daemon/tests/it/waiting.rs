//! What passes ends no committee member: it waits, says for what, and works on by itself.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bithive_chain::{Account, BlockCursor, Chain, ChainError, ChainInfo, Embedded, GasUse, Receipt, TxHash};
use bithive_client::Client;
use bithive_daemon::Event;

use crate::run::{Running, World, member, member_on, relay_at};

/// Seconds of an epoch.
const EPOCH: u64 = 86_400;

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// It says that it waits for something, and that this is because of all of `names`.
async fn waits_for(running: &mut Running, names: &[&str]) {
    let because = |event: &Event| match event {
        Event::Waits { reason, .. } => names.iter().all(|name| reason.contains(name)),
        _ => false,
    };
    running.until(because).await;
}

async fn posts(members: &mut [Running], epoch: u64) {
    for running in members {
        running.until(|event| *event == Event::ShareKeys { epoch }).await;
    }
}

fn address(world: &World, index: usize) -> &str {
    world.founders.committee[index].account.address()
}

#[tokio::test(flavor = "multi_thread")]
async fn members_that_start_before_their_relay_wait_for_it_and_each_other() {
    let world = World::new().await;
    let listen = free_port();
    let url = format!("http://{listen}");
    let mut members: Vec<_> = (0..3).map(|index| member(&world, index, Some(&url))).collect();
    for (index, running) in members.iter_mut().enumerate() {
        let others = (0..3).filter(|other| *other != index).map(|other| address(&world, other));
        waits_for(running, &others.collect::<Vec<_>>()).await;
    }
    assert!(members.iter().all(|running| !running.has_ended()));
    let mut relay = relay_at(&world, listen);
    relay.ready().await;
    posts(&mut members, world.client.committee().await.unwrap().epoch).await;
    for running in members.into_iter().chain([relay]) {
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_is_alone_over_an_epoch_waits_for_one_of_the_others() {
    let world = World::new().await;
    let listen = free_port();
    let url = format!("http://{listen}");
    let mut relay = relay_at(&world, listen);
    relay.ready().await;
    let mut members: Vec<_> = (0..3).map(|index| member(&world, index, Some(&url))).collect();
    let epoch = world.client.committee().await.unwrap().epoch;
    // This epoch's and the next one's: all have agreed on their keys.
    posts(&mut members, epoch + 1).await;
    let mut others = members.split_off(1);
    for running in others.drain(..) {
        running.stop().await;
    }
    world.chain.advance_time(EPOCH).await.unwrap();
    world.chain.advance_time(EPOCH).await.unwrap();
    let now = world.client.committee().await.unwrap().epoch;
    assert_eq!(now, epoch + 2);
    waits_for(&mut members[0], &[address(&world, 1), address(&world, 2)]).await;
    assert!(!members[0].has_ended());
    assert!(world.client.share_keys(now).await.unwrap().is_empty());
    // One of them is enough.
    members.push(member(&world, 2, Some(&url)));
    posts(&mut members, now).await;
    members.push(member(&world, 1, Some(&url)));
    posts(&mut members[2..], now).await;
    assert_eq!(world.client.share_keys(now).await.unwrap().len(), 3);
    for running in members.into_iter().chain([relay]) {
        running.stop().await;
    }
}

/// A chain whose node answers nothing for as many questions as are left.
struct Starting {
    chain: Embedded,
    left: AtomicUsize,
}

impl Starting {
    fn asked(&self) -> Result<(), ChainError> {
        let one_less = |left: usize| left.checked_sub(1);
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) {
            Ok(_) => Err(ChainError::NodeDown { reason: "it has not started".into() }),
            Err(_) => Ok(()),
        }
    }
}

#[async_trait]
impl Chain for Starting {
    async fn info(&self) -> Result<ChainInfo, ChainError> {
        self.asked()?;
        self.chain.info().await
    }
    async fn query_smart(&self, contract: &str, msg: Vec<u8>) -> Result<Vec<u8>, ChainError> {
        self.asked()?;
        self.chain.query_smart(contract, msg).await
    }
    async fn account(&self, address: &str) -> Result<Account, ChainError> {
        self.asked()?;
        self.chain.account(address).await
    }
    async fn balance(&self, address: &str, denom: &str) -> Result<u128, ChainError> {
        self.asked()?;
        self.chain.balance(address, denom).await
    }
    async fn simulate(&self, tx: &[u8]) -> Result<GasUse, ChainError> {
        self.asked()?;
        self.chain.simulate(tx).await
    }
    async fn broadcast(&self, tx: &[u8]) -> Result<Receipt, ChainError> {
        self.asked()?;
        self.chain.broadcast(tx).await
    }
    async fn tx(&self, hash: TxHash) -> Result<Option<Result<Receipt, ChainError>>, ChainError> {
        self.asked()?;
        self.chain.tx(hash).await
    }
    fn blocks_from(&self, height: u64) -> BlockCursor {
        self.chain.blocks_from(height)
    }
}

/// All programs of a network are started at once, in any order, and the chain's node answers some of them later than others.
#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_started_in_any_order_loses_no_member() {
    for (order, left) in [([3, 0, 1, 2], [0, 3, 9]), ([2, 1, 0, 3], [11, 0, 5])] {
        let world = World::new().await;
        let listen = free_port();
        let url = format!("http://{listen}");
        let (mut members, mut relay) = (Vec::new(), None);
        for program in order {
            if program == 3 {
                relay = Some(relay_at(&world, listen));
                continue;
            }
            let left = AtomicUsize::new(left[program]);
            let chain = Starting { chain: world.chain.clone(), left };
            let client = Client::new(Arc::new(chain), world.client.deployment().clone());
            members.push(member_on(&world, client, program, Some(&url)));
        }
        let epoch = world.client.committee().await.unwrap().epoch;
        posts(&mut members, epoch).await;
        assert_eq!(world.client.share_keys(epoch).await.unwrap().len(), 3);
        for running in members.into_iter().chain(relay) {
            running.stop().await;
        }
    }
}
