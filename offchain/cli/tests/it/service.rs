//! `bithive service install`: units with which systemd runs a party.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::common::{bithive, json, refused};
use crate::setup::Served;

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

#[test]
fn units_run_the_party_that_was_set_up_and_hold_no_password() {
    let chain = Served::new();
    let units = chain.file("units");
    for role in ["committee", "relay", "relayer"] {
        let (party, [_, password, _]) = chain.party(role, role);
        let config = text(&party["config"]);
        let mut install = vec!["service", "install", "--config", config, "--out", &units];
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
        let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
        let words: Vec<&str> = line.split(' ').map(|word| word.trim_matches('"')).collect();
        assert_eq!(words[..4], [env!("CARGO_BIN_EXE_bithive"), role, "run", "--config"], "{line}");
        assert_eq!(json(&["config", "validate", words[4]])["role"], role);
        assert!(bithive(&[role, "run", "--help"]).output().unwrap().status.success());
        assert_eq!(unit.contains("LoadCredential="), role != "relay", "{unit}");
        if role != "relay" {
            let secret = std::fs::read_to_string(&password).unwrap();
            assert!(!unit.contains(secret.trim()));
            let mode = std::fs::metadata(&password).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
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
