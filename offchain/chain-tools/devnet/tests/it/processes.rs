//! Processes that are started, known again and ended, and those that are not ours to end. No node is needed: the
//! programs are the system's `sleep`, `sh` and `python3`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};

use bithive_devnet::process::{Ended, Process, start};
use bithive_devnet::{Devnet, DevnetError, Up};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

/// A process of somebody else, ended with the test.
struct Foreign(Child);

impl Foreign {
    fn start() -> Self {
        let child = Command::new("sleep").arg("600").spawn().unwrap();
        // Its arguments are those of `sleep` a moment after it is there.
        let arguments = format!("/proc/{}/cmdline", child.id());
        while !std::fs::read(&arguments).unwrap().ends_with(b"600\0") {
            std::thread::yield_now();
        }
        Self(child)
    }

    fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Tests that take ports take turns: each looks for the same first free ones.
static PORTS: Mutex<()> = Mutex::new(());

fn arguments(list: &[&str]) -> Vec<OsString> {
    list.iter().map(Into::into).collect()
}

fn sleeper(folder: &Path) -> (Process, Child) {
    start(Path::new("sleep"), &arguments(&["600"]), &folder.join("log")).unwrap()
}

/// A devnet whose state says that chain `token` is the process `process`.
fn devnet_with(home: &Path, process: &Process) -> Devnet {
    let state = serde_json::json!({ "format": 1, "chains": [{
        "name": "token", "chain_id": "bithive-token-1", "ports": { "rpc": 1, "p2p": 2, "grpc": 3 },
        "block_time": "1s", "faucet": "bithive1faucet", "process": process,
    }] });
    std::fs::write(home.join("devnet.json"), state.to_string()).unwrap();
    Devnet::at(home).unwrap()
}

/// What identifies a running process, as if it had been started by a devnet.
fn remembered(pid: u32) -> Process {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let started = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().parse().unwrap();
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap().trim().to_owned();
    Process { pid, started, boot }
}

#[test]
fn a_process_is_known_again_and_ends_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (process, mut child) = sleeper(folder.path());
    assert!(process.is_running(&arguments(&["600"])));
    assert!(process.memory().unwrap() > 0);
    assert_eq!(process.end(&arguments(&["600"])).unwrap(), Ended::Asked);
    assert!(!process.is_running(&arguments(&["600"])));
    assert_eq!(process.end(&arguments(&["600"])).unwrap(), Ended::NotRunning);
    child.wait().unwrap();
}

#[test]
fn a_process_that_was_ended_holds_no_lock_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let lock = std::fs::File::create(folder.path().join("lock")).unwrap();
    // Its memory takes a while to be given back, and its files are closed after that.
    let script = "import fcntl, signal, sys; lock = open(sys.argv[1]); fcntl.flock(lock, fcntl.LOCK_EX); \
                  memory = b'1' * (256 << 20); print('ready', flush=True); signal.pause()";
    let list = [OsString::from("-c"), script.into(), folder.path().join("lock").into()];
    let log = folder.path().join("log");
    let (process, mut child) = start(Path::new("python3"), &list, &log).unwrap();
    while std::fs::read(&log).unwrap() != b"ready\n" {
        assert!(child.try_wait().unwrap().is_none(), "{}", std::fs::read_to_string(&log).unwrap());
        std::thread::yield_now();
    }
    assert!(lock.try_lock().is_err());
    assert_eq!(process.end(&list).unwrap(), Ended::Asked);
    lock.try_lock().unwrap();
    child.wait().unwrap();
}

#[test]
fn what_a_process_writes_is_appended_to_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    for word in ["one", "two"] {
        let script = format!("echo {word}; echo {word} >&2");
        let (_, mut child) = start(Path::new("sh"), &arguments(&["-c", &script]), &log).unwrap();
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(std::fs::read_to_string(log).unwrap(), "one\none\ntwo\ntwo\n");
}

