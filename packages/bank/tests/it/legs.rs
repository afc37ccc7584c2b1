//! What pays an order, and what does not.

use bithive_bank::{
    Entry, Finding, Leg, Order, Payment, Rail, Receipt, ReceiptError, Report, ReportKind, Side, Status, find,
    read_report, settle, write_report,
};
use bithive_signed::Digest;

use crate::samples::{at, date, entry, iban, order, payment, report};

const DAY: u64 = 86_400;

/// What messages say, after they were written and read.
fn said(reports: &[Report]) -> Finding {
    let read: Vec<_> =
        reports.iter().map(|report| read_report(write_report(report).as_bytes()).unwrap()).collect();
    find(&order(), &read)
}

fn statement(entries: Vec<Entry>) -> Finding {
    said(&[report(ReportKind::Statement, entries)])
}

#[test]
fn a_booked_credit_of_exactly_the_amount_pays_in_whichever_message_it_stands() {
    let both = [ReportKind::Statement, ReportKind::Notification].map(|kind| report(kind, vec![entry()]));
    let finding = said(&both);
    assert_eq!(finding.paid.len(), 1, "it is one entry in two messages");
    assert!(!finding.reversed && finding.other.is_empty());
    assert_eq!(
        finding.complete_until,
        Some(at("2026-11-26T00:00:00Z")),
        "the end of the closing balance's day"
    );
    assert_eq!(said(&both[1..]).complete_until, None, "a notification is of single entries");
}

#[test]
fn another_amount_currency_identifier_account_or_state_pays_nothing() {
    let pays = |entry: Entry| !statement(vec![entry]).paid.is_empty();
    assert!(pays(entry()));
    for money in ["92.49 EUR", "92.51 EUR", "92.50 USD", "9250 JPY"] {
        let other = Entry { amount: money.parse().unwrap(), ..entry() };
        let finding = statement(vec![other]);
        assert_eq!((finding.paid.len(), finding.other), (0, vec![money.parse().unwrap()]));
    }
    // What was sent is not what was booked, where charges were taken off.
    let less = Payment { amount: Some(order().money), ..payment(&order().end_to_end.to_string()) };
    assert!(!pays(Entry { amount: "92.00 EUR".parse().unwrap(), payments: vec![less], ..entry() }));
    assert!(!pays(Entry { payments: vec![payment("NOTPROVIDED")], ..entry() }));
    assert!(!pays(Entry { payments: vec![], ..entry() }));
    let pending = statement(vec![Entry { status: Status::Other("PDNG".into()), ..entry() }]);
    assert!(pending.paid.is_empty() && pending.pending);
    let mut elsewhere = report(ReportKind::Statement, vec![entry()]);
    elsewhere.accounts[0].iban = Some(iban(8));
    assert_eq!(said(&[elsewhere.clone()]), Finding::default());
    elsewhere.accounts[0].iban = None;
    assert_eq!(said(&[elsewhere]), Finding::default());
}

#[test]
fn a_reversal_is_never_a_payment() {
    let own = order().end_to_end.to_string();
    let cases = [
        Entry { reversal: true, ..entry() },
        Entry { credit: false, ..entry() },
        Entry { payments: vec![Payment { returned: true, ..payment(&own) }], ..entry() },
        Entry { payments: vec![Payment { credit: Some(false), ..payment(&own) }], ..entry() },
        Entry { reversal: true, credit: false, status: Status::Other("PDNG".into()), ..entry() },
    ];
    for case in cases {
        let finding = statement(vec![case.clone()]);
        assert!(finding.paid.is_empty() && finding.reversed, "{case:?}");
        let after = statement(vec![entry(), case]);
        assert!(after.paid.len() == 1 && after.reversed);
    }
}

