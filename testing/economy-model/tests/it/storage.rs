//! No storage key holds two things: not in a contract, and not in what it shares its storage with, which is the contract kit
//! and the libraries below it.
//!
//! The keys of contracts and kit are read in their sources; those of a library come from its constants; `Cargo.lock` says
//! which libraries there are. Then the contracts run, and every key they have written must be one of those that were found.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use bithive_contracts::Role;
use bithive_ibc_kit::{DatasetsSuite, Ics20Suite};
use bithive_test_kit::Suite;
use bithive_test_kit::models::Models;
use cosmwasm_std::Addr;
use cw_multi_test::Executor as _;

use crate::gas::{btk, checkout, consents, escrow, feeds, flows, idle, listings, market, patients, rounds};
use crate::money::{contracts, root, sources};
use crate::table::create_all;

/// Contracts that run here with messages, and are not only created: a new one that holds money joins them.
const RUN: usize = 20;

/// Types that keep state under the keys that they are made with, and the functions that make them.
const STORES: [&str; 8] =
    ["Item", "Map", "SnapshotItem", "SnapshotMap", "IndexedMap", "MultiIndex", "UniqueIndex", "Deque"];

/// Keys of a library; none if this test does not know it.
fn library(package: &str) -> Option<Vec<Vec<u8>>> {
    use cw20_base::state::{ALLOWANCES, ALLOWANCES_SPENDER, BALANCES, LOGO, MARKETING_INFO, TOKEN_INFO};
    Some(match package {
        "cw2" => vec![cw2::CONTRACT.as_slice().to_vec()],
        "cw-ownable" => vec![cw_ownable::OWNERSHIP_KEY.into()],
        "cw20-base" => vec![
            TOKEN_INFO.as_slice().to_vec(),
            MARKETING_INFO.as_slice().to_vec(),
            LOGO.as_slice().to_vec(),
            BALANCES.namespace_bytes().to_vec(),
            ALLOWANCES.namespace_bytes().to_vec(),
            ALLOWANCES_SPENDER.namespace_bytes().to_vec(),
        ],
        _ => return None,
    })
}

/// Names under `[dependencies]` of a crate of this repository.
fn direct(folder: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    manifest["dependencies"].as_table().unwrap().keys().cloned().collect()
}

/// What each package of the registry depends on, by `Cargo.lock`.
fn locked() -> BTreeMap<String, Vec<String>> {
    let lock: toml::Table = fs::read_to_string(root().join("Cargo.lock")).unwrap().parse().unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in lock["package"].as_array().unwrap() {
        let names = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
        // "name", or "name version" where there are several.
        let names = names.map(|name| name.as_str().unwrap().split(' ').next().unwrap().to_owned());
        found.entry(package["name"].as_str().unwrap().to_owned()).or_default().extend(names);
    }
    found
}

/// Everything that a contract is built from, without what only its tests use.
fn below(contract: &str) -> BTreeSet<String> {
    let locked = locked();
    let (mut found, mut open) = (BTreeSet::new(), direct(&format!("contracts/{contract}")));
    while let Some(package) = open.pop() {
        if found.insert(package.clone()) {
            let own = package.strip_prefix("bithive-").map(|name| format!("packages/{name}"));
            open.extend(own.map_or_else(|| locked[&package].clone(), |folder| direct(&folder)));
        }
    }
    found
}

