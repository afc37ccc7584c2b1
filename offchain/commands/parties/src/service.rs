//! `bithive service`: units with which systemd runs a party, or a program that serves or watches.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use bithive_command_kit::Output;
use bithive_daemon::config::{
    CommitteeConfig, MeterConfig, NodeConfig, OracleConfig, RelayConfig, RelayerConfig, Settings, role_of,
    written_role,
};
use bithive_gateway::config::{GatewayConfig, ROLE as GATEWAY};
use bithive_keystore::{Password, PasswordSource, private};
use clap::Subcommand;
use serde_json::json;

use super::keys::PasswordArgs;

/// Units with which systemd runs a party, the page, a served chain, or who watches an audit log.
#[derive(Subcommand)]
pub enum Command {
    /// Write the unit of a party, for example: service install --config node/node.toml --password-file node.password
    ///
    /// Or that of `page`, `chain serve` or `audit watch`, whose words follow: service install -- page --network hive.network
    ///
    /// It starts the program again when it fails, hands it the password as a credential of systemd, and lets it write to its own folders only.
    /// With --password-command the party runs that command, as the user of the unit.
    /// Nothing is started: the answer says how.
    Install(InstallArgs),
}

/// Arguments of `bithive service install`.
#[derive(clap::Args)]
pub struct InstallArgs {
    /// Configuration of a node, committee member, relay, relayer, meter, oracle or gateway.
    #[arg(long, value_name = "FILE", required_unless_present = "words", conflicts_with = "words")]
    config: Option<PathBuf>,
    /// `page`, `chain serve` or `audit watch` with their options, in place of a configuration. They run in the folder in which the unit is
    /// written, and with its home folder.
    #[arg(last = true, value_name = "COMMAND")]
    words: Vec<String>,
    // A relay and a gateway have none.
    #[command(flatten)]
    password: PasswordArgs,
    /// A unit of the whole system, run as this user, in place of one of your own. Its file is in /etc/systemd/system.
    #[arg(long, value_name = "USER")]
    system: Option<String>,
    /// Name of the service; by default bithive- and the role.
    #[arg(long)]
    name: Option<String>,
    /// Folder for the unit, in place of systemd's.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs a command.
pub fn run(command: Command, home: &Path, output: Output) -> Result<()> {
    let Command::Install(args) = command;
    let program = std::env::current_exe().context("the path of this program")?;
    let Started { role, words, folders, at } = match &args.config {
        Some(config) => party(config)?,
        None => serving(&program, &absolute(home)?, &args.words)?,
    };
    let password = match (args.password.source(), role) {
        (_, RelayConfig::ROLE | GATEWAY | PAGE | CHAIN | WATCH) => None,
        (PasswordSource::File(file), _) => {
            // One that can't be read would show only when the service starts.
            Password::read(&file)?;
            Some(PasswordSource::File(absolute(&file)?))
        }
        (command @ PasswordSource::Command(_), _) => Some(command),
        (PasswordSource::Terminal, _) => bail!(
            "nobody types a password into a service; expected --password-file FILE or --password-command COMMAND"
        ),
    };
    let unit = Unit {
        role,
        program,
        words,
        at,
        password,
        folders: folders.iter().map(|folder| absolute(folder)).collect::<Result<_>>()?,
        user: args.system.clone(),
    };
    let name = args.name.unwrap_or_else(|| format!("bithive-{role}"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    ensure!(
        !name.is_empty() && name.bytes().all(plain),
        "--name is {name:?}; expected letters, digits, '-' and '_'"
    );
    let folder = match (args.out, &args.system) {
        (Some(folder), _) => folder,
        (None, Some(_)) => "/etc/systemd/system".into(),
        (None, None) => own_units()?,
    };
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    for data in &unit.folders {
        std::fs::create_dir_all(data).with_context(|| data.display().to_string())?;
    }
    let file = folder.join(format!("{name}.service"));
    private::replace(&file, unit.text()?.as_bytes())?;
    let of = if args.system.is_some() { "systemctl" } else { "systemctl --user" };
    let mut next = vec![format!("{of} daemon-reload"), format!("{of} enable --now {name}")];
    if args.system.is_none() {
        // A user's services end with the last session otherwise.
        next.push("loginctl enable-linger".into());
    }
    let log =
        format!("journalctl {}--unit {name} --follow", if args.system.is_some() { "" } else { "--user " });
    let answer = json!({ "role": role, "name": name, "file": file, "next": next, "log": log });
    output.show(&answer, |_| {
        println!("wrote {}\n\nWhat comes next:", file.display());
        next.iter().for_each(|command| println!("  {command}"));
        println!("Its log: {log}");
    })
}

/// Names of programs that have no configuration.
const PAGE: &str = "page";
const CHAIN: &str = "chain";
const WATCH: &str = "audit-watch";

/// What a unit starts.
struct Started {
    role: &'static str,
    /// The words after the program.
    words: Vec<String>,
    /// Where it writes.
    folders: Vec<PathBuf>,
    /// Where it starts, if paths among its words count from there.
    at: Option<PathBuf>,
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| path.display().to_string())
}

/// The program that serves or watches, by the words of its command.
fn serving(program: &Path, home: &Path, words: &[String]) -> Result<Started> {
    let value = |name: &str| {
        let follows = words.iter().skip_while(|word| *word != name).nth(1);
        follows
            .map(String::as_str)
            .or_else(|| words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('=')))
    };
    let folder = |name: &str| value(name).map(PathBuf::from);
    let begins = words.iter().take(2).map(String::as_str).collect::<Vec<_>>();
    let (role, folders) = match begins[..] {
        ["page", ..] => (PAGE, vec![home.to_owned(), folder("--state").unwrap_or_else(|| home.join("page"))]),
        ["chain", "serve"] => (CHAIN, vec![home.to_owned()]),
        ["audit", "watch"] => {
            let state = folder("--state").and_then(|file| Some(file.parent()?.to_owned()));
            (
                WATCH,
                [folder("--log").or_else(|| Some(home.to_owned())), state].into_iter().flatten().collect(),
            )
        }
        _ => bail!("expected --config FILE, or after -- the words of page, chain serve or audit watch"),
    };
    // An option that does not exist would show only when the service starts.
    let asked = std::process::Command::new(program).args(words).arg("--help").output();
    let asked = asked.with_context(|| program.display().to_string())?;
    let said = String::from_utf8_lossy(&asked.stderr);
    ensure!(asked.status.success(), "{}", said.trim().trim_start_matches("error: "));
    let words =
        ["--home".to_owned(), utf8(home)?.to_owned()].into_iter().chain(words.iter().cloned()).collect();
    let folders = folders.into_iter().filter(|folder| !folder.as_os_str().is_empty()).collect();
    let at = Some(std::env::current_dir().context("the folder in which this program runs")?);
    Ok(Started { role, words, folders, at })
}

/// The party that a configuration is of.
fn party(config: &Path) -> Result<Started> {
    let (role, folders) = role_and_folders(config)?;
    let run = match role {
        OracleConfig::ROLE => vec!["boinc", "oracle", "run"],
        role => vec![role, "run"],
    };
    let config = absolute(config)?;
    let words = run.into_iter().chain(["--config", utf8(&config)?]).map(String::from).collect();
    Ok(Started { role, words, folders, at: None })
}

/// Role and folders of the party that a configuration is of.
fn role_and_folders(config: &Path) -> Result<(&'static str, Vec<PathBuf>)> {
    let parent = |path: &Path| path.parent().map(Path::to_owned);
    if written_role(config)? == GATEWAY {
        // It needs no chain and asks for no password: its key and its token are files.
        let gateway = GatewayConfig::load(config)?;
        gateway.check_files(config)?;
        return Ok((GATEWAY, vec![gateway.spool]));
    }
    Ok(match role_of(config)?.as_str() {
        NodeConfig::ROLE => {
            let NodeConfig { data, audit, .. } = NodeConfig::load(config)?;
            (NodeConfig::ROLE, [Some(data), audit.log].into_iter().flatten().collect())
        }
        CommitteeConfig::ROLE => (CommitteeConfig::ROLE, vec![CommitteeConfig::load(config)?.data]),
        RelayerConfig::ROLE => (RelayerConfig::ROLE, vec![RelayerConfig::load(config)?.data]),
        OracleConfig::ROLE => {
            let OracleConfig { data, publish, .. } = OracleConfig::load(config)?;
            (OracleConfig::ROLE, [Some(data), parent(&publish)].into_iter().flatten().collect())
        }
        MeterConfig::ROLE => (MeterConfig::ROLE, vec![MeterConfig::load(config)?.data]),
        RelayConfig::ROLE => {
            RelayConfig::load(config)?;
            (RelayConfig::ROLE, parent(config).into_iter().filter(|folder| folder.is_dir()).collect())
        }
        other => bail!(
            "a {other} is no service; expected the configuration of a node, committee member, relay, relayer, meter, oracle or gateway"
        ),
    })
}

/// Where systemd looks for the units of the user.
fn own_units() -> Result<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")));
    let config = config.context("neither XDG_CONFIG_HOME nor HOME is set; expected --out DIR")?;
    Ok(config.join("systemd/user"))
}

