//! What docs/money.md and docs/threats.md say is so: every test that they name exists, and what is a matter of every contract's source is read
//! there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    PathBuf::from("../..")
}

/// Rust files in a folder and below, with what they say.
pub(crate) fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

/// The sources of each contract, by its name.
pub(crate) fn contracts() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let folders = fs::read_dir(root().join("contracts")).unwrap();
    let one = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, sources(&entry.path().join("src")))
    };
    folders.map(|entry| one(entry.unwrap())).collect()
}

/// Names of functions that are tests.
fn tests(text: &str) -> impl Iterator<Item = &str> {
    let after = |line: &str| {
        let line = line.trim_start();
        line.strip_prefix("#[test]").or(line.strip_prefix("#[tokio::test")).is_some()
    };
    let lines: Vec<&str> = text.lines().collect();
    let named = (0..lines.len()).filter(move |index| after(lines[*index])).collect::<Vec<_>>();
    let lines: Vec<&str> = text.lines().collect();
    named.into_iter().filter_map(move |index| {
        let line = lines[index + 1..].iter().find(|line| line.contains("fn "))?;
        line.split("fn ").nth(1)?.split('(').next()
    })
}

#[test]
fn every_test_that_the_pages_name_exists() {
    let read = |page: &str| fs::read_to_string(root().join("docs").join(page)).unwrap();
    let page = [read("money.md"), read("threats.md")].join("\n");
    let name = |text: &&str| {
        let word = text.chars().all(|char| char == '_' || char.is_ascii_lowercase() || char.is_ascii_digit());
        word && text.matches('_').count() >= 2
    };
    let named: BTreeSet<&str> = page.split('`').skip(1).step_by(2).filter(name).collect();
    assert!(named.len() > 150, "{} tests are named", named.len());
    let files = ["contracts", "packages", "testing", "relayer", "offchain"]
        .map(|folder| sources(&root().join(folder)));
    let known: BTreeSet<&str> = files.iter().flatten().flat_map(|(_, text)| tests(text)).collect();
    let missing: Vec<_> = named.difference(&known).collect();
    assert!(missing.is_empty(), "no test is called {missing:#?}");
}

/// An error that is built and then dropped refuses nothing. The compiler refuses that itself, where the error's type is
/// `#[must_use]`: as a statement (`unused_must_use`, which is on for all crates), and in `let _ =`
/// (`clippy::let_underscore_must_use`, for contracts).
#[test]
fn no_error_is_built_and_dropped() {
    let packages = ["contract-kit", "economics", "attest"]
        .map(|name| sources(&root().join("packages").join(name).join("src")));
    let files = contracts().into_values().chain(packages).flatten();
    let mut errors = 0;
    for (path, text) in files {
        let shipped = text.split("#[cfg(test)]\nmod ").next().unwrap();
        for (place, _) in shipped.match_indices("thiserror::Error)]") {
            let attributes = shipped[place..].split("pub ").next().unwrap();
            assert!(attributes.contains("#[must_use = "), "an error of {} may be dropped", path.display());
            errors += 1;
        }
    }
    assert!(errors > 20, "{errors} errors");
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    assert_eq!(manifest["workspace"]["lints"]["rust"]["unused_must_use"].as_str(), Some("deny"));
    for (contract, files) in contracts() {
        let (_, lib) = files.iter().find(|(path, _)| path.ends_with("src/lib.rs")).unwrap();
        assert!(lib.contains("clippy::let_underscore_must_use"), "{contract}");
        let manifest =
            fs::read_to_string(root().join("contracts").join(&contract).join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{contract}");
    }
}

/// What two contracts refuse with the same words is one error, and has its place in the contract kit.
#[test]
fn no_two_contracts_have_an_error_of_the_same_text() {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (contract, files) in contracts() {
        for (_, text) in files {
            for attribute in text.split("#[error(").skip(1) {
                // A transparent one has no text of its own.
                let Some(rest) = attribute.trim_start().strip_prefix('"') else { continue };
                let text = rest.split('"').next().unwrap().to_owned();
                texts.entry(text).or_default().insert(contract.clone());
            }
        }
    }
    assert!(texts.len() > 100, "{} texts", texts.len());
    texts.retain(|_, contracts| contracts.len() > 1);
    assert!(texts.is_empty(), "{texts:#?}");
}

#[test]
fn every_contract_refuses_native_coins_or_asks_for_them() {
    for (contract, files) in contracts() {
        let (_, text) = files.iter().find(|(path, _)| path.ends_with("src/contract.rs")).unwrap();
        // Where a contract is created, and where a message comes in; data sets are paid for in native coins, too.
        assert_eq!(text.matches("nonpayable(&info)?;").count(), 2, "{contract}");
    }
}

#[test]
fn every_contract_notes_name_and_version_and_checks_them_when_it_migrates() {
    for (contract, files) in contracts() {
        let (_, text) = files.iter().find(|(path, _)| path.ends_with("src/contract.rs")).unwrap();
        for call in ["cw2::set_contract_version", "migration::migrate"] {
            let call = format!("{call}(deps.storage, CONTRACT_NAME, CONTRACT_VERSION)");
            assert_eq!(text.matches(&call).count(), 1, "{contract}: {call}");
        }
        assert!(text.contains("pub fn migrate("), "{contract}");
        assert!(text.contains(&format!("\"bithive:{contract}\"")), "{contract}");
    }
}
