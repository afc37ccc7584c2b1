//! Configurations: the templates, and every way to get one wrong.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bithive_daemon::ConfigError;
use bithive_daemon::config::{
    Admitted, CommitteeConfig, LogFormat, NodeConfig, OracleConfig, RelayConfig, RelayerConfig,
    RequesterConfig, Settings, TEMPLATES, validate,
};
use bithive_exchange::PeerId;
use bithive_inference::Device;
use tempfile::TempDir;

fn template(role: &str) -> &'static str {
    TEMPLATES.iter().find(|(name, _)| *name == role).unwrap().1
}

/// The template of a role with one text replaced, in a folder with the files that it names.
fn file(role: &str, old: &str, new: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let text = template(role);
    assert_eq!(text.matches(old).count(), 1, "{old:?} is there once");
    let path = folder.path().join("party.toml");
    std::fs::write(&path, text.replace(old, new)).unwrap();
    for name in [
        "node.json",
        "node.pub",
        "crs.bin",
        "deployment.json",
        "committee.json",
        "requester.json",
        "relayer.json",
        "meter.json",
        "oracle.json",
    ] {
        std::fs::write(folder.path().join(name), "{}").unwrap();
    }
    (folder, path)
}

fn refused(role: &str, old: &str, new: &str) -> String {
    let (_folder, path) = file(role, old, new);
    let error = validate(&path).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("party.toml"), "the file is named: {message}");
    message
}

#[test]
fn every_template_is_a_valid_configuration() {
    for (role, text) in TEMPLATES {
        let (_folder, path) = file(role, "[log]", "[log]");
        assert_eq!(validate(&path).unwrap(), role);
        let settings = text.lines().filter(|line| !line.starts_with('#') && line.contains('='));
        let comments = text.lines().filter(|line| line.starts_with("# ")).count();
        assert!(comments >= settings.count(), "{role}: every setting is explained");
    }
}

#[test]
fn paths_are_relative_to_the_file_and_what_is_left_out_has_a_default() {
    let (folder, path) = file("node", "[log]", "[log]");
    let node = NodeConfig::load(&path).unwrap();
    assert_eq!(node.keys, folder.path().join("node.json"));
    assert_eq!(node.chain.deployment, folder.path().join("deployment.json"));
    let text = "role = \"node\"\nkeys = \"/k\"\npublic_key = \"p\"\nreference_string = \"c\"\ndata = \"d\"\n\
                [chain]\nrpc = \"http://c\"\ndeployment = \"d\"\n";
    std::fs::write(&path, text).unwrap();
    let node = NodeConfig::load(&path).unwrap();
    assert_eq!(node.keys, Path::new("/k"));
    assert!(node.network.listen.is_empty() && node.network.relays.is_empty());
    assert_eq!(node.network.admission, Admitted::Registry);
    assert_eq!((node.log.format, node.log.filter.as_str()), (LogFormat::Text, "info"));
    assert_eq!((node.device, node.first_block), (Device::Cpu, None));
}

#[test]
fn a_wrong_value_is_named_with_what_was_expected() {
    for (old, new, named) in [
        ("rpc = \"http://127.0.0.1:26657\"", "rpc = \"chain\"", "chain.rpc is \"chain\"; expected a URL"),
        (
            "rpc = \"http://127.0.0.1:26657\"",
            "rpc = [\"http://a\", \"b\"]",
            "chain.rpc[1] is \"b\"; expected a URL",
        ),
        (
            "rpc = \"http://127.0.0.1:26657\"",
            "rpc = [\"http://a\", \"http://a\"]",
            "chain.rpc is a list that has a server twice",
        ),
        ("rpc = \"http://127.0.0.1:26657\"", "rpc = []", "chain.rpc is a list of 0; expected 1 to 8 URLs"),
        (
            "rpc = \"http://127.0.0.1:26657\"",
            "rpc = \"http://a\"\nmax_gas_price = \"much\"",
            "chain.max_gas_price is \"much\"; expected a decimal number",
        ),
        (
            "listen = [\"0.0.0.0:4433\"]",
            "listen = [\"4433\"]",
            "network.listen[0] is \"4433\"; expected an IP",
        ),
        ("relays = []", "relays = [\"relay\"]", "network.relays[0] is \"relay\"; expected a URL like https"),
        ("device = \"cpu\"", "device = \"abacus\"", "device is \"abacus\"; expected cpu or gpu"),
        ("role = \"node\"", "role = \"queen\"", "role is \"queen\"; expected node, committee"),
        ("keys = \"node.json\"", "keys = \"absent.json\"", "absent.json is not there: `bithive keys new"),
        (
            "# [[network.peers]]\n# endpoint = \"64 hex digits\"\n",
            "[[network.peers]]\nendpoint = \"beef\"\naddresses = []\n",
            "network.peers[0].endpoint is \"beef\"; expected an endpoint, 64 hex digits",
        ),
    ] {
        let message = refused("node", old, new);
        assert!(message.contains(named), "{new}: {message}");
    }
}

