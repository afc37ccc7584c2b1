//! `bithive vesting`: tokens that become due on a schedule.

use std::path::Path;

use anyhow::{Result, ensure};
use bithive_api::vesting::{Event, ExecuteMsg, PositionResponse, Schedule, events};
use bithive_client::amount;
use bithive_client::{EconomyClient, NamedSchedule, Token};
use bithive_command_kit::{Output, table};
use bithive_contracts::Contract;
use bithive_economics::vesting::{DAY, MONTH};
use clap::Subcommand;
use cosmwasm_std::Uint128;
use serde::Serialize;
use serde_json::json;

use super::accounts::{
    Accounts, AddressBook, Done, account, address, amount_of, economy, named_or_all, now, percent, until,
};
use super::network::On;
use super::unsigned::{Transactions, Transacts};

/// Tokens that become due on a schedule. An account is the name of a wallet, node:NAME for that of a node, or an address.
#[derive(Subcommand)]
pub enum Command {
    /// List the positions of accounts: schedule, total, vested, claimed, claimable, next date.
    List {
        /// Names; all wallets and nodes when left out.
        names: Vec<String>,
    },
    /// List the named schedules.
    Schedules,
    /// Lock tokens, for example: vesting create --from operator --to alice --amount 1000 --token sky --schedule team
    Create {
        /// Wallet that pays.
        #[arg(long)]
        from: String,
        /// Account that receives what becomes due.
        #[arg(long)]
        to: String,
        /// Amount, like 12.5.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: u128,
        /// btt, btk or sky.
        #[arg(long)]
        token: Token,
        /// Name of a schedule, as in `vesting schedules`.
        #[arg(long)]
        schedule: NamedSchedule,
        /// When it starts, in Unix seconds; now when left out. It may be in the past.
        #[arg(long)]
        start: Option<u64>,
        /// Let the paying wallet take back what is not due.
        #[arg(long)]
        revocable: bool,
    },
    /// Pay what is due of a position to its owner; `wallet claim` does this for all positions.
    Claim {
        /// Number of the position.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Transfer a position to another account; what is due is paid to the old owner first.
    Transfer {
        /// Number of the position.
        id: u64,
        /// The owner's wallet.
        #[arg(long)]
        from: String,
        /// The new owner.
        #[arg(long)]
        to: String,
    },
    /// Take back what is not due of a position that was made revocable; what is due is paid to its owner.
    Revoke {
        /// Number of the position.
        id: u64,
        /// Wallet that made the position.
        #[arg(long)]
        from: String,
    },
}

#[derive(Serialize)]
struct Listed {
    name: String,
    address: String,
    positions: Vec<Position>,
    complete: bool,
}

#[derive(Serialize)]
struct Position {
    /// Ticker, or the address of a token outside of the economy.
    symbol: String,
    /// Name of the schedule, if it is one of the tables'.
    named: Option<&'static str>,
    /// Paid and payable, in base units.
    vested: Uint128,
    #[serde(flatten)]
    position: PositionResponse,
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::List { .. } | Self::Schedules => Transactions::None,
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<()> {
    execute(command, &Accounts::open(&network, home).await?, output).await
}

async fn execute(command: Command, accounts: &Accounts, output: Output) -> Result<()> {
    match command {
        Command::List { names } => list(accounts, names, output).await,
        Command::Schedules => schedules(output),
        Command::Create { from, to, amount, token, schedule, start, revocable } => {
            ensure!(amount > 0, "--amount is 0; expected at least 0.000001 {token}");
            let start = match start {
                Some(start) => start,
                None => now(accounts).await?,
            };
            let (account, owner) = (account(accounts, &from).await?, address(accounts, &to)?);
            let (_, receipt) =
                account.lock((token, amount), &owner, schedule.message(start)?, revocable).await?;
            let locked = |event| match event {
                Event::Locked { id, .. } => Some(id),
                _ => None,
            };
            let done = Done::read(&receipt, account.client().at(Contract::Vesting), events::LOCKED, locked)?;
            output.show(&done, |done| {
                let (id, amount) = (done.value, amount_of(amount, token.symbol()));
                println!("{amount} is locked for {to} by the schedule {schedule}, as position {id}");
            })
        }
        Command::Claim { id, from } => {
            let token = token_of(accounts, id).await?;
            let claimed = |event| match event {
                Event::Claimed { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let done = tell(accounts, &from, &ExecuteMsg::Claim { id }, events::CLAIMED, claimed).await?;
            output.show(&done, |done| println!("{} is paid", amount_of(done.value, &token)))
        }
        Command::Transfer { id, from, to } => {
            let message = ExecuteMsg::Transfer { id, new_owner: address(accounts, &to)? };
            let transferred = |event| matches!(event, Event::Transferred { .. }).then_some(());
            let done = tell(accounts, &from, &message, events::TRANSFERRED, transferred).await?;
            output.show(&done, |_| println!("position {id} is {to}'s"))
        }
        Command::Revoke { id, from } => {
            let token = token_of(accounts, id).await?;
            let revoked = |event| match event {
                Event::Revoked { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let done = tell(accounts, &from, &ExecuteMsg::Revoke { id }, events::REVOKED, revoked).await?;
            output.show(&done, |done| println!("{} is back", amount_of(done.value, &token)))
        }
    }
}

/// Ticker of a position's token, or its address; empty for a position that does not exist, for which the contract's
/// error is shown.
async fn token_of(accounts: &Accounts, id: u64) -> Result<String> {
    let client = economy(accounts)?;
    let position = client.position(id).await?;
    Ok(position.map_or_else(String::new, |position| symbol(&client, &position)))
}

fn symbol(client: &EconomyClient, position: &PositionResponse) -> String {
    let token = client.token_at(position.token.as_str());
    token.map_or_else(|| position.token.to_string(), |token| token.symbol().into())
}

async fn tell<T>(
    accounts: &Accounts,
    from: &str,
    message: &ExecuteMsg,
    event: &str,
    pick: impl Fn(Event) -> Option<T>,
) -> Result<Done<T>> {
    let account = account(accounts, from).await?;
    let receipt = account.vesting(message).await?;
    Done::read(&receipt, account.client().at(Contract::Vesting), event, pick)
}

async fn list(accounts: &Accounts, names: Vec<String>, output: Output) -> Result<()> {
    let (client, now) = (economy(accounts)?, now(accounts).await?);
    let mut all = Vec::new();
    for name in named_or_all(accounts, names)? {
        let address = address(accounts, &name)?;
        let found = client.positions(&address).await?;
        let positions = found.entries.into_iter().map(|position| Position::of(&client, position)).collect();
        all.push(Listed { name, address, positions, complete: found.complete });
    }
    let book = AddressBook::of(accounts)?;
    output.show(&all, |all| show(all, &book, now))
}

impl Position {
    fn of(client: &EconomyClient, position: PositionResponse) -> Self {
        Self {
            symbol: symbol(client, &position),
            named: NamedSchedule::of(&position.schedule).map(NamedSchedule::name),
            vested: position.claimed.saturating_add(position.due),
            position,
        }
    }
}

fn show(all: &[Listed], book: &AddressBook, now: u64) {
    let header =
        ["position", "owner", "schedule", "total", "vested", "claimed", "claimable", "more", "revocable by"];
    let mut rows = table(&header);
    for Listed { name, positions, .. } in all {
        for Position { symbol, named, vested, position } in positions {
            let amount = |amount: u128| amount_of(amount, symbol);
            rows.add_row([
                position.id.to_string(),
                name.clone(),
                named.map_or_else(|| described(&position.schedule), Into::into),
                amount(position.total.u128()),
                amount(vested.u128()),
                amount(position.claimed.u128()),
                amount(position.due.u128()),
                position.next.map_or_else(String::new, |next| until(next, now)),
                position.revoker.as_ref().map_or_else(String::new, |revoker| book.name(revoker.as_str())),
            ]);
        }
    }
    if rows.is_empty() {
        println!("nothing is locked for them");
    } else {
        println!("{rows}");
    }
    for Listed { name, .. } in all.iter().filter(|listed| !listed.complete) {
        println!("{name} has more positions than are listed here");
    }
}

fn schedules(output: Output) -> Result<()> {
    let mut all = Vec::new();
    for schedule in NamedSchedule::ALL {
        all.push((schedule.name(), schedule.message(0)?));
    }
    let rows = |(name, rule): &(&str, Schedule)| {
        json!({
            "name": name, "immediate_bps": rule.immediate_bps, "cliff_seconds": rule.cliff_seconds,
            "step_seconds": rule.step_seconds, "steps": rule.steps,
        })
    };
    output.show(&all.iter().map(rows).collect::<Vec<_>>(), |_| {
        let mut rows = table(&["schedule", "becomes due"]);
        for (name, rule) in &all {
            rows.add_row([(*name).to_owned(), described(rule)]);
        }
        println!("{rows}");
    })
}

/// A schedule in words.
fn described(schedule: &Schedule) -> String {
    let at_once = match schedule.immediate_bps {
        0 => String::new(),
        bps => format!("{} at once, ", percent(bps)),
    };
    format!(
        "{at_once}{} steps of {}, the first after {}",
        schedule.steps,
        span(schedule.step_seconds),
        span(schedule.cliff_seconds)
    )
}

fn span(seconds: u64) -> String {
    for (unit, name) in [(MONTH, "month"), (DAY, "day")] {
        match (seconds / unit, seconds % unit) {
            (1, 0) => return format!("a {name}"),
            (many, 0) if many > 0 => return format!("{many} {name}s"),
            _ => {}
        }
    }
    format!("{seconds} s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_told_in_months_and_days() {
        let told = |schedule: NamedSchedule| described(&schedule.message(7).unwrap());
        assert_eq!(
            told(NamedSchedule::Contributor),
            "20.00 % at once, 180 steps of a day, the first after a day"
        );
        assert_eq!(told(NamedSchedule::PrivatePlacement), "20 steps of a month, the first after 12 months");
        assert_eq!(span(90_000), "90000 s");
    }
}
