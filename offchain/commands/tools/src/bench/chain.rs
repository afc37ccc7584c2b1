//! `bithive bench chain`.

use std::path::PathBuf;

use anyhow::Result;
use bithive_bench::{Bound, ChainBench, ChainOptions, GasPart, SettlingBlock, chain};
use bithive_command_kit::Output;
use bithive_command_kit::spinner;
use bithive_devnet::{BlockTime, cache, wasmd};
use bithive_keystore::fresh_rng;
use comfy_table::Table;

use super::transport::numbers;
use super::{note_build, number, rows};

/// What to measure.
#[derive(clap::Args)]
pub struct Args {
    /// Jobs that are settled in batches.
    #[arg(long, default_value_t = 2048)]
    jobs: usize,
    /// Jobs that are settled one by one.
    #[arg(long, default_value_t = 512)]
    singles: usize,
    /// Jobs of a batch, 1 to 256.
    #[arg(long, default_value_t = 256)]
    batch: usize,
    /// Time between blocks.
    #[arg(long, value_name = "DURATION", default_value = "1500ms")]
    block_time: BlockTime,
    /// Folder of the contracts' wasm, which `scripts/wasm` builds.
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    artifacts: PathBuf,
}

pub(crate) async fn run(args: Args, output: Output) -> Result<()> {
    note_build();
    let options = ChainOptions {
        jobs: args.jobs,
        singles: args.singles,
        batch: args.batch,
        block_time: args.block_time,
        artifacts: args.artifacts,
    };
    let mut rng = fresh_rng()?;
    let spinner = spinner(output);
    let program = || -> Result<PathBuf> {
        spinner.set_message("building wasmd, once");
        let built = tokio::task::block_in_place(|| wasmd::ensure(&cache::cache_folder(), &|_| ()));
        Ok(built?)
    };
    let answer = chain(&options, program, &mut rng, &mut |what| spinner.set_message(what.to_owned())).await;
    spinner.finish_and_clear();
    output.show(&answer?, print)
}

fn print(answer: &ChainBench) {
    println!("{}", rows(&answer.figures));
    println!("{}", gas_rows(&answer.gas));
    println!("{}", bound_rows(&answer.bounds));
    println!("batches\n{}", block_rows(&answer.batched_blocks));
    println!("one by one\n{}", block_rows(&answer.single_blocks));
}

fn gas_rows(parts: &[GasPart]) -> Table {
    let mut rows = numbers(&["gas of a settlement", "in a batch", "%", "one by one", "%"]);
    let sum = |of: fn(&GasPart) -> f64| parts.iter().map(of).sum::<f64>();
    let (batched, single) = (sum(|part| part.batched), sum(|part| part.single));
    for part in parts {
        rows.add_row([
            part.part.to_owned(),
            format!("{:.0}", part.batched),
            format!("{:.1}", 100.0 * part.batched / batched),
            format!("{:.0}", part.single),
            format!("{:.1}", 100.0 * part.single / single),
        ]);
    }
    rows
}

fn bound_rows(bounds: &[Bound]) -> Table {
    let mut rows = numbers(&["room for settlements a second", "in batches", "one by one"]);
    for bound in bounds {
        rows.add_row([bound.what.clone(), number(bound.batched), number(bound.single)]);
    }
    rows
}

fn block_rows(blocks: &[SettlingBlock]) -> Table {
    let mut rows = numbers(&["block", "transactions", "settlements", "gas", "seconds"]);
    for block in blocks {
        rows.add_row([
            block.height.to_string(),
            block.transactions.to_string(),
            block.settlements.to_string(),
            block.gas.to_string(),
            format!("{:.2}", block.seconds),
        ]);
    }
    rows
}
