//! The chain through the page: JSON-RPC, REST and batches, with the chain in this process and behind a node.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bithive_chain::{Chain as _, Cosmos, CosmosOptions, Message, Wallet};
use cosmwasm_std::Uint128;
use serde_json::{Value, json};

use crate::setup::{Change, Setup, setup, with};

const ELSEWHERE: &str = "bithive1qyqszqgpqyqszqgpqyqszqgpqyqszqgpcmrqnn";

async fn both() -> [Setup; 2] {
    [setup().await, with(Change { behind: true, ..Change::default() }).await]
}

fn call(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params })
}

#[tokio::test]
async fn the_rpc_is_the_nodes_in_all_forms() {
    for setup in both().await {
        let height = setup.local.chain.info().await.unwrap().height.to_string();
        let status = setup.ask("POST", "/rpc").body(call("status", json!({})).to_string()).send().await;
        assert_eq!(status.status, 200);
        assert_eq!(status.json()["id"], 7);
        assert_eq!(status.json()["result"]["sync_info"]["latest_block_height"], height.as_str());
        let uri = setup.ask("GET", "/rpc/block?height=1").send().await.json();
        assert_eq!(uri["result"]["block"]["header"]["height"], "1");
        let array = json!([call("status", json!({})), call("health", json!({}))]).to_string();
        let answers = setup.ask("POST", "/rpc/").body(array).send().await.json();
        assert_eq!(answers.as_array().unwrap().len(), 2);
        let error = setup.ask("GET", "/rpc/block?height=999999").send().await;
        assert_eq!(error.status, 500, "{}", error.text());
        assert!(error.json()["error"]["data"].is_string());
    }
}

#[tokio::test]
async fn a_client_of_chains_works_through_the_page_and_a_transaction_takes_effect() {
    for setup in both().await {
        let url = format!("http://{}/rpc", setup.at());
        let chain = Cosmos::connect(CosmosOptions::new(url)).await.unwrap();
        let operator = setup.local.operator.address().to_owned();
        let denom = chain.info().await.unwrap().fee_denom;
        let before = chain.balance(&operator, &denom).await.unwrap();
        assert_eq!(before, setup.local.chain.balance(&operator, &denom).await.unwrap());
        let treasury = setup.local.client.deployment().treasury.clone();
        setup.local.operator.wallet().send(&treasury, &[cosmwasm_std::coin(5, &denom)]).await.unwrap();
        assert!(chain.balance(&operator, &denom).await.unwrap() < before - 5);
    }
}

#[tokio::test]
async fn methods_that_administrate_a_node_and_garbage_are_refused() {
    for setup in both().await {
        for method in ["dial_seeds", "unsafe_flush_mempool", "subscribe", "", "../status"] {
            let answer = setup.ask("POST", "/rpc").body(call(method, json!({})).to_string()).send().await;
            assert_eq!((answer.status, &answer.json()["error"]["code"]), (404, &json!(-32601)), "{method}");
            if !method.is_empty() {
                let uri = setup.ask("GET", &format!("/rpc/{method}")).send().await;
                assert_eq!((uri.status, &uri.json()["error"]["code"]), (404, &json!(-32601)), "{method}");
            }
        }
        for body in ["", "{", "[]", "[1]", "null", "\u{0}\u{1}", &"[".repeat(10_000)] {
            let answer = setup.ask("POST", "/rpc").body(body).send().await;
            assert_eq!(answer.json()["error"]["code"], -32600, "{body:.20}");
        }
        let large = setup.ask("POST", "/rpc").length(5 << 20).body("{").send().await;
        assert!(large.json()["error"]["data"].as_str().unwrap().contains("4194304"), "{}", large.text());
        assert_eq!(setup.ask("DELETE", "/rpc").send().await.kind(), "method");
    }
}

