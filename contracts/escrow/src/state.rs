//! Storage: what is kept, under which key. The ledger of contract-kit keeps `held` and `claimable`.

use bithive_api::escrow::{AgreementResponse, Approver, Asset, CrowdResponse, Milestone, Payee, Phase};
use bithive_economics::crowd::Votes;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, HexBinary, OverflowError, StdError, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Number of the next agreement; 1 if absent.
pub const NEXT_AGREEMENT: Item<u64> = Item::new("next_agreement");
/// Agreements by number.
pub const AGREEMENTS: Map<u64, Agreement> = Map::new("agreements");
/// Agreements of each opener, payee, arbiter and signer.
pub const OF_PARTY: Map<(&Addr, u64), Empty> = Map::new("of_party");
/// What accounts put into agreements of crowds. Rows of agreements that were paid in full stay: there may be any number.
pub const CONTRIBUTIONS: Map<(&Addr, u64), Contribution> = Map::new("contributions");

/// An agreement that has not ended.
#[cw_serde]
pub struct Agreement {
    /// The payer, or who asks the crowd.
    pub opener: Addr,
    /// What the crowd has put in; none where the opener pays.
    pub crowd: Option<Crowd>,
    /// Who is paid; the first one has what rounding leaves.
    pub payees: Vec<Payee<Addr>>,
    /// What is paid in.
    pub asset: Asset<Addr>,
    /// All milestones, at least one.
    pub milestones: Vec<Milestone>,
    /// Who approves them.
    pub approver: Approver<Addr>,
    /// SHA-256 of the agreed text.
    pub text: Option<HexBinary>,
    /// Number of the present milestone, from 1; 0 while contributions come in.
    pub milestone: u8,
    /// Where it stands.
    pub phase: Phase,
    /// When the time for a first submission of the present milestone ends, Unix seconds.
    pub due: u64,
    /// Submissions of the present milestone.
    pub submissions: u8,
    /// What signers or contributors have said of the present milestone.
    pub tally: Tally,
    /// In escrow for it, in base units.
    pub left: Uint128,
}

/// What a crowd has put in.
#[cw_serde]
pub struct Crowd {
    /// Sum of the contributions, at most the goal.
    pub raised: Uint128,
    /// How many accounts have contributed.
    pub contributors: u64,
}

/// What signers or contributors have said of a milestone.
#[cw_serde]
#[derive(Default)]
pub struct Tally {
    /// Signers that have spoken, a bit for each in the order of their list.
    pub spoken: u16,
    /// Number of signers, or weight of contributors, that approve.
    pub approving: Uint128,
    /// Number of signers, or weight of contributors, that refuse.
    pub refusing: Uint128,
}

/// What an account put in.
#[cw_serde]
pub struct Contribution {
    /// In base units: its weight.
    pub amount: Uint128,
    /// The last milestone that it spoke on; 0 if on none.
    pub voted: u8,
}

impl Agreement {
    /// The sum of all milestones, which a crowd has to reach.
    ///
    /// # Errors
    /// More than 128 bits, which `terms` excludes.
    pub fn total(&self) -> Result<Uint128, OverflowError> {
        total(&self.milestones)
    }

    /// The present milestone.
    ///
    /// # Errors
    /// There is none while contributions come in.
    pub fn present(&self) -> StdResult<&Milestone> {
        let index = self.milestone.checked_sub(1).map(usize::from);
        index
            .and_then(|index| self.milestones.get(index))
            .ok_or_else(|| StdError::generic_err(format!("there is no milestone {}", self.milestone)))
    }

    /// Begins the next milestone at `now`.
    ///
    /// # Errors
    /// There is none.
    pub fn start_next(&mut self, now: u64) -> StdResult<()> {
        self.milestone = self.milestone.saturating_add(1);
        self.due = now.saturating_add(self.present()?.due);
        self.phase = Phase::Active { until: self.due };
        (self.submissions, self.tally) = (0, Tally::default());
        Ok(())
    }