/// What a file says to the compiler, without unit tests and comments.
fn code(text: &str) -> String {
    let shipped = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let lines = shipped.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Up to the bracket that closes one that is open before `text`.
fn closed(text: &str) -> &str {
    let mut depth = 0;
    let end = text.find(|char| {
        depth += match char {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth < 0
    });
    &text[..end.unwrap()]
}

/// The arguments of every `kind::make(..)` in `code`, with the place.
fn made<'a>(code: &'a str, kind: &str, make: &str) -> Vec<(usize, &'a str)> {
    let call = |(place, _): (usize, &str)| {
        let whole =
            code[..place].chars().next_back().is_none_or(|char| !char.is_alphanumeric() && char != '_');
        let rest = &code[place + kind.len()..];
        // `Map::<K, V>::new(`: to the type's end.
        let rest = match rest.strip_prefix("::<") {
            Some(generic) => &generic[generic.find(">::")? + 1..],
            None => rest,
        };
        let arguments = rest.strip_prefix("::")?.strip_prefix(make)?.strip_prefix('(')?;
        (whole && !arguments.starts_with(')')).then(|| (place, closed(arguments)))
    };
    code.match_indices(kind).filter_map(call).collect()
}

/// Text between quotes in `arguments`, and constants of text.
fn texts(code: &str, arguments: &str) -> Vec<String> {
    let constant = |name: &str| {
        let (_, value) = code.split_once(&format!("const {name}: &str = \""))?;
        Some(value.split('"').next().unwrap().to_owned())
    };
    let word =
        |name: &&str| !name.is_empty() && name.chars().all(|char| char == '_' || char.is_ascii_uppercase());
    let quoted = arguments.split('"').skip(1).step_by(2).map(str::to_owned);
    let named = arguments.split([',', ' ', '&']).filter(word).filter_map(constant);
    quoted.chain(named).collect()
}

/// The type whose block `place` is in, and the function.
fn around(code: &str, place: usize) -> (String, String) {
    let (_, header) =
        code[..place].rsplit_once("impl").expect("a key that is no text stands in a type's own function");
    let (header, body) = header.split_once('{').unwrap();
    let header = header.rsplit_once(" for ").map_or(header, |(_, kind)| kind);
    // `impl<'a, T> Kind<'a, T>`: after the parameters.
    let header = header.trim_start();
    let header = if header.starts_with('<') { header.split_once("> ").unwrap().1 } else { header };
    let kind = header.trim().split(['<', ' ']).next().unwrap();
    let function = body.rsplit_once("fn ").unwrap().1.split(['(', '<']).next().unwrap();
    (kind.to_owned(), function.to_owned())
}

/// Keys in the sources `files`, each with where it is. A type that makes its stores of keys it is given is a store itself.
fn keys(files: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut stores: BTreeSet<(String, String)> =
        STORES.iter().map(|kind| ((*kind).to_owned(), "new".to_owned())).collect();
    loop {
        let (mut found, mut wrappers) = (Vec::new(), BTreeSet::new());
        for (path, code) in files {
            for (kind, make) in &stores {
                for (place, arguments) in made(code, kind, make) {
                    let texts = texts(code, arguments);
                    if texts.is_empty() {
                        wrappers.insert(around(code, place));
                    }
                    found.extend(texts.into_iter().map(|key| (key, format!("{path}: {kind}"))));
                }
            }
        }
        let known = stores.len();
        stores.extend(wrappers);
        if stores.len() == known {
            return found;
        }
    }
}

/// Whether what is imported of a module can come to its stores: all of it can that is declared after the first of them, and
/// the module itself.
fn reaches_a_store(module: &str, import: &str) -> bool {
    let Some(first) = STORES.iter().filter_map(|kind| module.find(&format!("{kind}::new("))).min() else {
        return true;
    };
    let declared = |code: &str, name: &str| {
        ["const", "enum", "fn", "struct", "trait"]
            .iter()
            .any(|kind| code.contains(&format!(" {kind} {name}")))
    };
    let words = import.split(|char: char| !char.is_alphanumeric() && char != '_');
    let mut names = words.filter(|name| !name.is_empty() && declared(module, name)).peekable();
    names.peek().is_none() || names.any(|name| declared(&module[first..], name))
}

/// Modules of the contract kit that are named in `codes`, and those that these name.
fn of_the_kit<'a>(codes: impl Iterator<Item = &'a String>) -> BTreeMap<String, String> {
    let kit: BTreeMap<String, String> = sources(&root().join("packages/contract-kit/src"))
        .into_iter()
        .map(|(path, text)| (path.display().to_string(), code(&text)))
        .collect();
    let word = |text: &str, module: &str| {
        text.split(|char: char| !char.is_alphanumeric() && char != '_').any(|word| word == module)
    };
    let names = |code: &str, krate: &str, path: &str| {
        let module = path.rsplit('/').next().unwrap().trim_end_matches(".rs");
        let all = path.contains("/src/lib.rs") || module == "mod";
        code.match_indices(krate).any(|(place, _)| {
            let import = code[place + krate.len()..].split(';').next().unwrap();
            all || (word(import, module) && reaches_a_store(&kit[path], import))
        })
    };
    let mut open: Vec<(String, &str)> = codes.map(|code| (code.clone(), "bithive_contract_kit::")).collect();
    let mut found = BTreeMap::new();
    while let Some((code, krate)) = open.pop() {
        for (path, module) in kit.iter().filter(|(path, _)| names(&code, krate, path)) {
            if found.insert(path.clone(), module.clone()).is_none() {
                open.push((module.clone(), "crate::"));
            }
        }
    }
    found
}

