//! The chain, its accounts and its clock.

use std::cell::Cell;
use std::fmt::{Debug, Display};
use std::rc::Rc;

use bithive_api::asset::Asset;
use bithive_attest::Domain;
use cosmwasm_std::{Addr, Coin, coins, to_json_binary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{App, AppResponse, BankKeeper, Executor, MockApiBech32};
use cw20::Cw20ExecuteMsg;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::meter::Metered;

/// Chain id; signatures are bound to it.
pub const CHAIN_ID: &str = "bithive-test-1";
/// Time of the first block, in Unix seconds.
pub const START: u64 = 1_800_000_000;
/// One whole token, in base units.
pub const UNIT: u128 = 1_000_000;
/// The chain's native coin; the owner holds some.
pub const FEE_DENOM: &str = "ufee";
/// Seconds between blocks.
const BLOCK_SECONDS: u64 = 5;

/// The chain in process.
pub type TestApp = App<BankKeeper, MockApiBech32, Metered>;

/// A chain with BTT and a registry on it.
pub struct Suite {
    /// The chain; for what the methods below don't cover.
    pub app: TestApp,
    /// Owner of the registry.
    pub owner: Addr,
    /// Minter of BTT: a contract that sends any message for the owner.
    pub faucet: Addr,
    /// Receives slashed bonds.
    pub treasury: Addr,
    /// The bond token.
    pub btt: Addr,
    /// Address of the registry.
    pub registry: Addr,
    pub(crate) gas: Rc<Cell<u64>>,
}

impl Suite {
    /// The account that goes by `name`.
    #[must_use]
    pub fn account(&self, name: &str) -> Addr {
        self.app.api().addr_make(name)
    }

    /// Time of the current block, in Unix seconds.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.app.block_info().time.seconds()
    }

    /// Produces one block `seconds` later.
    pub fn advance(&mut self, seconds: u64) {
        self.app.update_block(|block| {
            block.height += 1;
            block.time = block.time.plus_seconds(seconds);
        });
    }

    /// Produces `count` blocks at the usual pace.
    pub fn advance_blocks(&mut self, count: u64) {
        self.app.update_block(|block| {
            block.height += count;
            block.time = block.time.plus_seconds(count * BLOCK_SECONDS);
        });
    }

    /// Sends `message` to `contract`.
    ///
    /// # Errors
    /// What the contract refuses; see [`refusal`].
    pub fn execute<T: Serialize + Debug>(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        message: &T,
    ) -> AnyResult<AppResponse> {
        self.execute_with(sender, contract, message, &[])
    }

    /// As [`Suite::execute`], with native coins.
    ///
    /// # Errors
    /// What the contract refuses; see [`refusal`].
    pub fn execute_with<T: Serialize + Debug>(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        message: &T,
        funds: &[Coin],
    ) -> AnyResult<AppResponse> {
        self.app.execute_contract(sender.clone(), contract.clone(), message, funds)
    }

    /// As [`Suite::execute`], with an amount of any asset: `message` with coins, or `hook` with tokens.
    ///
    /// # Errors
    /// What the token, the bank or the contract refuses.
    pub fn bring<T: Serialize + Debug>(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        (asset, amount): (&Asset, u128),
        message: &T,
        hook: &impl Serialize,
    ) -> AnyResult<AppResponse> {
        match asset {
            Asset::Native(denom) => {
                self.execute_with(sender, contract, message, &coins(amount, denom.as_str()))
            }
            Asset::Cw20(token) => {
                let msg = to_json_binary(hook).unwrap();
                let send =
                    Cw20ExecuteMsg::Send { contract: contract.to_string(), amount: amount.into(), msg };
                self.execute(sender, &Addr::unchecked(token.as_str()), &send)
            }
        }
    }

    /// Makes a contract as new as the present block: what its owner sets takes effect at once for a day (`bithive_api::delay`).
    pub fn renew(&mut self, contract: &Addr) {
        let now = self.now().to_string();
        self.app.contract_storage_mut(contract).set(b"setup_created", now.as_bytes());
    }

    /// Storage gas that was spent so far.
    #[must_use]
    pub fn gas(&self) -> u64 {
        self.gas.get()
    }

    /// Queries `contract`; panics if it refuses.
    pub fn query<R: DeserializeOwned>(&self, contract: &Addr, message: &impl Serialize) -> R {
        self.app.wrap().query_wasm_smart(contract, message).unwrap()
    }

    /// Where statements to `contract` are valid.
    #[must_use]
    pub fn domain<'a>(&self, contract: &'a Addr) -> Domain<'a> {
        Domain { chain_id: CHAIN_ID, contract: contract.as_str() }
    }
}

/// The error of type `E` with which a contract refused a message, however deep in submessages it arose.
pub fn refusal<E: Display + Debug + Send + Sync + 'static>(result: AnyResult<AppResponse>) -> E {
    match result {
        Ok(response) => panic!("accepted, though a refusal was expected: {response:?}"),
        Err(error) => {
            error.downcast().unwrap_or_else(|error| panic!("refused for another reason: {error:?}"))
        }
    }
}
