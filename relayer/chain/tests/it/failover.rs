//! Several nodes of one chain, of which some fail: the answer is that of one that does not, and nothing happens twice.

use crate::{
    node::{Node, Step, evict},
    probe::{Execute, Query},
    setup::{Access, Setup, builder, options, serve, setup, wallet},
};
use bithive_chain::{Chain, ChainError, ChainExt, CosmosOptions, Failover, Server, connect_any};
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// Long enough for a busy machine, and short enough to wait for once in a while.
fn hurried(url: &str) -> CosmosOptions {
    options(url).request_timeout(Duration::from_secs(2))
}

/// A chain with a node that does what a script says before one that is honest.
struct World {
    setup: Setup,
    chain: Arc<dyn Chain>,
    first: Node,
    server: Server,
}

async fn world(script: impl FnMut(&str, u64) -> Step + Send + 'static) -> World {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let first = Node::before(server.url(), script).await;
    let chain = connect_any(vec![hurried(&first.url), hurried(&server.url())]).await.unwrap();
    World { setup, chain, first, server }
}

/// The name of what a node does with a request, and that.
type Fault = (&'static str, fn() -> Step);

/// What a first node can do.
const FAULTS: [Fault; 7] = [
    ("an HTML page", || raw("200 OK", "<html>it works</html>")),
    ("an answer that is cut off", || raw("200 OK", "{\"jsonrpc\":\"2.0\",\"id\":1,\"resu")),
    ("an error of a server", || raw("500 Internal Server Error", "<html>sorry</html>")),
    ("silence", || Step::Silence),
    ("a closed connection", || Step::LoseRequest),
    ("a lost answer", || Step::LoseAnswer),
    ("another answer", || Step::Alter(Box::new(|answer| answer["result"] = Value::Null))),
];

fn raw(status: &str, body: &str) -> Step {
    Step::Raw(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_node_answers_the_next_one_is_asked_and_nothing_happens_twice() {
    for (name, fault) in FAULTS {
        for method in ["status", "abci_query", "broadcast_tx_sync", "tx", "block", "block_results"] {
            let broken = Arc::new(AtomicBool::new(false));
            let switch = broken.clone();
            let world = world(move |called, _| {
                if called == method && switch.load(Ordering::SeqCst) { fault() } else { Step::Forward }
            })
            .await;
            let wallet = wallet(&world.chain, 1).await;
            broken.store(true, Ordering::SeqCst);
            let receipt = wallet.execute(&world.setup.probe, &Execute::Increment {}, &[]).await;
            let receipt = receipt.unwrap_or_else(|error| panic!("{name} to {method}: {error}"));
            let count: u64 = world.chain.query(&world.setup.probe, &Query::Count {}).await.unwrap();
            assert_eq!(count, 1, "{name} to {method}");
            assert_eq!(world.setup.count().await, 1, "{name} to {method}");
            let block = world.chain.blocks_from(receipt.height).next().await.unwrap();
            assert_eq!(block.txs[0].hash, receipt.hash, "{name} to {method}");
            assert_eq!(world.chain.tx(receipt.hash).await.unwrap(), Some(Ok(receipt)), "{name} to {method}");
            assert_eq!(world.chain.info().await.unwrap(), world.setup.chain.info().await.unwrap());
            world.server.stop().await;
        }
    }
}

#[tokio::test]
async fn a_node_that_is_down_at_the_start_is_asked_when_the_other_fails() {
    let setup = setup(Access::Embedded).await;
    let (server, second) = (serve(&setup.embedded).await, serve(&setup.embedded).await);
    let down = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = down.local_addr().unwrap();
    drop(down);
    let urls = [format!("http://{address}"), second.url()];
    let chain = Failover::connect(urls.iter().map(|url| hurried(url)).collect()).await.unwrap();
    assert_eq!(chain.info().await.unwrap(), setup.chain.info().await.unwrap());
    second.stop().await;
    let error = chain.info().await.unwrap_err();
    assert!(matches!(error, ChainError::NodeDown { .. }), "{error}");
    server.stop().await;
    let options = bithive_chain::ServeOptions { listen: address, clock: None, ..Default::default() };
    let back = setup.embedded.serve(options).await.unwrap();
    assert_eq!(chain.info().await.unwrap(), setup.chain.info().await.unwrap());
    back.stop().await;
}

#[tokio::test]
async fn nodes_of_different_chains_are_refused() {
    let setup = setup(Access::Embedded).await;
    let other = builder().chain_id("test-2").build().unwrap();
    let (server, second) = (serve(&setup.embedded).await, serve(&other).await);
    let endpoints = || vec![hurried(&server.url()), hurried(&second.url())];
    let error = Failover::connect(endpoints()).await.map(drop).unwrap_err();
    let ChainError::InvalidConfig { field, reason } = &error else { panic!("{error}") };
    assert!(field == "rpc" && reason.contains("test-1") && reason.contains("test-2"), "{error}");
    assert!(reason.contains(&second.url()), "{error}");
    // The one that was asked for is known: the other is named.
    let endpoints: Vec<_> = endpoints().into_iter().map(|one| one.chain_id("test-1")).collect();
    let error = Failover::connect(endpoints.clone()).await.map(drop).unwrap_err();
    assert!(
        matches!(&error, ChainError::InvalidConfig { reason, .. } if reason.contains("test-2")),
        "{error}"
    );
    let wrong = endpoints.into_iter().map(|one| one.chain_id("test-3")).collect();
    let error = Failover::connect(wrong).await.map(drop).unwrap_err();
    assert!(matches!(&error, ChainError::WrongChainId { expected, .. } if expected == "test-3"), "{error}");
    assert!(matches!(Failover::connect(vec![]).await, Err(ChainError::InvalidConfig { .. })));
}

/// Shows a height to whoever asks the node for it.
fn at_height(height: u64) -> Step {
    Step::Alter(Box::new(move |answer| {
        answer["result"]["sync_info"]["latest_block_height"] = height.to_string().into();
    }))
}

#[tokio::test]
async fn a_first_node_that_is_behind_is_passed_over() {
    let setup = setup(Access::Embedded).await;
    for _ in 0..20 {
        setup.embedded.produce_block().await.unwrap();
    }
    let server = serve(&setup.embedded).await;
    let old = |method: &str, _| if method == "status" { at_height(5) } else { Step::Forward };
    let first = Node::before(server.url(), old).await;
    let chain = Failover::connect(vec![hurried(&first.url), hurried(&server.url())]).await.unwrap();
    let head = setup.chain.info().await.unwrap();
    assert_eq!(chain.info().await.unwrap(), head);
    assert_eq!(chain.blocks_from(head.height).next().await.unwrap().height, head.height);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stands_still_does_not_hold_up_a_cursor() {
    let frozen = Arc::new(AtomicU64::new(u64::MAX));
    let shown = frozen.clone();
    let world = world(move |method, _| match shown.load(Ordering::SeqCst) {
        height if method == "status" && height < u64::MAX => at_height(height),
        _ => Step::Forward,
    })
    .await;
    let head = world.setup.chain.info().await.unwrap().height;
    let mut cursor = world.chain.blocks_from(head);
    cursor.next().await.unwrap();
    frozen.store(head, Ordering::SeqCst);
    for _ in 0..10 {
        world.setup.embedded.produce_block().await.unwrap();
    }
    for height in head + 1..head + 11 {
        assert_eq!(cursor.next().await.unwrap().height, height);
    }
}

/// A party that has read a block asks about what is in it.
#[tokio::test]
async fn what_was_seen_of_one_node_is_not_unseen_with_the_next() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let broken = Arc::new(AtomicBool::new(false));
    let switch = broken.clone();
    let first = Node::before(server.url(), move |_, _| match switch.load(Ordering::SeqCst) {
        true => Step::LoseRequest,
        false => Step::Forward,
    })
    .await;
    // The second one commits late, and says so to three questions.
    let late = Arc::new(AtomicU64::new(3));
    let (left, early) = (late.clone(), Arc::new(AtomicBool::new(false)));
    let (asked_early, switch) = (early.clone(), broken.clone());
    let second = Node::before(server.url(), move |method, _| match method {
        _ if !switch.load(Ordering::SeqCst) => Step::Forward,
        "abci_info" if left.load(Ordering::SeqCst) > 0 => {
            left.fetch_sub(1, Ordering::SeqCst);
            Step::Alter(Box::new(|answer| answer["result"]["response"]["last_block_height"] = "1".into()))
        }
        "abci_query" if left.load(Ordering::SeqCst) > 0 => {
            asked_early.store(true, Ordering::SeqCst);
            Step::Forward
        }
        _ => Step::Forward,
    })
    .await;
    let chain = Failover::connect(vec![hurried(&first.url), hurried(&second.url)]).await.unwrap();
    let head = setup.chain.info().await.unwrap().height;
    chain.blocks_from(head).next().await.unwrap();
    broken.store(true, Ordering::SeqCst);
    let count: u64 = chain.query(&setup.probe, &Query::Count {}).await.unwrap();
    assert_eq!((count, late.load(Ordering::SeqCst), early.load(Ordering::SeqCst)), (0, 0, false));
    server.stop().await;
}

/// The first node takes the transaction and never has a block with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_one_node_forgets_is_given_to_the_next() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let forgets = |method: &str, _| if method == "broadcast_tx_sync" { evict() } else { Step::Forward };
    let first = Node::before(server.url(), forgets).await;
    let short = |url: &str| hurried(url).confirm_timeout(Duration::from_secs(4));
    let chain = connect_any(vec![short(&first.url), short(&server.url())]).await.unwrap();
    let wallet = wallet(&chain, 1).await;
    wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    assert_eq!(setup.count().await, 1);
    server.stop().await;
}

/// The first node passes the transaction on and says nothing; the second one refuses what a block has already.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_what_the_first_node_may_have_passed_on_does_not_count() {
    let world = world(|method, _| match method {
        "broadcast_tx_sync" => Step::LoseAnswer,
        // It knows nothing of it afterwards.
        "tx" => Step::LoseRequest,
        _ => Step::Forward,
    })
    .await;
    let wallet = wallet(&world.chain, 1).await;
    let receipt = wallet.execute(&world.setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    assert_eq!(world.setup.count().await, 1);
    assert!(world.setup.chain.tx(receipt.hash).await.unwrap().is_some());
    assert!(!world.first.url.is_empty());
}
