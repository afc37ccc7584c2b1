//! `bithive job`: posting, choosing, following, opening.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bithive_api::jobs::{ExecuteMsg, JobResponse};
use bithive_client::amount::{self, show};
use bithive_command_kit::{Output, table};
use bithive_home::Home;
use bithive_inference::{Label, Table, accuracy, sigmoid};
use bithive_requester::Selection;
use clap::Subcommand;
use serde_json::json;

use super::follow::{self, JobRunArgs};
use super::nodes::address_of;
use super::requester;
use super::spec::SpecArgs;

/// Jobs, from post to result.
#[derive(Subcommand)]
pub enum Command {
    /// Seal a policy, put the price in escrow and post the job.
    Post(Box<PostArgs>),
    /// Post a job over the network, choose workers, and wait for its output.
    Run(Box<JobRunArgs>),
    /// Open and check the claims that arrived, and show those that can be assigned.
    Claims {
        /// Number of the job.
        job_id: u64,
        /// Name of the requester.
        #[arg(long)]
        from: String,
    },
    /// Choose the cheapest claims and send them the encrypted input.
    Assign {
        /// Number of the job.
        job_id: u64,
        /// Name of the requester.
        #[arg(long)]
        from: String,
        /// Name or address of a node that is not to be chosen; can be repeated.
        #[arg(long)]
        exclude: Vec<String>,
        /// Most that may be added to the escrow for the workers of another round, in BTT.
        #[arg(long, value_name = "BTT", value_parser = amount::parse, default_value = "0")]
        add_escrow: u128,
    },
    /// List all jobs.
    List,
    /// Show one job.
    Status {
        /// Number of the job.
        job_id: u64,
    },
    /// Open the output of a settled job.
    Result {
        /// Number of the job.
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
        /// Number of the job.
        job_id: u64,
        /// Name of the requester.
        #[arg(long)]
        from: String,
    },
    /// Move a job on whose deadline has passed; anyone may.
    Advance {
        /// Number of the job.
        job_id: u64,
        /// Name of the wallet that pays the fee.
        #[arg(long, default_value = "operator")]
        from: String,
    },
}

/// Arguments of `bithive job post`.
#[derive(clap::Args)]
pub struct PostArgs {
    /// Name of the requester.
    #[arg(long)]
    from: String,
    #[command(flatten)]
    spec: SpecArgs,
}

/// Runs a command. One that has an endpoint of its own needs no home.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<()> {
    match command {
        Command::Run(args) => follow::run(*args, output).await,
        Command::Post(args) => post(*args, &mut Home::open(home).await?, output).await,
        Command::Claims { job_id, from } => claims(&mut Home::open(home).await?, job_id, &from, output).await,
        Command::Assign { job_id, from, exclude, add_escrow } => {
            assign(&mut Home::open(home).await?, job_id, &from, (exclude, add_escrow), output).await
        }
        Command::List => list(&Home::open(home).await?, output).await,
        Command::Status { job_id } => show_job(&Home::open(home).await?, job_id, output).await,
        Command::Result { job_id, from, labels } => {
            result(&mut Home::open(home).await?, job_id, &from, labels, output).await
        }
        Command::Cancel { job_id, from } => {
            execute(&Home::open(home).await?, &from, job_id, &ExecuteMsg::Cancel { job_id }, output).await
        }
        Command::Advance { job_id, from } => {
            execute(&Home::open(home).await?, &from, job_id, &ExecuteMsg::Advance { job_id }, output).await
        }
    }
}

async fn list(home: &Home, output: Output) -> Result<()> {
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

async fn show_job(home: &Home, job_id: u64, output: Output) -> Result<()> {
    output.show(&home.local.client.job(job_id).await?, print_job)
}

/// Sends a message to the market from the account called `from`, and shows the job after it.
async fn execute(home: &Home, from: &str, job_id: u64, message: &ExecuteMsg, output: Output) -> Result<()> {
    home.account(from).await?.jobs(message).await?;
    show_job(home, job_id, output).await
}

async fn post(args: PostArgs, home: &mut Home, output: Output) -> Result<()> {
    let (spec, rows) = args.spec.load(&home.local.schema)?;
    let escrow = spec.escrow()?;
    let posted = requester::open(home, &args.from).await?.post(&spec).await?;
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
    (exclude, most_added): (Vec<String>, u128),
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
    let selection = Selection { exclude: addresses.into_iter().collect(), most_added };
    let assigned = requester.assign(job_id, &selection).await?;
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
