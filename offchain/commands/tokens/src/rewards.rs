//! `bithive rewards`: BTT for what patients do for their health.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bithive_api::rewards::{Activity, Event, ExecuteMsg, Inputs, Limits, Role, events};
use bithive_client::amount::{self, show};
use bithive_command_kit::Output;
use bithive_contracts::Contract;
use clap::{Args, Subcommand, ValueEnum};
use sha2::{Digest as _, Sha256};

use super::accounts::{Accounts, Done, account, address, economy, now, until};
use super::announced::{OWNER, Owner};
use super::budget;
use super::network::On;
use super::unsigned::{Transactions, Transacts};

/// BTT for what patients do for their health: a party proposes a reward, parties of other roles approve it, and the last
/// approval that it needs pays it. Accounts are names of wallets, or addresses.
#[derive(Subcommand)]
pub enum Command {
    /// Show the budget, the limits, and which accounts of this home are parties.
    Show,
    /// List the rewards that wait for approvals.
    Proposals,
    /// Show what a patient received today and in all, and what is left of today's limits.
    Patient {
        /// Name or address of the patient.
        patient: String,
    },
    /// Add BTT to the budget, for example: rewards fund --from operator --amount 1000
    Fund {
        /// Wallet that pays.
        #[arg(long)]
        from: String,
        /// BTT, like 12.5.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: u128,
    },
    /// Take what the job market owes to the incentive pool into the budget.
    Collect {
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Propose a reward, and approve it, as a party, for example: rewards grant --from clinic --patient alice --activity
    /// check-up --value 300 --evidence report.pdf
    #[command(visible_alias = "propose")]
    Grant(GrantArgs),
    /// Approve a proposal as a party of a role that has not approved.
    Approve {
        /// Number of the proposal.
        id: u64,
        /// The party's wallet.
        #[arg(long)]
        from: String,
    },
    /// Remove a proposal that nobody may approve any more; its evidence can be used again.
    Expire {
        /// Number of the proposal.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Give an account a role, or take it, as the owner, for example: rewards party clinic --role clinician
    ///
    /// In a contract that is older than a day a new role waits for three days, in which everybody sees it: the exit code is 1 then.
    Party {
        /// Name of a wallet, or an address.
        account: String,
        /// Its role; none takes it.
        #[arg(long, value_enum)]
        role: RoleArg,
        /// The owner's wallet.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Set what is paid a day at most, as the owner. They wait like a new role.
    Limits {
        /// Rewards of a patient.
        #[arg(long)]
        patient_count: u16,
        /// BTT of a patient.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        patient_amount: u128,
        /// BTT of all patients.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        total_amount: u128,
        /// The owner's wallet.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Give a part of the budget to the treasury, as the owner.
    Return {
        /// BTT, like 12.5.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        amount: u128,
        /// The owner's wallet.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
}

/// A reward. It is value * completion + history * time * adjustment, within the range of the activity.
#[derive(Args)]
pub struct GrantArgs {
    /// The party's wallet.
    #[arg(long)]
    from: String,
    /// Who receives it.
    #[arg(long)]
    patient: String,
    /// The activity that is rewarded; it sets the range of the reward.
    #[arg(long, value_enum)]
    activity: ActivityArg,
    /// Value of the activity in BTT.
    #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
    value: u128,
    /// Completion, in 1/10,000.
    #[arg(long, default_value_t = 10_000)]
    completion: u32,
    /// Value of a consistent history in BTT.
    #[arg(long, allow_negative_numbers = true, value_parser = amount::parse, default_value = "0")]
    history: u128,
    /// Multiplier of time, in 1/10,000.
    #[arg(long, default_value_t = 10_000)]
    time: u32,
    /// Adjustment to the person, in 1/10,000.
    #[arg(long, default_value_t = 10_000)]
    adjustment: u32,
    /// File with the evidence: its SHA-256 digest goes on chain, the file stays.
    #[arg(long, value_name = "FILE")]
    evidence: PathBuf,
}

/// [`Activity`] on the command line.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Clone, Copy, ValueEnum)]
pub enum ActivityArg {
    CheckUp,
    ChronicCare,
    TreatmentCycle,
    Education,
    DataSharing,
    Compute,
}

impl From<ActivityArg> for Activity {
    fn from(activity: ActivityArg) -> Self {
        match activity {
            ActivityArg::CheckUp => Self::CheckUp,
            ActivityArg::ChronicCare => Self::ChronicCare,
            ActivityArg::TreatmentCycle => Self::TreatmentCycle,
            ActivityArg::Education => Self::Education,
            ActivityArg::DataSharing => Self::DataSharing,
            ActivityArg::Compute => Self::Compute,
        }
    }
}

/// [`Role`] on the command line.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Clone, Copy, ValueEnum)]
pub enum RoleArg {
    Clinician,
    Institution,
    Insurer,
    Auditor,
    None,
}

impl From<RoleArg> for Option<Role> {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Clinician => Some(Role::Clinician),
            RoleArg::Institution => Some(Role::Institution),
            RoleArg::Insurer => Some(Role::Insurer),
            RoleArg::Auditor => Some(Role::Auditor),
            RoleArg::None => None,
        }
    }
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Show | Self::Proposals | Self::Patient { .. } => Transactions::None,
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant. 1 if what the owner set has to wait.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    let accounts = &Accounts::open(&network, home).await?;
    let owner = |from| Owner::new(accounts, &network, from, output);
    let done = match command {
        Command::Show => budget::show_all(accounts, output).await,
        Command::Proposals => budget::proposals(accounts, output).await,
        Command::Patient { patient } => budget::patient(accounts, &patient, output).await,
        Command::Fund { from, amount } => {
            let account = account(accounts, &from).await?;
            let receipt = account.fund_rewards(amount).await?;
            let funded = |event| match event {
                Event::Funded { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let done = Done::read(&receipt, account.client().at(Contract::Rewards), events::FUNDED, funded)?;
            output.show(&done, |done| println!("{} is in the budget", show(done.value)))
        }
        Command::Collect { from } => {
            let source = economy(accounts)?.client().deployment().jobs().to_owned();
            let collected = |event| match event {
                Event::Collected { amount, .. } => Some(amount.u128()),
                _ => None,
            };
            let done =
                tell(accounts, &from, &ExecuteMsg::Collect { source }, events::COLLECTED, collected).await?;
            output.show(&done, |done| println!("{} of settlements is in the budget", show(done.value)))
        }
        Command::Grant(args) => grant(accounts, &args, output).await,
        Command::Approve { id, from } => approve(accounts, id, &from, output).await,
        Command::Expire { id, from } => {
            let expired = |event| matches!(event, Event::Expired { .. }).then_some(());
            let done = tell(accounts, &from, &ExecuteMsg::Expire { id }, events::EXPIRED, expired).await?;
            output.show(&done, |_| println!("proposal {id} is gone; its evidence can be used again"))
        }
        Command::Party { account, role, from } => {
            let role: Option<Role> = role.into();
            let message = ExecuteMsg::SetParty { address: address(accounts, &account)?, role };
            let text = match role {
                Some(role) => format!("{account} is {role:?}"),
                None => format!("{account} has no role"),
            };
            return owner(&from).send(Contract::Rewards, &message, &text).await;
        }
        Command::Limits { patient_count, patient_amount, total_amount, from } => {
            let (patient_amount, total_amount) = (patient_amount.into(), total_amount.into());
            let message = ExecuteMsg::SetLimits(Limits { patient_count, patient_amount, total_amount });
            return owner(&from).send(Contract::Rewards, &message, "the limits hold from now on").await;
        }
        Command::Return { amount, from } => {
            let message = ExecuteMsg::ReturnBudget { amount: amount.into() };
            let returned = |event| match event {
                Event::Returned { amount } => Some(amount.u128()),
                _ => None,
            };
            let done = tell(accounts, &from, &message, events::RETURNED, returned).await?;
            output.show(&done, |done| println!("{} is the treasury's", show(done.value)))
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

async fn grant(accounts: &Accounts, args: &GrantArgs, output: Output) -> Result<()> {
    let inputs = Inputs {
        value: args.value.into(),
        completion: args.completion,
        history: args.history.into(),
        time: args.time,
        adjustment: args.adjustment,
    };
    let message = ExecuteMsg::Propose {
        patient: address(accounts, &args.patient)?,
        activity: args.activity.into(),
        inputs,
        evidence: digest(&args.evidence)?.into(),
    };
    let proposed = |event| match event {
        Event::Proposed { id, amount, until, .. } => Some((id, amount.u128(), until)),
        _ => None,
    };
    let done = tell(accounts, &args.from, &message, events::PROPOSED, proposed).await?;
    let now = now(accounts).await?;
    output.show(&done, |done| {
        let (id, amount, end) = done.value;
        let (amount, until) = (show(amount), until(end, now));
        println!("proposal {id}: {amount} for {}, to be approved; expires {until}", args.patient);
    })
}

async fn approve(accounts: &Accounts, id: u64, from: &str, output: Output) -> Result<()> {
    let account = account(accounts, from).await?;
    let contract = account.client().at(Contract::Rewards);
    let receipt = account.rewards(&ExecuteMsg::Approve { id }).await?;
    let paid = |event| match event {
        Event::Paid { amount, .. } => Some(amount.u128()),
        _ => None,
    };
    if let Ok(paid) = Done::read(&receipt, contract, events::PAID, paid) {
        return output.show(&paid, |paid| println!("{} is paid", show(paid.value)));
    }
    let approved = |event| matches!(event, Event::Approved { .. }).then_some(());
    let done = Done::read(&receipt, contract, events::APPROVED, approved)?;
    output.show(&done, |_| println!("proposal {id} is approved by {from}; it waits for others"))
}

async fn tell<T>(
    accounts: &Accounts,
    from: &str,
    message: &ExecuteMsg,
    event: &str,
    pick: impl Fn(Event) -> Option<T>,
) -> Result<Done<T>> {
    let account = account(accounts, from).await?;
    let receipt = account.rewards(message).await?;
    Done::read(&receipt, account.client().at(Contract::Rewards), event, pick)
}

/// SHA-256 of a file, read in parts.
fn digest(file: &Path) -> Result<[u8; 32]> {
    use std::io::Read as _;
    let named = || file.display().to_string();
    let mut source = std::fs::File::open(file).with_context(named)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = source.read(&mut buffer).with_context(named)?;
        match buffer.get(..read) {
            Some(part) if read > 0 => hash.update(part),
            _ => return Ok(hash.finalize().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_a_file_is_sha_256_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("evidence");
        std::fs::write(&file, "abc").unwrap();
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex::encode(digest(&file).unwrap()), expected);
        let large = vec![7; (1 << 16) * 2 + 1];
        std::fs::write(&file, &large).unwrap();
        assert_eq!(digest(&file).unwrap(), <[u8; 32]>::from(Sha256::digest(&large)));
        assert!(digest(folder.path()).is_err());
    }
}
