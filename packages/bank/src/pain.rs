//! `pain.001.001.09`, by which a customer asks its bank to pay.

use crate::amount::Money;
use crate::element::Element;
use crate::error::BankError;
use crate::parse;
use crate::party::Party;
use crate::rail::Rail;
use crate::schema;
use crate::time::{instant, instant_text};
use crate::transfer::Transfer;
use crate::value::{MAX_ID, date, institution, money};
use crate::write::Writer;

/// The message that is written and read.
const KIND: &str = "pain.001.001.09";
/// Stands for the bank of an account where SEPA needs no BIC. Source: EPC132-08.
const NO_BIC: &str = "NOTPROVIDED";
/// Who bears charges in SEPA: each side its own.
const SLEV: &str = "SLEV";
/// Who bears charges elsewhere: each side its own.
const SHAR: &str = "SHAR";

/// Writes the message of one transfer.
#[must_use]
pub fn write_transfer(transfer: &Transfer) -> String {
    let Transfer { created, execution, debtor, creditor, amount, end_to_end, rail } = transfer;
    Writer::document(KIND, |writer| {
        writer.within("CstmrCdtTrfInitn", |writer| {
            writer.within("GrpHdr", |writer| {
                writer.text("MsgId", end_to_end);
                writer.text("CreDtTm", instant_text(*created));
                writer.text("NbOfTxs", 1);
                writer.text("CtrlSum", amount.digits());
                writer.within("InitgPty", |writer| writer.text("Nm", debtor.name()));
            });
            writer.within("PmtInf", |writer| {
                writer.text("PmtInfId", end_to_end);
                writer.text("PmtMtd", "TRF");
                writer.text("NbOfTxs", 1);
                writer.text("CtrlSum", amount.digits());
                writer.within("PmtTpInf", |writer| kind_of(writer, *rail));
                writer.within("ReqdExctnDt", |writer| writer.text("Dt", execution));
                writer.within("Dbtr", |writer| writer.text("Nm", debtor.name()));
                writer.path(&["DbtrAcct", "Id"], |writer| writer.text("IBAN", debtor.iban()));
                writer.path(&["DbtrAgt", "FinInstnId"], |writer| match debtor.bic() {
                    Some(bic) => writer.text("BICFI", bic),
                    None => writer.within("Othr", |writer| writer.text("Id", NO_BIC)),
                });
                writer.text("ChrgBr", if *rail == Rail::Urgent { SHAR } else { SLEV });
                writer.within("CdtTrfTxInf", |writer| {
                    writer.within("PmtId", |writer| writer.text("EndToEndId", end_to_end));
                    writer.within("Amt", |writer| writer.amount("InstdAmt", *amount));
                    if let Some(bic) = creditor.bic() {
                        writer.path(&["CdtrAgt", "FinInstnId"], |writer| writer.text("BICFI", bic));
                    }
                    writer.within("Cdtr", |writer| writer.text("Nm", creditor.name()));
                    writer.path(&["CdtrAcct", "Id"], |writer| writer.text("IBAN", creditor.iban()));
                });
            });
        });
    })
}

fn kind_of(writer: &mut Writer, rail: Rail) {
    let level = if rail == Rail::Urgent { "URGP" } else { "SEPA" };
    writer.within("SvcLvl", |writer| writer.text("Cd", level));
    if rail == Rail::SepaInstant {
        writer.within("LclInstrm", |writer| writer.text("Cd", "INST"));
    }
}

/// Reads the transfers of a message, as a bank does.
///
/// # Errors
/// [`BankError`].
pub fn read_transfers(bytes: &[u8]) -> Result<Vec<Transfer>, BankError> {
    let (document, kind) = parse::document(bytes)?;
    if kind != KIND {
        return Err(BankError::Kind { line: document.line, found: kind, expected: KIND });
    }
    let initiation = document.choice(&["CstmrCdtTrfInitn"])?.sequence(schema::INITIATION)?;
    let header = initiation.one("GrpHdr")?.sequence(schema::INITIATION_HEADER)?;
    header.one("MsgId")?.text_of(MAX_ID)?;
    let created = header
        .one("CreDtTm")?
        .read(|text| instant(text).ok_or("expected a time such as 2026-11-25T10:00:00Z"))?;
    let mut transfers = Vec::new();
    for payment in initiation.all("PmtInf") {
        let before = transfers.len();
        of_payment(payment, created, &mut transfers)?;
        expect_sums(payment, transfers.get(before..).unwrap_or_default())?;
    }
    expect_sums(header, &transfers)?;
    Ok(transfers)
}

