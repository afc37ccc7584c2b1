//! `/rest`: what wallets ask of the REST server of a chain, made from queries to the node.

use bithive_chain::http::{ReplyBody, reply};
use bithive_chain::validate_address;
use cosmrs::proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountInfoRequest, QueryAccountInfoResponse};
use cosmrs::proto::cosmos::bank::v1beta1::{
    QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest, QueryBalanceResponse,
};
use cosmrs::proto::cosmos::base::tendermint::v1beta1::{GetNodeInfoRequest, GetNodeInfoResponse};
use cosmrs::proto::cosmos::base::v1beta1::Coin;
use cosmrs::proto::cosmos::crypto::secp256k1::PubKey;
use cosmrs::proto::traits::Message;
use cosmwasm_std::Binary;
use hyper::{Response, StatusCode, Uri};
use serde_json::{Value, json};

use crate::input::{Parameters, shown};
use crate::node::Node;
use crate::refused::{JSON, Refused};

const ACCOUNT: &str = "/cosmos.auth.v1beta1.Query/AccountInfo";
const BALANCE: &str = "/cosmos.bank.v1beta1.Query/Balance";
const ALL_BALANCES: &str = "/cosmos.bank.v1beta1.Query/AllBalances";
const NODE_INFO: &str = "/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo";
const BASE_ACCOUNT: &str = "/cosmos.auth.v1beta1.BaseAccount";
const PUBLIC_KEY: &str = "/cosmos.crypto.secp256k1.PubKey";

/// Codes of gRPC that the SDK's gateway answers with.
const INVALID_ARGUMENT: u32 = 3;
const NOT_FOUND: u32 = 5;
const UNIMPLEMENTED: u32 = 12;
const UNAVAILABLE: u32 = 14;

/// An error as the SDK's gateway writes it: status, code, what was wrong.
struct Fault(u16, u32, String);

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused.response().status().as_u16() {
            status @ 400..500 => Self(status, INVALID_ARGUMENT, refused.what),
            _ => Self(502, UNAVAILABLE, refused.what),
        }
    }
}

/// Answers what the path after `/rest/` asks for.
pub(crate) async fn get(node: &Node, path: &str, uri: &Uri) -> Response<ReplyBody> {
    let (status, body) = match answer(node, path, uri).await {
        Ok(body) => (StatusCode::OK, body),
        Err(Fault(status, code, message)) => (
            StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY),
            json!({ "code": code, "message": message, "details": [] }),
        ),
    };
    reply(status, JSON, body.to_string()).map(ReplyBody::Whole)
}

async fn answer(node: &Node, path: &str, uri: &Uri) -> Result<Value, Fault> {
    let segments: Vec<&str> = path.split('/').collect();
    match segments.as_slice() {
        ["cosmos", "auth", "v1beta1", "accounts", address] => {
            let mut account = account(node, address).await?;
            if let Value::Object(fields) = &mut account {
                fields.insert("@type".into(), BASE_ACCOUNT.into());
            }
            Ok(json!({ "account": account }))
        }
        ["cosmos", "auth", "v1beta1", "account_info", address] => {
            Ok(json!({ "info": account(node, address).await? }))
        }
        ["cosmos", "bank", "v1beta1", "balances", address] => balances(node, address).await,
        ["cosmos", "bank", "v1beta1", "balances", address, "by_denom"] => {
            let parameters = Parameters::read(uri, &["denom"])?;
            let denom = parameters.get("denom").unwrap_or_default().to_owned();
            let request = QueryBalanceRequest { address: valid(address)?, denom };
            let answer: QueryBalanceResponse = query(node, BALANCE, &request).await?;
            Ok(json!({ "balance": answer.balance.map(coin) }))
        }
        ["cosmos", "base", "tendermint", "v1beta1", "node_info"] => node_info(node).await,
        _ => Err(Fault(501, UNIMPLEMENTED, format!("{} is not answered here", shown(path)))),
    }
}

fn valid(address: &str) -> Result<String, Fault> {
    validate_address(address).map_err(|error| Fault(400, INVALID_ARGUMENT, error.to_string()))?;
    Ok(address.to_owned())
}

async fn query<T: Message + Default>(node: &Node, path: &str, request: &impl Message) -> Result<T, Fault> {
    let answer = node.query(path, &request.encode_to_vec(), None).await?;
    if answer.code != 0 {
        let missing = answer.code == 22 || answer.log.contains("code = NotFound");
        let (status, code) = if missing { (404, NOT_FOUND) } else { (400, INVALID_ARGUMENT) };
        return Err(Fault(status, code, answer.log));
    }
    let value = answer.value.unwrap_or_default();
    T::decode(value.as_slice())
        .map_err(|error| Fault(502, UNAVAILABLE, format!("the node's answer can't be read: {error}")))
}

async fn account(node: &Node, address: &str) -> Result<Value, Fault> {
    let request = QueryAccountInfoRequest { address: valid(address)? };
    let answer: QueryAccountInfoResponse = query(node, ACCOUNT, &request).await?;
    let missing = || Fault(404, NOT_FOUND, format!("account {address} not found"));
    let BaseAccount { address, pub_key, account_number, sequence } = answer.info.ok_or_else(missing)?;
    let key = |any: cosmrs::Any| {
        let key = PubKey::decode(any.value.as_slice()).ok().filter(|_| any.type_url == PUBLIC_KEY)?;
        Some(json!({ "@type": PUBLIC_KEY, "key": Binary::from(key.key).to_base64() }))
    };
    Ok(json!({
        "address": address,
        "pub_key": pub_key.and_then(key),
        "account_number": account_number.to_string(),
        "sequence": sequence.to_string(),
    }))
}

async fn balances(node: &Node, address: &str) -> Result<Value, Fault> {
    let request = QueryAllBalancesRequest { address: valid(address)?, ..QueryAllBalancesRequest::default() };
    let answer: QueryAllBalancesResponse = query(node, ALL_BALANCES, &request).await?;
    let coins: Vec<Value> = answer.balances.into_iter().map(coin).collect();
    let total = coins.len().to_string();
    Ok(json!({ "balances": coins, "pagination": { "next_key": null, "total": total } }))
}

fn coin(coin: Coin) -> Value {
    json!({ "denom": coin.denom, "amount": coin.amount })
}

async fn node_info(node: &Node) -> Result<Value, Fault> {
    let answer: GetNodeInfoResponse = query(node, NODE_INFO, &GetNodeInfoRequest {}).await?;
    let info = answer.default_node_info.unwrap_or_default();
    let version = answer.application_version.unwrap_or_default();
    Ok(json!({
        "default_node_info": {
            "default_node_id": info.default_node_id,
            "network": info.network,
            "version": info.version,
            "moniker": info.moniker,
        },
        "application_version": {
            "name": version.name,
            "app_name": version.app_name,
            "version": version.version,
            "cosmos_sdk_version": version.cosmos_sdk_version,
        },
    }))
}
