//! What DICOM peers say beside objects: command sets of DIMSE, multipart bodies of DICOMweb.

use bithive_dicomnet::command::{Request, Response};
use bithive_dicomnet::multipart::{boundary, parts, write};

use crate::choose;
use crate::memory::Budget;

/// A part of a body is two numbers and a short text for each few bytes.
pub const BUDGET: Budget = Budget { fixed: 256 << 10, per_byte: 64 };

/// Most parts of a body.
const MOST: usize = 64;

/// The first byte chooses between a request, a response, a content type, and a body of parts.
pub fn check(input: &[u8]) {
    match choose(input, 4) {
        None => {}
        Some((0, bytes)) => {
            let Ok(request) = Request::decode(bytes) else { return };
            assert_eq!(Request::decode(&request.encode()), Ok(request));
        }
        Some((1, bytes)) => {
            let Ok(response) = Response::decode(bytes) else { return };
            // A comment is cut off and made plain when it is written.
            let again = Response::decode(&response.encode()).expect("what was written");
            assert_eq!(Response { comment: None, ..again.clone() }, Response { comment: None, ..response });
            assert_eq!(Response::decode(&again.encode()), Ok(again));
        }
        Some((2, bytes)) => {
            let text = String::from_utf8_lossy(bytes);
            if let Ok(found) = boundary(&text, "application/dicom") {
                assert!((1..=70).contains(&found.len()) && found.is_ascii());
            }
        }
        Some((_, bytes)) => {
            let Ok(found) = parts(bytes, "b", MOST) else { return };
            assert!(found.len() <= MOST);
            let bodies: Vec<&[u8]> = found.iter().map(|part| part.body).collect();
            let written = write(&bodies, "application/dicom", "b");
            let again = parts(&written, "b", MOST).expect("what was written");
            assert_eq!(again.iter().map(|part| part.body).collect::<Vec<_>>(), bodies);
        }
    }
}
