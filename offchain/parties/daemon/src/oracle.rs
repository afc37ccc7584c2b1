//! `bithive boinc oracle run`: reads exports of BOINC projects, signs what hosts have earned, and imports what enough oracles have signed.
//!
//! Oracles agree without talking to each other: each publishes a file of what it has signed, and reads those of the others. One signs the
//! total of its own export, and any smaller one that another has signed for the same host and account, which is then true as well; so
//! oracles that read exports of different days agree on the smaller. Whoever finds enough signatures sends them.
//!
//! The time bank counts each unit of a host's total once, whoever sends it how often. What was seen of a host is on disk, so that a process
//! that was killed still notices credit that falls or jumps.

mod fetch;
mod records;
pub mod report;
pub mod signed;

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bithive_api::timebank::{BoincStatement, ExecuteMsg, OraclesResponse};
use bithive_attest::Domain;
use bithive_attest::bls::SecretKey;
use bithive_boinc::limits::{MAX_BYTES, MAX_FILE_BYTES};
use bithive_boinc::{Change, Credit, LinkedHost, Records as Exported, change, linked_hosts, links};
use bithive_chain::{SigningKey, Wallet, validate_address};
use bithive_client::{Account, Client, EconomyAccount, EconomyClient};
use bithive_contracts::Contract;
use bithive_keystore::{Keystore, Password, names, private};
use cosmwasm_std::HexBinary;

use self::fetch::Fetcher;
use self::records::Records;
use self::report::Report;
use self::signed::{Agreement, MAX_STATEMENTS, Published, Signed, sign_bytes};
use crate::config::{OracleConfig, ProjectConfig, Settings as _};
use crate::metrics::{self, OracleMonitor};
use crate::{DaemonError, Event, Events, Stop, TaskGroup, chain};

/// Name of the records in the data folder.
const RECORDS: &str = "seen.redb";
/// Most bytes of a file of an oracle.
const MAX_PUBLISHED: u64 = 64 << 20;

/// Runs the oracle until it is told to stop.
///
/// # Errors
/// [`DaemonError`].
pub async fn run(
    config: &OracleConfig,
    password: &Password,
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    // What is wrong on this machine is said at once, not when the chain answers.
    let keystore = Keystore::open(&config.keys, password)?;
    let keys = (keystore.account(names::ACCOUNT)?, keystore.bls(names::BLS)?);
    let Some(client) = chain::connect(&config.chain, &stop).await? else { return Ok(()) };
    run_on(&client, config, keys, events, stop).await
}

/// Runs the oracle on a chain that answers.
///
/// # Errors
/// [`DaemonError`].
pub async fn run_on(
    client: &Client,
    config: &OracleConfig,
    (account, bls): (SigningKey, SecretKey),
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    let (monitor, metrics) = OracleMonitor::new(events.clone());
    let monitor = Arc::new(monitor);
    let _metrics = metrics::serve(&config.metrics, metrics, monitor.clone()).await?;
    std::fs::create_dir_all(&config.data).map_err(DaemonError::machine("data"))?;
    let records = Records::open(&config.data.join(RECORDS))?;
    let fetcher = Fetcher::new(&config.data)?;
    let economy = EconomyClient::new(client.clone())?;
    let starts =
        || async { Ok::<_, DaemonError>(Wallet::connect(client.chain().clone(), account.clone()).await?) };
    let Some(wallet) = monitor.waits().start(&stop, starts).await? else { return Ok(()) };
    let account = EconomyAccount::new(economy, Account::new(client.clone(), wallet));
    let address = account.address().to_owned();
    monitor.watch(&address);
    tracing::info!(account = address, projects = config.project.len(), "the oracle works");
    events(&Event::Ready {
        role: OracleConfig::ROLE.into(),
        endpoint: None,
        account: Some(address),
        listens_on: Vec::new(),
        url: None,
    });
    let chain_id = client.deployment().chain_id.clone();
    let work = Work { account, bls, chain_id, records, fetcher, config: config.clone(), monitor };
    let every = config.every;
    let mut tasks = TaskGroup::new(stop);
    tasks.start("credit", move |stop| async move {
        let mut believed = AllBelieved::new();
        loop {
            work.round(&mut believed, &stop).await?;
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                () = stop.requested() => return Ok(()),
            }
        }
    });
    let ended = tasks.join().await;
    events(&Event::Stopped);
    ended
}

/// What an oracle does.
struct Work {
    account: EconomyAccount,
    bls: SecretKey,
    chain_id: String,
    records: Records,
    fetcher: Fetcher,
    config: OracleConfig,
    monitor: Arc<OracleMonitor>,
}

/// A host, by its project and number.
type HostId = (String, u64);

/// What is believed of all hosts, from the last export of each project that could be read.
type AllBelieved = BTreeMap<HostId, Believed>;

/// What this oracle signs of a host: the account, its total, and what was imported before.
struct Believed {
    account: String,
    total: u64,
    counted: u64,
}

impl Work {
    fn timebank(&self) -> &str {
        self.account.client().at(Contract::Timebank)
    }

