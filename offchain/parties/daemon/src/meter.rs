//! `bithive meter run`: measures how long this machine is idle and claims it, and vouches, as a member, for other machines.
//!
//! What it measures is the word of whoever runs it. Members vouch for it: this process vouches for the machines that its configuration
//! names, up to the time that it allows each, and for nothing else.
//!
//! The chain has what was claimed, vouched for and collected; before each step it is asked. A process that was killed in the middle goes
//! on, and does nothing twice. Idle time that is not claimed yet is on disk.

pub mod machine;
mod records;
pub mod report;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bithive_api::meter::{ExecuteMsg, Params, PeriodsResponse, VouchedClaim, limits};
use bithive_chain::{ChainError, SigningKey, Wallet};
use bithive_client::{Account, Client, EconomyAccount, EconomyClient};
use bithive_contracts::Contract;
use bithive_economics::idle;
use bithive_keystore::{Keystore, Password, names};

use self::machine::Machine;
use self::records::Records;
use self::report::Report;
use crate::config::{MeterConfig, Settings as _, VouchConfig};
use crate::metrics::{self, MeterMonitor};
use crate::{DaemonError, Event, Events, Stop, TaskGroup, chain};

/// Name of the records in the data folder.
const RECORDS: &str = "idle.redb";
const MILLISECONDS: u64 = 1_000;

/// Runs the meter until it is told to stop.
///
/// # Errors
/// [`DaemonError`].
pub async fn run(
    config: &MeterConfig,
    password: &Password,
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    // What is wrong on this machine is said at once, not when the chain answers.
    let account = Keystore::open(&config.keys, password)?.account(names::ACCOUNT)?;
    let Some(client) = chain::connect(&config.chain, &stop).await? else { return Ok(()) };
    run_on(&client, config, account, Machine::this(), events, stop).await
}

