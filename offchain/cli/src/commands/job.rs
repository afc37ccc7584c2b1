//! `bithive job`: posting, choosing, following, opening.

use std::path::PathBuf;

use anyhow::{Context, Result};
use bithive_api::jobs::{ExecuteMsg, JobResponse};
use bithive_inference::{Label, Table, accuracy, sigmoid};
use bithive_requester::Selection;
use clap::Subcommand;
use serde_json::json;

use super::follow::JobRunArgs;
use super::nodes::address_of;
use super::requester;
use super::spec::SpecArgs;
use crate::amount::show;
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
        addresses.push(address_of(home, &name)?);
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
