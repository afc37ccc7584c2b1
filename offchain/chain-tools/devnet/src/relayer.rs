//! Hermes as a program that is configured and asked: its settings, its keys, and the commands that make clients,
//! connections and channels.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use toml_edit::Value as Toml;

use crate::cache::last_lines;
use crate::process::clean;
use crate::state::{ChainState, Order};
use crate::{DevnetError, FEE_DENOM, GAS_PRICE};

/// Folder in the home of the devnet.
pub(crate) const FOLDER: &str = "hermes";
const CONFIG: &str = "config.toml";
const MNEMONIC: &str = "mnemonic";
const LOG: &str = "hermes.log";
/// Name of the relayer's key, in Hermes and in wasmd.
pub(crate) const KEY: &str = "relayer";
/// Two thirds of the unbonding time of 21 days, as light clients need it: a devnet that is down for longer has lost its
/// channels.
const TRUSTING_PERIOD: &str = "14days";
/// Below the limit of a block.
const MAX_GAS: u64 = 90_000_000;
/// Blocks after which Hermes looks for packets whose events it has missed.
const CLEAR_INTERVAL: u64 = 20;
/// Shortest time between two looks at a chain, in milliseconds.
const SHORTEST_INTERVAL: u128 = 100;
const SHOWN_LINES: usize = 8;

/// Hermes' settings for these chains, with its keys in `folder`. Nothing listens; signatures of a node on this machine are
/// taken as they are.
#[must_use]
pub fn config<'a>(chains: impl IntoIterator<Item = &'a ChainState>, folder: &Path) -> String {
    let keys = Toml::from(folder.join("keys").display().to_string());
    let mut text = format!(
        "# Written by `bithive devnet up`.\n\
         [global]\nlog_level = 'info'\n\n\
         [mode.clients]\nenabled = true\nrefresh = true\nmisbehaviour = false\n\n\
         [mode.connections]\nenabled = false\n\n\
         [mode.channels]\nenabled = false\n\n\
         [mode.packets]\nenabled = true\nclear_interval = {CLEAR_INTERVAL}\nclear_on_start = true\n\
         tx_confirmation = false\n\n\
         [rest]\nenabled = false\nhost = '127.0.0.1'\nport = 3000\n\n\
         [telemetry]\nenabled = false\nhost = '127.0.0.1'\nport = 3001\n"
    );
    for ChainState { chain_id, ports, block_time, .. } in chains {
        text.push_str(&format!(
            "\n[[chains]]\nid = '{chain_id}'\ntype = 'CosmosSdk'\n\
             rpc_addr = 'http://127.0.0.1:{rpc}'\ngrpc_addr = 'http://127.0.0.1:{grpc}'\n\
             event_source = {{ mode = 'pull', interval = '{interval}ms' }}\n\
             rpc_timeout = '10s'\ntrusted_node = true\naccount_prefix = '{prefix}'\n\
             key_name = '{KEY}'\nkey_store_type = 'Test'\nkey_store_folder = {keys}\nstore_prefix = 'ibc'\n\
             default_gas = 1000000\nmax_gas = {MAX_GAS}\n\
             gas_price = {{ price = {GAS_PRICE}, denom = '{FEE_DENOM}' }}\ngas_multiplier = 1.3\n\
             max_msg_num = 20\nmax_tx_size = 900000\nclock_drift = '30s'\nmax_block_time = '{max_block_time}ms'\n\
             trusting_period = '{TRUSTING_PERIOD}'\ntrust_threshold = '2/3'\n\
             address_type = {{ derivation = 'cosmos' }}\n",
            rpc = ports.rpc,
            grpc = ports.grpc,
            prefix = bithive_chain::BECH32_PREFIX,
            // Blocks are looked at: a node's subscriptions leave out the packets that contracts send.
            interval = (block_time.duration().as_millis() / 2).max(SHORTEST_INTERVAL),
            // Also the time between two looks at whether a step of a handshake is done.
            max_block_time = block_time.duration().as_millis() * 2,
        ));
    }
    text
}

/// Arguments with which the relayer of the folder runs; they tell its process from others.
pub(crate) fn arguments(folder: &Path) -> Vec<OsString> {
    vec!["--config".into(), folder.join(CONFIG).into(), "start".into()]
}

