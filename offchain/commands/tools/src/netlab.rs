//! `bithive netlab`: programs behind emulated links and NATs.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use bithive_command_kit::Output;
use bithive_netlab::{Counts, Duplex, Proxy};
use clap::Subcommand;
use serde::Serialize;

/// Programs behind emulated links and NATs, to see how a node behaves on a bad network.
#[derive(Subcommand)]
pub enum Command {
    /// Run programs on hosts of their own, each behind a link and, if wanted, a NAT (Linux, as root).
    ///
    /// A host is a network namespace; it reaches the other hosts and nothing else. Programs find the others' addresses
    /// in variables named after them, such as LAB_RELAY. The laboratory ends with the last program, or by Ctrl-C.
    #[command(
        after_help = "Example:\n  bithive netlab run --side relay --side clinic:nat=symmetric,up=5M,down=20M,delay=20ms \\\n      \
                            --run 'relay=nc -ul 9000' --run 'clinic=echo hello | nc -uN $LAB_RELAY 9000'"
    )]
    Run {
        /// A host: NAME, or NAME:KEY=VALUE,... with nat (full-cone, address-restricted, port-restricted, symmetric),
        /// mapping (how long the NAT keeps one), and the keys of a link (see proxy).
        #[arg(long = "side", required = true, value_name = "NAME:KEY=VALUE,...")]
        sides: Vec<String>,
        /// A program to run on a host, as a shell command.
        #[arg(long = "run", required = true, value_name = "NAME=COMMAND")]
        programs: Vec<String>,
        /// Seed that decides which packets are lost and delayed, and which ports a NAT uses.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Pass UDP between clients and one address through a link; needs no rights.
    Proxy {
        /// Address that clients send to.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Address that the datagrams are passed on to.
        #[arg(long)]
        target: SocketAddr,
        /// The link: rate, or up and down (20M); delay (20ms), jitter, queue (bytes: 100k), codel (yes), loss (1%),
        /// burst (share of time in which half is lost), reorder (share that comes 2 ms late).
        #[arg(long, default_value = "", value_name = "KEY=VALUE,...")]
        link: String,
        /// Seed that decides which datagrams are lost and delayed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Stop after this time and show how many datagrams were passed on and lost.
        #[arg(long)]
        seconds: Option<u64>,
    },
}

/// Runs programs behind emulated links.
pub fn run(command: Command, output: Output) -> Result<ExitCode> {
    match command {
        Command::Run { sides, programs, seed } => programs_within(&sides, &programs, seed, output),
        Command::Proxy { listen, target, link, seed, seconds } => {
            let proxy = Proxy::start(listen, target, Duplex::parse(&link)?, seed)?;
            eprintln!("{} passes on to {target}", proxy.address());
            let Some(seconds) = seconds else {
                loop {
                    std::thread::park();
                }
            };
            std::thread::sleep(Duration::from_secs(seconds));
            let (up, down) = proxy.counts();
            let answer = Passed { up: Direction::from(up), down: Direction::from(down) };
            output.show(&answer, |answer| {
                for (name, of) in [("to the target", &answer.up), ("from the target", &answer.down)] {
                    println!(
                        "{name}: {} datagrams, {} bytes; {} dropped by the queue, {} lost",
                        of.passed, of.bytes, of.dropped, of.lost
                    );
                }
            })?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

#[derive(Serialize)]
struct Passed {
    up: Direction,
    down: Direction,
}

#[derive(Serialize)]
struct Direction {
    passed: u64,
    bytes: u64,
    dropped: u64,
    lost: u64,
}

impl From<Counts> for Direction {
    fn from(counts: Counts) -> Self {
        let Counts { passed, passed_bytes, dropped, lost } = counts;
        Self { passed, bytes: passed_bytes, dropped, lost }
    }
}

#[cfg(not(target_os = "linux"))]
fn programs_within(_: &[String], _: &[String], _: u64, _: Output) -> Result<ExitCode> {
    anyhow::bail!("network namespaces need Linux; `bithive netlab proxy` does not")
}

#[cfg(target_os = "linux")]
fn programs_within(sides: &[String], programs: &[String], seed: u64, output: Output) -> Result<ExitCode> {
    use anyhow::Context as _;
    use bithive_netlab::{Lab, Side};

    let sides = sides.iter().map(|side| Side::parse(side)).collect::<Result<Vec<_>, _>>()?;
    let lab = Lab::create(&sides, seed)?;
    let mut addresses = Vec::new();
    for Side { name, .. } in &sides {
        let address = lab.public_address(name)?.to_string();
        output.note(format!("{name} is {address}"));
        addresses.push((format!("LAB_{}", name.to_uppercase().replace('-', "_")), address));
    }
    let mut commands = Vec::new();
    for program in programs {
        let split = program.split_once('=');
        let (side, line) = split.with_context(|| format!("--run {program:?}: expected NAME=COMMAND"))?;
        let mut command = lab.command(side, "sh")?;
        command.arg("-c").arg(line).envs(addresses.iter().cloned());
        if output.json {
            // The answer is one document; what programs say goes elsewhere.
            command.stdout(std::io::stderr());
        }
        commands.push((side, command));
    }
    let mut children = Vec::new();
    for (side, command) in &mut commands {
        match command.spawn() {
            Ok(child) => children.push((*side, child)),
            Err(error) => {
                for (_, child) in &mut children {
                    let _ = child.kill();
                }
                return Err(error).context(format!("the shell on {side:?}"));
            }
        }
    }
    let mut ended = Vec::new();
    for (side, mut child) in children {
        ended.push(Ended { side: side.into(), code: child.wait()?.code() });
    }
    let failed = ended.iter().any(|ended| ended.code != Some(0));
    output.show(&ended, |ended| {
        for Ended { side, code } in ended.iter().filter(|ended| ended.code != Some(0)) {
            let how = code.map_or("by a signal".to_owned(), |code| format!("with {code}"));
            println!("the program on {side} ended {how}");
        }
    })?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

#[cfg(target_os = "linux")]
#[derive(Serialize)]
struct Ended {
    side: String,
    /// None if a signal ended it.
    code: Option<i32>,
}
