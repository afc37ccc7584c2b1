//! `bithive stake`: BTK behind nodes.

use anyhow::{Context, Result, bail, ensure};
use bithive_api::staking::{ExecuteMsg, Hook, events};
use bithive_chain::Receipt;
use bithive_client::EconomyAccount;
use clap::{Args, Subcommand};
use cosmwasm_std::Uint128;

use super::accounts::{Done, account, address, btk, now, until};
use super::pools;
use crate::amount;
use crate::home::Home;
use crate::output::Output;

/// BTK behind nodes. An operator is the name of a wallet, node:NAME for the account of a node, or an address; so is
/// whoever has stake.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Stakes, what is unbonding, and votes of these accounts.
    List {
        /// Names; all wallets and nodes when left out.
        names: Vec<String>,
    },
    /// The pool of an operator: commission, pledge needed, stake, locks.
    Pool {
        /// The operator.
        node: String,
    },
    /// Pledge BTK as an operator, locked for 540 days, for example: stake bond --from bob --amount 400 --tera 4
    Bond {
        #[command(flatten)]
        pledge: Amount,
        /// Capacity, 4, 8 or 16 T: registers the operator's node, which it has to do first.
        #[arg(long)]
        tera: Option<u16>,
        /// Part of rewards that the operator keeps, in hundredths of a percent; for the registration.
        #[arg(long, value_name = "BPS", requires = "tera", default_value_t = 0)]
        commission_bps: u16,
    },
    /// Delegate BTK to an operator, for example: stake delegate --from alice --node bob --amount 50
    Delegate {
        #[command(flatten)]
        stake: Amount,
        /// The operator.
        #[arg(long)]
        node: String,
    },
    /// Begin to take stake out; it can be withdrawn after the unbonding time.
    #[command(visible_alias = "undelegate")]
    Unbond {
        #[command(flatten)]
        place: Place,
        /// BTK, like 12.5; all that is not locked when left out.
        #[arg(long, value_parser = amount::parse)]
        amount: Option<u128>,
    },
    /// Pay out stake whose unbonding time is over, to whose it is.
    Withdraw {
        /// Number of the unbonding, as in `stake list`.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Claim the rewards of a stake, an operator's commission with them.
    Claim {
        #[command(flatten)]
        place: Place,
    },
    /// Turn the rewards of a stake into stake.
    Compound {
        #[command(flatten)]
        place: Place,
    },
    /// Send BTK as a reward to everybody with stake in a node.
    Reward {
        #[command(flatten)]
        reward: Amount,
        /// The operator.
        #[arg(long)]
        node: String,
    },
    /// Free a part of a pledge whose 540 days are over.
    Unlock {
        #[command(flatten)]
        place: Place,
        /// Number of the lock, as in `stake pool`.
        id: u64,
    },
    /// Change the part of later rewards that an operator keeps.
    Commission {
        /// The operator's wallet.
        #[arg(long)]
        from: String,
        /// In hundredths of a percent: 1000 is 10 %.
        bps: u16,
    },
    /// Change the capacity that an operator pledges for.
    Capacity {
        /// The operator's wallet.
        #[arg(long)]
        from: String,
        /// 4, 8 or 16 T.
        tera: u16,
    },
}

/// BTK of a wallet.
#[derive(Args)]
pub(crate) struct Amount {
    /// Wallet that pays.
    #[arg(long)]
    from: String,
    /// BTK, like 12.5.
    #[arg(long, value_parser = amount::parse)]
    amount: u128,
}

/// A stake.
#[derive(Args)]
pub(crate) struct Place {
    /// Wallet whose stake it is.
    #[arg(long)]
    from: String,
    /// The operator; the wallet itself when left out.
    #[arg(long)]
    node: Option<String>,
}

pub(crate) async fn run(command: Command, home: &Home, output: Output) -> Result<()> {
    match command {
        Command::List { names } => pools::list(home, names, output).await,
        Command::Pool { node } => pools::pool(home, &node, output).await,
        Command::Bond { pledge, tera, commission_bps } => {
            bond(home, &pledge, tera, commission_bps, output).await
        }
        Command::Delegate { stake, node } => {
            let hook = Hook::Delegate { node: address(home, &node)? };
            let (account, receipt) = pay(home, &stake, &hook).await?;
            let done = done(&account, &receipt, events::STAKED)?;
            output.show(&done, |done| println!("{} is at stake in {node}", btk(done.number("amount"))))
        }
        Command::Unbond { place, amount } => unbond(home, &place, amount, output).await,
        Command::Withdraw { id, from } => {
            let done = tell(home, &from, &ExecuteMsg::Withdraw { id }, events::WITHDRAWN).await?;
            output.show(&done, |done| println!("{} is paid out", btk(done.number("amount"))))
        }
        Command::Claim { place } => {
            let (node, delegator) = (place.node(home)?, address(home, &place.from)?);
            let message = ExecuteMsg::ClaimRewards { node, delegator };
            let done = tell(home, &place.from, &message, events::CLAIMED).await?;
            output.show(&done, |done| println!("{} of rewards is paid", btk(done.number("amount"))))
        }
        Command::Compound { place } => {
            let message = ExecuteMsg::Compound { node: place.node(home)? };
            let done = tell(home, &place.from, &message, events::CLAIMED).await?;
            output.show(&done, |done| println!("{} of rewards is stake now", btk(done.number("amount"))))
        }
        Command::Reward { reward, node } => {
            let hook = Hook::Reward { node: address(home, &node)? };
            let (account, receipt) = pay(home, &reward, &hook).await?;
            let done = done(&account, &receipt, events::REWARDED)?;
            output.show(&done, |done| {
                let (amount, commission) = (btk(done.number("amount")), btk(done.number("commission")));
                println!("{amount} goes to {node}, of which its operator keeps {commission}");
            })
        }
        Command::Unlock { place, id } => {
            let message = ExecuteMsg::Unlock { node: place.node(home)?, id };
            let done = tell(home, &place.from, &message, events::UNLOCKED).await?;
            output.show(&done, |_| println!("lock {id} is open"))
        }
        Command::Commission { from, bps } => {
            let message = ExecuteMsg::SetCommission { commission_bps: bps };
            change(home, &from, &message, output).await
        }
        Command::Capacity { from, tera } => {
            change(home, &from, &ExecuteMsg::SetCapacity { tera }, output).await
        }
    }
}