#[test]
fn an_unknown_missing_or_mistyped_field_is_named_with_its_line() {
    for (old, new, named) in [
        ("data = \"data\"", "data = \"data\"\ncolour = \"blue\"", "unknown field `colour`, expected one of"),
        ("local_discovery = false", "local_discover = false", "unknown field `local_discover`"),
        ("local_discovery = false", "local_discovery = \"no\"", "expected a boolean"),
        ("admission = \"registry\"", "admission = \"friends\"", "expected `registry` or `everyone`"),
        ("congestion = \"udx\"", "congestion = \"hope\"", "unknown variant `hope`"),
        ("format = \"text\"", "format = \"xml\"", "expected `text` or `json`"),
        ("data = \"data\"", "", "missing field `data`"),
        ("role = \"node\"", "", "missing field `role`"),
        ("[chain]", "[chain", "line"),
    ] {
        let message = refused("node", old, new);
        assert!(message.contains(named), "{new}: {message}");
    }
}

#[test]
fn a_relay_needs_to_know_who_belongs_or_that_everybody_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relay.toml");
    std::fs::write(&path, "role = \"relay\"\nlisten = \"127.0.0.1:0\"\n").unwrap();
    let error = RelayConfig::load(&path).unwrap_err().to_string();
    assert!(error.contains("chain is \"missing\"; expected a [chain]"), "{error}");
    std::fs::write(&path, "role = \"relay\"\nlisten = \"127.0.0.1:0\"\nadmission = \"everyone\"\n").unwrap();
    assert_eq!(RelayConfig::load(&path).unwrap().admission, Admitted::Everyone);
    let tls = "[tls]\nlisten = \"443\"\ncertificates = \"c\"\nkey = \"k\"\n";
    let text = format!("role = \"relay\"\nlisten = \"127.0.0.1:0\"\nadmission = \"everyone\"\n{tls}");
    std::fs::write(&path, text).unwrap();
    assert!(RelayConfig::load(&path).unwrap_err().to_string().contains("tls.listen is \"443\""));
}

#[test]
fn a_configuration_of_another_role_is_refused() {
    let (_folder, path) = file("node", "[log]", "[log]");
    let error = CommitteeConfig::load(&path).unwrap_err().to_string();
    assert!(error.contains("role is \"node\"; expected \"committee\""), "{error}");
    let (_folder, path) = file("committee", "[log]", "[log]");
    assert!(RequesterConfig::load(&path).is_err());
}

#[test]
fn a_file_that_is_not_there_or_far_too_long_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("party.toml");
    assert!(matches!(validate(&path), Err(ConfigError::File { .. })));
    std::fs::write(&path, "#".repeat((1 << 20) + 1)).unwrap();
    let error = validate(&path).unwrap_err().to_string();
    assert!(error.contains("expected at most 1048576"), "{error}");
}

#[test]
fn a_relayers_limits_and_channels_are_checked() {
    let of = |old: &str, new: &str| refused("relayer", old, new);
    assert!(of("per_transaction = 2_500_000", "per_transaction = 0").contains("fees.per_transaction"));
    assert!(of("per_day = 250_000_000", "per_day = 1").contains("fees.per_day"));
    let spread = of("spread = \"20s\"", "spread = \"3601s\"");
    assert!(spread.contains("work.spread is \"1h 1s\"; expected 0s to 1h"), "{spread}");
    for bare in ["\"20\"", "\"soon\"", "\"-1s\""] {
        let error = of("spread = \"20s\"", &format!("spread = {bare}"));
        assert!(
            error.contains(&format!("work.spread is {bare}; expected a duration with its unit")),
            "{error}"
        );
    }
    assert!(of("spread = \"20s\"", "spread = 20").contains("invalid type: integer `20`"));
    assert!(of("batch = 64", "batch = 257").contains("work.batch"));
    let key = bithive_chain::SigningKey::from_bytes(&[7; 32]).unwrap();
    let contract = key.address();
    let attestations = |contract: &str, channels: &str| {
        let table = format!("[attestations]\ncontract = \"{contract}\"\nchannels = {channels}\n[network]");
        of("[network]\n", &format!("{table}\n"))
    };
    assert!(attestations("bithive1", "[\"channel-0\"]").contains("attestations.contract"));
    for channels in ["[\"channel-x\"]", "[\"0\"]", "[]"] {
        let error = attestations(contract, channels);
        assert!(error.contains("attestations.channels"), "{error}");
    }
    let error = attestations(contract, "[\"channel-0\", \"channel-x\"]");
    assert!(
        error.contains("attestations.channels[1] is \"channel-x\"; expected a name like channel-0"),
        "{error}"
    );
}