    /// The votes of the contributors on the present milestone.
    #[must_use]
    pub fn votes(&self) -> Votes {
        let total = self.crowd.as_ref().map_or(0, |crowd| crowd.raised.u128());
        let Tally { approving, refusing, .. } = self.tally;
        Votes { approving: approving.u128(), refusing: refusing.u128(), total }
    }

    /// The last second of the present state, Unix seconds. None while contributors are refunded.
    #[must_use]
    pub const fn until(&self) -> Option<u64> {
        match self.phase {
            Phase::Funding { until }
            | Phase::Active { until }
            | Phase::Submitted { until }
            | Phase::Voting { until }
            | Phase::Rejected { until }
            | Phase::Disputed { until } => Some(until),
            Phase::Refunding { .. } => None,
        }
    }

    /// Whether the payees include this account.
    #[must_use]
    pub fn pays(&self, account: &Addr) -> bool {
        self.payees.iter().any(|payee| payee.address == *account)
    }

    /// All whose list of agreements has it: at most 8 payees, 15 signers or one arbiter, and the opener.
    fn parties(&self) -> impl Iterator<Item = &Addr> {
        let others: &[Addr] = match &self.approver {
            Approver::Signers { signers, .. } => signers,
            Approver::Payer { arbiter } => arbiter.as_slice(),
            Approver::Preimage { .. } | Approver::Contributors {} => &[],
        };
        let payees = self.payees.iter().map(|payee| &payee.address);
        payees.chain(others).chain([&self.opener])
    }

    /// The response type of a query.
    ///
    /// # Errors
    /// As [`Agreement::total`].
    pub fn response(self, id: u64) -> StdResult<AgreementResponse> {
        let goal = self.total()?;
        let crowd =
            self.crowd.map(|Crowd { raised, contributors }| CrowdResponse { goal, raised, contributors });
        let Tally { approving, refusing, .. } = self.tally;
        Ok(AgreementResponse {
            id,
            opener: self.opener,
            crowd,
            payees: self.payees,
            asset: self.asset,
            milestones: self.milestones,
            approver: self.approver,
            text: self.text,
            milestone: self.milestone,
            phase: self.phase,
            submissions: self.submissions,
            approving,
            refusing,
            left: self.left,
        })
    }
}

/// The sum of milestones.
///
/// # Errors
/// More than 128 bits.
pub fn total(milestones: &[Milestone]) -> Result<Uint128, OverflowError> {
    milestones.iter().try_fold(Uint128::zero(), |sum, milestone| sum.checked_add(milestone.amount))
}

/// The agreement `id`.
///
/// # Errors
/// [`ContractError::NoAgreement`].
pub fn agreement(storage: &dyn Storage, id: u64) -> Result<Agreement, ContractError> {
    AGREEMENTS.may_load(storage, id)?.ok_or(ContractError::NoAgreement { id })
}

/// The agreement `id`, whose present milestone has this number.
///
/// # Errors
/// [`ContractError::NoAgreement`], [`ContractError::AnotherMilestone`].
pub fn agreement_at(storage: &dyn Storage, id: u64, milestone: u8) -> Result<Agreement, ContractError> {
    let agreement = agreement(storage, id)?;
    if agreement.milestone != milestone {
        let expected = agreement.milestone;
        return Err(ContractError::AnotherMilestone { id, found: milestone, expected });
    }
    Ok(agreement)
}

/// Writes a new agreement, with its rows of its parties, and gives its number.
pub(crate) fn add(storage: &mut dyn Storage, agreement: &Agreement) -> StdResult<u64> {
    let id = NEXT_AGREEMENT.may_load(storage)?.unwrap_or(1);
    NEXT_AGREEMENT.save(storage, &id.saturating_add(1))?;
    for party in agreement.parties() {
        OF_PARTY.save(storage, (party, id), &Empty {})?;
    }
    AGREEMENTS.save(storage, id, agreement)?;
    Ok(id)
}

/// Takes an agreement out, with its rows of its parties.
pub(crate) fn remove(storage: &mut dyn Storage, id: u64, agreement: &Agreement) {
    AGREEMENTS.remove(storage, id);
    for party in agreement.parties() {
        OF_PARTY.remove(storage, (party, id));
    }
}
