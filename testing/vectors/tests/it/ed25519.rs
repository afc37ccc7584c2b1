//! Ed25519 of broadcasts.

use bithive_exchange::PeerId;
use bithive_vectors::{Case, cases};

/// A signature that has not 64 bytes is none.
fn holds(case: &Case, [key, message, signature]: [&str; 3]) -> bool {
    let origin = PeerId(case.array(key).unwrap());
    case.array(signature).is_some_and(|signature| origin.has_signed(&case.bytes(message), &signature))
}

#[test]
fn signatures_are_wycheproofs() {
    let mut counts = [0; 2];
    for case in cases(include_str!("../../ed25519.json")) {
        assert_eq!(holds(&case, ["key", "msg", "sig"]), case.is_valid(), "{case:?}");
        counts[usize::from(!case.is_valid())] += 1;
    }
    assert_eq!(counts, [88, 63]);
}

/// The edge cases on which implementations differ (ePrint 2020/1244, table 5). Keys and commitments of low order are
/// refused (0 to 2, 8 to 11), so is what only a multiplication by 8 makes right (4, 5), and a scalar that is not reduced
/// (6, 7). Case 3 has a key and a commitment with a part of low order, and holds as it is written in RFC 8032: nobody can
/// make such a signature without the key's secret.
#[test]
fn of_the_edge_cases_only_the_one_without_points_of_low_order_holds() {
    let cases = cases(include_str!("../../ed25519_speccheck.json"));
    let holding: Vec<_> =
        (0..cases.len()).filter(|&i| holds(&cases[i], ["pub_key", "message", "signature"])).collect();
    assert_eq!((cases.len(), holding), (12, vec![3]));
}