#[test]
fn a_process_with_our_pid_but_another_start_boot_or_arguments_is_left_alone() {
    let mut foreign = Foreign::start();
    let real = remembered(foreign.0.id());
    // The test would show nothing if this description did not fit.
    assert!(real.is_running(&arguments(&["600"])));
    let others = [
        (Process { started: real.started + 1, ..real.clone() }, "600"),
        (Process { boot: "another".into(), ..real.clone() }, "600"),
        (real, "601"),
    ];
    for (process, argument) in others {
        assert_eq!(process.end(&arguments(&[argument])).unwrap(), Ended::NotRunning);
        assert!(foreign.is_running());
    }
}

#[test]
fn pids_that_are_none_are_left_alone() {
    for pid in [0, u32::MAX, i32::MAX as u32] {
        let process = Process { pid, started: 1, boot: "b".into() };
        assert_eq!(process.end(&[]).unwrap(), Ended::NotRunning);
    }
}

#[test]
fn down_and_reset_never_end_a_process_that_up_did_not_start() {
    let home = tempfile::tempdir().unwrap();
    let mut foreign = Foreign::start();
    // Pid, start time and boot are right: only that it is no node of this devnet protects it.
    let process = remembered(foreign.0.id());
    let devnet = devnet_with(home.path(), &process);
    assert_eq!(devnet.down().unwrap(), [("token".to_owned(), Ended::NotRunning)]);
    assert!(foreign.is_running());
    assert_eq!(devnet.state().unwrap().chains[0].process, None);

    devnet_with(home.path(), &process);
    devnet.reset().unwrap();
    assert!(foreign.is_running());
    assert!(matches!(devnet.state(), Err(DevnetError::NoDevnet { .. })));
}

#[test]
fn a_foreign_process_is_not_shown_as_the_chain() {
    let home = tempfile::tempdir().unwrap();
    let foreign = Foreign::start();
    let status = devnet_with(home.path(), &remembered(foreign.0.id())).status().unwrap();
    assert_eq!((status[0].healthy, status[0].pid), (false, None));
    assert!(status[0].problem.as_ref().unwrap().contains("does not run"));
}

#[test]
fn a_folder_without_a_devnet_says_how_to_start_one() {
    let home = tempfile::tempdir().unwrap();
    let devnet = Devnet::at(home.path()).unwrap();
    for error in [devnet.down().unwrap_err(), devnet.reset().unwrap_err(), devnet.status().unwrap_err()] {
        assert!(error.to_string().contains("devnet up"), "{error}");
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn settings_that_are_refused_change_and_build_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let devnet = Devnet::at(home.path()).unwrap();
    let build = || -> Result<PathBuf, DevnetError> { panic!("nothing is to be built") };
    let too_many = Up { chains: Some(4), block_time: None };
    let error = devnet.up(too_many, build, &mut rng, &|_| ()).unwrap_err().to_string();
    assert!(error.contains("--chains is 4"), "{error}");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);

    let process = Process { pid: 1, started: 0, boot: "b".into() };
    let devnet = devnet_with(home.path(), &process);
    let slower = Up { chains: None, block_time: Some("2s".parse().unwrap()) };
    let error = devnet.up(slower, build, &mut rng, &|_| ()).unwrap_err().to_string();
    assert!(error.contains("--block-time is 2s; expected 1s, which chain token has"), "{error}");
}

/// A program that behaves like wasmd until it is to start.
fn program(folder: &Path, start: &str) -> PathBuf {
    let path = folder.join("wasmd");
    let script = format!(
        r#"#!/bin/sh
for last in "$@"; do :; done
case "$1" in
init) mkdir -p "$last/config"
  echo '{{"consensus":{{"params":{{"block":{{"max_gas":"-1"}}}}}},"app_state":{{"mint":{{"minter":{{"inflation":"1"}},"params":{{"inflation_rate_change":"1","inflation_max":"1","inflation_min":"1"}}}}}}}}' >"$last/config/genesis.json"
  printf '[rpc]\nladdr=""\npprof_laddr=""\n[p2p]\nladdr=""\npex=true\n[consensus]\ntimeout_commit=""\n[instrumentation]\nprometheus=true\n' >"$last/config/config.toml"
  printf 'minimum-gas-prices=""\n[api]\nenable=true\n[grpc]\nenable=false\naddress=""\n[grpc-web]\nenable=true\n' >"$last/config/app.toml" ;;
keys) echo '{{"address":"bithive1relayer","mnemonic":"one two"}}' ;;
start) {start} ;;
esac
"#
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    path
}

