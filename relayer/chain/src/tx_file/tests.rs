//! The form of the file, and what of it is refused.

use super::*;
use crate::TxHash;
use cosmrs::{
    bank::MsgSend,
    proto::cosmos::tx::v1beta1::{AuthInfo, TxBody, TxRaw},
    tx::Msg as _,
};
use serde_json::{Value, json};

// Computed by tests/vectors/check.py, which knows nothing of this crate.
const UNSIGNED: &str = include_str!("../../tests/vectors/tx_file_unsigned.json");
const SIGNED: &str = include_str!("../../tests/vectors/tx_file_signed.json");
const HASH: &str = "230AA5D25D18F68852CC82F23DBC685C281355FF05288AAFCC55815060F14D1B";

fn key(scalar: u8) -> SigningKey {
    let mut bytes = [0; 32];
    bytes[31] = scalar;
    SigningKey::from_bytes(&bytes).unwrap()
}

fn read(text: &str) -> TxFile {
    TxFile::from_json(text.as_bytes()).unwrap()
}

/// The file with one field set to another value, or removed where there is none.
fn with(text: &str, name: &str, value: Option<Value>) -> Result<TxFile, TxFileError> {
    let mut document: Value = serde_json::from_str(text).unwrap();
    let fields = document.as_object_mut().unwrap();
    match value {
        Some(value) => fields.insert(name.into(), value),
        None => fields.remove(name),
    };
    TxFile::from_json(document.to_string().as_bytes())
}

fn any_of(any: &Any) -> Value {
    json!([Binary::from(any.encode_to_vec())])
}

#[test]
fn a_file_is_what_its_documentation_says_and_signing_gives_the_known_bytes() {
    let unsigned = read(UNSIGNED);
    assert_eq!(unsigned.to_json().unwrap(), UNSIGNED);
    let signed = unsigned.sign(&key(1), false).unwrap();
    assert_eq!(signed.to_json().unwrap(), SIGNED);
    assert_eq!(read(SIGNED), signed);
    let tx = signed.signed().unwrap();
    assert_eq!((tx.hash.to_string(), tx.sequence), (HASH.to_owned(), 3));
    assert_eq!(TxHash::of(&tx.bytes), tx.hash);
}

