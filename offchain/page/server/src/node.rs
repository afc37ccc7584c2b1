//! The chain behind the page: JSON-RPC as a CometBFT node speaks it, wherever the chain is.

use std::collections::BTreeSet;
use std::time::Duration;

use bithive_chain::{ChainError, CosmosOptions, Embedded, Forward};
use cosmrs::proto::cosmwasm::wasm::v1::{QuerySmartContractStateRequest, QuerySmartContractStateResponse};
use cosmrs::proto::traits::Message as _;
use cosmwasm_std::{Binary, Uint64};
use http_body_util::BodyExt as _;
use hyper::Request;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::refused::Refused;

/// Time for a node to answer one request.
const PATIENCE: Duration = Duration::from_secs(30);
/// Calls in an array: as many as CometBFT takes unless it is told otherwise.
const ARRAY: usize = 10;
/// How often queries are asked again for answers of one height, while blocks go on.
const ATTEMPTS: usize = 5;

const SMART: &str = "/cosmwasm.wasm.v1.Query/SmartContractState";

/// Where the chain is.
pub enum Node {
    /// In this process.
    Embedded(Embedded),
    /// Behind CometBFT nodes.
    Behind(Forward),
}

impl Node {
    /// The chain behind these nodes, the first of which that answers is asked.
    ///
    /// # Errors
    /// [`ChainError::InvalidConfig`].
    pub fn behind(nodes: Vec<CosmosOptions>) -> Result<Self, ChainError> {
        let nodes: Vec<_> = nodes.into_iter().map(|node| node.request_timeout(PATIENCE)).collect();
        Forward::new(&nodes).map(Self::Behind)
    }

    /// As configurations name it.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Embedded(_) => "embedded",
            Self::Behind(_) => "node",
        }
    }

    async fn call(&self, body: &Value) -> Result<Vec<u8>, Refused> {
        let body = body.to_string().into_bytes();
        match self {
            Self::Embedded(chain) => {
                let answer = chain.answer_rpc(&Request::new(()), &body).await;
                let Ok(body) = answer.into_body().collect().await;
                Ok(body.to_bytes().into())
            }
            Self::Behind(forward) => Ok(forward.post(body).await?.body),
        }
    }

    /// Queries of the application, of one kind.
    pub(crate) async fn queries(
        &self,
        path: &str,
        data: &[Vec<u8>],
        height: Option<u64>,
    ) -> Result<Vec<AbciResponse>, Refused> {
        let mut answers = Vec::with_capacity(data.len());
        for part in data.chunks(ARRAY) {
            let calls: Vec<Value> = (0..).zip(part).map(|(id, data)| query(id, path, data, height)).collect();
            let body = self.call(&Value::Array(calls)).await?;
            match read_array(&body, part.len()) {
                Some(answered) => answers.extend(answered.into_iter().collect::<Result<Vec<_>, _>>()?),
                // A node may take no arrays.
                None => {
                    for data in part {
                        answers.push(self.query(path, data, height).await?);
                    }
                }
            }
        }
        Ok(answers)
    }

    /// A query of the application.
    pub(crate) async fn query(
        &self,
        path: &str,
        data: &[u8],
        height: Option<u64>,
    ) -> Result<AbciResponse, Refused> {
        let body = self.call(&query(0, path, data, height)).await?;
        serde_json::from_slice::<Answered<AbciQuery>>(&body)
            .map_err(unreadable)?
            .result()
            .map(|answer| answer.response)
    }

    /// Height of the last state, which is what queries are answered from: a node has a block a moment before.
    pub(crate) async fn height(&self) -> Result<u64, Refused> {
        let body =
            self.call(&json!({ "jsonrpc": "2.0", "id": 0, "method": "abci_info", "params": {} })).await?;
        let info: AbciInfo = serde_json::from_slice::<Answered<_>>(&body).map_err(unreadable)?.result()?;
        Ok(info.response.last_block_height.u64())
    }

    /// What contracts answer to queries in JSON, all about the state after one block, whose height comes first.
    pub(crate) async fn smart(
        &self,
        queries: Vec<(String, Vec<u8>)>,
        height: Option<u64>,
    ) -> Result<(u64, Vec<Result<Vec<u8>, String>>), Refused> {
        match self {
            Self::Embedded(chain) => {
                let (found, answers) = chain.query_at_one_height(queries).await?;
                if height.is_some_and(|height| height != found) {
                    let text = "this chain keeps the state of the last block only";
                    return Err(Refused::chain(format!("{text}, at height {found}; leave the height out")));
                }
                Ok((found, answers.into_iter().map(|answer| answer.map_err(words)).collect()))
            }
            Self::Behind(_) => {
                let encode = |(address, query_data)| {
                    QuerySmartContractStateRequest { address, query_data }.encode_to_vec()
                };
                let data: Vec<Vec<u8>> = queries.into_iter().map(encode).collect();
                let (height, answers) = self.at_one_height(&data, height).await?;
                Ok((height, answers.into_iter().map(smart_answer).collect()))
            }
        }
    }

    /// Answers of one height, asked for again until they are. A node says of which height an answer is, but one that
    /// `chain serve` serves does not with an error: then the height must be the same before and after.
    async fn at_one_height(
        &self,
        data: &[Vec<u8>],
        asked: Option<u64>,
    ) -> Result<(u64, Vec<AbciResponse>), Refused> {
        let (mut pinned, mut careful) = (asked, false);
        for _ in 0..ATTEMPTS {
            let before = if careful { Some(self.height().await?) } else { None };
            let answers = self.queries(SMART, data, pinned).await?;
            let heights: BTreeSet<u64> = answers.iter().map(|answer| answer.height.u64()).collect();
            let unknown = heights.contains(&0);
            let known: Vec<u64> = heights.into_iter().filter(|height| *height > 0).collect();
            let same = match (asked, known.as_slice()) {
                (Some(asked), known) if known.iter().all(|height| *height == asked) => Some(asked),
                (None, [height]) if !unknown => Some(*height),
                _ => None,
            };
            if let Some(height) = same {
                return Ok((height, answers));
            }
            if let (None, Some(before)) = (asked, before)
                && known.iter().all(|height| *height == before)
                && self.height().await? == before
            {
                return Ok((before, answers));
            }
            careful = unknown;
            pinned = asked.or(if unknown { None } else { known.last().copied() });
        }
        Err(Refused::chain("the node's answers are of several heights; ask for fewer at a time"))
    }
}

