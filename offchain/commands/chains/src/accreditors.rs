//! `bithive chain accreditors`: who may vouch for attributes of nodes, and for which that is needed.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use bithive_api::registry::{AccreditationResponse, ExecuteMsg, QueryMsg};
use bithive_blindmatch::schema::{Attribute, Schema};
use bithive_chain::ChainExt as _;
use bithive_client::{OwnerMessage, OwnerSetting, set_as_owner};
use bithive_command_kit::Output;
use bithive_deploy::Contract;
use bithive_token_commands::Transactions;
use clap::Subcommand;
use serde_json::json;

use super::place::{Place, PlaceArgs};
use super::settings;

/// Arguments of `bithive chain accreditors`.
#[derive(clap::Args)]
pub struct AccreditorsArgs {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Set, as the owner of the registry, who may vouch and which attributes need it, in place of what holds now.
    ///
    /// The first accreditors, without a requirement, are listed at once; whatever else waits three days, in which everybody sees it and nodes
    /// can be accredited: the exit code is 1 then.
    Set {
        /// Address of an accreditor; several can be named.
        #[arg(long = "accreditor", value_name = "ADDRESS")]
        accreditors: Vec<String>,
        /// Attribute that the committee evaluates only where an accreditor has vouched for it; several can be named.
        #[arg(long = "require", value_name = "NAME", requires = "accreditors")]
        required: Vec<String>,
    },
    /// Remove an accreditor, as the owner of the registry, at once: what it has said counts no more.
    Remove {
        /// Address of the accreditor.
        accreditor: String,
    },
}

fn is_vector(schema: &Schema, name: &str) -> bool {
    matches!(schema.attribute(name), Some(Attribute::Vector { .. }))
}

/// Runs the command. 1 if what was set has to wait.
pub(super) async fn run(args: AccreditorsArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let AccreditorsArgs { command, place: at } = args;
    let transactions = if command.is_some() { Transactions::One } else { Transactions::None };
    at.run(transactions, output, async {
        let (place, option) = (at.open(home).await?, at.option());
        let waits = match &command {
            None => Vec::new(),
            Some(command) => send(command, &place).await?,
        };
        show(&place, &waits, &option, output).await
    })
    .await
}

/// Sends what the command says; what waits.
async fn send(command: &Command, place: &Place) -> Result<Vec<OwnerSetting>> {
    let message = match command {
        Command::Set { accreditors, required } => {
            let schema = Schema::bithive();
            if let Some(name) = required.iter().find(|name| schema.attribute(name).is_none()) {
                let names: Vec<_> = schema.attributes().iter().map(|attribute| attribute.name()).collect();
                anyhow::bail!("--require {name}: expected one of {}", names.join(", "));
            }
            if let Some(name) = required.iter().find(|name| is_vector(&schema, name)) {
                anyhow::bail!("--require {name}: it is a vector, which no node can show to an accreditor");
            }
            let (accreditors, required) = (accreditors.clone(), required.clone());
            ExecuteMsg::SetAccreditation { accreditors, required }
        }
        Command::Remove { accreditor } => ExecuteMsg::RemoveAccreditor { accreditor: accreditor.clone() },
    };
    let message = OwnerMessage::new(Contract::Registry, place.contract(Contract::Registry)?, &message)?;
    Ok(set_as_owner(place.account().await?.wallet(), &[message]).await?.waits)
}

async fn show(place: &Place, waits: &[OwnerSetting], option: &str, output: Output) -> Result<ExitCode> {
    let (chain, registry) = (place.chain(), place.contract(Contract::Registry)?);
    let holds: AccreditationResponse = chain.query(registry, &QueryMsg::Accreditation {}).await?;
    let now = chain.info().await?.time.seconds();
    let answer = json!({ "chain_id": place.chain_id(), "accreditation": holds, "waits": waits });
    output.show(&answer, |_| {
        let AccreditationResponse { accreditors, required } = &holds;
        if required.is_empty() {
            println!("no attribute needs accreditation");
        } else {
            println!("attributes that need accreditation: {}", required.join(", "));
        }
        for accreditor in accreditors {
            println!("accreditor {accreditor}");
        }
        settings::tell_of(waits, now, option);
    })?;
    Ok(settings::exit_code(waits))
}
