//! `bithive committee run`: a committee member as a process.

use std::sync::Arc;
use std::time::Duration;

use bithive_api::registry::{CandidateResponse, CommitteeMember};
use bithive_blindmatch::committee::CommitteeError;
use bithive_client::{Account, Client};
use bithive_committee::{Attendance, Member, PATIENCE, ServiceError, TERM_EPOCHS};
use bithive_exchange::{EndpointKey, Exchange as _};
use bithive_keystore::{Password, fresh_rng};

use crate::config::CommitteeConfig;
use crate::keys::AccountFile;
use crate::metrics::{self, CommitteeMonitor};
use crate::party::Party;
use crate::{DaemonError, Event, Events, Stop, TaskGroup, chain};

/// How often the member looks whether an epoch needs it.
const ROUND: Duration = Duration::from_secs(10);
/// The same, while something is missing.
const AGAIN: Duration = Duration::from_secs(2);
/// Epochs before the end of a term from which on the log says that the next committee has to be named.
const WARNING: u64 = 8;

/// Runs the member until it is told to stop.
///
/// # Errors
/// [`DaemonError`].
pub async fn run(
    config: &CommitteeConfig,
    password: &Password,
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    // What is wrong on this machine is said at once, not when the chain answers.
    let (account, endpoint) = AccountFile::read(&config.keys, password)?.keys();
    let Some(client) = chain::connect(&config.chain, &stop).await? else { return Ok(()) };
    run_on(&client, config, (account, endpoint), events, stop).await
}

/// Runs the member on a chain that answers.
///
/// # Errors
/// [`DaemonError`].
pub async fn run_on(
    client: &Client,
    config: &CommitteeConfig,
    (account, endpoint): (bithive_chain::SigningKey, EndpointKey),
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    listed(client, account.address(), &endpoint, config).await?;
    let (monitor, metrics) = CommitteeMonitor::new();
    let monitor = Arc::new(monitor);
    let _metrics = metrics::serve(&config.metrics, metrics, monitor.clone()).await?;
    let party = Party::start(client, &config.network, &config.data, (account, &endpoint)).await?;
    let schema = party.schema.clone();
    let (exchange, rng) = (party.exchange(), fresh_rng()?);
    let member = Member::new(schema, party.account.clone(), exchange, party.state.clone(), rng, PATIENCE);
    member.serve();
    monitor.watch(&party, &member);
    tracing::info!(account = party.account.address(), endpoint = %party.transport.id(), "the member answers");
    events(&party.ready("committee"));
    let (account, told) = (party.account.clone(), events.clone());
    let mut tasks = TaskGroup::new(stop);
    tasks.start("the member's work", |stop| async move {
        serve_epochs(&member, &account, &monitor, &told, &stop).await.map_err(Into::into)
    });
    let ended = tasks.join().await;
    party.transport.close().await;
    events(&Event::Stopped);
    ended
}

/// Does what the epochs ask of the member, until the stop.
async fn serve_epochs(
    member: &Member,
    account: &Account,
    monitor: &CommitteeMonitor,
    events: &Events,
    stop: &Stop,
) -> Result<(), ServiceError> {
    let mut told = None;
    loop {
        let who = (account.client(), account.address());
        let posted = duties(member, who, monitor, &mut told, events).await;
        // Also where there are no keys yet: whoever keeps them back is not to cost this member its bond.
        let attended = member.attend().await.map(|done| attended(&done, monitor, events));
        let wait = match posted.and(attended) {
            Ok(()) => ROUND,
            Err(error) if passes(&error) => {
                monitor.failed();
                tracing::warn!(%error, "a duty waits; trying again");
                AGAIN
            }
            Err(error) => return Err(error),
        };
        tokio::select! {
            () = stop.requested() => return Ok(()),
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Tells what the member did about seats and members that are absent.
fn attended(done: &Attendance, monitor: &CommitteeMonitor, events: &Events) {
    let Attendance { seat, endorsed, reported, elected } = done;
    if let Some(epoch) = seat {
        tracing::info!(epoch, "the member took the seat that it was elected to");
        events(&Event::SeatTaken { epoch: *epoch });
    }
    if let Some(epoch) = endorsed {
        tracing::warn!(epoch, "no keys of its own; the member posted the digest that the others had posted");
        monitor.posted(*epoch);
    }
    for account in reported {
        tracing::warn!(account, "an absent member was reported");
        monitor.reported();
        events(&Event::Absent { account: account.clone() });
    }
    if let Some(epoch) = elected {
        tracing::info!(epoch, "the next committee is elected");
    }
}

/// The account is in a committee with this endpoint, the one in force, the last or the coming one, or stands for it.
async fn listed(
    client: &Client,
    account: &str,
    endpoint: &EndpointKey,
    config: &CommitteeConfig,
) -> Result<(), DaemonError> {
    let current = client.committee().await?;
    let last = client.committee_at(current.epoch.saturating_sub(1)).await?;
    let coming = client.committee_at(u64::MAX).await?;
    let members = [current, last, coming].into_iter().flat_map(|committee| committee.members);
    let candidates = client.candidates().await?.candidates.into_iter();
    let candidates =
        candidates.map(|CandidateResponse { address, endpoint, .. }| CommitteeMember { address, endpoint });
    let Some(member) = members.chain(candidates).find(|member| member.address.as_str() == account) else {
        return Err(DaemonError::NotRegistered {
            account: account.into(),
            role: "a committee member",
            todo: "it has to stand for election, or the registry's owner has to name it",
        });
    };
    if member.endpoint.as_slice() == endpoint.id().0 {
        return Ok(());
    }
    Err(DaemonError::OtherKey { file: config.keys.display().to_string(), what: "endpoint" })
}

/// What the current and the next epoch ask of the member.
async fn duties(
    member: &Member,
    (client, account): (&Client, &str),
    monitor: &CommitteeMonitor,
    told: &mut Option<u64>,
    events: &Events,
) -> Result<(), ServiceError> {
    let committee = client.committee().await?;
    let epoch = committee.epoch;
    let end = committee.from_epoch.saturating_add(TERM_EPOCHS.into());
    monitor.in_epoch(epoch, end);
    if !committee.members.is_empty() && epoch.saturating_add(WARNING) >= end {
        tracing::warn!(
            epoch,
            end,
            "the committee's term ends; the registry's owner has to name the next one"
        );
    }
    // The next epoch's first: who asks at its first block finds the share keys.
    for due in [epoch, epoch.saturating_add(1)] {
        // What was posted for the next epoch is void once that gets another committee, so the chain is asked.
        let posts = client.share_keys(due).await?;
        if posts.iter().all(|post| post.address.as_str() != account) {
            match member.post_share_keys(due).await {
                Ok(_) => {}
                // Others serve in that epoch, or nobody does yet.
                Err(
                    ServiceError::NotAMember { .. }
                    | ServiceError::NoCommittee { .. }
                    | ServiceError::Committee(CommitteeError::EpochOutOfTerm { .. }),
                ) => continue,
                Err(error) => return Err(error),
            }
        }
        monitor.posted(due);
        if told.is_none_or(|told| told < due) {
            tracing::info!(epoch = due, "share keys are posted");
            events(&Event::ShareKeys { epoch: due });
            *told = Some(due);
        }
    }
    Ok(())
}

/// Whether waiting can help: only own records that can't be used, or a committee that contradicts itself, are final.
fn passes(error: &ServiceError) -> bool {
    !matches!(error, ServiceError::State(_) | ServiceError::Committee(_))
}
