//! `bithive job run` and `bithive job resume`: whole jobs over the network, from a process that has an endpoint of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bithive_blindmatch::schema::Schema;
use bithive_chain::validate_address;
use bithive_client::{Client, amount};
use bithive_command_kit::Output;
use bithive_committee::ServiceError;
use bithive_daemon::chain;
use bithive_daemon::config::{RequesterConfig, Settings};
use bithive_daemon::party::Party;
use bithive_requester::{Following, JobProgress, JobSpec, Posted, Requester, RequesterError};

use super::acting::{online, unlock};
use super::daemon::{UntilArgs, start_log};
use super::keys::PasswordArgs;
use super::play::{Player, passes};
use super::spec::SpecArgs;
use super::tell::Teller;

/// How long a committee that has no share keys yet is waited for.
const COMMITTEE_PATIENCE: Duration = Duration::from_secs(300);
/// Wait before a chain that does not answer is asked again.
const PAUSE: Duration = Duration::from_secs(2);

/// What the requester of a run is, and how long it waits for its end.
#[derive(clap::Args)]
pub struct ProcessArgs {
    /// Configuration of the requester, as `bithive config init requester` writes it.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Seconds to ask the workers of a settled job for its output; then the exit code is 1, and `bithive job result` asks again.
    #[arg(long, default_value_t = 600)]
    output_seconds: u64,
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    until: UntilArgs,
}

/// Arguments of `bithive job run`.
#[derive(clap::Args)]
pub struct JobRunArgs {
    #[command(flatten)]
    process: ProcessArgs,
    #[command(flatten)]
    spec: SpecArgs,
    /// Account of a node to pass over; can be repeated.
    #[arg(long)]
    exclude: Vec<String>,
    /// Most that may be added to the escrow for the workers of another round, in BTT.
    #[arg(long, value_name = "BTT", allow_negative_numbers = true, value_parser = amount::parse, default_value = "0")]
    add_escrow: u128,
    /// Claims to wait for before workers are chosen; as many as there are workers by default.
    #[arg(long)]
    claims: Option<usize>,
    /// Seconds to wait for that many claims; then the claims that came are used.
    #[arg(long, default_value_t = 300)]
    claims_seconds: u64,
}

/// Arguments of `bithive job resume`.
#[derive(clap::Args)]
pub struct JobResumeArgs {
    /// Number of the job.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    job_id: Option<u64>,
    /// Every job that was begun and has not ended.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    process: ProcessArgs,
    /// Account of a node to pass over beside those of `job run`; can be repeated.
    #[arg(long)]
    exclude: Vec<String>,
    /// Most that may be added to the escrow for the workers of another round, in BTT, in place of what `job run` was given.
    #[arg(long, value_name = "BTT", allow_negative_numbers = true, value_parser = amount::parse)]
    add_escrow: Option<u128>,
    /// Claims to wait for, in place of what `job run` was given.
    #[arg(long)]
    claims: Option<usize>,
    /// Seconds to wait for that many claims from now on, in place of what `job run` was given.
    #[arg(long)]
    claims_seconds: Option<u64>,
}

/// Posts a job, chooses workers, and stays until the job has ended.
pub async fn run(args: JobRunArgs, output: Output) -> Result<ExitCode> {
    let (spec, size) = args.spec.load(&Schema::bithive())?;
    let records = args.spec;
    let following = Following {
        exclude: accounts(&args.exclude)?,
        most_added: args.add_escrow,
        claims: args.claims,
        claims_seconds: args.claims_seconds,
    };
    let file = args.process.config.clone();
    args.process
        .play(Teller::new(output, size.each_image), async |requester, teller| {
            if let before @ 1.. = requester.begun()? {
                teller.note(&format!(
                    "{before} earlier jobs have not ended; `bithive job resume --all --config {}` goes on with them",
                    file.display()
                ));
            }
            records.open_records(requester, size.count).await?;
            let posted = post(requester, &spec, &following, teller).await.map_err(|error| {
                let error = anyhow::Error::from(error);
                if !passes(&error) {
                    return error;
                }
                let resume = format!("`bithive job resume --all --config {}`", file.display());
                error.context(format!("{resume} finds out whether the job was posted, and goes on with it"))
            })?;
            let (job_id, vault) = (posted.job_id, hex::encode(&posted.vault));
            let endpoint = requester.endpoint().to_string();
            teller.tell(&JobProgress::Posted { job_id, vault, endpoint })?;
            Ok(vec![(job_id, following)])
        })
        .await
}

