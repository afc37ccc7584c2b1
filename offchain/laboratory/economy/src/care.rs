//! Rewards of patients: a clinician proposes one for each check-up and each day of chronic care, an institution approves it
//! within the day's limits.

use bithive_api::rewards::{self, Activity, ExecuteMsg, Limits, QueryMsg, Role};
use bithive_chain::{SigningKey, Wallet};
use bithive_contracts::Code;
use cosmwasm_std::{HexBinary, Uint128};
use sha2::{Digest as _, Sha256};

use crate::common::{Common, new};
use crate::people::Patient;
use crate::world::{call, events_of, send, submit};
use crate::{EconomyError, MONTH_DAYS, UNIT};

/// Most BTT a day for one patient, and for all of them for every 60 patients: less than two check-ups can be worth. Two days
/// of chronic care are within it, but are not paid on one day.
const OF_ONE: u128 = 600 * UNIT;
const OF_ALL: u128 = 1_000 * UNIT;
/// Added to the budget in a month, for each patient: what a check-up is worth on average.
const BUDGET: u128 = 400 * UNIT;
/// A clinician and an institution.
const APPROVALS: u8 = 2;

/// Who has a part in rewards.
pub(crate) struct Care {
    clinician: Wallet,
    institution: Wallet,
    /// Their addresses; patients send nothing.
    pub(crate) patients: Vec<(String, Patient)>,
    /// Proposals that wait for the institution.
    waiting: Vec<u64>,
    /// BTT put into the budget.
    pub(crate) given: u128,
    pub(crate) limits: Limits,
}

fn limits(patients: usize) -> Limits {
    let total = OF_ALL.saturating_mul(patients.div_ceil(60).max(1) as u128);
    Limits { patient_count: 2, patient_amount: Uint128::new(OF_ONE), total_amount: Uint128::new(total) }
}

/// Creates the contract; returns its address.
pub(crate) async fn create(
    owner: &Wallet,
    (btt, treasury): (&str, &str),
    patients: usize,
) -> Result<String, EconomyError> {
    let message = rewards::InstantiateMsg {
        owner: owner.address().into(),
        token: btt.into(),
        treasury: treasury.into(),
        approvals: APPROVALS,
        limits: limits(patients),
    };
    new(owner, Code::Rewards, "rewards", &message).await
}

impl Care {
    /// Names the parties.
    pub(crate) async fn open(
        common: &Common,
        owner: &Wallet,
        [clinician, institution]: [SigningKey; 2],
        patients: Vec<(String, Patient)>,
    ) -> Result<Self, EconomyError> {
        let parties = [(&clinician, Role::Clinician), (&institution, Role::Institution)];
        let set = |(key, role): (&SigningKey, Role)| {
            let message = ExecuteMsg::SetParty { address: key.address().into(), role: Some(role) };
            call(&common.contracts.rewards, &message)
        };
        submit(
            owner,
            "naming who approves rewards",
            &parties.map(set).into_iter().collect::<Result<Vec<_>, _>>()?,
        )
        .await?;
        Ok(Self {
            clinician: common.world.wallet(clinician).await?,
            institution: common.world.wallet(institution).await?,
            limits: limits(patients.len()),
            patients,
            waiting: Vec::new(),
            given: 0,
        })
    }

    /// A day's check-ups, and what is approved of those that wait.
    pub(crate) async fn day(&mut self, common: &Common, day: u64) -> Result<(), EconomyError> {
        let contract = &common.contracts.rewards;
        if day.is_multiple_of(MONTH_DAYS) {
            let budget = BUDGET.saturating_mul(self.patients.len() as u128);
            let fund = send(&common.contracts.btt, contract, budget, &rewards::Hook::Fund {})?;
            submit(&common.keeper, "the budget of rewards", &[fund]).await?;
            self.given = self.given.saturating_add(budget);
        }
        let mut proposals = Vec::new();
        for (address, patient) in &mut self.patients {
            let (number, month) = (patient.number, day / MONTH_DAYS);
            let mut reports = Vec::new();
            if patient.visits(day) {
                let visit = format!("check-up {month} of patient {number}");
                reports.push((Activity::CheckUp, patient.inputs(), visit));
            }
            if patient.reports_care(day) {
                for part in 1..=2 {
                    let evidence = format!("day {part} of chronic care {month} of patient {number}");
                    reports.push((Activity::ChronicCare, patient.care(), evidence));
                }
            }
            for (activity, inputs, evidence) in reports {
                let evidence = HexBinary::from(Sha256::digest(evidence).as_slice());
                let patient = address.clone();
                let message = ExecuteMsg::Propose { patient, activity, inputs, evidence };
                proposals.push(call(contract, &message)?);
            }
        }
        let receipts = submit(&self.clinician, "proposing rewards", &proposals).await?;
        self.waiting.extend(events_of(contract, &receipts)?.into_iter().filter_map(|event| match event {
            rewards::Event::Proposed { id, .. } => Some(id),
            _ => None,
        }));
        self.approve(common).await
    }

    /// What is beyond a limit today waits for another day; what waited too long expires.
    async fn approve(&mut self, common: &Common) -> Result<(), EconomyError> {
        let (contract, world) = (&common.contracts.rewards, &common.world);
        for id in core::mem::take(&mut self.waiting) {
            let found: Option<rewards::ProposalResponse> =
                world.ask(contract, &QueryMsg::Proposal { id }).await?;
            let missing = EconomyError::Silent { what: "the rewards", missing: "a proposal" };
            let proposal = found.ok_or(missing)?;
            let budget: rewards::BudgetResponse = world.ask(contract, &QueryMsg::Budget {}).await?;
            let address = proposal.patient.to_string();
            let own: rewards::PatientResponse = world.ask(contract, &QueryMsg::Patient { address }).await?;
            let late = world.now().await? > proposal.until;
            let cared = proposal.activity == Activity::ChronicCare && own.chronic_care;
            let within = !cared
                && own.count < self.limits.patient_count
                && own.today.saturating_add(proposal.amount) <= self.limits.patient_amount
                && budget.today.saturating_add(proposal.amount) <= self.limits.total_amount
                && proposal.amount <= budget.available;
            if late {
                let expire = call(contract, &ExecuteMsg::Expire { id })?;
                submit(&common.keeper, "a proposal that came to nothing", &[expire]).await?;
            } else if within {
                let approve = call(contract, &ExecuteMsg::Approve { id })?;
                submit(&self.institution, "approving a reward", &[approve]).await?;
            } else {
                self.waiting.push(id);
            }
        }
        Ok(())
    }
}
