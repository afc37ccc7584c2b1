//! `bithive bench`: what the parts cost on this machine.

mod chain;
mod inference;
mod transport;

use std::io::{StdinLock, StdoutLock};
use std::path::PathBuf;

use anyhow::{Result, bail};
use bithive_bench::{
    Aim, DoorBench, Figure, LoopbackOptions, Mover, PayloadOptions, crypto, door, inference_end, loopback,
    loopback_end, page, payload, payload_end, plot,
};
use bithive_command_kit::spinner;
use bithive_command_kit::{Output, table};
use clap::Subcommand;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

/// Measure what the parts cost on this machine.
#[derive(Subcommand)]
pub enum Command {
    /// Broadcast encryption and blind matching beside their peers, on one core unless a name says otherwise, each
    /// time the fastest of several repetitions.
    ///
    /// A ratio above 1 is better than the peer, for costs and for rates (1/s). "Of limit" compares a figure
    /// with the operations that can't be avoided, measured in the same run: 1 is the best that is possible; --json
    /// names them. Run a release build on an idle machine; it takes some minutes, with --quick less than one.
    Crypto {
        /// Leave out 4096 receivers, and test one vault with 1,000 contributors instead of 10,000.
        #[arg(long)]
        quick: bool,
        /// Draw cost against the number of receivers, and every figure's distance from its limit, into this folder.
        #[arg(long, value_name = "DIR")]
        plot: Option<PathBuf>,
    },
    /// UDX congestion control beside the Cubic, NewReno and BBR of the QUIC library, in a simulated network that runs
    /// the library's real connections: every cell with confidence intervals.
    ///
    /// A ratio above 1 is better than the peer. A release build takes about an hour of one core for everything, minutes
    /// for what has an aim (--quick). The same seed gives the same run, except BBR's, which draws from the operating
    /// system.
    Transport(transport::Args),
    /// The transport's requests and content beside the QUIC library by itself, on loopback, each end in a process of
    /// its own: throughput, processor time of both ends for every byte, latency.
    ///
    /// A ratio above 1 is better than the library. Run a release build on an idle machine; it takes about a minute.
    Loopback {
        /// Bytes of one transfer.
        #[arg(long, default_value_t = 256 << 20)]
        bytes: u64,
        /// Transfers of each kind.
        #[arg(long, default_value_t = 7)]
        rounds: usize,
        /// Where files are, instead of in memory.
        #[arg(long, value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// An encrypted input on its way to the chosen nodes, on loopback: encrypted once and fetched by receivers that help
    /// each other, beside a copy encrypted to each and sent to one after the other as with scp.
    ///
    /// Sender and receivers are processes of their own. Each number of receivers is measured as fast as the machine
    /// goes, and once more with a limit on what every process sends. A ratio above 1 is better than the copies. Run a
    /// release build on an idle machine; without options it takes about five minutes and 10 GB of disk.
    Payload {
        /// Numbers of receivers, each from 1 to 64.
        #[arg(long, value_delimiter = ',', default_value = "1,8,64")]
        receivers: Vec<u16>,
        /// Bytes of the plaintext; by default 1 GB to up to 8 receivers, and less to more and with the limit.
        #[arg(long)]
        bytes: Option<u64>,
        /// The limit, 10^6 bits of content a second.
        #[arg(long, value_name = "MBIT", default_value = "100")]
        rate: std::num::NonZeroU64,
        /// Where files are, instead of in the folder for temporary files.
        #[arg(long, value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Settlements on a wasmd of its own: how many a second in batches (`finalize_many`) and one by one, the bytes, gas and
    /// processor time of each, what they are spent on and what limits them.
    ///
    /// Real accounts and signatures; jobs have three workers of whom two sign. Needs Go, and the contracts' wasm. Run a
    /// release build on an idle machine; it takes some minutes.
    Chain(chain::Args),
    /// Rows and images a second through the models of this repository, beside ONNX Runtime on the same input, both on one thread: the
    /// demonstration's model in requests of 10,000 rows, 64 and one; digits of 8 x 8 pixels in requests of 1,024, 64 and one; masks of
    /// phantoms of 64 x 64 pixels in requests of 64, 8 and one. Before, both have to give the same logits. The most memory of each is that
    /// of a process for each model.
    ///
    /// A ratio above 1 is better than ONNX Runtime. It runs in a Python environment that the first run makes in the
    /// cache folder (python3 with venv, and the package index; about 200 MB); where that fails, a line says why, and only
    /// BitHive's runtime is measured. Run a release build on an idle machine; it takes seconds.
    Inference,
    /// The module for web pages: its size, and what it takes in Node's engine beside the same steps natively; sealing 1 MiB also
    /// beside WebCrypto.
    ///
    /// A ratio above 1 is better than the peer. Needs Node 20 or later. Run a release build on an idle machine; it takes about a
    /// minute, with --quick less.
    Page {
        /// Leave out groups of 1024 slots.
        #[arg(long)]
        quick: bool,
    },
    /// What payment by voucher (x402) adds to a request for a prediction of one row, beside the same server without payment, both in this
    /// process and on loopback, one request after another: half of them take p50 at most, 99 of a hundred p99.
    ///
    /// A ratio above 1 says that payment adds less than the request takes by itself. A payment is on disk before its reply leaves, so that
    /// with records on disk the time is that of a flush. Requests with a transaction each (a tenth as many) are measured beside those with a voucher; the
    /// chain in this process has a block for each at once, so that on another chain the wait for a block comes on top. Run a release build on an idle
    /// machine; it takes seconds.
    Door {
        /// Requests of each kind.
        #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..))]
        requests: u32,
        /// Folder of the records that are on disk, instead of that for temporary files.
        #[arg(long, value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// One end of `payload`, which starts it.
    #[command(hide = true)]
    PayloadEnd,
    /// One end of `loopback`, which starts it.
    #[command(hide = true)]
    LoopbackEnd,
    /// A process in which `inference` measures memory.
    #[command(hide = true)]
    InferenceEnd,
}

#[derive(Serialize)]
struct Answer {
    figures: Vec<Figure>,
}

/// Measures, and prints the figures.
pub async fn run(command: Command, output: Output) -> Result<()> {
    match command {
        Command::Chain(args) => chain::run(args, output).await,
        Command::Inference => inference::run(output),
        Command::Crypto { quick, plot: folder } => {
            note_build();
            let spinner = spinner(output);
            let figures = crypto(quick, |what| spinner.set_message(what.to_owned()));
            spinner.finish_and_clear();
            let figures = figures?;
            if let Some(folder) = folder {
                plot(&figures, &folder)?;
            }
            output.show(&Answer { figures }, |answer| println!("{}", rows(&answer.figures)))
        }
        Command::Transport(args) => transport::run(args, output),
        Command::Loopback { bytes, rounds, folder } => {
            note_build();
            let spinner = spinner(output);
            let options = LoopbackOptions { bytes, rounds, folder };
            let answer =
                loopback(&options, || this("loopback-end"), |what| spinner.set_message(what.to_owned()));
            spinner.finish_and_clear();
            output.show(&answer?, |answer| {
                println!("{}\n{}", mover_rows(&answer.movers), rows(&answer.figures));
            })
        }
        Command::Payload { receivers, bytes, rate, folder } => {
            note_build();
            let spinner = spinner(output);
            let options = PayloadOptions { receivers, bytes, rate, folder };
            let figures =
                payload(&options, || this("payload-end"), |what| spinner.set_message(what.to_owned()));
            spinner.finish_and_clear();
            output.show(&Answer { figures: figures? }, |answer| println!("{}", rows(&answer.figures)))
        }
        Command::Page { quick } => {
            note_build();
            let spinner = spinner(output);
            let figures = page(quick, |what| spinner.set_message(what.to_owned()));
            spinner.finish_and_clear();
            output.show(&Answer { figures: figures? }, |answer| println!("{}", rows(&answer.figures)))
        }
        Command::Door { requests, folder } => {
            note_build();
            let spinner = spinner(output);
            let options = DoorBench { requests: usize::try_from(requests)?, folder };
            let figures = door(&options, |what| spinner.set_message(what.to_owned())).await;
            spinner.finish_and_clear();
            output.show(&Answer { figures: figures? }, |answer| println!("{}", rows(&answer.figures)))
        }
        Command::PayloadEnd => end(payload_end),
        Command::LoopbackEnd => end(loopback_end),
        Command::InferenceEnd => end(inference_end),
    }
}

/// One end of the measurement on a thread that may wait for input, with a runtime of its own.
fn end(work: fn(StdinLock<'static>, StdoutLock<'static>) -> Result<()>) -> Result<()> {
    let work = move || work(std::io::stdin().lock(), std::io::stdout().lock());
    std::thread::spawn(work).join().unwrap_or_else(|_| bail!("an end of the measurement failed"))
}

/// This program as one end of a measurement.
fn this(end: &str) -> Result<std::process::Command> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.args(["bench", end]);
    Ok(command)
}

fn note_build() {
    if cfg!(debug_assertions) {
        eprintln!("note: this is not a release build; its figures are not representative");
    }
}

fn mover_rows(movers: &[Mover]) -> Table {
    let mut rows = table(&["what moves", "MB/s", "CPU s/GB, sender", "receiver", "both"]);
    for column in 1..5 {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for mover in movers {
        let values =
            [mover.megabytes_per_second, mover.sender, mover.receiver, mover.sender + mover.receiver];
        rows.add_row([mover.name.to_owned()].into_iter().chain(values.map(number)));
    }
    rows
}

fn rows(figures: &[Figure]) -> Table {
    let mut rows =
        table(&["figure", "n", "value", "unit", "aim", "peer's value", "ratio", "of limit", "peer"]);
    for column in [1, 2, 4, 5, 6, 7] {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for figure in figures {
        rows.add_row([
            figure.name.clone(),
            figure.n.to_string(),
            number(figure.value),
            figure.unit.to_owned(),
            figure.aim.map_or_else(String::new, aim),
            number(figure.peer_value),
            number(figure.ratio),
            figure.limit.as_ref().map_or_else(String::new, |limit| number(limit.ratio)),
            figure.peer.clone(),
        ]);
    }
    rows
}

fn aim(aim: Aim) -> String {
    format!("{} {}", number(aim.value), if aim.met { "met" } else { "missed" })
}

/// At least three significant digits.
fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value if value >= 0.1 => format!("{value:.2}"),
        value => format!("{value:.2e}"),
    }
}