/// Posts the job, once the committee has share keys: its members may have been started together with this command. Nothing was sent
/// before that.
async fn post(
    requester: &mut Requester,
    spec: &JobSpec,
    following: &Following,
    teller: Teller,
) -> Result<Posted, RequesterError> {
    let end = Instant::now() + COMMITTEE_PATIENCE;
    let mut told = false;
    loop {
        match requester.post_as(spec, following).await {
            Err(RequesterError::Committee(error @ ServiceError::NoTable { .. })) if Instant::now() < end => {
                if !told {
                    teller.note(&format!("waiting for the committee: {error}"));
                    told = true;
                }
                tokio::time::sleep(PAUSE).await;
            }
            ended => return ended,
        }
    }
}

/// Goes on with jobs that another process has begun.
pub async fn resume(args: JobResumeArgs, output: Output) -> Result<ExitCode> {
    let exclude = accounts(&args.exclude)?;
    let JobResumeArgs { job_id, process, add_escrow, claims, claims_seconds, .. } = args;
    process
        .play(Teller::new(output, None), async |requester, teller| {
            let mut jobs = match job_id {
                Some(job_id) => {
                    let following = patiently(async || requester.following(job_id).await).await?;
                    vec![(job_id, following)]
                }
                None => {
                    let unfinished = patiently(async || requester.unfinished().await).await?;
                    unfinished.into_iter().map(|job| (job.job_id, job.following)).collect()
                }
            };
            for (job_id, following) in &mut jobs {
                following.exclude.extend(exclude.iter().cloned());
                following.most_added = add_escrow.unwrap_or(following.most_added);
                following.claims = claims.or(following.claims);
                following.claims_seconds = claims_seconds.unwrap_or(following.claims_seconds);
                teller.tell(&JobProgress::Resumed { job_id: *job_id })?;
            }
            if jobs.is_empty() {
                teller.note("no job is under way");
            }
            Ok(jobs)
        })
        .await
}

impl ProcessArgs {
    /// Starts the requester, has `begin` name the jobs, and follows them until all have ended. A signal ends it before.
    async fn play(
        self,
        teller: Teller,
        begin: impl AsyncFnOnce(&mut Requester, Teller) -> Result<Vec<(u64, Following)>>,
    ) -> Result<ExitCode> {
        let config = RequesterConfig::load(&self.config)?;
        start_log(&config.log)?;
        let stop = self.until.stop()?;
        let (keys, log) = unlock(&config, &self.password)?;
        let Some(client) = chain::connect(&config.chain, &stop).await? else { bail!("stopped") };
        tokio::select! {
            () = answers(&client) => {}
            () = stop.requested() => bail!("stopped"),
        }
        let (mut requester, party): (Requester, Party) = online(&client, &config, keys, log).await?;
        let played = async {
            let jobs = begin(&mut requester, teller).await?;
            let patience = Duration::from_secs(self.output_seconds);
            Player::new(client, &mut requester, teller, patience).play(jobs).await
        };
        let done = tokio::select! {
            done = played => done,
            () = stop.requested() => Err(anyhow::anyhow!(
                "stopped; the job stays on chain until its deadlines, and `bithive job resume --all --config {}` goes on with it",
                self.config.display()
            )),
        };
        party.transport.close().await;
        Ok(if done? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Waits until the chain answers what a start asks it.
async fn answers(client: &Client) {
    while let Err(error) = client.registry_config().await {
        let error = anyhow::Error::from(error);
        if !passes(&error) {
            return;
        }
        tracing::warn!(error = format!("{error:#}"), "the chain does not answer; waiting");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Asks again while waiting can help.
async fn patiently<T, E: Into<anyhow::Error>>(ask: impl AsyncFn() -> Result<T, E>) -> Result<T> {
    loop {
        match ask().await.map_err(Into::into) {
            Err(error) if passes(&error) => {
                tracing::warn!(error = format!("{error:#}"), "trying again");
                tokio::time::sleep(PAUSE).await;
            }
            answer => return answer,
        }
    }
}

/// The accounts of `--exclude`.
fn accounts(texts: &[String]) -> Result<BTreeSet<String>> {
    let account = |text: &String| {
        let address =
            validate_address(text).with_context(|| format!("--exclude {text:?}; expected an address"))?;
        Ok(address.to_string())
    };
    texts.iter().map(account).collect()
}

/// The words that name how a job is gone on with.
pub(crate) fn resume_words(job_id: u64, config: &Path) -> String {
    format!("`bithive job resume {job_id} --config {}`", config.display())
}
