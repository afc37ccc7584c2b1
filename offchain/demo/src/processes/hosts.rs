//! Where the parties are: all on this machine's loopback, or behind two NATs of a laboratory.

use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;

use anyhow::{Context, Result};

#[cfg(target_os = "linux")]
use bithive_netlab::{Lab, Namespace, Side};

#[cfg(not(target_os = "linux"))]
pub(crate) use self::elsewhere::Namespace;

/// Hosts of the laboratory: chain and relay are where everybody reaches them, the others behind a NAT each.
#[cfg(target_os = "linux")]
const SIDES: [&str; 3] = ["public", "one:nat=port-restricted", "two:nat=port-restricted"];

/// The hosts that the parties run on.
pub(crate) enum Hosts {
    /// This machine, over its loopback interface.
    Loopback,
    /// Network namespaces of a laboratory: two NATs and a public host.
    #[cfg(target_os = "linux")]
    Lab(Lab),
}

impl Hosts {
    /// Makes the laboratory, if there is to be one.
    pub(crate) fn open(namespaces: bool, seed: u64) -> Result<Self> {
        if !namespaces {
            return Ok(Self::Loopback);
        }
        Self::laboratory(seed)
    }

    #[cfg(target_os = "linux")]
    fn laboratory(seed: u64) -> Result<Self> {
        let sides = SIDES.into_iter().map(Side::parse).collect::<Result<Vec<_>, _>>()?;
        Ok(Self::Lab(Lab::create(&sides, seed).context("--namespaces")?))
    }

    #[cfg(not(target_os = "linux"))]
    fn laboratory(_: u64) -> Result<Self> {
        anyhow::bail!("--namespaces: network namespaces are there on Linux only")
    }

    /// Where the demo itself has to be to reach chain and relay; none for where it is.
    pub(crate) fn inside(&self) -> Result<Option<Namespace>> {
        match self {
            Self::Loopback => Ok(None),
            #[cfg(target_os = "linux")]
            Self::Lab(lab) => Ok(Some(lab.namespace("public")?)),
        }
    }

    /// This program, to be started on the host of the party called `name`.
    #[cfg_attr(not(target_os = "linux"), allow(unused_variables))]
    pub(super) fn command(&self, name: &str) -> Result<Command> {
        let program = std::env::current_exe().context("the name of this program")?;
        match self {
            Self::Loopback => Ok(Command::new(program)),
            #[cfg(target_os = "linux")]
            Self::Lab(lab) => Ok(lab.command(side(name), program)?),
        }
    }

    /// The address at which chain and relay listen.
    pub(super) fn public(&self) -> Result<IpAddr> {
        match self {
            Self::Loopback => Ok(Ipv4Addr::LOCALHOST.into()),
            #[cfg(target_os = "linux")]
            Self::Lab(lab) => Ok(lab.public_address("public")?.into()),
        }
    }

    /// The UDP address at which the other parties listen.
    pub(super) fn listen(&self) -> &'static str {
        match self {
            Self::Loopback => "127.0.0.1:0",
            #[cfg(target_os = "linux")]
            Self::Lab(_) => "0.0.0.0:0",
        }
    }

    /// Description for people.
    pub(super) fn shown(&self) -> &'static str {
        match self {
            Self::Loopback => "every party is a process of its own, over UDP on this machine",
            #[cfg(target_os = "linux")]
            Self::Lab(_) => {
                "every party is a process of its own, half of them behind one NAT, half behind another"
            }
        }
    }
}

/// Requester, every other member and node are behind the first NAT.
#[cfg(target_os = "linux")]
fn side(name: &str) -> &'static str {
    let number = name.rsplit('-').next().and_then(|number| number.parse::<u32>().ok());
    match (name, number) {
        ("chain" | "relay", _) => "public",
        (_, Some(number)) if number % 2 == 0 => "two",
        _ => "one",
    }
}

/// Systems without network namespaces have none to enter.
#[cfg(not(target_os = "linux"))]
mod elsewhere {
    #[derive(Clone)]
    pub(crate) enum Namespace {}

    impl Namespace {
        pub(crate) fn enter(&self) -> std::io::Result<()> {
            match *self {}
        }

        pub(crate) fn run<T: Send>(&self, _: impl FnOnce() -> T + Send) -> std::io::Result<T> {
            match *self {}
        }
    }
}
