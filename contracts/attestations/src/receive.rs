//! Worker sets and statements that arrive over a channel or from an account.

use bithive_api::attestations::{Ack, Event, Packet, Receipt, SignedStatement, Source, WorkerSet, limits};
use bithive_contract_kit::channel::CHANNELS;
use cosmwasm_std::{
    Binary, DepsMut, Env, IbcPacket, IbcReceiveResponse, Response, StdResult, Storage, from_json,
    to_json_binary,
};

use crate::record::{self, Recorded};
use crate::state::{PEERS, job_key};
use crate::{ContractError, Refusal, verify};

/// Answers a packet. Errors go into the acknowledgement: an error returned here would not reach the sender. Nothing is
/// written before the last check.
pub(crate) fn answer(deps: DepsMut<'_>, env: &Env, packet: &IbcPacket) -> IbcReceiveResponse {
    match packet_of(deps, env, packet).and_then(|(receipt, event)| Ok((result(receipt)?, event))) {
        Ok((ack, event)) => IbcReceiveResponse::new(ack).add_events(event.map(Into::into)),
        Err(refusal) => {
            let code = refusal.code();
            let (channel_id, error_text) = (packet.dest.channel_id.clone(), refusal.to_string());
            let event = Event::Rejected { channel_id, code: code.into(), error: error_text };
            IbcReceiveResponse::new(error(format!("{code}: {refusal}"))).add_event(event.into())
        }
    }
}

/// Records what an account submits.
pub(crate) fn submit(
    deps: DepsMut<'_>,
    env: &Env,
    source: &Source,
    job_id: u64,
    statement: SignedStatement,
) -> Result<Response, ContractError> {
    verify::check_source(source)?;
    let now = env.block.time.seconds();
    let (_, event) = record::signed(deps.storage, deps.api, now, job_key(source, job_id), statement)?;
    Ok(Response::new().add_events(event))
}

fn packet_of(deps: DepsMut<'_>, env: &Env, packet: &IbcPacket) -> Result<Recorded, Refusal> {
    let source = source_of(deps.storage, packet)?;
    let (found, limit) = (packet.data.len(), limits::MAX_PACKET_BYTES);
    if found > limit {
        return Err(Refusal::TooLong { found, limit });
    }
    match from_json(&packet.data).map_err(Refusal::Unreadable)? {
        Packet::Workers(set) => {
            expect_source(&set, &source)?;
            record::workers(deps.storage, deps.api, set)
        }
        Packet::Statement { workers, statement } => {
            expect_source(&workers, &source)?;
            record::settled(deps.storage, deps.api, env.block.time.seconds(), workers, statement)
        }
    }
}

/// The market whose statements the other end of the packet's channel may send.
fn source_of(storage: &dyn Storage, packet: &IbcPacket) -> Result<Source, Refusal> {
    let channel_id = &packet.dest.channel_id;
    let channel = CHANNELS.may_load(storage, channel_id)?;
    // The IBC module says so already; what is recorded here does not depend on it.
    let channel = channel
        .filter(|channel| {
            channel.open
                && channel.port_id == packet.src.port_id
                && channel.counterparty_channel_id == packet.src.channel_id
        })
        .ok_or_else(|| Refusal::Channel(channel_id.clone()))?;
    let (connection_id, port_id) = (channel.connection_id, channel.port_id);
    match PEERS.may_load(storage, (&connection_id, &port_id))? {
        None => Err(Refusal::Peer { connection_id, port_id }),
        Some(None) => Err(Refusal::NoSource { port_id }),
        Some(Some(source)) => Ok(source),
    }
}

fn expect_source(set: &WorkerSet, source: &Source) -> Result<(), Refusal> {
    verify::check_source(&set.source)?;
    if set.source == *source {
        return Ok(());
    }
    let name = |source: &Source| format!("{} on {}", source.jobs, source.chain_id);
    Err(Refusal::WrongSource { found: name(&set.source), expected: name(source) })
}

fn result(receipt: Receipt) -> StdResult<Binary> {
    to_json_binary(&Ack::Result(to_json_binary(&receipt)?))
}

fn error(text: String) -> Binary {
    // Encoding a string can't fail; if it did, the empty acknowledgement would read as a refusal, too.
    to_json_binary(&Ack::Error(text)).unwrap_or_default()
}
