//! Values that several messages have.

use crate::amount::Money;
use crate::element::Element;
use crate::error::BankError;
use crate::schema;
use crate::time::{Date, instant};

/// Most characters of identifiers.
pub(crate) const MAX_ID: usize = 35;

/// An amount with its currency.
pub(crate) fn money(element: &Element) -> Result<Money, BankError> {
    let refused = |attribute: &str| BankError::Attribute {
        line: element.line,
        element: element.name.clone(),
        attribute: attribute.into(),
    };
    let currency = match element.attributes.as_slice() {
        [(name, currency)] if name == "Ccy" => currency,
        [] => return Err(element.value("expected an attribute Ccy, the currency")),
        [(first, _), rest @ ..] => return Err(refused(rest.first().map_or(first, |(second, _)| second))),
    };
    let currency = currency.parse().map_err(|error| element.value(error))?;
    Money::parse(element.text()?, currency).map_err(|error| element.value(error))
}

/// A date, or the day of a time in UTC.
pub(crate) fn date(element: &Element) -> Result<Date, BankError> {
    let chosen = element.choice(schema::DATE)?;
    if chosen.name == "Dt" {
        return chosen.read(str::parse);
    }
    chosen.read(|text| instant(text).map(Date::of).ok_or("expected a time such as 2026-11-25T10:00:00Z"))
}

/// An identifier that is no IBAN and no BIC, whose form is checked and that is not used.
pub(crate) fn generic(element: &Element) -> Result<(), BankError> {
    let generic = element.sequence(schema::GENERIC)?;
    generic.one("Id")?.text_of(MAX_ID)?;
    if let Some(issuer) = generic.optional("Issr") {
        issuer.text_of(MAX_ID)?;
    }
    Ok(())
}

/// The institution of an agent, such as the bank of an account.
pub(crate) fn institution(agent: &Element) -> Result<&Element, BankError> {
    let institution = agent.sequence(schema::AGENT)?.one("FinInstnId")?.sequence(schema::INSTITUTION)?;
    institution.optional("Othr").map(generic).transpose()?;
    Ok(institution)
}
