//! `camt.053.001.08` and `camt.054.001.08`, by which a bank tells a customer what was booked.

use crate::amount::Money;
use crate::element::Element;
use crate::error::BankError;
use crate::parse;
use crate::report::{AccountReport, Balance, Entry, Payment, Report, ReportKind, Status};
use crate::schema;
use crate::time::{instant, instant_text};
use crate::value::{MAX_ID, date, generic, institution, money};
use crate::write::Writer;

const STATEMENT: &str = "camt.053.001.08";
const NOTIFICATION: &str = "camt.054.001.08";
/// Most characters of what a bank adds for people.
const MAX_NOTE: usize = 500;
/// Most characters of a bank's name.
const MAX_NAME: usize = 140;

/// Reads a statement or a notification.
///
/// # Errors
/// [`BankError`].
pub fn read_report(bytes: &[u8]) -> Result<Report, BankError> {
    let (document, found) = parse::document(bytes)?;
    let (kind, root, of_root, part, of_part) = match found.as_str() {
        STATEMENT => (ReportKind::Statement, "BkToCstmrStmt", schema::STATEMENTS, "Stmt", schema::STATEMENT),
        NOTIFICATION => (
            ReportKind::Notification,
            "BkToCstmrDbtCdtNtfctn",
            schema::NOTIFICATIONS,
            "Ntfctn",
            schema::NOTIFICATION,
        ),
        _ => {
            let expected = "camt.053.001.08 or camt.054.001.08";
            return Err(BankError::Kind {
                line: document.line,
                found: found.chars().take(80).collect(),
                expected,
            });
        }
    };
    let report = document.sequence(if kind == ReportKind::Statement {
        schema::STATEMENT_ROOT
    } else {
        schema::NOTIFICATION_ROOT
    })?;
    let report = report.one(root)?.sequence(of_root)?;
    let header = report.one("GrpHdr")?.sequence(schema::REPORT_HEADER)?;
    let note = header.optional("AddtlInf").map(|note| note.text_of(MAX_NOTE)).transpose()?;
    let whole = header.optional("MsgPgntn").map_or(Ok(true), is_whole)?;
    let accounts = report.all(part).map(|account| {
        let account = account_report(account.sequence(of_part)?)?;
        Ok(AccountReport { whole: whole && account.whole, ..account })
    });
    Ok(Report {
        kind,
        message: header.one("MsgId")?.text_of(MAX_ID)?.into(),
        created: time(header.one("CreDtTm")?)?,
        note: note.map(Into::into),
        accounts: accounts.collect::<Result<_, _>>()?,
    })
}

fn time(element: &Element) -> Result<u64, BankError> {
    element.read(|text| instant(text).ok_or("expected a time such as 2026-11-25T10:00:00Z"))
}

/// Whether a page is the only one.
fn is_whole(element: &Element) -> Result<bool, BankError> {
    element.sequence(schema::PAGINATION)?;
    Ok(element.one("PgNb")?.text_of(5)? == "1" && flag(element.one("LastPgInd")?)?)
}

fn flag(element: &Element) -> Result<bool, BankError> {
    element.read(|text| match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("expected true or false"),
    })
}

fn account_report(part: &Element) -> Result<AccountReport, BankError> {
    let account = part.one("Acct")?.sequence(schema::REPORT_ACCOUNT)?;
    let number = account.one("Id")?.choice(schema::ACCOUNT_ID)?;
    let iban = if number.name == "IBAN" {
        Some(number.read(str::parse)?)
    } else {
        generic(number)?;
        None
    };
    let servicer = account.optional("Svcr").map(institution).transpose()?;
    let servicer = servicer.and_then(|institution| institution.optional("Nm"));
    let period = match part.optional("FrToDt") {
        Some(period) => {
            let period = period.sequence(schema::PERIOD)?;
            Some((time(period.one("FrDtTm")?)?, time(period.one("ToDtTm")?)?))
        }
        None => None,
    };
    let pages = part.optional("StmtPgntn").or_else(|| part.optional("NtfctnPgntn"));
    Ok(AccountReport {
        whole: pages.map_or(Ok(true), is_whole)?,
        id: part.one("Id")?.text_of(MAX_ID)?.into(),
        period,
        iban,
        servicer: servicer.map(|name| name.text_of(MAX_NAME)).transpose()?.map(Into::into),
        balances: part.all("Bal").map(balance).collect::<Result<_, _>>()?,
        entries: part.all("Ntry").map(entry).collect::<Result<_, _>>()?,
    })
}

fn balance(element: &Element) -> Result<Balance, BankError> {
    element.sequence(schema::BALANCE)?;
    let code =
        element.one("Tp")?.sequence(schema::BALANCE_TYPE)?.one("CdOrPrtry")?.choice(schema::BALANCE_CODE)?;
    Ok(Balance {
        code: code.text_of(MAX_ID)?.into(),
        amount: money(element.one("Amt")?)?,
        credit: credit(element.one("CdtDbtInd")?)?,
        date: date(element.one("Dt")?)?,
    })
}

fn credit(element: &Element) -> Result<bool, BankError> {
    element.read(|text| match text {
        "CRDT" => Ok(true),
        "DBIT" => Ok(false),
        _ => Err("expected CRDT or DBIT"),
    })
}

