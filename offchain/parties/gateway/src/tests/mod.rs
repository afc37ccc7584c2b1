//! Whole gateways, and peers that speak to them.

mod associations;
mod http;
mod peer;
mod requests;
mod tls;

use std::path::Path;

use tempfile::TempDir;

use crate::config::{GatewayConfig, TEMPLATE};
use crate::run::Gateway;
use crate::seal::SpoolKey;
use crate::web::Token;

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
        Gateway::start(&self.config).await.unwrap()
    }

    pub(crate) fn token(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("web.token")).unwrap().trim().to_owned()
    }
}
