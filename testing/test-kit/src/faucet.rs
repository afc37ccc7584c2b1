//! A contract that sends any message: minter of tokens, meter and slasher in tests, where only contracts may be these.

pub use bithive_native::agent::Relay;
use cosmwasm_std::{Addr, Empty, to_json_binary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Executor};
use serde::Serialize;

use crate::{Suite, TestApp};

/// Puts one on the chain.
pub fn instantiate(app: &mut TestApp, creator: &Addr) -> Addr {
    let code_id = app.store_code(bithive_native::agent::code());
    app.instantiate_contract(code_id, creator.clone(), &Empty {}, &[], "faucet", None).unwrap()
}

impl Suite {
    /// Has the contract `from` send `message` to `contract`; sent by the owner.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn relay(
        &mut self,
        from: &Addr,
        contract: &Addr,
        message: &impl Serialize,
    ) -> AnyResult<AppResponse> {
        let relay = Relay { contract: contract.into(), msg: to_json_binary(message).unwrap() };
        let owner = self.owner.clone();
        self.execute(&owner, from, &relay)
    }
}
