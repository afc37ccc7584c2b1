//! expand_message_xmd with SHA-256. With SHA-512 it is private to `blindmatch`, which has the other ten cases.

use bithive_curve::expand_message_xmd;
use bithive_vectors::cases;

#[test]
fn messages_expand_as_in_rfc_9380() {
    let mut counts = [0; 2];
    for case in cases(include_str!("../../expand_message_xmd.json"))
        .iter()
        .filter(|case| case.text("hash") == "SHA256")
    {
        let (message, tag) = (case.text("msg").as_bytes(), case.text("dst").as_bytes());
        let expected = case.bytes("uniform_bytes");
        if expected.len() == 32 {
            assert_eq!(expand_message_xmd::<32>(&[message], tag).as_slice(), expected, "{case:?}");
            counts[0] += 1;
        } else {
            assert_eq!(expand_message_xmd::<128>(&[message], tag).as_slice(), expected, "{case:?}");
            counts[1] += 1;
        }
    }
    assert_eq!(counts, [5, 5]);
}
