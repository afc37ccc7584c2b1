//! Whose rounds a new deployment takes as public randomness.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use bithive_api::drand::Drand;
use bithive_drand::Chain;
use bithive_home::{FOUNDERS, read_json, write_json};
use bithive_local::Terms;

/// Kept in the folder of a deployment, so that a run which was cut off goes on with the same network.
const FILE: &str = "drand.json";

/// The network of a deployment; drand's quicknet where none was named.
pub(super) struct Network {
    named: Option<Drand>,
}

/// The network that is kept in `folder`, or the one that `given` has, which a deployment that has begun does not change.
pub(super) fn network(folder: &Path, given: Option<&Path>) -> Result<Network> {
    let path = folder.join(FILE);
    let kept: Option<Drand> = if path.exists() { Some(read_json(&path)?) } else { None };
    let Some(given) = given else { return Ok(Network { named: kept }) };
    let name = given.display();
    let drand: Drand = read_json(given)?;
    Chain::of_key(&drand.public_key, drand.genesis, drand.period).with_context(|| {
        format!("{name}: expected a public key of 96 bytes, and a period of 1 second or more")
    })?;
    let begun = folder.join(FOUNDERS).exists();
    ensure!(
        !begun || kept.as_ref() == Some(&drand),
        "--drand {name}: the deployment in {} has another network, for the life of its contracts",
        folder.display()
    );
    Ok(Network { named: Some(drand) })
}

impl Network {
    /// The terms with this network.
    pub(super) fn of(&self, terms: Terms) -> Terms {
        match &self.named {
            Some(drand) => terms.with_drand(drand.clone()),
            None => terms,
        }
    }

    /// Writes the network into the folder of the deployment.
    pub(super) fn keep(&self, folder: &Path) -> Result<()> {
        match &self.named {
            Some(drand) => write_json(&folder.join(FILE), drand),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAND_IN: &str = r#"{"public_key":"00","genesis":1,"period":3}"#;

    fn file(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn a_network_is_kept_and_a_deployment_that_has_begun_does_not_change_it() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, elsewhere) = (folder.path(), tempfile::tempdir().unwrap());
        let one = file(elsewhere.path(), "one", &STAND_IN.replace("00", &"01".repeat(96)));
        let other = file(elsewhere.path(), "other", &STAND_IN.replace("00", &"02".repeat(96)));
        assert!(network(folder, None).unwrap().named.is_none());
        network(folder, Some(&one)).unwrap().keep(folder).unwrap();
        assert_eq!(network(folder, None).unwrap().named.unwrap().public_key, [1; 96]);
        // A plan may still be another one.
        assert_eq!(network(folder, Some(&other)).unwrap().named.unwrap().public_key, [2; 96]);
        file(folder, FOUNDERS, "{}");
        assert!(network(folder, Some(&one)).is_ok());
        assert!(network(folder, Some(&other)).err().unwrap().to_string().contains("has another network"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for text in [STAND_IN, "{}", "[", r#"{"public_key":"01","genesis":1,"period":0}"#] {
            assert!(network(folder, Some(&file(folder, "given", text))).is_err(), "{text}");
        }
        assert!(network(folder, Some(&folder.join("missing"))).is_err());
    }
}
