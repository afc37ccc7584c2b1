//! What an oracle of BOINC credit is told.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bithive_boinc::Credit;
use serde::Deserialize;

use super::check::{Check, Settings};
use super::parts::{ChainConfig, LogConfig, MetricsConfig, NetworkConfig};
use super::value::{self, Place, ProjectUrl};
use crate::ConfigError;

/// Bounds of `every`.
const EVERY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(86_400));
/// Most projects, and most other oracles.
const MAX_PROJECTS: usize = 100;
const MAX_PEERS: usize = 15;

/// Settings of an oracle, which attests what hosts have earned in BOINC projects.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OracleConfig {
    /// Kind of party: always `oracle`, so that a file of another party is refused.
    pub role: String,
    /// Keystore with the keys of its account and its signatures.
    pub keys: PathBuf,
    /// Folder for what was seen of hosts.
    pub data: PathBuf,
    /// Time between two looks at the exports and at the other oracles.
    #[serde(default = "hour", deserialize_with = "value::one")]
    pub every: Duration,
    /// File that it writes for the other oracles: what it has signed. It holds no secret.
    pub publish: PathBuf,
    /// Where the other oracles' files are.
    #[serde(default, deserialize_with = "value::list")]
    pub peers: Vec<Place>,
    /// Node of the chain that it asks, and contracts that it acts on.
    pub chain: ChainConfig,
    /// Projects whose credit it attests; at least one.
    pub project: Vec<ProjectConfig>,
    /// Where its metrics and status can be read; nowhere by default.
    #[serde(default)]
    pub metrics: MetricsConfig,
    /// Form and filter of its log; text at level `info` by default.
    #[serde(default)]
    pub log: LogConfig,
}

/// A BOINC project whose exports an oracle reads.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectConfig {
    /// Its URL, as all oracles name it in statements.
    #[serde(deserialize_with = "value::one")]
    pub url: ProjectUrl,
    /// Its export of users.
    #[serde(deserialize_with = "value::one")]
    pub users: Place,
    /// Its export of hosts.
    #[serde(deserialize_with = "value::one")]
    pub hosts: Place,
    /// Most credit that a host gains in a day.
    #[serde(deserialize_with = "value::one")]
    pub per_day: Credit,
    /// Most credit that is not imported yet of a host which this oracle has never seen.
    #[serde(deserialize_with = "value::one")]
    pub first: Credit,
}

const fn hour() -> Duration {
    Duration::from_secs(3_600)
}

impl Settings for OracleConfig {
    const ROLE: &'static str = "oracle";

    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError> {
        [&mut self.keys, &mut self.data, &mut self.publish]
            .into_iter()
            .for_each(|path| check.settle_path(path));
        let (least, most) = EVERY;
        if !(least..=most).contains(&self.every) {
            let shown = humantime::format_duration;
            let expected = format!("{} to {}", shown(least), shown(most));
            return Err(check.field("every", shown(self.every), expected));
        }
        if !(1..=MAX_PROJECTS).contains(&self.project.len()) {
            return Err(check.field("project", self.project.len(), format!("1 to {MAX_PROJECTS} projects")));
        }
        if self.peers.len() > MAX_PEERS {
            return Err(check.field("peers", self.peers.len(), format!("at most {MAX_PEERS} oracles")));
        }
        let different: BTreeSet<_> = self.project.iter().map(|project| &project.url).collect();
        if different.len() != self.project.len() {
            return Err(check.field("project", "a URL twice", "each project once".into()));
        }
        for project in &mut self.project {
            [&mut project.users, &mut project.hosts].into_iter().for_each(|place| settle(check, place));
        }
        self.peers.iter_mut().for_each(|place| settle(check, place));
        check.settle_parts(&mut self.chain, &mut NetworkConfig::default());
        Ok(())
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        vec![("keys", &self.keys), ("chain.deployment", &self.chain.deployment)]
    }
}

/// Makes a path relative to the configuration's folder.
fn settle(check: &Check<'_>, place: &mut Place) {
    if let Place::File(path) = place {
        check.settle_path(path);
    }
}