/// The keys of each contract, with where each is.
fn all_keys() -> BTreeMap<String, Vec<(String, String)>> {
    let one = |(contract, files): (String, Vec<(std::path::PathBuf, String)>)| {
        let mut files: BTreeMap<String, String> =
            files.into_iter().map(|(path, text)| (path.display().to_string(), code(&text))).collect();
        let renamed = files.iter().find(|(_, code)| {
            let imports = code
                .match_indices("cw_storage_plus::")
                .map(|(place, _)| code[place..].split(';').next().unwrap());
            imports.into_iter().any(|import| import.contains(" as "))
        });
        assert_eq!(renamed.map(|(path, _)| path), None, "a store goes by its own name");
        files.extend(of_the_kit(files.clone().values()));
        let mut found = keys(&files);
        let packages = below(&contract);
        let locked = locked();
        let stateful = packages.iter().filter(|package| !package.starts_with("bithive-"));
        for package in
            stateful.filter(|package| locked[*package].iter().any(|name| name == "cw-storage-plus"))
        {
            let keys =
                library(package).unwrap_or_else(|| panic!("which keys does {package} of {contract} write?"));
            found.extend(keys.into_iter().map(|key| (String::from_utf8(key).unwrap(), package.clone())));
        }
        (contract, found)
    };
    contracts().into_iter().map(one).collect()
}

/// What a raw key begins with: the name of a map, or the whole key of an item.
fn namespace(key: &[u8]) -> String {
    let name = match key {
        [high, low, rest @ ..] if *high == 0 => &rest[..usize::from(u16::from_be_bytes([*high, *low]))],
        _ => key,
    };
    String::from_utf8(name.to_vec()).unwrap()
}

/// The contract at `address` by the name that it gave itself, and the namespaces it has written.
fn written(suite: &Suite, address: &Addr) -> (String, BTreeSet<String>) {
    let raw = suite.app.dump_wasm_raw(address);
    let info = cw2::query_contract_info(&suite.app.wrap(), address).unwrap();
    let name = info.contract.strip_prefix("bithive:").unwrap().to_owned();
    (name, raw.iter().map(|(key, _)| namespace(key)).collect())
}

#[test]
fn no_contract_uses_a_storage_key_twice() {
    for (contract, keys) in all_keys() {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (key, place) in keys {
            let before = seen.insert(key.clone(), place.clone());
            assert_eq!(before, None, "{contract}: {key:?} of {place} is used before");
        }
        // Its own, besides the version that every contract notes.
        assert!(seen.len() > 1, "{contract} has no storage");
    }
}

