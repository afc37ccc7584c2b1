//! `bithive committee run`: a committee member as a process.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bithive_api::registry::{CandidateResponse, CommitteeMember};
use bithive_blindmatch::committee::CommitteeError;
use bithive_client::{Account, Client};
use bithive_committee::{Attendance, Member, PATIENCE, ServiceError, TERM_EPOCHS};
use bithive_exchange::{EndpointKey, Exchange as _};
use bithive_keystore::{Password, fresh_rng};
use bithive_monitor::MonitorServer;
use bithive_release::MemberKey;

use crate::config::CommitteeConfig;
use crate::keys::{AccountFile, release_key};
use crate::metrics::{self, CommitteeMonitor};
use crate::party::Party;
use crate::{DaemonError, Event, Events, Stop, TaskGroup, chain};

/// How often the member looks whether an epoch needs it.
const ROUND: Duration = Duration::from_secs(10);
/// The same, while something is waited for.
const AGAIN: Duration = Duration::from_secs(2);
/// Epochs before the end of a term from which on the log says that the next committee has to be named.
const WARNING: u64 = 8;

/// What the member does for the chain, by the names of what it waits for.
const LOOK: &str = "the committee's epoch";
const KEYS: [&str; 2] = ["share keys of this epoch", "share keys of the next epoch"];
const ATTENDANCE: &str = "seats and absent members";
const SEAT: &str = "a seat in a committee";

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
    let keys = AccountFile::read(&config.keys, password)?.keys();
    let releases: Result<Vec<_>, _> = config.release.iter().map(|file| release_key(file, password)).collect();
    let releases = releases?;
    let monitor = Monitored::start(config, &events).await?;
    let waits = monitor.member.waits();
    let connecting =
        waits.while_it_takes(LOOK, "chain.rpc does not answer", chain::connect(&config.chain, &stop));
    let Some(client) = connecting.await? else { return Ok(()) };
    work(&client, config, (keys, releases), monitor, events, stop).await
}

/// Runs the member on a chain that answers, without keys for releases.
///
/// # Errors
/// [`DaemonError`].
pub async fn run_on(
    client: &Client,
    config: &CommitteeConfig,
    keys: (bithive_chain::SigningKey, EndpointKey),
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    let monitor = Monitored::start(config, &events).await?;
    work(client, config, (keys, vec![]), monitor, events, stop).await
}

/// The member's metrics and status, from before the chain answers.
struct Monitored {
    member: Arc<CommitteeMonitor>,
    _server: Option<MonitorServer>,
}

impl Monitored {
    async fn start(config: &CommitteeConfig, events: &Events) -> Result<Self, DaemonError> {
        let (member, metrics) = CommitteeMonitor::new(events.clone());
        let member = Arc::new(member);
        let server = metrics::serve(&config.metrics, metrics, member.clone()).await?;
        Ok(Self { member, _server: server })
    }
}

async fn work(
    client: &Client,
    config: &CommitteeConfig,
    ((account, endpoint), releases): ((bithive_chain::SigningKey, EndpointKey), Vec<MemberKey>),
    monitor: Monitored,
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    let starts = || async {
        listed(client, account.address(), &endpoint, &config.keys).await?;
        Party::start(client, &config.network, &config.data, (account.clone(), &endpoint)).await
    };
    let monitor = &monitor.member;
    let Some(party) = monitor.waits().start(&stop, starts).await? else { return Ok(()) };
    let schema = party.schema.clone();
    let (exchange, rng) = (party.exchange(), fresh_rng()?);
    let member = Member::new(schema, party.account.clone(), exchange, party.state.clone(), rng, PATIENCE);
    for key in releases {
        member.release_with(key)?;
    }
    member.serve();
    monitor.watch(&party, &member);
    tracing::info!(account = party.account.address(), endpoint = %party.transport.id(), "the member answers");
    events(&party.ready("committee"));
    let mut tasks = TaskGroup::new(stop);
    let mut duties = Duties {
        member,
        account: party.account.clone(),
        endpoint,
        keys: config.keys.clone(),
        monitor: monitor.clone(),
        events: events.clone(),
        told: BTreeSet::new(),
    };
    party.watch_records(&mut tasks);
    tasks.start("the member's work", |stop| async move { Ok(duties.serve_epochs(&stop).await?) });
    let ended = tasks.join().await;
    party.transport.close().await;
    events(&Event::Stopped);
    ended
}

/// What the epochs ask of a member.
struct Duties {
    member: Arc<Member>,
    account: Account,
    endpoint: EndpointKey,
    /// Path of the keystore.
    keys: PathBuf,
    monitor: Arc<CommitteeMonitor>,
    events: Events,
    /// The epochs, from the current one on, whose share keys it has told of.
    told: BTreeSet<u64>,
}

