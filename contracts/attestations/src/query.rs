//! One function for each query.

use bithive_api::attestations::{
    AttestationResponse, ConfigResponse, PacketKind, Peer, PeerKey, SendingsResponse, Source, WorkerSet,
    limits,
};
use bithive_api::ibc::ChannelResponse;
use bithive_contract_kit::{channel, page};
use cosmwasm_std::{Deps, Order, StdResult};
use cw_ownable::get_ownership;
use cw_storage_plus::Bound;

use crate::state::{ATTESTATIONS, CONFIG, PEERS, SENDINGS, WORKERS, job_key, kind_key};

pub(crate) fn config(deps: Deps<'_>) -> StdResult<ConfigResponse> {
    let ownership = get_ownership(deps.storage)?;
    let jobs = CONFIG.load(deps.storage)?.jobs;
    Ok(ConfigResponse { owner: ownership.owner, pending_owner: ownership.pending_owner, jobs })
}

pub(crate) fn peers(
    deps: Deps<'_>,
    start_after: Option<PeerKey>,
    limit: Option<u32>,
) -> StdResult<Vec<Peer>> {
    let start = start_after.as_ref().map(|key| (key.connection_id.as_str(), key.port_id.as_str()));
    let rows = PEERS.range(deps.storage, start.map(Bound::exclusive), None, Order::Ascending);
    let peer = |((connection_id, port_id), source)| Peer { connection_id, port_id, source };
    rows.take(page::size(limit, limits::MAX_PAGE)).map(|row| row.map(peer)).collect()
}

pub(crate) fn channels(
    deps: Deps<'_>,
    start_after: Option<String>,
    limit: Option<u32>,
) -> StdResult<Vec<ChannelResponse>> {
    channel::list(deps.storage, start_after.as_deref(), page::size(limit, limits::MAX_PAGE))
}

pub(crate) fn sendings(deps: Deps<'_>, channel_id: &str, job_id: u64) -> StdResult<SendingsResponse> {
    let of = |kind: PacketKind| SENDINGS.may_load(deps.storage, (channel_id, job_id, kind_key(kind)));
    Ok(SendingsResponse { workers: of(PacketKind::Workers)?, statement: of(PacketKind::Statement)? })
}

pub(crate) fn workers(deps: Deps<'_>, source: &Source, job_id: u64) -> StdResult<Option<WorkerSet>> {
    Ok(WORKERS.may_load(deps.storage, job_key(source, job_id))?.map(|workers| workers.set))
}

pub(crate) fn attestation(
    deps: Deps<'_>,
    source: Source,
    job_id: u64,
) -> StdResult<Option<AttestationResponse>> {
    let attestation = ATTESTATIONS.may_load(deps.storage, job_key(&source, job_id))?;
    Ok(attestation.map(|attestation| attestation.response(source, job_id)))
}

pub(crate) fn attestations(
    deps: Deps<'_>,
    source: &Source,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> StdResult<Vec<AttestationResponse>> {
    let rows = ATTESTATIONS.prefix((&source.chain_id, &source.jobs)).range(
        deps.storage,
        start_after.map(Bound::exclusive),
        None,
        Order::Ascending,
    );
    let response = |(job_id, attestation): (u64, crate::state::Attestation)| {
        attestation.response(source.clone(), job_id)
    };
    rows.take(page::size(limit, limits::MAX_PAGE)).map(|row| row.map(response)).collect()
}