#[test]
fn every_key_that_contracts_write_is_one_that_was_found() {
    let (mut btk, mut market, mut patients) =
        (btk::World::new(10), market::World::new(10), patients::World::new(10));
    btk.costs();
    market.costs();
    patients.costs();
    let mut machines = idle::World::new(10);
    machines.costs();
    let mut subjects = consents::World::new(10);
    subjects.costs();
    let mut payers = flows::World::new(10);
    payers.costs();
    let mut sellers = checkout::World::new(10);
    sellers.costs();
    let mut prices = feeds::World::new(10);
    prices.costs();
    let mut waiting = escrow::World::new(10);
    waiting.costs();
    let mut listed = listings::World::new(10);
    listed.costs();
    let mut drawn = rounds::World::new(10);
    drawn.costs();
    let mut data = DatasetsSuite::new();
    let job_id = data.chains.settled([1, 2, 3, 4], &["node-1", "node-2"]);
    for dataset in [1, 2] {
        let purpose = data.purpose(dataset, job_id);
        data.deposit(&purpose, bithive_ibc_kit::datasets::SHARE).unwrap();
    }
    data.chains.attest(job_id).unwrap();
    data.by_anybody(&bithive_api::datasets::ExecuteMsg::Release { id: 1 }).unwrap();
    let mut bridge = Ics20Suite::new();
    let sender = bridge.suite.account("sender");
    bridge.suite.fund(&sender, 5);
    bridge.send(&sender, 0, "remote", 5).unwrap();

    let mut owners = Suite::new();
    let models = Models::new(&mut owners);
    let (owner, challenger) = (owners.account("owner"), owners.account("challenger"));
    models.register(&mut owners, &owner, &[1; 32].into()).unwrap();
    models.challenge(&mut owners, &challenger, &[1; 32].into(), None).unwrap();
    models.rule(&mut owners, &[1; 32].into(), bithive_api::models::Ruling::Challenger).unwrap();
    models.consent(&mut owners, &owner, &challenger);

    let (first, second, third) = (btk.contracts(), market.contracts(), patients.contracts());
    let (chain, [meter]) = machines.contracts();
    let (of_subjects, [grants, jobs]) = subjects.contracts();
    let (of_payers, [flows]) = payers.contracts();
    let (of_sellers, [checkout]) = sellers.contracts();
    let (of_prices, [oracle]) = prices.contracts();
    let (of_waiting, [escrow]) = waiting.contracts();
    let (of_listed, [listings]) = listed.contracts();
    let (of_drawn, [randomness]) = drawn.contracts();
    let first = first.1.into_iter().map(|address| (first.0, address));
    let second = second.1.into_iter().map(|address| (second.0, address));
    let third = third.1.into_iter().map(|address| (third.0, address));
    let chains = &data.chains;
    let others = [
        (&chains.market.suite, &chains.sender),
        (&chains.suite, &chains.receiver),
        (&chains.suite, &data.datasets),
        (&bridge.suite, &bridge.bridge),
        (&owners, &models.address),
        (chain, meter),
        (of_subjects, grants),
        (of_subjects, jobs),
        (of_payers, flows),
        (of_sellers, checkout),
        (of_prices, oracle),
        (of_waiting, escrow),
        (of_listed, listings),
        (of_drawn, randomness),
    ];
    let known = all_keys();
    let found = |suite: &Suite, address: &Addr| {
        let (contract, namespaces) = written(suite, address);
        let known: BTreeSet<String> = known[&contract].iter().map(|(key, _)| key.clone()).collect();
        let unknown: Vec<_> = namespaces.difference(&known).collect();
        assert!(unknown.is_empty(), "{contract} writes {unknown:?}, of which the sources say {known:?}");
        contract
    };
    let run = first.chain(second).chain(third).chain(others).map(|(suite, address)| found(suite, address));
    let mut met: BTreeSet<String> = run.collect();
    assert!(met.len() >= RUN, "only {met:?} have run");
    let mut deployed = Suite::new();
    for role in Role::ALL {
        let all = create_all(&mut deployed, role, |suite, contract, message| {
            let code = suite.app.store_code(bithive_native::code(contract.code()));
            let owner = suite.owner.clone();
            suite.app.instantiate_contract(code, owner, message, &[], contract.name(), None).unwrap()
        });
        met.extend(all.iter().map(|address| found(&deployed, address)));
    }
    assert_eq!(met, known.keys().cloned().collect(), "every contract was created");
}

#[test]
fn keys_are_found_however_a_store_is_made() {
    let file = |text: &str| BTreeMap::from([("file".to_owned(), code(text))]);
    let found = |text: &str| keys(&file(text)).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(found("const A: Map<u8, u8> = Map::new(\"a\");\n// Item::new(\"b\")\n"), ["a"]);
    assert_eq!(found("let a = Map::<(u8, u8), Vec<u8>>::new(\n    \"a\",\n);"), ["a"]);
    assert_eq!(found("SnapshotMap::new(\"a\", \"b\", \"c\", Strategy::EveryBlock)"), ["a", "b", "c"]);
    assert_eq!(found("const KEY: &str = \"a\"; const A: Item<u8> = Item::new(KEY);"), ["a"]);
    assert_eq!(found("HashMap::new(); let map: Map<_, _> = Map::new();"), [""; 0]);
    let wrapper = "impl<'a> Two<'a> { pub const fn of(a: &'a str, b: &'a str) -> Self { Self { a: Item::new(a), b: Map::new(b) } } }";
    assert_eq!(found(&format!("{wrapper} const BOTH: Two = Two::of(\"a\", \"b\");")), ["a", "b"]);
    assert_eq!(
        found("const A: Item<u8> = Item::new(\"a\");\n#[cfg(test)]\nmod tests { Item::new(\"b\") }"),
        ["a"]
    );
}
