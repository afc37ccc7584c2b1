//! Who may send what, by the table beside the messages.

use bithive_api::escrow::{Approver, ExecuteMsg};
use bithive_api::permission::{Permission, Permitted};
use bithive_contract_kit::permission::{Unauthorized, refuse};
use cosmwasm_std::{Addr, Deps};

use crate::ContractError;
use crate::state::{Agreement, CONTRIBUTIONS, agreement};

pub(crate) fn authorize(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    let found = |id: u64| agreement(deps.storage, id);
    match (msg.permission(), msg) {
        // Any token may be paid in; what an agreement pays in is the token that its money came from.
        (Permission::Anyone | Permission::AnyToken, _) => Ok(()),
        (Permission::AgreementPayee, ExecuteMsg::Submit { id, .. } | ExecuteMsg::Dispute { id, .. }) => {
            let expected = || format!("a payee of agreement {id}");
            expect(found(*id)?.pays(sender), sender, expected)
        }
        (Permission::LeadPayee, ExecuteMsg::Decline { id }) => {
            let agreement = found(*id)?;
            let lead = agreement.payees.first().map(|payee| &payee.address);
            let expected = || format!("the first payee of agreement {id}");
            expect(lead == Some(sender), sender, expected)
        }
        (Permission::Approver, ExecuteMsg::Approve { id, .. } | ExecuteMsg::Reject { id, .. }) => {
            approver(deps, sender, *id, &found(*id)?)
        }
        (Permission::Arbiter, ExecuteMsg::Rule { id, .. }) => {
            let agreement = found(*id)?;
            let arbiter = matches!(&agreement.approver, Approver::Payer { arbiter: Some(arbiter) } if arbiter == sender);
            expect(arbiter, sender, || format!("the arbiter of agreement {id}"))
        }
        (other, _) => refuse(other),
    }
}

/// Who approves the agreement; the holder of a code reveals it instead.
fn approver(deps: Deps<'_>, sender: &Addr, id: u64, agreement: &Agreement) -> Result<(), ContractError> {
    let (allowed, who) = match &agreement.approver {
        Approver::Payer { .. } => (agreement.opener == *sender, "the payer"),
        Approver::Signers { signers, .. } => (signers.contains(sender), "a signer"),
        Approver::Contributors {} => (CONTRIBUTIONS.has(deps.storage, (sender, id)), "a contributor"),
        Approver::Preimage { .. } => return Err(ContractError::ByCode { id }),
    };
    expect(allowed, sender, || format!("{who} of agreement {id}"))
}

fn expect(allowed: bool, sender: &Addr, expected: impl FnOnce() -> String) -> Result<(), ContractError> {
    if allowed { Ok(()) } else { Err(Unauthorized::new(sender, expected()).into()) }
}
