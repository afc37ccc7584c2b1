//! What CosmJS and other clients of CometBFT nodes ask a served chain, beyond what [`bithive_chain::Cosmos`] does.

use crate::{
    node::{exchange, post},
    probe::Execute,
    setup::{Access, DENOM, RICH, Setup, key, serve, setup, wallet},
};
use bithive_chain::{Message as ChainMessage, Server};
use cosmrs::{
    Any,
    proto::{
        cosmos::{
            auth::v1beta1::{
                BaseAccount, QueryAccountInfoRequest, QueryAccountInfoResponse, QueryAccountRequest,
                QueryAccountResponse,
            },
            bank::v1beta1::{QueryAllBalancesRequest, QueryAllBalancesResponse},
            base::tendermint::v1beta1::{GetNodeInfoRequest, GetNodeInfoResponse},
            crypto::secp256k1::PubKey,
            tx::v1beta1::{AuthInfo, SimulateRequest, SimulateResponse, TxRaw, mode_info::Sum},
        },
        cosmwasm::wasm::v1::{
            QueryContractInfoRequest, QueryContractInfoResponse, QueryRawContractStateRequest,
            QueryRawContractStateResponse,
        },
        traits::Message,
    },
};
use cosmwasm_std::{Binary, coins};
use serde_json::{Value, json};

fn read(answer: Vec<u8>) -> (u16, Value) {
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap())
}

/// Status and body of the answer to a POST.
pub(crate) async fn ask(url: &str, request: &str) -> (u16, Value) {
    read(post(url, request.as_bytes().to_vec()).await)
}

/// Status and body of the answer to a GET.
pub(crate) async fn get(url: &str, path: &str) -> (u16, Value) {
    let host = url.strip_prefix("http://").unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    read(exchange(host, request.as_bytes()).await)
}

