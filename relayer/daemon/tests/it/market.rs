//! A market with the jobs that a test puts there: phases and deadlines as the real one has them, one signer for every
//! statement. It counts what was done to each job, and refuses what the real one refuses.

use bithive_api::attestations::{self, Sending, SendingsResponse, Status};
use bithive_api::jobs::{Event, ExecuteMsg, JobResponse, OutcomeResponse, Phase, QueryMsg, Round, Terms};
use bithive_attest::bls;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Order, Response, StdError, StdResult, Uint128,
    to_json_binary,
};
use cw_multi_test::{Contract, ContractWrapper};
use cw_storage_plus::{Bound, Map};
use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Toy {
    pub(crate) phase: Phase,
    pub(crate) round: u8,
    pub(crate) deadline: u64,
    /// Refuses everything, and stays as it is.
    pub(crate) poison: bool,
    /// How often something was done to it.
    pub(crate) done: u32,
}

/// What only tests send.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    Put {
        job_id: u64,
        phase: Phase,
        deadline: u64,
        poison: bool,
    },
    Cure {
        job_id: u64,
    },
    /// What becomes of a packet.
    Packet {
        job_id: u64,
        channel_id: String,
        error: Option<String>,
    },
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Msg {
    Market(ExecuteMsg),
    Attestations(attestations::ExecuteMsg),
    Stage(Stage),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Query {
    Market(QueryMsg),
    Attestations(attestations::QueryMsg),
    Done { done: u64 },
    Sends { sends: u64 },
}

const JOBS: Map<u64, Toy> = Map::new("jobs");
const SENT: Map<(u64, &str), Sending> = Map::new("sent");
const SENDS: Map<(u64, &str), u32> = Map::new("sends");

pub(crate) fn contract() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(execute, instantiate, query))
}

/// The key of every quorum.
pub(crate) fn signer() -> bls::SecretKey {
    bls::SecretKey::from_bytes(&[7; 32]).unwrap()
}

pub(crate) fn statement(job: u64) -> Vec<u8> {
    [b"statement".as_slice(), &job.to_be_bytes()].concat()
}

