//! Storage: what is kept, under which key. The contract kit stores what is held and owed, as `held` and `claimable`.

use bithive_api::asset::Asset;
use bithive_api::models::{ChallengeResponse, ModelResponse, Params};
use bithive_contract_kit::ledger::AssetLedger;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, HexBinary, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Parameters; they hold for the life of the contract.
pub const CONFIG: Item<Config> = Item::new("config");
/// Registrations by digest.
pub const MODELS: Map<&[u8], Model> = Map::new("models");
/// Until when a requester may name a data owner, in Unix seconds, by both.
pub const CONSENTS: Map<(&Addr, &Addr), u64> = Map::new("consents");

/// Parameters; they hold for the life of the contract.
#[cw_serde]
pub struct Config {
    /// cw20 contract of BTT.
    pub token: Addr,
    /// Receives what losers lose beyond the winner's half.
    pub treasury: Addr,
    /// Bond, in base units, and times, in seconds.
    pub params: Params,
}

/// What is registered for one digest.
#[cw_serde]
pub struct Model {
    /// Account that registered it.
    pub owner: Addr,
    /// Receives its shares.
    pub receiver: Addr,
    /// Name, card and licence, or where they are.
    pub text: String,
    /// Its bond, in base units.
    pub bond: Uint128,
    /// When it was registered, in Unix seconds.
    pub registered_at: u64,
    /// When it is in force if nobody challenges it before, in Unix seconds.
    pub in_force_at: u64,
    /// When the bond is free, if the owner leaves, in Unix seconds.
    pub leaving: Option<u64>,
    /// The challenge that waits for a ruling.
    pub challenge: Option<Challenge>,
}

/// A challenge of a registration; at most one at a time.
#[cw_serde]
pub struct Challenge {
    /// Account that challenges.
    pub challenger: Addr,
    /// Its deposit, in base units.
    pub deposit: Uint128,
    /// What it says of the model, where it claims to be the owner.
    pub claim: Option<Claim>,
    /// Why it is challenged, for people to read.
    pub reason: String,
    /// When it was made, in Unix seconds.
    pub since: u64,
    /// Last second for a ruling, Unix time.
    pub until: u64,
}

/// A [`Card`](bithive_api::models::Card) that was checked.
#[cw_serde]
pub struct Claim {
    /// Receives the model's shares.
    pub receiver: Addr,
    /// Name, card and licence, or where they are.
    pub text: String,
}

impl Model {
    /// The registration of a model.
    ///
    /// # Errors
    /// [`ContractError::NoModel`].
    pub fn load(storage: &dyn Storage, model: &HexBinary) -> Result<Self, ContractError> {
        let missing = || ContractError::NoModel { model: model.to_hex() };
        MODELS.may_load(storage, model)?.ok_or_else(missing)
    }

    /// Whether jobs that are posted at `now` pay it. A challenge stops one that was not in force yet, and no other: nobody takes
    /// an owner's income away by challenging it, and nobody earns by being first alone.
    #[must_use]
    pub fn earns(&self, now: u64) -> bool {
        let stopped = self.challenge.as_ref().is_some_and(|challenge| !self.was_in_force(challenge));
        self.leaving.is_none() && now >= self.in_force_at && !stopped
    }

    /// Whether it was in force when it was challenged.
    #[must_use]
    pub fn was_in_force(&self, challenge: &Challenge) -> bool {
        challenge.since >= self.in_force_at
    }

    /// The response type of a query at `now`.
    #[must_use]
    pub fn response(self, model: HexBinary, now: u64) -> ModelResponse {
        let earns = self.earns(now);
        let Self { owner, receiver, text, bond, registered_at, in_force_at, leaving, challenge } = self;
        let challenge = challenge.map(|challenge| {
            let Challenge { challenger, deposit, claim, reason, since: _, until } = challenge;
            ChallengeResponse { challenger, deposit, claim: claim.map(|claim| claim.receiver), reason, until }
        });
        ModelResponse {
            model,
            owner,
            receiver,
            text,
            bond,
            registered_at,
            in_force_at,
            leaving,
            challenge,
            earns,
        }
    }
}

/// Runs `act` on the ledger of BTT.
///
/// # Errors
/// Those of `act`.
pub(crate) fn with_ledger<T, E: From<cosmwasm_std::StdError>>(
    storage: &mut dyn Storage,
    act: impl FnOnce(&AssetLedger<'_>, &mut dyn Storage) -> Result<T, E>,
) -> Result<T, E> {
    let asset = btt(storage)?;
    act(&AssetLedger::new(&asset), storage)
}

/// What bonds and deposits are in.
///
/// # Errors
/// Storage.
pub(crate) fn btt(storage: &dyn Storage) -> StdResult<Asset<Addr>> {
    Ok(Asset::Cw20(CONFIG.load(storage)?.token))
}
