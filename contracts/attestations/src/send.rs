//! What leaves, and what the other end says to it.

use bithive_api::attestations::{
    Ack, Packet, Receipt, Sending, SignedStatement, Source, Status, WorkerSet, events,
};
use bithive_api::jobs::{self, JobResponse, Phase};
use bithive_contract_kit::channel::{self, Channel};
use cosmwasm_std::{
    Api, Binary, DepsMut, Env, Event, HexBinary, IbcBasicResponse, IbcMsg, IbcPacket, IbcTimeout, Response,
    StdResult, Storage, from_json, to_json_binary,
};

use crate::state::{CONFIG, Kind, PEERS, SENDINGS};
use crate::{ContractError, verify};

/// Most characters of a refusal that are kept: the other end chooses its length.
const MAX_ERROR_CHARS: usize = 512;

/// Where a packet goes, and for how long.
pub(crate) struct Route {
    pub(crate) channel_id: String,
    pub(crate) timeout_seconds: Option<u64>,
    /// The signature, where the market keeps none for the job alone.
    pub(crate) signature: Option<HexBinary>,
}

/// Reads the job from the market and sends what there is of `kind`.
pub(crate) fn send(
    deps: DepsMut<'_>,
    env: &Env,
    kind: Kind,
    job_id: u64,
    route: Route,
) -> Result<Response, ContractError> {
    let market = CONFIG.load(deps.storage)?.jobs.ok_or(ContractError::NoMarket)?;
    let timeout = channel::timeout(env, route.timeout_seconds)?;
    expect_open(deps.storage, &route.channel_id)?;
    let job: JobResponse = deps
        .querier
        .query_wasm_smart(&market, &jobs::QueryMsg::Job { job_id })
        .map_err(ContractError::Std)?;
    expect_phase(&job, kind)?;
    let source = Source { chain_id: env.block.chain_id.clone(), jobs: market.into() };
    let round = job.round;
    let packet = packet(deps.api, source, job, kind, route.signature)?;
    expect_due(deps.storage, env, kind, job_id, round, &route.channel_id)?;
    let seconds = timeout.seconds();
    let sending = Sending { round, timeout: seconds, status: Status::Pending {} };
    SENDINGS.save(deps.storage, (&route.channel_id, job_id, kind.key()), &sending)?;
    let event = Event::new(events::SENT)
        .add_attribute("kind", kind.name())
        .add_attribute("channel_id", &route.channel_id)
        .add_attribute("job_id", job_id.to_string())
        .add_attribute("round", round.to_string())
        .add_attribute("timeout", seconds.to_string());
    let message = IbcMsg::SendPacket {
        channel_id: route.channel_id,
        data: to_json_binary(&packet)?,
        timeout: IbcTimeout::with_timestamp(timeout),
    };
    Ok(Response::new().add_event(event).add_message(message))
}

/// Notes the other end's answer. Never an error: the packet would stay unanswered for ever.
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

/// Notes that nobody brought the packet in time.
pub(crate) fn timed_out(storage: &mut dyn Storage, packet: &IbcPacket) -> StdResult<IbcBasicResponse> {
    conclude(storage, packet, Status::TimedOut {})
}

fn refused(error: &str) -> Status {
    let error = if error.is_empty() { "no reason given" } else { error };
    Status::Refused { error: error.chars().take(MAX_ERROR_CHARS).collect() }
}