/// A party as a service.
struct Unit {
    role: &'static str,
    program: PathBuf,
    /// The words after it.
    words: Vec<String>,
    /// Where it starts, if that matters.
    at: Option<PathBuf>,
    /// None for a party without a keystore.
    password: Option<PasswordSource>,
    /// Where it writes.
    folders: Vec<PathBuf>,
    /// Whom it runs as, in a unit of the system.
    user: Option<String>,
}

impl Unit {
    /// The file, as systemd.service(5), systemd.exec(5) and systemd.unit(5) have it.
    fn text(&self) -> Result<String> {
        let Self { role, program, words, at, password, folders, user } = self;
        let program = word(program)?;
        let plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b'.' | b':');
        let words = words.iter().map(|word| {
            if !word.is_empty() && word.bytes().all(plain) { Ok(word.clone()) } else { quoted(word) }
        });
        let words = words.collect::<Result<Vec<_>>>()?.join(" ");
        let command = match password {
            Some(PasswordSource::Command(line)) => format!(" --password-command {}", quoted(line)?),
            _ => String::new(),
        };
        let mut lines = vec![
            "[Unit]".to_owned(),
            format!("Description=BitHive {role}"),
            "Wants=network-online.target".into(),
            "After=network-online.target".into(),
            "# A party that fails again and again goes on trying: what it waits for may come back.".into(),
            "StartLimitIntervalSec=0".into(),
            String::new(),
            "[Service]".into(),
            "Type=exec".into(),
            format!("ExecStart={program} {words}{command}"),
            "Restart=on-failure".into(),
            "RestartSec=5".into(),
            "TimeoutStopSec=60".into(),
            "LimitNOFILE=65536".into(),
            "# A dump of its memory would hold its keys.".into(),
            "LimitCORE=0".into(),
            "NoNewPrivileges=yes".into(),
        ];
        if let Some(folder) = at {
            lines.push(format!("WorkingDirectory={}", setting(folder)?));
        }
        if let Some(PasswordSource::File(file)) = password {
            lines.push(format!("LoadCredential=password:{}", setting(file)?));
            lines.push(format!("Environment={}=%d/password", bithive_keystore::PASSWORD_FILE));
        }
        if let Some(user) = user {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            ensure!(
                !user.is_empty() && user.bytes().all(plain),
                "--system is {user:?}; expected the name of a user"
            );
            lines.extend([format!("User={user}"), "ProtectSystem=strict".into(), "PrivateTmp=yes".into()]);
            for folder in folders {
                lines.push(format!("ReadWritePaths={}", word(folder)?));
            }
        }
        let wanted = if user.is_some() { "multi-user.target" } else { "default.target" };
        lines.extend([String::new(), "[Install]".into(), format!("WantedBy={wanted}"), String::new()]);
        Ok(lines.join("\n"))
    }
}

