//! What a link may say, and that it says it in one way.

use proptest::prelude::*;

use super::*;

const KEY: &str = "000102030405060708090a0b0c0d0e0f";

fn parse(text: &str) -> Result<Request, LinkError> {
    Request::parse(text)
}

#[test]
fn a_link_names_chain_offer_key_and_referrer() {
    let text = format!("https://pay.example/shop/pay#chain=bithive-1&offer=7&key={KEY}&referrer=bee1abc");
    let link = Link::parse(&text).unwrap();
    let request = link.request();
    assert_eq!((link.page(), request.chain(), request.offer()), ("https://pay.example/shop", "bithive-1", 7));
    assert_eq!(request.key(), Some((0..16).collect::<Vec<u8>>().as_slice()));
    assert_eq!(request.referrer(), Some("bee1abc"));
    assert_eq!(link.to_string(), text);
    let made = Request::new("bithive-1", 7).unwrap().with_key(&(0..16).collect::<Vec<_>>()).unwrap();
    let made = made.with_referrer("bee1abc").unwrap();
    assert_eq!(Link::new("https://pay.example/shop/", made), Ok(link));
}

#[test]
fn key_and_referrer_may_be_left_out() {
    for text in ["chain=a&offer=1", "chain=a&offer=1&referrer=x", &format!("chain=a&offer=1&key={KEY}")] {
        assert_eq!(parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn unknown_repeated_missing_and_misplaced_parameters_are_refused() {
    let unknown = |found: &str| Err(LinkError::Unknown { found: found.into() });
    assert_eq!(parse("chain=a&offer=1&amount=5"), unknown("amount"));
    assert_eq!(parse("chain=a&offer=1&"), unknown(""));
    assert_eq!(parse("CHAIN=a&offer=1"), unknown("CHAIN"));
    assert_eq!(parse("chain=a&offer=1&offer=2"), Err(LinkError::Repeated { name: "offer" }));
    assert_eq!(parse("chain=a&chain=a&offer=2"), Err(LinkError::Repeated { name: "chain" }));
    assert_eq!(parse("offer=1"), Err(LinkError::Missing { name: "chain" }));
    assert_eq!(parse("chain=a"), Err(LinkError::Missing { name: "offer" }));
    assert_eq!(parse("offer=1&chain=a"), Err(LinkError::Order { name: "chain" }));
    let misplaced = format!("chain=a&key={KEY}&offer=1");
    assert_eq!(parse(&misplaced), Err(LinkError::Order { name: "offer" }));
}

#[test]
fn a_value_has_one_text() {
    let short = &KEY[1..];
    let upper = KEY.to_uppercase();
    let odd = format!("{KEY}0");
    let long = "00".repeat(65);
    for (name, text) in [
        ("offer", "chain=a&offer=0".to_owned()),
        ("offer", "chain=a&offer=01".into()),
        ("offer", "chain=a&offer=+1".into()),
        ("offer", "chain=a&offer=".into()),
        ("offer", "chain=a&offer=18446744073709551616".into()),
        ("chain", "chain=&offer=1".into()),
        ("chain", "chain=a%20b&offer=1".into()),
        ("chain", format!("chain={}&offer=1", "a".repeat(65))),
        ("key", format!("chain=a&offer=1&key={short}")),
        ("key", format!("chain=a&offer=1&key={upper}")),
        ("key", format!("chain=a&offer=1&key={odd}")),
        ("key", format!("chain=a&offer=1&key={long}")),
        ("key", "chain=a&offer=1&key=".into()),
        ("referrer", "chain=a&offer=1&referrer=".into()),
        ("referrer", "chain=a&offer=1&referrer=A".into()),
        ("referrer", format!("chain=a&offer=1&referrer={}", "a".repeat(91))),
    ] {
        let error = parse(&text);
        assert!(
            matches!(error, Err(LinkError::Value { name: found, .. }) if found == name),
            "{text}: {error:?}"
        );
    }
}

#[test]
fn a_page_is_reached_by_https_or_on_this_machine() {
    let request = Request::new("a", 1).unwrap();
    for page in [
        "https://a",
        "https://a.example:8443/x",
        "http://localhost",
        "http://127.0.0.1:8080",
        "http://[::1]:80/x",
    ] {
        let link = Link::new(page, request.clone()).unwrap();
        assert_eq!(Link::parse(&link.to_string()), Ok(link));
    }
    for page in [
        "",
        "a",
        "https://",
        "https:///x",
        "http://a.example",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://127.0.0.1@a.example",
        "https://me@a.example",
        "https://a.example?x=1",
        "https://a.example#x",
        "https://a.example//",
        "javascript://a",
        "https://a b",
    ] {
        assert!(matches!(Link::new(page, request.clone()), Err(LinkError::Page { .. })), "{page}");
    }
    assert!(matches!(Link::parse("https://a.example/#chain=a&offer=1"), Err(LinkError::Page { .. })));
    let long = format!("https://a.example/{}", "x".repeat(MAX_LINK_BYTES));
    assert!(matches!(Link::new(&long, request), Err(LinkError::TooLong { .. })));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        chain in "[A-Za-z0-9._-]{1,64}", offer in 1u64.., key in prop::option::of(prop::collection::vec(any::<u8>(), 16..=64)),
        referrer in prop::option::of("[a-z0-9]{1,90}"),
    ) {
        let mut request = Request::new(&chain, offer).unwrap();
        if let Some(key) = &key {
            request = request.with_key(key).unwrap();
        }
        if let Some(referrer) = &referrer {
            request = request.with_referrer(referrer).unwrap();
        }
        prop_assert_eq!(parse(&request.to_string()), Ok(request));
    }

    #[test]
    fn what_is_read_is_written_as_it_was(text in "(chain|offer|key|referrer|=|&|[a-f0-9]{32}|1|a){0,14}") {
        if let Ok(request) = parse(&text) {
            prop_assert_eq!(request.to_string(), text);
        }
    }
}
