//! What is no message is refused, with its line.

use bithive_bank::limits::{MAX_BYTES, MAX_DEPTH};
use bithive_bank::{BankError, ReportKind, read_report, read_transfers, write_report, write_transfer};

use crate::samples::{entry, iban, report, transfer};

fn statement() -> String {
    write_report(&report(ReportKind::Statement, vec![entry()]))
}

/// The statement with a part replaced, which has to be in it.
fn with(from: &str, to: &str) -> Result<bithive_bank::Report, BankError> {
    let text = statement();
    assert!(text.contains(from), "{from} in {text}");
    read_report(text.replacen(from, to, 1).as_bytes())
}

#[test]
fn document_types_and_entities_are_refused() {
    let declared = "<!DOCTYPE d [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Document";
    assert_eq!(with("<Document", declared), Err(BankError::Doctype { line: 2 }));
    let refused = with("<MsgId>M-1", "<MsgId>&e;");
    assert_eq!(refused, Err(BankError::Entity { line: 5, name: "e".into() }));
    for bad in ["&#0;", "&#xD800;", "&#x110000;"] {
        assert!(
            matches!(with("<MsgId>M-1", &format!("<MsgId>{bad}")), Err(BankError::Entity { line: 5, .. })),
            "{bad}"
        );
    }
    assert!(matches!(with("<MsgId>M-1", "<MsgId>&#27;"), Err(BankError::Syntax { line: 5, .. })));
    let named = with("<MsgId>M-1", "<MsgId>&#77;&lt;&amp;").unwrap();
    assert_eq!(named.message, "M<&");
}

#[test]
fn elements_and_attributes_that_the_schema_does_not_have_are_refused() {
    let unexpected = |result: Result<_, BankError>| match result {
        Err(BankError::Unexpected { element, within, .. }) => (element, within),
        other => panic!("{other:?}"),
    };
    let pair = |element: &str, within: &str| (element.to_owned(), within.to_owned());
    assert_eq!(unexpected(with("<Ntry>", "<Ntry><Bonus/>")), pair("Bonus", "Ntry"));
    assert_eq!(unexpected(with("</Ntry>", "<Bonus/></Ntry>")), pair("Bonus", "Ntry"));
    assert_eq!(unexpected(with("<Sts>", "<x:Sts xmlns:x=\"urn:x\"/><Sts>")), pair("Sts", "Ntry"));
    assert_eq!(unexpected(with("<Cd>BOOK</Cd>", "<Cd>BOOK</Cd><Prtry>x</Prtry>")), pair("Prtry", "Sts"));
    // In another order.
    assert!(matches!(with("<GrpHdr>", "<Stmt/><GrpHdr>"), Err(BankError::Missing { element: "GrpHdr", .. })));
    assert_eq!(
        unexpected(with("</BkToCstmrStmt>", "<GrpHdr/></BkToCstmrStmt>")),
        pair("GrpHdr", "BkToCstmrStmt")
    );
    // In what is not used, too.
    let iban = format!("<IBAN>{}</IBAN>", iban(7));
    let account = |id: &str| read_report(statement().replacen(&iban, id, 1).as_bytes());
    assert_eq!(account("<Othr><Id>1</Id></Othr>").unwrap().accounts[0].iban, None);
    assert!(matches!(account("<Othr/>"), Err(BankError::Missing { element: "Id", .. })));
    assert_eq!(unexpected(account("<Othr><Id>1</Id><Bonus/></Othr>")), pair("Bonus", "Othr"));
    let attribute = with("<Ntry>", "<Ntry note=\"x\">");
    assert!(matches!(attribute, Err(BankError::Attribute { attribute, .. }) if attribute == "note"));
    for bad in ["<Amt Ccy=\"EUR\" more=\"1\">", "<Amt more=\"1\">", "<Amt xmlns:x=\"urn:x\" x:Ccy=\"EUR\">"] {
        assert!(with("<Amt Ccy=\"EUR\">", bad).is_err(), "{bad}");
    }
    assert!(matches!(with("<Ntry>", "<Ntry>money"), Err(BankError::Mixed { .. })));
}

