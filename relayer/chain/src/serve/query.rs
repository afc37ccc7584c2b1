//! `abci_query`: queries in protobuf, by the path of the service that answers them.

use super::{
    Fault,
    failure::{self, AbciError},
};
use crate::{
    BECH32_PREFIX, Chain, ChainError, Embedded,
    rpc::{cut, failure::Failure, path, wire::AbciResponse},
};
use cosmrs::proto::{
    cosmos::{
        auth::v1beta1::{
            BaseAccount, Bech32PrefixResponse, QueryAccountInfoRequest, QueryAccountInfoResponse,
        },
        bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse},
        base::{abci::v1beta1::GasInfo, v1beta1::Coin},
        tx::v1beta1::{SimulateRequest, SimulateResponse},
    },
    cosmwasm::wasm::v1::{QuerySmartContractStateRequest, QuerySmartContractStateResponse},
    traits::Message,
};

/// Answers a query; a query without an answer gives a response with an error code.
pub(super) async fn answer(chain: &Embedded, path: &str, data: &[u8]) -> Result<AbciResponse, Fault> {
    let answer = match path {
        path::PREFIX => Ok(Bech32PrefixResponse { bech32_prefix: BECH32_PREFIX.into() }.encode_to_vec()),
        path::ACCOUNT => account(chain, read(data)?).await,
        path::BALANCE => balance(chain, read(data)?).await,
        path::SMART => smart(chain, read(data)?).await,
        path::SIMULATE => simulate(chain, read(data)?).await,
        path => {
            let text = format!("unknown query path {:?}", cut(path));
            return Ok(refused(AbciError::new(Failure::UnknownRequest, &text)));
        }
    };
    match answer {
        Ok(value) => Ok(AbciResponse { value: value.into(), ..AbciResponse::default() }),
        Err(ChainError::Query { error, .. }) => {
            Ok(refused(AbciError::new(Failure::QueryFailed, &error).wrapped()))
        }
        Err(ChainError::NoSuchAccount { address }) if path == path::ACCOUNT => {
            let text = format!("rpc error: code = NotFound desc = account {address} not found");
            Ok(refused(AbciError::new(Failure::KeyNotFound, &text)))
        }
        Err(error) => failure::write(&error).map(AbciError::wrapped).map(refused),
    }
}

fn refused(error: AbciError) -> AbciResponse {
    let AbciError { codespace, code, log } = error;
    AbciResponse { code, log, codespace: codespace.into(), ..AbciResponse::default() }
}

fn read<M: Message + Default>(data: &[u8]) -> Result<M, Fault> {
    M::decode(data).map_err(|error| Fault::params(format!("data: {error}")))
}

async fn account(chain: &Embedded, request: QueryAccountInfoRequest) -> Result<Vec<u8>, ChainError> {
    let account = chain.account(&request.address).await?;
    let info = BaseAccount {
        address: request.address,
        pub_key: None,
        account_number: account.number,
        sequence: account.sequence,
    };
    Ok(QueryAccountInfoResponse { info: Some(info) }.encode_to_vec())
}

async fn balance(chain: &Embedded, request: QueryBalanceRequest) -> Result<Vec<u8>, ChainError> {
    let amount = chain.balance(&request.address, &request.denom).await?.to_string();
    Ok(QueryBalanceResponse { balance: Some(Coin { denom: request.denom, amount }) }.encode_to_vec())
}

async fn smart(chain: &Embedded, request: QuerySmartContractStateRequest) -> Result<Vec<u8>, ChainError> {
    let data = chain.query_smart(&request.address, request.query_data).await?;
    Ok(QuerySmartContractStateResponse { data }.encode_to_vec())
}

async fn simulate(chain: &Embedded, request: SimulateRequest) -> Result<Vec<u8>, ChainError> {
    let gas_used = chain.simulate(&request.tx_bytes).await?.gas;
    let gas_info = Some(GasInfo { gas_wanted: 0, gas_used });
    Ok(SimulateResponse { gas_info, result: None }.encode_to_vec())
}
