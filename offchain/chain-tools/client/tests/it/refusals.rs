//! Every amount in what a contract refuses is said in tokens: the texts are the contracts' own.

use bithive_client::refusal::in_tokens;
use cosmwasm_std::Uint128;

const fn tokens(tenths: u128) -> Uint128 {
    Uint128::new(tenths * 100_000)
}

/// What is said of an error of a contract, without what every refusal begins with.
fn said(error: impl std::fmt::Display) -> String {
    let said = in_tokens(&format!("the contract refuses: {error}"));
    said.strip_prefix("the contract refuses: ").unwrap().to_owned()
}

#[test]
fn amounts_of_the_market_and_the_registry_are_in_tokens() {
    use bithive_jobs::ContractError as Jobs;
    use bithive_registry::ContractError as Registry;
    let address = String::from("bithive1node");
    let cases = [
        (said(Jobs::PriceOverflow { price: tokens(15), workers: 3 }), "price 1.5 BTT times 3 workers"),
        (
            said(Jobs::Ask { slot: 7, found: tokens(205), most: tokens(200) }),
            "ask of the worker at slot 7 is 20.5 BTT; expected more than 0 and at most 20 BTT",
        ),
        (
            said(Jobs::AskSum { found: tokens(12_340), escrow: tokens(600) }),
            "asks sum to 1,234 BTT; expected at most the escrow 60 BTT",
        ),
        (
            said(Jobs::BondBound { slot: 2, address, bond: tokens(1_000), open: 3, each: tokens(255) }),
            "its bond 100 BTT must cover 25.5 BTT for each and one more: choose another node",
        ),
        (
            said(Jobs::KeptAsk { slot: 2, found: tokens(110), expected: tokens(55) }),
            "asks 11 BTT; expected what is left of its ask, 5.5 BTT",
        ),
        (
            said(Registry::BondTooSmall { found: tokens(5), least: tokens(1_000) }),
            "the bond is 0.5 BTT; expected at least 100 BTT",
        ),
        (
            said(Registry::ListFull { found: tokens(10), least: tokens(20) }),
            "the bond is 1 BTT, and the list of candidates is full; expected more than 2 BTT",
        ),
    ];
    for (text, expected) in cases {
        assert!(text.contains(expected), "{text}\n  expected: {expected}");
    }
}

#[test]
fn amounts_of_pools_are_in_tokens() {
    use bithive_rewards::ContractError as Rewards;
    use bithive_timebank::ContractError as TimeBank;
    use bithive_treasury::ContractError as Treasury;
    let [available, amount] = [tokens(50), tokens(75)];
    let cases = [
        (said(Treasury::BidAboveCost { high: tokens(6) }), "an offer of up to 0.6 BTT for a BTK pays more"),
        (said(Treasury::BidAboveCost { high: tokens(6) }), "set `high` to at most 0.5 BTT"),
        (
            said(Treasury::BidTooLow { amount: tokens(100), worth: tokens(1), least: tokens(2) }),
            "10 tokens are worth 0.1 BTT at the present bid; the seller expects at least 0.2 BTT",
        ),
        (
            said(Treasury::PeriodLimit { bound: "spending", left: available, amount, seconds: 60 }),
            "spending of the period has 5 BTT left, and 7.5 BTT was asked for; a period is 60 s",
        ),
        (
            said(Treasury::Funds { available, amount }),
            "the treasury can pay 5 BTT; expected at least 7.5 BTT",
        ),
        (
            said(Rewards::NothingEarned { least: tokens(5) }),
            "the formula comes to less than 0.5 BTT; expected",
        ),
        (
            said(Rewards::Limits { total: available, patient: amount }),
            "the limit of all patients is 5 BTT a day, that of one patient 7.5 BTT; expected",
        ),
        (said(Rewards::Funds { available, amount }), "the budget is 5 BTT; expected at least 7.5 BTT"),
        (
            said(TimeBank::Funds { available, amount }),
            "5 BTT are not needed to back credits; expected at least 7.5 BTT",
        ),
        (said(TimeBank::PriceOverflow { price: amount, workers: 3 }), "price 7.5 BTT times 3 workers"),
    ];
    for (text, expected) in cases {
        assert!(text.contains(expected), "{text}\n  expected: {expected}");
    }
    let limits = ["a patient's amount", "the amount of all patients"];
    for limit in limits {
        let text = said(Rewards::DailyLimit { limit, most: available, used: tokens(10), amount });
        let expected =
            format!("{limit} of the day is 5 BTT, of which 1 BTT are used; this would be 7.5 BTT more");
        assert!(text.starts_with(&expected), "{text}");
    }
    // A number of rewards is no amount.
    let one = Uint128::one();
    let count =
        Rewards::DailyLimit { limit: "a patient's number of rewards", most: one, used: one, amount: one };
    assert!(said(count).starts_with("a patient's number of rewards of the day is 1, of which 1 are used"));
}

#[test]
fn amounts_of_tokens_are_as_people_write_them() {
    use bithive_token::ContractError as Token;
    let [amount, less] = [tokens(125), tokens(120)];
    let [address, owner, spender] = ["bithive1a", "bithive1b", "bithive1c"].map(String::from);
    let cases = [
        (
            said(Token::CapExceeded { amount, minted: tokens(10_000), room: less }),
            "amount 12.5 on top of 1,000 ever minted exceeds the cap; expected at most 12 more",
        ),
        (
            said(Token::InsufficientBalance { address, amount, balance: less }),
            "amount 12.5 exceeds the balance of bithive1a; expected at most 12",
        ),
        (
            said(Token::InsufficientAllowance { owner, spender, amount, allowance: less }),
            "amount 12.5 exceeds what bithive1b allows bithive1c; expected at most 12",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(text, expected);
    }
}
