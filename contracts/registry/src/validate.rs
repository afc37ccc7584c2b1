//! Checks of messages that need no storage.

use bithive_api::registry::{NodeRegistration, Params, limits};
use bithive_attest::host::{check_g1, verify_possession};
use bithive_attest::{Domain, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, possession_bytes};
use bithive_contract_kit::input::{sized, within};
use bithive_economics::Bps;
use cosmwasm_std::{Addr, Api, Env};

use crate::ContractError;

/// Checks every number against [`limits`].
///
/// # Errors
/// [`ContractError::Input`], [`ContractError::Share`], naming the field; [`ContractError::UnbondingShort`].
pub fn params(params: &Params) -> Result<(), ContractError> {
    let most = u128::MAX;
    within("params.slots", params.slots.into(), 1..=limits::MAX_SLOTS.into())?;
    let most_groups = u16::MAX.checked_div(params.slots).unwrap_or_default().min(limits::MAX_GROUPS);
    within("params.groups", params.groups.into(), 1..=most_groups.into())?;
    within("params.node_bond", params.node_bond.u128(), 1..=most)?;
    within("params.requester_bond", params.requester_bond.u128(), 1..=most)?;
    let (min, max) = (limits::MIN_UNBONDING_SECONDS, limits::MAX_UNBONDING_SECONDS);
    within("params.unbonding_seconds", params.unbonding_seconds.into(), min.into()..=max.into())?;
    let (min, max) = (limits::MIN_EPOCH_SECONDS, limits::MAX_EPOCH_SECONDS);
    within("params.epoch_seconds", params.epoch_seconds.into(), min.into()..=max.into())?;
    let (unbonding_seconds, least) = (params.unbonding_seconds, least_unbonding(params.epoch_seconds));
    if unbonding_seconds < least {
        return Err(ContractError::UnbondingShort { unbonding_seconds, least });
    }
    Bps::new("params.burn_bps", params.burn_bps)?;
    // With a deposit above the least bond, a node with as much at stake as the accused could not afford a dispute.
    within("params.dispute_deposit", params.dispute_deposit.u128(), 1..=params.node_bond.u128())?;
    within("params.bounty_bps", params.bounty_bps.into(), 1..=limits::MAX_BOUNTY_BPS.into())?;
    Ok(())
}

/// Seconds that a bond stays at least, once its owner leaves. Whoever is elected answers for up to three epochs: this one, in which
/// it is elected, the next, in which it serves, and the one after that, for requests that are left. A party that leaves has tags of
/// this epoch and the last one, and gets no others: its bond stays longer than both.
pub fn least_unbonding(epoch_seconds: u64) -> u64 {
    epoch_seconds.saturating_mul(limits::EPOCHS_AT_STAKE)
}

/// Number of all slots; the product of two numbers that [`params`] has checked.
pub fn all_slots(params: &Params) -> u16 {
    params.groups.saturating_mul(params.slots)
}

/// Checks what a node registers by itself: lengths, points, and that it holds its BLS key. The proof is bound to
/// this chain, this contract and `account`; without it, a key chosen as a combination of others' keys could
/// cancel them in an aggregate.
///
/// # Errors
/// [`ContractError::SlotRange`], [`ContractError::Input`], [`ContractError::Bls`].
pub fn registration(
    api: &dyn Api,
    env: &Env,
    slots: u16,
    account: &Addr,
    node: &NodeRegistration,
) -> Result<(), ContractError> {
    if node.slot == 0 || node.slot > slots {
        return Err(ContractError::SlotRange { slot: node.slot, slots });
    }
    sized::<PUBLIC_KEY_BYTES>("dgkbe_key", &node.dgkbe_key)?;
    sized::<32>("dgkbe_key_digest", &node.dgkbe_key_digest)?;
    let bls_key = sized::<PUBLIC_KEY_BYTES>("bls_key", &node.bls_key)?;
    let proof = sized::<SIGNATURE_BYTES>("bls_possession", &node.bls_possession)?;
    sized::<32>("attributes_commitment", &node.attributes_commitment)?;
    sized::<32>("endpoint", &node.endpoint)?;
    check_g1(api, "dgkbe_key", &node.dgkbe_key)?;
    let domain = Domain { chain_id: &env.block.chain_id, contract: env.contract.address.as_str() };
    let message = possession_bytes(domain, account.as_str(), &bls_key);
    Ok(verify_possession(api, &bls_key, &message, &proof)?)
}
