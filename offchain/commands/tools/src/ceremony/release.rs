//! `bithive ceremony release`: members of a committee make a key for contents, of which each has a share and nobody has the whole.
//!
//! Three steps, each with files that go to all members; every step can be repeated and has the same result.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bithive_command_kit::{Output, PasswordArgs, open_keystore};
use bithive_exchange::PeerId;
use bithive_keystore::{Kdf, Keystore, fresh_rng, names};
use bithive_release::ceremony::{Card, Ceremony, Deal, Secret};
use bithive_release::{Committee, DecodeError};
use clap::Subcommand;
use serde_json::json;

use super::create;

/// Most bytes of a card, a deal or a committee, rounded up.
const MAX_BYTES: u64 = 4 << 10;

/// A committee's key for contents: made together, of which each member has a share.
#[derive(Subcommand)]
pub enum Command {
    /// Take part: make a secret for this ceremony, and the card that all members get, for example:
    /// ceremony release join --endpoint ENDPOINT --key ceremony.json --out anna.card
    ///
    /// The others have to know that the card is the member's: it says which endpoint (`bithive committee keys`) will answer for the key.
    Join {
        /// Endpoint of the member, 64 hex digits, as `bithive committee keys` shows it.
        #[arg(long)]
        endpoint: PeerId,
        /// Keystore to create with the secret of this ceremony.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
        /// File to create with the card.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Where the password of the keystore comes from.
        #[command(flatten)]
        password: PasswordArgs,
        /// MiB of memory that one guess at the password takes. Fewer only where the password is random.
        #[arg(long, value_name = "MIB", default_value_t = Kdf::PERSON.memory_kib >> 10)]
        kdf_memory: u32,
    },
    /// Deal to all members, once the cards of all are there, for example:
    /// ceremony release deal --key ceremony.json --threshold 2 --cards anna.card ben.card cleo.card --out anna.deal
    Deal {
        /// What everybody deals to.
        #[command(flatten)]
        members: MembersArgs,
        /// File to create with the deal, which all members get. What it has for each is encrypted to that member.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Finish, once the deals of all members are there: writes the member's key and what everybody may know of the committee.
    ///
    /// All members compare the committee's id before anything is sealed for it: with the same id they have the same committee. The member's
    /// configuration names the keystore under `release`, and has to open it with the password of the member's own keystore.
    Finish {
        /// What everybody dealt to.
        #[command(flatten)]
        members: MembersArgs,
        /// Deals of all members, the own one too.
        #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
        deals: Vec<PathBuf>,
        /// Keystore to create with the member's key, with the password of --key.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// File to create with the committee, for authors and readers.
        #[arg(long, value_name = "FILE")]
        committee: PathBuf,
    },
    /// Show a committee: its id, how many members are needed, and their endpoints.
    Show {
        /// File of the committee.
        committee: PathBuf,
    },
}

/// The own secret, and the members of a ceremony.
#[derive(clap::Args)]
pub struct MembersArgs {
    /// Keystore with the secret of this ceremony, as `join` has made it.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Members that are needed to release a key: more than half of them.
    #[arg(long, value_name = "COUNT")]
    threshold: u8,
    /// Cards of all members, the own one too, in any order.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    cards: Vec<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

impl MembersArgs {
    fn ceremony(&self) -> Result<Ceremony> {
        let cards = self.cards.iter().map(|file| read(file, Card::decode)).collect::<Result<_>>()?;
        Ok(Ceremony::new(cards, self.threshold)?)
    }

    fn secret(&self, keystore: &Keystore) -> Result<Secret> {
        Secret::decode(keystore.document(names::CEREMONY)?).with_context(|| self.key.display().to_string())
    }
}

/// Runs a step.
pub(super) fn run(command: Command, output: Output) -> Result<()> {
    match command {
        Command::Join { endpoint, key, out, password, kdf_memory } => {
            refuse_existing(&[&key, &out])?;
            let kdf = Kdf::with_memory(kdf_memory.saturating_mul(1 << 10)).context("--kdf-memory, in KiB")?;
            let mut rng = fresh_rng()?;
            let secret = Secret::generate(&mut rng);
            let card = secret.card(endpoint.0, &mut rng);
            let mut keystore = Keystore::new();
            keystore.insert_document(names::CEREMONY, &secret.encode())?;
            let password = password.source().read_new(&key)?;
            keystore.create(&key, (&password, kdf), &mut rng)?;
            create(&out, &card.encode())?;
            let answer = json!({ "endpoint": endpoint.to_string(), "key": key, "card": out });
            output.show(&answer, |_| println!("wrote {}; all members get it", out.display()))
        }
        Command::Deal { members, out } => {
            refuse_existing(&[&out])?;
            let ceremony = members.ceremony()?;
            let keystore = open_keystore(&members.key, &members.password.read(&members.key)?)?;
            let deal = ceremony.deal(&members.secret(&keystore)?, &mut fresh_rng()?)?;
            create(&out, &deal.encode())?;
            let answer = json!({ "member": deal.dealer(), "deal": out });
            output.show(&answer, |_| {
                println!("wrote {}, the deal of member {}; all members get it", out.display(), deal.dealer());
            })
        }
        Command::Finish { members, deals, out, committee } => {
            refuse_existing(&[&out, &committee])?;
            let ceremony = members.ceremony()?;
            let deals: Vec<Deal> =
                deals.iter().map(|file| read(file, Deal::decode)).collect::<Result<_>>()?;
            let password = members.password.read(&members.key)?;
            let keystore = open_keystore(&members.key, &password)?;
            let key = ceremony.finish(&members.secret(&keystore)?, &deals)?;
            let mut made = Keystore::new();
            made.insert_document(names::RELEASE, &key.encode())?;
            made.create(&out, (&password, Keystore::costs(&members.key)?), &mut fresh_rng()?)?;
            create(&committee, &key.committee().encode())?;
            let id = hex::encode(key.committee().id());
            let answer = json!({ "member": key.member(), "key": out, "committee": committee, "id": id });
            output.show(&answer, |_| {
                println!("wrote {}, the key of member {}", out.display(), key.member());
                println!("wrote {}, committee {id}", committee.display());
                println!("all members have to see this id; remove {} then", members.key.display());
            })
        }
        Command::Show { committee } => show(&committee, output),
    }
}

fn show(file: &Path, output: Output) -> Result<()> {
    let committee = read(file, Committee::decode)?;
    let id = hex::encode(committee.id());
    let members: Vec<String> =
        committee.seats().iter().map(|seat| PeerId(seat.endpoint).to_string()).collect();
    let answer = json!({ "id": id, "threshold": committee.threshold(), "members": members });
    output.show(&answer, |_| {
        println!("committee {id}");
        println!("{} of {} members release a key", committee.threshold(), members.len());
        for (number, endpoint) in (1..).zip(&members) {
            println!("member {number}  {endpoint}");
        }
    })
}

fn refuse_existing(files: &[&Path]) -> Result<()> {
    for file in files {
        ensure!(!file.exists(), "{} exists already; choose another file or remove it", file.display());
    }
    Ok(())
}

fn read<T>(file: &Path, decode: fn(&[u8]) -> Result<T, DecodeError>) -> Result<T> {
    let name = || file.display().to_string();
    let mut bytes = Vec::new();
    File::open(file).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes)).with_context(name)?;
    decode(&bytes).with_context(name)
}
