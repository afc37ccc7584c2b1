//! `bithive stake`: BTK behind nodes.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bithive_api::staking::{Event, ExecuteMsg, Hook, events};
use bithive_chain::Receipt;
use bithive_client::EconomyAccount;
use bithive_client::amount;
use bithive_command_kit::Output;
use bithive_contracts::Contract;
use clap::{Args, Subcommand};

use super::accounts::{Accounts, Done, account, address, btk, now, until};
use super::network::On;
use super::pools;
use super::shares::shares;
use super::unsigned::{Transactions, Transacts};

/// BTK behind nodes. An operator is the name of a wallet, node:NAME for the account of a node, or an address; so is
/// whoever has stake.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// Show stake, unbonding stake and votes of accounts.
    List {
        /// Names; all wallets and nodes when left out.
        names: Vec<String>,
    },
    /// Show the pool of an operator: commission, required pledge, stake and locks.
    Pool {
        /// Name or address of the operator.
        node: String,
    },
    /// Pledge BTK as an operator, locked for 540 days, for example: stake bond --from bob --amount 400 --tera 4
    Bond {
        #[command(flatten)]
        pledge: Amount,
        /// Capacity of the machine, 4, 8 or 16 T; needed the first time, to register the operator's node.
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
        /// Name or address of the operator.
        #[arg(long)]
        node: String,
    },
    /// Start to unbond stake; it can be withdrawn after the unbonding time.
    #[command(visible_alias = "undelegate")]
    Unbond {
        #[command(flatten)]
        stake: StakeOf,
        /// BTK, like 12.5; all that is not locked when left out.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: Option<u128>,
    },
    /// Pay out stake whose unbonding time is over, to its owner.
    Withdraw {
        /// Number of the unbonding, as in `stake list`.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Claim the rewards of a stake, and an operator's commission.
    Claim {
        #[command(flatten)]
        stake: StakeOf,
    },
    /// Turn the rewards of a stake into stake.
    Compound {
        #[command(flatten)]
        stake: StakeOf,
    },
    /// Send BTK as a reward to everybody with stake in a node.
    Reward {
        #[command(flatten)]
        reward: Amount,
        /// Name or address of the operator.
        #[arg(long)]
        node: String,
    },
    /// Lock an operator's own stake for 540 days, as a pledge: what rewards became, and what a lock has let go, for example:
    /// stake lock --from bob --amount 20
    Lock {
        /// The operator's wallet.
        #[arg(long)]
        from: String,
        /// BTK, like 12.5; all that is not locked when left out.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: Option<u128>,
    },
    /// Free a part of a pledge whose 540 days are over.
    Unlock {
        #[command(flatten)]
        stake: StakeOf,
        /// Number of the lock, as in `stake pool`.
        id: u64,
    },
    /// Change the part that an operator keeps of later rewards.
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
pub struct Amount {
    /// Wallet that pays.
    #[arg(long)]
    from: String,
    /// BTK, like 12.5.
    #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
    amount: u128,
}

/// The stake that a command is about: its owner and the node.
#[derive(Args)]
pub struct StakeOf {
    /// Wallet whose stake it is.
    #[arg(long)]
    from: String,
    /// The operator; the wallet itself when left out.
    #[arg(long)]
    node: Option<String>,
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::List { .. } | Self::Pool { .. } => Transactions::None,
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
        Command::List { names } => pools::list(accounts, names, output).await,
        Command::Pool { node } => pools::pool(accounts, &node, output).await,
        Command::Bond { pledge, tera, commission_bps } => {
            bond(accounts, &pledge, tera, commission_bps, output).await
        }
        Command::Delegate { stake, node } => {
            let hook = Hook::Delegate { node: address(accounts, &node)? };
            let (account, receipt) = pay(accounts, &stake, &hook).await?;
            let done = done(&account, &receipt, events::STAKED, staked)?;
            output.show(&done, |done| println!("{} is at stake in {node}", btk(done.value)))
        }
        Command::Unbond { stake, amount } => unbond(accounts, &stake, amount, output).await,
        Command::Withdraw { id, from } => {
            let withdrawn = |event| match event {
                Event::Withdrawn { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let message = ExecuteMsg::Withdraw { id };
            let done = tell(accounts, &from, &message, events::WITHDRAWN, withdrawn).await?;
            output.show(&done, |done| println!("{} is paid out", btk(done.value)))
        }
        Command::Claim { stake } => {
            let (node, delegator) = (stake.node(accounts)?, address(accounts, &stake.from)?);
            let message = ExecuteMsg::ClaimRewards { node, delegator };
            let done = tell(accounts, &stake.from, &message, events::CLAIMED, claimed).await?;
            output.show(&done, |done| println!("{} of rewards is paid", btk(done.value)))
        }
        Command::Compound { stake } => {
            let message = ExecuteMsg::Compound { node: stake.node(accounts)? };
            let done = tell(accounts, &stake.from, &message, events::CLAIMED, claimed).await?;
            output.show(&done, |done| println!("{} of rewards is stake now", btk(done.value)))
        }
        Command::Reward { reward, node } => {
            let hook = Hook::Reward { node: address(accounts, &node)? };
            let (account, receipt) = pay(accounts, &reward, &hook).await?;
            let rewarded = |event| match event {
                Event::Rewarded { amount, commission, .. } => Some((amount.u128(), commission.u128())),
                _ => None,
            };
            let done = done(&account, &receipt, events::REWARDED, rewarded)?;
            output.show(&done, |done| {
                let (amount, commission) = (btk(done.value.0), btk(done.value.1));
                println!("{amount} goes to {node}, of which its operator keeps {commission}");
            })
        }
        Command::Lock { from, amount } => lock(accounts, &from, amount, output).await,
        Command::Unlock { stake, id } => {
            let message = ExecuteMsg::Unlock { node: stake.node(accounts)?, id };
            let unlocked = |event| matches!(event, Event::Unlocked { .. }).then_some(());
            let done = tell(accounts, &stake.from, &message, events::UNLOCKED, unlocked).await?;
            output.show(&done, |_| println!("lock {id} is open"))
        }
        Command::Commission { from, bps } => {
            let message = ExecuteMsg::SetCommission { commission_bps: bps };
            change(accounts, &from, &message, output).await
        }
        Command::Capacity { from, tera } => {
            change(accounts, &from, &ExecuteMsg::SetCapacity { tera }, output).await
        }
    }
}

impl StakeOf {
    fn node(&self, accounts: &Accounts) -> Result<String> {
        address(accounts, self.node.as_deref().unwrap_or(&self.from))
    }
}

async fn bond(
    accounts: &Accounts,
    pledge: &Amount,
    tera: Option<u16>,
    commission_bps: u16,
    output: Output,
) -> Result<()> {
    let operator = account(accounts, &pledge.from).await?;
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
    let done = done(&operator, &receipt, events::STAKED, staked)?;
    let pool = operator.client().pool(operator.address()).await?.context("the node is not registered")?;
    output.show(&done, |done| {
        println!("{} is pledged, locked for 540 days", btk(done.value));
        println!("its pledge is {} of {} required", btk(pool.pledge.u128()), btk(pool.required.u128()));
    })
}

async fn unbond(accounts: &Accounts, stake: &StakeOf, amount: Option<u128>, output: Output) -> Result<()> {
    let account = account(accounts, &stake.from).await?;
    let node = stake.node(accounts)?;
    let shares = shares(&account, &stake.from, &node, amount).await?;
    let receipt = account.staking(&ExecuteMsg::Unbond { node, shares }).await?;
    let unbonding = |event| match event {
        Event::Unbonding { amount, id, until, .. } => Some((amount.u128(), id.zip(until))),
        _ => None,
    };
    let done = done(&account, &receipt, events::UNBONDING, unbonding)?;
    let now = now(accounts).await?;
    output.show(&done, |done| match done.value {
        (amount, Some((id, at))) => {
            let (amount, at) = (btk(amount), until(at, now));
            println!("{amount} is unbonding as number {id}; it can be withdrawn {at}");
        }
        (_, None) => println!("the shares are worth nothing; nothing is unbonding"),
    })
}

async fn lock(accounts: &Accounts, from: &str, amount: Option<u128>, output: Output) -> Result<()> {
    let account = account(accounts, from).await?;
    let shares = shares(&account, from, account.address(), amount).await?;
    let receipt = account.staking(&ExecuteMsg::Lock { shares }).await?;
    let locked = |event| match event {
        Event::Locked { id, until, .. } => Some((id, until)),
        _ => None,
    };
    let done = done(&account, &receipt, events::LOCKED, locked)?;
    let pool = account.client().pool(account.address()).await?.context("the node is not registered")?;
    let now = now(accounts).await?;
    output.show(&done, |done| {
        let (id, at) = (done.value.0, until(done.value.1, now));
        println!("locked as number {id}; it can be unlocked {at}");
        println!("the pledge is {} of {} required", btk(pool.pledge.u128()), btk(pool.required.u128()));
    })
}

async fn change(accounts: &Accounts, from: &str, message: &ExecuteMsg, output: Output) -> Result<()> {
    let changed = |event| match event {
        Event::Changed { tera, commission_bps, .. } => Some((tera, commission_bps)),
        _ => None,
    };
    let done = tell(accounts, from, message, events::CHANGED, changed).await?;
    output.show(&done, |done| {
        let (tera, bps) = done.value;
        println!("{tera} T, commission {}", super::accounts::percent(bps));
    })
}

async fn pay(accounts: &Accounts, amount: &Amount, hook: &Hook) -> Result<(EconomyAccount, Receipt)> {
    let account = account(accounts, &amount.from).await?;
    let receipt = account.stake(amount.amount, hook).await?;
    Ok((account, receipt))
}

async fn tell<T>(
    accounts: &Accounts,
    from: &str,
    message: &ExecuteMsg,
    event: &str,
    pick: impl Fn(Event) -> Option<T>,
) -> Result<Done<T>> {
    let account = account(accounts, from).await?;
    let receipt = account.staking(message).await?;
    done(&account, &receipt, event, pick)
}

fn done<T>(
    account: &EconomyAccount,
    receipt: &Receipt,
    event: &str,
    pick: impl Fn(Event) -> Option<T>,
) -> Result<Done<T>> {
    Done::read(receipt, account.client().at(Contract::Staking), event, pick)
}

fn staked(event: Event) -> Option<u128> {
    match event {
        Event::Staked { amount, .. } => Some(amount.u128()),
        _ => None,
    }
}

fn claimed(event: Event) -> Option<u128> {
    match event {
        Event::Claimed { amount, .. } => Some(amount.u128()),
        _ => None,
    }
}
