//! Queries to the application: accounts, coins, contracts, and what a transaction would cost.

use super::{
    Cosmos,
    failure::{self, Report},
    http::CallError,
    outline::Outline,
};
use crate::{
    Account, ChainError, GasUse,
    rpc::{
        cut,
        failure::Failure,
        path,
        wire::{AbciQuery, AbciResponse},
    },
    validate_address,
};
use cosmrs::proto::{
    cosmos::{
        auth::v1beta1::{
            Bech32PrefixRequest, Bech32PrefixResponse, QueryAccountInfoRequest, QueryAccountInfoResponse,
        },
        bank::v1beta1::{QueryBalanceRequest, QueryBalanceResponse},
        tx::v1beta1::{SimulateRequest, SimulateResponse},
    },
    cosmwasm::wasm::v1::{QuerySmartContractStateRequest, QuerySmartContractStateResponse},
    traits::Message,
};
use serde_json::json;

impl Cosmos {
    /// One query; its answer may be an error of the application.
    pub(super) async fn query_raw(
        &self,
        path: &str,
        request: &impl Message,
    ) -> Result<AbciResponse, ChainError> {
        let params = json!({ "path": path, "data": hex::encode(request.encode_to_vec()), "prove": false });
        let rpc = &self.inner.rpc;
        match rpc.call::<AbciQuery>("abci_query", params).await {
            Ok(answer) => Ok(answer.response),
            Err(CallError::Chain(error)) => Err(error),
            Err(CallError::Refused(reason)) => Err(rpc.malformed(path, reason)),
        }
    }

    /// One query whose answer must not be an error.
    pub(super) async fn query_proto<T: Message + Default>(
        &self,
        path: &str,
        request: &impl Message,
    ) -> Result<T, ChainError> {
        let response = self.query_raw(path, request).await?;
        if response.code != 0 {
            return Err(self.inner.rpc.malformed(path, cut(&response.log)));
        }
        self.read(path, &response)
    }

    pub(super) fn read<T: Message + Default>(
        &self,
        path: &str,
        response: &AbciResponse,
    ) -> Result<T, ChainError> {
        T::decode(response.value.as_slice())
            .map_err(|error| self.inner.rpc.malformed(path, error.to_string()))
    }

    pub(super) fn report<'a>(&'a self, response: &'a AbciResponse) -> Report<'a> {
        let AbciResponse { code, log, codespace, .. } = response;
        Report { codespace, code: *code, log, chain_id: &self.inner.chain_id }
    }

    /// The prefix of the chain's addresses.
    pub(super) async fn prefix(&self) -> Result<String, ChainError> {
        let answer: Bech32PrefixResponse = self.query_proto(path::PREFIX, &Bech32PrefixRequest {}).await?;
        Ok(cut(&answer.bech32_prefix).into())
    }

    pub(super) async fn ask_contract(&self, contract: &str, msg: Vec<u8>) -> Result<Vec<u8>, ChainError> {
        validate_address(contract)?;
        let request = QuerySmartContractStateRequest { address: contract.into(), query_data: msg };
        let response = self.query_raw(path::SMART, &request).await?;
        if response.code != 0 {
            return Err(failure::of_query(self.report(&response), contract));
        }
        self.read(path::SMART, &response).map(|answer: QuerySmartContractStateResponse| answer.data)
    }

    pub(super) async fn ask_account(&self, address: &str) -> Result<Account, ChainError> {
        validate_address(address)?;
        let request = QueryAccountInfoRequest { address: address.into() };
        let response = self.query_raw(path::ACCOUNT, &request).await?;
        if response.code != 0 {
            let missing = Failure::of(&response.codespace, response.code, &response.log)
                == Some(Failure::KeyNotFound)
                || response.log.contains("code = NotFound");
            return Err(match missing {
                true => ChainError::NoSuchAccount { address: address.into() },
                false => self.inner.rpc.malformed(path::ACCOUNT, cut(&response.log)),
            });
        }
        let answer: QueryAccountInfoResponse = self.read(path::ACCOUNT, &response)?;
        match answer.info {
            Some(info) if info.address == address => {
                Ok(Account { number: info.account_number, sequence: info.sequence })
            }
            Some(info) => {
                let reason = format!("account {:?}, asked for {address}", cut(&info.address));
                Err(self.inner.rpc.malformed(path::ACCOUNT, reason))
            }
            None => Err(self.inner.rpc.malformed(path::ACCOUNT, "no account and no error")),
        }
    }

    pub(super) async fn ask_balance(&self, address: &str, denom: &str) -> Result<u128, ChainError> {
        validate_address(address)?;
        let request = QueryBalanceRequest { address: address.into(), denom: denom.into() };
        let answer: QueryBalanceResponse = self.query_proto(path::BALANCE, &request).await?;
        let malformed = |reason: String| self.inner.rpc.malformed(path::BALANCE, reason);
        match answer.balance {
            None => Ok(0),
            Some(coin) if coin.denom == denom => coin
                .amount
                .parse()
                .map_err(|error| malformed(format!("amount {:?}: {error}", cut(&coin.amount)))),
            Some(coin) => Err(malformed(format!("coins {:?}, asked for {denom:?}", cut(&coin.denom)))),
        }
    }

    pub(super) async fn try_out(&self, tx: &[u8]) -> Result<GasUse, ChainError> {
        let outline = Outline::parse(tx)?;
        let request = SimulateRequest { tx_bytes: tx.to_vec(), ..SimulateRequest::default() };
        let response = self.query_raw(path::SIMULATE, &request).await?;
        if response.code != 0 {
            return Err(failure::of_tx(self.report(&response), &outline));
        }
        let answer: SimulateResponse = self.read(path::SIMULATE, &response)?;
        let info = answer
            .gas_info
            .ok_or_else(|| self.inner.rpc.malformed(path::SIMULATE, "no gas in the answer"))?;
        Ok(GasUse { gas: info.gas_used, host_calls: None })
    }
}
