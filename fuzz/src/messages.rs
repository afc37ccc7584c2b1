//! Messages of the contracts as JSON: what reads is what is written, and what they carry is checked as the contracts
//! check it.

use bithive_api::{jobs, registry, token};
use bithive_blindmatch::vault::Vault;
use bithive_dgkbe::{GroupedSet, Groups, Header};
use cosmwasm_std::{Binary, from_json, to_json_vec};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::memory::Budget;
use crate::{canonical, choose};

/// JSON is text, and what it says is several times as large.
pub const BUDGET: Budget = Budget { fixed: 256 << 10, per_byte: 256 };

/// The first byte chooses the message.
pub fn check(input: &[u8]) {
    match choose(input, 14) {
        None => {}
        Some((0, bytes)) => jobs_execute(bytes),
        Some((1, bytes)) => jobs_receive(bytes),
        Some((2, bytes)) => drop(read::<jobs::InstantiateMsg>(bytes)),
        Some((3, bytes)) => drop(read::<jobs::QueryMsg>(bytes)),
        Some((4, bytes)) => registry_execute(bytes),
        Some((5, bytes)) => drop(read::<registry::ReceiveMsg>(bytes)),
        Some((6, bytes)) => drop(read::<registry::InstantiateMsg>(bytes)),
        Some((7, bytes)) => drop(read::<registry::QueryMsg>(bytes)),
        Some((8, bytes)) => drop(read::<token::ExecuteMsg>(bytes)),
        Some((9, bytes)) => drop(read::<token::InstantiateMsg>(bytes)),
        Some((10, bytes)) => drop(read::<token::QueryMsg>(bytes)),
        // What a node believes of a chain's answers.
        Some((11, bytes)) => drop(read::<jobs::JobResponse>(bytes)),
        Some((12, bytes)) => drop(read::<registry::NodeResponse>(bytes)),
        Some((_, bytes)) => drop(read::<registry::CommitteeResponse>(bytes)),
    }
}

/// What is written reads back as the same message.
fn read<M: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(bytes: &[u8]) -> Option<M> {
    let message: M = from_json(bytes).ok()?;
    let written = to_json_vec(&message).expect("a message has a JSON form");
    assert_eq!(from_json::<M>(&written).as_ref(), Ok(&message), "a message reads back");
    Some(message)
}

fn jobs_execute(bytes: &[u8]) {
    match read(bytes) {
        Some(jobs::ExecuteMsg::Receive(receive)) => jobs_receive(&receive.msg),
        Some(jobs::ExecuteMsg::Assign { assignment, .. }) => {
            for (count, size) in [(1, 4096), (2, 3), (64, 64)] {
                let groups = Groups::new(count, size).expect("numbers within the limits");
                canonical(&assignment.mask, |bytes| GroupedSet::decode(bytes, groups), GroupedSet::encode);
            }
            for header in assignment.headers.chunks(Header::LEN) {
                canonical(header, Header::decode, |header| header.encode().to_vec());
            }
        }
        _ => {}
    }
}

fn jobs_receive(bytes: &[u8]) {
    if let Some(jobs::ReceiveMsg::Post(terms)) = read(bytes) {
        canonical(&terms.vault, Vault::decode, Vault::encode);
    }
}

fn registry_execute(bytes: &[u8]) {
    if let Some(registry::ExecuteMsg::Receive(receive)) = read(bytes) {
        read::<registry::ReceiveMsg>(&Binary::from(receive.msg.as_slice()));
    }
}