fn instantiate(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn refuse<T>(words: &str) -> StdResult<T> {
    Err(StdError::generic_err(words))
}

fn execute(mut deps: DepsMut<'_>, env: Env, _: MessageInfo, msg: Msg) -> StdResult<Response> {
    let now = env.block.time.seconds();
    match msg {
        Msg::Stage(stage) => play(deps, stage),
        Msg::Market(ExecuteMsg::Advance { job_id }) => {
            let toy = JOBS.load(deps.storage, job_id)?;
            if toy.deadline >= now {
                return refuse("nothing is due");
            }
            let next = match toy.phase {
                Phase::Open | Phase::Disputed => Phase::Refunded,
                Phase::Assigned | Phase::Revealed => Phase::Disputed,
                Phase::Committed => Phase::Revealed,
                Phase::Settled | Phase::Refunded => return refuse("the job is final"),
            };
            enter(&mut deps, job_id, next, now + 30)
        }
        Msg::Market(ExecuteMsg::Finalize { job_id, signature, .. }) => {
            bls::verify(&signer().public_key(), &statement(job_id), &signature)
                .map_err(|error| StdError::generic_err(error.to_string()))?;
            settle(&mut deps, job_id)
        }
        Msg::Market(ExecuteMsg::FinalizeMany { statements, signature }) => {
            let key = signer().public_key();
            let signed: Vec<_> = statements.iter().map(|one| (key, statement(one.job_id))).collect();
            bls::verify_consents(&signed, &signature)
                .map_err(|error| StdError::generic_err(error.to_string()))?;
            let mut response = Response::new();
            for one in statements {
                response = response.add_events(settle(&mut deps, one.job_id)?.events);
            }
            Ok(response)
        }
        Msg::Attestations(attestations::ExecuteMsg::Send { job_id, channel_id, .. }) => {
            let key = (job_id, channel_id.as_str());
            if let Some(Sending { status: Status::Pending {} | Status::Accepted { .. }, .. }) =
                SENT.may_load(deps.storage, key)?
            {
                return refuse("it is under way");
            }
            let sending = Sending { round: 1, timeout: now + 3_600, status: Status::Pending {} };
            SENT.save(deps.storage, key, &sending)?;
            let sends = SENDS.may_load(deps.storage, key)?.unwrap_or_default();
            SENDS.save(deps.storage, key, &(sends + 1))?;
            Ok(Response::new())
        }
        Msg::Market(_) | Msg::Attestations(_) => refuse("not played here"),
    }
}

fn play(mut deps: DepsMut<'_>, stage: Stage) -> StdResult<Response> {
    match stage {
        Stage::Put { job_id, phase, deadline, poison } => {
            let round = u8::from(phase != Phase::Open);
            JOBS.save(deps.storage, job_id, &Toy { phase, round, deadline, poison, done: 0 })?;
            Ok(Response::new().add_event(event(job_id, round, phase)))
        }
        Stage::Cure { job_id } => {
            JOBS.update(deps.storage, job_id, |toy| {
                toy.map(|toy| Toy { poison: false, ..toy }).ok_or_else(|| StdError::generic_err("no job"))
            })?;
            Ok(Response::new())
        }
        Stage::Packet { job_id, channel_id, error } => lose(&mut deps, job_id, &channel_id, error),
    }
}

fn lose(deps: &mut DepsMut<'_>, job: u64, channel: &str, error: Option<String>) -> StdResult<Response> {
    let mut sending = SENT.load(deps.storage, (job, channel))?;
    let (kind, channel_id, job_id) = (attestations::PacketKind::Statement, channel.to_owned(), job);
    let (event, status) = match error {
        Some(error) => {
            let event = attestations::Event::Refused { kind, channel_id, job_id, error: error.clone() };
            (event, Status::Refused { error })
        }
        None => (attestations::Event::TimedOut { kind, channel_id, job_id }, Status::TimedOut {}),
    };
    sending.status = status;
    SENT.save(deps.storage, (job, channel), &sending)?;
    Ok(Response::new().add_event(event))
}

fn settle(deps: &mut DepsMut<'_>, job_id: u64) -> StdResult<Response> {
    if JOBS.load(deps.storage, job_id)?.phase != Phase::Revealed {
        return refuse("the job is not Revealed");
    }
    enter(deps, job_id, Phase::Settled, 0)
}

fn enter(deps: &mut DepsMut<'_>, job_id: u64, phase: Phase, deadline: u64) -> StdResult<Response> {
    let mut toy = JOBS.load(deps.storage, job_id)?;
    if toy.poison {
        return refuse("the job is poison");
    }
    (toy.phase, toy.deadline, toy.done) = (phase, deadline, toy.done + 1);
    JOBS.save(deps.storage, job_id, &toy)?;
    Ok(Response::new().add_event(event(job_id, toy.round, phase)))
}

fn event(job_id: u64, round: u8, phase: Phase) -> Event {
    let (round, nobody, none) = (Round(round), Addr::unchecked("nobody"), Uint128::zero());
    match phase {
        Phase::Open => Event::Posted { job_id, round, requester: nobody, workers: 0, price: none },
        Phase::Assigned => Event::Assigned { job_id, round, workers: vec![] },
        Phase::Committed => Event::Committed { job_id, round },
        Phase::Revealed => Event::Revealed { job_id, round, quorum: 0, representative: 0 },
        Phase::Disputed => Event::Disputed { job_id, round, reason: "none".into() },
        Phase::Settled => Event::Settled { job_id, round, paid: none, refunded: none },
        Phase::Refunded => Event::Refunded { job_id, round, refunded: none, reason: "none".into() },
    }
}

fn query(deps: Deps<'_>, _: Env, msg: Query) -> StdResult<Binary> {
    match msg {
        Query::Market(QueryMsg::Job { job_id }) => {
            to_json_binary(&answer(job_id, JOBS.load(deps.storage, job_id)?))
        }
        Query::Market(QueryMsg::Jobs { start_after, .. }) => {
            let from = start_after.map(Bound::exclusive);
            let page = JOBS.range(deps.storage, from, None, Order::Ascending).take(3);
            let page: StdResult<Vec<_>> =
                page.map(|record| record.map(|(id, toy)| answer(id, toy))).collect();
            to_json_binary(&page?)
        }
        Query::Attestations(attestations::QueryMsg::Sendings { channel_id, job_id }) => {
            let statement = SENT.may_load(deps.storage, (job_id, &channel_id))?;
            to_json_binary(&SendingsResponse { workers: None, statement })
        }
        Query::Done { done } => to_json_binary(&JOBS.load(deps.storage, done)?),
        Query::Sends { sends } => {
            let sends: StdResult<Vec<u32>> = SENDS
                .prefix(sends)
                .range(deps.storage, None, None, Order::Ascending)
                .map(|record| record.map(|(_, sends)| sends))
                .collect();
            to_json_binary(&sends?.iter().sum::<u32>())
        }
        Query::Market(_) | Query::Attestations(_) => refuse("not played here"),
    }
}

fn answer(job_id: u64, toy: Toy) -> JobResponse {
    let is_final = matches!(toy.phase, Phase::Settled | Phase::Refunded);
    JobResponse {
        job_id,
        requester: Addr::unchecked("requester"),
        phase: toy.phase,
        round: toy.round,
        deadline: (!is_final).then_some(toy.deadline),
        escrow: 0u128.into(),
        terms: Terms {
            workers: 1,
            quorum: 1,
            tolerance: 0,
            dimensions: 1,
            price: 1u128.into(),
            assign_by: 0,
            commit_seconds: 30,
            reveal_seconds: 30,
            finalize_seconds: 30,
            model: Default::default(),
            model_owner: None,
            data_owner: None,
        },
        assignment: None,
        workers: vec![],
        outcome: None::<OutcomeResponse>,
    }
}