impl Duties {
    /// Does what the epochs ask of the member, until the stop. What others or the chain keep it from waits, and nothing else with it.
    ///
    /// # Errors
    /// What waiting does not help; see [`ServiceError::passes`].
    async fn serve_epochs(&mut self, stop: &Stop) -> Result<(), ServiceError> {
        loop {
            let wait = if self.round().await? { ROUND } else { AGAIN };
            tokio::select! {
                () = stop.requested() => return Ok(()),
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// What is due now; whether all of it is done.
    async fn round(&mut self) -> Result<bool, ServiceError> {
        let committee = self.account.client().committee().await;
        let Some(committee) = self.done(LOOK, committee.map_err(Into::into))? else { return Ok(false) };
        let epoch = committee.epoch;
        let end = committee.from_epoch.saturating_add(TERM_EPOCHS.into());
        self.monitor.in_epoch(epoch, end);
        if !committee.members.is_empty() && epoch.saturating_add(WARNING) >= end {
            tracing::warn!(
                epoch,
                end,
                "the committee's term ends; the registry's owner has to name the next one"
            );
        }
        self.told.retain(|told| *told >= epoch);
        let (mut all, mut sits) = (true, false);
        // Also the next epoch's: who asks at its first block finds the share keys. One committee may be unable to agree and the other
        // be there to replace it.
        for (duty, due) in KEYS.into_iter().zip([epoch, epoch.saturating_add(1)]) {
            let posted = self.post_share_keys(due).await;
            let posted = self.done(duty, posted)?;
            all &= posted.is_some();
            sits |= posted != Some(false);
            if posted == Some(true) {
                self.monitor.posted(due);
                if self.told.insert(due) {
                    tracing::info!(epoch = due, "share keys are posted");
                    (self.events)(&Event::ShareKeys { epoch: due });
                }
            }
        }
        // Also where there are no keys yet: whoever keeps them back is not to cost this member its bond.
        let attended = self.member.attend().await;
        match self.done(ATTENDANCE, attended)? {
            Some(done) => self.tell(&done),
            None => all = false,
        }
        self.stands(sits).await;
        Ok(all)
    }

    /// Share keys of an epoch are posted; false if others serve in it, or nobody does yet.
    async fn post_share_keys(&self, epoch: u64) -> Result<bool, ServiceError> {
        // What was posted for the next epoch is void once that gets another committee, so the chain is asked.
        let posts = self.account.client().share_keys(epoch).await?;
        if posts.iter().any(|post| post.address.as_str() == self.account.address()) {
            return Ok(true);
        }
        match self.member.post_share_keys(epoch).await {
            Ok(_) => Ok(true),
            Err(
                ServiceError::NotAMember { .. }
                | ServiceError::NoCommittee { .. }
                | ServiceError::Committee(CommitteeError::EpochOutOfTerm { .. }),
            ) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Who neither sits in a committee nor stands for one has nothing to do until it is named or stands again, and says so.
    async fn stands(&self, sits: bool) {
        let listed = if sits {
            Ok(())
        } else {
            listed(self.account.client(), self.account.address(), &self.endpoint, &self.keys).await
        };
        match listed {
            Ok(()) => self.monitor.waits().over(SEAT),
            Err(DaemonError::Chain(error)) => tracing::debug!(%error, "whether it is listed is not known"),
            Err(error) => self.monitor.waits().on(SEAT, &error),
        }
    }

    /// What was done; none if it has to wait.
    fn done<T>(
        &self,
        duty: &'static str,
        result: Result<T, ServiceError>,
    ) -> Result<Option<T>, ServiceError> {
        match result {
            Ok(done) => {
                self.monitor.waits().over(duty);
                Ok(Some(done))
            }
            Err(error) if error.passes() => {
                self.monitor.failed();
                self.monitor.waits().on(duty, &error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Tells what the member did about seats and members that are absent.
    fn tell(&self, done: &Attendance) {
        let Attendance { seat, endorsed, reported, elected } = done;
        if let Some(epoch) = seat {
            tracing::info!(epoch, "the member took the seat that it was elected to");
            (self.events)(&Event::SeatTaken { epoch: *epoch });
        }
        if let Some(epoch) = endorsed {
            tracing::warn!(
                epoch,
                "no keys of its own; the member posted the digest that the others had posted"
            );
            self.monitor.posted(*epoch);
        }
        for account in reported {
            tracing::warn!(account, "an absent member was reported");
            self.monitor.reported();
            (self.events)(&Event::Absent { account: account.clone() });
        }
        if let Some(epoch) = elected {
            tracing::info!(epoch, "the next committee is elected");
        }
    }
}

/// The account is in a committee with this endpoint, the one in force, the last or the coming one, or stands for it.
async fn listed(
    client: &Client,
    account: &str,
    endpoint: &EndpointKey,
    keys: &Path,
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
    Err(DaemonError::OtherKey { file: keys.display().to_string(), what: "endpoint" })
}
