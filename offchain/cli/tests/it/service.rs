//! `bithive service install`: units with which systemd runs a party.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::common::{Network, bithive, json, path, refused};
use crate::setup::Served;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// The words of the line that starts the party.
fn started(unit: &str) -> Vec<&str> {
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    line.split(' ').map(|word| word.trim_matches('"')).collect()
}

/// Whether systemd takes the unit; `None` where there is no systemd, or none that works here.
fn verified(file: &Path, user: bool) -> Option<Result<(), String>> {
    let runtime = tempfile::tempdir().unwrap();
    let verify = |file: &Path| {
        Command::new("systemd-analyze")
            .args(user.then_some("--user"))
            .args(["verify", "--man=no"])
            .arg(file)
            .env("XDG_RUNTIME_DIR", runtime.path())
            .output()
            .ok()
    };
    let plain = runtime.path().join("plain.service");
    std::fs::write(&plain, "[Service]\nExecStart=/bin/true\n").unwrap();
    if !verify(&plain)?.status.success() {
        return None;
    }
    let output = verify(file)?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // What it does not understand it ignores, with a warning.
    Some(if output.status.success() && !said.contains("ignoring") { Ok(()) } else { Err(said) })
}

#[test]
fn units_run_the_party_that_was_set_up_and_hold_no_password() {
    let chain = Served::new();
    let units = chain.file("units");
    for role in ["node", "committee", "relay", "relayer", "meter", "oracle"] {
        let (party, [_, password, _]) = chain.party(role, role);
        let mut install = vec!["service", "install", "--config", text(&party["config"]), "--out", &units];
        if role != "relay" {
            let without = bithive(&install).env_remove("BITHIVE_PASSWORD_FILE").output().unwrap();
            assert_eq!(without.status.code(), Some(2));
            assert!(String::from_utf8_lossy(&without.stderr).contains("--password-file"));
            install.extend(["--password-file", &password]);
        }
        let answer = json(&install);
        let file = Path::new(text(&answer["file"]));
        assert_eq!(file, Path::new(&units).join(format!("bithive-{role}.service")));
        assert_eq!(text(&answer["next"][1]), format!("systemctl --user enable --now bithive-{role}"));
        let unit = std::fs::read_to_string(file).unwrap();
        // What the service starts exists, and takes these arguments.
        let words = started(&unit);
        let at = words.iter().position(|word| *word == "--config").unwrap();
        let (command, config) = (&words[1..at], words[at + 1]);
        assert_eq!(
            (words[0], &command[command.len() - 2..]),
            (env!("CARGO_BIN_EXE_bithive"), &[role, "run"][..])
        );
        match role {
            // Joining makes what is missing.
            "node" => assert!(refused(&["config", "validate", config]).contains("node join")),
            _ => assert_eq!(json(&["config", "validate", config])["role"], role),
        }
        assert!(bithive(&[command, &["--help"]].concat()).output().unwrap().status.success(), "{unit}");
        assert_eq!(unit.contains("LoadCredential="), role != "relay", "{unit}");
        if role != "relay" {
            let secret = std::fs::read_to_string(&password).unwrap();
            assert!(!unit.contains(secret.trim()));
            let mode = std::fs::metadata(&password).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        assert_eq!(verified(file, true).unwrap_or(Ok(())), Ok(()), "{unit}");
        // Again: the same unit.
        json(&install);
        assert_eq!(std::fs::read_to_string(file).unwrap(), unit);
    }
    let (requester, [_, password, _]) = chain.party("requester", "requester");
    let config = text(&requester["config"]);
    let of = |extra: &[&str]| {
        let install =
            ["service", "install", "--config", config, "--password-file", &password, "--out", &units];
        refused(&[&install[..], extra].concat())
    };
    assert!(of(&[]).contains("a requester is no service"));
    let (relay, _) = chain.party("relay", "relay");
    let name =
        ["service", "install", "--config", text(&relay["config"]), "--out", &units, "--name", "../relay"];
    assert!(refused(&name).contains("--name"));
}

#[test]
fn a_unit_of_the_system_runs_as_its_user_and_asks_a_command_for_the_password() {
    let chain = Served::new();
    let units = chain.file("units");
    for role in ["node", "meter"] {
        let (party, _) = chain.party(role, role);
        let config = text(&party["config"]);
        let name = format!("hive-{role}");
        let install = ["service", "install", "--config", config, "--out", &units, "--name", &name];
        let of = ["--system", "nobody", "--password-command", "pass show \"hive/$USER\" | tail -c 50%"];
        let answer = json(&[&install[..], &of].concat());
        assert_eq!(
            answer["next"],
            serde_json::json!(["systemctl daemon-reload", format!("systemctl enable --now {name}")])
        );
        assert_eq!(text(&answer["log"]), format!("journalctl --unit {name} --follow"));
        let file = Path::new(text(&answer["file"]));
        assert_eq!(file, Path::new(&units).join(format!("{name}.service")));
        let unit = std::fs::read_to_string(file).unwrap();
        assert_eq!(started(&unit)[1..4], [role, "run", "--config"], "{unit}");
        let command = " --password-command \"pass show \\\"hive/$$USER\\\" | tail -c 50%%\"";
        assert!(unit.lines().any(|line| line.starts_with("ExecStart=") && line.ends_with(command)), "{unit}");
        assert!(!unit.contains("LoadCredential") && !unit.contains("BITHIVE_PASSWORD_FILE"), "{unit}");
        for line in ["User=nobody", "ProtectSystem=strict", "PrivateTmp=yes", "WantedBy=multi-user.target"] {
            assert!(unit.lines().any(|found| found == line), "{line}: {unit}");
        }
        // It can write where its records are, and those folders are there.
        let folders: Vec<_> = unit
            .lines()
            .filter_map(|line| line.strip_prefix("ReadWritePaths="))
            .map(|folder| folder.trim_matches('"'))
            .collect();
        assert!(!folders.is_empty() && folders.iter().all(|folder| Path::new(folder).is_dir()), "{unit}");
        assert_eq!(verified(file, false).unwrap_or(Ok(())), Ok(()), "{unit}");
    }
}

/// A gateway has no account: its key and its token are files, which the unit's user has to be able to read.
#[test]
fn a_gateway_is_a_service_that_writes_to_its_spool_only() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (config, units) = (at("gateway.toml"), at("units"));
    let written = json(&["gateway", "config", "--out", &config]);
    assert_eq!(text(&written["role"]), "gateway");
    let install = ["service", "install", "--config", &config, "--out", &units, "--system", "nobody"];
    let missing = refused(&install);
    assert!(missing.contains("gateway key"), "{missing}");
    json(&["gateway", "key", &at("spool.key")]);
    json(&["gateway", "token", &at("web.token")]);
    let answer = json(&install);
    let file = Path::new(text(&answer["file"]));
    assert_eq!(file, Path::new(&units).join("bithive-gateway.service"));
    let unit = std::fs::read_to_string(file).unwrap();
    assert_eq!(started(&unit)[1..], ["gateway", "run", "--config", config.as_str()], "{unit}");
    assert!(!unit.contains("LoadCredential") && !unit.contains("PASSWORD"), "{unit}");
    let writes: Vec<_> = unit.lines().filter_map(|line| line.strip_prefix("ReadWritePaths=")).collect();
    assert_eq!(writes, [format!("\"{}\"", at("spool"))], "{unit}");
    assert!(Path::new(&at("spool")).is_dir());
    assert_eq!(verified(file, false).unwrap_or(Ok(())), Ok(()), "{unit}");
}

