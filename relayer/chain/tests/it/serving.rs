//! An embedded chain served to others: limits, time, stopping and starting again.

use crate::{
    methods::{ask, get},
    node::exchange,
    probe::Execute,
    setup::{Access, builder, key, options, reach, serve, setup, setup_on, wallet},
};
use bithive_chain::{
    BlockClock, Chain, ChainError, ChainExt, Cosmos, ServeOptions, SigningKey, TxHash, connect,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tempfile::tempdir;

#[tokio::test]
async fn one_line_of_configuration_makes_a_chain() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let chain: Arc<dyn Chain> = connect(&server.url()).await.unwrap();
    assert_eq!(chain.info().await.unwrap(), setup.chain.info().await.unwrap());
}

#[tokio::test]
async fn malformed_requests_are_answered_and_change_nothing() {
    let setup = setup(Access::Embedded).await;
    let before = setup.chain.info().await.unwrap();
    let url = serve(&setup.embedded).await;
    let url_text = url.url();
    for (request, status, code) in [
        ("", 500, -32700),
        ("{", 500, -32700),
        ("5", 500, -32600),
        ("[]", 500, -32600),
        (r#"{"id":1}"#, 500, -32600),
        (r#"{"id":1,"method":"unsafe_flush_mempool"}"#, 200, -32601),
        (r#"{"id":1,"method":"abci_query"}"#, 200, -32602),
        (r#"{"id":1,"method":"abci_query","params":{"path":"/x","data":"zz"}}"#, 200, -32602),
        (r#"{"id":1,"method":"abci_query","params":{"path":"/x","height":"-1"}}"#, 200, -32602),
        (r#"{"id":1,"method":"tx","params":{"hash":"AAAA"}}"#, 200, -32602),
        (r#"{"id":1,"method":"broadcast_tx_sync","params":{"tx":"not base64!"}}"#, 200, -32602),
        (r#"{"id":1,"method":"block","params":{"height":"-1"}}"#, 200, -32602),
        (r#"{"id":1,"method":"block","params":{"height":"0"}}"#, 200, -32603),
        (r#"{"id":1,"method":"block","params":{"height":"99"}}"#, 200, -32603),
        (r#"{"id":1,"method":"validators","params":{"height":"99"}}"#, 200, -32603),
        (r#"{"id":1,"method":"block_results","params":{"height":7}}"#, 200, -32602),
    ] {
        let (got, answer) = ask(&url_text, request).await;
        assert_eq!((got, &answer["error"]["code"]), (status, &json!(code)), "{request}: {answer}");
    }
    let (_, unknown) = ask(&url_text, r#"{"id":1,"method":"abci_query","params":{"path":"/x"}}"#).await;
    assert_eq!(unknown["result"]["response"]["code"], 6, "{unknown}");
    for (path, status, code) in [
        ("/", 500, -32600),
        ("/unsafe_flush_mempool", 404, -32601),
        ("/status/more", 404, -32601),
        ("/block?height=99", 500, -32603),
        ("/block?height=x", 500, -32602),
        ("/tx", 500, -32602),
    ] {
        let (got, answer) = get(&url_text, path).await;
        assert_eq!((got, &answer["error"]["code"]), (status, &json!(code)), "{path}: {answer}");
    }
    let host = url_text.strip_prefix("http://").unwrap();
    let put = exchange(host, b"PUT / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    assert!(put.starts_with(b"HTTP/1.1 405"));
    assert_eq!(setup.chain.info().await.unwrap(), before);
}

#[tokio::test]
async fn health_and_the_last_block_need_no_parameters() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    assert_eq!(ask(&server.url(), r#"{"id":7,"method":"health"}"#).await.1["result"], json!({}));
    for request in
        [r#"{"id":"x","method":"block"}"#, r#"{"id":"x","method":"block","params":{"height":null}}"#]
    {
        let (_, block) = ask(&server.url(), request).await;
        assert_eq!((&block["id"], &block["result"]["block"]["header"]["height"]), (&json!("x"), &json!("2")));
    }
}

#[tokio::test]
async fn a_request_that_is_too_long_is_refused() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 5000000\r\n\r\n";
    let host = server.address().to_string();
    let answer = exchange(&host, &[head.as_bytes(), &vec![b' '; 5_000_000]].concat()).await;
    let text = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || text.contains("request body too large"), "{text}");
    assert_eq!(ask(&server.url(), r#"{"id":7,"method":"health"}"#).await.1["result"], json!({}));
}

#[tokio::test]
async fn time_passes_while_a_chain_is_served() {
    let setup = setup(Access::Embedded).await;
    let clock = BlockClock { every: Duration::from_millis(5), seconds: 60 };
    let server =
        setup.embedded.serve(ServeOptions { clock: Some(clock), ..ServeOptions::default() }).await.unwrap();
    let chain = Cosmos::connect(options(&server.url())).await.unwrap();
    let start = chain.info().await.unwrap();
    let mut cursor = chain.blocks_from(start.height + 1);
    for passed in 1..4 {
        let block = cursor.next().await.unwrap();
        assert_eq!(block.time, start.time.plus_seconds(60 * passed));
    }
    server.stop().await;
    let stopped = setup.chain.info().await.unwrap().height;
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(setup.chain.info().await.unwrap().height, stopped);
}

#[tokio::test]
async fn a_clock_that_cannot_go_on_says_why() {
    let setup = setup(Access::Embedded).await;
    let clock = BlockClock { every: Duration::from_millis(1), seconds: u64::MAX };
    let options = ServeOptions { clock: Some(clock), ..ServeOptions::default() };
    let mut server = setup.embedded.serve(options.clone()).await.unwrap();
    let error = server.failed().await;
    assert!(matches!(&error, ChainError::InvalidConfig { field, .. } if field == "time"), "{error}");
    server.stop().await;
    let still = ServeOptions { clock: Some(BlockClock { every: Duration::ZERO, seconds: 1 }), ..options };
    let error = setup.embedded.serve(still).await.map(drop).unwrap_err();
    assert!(matches!(&error, ChainError::InvalidConfig { field, .. } if field == "clock"), "{error}");
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let options = ServeOptions { listen: server.address(), clock: None, ..ServeOptions::default() };
    let error = setup.embedded.serve(options).await.map(drop).unwrap_err();
    assert!(matches!(&error, ChainError::InvalidConfig { field, .. } if field == "listen"), "{error}");
}

#[tokio::test]
async fn a_stopped_server_lets_go_of_the_chain() {
    let directory = tempdir().unwrap();
    let chain = builder().directory(directory.path()).build().unwrap();
    let server = serve(&chain).await;
    let client = Cosmos::connect(options(&server.url())).await.unwrap();
    drop(chain);
    server.stop().await;
    assert!(matches!(client.info().await, Err(ChainError::NodeDown { .. })));
    builder().directory(directory.path()).build().unwrap();
}

/// The client's cursor goes on over a stop, blocks that nobody served, and another process's start.
#[tokio::test]
async fn a_cursor_goes_on_when_the_server_starts_again() {
    let directory = tempdir().unwrap();
    let setup = setup_on(builder().directory(directory.path()).build().unwrap(), Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let address = server.address();
    let client = Cosmos::connect(options(&server.url())).await.unwrap();
    let mut cursor = client.blocks_from(1);
    let mut heights = vec![cursor.next().await.unwrap().height];
    server.stop().await;
    let reason = cursor.next().await.unwrap_err();
    assert!(matches!(reason, ChainError::NodeDown { .. }), "{reason}");

    setup.wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    let (probe, expected) = (setup.probe.clone(), setup.chain.latest_block().await.unwrap());
    drop(setup);
    let chain = builder().directory(directory.path()).build().unwrap();
    let server =
        chain.serve(ServeOptions { listen: address, clock: None, ..ServeOptions::default() }).await.unwrap();
    let wallet = wallet(&reach(&chain, Access::Embedded).await.0, 1).await;
    wallet.execute(&probe, &Execute::Increment {}, &[]).await.unwrap();
    let mut hashes = vec![];
    for _ in 0..3 {
        let block = cursor.next().await.unwrap();
        heights.push(block.height);
        hashes.extend(block.txs.into_iter().map(|tx| tx.hash));
    }
    assert_eq!(heights, [1, 2, 3, 4]);
    assert_eq!(hashes[1], expected.txs[0].hash);
    server.stop().await;
}

#[tokio::test]
async fn a_chain_of_another_history_is_behind_a_cursor() {
    let setup = setup(Access::Embedded).await;
    for _ in 0..3 {
        setup.embedded.produce_block().await.unwrap();
    }
    let server = serve(&setup.embedded).await;
    let address = server.address();
    let quick = options(&server.url()).confirm_timeout(Duration::from_millis(50));
    let client = Cosmos::connect(quick).await.unwrap();
    let mut cursor = client.blocks_from(5);
    assert_eq!(cursor.next().await.unwrap().height, 5);
    server.stop().await;
    let reset = builder().build().unwrap();
    let _server =
        reset.serve(ServeOptions { listen: address, clock: None, ..ServeOptions::default() }).await.unwrap();
    assert_eq!(cursor.next().await.unwrap_err(), ChainError::NodeBehind { height: 1, wanted: 6 });
}

/// The chain behind an address is another one with the same id, and already further than the cursor.
#[tokio::test]
async fn a_block_that_does_not_follow_the_one_before_is_noticed() {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let address = server.address();
    let client = Cosmos::connect(options(&server.url())).await.unwrap();
    let mut cursor = client.blocks_from(1);
    let first = cursor.next().await.unwrap();
    let second = cursor.next().await.unwrap();
    assert!(first.parent.is_none() && first.hash.is_some());
    assert_eq!(second.parent, first.hash);
    server.stop().await;
    let other = builder().genesis_time(second.time.plus_seconds(1)).build().unwrap();
    for _ in 0..5 {
        other.produce_block().await.unwrap();
    }
    let server =
        other.serve(ServeOptions { listen: address, clock: None, ..Default::default() }).await.unwrap();
    for _ in 0..2 {
        assert_eq!(cursor.next().await.unwrap_err(), ChainError::RolledBack { height: 2 });
    }
    // As after a restart, with what was recorded and without.
    let mut recorded = client.blocks_from(3).after(second.hash);
    assert_eq!(recorded.next().await.unwrap_err(), ChainError::RolledBack { height: 2 });
    let mut anew = client.blocks_from(3);
    for height in 3..6 {
        assert_eq!(anew.next().await.unwrap().height, height);
    }
    server.stop().await;
}

/// Two programs with the same key: each loses the race for a sequence now and then, and nothing happens twice.
#[tokio::test(flavor = "multi_thread")]
async fn two_programs_share_a_key_over_rpc() {
    const CALLS: u64 = 8;
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    let programs: Vec<_> = (0..2)
        .map(|_| {
            let (url, probe) = (server.url(), setup.probe.clone());
            tokio::spawn(async move {
                let chain: Arc<dyn Chain> = Arc::new(Cosmos::connect(options(&url)).await.unwrap());
                let wallet = wallet(&chain, 1).await;
                let mut hashes = vec![];
                while hashes.len() < CALLS as usize {
                    match wallet.execute(&probe, &Execute::Increment {}, &[]).await {
                        Ok(receipt) => hashes.push(receipt.hash),
                        Err(error) => {
                            assert!(matches!(error, ChainError::SequenceMismatch { .. }), "{error}")
                        }
                    }
                }
                hashes
            })
        })
        .collect();
    let mut hashes: Vec<TxHash> = vec![];
    for program in programs {
        hashes.extend(program.await.unwrap());
    }
    hashes.sort();
    hashes.dedup();
    assert_eq!((hashes.len() as u64, setup.count().await), (2 * CALLS, 2 * CALLS));
}

#[tokio::test]
async fn blocks_are_the_same_over_rpc_but_for_the_counts_behind_gas() {
    let setup = setup(Access::Embedded).await;
    let wallet = wallet(&setup.chain, 1).await.with_gas_limit(300_000);
    wallet.execute(&setup.probe, &Execute::Increment {}, &[]).await.unwrap();
    wallet.execute(&setup.probe, &Execute::IncrementAndFail {}, &[]).await.unwrap_err();
    let stranger: SigningKey = key(60);
    wallet.send(stranger.address(), &cosmwasm_std::coins(5, "ubee")).await.unwrap();
    let (client, _server) = reach(&setup.embedded, Access::Rpc).await;
    let (mut ours, mut theirs) = (setup.chain.blocks_from(1), client.blocks_from(1));
    for _ in 0..setup.chain.info().await.unwrap().height {
        let mut expected = ours.next().await.unwrap();
        for tx in &mut expected.txs {
            tx.host_calls = None;
        }
        assert_eq!(theirs.next().await.unwrap(), expected);
    }
}
