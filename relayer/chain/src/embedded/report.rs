//! The result of a run in the form of a Cosmos chain: events, data and errors.

use super::{
    decode::{DecodedTx, SignedMessage},
    metered::ContractFailure,
};
use crate::{ChainError, Event};
use cosmrs::proto::{
    cosmwasm::wasm::v1::{MsgExecuteContractResponse, MsgInstantiateContractResponse},
    traits::Message as _,
};
use cosmwasm_std::{Binary, CosmosMsg, WasmMsg};
use cw_multi_test::{AppResponse, error::AnyError};
use std::any::Any;

pub(super) fn fee_event(tx: &DecodedTx) -> Event {
    let payer = tx.signers.first().map(|signer| signer.address.clone()).unwrap_or_default();
    let fee = tx.fee.first().map(ToString::to_string).unwrap_or_default();
    Event { kind: "tx".into(), attributes: vec![("fee".into(), fee), ("fee_payer".into(), payer)] }
}

/// The SDK's own event for a message, then the contracts'. Each says to which message it belongs.
pub(super) fn message_events(
    index: usize,
    message: &SignedMessage,
    response: AppResponse,
) -> impl Iterator<Item = Event> {
    let own = Event {
        kind: "message".into(),
        attributes: vec![
            ("action".into(), message.type_url.clone()),
            ("sender".into(), message.sender.clone()),
        ],
    };
    let others = response.events.into_iter().map(|event| Event {
        kind: event.ty,
        attributes: event.attributes.into_iter().map(|attribute| (attribute.key, attribute.value)).collect(),
    });
    std::iter::once(own).chain(others).map(move |mut event| {
        event.attributes.push(("msg_index".into(), index.to_string()));
        event
    })
}

/// The contract's data without the envelope of the message's response.
pub(super) fn response_data(
    index: usize,
    message: &SignedMessage,
    response: &AppResponse,
) -> Result<Vec<u8>, ChainError> {
    let bytes = response.data.as_ref().map(Binary::as_slice).unwrap_or_default();
    let data = match &message.msg {
        CosmosMsg::Wasm(WasmMsg::Instantiate { .. }) => {
            MsgInstantiateContractResponse::decode(bytes).map(|response| response.data)
        }
        // Migrations answer in the same form.
        CosmosMsg::Wasm(_) => MsgExecuteContractResponse::decode(bytes).map(|response| response.data),
        _ => Ok(vec![]),
    };
    data.map_err(|error| ChainError::Execution { message_index: index, reason: format!("response: {error}") })
}

pub(super) fn message_error(index: usize, error: &AnyError) -> ChainError {
    match error.downcast_ref::<ContractFailure>() {
        Some(failure) => ChainError::Contract {
            message_index: index,
            contract: failure.contract.clone(),
            error: failure.error.clone(),
        },
        None => ChainError::Execution { message_index: index, reason: root_cause(error) },
    }
}

pub(super) fn panic_error(index: usize, message: &SignedMessage, payload: &(dyn Any + Send)) -> ChainError {
    let error = panic_text(payload);
    match &message.msg {
        CosmosMsg::Wasm(WasmMsg::Execute { contract_addr, .. } | WasmMsg::Migrate { contract_addr, .. }) => {
            ChainError::Contract { message_index: index, contract: contract_addr.clone(), error }
        }
        _ => ChainError::Execution { message_index: index, reason: error },
    }
}

pub(super) fn root_cause(error: &AnyError) -> String {
    match error.downcast_ref::<ContractFailure>() {
        Some(failure) => failure.error.clone(),
        None => error.root_cause().to_string(),
    }
}

/// The message of a contract's panic; on a chain this is a trap of the VM.
pub(super) fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("no message"))
}
