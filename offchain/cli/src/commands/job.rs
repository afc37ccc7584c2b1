//! `bithive job`: posting, choosing, following, opening.

use std::path::PathBuf;

use anyhow::{Context, Result};
use bithive_api::jobs::{ExecuteMsg, JobResponse};
use bithive_attest::result::words_for;
use bithive_blindmatch::schema::Schema;
use bithive_inference::{Device, Label, Table, accuracy, sigmoid};
use bithive_requester::{JobSpec, Selection};
use clap::Subcommand;
use serde_json::json;

use super::follow::JobRunArgs;
use super::{policy, requester};
use crate::amount::{self, show};
use crate::demo::input;
use crate::home::Home;
use crate::output::{Output, table};

/// Jobs.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Seal a policy, put the price in escrow and post the job.
    Post(Box<PostArgs>),
    /// Post a job over the network, choose workers, and stay until its output is there.
    Run(Box<JobRunArgs>),
    /// Open and check the claims that arrived; show those that can be assigned.
    Claims {
        /// The job.
        job_id: u64,
        /// Name of the requester.
        #[arg(long)]
        from: String,
    },
    /// Choose the cheapest claims and send them the encrypted input.
    Assign {
        /// The job.
        job_id: u64,
        /// Name of the requester.
        #[arg(long)]
        from: String,
        /// Name or address of a node to pass over; can be repeated.
        #[arg(long)]
        exclude: Vec<String>,
    },
    /// All jobs.
    List,
    /// One job.
    Status {
        /// The job.
        job_id: u64,
    },
    /// Open the output of a settled job.
    Result {
        /// The job.
        job_id: u64,
        /// Name of the requester.
        #[arg(long)]
        from: String,
        /// CSV file with labels, to compare with.
        #[arg(long, value_name = "FILE")]
        labels: Option<PathBuf>,
    },
    /// Withdraw an open job; its escrow can be withdrawn.
    Cancel {
        /// The job.
        job_id: u64,
        /// Name of the requester.
        #[arg(long)]
        from: String,
    },
    /// Take the exit of a state whose deadline has passed; anyone may.
    Advance {
        /// The job.
        job_id: u64,
        /// Name of the wallet that pays the fee.
        #[arg(long, default_value = "operator")]
        from: String,
    },
}

/// Arguments of `bithive job post`.
#[derive(clap::Args)]
pub(crate) struct PostArgs {
    /// Name of the requester.
    #[arg(long)]
    from: String,
    #[command(flatten)]
    spec: SpecArgs,
}

/// What is to be done, by whom, and for how much.
#[derive(clap::Args)]
pub(crate) struct SpecArgs {
    /// Who may work on it, like: vram >= 16 and region in (eu, ch)
    #[arg(long)]
    policy: String,
    /// Most that one worker may ask, in BTT.
    #[arg(long, value_parser = amount::parse)]
    price: u128,
    /// Workers (k).
    #[arg(long, default_value_t = 3)]
    workers: u8,
    /// Workers that must agree (q); a majority.
    #[arg(long, default_value_t = 2)]
    quorum: u8,
    /// Largest difference within the quorum, in units of 1/65536.
    #[arg(long, default_value_t = 64)]
    tolerance: u32,
    /// CSV file with a header line; the held-out rows of the demonstration data by default.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Only this row, from 0; can be repeated.
    #[arg(long = "row", value_name = "N")]
    rows: Vec<usize>,
    /// ONNX classifier; the demonstration model by default.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Seconds until the job expires without workers.
    #[arg(long, default_value_t = 3_600)]
    assign_seconds: u64,
    /// Seconds for commitments.
    #[arg(long, default_value_t = 3_600)]
    commit_seconds: u64,
    /// Seconds for reveals.
    #[arg(long, default_value_t = 3_600)]
    reveal_seconds: u64,
    /// Seconds for the final statement, and for replacements.
    #[arg(long, default_value_t = 3_600)]
    finalize_seconds: u64,
    /// Address of the model's owner, who gets a share.
    #[arg(long)]
    model_owner: Option<String>,
    /// Address of the data's owner, who gets a share.
    #[arg(long)]
    data_owner: Option<String>,
}

