//! A node that answers wrongly, late, too much or not at all: every answer is checked, and errors name the question.

use crate::{
    node::{Node, Step},
    probe::Execute,
    setup::{Access, DENOM, Setup, key, options, serve, setup, wallet},
};
use bithive_chain::{Chain, ChainError, ChainExt, Cosmos, CosmosOptions, Message, Server, TxHash};
use cosmwasm_std::Decimal;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// An honest chain, and a client of a node before it that does what `script` says.
struct World {
    setup: Setup,
    node: Node,
    chain: Arc<dyn Chain>,
    _server: Server,
}

async fn world(script: impl FnMut(&str, u64) -> Step + Send + 'static) -> World {
    world_for(patient, script).await
}

async fn world_for(
    options: impl FnOnce(&str) -> CosmosOptions,
    script: impl FnMut(&str, u64) -> Step + Send + 'static,
) -> World {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let node = Node::before(server.url(), script).await;
    let chain = Arc::new(Cosmos::connect(options(&node.url)).await.unwrap());
    World { setup, node, chain, _server: server }
}

/// Waits as long as a busy machine takes.
fn patient(url: &str) -> CosmosOptions {
    options(url).request_timeout(Duration::from_secs(60))
}

/// Waits for nothing that has not happened yet.
fn impatient(url: &str) -> CosmosOptions {
    patient(url).confirm_timeout(Duration::from_millis(200))
}

/// A client of a node that does `step` at every call of `method`.
async fn when(method: &'static str, step: impl Fn() -> Step + Send + 'static) -> World {
    world(move |called, _| if called == method { step() } else { Step::Forward }).await
}

/// One that changes every result of `method`.
async fn altered(method: &'static str, change: fn(&mut Value)) -> World {
    when(method, move || Step::Alter(Box::new(move |answer| change(&mut answer["result"])))).await
}

fn http(status: &str, body: &str) -> Step {
    Step::Raw(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes())
}

fn decode(error: ChainError) -> (String, String) {
    match error {
        ChainError::Decode { what, reason } => (what, reason),
        other => panic!("expected Decode, got {other:?}"),
    }
}

async fn connect_error(options: CosmosOptions) -> ChainError {
    Cosmos::connect(options).await.map(drop).unwrap_err()
}

#[tokio::test]
async fn a_node_that_is_not_there_is_down() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = connect_error(patient(&url)).await;
    assert!(matches!(&error, ChainError::NodeDown { reason } if reason.contains(&url)), "{error}");
}

#[tokio::test]
async fn settings_are_checked_at_the_door() {
    for url in ["", "localhost", "tcp://localhost:26657", "unix:///tmp/node", "http://"] {
        let error = connect_error(CosmosOptions::new(url)).await;
        assert!(
            matches!(&error, ChainError::InvalidConfig { field, .. } if field == "rpc"),
            "{url}: {error}"
        );
    }
    let options = CosmosOptions::new("http://127.0.0.1:1").fees("!", Decimal::zero());
    let error = connect_error(options).await;
    assert!(matches!(&error, ChainError::InvalidConfig { field, .. } if field == "fee_denom"), "{error}");
}

#[tokio::test]
async fn a_password_in_the_url_is_in_no_error() {
    let error = connect_error(CosmosOptions::new("http://user:secret@127.0.0.1:1")).await;
    assert!(matches!(error, ChainError::NodeDown { .. }));
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[tokio::test]
async fn a_node_of_another_chain_is_refused() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let error = connect_error(patient(&server.url()).chain_id("bithive-1")).await;
    assert_eq!(error, ChainError::WrongChainId { expected: "bithive-1".into(), got: "test-1".into() });
    Cosmos::connect(patient(&server.url()).chain_id("test-1")).await.unwrap();
}

