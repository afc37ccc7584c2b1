//! What a client pays, and what it does not.

use bithive_x402::{Amount, BATCH_SETTLEMENT, EXACT, Extra, Limits, PaymentRequired, Terms, TermsError};

use crate::headers::required;

const LIMITS: Limits<'static> = Limits {
    chain_id: "bithive-1",
    scheme: BATCH_SETTLEMENT,
    contract: "bithive1flows",
    price: 10_000,
    asset: "cw20:bithive1btt",
    notice: 86_400,
};

fn changed(change: impl Fn(&mut PaymentRequired)) -> PaymentRequired {
    let mut required = required();
    change(&mut required);
    required
}

#[test]
fn the_way_to_pay_within_the_limits_is_chosen() {
    let required = changed(|required| {
        let mut other = required.accepts[0].clone();
        other.scheme = "exact".into();
        required.accepts.insert(0, other);
    });
    let terms = Terms::choose(&required, &LIMITS).unwrap();
    assert_eq!((terms.price, terms.notice, terms.deposit), (10_000, 3_600, 1_000_000));
    assert_eq!(terms.accepted, required.accepts[1]);
    // Who pays by the other scheme names its contract, and holds no deposit.
    let exact = Limits { scheme: EXACT, contract: "bithive1checkout", notice: 0, ..LIMITS };
    assert!(matches!(Terms::choose(&required, &exact), Err(TermsError::NoWay { .. })), "another contract");
    let mut required = required;
    required.accepts[0].extra =
        Extra { contract: Some(exact.contract.into()), offer: Some(7), ..Extra::default() };
    let terms = Terms::choose(&required, &exact).unwrap();
    assert_eq!((terms.accepted.extra.offer, terms.deposit), (Some(7), 0));
}

#[test]
fn a_server_that_asks_for_more_or_elsewhere_is_not_paid() {
    let choose =
        |change: &dyn Fn(&mut PaymentRequired)| Terms::choose(&changed(change), &LIMITS).unwrap_err();
    let dear = choose(&|required| required.accepts[0].amount = Amount(10_001));
    assert_eq!(dear, TermsError::Price { asked: 10_001, limit: 10_000 });
    assert_eq!(choose(&|required| required.accepts[0].amount = Amount(0)), TermsError::Free);
    let long = choose(&|required| required.accepts[0].extra.withdraw_delay = Some(86_401));
    assert_eq!(long, TermsError::Notice { asked: 86_401, limit: 86_400 });
    assert_eq!(choose(&|required| required.version = 1), TermsError::Version(1));
    for change in [
        &(|required: &mut PaymentRequired| required.accepts.clear()) as &dyn Fn(&mut PaymentRequired),
        &|required| required.accepts[0].network = "cosmos:bithive-2".into(),
        &|required| required.accepts[0].asset = "cw20:bithive1other".into(),
        &|required| required.accepts[0].scheme = "exact".into(),
        &|required| required.accepts[0].extra.contract = Some("bithive1evil".into()),
        &|required| required.accepts[0].extra.contract = None,
    ] {
        assert!(matches!(choose(change), TermsError::NoWay { .. }));
    }
}

#[test]
fn what_a_server_repeats_is_what_it_said_before() {
    let first = Terms::choose(&required(), &LIMITS).unwrap();
    assert_eq!(first.hold(&first), Ok(()));
    let later = |change: &dyn Fn(&mut PaymentRequired)| Terms::choose(&changed(change), &LIMITS).unwrap();
    let cheaper = later(&|required| required.accepts[0].amount = Amount(9_999));
    assert_eq!(first.hold(&cheaper), Err(TermsError::Changed { what: "price" }));
    let other = later(&|required| required.accepts[0].pay_to = "bithive1thief".into());
    assert_eq!(first.hold(&other), Err(TermsError::Changed { what: "payee" }));
}

#[test]
fn a_message_repeats_little_of_what_a_server_says() {
    let long = changed(|required| {
        let mut accepted = required.accepts[0].clone();
        accepted.network = "x".repeat(10_000);
        required.accepts = vec![accepted; 100];
    });
    let message = Terms::choose(&long, &LIMITS).unwrap_err().to_string();
    assert!(message.len() < 1_500, "{}", message.len());
}