#[test]
fn texts_become_values_of_their_types() {
    let (_folder, path) = file("relayer", "[log]", "[log]");
    let relayer = RelayerConfig::load(&path).unwrap();
    assert_eq!(relayer.work.spread, Duration::from_secs(20));
    assert_eq!(relayer.network.listen, [SocketAddr::from(([0, 0, 0, 0], 4435))]);
    assert_eq!(relayer.metrics.listen.unwrap().socket(), SocketAddr::from(([127, 0, 0, 1], 9467)));
    assert_eq!(relayer.chain.rpc.to_string(), "http://127.0.0.1:26657");
    assert_eq!(relayer.chain.max_gas_price, None);
    let endpoint = "0b".repeat(32);
    let peer = format!("[[network.peers]]\nendpoint = \"{endpoint}\"\naddresses = [\"[::1]:1\"]\n[metrics]");
    let (_folder, path) = file("relayer", "[metrics]", &peer);
    let peers = RelayerConfig::load(&path).unwrap().network.peers;
    assert_eq!(peers[0].endpoint, PeerId([0x0b; 32]));
    assert_eq!(peers[0].addresses, ["[::1]:1".parse().unwrap()]);
}

#[test]
fn a_chain_has_one_server_or_several_in_their_order() {
    let several = "rpc = [\"http://b\", \"http://a\"]\nmax_gas_price = \"0.3\"";
    let (_folder, path) = file("node", "rpc = \"http://127.0.0.1:26657\"", several);
    let chain = NodeConfig::load(&path).unwrap().chain;
    assert_eq!(chain.rpc.iter().map(|url| url.as_str()).collect::<Vec<_>>(), ["http://b", "http://a"]);
    assert_eq!(chain.max_gas_price.unwrap().to_string(), "0.3");
}

#[test]
fn who_measures_a_node_and_how_much_is_checked() {
    let error = refused("node", "accreditors = []", "accreditors = [\"abc\"]");
    assert!(error.contains("measurement.accreditors[0]") && error.contains("64 hex digits"), "{error}");
    let error = refused("node", "memory_gib = 0", "memory_gib = 513");
    assert!(error.contains("measurement.memory_gib is \"513\"; expected 0 to 512 GiB"), "{error}");
    let (_folder, path) = file("node", "memory_gib = 0", "memory_gib = 512");
    assert_eq!(NodeConfig::load(&path).unwrap().measurement.most_blocks(), 512 << 20);
}

#[test]
fn what_is_logged_and_a_projects_url_are_read_with_the_rest() {
    for filter in ["debug", "warn,bithive_node=debug", "off,bithive_daemon::oracle=trace"] {
        let (_folder, path) = file("node", "filter = \"info\"", &format!("filter = {filter:?}"));
        assert_eq!(NodeConfig::load(&path).unwrap().log.filter.as_str(), filter);
    }
    for (filter, problem) in [
        ("ifno", "\"ifno\" is no level"),
        ("", "\"\" is no level"),
        ("warn,bithive_node", "\"bithive_node\" is no level"),
        ("bithive_node=loud", "level filter"),
    ] {
        let error = refused("node", "filter = \"info\"", &format!("filter = {filter:?}"));
        assert!(error.contains(&format!("log.filter is {filter:?}; expected a level like info")), "{error}");
        assert!(error.contains(problem), "{error}");
    }
    let written = "url = \"https://boinc.example/\"";
    let longest = format!("https://boinc.example/{}", "a".repeat(106));
    let (_folder, path) = file("oracle", written, &format!("url = {longest:?}"));
    assert_eq!(OracleConfig::load(&path).unwrap().project[0].url.as_str(), longest);
    let too_long = format!("{longest}a");
    for url in
        ["", "boinc.example", "ftp://boinc.example/", "https://", "https:///a", "https://a b/", &too_long]
    {
        let error = refused("oracle", written, &format!("url = {url:?}"));
        let expected = format!("project[0].url is {url:?}; expected the URL of a project");
        assert!(error.contains(&expected), "{error}");
    }
}

#[test]
fn a_nodes_relayers_are_endpoints() {
    let error = refused("node", "relayers = []", "relayers = [\"abc\"]");
    assert!(error.contains("relayers[0]") && error.contains("64 hex digits"), "{error}");
}
