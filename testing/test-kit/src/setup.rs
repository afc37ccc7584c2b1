//! A chain with BTT and a registry, from nothing.

use bithive_api::registry::Params;
use bithive_dgkbe::opening::crs_header;
use cosmwasm_std::{BlockInfo, Timestamp, coins};
use cw_multi_test::{AppBuilder, MockApiBech32};

use crate::meter::Metered;
use crate::suite::{CHAIN_ID, FEE_DENOM, START, Suite, UNIT};
use crate::{faucet, registry, token};

impl Default for Suite {
    fn default() -> Self {
        Self::new()
    }
}

impl Suite {
    /// A chain on which nobody is registered and nobody but the test can mint BTT.
    #[must_use]
    pub fn new() -> Self {
        Self::with_params(registry::params())
    }

    /// As [`Suite::new`], with other parameters of the registry.
    #[must_use]
    pub fn with_params(params: Params) -> Self {
        let crs = crs_header(params.slots);
        Self::with_reference_string(params, &crs)
    }

    /// As [`Suite::with_params`], with the reference string `crs`, encoded: for disputes of keys.
    #[must_use]
    pub fn with_reference_string(params: Params, crs: &[u8]) -> Self {
        let api = MockApiBech32::new("bithive");
        let (owner, treasury) = (api.addr_make("owner"), api.addr_make("treasury"));
        let block = BlockInfo { height: 1, time: Timestamp::from_seconds(START), chain_id: CHAIN_ID.into() };
        let storage = Metered::default();
        let gas = storage.counter();
        let builder = AppBuilder::new().with_api(api).with_block(block).with_storage(storage);
        let mut app = builder.build(|router, _, storage| {
            router.bank.init_balance(storage, &owner, coins(UNIT, FEE_DENOM)).unwrap();
        });
        let faucet = faucet::instantiate(&mut app, &owner);
        let btt = token::instantiate(&mut app, &owner, &token::message("BitHive token", "BTT", &faucet));
        let message = registry::message_with(&owner, &btt, &treasury, params, crs);
        let registry = registry::instantiate(&mut app, &owner, &message).unwrap();
        Self { app, owner, faucet, treasury, btt, registry, gas }
    }
}
