//! `bithive treasury`: the protocol's share of settlements, and what may be done with it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_api::treasury::{
    ConfigResponse, Event, ExecuteMsg, OfferResponse, OfferTerms, TotalsResponse, events,
};
use bithive_client::amount::{self, show};
use bithive_client::{EconomyClient, Token};
use bithive_command_kit::{Output, table};
use bithive_contracts::Contract;
use bithive_economics::supply::UNIT;
use clap::{Args, Subcommand};
use cosmwasm_std::Uint128;
use serde::Serialize;

use super::accounts::{Accounts, AddressBook, Done, account, address, amount_of, economy};
use super::announced::{OWNER, Owner};
use super::network::On;
use super::unsigned::{Transactions, Transacts};

/// Seconds of an hour, in which bids rise.
const HOUR: u64 = 3_600;

/// The protocol's share of settlements: anybody burns what is above the reserve, anybody sells BTK or SKY to a standing offer, the owner
/// spends and makes offers. Every way out has a limit for each period.
#[derive(Subcommand)]
pub enum Command {
    /// Show what the treasury holds, its limits and how far they are used, and its offers.
    Show,
    /// Give BTT to the treasury.
    Deposit {
        /// Wallet that pays.
        #[arg(long)]
        from: String,
        /// BTT, like 12.5.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: u128,
    },
    /// Take what the job market owes to the treasury into it.
    Collect {
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Sell BTK or SKY to the treasury's offer, for example: treasury sell --from alice --amount 100 --token btk --least 20
    Sell {
        /// Wallet that sells.
        #[arg(long)]
        from: String,
        /// Amount, like 12.5.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: u128,
        /// btk or sky.
        #[arg(long)]
        token: Token,
        /// Least that is accepted, in BTT: the bid falls when somebody else is first. What the offer pays now when left out.
        #[arg(long, value_name = "BTT", allow_negative_numbers = true, value_parser = amount::parse)]
        least: Option<u128>,
    },
    /// Burn BTT above the reserve, up to the limit of the period; or what the treasury holds of a token with an offer.
    Burn {
        /// btt, btk or sky.
        #[arg(long, default_value = "btt")]
        token: Token,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Spend BTT, as the owner, within the limit of the period, for example:
    /// treasury spend --to alice --amount 50 --purpose 'audit of March'
    ///
    /// In a contract that is older than a day this waits for three days, in which everybody sees it: the exit code is 1 then, and the same
    /// command applies it once it is due.
    Spend {
        /// Name or address of who is paid.
        #[arg(long)]
        to: String,
        /// BTT, like 12.5.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: u128,
        /// What for, for people.
        #[arg(long)]
        purpose: String,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Make an offer, as the owner, for example: treasury set-offer --token btk --low 0.1 --high 0.4 --hours 168 --budget 1000
    ///
    /// The bid rises from the low to the high one until somebody sells, and each sale lowers it. A bid for BTK is at most 0.5 BTT. In a contract
    /// that is older than a day an offer waits for three days, in which everybody sees it: the exit code is 1 then.
    SetOffer(OfferArgs),
    /// Withdraw an offer, as the owner, at once.
    WithdrawOffer {
        /// btk or sky.
        #[arg(long)]
        token: Token,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
}

/// An offer for a token.
#[derive(Args)]
pub struct OfferArgs {
    /// btk or sky.
    #[arg(long)]
    token: Token,
    /// Bid at first, in BTT for a token.
    #[arg(long, value_name = "BTT", allow_negative_numbers = true, value_parser = amount::parse)]
    low: u128,
    /// Bid after --hours without a sale, in BTT for a token; the same as --low for a fixed price.
    #[arg(long, value_name = "BTT", allow_negative_numbers = true, value_parser = amount::parse)]
    high: u128,
    /// Hours in which the bid rises.
    #[arg(long)]
    hours: u64,
    /// Most that the offer pays in a period, in BTT.
    #[arg(long, value_name = "BTT", allow_negative_numbers = true, value_parser = amount::parse)]
    budget: u128,
    /// The owner's wallet, or a keystore file.
    #[arg(long, default_value = OWNER)]
    from: String,
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Show => Transactions::None,
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant. 1 if what an owner set has to wait.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    let accounts = &Accounts::open(&network, home).await?;
    let owner = |from| Owner::new(accounts, &network, from, output);
    match &command {
        Command::Show => everything(accounts, output).await?,
        Command::Deposit { from, amount } => {
            let account = account(accounts, from).await?;
            let receipt = account.give_to_treasury(*amount).await?;
            let deposited = |event| match event {
                Event::Deposited { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let contract = account.client().at(Contract::Treasury);
            let done = Done::read(&receipt, contract, events::DEPOSITED, deposited)?;
            output.show(&done, |done| println!("{} is the treasury's", show(done.value)))?;
        }
        Command::Collect { from } => {
            let source = economy(accounts)?.client().deployment().jobs().to_owned();
            let collected = |event| matches!(event, Event::Collected { .. }).then_some(());
            let message = ExecuteMsg::Collect { source };
            let done = tell(accounts, from, &message, events::COLLECTED, collected).await?;
            let held = economy(accounts)?.treasury_totals().await?.balance;
            output.show(&done, |_| println!("the treasury holds {}", show(held.u128())))?;
        }
        Command::Sell { from, amount, token, least } => {
            sell(accounts, from, (*amount, *token), *least, output).await?;
        }
        Command::Burn { token, from } => {
            let message = ExecuteMsg::Burn { token: economy(accounts)?.token(*token).into() };
            let burnt = |event| match event {
                Event::Burnt { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let done = tell(accounts, from, &message, events::BURNT, burnt).await?;
            output.show(&done, |done| println!("{} is burnt", amount_of(done.value, token.symbol())))?;
        }
        Command::Spend { to, amount, purpose, from } => {
            let recipient = address(accounts, to)?;
            let message = ExecuteMsg::Spend { recipient, amount: (*amount).into(), purpose: purpose.clone() };
            let text = format!("{} is paid to {to}", show(*amount));
            return owner(from).send(Contract::Treasury, &message, &text).await;
        }
        Command::SetOffer(OfferArgs { token, low, high, hours, budget, from }) => {
            let terms = OfferTerms {
                low: (*low).into(),
                high: (*high).into(),
                rise_seconds: hours.saturating_mul(HOUR),
                budget: (*budget).into(),
            };
            let token_address = economy(accounts)?.token(*token).to_owned();
            let message = ExecuteMsg::SetOffer { token: token_address, terms: Some(terms) };
            let text = format!("the treasury bids {} for a {token}", show(*low));
            return owner(from).send(Contract::Treasury, &message, &text).await;
        }
        Command::WithdrawOffer { token, from } => {
            let message =
                ExecuteMsg::SetOffer { token: economy(accounts)?.token(*token).into(), terms: None };
            let text = format!("there is no offer for {token}");
            return owner(from).send(Contract::Treasury, &message, &text).await;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What `amount` base units are paid at this bid, in base units of BTT.
fn paid_at(bid: Uint128, amount: u128) -> Result<u128> {
    let paid = Uint128::new(amount).checked_mul_floor((bid, Uint128::new(UNIT)));
    Ok(paid.map_err(|error| anyhow::anyhow!("the worth of --amount: {error}"))?.u128())
}

async fn sell(
    accounts: &Accounts,
    from: &str,
    (amount, token): (u128, Token),
    least: Option<u128>,
    output: Output,
) -> Result<()> {
    let account = account(accounts, from).await?;
    let offer = account.client().offer(token).await?;
    let offer = offer.with_context(|| {
        format!("the treasury has no offer for {token}; `treasury show` lists its offers")
    })?;
    let now = paid_at(offer.bid, amount)?;
    ensure!(
        now <= offer.left.u128(),
        "--amount is worth {} to the offer, which has {} left in this period; sell less, or in the next period",
        show(now),
        show(offer.left.u128())
    );
    let receipt = account.sell(token, amount, least.unwrap_or(now)).await?;
    let bought = |event| match event {
        Event::Bought { paid, .. } => Some(paid.u128()),
        _ => None,
    };
    let contract = account.client().at(Contract::Treasury);
    let done = Done::read(&receipt, contract, events::BOUGHT, bought)?;
    output.show(&done, |done| {
        println!("{} is sold for {}, and burnt", amount_of(amount, token.symbol()), show(done.value));
    })
}

#[derive(Serialize)]
struct Everything {
    config: ConfigResponse,
    totals: TotalsResponse,
    offers: Vec<OfferResponse>,
    /// What the job market owes to the treasury, in base units.
    uncollected: u128,
}

async fn everything(accounts: &Accounts, output: Output) -> Result<()> {
    let client = economy(accounts)?;
    let answer = Everything {
        config: client.treasury_config().await?,
        totals: client.treasury_totals().await?,
        offers: client.offers().await?,
        uncollected: client.client().claimable(client.at(Contract::Treasury)).await?,
    };
    let book = AddressBook::of(accounts)?;
    output.show(&answer, |answer| print(answer, &client, &book))
}

fn print(answer: &Everything, client: &EconomyClient, book: &AddressBook) {
    let Everything { config, totals, offers, uncollected } = answer;
    let params = &config.params;
    println!(
        "{} in the treasury, of which {} stay",
        show(totals.balance.u128()),
        show(params.reserve.u128())
    );
    if *uncollected > 0 {
        println!("{} of settlements can be collected", show(*uncollected));
    }
    let mut rows = table(&["of a period", "used", "limit", "ever"]);
    for (way, used, limit, ever) in [
        ("spent by the owner", totals.spent_now, params.spend, totals.spent),
        ("paid by offers", totals.paid_now, params.buy, totals.paid),
        ("burnt", totals.burnt_now, params.burn, totals.burnt),
    ] {
        let [used, limit, ever] = [used, limit, ever].map(|amount| show(amount.u128()));
        rows.add_row([way.to_owned(), used, limit, ever]);
    }
    println!("{rows}");
    let hours = params.period_seconds / HOUR;
    let owner = config.owner.as_ref().map_or_else(|| "nobody".into(), |owner| book.name(owner.as_str()));
    let paused = if config.paused { ", paused" } else { "" };
    println!("a period has {hours} hours; owner {owner}{paused}");
    if offers.is_empty() {
        println!("no offer stands");
        return;
    }
    let mut rows = table(&["offer for", "bids now", "from", "to", "in hours", "left", "bought"]);
    for offer in offers {
        let token = client.token_at(offer.token.as_str());
        let symbol = token.map_or_else(|| offer.token.to_string(), |token| token.symbol().into());
        let OfferTerms { low, high, rise_seconds, .. } = offer.terms;
        let [bid, low, high, left] = [offer.bid, low, high, offer.left].map(|amount| show(amount.u128()));
        let bought = amount_of(offer.bought.u128(), &symbol);
        rows.add_row([symbol, bid, low, high, (rise_seconds / HOUR).to_string(), left, bought]);
    }
    println!("{rows}");
}

async fn tell<T>(
    accounts: &Accounts,
    from: &str,
    message: &ExecuteMsg,
    event: &str,
    pick: impl Fn(Event) -> Option<T>,
) -> Result<Done<T>> {
    let account = account(accounts, from).await?;
    let receipt = account.treasury(message).await?;
    Done::read(&receipt, account.client().at(Contract::Treasury), event, pick)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_paid_at_the_bid_for_a_whole_one() {
        assert_eq!(paid_at(Uint128::new(400_000), 100 * UNIT).unwrap(), 40 * UNIT);
        assert_eq!(paid_at(Uint128::new(1), 999_999).unwrap(), 0);
        assert!(paid_at(Uint128::MAX, u128::MAX).is_err());
    }
}