#[tokio::test]
async fn a_node_that_changes_its_chain_is_refused() {
    let world = world(|method, before| match (method, before) {
        ("status", 1..) => Step::Alter(Box::new(|answer| {
            answer["result"]["node_info"]["network"] = "test-2".into();
        })),
        _ => Step::Forward,
    })
    .await;
    let expected = ChainError::WrongChainId { expected: "test-1".into(), got: "test-2".into() };
    assert_eq!(world.chain.info().await.unwrap_err(), expected);
    assert_eq!(world.chain.blocks_from(1).next().await.unwrap_err(), expected);

    let world = altered("block", |block| block["block"]["header"]["chain_id"] = "test-2".into()).await;
    assert_eq!(world.chain.blocks_from(1).next().await.unwrap_err(), expected);
}

#[tokio::test]
async fn a_chain_with_other_addresses_is_refused() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let node = Node::before(server.url(), |method, _| match method {
        "abci_query" => Step::Alter(Box::new(|answer| {
            // Protobuf: field 1, "wasm".
            answer["result"]["response"]["value"] = "CgR3YXNt".into();
        })),
        _ => Step::Forward,
    })
    .await;
    let error = connect_error(patient(&node.url)).await;
    let ChainError::InvalidConfig { field, reason } = error else { panic!("{error}") };
    assert_eq!(field, "bech32_prefix");
    assert!(reason.contains("wasm"), "{reason}");
}

#[tokio::test]
async fn what_is_no_answer_is_named_by_its_question() {
    for body in [
        "",
        "<html>it works</html>",
        "[]",
        "null",
        "{}",
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":"1","result":7}"#,
        r#"{"id":null,"result":{"node_info":{"network":"test-1"}}}"#,
        &"[".repeat(100_000),
    ] {
        let body = body.to_owned();
        let world = world(move |method, before| match (method, before) {
            ("status", 1..) => http("200 OK", &body),
            _ => Step::Forward,
        })
        .await;
        let (what, _) = decode(world.chain.info().await.unwrap_err());
        assert_eq!(what, format!("answer of {} to status", world.node.url));
    }
}

