//! `bithive policy`: what a policy asks, before money is spent on it.

use anyhow::{Result, anyhow};
use bithive_blindmatch::policy::{ParseError, Policy};
use bithive_blindmatch::schema::Schema;
use bithive_command_kit::{Output, printable};
use clap::Subcommand;
use serde_json::json;

/// Check policies before money is spent on them.
#[derive(Subcommand)]
pub enum Command {
    /// Check a policy against the schema and show what a vault of it would reveal.
    Check {
        /// For example: vram >= 16 and region in (eu, ch) and any 2 of (iso27001, hipaa, gdpr)
        text: String,
    },
    /// List the attributes that can be asked for.
    Schema,
}

/// Runs a command on a policy; none needs a chain.
pub fn run(command: Command, output: Output) -> Result<()> {
    let schema = Schema::bithive();
    match command {
        Command::Check { text } => {
            let policy = parse(&text, &schema)?;
            let compiled = policy.compile(&schema)?;
            let leaves = compiled.tree().leaves().len();
            let answer =
                json!({ "policy": policy, "leaves": leaves, "evaluations": compiled.inputs().len() });
            output.show(&answer, |_| println!("ok: {leaves} leaves, {} evaluations", compiled.inputs().len()))
        }
        Command::Schema => output.show(&schema, |schema| {
            for slot in schema.slots() {
                println!("{:3}  {}", slot.id.0, slot.label);
            }
        }),
    }
}

/// Reads a policy; the error shows the place.
pub fn parse(text: &str, schema: &Schema) -> Result<Policy> {
    Policy::parse(text, schema).map_err(|error| match column(&error) {
        Some(column) => {
            // On one line, so that the mark is below the place.
            let line = printable(text).replace('\n', "\u{2424}");
            anyhow!("--policy: {error}\n  {line}\n  {:>column$}", "^")
        }
        None => anyhow!("--policy: {error}"),
    })
}

fn column(error: &ParseError) -> Option<usize> {
    match error {
        ParseError::Syntax { column, .. } | ParseError::Type { column, .. } => Some(*column),
        _ => None,
    }
}
