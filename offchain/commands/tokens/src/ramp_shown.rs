//! Orders beside the chain, and how they have ended.

use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_api::escrow::{Event, events};
use bithive_bank::{Order, Receipt, expect_agreement};
use bithive_chain::{Receipt as Sent, TxHash};
use bithive_command_kit::{Output, table};
use serde::Serialize;

use super::accounts::AddressBook;
use super::ramp_acts::{bank_receipt, released};
use super::ramp_book::Record;
use super::ramp_site::Site;

/// The hash of a transaction, in hex.
pub(super) fn hash(text: &str) -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| "expected 64 hex digits".to_owned())?;
    Ok(bytes)
}

/// An order beside the chain.
#[derive(Serialize)]
struct Verified {
    order: String,
    digest: String,
    /// Number of the agreement that is there now.
    agreement: Option<u64>,
    /// Why that is not the order's.
    problem: Option<String>,
    /// Base units of the bond beyond everything open.
    bond_left: Option<String>,
    /// Why the bond does not cover the order.
    uncovered: Option<String>,
    receipt: Option<Receipt>,
    holds: bool,
}

/// Compares an order with the chain. 1 if something does not hold.
pub(super) async fn verify(
    site: &Site<'_>,
    named: &str,
    transaction: Option<[u8; 32]>,
    output: Output,
) -> Result<ExitCode> {
    let mut record = site.book.named(named)?;
    site.expect_here(&record.order)?;
    let found = site.agreement(&record.order).await?;
    let problem = found.as_ref().and_then(|agreement| expect_agreement(&record.order, agreement).err());
    let own = found.as_ref().map(|agreement| agreement.id);
    if let (Some(id), None) = (own, &problem) {
        record.agreement = Some(id);
        site.book.keep(&record)?;
    }
    if let Some(transaction) = transaction {
        let sent = site.accounts.client().chain().tx(TxHash(transaction)).await?;
        let sent = sent.context("--transaction: the chain has no transaction of this hash")??;
        site.book.settle(&record.order, ending(site, &record, &sent)?)?;
    }
    let receipt = site.book.receipt(&record.order)?;
    let cover = match &receipt {
        None => Some(site.cover(&record.order, own).await?),
        Some(_) => None,
    };
    let (bond_left, uncovered) = match cover {
        Some(Ok(left)) => (Some(left.to_string()), None),
        Some(Err(error)) => (None, Some(error.to_string())),
        None => (None, None),
    };
    let holds = problem.is_none() && uncovered.is_none();
    let order = record.order.end_to_end.to_string();
    let (digest, problem) = (record.order.digest()?.to_string(), problem.map(|error| error.to_string()));
    let answer = Verified { order, digest, agreement: own, problem, bond_left, uncovered, receipt, holds };
    output.show(&answer, |answer| print(&record, answer))?;
    Ok(if answer.holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(record: &Record, answer: &Verified) {
    let order = &record.order;
    println!(
        "order {}: {} of {} for {} by {}",
        order.end_to_end, order.amount, order.asset, order.money, order.rail
    );
    match (answer.agreement, &answer.problem) {
        (_, Some(problem)) => println!("{problem}"),
        (Some(id), None) => println!("agreement {id} is exactly that of the order"),
        (None, None) => println!("no agreement holds its asset: it is not made yet, or has ended"),
    }
    if let Some(uncovered) = &answer.uncovered {
        println!("{uncovered}");
    }
    if let Some(left) = &answer.bond_left {
        println!("the agent's bond covers it; {left} base units are left");
    }
    if let Some(receipt) = &answer.receipt {
        println!("it has ended: {}", receipt.name());
    }
}

/// How a transaction has ended the agreement of an order.
fn ending(site: &Site<'_>, record: &Record, sent: &Sent) -> Result<Receipt> {
    let agreement = record
        .agreement
        .context("the agreement of the order was not seen by this machine before it ended")?;
    if released(site, sent, agreement).is_some() {
        return bank_receipt(record, agreement);
    }
    let refunded = |event| match event {
        Event::Refunded { id, .. } if id == agreement => Some(()),
        _ => None,
    };
    ensure!(
        sent.announced(site.escrow.contract(), events::REFUNDED, refunded).is_ok(),
        "--transaction: it has neither released nor refunded agreement {agreement}"
    );
    Ok(Receipt::Asset { order: record.order.digest()?, agreement })
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    order: Order,
    agreement: Option<u64>,
    paid: bool,
    reversed: bool,
    held_until: Option<u64>,
    receipt: Option<Receipt>,
}

/// Lists the orders of the book.
pub(super) async fn list(site: &Site<'_>, output: Output) -> Result<()> {
    let mut all = Vec::new();
    for Record { order, agreement, leg, .. } in site.book.all()? {
        if order.chain != site.chain() {
            continue;
        }
        let receipt = site.book.receipt(&order)?;
        let (paid, reversed) = (leg.is_some(), leg.as_ref().is_some_and(|leg| leg.reversed));
        let held_until = leg.map(|leg| leg.held_until);
        all.push(Listed { order, agreement, paid, reversed, held_until, receipt });
    }
    let book = AddressBook::of(site.accounts)?;
    output.show(&all, |all| {
        if all.is_empty() {
            println!("this machine knows no orders on {}", site.chain());
            return;
        }
        let mut rows = table(&["order", "sold by", "bought by", "for", "by", "agreement", "state"]);
        for listed in all {
            let order = &listed.order;
            rows.add_row([
                order.end_to_end.to_string(),
                book.name(order.seller()),
                book.name(order.buyer()),
                order.money.to_string(),
                order.rail.to_string(),
                listed.agreement.map_or_else(String::new, |id| id.to_string()),
                state(listed).to_owned(),
            ]);
        }
        println!("{rows}");
    })
}

const fn state(listed: &Listed) -> &'static str {
    match &listed.receipt {
        Some(receipt) => receipt.name(),
        None if listed.reversed => "taken back by the bank",
        None if listed.paid => "paid",
        None if listed.agreement.is_some() => "waits for the payment",
        None => "ordered",
    }
}
