//! The methods of the RPC.

use super::{
    Fault,
    failure::{self, AbciError},
    query,
};
use crate::{
    Chain, ChainError, Embedded, TxHash, TxResult,
    rpc::{
        cut,
        wire::{
            AbciInfo, AbciInfoResponse, AbciQuery, BlockAnswer, BlockBody, BlockData, BlockId, BlockResults,
            BroadcastTx, ExecTxResult, Header, NodeInfo, Status, SyncInfo, Tx, data_hash, write_time,
        },
    },
};
use cosmrs::{
    Any,
    proto::{
        cosmos::{
            base::abci::v1beta1::TxMsgData,
            tx::v1beta1::{TxBody, TxRaw},
        },
        cosmwasm::wasm::v1::{
            MsgExecuteContract, MsgExecuteContractResponse, MsgInstantiateContract,
            MsgInstantiateContractResponse, MsgMigrateContract, MsgMigrateContractResponse,
        },
        traits::{Message, Name},
    },
};
use cosmwasm_std::Binary;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

#[derive(Deserialize)]
struct QueryParams {
    path: String,
    /// The query's protobuf, in hex.
    #[serde(default)]
    data: String,
}

#[derive(Deserialize)]
struct BroadcastParams {
    tx: Binary,
}

#[derive(Deserialize)]
struct TxParams {
    hash: Binary,
}

#[derive(Deserialize)]
struct HeightParams {
    height: Option<String>,
}