/// A message whose numbers are not those of its transfers was cut or put together.
fn expect_sums(element: &Element, transfers: &[Transfer]) -> Result<(), BankError> {
    if let Some(number) = element.optional("NbOfTxs") {
        let (stated, found) = (number.text_of(15)?, transfers.len().to_string());
        if stated.trim_start_matches('0') != found {
            return Err(BankError::Count {
                line: number.line,
                element: "NbOfTxs",
                stated: stated.into(),
                found,
            });
        }
    }
    let (Some(sum), Some(first)) = (element.optional("CtrlSum"), transfers.first()) else { return Ok(()) };
    let currency = first.amount.currency();
    // Of several currencies it is a sum of numbers, which says nothing.
    if transfers.iter().any(|transfer| transfer.amount.currency() != currency) {
        return Ok(());
    }
    let stated = sum.read(|text| Money::parse(text, currency))?;
    let found = transfers.iter().try_fold(0u64, |sum, transfer| sum.checked_add(transfer.amount.minor()));
    if found != Some(stated.minor()) {
        let found = found.map_or_else(|| "more than 2^64".into(), |found| found.to_string());
        let stated = stated.minor().to_string();
        return Err(BankError::Count { line: sum.line, element: "CtrlSum", stated, found });
    }
    Ok(())
}

fn of_payment(payment: &Element, created: u64, transfers: &mut Vec<Transfer>) -> Result<(), BankError> {
    payment.sequence(schema::PAYMENT)?;
    payment.one("PmtInfId")?.text_of(MAX_ID)?;
    payment
        .one("PmtMtd")?
        .read(|text| if text == "TRF" { Ok(()) } else { Err("expected TRF, a credit transfer") })?;
    let execution = date(payment.one("ReqdExctnDt")?)?;
    let debtor = party(payment, "Dbtr", "DbtrAcct", "DbtrAgt")?;
    for transaction in payment.all("CdtTrfTxInf") {
        transaction.sequence(schema::CREDIT_TRANSFER)?;
        let kind = transaction.optional("PmtTpInf").or_else(|| payment.optional("PmtTpInf"));
        let identifiers = transaction.one("PmtId")?.sequence(schema::PAYMENT_ID)?;
        let amount = transaction.one("Amt")?.choice(schema::AMOUNT_TYPE)?;
        if amount.name != "InstdAmt" {
            return Err(amount.value(
                "amounts in another currency than that of the transfer are not taken; expected InstdAmt",
            ));
        }
        transfers.push(Transfer {
            created,
            execution,
            debtor: debtor.clone(),
            creditor: party(transaction, "Cdtr", "CdtrAcct", "CdtrAgt")?,
            amount: money(amount)?,
            end_to_end: identifiers.one("EndToEndId")?.read(str::parse)?,
            rail: rail(kind.ok_or_else(|| transaction.missing("PmtTpInf"))?)?,
        });
    }
    Ok(())
}

fn rail(kind: &Element) -> Result<Rail, BankError> {
    kind.sequence(schema::PAYMENT_TYPE)?;
    let code = |element: &Element| element.read(|text| Ok::<_, BankError>(text.to_owned()));
    let level = code(kind.one("SvcLvl")?.choice(schema::SERVICE_LEVEL)?)?;
    let instrument = kind
        .optional("LclInstrm")
        .map(|element| code(element.choice(schema::LOCAL_INSTRUMENT)?))
        .transpose()?;
    match (level.as_str(), instrument.as_deref()) {
        ("SEPA", None) => Ok(Rail::Sepa),
        ("SEPA", Some("INST")) => Ok(Rail::SepaInstant),
        ("URGP", None) => Ok(Rail::Urgent),
        _ => Err(kind.value("expected the service level SEPA, SEPA with the instrument INST, or URGP")),
    }
}

fn party(
    element: &Element,
    party: &'static str,
    account: &'static str,
    agent: &'static str,
) -> Result<Party, BankError> {
    let named = element.one(party)?.sequence(schema::PARTY)?.one("Nm")?;
    let number = element.one(account)?.sequence(schema::ACCOUNT)?.one("Id")?.choice(schema::ACCOUNT_ID)?;
    if number.name != "IBAN" {
        return Err(number.value("expected an IBAN"));
    }
    let institution = element.optional(agent).map(institution).transpose()?;
    let bic = institution.and_then(|institution| institution.optional("BICFI"));
    let bic = bic.map(|bic| bic.text_of(MAX_ID)).transpose()?;
    let (name, iban) = (named.text_of(140)?, number.read(str::parse)?);
    Party::new(name.into(), iban, bic.map(Into::into)).map_err(|error| named.value(error))
}
