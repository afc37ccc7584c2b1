//! `bithive registry`: bonds, candidates and elections of the committee.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_api::registry::{Capability, Duty, Election, Event, ExecuteMsg, events};
use bithive_client::amount::{self, show};
use bithive_command_kit::Output;
use bithive_contracts::{Contract, Role};
use clap::{ArgGroup, Args, Subcommand};
use cosmwasm_std::HexBinary;

use super::accounts::{Accounts, AddressBook, Done, address, now, until};
use super::announced::{OWNER, Owner};
use super::network::On;
use super::standing;
use super::unsigned::{Transactions, Transacts};

/// Milliwatts of a watt.
const MILLIWATTS: u64 = 1_000;

/// Nodes, requesters and the committee: bonds, candidates, elections. Accounts are wallets, node:NAME for the account of a node, addresses, or
/// keystore files.
#[derive(Subcommand)]
pub enum Command {
    /// Show the committee, the next one, the candidates with their bonds, and what members have yet to do.
    Show,
    /// Show an account: role, bond, candidacy, record and scores.
    Account {
        /// Name or address.
        account: String,
    },
    /// Stand for the committee, as an eligible node, for example: registry stand --from node:n1 --endpoint 64HEX
    ///
    /// There are at most 32 candidates, those with the largest bonds. Who is elected has to run `bithive committee run`, which takes the seat
    /// and agrees on keys; who does not loses a tenth of its bond.
    Stand {
        /// The node's account.
        #[arg(long)]
        from: String,
        /// Endpoint that would answer evaluations, not that of the node: as `bithive committee keys` shows it.
        #[arg(long, value_name = "HEX", value_parser = endpoint)]
        endpoint: HexBinary,
    },
    /// Stand no longer, as a candidate. A committee that was elected serves as before.
    Retire {
        /// The candidate's account.
        #[arg(long)]
        from: String,
    },
    /// Elect the committee of the next epoch, once in an epoch and in its first half, where elections are held.
    Elect {
        /// Account that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Take the seat that the account was elected to. `bithive committee run` does so by itself.
    TakeSeat {
        /// Account of who was elected.
        #[arg(long)]
        from: String,
    },
    /// Report a member that has missed a duty, as `registry show` lists it: it loses a tenth of its bond. Nobody is paid for a report.
    ReportAbsent {
        /// Name or address of the member.
        member: String,
        /// Account that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Add to the bond of a node, a requester or a candidate, for example: registry add-bond --from node:n1 --amount 100
    AddBond {
        /// Account whose bond it is, and that pays.
        #[arg(long)]
        from: String,
        /// BTT, like 12.5.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: u128,
    },
    /// Start leaving, as a node or a requester: the bond can be withdrawn after the unbonding time. It can't be taken back.
    Unbond {
        /// Account that leaves.
        #[arg(long)]
        from: String,
    },
    /// Pay out a bond whose unbonding time is over, to its owner.
    Withdraw {
        /// Name or address of the bond's owner; the account of --from when left out.
        owner: Option<String>,
        /// Account that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Declare, as a node, what the machine can do; its tier follows from that and its record.
    Declare(DeclareArgs),
    /// Hold elections, as the owner, for example: registry set-election --seats 5 --max-terms 12. With --none the owner names
    /// committees.
    ///
    /// In a registry that is older than a day this waits for three days, in which everybody sees it: the exit code is 1 then.
    #[command(group = ArgGroup::new("election").args(["seats", "none"]).required(true))]
    SetElection {
        /// Members of a committee, 2 to 7.
        #[arg(long)]
        seats: Option<u8>,
        /// Members needed for one evaluation: more than half. By default the least that are.
        #[arg(long, requires = "seats")]
        threshold: Option<u8>,
        /// Epochs that a member serves in a row before others go first.
        #[arg(long, requires = "seats", default_value_t = 12)]
        max_terms: u16,
        /// Hold no elections.
        #[arg(long)]
        none: bool,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
}

/// What a machine can do.
#[derive(Args)]
pub struct DeclareArgs {
    /// The node's account.
    #[arg(long)]
    from: String,
    /// Video memory, in GB.
    #[arg(long)]
    vram_gb: u16,
    /// Models that it runs in a day.
    #[arg(long)]
    models_per_day: u32,
    /// Compute power, in GFLOPS.
    #[arg(long)]
    gflops: u64,
    /// Electric power, in W.
    #[arg(long)]
    watts: u64,
}

fn endpoint(text: &str) -> Result<HexBinary, String> {
    let bytes = HexBinary::from_hex(text).ok().filter(|bytes| bytes.len() == 32);
    bytes.ok_or_else(|| "expected 64 hex digits, as `bithive committee keys` shows them".into())
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Show | Self::Account { .. } => Transactions::None,
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant. 1 if what the owner set has to wait.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    let accounts = &Accounts::open(&network, home).await?;
    accounts.client().deployment().check(Role::Market)?;
    let done = match command {
        Command::Show => standing::show_all(accounts, output).await,
        Command::Account { account } => standing::show_account(accounts, &account, output).await,
        Command::Stand { from, endpoint } => {
            let message = ExecuteMsg::Stand { endpoint };
            let standing = |event| match event {
                Event::Standing { in_place_of, .. } => Some(in_place_of),
                _ => None,
            };
            let done = tell(accounts, &from, &message, events::STANDING, standing).await?;
            let book = AddressBook::of(accounts)?;
            output.show(&done, |done| match &done.value {
                Some(other) => println!("{from} stands in place of {}", book.name(other.as_str())),
                None => println!("{from} stands for the committee"),
            })
        }
        Command::Retire { from } => {
            let retired = |event| matches!(event, Event::Retired { .. }).then_some(());
            let done = tell(accounts, &from, &ExecuteMsg::Retire {}, events::RETIRED, retired).await?;
            output.show(&done, |_| println!("{from} stands no longer"))
        }
        Command::Elect { from } => {
            let elected = |event| match event {
                Event::Elected { epoch, members, kept } => Some((epoch, members, kept)),
                _ => None,
            };
            let done = tell(accounts, &from, &ExecuteMsg::Elect {}, events::ELECTED, elected).await?;
            let book = AddressBook::of(accounts)?;
            output.show(&done, |done| {
                let (epoch, members, kept) = &done.value;
                let names: Vec<_> = members.iter().map(|member| book.name(member.as_str())).collect();
                let how = if *kept { "stay from" } else { "are elected from" };
                println!("{} {how} epoch {epoch} on", names.join(", "));
            })
        }
        Command::TakeSeat { from } => {
            let taken = |event| match event {
                Event::SeatTaken { epoch, .. } => Some(epoch),
                _ => None,
            };
            let done = tell(accounts, &from, &ExecuteMsg::TakeSeat {}, events::SEAT_TAKEN, taken).await?;
            output.show(&done, |done| println!("{from} has its seat, from epoch {} on", done.value))
        }
        Command::ReportAbsent { member, from } => report(accounts, &member, &from, output).await,
        Command::AddBond { from, amount } => {
            ensure!(amount > 0, "--amount is 0; expected at least 0.000001 BTT");
            let account = accounts.account(&from).await?;
            let receipt = account.add_bond(amount).await?;
            let added = |event| match event {
                Event::BondAdded { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let done = done(accounts, &receipt, events::BOND_ADDED, added)?;
            output.show(&done, |done| println!("{} is added to the bond of {from}", show(done.value)))
        }
        Command::Unbond { from } => {
            let unbonding = |event| match event {
                Event::Unbonding { until, .. } => Some(until),
                _ => None,
            };
            let done = tell(accounts, &from, &ExecuteMsg::Unbond {}, events::UNBONDING, unbonding).await?;
            let now = now(accounts).await?;
            output.show(&done, |done| {
                println!("{from} leaves; its bond can be withdrawn {}", until(done.value, now));
            })
        }
        Command::Withdraw { owner, from } => {
            let owner = owner.as_deref().unwrap_or(&from);
            let message = ExecuteMsg::WithdrawBond { address: address(accounts, owner)? };
            let withdrawn = |event| match event {
                Event::BondWithdrawn { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let done = tell(accounts, &from, &message, events::BOND_WITHDRAWN, withdrawn).await?;
            output.show(&done, |done| println!("{} is paid out to {owner}", show(done.value)))
        }
        Command::Declare(args) => declare(accounts, &args, output).await,
        Command::SetElection { seats, threshold, max_terms, from, .. } => {
            let election = seats.map(|seats| {
                let threshold = threshold.unwrap_or_else(|| (seats / 2).saturating_add(1));
                Election { seats, threshold, max_terms }
            });
            let text = match election {
                Some(Election { seats, .. }) => format!("elections are held for {seats} seats"),
                None => "no elections are held".into(),
            };
            let message = ExecuteMsg::SetElection { election };
            let owner = Owner::new(accounts, &network, &from, output);
            return owner.send(Contract::Registry, &message, &text).await;
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

async fn report(accounts: &Accounts, member: &str, from: &str, output: Output) -> Result<()> {
    let message = ExecuteMsg::ReportAbsent { address: address(accounts, member)? };
    let absent = |event| match event {
        Event::MemberAbsent { duty, amount, successor, .. } => Some((duty, amount.u128(), successor)),
        _ => None,
    };
    let done = tell(accounts, from, &message, events::MEMBER_ABSENT, absent).await?;
    let book = AddressBook::of(accounts)?;
    output.show(&done, |done| {
        let (duty, amount, successor) = &done.value;
        let missed = match duty {
            Duty::Seat => "its seat",
            Duty::ShareKeys => "its share keys",
        };
        println!("{member} has missed {missed} and loses {}", show(*amount));
        if let Some(successor) = successor {
            println!("{} has its place", book.name(successor.as_str()));
        }
    })
}

async fn declare(accounts: &Accounts, args: &DeclareArgs, output: Output) -> Result<()> {
    let milliwatts = args.watts.checked_mul(MILLIWATTS);
    let capability = Capability {
        vram_gb: args.vram_gb,
        models_per_day: args.models_per_day,
        gflops: args.gflops,
        milliwatts: milliwatts
            .with_context(|| format!("--watts {}; expected what a machine draws", args.watts))?,
    };
    let declared = |event| match event {
        Event::Declared { tier, .. } => Some(tier),
        _ => None,
    };
    let message = ExecuteMsg::Declare { capability };
    let done = tell(accounts, &args.from, &message, events::DECLARED, declared).await?;
    output.show(&done, |done| match done.value {
        0 => println!("declared; that is less than the first tier asks for"),
        tier => println!("declared, tier {tier}; the record has to bear it out"),
    })
}

async fn tell<T>(
    accounts: &Accounts,
    from: &str,
    message: &ExecuteMsg,
    event: &str,
    pick: impl Fn(Event) -> Option<T>,
) -> Result<Done<T>> {
    let receipt = accounts.account(from).await?.registry(message).await?;
    done(accounts, &receipt, event, pick)
}

fn done<T>(
    accounts: &Accounts,
    receipt: &bithive_chain::Receipt,
    event: &str,
    pick: impl Fn(Event) -> Option<T>,
) -> Result<Done<T>> {
    Done::read(receipt, accounts.client().deployment().registry(), event, pick)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_32_bytes() {
        assert_eq!(endpoint(&"ab".repeat(32)).unwrap().len(), 32);
        for text in ["", "ab", &"ab".repeat(33), &"zz".repeat(32)] {
            assert!(endpoint(text).unwrap_err().contains("64 hex digits"), "{text}");
        }
    }
}
