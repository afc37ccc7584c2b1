//! Packets that are sent, and the other end's answers.

use bithive_api::attestations::{
    Ack, Event, Packet, PacketKind, Receipt, Sending, SignedStatement, Source, Status, WorkerSet, limits,
};
use bithive_api::jobs::{self, Assignment, OutcomeResponse, Phase, WorkerResponse};
use bithive_contract_kit::channel::{self, Channel};
use bithive_contract_kit::nested;
use cosmwasm_schema::serde::Deserialize;
use cosmwasm_std::{
    Addr, Api, Binary, DepsMut, Env, HexBinary, IbcBasicResponse, IbcMsg, IbcPacket, IbcTimeout,
    QuerierWrapper, Response, StdResult, Storage, from_json, to_json_binary,
};

use crate::state::{CONFIG, PEERS, SENDINGS, kind_key};
use crate::{ContractError, verify};

/// Where a packet goes, and for how long.
pub(crate) struct Route {
    pub(crate) channel_id: String,
    pub(crate) timeout_seconds: Option<u64>,
    /// The signature, to go along where the market keeps none for the job alone.
    pub(crate) signature: Option<HexBinary>,
}

/// What a packet takes of the market's answer about a job.
#[derive(Deserialize)]
#[serde(crate = "cosmwasm_schema::serde")]
struct MarketJob {
    job_id: u64,
    phase: Phase,
    round: u8,
    #[serde(deserialize_with = "nested")]
    terms: MarketTerms,
    #[serde(deserialize_with = "nested")]
    assignment: Option<Assignment>,
    workers: Vec<WorkerResponse>,
    #[serde(deserialize_with = "nested")]
    outcome: Option<OutcomeResponse>,
}

#[derive(Deserialize)]
#[serde(crate = "cosmwasm_schema::serde")]
struct MarketTerms {
    quorum: u8,
    model: HexBinary,
}

/// Reads the job from the market and sends what there is of `kind`.
pub(crate) fn send(
    deps: DepsMut<'_>,
    env: &Env,
    kind: PacketKind,
    job_id: u64,
    route: Route,
) -> Result<Response, ContractError> {
    let market = CONFIG.load(deps.storage)?.jobs.ok_or(ContractError::NoMarket)?;
    let timeout = channel::timeout(env, route.timeout_seconds)?;
    expect_open(deps.storage, &route.channel_id)?;
    let job = job_of(deps.querier, &market, job_id)?;
    expect_phase(&job, kind)?;
    let source = Source { chain_id: env.block.chain_id.clone(), jobs: market.into() };
    let round = job.round;
    let data = packet(deps.api, source, job, kind, route.signature)?;
    expect_due(deps.storage, env, kind, job_id, round, &route.channel_id)?;
    let seconds = timeout.seconds();
    let sending = Sending { round, timeout: seconds, status: Status::Pending {} };
    SENDINGS.save(deps.storage, (&route.channel_id, job_id, kind_key(kind)), &sending)?;
    let channel_id = route.channel_id.clone();
    let event = Event::Sent { kind, channel_id, job_id, round, timeout: seconds };
    let message = IbcMsg::SendPacket {
        channel_id: route.channel_id,
        data,
        timeout: IbcTimeout::with_timestamp(timeout),
    };
    Ok(Response::new().add_event(event).add_message(message))
}

/// What the market has of a job.
fn job_of(querier: QuerierWrapper<'_>, market: &Addr, job_id: u64) -> Result<MarketJob, ContractError> {
    querier.query_wasm_smart(market, &jobs::QueryMsg::Job { job_id }).map_err(ContractError::Std)
}

/// Records the other end's answer. Never an error, because the packet would then stay unanswered.
pub(crate) fn acknowledged(
    storage: &mut dyn Storage,
    packet: &IbcPacket,
    ack: &Binary,
) -> StdResult<IbcBasicResponse> {
    let status = match from_json::<Ack>(ack) {
        Ok(Ack::Result(receipt)) => from_json::<Receipt>(&receipt)
            .map_or_else(|_| refused("unreadable receipt"), |receipt| Status::Accepted { receipt }),
        Ok(Ack::Error(error)) => refused(&error),
        Err(_) => refused("unreadable acknowledgement"),
    };
    conclude(storage, packet, status)
}

/// Records that the packet timed out.
pub(crate) fn timed_out(storage: &mut dyn Storage, packet: &IbcPacket) -> StdResult<IbcBasicResponse> {
    conclude(storage, packet, Status::TimedOut {})
}

fn refused(error: &str) -> Status {
    let error = if error.is_empty() { "no reason given" } else { error };
    // The other end chooses its length.
    Status::Refused { error: error.chars().take(limits::MAX_ERROR_CHARS).collect() }
}