#[tokio::test]
async fn a_proxys_error_page_means_that_the_node_is_down() {
    let world = when("block", || http("502 Bad Gateway", "<html>no upstream</html>")).await;
    let error = world.chain.blocks_from(1).next().await.unwrap_err();
    assert!(matches!(&error, ChainError::NodeDown { reason } if reason.contains("502")), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let location = "302 Found\r\nlocation: http://127.0.0.1:1/";
    let world = when("block", move || http(location, "")).await;
    let error = world.chain.blocks_from(1).next().await.unwrap_err();
    assert!(matches!(&error, ChainError::NodeDown { reason } if reason.contains("302")), "{error}");
}

#[tokio::test]
async fn an_answer_to_another_question_is_refused() {
    let world = when("block", || Step::Alter(Box::new(|answer| answer["id"] = json!(999_999)))).await;
    let (_, reason) = decode(world.chain.blocks_from(1).next().await.unwrap_err());
    assert!(reason.contains("id is 999999"), "{reason}");
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let world = when("block_results", || Step::Endless).await;
    let (what, reason) = decode(world.chain.blocks_from(1).next().await.unwrap_err());
    assert!(what.ends_with("to block_results") && reason.starts_with("more than"), "{what}: {reason}");
}

#[tokio::test]
async fn a_node_that_says_nothing_is_down() {
    let hurried = |url: &str| options(url).request_timeout(Duration::from_secs(2));
    for step in [|| Step::Silence, || Step::LoseRequest, || Step::Raw(b"HTTP/1.1 200 OK\r\n".to_vec())] {
        let world = world_for(hurried, move |called, _| match called {
            "block" => step(),
            _ => Step::Forward,
        })
        .await;
        let error = world.chain.blocks_from(1).next().await.unwrap_err();
        assert!(matches!(&error, ChainError::NodeDown { reason } if reason.starts_with("block ")), "{error}");
    }
}

#[tokio::test]
async fn a_syncing_node_is_down() {
    let world = world(|method, before| match (method, before) {
        ("status", 1..) => Step::Alter(Box::new(|answer| {
            answer["result"]["sync_info"]["catching_up"] = true.into();
        })),
        _ => Step::Forward,
    })
    .await;
    let error = world.chain.info().await.unwrap_err();
    assert!(matches!(&error, ChainError::NodeDown { reason } if reason.contains("syncing")), "{error}");
}

#[tokio::test]
async fn blocks_that_do_not_fit_together_are_refused_and_the_cursor_stays() {
    type Change = (&'static str, &'static str, fn(&mut Value));
    let changes: [Change; 8] = [
        ("block", "height is 3", |block| block["block"]["header"]["height"] = "3".into()),
        ("block", "not those of its header", |block| block["block"]["data"]["txs"] = json!([])),
        ("block", "not those of its header", |block| block["block"]["data"]["txs"][0] = "AAAA".into()),
        ("block", "block time", |block| block["block"]["header"]["time"] = "soon".into()),
        ("block_results", "height is 1", |results| results["height"] = "1".into()),
        ("block_results", "0 results of 1", |results| results["txs_results"] = Value::Null),
        ("block_results", "data of a transaction", |results| {
            results["txs_results"][0]["data"] = "/////w==".into();
        }),
        ("block_results", "invalid", |results| results["txs_results"][0]["gas_used"] = "-1".into()),
    ];
    for (method, words, change) in changes {
        let world = world(move |called, before| match before {
            0 if called == method => Step::Alter(Box::new(move |answer| change(&mut answer["result"]))),
            _ => Step::Forward,
        })
        .await;
        let mut cursor = world.chain.blocks_from(2);
        let (what, reason) = decode(cursor.next().await.unwrap_err());
        assert!(what.contains(method) && reason.contains(words), "{what}: {reason}");
        assert_eq!(cursor.next_height(), 2);
        // The node's second answer is honest.
        assert_eq!(cursor.next().await.unwrap().height, 2);
    }
}

#[tokio::test]
async fn results_that_come_a_moment_after_their_block_are_waited_for() {
    let world = world(|method, before| match (method, before) {
        ("block_results", 0..3) => Step::Alter(Box::new(|answer| {
            let error = json!({"code": -32603, "message": "Internal error", "data": "could not find results for height #2"});
            *answer = json!({"jsonrpc": "2.0", "id": answer["id"], "error": error});
        })),
        _ => Step::Forward,
    })
    .await;
    assert_eq!(world.chain.blocks_from(2).next().await.unwrap().txs.len(), 1);
}

fn refuse(data: &'static str) -> Step {
    Step::Alter(Box::new(move |answer| {
        let error = json!({ "code": -32603, "message": "Internal error", "data": data });
        *answer = json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error });
    }))
}

#[tokio::test]
async fn a_node_without_old_blocks_says_where_it_begins() {
    let world = when("block", || refuse("height 1 is not available, lowest height is 2")).await;
    let error = world.chain.blocks_from(1).next().await.unwrap_err();
    assert_eq!(error, ChainError::Pruned { height: 1, lowest: 2 });
}

#[tokio::test]
async fn a_node_that_is_behind_is_not_waited_for_without_end() {
    let world = world_for(impatient, |_, _| Step::Forward).await;
    let error = world.chain.blocks_from(50).next().await.unwrap_err();
    assert_eq!(error, ChainError::NodeBehind { height: 2, wanted: 50 });
}

#[tokio::test]
async fn a_node_that_lost_blocks_is_behind() {
    let world =
        when("block", || refuse("height 2 must be less than or equal to the current blockchain height 1"))
            .await;
    let error = world.chain.blocks_from(2).next().await.unwrap_err();
    assert!(matches!(error, ChainError::NodeBehind { wanted: 2, .. }), "{error}");
}