fn utf8(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}

/// A text as a value of a setting: `%` begins a specifier.
fn escaped(text: &str) -> Result<String> {
    ensure!(!text.contains(char::is_control), "{text:?} has a control character, which a unit can't name");
    Ok(text.replace('%', "%%"))
}

/// A text as one word of a command or list.
fn quoted(text: &str) -> Result<String> {
    let text = escaped(text)?.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "$$");
    Ok(format!("\"{text}\""))
}

/// A path as a value of a setting.
fn setting(path: &Path) -> Result<String> {
    escaped(utf8(path)?)
}

/// A path as one word of a command or list.
fn word(path: &Path) -> Result<String> {
    quoted(utf8(path)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    fn unit(user: Option<&str>) -> Unit {
        Unit {
            role: "node",
            program: "/opt/bit hive/bithive".into(),
            words: started(&["node", "run", "--config", "/srv/50%/node.toml"]),
            at: None,
            password: Some(PasswordSource::File("/srv/node.password".into())),
            folders: vec!["/srv/a \"b\"/data".into()],
            user: user.map(Into::into),
        }
    }

    #[test]
    fn paths_are_written_so_that_systemd_reads_them_as_they_are() {
        let text = unit(Some("hive")).text().unwrap();
        let line = "ExecStart=\"/opt/bit hive/bithive\" node run --config \"/srv/50%%/node.toml\"";
        assert!(text.lines().any(|found| found == line), "{text}");
        assert!(text.contains("ReadWritePaths=\"/srv/a \\\"b\\\"/data\""), "{text}");
        assert!(text.contains("WantedBy=multi-user.target") && text.contains("User=hive"), "{text}");
        let line_break = Unit { words: started(&["node", "/srv/a\nExecStart=/bin/sh"]), ..unit(None) };
        assert!(line_break.text().unwrap_err().to_string().contains("control character"));
        assert!(unit(Some("hive\nUser=root")).text().unwrap_err().to_string().contains("name of a user"));
    }

    #[test]
    fn what_serves_starts_in_its_folder_with_words_as_they_were_given() {
        let words = started(&["--home", "/srv/hive", "page", "--log", "warn,bithive page=info"]);
        let text = Unit { words, at: Some("/srv/50% of it".into()), ..unit(None) }.text().unwrap();
        assert!(
            text.contains("/bithive\" --home /srv/hive page --log \"warn,bithive page=info\"\n"),
            "{text}"
        );
        assert!(text.contains("\nWorkingDirectory=/srv/50%% of it\n"), "{text}");
    }

    #[test]
    fn the_password_is_a_credential_and_never_in_the_unit() {
        let text = unit(None).text().unwrap();
        assert!(text.contains("LoadCredential=password:/srv/node.password"), "{text}");
        assert!(text.contains("Environment=BITHIVE_PASSWORD_FILE=%d/password"), "{text}");
        assert!(text.contains("WantedBy=default.target") && !text.contains("User="), "{text}");
    }

    #[test]
    fn a_password_command_is_one_word_of_the_unit_and_takes_the_place_of_the_credential() {
        let command = PasswordSource::Command("pass show \"hive/$USER\" | tail -c 50%".into());
        let text = Unit { password: Some(command), ..unit(None) }.text().unwrap();
        let word = "--password-command \"pass show \\\"hive/$$USER\\\" | tail -c 50%%\"";
        assert!(text.contains(word), "{text}");
        assert!(!text.contains("LoadCredential") && !text.contains("BITHIVE_PASSWORD_FILE"), "{text}");
    }
}