impl Place {
    fn node(&self, home: &Home) -> Result<String> {
        address(home, self.node.as_deref().unwrap_or(&self.from))
    }
}

async fn bond(
    home: &Home,
    pledge: &Amount,
    tera: Option<u16>,
    commission_bps: u16,
    output: Output,
) -> Result<()> {
    let operator = account(home, &pledge.from).await?;
    let registered = operator.client().pool(operator.address()).await?.is_some();
    let hook = match (registered, tera) {
        (false, Some(tera)) => Hook::Register { tera, commission_bps },
        (true, None) => Hook::Pledge {},
        (false, None) => {
            bail!("{:?} operates no node yet; name its capacity with --tera 4, 8 or 16", pledge.from)
        }
        (true, Some(_)) => bail!(
            "{:?} operates a node already; leave --tera away to add to its pledge, or use `stake capacity`",
            pledge.from
        ),
    };
    let receipt = operator.stake(pledge.amount, &hook).await?;
    let done = done(&operator, &receipt, events::STAKED)?;
    let pool = operator.client().pool(operator.address()).await?.context("the node is not registered")?;
    output.show(&done, |done| {
        println!("{} is pledged, locked for 540 days", btk(done.number("amount")));
        println!("its pledge is {} of {} required", btk(pool.pledge.u128()), btk(pool.required.u128()));
    })
}

async fn unbond(home: &Home, place: &Place, amount: Option<u128>, output: Output) -> Result<()> {
    let account = account(home, &place.from).await?;
    let node = place.node(home)?;
    let shares = match amount {
        None => None,
        Some(amount) => {
            ensure!(amount > 0, "--amount is 0; expected at least 0.000001 BTK");
            let found = account.client().delegation(&node, account.address()).await?;
            let stake = found.with_context(|| format!("{:?} has no stake there", place.from))?;
            Some(shares_of(amount, stake.stake, stake.shares)?)
        }
    };
    let receipt = account.staking(&ExecuteMsg::Unbond { node, shares }).await?;
    let done = done(&account, &receipt, events::UNBONDING)?;
    let now = now(home).await?;
    output.show(&done, |done| {
        let at = u64::try_from(done.number("until")).unwrap_or(u64::MAX);
        let (amount, id) = (btk(done.number("amount")), done.number("id"));
        println!("{amount} is unbonding as number {id}; it can be withdrawn {}", until(at, now));
    })
}

/// The fewest shares that are worth `amount`, where `shares` are worth `stake`.
fn shares_of(amount: u128, stake: Uint128, shares: Uint128) -> Result<Uint128> {
    ensure!(amount <= stake.u128(), "the stake is worth {}; expected at most that", btk(stake.u128()));
    let rounded_up = shares.checked_mul_ceil((Uint128::new(amount), stake));
    rounded_up.map_err(|error| anyhow::anyhow!("shares for {}: {error}", btk(amount)))
}

async fn change(home: &Home, from: &str, message: &ExecuteMsg, output: Output) -> Result<()> {
    let done = tell(home, from, message, events::CHANGED).await?;
    output.show(&done, |done| {
        let bps = u16::try_from(done.number("commission_bps")).unwrap_or(u16::MAX);
        println!("{} T, commission {}", done.number("tera"), super::accounts::percent(bps));
    })
}

async fn pay(home: &Home, amount: &Amount, hook: &Hook) -> Result<(EconomyAccount, Receipt)> {
    let account = account(home, &amount.from).await?;
    let receipt = account.stake(amount.amount, hook).await?;
    Ok((account, receipt))
}

async fn tell(home: &Home, from: &str, message: &ExecuteMsg, event: &str) -> Result<Done> {
    let account = account(home, from).await?;
    let receipt = account.staking(message).await?;
    done(&account, &receipt, event)
}

fn done(account: &EconomyAccount, receipt: &Receipt, event: &str) -> Result<Done> {
    Done::read(receipt, &account.client().economy().staking, event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_as_few_shares_as_are_worth_it() {
        let shares = |amount, stake: u128, shares: u128| shares_of(amount, stake.into(), shares.into());
        assert_eq!(shares(10, 100, 100).unwrap().u128(), 10);
        // After a slash of half, a unit is two shares; after a third, one and a half, rounded up.
        assert_eq!(shares(10, 50, 100).unwrap().u128(), 20);
        assert_eq!(shares(1, 200, 300).unwrap().u128(), 2);
        assert_eq!(shares(100, 100, 300).unwrap().u128(), 300);
        assert!(shares(101, 100, 300).unwrap_err().to_string().contains("at most"));
        assert!(shares(1, 0, 5).is_err(), "what is worth nothing is no amount");
    }
}
