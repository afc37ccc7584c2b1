//! Exports of BOINC projects, plain and compressed.

use bithive_boinc::{Credit, Error, Record, Records, linked_address};

use crate::choose;
use crate::memory::Budget;

/// Buffers of the parser and of gzip, and one record; no file makes it grow.
pub const BUDGET: Budget = Budget { fixed: 768 << 10, per_byte: 8 };

/// Most bytes of content that are read here: a small file of gzip can have a lot.
const MOST: u64 = 4 << 20;

/// The first byte chooses between a whole file, the inside of a record, and an amount of credit.
pub fn check(input: &[u8]) {
    match choose(input, 4) {
        None => {}
        Some((0, bytes)) => export(bytes),
        Some((1, bytes)) => export(&[b"<users><user><id>1</id>".as_slice(), bytes].concat()),
        Some((2, bytes)) => export(&[b"<hosts><host>".as_slice(), bytes, b"</host></hosts>"].concat()),
        Some((_, bytes)) => credit(&String::from_utf8_lossy(bytes)),
    }
}

fn export(bytes: &[u8]) {
    let Ok(records) = Records::new(bytes, MOST) else { return };
    let mut ended = false;
    for record in records {
        assert!(!ended, "an error that is not of one record is the last item");
        match record {
            Ok(Record::User(user)) => {
                credit(&user.total.to_string());
                if let Some(address) = linked_address(&user) {
                    let written = user.name.contains(address) || user.url.contains(address);
                    assert!(written && !address.is_empty());
                }
            }
            Ok(Record::Host(host)) => credit(&host.total.to_string()),
            Err(error) => {
                ended = !error.is_of_one_record();
                assert!(ended || matches!(error, Error::Record { .. }));
            }
        }
    }
}

fn credit(text: &str) {
    let Ok(credit) = text.parse::<Credit>() else { return };
    assert_eq!(credit.to_string().parse::<Credit>().as_ref(), Ok(&credit), "credit reads back");
}
