//! Bodies of several parts (RFC 2046, 5.1; RFC 2387), as DICOMweb sends objects.

type Error = MultipartError;

/// Most characters of a boundary (RFC 2046).
const MAX_BOUNDARY: usize = 70;
/// Most bytes of the header lines of a part.
const MAX_HEAD: usize = 4 << 10;

/// Why a body is not of several parts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MultipartError {
    /// The content type is another one.
    #[error("Content-Type is {found:?}; expected multipart/related; type=\"{expected}\"; boundary=...")]
    ContentType {
        /// What it is, cut off after 200 characters.
        found: String,
        /// The type that the parts have to have.
        expected: &'static str,
    },
    /// The boundary can't be one.
    #[error(
        "the boundary of the parts: expected 1 to {MAX_BOUNDARY} characters of ASCII without spaces at the end"
    )]
    Boundary,
    /// The body does not begin with a part, or does not end with the last boundary.
    #[error("the body of parts is cut off, or does not begin with its boundary")]
    CutOff,
    /// A part has no end of its header lines within 4 KiB.
    #[error("the header lines of part {part} have no end within {MAX_HEAD} bytes")]
    Head {
        /// Number of the part, from 1.
        part: usize,
    },
    /// There are too many.
    #[error("more parts than {most}; send them in several requests")]
    TooMany {
        /// Most of them.
        most: usize,
    },
}

/// A part: its content type in lower case without parameters, empty where it says none, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Its media type, as its head says.
    pub kind: String,
    /// Its bytes, without the head.
    pub body: &'a [u8],
}

/// The boundary that a `Content-Type` of multipart/related names; its parts have to be of type `expected`.
///
/// # Errors
/// [`MultipartError::ContentType`], [`MultipartError::Boundary`].
pub fn boundary(content_type: &str, expected: &'static str) -> Result<String, Error> {
    let other = || Error::ContentType { found: content_type.chars().take(200).collect(), expected };
    let (kind, parameters) = content_type.split_once(';').ok_or_else(other)?;
    if !kind.trim().eq_ignore_ascii_case("multipart/related") {
        return Err(other());
    }
    let (mut found, mut of) = (None, None);
    for (name, value) in Parameters(parameters) {
        match name.to_ascii_lowercase().as_str() {
            "boundary" => found = Some(value),
            "type" => of = Some(value),
            _ => {}
        }
    }
    // The type is required (RFC 2387, 3.1); senders leave it out.
    if of.is_some_and(|of| !of.eq_ignore_ascii_case(expected)) {
        return Err(other());
    }
    let found = found.ok_or_else(other)?;
    let sound = (1..=MAX_BOUNDARY).contains(&found.len())
        && found.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !found.ends_with(' ');
    if sound { Ok(found.to_owned()) } else { Err(Error::Boundary) }
}

/// Parameters of a header, `a=b; c="d"`. Escapes within quotes are not known here: no sender of DICOM needs them.
struct Parameters<'a>(&'a str);

impl<'a> Iterator for Parameters<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.split_once('=')?;
        let name = name.trim_matches([' ', '\t', ';']);
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_once(';').unwrap_or((rest, "")),
        };
        self.0 = rest;
        Some((name, value.trim_end_matches([' ', '\t'])))
    }
}

/// The parts of a body. What stands before the first and after the last one is left out, as RFC 2046 says.
///
/// # Errors
/// [`MultipartError`]; nothing is answered of a body that is cut off.
pub fn parts<'a>(body: &'a [u8], boundary: &str, most: usize) -> Result<Vec<Part<'a>>, Error> {
    let delimiter = [b"--", boundary.as_bytes()].concat();
    let mut rest = match body.strip_prefix(&delimiter[..]) {
        Some(rest) => rest,
        None => after(body, &delimiter).ok_or(Error::CutOff)?.1,
    };
    let mut found = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(found);
        }
        // Spaces may follow a boundary.
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        rest = rest.get(spaces..).and_then(|rest| rest.strip_prefix(b"\r\n")).ok_or(Error::CutOff)?;
        if found.len() >= most {
            return Err(Error::TooMany { most });
        }
        let (content, next) = after(rest, &delimiter).ok_or(Error::CutOff)?;
        found.push(part(content, found.len().saturating_add(1))?);
        rest = next;
    }
}

/// What comes before the next delimiter on a line of its own, and what follows it.
fn after<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut from = 0;
    loop {
        let at = from_line(bytes, from)?;
        let line = bytes.get(at.checked_add(2)?..)?;
        if let Some(rest) = line.strip_prefix(delimiter) {
            return Some((bytes.get(..at)?, rest));
        }
        from = at.checked_add(2)?;
    }
}