/// Calls a method by its name.
pub(super) async fn call(chain: &Embedded, method: &str, params: Value) -> Result<Value, Fault> {
    match method {
        "health" => Ok(json!({})),
        "status" => write(status(chain).await?),
        "abci_info" => {
            let last_block_height = chain.info().await.map_err(internal)?.height.into();
            write(AbciInfo { response: AbciInfoResponse { last_block_height } })
        }
        "abci_query" => {
            let QueryParams { path, data } = read(params)?;
            let data = hex::decode(data).map_err(|error| Fault::params(format!("data: {error}")))?;
            write(AbciQuery { response: query::answer(chain, &path, &data).await? })
        }
        "broadcast_tx_sync" => write(broadcast(chain, &read::<BroadcastParams>(params)?.tx).await?),
        "tx" => write(tx(chain, &read::<TxParams>(params)?.hash)?),
        "block" => write(block(chain, read(params)?).await?),
        "block_results" => write(block_results(chain, read(params)?).await?),
        method => Err(Fault::method(format!("{:?}", cut(method)))),
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Fault> {
    serde_json::from_value(params).map_err(|error| Fault::params(error.to_string()))
}

fn write(answer: impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(answer).map_err(|error| Fault::internal(error.to_string()))
}

fn internal(error: ChainError) -> Fault {
    Fault::internal(error.to_string())
}

async fn status(chain: &Embedded) -> Result<Status, Fault> {
    let info = chain.info().await.map_err(internal)?;
    let sync_info = SyncInfo {
        latest_block_height: info.height.into(),
        latest_block_time: write_time(info.time).map_err(internal)?,
        catching_up: false,
    };
    Ok(Status { node_info: NodeInfo { network: info.chain_id }, sync_info })
}

/// A node answers when its mempool has a transaction; here its block is made at once, before the answer.
async fn broadcast(chain: &Embedded, tx: &[u8]) -> Result<BroadcastTx, Fault> {
    let hash = TxHash::of(tx);
    let stored = || chain.stored_tx(hash).map_err(internal);
    let known = || Fault::internal("tx already exists in cache");
    if stored()?.is_some() {
        return Err(known());
    }
    let answer = |error: AbciError| {
        let AbciError { codespace, code, log } = error;
        BroadcastTx { code, log, codespace: codespace.into(), hash: hash.to_string() }
    };
    let taken = || answer(AbciError { codespace: "", code: 0, log: String::new() });
    let Err(error) = chain.broadcast(tx).await else { return Ok(taken()) };
    match stored()? {
        // In a block its messages failed, but it was taken.
        Some((_, tx)) if tx.error.as_ref() == Some(&error) => Ok(taken()),
        // Somebody sent the same bytes at the same time, and theirs came first.
        Some(_) => Err(known()),
        None => failure::write(&error).map(answer),
    }
}

fn tx(chain: &Embedded, hash: &[u8]) -> Result<Tx, Fault> {
    let length = hash.len();
    let hash = hash
        .try_into()
        .map(TxHash)
        .map_err(|_| Fault::params(format!("hash: {length} bytes, expected 32")))?;
    let (height, result) = chain
        .stored_tx(hash)
        .map_err(internal)?
        .ok_or_else(|| Fault::internal(format!("tx ({hash}) not found")))?;
    let tx = raw(chain, hash)?;
    let tx_result = exec_result(&tx, result)?;
    Ok(Tx { hash: hash.to_string(), height: height.into(), tx_result, tx })
}

async fn block(chain: &Embedded, params: HeightParams) -> Result<BlockAnswer, Fault> {
    let block = stored(chain, params).await?;
    let txs: Vec<Binary> = block.txs.iter().map(|tx| raw(chain, tx.hash)).collect::<Result<_, _>>()?;
    let header = Header {
        chain_id: chain.info().await.map_err(internal)?.chain_id,
        height: block.height.into(),
        time: write_time(block.time).map_err(internal)?,
        last_block_id: BlockId::of(block.parent),
        data_hash: data_hash(&txs),
    };
    let block_id = BlockId::of(block.hash);
    Ok(BlockAnswer { block_id, block: BlockBody { header, data: BlockData { txs } } })
}

async fn block_results(chain: &Embedded, params: HeightParams) -> Result<BlockResults, Fault> {
    let block = stored(chain, params).await?;
    let height = block.height.into();
    let txs_results = block
        .txs
        .into_iter()
        .map(|tx| raw(chain, tx.hash).and_then(|bytes| exec_result(&bytes, tx)))
        .collect::<Result<_, _>>()?;
    Ok(BlockResults { height, txs_results })
}

/// The block at a height, or the last one.
async fn stored(chain: &Embedded, params: HeightParams) -> Result<crate::Block, Fault> {
    let last = chain.info().await.map_err(internal)?.height;
    let height = match params.height {
        None => last,
        Some(text) => {
            text.parse().map_err(|error| Fault::params(format!("height {:?}: {error}", cut(&text))))?
        }
    };
    if height == 0 {
        return Err(Fault::internal("height must be greater than 0, but got 0"));
    }
    if height > last {
        let data =
            format!("height {height} must be less than or equal to the current blockchain height {last}");
        return Err(Fault::internal(data));
    }
    chain
        .stored_block(height)
        .map_err(internal)?
        .ok_or_else(|| Fault::internal(format!("block {height} is missing")))
}

fn raw(chain: &Embedded, hash: TxHash) -> Result<Binary, Fault> {
    chain
        .raw_tx(hash)
        .map_err(internal)?
        .map(Binary::from)
        .ok_or_else(|| Fault::internal(format!("the bytes of transaction {hash} are missing")))
}

fn exec_result(tx: &[u8], result: TxResult) -> Result<ExecTxResult, Fault> {
    let answer = ExecTxResult {
        gas_wanted: result.gas_wanted.into(),
        gas_used: result.gas_used.into(),
        events: result.events.into_iter().map(Into::into).collect(),
        ..ExecTxResult::default()
    };
    match result.error {
        Some(error) => {
            let AbciError { codespace, code, log } = failure::write(&error)?;
            Ok(ExecTxResult { code, codespace: codespace.into(), log, ..answer })
        }
        None => Ok(ExecTxResult { data: responses(tx, result.data)?.into(), ..answer }),
    }
}

/// Each message's response around what its contract returned.
fn responses(tx: &[u8], data: Vec<Vec<u8>>) -> Result<Vec<u8>, Fault> {
    let body = TxRaw::decode(tx)
        .and_then(|raw| TxBody::decode(raw.body_bytes.as_slice()))
        .map_err(|error| Fault::internal(format!("stored transaction: {error}")))?;
    let msg_responses =
        body.messages.iter().zip(data).map(|(message, data)| response(&message.type_url, data)).collect();
    Ok(TxMsgData { msg_responses, ..TxMsgData::default() }.encode_to_vec())
}

fn response(type_url: &str, data: Vec<u8>) -> Any {
    match type_url {
        url if url == MsgExecuteContract::type_url() => any(&MsgExecuteContractResponse { data }),
        url if url == MsgInstantiateContract::type_url() => {
            any(&MsgInstantiateContractResponse { address: String::new(), data })
        }
        url if url == MsgMigrateContract::type_url() => any(&MsgMigrateContractResponse { data }),
        url => Any { type_url: format!("{url}Response"), value: vec![] },
    }
}

fn any<M: Message + Name>(message: &M) -> Any {
    Any { type_url: M::type_url(), value: message.encode_to_vec() }
}