#[test]
fn the_signed_transaction_is_one_to_cosmrs() {
    let tx = read(SIGNED).signed().unwrap();
    let raw = TxRaw::decode(tx.bytes.as_slice()).unwrap();
    let body = TxBody::decode(raw.body_bytes.as_slice()).unwrap();
    let auth = AuthInfo::decode(raw.auth_info_bytes.as_slice()).unwrap();
    let message = cosmrs::cosmwasm::MsgExecuteContract::from_any(&body.messages[0]).unwrap();
    assert_eq!(
        (message.sender.as_ref(), message.msg.as_slice()),
        (key(1).address(), &br#"{"claim":{"id":1}}"#[..])
    );
    assert_eq!((body.messages.len(), body.timeout_height, body.memo.as_str()), (1, 100, ""));
    let fee = auth.fee.unwrap();
    assert_eq!((fee.gas_limit, fee.amount[0].amount.as_str(), fee.payer.as_str()), (200_000, "5000", ""));
    assert_eq!(auth.signer_infos[0].sequence, 3);
    let Content::Known(Message::Execute { contract, msg, funds }) = read(SIGNED).messages().next().unwrap()
    else {
        panic!("a message that this crate makes is known");
    };
    assert_eq!((contract, msg, funds), (message.contract.to_string(), message.msg, vec![]));
}

#[test]
fn what_is_changed_after_signing_has_no_signature() {
    assert!(read(SIGNED).signed().is_ok());
    let other_message = {
        let message = MsgSend {
            from_address: key(1).account_id().clone(),
            to_address: key(2).account_id().clone(),
            amount: vec![cosmrs::Coin::new(1, "ubee").unwrap()],
        };
        any_of(&message.to_any().unwrap())
    };
    for (name, value) in [
        ("chain_id", json!("hive-2")),
        ("account_number", json!(8)),
        ("sequence", json!(4)),
        ("messages", other_message),
        ("gas_limit", json!(200_001)),
        ("fee", json!({ "denom": "ubee", "amount": "5001" })),
        ("fee", Value::Null),
        ("memo", json!("m")),
        ("timeout_height", json!(0)),
        ("signature", json!(Binary::from(vec![1; 64]))),
    ] {
        let changed = with(SIGNED, name, Some(value)).unwrap();
        assert!(matches!(changed.signed(), Err(TxFileError::BadSignature { .. })), "{name}");
    }
    assert_eq!(read(UNSIGNED).signed(), Err(TxFileError::NotSigned));
}

#[test]
fn only_the_sender_signs_and_only_once() {
    let refused = read(UNSIGNED).sign(&key(2), false).unwrap_err();
    let expected = TxFileError::OtherKey { sender: key(1).address().into(), key: key(2).address().into() };
    assert_eq!(refused, expected);
    assert_eq!(read(SIGNED).sign(&key(1), false), Err(TxFileError::Signed));
    let public = json!(Binary::from(key(2).public_key().to_bytes()));
    let other = with(UNSIGNED, "public_key", Some(public)).unwrap_err();
    assert!(other.to_string().contains(key(2).address()), "{other}");
}

#[test]
fn a_message_that_cannot_be_shown_is_signed_only_when_that_is_asked_for() {
    let known = read(UNSIGNED).messages.remove(0);
    let foreign = MsgSend {
        from_address: key(2).account_id().clone(),
        to_address: key(1).account_id().clone(),
        amount: vec![cosmrs::Coin::new(1, "ubee").unwrap()],
    };
    for any in [
        Any { type_url: "/cosmos.staking.v1beta1.MsgDelegate".into(), value: vec![1, 2, 3] },
        Any { value: [&known.value[..], &[0x78, 1]].concat(), ..known.clone() },
        Any { value: vec![0xff], ..known },
        foreign.to_any().unwrap(),
    ] {
        let file = with(UNSIGNED, "messages", Some(any_of(&any))).unwrap();
        let content = Content::Unknown { type_url: any.type_url.clone(), value: any.value.clone() };
        assert_eq!(file.messages().collect::<Vec<_>>(), [content]);
        let refused = file.clone().sign(&key(1), false).unwrap_err();
        assert_eq!(refused, TxFileError::UnknownMessage { index: 1, type_url: any.type_url });
        assert!(file.sign(&key(1), true).unwrap().signed().is_ok());
    }
}

#[test]
fn what_is_out_of_its_range_is_refused_by_name() {
    let ok = with(UNSIGNED, "memo", Some(json!("m"))).unwrap();
    assert_eq!(ok.memo(), "m");
    let message = read(UNSIGNED).messages.remove(0);
    let typed = |type_url: &str| any_of(&Any { type_url: type_url.into(), ..message.clone() });
    let long = [message.encode_to_vec(), vec![0x78, 1]].concat();
    for (name, value) in [
        ("format", json!("other")),
        ("chain_id", json!("")),
        ("chain_id", json!("a b")),
        ("chain_id", json!("x".repeat(51))),
        ("sender", json!("bithive1")),
        ("sender", json!("cosmos1w508d6qejxtdg4y5r3zarvary0c5xw7k8e76x7")),
        ("public_key", json!(Binary::from(vec![2; 32]))),
        ("public_key", json!(Binary::from(vec![0xff; 33]))),
        ("messages", json!([])),
        ("messages", Value::from(vec![json!(Binary::from(message.encode_to_vec())); 101])),
        ("messages", json!([Binary::from(long)])),
        ("messages", json!([Binary::from(vec![0xff])])),
        ("messages", typed("cosmos.bank.v1beta1.MsgSend")),
        ("messages", typed("/a\u{1b}[2J")),
        ("gas_limit", json!(0)),
        ("fee", json!({ "denom": "ubee", "amount": "0" })),
        ("fee", json!({ "denom": "u bee", "amount": "1" })),
        ("memo", json!("x".repeat(257))),
        ("timeout_height", json!(u64::MAX)),
        ("sign_mode", json!("SIGN_MODE_TEXTUAL")),
        ("signature", json!(Binary::from(vec![1; 63]))),
    ] {
        match with(UNSIGNED, name, Some(value)) {
            Err(TxFileError::Field { field, .. }) => assert_eq!(field, name),
            other => panic!("{name}: {other:?}"),
        }
    }
    let no_key = with(SIGNED, "public_key", None).unwrap_err();
    assert!(matches!(no_key, TxFileError::Field { field: "public_key", .. }), "{no_key}");
}

#[test]
fn malformed_oversized_and_later_files_are_refused() {
    for text in ["", "{", "[]", "null", "{}", &UNSIGNED[1..], &format!("{UNSIGNED}x")] {
        let refused = TxFile::from_json(text.as_bytes()).unwrap_err();
        assert!(matches!(refused, TxFileError::Malformed { .. }), "{text}: {refused}");
    }
    for (name, value) in [
        ("more", json!(1)),
        ("sequence", json!(-1)),
        ("sequence", json!("3")),
        ("messages", json!(["not base64!"])),
        ("fee", json!({ "denom": "ubee", "amount": "1", "payer": "x" })),
    ] {
        let refused = with(UNSIGNED, name, Some(value)).unwrap_err();
        assert!(matches!(refused, TxFileError::Malformed { .. }), "{name}: {refused}");
    }
    let twice = UNSIGNED.replace("\"sequence\": 3", "\"sequence\": 3, \"sequence\": 4");
    assert!(matches!(TxFile::from_json(twice.as_bytes()), Err(TxFileError::Malformed { .. })));
    // Fields of a later version are no reason to call the file malformed.
    let later = UNSIGNED.replace("\"version\": 1", "\"version\": 2, \"more\": 1");
    let expected = TxFileError::Version { found: 2, expected: 1 };
    assert_eq!(TxFile::from_json(later.as_bytes()), Err(expected));
    let padded = |length: usize| format!("{UNSIGNED}{}", " ".repeat(length - UNSIGNED.len()));
    assert!(TxFile::from_json(padded(MAX_BYTES).as_bytes()).is_ok());
    let refused = TxFile::from_json(padded(MAX_BYTES + 1).as_bytes());
    assert_eq!(refused, Err(TxFileError::TooLarge { most: MAX_BYTES }));
}

#[test]
fn a_raw_transaction_reads_back_as_the_file_that_made_it() {
    let signed = read(SIGNED);
    let bytes = signed.signed().unwrap().bytes;
    let raw = RawTx::parse(&bytes).unwrap();
    assert_eq!((raw.sender(), raw.memo(), raw.bytes()), (key(1).address(), "", &bytes[..]));
    assert_eq!(raw.hash().to_string(), HASH);
    assert_eq!(raw.messages().collect::<Vec<_>>(), signed.messages().collect::<Vec<_>>());
    assert_eq!(raw.signed_for(signed.chain_id(), signed.account().number), Ok(signed));
}

#[test]
fn a_raw_transaction_of_another_chain_or_account_or_that_says_more_is_not_signed() {
    let signed = read(SIGNED);
    let bytes = signed.signed().unwrap().bytes;
    let number = signed.account().number;
    let refused = |bytes: &[u8], chain_id: &str, number| match RawTx::parse(bytes) {
        Ok(raw) => matches!(raw.signed_for(chain_id, number), Err(TxFileError::BadSignature { .. })),
        Err(TxFileError::Field { .. } | TxFileError::Malformed { .. }) => true,
        Err(_) => false,
    };
    assert!(!refused(&bytes, signed.chain_id(), number));
    assert!(refused(&bytes, "hive-2", number));
    assert!(refused(&bytes, signed.chain_id(), number + 1));
    let raw = TxRaw::decode(bytes.as_slice()).unwrap();
    let here = |raw: TxRaw| refused(&raw.encode_to_vec(), signed.chain_id(), number);
    let body = TxBody::decode(raw.body_bytes.as_slice()).unwrap();
    let auth = AuthInfo::decode(raw.auth_info_bytes.as_slice()).unwrap();
    let of_body = |body: TxBody| TxRaw { body_bytes: body.encode_to_vec(), ..raw.clone() };
    assert!(here(of_body(TxBody { memo: "m".into(), ..body.clone() })));
    assert!(here(of_body(TxBody {
        messages: [&body.messages[..], &body.messages[..]].concat(),
        ..body.clone()
    })));
    assert!(here(of_body(TxBody { extension_options: body.messages.clone(), ..body.clone() })));
    assert!(here(of_body(TxBody { timeout_height: 1, ..body })));
    // What is signed and can't be shown: somebody else pays the fee.
    let with_granter = |granter: &str| {
        let fee = auth
            .fee
            .clone()
            .map(|fee| cosmrs::proto::cosmos::tx::v1beta1::Fee { granter: granter.into(), ..fee });
        let auth_info_bytes = AuthInfo { fee, ..auth.clone() }.encode_to_vec();
        let sign_doc = SignDoc {
            body_bytes: raw.body_bytes.clone(),
            auth_info_bytes: auth_info_bytes.clone(),
            chain_id: signed.chain_id().into(),
            account_number: number,
        };
        let signatures = vec![key(1).sign(&sign_doc.encode_to_vec()).unwrap()];
        TxRaw { auth_info_bytes, signatures, body_bytes: raw.body_bytes.clone() }
    };
    assert!(!here(with_granter("")), "signed as it is, it holds");
    assert!(here(with_granter(key(2).address())));
    for signatures in [vec![], vec![raw.signatures[0].clone(), raw.signatures[0].clone()], vec![vec![1; 64]]]
    {
        assert!(here(TxRaw { signatures, ..raw.clone() }));
    }
    // Not signed: a field that no version has, after those that are there.
    assert!(refused(&[&bytes[..], &[0x78, 1]].concat(), signed.chain_id(), number));
    assert!(refused(b"", signed.chain_id(), number));
    assert!(matches!(RawTx::parse(&[0xff; 64]), Err(TxFileError::Malformed { .. })));
    assert!(matches!(RawTx::parse(&vec![0; MAX_BYTES + 1]), Err(TxFileError::TooLarge { .. })));
}
