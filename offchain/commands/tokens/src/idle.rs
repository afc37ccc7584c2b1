//! `bithive timebank idle`: idle time that machines claim and members vouch for.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use bithive_api::meter::{
    ClaimResponse, ConfigResponse, Event, ExecuteMsg, MembersResponse, PeriodsResponse, VouchedClaim, events,
    limits,
};
use bithive_command_kit::{Output, table};
use bithive_contracts::Contract;
use clap::Subcommand;
use serde::Serialize;

use super::accounts::{Accounts, AddressBook, Done, account, address, economy, named_or_all};
use super::announced::{OWNER, Owner};
use super::network::NetworkArgs;

/// Idle time of machines: each claims its own, and members of the meter vouch for machines that they know. `bithive meter run` does
/// both by itself.
#[derive(Subcommand)]
pub enum Command {
    /// Show the members, which periods can be claimed, and what machines have claimed.
    Show {
        /// Names or addresses of machines; all wallets and nodes when left out.
        machines: Vec<String>,
    },
    /// Claim idle time of a period that has ended, as the machine, for example:
    /// timebank idle claim --from machine --seconds 3600 --account alice
    Claim {
        /// Wallet of the machine, or a keystore file.
        #[arg(long)]
        from: String,
        /// Idle seconds of the period.
        #[arg(long)]
        seconds: u64,
        /// Number of the period; the last that has ended by default.
        #[arg(long)]
        period: Option<u64>,
        /// Who gets the credits; the machine by default.
        #[arg(long)]
        account: Option<String>,
    },
    /// Vouch, as a member, for everything that machines have claimed and this member has not vouched for yet.
    ///
    /// Vouch only for machines that you run or know: with others of the members, this makes credits.
    Vouch {
        /// Wallet of the member, or a keystore file.
        #[arg(long)]
        from: String,
        /// Names or addresses of machines.
        #[arg(required = true)]
        machines: Vec<String>,
    },
    /// Have the time bank give an account the credits that are due to it; anybody may.
    Collect {
        /// Who gets them; a name or an address.
        account: String,
        /// Wallet that sends the transaction.
        #[arg(long)]
        from: String,
        /// Most credits to give; all that are due by default. What the time bank takes from the meter in a day is bounded.
        #[arg(long, value_name = "CREDITS")]
        most: Option<u64>,
    },
    /// Replace, as the owner of the meter, its members, for example:
    /// timebank idle set-members --member alice --member bob --member carol --threshold 2
    ///
    /// In a contract that is older than a day this waits for three days, in which everybody sees it: the exit code is 1 then.
    SetMembers {
        /// Name or address of a member. Can be repeated.
        #[arg(long = "member", value_name = "ACCOUNT", required = true)]
        members: Vec<String>,
        /// How many have to vouch: more than half. By default the least that are.
        #[arg(long)]
        threshold: Option<u8>,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
}

/// Runs a command. 1 if what the owner set has to wait.
pub(super) async fn run(
    command: Command,
    accounts: &Accounts,
    network: &NetworkArgs,
    output: Output,
) -> Result<ExitCode> {
    match command {
        Command::Show { machines } => show(accounts, machines, output).await?,
        Command::Claim { from, seconds, period, account: to } => {
            let machine = account(accounts, &from).await?;
            let period = match period {
                Some(period) => period,
                None => machine.client().meter_periods().await?.last,
            };
            let to = to.map_or_else(|| Ok(machine.address().to_owned()), |name| address(accounts, &name))?;
            let receipt = machine.meter(&ExecuteMsg::Claim { period, seconds, account: to }).await?;
            let claimed = |event| match event {
                Event::Claimed { period, seconds, .. } => Some((period, seconds)),
                _ => None,
            };
            let contract = machine.client().at(Contract::Meter);
            let done = Done::read(&receipt, contract, events::CLAIMED, claimed)?;
            output.show(&done, |done| {
                let (period, seconds) = done.value;
                println!("{seconds} idle seconds of period {period} are claimed; members vouch for them");
            })?;
        }
        Command::Vouch { from, machines } => vouch(accounts, &from, machines, output).await?,
        Command::Collect { account: to, from, most } => {
            let sender = account(accounts, &from).await?;
            let message = ExecuteMsg::Collect { account: address(accounts, &to)?, most };
            let receipt = sender.meter(&message).await?;
            let collected = |event| match event {
                Event::Collected { credits, .. } => Some(credits),
                _ => None,
            };
            let contract = sender.client().at(Contract::Meter);
            let done = Done::read(&receipt, contract, events::COLLECTED, collected)?;
            output.show(&done, |done| println!("{to} has {} credits more", done.value))?;
        }
        Command::SetMembers { members, threshold, from } => {
            let least = u8::try_from((members.len() / 2).saturating_add(1)).unwrap_or(u8::MAX);
            let members = members.iter().map(|name| address(accounts, name)).collect::<Result<Vec<_>>>()?;
            let message = ExecuteMsg::SetMembers { members, threshold: threshold.unwrap_or(least) };
            let owner = Owner::new(accounts, network, &from, output);
            return owner.send(Contract::Meter, &message, "the members are replaced").await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Everything {
    config: ConfigResponse,
    members: MembersResponse,
    periods: PeriodsResponse,
    machines: Vec<Machine>,
}

#[derive(Serialize)]
struct Machine {
    name: String,
    address: String,
    claims: Vec<ClaimResponse>,
    /// Credits that are due to this address itself.
    due: u64,
}

async fn show(accounts: &Accounts, names: Vec<String>, output: Output) -> Result<()> {
    let client = economy(accounts)?;
    let mut machines = Vec::new();
    for name in named_or_all(accounts, names)? {
        let address = address(accounts, &name)?;
        let (claims, due) = (client.machine(&address).await?.claims, client.idle_due(&address).await?);
        machines.push(Machine { name, address, claims, due });
    }
    let answer = Everything {
        config: client.meter_config().await?,
        members: client.meter_members().await?,
        periods: client.meter_periods().await?,
        machines,
    };
    let book = AddressBook::of(accounts)?;
    output.show(&answer, |Everything { config, members, periods, machines }| {
        let names: Vec<_> = members.members.iter().map(|member| book.name(member.as_str())).collect();
        let paused = if config.paused { "; claims and vouching are paused" } else { "" };
        println!("{} of {} members have to vouch{paused}: {}", members.threshold, names.len(), names.join(", "));
        println!(
            "period {} goes on; {} to {} can be claimed; an hour is {} credits; {} of {} credits were counted in this period",
            periods.current,
            periods.first,
            periods.last,
            config.params.credits_per_hour,
            periods.counted,
            config.params.per_period
        );
        let mut rows = table(&["machine", "period", "seconds", "for", "credits", "vouched", "state"]);
        for Machine { name, claims, .. } in machines {
            for claim in claims {
                let state = match (claim.counted, claim.period >= periods.first) {
                    (true, _) => "counted",
                    (false, true) => "open",
                    (false, false) => "void",
                };
                rows.add_row([
                    name.clone(),
                    claim.period.to_string(),
                    claim.seconds.to_string(),
                    book.name(claim.account.as_str()),
                    claim.credits.to_string(),
                    claim.vouched_by.len().to_string(),
                    state.to_owned(),
                ]);
            }
        }
        println!("{rows}");
        for Machine { name, due, .. } in machines.iter().filter(|machine| machine.due > 0) {
            println!("{due} credits are due to {name}: bithive timebank idle collect {name} --from {name}");
        }
    })
}

async fn vouch(accounts: &Accounts, from: &str, machines: Vec<String>, output: Output) -> Result<()> {
    let member = account(accounts, from).await?;
    let client = member.client();
    let periods = client.meter_periods().await?;
    let mut claims = Vec::new();
    for name in machines {
        let machine = address(accounts, &name)?;
        let open = client.machine(&machine).await?.claims.into_iter().filter(|claim| {
            let by_me = claim.vouched_by.iter().any(|other| other.as_str() == member.address());
            !claim.counted && !by_me && (periods.first..=periods.last).contains(&claim.period)
        });
        claims.extend(open.map(|claim| VouchedClaim {
            machine: machine.clone(),
            period: claim.period,
            seconds: claim.seconds,
        }));
    }
    ensure!(
        !claims.is_empty(),
        "there is no open claim of these machines that {from} has not vouched for; `timebank idle show` lists them"
    );
    ensure!(
        !accounts.makes_unsigned() || claims.len() <= limits::MAX_VOUCHES,
        "--unsigned: {} claims take several transactions; name fewer machines, with {} open claims at most",
        claims.len(),
        limits::MAX_VOUCHES
    );
    // As many in a message as it takes.
    for part in claims.chunks(limits::MAX_VOUCHES) {
        member.meter(&ExecuteMsg::Vouch { claims: part.to_vec() }).await?;
    }
    output.show(&claims, |claims| println!("{from} has vouched for {} claims", claims.len()))
}