/// The packet is this contract's own, so it names its job. What the other end has taken it has: an older packet of the
/// same job and round that ends otherwise changes nothing.
fn conclude(storage: &mut dyn Storage, packet: &IbcPacket, status: Status) -> StdResult<IbcBasicResponse> {
    let (kind, set) = match from_json(&packet.data) {
        Ok(Packet::Workers(set)) => (Kind::Workers, set),
        Ok(Packet::Statement { workers, .. }) => (Kind::Statement, workers),
        // Left by a version before this one, which wrote other packets: there is nothing to note.
        Err(_) => return Ok(IbcBasicResponse::new()),
    };
    let channel_id = &packet.src.channel_id;
    let event = |name| {
        Event::new(name)
            .add_attribute("kind", kind.name())
            .add_attribute("channel_id", channel_id)
            .add_attribute("job_id", set.job_id.to_string())
    };
    let event = match &status {
        Status::Accepted { receipt } => event(events::ACCEPTED).add_attribute("receipt", name(*receipt)),
        Status::Refused { error } => event(events::REFUSED).add_attribute("error", error),
        Status::TimedOut {} | Status::Pending {} => event(events::TIMED_OUT),
    };
    let key = (channel_id.as_str(), set.job_id, kind.key());
    if let Some(mut sending) = SENDINGS.may_load(storage, key)?
        && sending.round == set.round
        && !matches!(sending.status, Status::Accepted { .. })
    {
        sending.status = status;
        SENDINGS.save(storage, key, &sending)?;
    }
    Ok(IbcBasicResponse::new().add_event(event))
}

const fn name(receipt: Receipt) -> &'static str {
    match receipt {
        Receipt::WorkersRecorded => "workers_recorded",
        Receipt::WorkersAlreadyRecorded => "workers_already_recorded",
        Receipt::Recorded => "recorded",
        Receipt::AlreadyRecorded => "already_recorded",
    }
}

fn expect_open(storage: &dyn Storage, channel_id: &str) -> Result<(), ContractError> {
    let Channel { connection_id, port_id, .. } = channel::load_open(storage, channel_id)?;
    if PEERS.has(storage, (&connection_id, &port_id)) {
        return Ok(());
    }
    Err(ContractError::NoPeer { connection_id, port_id })
}

/// Anybody may send, but not the same again while it is under way, nor once the other end has it.
fn expect_due(
    storage: &dyn Storage,
    env: &Env,
    kind: Kind,
    job_id: u64,
    round: u8,
    channel_id: &str,
) -> Result<(), ContractError> {
    let Some(sending) = SENDINGS.may_load(storage, (channel_id, job_id, kind.key()))? else { return Ok(()) };
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

fn expect_phase(job: &JobResponse, kind: Kind) -> Result<(), ContractError> {
    let (fits, expected) = match kind {
        Kind::Workers => (
            matches!(job.phase, Phase::Assigned | Phase::Committed | Phase::Revealed | Phase::Settled),
            "a job with workers: Assigned, Committed, Revealed or Settled",
        ),
        Kind::Statement => (job.phase == Phase::Settled, "Settled"),
    };
    if fits {
        return Ok(());
    }
    Err(ContractError::WrongPhase { job_id: job.job_id, phase: job.phase, expected })
}

/// What the market has of a job. A signature that came from elsewhere is verified here: a false one would keep the true
/// one waiting until the other end has refused it.
fn packet(
    api: &dyn Api,
    source: Source,
    mut job: JobResponse,
    kind: Kind,
    given: Option<HexBinary>,
) -> Result<Packet, ContractError> {
    let job_id = job.job_id;
    let lacks = |what| ContractError::Market { job_id, what };
    let mut kept = true;
    let statement = match kind {
        Kind::Workers => None,
        Kind::Statement => {
            let outcome = job.outcome.take().ok_or(lacks("an outcome"))?;
            kept = outcome.signature.is_some();
            let agreed = job.workers.get_mut(usize::from(outcome.representative));
            let agreed = agreed.ok_or(lacks("the representative"))?;
            Some(SignedStatement {
                output: agreed.output.take().ok_or(lacks("an output"))?,
                masked: agreed.masked.take().ok_or(lacks("a result"))?,
                members: outcome.quorum,
                signers: outcome.signers.ok_or(lacks("the signers"))?,
                signature: outcome.signature.or(given).ok_or(ContractError::SettledWithOthers { job_id })?,
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
    let Some(statement) = statement else { return Ok(Packet::Workers(workers)) };
    if !kept {
        verify::whole(api, &workers, &statement)?;
    }
    Ok(Packet::Statement { workers, statement })
}
