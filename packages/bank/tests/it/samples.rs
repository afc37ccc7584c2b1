//! An order and messages about it.

use bithive_api::asset::Asset;
use bithive_bank::{
    AccountReport, Balance, Date, EndToEndId, Entry, Iban, Order, OrderKind, Party, Payment, Rail, Report,
    ReportKind, Side, Status, Transfer, instant,
};
use bithive_signed::Digest;

pub const NOON: &str = "2026-11-25T12:00:00Z";

pub fn at(text: &str) -> u64 {
    instant(text).unwrap()
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn iban(number: u64) -> Iban {
    Iban::simulated(number).unwrap()
}

/// The customer sells 100 for 92.50 EUR, which come to account 7.
pub fn order() -> Order {
    Order {
        kind: OrderKind::V1,
        chain: "bithive-1".into(),
        escrow: "escrow".into(),
        listing: 3,
        agent: "agent".into(),
        customer: "customer".into(),
        arbiter: "arbiter".into(),
        side: Side::Sell,
        asset: Asset::Native("ubtt".into()),
        amount: 100u128.into(),
        money: "92.50 EUR".parse().unwrap(),
        rail: Rail::Sepa,
        creditor: Party::new("A. Doe".into(), iban(7), None).unwrap(),
        end_to_end: EndToEndId::new([9; 20]),
        pay_seconds: 86_400,
        salt: Digest([5; 32]),
    }
}

pub fn transfer() -> Transfer {
    let order = order();
    Transfer {
        created: at(NOON),
        execution: date("2026-11-26"),
        debtor: Party::new("Agent, Ltd.".into(), iban(1), Some("MARKDEFF".into())).unwrap(),
        creditor: order.creditor,
        amount: order.money,
        end_to_end: order.end_to_end,
        rail: order.rail,
    }
}

/// A booked entry that pays the order.
pub fn entry() -> Entry {
    let order = order();
    Entry {
        reference: Some("REF-1".into()),
        amount: order.money,
        credit: true,
        reversal: false,
        status: Status::Booked,
        booked: Some(date("2026-11-25")),
        payments: vec![payment(&order.end_to_end.to_string())],
    }
}

pub fn payment(end_to_end: &str) -> Payment {
    Payment { end_to_end: Some(end_to_end.into()), amount: None, credit: None, returned: false }
}

/// A message about account 7.
pub fn report(kind: ReportKind, entries: Vec<Entry>) -> Report {
    let balance =
        |code: &str, date: Date| Balance { code: code.into(), amount: order().money, credit: true, date };
    let balances = match kind {
        ReportKind::Statement => {
            vec![balance("OPBD", date("2026-11-25")), balance("CLBD", date("2026-11-25"))]
        }
        ReportKind::Notification => vec![],
    };
    let account = AccountReport {
        id: "1".into(),
        whole: true,
        period: None,
        iban: Some(iban(7)),
        servicer: Some("A bank".into()),
        balances,
        entries,
    };
    Report {
        kind,
        message: "M-1".into(),
        created: at("2026-11-26T06:00:00Z"),
        note: None,
        accounts: vec![account],
    }
}
