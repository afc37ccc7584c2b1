//! The rewards contract, its parties and its budget.

use bithive_api::rewards::{
    Activity, BudgetResponse, ExecuteMsg, Hook, Inputs, InstantiateMsg, Limits, PatientResponse,
    ProposalResponse, QueryMsg, Role,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty, HexBinary, Uint128};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};
use sha2::{Digest, Sha256};

use crate::{Suite, UNIT};

/// A day, in seconds.
pub const DAY: u64 = 86_400;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Rewards)
}

/// Two rewards and 1,000 BTT a day for each patient, 1,500 for all.
#[must_use]
pub fn limits() -> Limits {
    let btt = |amount: u128| Uint128::new(amount * UNIT);
    Limits { patient_count: 2, patient_amount: btt(1_000), total_amount: btt(1_500) }
}

/// Inputs that are worth `btt` where the activity's range permits.
#[must_use]
pub fn worth(btt: u128) -> Inputs {
    let value = Uint128::new(btt * UNIT);
    Inputs { value, completion: 10_000, history: Uint128::zero(), time: 0, adjustment: 0 }
}

/// A chain with the contract, three of whose parties approve a reward.
pub struct RewardsSuite {
    /// Chain, accounts and BTT.
    pub suite: Suite,
    /// Address of the rewards contract.
    pub rewards: Addr,
    /// A clinician, an institution, an insurer, an auditor.
    pub parties: [Addr; 4],
}

impl Default for RewardsSuite {
    fn default() -> Self {
        Self::new()
    }
}

impl RewardsSuite {
    /// A contract without budget.
    #[must_use]
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let message = Self::message(&suite);
        let rewards = Self::instantiate(&mut suite, &message).unwrap();
        let parties = ["clinician", "institution", "insurer", "auditor"].map(|name| suite.account(name));
        let mut suite = Self { suite, rewards, parties };
        let roles = [Role::Clinician, Role::Institution, Role::Insurer, Role::Auditor];
        let owner = suite.suite.owner.clone();
        for (party, role) in suite.parties.clone().into_iter().zip(roles) {
            let set = ExecuteMsg::SetParty { address: party.into(), role: Some(role) };
            suite.execute(&owner, &set).unwrap();
        }
        suite
    }

    /// What creates the contract.
    #[must_use]
    pub fn message(suite: &Suite) -> InstantiateMsg {
        InstantiateMsg {
            owner: suite.owner.to_string(),
            token: suite.btt.to_string(),
            treasury: suite.treasury.to_string(),
            approvals: 3,
            limits: limits(),
        }
    }

    /// Puts the contract on the chain.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn instantiate(suite: &mut Suite, message: &InstantiateMsg) -> AnyResult<Addr> {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        suite.app.instantiate_contract(code_id, owner, message, &[], "rewards", admin)
    }

    /// Sends the contract a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn execute(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let rewards = self.rewards.clone();
        self.suite.execute(sender, &rewards, message)
    }

    /// Adds to the budget.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn fund(&mut self, amount: u128) -> AnyResult<AppResponse> {
        let donor = self.suite.account("donor");
        self.suite.fund(&donor, amount);
        let rewards = self.rewards.clone();
        self.suite.send_btt(&donor, &rewards, amount, &Hook::Fund {})
    }

    /// Proposes a reward; `evidence` is hashed.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn propose(
        &mut self,
        party: &Addr,
        patient: &Addr,
        activity: Activity,
        inputs: Inputs,
        evidence: &str,
    ) -> AnyResult<AppResponse> {
        let evidence = HexBinary::from(Sha256::digest(evidence).as_slice());
        let patient = patient.into();
        self.execute(party, &ExecuteMsg::Propose { patient, activity, inputs, evidence })
    }

    /// Approves a proposal.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn approve(&mut self, party: &Addr, id: u64) -> AnyResult<AppResponse> {
        self.execute(party, &ExecuteMsg::Approve { id })
    }

    /// A check-up for `patient`, proposed by the clinician and approved by the institution and the auditor; the
    /// evidence is `evidence`, the proposal `id`.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn check_up(&mut self, patient: &Addr, btt: u128, id: u64, evidence: &str) -> AnyResult<AppResponse> {
        self.reward(patient, Activity::CheckUp, btt, id, evidence)
    }

    /// As [`RewardsSuite::check_up`], for any activity.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn reward(
        &mut self,
        patient: &Addr,
        activity: Activity,
        btt: u128,
        id: u64,
        evidence: &str,
    ) -> AnyResult<AppResponse> {
        let [clinician, institution, _, auditor] = self.parties.clone();
        self.propose(&clinician, patient, activity, worth(btt), evidence)?;
        self.approve(&institution, id)?;
        self.approve(&auditor, id)
    }

    /// A proposal that waits; none once it was paid or expired.
    #[must_use]
    pub fn proposal(&self, id: u64) -> Option<ProposalResponse> {
        self.suite.query(&self.rewards, &QueryMsg::Proposal { id })
    }

    /// What a patient received.
    #[must_use]
    pub fn patient(&self, address: &Addr) -> PatientResponse {
        self.suite.query(&self.rewards, &QueryMsg::Patient { address: address.into() })
    }

    /// What the contract holds and has paid.
    #[must_use]
    pub fn budget(&self) -> BudgetResponse {
        self.suite.query(&self.rewards, &QueryMsg::Budget {})
    }

    /// Checks that the budget is the balance, and that BTT add up.
    pub fn check(&self) {
        let BudgetResponse { available, funded, paid, returned, .. } = self.budget();
        assert_eq!(available.u128(), self.suite.balance(&self.rewards));
        assert_eq!(funded, available + paid + returned);
        self.suite.conservation();
    }
}
