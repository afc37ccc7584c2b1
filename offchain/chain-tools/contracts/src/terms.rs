//! Parameters of a deployment.

use std::collections::BTreeMap;
use std::io::Cursor;

use bithive_api::drand::Drand;
use bithive_api::{jobs, meter, models, registry, rewards, staking, timebank, treasury};
use bithive_dgkbe::Crs;
use bithive_dgkbe::opening::{crs_header_range, extract};
use bithive_drand::QUICKNET;
use bithive_economics::supply::{SkyBucket, UNIT};
use bithive_threshold::{fits, least_threshold};
use cosmwasm_std::Uint128;

use crate::{Contract, Role, TermsError};

/// Most BTT, and most BTK, that may be on one other chain.
pub const ICS20_LIMIT: u128 = 10_000_000 * UNIT;
/// Seconds from the creation of the emissions to the first one.
pub const EMISSION_DELAY: u64 = 60;
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
pub(crate) const UNBONDING_SECONDS: u64 = 1_209_600;
pub(crate) const EPOCH_SECONDS: u64 = 86_400;
// The registry refuses others; here they do not even build.
const _: () = assert!(UNBONDING_SECONDS >= registry::limits::EPOCHS_AT_STAKE * EPOCH_SECONDS);
pub(crate) const SPLIT: jobs::Split =
    jobs::Split { worker: 8_500, model_owner: 500, data_owner: 300, treasury: 500, incentive_pool: 200 };

/// Three days in which a new registration can be challenged before it earns, two weeks for a ruling, a week out.
pub(crate) const MODELS: models::Params = models::Params {
    bond: Uint128::new(100 * UNIT),
    notice_seconds: 3 * 86_400,
    ruling_seconds: 14 * 86_400,
    leave_seconds: 7 * 86_400,
};

/// Roles that sign for a patient's reward.
pub(crate) const REWARD_APPROVALS: u8 = 2;
/// What a patient gets a day, and how often; what all get.
pub(crate) const REWARD_LIMITS: rewards::Limits = rewards::Limits {
    patient_count: 5,
    patient_amount: Uint128::new(3_000 * UNIT),
    total_amount: Uint128::new(100_000 * UNIT),
};
/// The network of drand that is called quicknet.
fn quicknet() -> Drand {
    let (public_key, period) = (QUICKNET.public_key.into(), QUICKNET.period.get());
    Drand { public_key, genesis: QUICKNET.genesis, period }
}
/// What the treasury buys, burns and spends in 30 days at most, and what it keeps.
pub(crate) const TREASURY: treasury::Params = treasury::Params {
    period_seconds: 30 * 86_400,
    spend: Uint128::new(20_000 * UNIT),
    buy: Uint128::new(20_000 * UNIT),
    burn: Uint128::new(20_000 * UNIT),
    reserve: Uint128::new(10_000 * UNIT),
};
/// A credit is 0.001 BTT and earns 0.01 % a day. A hundred cobblestones of another project are a credit: less than a
/// machine of the first tier earns here for that much work. A day's imports are worth 1,000 BTT at most.
pub(crate) const TIMEBANK: timebank::Params = timebank::Params {
    price: Uint128::new(UNIT / 1_000),
    interest_ppm: 100,
    boinc_rate: 100,
    import_per_day: 1_000_000,
};
/// Idle time is stated for whole days (UTC). An hour is 10 credits, 0.01 BTT: what others vouch for is weaker evidence than a
/// job's result. All machines together get the time of 416 whole days on a day.
pub(crate) const METER: meter::Params =
    meter::Params { period_seconds: 86_400, credits_per_hour: 10, per_period: 100_000 };
/// Three weeks out of a stake, half of a slash burnt, a fifth of the rewards for an operator at most.
pub(crate) const STAKING: staking::Params =
    staking::Params { unbonding_seconds: 21 * 86_400, burn_bps: 5_000, max_commission_bps: 2_000 };

