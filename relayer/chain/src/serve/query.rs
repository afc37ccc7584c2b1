//! `abci_query`: queries in protobuf, by the path of the service that answers them.

use super::{
    failure::{self, AbciError, internal},
    jsonrpc::Fault,
    node,
};
use crate::{
    BECH32_PREFIX, Chain, ChainError, Embedded,
    embedded::Found,
    rpc::{cut, failure::Failure, path, wire::AbciResponse},
};
use cosmrs::{
    Any,
    proto::{
        cosmos::{
            auth::v1beta1::{
                BaseAccount, Bech32PrefixResponse, QueryAccountInfoRequest, QueryAccountInfoResponse,
                QueryAccountRequest, QueryAccountResponse,
            },
            bank::v1beta1::{
                QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest, QueryBalanceResponse,
            },
            base::{abci::v1beta1::GasInfo, query::v1beta1::PageResponse, v1beta1::Coin},
            crypto::secp256k1::PubKey,
            tx::v1beta1::{SimulateRequest, SimulateResponse},
        },
        cosmwasm::wasm::v1::{
            AbsoluteTxPosition, ContractInfo, QueryContractInfoRequest, QueryContractInfoResponse,
            QueryRawContractStateRequest, QueryRawContractStateResponse, QuerySmartContractStateRequest,
            QuerySmartContractStateResponse,
        },
        traits::{Message, Name},
    },
};

/// Queries that [`crate::Cosmos`] does not ask.
const ANY_ACCOUNT: &str = "/cosmos.auth.v1beta1.Query/Account";
const ALL_BALANCES: &str = "/cosmos.bank.v1beta1.Query/AllBalances";
const RAW: &str = "/cosmwasm.wasm.v1.Query/RawContractState";
const NODE_INFO: &str = "/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo";

type Answer = Result<Found<Vec<u8>>, ChainError>;

/// Answers a query about the state at a height, or the last one; a query without an answer gives a response with an error
/// code.
pub(super) async fn answer(
    chain: &Embedded,
    path: &str,
    data: &[u8],
    height: Option<u64>,
) -> Result<AbciResponse, Fault> {
    let now = |value| Ok(Found { height: chain.head().height, value });
    let answer = match path {
        path::PREFIX => now(Bech32PrefixResponse { bech32_prefix: BECH32_PREFIX.into() }.encode_to_vec()),
        NODE_INFO => now(node::info(&chain.info().await.map_err(internal)?.chain_id).encode_to_vec()),
        path::ACCOUNT => account_info(chain, read(data)?).await,
        ANY_ACCOUNT => any_account(chain, read(data)?).await,
        path::BALANCE => balance(chain, read(data)?).await,
        ALL_BALANCES => all_balances(chain, read(data)?).await,
        path::SMART => smart(chain, read(data)?).await,
        RAW => raw(chain, read(data)?).await,
        path::CONTRACT_INFO => contract_info(chain, read(data)?).await,
        path::SIMULATE => simulate(chain, read(data)?).await,
        path => {
            let text = format!("unknown query path {:?}", cut(path));
            return Ok(refused(AbciError::new(Failure::UnknownRequest, &text)));
        }
    };
    match answer {
        Ok(found) if height.is_some_and(|height| height != found.height) => {
            let text = format!(
                "height is {}, the state is kept of the last block only, at height {}; leave the height out",
                height.unwrap_or_default(),
                found.height
            );
            Ok(refused(AbciError::new(Failure::InvalidRequest, &text)))
        }
        Ok(Found { height, value }) => {
            Ok(AbciResponse { value: value.into(), height: height.into(), ..AbciResponse::default() })
        }
        Err(ChainError::Query { error, .. }) => {
            Ok(refused(AbciError::new(Failure::QueryFailed, &error).wrapped()))
        }
        Err(ChainError::NoSuchAccount { address }) if [path::ACCOUNT, ANY_ACCOUNT].contains(&path) => {
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

async fn base_account(chain: &Embedded, address: String) -> Result<Found<BaseAccount>, ChainError> {
    let found = chain.read_account(&address).await?;
    Ok(found.map(|known| BaseAccount {
        address,
        pub_key: known.public_key.map(|key| any(&PubKey { key })),
        account_number: known.account.number,
        sequence: known.account.sequence,
    }))
}

fn any<M: Message + Name>(message: &M) -> Any {
    Any { type_url: M::type_url(), value: message.encode_to_vec() }
}

async fn account_info(chain: &Embedded, request: QueryAccountInfoRequest) -> Answer {
    let found = base_account(chain, request.address).await?;
    Ok(found.map(|account| QueryAccountInfoResponse { info: Some(account) }.encode_to_vec()))
}

async fn any_account(chain: &Embedded, request: QueryAccountRequest) -> Answer {
    let found = base_account(chain, request.address).await?;
    Ok(found.map(|account| QueryAccountResponse { account: Some(any(&account)) }.encode_to_vec()))
}

async fn balance(chain: &Embedded, request: QueryBalanceRequest) -> Answer {
    let found = chain.read_balance(&request.address, &request.denom).await?;
    Ok(found.map(|amount| {
        let balance = Some(Coin { denom: request.denom, amount: amount.to_string() });
        QueryBalanceResponse { balance }.encode_to_vec()
    }))
}

/// All on one page: there are no more denominations than the genesis has.
async fn all_balances(chain: &Embedded, request: QueryAllBalancesRequest) -> Answer {
    let found = chain.read_balances(&request.address).await?;
    Ok(found.map(|coins| {
        let coin = |coin: cosmwasm_std::Coin| Coin { denom: coin.denom, amount: coin.amount.to_string() };
        let balances: Vec<Coin> = coins.into_iter().map(coin).collect();
        let pagination = Some(PageResponse { next_key: vec![], total: balances.len() as u64 });
        QueryAllBalancesResponse { balances, pagination }.encode_to_vec()
    }))
}

async fn smart(chain: &Embedded, request: QuerySmartContractStateRequest) -> Answer {
    let found = chain.read_smart(&request.address, request.query_data).await?;
    Ok(found.map(|data| QuerySmartContractStateResponse { data }.encode_to_vec()))
}

async fn raw(chain: &Embedded, request: QueryRawContractStateRequest) -> Answer {
    let found = chain.read_stored(&request.address, request.query_data).await?;
    Ok(found.map(|data| QueryRawContractStateResponse { data: data.unwrap_or_default() }.encode_to_vec()))
}

async fn contract_info(chain: &Embedded, request: QueryContractInfoRequest) -> Answer {
    let found = chain.read_contract(&request.address).await?;
    Ok(found.map(|data| {
        let info = ContractInfo {
            code_id: data.code_id,
            creator: data.creator.into(),
            admin: data.admin.map(String::from).unwrap_or_default(),
            label: data.label,
            created: Some(AbsoluteTxPosition { block_height: data.created, tx_index: 0 }),
            ..ContractInfo::default()
        };
        QueryContractInfoResponse { address: request.address, contract_info: Some(info) }.encode_to_vec()
    }))
}

async fn simulate(chain: &Embedded, request: SimulateRequest) -> Answer {
    // The height of the block that the transaction would be in is one more.
    let height = chain.head().height;
    let gas_used = chain.simulate(&request.tx_bytes).await?.gas;
    let gas_info = Some(GasInfo { gas_wanted: 0, gas_used });
    Ok(Found { height, value: SimulateResponse { gas_info, result: None }.encode_to_vec() })
}
