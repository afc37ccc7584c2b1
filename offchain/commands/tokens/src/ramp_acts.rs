//! Orders, and releasing what they are about.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use bithive_api::escrow::{Event, ExecuteMsg, events};
use bithive_bank::{EndToEndId, Order, OrderKind, Receipt, Side, terms};
use bithive_chain::Receipt as Sent;
use bithive_command_kit::Output;
use bithive_keystore::private;
use bithive_signed::Digest;
use serde_json::json;

use super::accounts::{address, now};
use super::agreements::positive;
use super::currency::Currency;
use super::ramp_args::OrderArgs;
use super::ramp_book::{Record, read};
use super::ramp_site::Site;

const DAY: u64 = 86_400;
/// The one milestone of an order's agreement.
const MILESTONE: u8 = 1;

/// Orders, as a customer.
pub(super) async fn order(site: &Site<'_>, args: OrderArgs, output: Output) -> Result<()> {
    let customer = address(site.accounts, &args.from)?;
    let listing = site.listings.listing(args.listing).await?;
    let listing = listing.with_context(|| {
        format!("there is no listing {}; `listing list --category ramps` shows agents", args.listing)
    })?;
    let amount = positive("--amount", args.asset.read("--amount", &args.amount)?)?;
    let (mut id, mut salt) = ([0; 20], [0; 32]);
    for random in [&mut id[..], &mut salt[..]] {
        getrandom::fill(random).context("random bytes of this machine")?;
    }
    let order = Order {
        kind: OrderKind::V1,
        chain: site.chain().to_owned(),
        escrow: site.escrow.contract().to_owned(),
        listing: args.listing,
        agent: listing.owner.to_string(),
        customer,
        arbiter: address(site.accounts, &args.arbiter)?,
        side: if args.sell { Side::Sell } else { Side::Buy },
        asset: args.asset.asset(&site.economy),
        amount: amount.into(),
        money: args.money,
        rail: args.rail,
        creditor: args.creditor()?,
        end_to_end: EndToEndId::new(id),
        pay_seconds: args.days.saturating_mul(DAY),
        salt: Digest(salt),
    };
    order.check()?;
    let left = site.cover(&order, None).await??;
    // Before the money goes: without its file nobody knows what the agreement is about.
    private::create(&args.out, order.text()?.as_bytes())?;
    let mut record = Record::new(order);
    site.book.keep(&record)?;
    let opened = if args.sell { Some(open(site, &mut record, &args.from).await?) } else { None };
    let (order, file) = (&record.order, args.out.display());
    let answer = json!({
        "order": order.end_to_end, "digest": order.digest()?, "file": args.out, "agreement": record.agreement,
        "transaction": opened, "bond_left": left.to_string(), "simulated": order.creditor.iban().is_simulated(),
    });
    output.show(&answer, |_| {
        let (amount, id, money) = (args.asset.show(amount), order.end_to_end, order.money);
        match record.agreement {
            Some(number) => println!("order {id}: agreement {number} holds {amount} for {money}"),
            None => println!("order {id}: {amount} for {money}; nothing is paid yet"),
        }
        println!("give {file} to the agent and the arbiter; it has a name and an account number");
    })
}

/// Makes the agreement of an order. The hash of the transaction.
async fn open(site: &Site<'_>, record: &mut Record, from: &str) -> Result<String> {
    let order = &record.order;
    let account = site.accounts.account(from).await?;
    let receipt = site.escrow.open(&account, (&order.asset, order.amount.u128()), terms(order)?).await?;
    let opened = |event| match event {
        Event::Opened { id, .. } => Some(id),
        _ => None,
    };
    let (id, _) = receipt.announced(site.escrow.contract(), events::OPENED, opened)?;
    record.agreement = Some(id);
    site.book.keep(record)?;
    Ok(receipt.hash.to_string())
}

