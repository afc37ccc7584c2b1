//! `bithive job`: posting, choosing, following, opening.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use bithive_api::jobs::{ExecuteMsg, JobResponse};
use bithive_blindmatch::schema::Schema;
use bithive_client::Client;
use bithive_client::amount::{self, show};
use bithive_command_kit::{Output, answers, input, table};
use bithive_inference::{Answers, Device, Label, Table, accuracy, sigmoid};
use bithive_requester::Selection;
use clap::Subcommand;
use serde_json::json;

use super::acting::{AccountArgs, ReaderArgs, RequesterArgs};
use super::follow::{self, JobResumeArgs, JobRunArgs, resume_words};
use super::nodes::address_or_name;
use super::spec::SpecArgs;

/// Jobs, from post to result.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// Seal a policy, put the price in escrow and post the job.
    Post(Box<PostArgs>),
    /// Post a job over the network, choose workers, and wait for its output.
    ///
    /// Each step is recorded before it is taken: if this ends before the job does, `job resume` goes on. What is done is said on
    /// standard error, a line for each step and each minute; the output alone is on standard output. With --json each step is a line
    /// of JSON there. Exit codes: 0 there is an output; 1 there is none: nobody took the job in time, no workers agreed, and the escrow is
    /// withdrawn, or no worker of a settled job gives its output; 2 an error.
    Run(Box<JobRunArgs>),
    /// Go on with a job that `job run` or `job post` began, or with all of them; output and exit codes are those of `job run`.
    Resume(Box<JobResumeArgs>),
    /// Open and check the claims that arrived, and show those that can be assigned.
    Claims {
        /// Number of the job.
        job_id: u64,
        #[command(flatten)]
        requester: RequesterArgs,
    },
    /// Choose the cheapest claims and send them the encrypted input.
    Assign {
        /// Number of the job.
        job_id: u64,
        #[command(flatten)]
        requester: RequesterArgs,
        /// Name or address of a node that is not to be chosen; can be repeated.
        #[arg(long)]
        exclude: Vec<String>,
        /// Most that may be added to the escrow for the workers of another round, in BTT.
        #[arg(long, value_name = "BTT", allow_negative_numbers = true, value_parser = amount::parse, default_value = "0")]
        add_escrow: u128,
    },
    /// List all jobs.
    List {
        #[command(flatten)]
        reader: ReaderArgs,
    },
    /// Show one job.
    Status {
        /// Number of the job.
        job_id: u64,
        #[command(flatten)]
        reader: ReaderArgs,
    },
    /// Open the output of a settled job, once more if need be.
    Result {
        /// Number of the job.
        job_id: u64,
        #[command(flatten)]
        requester: RequesterArgs,
        /// CSV file with labels, to compare with.
        #[arg(long, value_name = "FILE")]
        labels: Option<PathBuf>,
        #[command(flatten)]
        images: ImageArgs,
    },
    /// Withdraw an open job; its escrow can be withdrawn.
    Cancel {
        /// Number of the job.
        job_id: u64,
        #[command(flatten)]
        account: AccountArgs,
    },
    /// Move a job on whose deadline has passed; anyone may.
    Advance {
        /// Number of the job.
        job_id: u64,
        #[command(flatten)]
        account: AccountArgs,
    },
}

/// How the result of a job on images is read.
#[derive(clap::Args)]
pub struct ImageArgs {
    /// The job's ONNX model, if it reads images: it knows how many classes each image has, and their names.
    #[arg(long, value_name = "FILE", conflicts_with = "labels")]
    model: Option<PathBuf>,
    /// Write the masks of a model that makes some, as images (BHIM) with the number of the most likely class in each pixel.
    #[arg(long, value_name = "FILE", requires = "model")]
    masks: Option<PathBuf>,
}

/// Arguments of `bithive job post`.
#[derive(clap::Args)]
pub struct PostArgs {
    #[command(flatten)]
    requester: RequesterArgs,
    #[command(flatten)]
    spec: SpecArgs,
}