#[test]
fn of_several_payments_in_one_entry_each_has_its_own_amount() {
    let (own, other) = (order().end_to_end.to_string(), payment("OTHER"));
    let with = |payment: Payment| Entry {
        amount: "192.50 EUR".parse().unwrap(),
        payments: vec![payment, other.clone()],
        ..entry()
    };
    let exact = statement(vec![with(Payment { amount: Some(order().money), ..payment(&own) })]);
    assert_eq!(exact.paid.len(), 1);
    let without = statement(vec![with(payment(&own))]);
    assert!(without.paid.is_empty() && without.unclear);
    // The amount of all of them is not that of one.
    let all = Entry { payments: vec![payment(&own), payment("OTHER")], ..entry() };
    assert!(statement(vec![all]).paid.is_empty());
}

#[test]
fn a_payment_that_was_made_twice_is_two_entries() {
    let finding = statement(vec![entry(), Entry { reference: Some("REF-2".into()), ..entry() }]);
    assert_eq!(finding.paid.len(), 2);
    assert_ne!(finding.paid[0].digest(), finding.paid[1].digest());
}

#[test]
fn a_payment_is_final_after_its_hold_if_a_statement_of_all_of_it_shows_no_reversal() {
    let finding = statement(vec![entry()]);
    let mut leg = Leg::new(&order(), finding.paid[0].clone());
    leg.learn(&finding);
    let until = date("2026-11-25").ends() + 20 * DAY;
    assert_eq!(leg.held_until, until);
    assert_eq!(leg.expect_final(until - 1), Err(ReceiptError::Held { until, now: until - 1 }));
    let seen = at("2026-11-26T00:00:00Z");
    assert_eq!(leg.expect_final(until), Err(ReceiptError::Unseen { seen, until }));
    leg.learn(&Finding { complete_until: Some(until), ..Finding::default() });
    assert_eq!(leg.expect_final(until), Ok(()));
    // Nothing that is read later undoes a reversal.
    leg.learn(&Finding { reversed: true, ..Finding::default() });
    leg.learn(&finding);
    assert_eq!(leg.expect_final(until), Err(ReceiptError::Reversed));
    let urgent = Leg::new(&Order { rail: Rail::Urgent, side: Side::Buy, ..order() }, finding.paid[0].clone());
    assert_eq!(urgent.held_until, date("2026-11-25").ends() + DAY);
}

#[test]
fn a_statement_says_nothing_of_a_time_after_it_was_made_or_beyond_its_period() {
    let mut early = report(ReportKind::Statement, vec![]);
    early.created = at("2026-11-25T10:00:00Z");
    assert_eq!(said(&[early]).complete_until, Some(at("2026-11-25T10:00:00Z")));
    let mut of_period = report(ReportKind::Statement, vec![]);
    of_period.accounts[0].period = Some((at("2026-11-01T00:00:00Z"), at("2026-11-02T00:00:00Z")));
    assert_eq!(said(&[of_period]).complete_until, Some(at("2026-11-02T00:00:00Z")));
    let mut open = report(ReportKind::Statement, vec![]);
    open.accounts[0].balances.retain(|balance| balance.code != "CLBD");
    assert_eq!(said(&[open]).complete_until, None);
}

#[test]
fn an_order_has_one_receipt_of_one_leg() {
    let order = Digest([1; 32]);
    let asset = Receipt::Asset { order, agreement: 7 };
    let bank = Receipt::Bank { order, agreement: 7, entry: Some(Digest([2; 32])) };
    assert_eq!(settle(None, bank.clone()), Ok(bank.clone()));
    assert_eq!(
        settle(Some(bank.clone()), Receipt::Bank { order, agreement: 7, entry: None }),
        Ok(bank.clone())
    );
    assert!(matches!(settle(Some(bank.clone()), asset.clone()), Err(ReceiptError::Ended { .. })));
    assert!(matches!(settle(Some(asset.clone()), bank), Err(ReceiptError::Ended { .. })));
    let text = serde_json::to_string(&asset).unwrap();
    assert_eq!(serde_json::from_str::<Receipt>(&text).unwrap(), asset);
}
