//! Agreements on a chain, and what `bithive escrow list` and `show` print of them.

use anyhow::{Context as _, Result, ensure};
use bithive_api::escrow::{AgreementResponse, Approver, ContributionResponse, Event, ExecuteMsg, Phase};
use bithive_chain::Receipt;
use bithive_client::{EconomyClient, Escrow};
use bithive_command_kit::{Output, table};
use cosmwasm_std::Addr;
use serde::Serialize;

use super::accounts::{Accounts, AddressBook, Done, address, economy, named_or_all, now, percent, until};
use super::currency::Currency;

const DAY: u64 = 86_400;

/// A network with its agreements.
pub(super) struct Site<'a> {
    pub(super) accounts: &'a Accounts,
    pub(super) economy: EconomyClient,
    pub(super) escrow: Escrow,
}

impl<'a> Site<'a> {
    pub(super) fn open(accounts: &'a Accounts) -> Result<Self> {
        let escrow = Escrow::new(accounts.client().clone())?;
        Ok(Self { accounts, economy: economy(accounts)?, escrow })
    }

    /// An agreement, which has to be there, and what it pays in.
    pub(super) async fn known(&self, id: u64) -> Result<(AgreementResponse, Currency)> {
        let found = self.escrow.agreement(id).await?;
        let agreement = found.with_context(|| {
            format!("there is no agreement {id}, or it has ended; `escrow list` shows them")
        })?;
        let currency = Currency::of(&self.economy, &agreement.asset);
        Ok((agreement, currency))
    }

    /// The present milestone of an agreement. The message names it, so that it changes no other one if that has ended meanwhile.
    pub(super) async fn milestone(&self, id: u64) -> Result<u8> {
        let milestone = self.known(id).await?.0.milestone;
        ensure!(milestone > 0, "agreement {id} has not begun: its goal is not reached");
        Ok(milestone)
    }

    /// Sends a message, and reads what the contract has announced.
    pub(super) async fn tell<T>(
        &self,
        from: &str,
        message: &ExecuteMsg,
        event: &str,
        pick: impl Fn(Event) -> Option<T>,
    ) -> Result<Done<T>> {
        let account = self.accounts.account(from).await?;
        self.read(&self.escrow.execute(&account, message).await?, event, pick)
    }

    /// Reads what the contract has announced.
    pub(super) fn read<T>(
        &self,
        receipt: &Receipt,
        event: &str,
        pick: impl Fn(Event) -> Option<T>,
    ) -> Result<Done<T>> {
        Done::read(receipt, self.escrow.contract(), event, pick)
    }
}

/// An amount of at least a base unit; `option` is what it was given by.
pub(super) fn positive(option: &str, amount: u128) -> Result<u128> {
    ensure!(amount > 0, "{option} is 0; expected at least one base unit");
    Ok(amount)
}

#[derive(Serialize)]
struct Listed {
    name: String,
    address: String,
    agreements: Vec<AgreementResponse>,
    contributions: Vec<ContributionResponse>,
    complete: bool,
}

/// Lists the agreements and contributions of these accounts, or of all of the home's.
pub(super) async fn list(site: &Site<'_>, names: Vec<String>, output: Output) -> Result<()> {
    let mut all = Vec::new();
    for name in named_or_all(site.accounts, names)? {
        let address = address(site.accounts, &name)?;
        let (found, given) = (site.escrow.of(&address).await?, site.escrow.contributions(&address).await?);
        let complete = found.complete && given.complete;
        all.push(Listed { name, address, agreements: found.entries, contributions: given.entries, complete });
    }
    let (book, now) = (AddressBook::of(site.accounts)?, now(site.accounts).await?);
    output.show(&all, |all| {
        let mut agreements: Vec<_> = all.iter().flat_map(|listed| &listed.agreements).collect();
        // One between two of these accounts is in both lists.
        agreements.sort_by_key(|agreement| agreement.id);
        agreements.dedup_by_key(|agreement| agreement.id);
        print(site, &agreements, &book, now);
        for Listed { name, contributions, complete, .. } in all {
            for given in contributions {
                println!("{name} gave {}", contribution(site, given));
            }
            if !complete {
                println!("{name} has more agreements or contributions than are listed here");
            }
        }
    })
}

fn contribution(site: &Site<'_>, given: &ContributionResponse) -> String {
    let ContributionResponse { id, amount, open, refundable, asset, .. } = given;
    let amount = match asset {
        Some(asset) => Currency::of(&site.economy, asset).show(amount.u128()),
        None => amount.to_string(),
    };
    let state = match (open, refundable.is_zero()) {
        (true, false) => "it is refunded: `escrow refund` or `wallet claim`",
        (true, true) => "it goes on",
        (false, _) => "it was paid in full",
    };
    format!("{amount} to agreement {id}; {state}")
}