#[tokio::test]
async fn wallets_read_accounts_and_coins_from_the_rest_paths() {
    for setup in both().await {
        let (operator, denom) = (setup.local.operator.address(), "ubee");
        let account = setup.json(&format!("/rest/cosmos/auth/v1beta1/accounts/{operator}")).await;
        assert_eq!(account["account"]["@type"], "/cosmos.auth.v1beta1.BaseAccount");
        assert_eq!(account["account"]["address"], operator);
        let known = setup.local.chain.account(operator).await.unwrap();
        assert_eq!(account["account"]["sequence"], known.sequence.to_string());
        assert_eq!(account["account"]["pub_key"]["@type"], "/cosmos.crypto.secp256k1.PubKey");
        let info = setup.json(&format!("/rest/cosmos/auth/v1beta1/account_info/{operator}")).await;
        assert_eq!(info["info"]["account_number"], known.number.to_string());
        let held = setup.local.chain.balance(operator, denom).await.unwrap().to_string();
        let all = setup.json(&format!("/rest/cosmos/bank/v1beta1/balances/{operator}")).await;
        assert_eq!(all["balances"], json!([{ "denom": denom, "amount": held }]));
        let path = format!("/rest/cosmos/bank/v1beta1/balances/{operator}/by_denom?denom={denom}");
        assert_eq!(setup.json(&path).await["balance"]["amount"], held.as_str());
        let node = setup.json("/rest/cosmos/base/tendermint/v1beta1/node_info").await;
        assert_eq!(node["default_node_info"]["network"], setup.local.client.deployment().chain_id.as_str());
        for (path, status) in [
            ("cosmos/auth/v1beta1/accounts/nobody", 400),
            ("cosmos/auth/v1beta1/accounts/", 400),
            ("cosmos/bank/v1beta1/balances/x/by_denom?denom=ubee", 400),
            ("cosmos/staking/v1beta1/validators", 501),
            ("", 501),
        ] {
            let answer = setup.ask("GET", &format!("/rest/{path}")).send().await;
            assert_eq!(answer.status, status, "{path}: {}", answer.text());
            assert!(answer.json()["code"].is_u64() && answer.json()["message"].is_string());
        }
    }
}

#[tokio::test]
async fn each_query_of_a_batch_has_an_answer_or_an_error_of_its_own() {
    for setup in both().await {
        let deployment = setup.local.client.deployment();
        let batch = json!([
            { "contract": deployment.registry(), "query": { "config": {} } },
            { "contract": deployment.jobs(), "query": { "job": { "job_id": 18_446_744_073_709_551_615u64 } } },
            { "contract": "nobody", "query": {} },
            { "contract": deployment.token(), "query": { "token_info": {} } },
        ]);
        let answer = setup.ask("POST", "/x/batch").body(batch.to_string()).send().await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let (answer, height) = (answer.json(), setup.local.chain.info().await.unwrap().height);
        assert_eq!(answer["height"], height.to_string());
        let results = answer["results"].as_array().unwrap();
        assert!(results[0]["value"]["params"].is_object() && results[3]["value"]["symbol"].is_string());
        assert!(results[1]["error"].is_string() && results[2]["error"].is_string(), "{answer}");
        let past = setup.ask("POST", "/x/batch?height=1").body(batch.to_string()).send().await;
        // One that keeps the last state only says so, in place of an answer of another height.
        assert!(!past.text().contains("params"), "{}", past.text());
    }
}

#[tokio::test]
async fn a_batch_that_is_none_is_refused() {
    let setup = setup().await;
    let one = json!({ "contract": ELSEWHERE, "query": {} });
    let many = Value::Array(vec![one.clone(); 65]).to_string();
    for (body, kind) in [
        (String::new(), "bad_request"),
        ("[]".into(), "bad_request"),
        ("{}".into(), "bad_request"),
        ("[{}]".into(), "bad_request"),
        (many, "bad_request"),
        (format!("[{}]", " ".repeat(2 << 20)), "too_large"),
    ] {
        let answer = setup.ask("POST", "/x/batch").body(body).send().await;
        assert_eq!(answer.kind(), kind, "{}", answer.text());
    }
    let parameter = setup.ask("POST", "/x/batch?heigth=7").body(json!([one]).to_string()).send().await;
    assert!(parameter.kind() == "bad_request" && parameter.text().contains("expected height"));
    assert_eq!(setup.ask("GET", "/x/batch").send().await.kind(), "method");
}

