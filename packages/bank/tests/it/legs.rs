//! What pays an order, and what does not.

use bithive_bank::{
    Entry, Finding, Leg, Order, Payment, Rail, Receipt, ReceiptError, Report, ReportKind, Side, Span, Status,
    find, read_report, settle, write_report,
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
    assert_eq!(finding.spans.len(), 1, "a notification is of single entries");
    let (span, day) = (finding.spans[0], date("2026-11-25"));
    assert_eq!((span.from, span.until), (day.begins(), day.ends()), "the days of its balances");
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
    let (seen, until) = (date("2026-11-25").ends(), date("2026-11-25").ends() + 20 * DAY);
    assert_eq!(leg.held_until, until);
    assert_eq!(leg.expect_final(until - 1), Err(ReceiptError::Held { until, now: until - 1 }));
    assert_eq!(leg.expect_final(until), Err(ReceiptError::Unseen { seen, until }));
    leg.learn(&spans(&[span(0, until, None)]));
    assert_eq!(leg.expect_final(until), Ok(()));
    // Nothing that is read later undoes a reversal.
    leg.learn(&Finding { reversed: true, ..Finding::default() });
    leg.learn(&finding);
    assert_eq!(leg.expect_final(until), Err(ReceiptError::Reversed));
    let urgent = Leg::new(&Order { rail: Rail::Urgent, side: Side::Buy, ..order() }, finding.paid[0].clone());
    assert_eq!(urgent.held_until, date("2026-11-25").ends() + DAY);
}

/// A span with balances of so many euros at its opening and its close.
fn span(from: u64, until: u64, balances: Option<(u64, u64)>) -> Span {
    let euros = |euros: u64| (format!("{euros} EUR").parse().unwrap(), true);
    let (opening, closing) = balances.map(|(opening, closing)| (euros(opening), euros(closing))).unzip();
    Span { from, until, opening, closing }
}

fn spans(spans: &[Span]) -> Finding {
    Finding { spans: spans.to_vec(), ..Finding::default() }
}

#[test]
fn statements_with_a_gap_between_them_show_nothing_beyond_it_unless_the_balance_is_the_same() {
    let start = date("2026-11-25").ends();
    let seen = |finding: &[Span]| {
        let mut leg = Leg::new(&order(), statement(vec![entry()]).paid[0].clone());
        leg.learn(&spans(finding));
        leg.seen_until - start
    };
    let (one, next) = (span(start, start + DAY, Some((5, 7))), span(start + DAY, start + 2 * DAY, None));
    assert_eq!(seen(&[one, next]), 2 * DAY);
    let later = |balances| span(start + 4 * DAY, start + 5 * DAY, balances);
    assert_eq!(seen(&[one, later(None)]), DAY);
    assert_eq!(seen(&[one, later(Some((6, 7)))]), DAY, "something was booked between");
    assert_eq!(seen(&[one, later(Some((7, 9)))]), 5 * DAY, "a weekend without a statement");
    assert_eq!(seen(&[later(Some((7, 9)))]), 0);
    assert_eq!(
        seen(&[span(start, start + DAY, None), later(None)]),
        DAY,
        "two unknown balances are not the same"
    );
}

#[test]
fn a_statement_says_nothing_of_a_time_after_it_was_made_beyond_its_period_or_on_other_pages() {
    let until = |report: Report| said(&[report]).spans.first().map(|span| span.until);
    let plain = report(ReportKind::Statement, vec![]);
    assert_eq!(until(plain.clone()), Some(at("2026-11-26T00:00:00Z")));
    let early = Report { created: at("2026-11-25T10:00:00Z"), ..plain.clone() };
    assert_eq!(until(early), Some(at("2026-11-25T10:00:00Z")));
    let mut of_period = plain.clone();
    of_period.accounts[0].period = Some((at("2026-11-01T00:00:00Z"), at("2026-11-01T23:59:59Z")));
    assert_eq!(until(of_period), Some(at("2026-11-02T00:00:00Z")), "the second after its last");
    for code in ["OPBD", "CLBD"] {
        let mut open = plain.clone();
        open.accounts[0].balances.retain(|balance| balance.code != code);
        assert_eq!(until(open), None);
    }
    let mut page = plain;
    page.accounts[0].whole = false;
    assert_eq!(until(page), None);
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
