//! The headers, as others write them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bithive_x402::header::{HeaderError, MAX_BYTES, decode, encode};
use bithive_x402::{
    Accepted, Amount, ChannelState, Charge, Code, Digest, EXACT, Exact, Extra, MAX_TRANSACTION, PaidBy,
    Payment, PaymentRequired, Proof, ProofError, Resource, Settled, Signature, Voucher, VoucherState,
};
use serde_json::{Value, json};

pub fn accepted() -> Accepted {
    Accepted {
        scheme: "batch-settlement".into(),
        network: "cosmos:bithive-1".into(),
        amount: Amount(10_000),
        asset: "cw20:bithive1btt".into(),
        pay_to: "bithive1payee".into(),
        max_timeout_seconds: 60,
        extra: Extra {
            contract: Some("bithive1flows".into()),
            withdraw_delay: Some(3_600),
            min_deposit: Some(Amount(1_000_000)),
            ..Extra::default()
        },
    }
}

pub fn required() -> PaymentRequired {
    let resource =
        Resource { url: "https://model.example/predict".into(), description: None, mime_type: None };
    PaymentRequired { version: 2, error: None, resource, accepts: vec![accepted()] }
}

fn voucher() -> Voucher {
    Voucher {
        chain_id: "bithive-1".into(),
        contract: "bithive1flows".into(),
        flow: 7,
        cumulative: Amount(20_000),
        signature: Signature([7; 64]),
    }
}

/// A way to pay by a transaction for each request.
fn by_offer() -> Accepted {
    let extra = Extra {
        contract: Some("bithive1checkout".into()),
        offer: Some(7),
        request: Some(Digest([5; 32])),
        ..Extra::default()
    };
    Accepted { scheme: EXACT.into(), extra, ..accepted() }
}

fn said(header: &str) -> Value {
    serde_json::from_slice(&STANDARD.decode(header).unwrap()).unwrap()
}

#[test]
fn a_header_is_base64_of_the_json_that_the_protocol_has() {
    let json = said(&encode(&required()).unwrap());
    assert_eq!(
        json,
        json!({
            "x402Version": 2,
            "resource": { "url": "https://model.example/predict" },
            "accepts": [{
                "scheme": "batch-settlement",
                "network": "cosmos:bithive-1",
                "amount": "10000",
                "asset": "cw20:bithive1btt",
                "payTo": "bithive1payee",
                "maxTimeoutSeconds": 60,
                "extra": { "contract": "bithive1flows", "withdrawDelay": 3600, "minDeposit": "1000000" },
            }],
        })
    );
    let payment = Payment::with_voucher(None, accepted(), voucher());
    let json = said(&encode(&payment).unwrap());
    assert_eq!(json["payload"]["type"], "voucher");
    assert_eq!(json["payload"]["voucher"]["cumulative"], "20000");
    assert_eq!(json["payload"]["voucher"]["flow"], 7);
    let refused = said(&encode(&Settled::refused("cosmos:bithive-1".into(), Code::Deposit)).unwrap());
    let expected = json!({ "success": false, "errorReason": "insufficient_funds", "transaction": "", "network": "cosmos:bithive-1" });
    assert_eq!(refused, expected);
}

#[test]
fn what_is_read_is_what_was_written() {
    let state = ChannelState {
        channel_id: "7".into(),
        balance: Amount(u128::MAX),
        total_claimed: Amount(0),
        charged_cumulative_amount: Amount(20_000),
    };
    let mut required = required();
    required.error = Some(Code::Cumulative.to_string());
    required.accepts[0].extra.channel_state = Some(state.clone());
    required.accepts[0].extra.voucher_state =
        Some(VoucherState { signed_max_claimable: Amount(20_000), signature: Signature([1; 64]) });
    assert_eq!(decode::<PaymentRequired>(encode(&required).unwrap().as_bytes()), Ok(required.clone()));
    let payment = Payment::with_voucher(Some(required.resource), accepted(), voucher());
    let read: Payment = decode(encode(&payment).unwrap().as_bytes()).unwrap();
    assert_eq!(read, payment);
    assert_eq!(read.proof(), Ok(Proof::Voucher(voucher())));
    let charge = Charge { charged_amount: Amount(10_000), channel_state: Some(state), receipt: None };
    let settled = Settled::taken("cosmos:bithive-1".into(), "bithive1payer".into(), None, charge);
    assert_eq!(decode::<Settled>(encode(&settled).unwrap().as_bytes()), Ok(settled));
}