/// Takes up an order, as its agent.
pub(super) async fn accept(site: &Site<'_>, file: &Path, from: &str, output: Output) -> Result<()> {
    let order = read(file)?;
    site.expect_here(&order)?;
    let own = address(site.accounts, from)?;
    ensure!(own == order.agent, "--from {own}: expected the agent of the order, {}", order.agent);
    let mut record = site.book.named(&file.display().to_string())?;
    site.book.expect_open(&order)?;
    let opened = match (order.side, site.agreement(&order).await?) {
        (Side::Sell, _) => {
            let agreement = site.known_agreement(&mut record).await?;
            site.cover(&order, Some(agreement.id)).await??;
            None
        }
        (Side::Buy, Some(agreement)) => {
            bail!("the order is taken up: agreement {} holds its asset", agreement.id)
        }
        (Side::Buy, None) if record.agreement.is_some() => {
            bail!("the order was taken up, and its agreement has ended")
        }
        (Side::Buy, None) => {
            site.cover(&order, None).await??;
            site.book.keep(&record)?;
            Some(open(site, &mut record, from).await?)
        }
    };
    site.book.keep(&record)?;
    let answer = json!({
        "order": order.end_to_end, "digest": order.digest()?, "agreement": record.agreement, "transaction": opened,
        "money": order.money, "rail": order.rail, "creditor": order.creditor,
    });
    output.show(&answer, |_| {
        let number = record.agreement.unwrap_or_default();
        println!("order {}: agreement {number} holds its asset", order.end_to_end);
        match order.side {
            Side::Sell => {
                println!("pay {} to {} by {}: `ramp pay`", order.money, order.creditor.name(), order.rail)
            }
            Side::Buy => println!("wait for {} by {}: `ramp confirm`", order.money, order.rail),
        }
    })
}

/// Releases the asset of an order, as who buys or sells it. 1 where the payment is not final.
pub(super) async fn release(site: &Site<'_>, named: &str, from: &str, output: Output) -> Result<ExitCode> {
    let mut record = site.book.named(named)?;
    site.expect_here(&record.order)?;
    site.book.expect_open(&record.order)?;
    let (own, now) = (address(site.accounts, from)?, now(site.accounts).await?);
    let agreement = site.known_agreement(&mut record).await?;
    let order = &record.order;
    if own == order.seller() {
        let leg = record.leg.as_ref();
        let id = order.end_to_end;
        let leg = leg
            .with_context(|| format!("order {id} is not paid as far as is known; `ramp confirm` reads it"))?;
        if let Err(reason) = leg.expect_final(now) {
            let answer = json!({ "order": id, "released": false, "reason": reason.to_string() });
            output.show(&answer, |_| println!("not released: {reason}"))?;
            return Ok(ExitCode::FAILURE);
        }
    } else if own != order.buyer() {
        bail!(
            "--from {own}: expected {} or {}; an arbiter decides by `escrow approve {}`",
            order.seller(),
            order.buyer(),
            agreement.id
        );
    }
    let account = site.accounts.account(from).await?;
    let message = ExecuteMsg::Approve { id: agreement.id, milestone: MILESTONE };
    let sent = site.escrow.execute(&account, &message).await?;
    let released = released(site, &sent, agreement.id);
    let receipt = match released {
        Some(_) => Some(site.book.settle(order, bank_receipt(&record, agreement.id)?)?),
        None => None,
    };
    site.book.keep(&record)?;
    let answer = json!({
        "order": record.order.end_to_end, "agreement": agreement.id, "transaction": sent.hash, "released": released.is_some(),
        "receipt": receipt,
    });
    output.show(&answer, |_| match released {
        Some(amount) => {
            let amount = Currency::of(&site.economy, &agreement.asset).show(amount);
            println!("{amount} are {}'s to withdraw; the order has ended", record.order.buyer());
        }
        None => println!("said so; the asset is released once the other side or the arbiter does, too"),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// That the asset was released, and the entry if this machine has read it.
pub(super) fn bank_receipt(record: &Record, agreement: u64) -> Result<Receipt> {
    let entry = record.leg.as_ref().map(|leg| leg.entry.digest());
    Ok(Receipt::Bank { order: record.order.digest()?, agreement, entry })
}

/// What a transaction has released of an agreement, if it has.
pub(super) fn released(site: &Site<'_>, sent: &Sent, agreement: u64) -> Option<u128> {
    let released = |event| match event {
        Event::Released { id, amount, .. } if id == agreement => Some(amount.u128()),
        _ => None,
    };
    sent.announced(site.escrow.contract(), events::RELEASED, released).ok().map(|(amount, _)| amount)
}
