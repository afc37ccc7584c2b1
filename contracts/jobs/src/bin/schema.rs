//! Writes the JSON schema of the market: `jobs-schema [outdir]`, by default into `schema/jobs`.

use std::error::Error;
use std::path::PathBuf;

use bithive_api::MigrateMsg;
use bithive_api::jobs::{ExecuteMsg, InstantiateMsg, QueryMsg};
use cosmwasm_schema::generate_api;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "schema/jobs".into()));
    let api = generate_api! {
        name: "jobs",
        instantiate: InstantiateMsg,
        execute: ExecuteMsg,
        query: QueryMsg,
        migrate: MigrateMsg,
    }
    .render();
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("jobs.json"), api.to_string()? + "\n")?;
    for (name, json) in api.to_schema_files()? {
        std::fs::write(folder.join(name), json + "\n")?;
    }
    Ok(())
}