/// Runs the meter of a machine on a chain that answers.
///
/// # Errors
/// [`DaemonError`].
pub async fn run_on(
    client: &Client,
    config: &MeterConfig,
    account: SigningKey,
    machine: Machine,
    events: Events,
    stop: Stop,
) -> Result<(), DaemonError> {
    let (monitor, metrics) = MeterMonitor::new(events.clone());
    let monitor = Arc::new(monitor);
    let _metrics = metrics::serve(&config.metrics, metrics, monitor.clone()).await?;
    std::fs::create_dir_all(&config.data).map_err(DaemonError::machine("data"))?;
    let records = Records::open(&config.data.join(RECORDS))?;
    let economy = EconomyClient::new(client.clone())?;
    let clock = Arc::new(ChainClock::default());
    let starts = || async {
        let wallet = Wallet::connect(client.chain().clone(), account.clone()).await?;
        clock.set(client.chain().info().await?.time.seconds());
        Ok::<_, DaemonError>((wallet, economy.meter_config().await?.params))
    };
    let Some((wallet, params)) = monitor.waits().start(&stop, starts).await? else { return Ok(()) };
    let account = EconomyAccount::new(economy.clone(), Account::new(client.clone(), wallet));
    let address = account.address().to_owned();
    let credited =
        config.idle.as_ref().map(|idle| idle.account.as_ref().map_or(address.clone(), ToString::to_string));
    monitor.watch(&address, credited.as_deref());
    tracing::info!(account = address, machines = config.vouch.len(), "the meter works");
    events(&Event::Ready {
        role: MeterConfig::ROLE.into(),
        endpoint: None,
        account: Some(address),
        listens_on: Vec::new(),
        url: None,
    });
    let mut tasks = TaskGroup::new(stop);
    if let Some(idle) = &config.idle {
        let measuring = Measuring {
            records: records.clone(),
            machine,
            sample: idle.sample,
            params,
            clock: clock.clone(),
            monitor: monitor.clone(),
        };
        tasks.start("measuring", move |stop| async move { measuring.run(stop).await });
    }
    let mut work = Work {
        account,
        records,
        credited,
        params,
        vouch: config.vouch.clone(),
        left_out: BTreeSet::new(),
        clock,
        monitor,
    };
    let every = config.every;
    tasks.start("claims", move |stop| async move {
        loop {
            work.round().await?;
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

/// The chain's time between two looks at it: by this machine's clock, and how far that was from the chain's.
#[derive(Default)]
struct ChainClock(AtomicI64);

impl ChainClock {
    /// Notes the time of a block of now, in Unix seconds.
    fn set(&self, block: u64) {
        let ahead = i64::try_from(block).unwrap_or(i64::MAX).saturating_sub_unsigned(unix_now().as_secs());
        self.0.store(ahead, Ordering::Relaxed);
    }

    /// Time of the chain, since 1970.
    fn now(&self) -> Duration {
        let (now, ahead) = (unix_now(), self.0.load(Ordering::Relaxed));
        let seconds = now.as_secs().saturating_add_signed(ahead);
        Duration::new(seconds, now.subsec_nanos())
    }
}

fn unix_now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The measurement of this machine.
struct Measuring {
    records: Records,
    machine: Machine,
    sample: Duration,
    params: Params,
    clock: Arc<ChainClock>,
    monitor: Arc<MeterMonitor>,
}

impl Measuring {
    async fn run(self, stop: Stop) -> Result<(), DaemonError> {
        let length = self.params.period_seconds.saturating_mul(MILLISECONDS);
        let mut before = (self.machine.read().map_err(DaemonError::machine("idle time"))?, Instant::now());
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.sample) => {}
                () = stop.requested() => return Ok(()),
            }
            let after = match self.machine.read() {
                Ok(reading) => (reading, Instant::now()),
                Err(error) => {
                    self.monitor.waits().on("measuring", &error);
                    continue;
                }
            };
            self.monitor.waits().over("measuring");
            // The clock that does not go on while a machine sleeps.
            let elapsed = milliseconds(after.1.duration_since(before.1));
            let idle = after.0.idle_since(&before.0, elapsed);
            before = after;
            let now = self.clock.now();
            let period = idle::period(now.as_secs(), self.params.period_seconds);
            let (Some(period), Some(within)) = (period, milliseconds(now).checked_rem(length)) else {
                continue;
            };
            // Not more than has passed of the period: what was before belongs to another one.
            let idle = self.records.add(period, idle.min(within), length)?;
            self.monitor.measured(period, idle / MILLISECONDS);
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What a meter does on chain.
struct Work {
    account: EconomyAccount,
    records: Records,
    /// Who gets the credits of this machine; none if it is not measured.
    credited: Option<String>,
    params: Params,
    vouch: Vec<VouchConfig>,
    /// Machines and periods that were told of.
    left_out: BTreeSet<(String, u64)>,
    clock: Arc<ChainClock>,
    monitor: Arc<MeterMonitor>,
}

impl Work {
    /// Does what is due. What the chain refuses, or does not answer, is tried again in the next round.
    async fn round(&mut self) -> Result<(), DaemonError> {
        let periods = match self.periods().await {
            Ok(periods) => periods,
            Err(error) => {
                self.monitor.waits().on("periods", &error);
                return Ok(());
            }
        };
        self.monitor.waits().over("periods");
        let claimed = self.claim(&periods).await;
        self.note("claim", claimed)?;
        let vouched = self.vouch(&periods).await;
        self.note("vouch", vouched)?;
        let collected = self.collect().await;
        self.note("collect", collected)
    }

    async fn periods(&self) -> Result<PeriodsResponse, ChainError> {
        let client = self.account.client();
        self.clock.set(client.client().chain().info().await?.time.seconds());
        client.meter_periods().await
    }

    /// Whatever the chain says passes, or its owner has to see to it; what this machine says does not.
    fn note(&self, duty: &'static str, done: Result<(), DaemonError>) -> Result<(), DaemonError> {
        match done {
            Err(DaemonError::Chain(error)) => self.monitor.waits().on(duty, &error),
            Err(error) => return Err(error),
            Ok(()) => self.monitor.waits().over(duty),
        }
        Ok(())
    }

    async fn claim(&self, periods: &PeriodsResponse) -> Result<(), DaemonError> {
        let Some(to) = &self.credited else { return Ok(()) };
        let claimed = self.account.client().machine(self.account.address()).await?.claims;
        for period in periods.first..=periods.last {
            let seconds = (self.records.of(period)? / MILLISECONDS).min(self.params.period_seconds);
            let worth = idle::credits(seconds, self.params.credits_per_hour);
            if worth == 0 || claimed.iter().any(|claim| claim.period == period) {
                continue;
            }
            let account = to.clone();
            self.account.meter(&ExecuteMsg::Claim { period, seconds, account: account.clone() }).await?;
            self.monitor.report(&Report::Claimed { period, seconds, account });
        }
        self.records.forget_before(periods.first)
    }

    async fn vouch(&mut self, periods: &PeriodsResponse) -> Result<(), DaemonError> {
        let me = self.account.address().to_owned();
        let mut due = Vec::new();
        for VouchConfig { machine, most } in &self.vouch {
            let machine = machine.to_string();
            let most = most.as_secs();
            for claim in self.account.client().machine(&machine).await?.claims {
                let by_me = claim.vouched_by.iter().any(|member| member.as_str() == me);
                let own = machine == me || claim.account.as_str() == me;
                let open = (periods.first..=periods.last).contains(&claim.period);
                if claim.counted || by_me || own || !open {
                    continue;
                }
                let (period, seconds) = (claim.period, claim.seconds);
                if seconds > most {
                    if self.left_out.insert((machine.clone(), period)) {
                        self.monitor.report(&Report::LeftOut {
                            machine: machine.clone(),
                            period,
                            seconds,
                            most,
                        });
                    }
                    continue;
                }
                due.push(VouchedClaim { machine: machine.clone(), period, seconds });
            }
        }
        self.left_out.retain(|(_, period)| *period >= periods.first);
        let mut ended = Ok(());
        for claims in due.chunks(limits::MAX_VOUCHES) {
            if self.vouch_for(claims).await.is_ok() {
                continue;
            }
            // One that is refused must not keep the others waiting.
            for claim in claims {
                let alone = self.vouch_for(std::slice::from_ref(claim)).await;
                ended = ended.and(alone);
            }
        }
        Ok(ended?)
    }

    async fn vouch_for(&self, claims: &[VouchedClaim]) -> Result<(), ChainError> {
        self.account.meter(&ExecuteMsg::Vouch { claims: claims.to_vec() }).await?;
        for VouchedClaim { machine, period, seconds } in claims {
            let (period, seconds) = (*period, *seconds);
            self.monitor.report(&Report::Vouched { machine: machine.clone(), period, seconds });
        }
        Ok(())
    }

    /// Has the time bank give what it has room for today.
    async fn collect(&self) -> Result<(), DaemonError> {
        let Some(account) = &self.credited else { return Ok(()) };
        let client = self.account.client();
        let due = client.idle_due(account).await?;
        self.monitor.due(due);
        if due == 0 {
            return Ok(());
        }
        let Some(bound) = client.meter(client.at(Contract::Meter)).await? else {
            let reason =
                "the time bank does not take the meter; its owner names it with `bithive timebank set-meter`";
            self.monitor.waits().on("credits", &reason);
            return Ok(());
        };
        self.monitor.waits().over("credits");
        let credits = due.min(bound.per_day.saturating_sub(bound.today));
        if credits == 0 {
            return Ok(());
        }
        let message = ExecuteMsg::Collect { account: account.clone(), most: Some(credits) };
        self.account.meter(&message).await?;
        self.monitor.due(due.saturating_sub(credits));
        self.monitor.report(&Report::Collected { account: account.clone(), credits });
        Ok(())
    }
}
