//! Messages of the contracts as JSON: what reads is what is written, and what they carry is checked as the contracts
//! check it.

use bithive_api::{
    attestations, datasets, emissions, ics20, jobs, models, registry, rewards, staking, timebank, token,
    treasury, vesting,
};
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
    let derived = DERIVED.len() as u8;
    match choose(input, 14 + OTHERS + derived) {
        None => {}
        Some((0, bytes)) => jobs_execute(bytes),
        Some((1, bytes)) => jobs_receive(bytes),
        Some((2, bytes)) => drop(read::<jobs::InstantiateMsg>(bytes)),
        Some((3, bytes)) => drop(read::<jobs::QueryMsg>(bytes)),
        Some((4, bytes)) => registry_execute(bytes),
        Some((5, bytes)) => drop(read::<registry::Hook>(bytes)),
        Some((6, bytes)) => drop(read::<registry::InstantiateMsg>(bytes)),
        Some((7, bytes)) => drop(read::<registry::QueryMsg>(bytes)),
        Some((8, bytes)) => drop(read::<token::ExecuteMsg>(bytes)),
        Some((9, bytes)) => drop(read::<token::InstantiateMsg>(bytes)),
        Some((10, bytes)) => drop(read::<token::QueryMsg>(bytes)),
        // What a node believes of a chain's answers.
        Some((11, bytes)) => drop(read::<jobs::JobResponse>(bytes)),
        Some((12, bytes)) => drop(read::<registry::NodeResponse>(bytes)),
        Some((13, bytes)) => drop(read::<registry::CommitteeResponse>(bytes)),
        Some((kind, bytes)) if kind < 14 + OTHERS => other(kind - 14, bytes),
        Some((kind, bytes)) => DERIVED[usize::from(kind - 14 - OTHERS)](bytes),
    }
}

macro_rules! derive {
    ($($id:literal $name:ident $code:ident $krate:ident $($entry:ident)?;)+) => {
        /// What creates each contract, what it does and what it answers, by the table of contracts.
        const DERIVED: &[fn(&[u8])] = &[$(
            |bytes| _ = read::<bithive_api::$name::InstantiateMsg>(bytes),
            |bytes| _ = read::<bithive_api::$name::ExecuteMsg>(bytes),
            |bytes| _ = read::<bithive_api::$name::QueryMsg>(bytes),
        )+];
    };
}

bithive_contracts::codes!(derive);

/// Kinds of messages below.
const OTHERS: u8 = 24;

/// Contracts around the market, and packets of other chains.
fn other(kind: u8, bytes: &[u8]) {
    match kind {
        0 => drop(read::<ics20::Packet>(bytes)),
        1 => drop(read::<ics20::Ack>(bytes)),
        2 => drop(read::<ics20::ExecuteMsg>(bytes)),
        3 => drop(read::<ics20::Hook>(bytes)),
        4 => drop(read::<attestations::Packet>(bytes)),
        5 => drop(read::<attestations::Ack>(bytes)),
        6 => drop(read::<attestations::ExecuteMsg>(bytes)),
        7 => drop(read::<datasets::ExecuteMsg>(bytes)),
        8 => drop(read::<datasets::Hook>(bytes)),
        9 => drop(read::<vesting::ExecuteMsg>(bytes)),
        10 => drop(read::<vesting::Hook>(bytes)),
        11 => drop(read::<emissions::ExecuteMsg>(bytes)),
        12 => drop(read::<emissions::InstantiateMsg>(bytes)),
        13 => drop(read::<staking::ExecuteMsg>(bytes)),
        14 => drop(read::<staking::Hook>(bytes)),
        15 => drop(read::<staking::InstantiateMsg>(bytes)),
        16 => drop(read::<rewards::ExecuteMsg>(bytes)),
        17 => drop(read::<rewards::InstantiateMsg>(bytes)),
        18 => drop(read::<treasury::ExecuteMsg>(bytes)),
        19 => drop(read::<treasury::InstantiateMsg>(bytes)),
        20 => drop(read::<timebank::ExecuteMsg>(bytes)),
        21 => drop(read::<timebank::Hook>(bytes)),
        22 => drop(read::<models::ExecuteMsg>(bytes)),
        _ => drop(read::<models::Hook>(bytes)),
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
    if let Some(jobs::Hook::Post { vault, .. }) = read(bytes) {
        canonical(&vault, Vault::decode, Vault::encode);
    }
}

fn registry_execute(bytes: &[u8]) {
    if let Some(registry::ExecuteMsg::Receive(receive)) = read(bytes) {
        read::<registry::Hook>(&Binary::from(receive.msg.as_slice()));
    }
}