/// A served chain with a probe, and its server.
async fn served() -> (Setup, Server) {
    let setup = setup(Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    (setup, server)
}

async fn call(server: &Server, method: &str, params: Value) -> Result<Value, Value> {
    let request = json!({ "jsonrpc": "2.0", "id": 5, "method": method, "params": params });
    let (status, mut answer) = ask(&server.url(), &request.to_string()).await;
    assert_eq!((status, &answer["id"]), (200, &json!(5)));
    match answer["result"].take() {
        Value::Null => Err(answer["error"].take()),
        result => Ok(result),
    }
}

/// The response to a query, whatever its code.
async fn query(server: &Server, path: &str, request: &impl Message) -> Value {
    let data = hex::encode(request.encode_to_vec());
    let params = json!({ "path": path, "data": data, "prove": false });
    call(server, "abci_query", params).await.unwrap()["response"].take()
}

fn value<M: Message + Default>(response: &Value) -> M {
    assert_eq!(response["code"], 0, "{response}");
    let bytes = Binary::from_base64(response["value"].as_str().unwrap()).unwrap();
    M::decode(bytes.as_slice()).unwrap()
}

fn is_hex(value: &Value, bytes: usize) -> bool {
    hex::decode(value.as_str().unwrap()).unwrap().len() == bytes
}

#[tokio::test]
async fn a_status_has_what_clients_insist_on() {
    let (setup, server) = served().await;
    let status = call(&server, "status", json!({})).await.unwrap();
    let (node, sync, validator) = (&status["node_info"], &status["sync_info"], &status["validator_info"]);
    assert!(node["version"].as_str().unwrap().starts_with("0.38."), "clients choose their dialect by it");
    assert_eq!(node["network"], "test-1");
    assert!(is_hex(&node["id"], 20) && !node["listen_addr"].as_str().unwrap().is_empty());
    for name in ["p2p", "block", "app"] {
        node["protocol_version"][name].as_str().unwrap().parse::<u64>().unwrap();
    }
    assert!(node["other"].as_object().unwrap().values().all(Value::is_string));
    let info = setup.chain.info().await.unwrap();
    assert_eq!(sync["latest_block_height"], info.height.to_string());
    assert_eq!((&sync["earliest_block_height"], &sync["catching_up"]), (&json!("1"), &json!(false)));
    let block = call(&server, "block", json!({})).await.unwrap();
    assert_eq!(sync["latest_block_hash"], block["block_id"]["hash"]);
    assert_eq!(sync["latest_block_time"], block["block"]["header"]["time"]);
    assert!(is_hex(&sync["latest_app_hash"], 32) && is_hex(&sync["earliest_block_hash"], 32));
    assert_eq!(validator["voting_power"], "0");
    let key = Binary::from_base64(validator["pub_key"]["value"].as_str().unwrap()).unwrap();
    assert!(key.len() == 32 && is_hex(&validator["address"], 20));
    let abci = call(&server, "abci_info", json!({})).await.unwrap();
    assert_eq!(abci["response"]["last_block_height"], info.height.to_string());
    let none = call(&server, "validators", json!({ "height": "1" })).await.unwrap();
    assert_eq!((&none["block_height"], &none["total"]), (&json!("1"), &json!("0")));
    let response =
        query(&server, "/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo", &GetNodeInfoRequest {}).await;
    let info: GetNodeInfoResponse = value(&response);
    assert_eq!(json!(info.default_node_info.unwrap().default_node_id), node["id"]);
}

#[tokio::test]
async fn a_block_has_a_whole_header_and_names_the_one_before() {
    let (_setup, server) = served().await;
    let first = call(&server, "block", json!({ "height": "1" })).await.unwrap();
    assert_eq!(
        first["block"]["header"]["last_block_id"],
        json!({ "hash": "", "parts": { "total": 0, "hash": "" } })
    );
    let second = call(&server, "block", json!({ "height": "2" })).await.unwrap();
    let header = &second["block"]["header"];
    assert_eq!(header["last_block_id"], first["block_id"]);
    assert_eq!(
        (&first["block_id"]["parts"]["total"], &header["version"]["block"]),
        (&json!(1), &json!("11"))
    );
    assert!(is_hex(&second["block_id"]["hash"], 32) && is_hex(&header["proposer_address"], 20));
    for name in [
        "last_commit_hash",
        "data_hash",
        "validators_hash",
        "next_validators_hash",
        "consensus_hash",
        "app_hash",
        "last_results_hash",
        "evidence_hash",
    ] {
        hex::decode(header[name].as_str().unwrap()).unwrap();
    }
    assert_eq!(second["block"]["last_commit"]["block_id"]["hash"], "");
    let results = call(&server, "block_results", json!({ "height": "2" })).await.unwrap();
    assert_eq!(results["txs_results"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&results["validator_updates"], &results["consensus_param_updates"]),
        (&json!([]), &Value::Null)
    );
}

#[tokio::test]
async fn an_account_has_its_key_once_it_has_signed() {
    let (setup, server) = served().await;
    let account = async |seed: u64| {
        let address = key(seed).address().to_owned();
        let request = QueryAccountInfoRequest { address: address.clone() };
        let info = query(&server, "/cosmos.auth.v1beta1.Query/AccountInfo", &request).await;
        let info: QueryAccountInfoResponse = value(&info);
        let any =
            query(&server, "/cosmos.auth.v1beta1.Query/Account", &QueryAccountRequest { address }).await;
        let any: QueryAccountResponse = value(&any);
        let any = any.account.unwrap();
        assert_eq!(any.type_url, "/cosmos.auth.v1beta1.BaseAccount");
        let account = BaseAccount::decode(any.value.as_slice()).unwrap();
        assert_eq!(info.info.as_ref(), Some(&account));
        account
    };
    assert_eq!((account(2).await.pub_key, account(2).await.sequence), (None, 0));
    let second = wallet(&setup.chain, 2).await;
    second.send(key(3).address(), &coins(1, DENOM)).await.unwrap();
    let known = account(2).await;
    let stored = PubKey { key: key(2).public_key().to_bytes() };
    let any = Any { type_url: "/cosmos.crypto.secp256k1.PubKey".into(), value: stored.encode_to_vec() };
    assert_eq!((known.pub_key, known.sequence), (Some(any), 1));
    assert_eq!((account(3).await.pub_key, account(3).await.sequence), (None, 0));
    let nobody = QueryAccountRequest { address: key(70).address().into() };
    let missing = query(&server, "/cosmos.auth.v1beta1.Query/Account", &nobody).await;
    assert_eq!(missing["code"], 22);
    assert!(missing["log"].as_str().unwrap().contains("code = NotFound"), "{missing}");
}

#[tokio::test]
async fn balances_and_contracts_are_told() {
    let (setup, server) = served().await;
    let path = "/cosmos.bank.v1beta1.Query/AllBalances";
    for (seed, expected) in [(2, vec![RICH.to_string()]), (70, vec![])] {
        let request = QueryAllBalancesRequest { address: key(seed).address().into(), ..Default::default() };
        let all: QueryAllBalancesResponse = value(&query(&server, path, &request).await);
        let amounts: Vec<_> = all.balances.into_iter().map(|coin| coin.amount).collect();
        assert_eq!((amounts, all.pagination.unwrap().next_key), (expected, vec![]));
    }
    let path = "/cosmwasm.wasm.v1.Query/ContractInfo";
    let request = QueryContractInfoRequest { address: setup.probe.clone() };
    let info: QueryContractInfoResponse = value(&query(&server, path, &request).await);
    let contract = info.contract_info.unwrap();
    let admin = setup.wallet.address();
    assert_eq!((info.address, contract.code_id, contract.label.as_str()), (setup.probe.clone(), 1, "probe"));
    assert_eq!((contract.creator.as_str(), contract.admin.as_str()), (admin, admin));
    assert_eq!(contract.created.unwrap().block_height, 2);
    let raw = "/cosmwasm.wasm.v1.Query/RawContractState";
    for (key, expected) in [("count", "0"), ("nothing", "")] {
        let request =
            QueryRawContractStateRequest { address: setup.probe.clone(), query_data: key.as_bytes().into() };
        let state: QueryRawContractStateResponse = value(&query(&server, raw, &request).await);
        assert_eq!(state.data, expected.as_bytes(), "{key}");
    }
    let none = key(70).address().to_owned();
    let missing = query(&server, path, &QueryContractInfoRequest { address: none.clone() }).await;
    assert!(missing["log"].as_str().unwrap().contains("no such contract"), "{missing}");
    let request = QueryRawContractStateRequest { address: none, query_data: vec![] };
    let missing = query(&server, raw, &request).await;
    assert!(missing["log"].as_str().unwrap().contains("no such contract"), "{missing}");
}

/// A client that names a height, or wants a proof, must not take the last state, or no proof, for what it asked.
#[tokio::test]
async fn a_query_is_about_the_last_block_and_says_which() {
    let (setup, server) = served().await;
    let data = hex::encode(QueryContractInfoRequest { address: setup.probe.clone() }.encode_to_vec());
    let ask = async |height: Value, prove: bool| {
        let path = "/cosmwasm.wasm.v1.Query/ContractInfo";
        call(&server, "abci_query", json!({ "path": path, "data": data, "height": height, "prove": prove }))
            .await
    };
    for height in [json!(null), json!("0"), json!("2")] {
        let answer = ask(height, false).await.unwrap();
        assert_eq!((&answer["response"]["code"], &answer["response"]["height"]), (&json!(0), &json!("2")));
    }
    for height in ["1", "3", "18446744073709551615"] {
        let answer = ask(json!(height), false).await.unwrap();
        assert_eq!(answer["response"]["code"], 18, "{answer}");
        assert!(answer["response"]["log"].as_str().unwrap().contains("at height 2"), "{answer}");
        assert_eq!(answer["response"]["value"], "");
    }
    assert_eq!(ask(json!("18446744073709551616"), false).await.unwrap_err()["code"], -32602);
    assert_eq!(ask(Value::Null, true).await.unwrap_err()["code"], -32602);
    let hash = Binary::from([0; 32]).to_base64();
    let error = call(&server, "tx", json!({ "hash": hash, "prove": true })).await.unwrap_err();
    assert!(error["data"].as_str().unwrap().starts_with("prove"), "{error}");
}

/// CosmJS simulates with an unspecified mode and an empty signature.
#[tokio::test]
async fn a_simulation_needs_no_signature_and_a_transaction_does() {
    let (setup, server) = served().await;
    let signed = TxRaw::decode(setup.draft().await.sign().as_slice()).unwrap();
    let mut auth = AuthInfo::decode(signed.auth_info_bytes.as_slice()).unwrap();
    let mode = |mode| {
        move |auth: &mut AuthInfo| {
            let info = auth.signer_infos[0].mode_info.as_mut().unwrap();
            let Some(Sum::Single(single)) = info.sum.as_mut() else { panic!("one signer") };
            single.mode = mode;
        }
    };
    mode(0)(&mut auth);
    let with = |auth: &AuthInfo, signature: Vec<u8>| {
        let raw =
            TxRaw { auth_info_bytes: auth.encode_to_vec(), signatures: vec![signature], ..signed.clone() };
        raw.encode_to_vec()
    };
    let simulate = "/cosmos.tx.v1beta1.Service/Simulate";
    let request = SimulateRequest { tx_bytes: with(&auth, vec![]), ..Default::default() };
    let response = query(&server, simulate, &request).await;
    let gas: SimulateResponse = value(&response);
    assert!(gas.gas_info.unwrap().gas_used > 0);
    let sent = with(&auth, signed.signatures[0].clone());
    let answer =
        call(&server, "broadcast_tx_sync", json!({ "tx": Binary::from(sent).to_base64() })).await.unwrap();
    assert_eq!(answer["code"], 2);
    assert!(answer["log"].as_str().unwrap().contains("mode_info"), "{answer}");
    mode(127)(&mut auth);
    let request = SimulateRequest { tx_bytes: with(&auth, vec![]), ..Default::default() };
    let refused = query(&server, simulate, &request).await;
    assert!(refused["log"].as_str().unwrap().contains("SIGN_MODE_DIRECT"), "{refused}");
    assert_eq!(setup.count().await, 0);
}

#[tokio::test]
async fn transactions_are_found_by_hash_and_by_height() {
    let (setup, server) = served().await;
    let first = setup.wallet.send(key(9).address(), &coins(5, DENOM)).await.unwrap();
    let messages = [
        setup.call(&Execute::Increment {}),
        ChainMessage::Send { to: key(9).address().into(), funds: coins(6, DENOM) },
    ];
    let second = setup.wallet.execute_many(&messages).await.unwrap();
    let search = async |query: String| {
        let answer = call(&server, "tx_search", json!({ "query": query })).await.unwrap();
        let hashes: Vec<Value> =
            answer["txs"].as_array().unwrap().iter().map(|tx| tx["hash"].clone()).collect();
        assert_eq!(answer["total_count"], hashes.len().to_string());
        hashes
    };
    let (one, two) = (json!(first.hash.to_string()), json!(second.hash.to_string()));
    assert_eq!(search(format!("tx.hash='{}'", first.hash)).await, std::slice::from_ref(&one));
    assert_eq!(search(format!("tx.hash='{}'", "0".repeat(64))).await, Vec::<Value>::new());
    assert_eq!(search(format!("tx.height={}", second.height)).await, std::slice::from_ref(&two));
    for (condition, found) in [
        (format!("message.sender='{}'", setup.wallet.address()), true),
        ("incremented.count='1' AND wasm-incremented.count='1'".into(), false),
        ("wasm-incremented.count='1'".into(), true),
        ("transfer.amount='6ubee'".into(), true),
        ("transfer.amount='5ubee'".into(), false),
    ] {
        let hashes = search(format!("tx.height={} AND {condition}", second.height)).await;
        assert_eq!(hashes, if found { vec![two.clone()] } else { vec![] }, "{condition}");
    }
    for height in ["0", "1", "99", "18446744073709551615"] {
        assert_eq!(search(format!("tx.height={height}")).await, Vec::<Value>::new(), "{height}");
    }
    let by_hash =
        call(&server, "tx", json!({ "hash": Binary::from(first.hash.0).to_base64() })).await.unwrap();
    let found = call(&server, "tx_search", json!({ "query": format!("tx.hash='{}'", first.hash) })).await;
    assert_eq!(found.unwrap()["txs"], json!([by_hash]));
    assert_eq!((&by_hash["height"], &by_hash["index"]), (&json!(first.height.to_string()), &json!(0)));
    let query = format!("tx.height={}", second.height);
    for (name, value, code) in [
        ("page", "2", -32603),
        ("page", "0", -32603),
        ("page", "x", -32602),
        ("per_page", "-1", -32602),
        ("order_by", "random", -32602),
        ("query", "message.sender='x'", -32602),
    ] {
        let mut params = json!({ "query": query, "order_by": "desc", "page": "1", "per_page": "1" });
        assert!(call(&server, "tx_search", params.clone()).await.is_ok());
        params[name] = json!(value);
        let error = call(&server, "tx_search", params).await.unwrap_err();
        assert_eq!(error["code"], code, "{name} {value}: {error}");
    }
}

#[tokio::test]
async fn pages_go_forwards_and_backwards() {
    let chain = crate::setup::builder().txs_per_block(10).build().unwrap();
    let setup = crate::setup::setup_on(chain, Access::Embedded).await;
    let server = serve(&setup.embedded).await;
    // Transactions that wait while a block is made share the next one.
    let height = loop {
        let sends = (1..8).map(async |seed| {
            let wallet = wallet(&setup.chain, seed).await;
            wallet.send(key(9).address(), &coins(1, DENOM)).await.unwrap().height
        });
        let heights = futures::future::join_all(sends).await;
        let full = heights.iter().find(|height| heights.iter().filter(|other| other == height).count() >= 3);
        if let Some(height) = full {
            break *height;
        }
    };
    let page = async |number: usize, order: &str| {
        let query = format!("tx.height={height}");
        let params =
            json!({ "query": query, "page": number.to_string(), "per_page": "2", "order_by": order });
        let answer = call(&server, "tx_search", params).await.unwrap();
        let total: usize = answer["total_count"].as_str().unwrap().parse().unwrap();
        let places: Vec<u64> =
            answer["txs"].as_array().unwrap().iter().map(|tx| tx["index"].as_u64().unwrap()).collect();
        (total, places)
    };
    let (total, first) = page(1, "asc").await;
    assert_eq!((first, page(2, "asc").await.1[0]), (vec![0, 1], 2));
    assert_eq!(page(1, "desc").await.1, [total as u64 - 1, total as u64 - 2]);
}

#[tokio::test]
async fn an_array_of_calls_is_answered_in_its_order() {
    let (setup, server) = served().await;
    let request = r#" [{"id":1,"method":"health"}, 7, {"id":"b","method":"nonsense"},
        {"id":3,"method":"block","params":{"height":"1"}}]"#;
    let (status, answers) = ask(&server.url(), request).await;
    let answers = answers.as_array().unwrap().clone();
    let ids: Vec<_> = answers.iter().map(|answer| answer["id"].clone()).collect();
    assert_eq!((status, ids), (200, vec![json!(1), Value::Null, json!("b"), json!(3)]));
    assert_eq!(answers[0]["result"], json!({}));
    let codes: Vec<_> = answers.iter().map(|answer| answer["error"]["code"].as_i64()).collect();
    assert_eq!(codes, [None, Some(-32600), Some(-32601), None]);
    assert_eq!(answers[3]["result"]["block"]["header"]["height"], "1");
    let health = |count: usize| format!("[{}]", vec![r#"{"id":1,"method":"health"}"#; count].join(","));
    assert_eq!(ask(&server.url(), &health(1)).await.1.as_array().unwrap().len(), 1);
    assert_eq!(ask(&server.url(), &health(64)).await.1.as_array().unwrap().len(), 64);
    let (status, refused) = ask(&server.url(), &health(65)).await;
    assert_eq!((status, &refused["error"]["code"]), (500, &json!(-32600)), "{refused}");
    // What one of the calls changes, a later one sees.
    let tx = Binary::from(setup.draft().await.sign()).to_base64();
    let request = json!([
        { "id": 1, "method": "broadcast_tx_async", "params": { "tx": tx } },
        { "id": 2, "method": "block_results" },
    ]);
    let (_, answers) = ask(&server.url(), &request.to_string()).await;
    assert_eq!((&answers[0]["result"]["code"], setup.count().await), (&json!(0), 1));
    assert_eq!(answers[1]["result"]["txs_results"].as_array().unwrap().len(), 1);
}

/// 64 blocks of half a MiB each would be one answer of 45 MiB.
#[tokio::test]
async fn the_answers_to_an_array_have_a_greatest_length() {
    let (setup, server) = served().await;
    let wallet = wallet(&setup.chain, 2).await.with_gas_limit(90_000_000);
    let data = Binary::from(vec![7; 400_000]);
    let height = wallet.execute(&setup.probe, &Execute::Answer { data }, &[]).await.unwrap().height;
    let block = json!({ "id": 1, "method": "block", "params": { "height": height.to_string() } });
    let (status, answers) = ask(&server.url(), &json!(vec![block; 64]).to_string()).await;
    let answers = answers.as_array().unwrap();
    let given = answers.iter().filter(|answer| answer.get("result").is_some()).count();
    assert!(status == 200 && answers.len() == 64 && (20..40).contains(&given), "{given}");
    assert!(answers[given..].iter().all(|answer| answer["error"]["code"] == -32603 && answer["id"] == 1));
}

#[tokio::test]
async fn calls_in_a_uri_are_those_of_a_post() {
    let (setup, server) = served().await;
    let url = server.url();
    let sent = setup.wallet.send(key(9).address(), &coins(5, DENOM)).await.unwrap();
    let hash = Binary::from(sent.hash.0).to_base64();
    let data = QueryContractInfoRequest { address: setup.probe.clone() }.encode_to_vec();
    let path = "/cosmwasm.wasm.v1.Query/ContractInfo";
    for (uri, method, params) in [
        ("/status".to_owned(), "status", json!({})),
        ("/health?nothing=1".to_owned(), "health", json!({})),
        ("/block?height=1".to_owned(), "block", json!({ "height": "1" })),
        (format!("/tx?hash=0x{}&prove=false", sent.hash), "tx", json!({ "hash": hash })),
        (
            format!("/tx_search?query=%22tx.hash%3D%27{}%27%22&per_page=5", sent.hash),
            "tx_search",
            json!({ "query": format!("tx.hash='{}'", sent.hash) }),
        ),
        (
            format!("/abci_query?path=%22{path}%22&data=0x{}", hex::encode(&data)),
            "abci_query",
            json!({ "path": path, "data": hex::encode(&data) }),
        ),
    ] {
        let (status, answer) = get(&url, &uri).await;
        assert_eq!((status, &answer["id"]), (200, &json!(-1)), "{uri}: {answer}");
        assert_eq!(answer["result"], call(&server, method, params).await.unwrap(), "{uri}");
    }
    let tx = setup.draft().await.sign();
    let (status, answer) = get(&url, &format!("/broadcast_tx_sync?tx=0x{}", hex::encode(tx))).await;
    assert_eq!((status, &answer["result"]["code"], setup.count().await), (200, &json!(0), 1), "{answer}");
    let (status, answer) = get(&url, "/tx_search?query=%22message.sender%3D%27x%27%22").await;
    assert_eq!((status, &answer["error"]["code"]), (500, &json!(-32602)), "{answer}");
}
