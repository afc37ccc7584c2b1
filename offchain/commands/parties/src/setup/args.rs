//! What `bithive setup` is told.

use std::net::SocketAddr;
use std::path::PathBuf;

use bithive_daemon::config::{Place, RelayUrl, RpcUrl};

use crate::keys::PasswordArgs;

/// Arguments of `bithive setup`.
#[derive(clap::Args)]
pub struct SetupArgs {
    /// What the party is.
    #[arg(value_enum)]
    pub(super) role: Role,
    /// Folder for its files; by default one with the name of the role.
    #[arg(long, value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,
    /// File of the network, which somebody who is in it wrote with `bithive deployment export`.
    #[arg(long, value_name = "FILE", conflicts_with = "contract")]
    pub(super) network: Option<PathBuf>,
    /// URL of an RPC server of the chain; by default the first of the network's file that answers.
    #[arg(long, value_name = "URL")]
    pub(super) chain: Option<RpcUrl>,
    /// Address of the job market or of the registry, in place of a file of the network.
    #[arg(long, value_name = "ADDRESS", requires = "chain")]
    pub(super) contract: Option<String>,
    /// Reference string, in place of a file of the network: a node and a requester need it. A page of the network serves it as
    /// /reference-string; what a server sends is used if the registry has its digest.
    #[arg(long, value_name = "FILE|URL", requires = "contract")]
    pub(super) reference_string: Option<Place>,
    /// URL of a relay; several can be named. By default those of the network's file.
    #[arg(long = "relay", value_name = "URL")]
    pub(super) relays: Vec<RelayUrl>,
    /// Address to listen on: UDP, or TCP for a relay. By default all addresses, and a port that is free here.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<SocketAddr>,
    /// Keys of the member with this number that the network of the home folder was made with, in place of new ones. From then on that member
    /// is this process: no command may open the home in a process of its own, and `chain serve` has to run.
    #[arg(long, value_name = "NUMBER", conflicts_with = "words_out")]
    pub(super) founder: Option<usize>,
    /// File for the 24 words that restore the keys, which only its owner can read, in place of the terminal.
    #[arg(long, value_name = "FILE")]
    pub(super) words_out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) password: PasswordArgs,
    /// Ask nothing: what is not given is an error, or has its default.
    #[arg(long)]
    pub(super) yes: bool,
}

/// A kind of party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Role {
    /// Runs models for requesters.
    Node,
    /// Evaluates attributes with the other members.
    Committee,
    /// Passes on packets between parties that can't reach each other.
    Relay,
    /// Does on chain what is due.
    Relayer,
    /// Posts jobs and fetches their results.
    Requester,
    /// Claims idle time of its machine, and vouches for that of others.
    Meter,
    /// Attests what hosts have earned in BOINC projects.
    Oracle,
}

impl Role {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Committee => "committee",
            Self::Relay => "relay",
            Self::Relayer => "relayer",
            Self::Requester => "requester",
            Self::Meter => "meter",
            Self::Oracle => "oracle",
        }
    }

    pub(super) const fn has_keys(self) -> bool {
        !matches!(self, Self::Relay)
    }

    pub(super) const fn needs_reference_string(self) -> bool {
        matches!(self, Self::Node | Self::Requester)
    }
}