#[tokio::test]
async fn an_account_or_balance_of_somebody_else_is_refused() {
    let world = world(|method, before| match (method, before) {
        // Fields: address "x", number 1; the next: 7 of "uusd".
        ("abci_query", 1) => value("CgUKAXgYAQ=="),
        ("abci_query", 2) => value("CgkKBHV1c2QSATc="),
        ("abci_query", 3) => value("CgsKBHViZWUSA2FsbA=="),
        ("abci_query", 4) => value("/////w=="),
        _ => Step::Forward,
    })
    .await;
    let address = world.setup.wallet.address();
    let (_, reason) = decode(world.chain.account(address).await.unwrap_err());
    assert!(reason.contains("asked for bithive1"), "{reason}");
    for words in ["coins \"uusd\"", "amount \"all\"", ""] {
        let (what, reason) = decode(world.chain.balance(address, DENOM).await.unwrap_err());
        assert!(what.ends_with("Query/Balance") && reason.contains(words), "{what}: {reason}");
    }
    world.chain.balance(address, DENOM).await.unwrap();
}

fn value(value: &'static str) -> Step {
    Step::Alter(Box::new(move |answer| answer["result"]["response"]["value"] = value.into()))
}

#[tokio::test]
async fn another_transaction_is_not_taken_for_the_one_asked_for() {
    for change in [
        (|tx| tx["tx"] = "AAAA".into()) as fn(&mut Value),
        |tx| tx["hash"] = TxHash::of(b"another").to_string().into(),
        |tx| tx["height"] = "0".into(),
    ] {
        let world = altered("tx", change).await;
        let receipt =
            world.setup.wallet.execute(&world.setup.probe, &Execute::Increment {}, &[]).await.unwrap();
        let (what, _) = decode(world.chain.tx(receipt.hash).await.unwrap_err());
        assert!(what.ends_with(&format!("tx {}", receipt.hash)), "{what}");
    }
}

#[tokio::test]
async fn what_a_node_claims_to_cost_does_not_empty_the_account() {
    // Gas: 2^40, at the first try and at the second.
    let world = world(|method, before| match (method, before) {
        ("abci_query", 3 | 5) => value("CgcQgICAgIAg"),
        _ => Step::Forward,
    })
    .await;
    let wallet = wallet(&world.chain, 1).await;
    let before = wallet.chain().balance(wallet.address(), DENOM).await;
    let error = wallet.execute(&world.setup.probe, &Execute::Increment {}, &[]).await.unwrap_err();
    assert!(matches!(error, ChainError::OutOfGas { limit: 100_000_000, .. }), "{error}");
    assert_eq!(wallet.chain().balance(wallet.address(), DENOM).await, before);
}

async fn increment(world: &World) -> Result<bithive_chain::Receipt, ChainError> {
    let wallet = wallet(&world.chain, 1).await.with_gas_limit(300_000);
    wallet.execute(&world.setup.probe, &Execute::Increment {}, &[]).await
}

#[tokio::test]
async fn a_transaction_whose_answer_was_lost_is_found_by_its_hash() {
    let world = world(|method, before| match (method, before) {
        ("broadcast_tx_sync", 0) => Step::LoseAnswer,
        _ => Step::Forward,
    })
    .await;
    let receipt = increment(&world).await.unwrap();
    assert_eq!(world.setup.chain.tx(receipt.hash).await.unwrap().unwrap().unwrap().events, receipt.events);
    assert_eq!(world.setup.count().await, 1);
}

#[tokio::test]
async fn a_transaction_that_did_not_arrive_is_sent_once_more() {
    let world = world(|method, before| match (method, before) {
        ("broadcast_tx_sync", 0) => Step::LoseRequest,
        _ => Step::Forward,
    })
    .await;
    increment(&world).await.unwrap();
    assert_eq!(world.setup.count().await, 1);
}

#[tokio::test]
async fn a_node_that_takes_nothing_is_down_and_nothing_happens() {
    let world = when("broadcast_tx_sync", || Step::LoseRequest).await;
    let error = increment(&world).await.unwrap_err();
    assert!(matches!(error, ChainError::NodeDown { .. }), "{error}");
    assert_eq!(world.setup.count().await, 0);
}