#[test]
fn a_node_that_ends_at_start_is_an_error_with_its_last_words_and_its_files_are_private() {
    let _turn = PORTS.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("devnet");
    let wasmd = program(folder.path(), "echo 'panic: no space left' >&2; exit 1");
    let devnet = Devnet::at(&home).unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let error = devnet.up(Up::default(), || Ok(wasmd.clone()), &mut rng, &|_| ()).unwrap_err().to_string();
    assert!(error.contains("chain token") && error.contains("panic: no space left"), "{error}");

    let chain = devnet.state().unwrap().chains[0].clone();
    assert_eq!(devnet.faucet(&chain).unwrap().address(), chain.faucet);
    let mode = |path: &Path| {
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions())
    };
    assert_eq!(mode(&home.join("token")) & 0o777, 0o700);
    assert_eq!(mode(&home.join("token/faucet.json")) & 0o777, 0o600);
    assert_eq!(mode(&home.join("hermes/mnemonic")) & 0o777, 0o600);
    assert_eq!(chain.relayer.as_deref(), Some("bithive1relayer"));

    // The chain is there and is started again with its key, not made anew.
    let error = devnet.up(Up::default(), || Ok(wasmd), &mut rng, &|_| ()).unwrap_err();
    assert!(matches!(error, DevnetError::DiedAtStart { .. }), "{error}");
    assert_eq!(devnet.state().unwrap().chains[0].faucet, chain.faucet);
    let statuses = devnet.status().unwrap();
    assert!(!statuses[0].healthy);
}

#[test]
fn a_taken_port_is_named_before_anything_is_started() {
    let _turn = PORTS.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("devnet");
    let wasmd = program(folder.path(), "exit 1");
    let devnet = Devnet::at(&home).unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    devnet.up(Up::default(), || Ok(wasmd.clone()), &mut rng, &|_| ()).unwrap_err();
    let port = devnet.state().unwrap().chains[0].ports.p2p;
    let _listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    match devnet.up(Up::default(), || Ok(wasmd), &mut rng, &|_| ()) {
        Err(DevnetError::PortTaken { chain, port: named }) => {
            assert_eq!((chain.as_str(), named), ("token", port))
        }
        other => panic!("expected PortTaken, got {:?}", other.map(|chains| chains.len())),
    }
}

/// A program that behaves like Hermes: every answer has a name that was not given before, and a word in `commands.log`.
fn hermes(folder: &Path, start: &str) -> PathBuf {
    let path = folder.join("hermes-program");
    let script = format!(
        r#"#!/bin/sh
home=$(dirname "$2")
shift 2
[ "$1" = --json ] && shift
echo "$1 $2" >>"$home/commands.log"
count=$(wc -l <"$home/commands.log")
side() {{ echo "{{\"$1\":\"$2-$count\"}}"; }}
case "$1 $2" in
"keys add") mkdir -p "$home/keys/$4/keyring-test"; echo x >"$home/keys/$4/keyring-test/relayer.json"; answer='"added"' ;;
"create client") answer=$(side client_id 07-tendermint) ;;
"create connection") answer="{{\"a_side\":$(side connection_id connection),\"b_side\":$(side connection_id connection)}}" ;;
"create channel") answer="{{\"a_side\":$(side channel_id channel),\"b_side\":$(side channel_id channel)}}" ;;
"start ") {start} ;;
esac
echo "{{\"result\":$answer,\"status\":\"success\"}}"
"#
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    path
}