fn entry(element: &Element) -> Result<Entry, BankError> {
    element.sequence(schema::ENTRY)?;
    let reversal = element.optional("RvslInd").map(flag);
    let status = element.one("Sts")?.choice(schema::STATUS)?;
    let reference = element.optional("AcctSvcrRef").map(|reference| reference.text_of(MAX_ID)).transpose()?;
    let mut payments = Vec::new();
    for details in element.all("NtryDtls") {
        for transaction in details.sequence(schema::DETAILS)?.all("TxDtls") {
            payments.push(payment(transaction)?);
        }
    }
    Ok(Entry {
        reference: reference.map(Into::into),
        amount: money(element.one("Amt")?)?,
        credit: credit(element.one("CdtDbtInd")?)?,
        reversal: reversal.transpose()?.unwrap_or(false),
        status: match (status.name.as_str(), status.text_of(MAX_ID)?) {
            ("Cd", "BOOK") => Status::Booked,
            (_, other) => Status::Other(other.into()),
        },
        booked: element.optional("BookgDt").map(date).transpose()?,
        payments,
    })
}

fn payment(element: &Element) -> Result<Payment, BankError> {
    element.sequence(schema::TRANSACTION)?;
    let references = match element.optional("Refs") {
        Some(references) => Some(references.sequence(schema::REFERENCES)?),
        None => None,
    };
    let end_to_end = references.and_then(|references| references.optional("EndToEndId"));
    Ok(Payment {
        end_to_end: end_to_end.map(|id| id.text_of(MAX_ID)).transpose()?.map(Into::into),
        amount: element.optional("Amt").map(money).transpose()?,
        credit: element.optional("CdtDbtInd").map(credit).transpose()?,
        returned: element.optional("RtrInf").is_some(),
    })
}

/// Writes a statement or a notification, as a bank does. A statement has a balance for each account, as its schema demands.
#[must_use]
pub fn write_report(report: &Report) -> String {
    let (kind, root, part, pages) = match report.kind {
        ReportKind::Statement => (STATEMENT, "BkToCstmrStmt", "Stmt", "StmtPgntn"),
        ReportKind::Notification => (NOTIFICATION, "BkToCstmrDbtCdtNtfctn", "Ntfctn", "NtfctnPgntn"),
    };
    Writer::document(kind, |writer| {
        writer.within(root, |writer| {
            writer.within("GrpHdr", |writer| {
                writer.text("MsgId", &report.message);
                writer.text("CreDtTm", instant_text(report.created));
                writer.optional("AddtlInf", report.note.as_ref());
            });
            for account in &report.accounts {
                writer.within(part, |writer| write_account(writer, pages, account));
            }
        });
    })
}

fn write_account(writer: &mut Writer, pages: &str, account: &AccountReport) {
    writer.text("Id", &account.id);
    if !account.whole {
        writer.within(pages, |writer| {
            writer.text("PgNb", 1);
            writer.text("LastPgInd", false);
        });
    }
    if let Some((first, last)) = account.period {
        writer.within("FrToDt", |writer| {
            writer.text("FrDtTm", instant_text(first));
            writer.text("ToDtTm", instant_text(last));
        });
    }
    writer.within("Acct", |writer| {
        writer.within("Id", |writer| match &account.iban {
            Some(iban) => writer.text("IBAN", iban),
            None => writer.within("Othr", |writer| writer.text("Id", "NOTPROVIDED")),
        });
        if let Some(name) = &account.servicer {
            writer.path(&["Svcr", "FinInstnId"], |writer| writer.text("Nm", name));
        }
    });
    for balance in &account.balances {
        writer.within("Bal", |writer| {
            writer.path(&["Tp", "CdOrPrtry"], |writer| writer.text("Cd", &balance.code));
            write_amount(writer, balance.amount, balance.credit);
            writer.within("Dt", |writer| writer.text("Dt", balance.date));
        });
    }
    for entry in &account.entries {
        writer.within("Ntry", |writer| write_entry(writer, entry));
    }
}

fn write_amount(writer: &mut Writer, amount: Money, credit: bool) {
    writer.amount("Amt", amount);
    writer.text("CdtDbtInd", direction(credit));
}

const fn direction(credit: bool) -> &'static str {
    if credit { "CRDT" } else { "DBIT" }
}

fn write_entry(writer: &mut Writer, entry: &Entry) {
    write_amount(writer, entry.amount, entry.credit);
    if entry.reversal {
        writer.text("RvslInd", true);
    }
    writer.within("Sts", |writer| match &entry.status {
        Status::Booked => writer.text("Cd", "BOOK"),
        Status::Other(code) => writer.text("Prtry", code),
    });
    if let Some(booked) = entry.booked {
        writer.within("BookgDt", |writer| writer.text("Dt", booked));
    }
    writer.optional("AcctSvcrRef", entry.reference.as_ref());
    writer.path(&["BkTxCd", "Domn"], |writer| {
        writer.text("Cd", "PMNT");
        writer.within("Fmly", |writer| {
            writer.text("Cd", if entry.credit { "RCDT" } else { "ICDT" });
            writer.text("SubFmlyCd", if entry.reversal { "RRTN" } else { "ESCT" });
        });
    });
    if !entry.payments.is_empty() {
        writer.within("NtryDtls", |writer| {
            for payment in &entry.payments {
                writer.within("TxDtls", |writer| write_payment(writer, payment));
            }
        });
    }
}

fn write_payment(writer: &mut Writer, payment: &Payment) {
    if let Some(id) = &payment.end_to_end {
        writer.within("Refs", |writer| writer.text("EndToEndId", id));
    }
    if let Some(amount) = payment.amount {
        writer.amount("Amt", amount);
    }
    writer.optional("CdtDbtInd", payment.credit.map(direction));
    if payment.returned {
        writer.path(&["RtrInf", "Rsn"], |writer| writer.text("Cd", "FOCR"));
    }
}
