//! `bithive escrow`: money that waits for a condition.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use bithive_api::escrow::{Event, ExecuteMsg, events, limits};
use bithive_command_kit::Output;
use clap::Subcommand;

use super::accounts::{Accounts, address, now};
use super::agreement::{self, OpenArgs, digest_of, share};
use super::agreements::{self, Site, positive, told};
use super::currency::{Currency, currency};
use super::network::On;
use super::unsigned::{Transactions, Transacts};

/// Money that waits for a condition. A payer, or a crowd that reaches a goal, puts it in; payees get it milestone by milestone, when
/// the payer, signers, the crowd or a code say so. Every state has an end, after which anybody advances the agreement: silence of the payer or the crowd
/// after a submission releases, silence of payees, signers and arbiters refunds. What is released or refunded is a credit, which `wallet claim` or `escrow
/// withdraw` pays. Accounts are named as in `stake`. Amounts of BTT, BTK and SKY are like 12.5; of other assets they are base units.
#[derive(Subcommand)]
pub enum Command {
    /// List the agreements of accounts, and what they contributed to crowds.
    List {
        /// Names; all wallets and nodes when left out.
        names: Vec<String>,
    },
    /// Show an agreement: its terms, and where it stands.
    Show {
        /// Number of the agreement.
        id: u64,
    },
    /// Make an agreement, for example: escrow open --from alice --to bob --milestone 30 --milestone 70 --arbiter carol
    ///
    /// Released by a code: escrow open --from alice --to bob --milestone 20 --code code.txt
    ///
    /// By two of three signers: escrow open --from alice --to bob --milestone 20 --signer carol --signer dave --signer alice --needed 2
    ///
    /// Of a crowd, which has 30 days: escrow open --from bob --to bob --milestone 500 --milestone 500 --crowd 30
    Open(Box<OpenArgs>),
    /// Contribute to an agreement of a crowd. Contributions are locked until the goal is reached or its time is over.
    Fund {
        /// Number of the agreement.
        id: u64,
        /// Wallet that pays; what is above the goal is its credit.
        #[arg(long)]
        from: String,
        /// Amount in what the agreement pays in.
        #[arg(long, allow_negative_numbers = true)]
        amount: String,
    },
    /// Say that the present milestone is reached, as a payee.
    Submit {
        /// Number of the agreement.
        id: u64,
        /// Wallet of a payee.
        #[arg(long)]
        from: String,
        /// File that shows it; its SHA-256 goes onto the chain, the file stays here.
        #[arg(long, value_name = "FILE")]
        evidence: Option<PathBuf>,
    },
    /// Approve the present milestone, as its payer, a signer or a contributor.
    Approve {
        /// Number of the agreement.
        id: u64,
        /// Wallet of who approves.
        #[arg(long)]
        from: String,
    },
    /// Reject what was submitted. The payees of a payer can do better or call the arbiter; a crowd votes once a quarter of it objects.
    Reject {
        /// Number of the agreement.
        id: u64,
        /// Wallet of who rejects.
        #[arg(long)]
        from: String,
    },
    /// Release an agreement with its code. Whoever does so, the payees are paid.
    Reveal {
        /// Number of the agreement.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
        /// The code, as text.
        #[arg(long)]
        code: String,
    },
    /// Call the arbiter after a rejection, as a payee.
    Dispute {
        /// Number of the agreement.
        id: u64,
        /// Wallet of a payee.
        #[arg(long)]
        from: String,
    },
    /// Divide the amount of a disputed milestone, as the arbiter. With less than all of it the agreement ends.
    Rule {
        /// Number of the agreement.
        id: u64,
        /// Wallet of the arbiter.
        #[arg(long)]
        from: String,
        /// Share of the payees in percent, like 100 or 33.5; the rest is the payer's.
        #[arg(long, value_name = "PERCENT", value_parser = share)]
        payees: u16,
    },
    /// Give up what is not released, as the first payee: it is refunded at once.
    Decline {
        /// Number of the agreement.
        id: u64,
        /// Wallet of the first payee.
        #[arg(long)]
        from: String,
    },
    /// Move an agreement on whose time is over; `wallet claim` does this where it brings the account something.
    Advance {
        /// Number of the agreement.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Credit a contributor with its part of an agreement that did not succeed.
    Refund {
        /// Number of the agreement.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
        /// The contributor; who sends the transaction when left out.
        #[arg(long)]
        to: Option<String>,
    },
    /// Withdraw everything that agreements owe the account in an asset.
    Withdraw {
        /// Wallet that is owed.
        #[arg(long)]
        from: String,
        /// btt, btk, sky, native:DENOMINATION or cw20:ADDRESS.
        #[arg(long, default_value = "btt", value_parser = currency)]
        asset: Currency,
    },
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::List { .. } | Self::Show { .. } => Transactions::None,
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<()> {
    let accounts = Accounts::open(&network, home).await?;
    let site = &Site::open(&accounts)?;
    match command {
        Command::List { names } => agreements::list(site, names, output).await,
        Command::Show { id } => agreements::show(site, id, output).await,
        Command::Open(args) => agreement::open(site, *args, output).await,
        Command::Fund { id, from, amount } => fund(site, id, &from, &amount, output).await,
        Command::Submit { id, from, evidence } => {
            let evidence = evidence.as_deref().map(digest_of).transpose()?;
            let milestone = site.milestone(id).await?;
            let message = ExecuteMsg::Submit { id, milestone, evidence };
            act(site, id, &from, &message, events::SUBMITTED, output).await
        }
        Command::Approve { id, from } => speak(site, id, &from, true, output).await,
        Command::Reject { id, from } => speak(site, id, &from, false, output).await,
        Command::Reveal { id, from, code } => {
            let length = code.len();
            ensure!(
                (limits::MIN_CODE_BYTES..=limits::MAX_CODE_BYTES).contains(&length),
                "--code has {length} bytes; expected {} to {}",
                limits::MIN_CODE_BYTES,
                limits::MAX_CODE_BYTES
            );
            let message = ExecuteMsg::Reveal { id, preimage: code.as_bytes().into() };
            act(site, id, &from, &message, events::RELEASED, output).await
        }
        Command::Dispute { id, from } => {
            let message = ExecuteMsg::Dispute { id, milestone: site.milestone(id).await? };
            act(site, id, &from, &message, events::DISPUTED, output).await
        }
        Command::Rule { id, from, payees } => {
            let milestone = site.milestone(id).await?;
            let message = ExecuteMsg::Rule { id, milestone, payees_bps: payees };
            act(site, id, &from, &message, events::RULED, output).await
        }
        Command::Decline { id, from } => ended(site, id, &from, &ExecuteMsg::Decline { id }, output).await,
        Command::Advance { id, from } => ended(site, id, &from, &ExecuteMsg::Advance { id }, output).await,
        Command::Refund { id, from, to } => {
            let contributor = address(&accounts, to.as_ref().unwrap_or(&from))?;
            let message = ExecuteMsg::Refund { id, contributor };
            act(site, id, &from, &message, events::REFUNDED, output).await
        }
        Command::Withdraw { from, asset } => {
            let withdrawn = |event| match event {
                Event::Withdrawn { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let message = ExecuteMsg::Withdraw { asset: asset.asset(&site.economy) };
            let done = site.tell(&from, &message, events::WITHDRAWN, withdrawn).await?;
            output.show(&done, |done| println!("{} is paid", asset.show(done.value)))
        }
    }
}

async fn fund(site: &Site<'_>, id: u64, from: &str, amount: &str, output: Output) -> Result<()> {
    let (agreement, currency) = site.known(id).await?;
    ensure!(
        agreement.crowd.is_some(),
        "agreement {id} has a payer, who has put everything in; it takes no contributions"
    );
    let amount = positive("--amount", currency.read("--amount", amount)?)?;
    let account = site.accounts.account(from).await?;
    let receipt = site.escrow.fund(&account, (&currency.asset(&site.economy), amount), id).await?;
    let funded = |event| match event {
        Event::Funded { amount, raised, .. } => Some((amount.u128(), raised.u128())),
        _ => None,
    };
    let done = site.read(&receipt, events::FUNDED, funded)?;
    output.show(&done, |done| {
        let (taken, raised) = done.value;
        println!("agreement {id} has {} of it; {} in all", currency.show(taken), currency.show(raised));
    })
}

/// Approves or rejects, whoever decides: what that does depends on the approver, and on what others have said.
async fn speak(site: &Site<'_>, id: u64, from: &str, approves: bool, output: Output) -> Result<()> {
    let milestone = site.milestone(id).await?;
    let (message, expected) = if approves {
        (ExecuteMsg::Approve { id, milestone }, [events::VOTED, events::RELEASED])
    } else {
        (ExecuteMsg::Reject { id, milestone }, [events::VOTED, events::REJECTED])
    };
    one_of(site, id, from, (&message, &expected), output).await
}

/// Declines or advances: the money is released or refunded, or its contributors may have it.
async fn ended(site: &Site<'_>, id: u64, from: &str, message: &ExecuteMsg, output: Output) -> Result<()> {
    let expected = [events::RELEASED, events::REFUNDED, events::REFUNDING, events::CLOSED];
    one_of(site, id, from, (message, &expected), output).await
}

async fn act(
    site: &Site<'_>,
    id: u64,
    from: &str,
    message: &ExecuteMsg,
    expected: &'static str,
    output: Output,
) -> Result<()> {
    one_of(site, id, from, (message, &[expected]), output).await
}

/// Sends a message about an agreement that is there, and shows the first of these events.
async fn one_of(
    site: &Site<'_>,
    id: u64,
    from: &str,
    (message, expected): (&ExecuteMsg, &[&str]),
    output: Output,
) -> Result<()> {
    let ((_, currency), now) = (site.known(id).await?, now(site.accounts).await?);
    let account = site.accounts.account(from).await?;
    let receipt = site.escrow.execute(&account, message).await?;
    let told = |event| told(&event, &currency, now);
    let mut read = Err(anyhow::anyhow!("the contract has announced nothing"));
    for event in expected {
        read = site.read(&receipt, event, told);
        if read.is_ok() {
            break;
        }
    }
    output.show(&read?, |done| println!("{}", done.value))
}