/// Two chains that are on record and do not run.
fn two_chains(home: &Path) -> Devnet {
    let chain = |name: &str, rpc: u16| {
        serde_json::json!({
            "name": name, "chain_id": format!("bithive-{name}-1"), "block_time": "1s", "faucet": "bithive1faucet",
            "ports": { "rpc": rpc, "p2p": rpc + 1, "grpc": rpc + 2 }, "relayer": "bithive1relayer", "process": null,
        })
    };
    let state = serde_json::json!({
        "format": 1, "chains": [chain("token", 10), chain("data", 20)],
        "relayer": { "address": "bithive1relayer", "process": null }, "links": [],
    });
    std::fs::create_dir_all(home.join("hermes")).unwrap();
    std::fs::write(home.join("hermes/mnemonic"), "one two").unwrap();
    std::fs::write(home.join("devnet.json"), state.to_string()).unwrap();
    Devnet::at(home).unwrap()
}

fn commands(home: &Path) -> Vec<String> {
    let log = std::fs::read_to_string(home.join("hermes/commands.log")).unwrap();
    log.lines().map(|line| line.trim_end().into()).collect()
}

const SETUP: [&str; 6] =
    ["keys add", "keys add", "create client", "create client", "create connection", "create channel"];

#[test]
fn chains_are_connected_once_and_the_relayer_is_known_again() {
    let home = tempfile::tempdir().unwrap();
    let devnet = two_chains(home.path());
    let program = hermes(home.path(), "echo 'INFO Hermes has started'; exec sleep 600");
    // The shell becomes sleep, whose arguments are others than the relayer's: seen as ended, and left to this test.
    let links = devnet.connect(|| Ok(program.clone()), &|_| ()).unwrap();
    let pid = devnet.state().unwrap().relayer.unwrap().process.unwrap().pid;
    assert_eq!(commands(home.path()), [&SETUP[..], &["start"]].concat());
    assert_eq!(links[0].chains, ["token", "data"]);
    let transfer = links[0].channel("transfer").unwrap();
    assert_eq!(transfer.channels, ["channel-6", "channel-6"]);

    // Everything is on record: only the process, which is another by now, is started again.
    devnet.connect(|| Ok(program), &|_| ()).unwrap();
    assert_eq!(commands(home.path())[SETUP.len()..], ["start", "start"]);
    let again = devnet.state().unwrap().relayer.unwrap().process.unwrap().pid;
    for pid in [pid, again] {
        let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    }
}

#[test]
fn a_relayer_that_ends_at_start_is_an_error_and_what_was_opened_is_remembered() {
    let home = tempfile::tempdir().unwrap();
    let devnet = two_chains(home.path());
    let program = hermes(home.path(), "echo 'no such chain' >&2; exit 1");
    let error = devnet.connect(|| Ok(program.clone()), &|_| ()).unwrap_err().to_string();
    assert!(error.contains("ended at start") && error.contains("no such chain"), "{error}");
    assert_eq!(devnet.state().unwrap().links[0].channels.len(), 1);
    assert_eq!(devnet.relayer().unwrap().unwrap().pid, None);

    devnet.connect(|| Ok(program), &|_| ()).unwrap_err();
    assert_eq!(commands(home.path()), [&SETUP[..], &["start", "start"]].concat());
}

#[test]
fn a_chain_from_before_there_were_relayers_is_named() {
    let home = tempfile::tempdir().unwrap();
    let devnet = two_chains(home.path());
    let path = home.path().join("devnet.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut state: serde_json::Value = serde_json::from_str(&text).unwrap();
    state["chains"][1].as_object_mut().unwrap().remove("relayer");
    std::fs::write(&path, state.to_string()).unwrap();
    let program = || -> Result<PathBuf, DevnetError> { panic!("nothing is to be built") };
    match devnet.connect(program, &|_| ()) {
        Err(DevnetError::NoRelayerAccount { chain }) => assert_eq!(chain, "data"),
        other => panic!("expected NoRelayerAccount, got {other:?}"),
    }
}

#[test]
fn chains_that_are_not_connected_have_no_channels() {
    let home = tempfile::tempdir().unwrap();
    let devnet = two_chains(home.path());
    let program = || -> Result<PathBuf, DevnetError> { panic!("nothing is to be built") };
    let error = devnet.open_channels(["token", "data"], vec![], program, &|_| ()).unwrap_err().to_string();
    assert!(error.contains("token") && error.contains("none"), "{error}");
    assert!(devnet.relayer().unwrap().is_none());
}
