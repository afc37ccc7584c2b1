//! The methods of the RPC: their parameters, and which part of the server answers.

use super::{
    blocks,
    failure::internal,
    jsonrpc::Fault,
    node, query,
    search::Search,
    stored,
    txs::{self, Page},
};
use crate::{
    Chain, Embedded,
    rpc::{cut, wire::AbciQuery},
};
use cosmwasm_std::Binary;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Transactions on a page of `tx_search` where nothing is said, and at most, as in CometBFT.
const PAGE: usize = 30;
const LARGEST_PAGE: usize = 100;

#[derive(Deserialize)]
struct QueryParams {
    path: String,
    /// The query's protobuf, in hex.
    #[serde(default)]
    data: String,
    height: Option<String>,
    #[serde(default)]
    prove: bool,
}

#[derive(Deserialize)]
struct BroadcastParams {
    tx: Binary,
}

#[derive(Deserialize)]
struct TxParams {
    hash: Binary,
    #[serde(default)]
    prove: bool,
}

#[derive(Deserialize)]
struct SearchParams {
    query: String,
    #[serde(default)]
    prove: bool,
    page: Option<String>,
    per_page: Option<String>,
    order_by: Option<String>,
}

#[derive(Deserialize)]
struct HeightParams {
    height: Option<String>,
}

/// Calls a method by its name.
pub(super) async fn call(chain: &Embedded, method: &str, params: Value) -> Result<Value, Fault> {
    match method {
        "health" => Ok(json!({})),
        "status" => node::status(chain, &info(chain).await?),
        "abci_info" => Ok(node::abci_info(chain)),
        "abci_query" => abci_query(chain, read(params)?).await,
        // Both answer once the block is made.
        "broadcast_tx_sync" | "broadcast_tx_async" => {
            write(txs::broadcast(chain, &read::<BroadcastParams>(params)?.tx).await?)
        }
        "tx" => {
            let TxParams { hash, prove } = read(params)?;
            without_proof(prove)?;
            write(txs::find(chain, &hash)?)
        }
        "tx_search" => tx_search(chain, read(params)?),
        "block" => {
            let height = height(chain, params)?;
            blocks::block(chain, &info(chain).await?.chain_id, height)
        }
        "block_results" => blocks::results(chain, height(chain, params)?),
        "validators" => Ok(node::validators(height(chain, params)?)),
        method => Err(Fault::method(format!("{:?}", cut(method)))),
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Fault> {
    let params = if params.is_null() { json!({}) } else { params };
    serde_json::from_value(params).map_err(|error| Fault::params(error.to_string()))
}

fn write(answer: impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(answer).map_err(|error| Fault::internal(error.to_string()))
}

async fn info(chain: &Embedded) -> Result<crate::ChainInfo, Fault> {
    chain.info().await.map_err(internal)
}

fn height(chain: &Embedded, params: Value) -> Result<u64, Fault> {
    let HeightParams { height } = read(params)?;
    stored::height(chain, height.as_deref())
}

/// A client that asks for a proof would take an answer without one for a proven one.
fn without_proof(prove: bool) -> Result<(), Fault> {
    match prove {
        true => Err(Fault::params("prove: this chain keeps no proofs, expected false")),
        false => Ok(()),
    }
}

async fn abci_query(chain: &Embedded, params: QueryParams) -> Result<Value, Fault> {
    let QueryParams { path, data, height, prove } = params;
    without_proof(prove)?;
    let data = hex::decode(data).map_err(|error| Fault::params(format!("data: {error}")))?;
    let height = number("height", height)?.filter(|height| *height != 0);
    write(AbciQuery { response: query::answer(chain, &path, &data, height).await? })
}

fn tx_search(chain: &Embedded, params: SearchParams) -> Result<Value, Fault> {
    let SearchParams { query, prove, page, per_page, order_by } = params;
    without_proof(prove)?;
    let search = Search::parse(&query).map_err(|error| Fault::params(format!("query: {error}")))?;
    let backwards = match order_by.as_deref() {
        None | Some("" | "asc") => false,
        Some("desc") => true,
        Some(other) => {
            return Err(Fault::params(format!("order_by: {:?}, expected asc or desc", cut(other))));
        }
    };
    let count = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    let size = number("per_page", per_page)?.map_or(PAGE, |size| count(size).clamp(1, LARGEST_PAGE));
    let page = Page { number: number("page", page)?.map_or(1, count), size, backwards };
    let (txs, total) = txs::search(chain, &search, page)?;
    write(json!({ "txs": txs, "total_count": total.to_string() }))
}

fn number(name: &str, text: Option<String>) -> Result<Option<u64>, Fault> {
    let read = |text: String| {
        text.parse().map_err(|error| Fault::params(format!("{name} {:?}: {error}", cut(&text))))
    };
    text.map(read).transpose()
}
