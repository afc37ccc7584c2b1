//! Amounts in what a contract refuses. Contracts count base units; people read and write tokens.

use crate::amount::show_in;

/// How every refusal of a contract begins ([`bithive_chain::ChainError`]).
const REFUSES: &str = "the contract refuses";

/// What contracts say, and how it is said to people: `{}` is an amount, `{_}` some other text, in the same order in both. An amount of a
/// token that the contract does not name is said without one.
const TEXTS: &[(&str, &str)] = &[
    // Market.
    ("price {} times {_} workers does not fit", "price {} BTT times {_} workers does not fit"),
    (
        "ask of the worker at slot {_} is {}; expected 1 to {}",
        "ask of the worker at slot {_} is {} BTT; expected more than 0 and at most {} BTT",
    ),
    (
        "asks sum to {}; expected at most the escrow {}",
        "asks sum to {} BTT; expected at most the escrow {} BTT",
    ),
    ("its bond {} must cover {} for each", "its bond {} BTT must cover {} BTT for each"),
    (
        "stays from the failed round and asks {}; expected what is left of its ask, {}",
        "stays from the failed round and asks {} BTT; expected what is left of its ask, {} BTT",
    ),
    // Registry.
    ("the bond is {}; expected at least {}", "the bond is {} BTT; expected at least {} BTT"),
    (
        "the bond is {}, and the list of candidates is full; expected more than {}",
        "the bond is {} BTT, and the list of candidates is full; expected more than {} BTT",
    ),
    // Treasury.
    (
        "an offer of up to {} for 1,000,000 base units of BTK pays more{_}set `high` to at most {}",
        "an offer of up to {} BTT for a BTK pays more{_}set `high` to at most {} BTT",
    ),
    (
        "{} are worth {} at the present bid; the seller expects at least {}",
        "{} tokens are worth {} BTT at the present bid; the seller expects at least {} BTT",
    ),
    (
        "of the period has {} left, and {} was asked for",
        "of the period has {} BTT left, and {} BTT was asked for",
    ),
    (
        "the treasury can pay {}; expected at least {}",
        "the treasury can pay {} BTT; expected at least {} BTT",
    ),
    // Rewards.
    ("the formula comes to less than {} base units", "the formula comes to less than {} BTT"),
    (
        "the limit of all patients is {} a day, that of one patient {}; expected",
        "the limit of all patients is {} BTT a day, that of one patient {} BTT; expected",
    ),
    (
        "a patient's amount of the day is {}, of which {} are used; this would be {} more",
        "a patient's amount of the day is {} BTT, of which {} BTT are used; this would be {} BTT more",
    ),
    (
        "the amount of all patients of the day is {}, of which {} are used; this would be {} more",
        "the amount of all patients of the day is {} BTT, of which {} BTT are used; this would be {} BTT more",
    ),
    ("the budget is {}; expected at least {}", "the budget is {} BTT; expected at least {} BTT"),
    // Time bank.
    (
        "{} base units are not needed to back credits; expected at least {}",
        "{} BTT are not needed to back credits; expected at least {} BTT",
    ),
    (
        "price {} times {_} workers is more than credits can pay",
        "price {} BTT times {_} workers is more than credits can pay",
    ),
    // Tokens.
    (
        "amount {} on top of {} ever minted exceeds the cap; expected at most {} more",
        "amount {} on top of {} ever minted exceeds the cap; expected at most {} more",
    ),
    (
        "amount {} exceeds the balance of {_}; expected at most {}",
        "amount {} exceeds the balance of {_}; expected at most {}",
    ),
    (
        "amount {} exceeds what {_} allows {_}; expected at most {}",
        "amount {} exceeds what {_} allows {_}; expected at most {}",
    ),
];