/// What the relayer writes.
pub(crate) fn log(folder: &Path) -> PathBuf {
    folder.join(LOG)
}

/// The words from which its key comes; readable by their owner only.
pub(crate) fn mnemonic(folder: &Path) -> PathBuf {
    folder.join(MNEMONIC)
}

/// Writes the settings; whether they are others than before.
pub(crate) fn write_config(folder: &Path, text: &str) -> Result<bool, DevnetError> {
    let path = folder.join(CONFIG);
    if std::fs::read_to_string(&path).is_ok_and(|before| before == text) {
        return Ok(false);
    }
    crate::state::write_private(&path, text.as_bytes())?;
    Ok(true)
}

/// The `hermes` program with its settings, to run its commands.
pub(crate) struct Hermes<'a> {
    pub(crate) program: &'a Path,
    pub(crate) folder: &'a Path,
}

impl Hermes<'_> {
    /// Gives Hermes the relayer's key for a chain, if it does not have it.
    pub(crate) fn add_key(&self, chain_id: &str) -> Result<(), DevnetError> {
        if self.folder.join("keys").join(chain_id).join("keyring-test").join(format!("{KEY}.json")).exists() {
            return Ok(());
        }
        let mnemonic = mnemonic(self.folder).into_os_string();
        let arguments =
            ["keys", "add", "--chain", chain_id, "--key-name", KEY, "--overwrite", "--mnemonic-file"];
        let arguments = arguments.into_iter().map(Into::into).chain([mnemonic]);
        self.run("keys add", arguments).map(|_| ())
    }

    /// Makes a light client of the chain `reference` on the chain `host`.
    pub(crate) fn create_client(&self, host: &str, reference: &str) -> Result<String, DevnetError> {
        let command = "create client";
        let arguments = ["create", "client", "--host-chain", host, "--reference-chain", reference];
        let answer = self.run(command, arguments.map(Into::into))?;
        find(&answer, "client_id").ok_or_else(|| unreadable(command, &answer))
    }

    /// Makes a connection between two chains by their clients of each other: its names on both.
    pub(crate) fn create_connection(
        &self,
        chain: &str,
        [client, other]: [&str; 2],
    ) -> Result<[String; 2], DevnetError> {
        let arguments =
            ["create", "connection", "--a-chain", chain, "--a-client", client, "--b-client", other];
        self.ends("create connection", arguments.map(Into::into), "connection_id")
    }

    /// Makes a channel between two ports over a connection: its names on both chains.
    pub(crate) fn create_channel(
        &self,
        chain: &str,
        connection: &str,
        [port, other]: [&str; 2],
        (order, version): (Order, &str),
    ) -> Result<[String; 2], DevnetError> {
        let order = order.name();
        let arguments = [
            "create",
            "channel",
            "--a-chain",
            chain,
            "--a-connection",
            connection,
            "--a-port",
            port,
            "--b-port",
            other,
            "--order",
            order,
            "--channel-version",
            version,
        ];
        self.ends("create channel", arguments.map(Into::into), "channel_id")
    }

    fn ends(
        &self,
        command: &str,
        arguments: impl IntoIterator<Item = OsString>,
        key: &str,
    ) -> Result<[String; 2], DevnetError> {
        let answer = self.run(command, arguments)?;
        let end = |side: &str| find(answer.get(side)?, key);
        match (end("a_side"), end("b_side")) {
            (Some(a), Some(b)) => Ok([a, b]),
            _ => Err(unreadable(command, &answer)),
        }
    }

    fn run(
        &self,
        command: &str,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Value, DevnetError> {
        let output = clean(&mut Command::new(self.program))
            .arg("--config")
            .arg(self.folder.join(CONFIG))
            .arg("--json")
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(DevnetError::at(self.program))?;
        let text = String::from_utf8_lossy(&output.stdout);
        result(&text).map_err(|reason| DevnetError::Hermes {
            command: command.into(),
            output: reason.unwrap_or_else(|| {
                let errors = String::from_utf8_lossy(&output.stderr);
                last_lines(&format!("{text}{errors}"), SHOWN_LINES)
            }),
        })
    }
}

