//! `bithive rewards show`, `proposals` and `patient`: what there is to pay, and what is or was paid.

use anyhow::Result;
use bithive_api::rewards::{BudgetResponse, ConfigResponse, Limits, PatientResponse, Role};
use bithive_client::amount::show;
use bithive_command_kit::{Output, table};
use bithive_contracts::Contract;
use serde::Serialize;

use super::accounts::{Accounts, AddressBook, address, economy, named_or_all, now, until};

#[derive(Serialize)]
struct Everything {
    config: ConfigResponse,
    budget: BudgetResponse,
    /// What the job market owes to the budget, in base units.
    uncollected: u128,
    /// Those of this home.
    parties: Vec<Party>,
}

#[derive(Serialize)]
struct Party {
    name: String,
    address: String,
    role: Role,
}

#[derive(Serialize)]
struct Patient {
    address: String,
    #[serde(flatten)]
    received: PatientResponse,
    limits: Limits,
}

/// Budget, limits, parties.
pub(super) async fn show_all(accounts: &Accounts, output: Output) -> Result<()> {
    let client = economy(accounts)?;
    let mut parties = Vec::new();
    for name in named_or_all(accounts, vec![])? {
        let address = address(accounts, &name)?;
        if let Some(role) = client.party(&address).await? {
            parties.push(Party { name, address, role });
        }
    }
    let answer = Everything {
        config: client.rewards_config().await?,
        budget: client.budget().await?,
        uncollected: client.client().claimable(client.at(Contract::Rewards)).await?,
        parties,
    };
    let book = AddressBook::of(accounts)?;
    output.show(&answer, |Everything { config, budget, uncollected, parties }| {
        println!(
            "budget {}, of {} put in; paid {}, today {}, given back {}",
            show(budget.available.u128()),
            show(budget.funded.u128()),
            show(budget.paid.u128()),
            show(budget.today.u128()),
            show(budget.returned.u128())
        );
        if *uncollected > 0 {
            println!("{} of settlements can be collected", show(*uncollected));
        }
        let limits = &config.limits;
        println!(
            "a day: {} rewards and {} for a patient, {} for all; {} roles must approve",
            limits.patient_count,
            show(limits.patient_amount.u128()),
            show(limits.total_amount.u128()),
            config.approvals
        );
        let owner = config.owner.as_ref().map_or_else(|| "nobody".into(), |owner| book.name(owner.as_str()));
        println!("owner {owner}{}", if config.paused { ", paused" } else { "" });
        let mut rows = table(&["party", "role"]);
        for Party { name, role, .. } in parties {
            rows.add_row([name.clone(), format!("{role:?}")]);
        }
        println!(
            "{}",
            if rows.is_empty() { "no account of this home is a party".into() } else { rows.to_string() }
        );
    })
}

/// Rewards that wait.
pub(super) async fn proposals(accounts: &Accounts, output: Output) -> Result<()> {
    let (list, now) = (economy(accounts)?.proposals().await?, now(accounts).await?);
    let book = AddressBook::of(accounts)?;
    output.show(&list, |list| {
        let mut rows = table(&["proposal", "patient", "activity", "amount", "approved by", "expires"]);
        for proposal in &list.entries {
            let approvals = proposal.approvals.iter();
            let approvals: Vec<_> = approvals
                .map(|approval| format!("{} ({:?})", book.name(approval.party.as_str()), approval.role))
                .collect();
            rows.add_row([
                proposal.id.to_string(),
                book.name(proposal.patient.as_str()),
                format!("{:?}", proposal.activity),
                show(proposal.amount.u128()),
                approvals.join(", "),
                until(proposal.until, now),
            ]);
        }
        println!("{}", if rows.is_empty() { "no proposal waits".into() } else { rows.to_string() });
        if !list.complete {
            println!("there are more than are listed here");
        }
    })
}

/// What a patient received.
pub(super) async fn patient(accounts: &Accounts, patient: &str, output: Output) -> Result<()> {
    let (client, address) = (economy(accounts)?, address(accounts, patient)?);
    let received = client.patient(&address).await?;
    let answer = Patient { address, received, limits: client.rewards_config().await?.limits };
    output.show(&answer, |Patient { received, limits, .. }| {
        println!(
            "today {} of {} rewards, {} of {}{}; ever {}",
            received.count,
            limits.patient_count,
            show(received.today.u128()),
            show(limits.patient_amount.u128()),
            if received.chronic_care { ", today's for chronic care among them" } else { "" },
            show(received.total.u128())
        );
    })
}
