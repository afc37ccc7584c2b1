//! From a transaction's result in a block to a [`TxResult`].

use super::{
    failure::{self, Report},
    outline::Outline,
};
use crate::{ChainError, TxResult, rpc::wire::ExecTxResult};
use cosmrs::{
    Any,
    proto::{
        cosmos::base::abci::v1beta1::TxMsgData,
        cosmwasm::wasm::v1::{
            MsgExecuteContractResponse, MsgInstantiateContract2Response, MsgInstantiateContractResponse,
            MsgMigrateContractResponse,
        },
        traits::{Message, Name},
    },
};

/// The result of the transaction `bytes`.
///
/// # Errors
/// The reason why `result` cannot be read.
pub(super) fn read(bytes: &[u8], result: ExecTxResult, chain_id: &str) -> Result<TxResult, String> {
    let outline = Outline::of(bytes);
    let failed = result.code != 0;
    let error: Option<ChainError> = failed.then(|| {
        let report = Report { codespace: &result.codespace, code: result.code, log: &result.log, chain_id };
        failure::of_tx(report, &outline)
    });
    let data = if failed { vec![] } else { read_data(&result.data)? };
    Ok(TxResult {
        hash: outline.hash,
        senders: outline.signers,
        error,
        events: result.events.into_iter().map(Into::into).collect(),
        data,
        gas_used: result.gas_used.u64(),
        gas_wanted: result.gas_wanted.u64(),
        host_calls: None,
    })
}

fn read_data(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let data = TxMsgData::decode(bytes).map_err(|error| format!("data of a transaction: {error}"))?;
    data.msg_responses
        .iter()
        .map(|response| contract_data(response).map_err(|error| format!("{}: {error}", response.type_url)))
        .collect()
}

/// What a contract returned, without the envelope of its message's response.
fn contract_data(response: &Any) -> Result<Vec<u8>, String> {
    let bytes = response.value.as_slice();
    let data = match response.type_url.as_str() {
        url if url == MsgExecuteContractResponse::type_url() => {
            MsgExecuteContractResponse::decode(bytes).map(|answer| answer.data)
        }
        url if url == MsgInstantiateContractResponse::type_url() => {
            MsgInstantiateContractResponse::decode(bytes).map(|answer| answer.data)
        }
        url if url == MsgInstantiateContract2Response::type_url() => {
            MsgInstantiateContract2Response::decode(bytes).map(|answer| answer.data)
        }
        url if url == MsgMigrateContractResponse::type_url() => {
            MsgMigrateContractResponse::decode(bytes).map(|answer| answer.data)
        }
        _ => Ok(vec![]),
    };
    data.map_err(|error| error.to_string())
}