/// Nobody knows who sent it: an outbox finds it by its hash, and a wallet goes on to the next sequence.
#[tokio::test]
async fn a_transaction_on_its_way_already_is_waited_for() {
    let world = world(|method, before| match (method, before) {
        ("broadcast_tx_sync", _) => refuse("tx already exists in cache"),
        ("tx", 0..5) => refuse("tx not found"),
        _ => Step::Forward,
    })
    .await;
    let tx = world.setup.draft().await.sign();
    let receipt = world.setup.chain.broadcast(&tx).await.unwrap();
    let error = world.chain.broadcast(&tx).await.unwrap_err();
    assert_eq!(error, ChainError::SequenceMismatch { expected: 2, got: 1 });
    assert_eq!(world.chain.resend(&tx).await.unwrap().hash, receipt.hash);
}

/// The second refusal may be because of the first sending: signing anew could do the same thing twice.
#[tokio::test]
async fn a_refusal_after_a_lost_answer_does_not_count() {
    let world = world_for(impatient, |method, before| match (method, before) {
        ("broadcast_tx_sync", 0) => Step::LoseRequest,
        ("broadcast_tx_sync", _) => Step::Alter(Box::new(|answer| {
            let log = "account sequence mismatch, expected 2, got 1: incorrect account sequence";
            let hash = answer["result"]["hash"].clone();
            answer["result"] = json!({ "code": 32, "codespace": "sdk", "log": log, "hash": hash });
        })),
        ("tx", _) => refuse("tx not found"),
        _ => Step::Forward,
    })
    .await;
    let error = increment(&world).await.unwrap_err();
    let ChainError::Unconfirmed { hash, reason, .. } = error else { panic!("{error}") };
    assert!(reason.contains("sequence"), "{reason}");
    assert!(world.setup.chain.tx(hash).await.unwrap().is_some(), "and indeed a block had it");
}

#[tokio::test]
async fn a_transaction_that_no_block_includes_is_unconfirmed() {
    let world = world_for(impatient, |method, _| match method {
        "tx" => refuse("tx not found"),
        _ => Step::Forward,
    })
    .await;
    let error = increment(&world).await.unwrap_err();
    assert!(matches!(error, ChainError::Unconfirmed { .. }), "{error}");
}

#[tokio::test]
async fn a_node_that_took_another_transaction_is_not_believed() {
    let world = altered("broadcast_tx_sync", |answer| answer["hash"] = "00".into()).await;
    let (what, _) = decode(increment(&world).await.unwrap_err());
    assert!(what.ends_with("broadcast_tx_sync"), "{what}");
}

#[tokio::test]
async fn a_full_mempool_means_to_come_again() {
    let world = when("broadcast_tx_sync", || refuse("mempool is full: number of txs 5000 (max: 5000)")).await;
    let error = increment(&world).await.unwrap_err();
    assert!(matches!(error, ChainError::NodeDown { .. }), "{error}");
}

/// An outbox that has the bytes asks for their hash when it starts again.
#[tokio::test]
async fn a_program_that_died_after_sending_finds_its_transaction() {
    let world = world(|_, _| Step::Forward).await;
    let wallet = wallet(&world.chain, 1).await;
    let mut outbox = None;
    let messages = [Message::execute(&world.setup.probe, &Execute::Increment {}, &[]).unwrap()];
    let sending = wallet.submit(&messages, |tx| {
        outbox = Some(tx.clone());
        Err(ChainError::NodeDown { reason: "died".into() })
    });
    sending.await.unwrap_err();
    let stored = outbox.unwrap();
    // Before it was sent, no block has it; sent by the dead program's last act, one has.
    assert_eq!(world.chain.tx(stored.hash).await.unwrap(), None);
    world.setup.chain.broadcast(&stored.bytes).await.unwrap();
    let again = Cosmos::connect(patient(&world.node.url)).await.unwrap();
    let receipt = again.resend(&stored.bytes).await.unwrap();
    assert_eq!((receipt.hash, world.setup.count().await), (stored.hash, 1));
    assert_eq!(again.account(key(1).address()).await.unwrap().sequence, stored.sequence + 1);
}
