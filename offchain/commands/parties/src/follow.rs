//! `bithive job run`: a whole job over the network, from a process that has an endpoint of its own.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bithive_api::jobs::{ExecuteMsg, JobResponse, Phase};
use bithive_blindmatch::schema::Schema;
use bithive_chain::ChainError;
use bithive_client::{Client, amount, worth_keeping};
use bithive_command_kit::Output;
use bithive_daemon::config::{RequesterConfig, Settings};
use bithive_daemon::keys::AccountFile;
use bithive_daemon::party::Party;
use bithive_daemon::{Stop, chain};
use bithive_inference::sigmoid;
use bithive_keystore::fresh_rng;
use bithive_requester::{JobProgress, JobSpec, Requester, RequesterError, Selection};
use tokio::time::Instant;

use super::daemon::{UntilArgs, start_log};
use super::keys::PasswordArgs;
use super::spec::SpecArgs;

/// How often the job is looked at.
const ROUND: Duration = Duration::from_millis(300);

/// Arguments of `bithive job run`.
#[derive(clap::Args)]
pub struct JobRunArgs {
    /// Configuration of the requester, as `bithive config init requester` writes it.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    #[command(flatten)]
    spec: SpecArgs,
    /// Account of a node to pass over; can be repeated.
    #[arg(long)]
    exclude: Vec<String>,
    /// Most that may be added to the escrow for the workers of another round, in BTT.
    #[arg(long, value_name = "BTT", value_parser = amount::parse, default_value = "0")]
    add_escrow: u128,
    /// Claims to wait for before workers are chosen; as many as there are workers by default.
    #[arg(long)]
    claims: Option<usize>,
    /// Seconds to wait for that many claims; then the claims that came are used.
    #[arg(long, default_value_t = 300)]
    claims_seconds: u64,
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    until: UntilArgs,
}

/// Posts a job, chooses workers, and stays until the output is there.
pub async fn run(args: JobRunArgs, output: Output) -> Result<()> {
    let config = RequesterConfig::load(&args.config)?;
    start_log(&config.log)?;
    let stop = args.until.stop()?;
    let (account, endpoint) = AccountFile::read(&config.keys, &args.password.read(&config.keys)?)?.keys();
    let (spec, _) = args.spec.load(&Schema::bithive())?;
    let Some(client) = chain::connect(&config.chain, &stop).await? else { bail!("stopped") };
    anyhow::ensure!(
        client.requester(account.address()).await?.is_some(),
        "account {} is not registered as a requester; register it first",
        account.address()
    );
    let crs = client.reference_string(&config.reference_string).await?.shared();
    let groups = client.groups().await?;
    let party = Party::start(&client, &config.network, &config.data, (account, &endpoint)).await?;
    let requester = Requester::new(
        party.account.clone(),
        party.exchange(),
        party.tags(),
        party.state.clone(),
        (crs, groups),
        fresh_rng()?,
    )?;
    let mut job = Job { client, requester, output, args: &args, refused: Vec::new() };
    let done = tokio::select! {
        done = job.play(&spec) => done,
        () = stopped(&stop) => Err(anyhow::anyhow!("stopped; the job stays on chain until its deadlines")),
    };
    party.transport.close().await;
    done
}

async fn stopped(stop: &Stop) {
    stop.requested().await;
}

struct Job<'a> {
    client: Client,
    requester: Requester,
    output: Output,
    args: &'a JobRunArgs,
    refused: Vec<String>,
}

