//! What is changed in the configuration that wasmd writes: `config.toml` is CometBFT's, `app.toml` the SDK's.

use toml_edit::{DocumentMut, Item, Value, value};

use crate::wasmd::VERSION;
use crate::{BlockTime, DevnetError, FEE_DENOM, GAS_PRICE, Ports};

const COMET: &str = "config.toml";
const APP: &str = "app.toml";

/// `config.toml` for a node alone on loopback; comments and everything else stay.
///
/// # Errors
/// [`DevnetError::Unfamiliar`] names what is missing.
pub fn edit_comet(text: &str, ports: Ports, block_time: BlockTime) -> Result<String, DevnetError> {
    edit(
        COMET,
        text,
        [
            ("rpc.laddr", format!("tcp://127.0.0.1:{}", ports.rpc).into()),
            // Its default is one port for every node of a machine.
            ("rpc.pprof_laddr", "".into()),
            ("p2p.laddr", format!("tcp://127.0.0.1:{}", ports.p2p).into()),
            ("p2p.pex", false.into()),
            ("consensus.timeout_commit", block_time.to_string().into()),
            ("instrumentation.prometheus", false.into()),
        ],
    )
}

/// `app.toml` likewise: gRPC on loopback, nothing else that listens, and a price of gas.
///
/// # Errors
/// [`DevnetError::Unfamiliar`] names what is missing.
pub fn edit_app(text: &str, ports: Ports) -> Result<String, DevnetError> {
    edit(
        APP,
        text,
        [
            ("minimum-gas-prices", format!("{GAS_PRICE}{FEE_DENOM}").into()),
            ("api.enable", false.into()),
            ("grpc.enable", true.into()),
            ("grpc.address", format!("127.0.0.1:{}", ports.grpc).into()),
            ("grpc-web.enable", false.into()),
        ],
    )
}

fn edit<const N: usize>(
    file: &'static str,
    text: &str,
    edits: [(&'static str, Value); N],
) -> Result<String, DevnetError> {
    let unfamiliar = |key: &str| DevnetError::Unfamiliar { file, key: key.into(), wasmd: VERSION };
    let mut document: DocumentMut = text.parse().map_err(|_| unfamiliar("TOML"))?;
    for (key, new) in edits {
        *find(&mut document, key).ok_or_else(|| unfamiliar(key))? = value(new);
    }
    Ok(document.to_string())
}

/// The value at `table.key`, or `key` of the document itself.
fn find<'a>(document: &'a mut DocumentMut, key: &str) -> Option<&'a mut Item> {
    match key.split_once('.') {
        Some((table, key)) => document.get_mut(table)?.as_table_mut()?.get_mut(key),
        None => document.get_mut(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTS: Ports = Ports { rpc: 26_600, p2p: 26_601, grpc: 26_602 };
    const COMET_TOML: &str = r#"# CometBFT
moniker = "token"

[rpc]
# where clients ask
laddr = "tcp://127.0.0.1:26657"
pprof_laddr = "localhost:6060"

[p2p]
laddr = "tcp://0.0.0.0:26656"
pex = true

[consensus]
timeout_propose = "3s"
timeout_commit = "5s"

[instrumentation]
prometheus = true
"#;
    const APP_TOML: &str = r#"minimum-gas-prices = "0stake"

[api]
enable = true

[grpc]
enable = false
address = "localhost:9090"

[grpc-web]
enable = true
"#;

    #[test]
    fn a_node_listens_on_loopback_at_its_ports_only() {
        let comet = edit_comet(COMET_TOML, PORTS, "500ms".parse().unwrap()).unwrap();
        assert!(comet.contains("[rpc]\n# where clients ask\nladdr = \"tcp://127.0.0.1:26600\""), "{comet}");
        assert!(comet.contains("laddr = \"tcp://127.0.0.1:26601\"") && comet.contains("pprof_laddr = \"\""));
        assert!(!comet.contains("0.0.0.0"));
        let app = edit_app(APP_TOML, PORTS).unwrap();
        assert!(app.contains("address = \"127.0.0.1:26602\"") && app.contains("[api]\nenable = false"));
    }

    #[test]
    fn block_time_and_gas_price_are_set_and_the_rest_stays() {
        let comet = edit_comet(COMET_TOML, PORTS, "500ms".parse().unwrap()).unwrap();
        assert!(comet.contains("timeout_commit = \"500ms\"") && comet.contains("timeout_propose = \"3s\""));
        assert!(comet.starts_with("# CometBFT\nmoniker = \"token\""));
        assert!(edit_app(APP_TOML, PORTS).unwrap().starts_with("minimum-gas-prices = \"0.025ubee\""));
    }

    #[test]
    fn a_file_of_another_version_is_refused_by_the_key_it_lacks() {
        let other = COMET_TOML.replace("timeout_commit", "timeout_after");
        let error = edit_comet(&other, PORTS, BlockTime::default()).unwrap_err().to_string();
        assert!(error.contains("config.toml has no consensus.timeout_commit"), "{error}");
        assert!(edit_app("not = [toml", PORTS).is_err());
    }
}
