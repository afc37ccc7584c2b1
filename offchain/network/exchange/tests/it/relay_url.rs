//! URLs of relays.

use bithive_exchange::{NotARelayUrl, RelayUrl};

#[test]
fn a_relay_keeps_the_text_that_it_was_written_with() {
    for text in ["https://relay.example:3340", "http://127.0.0.1:80/", "https://[::1]"] {
        let relay: RelayUrl = text.parse().unwrap();
        assert_eq!((relay.as_str(), relay.to_string().as_str()), (text, text));
        assert!(relay.url().host_str().is_some(), "{text}");
    }
}

#[test]
fn what_no_endpoint_could_connect_to_is_no_relay() {
    for (text, problem) in [
        ("relay", "neither http:// nor https://"),
        ("ftp://relay.example", "neither http:// nor https://"),
        ("https://", "whose host is no DNS name"),
        ("https://Relay.example", "in lower case"),
        ("https://relay.example/path", "whose host is no DNS name"),
        ("https://relay.example:0", "whose port is not 1 to 65535"),
        ("https://1.2.3.999", "whose host is no address"),
    ] {
        let refused: NotARelayUrl = text.parse::<RelayUrl>().unwrap_err();
        assert!(refused.problem.contains(problem), "{text}: {refused}");
        assert!(refused.to_string().contains("like https://relay.example:3340"), "{refused}");
    }
}
