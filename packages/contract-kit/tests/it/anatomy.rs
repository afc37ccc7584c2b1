//! Every contract is built the same way, so that who knows one finds its way in all.

use std::fs;
use std::path::{Path, PathBuf};

/// What code that handles money never does, in the order of the list in each crate.
const DENIED: &str = "#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]";

fn contracts() -> Vec<PathBuf> {
    let found = fs::read_dir("../../contracts").unwrap();
    let found: Vec<PathBuf> = found.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    assert!(!found.is_empty());
    found
}

fn source(folder: &Path, file: &str) -> String {
    let path = folder.join("src").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_contract_denies_arithmetic_that_can_go_wrong() {
    for folder in contracts().into_iter().chain([PathBuf::from(".")]) {
        assert!(source(&folder, "lib.rs").contains(DENIED), "{}", folder.display());
    }
}

#[test]
fn every_contract_has_the_same_anatomy() {
    for folder in contracts() {
        for file in ["error.rs", "permission.rs", "query.rs", "state.rs"] {
            source(&folder, file);
        }
        let text = source(&folder, "contract.rs");
        let execute = text.split("pub fn execute(").nth(1).unwrap();
        let asked = execute.find("permission::authorize(deps.as_ref(), ").unwrap();
        let dispatched = execute.find("match msg {").unwrap();
        assert!(asked < dispatched, "{} dispatches before it asks who sends", folder.display());
    }
}
