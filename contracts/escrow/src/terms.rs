//! What is agreed, checked at the door.

use bithive_api::escrow::{Approver, Asset, Milestone, Payee, Terms, limits};
use bithive_contract_kit::InputError;
use bithive_contract_kit::input::{self, count, length, positive, within};
use bithive_economics::Cuts;
use cosmwasm_std::{Addr, Api, HexBinary, Uint128};

use crate::ContractError;
use crate::state::total;

/// Terms of which every part is within its bounds.
pub(crate) struct Checked {
    pub(crate) payees: Vec<Payee<Addr>>,
    pub(crate) milestones: Vec<Milestone>,
    pub(crate) approver: Approver<Addr>,
    pub(crate) text: Option<HexBinary>,
    /// Sum of the milestones.
    pub(crate) total: Uint128,
}

/// Checks terms: `payer` is who pays, none where a crowd does.
pub(crate) fn check(
    api: &dyn Api,
    (contract, asset): (&Addr, &Asset<Addr>),
    payer: Option<&Addr>,
    terms: Terms,
) -> Result<Checked, ContractError> {
    let mut own = vec![contract];
    if let Asset::Cw20(token) = asset {
        own.push(token);
    }
    let payees = payees(api, &own, payer, terms.payees)?;
    let approver = approver(api, &payees, payer, terms.approver)?;
    let by_code = matches!(approver, Approver::Preimage { .. });
    let total = milestones(&terms.milestones, if by_code { 1 } else { limits::MAX_MILESTONES })?;
    if let Some(text) = &terms.text {
        digest("text", text)?;
    }
    Ok(Checked { payees, milestones: terms.milestones, approver, text: terms.text, total })
}

/// Checks the length of a SHA-256.
pub(crate) fn digest(field: &'static str, bytes: &HexBinary) -> Result<(), InputError> {
    length(field, bytes.len(), limits::DIGEST_BYTES..=limits::DIGEST_BYTES)
}

fn payees(
    api: &dyn Api,
    own: &[&Addr],
    payer: Option<&Addr>,
    payees: Vec<Payee>,
) -> Result<Vec<Payee<Addr>>, ContractError> {
    count("payees", payees.len(), 1..=limits::MAX_PAYEES)?;
    let mut found: Vec<Payee<Addr>> = Vec::with_capacity(payees.len());
    for Payee { address, bps } in payees {
        let address = input::outside(api, "payees", &address, own)?;
        if payer == Some(&address) {
            return Err(ContractError::OwnPayee { found: address.into() });
        }
        if found.iter().any(|payee| payee.address == address) {
            return Err(InputError::Duplicate { field: "payees", found: address.into() }.into());
        }
        found.push(Payee { address, bps });
    }
    cuts(&found)?;
    Ok(found)
}

/// The shares of payees.
pub(crate) fn cuts(payees: &[Payee<Addr>]) -> Result<Cuts, ContractError> {
    let shares: Vec<u16> = payees.iter().map(|payee| payee.bps).collect();
    Ok(Cuts::whole(&shares)?)
}

fn milestones(milestones: &[Milestone], most: usize) -> Result<Uint128, ContractError> {
    count("milestones", milestones.len(), 1..=most)?;
    for Milestone { amount, due, review } in milestones {
        positive("amount", *amount)?;
        within("due", (*due).into(), limits::MIN_DUE_SECONDS.into()..=limits::MAX_DUE_SECONDS.into())?;
        within(
            "review",
            (*review).into(),
            limits::MIN_REVIEW_SECONDS.into()..=limits::MAX_REVIEW_SECONDS.into(),
        )?;
    }
    Ok(total(milestones)?)
}

/// Who approves: who pays can say so only where there is one payer, and contributors where there is a crowd.
fn approver(
    api: &dyn Api,
    payees: &[Payee<Addr>],
    payer: Option<&Addr>,
    approver: Approver,
) -> Result<Approver<Addr>, ContractError> {
    Ok(match (approver, payer) {
        (Approver::Payer { arbiter }, Some(payer)) => {
            let arbiter = arbiter.map(|text| arbiter_of(api, payees, payer, &text)).transpose()?;
            Approver::Payer { arbiter }
        }
        (Approver::Preimage { hash }, Some(_)) => {
            digest("hash", &hash)?;
            Approver::Preimage { hash }
        }
        (Approver::Signers { signers, needed }, _) => signers_of(api, payees, &signers, needed)?,
        (Approver::Contributors {}, None) => Approver::Contributors {},
        (Approver::Contributors {}, Some(_)) => return Err(ContractError::NoCrowd),
        (Approver::Payer { .. } | Approver::Preimage { .. }, None) => return Err(ContractError::NoPayer),
    })
}

/// Nobody judges his own case.
fn arbiter_of(
    api: &dyn Api,
    payees: &[Payee<Addr>],
    payer: &Addr,
    text: &str,
) -> Result<Addr, ContractError> {
    let arbiter = input::address(api, "arbiter", text)?;
    if arbiter == *payer || payees.iter().any(|payee| payee.address == arbiter) {
        return Err(ContractError::OwnArbiter { found: arbiter.into() });
    }
    Ok(arbiter)
}

/// Signers, of whom the payees alone can't approve.
fn signers_of(
    api: &dyn Api,
    payees: &[Payee<Addr>],
    texts: &[String],
    needed: u8,
) -> Result<Approver<Addr>, ContractError> {
    count("signers", texts.len(), 1..=limits::MAX_SIGNERS)?;
    let mut signers: Vec<Addr> = Vec::with_capacity(texts.len());
    for text in texts {
        let signer = input::address(api, "signers", text)?;
        if signers.contains(&signer) {
            return Err(InputError::Duplicate { field: "signers", found: signer.into() }.into());
        }
        signers.push(signer);
    }
    let most = u128::try_from(signers.len()).unwrap_or_default();
    within("needed", needed.into(), 1..=most)?;
    let own = signers.iter().filter(|signer| payees.iter().any(|payee| payee.address == **signer)).count();
    if own >= usize::from(needed) {
        return Err(ContractError::OwnApproval { found: own, needed });
    }
    Ok(Approver::Signers { signers, needed })
}