/// What serves or watches has no configuration: its words are those of the command, and run where they were written.
#[test]
fn the_page_a_served_chain_and_who_watches_a_log_are_services_as_well() {
    let network = Network::with_nodes(0);
    let (home, units) = (path(&network.home()), network.file("units", ""));
    std::fs::remove_file(&units).unwrap();
    network.json(&["audit", "init"]);
    let install = ["--home", &home, "service", "install", "--out", &units, "--system", "nobody"];
    let commands = [
        ("bithive-page", "page --listen 127.0.0.1:0"),
        ("bithive-chain", "chain serve --every-ms 500"),
        ("bithive-audit-watch", "audit watch --once"),
    ];
    for (name, command) in commands {
        let words: Vec<_> = command.split(' ').collect();
        // What follows the two hyphens is the command's own.
        let output = bithive(&[&install[..], &["--json", "--"], &words].concat()).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(text(&answer["name"]), name);
        let file = Path::new(text(&answer["file"]));
        let unit = std::fs::read_to_string(file).unwrap();
        assert_eq!(started(&unit)[1..], [&["--home", home.as_str()][..], &words].concat(), "{unit}");
        let at = format!("WorkingDirectory={}", std::env::current_dir().unwrap().display());
        assert!(unit.lines().any(|line| line == at), "{unit}");
        assert!(unit.contains(&format!("ReadWritePaths=\"{home}\"")), "{unit}");
        assert!(!unit.contains("LoadCredential") && !unit.contains("PASSWORD"), "{unit}");
        assert_eq!(verified(file, false).unwrap_or(Ok(())), Ok(()), "{unit}");
    }
    // What the unit of the watch starts ends here, because of --once: nothing is unusual.
    let unit = std::fs::read_to_string(Path::new(&units).join("bithive-audit-watch.service")).unwrap();
    let words = started(&unit);
    assert!(Command::new(words[0]).args(&words[1..]).output().unwrap().status.success());
    let refuses = |words: &[&str], expected: &str| {
        let error = refused(&[&install[..], words].concat());
        assert!(error.contains(expected), "{words:?}: {error}");
    };
    refuses(&["--", "page", "--colour"], "--colour");
    refuses(&["--", "job", "list"], "page, chain serve or audit watch");
    refuses(&["--config", "node.toml", "--", "page"], "cannot be used with");
    refuses(&[], "--config");
}

#[test]
fn systemd_refuses_what_it_does_not_understand() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.service");
    std::fs::write(&file, "[Service]\nExecStart=/bin/true\nRestart=sometimes\n").unwrap();
    for user in [false, true] {
        if let Some(said) = verified(&file, user) {
            assert!(said.is_err_and(|said| said.contains("sometimes")));
        }
    }
}