/// Where the next end of a line is.
fn from_line(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at = at.checked_add(bytes.get(at..)?.iter().position(|byte| *byte == b'\r')?)?;
        if bytes.get(at.checked_add(1)?) == Some(&b'\n') {
            return Some(at);
        }
        at = at.checked_add(1)?;
    }
}

fn part(content: &[u8], number: usize) -> Result<Part<'_>, Error> {
    let head = Error::Head { part: number };
    let mut kind = String::new();
    let mut at: usize = 0;
    loop {
        let rest = content.get(at..).ok_or(head.clone())?;
        let window = rest.get(..rest.len().min(MAX_HEAD)).unwrap_or(rest);
        let end = from_line(window, 0).ok_or(head.clone())?;
        let line = rest.get(..end).unwrap_or_default();
        at = at.saturating_add(end).saturating_add(2);
        if at > MAX_HEAD {
            return Err(head);
        }
        if line.is_empty() {
            return Ok(Part { kind, body: content.get(at..).unwrap_or_default() });
        }
        let text = String::from_utf8_lossy(line);
        if let Some((name, value)) = text.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-type")
        {
            kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        }
    }
}

/// A body of parts that are all of one type. The boundary must not be in any of them: a random one is not.
#[must_use]
pub fn write(parts: &[&[u8]], kind: &str, boundary: &str) -> Vec<u8> {
    let mut body = Vec::with_capacity(parts.iter().map(|part| part.len().saturating_add(256)).sum());
    for part in parts {
        body.extend_from_slice(format!("--{boundary}\r\nContent-Type: {kind}\r\n\r\n").as_bytes());
        body.extend_from_slice(part);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DICOM: &str = "application/dicom";

    #[test]
    fn the_boundary_is_read_in_the_forms_that_senders_use() {
        for text in [
            "multipart/related; type=\"application/dicom\"; boundary=abc",
            "Multipart/Related;boundary=\"abc\";type=application/dicom",
            "multipart/related; boundary=abc",
            "multipart/related; charset=x; type=\"application/dicom\"; boundary=\"abc\"; start=\"<a;b>\"",
        ] {
            assert_eq!(boundary(text, DICOM).as_deref(), Ok("abc"), "{text}");
        }
        for text in [
            "",
            "application/dicom",
            "multipart/form-data; boundary=abc",
            "multipart/related; type=\"application/dicom+json\"; boundary=abc",
            "multipart/related; type=\"application/dicom\"",
        ] {
            assert!(matches!(boundary(text, DICOM), Err(Error::ContentType { .. })), "{text}");
        }
        let long = format!("multipart/related; boundary={}", "a".repeat(71));
        assert_eq!(boundary(&long, DICOM), Err(Error::Boundary));
        assert_eq!(boundary("multipart/related; boundary=\"\"", DICOM), Err(Error::Boundary));
    }

    #[test]
    fn text_around_the_parts_is_left_out() {
        let body = b"before\r\n--b \r\nContent-Type: Application/DICOM; x=y\r\nX: 1\r\n\r\none\r\n--b\r\n\r\n\r\n--b--after";
        let read = parts(body, "b", 9).unwrap();
        let expected = [Part { kind: DICOM.into(), body: b"one" }, Part { kind: String::new(), body: b"" }];
        assert_eq!(read, expected);
    }

    #[test]
    fn what_is_cut_off_or_too_much_is_refused() {
        let body = write(&[b"one", b"two"], DICOM, "b");
        for cut in 0..body.len() - 4 {
            assert!(parts(&body[..cut], "b", 9).is_err(), "{cut}");
        }
        assert_eq!(parts(&body, "b", 1), Err(Error::TooMany { most: 1 }));
        assert_eq!(parts(&body, "c", 9), Err(Error::CutOff));
        let head = [b"--b\r\nX: ", &[b'x'; MAX_HEAD][..], b"\r\n\r\n\r\n--b--"].concat();
        assert_eq!(parts(&head, "b", 9), Err(Error::Head { part: 1 }));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..5)) {
            let slices: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
            let body = write(&slices, DICOM, "5f0c7e1d");
            if bodies.is_empty() {
                prop_assert_eq!(parts(&body, "5f0c7e1d", 9), Ok(vec![]));
            } else {
                let read = parts(&body, "5f0c7e1d", 9).unwrap();
                prop_assert_eq!(read.iter().map(|part| part.body).collect::<Vec<_>>(), slices);
            }
        }

        #[test]
        fn nothing_panics(body in prop::collection::vec(prop::sample::select(&b"-b\r\n: x"[..]), 0..200)) {
            let _ = parts(&body, "b", 5);
        }
    }
}
