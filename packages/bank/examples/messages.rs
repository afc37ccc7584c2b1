//! Messages for another program to judge, and what this one thinks of others.
//!
//! ```text
//! messages write FOLDER     one message of each form that is written
//! messages read FILE...     a line for each: "ok", or why it is not read
//! ```

use std::error::Error;
use std::path::Path;

use bithive_bank::{
    AccountReport, Balance, EndToEndId, Entry, Iban, Money, Party, Payment, Rail, Report, ReportKind, Status,
    Transfer, instant, read_report, read_transfers, write_report, write_transfer,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((command, [folder])) if command == "write" => write(Path::new(folder)),
        Some((command, files)) if command == "read" => {
            for file in files {
                println!("{}", read(&std::fs::read(file)?));
            }
            Ok(())
        }
        _ => Err("expected: write FOLDER, or read FILE...".into()),
    }
}

fn read(bytes: &[u8]) -> String {
    let read = match read_report(bytes) {
        Err(bithive_bank::BankError::Kind { .. }) => read_transfers(bytes).map(drop),
        other => other.map(drop),
    };
    read.map_or_else(|error| error.to_string().replace('\n', " "), |()| "ok".into())
}

fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    for (index, rail) in Rail::ALL.into_iter().enumerate() {
        for bic in [None, Some("MARKDEFF".to_owned()), Some("MARKDEFFXXX".to_owned())] {
            let name = format!("pain-{rail}-{}.xml", bic.as_ref().map_or(0, String::len));
            let money = if rail == Rail::Urgent { "1500 JPY" } else { "92.50 EUR" }.parse()?;
            let transfer = transfer(u8::try_from(index)?, rail, bic, money)?;
            std::fs::write(folder.join(name), write_transfer(&transfer))?;
        }
    }
    for (name, kind) in [("camt.053", ReportKind::Statement), ("camt.054", ReportKind::Notification)] {
        std::fs::write(folder.join(format!("{name}.xml")), write_report(&report(kind)?))?;
    }
    Ok(())
}

fn transfer(number: u8, rail: Rail, bic: Option<String>, amount: Money) -> Result<Transfer, Box<dyn Error>> {
    let created = instant("2026-11-25T12:00:00Z").ok_or("a time")?;
    Ok(Transfer {
        created,
        execution: "2026-11-26".parse()?,
        debtor: Party::new("Agent, Ltd. (O'Neil)".into(), Iban::simulated(1)?, bic.clone())?,
        creditor: Party::new("A. Doe".into(), "DE89370400440532013000".parse()?, bic)?,
        amount,
        end_to_end: EndToEndId::new([number; 20]),
        rail,
    })
}

fn report(kind: ReportKind) -> Result<Report, Box<dyn Error>> {
    let balance = |code: &str, credit| {
        let (amount, date) = ("1.234 KWD".parse()?, "2026-11-25".parse()?);
        Ok::<_, Box<dyn Error>>(Balance { code: code.into(), amount, credit, date })
    };
    let balances = match kind {
        ReportKind::Statement => vec![balance("OPBD", true)?, balance("CLBD", false)?],
        ReportKind::Notification => vec![],
    };
    let payment = |returned: bool| Payment {
        end_to_end: Some("A & B <C>".into()),
        amount: "0.01 EUR".parse().ok(),
        credit: Some(!returned),
        returned,
    };
    let bare = Payment { end_to_end: None, amount: None, credit: None, returned: false };
    let entry = |reversal: bool, status| {
        Ok::<_, Box<dyn Error>>(Entry {
            reference: Some("REF".into()),
            amount: "12345678.90 EUR".parse()?,
            credit: !reversal,
            reversal,
            status,
            booked: Some("2026-11-25".parse()?),
            payments: vec![payment(reversal), bare.clone()],
        })
    };
    let plain = Entry { reference: None, booked: None, payments: vec![], ..entry(false, Status::Booked)? };
    let entries = vec![entry(false, Status::Booked)?, entry(true, Status::Other("PDNG".into()))?, plain];
    let account = |iban: Option<Iban>, servicer: Option<&str>, period| AccountReport {
        id: "1".into(),
        whole: iban.is_some(),
        period,
        iban,
        servicer: servicer.map(Into::into),
        balances: balances.clone(),
        entries: entries.clone(),
    };
    let accounts = vec![
        account(Some(Iban::simulated(7)?), Some("A bank"), Some((0, 86_399))),
        account(None, None, None),
    ];
    Ok(Report {
        kind,
        message: "M-1".into(),
        created: 1_795_600_800,
        note: Some("for people".into()),
        accounts,
    })
}
