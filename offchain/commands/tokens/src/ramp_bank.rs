//! Messages to and from a bank, for an order.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_bank::limits::MAX_BYTES;
use bithive_bank::{Date, Finding, Leg, Report, Side, Transfer, find, pay_by, read_report, write_transfer};
use bithive_command_kit::{Output, input};
use bithive_keystore::private;
use serde_json::json;

use super::accounts::{address, now};
use super::ramp_args::PayArgs;
use super::ramp_book::{Book, Record};
use super::ramp_site::Site;

/// Writes the message that pays an order.
pub(super) async fn pay(site: &Site<'_>, args: PayArgs, output: Output) -> Result<()> {
    let mut record = site.book.named(&args.order)?;
    site.expect_here(&record.order)?;
    site.book.expect_open(&record.order)?;
    let own = address(site.accounts, &args.from)?;
    ensure!(
        own == record.order.buyer(),
        "--from {own}: expected who pays at a bank and gets the asset, {}",
        record.order.buyer()
    );
    if let Some(file) = &record.message {
        let id = record.order.end_to_end;
        anyhow::bail!(
            "the message of order {id} is in {}; a second payment would be yours to get back",
            file.display()
        );
    }
    let agreement = site.known_agreement(&mut record).await?;
    let order = &record.order;
    let (created, latest) = (now(site.accounts).await?, pay_by(order, &agreement));
    ensure!(
        latest.is_some_and(|latest| created <= latest),
        "agreement {} leaves no time to pay, hold and release; do not pay",
        agreement.id
    );
    if order.side == Side::Buy {
        site.cover(order, Some(agreement.id)).await??;
    }
    let debtor = args.debtor()?;
    ensure!(
        debtor.iban() != order.creditor.iban(),
        "--iban is the account that is to be paid; expected yours"
    );
    let transfer = Transfer {
        created,
        execution: Date::of(created),
        debtor,
        creditor: order.creditor.clone(),
        amount: order.money,
        end_to_end: order.end_to_end,
        rail: order.rail,
    };
    private::create(&args.out, write_transfer(&transfer).as_bytes())?;
    record.message = Some(args.out.clone());
    site.book.keep(&record)?;
    let order = &record.order;
    let answer = json!({
        "order": order.end_to_end, "message": args.out, "money": order.money, "rail": order.rail, "creditor": order.creditor,
        "agreement": agreement.id, "pay_by": latest, "simulated": order.creditor.iban().is_simulated(),
    });
    output.show(&answer, |_| {
        let (money, name) = (order.money, order.creditor.name());
        println!("{} asks a bank to pay {money} to {name} by {}", args.out.display(), order.rail);
        println!("give it to your bank once; then `ramp release {} --from {}`", order.end_to_end, args.from);
    })
}

/// Looks for the payment of an order. 1 if it is not paid, or was taken back.
pub(super) fn confirm(book: &Book, named: &str, messages: &[PathBuf], output: Output) -> Result<ExitCode> {
    let mut record = book.named(named)?;
    let reports = messages.iter().map(|file| {
        let bytes = input::read(file, MAX_BYTES)?;
        read_report(&bytes).with_context(|| file.display().to_string())
    });
    let reports = reports.collect::<Result<Vec<Report>>>()?;
    let finding = find(&record.order, &reports);
    let ended = book.receipt(&record.order)?;
    if record.leg.is_none()
        && ended.is_none()
        && let Some(entry) = finding.paid.first()
    {
        book.use_entry(entry, record.order.digest()?)?;
        record.leg = Some(Leg::new(&record.order, entry.clone()));
    }
    if let Some(leg) = &mut record.leg {
        leg.learn(&finding);
    }
    book.keep(&record)?;
    let reversed = finding.reversed || record.leg.as_ref().is_some_and(|leg| leg.reversed);
    let holds = record.leg.is_some() && !reversed;
    let answer = json!({
        "order": record.order.end_to_end,
        "paid": record.leg.is_some(),
        "reversed": reversed,
        "pending": finding.pending,
        "unclear": finding.unclear,
        "other": finding.other,
        "surplus": surplus(&record, &finding),
        "entry": record.leg.as_ref().map(|leg| leg.entry.digest()),
        "booked": record.leg.as_ref().map(|leg| leg.entry.booked),
        "held_until": record.leg.as_ref().map(|leg| leg.held_until),
        "seen_until": record.leg.as_ref().map(|leg| leg.seen_until),
        "said_by": finding.said_by,
        "simulated": record.order.creditor.iban().is_simulated(),
        "receipt": ended,
    });
    output.show(&answer, |_| {
        for line in lines(&record, &finding, reversed) {
            println!("{line}");
        }
        if let Some(ended) = &ended {
            println!("the order has ended before: {}", ended.name());
        }
    })?;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Exact payments beyond the one that pays the order.
fn surplus(record: &Record, finding: &Finding) -> usize {
    finding.paid.iter().filter(|entry| record.leg.as_ref().is_none_or(|leg| leg.entry != **entry)).count()
}

fn lines(record: &Record, finding: &Finding, reversed: bool) -> Vec<String> {
    let (order, mut lines) = (&record.order, Vec::new());
    match &record.leg {
        _ if reversed => lines.push("the payment was taken back; nothing is released for it".into()),
        Some(leg) => lines.push(format!(
            "{} was booked on {}; it is held until {}, because it may be recalled",
            order.money,
            leg.entry.booked,
            Date::of(leg.held_until)
        )),
        None => lines.push(format!("no booked entry pays {} for order {}", order.money, order.end_to_end)),
    }
    for other in &finding.other {
        lines.push(format!(
            "an entry has {other}; expected exactly {}. It pays nothing, and is to be given back",
            order.money
        ));
    }
    if finding.pending {
        lines.push("an entry is announced, and not booked yet".into());
    }
    if finding.unclear {
        lines.push(
            "an entry has it among several payments without its amount; ask the bank for single entries"
                .into(),
        );
    }
    if surplus(record, finding) > 0 {
        lines
            .push("it was paid again, or without an open order; what is too much is to be given back".into());
    }
    for name in &finding.said_by {
        lines.push(format!("said by: {name}"));
    }
    if order.creditor.iban().is_simulated() {
        lines.push("the account is of a SIMULATED bank: there is no money in it".into());
    }
    lines
}