/// Records how a packet ended. The packet is this contract's own, so it names its job. Once the other end has accepted
/// a packet, an older one of the same job and round that ends otherwise changes nothing.
fn conclude(storage: &mut dyn Storage, packet: &IbcPacket, status: Status) -> StdResult<IbcBasicResponse> {
    let (kind, set) = match from_json(&packet.data) {
        Ok(Packet::Workers(set)) => (PacketKind::Workers, set),
        Ok(Packet::Statement { workers, .. }) => (PacketKind::Statement, workers),
        // Sent by an earlier version, which wrote other packets: there is nothing to record.
        Err(_) => return Ok(IbcBasicResponse::new()),
    };
    let (channel_id, job_id) = (packet.src.channel_id.clone(), set.job_id);
    let event = match &status {
        Status::Accepted { receipt } => Event::Accepted { kind, channel_id, job_id, receipt: *receipt },
        Status::Refused { error } => Event::Refused { kind, channel_id, job_id, error: error.clone() },
        Status::TimedOut {} | Status::Pending {} => Event::TimedOut { kind, channel_id, job_id },
    };
    let key = (packet.src.channel_id.as_str(), job_id, kind_key(kind));
    if let Some(mut sending) = SENDINGS.may_load(storage, key)?
        && sending.round == set.round
        && !matches!(sending.status, Status::Accepted { .. })
    {
        sending.status = status;
        SENDINGS.save(storage, key, &sending)?;
    }
    Ok(IbcBasicResponse::new().add_event(event.into()))
}

fn expect_open(storage: &dyn Storage, channel_id: &str) -> Result<(), ContractError> {
    let Channel { connection_id, port_id, .. } = channel::load_open(storage, channel_id)?;
    if PEERS.has(storage, (&connection_id, &port_id)) {
        return Ok(());
    }
    Err(ContractError::NoPeer { connection_id, port_id })
}

/// Anyone may send, but not the same packet again while it is unanswered, nor after the other end has accepted it.
fn expect_due(
    storage: &dyn Storage,
    env: &Env,
    kind: PacketKind,
    job_id: u64,
    round: u8,
    channel_id: &str,
) -> Result<(), ContractError> {
    let Some(sending) = SENDINGS.may_load(storage, (channel_id, job_id, kind_key(kind)))? else {
        return Ok(());
    };
    let kind = kind.name();
    match sending.status {
        _ if sending.round != round => Ok(()),
        Status::Accepted { .. } => Err(ContractError::Delivered { kind, job_id }),
        Status::Pending {} if env.block.time.seconds() <= sending.timeout => {
            Err(ContractError::UnderWay { kind, job_id, timeout: sending.timeout })
        }
        Status::Pending {} | Status::Refused { .. } | Status::TimedOut {} => Ok(()),
    }
}

fn expect_phase(job: &MarketJob, kind: PacketKind) -> Result<(), ContractError> {
    let (fits, expected) = match kind {
        PacketKind::Workers => (
            matches!(job.phase, Phase::Assigned | Phase::Committed | Phase::Revealed | Phase::Settled),
            "a job with workers: Assigned, Committed, Revealed or Settled",
        ),
        PacketKind::Statement => (job.phase == Phase::Settled, "Settled"),
    };
    if fits {
        return Ok(());
    }
    Err(ContractError::WrongPhase { job_id: job.job_id, phase: job.phase, expected })
}

/// The packet's bytes, made from the market's answer about the job. Of a job that was settled with others the market keeps no
/// signature of its own, and needs none: it verified the sum of all, and what it settled is its state. To ask for one here
/// would let a single signer that keeps its share back withhold the attestation, and with it what a data owner is paid. One
/// that comes with the message goes along, and is verified here: an invalid one would block the packet until the other end
/// has refused it.
fn packet(
    api: &dyn Api,
    source: Source,
    mut job: MarketJob,
    kind: PacketKind,
    mut given: Option<HexBinary>,
) -> Result<Binary, ContractError> {
    let job_id = job.job_id;
    let from_message = given.is_some();
    let lacks = |what| ContractError::Market { job_id, what };
    let statement = match kind {
        PacketKind::Workers => None,
        PacketKind::Statement => {
            let outcome = job.outcome.take().ok_or(lacks("an outcome"))?;
            let agreed = job.workers.get_mut(usize::from(outcome.representative));
            let agreed = agreed.ok_or(lacks("the representative"))?;
            Some(SignedStatement {
                output: agreed.output.take().ok_or(lacks("an output"))?,
                masked: agreed.masked.take().ok_or(lacks("a result"))?,
                members: outcome.quorum,
                signers: outcome.signers.ok_or(lacks("the signers"))?,
                signature: outcome.signature.or_else(|| given.take()),
            })
        }
    };
    let workers = WorkerSet {
        source,
        job_id,
        round: job.round,
        quorum: job.terms.quorum,
        model: job.terms.model,
        input_commitment: job.assignment.ok_or(lacks("an assignment"))?.input_commitment,
        keys: job.workers.into_iter().map(|worker| worker.bls_key).collect(),
    };
    let Some(statement) = statement else { return Ok(to_json_binary(&Packet::Workers(workers))?) };
    if from_message && given.is_none() {
        verify::whole(api, &workers, &statement)?;
    }
    Ok(to_json_binary(&Packet::Statement { workers, statement })?)
}
