//! The JSON schema in `schema/` is that of the messages: clients in other languages are generated from it.
//!
//! `scripts/schema` writes it anew (`BITHIVE_WRITE_SCHEMA=1`), `scripts/schema --check` runs this test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use bithive_contracts::Code;
use cosmwasm_schema::{Api, generate_api, schema_for};
use serde_json::Value;

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

/// The contracts that take tokens by a cw20 `Send`: what is told them then is no message of theirs.
macro_rules! hooks {
    ($($name:ident)+) => {
        /// The schema of what a `Send` to a contract says, by the contract's name.
        fn hooks() -> BTreeMap<&'static str, String> {
            BTreeMap::from([$(
                (stringify!($name), serde_json::to_string_pretty(&schema_for!(bithive_api::$name::Hook)).unwrap())
            ),+])
        }
    };
}

hooks!(checkout datasets escrow flows ics20 jobs listings models randomness registry rewards staking timebank treasury vesting);

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
    for (contract, hook) in hooks() {
        files.insert(Path::new(contract).join("hook.json"), hook + "\n");
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
    let differ: BTreeSet<_> = paths.filter(|path| computed.get(*path) != stored.get(*path)).collect();
    assert!(
        differ.is_empty(),
        "schema/ differs from the messages in {differ:#?}; run scripts/schema and commit"
    );
}

#[test]
fn every_contract_that_receives_tokens_says_for_what() {
    let takes = |api: &Api| {
        let execute = serde_json::to_value(&api.execute).unwrap();
        let variants = execute["oneOf"].as_array().cloned().unwrap_or_default();
        variants.iter().any(|variant| variant["required"] == serde_json::json!(["receive"]))
    };
    let taking: BTreeSet<_> =
        apis().iter().filter(|api| takes(api)).map(|api| api.contract_name.clone()).collect();
    let saying: BTreeSet<_> = hooks().keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(taking, saying, "list the contract in `hooks!`");
}

/// Calls `see` with the type, the name and the schema of each property in a schema.
fn each_property<'a>(of: &'a str, schema: &'a Value, see: &mut dyn FnMut(&'a str, &'a str, &'a Value)) {
    let Value::Object(parts) = schema else {
        for part in schema.as_array().into_iter().flatten() {
            each_property(of, part, see);
        }
        return;
    };
    for (key, part) in parts {
        for (name, schema) in part.as_object().into_iter().flatten() {
            match key.as_str() {
                "definitions" => each_property(name, schema, see),
                "properties" => see(of, name, schema),
                _ => {}
            }
        }
        if key != "definitions" {
            each_property(of, part, see);
        }
    }
}

fn is_address(schema: &Value) -> bool {
    schema.to_string().contains("\"#/definitions/Addr\"")
}

fn is_text(schema: &Value) -> bool {
    let types = &schema["type"];
    types == "string" || types.as_array().is_some_and(|types| types.contains(&"string".into()))
}

/// What a contract is sent is text until it has checked it, and what it answers it has checked. The token's answers are
/// those of cw20.
#[test]
fn addresses_are_text_in_messages_and_checked_in_responses() {
    let rendered: Vec<(String, Value)> = apis()
        .into_iter()
        .map(|api| {
            (api.contract_name.clone(), serde_json::from_str(&api.render().to_string().unwrap()).unwrap())
        })
        .collect();
    let (mut names, mut texts) = (BTreeSet::new(), BTreeSet::new());
    for (contract, api) in &rendered {
        for messages in ["instantiate", "execute", "query", "migrate"] {
            each_property(messages, &api[messages], &mut |of, name, schema| {
                assert!(!is_address(schema), "{contract}: {of}.{name} of a message is checked by nobody");
            });
        }
        for (query, response) in api["responses"].as_object().unwrap() {
            each_property(query, response, &mut |of, name, schema| {
                if is_address(schema) {
                    names.insert(name);
                } else if is_text(schema) && contract != "token" {
                    texts.insert((contract.as_str(), of, name));
                }
            });
        }
    }
    assert!(names.len() > 20, "{names:?}");
    // A source is a market of another chain.
    texts.retain(|(_, of, name)| names.contains(name) && (*of, *name) != ("Source", "jobs"));
    assert!(texts.is_empty(), "addresses in responses whose type is not `Addr`: {texts:?}");
}