#[test]
fn a_payment_on_the_chain_is_a_transaction_or_a_receipt_and_the_salt_of_its_key() {
    let json = said(&encode(&PaymentRequired { accepts: vec![by_offer()], ..required() }).unwrap());
    let extra = json!({ "contract": "bithive1checkout", "offer": 7, "request": "05".repeat(32) });
    assert_eq!(json["accepts"][0]["extra"], extra);
    let salt = Digest([9; 32]);
    for (by, payload) in [
        (
            PaidBy::Transaction(vec![1, 2, 3]),
            json!({ "type": "transaction", "transaction": "AQID", "salt": salt }),
        ),
        (
            PaidBy::Receipt("bithive1payer".into()),
            json!({ "type": "receipt", "payer": "bithive1payer", "salt": salt }),
        ),
    ] {
        let exact = Exact { by, salt };
        let payment = Payment::with_exact(None, by_offer(), exact.clone());
        assert_eq!(said(&encode(&payment).unwrap())["payload"], payload);
        let read: Payment = decode(encode(&payment).unwrap().as_bytes()).unwrap();
        assert_eq!(read.proof(), Ok(Proof::Exact(exact)));
        for name in ["salt", "type"] {
            let mut less = payment.clone();
            less.payload.as_object_mut().unwrap().remove(name);
            assert!(matches!(less.proof(), Err(ProofError::Payload(_))), "{name}");
        }
        let mut more = payment.clone();
        more.payload["more"] = json!(1);
        assert!(
            matches!(more.proof(), Err(ProofError::Payload(_))),
            "a payment has nothing that nobody reads"
        );
        // What proves one scheme proves no other.
        let other = Payment { accepted: accepted(), ..payment };
        assert!(matches!(other.proof(), Err(ProofError::Payload(_))));
    }
    let of =
        |bytes| Payment::with_exact(None, by_offer(), Exact { by: PaidBy::Transaction(bytes), salt }).proof();
    assert!(of(vec![1; MAX_TRANSACTION]).is_ok());
    for bytes in [vec![], vec![1; MAX_TRANSACTION + 1]] {
        assert!(matches!(of(bytes), Err(ProofError::Payload(_))));
    }
    let charge = Charge { charged_amount: Amount(10_000), channel_state: None, receipt: Some(3) };
    let settled =
        Settled::taken("cosmos:bithive-1".into(), "bithive1payer".into(), Some("AB".into()), charge);
    let json = said(&encode(&settled).unwrap());
    assert_eq!(json["extra"], json!({ "chargedAmount": "10000", "receipt": 3 }));
    assert_eq!(json["transaction"], "AB");
}

/// The example of `specs/transports-v2/http.md`, another scheme on another network, with members that this crate does not have.
#[test]
fn a_server_of_others_is_read_and_its_payment_proves_nothing_here() {
    let accepted = json!({
        "scheme": "exact", "network": "eip155:84532", "amount": "10000",
        "asset": "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
        "payTo": "0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
        "maxTimeoutSeconds": 60, "extra": { "name": "USDC", "version": "2" },
    });
    let text = json!({
        "x402Version": 2, "error": "PAYMENT-SIGNATURE header is required",
        "resource": { "url": "https://api.example.com/premium-data", "description": "Access to premium market data", "mimeType": "application/json" },
        "accepts": [accepted.clone()], "extensions": {},
    });
    let required: PaymentRequired = decode(STANDARD.encode(text.to_string()).as_bytes()).unwrap();
    assert_eq!(required.accepts[0].extra, Extra::default());
    let payment = json!({ "x402Version": 2, "accepted": accepted, "payload": { "signature": "0x2d" } });
    let payment: Payment = decode(STANDARD.encode(payment.to_string()).as_bytes()).unwrap();
    // The scheme has the name of one here, and another form on that network.
    assert!(matches!(payment.proof(), Err(ProofError::Payload(_))));
    let other =
        Payment { accepted: Accepted { scheme: "upto".into(), ..payment.accepted.clone() }, ..payment };
    assert_eq!(other.proof(), Err(ProofError::Scheme));
}

#[test]
fn what_is_no_header_is_refused() {
    let read = |text: &[u8]| decode::<Payment>(text).unwrap_err();
    assert_eq!(read(&vec![b'A'; MAX_BYTES + 1]), HeaderError::TooLong { found: MAX_BYTES + 1 });
    for text in [&b"%"[..], b"AAA", b"e30", b"e3 0=", b"\xff\xff\xff\xff"] {
        assert_eq!(read(text), HeaderError::Base64, "{text:?}");
    }
    let deep = STANDARD.encode(format!("{}{}", "[".repeat(1_000), "]".repeat(1_000)));
    for text in [STANDARD.encode("{}"), STANDARD.encode("1"), deep] {
        assert!(matches!(read(text.as_bytes()), HeaderError::Json(_)), "{text}");
    }
    let long = Resource { url: "x".repeat(MAX_BYTES), description: None, mime_type: None };
    assert!(matches!(encode(&long), Err(HeaderError::TooLong { .. })));
}

#[test]
fn a_voucher_of_another_form_proves_nothing() {
    let sound = Payment::with_voucher(None, accepted(), voucher());
    let with = |path: &str, value: Value| {
        let mut payment = sound.clone();
        *payment.payload.pointer_mut(path).unwrap() = value;
        payment.proof()
    };
    for (path, value) in [
        ("/type", json!("deposit")),
        ("/voucher/flow", json!(-1)),
        ("/voucher/flow", json!("7")),
        ("/voucher/cumulative", json!(20_000)),
        ("/voucher/cumulative", json!("020000")),
        ("/voucher/signature", json!("07".repeat(63))),
        ("/voucher/signature", json!("AA".repeat(64))),
    ] {
        assert!(matches!(with(path, value.clone()), Err(ProofError::Payload(_))), "{path} {value}");
    }
    let mut more = sound.clone();
    more.payload["voucher"]["more"] = json!(1);
    assert!(matches!(more.proof(), Err(ProofError::Payload(_))), "a voucher has nothing unsigned");
    assert_eq!(Payment { version: 1, ..sound }.proof(), Err(ProofError::Version(1)));
}