#[test]
fn elements_that_are_missing_or_repeated_are_named() {
    let text = statement();
    let from = text.find("<Bal>").unwrap();
    let to = text.rfind("</Bal>").unwrap() + "</Bal>".len();
    let without = format!("{}{}", &text[..from], &text[to..]);
    assert!(matches!(read_report(without.as_bytes()), Err(BankError::Missing { element: "Bal", .. })));
    assert!(matches!(
        with("<MsgId>M-1</MsgId>", ""),
        Err(BankError::Missing { element: "MsgId", line: 4, .. })
    ));
    let twice = with("<MsgId>M-1</MsgId>", "<MsgId>M-1</MsgId><MsgId>M-2</MsgId>");
    assert_eq!(twice, Err(BankError::Repeated { line: 5, element: "MsgId".into() }));
}

#[test]
fn values_that_are_none_are_refused() {
    for (from, to) in [
        ("92.50", ""),
        ("92.50", "92,50"),
        ("92.50", "-92.50"),
        ("92.50", "92.501"),
        ("92.50", "9e1"),
        ("Ccy=\"EUR\"", "Ccy=\"EURO\""),
        ("<CdtDbtInd>CRDT", "<CdtDbtInd>CREDIT"),
        ("2026-11-26T06:00:00Z", "26.11.2026"),
        ("<Dt>2026-11-25", "<Dt>2026-02-30"),
        ("<MsgId>M-1", "<MsgId>"),
        ("<MsgId>M-1", "<MsgId>123456789012345678901234567890123456"),
        ("ZZ", "QQ"),
        ("SIMU", "SIMV"),
    ] {
        assert!(
            matches!(with(from, to), Err(BankError::Value { line: 4.., .. })),
            "{to}: {:?}",
            with(from, to)
        );
    }
}

#[test]
fn what_is_cut_off_or_not_well_formed_is_refused() {
    let text = statement();
    for end in (0..text.trim_end().len()).step_by(7) {
        assert!(read_report(&text.as_bytes()[..end]).is_err(), "{end}");
    }
    let cut = &text[..text.find("<Ntry>").unwrap() + 6];
    assert!(matches!(read_report(cut.as_bytes()), Err(BankError::Truncated { .. })));
    for (from, to) in [
        ("</MsgId>", "</MsgID>"),
        ("</Document>", "</Document><Document/>"),
        ("</Document>", "</Document>x"),
        ("<MsgId>", "<MsgId a=1 a=2>"),
    ] {
        assert!(with(from, to).is_err(), "{to}");
    }
    let latin = text.replace("A bank", "A b\u{e4}nk");
    let latin: Vec<u8> = latin.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    assert_eq!(read_report(&latin), Err(BankError::Encoding));
    assert_eq!(with("UTF-8", "ISO-8859-1"), Err(BankError::Encoding));
}

#[test]
fn size_and_depth_are_bounded() {
    let found = MAX_BYTES + 1;
    assert_eq!(read_report(&vec![b' '; found]), Err(BankError::TooLong { found }));
    let deep = format!("<SplmtryData><Envlp>{}", "<x>".repeat(MAX_DEPTH));
    assert!(matches!(with("</Stmt>", &format!("</Stmt>{deep}")), Err(BankError::TooDeep { .. })));
    assert!(matches!(with("<Ntry>", &"<Ntry>".repeat(MAX_DEPTH)), Err(BankError::TooDeep { .. })));
}

#[test]
fn sums_that_a_message_of_payments_states_have_to_be_those_of_its_payments() {
    let text = write_transfer(&transfer());
    let with = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        read_transfers(text.replacen(from, to, 1).as_bytes())
    };
    assert!(matches!(with("<NbOfTxs>1<", "<NbOfTxs>2<"), Err(BankError::Count { element: "NbOfTxs", .. })));
    assert!(matches!(
        with("<CtrlSum>92.50<", "<CtrlSum>92.51<"),
        Err(BankError::Count { element: "CtrlSum", .. })
    ));
    assert!(matches!(with("<PmtMtd>TRF", "<PmtMtd>CHK"), Err(BankError::Value { .. })));
    assert!(matches!(with("<Cd>SEPA", "<Cd>SDVA"), Err(BankError::Value { .. })));
    assert!(matches!(with("<EndToEndId>", "<EndToEndId>x"), Err(BankError::Value { .. })));
}
