//! What brings a round.

use bithive_api::randomness::Event;
use bithive_contract_kit::ledger::{AssetLedger, Ledger, Release};
use bithive_drand::host;
use cosmwasm_std::{Addr, DepsMut, HexBinary, Response};

use crate::ContractError;
use crate::state::{self, CONFIG, WANTED};

/// Verifies a round, keeps it, and credits the sender with what those promise who wait for it. It costs the same however many they are.
pub(crate) fn submit(
    deps: DepsMut<'_>,
    sender: &Addr,
    round: u64,
    signature: &HexBinary,
) -> Result<Response, ContractError> {
    if state::beacon(deps.storage, round)?.is_some() {
        return Err(ContractError::Known { round });
    }
    let config = CONFIG.load(deps.storage)?;
    let randomness = host::verify(deps.api, &config.network()?, round, signature)?.randomness();
    state::keep(deps.storage, round, &randomness);
    let wanted = WANTED.may_load(deps.storage, round)?.unwrap_or_default();
    WANTED.remove(deps.storage, round);
    if !wanted.bounty.is_zero() {
        let mut release = Release::default();
        release.add(sender, wanted.bounty)?;
        AssetLedger::new(&config.asset()).release(deps.storage, release)?;
    }
    let (randomness, by, bounty) = (randomness.into(), sender.clone(), wanted.bounty);
    Ok(Response::new().add_event(Event::Submitted { round, randomness, by, bounty }))
}
