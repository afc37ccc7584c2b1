//! The `bithive` command line.

mod amount;
mod demo;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Confidential compute for medical AI: sealed jobs, broadcast encryption, verified results, honest pay.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    /// Print one JSON document instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A confidential job from request to payment, every party in this process.
    Demo(demo::DemoArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into(), cli.json),
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Demo(args) => demo::run(args, cli.json).await,
        }
    });
    outcome.unwrap_or_else(|error| fail(&error, cli.json))
}

/// Says what was wrong, on one line, and exits with 2: 1 is for checks that fail.
fn fail(error: &anyhow::Error, json: bool) -> ExitCode {
    if json {
        println!("{}", serde_json::json!({ "ok": false, "error": format!("{error:#}") }));
    } else {
        eprintln!("error: {error:#}");
    }
    ExitCode::from(2)
}
