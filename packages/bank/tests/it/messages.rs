//! What is written is read, and what banks write with other prefixes and more elements is read as well.

use bithive_bank::{
    AccountReport, Balance, BankError, Currency, Date, EndToEndId, Entry, Iban, Money, Party, Payment, Rail,
    Report, ReportKind, Status, Transfer, read_report, read_transfers, write_report, write_transfer,
};
use proptest::prelude::*;
use proptest::{collection, option};

use crate::samples::{entry, order, report, transfer};

fn money() -> impl Strategy<Value = Money> {
    let currency = prop::sample::select(vec!["EUR", "JPY", "KWD", "USD"]);
    (0..1_000_000_000_000u64, currency)
        .prop_map(|(minor, code)| Money::new(minor, code.parse::<Currency>().unwrap()).unwrap())
}

fn iban() -> impl Strategy<Value = Iban> {
    (0..1_000_000_000_000u64).prop_map(|number| Iban::simulated(number).unwrap())
}

fn date() -> impl Strategy<Value = Date> {
    (0..253_402_300_799u64).prop_map(Date::of)
}

fn party() -> impl Strategy<Value = Party> {
    let name = "[A-Za-z0-9.,'()+?:/-]([A-Za-z0-9 .,'-]{0,60}[A-Za-z0-9])?";
    (name, iban(), option::of("[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?"))
        .prop_map(|(name, iban, bic)| Party::new(name, iban, bic).unwrap())
}

/// Texts as banks have them: anything but control characters, without blanks at the ends.
fn text(most: usize) -> impl Strategy<Value = String> {
    let form = format!("[!-~äß€&<>\"']([ -~ä€&<>\"']{{0,{}}}[!-~&<>])?", most - 2);
    proptest::string::string_regex(&form).unwrap()
}

prop_compose! {
    fn any_transfer()(
        created in 0..253_402_300_799u64,
        (execution, debtor, creditor) in (date(), party(), party()),
        amount in money(),
        id in any::<[u8; 20]>(),
        rail in prop::sample::select(Rail::ALL.to_vec()),
    ) -> Transfer {
        Transfer { created, execution, debtor, creditor, amount, end_to_end: EndToEndId::new(id), rail }
    }
}

prop_compose! {
    fn any_payment()(
        end_to_end in option::of(text(35)),
        amount in option::of(money()),
        credit in option::of(any::<bool>()),
        returned in any::<bool>(),
    ) -> Payment {
        Payment { end_to_end, amount, credit, returned }
    }
}

prop_compose! {
    fn any_entry()(
        reference in option::of(text(35)),
        (amount, credit, reversal) in (money(), any::<bool>(), any::<bool>()),
        status in prop_oneof![Just(Status::Booked), Just(Status::Other("PDNG".into()))],
        booked in option::of(date()),
        payments in collection::vec(any_payment(), 0..4),
    ) -> Entry {
        Entry { reference, amount, credit, reversal, status, booked, payments }
    }
}

prop_compose! {
    fn any_balance()(code in "[A-Z]{4}", amount in money(), credit in any::<bool>(), date in date()) -> Balance {
        Balance { code, amount, credit, date }
    }
}

prop_compose! {
    fn any_account(statement: bool)(
        (id, whole) in (text(35), any::<bool>()),
        period in option::of((0..253_402_300_799u64, 0..253_402_300_799u64)),
        (iban, servicer) in (option::of(iban()), option::of(text(140))),
        balances in collection::vec(any_balance(), if statement { 1..3 } else { 0..1 }),
        entries in collection::vec(any_entry(), 0..4),
    ) -> AccountReport {
        AccountReport { id, whole, period, iban, servicer, balances, entries }
    }
}

