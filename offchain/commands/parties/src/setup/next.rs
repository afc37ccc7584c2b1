//! What a party does after its setup, command by command.

use std::path::Path;

use serde::Serialize;

use super::args::Role;
use crate::keys::PasswordArgs;

/// A command, and what it is for.
#[derive(Serialize)]
pub(super) struct Step {
    pub(super) what: String,
    pub(super) command: String,
}

/// The commands that make a party of the role work; `account` has its address and endpoint.
pub(super) fn commands(
    role: Role,
    config: &Path,
    account: Option<&(String, String)>,
    password: &PasswordArgs,
) -> Vec<Step> {
    let password = match (&password.password_command, &password.password_file) {
        // The shell reads what is between apostrophes as it is; one in it ends them for a moment.
        (Some(command), _) => format!(" --password-command '{}'", command.replace('\'', r"'\''")),
        (None, Some(file)) => format!(" --password-file {}", file.display()),
        (None, None) => String::new(),
    };
    let with = format!("--config {}{password}", config.display());
    let plain = format!("--config {}", config.display());
    let (address, endpoint) =
        account.map(|(address, endpoint)| (address.as_str(), endpoint.as_str())).unwrap_or_default();
    let step = |what: &str, command: String| Step { what: what.into(), command };
    let fund = |btt: u32| {
        step(
            "Whoever has coins sends some: for fees, and for the bond.",
            format!("bithive wallet fund {address} --amount {btt}"),
        )
    };
    let mut steps = match role {
        Role::Node => vec![
            fund(1_000),
            step(
                "Register it: attributes, and what it asks for a job.",
                format!(
                    "bithive node join {with} --ask 11 --set vram=24 --set region=eu --set certifications=gdpr"
                ),
            ),
            step("Run it.", format!("bithive node run {with}")),
        ],
        Role::Requester => vec![
            fund(200),
            step("Register it.", format!("bithive requester join {with}")),
            step(
                "Post a job and wait for its result.",
                format!("bithive job run {with} --policy 'vram >= 16' --price 20"),
            ),
        ],
        Role::Committee => vec![
            step(
                "Whoever has coins sends some for fees.",
                format!("bithive wallet fund {address} --amount 0"),
            ),
            step(
                "The registry's owner names all members in one command.",
                format!("bithive committee name --member {address}={endpoint} --member ..."),
            ),
            step("Run it.", format!("bithive committee run {with}")),
        ],
        Role::Relayer => vec![
            step(
                "Whoever has coins sends some for fees.",
                format!("bithive wallet fund {address} --amount 0"),
            ),
            step("Run it.", format!("bithive relayer run {with}")),
        ],
        Role::Meter => vec![
            step(
                "Whoever has coins sends some for fees.",
                format!("bithive wallet fund {address} --amount 0"),
            ),
            step(
                "Members of the meter who know this machine name it in their configuration, under [[vouch]].",
                format!("bithive timebank idle show {address}"),
            ),
            step("Run it.", format!("bithive meter run {with}")),
        ],
        Role::Oracle => vec![
            step(
                "Whoever has coins sends some for fees.",
                format!("bithive wallet fund {address} --amount 0"),
            ),
            step(
                "The owner of the time bank names all oracles in one command.",
                format!("bithive boinc oracle keys {with} --out oracle-keys.json"),
            ),
            step(
                "Run it, once the configuration names projects.",
                format!("bithive boinc oracle run {with}"),
            ),
        ],
        Role::Relay => vec![step("Run it.", format!("bithive relay run {plain}"))],
    };
    steps.push(step("Any time: what is wrong, and what helps.", format!("bithive health-check {plain}")));
    steps
}