/// Shows one agreement, by its number.
pub(super) async fn show(site: &Site<'_>, id: u64, output: Output) -> Result<()> {
    let (agreement, currency) = site.known(id).await?;
    let (book, now) = (AddressBook::of(site.accounts)?, now(site.accounts).await?);
    output.show(&agreement, |agreement| {
        print(site, &[agreement], &book, now);
        let mut rows = table(&["milestone", "amount", "time", "review", ""]);
        for (number, milestone) in (1u8..).zip(&agreement.milestones) {
            let mark = match number.cmp(&agreement.milestone) {
                core::cmp::Ordering::Less => "released",
                core::cmp::Ordering::Equal => "present",
                core::cmp::Ordering::Greater => "",
            };
            rows.add_row([
                number.to_string(),
                currency.show(milestone.amount.u128()),
                format!("{} d", milestone.due / DAY),
                format!("{} d", milestone.review / DAY),
                mark.to_owned(),
            ]);
        }
        println!("{rows}");
        if let Some(text) = &agreement.text {
            println!("SHA-256 of what was agreed: {text}");
        }
    })
}

fn print(site: &Site<'_>, agreements: &[&AgreementResponse], book: &AddressBook, now: u64) {
    if agreements.is_empty() {
        println!("none of them has an agreement");
        return;
    }
    let mut rows = table(&["agreement", "by", "to", "approved by", "left", "milestone", "state"]);
    for agreement in agreements {
        let currency = Currency::of(&site.economy, &agreement.asset);
        let payee = |payee: &bithive_api::escrow::Payee<Addr>| match payee.bps {
            10_000 => book.name(payee.address.as_str()),
            bps => format!("{} {}", book.name(payee.address.as_str()), percent(bps)),
        };
        let payees: Vec<_> = agreement.payees.iter().map(payee).collect();
        rows.add_row([
            agreement.id.to_string(),
            book.name(agreement.opener.as_str()),
            payees.join(", "),
            approver(agreement, book),
            currency.show(agreement.left.u128()),
            format!("{} of {}", agreement.milestone, agreement.milestones.len()),
            state(agreement, &currency, now),
        ]);
    }
    println!("{rows}");
}

fn approver(agreement: &AgreementResponse, book: &AddressBook) -> String {
    match &agreement.approver {
        Approver::Payer { arbiter: None } => "its payer".into(),
        Approver::Payer { arbiter: Some(arbiter) } => {
            format!("its payer; arbiter {}", book.name(arbiter.as_str()))
        }
        Approver::Preimage { .. } => "a code".into(),
        Approver::Signers { signers, needed } => {
            let names: Vec<_> = signers.iter().map(|signer| book.name(signer.as_str())).collect();
            format!("{needed} of {}", names.join(", "))
        }
        Approver::Contributors {} => "its contributors".into(),
    }
}

fn state(agreement: &AgreementResponse, currency: &Currency, now: u64) -> String {
    let (what, at) = match &agreement.phase {
        Phase::Funding { until } => {
            let goal = agreement.crowd.as_ref().map_or(0, |crowd| crowd.goal.u128());
            (format!("asks for {}", currency.show(goal)), until)
        }
        Phase::Active { until } => ("at work".into(), until),
        Phase::Submitted { until } => ("in review".into(), until),
        Phase::Voting { until } => {
            let (for_it, against) = (agreement.approving.u128(), agreement.refusing.u128());
            (format!("vote: {} for, {} against", currency.show(for_it), currency.show(against)), until)
        }
        Phase::Rejected { until } => ("rejected".into(), until),
        Phase::Disputed { until } => ("with the arbiter".into(), until),
        Phase::Refunding { waiting, .. } => return format!("refunded; {waiting} are to be credited"),
    };
    let left = if now > *at { "over: advance it".into() } else { format!("ends {}", until(*at, now)) };
    format!("{what}; {left}")
}

/// What an event means, for people.
pub(super) fn told(event: &Event, currency: &Currency, now: u64) -> Option<String> {
    Some(match event {
        Event::Submitted { milestone, until: at, .. } => {
            format!("milestone {milestone} is submitted; its review ends {}", until(*at, now))
        }
        Event::Voted { milestone, approves, .. } => {
            let said = if *approves { "approves" } else { "rejects" };
            format!("the account {said} milestone {milestone}; `escrow show` says where it stands")
        }
        Event::Rejected { milestone, until: at, .. } => format!(
            "milestone {milestone} is rejected; the payees have until then to do better or dispute: {}",
            until(*at, now)
        ),
        Event::Disputed { until: at, .. } => format!("the arbiter has until then: {}", until(*at, now)),
        Event::Ruled { payees, payer, .. } => format!(
            "{} are the payees', {} the payer's to withdraw",
            currency.show(payees.u128()),
            currency.show(payer.u128())
        ),
        Event::Released { milestone, amount, .. } => {
            format!("{} of milestone {milestone} are the payees' to withdraw", currency.show(amount.u128()))
        }
        Event::Refunded { account, amount, .. } => {
            format!("{} are {account}'s again, to withdraw", currency.show(amount.u128()))
        }
        Event::Refunding { amount, .. } => {
            let amount = currency.show(amount.u128());
            format!("{amount} are the contributors' again; `escrow refund` or `wallet claim` credits each")
        }
        Event::Closed { id } => format!("agreement {id} has ended"),
        _ => return None,
    })
}