fn any_report() -> impl Strategy<Value = Report> {
    any::<bool>().prop_flat_map(|statement| {
        let kind = if statement { ReportKind::Statement } else { ReportKind::Notification };
        let accounts = collection::vec(any_account(statement), 1..3);
        (text(35), 0..253_402_300_799u64, option::of(text(200)), accounts).prop_map(
            move |(message, created, note, accounts)| Report { kind, message, created, note, accounts },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_transfer_that_is_written_is_read(transfer in any_transfer()) {
        prop_assert_eq!(read_transfers(write_transfer(&transfer).as_bytes()), Ok(vec![transfer]));
    }

    #[test]
    fn a_report_that_is_written_is_read(report in any_report()) {
        prop_assert_eq!(read_report(write_report(&report).as_bytes()), Ok(report));
    }

    #[test]
    fn no_change_of_a_byte_is_more_than_an_error(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for text in [write_report(&report(ReportKind::Statement, vec![entry()])), write_transfer(&transfer())] {
            let mut bytes = text.into_bytes();
            let place = place.index(bytes.len());
            bytes[place] = byte;
            let (_, _) = (read_report(&bytes).is_ok(), read_transfers(&bytes).is_ok());
        }
    }
}

#[test]
fn the_message_of_a_payment_says_each_thing_once() {
    let (transfer, order) = (transfer(), order());
    let text = write_transfer(&transfer);
    let id = order.end_to_end.to_string();
    for part in [
        "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
        &format!("<EndToEndId>{id}</EndToEndId>"),
        &format!("<MsgId>{id}</MsgId>"),
        "<InstdAmt Ccy=\"EUR\">92.50</InstdAmt>",
        "<Dt>2026-11-26</Dt>",
        "<CreDtTm>2026-11-25T12:00:00Z</CreDtTm>",
        "<BICFI>MARKDEFF</BICFI>",
    ] {
        assert_eq!(text.matches(part).count(), 1, "{part} in {text}");
    }
    assert_eq!(text.matches("<Cd>SEPA</Cd>").count(), 1);
    let instant = write_transfer(&Transfer { rail: Rail::SepaInstant, ..transfer.clone() });
    assert!(instant.contains("<Cd>SEPA</Cd>") && instant.contains("<Cd>INST</Cd>"));
    let urgent = write_transfer(&Transfer { rail: Rail::Urgent, ..transfer });
    assert!(urgent.contains("<Cd>URGP</Cd>") && !urgent.contains("SEPA"));
}

/// A notification as a bank has it: a prefix, a byte order mark, comments, charges, remittance, supplementary data.
const OF_A_BANK: &str = r#"<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<!-- a comment -->
<n:Document xmlns:n="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xsi:schemaLocation="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08 camt.054.001.08.xsd">
 <n:BkToCstmrDbtCdtNtfctn>
  <n:GrpHdr><n:MsgId>M<!-- split -->-1</n:MsgId><n:CreDtTm>2026-11-26T07:00:00.123+01:00</n:CreDtTm>
   <n:MsgPgntn><n:PgNb>1</n:PgNb><n:LastPgInd>true</n:LastPgInd></n:MsgPgntn></n:GrpHdr>
  <n:Ntfctn><n:Id>1</n:Id>
   <n:Acct><n:Id><n:IBAN>ZZ51SIMU000000000007</n:IBAN></n:Id><n:Ccy>EUR</n:Ccy><n:Ownr><n:Nm>A. D&#246;e</n:Nm></n:Ownr>
    <n:Svcr><n:FinInstnId><n:BICFI>MARKDEFF</n:BICFI><n:Nm>A &amp; B <![CDATA[<bank>]]></n:Nm></n:FinInstnId></n:Svcr></n:Acct>
   <n:Ntry><n:NtryRef>7</n:NtryRef><n:Amt Ccy="EUR">92.5</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:RvslInd>0</n:RvslInd>
    <n:Sts><n:Cd>BOOK</n:Cd></n:Sts><n:BookgDt><n:DtTm>2026-11-25T23:30:00Z</n:DtTm></n:BookgDt><n:ValDt><n:Dt>2026-11-25</n:Dt></n:ValDt>
    <n:AcctSvcrRef>REF-1</n:AcctSvcrRef>
    <n:BkTxCd><n:Prtry><n:Cd>166</n:Cd></n:Prtry></n:BkTxCd><n:Chrgs><n:TtlChrgsAndTaxAmt Ccy="EUR">0</n:TtlChrgsAndTaxAmt></n:Chrgs>
    <n:NtryDtls><n:Btch><n:NbOfTxs>1</n:NbOfTxs></n:Btch><n:TxDtls><n:Refs><n:EndToEndId>BEEQSCIJBEEQSCIJBEEQSCIJBEEQSCIJ</n:EndToEndId></n:Refs>
     <n:RmtInf><n:Ustrd>for it</n:Ustrd></n:RmtInf>
     <n:SplmtryData><n:Envlp><x:own xmlns:x="urn:x" x:a="1">any <x:deep/> text &amp; more</x:own></n:Envlp></n:SplmtryData></n:TxDtls></n:NtryDtls>
   </n:Ntry></n:Ntfctn>
 </n:BkToCstmrDbtCdtNtfctn>
</n:Document>"#;

#[test]
fn prefixes_comments_and_elements_that_are_not_needed_change_nothing() {
    let text = OF_A_BANK.replace("ZZ51SIMU000000000007", order().creditor.iban().as_str());
    let mut expected = report(ReportKind::Notification, vec![entry()]);
    expected.accounts[0].servicer = Some("A & B <bank>".into());
    assert_eq!(read_report(text.as_bytes()), Ok(expected.clone()));
    assert_eq!(read_report(format!("\u{feff}{text}").as_bytes()), Ok(expected.clone()));
    // The same with a namespace without a prefix.
    let plain = text.replace("<n:", "<").replace("</n:", "</").replace("xmlns:n=", "xmlns=");
    assert_eq!(read_report(plain.as_bytes()), Ok(expected));
}

#[test]
fn a_message_of_another_kind_or_version_is_named() {
    let transfer = write_transfer(&transfer());
    let kind = |text: &str| match read_report(text.as_bytes()) {
        Err(BankError::Kind { found, .. }) => found,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(&transfer), "pain.001.001.09");
    let statement = write_report(&report(ReportKind::Statement, vec![]));
    assert_eq!(kind(&statement.replace("camt.053.001.08", "camt.053.001.02")), "camt.053.001.02");
    assert_eq!(
        kind(&statement.replace("urn:iso", "urn:other")),
        "urn:other:std:iso:20022:tech:xsd:camt.053.001.08"
    );
    assert!(matches!(read_transfers(statement.as_bytes()), Err(BankError::Kind { .. })));
}