pub(crate) async fn run(command: Command, home: &mut Home, output: Output) -> Result<()> {
    match command {
        Command::Post(args) => post(*args, home, output).await,
        Command::Run(args) => super::follow::run(*args, output).await,
        Command::Claims { job_id, from } => claims(home, job_id, &from, output).await,
        Command::Assign { job_id, from, exclude } => assign(home, job_id, &from, exclude, output).await,
        Command::List => {
            let jobs = home.local.client.all_jobs().await?;
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
        Command::Status { job_id } => {
            let job = home.local.client.job(job_id).await?;
            output.show(&job, print_job)
        }
        Command::Result { job_id, from, labels } => result(home, job_id, &from, labels, output).await,
        Command::Cancel { job_id, from } => {
            home.account(&from).await?.jobs(&ExecuteMsg::Cancel { job_id }).await?;
            let job = home.local.client.job(job_id).await?;
            output.show(&job, print_job)
        }
        Command::Advance { job_id, from } => {
            home.account(&from).await?.jobs(&ExecuteMsg::Advance { job_id }).await?;
            let job = home.local.client.job(job_id).await?;
            output.show(&job, print_job)
        }
    }
}

impl SpecArgs {
    /// Reads input, model and policy, and checks them against each other.
    pub(crate) fn load(&self, schema: &Schema) -> Result<(JobSpec, usize)> {
        let input = input::load(self.input.as_deref(), self.model.as_deref(), &self.rows, Device::Cpu)?;
        let rows = input.table.features().row_count();
        let spec = JobSpec {
            policy: policy::parse(&self.policy, schema)?,
            rows: input.table.features().encode(),
            dimensions: u16::try_from(words_for(rows)).context("the number of result words")?,
            model: input.model_bytes,
            workers: self.workers,
            quorum: self.quorum,
            tolerance: self.tolerance,
            price: self.price,
            assign_seconds: self.assign_seconds,
            commit_seconds: self.commit_seconds,
            reveal_seconds: self.reveal_seconds,
            finalize_seconds: self.finalize_seconds,
            model_owner: self.model_owner.clone(),
            data_owner: self.data_owner.clone(),
        };
        Ok((spec, rows))
    }
}

async fn post(args: PostArgs, home: &mut Home, output: Output) -> Result<()> {
    let (spec, rows) = args.spec.load(&home.local.schema)?;
    let posted = requester::open(home, &args.from).await?.post(&spec).await?;
    let escrow = spec.price * u128::from(spec.workers);
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
            "job {}: {rows} rows, vault of {} bytes, {} in escrow",
            posted.job_id,
            posted.vault.len(),
            show(escrow)
        );
    })
}

async fn claims(home: &mut Home, job_id: u64, from: &str, output: Output) -> Result<()> {
    let mut requester = requester::open(home, from).await?;
    let collected = requester.collect().await?;
    let refused: Vec<String> = collected.refused.iter().map(|claim| claim.reason.to_string()).collect();
    let claims = requester.claims(job_id).await?;
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
    home: &mut Home,
    job_id: u64,
    from: &str,
    exclude: Vec<String>,
    output: Output,
) -> Result<()> {
    let mut addresses = Vec::with_capacity(exclude.len());
    for name in exclude {
        addresses.push(super::node::address_of(home, &name)?);
    }
    let mut requester = requester::open(home, from).await?;
    for refused in requester.collect().await?.refused {
        output.note(format!("refused a claim: {}", refused.reason));
    }
    let assigned = requester.assign(job_id, &Selection { exclude: addresses.into_iter().collect() }).await?;
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
    })
}

async fn result(
    home: &mut Home,
    job_id: u64,
    from: &str,
    labels: Option<PathBuf>,
    output: Output,
) -> Result<()> {
    let values = requester::open(home, from).await?.result(job_id).await?;
    let probabilities: Vec<f32> = values.iter().map(|logit| sigmoid(*logit)).collect();
    let known = labels.map(|path| labels_of(&path)).transpose()?;
    let accuracy = known.map(|labels| accuracy(&probabilities, &labels)).transpose()?;
    let rows: Vec<_> = probabilities
        .iter()
        .enumerate()
        .map(|(row, probability)| {
            let class = if Label::from_probability(*probability) == Label::Positive { 1 } else { 0 };
            json!({ "row": row, "probability": probability, "class": class })
        })
        .collect();
    let answer = json!({ "job_id": job_id, "rows": rows, "accuracy": accuracy });
    output.show(&answer, |_| {
        let mut lines = table(&["row", "probability", "class"]);
        for (row, probability) in probabilities.iter().enumerate() {
            let class = if Label::from_probability(*probability) == Label::Positive { "1" } else { "0" };
            lines.add_row([row.to_string(), format!("{probability:.4}"), class.into()]);
        }
        println!("{lines}");
        if let Some(accuracy) = accuracy {
            println!("accuracy {:.1} %", accuracy * 100.0);
        }
    })
}

fn labels_of(path: &std::path::Path) -> Result<Vec<Label>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let table = Table::from_csv(&bytes).with_context(|| path.display().to_string())?;
    let labels = table.labels().with_context(|| format!("{} has no label column", path.display()))?;
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
            worker.address.clone(),
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
