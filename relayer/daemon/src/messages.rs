//! From duties to messages.

use bithive_api::attestations;
use bithive_api::jobs::{ExecuteMsg, Finalization};
use bithive_attest::bls;
use bithive_chain::{ChainError, Message};
use cosmwasm_std::HexBinary;

use crate::duty::Duty;
use crate::entry::Entry;

/// Addresses of the contracts that messages are sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contracts {
    /// The job market.
    pub jobs: String,
    /// The contract that sends attestations; none if this relayer sends no attestations.
    pub attestations: Option<String>,
}

/// A settlement and its signature.
type Settlement = (Finalization, HexBinary);

/// The messages of one transaction. Several settlements become one message with one signature, unless attestations of
/// them are to be sent: those need each job's own signature on chain, so each job gets its own message.
///
/// # Errors
/// [`ChainError::InvalidTx`] naming what an entry lacks, or if signatures can't be added up.
pub fn messages(entries: &[Entry], to: &Contracts) -> Result<Vec<Message>, ChainError> {
    let (mut settlements, mut messages) = (Vec::<Settlement>::new(), Vec::new());
    for entry in entries {
        match &entry.duty {
            Duty::Finalize { job, .. } => {
                let (signers, signature) =
                    entry.signed.clone().ok_or_else(|| invalid("signature", &entry.duty, "missing"))?;
                settlements.push((Finalization { job_id: *job, signers }, signature));
            }
            Duty::Advance { job, .. } => {
                messages.push(Message::execute(&to.jobs, &ExecuteMsg::Advance { job_id: *job }, &[])?);
            }
            Duty::Attest { job, channel } => {
                let contract = to.attestations.as_deref();
                let contract = contract.ok_or_else(|| invalid("attestations", &entry.duty, "no contract"))?;
                let msg = attestations::ExecuteMsg::Send {
                    job_id: *job,
                    channel_id: channel.clone(),
                    timeout_seconds: None,
                };
                messages.push(Message::execute(contract, &msg, &[])?);
            }
        }
    }
    if settlements.len() > 1 && to.attestations.is_none() {
        messages.push(Message::execute(&to.jobs, &together(settlements)?, &[])?);
    } else {
        for (Finalization { job_id, signers }, signature) in settlements {
            let msg = ExecuteMsg::Finalize { job_id, signers, signature };
            messages.push(Message::execute(&to.jobs, &msg, &[])?);
        }
    }
    Ok(messages)
}

fn together(mut settlements: Vec<Settlement>) -> Result<ExecuteMsg, ChainError> {
    settlements.sort_by_key(|(finalization, _)| finalization.job_id);
    let signatures = settlements.iter().map(|(_, signature)| signature.as_slice().try_into());
    let signatures: Vec<[u8; 96]> =
        signatures.collect::<Result<_, _>>().map_err(|_| unreadable("one is not 96 bytes"))?;
    let signature = bls::aggregate(&signatures).map_err(|error| unreadable(&error.to_string()))?;
    let statements = settlements.into_iter().map(|(finalization, _)| finalization).collect();
    Ok(ExecuteMsg::FinalizeMany { statements, signature: (&signature).into() })
}

fn invalid(field: &str, duty: &Duty, reason: &str) -> ChainError {
    ChainError::InvalidTx { field: field.into(), reason: format!("{duty}: {reason}") }
}

fn unreadable(reason: &str) -> ChainError {
    ChainError::InvalidTx { field: "signatures".into(), reason: reason.into() }
}