/// What is particular to a deployment.
#[derive(Clone, Debug)]
pub struct Terms {
    role: Role,
    treasury: String,
    incentive_pool: String,
    pub(crate) market: Option<Market>,
    /// Whom parts of the SKY are locked for; the operator where nobody is named.
    pub(crate) sky: BTreeMap<SkyBucket, String>,
    /// Whose rounds are public randomness.
    drand: Drand,
}

/// What is particular to a market.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    committee: Vec<registry::CommitteeMember>,
    threshold: u8,
    pub(crate) slots: u16,
    pub(crate) groups: u16,
    pub(crate) crs_digest: [u8; 32],
    pub(crate) crs_opening: Vec<u8>,
}

impl Terms {
    /// A chain of [`Role::Market`], for `groups` broadcast groups of as many slots as `crs` has; `threshold` of the
    /// committee answer an evaluation.
    ///
    /// # Errors
    /// [`TermsError::Crs`], [`TermsError::Committee`] for a committee of which a party gets more by asking different members for
    /// different values.
    pub fn new(
        crs: &Crs,
        groups: u16,
        (treasury, incentive_pool): (&str, &str),
        (committee, threshold): (Vec<registry::CommitteeMember>, u8),
    ) -> Result<Self, TermsError> {
        let members = committee.len();
        if !committee.is_empty() && !fits(members, threshold.into()) {
            return Err(TermsError::Committee { members, threshold, least: least_threshold(members) });
        }
        let (_, opening) = extract(Cursor::new(crs.encode()), crs_header_range()).map_err(TermsError::Crs)?;
        Ok(Self {
            role: Role::Market,
            treasury: treasury.into(),
            incentive_pool: incentive_pool.into(),
            sky: BTreeMap::new(),
            drand: quicknet(),
            market: Some(Market {
                committee,
                threshold,
                slots: crs.slots(),
                groups,
                crs_digest: *crs.digest(),
                crs_opening: opening,
            }),
        })
    }

    /// The same for another role with a market.
    ///
    /// # Errors
    /// [`TermsError::NoMarket`] for a role without one.
    pub fn with_role(self, role: Role) -> Result<Self, TermsError> {
        if !role.has(Contract::Jobs) {
            return Err(TermsError::NoMarket { role });
        }
        Ok(Self { role, ..self })
    }

    /// A chain without a market: [`Role::Data`] or [`Role::Model`].
    ///
    /// # Errors
    /// [`TermsError::NoMarket`] for a role with a market.
    pub fn without_market(role: Role, (treasury, incentive_pool): (&str, &str)) -> Result<Self, TermsError> {
        if role.has(Contract::Jobs) {
            return Err(TermsError::NoMarket { role });
        }
        let (treasury, incentive_pool) = (treasury.into(), incentive_pool.into());
        Ok(Self { role, treasury, incentive_pool, market: None, sky: BTreeMap::new(), drand: quicknet() })
    }

    /// The same, with public randomness of another network than drand's quicknet: a stand-in, for chains that try things out.
    #[must_use]
    pub fn with_drand(self, drand: Drand) -> Self {
        Self { drand, ..self }
    }

    /// Whose rounds are public randomness.
    #[must_use]
    pub fn drand(&self) -> Drand {
        self.drand.clone()
    }

    /// What the chain is for.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// The account of the treasury: receives what is the treasury's on a chain without that contract.
    #[must_use]
    pub fn treasury(&self) -> &str {
        &self.treasury
    }

    /// The account of the incentive pool: receives its share on a chain without rewards of patients.
    #[must_use]
    pub fn incentive_pool(&self) -> &str {
        &self.incentive_pool
    }

    /// The first committee, and how many of it answer; nobody on a chain without a market.
    #[must_use]
    pub fn committee(&self) -> (Vec<registry::CommitteeMember>, u8) {
        self.market.as_ref().map(|market| (market.committee.clone(), market.threshold)).unwrap_or_default()
    }

    /// Accounts, beside the operator's, that have to pay fees.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        let market = self.market.iter();
        market.flat_map(|market| {
            let members = market.committee.iter().map(|member| member.address.as_str());
            members.chain([self.treasury.as_str(), self.incentive_pool.as_str()])
        })
    }
}
