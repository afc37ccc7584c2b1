//! Published vectors: BIP-39's seeds, BIP-32's paths, a Cosmos address, Argon2id.

use bithive_keystore::{Keystore, Mnemonic, names};
use cosmrs::crypto::secp256k1::SigningKey;

const TWELVE: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const TWENTY_FOUR: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
                           abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
                           abandon art";

fn cosmos_address(words: &str) -> String {
    let secret = Mnemonic::parse(words).unwrap().seed().account().unwrap().to_bytes();
    SigningKey::from_slice(&*secret).unwrap().public_key().account_id("cosmos").unwrap().to_string()
}

/// The address that Keplr, gaiad and every other wallet with coin type 118 shows for the list of words that most
/// tests of wallets use.
#[test]
fn the_account_of_known_words_is_the_one_that_other_wallets_show() {
    assert_eq!(cosmos_address(TWELVE), "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4");
    assert_eq!(cosmos_address(TWENTY_FOUR), "cosmos1r5v5srda7xfth3hn2s26txvrcrntldjumt8mhl");
}

/// BIP-32, test vector 1, chain m/0'/1/2'/2/1000000000.
#[test]
fn children_of_a_seed_are_those_of_bip_32() {
    use cosmrs::bip32::{Prefix, XPrv};
    let seed = hex::decode("000102030405060708090a0b0c0d0e0f").unwrap();
    let child = XPrv::derive_from_path(seed, &"m/0'/1/2'/2/1000000000".parse().unwrap()).unwrap();
    assert_eq!(
        child.to_string(Prefix::XPRV).as_str(),
        "xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8kmHScGpWmj4WggLyQjgPie1rFSruoUihUZREPSL39UNdE3BBDu76"
    );
}

/// BIP-39's vectors with the passphrase TREZOR, through the crate that reads the words.
#[test]
fn seeds_of_words_are_those_of_bip_39() {
    let mnemonic = bip39::Mnemonic::parse_in_normalized(bip39::Language::English, TWELVE).unwrap();
    let expected = "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf1416\
                    30c7a3c4ab7c81b2f001698e7463b04";
    assert_eq!(hex::encode(mnemonic.to_seed_normalized("TREZOR")), expected);
    let mnemonic = bip39::Mnemonic::parse_in_normalized(bip39::Language::English, TWENTY_FOUR).unwrap();
    let expected = "bda85446c68413707090a52022edd26a1c9462295029f2e60cd7c4f2bbd3097170af7a4d73245cafa9c3cca8d561a7c3d\
                    e6f5d4a10be8ed2a5e608d68f92fcc8";
    assert_eq!(hex::encode(mnemonic.to_seed_normalized("TREZOR")), expected);
}

/// The reference implementation's tests for Argon2id version 0x13, but the one that takes 256 MiB. RFC 9106, section
/// 5.3, has a secret and associated data, which keystores have not.
#[test]
fn argon2id_is_the_reference_implementations() {
    use argon2::{Algorithm, Argon2, Params, Version};
    let mut count = 0;
    for case in bithive_vectors::cases(include_str!("../../../../../testing/vectors/argon2id.json")) {
        let number = |field| u32::try_from(case.number(field)).unwrap();
        let memory = 1 << number("memory_log2_kib");
        if memory > 64 << 10 {
            continue;
        }
        let params = Params::new(memory, number("iterations"), number("parallelism"), Some(32)).unwrap();
        let mut key = [0; 32];
        let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        hash.hash_password_into(case.text("password").as_bytes(), case.text("salt").as_bytes(), &mut key)
            .unwrap();
        assert_eq!(Some(key), case.array("hash"), "{case:?}");
        count += 1;
    }
    assert_eq!(count, 7);
}

/// RFC 9106, section 5.3.
#[test]
fn argon2id_is_that_of_rfc_9106() {
    use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
    let mut params = ParamsBuilder::new();
    params.m_cost(32).t_cost(3).p_cost(4).data(AssociatedData::new(&[4; 12]).unwrap());
    let (secret, params) = ([3; 8], params.build().unwrap());
    let hash = Argon2::new_with_secret(&secret, Algorithm::Argon2id, Version::V0x13, params).unwrap();
    let mut key = [0; 32];
    hash.hash_password_into(&[1; 32], &[2; 16], &mut key).unwrap();
    assert_eq!(hex::encode(key), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

/// Golden: another derivation would leave whoever restores from words without their node. The values are those of an
/// implementation of the module's documentation in another language.
#[test]
fn every_key_of_known_words_stays_what_it_is() {
    let keystore = Keystore::from_mnemonic(&Mnemonic::parse(TWENTY_FOUR).unwrap()).unwrap();
    let public: Vec<_> =
        keystore.entries().map(|entry| (entry.name.as_str(), entry.public.as_str())).collect();
    assert_eq!(
        public,
        [
            (names::MNEMONIC, "24 words"),
            (names::ACCOUNT, "bithive1r5v5srda7xfth3hn2s26txvrcrntldjucl4jkt"),
            (names::ENDPOINT, "4d56b32980885d544f7874eaffeaec2dc588eb775654b745e0195f9fd7c33c2f"),
            (
                names::BLS,
                "89a59d76a78332681ee26fb0c8a9d8b67434036945d673c95c15b0036a21f94dc788d58fa8ab7677102d3ffb2baff096"
            ),
        ]
    );
    let seed = Mnemonic::parse(TWENTY_FOUR).unwrap().seed();
    assert_eq!(
        hex::encode(*seed.attributes_nonce()),
        "b19a00c555c149161b63c812ed09a9b166ab221934c17f9bee495aef84d5c46b"
    );
    let mut first = [0; 16];
    rand_core::Rng::fill_bytes(&mut seed.broadcast_rng(&[7; 32], 3), &mut first);
    assert_eq!(hex::encode(first), "3680071d4348eba1ac7c1f00c490c332");
}
