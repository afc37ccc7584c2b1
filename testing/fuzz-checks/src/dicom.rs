//! DICOM files: read, de-identified, and their pixels as numbers.

use std::io::Write as _;

use bithive_deid::{DateOption, DeidKey, Object, Options, Profile, read, text, to_tensor, write};

use crate::choose;
use crate::memory::Budget;

/// Small frames may become 4 MiB whatever their length, and are then looked at with some 25 bytes for each pixel; frames may become 1,024
/// times their length. Elements of a few bytes take some hundred.
pub const BUDGET: Budget = Budget { fixed: 192 << 20, per_byte: 32 << 10 };

/// The first byte chooses between a file, a data set in one of three transfer syntaxes, one that is deflated, and a picture.
pub fn check(input: &[u8]) {
    match choose(input, 6) {
        None => {}
        Some((0, bytes)) => file(bytes),
        Some((1, bytes)) => file(&data_set("1.2.840.10008.1.2", bytes)),
        Some((2, bytes)) => file(&data_set("1.2.840.10008.1.2.1", bytes)),
        Some((3, bytes)) => file(&data_set("1.2.840.10008.1.2.2", bytes)),
        Some((4, bytes)) => {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            file(&data_set("1.2.840.10008.1.2.1.99", &encoder.finish().unwrap()));
        }
        Some((_, bytes)) => {
            let columns = usize::from(bytes.first().copied().unwrap_or(0)).max(1);
            let _ = text::find(bytes, columns, bytes.len() / columns);
        }
    }
}

/// A data set with the bytes of a file before it.
#[must_use]
pub fn data_set(transfer_syntax: &str, bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 128];
    file.extend_from_slice(b"DICM");
    for (element, value) in [(2_u16, "1.2.840.10008.5.1.4.1.1.2"), (3, "1.2.3.4"), (0x10, transfer_syntax)] {
        let mut value = value.as_bytes().to_vec();
        value.resize(value.len().next_multiple_of(2), 0);
        file.extend_from_slice(&[2, 0]);
        file.extend_from_slice(&element.to_le_bytes());
        file.extend_from_slice(b"UI");
        file.extend_from_slice(&u16::try_from(value.len()).unwrap().to_le_bytes());
        file.extend_from_slice(&value);
    }
    [&file[..], bytes].concat()
}

/// What is read can be cleaned or is refused unchanged, and what is cleaned can be read, has nothing private, and is cleaned already.
fn file(bytes: &[u8]) {
    let Ok(object) = read(bytes) else { return };
    let key = DeidKey::from_hex(&"17".repeat(32)).unwrap().subject("", "1");
    let kept = Options {
        dates: DateOption::Shift,
        uids: true,
        device: true,
        institution: true,
        patient: true,
        clean_structured_content: true,
    };
    for options in [Options::default(), kept] {
        let profile = Profile { options, ..Profile::default() };
        let mut cleaned = object.clone();
        if profile.apply(&mut cleaned, &key).is_err() {
            // By their bytes: an undefined length is not equal to itself (dicom_core::Length).
            assert!(write(&cleaned).ok() == write(&object).ok(), "a refused object stays as it is");
            continue;
        }
        let Ok(bytes) = write(&cleaned) else { continue };
        // A value that its VR can't hold may not be read again, but then it is not believed either.
        let Ok(read) = read(&bytes) else { continue };
        plain(&read);
        let _ = to_tensor(&read);
    }
}

fn plain(object: &Object) {
    for element in object.iter() {
        let group = element.header().tag.group();
        assert!(
            group % 2 == 0 && !matches!(group >> 8, 0x50 | 0x60),
            "private elements, curves and overlays go"
        );
    }
}