/// An error of a query as a node words it.
fn words(error: ChainError) -> String {
    match error {
        ChainError::Query { error, .. } => error,
        ChainError::NoSuchContract { address } => format!("address {address}: no such contract"),
        other => other.to_string(),
    }
}

fn smart_answer(answer: AbciResponse) -> Result<Vec<u8>, String> {
    if answer.code != 0 {
        return Err(answer.log);
    }
    let value = answer.value.unwrap_or_default();
    let read = QuerySmartContractStateResponse::decode(value.as_slice());
    read.map(|answer| answer.data).map_err(|error| format!("the node's answer can't be read: {error}"))
}

fn query(id: usize, path: &str, data: &[u8], height: Option<u64>) -> Value {
    let height = height.unwrap_or_default().to_string();
    let params = json!({ "path": path, "data": hex::encode(data), "height": height, "prove": false });
    json!({ "jsonrpc": "2.0", "id": id, "method": "abci_query", "params": params })
}

fn unreadable(error: serde_json::Error) -> Refused {
    Refused::chain(format!("the node's answer can't be read: {error}"))
}

/// The answers to an array of calls, in the order of the calls; none if it is no array with an answer to each.
fn read_array(body: &[u8], count: usize) -> Option<Vec<Result<AbciResponse, Refused>>> {
    let mut answers: Vec<Answered<AbciQuery>> = serde_json::from_slice(body).ok()?;
    answers.sort_by_key(|answer| answer.id.as_u64());
    let ids = answers.iter().map(|answer| answer.id.as_u64());
    if !ids.eq((0..count as u64).map(Some)) {
        return None;
    }
    Some(answers.into_iter().map(|answer| answer.result().map(|answer| answer.response)).collect())
}

#[derive(Deserialize)]
struct Answered<T> {
    #[serde(default)]
    id: Value,
    result: Option<T>,
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: Value,
}

impl<T> Answered<T> {
    fn result(self) -> Result<T, Refused> {
        if let Some(Fault { message, data }) = self.error {
            let data = data.as_str().filter(|data| !data.is_empty()).map(str::to_owned);
            return Err(Refused::chain(data.unwrap_or(message).chars().take(2_000).collect::<String>()));
        }
        self.result.ok_or_else(|| Refused::chain("the node's answer has neither a result nor an error"))
    }
}

#[derive(Deserialize)]
struct AbciInfo {
    response: Application,
}

#[derive(Deserialize)]
struct Application {
    /// Go leaves out 0.
    #[serde(default)]
    last_block_height: Uint64,
}

#[derive(Deserialize)]
struct AbciQuery {
    response: AbciResponse,
}

/// Answer to a query of the application, as far as it is read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AbciResponse {
    pub(crate) code: u32,
    pub(crate) log: String,
    /// Go writes no bytes as `null`.
    pub(crate) value: Option<Binary>,
    /// Of the state that was asked; 0 where it is not said.
    pub(crate) height: Uint64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(id: u64, height: u64) -> String {
        format!(
            r#"{{"jsonrpc":"2.0","id":{id},"result":{{"response":{{"code":0,"value":null,"height":"{height}"}}}}}}"#
        )
    }

    #[test]
    fn answers_come_in_any_order_and_each_exactly_once() {
        let body = format!("[{},{}]", answer(1, 8), answer(0, 7));
        let read = read_array(body.as_bytes(), 2).unwrap();
        let heights: Vec<u64> = read.into_iter().map(|answer| answer.unwrap().height.u64()).collect();
        assert_eq!(heights, [7, 8]);
        for bad in [
            "{}".to_owned(),
            "[]".into(),
            format!("[{}]", answer(0, 7)),
            format!("[{},{}]", answer(0, 7), answer(0, 7)),
            format!("[{},{},{}]", answer(0, 7), answer(1, 7), answer(2, 7)),
            "nonsense".into(),
        ] {
            assert!(read_array(bad.as_bytes(), 2).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_error_of_the_node_has_its_words() {
        let fault = r#"{"id":0,"error":{"code":-32603,"message":"Internal error","data":"height 9 is not available"}}"#;
        let read: Answered<AbciQuery> = serde_json::from_str(fault).unwrap();
        assert_eq!(read.result().err().unwrap().what, "height 9 is not available");
        let none: Answered<AbciQuery> = serde_json::from_str("{}").unwrap();
        assert!(none.result().err().unwrap().what.contains("neither"));
    }
}