/// The same balance is asked for 64 times, while each block changes it: answers of two heights would differ.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_is_of_one_height_while_blocks_go_on() {
    for setup in both().await {
        let (token, operator) =
            (setup.local.client.deployment().token().to_owned(), setup.local.operator.clone());
        let query = json!({ "contract": token, "query": { "balance": { "address": operator.address() } } });
        let batch = Value::Array(vec![query; 64]).to_string();
        let (going, treasury) =
            (Arc::new(AtomicBool::new(true)), setup.local.client.deployment().treasury.clone());
        let goes_on = going.clone();
        let moving = tokio::spawn(async move {
            let wallet: &Wallet = operator.wallet();
            let pay = cw20_transfer(&token, &treasury);
            let mut paid = 0u32;
            while goes_on.load(Ordering::Relaxed) {
                wallet.submit(std::slice::from_ref(&pay), |_| Ok(())).await.unwrap();
                paid += 1;
                // A node in another process is asked over several connections; it has to come to its turn.
                tokio::task::yield_now().await;
            }
            paid
        });
        let (mut heights, mut different) = (vec![], std::collections::BTreeSet::new());
        while heights.len() < 20 {
            let answer = setup.ask("POST", "/x/batch").body(batch.clone()).send().await;
            if answer.status != 200 {
                // Blocks come as fast as this machine makes them: a node that keeps one state may be too fast.
                assert!(setup.server.is_some() && answer.kind() == "chain", "{}", answer.text());
                heights.push(0);
                continue;
            }
            let answer = answer.json();
            let results = answer["results"].as_array().unwrap();
            assert_eq!(results.len(), 64);
            assert!(results.iter().all(|result| *result == results[0]), "two heights: {answer}");
            different.insert(results[0]["value"]["balance"].as_str().unwrap().to_owned());
            heights.push(answer["height"].as_str().unwrap().parse::<u64>().unwrap());
        }
        going.store(false, Ordering::Relaxed);
        assert!(moving.await.unwrap() > 0);
        if setup.server.is_none() {
            assert!(different.len() > 1, "blocks went on meanwhile");
            assert!(heights.is_sorted(), "{heights:?}");
        }
    }
}

fn cw20_transfer(token: &str, recipient: &str) -> Message {
    let transfer = json!({ "transfer": { "recipient": recipient, "amount": Uint128::one() } });
    Message::execute(token, &transfer, &[]).unwrap()
}

#[tokio::test]
async fn a_node_that_is_down_is_said_to_be() {
    let mut setup = with(Change { behind: true, ..Change::default() }).await;
    setup.server.take().unwrap().stop().await;
    let health = setup.ask("GET", "/health").send().await;
    assert_eq!((health.status, &health.json()["ok"]), (503, &json!(false)));
    let batch = json!([{ "contract": ELSEWHERE, "query": {} }]).to_string();
    assert_eq!(setup.ask("POST", "/x/batch").body(batch).send().await.kind(), "chain");
    let rpc = setup.ask("POST", "/rpc").body(call("status", json!({})).to_string()).send().await;
    assert_eq!((rpc.status, &rpc.json()["error"]["code"]), (502, &json!(-32603)));
    assert_eq!(setup.ask("GET", "/rest/cosmos/base/tendermint/v1beta1/node_info").send().await.status, 502);
    assert_eq!(setup.ask("GET", "/").send().await.status, 200, "the page is there nevertheless");
}