impl Job<'_> {
    async fn play(&mut self, spec: &JobSpec) -> Result<()> {
        let posted = self.requester.post(spec).await?;
        let (job_id, vault) = (posted.job_id, hex::encode(&posted.vault));
        let endpoint = self.requester.endpoint().to_string();
        self.tell(&JobProgress::Posted { job_id, vault, endpoint })?;
        let mut since = Instant::now();
        loop {
            match self.step(job_id, spec, since).await {
                Ok(Next::Wait) => {}
                Ok(Next::Assigned) => since = Instant::now(),
                Ok(Next::Done) => return Ok(()),
                Err(error) if passes(&error) => tracing::warn!(error = format!("{error:#}"), "trying again"),
                Err(error) => return Err(error),
            }
            tokio::time::sleep(ROUND).await;
        }
    }

    async fn step(&mut self, job_id: u64, spec: &JobSpec, since: Instant) -> Result<Next> {
        let job = self.client.job(job_id).await?;
        match job.phase {
            Phase::Open | Phase::Disputed => self.choose(&job, spec, since).await,
            Phase::Settled => {
                let values = self.requester.result(job_id).await?;
                self.tell(&JobProgress::Settled { values })?;
                Ok(Next::Done)
            }
            Phase::Refunded => bail!("job {job_id} is refunded: it found no workers that agree in time"),
            Phase::Assigned | Phase::Committed | Phase::Revealed => {
                let now = self.client.chain().info().await?.time.seconds();
                if job.deadline.is_some_and(|deadline| now > deadline) {
                    self.requester.account().jobs(&ExecuteMsg::Advance { job_id }).await?;
                }
                Ok(Next::Wait)
            }
        }
    }

    /// Assigns the job once enough claims are there.
    async fn choose(&mut self, job: &JobResponse, spec: &JobSpec, since: Instant) -> Result<Next> {
        let collected = self.requester.collect().await?;
        self.refused.extend(collected.refused.iter().map(|claim| claim.reason.to_string()));
        let claims = self.requester.claims(job.job_id).await?;
        let exclude: BTreeSet<String> = self.args.exclude.iter().cloned().collect();
        let usable = claims.iter().filter(|claim| !exclude.contains(&claim.address)).count();
        // Those who stay from a failed round need not claim.
        let kept = worth_keeping(job, &exclude).len();
        let workers = usize::from(spec.offer.quorum.workers).saturating_sub(kept);
        let late = since.elapsed() >= Duration::from_secs(self.args.claims_seconds);
        if usable < workers || (!late && claims.len() < self.args.claims.unwrap_or(workers)) {
            return Ok(Next::Wait);
        }
        let selection = Selection { exclude, most_added: self.args.add_escrow };
        let chosen = self.requester.assign(job.job_id, &selection).await?;
        let step = JobProgress::Assigned {
            round: chosen.round,
            claims: claims.into_iter().map(|claim| claim.address).collect(),
            refused: std::mem::take(&mut self.refused),
            chosen: chosen.into(),
        };
        self.tell(&step)?;
        Ok(Next::Assigned)
    }

    fn tell(&self, step: &JobProgress) -> Result<()> {
        let mut out = std::io::stdout().lock();
        if self.output.json {
            writeln!(out, "{}", serde_json::to_string(step)?)?;
        } else {
            match step {
                JobProgress::Posted { job_id, vault, .. } => {
                    writeln!(out, "job {job_id} is posted, with a vault of {} bytes", vault.len() / 2)?;
                }
                JobProgress::Assigned { round, claims, chosen, .. } => {
                    writeln!(out, "round {round}: {} claims", claims.len())?;
                    for worker in &chosen.workers {
                        writeln!(out, "slot {}: {} for {}", worker.slot, worker.address, worker.ask)?;
                    }
                }
                JobProgress::Settled { values } => {
                    for (row, value) in values.iter().enumerate() {
                        writeln!(out, "row {row}: {:.4}", sigmoid(*value))?;
                    }
                }
            }
        }
        out.flush().context("standard output")
    }
}

enum Next {
    Wait,
    Assigned,
    Done,
}

/// Whether waiting can help: the chain or a peer does not answer, or a node that claimed can't be reached yet.
fn passes(error: &anyhow::Error) -> bool {
    match (error.downcast_ref::<RequesterError>(), error.downcast_ref::<ChainError>()) {
        (Some(RequesterError::Chain(chain)), _) | (None, Some(chain)) => {
            matches!(chain, ChainError::NodeDown { .. } | ChainError::SequenceMismatch { .. })
        }
        (Some(RequesterError::Exchange(_) | RequesterError::TooFewClaims { .. }), _) => true,
        _ => false,
    }
}
