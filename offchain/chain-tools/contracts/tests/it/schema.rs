//! The JSON schema in `schema/` is that of the messages: clients in other languages are generated from it.
//!
//! `scripts/schema` writes it anew (`BITHIVE_WRITE_SCHEMA=1`), `scripts/schema --check` runs this test.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bithive_contracts::Code;
use cosmwasm_schema::{Api, generate_api};

const FOLDER: &str = "../../../schema";

macro_rules! apis {
    ($($id:literal $name:ident $code:ident $krate:ident $($entry:ident)?;)+) => {
        /// The schema of each contract's messages, by the table of contracts.
        fn apis() -> Vec<Api> {
            vec![$({
                use bithive_api::$name::{ExecuteMsg, InstantiateMsg, QueryMsg};
                let api = generate_api! {
                    instantiate: InstantiateMsg,
                    execute: ExecuteMsg,
                    query: QueryMsg,
                    migrate: bithive_api::MigrateMsg,
                };
                Api { contract_name: Code::$code.name().into(), ..api }
            }),+]
        }
    };
}

bithive_contracts::codes!(apis);

/// Every file of `schema/`, by its path in it.
fn computed() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for api in apis() {
        let folder = PathBuf::from(&api.contract_name);
        let api = api.render();
        let whole = format!("{}.json", folder.display());
        files.insert(folder.join(whole), api.to_string().unwrap() + "\n");
        for (name, json) in api.to_schema_files().unwrap() {
            files.insert(folder.join(name), json + "\n");
        }
    }
    files
}

fn stored(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for contract in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(contract.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            files.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read_to_string(path).unwrap());
        }
    }
    files
}

#[test]
fn the_stored_schema_is_that_of_the_messages() {
    let folder = Path::new(FOLDER);
    let computed = computed();
    if std::env::var_os("BITHIVE_WRITE_SCHEMA").is_some() {
        // Whole: a message that is gone leaves no file behind.
        fs::remove_dir_all(folder).unwrap();
        for (path, text) in &computed {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    let stored = stored(folder);
    let paths = computed.keys().chain(stored.keys());
    let differ: std::collections::BTreeSet<_> =
        paths.filter(|path| computed.get(*path) != stored.get(*path)).collect();
    assert!(
        differ.is_empty(),
        "schema/ differs from the messages in {differ:#?}; run scripts/schema and commit"
    );
}