    fn domain(&self) -> Domain<'_> {
        Domain { chain_id: &self.chain_id, contract: self.timebank() }
    }

    /// Does what is due. What others do not answer, or the chain refuses, is tried again in the next round.
    async fn round(&self, believed: &mut AllBelieved, stop: &Stop) -> Result<(), DaemonError> {
        let oracles = match self.account.client().oracles().await {
            Ok(oracles) => oracles,
            Err(error) => {
                self.monitor.waits().on("oracles", &error);
                return Ok(());
            }
        };
        let own = HexBinary::from(&self.bls.public_key());
        if !oracles.oracles.iter().any(|oracle| oracle.bls_key == own) {
            let reason = "its key is none of the time bank's oracles; `bithive boinc oracle keys` shows what its owner names it with";
            self.monitor.waits().on("oracles", &reason);
            return Ok(());
        }
        self.monitor.waits().over("oracles");
        let mut problems = Vec::new();
        for project in &self.config.project {
            let others = believed.keys().filter(|(name, _)| name != project.url.as_str()).count();
            match self.read(project, MAX_STATEMENTS.saturating_sub(others), stop).await {
                Ok(Some(of_project)) => {
                    believed.retain(|(name, _), _| name != project.url.as_str());
                    believed.extend(of_project);
                }
                Ok(None) => return Ok(()),
                Err(error) if is_of_this_machine(&error) => return Err(error),
                // What was signed of an earlier export is as true as before, and others may be about to import it.
                Err(error) => problems.push(error.to_string()),
            }
        }
        self.say("exports", &problems);
        match self.agree(&oracles, believed).await {
            Ok(()) => self.say("agreement", &[]),
            Err(error) if is_of_this_machine(&error) => return Err(error),
            Err(error) => self.say("agreement", &[error.to_string()]),
        }
        Ok(())
    }

    /// What passes by itself, or what somebody else has to see to, is said and does not end the process.
    fn say(&self, duty: &'static str, problems: &[String]) {
        match problems {
            [] => self.monitor.waits().over(duty),
            problems => self.monitor.waits().on(duty, &problems.join("; ")),
        }
    }

    /// Reads the exports of a project, and decides what is believed of each host: of so many at most. None if the stop was requested
    /// meanwhile.
    async fn read(
        &self,
        project: &ProjectConfig,
        most: usize,
        stop: &Stop,
    ) -> Result<Option<AllBelieved>, DaemonError> {
        let open = async {
            let users = self.fetcher.open(&project.users, MAX_FILE_BYTES).await?;
            Ok::<_, DaemonError>((users, self.fetcher.open(&project.hosts, MAX_FILE_BYTES).await?))
        };
        let (users, hosts) = tokio::select! {
            files = open => files?,
            () = stop.requested() => return Ok(None),
        };
        let (places, told) = ([&project.users, &project.hosts].map(ToString::to_string), stop.clone());
        let read = move || -> Result<Vec<LinkedHost>, String> {
            let ([of_users, of_hosts], told) = (places, &told);
            // What was read of a file by then is not used.
            let until_told = |records: Exported<File>| records.take_while(move |_| !told.is_requested());
            let records = |file| Exported::new(file, MAX_BYTES).map(until_told);
            let links = records(users).and_then(links).map_err(|error| format!("{of_users}: {error}"))?;
            let found = records(hosts).and_then(|hosts| linked_hosts(hosts, &links));
            found.map_err(|error| format!("{of_hosts}: {error}"))
        };
        let hosts = tokio::task::spawn_blocking(read).await;
        let hosts =
            hosts.map_err(|error| DaemonError::TaskEnded { name: "exports", why: error.to_string() })?;
        if stop.is_requested() {
            return Ok(None);
        }
        let hosts = hosts.map_err(|error| DaemonError::Machine { what: "exports", error })?;
        let name = project.url.as_str().to_owned();
        self.monitor.report(&Report::Read { project: name.clone(), hosts: hosts.len() as u64 });
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let (mut seen, mut believed) = (Vec::new(), AllBelieved::new());
        for LinkedHost { host, account, total } in hosts {
            let left_out = |reason: String| {
                self.monitor.report(&Report::LeftOut { project: name.clone(), host, reason });
            };
            if validate_address(&account).is_err() {
                left_out(format!("{account} is no address of this chain"));
                continue;
            }
            let imported = self.account.client().boinc_host(&name, host).await?;
            let counted = match &imported {
                Some(imported) if imported.account.as_str() != account => {
                    left_out(format!(
                        "it belongs to {}, and its owner names {account} now",
                        imported.account
                    ));
                    continue;
                }
                Some(imported) => imported.total,
                None => 0,
            };
            match self.judge(project, host, (total, counted), now)? {
                Ok(()) => seen.push((host, total)),
                Err(Refusal { reason, noted }) => {
                    left_out(reason);
                    if noted {
                        seen.push((host, total));
                    }
                    continue;
                }
            }
            let total = total.whole();
            if total > counted && believed.len() < most {
                believed.insert((name.clone(), host), Believed { account, total, counted });
            }
        }
        self.records.note(&name, &seen, now)?;
        Ok(Some(believed))
    }

    /// Whether the total of a host is believed, from what was seen of it before.
    fn judge(
        &self,
        project: &ProjectConfig,
        host: u64,
        (total, counted): (Credit, u64),
        now: u64,
    ) -> Result<Result<(), Refusal>, DaemonError> {
        let Some((before, at)) = self.records.last(project.url.as_str(), host)? else {
            let new = total.whole().saturating_sub(counted);
            if new <= project.first.whole() {
                return Ok(Ok(()));
            }
            // It stays unknown: the time bank counts a whole total, so signing a later one would count this, too.
            let reason = format!(
                "it is new, with {new} credit that is not imported; at most {} is believed, which `first` of the project says",
                project.first
            );
            return Ok(Err(Refusal { reason, noted: false }));
        };
        Ok(match change(before, total, now.saturating_sub(at), project.per_day) {
            Change::Same | Change::Grew(_) => Ok(()),
            Change::Fell(by) => Err(Refusal { reason: format!("its credit fell by {by}"), noted: true }),
            Change::Jumped(by) => {
                let reason = format!(
                    "it gained {by} since it was last believed; at most {} a day is",
                    project.per_day
                );
                Err(Refusal { reason, noted: false })
            }
        })
    }

    /// Signs, publishes, reads what others have signed, and imports what enough have.
    async fn agree(&self, oracles: &OraclesResponse, believed: &mut AllBelieved) -> Result<(), DaemonError> {
        let mut own: BTreeMap<(HostId, u64), Signed> = BTreeMap::new();
        let news = believed.iter().filter(|(_, Believed { total, counted, .. })| total > counted);
        for ((project, host), Believed { account, total, .. }) in news {
            let (account, project) = (account.clone(), project.clone());
            self.sign(&mut own, BoincStatement { account, project, host: *host, total: *total });
        }
        let mut agreement = Agreement::default();
        let wanted = |statement: &BoincStatement| {
            let BoincStatement { account, project, host, total } = statement;
            believed.get(&(project.clone(), *host)).is_some_and(|known| {
                known.account == *account && *total <= known.total && *total > known.counted
            })
        };
        let mut problems = Vec::new();
        for peer in &self.config.peers {
            let read = self.fetcher.read(peer, MAX_PUBLISHED).await;
            let parsed = read.map_err(|error| error.to_string()).and_then(|bytes| {
                serde_json::from_slice::<Published>(&bytes).map_err(|error| format!("{peer}: {error}"))
            });
            match parsed {
                Ok(published) => {
                    for statement in agreement.add(&published, oracles, self.domain(), wanted) {
                        self.sign(&mut own, statement);
                    }
                }
                Err(problem) => problems.push(problem),
            }
        }
        let published = Published {
            chain_id: self.chain_id.clone(),
            timebank: self.timebank().to_owned(),
            bls_key: HexBinary::from(&self.bls.public_key()),
            statements: own.into_values().collect(),
        };
        let text = serde_json::to_vec(&published)
            .map_err(|error| DaemonError::Machine { what: "publishing", error: error.to_string() })?;
        private::replace(&self.config.publish, &text)?;
        agreement.add(&published, oracles, self.domain(), |_| true);
        for agreed in agreement.agreed(oracles.threshold) {
            let BoincStatement { account, project, host, total } = agreed.statement.clone();
            let (signers, signature) = (agreed.signers, agreed.signature);
            let import = ExecuteMsg::Import { statement: agreed.statement, signers, signature };
            match self.account.timebank(&import).await {
                Ok(_) => {
                    if let Some(known) = believed.get_mut(&(project.clone(), host)) {
                        known.counted = known.counted.max(total);
                    }
                    self.monitor.report(&Report::Imported { account, project, host, total });
                }
                // Another oracle was faster, or the bound of the day is reached: one host must not keep the others waiting.
                Err(error) => problems.push(format!("host {host} of {project}: {error}")),
            }
        }
        self.say("others", &problems);
        Ok(())
    }

    fn sign(&self, own: &mut BTreeMap<(HostId, u64), Signed>, statement: BoincStatement) {
        let BoincStatement { project, host, total, .. } = &statement;
        let key = ((project.clone(), *host), *total);
        if own.contains_key(&key) {
            return;
        }
        let (project, host, total) = (project.clone(), *host, *total);
        let signature = HexBinary::from(&self.bls.sign(&sign_bytes(&statement, self.domain())));
        self.monitor.report(&Report::Signed { project, host, total });
        own.insert(key, Signed { statement, signature });
    }
}

/// Why a total is not signed.
struct Refusal {
    reason: String,
    /// Whether it is what the next one is compared with.
    noted: bool,
}

/// What no other party can mend: this oracle's own files.
fn is_of_this_machine(error: &DaemonError) -> bool {
    matches!(
        error,
        DaemonError::Keystore(_)
            | DaemonError::Machine { what: "records of credit" | "publishing", .. }
            | DaemonError::TaskEnded { .. }
    )
}
