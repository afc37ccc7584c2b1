//! Messages of banks, orders, and what is believed of a payment.

use bithive_bank::{
    Iban, Money, Order, Report, find, instant, instant_text, read_report, read_transfers, terms,
    write_report, write_transfer,
};

use crate::choose;
use crate::memory::Budget;

/// An element of four bytes is some allocations, and what is read is written and read again.
pub const BUDGET: Budget = Budget { fixed: 256 << 10, per_byte: 1_024 };

/// An order that a message of the corpus pays.
const ORDER: &[u8] = include_bytes!("bank-order.json");

/// The first byte chooses between what a bank says, what a bank is asked for, an order, and values.
pub fn check(input: &[u8]) {
    match choose(input, 4) {
        None => {}
        Some((0, bytes)) => drop(read_report(bytes).map(|report| said(&report))),
        Some((1, bytes)) => {
            for transfer in read_transfers(bytes).unwrap_or_default() {
                let written = write_transfer(&transfer);
                assert_eq!(read_transfers(written.as_bytes()), Ok(vec![transfer]), "what is read is written");
            }
        }
        Some((2, bytes)) => order(bytes),
        Some((_, bytes)) => values(&String::from_utf8_lossy(bytes)),
    }
}

/// What is read is written as the same, and a payment that is found is one of the order.
fn said(report: &Report) {
    assert_eq!(read_report(write_report(report).as_bytes()).as_ref(), Ok(report), "what is read is written");
    let Ok(order) = Order::read(ORDER) else { return };
    let finding = find(&order, std::slice::from_ref(report));
    for paid in &finding.paid {
        assert_eq!(
            (paid.money, &paid.iban, paid.end_to_end),
            (order.money, order.creditor.iban(), order.end_to_end)
        );
    }
    for account in &report.accounts {
        assert!(report.span(account).is_none_or(|span| span.until <= report.created && account.whole));
    }
}

/// An order that is read has one text and one digest, and its agreement asks for more than one signer.
fn order(bytes: &[u8]) {
    let Ok(order) = Order::read(bytes) else { return };
    let (Ok(text), Ok(terms)) = (order.text(), terms(&order)) else { return };
    assert_eq!(Order::read(text.as_bytes()).as_ref(), Ok(&order));
    assert_eq!(terms.text.as_deref(), order.digest().ok().as_ref().map(|digest| digest.0.as_slice()));
    assert!(order.due() > order.after_payment());
}

/// Texts of values have one form each once they are written.
fn values(text: &str) {
    if let Ok(money) = text.parse::<Money>() {
        assert_eq!(money.to_string().parse(), Ok(money));
    }
    if let Ok(iban) = text.parse::<Iban>() {
        assert_eq!(iban.as_str().parse().as_ref(), Ok(&iban));
    }
    if let Some(seconds) = instant(text) {
        assert_eq!(instant(&instant_text(seconds)), Some(seconds));
    }
}
