//! Parameters of a deployment, and the messages that create the contracts with them.

use std::collections::BTreeMap;
use std::io::Cursor;

use bithive_api::{jobs, registry, token};
use bithive_chain::ChainError;
use bithive_dgkbe::Crs;
use bithive_dgkbe::opening::{crs_header_range, extract};
use cosmwasm_std::Uint128;
use cw20::Cw20Coin;
use serde::Serialize;

use crate::{Contract, DeployError};

/// Base units of one BTT.
pub const UNIT: u128 = 1_000_000;
/// Most BTT that can ever exist.
pub const BTT_CAP: u128 = 1_000_000_000 * UNIT;
/// BTT minted at genesis, to the operator.
pub const BTT_GENESIS: u128 = 100_000_000 * UNIT;
/// Bond of a node.
pub const NODE_BOND: u128 = 1_000 * UNIT;
/// Bond of a requester.
pub const REQUESTER_BOND: u128 = 100 * UNIT;
/// Taken from a node's bond for a fault.
pub const SLASH: u128 = 250 * UNIT;
/// Deposit of a dispute of a key.
pub const DISPUTE_DEPOSIT: u128 = 50 * UNIT;
/// Part of a malformed key's bond that its disputer gets, in 1/10,000: less than [`SLASH`] takes for a single fault,
/// so a malformed key kept in reserve saves nobody from a slash.
pub const BOUNTY_BPS: u16 = 2_000;
/// What an account gets to pay its fees with, in the fee denomination.
pub const FEE_GRANT: u128 = 100_000_000;
/// What an operator needs to deploy, in the fee denomination: fees, and coins for a committee and two more accounts.
pub const OPERATOR_MINIMUM: u128 = 20 * FEE_GRANT;

/// Two weeks: longer than the longest job.
const UNBONDING_SECONDS: u64 = 1_209_600;
const EPOCH_SECONDS: u64 = 86_400;
const SPLIT: jobs::Split =
    jobs::Split { worker: 8_500, model_owner: 500, data_owner: 300, treasury: 500, incentive_pool: 200 };

/// What is particular to a deployment.
#[derive(Clone, Debug)]
pub struct Terms {
    pub(crate) treasury: String,
    pub(crate) incentive_pool: String,
    pub(crate) committee: Vec<registry::CommitteeMember>,
    pub(crate) threshold: u8,
    slots: u16,
    groups: u16,
    crs_digest: [u8; 32],
    crs_opening: Vec<u8>,
}

impl Terms {
    /// For `groups` broadcast groups of as many slots as `crs` has; `threshold` of the committee answer an evaluation.
    ///
    /// # Errors
    /// [`DeployError::Crs`].
    pub fn new(
        crs: &Crs,
        groups: u16,
        (treasury, incentive_pool): (&str, &str),
        (committee, threshold): (Vec<registry::CommitteeMember>, u8),
    ) -> Result<Self, DeployError> {
        let (_, opening) =
            extract(Cursor::new(crs.encode()), crs_header_range()).map_err(DeployError::Crs)?;
        Ok(Self {
            treasury: treasury.into(),
            incentive_pool: incentive_pool.into(),
            committee,
            threshold,
            slots: crs.slots(),
            groups,
            crs_digest: *crs.digest(),
            crs_opening: opening,
        })
    }

    /// Accounts, beside the operator's, that have to pay fees.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &str> {
        let members = self.committee.iter().map(|member| member.address.as_str());
        members.chain([self.treasury.as_str(), self.incentive_pool.as_str()])
    }

    /// The message, JSON, that creates `contract`, once those before it are at `addresses`.
    pub(crate) fn instantiate(
        &self,
        contract: Contract,
        operator: &str,
        addresses: &BTreeMap<Contract, String>,
    ) -> Result<Vec<u8>, ChainError> {
        let address = |contract| addresses.get(&contract).cloned().unwrap_or_default();
        match contract {
            Contract::Token => json(&token::InstantiateMsg {
                name: "BitHive Token".into(),
                symbol: "BTT".into(),
                decimals: 6,
                cap: Uint128::new(BTT_CAP),
                initial_balances: vec![Cw20Coin {
                    address: operator.into(),
                    amount: Uint128::new(BTT_GENESIS),
                }],
                minter: None,
                marketing: None,
            }),
            Contract::Registry => json(&registry::InstantiateMsg {
                owner: operator.into(),
                token: address(Contract::Token),
                treasury: self.treasury.clone(),
                params: self.params(),
                crs_digest: self.crs_digest.into(),
                crs_opening: self.crs_opening.clone().into(),
            }),
            Contract::Jobs => json(&jobs::InstantiateMsg {
                token: address(Contract::Token),
                registry: address(Contract::Registry),
                treasury: self.treasury.clone(),
                incentive_pool: self.incentive_pool.clone(),
                split: SPLIT,
                slash_amount: Uint128::new(SLASH),
            }),
        }
    }

    fn params(&self) -> registry::Params {
        registry::Params {
            slots: self.slots,
            groups: self.groups,
            node_bond: Uint128::new(NODE_BOND),
            requester_bond: Uint128::new(REQUESTER_BOND),
            unbonding_seconds: UNBONDING_SECONDS,
            epoch_seconds: EPOCH_SECONDS,
            burn_bps: 5_000,
            dispute_deposit: Uint128::new(DISPUTE_DEPOSIT),
            bounty_bps: BOUNTY_BPS,
        }
    }
}

pub(crate) fn json(message: &impl Serialize) -> Result<Vec<u8>, ChainError> {
    serde_json::to_vec(message)
        .map_err(|error| ChainError::InvalidTx { field: "message".into(), reason: error.to_string() })
}
