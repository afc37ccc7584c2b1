//! Whole gateways, and peers that speak to them.

mod associations;
mod audited;
mod http;
mod jobs;
mod peer;
mod people;
mod provider;
mod reports;
mod requests;
mod sending;
mod smart;
mod tls;

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::auth::Token;
use crate::config::{GatewayConfig, TEMPLATE};
use crate::error::GatewayError;
use crate::run::Gateway;
use crate::seal::SpoolKey;

/// Lets so many seconds pass at once.
pub(crate) async fn advance(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

/// A gateway in a folder of its own, on free ports.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) config: GatewayConfig,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = TEMPLATE.replace(":11112", ":0").replace(":8042", ":0").replace(":9470", ":0");
        let config = GatewayConfig::parse(&text, &folder.path().join("gateway.toml")).unwrap();
        SpoolKey::create(&config.key).unwrap();
        Token::create(&folder.path().join("web.token")).unwrap();
        config.check_files(Path::new("gateway.toml")).unwrap();
        Self { folder, config }
    }

    pub(crate) async fn start(&self) -> Gateway {
        // The tasks of one that was dropped end a moment later, and give the folder back then.
        for _ in 0..500 {
            match Gateway::start(&self.config).await {
                Err(GatewayError::InUse { .. }) => tokio::time::sleep(Duration::from_millis(10)).await,
                started => return started.unwrap(),
            }
        }
        panic!("the folder is still in use");
    }

    pub(crate) fn token(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("web.token")).unwrap().trim().to_owned()
    }
}