/// Runs a command. A requester with a configuration needs no home.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Run(args) => return follow::run(*args, output).await,
        Command::Resume(args) => return follow::resume(*args, output).await,
        Command::Post(args) => post(*args, home, output).await?,
        Command::Claims { job_id, requester } => claims(&requester, home, job_id, output).await?,
        Command::Assign { job_id, requester, exclude, add_escrow } => {
            assign(&requester, home, job_id, (exclude, add_escrow), output).await?;
        }
        Command::List { reader } => {
            let (client, _home) = reader.open(home).await?;
            list(&client, output).await?;
        }
        Command::Status { job_id, reader } => {
            let (client, _home) = reader.open(home).await?;
            show_job(&client, job_id, output).await?;
        }
        Command::Result { job_id, requester, labels, images } => {
            result(&requester, home, job_id, (labels, images), output).await?;
        }
        Command::Cancel { job_id, account } => {
            execute(&account, home, job_id, &ExecuteMsg::Cancel { job_id }, output).await?;
        }
        Command::Advance { job_id, account } => {
            execute(&account, home, job_id, &ExecuteMsg::Advance { job_id }, output).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(client: &Client, output: Output) -> Result<()> {
    let jobs = client.all_jobs().await?;
    output.show(&jobs, |jobs| {
        let mut rows = table(&["job", "phase", "round", "workers", "price", "escrow"]);
        for job in jobs {
            rows.add_row([
                job.job_id.to_string(),
                format!("{:?}", job.phase),
                job.round.to_string(),
                format!("{} of {}", job.terms.quorum, job.terms.workers),
                show(job.terms.price.u128()),
                show(job.escrow.u128()),
            ]);
        }
        println!("{rows}");
    })
}

async fn show_job(client: &Client, job_id: u64, output: Output) -> Result<()> {
    output.show(&client.job(job_id).await?, print_job)
}

/// Sends a message to the market, and shows the job after it.
async fn execute(
    account: &AccountArgs,
    home: &Path,
    job_id: u64,
    message: &ExecuteMsg,
    output: Output,
) -> Result<()> {
    let (account, _home) = account.open(home).await?;
    account.jobs(message).await?;
    show_job(account.client(), job_id, output).await
}

async fn post(args: PostArgs, home: &Path, output: Output) -> Result<()> {
    let (spec, size) = args.spec.load(&Schema::bithive())?;
    let (rows, what) = (size.count, if size.each_image.is_some() { "images" } else { "rows" });
    let escrow = spec.escrow()?;
    let mut acting = args.requester.open(home).await?;
    let posted = match args.spec.open_records(&mut acting.requester, rows).await {
        Ok(()) => acting.requester.post(&spec).await.map_err(Into::into),
        Err(error) => Err(error),
    };
    acting.close().await;
    let posted = posted?;
    let answer = json!({
        "job_id": posted.job_id,
        "rows": rows,
        "vault_bytes": posted.vault.len(),
        "escrow": escrow,
        "gas": posted.receipt.gas_used,
        "tx": posted.receipt.hash.to_string(),
    });
    output.show(&answer, |_| {
        println!(
            "job {}: {rows} {what}, vault of {} bytes, {} in escrow",
            posted.job_id,
            posted.vault.len(),
            show(escrow)
        );
        if let Some(config) = args.requester.config() {
            println!(
                "nodes fetch the model from here: {} goes on with it",
                resume_words(posted.job_id, config)
            );
        }
    })
}

async fn claims(requester: &RequesterArgs, home: &Path, job_id: u64, output: Output) -> Result<()> {
    let mut acting = requester.open(home).await?;
    let collected = acting.requester.collect().await;
    let claims = acting.requester.claims(job_id).await;
    acting.close().await;
    let (collected, claims) = (collected?, claims?);
    let refused: Vec<String> = collected.refused.iter().map(|claim| claim.reason.to_string()).collect();
    let answer = json!({ "claims": claims, "refused": refused });
    output.show(&answer, |_| {
        let mut rows = table(&["node", "slot", "asks"]);
        for claim in &claims {
            rows.add_row([claim.address.clone(), claim.slot.to_string(), show(claim.ask)]);
        }
        println!("{rows}");
        for reason in &refused {
            println!("refused: {reason}");
        }
    })
}

async fn assign(
    requester: &RequesterArgs,
    home: &Path,
    job_id: u64,
    (exclude, most_added): (Vec<String>, u128),
    output: Output,
) -> Result<()> {
    let mut acting = requester.open(home).await?;
    let mut addresses = Vec::with_capacity(exclude.len());
    for name in exclude {
        addresses.push(address_or_name(acting.home.as_ref(), &name).context("--exclude")?);
    }
    let selection = Selection { exclude: addresses.into_iter().collect(), most_added };
    let assigned = match acting.requester.collect().await {
        Ok(collected) => {
            for refused in collected.refused {
                output.note(format!("refused a claim: {}", refused.reason));
            }
            acting.requester.assign(job_id, &selection).await
        }
        Err(error) => Err(error),
    };
    acting.close().await;
    let assigned = assigned?;
    let answer = json!({
        "job_id": job_id,
        "round": assigned.round,
        "workers": assigned.workers,
        "header_bytes": assigned.header_bytes,
        "mask_bytes": assigned.mask_bytes,
        "payload_bytes": assigned.payload_bytes,
        "gas": assigned.receipt.gas_used,
        "tx": assigned.receipt.hash.to_string(),
    });
    output.show(&answer, |_| {
        for worker in &assigned.workers {
            println!("slot {}: {} for {}", worker.slot, worker.address, show(worker.ask));
        }
        println!("header {} bytes, encrypted input {} bytes", assigned.header_bytes, assigned.payload_bytes);
        if let Some(config) = requester.config() {
            println!("workers fetch the input from here: {} goes on with it", resume_words(job_id, config));
        }
    })
}

async fn result(
    requester: &RequesterArgs,
    home: &Path,
    job_id: u64,
    (labels, images): (Option<PathBuf>, ImageArgs),
    output: Output,
) -> Result<()> {
    let known = labels.map(|path| labels_of(&path)).transpose()?;
    let model = images.model.as_deref().map(|path| input::load_model(Some(path), Device::Cpu)).transpose()?;
    let acting = requester.open(home).await?;
    let ran = match &model {
        Some(_) => Some(acting.requester.model(job_id).await),
        None => None,
    };
    let opened = acting.requester.open(job_id).await;
    if opened.is_ok() {
        acting.requester.ended(job_id).await?;
    }
    acting.close().await;
    let opened = opened?;
    if let (Some(ran), Some((_, model))) = (ran.transpose()?, &model) {
        let own = model.digest();
        ensure!(
            ran == own,
            "--model: job {job_id} ran the model {}, this file is {}; name the file that the job was posted with",
            hex::encode(&ran),
            hex::encode(own)
        );
    }
    let said = match &model {
        // Of a pixel's size the result says nothing.
        Some((_, model)) => model.answers(&opened.values, None)?,
        None => Answers::of_rows(&opened.values),
    };
    if let Some(path) = &images.masks {
        answers::write_masks(&said, path)?;
    }
    let probabilities: Vec<f32> = opened.values.iter().map(|logit| sigmoid(*logit)).collect();
    let accuracy = known.map(|labels| accuracy(&probabilities, &labels)).transpose()?;
    let answer = json!({
        "job_id": job_id, "rows": said.answers, "accuracy": accuracy, "worker": opened.worker, "skipped": opened.skipped,
    });
    output.show(&answer, |_| {
        for bad in &opened.skipped {
            eprintln!("no output of {bad}");
        }
        answers::print(&said);
        if let Some(accuracy) = accuracy {
            println!("accuracy {:.1} %", accuracy * 100.0);
        }
    })
}

fn labels_of(path: &std::path::Path) -> Result<Vec<Label>> {
    let option = || format!("--labels {}", path.display());
    let bytes = std::fs::read(path).with_context(option)?;
    let table = Table::from_csv(&bytes).with_context(option)?;
    let labels = table.labels().with_context(|| {
        format!("{} has no label column; expected one called diagnosis (M, B) or label (1, 0)", option())
    })?;
    Ok(labels.to_vec())
}

fn print_job(job: &JobResponse) {
    let deadline = job.deadline.map_or(String::new(), |deadline| format!(", deadline {deadline}"));
    println!("job {} is {:?}, round {}{deadline}", job.job_id, job.phase, job.round);
    println!(
        "{} of {} workers must agree within {}; price {}, in escrow {}",
        job.terms.quorum,
        job.terms.workers,
        job.terms.tolerance,
        show(job.terms.price.u128()),
        show(job.escrow.u128())
    );
    let mut rows = table(&["slot", "worker", "ask", "committed", "revealed", "in quorum"]);
    let yes = |value: bool| if value { "yes" } else { "" };
    for worker in &job.workers {
        rows.add_row([
            worker.slot.to_string(),
            worker.address.to_string(),
            show(worker.ask.u128()),
            yes(worker.commitment.is_some()).into(),
            yes(worker.masked.is_some()).into(),
            worker.in_quorum.map_or("", |is| if is { "yes" } else { "no" }).into(),
        ]);
    }
    if !job.workers.is_empty() {
        println!("{rows}");
    }
}
