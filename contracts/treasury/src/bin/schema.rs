//! Writes the JSON schema of the treasury contract: `treasury-schema [outdir]`, by default into `schema/treasury`.

use std::error::Error;
use std::path::PathBuf;

use bithive_api::MigrateMsg;
use bithive_api::treasury::{ExecuteMsg, InstantiateMsg, QueryMsg};
use cosmwasm_schema::{generate_api, remove_schemas};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "schema/treasury".into()));
    let api = generate_api! {
        name: "treasury",
        instantiate: InstantiateMsg,
        execute: ExecuteMsg,
        query: QueryMsg,
        migrate: MigrateMsg,
    }
    .render();
    std::fs::create_dir_all(&folder)?;
    // So that what a message no longer has does not stay behind.
    remove_schemas(&folder)?;
    std::fs::write(folder.join("treasury.json"), api.to_string()? + "\n")?;
    for (name, json) in api.to_schema_files()? {
        std::fs::write(folder.join(name), json + "\n")?;
    }
    Ok(())
}