/// What a command answers: the last line that is its result, after those of its log. The error is Hermes' own, if it has one.
fn result(text: &str) -> Result<Value, Option<String>> {
    let lines = text.lines().rev().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut answers = lines.filter(|line| line.get("status").is_some_and(Value::is_string));
    let answer = answers.next().ok_or(None)?;
    let result = answer.get("result").cloned().unwrap_or_default();
    match answer.get("status").and_then(Value::as_str) {
        Some("success") => Ok(result),
        _ => Err(Some(result.as_str().map_or_else(|| result.to_string(), Into::into))),
    }
}

/// The first text under `key`, however deep.
fn find(value: &Value, key: &str) -> Option<String> {
    match value {
        Value::Object(fields) => match fields.get(key).and_then(Value::as_str) {
            Some(text) => Some(text.into()),
            None => fields.values().find_map(|value| find(value, key)),
        },
        Value::Array(values) => values.iter().find_map(|value| find(value, key)),
        _ => None,
    }
}

fn unreadable(command: &str, answer: &Value) -> DevnetError {
    DevnetError::Hermes {
        command: command.into(),
        output: format!("an answer that is not understood: {answer}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ports;

    fn chain(name: &str, rpc: u16) -> ChainState {
        ChainState {
            name: name.into(),
            chain_id: format!("bithive-{name}-1"),
            ports: Ports { rpc, p2p: rpc + 1, grpc: rpc + 2 },
            block_time: "500ms".parse().unwrap(),
            faucet: "bithive1faucet".into(),
            relayer: Some("bithive1relayer".into()),
            process: None,
        }
    }

    #[test]
    fn settings_name_each_chain_s_ports_and_nothing_listens() {
        let text =
            config(&[chain("token", 26_600), chain("data", 26_610)], Path::new("/home/a \"b\"/hermes"));
        let document: toml_edit::DocumentMut = text.parse().unwrap();
        let chains = document["chains"].as_array_of_tables().unwrap();
        assert_eq!(chains.len(), 2);
        let second = chains.get(1).unwrap();
        assert_eq!(second["id"].as_str(), Some("bithive-data-1"));
        assert_eq!(second["rpc_addr"].as_str(), Some("http://127.0.0.1:26610"));
        assert_eq!(second["grpc_addr"].as_str(), Some("http://127.0.0.1:26612"));
        assert_eq!(second["event_source"]["interval"].as_str(), Some("250ms"));
        assert_eq!(second["key_store_folder"].as_str(), Some("/home/a \"b\"/hermes/keys"));
        assert_eq!(second["max_block_time"].as_str(), Some("1000ms"));
        assert_eq!(second["gas_price"]["price"].as_float(), Some(0.025));
        for service in ["rest", "telemetry"] {
            assert_eq!(document[service]["enabled"].as_bool(), Some(false));
        }
    }

    #[test]
    fn settings_are_written_when_they_change() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_config(folder.path(), "a").unwrap());
        assert!(!write_config(folder.path(), "a").unwrap());
        assert!(write_config(folder.path(), "b").unwrap());
    }

    #[test]
    fn the_last_result_counts_and_lines_of_the_log_do_not() {
        let log = r#"{"timestamp":"t","level":"INFO","fields":{"message":"status"}}"#;
        let text = format!(
            "{log}\nnot json\n{}\n",
            r#"{"result":{"a_side":{"channel_id":"channel-0"},"b_side":{"channel_id":"channel-3"}},"status":"success"}"#
        );
        let answer = result(&text).unwrap();
        assert_eq!(find(&answer["b_side"], "channel_id").unwrap(), "channel-3");
        assert_eq!(
            result(r#"{"result":"no such chain","status":"error"}"#),
            Err(Some("no such chain".into()))
        );
        assert_eq!(result(log), Err(None));
        assert_eq!(result(""), Err(None));
    }

    #[test]
    fn names_are_found_at_any_depth() {
        let answer = serde_json::json!([{ "x": 1 }, { "CreateClient": { "client_id": "07-tendermint-4" } }]);
        assert_eq!(find(&answer, "client_id").unwrap(), "07-tendermint-4");
        assert_eq!(find(&answer, "channel_id"), None);
    }
}