/// The text of an error, with the amounts of a contract's refusal in tokens. Any other text stays as it is.
#[must_use]
pub fn in_tokens(text: &str) -> String {
    let Some((before, refusal)) = text.find(REFUSES).map(|at| text.split_at(at)) else {
        return text.to_owned();
    };
    let said = TEXTS.iter().find_map(|(from, to)| said(refusal, from, to));
    said.map_or_else(|| text.to_owned(), |said| format!("{before}{said}"))
}

/// A part of a text of [`TEXTS`].
enum Part<'a> {
    Text(&'a str),
    Amount,
    Any,
}

fn parts(mut text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    while let Some((before, after)) = text.split_once('{') {
        parts.push(Part::Text(before));
        let (hole, rest) = after.split_once('}').unwrap_or((after, ""));
        parts.push(if hole.is_empty() { Part::Amount } else { Part::Any });
        text = rest;
    }
    parts.push(Part::Text(text));
    parts
}

/// `text` with the first place that reads like `from` written like `to`.
fn said(text: &str, from: &str, to: &str) -> Option<String> {
    let from = parts(from);
    let found = |(at, _)| {
        let (before, rest) = text.split_at(at);
        read(rest, &from).map(|(values, after)| (before, values, after))
    };
    let (before, values, after) = text.char_indices().find_map(found)?;
    let mut values = values.into_iter();
    let mut written = before.to_owned();
    for part in parts(to) {
        match part {
            Part::Text(text) => written.push_str(text),
            Part::Amount => written.push_str(show_in(values.next()?.parse().ok()?, "").trim_end()),
            Part::Any => written.push_str(values.next()?),
        }
    }
    written.push_str(after);
    Some(written)
}

/// What the holes of `parts` stand for at the beginning of `text`, and what follows.
fn read<'a>(mut text: &'a str, parts: &[Part<'_>]) -> Option<(Vec<&'a str>, &'a str)> {
    let mut values = Vec::new();
    let mut parts = parts.iter().peekable();
    while let Some(part) = parts.next() {
        let length = match (part, parts.peek()) {
            (Part::Text(literal), _) => {
                text = text.strip_prefix(literal)?;
                continue;
            }
            (Part::Amount, _) => text.bytes().take_while(u8::is_ascii_digit).count(),
            (Part::Any, Some(Part::Text(next))) => text.find(next)?,
            (Part::Any, _) => return None,
        };
        let (value, rest) = text.split_at(length);
        if value.is_empty() {
            return None;
        }
        values.push(value);
        text = rest;
    }
    Some((values, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_have_the_same_holes() {
        for (from, to) in TEXTS {
            let holes = |text| {
                let amounts = parts(text).iter().filter(|part| matches!(part, Part::Amount)).count();
                let others = parts(text).iter().filter(|part| matches!(part, Part::Any)).count();
                (amounts, others)
            };
            assert_eq!(holes(from), holes(to), "{from}");
            assert!(holes(from).0 > 0, "{from}");
            // What stands for any text ends where the next one begins.
            assert!(!from.contains("{_}{") && !from.ends_with("{_}"), "{from}");
        }
    }

    #[test]
    fn only_what_a_contract_refuses_is_said_otherwise() {
        let bond = "the bond is 99000000; expected at least 100000000";
        assert_eq!(in_tokens(bond), bond);
        assert_eq!(
            in_tokens(&format!("joining: the contract refuses: {bond}: dispatch")),
            "joining: the contract refuses: the bond is 99 BTT; expected at least 100 BTT: dispatch"
        );
        for other in
            ["the contract refuses: paused", "the contract refuses: the bond is ; expected at least 1", ""]
        {
            assert_eq!(in_tokens(other), other);
        }
        // More digits than an amount has.
        let long = format!("the contract refuses: the budget is {}; expected at least 1", "9".repeat(60));
        assert_eq!(in_tokens(&long), long);
        let thousands = "the contract refuses the query: amount 1500000000 exceeds what bithive1é allows a; expected at most 1";
        assert!(
            in_tokens(thousands)
                .contains("amount 1,500 exceeds what bithive1é allows a; expected at most 0.000001")
        );
    }
}
