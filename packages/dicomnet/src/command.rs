//! Command sets of DIMSE (PS3.7, 6.3.1 and 9.3): C-ECHO and C-STORE are understood, other requests are named, so that they can be answered.
//!
//! A command set is a list of elements of group 0000 in implicit VR little-endian, in ascending order. It has no sequences: one that announces
//! some is refused like any other element with a length that nothing backs.

use crate::uid::{Uid, UidError};

/// Most bytes of a command set.
pub const MAX_BYTES: usize = 16 << 10;
/// Most elements of a command set; PS3.7 defines 37.
const MAX_ELEMENTS: usize = 64;

const GROUP_LENGTH: u16 = 0x0000;
const SOP_CLASS: u16 = 0x0002;
const FIELD: u16 = 0x0100;
const MESSAGE_ID: u16 = 0x0110;
const RESPONDED_TO: u16 = 0x0120;
const PRIORITY: u16 = 0x0700;
const DATA_SET_TYPE: u16 = 0x0800;
const STATUS: u16 = 0x0900;
const COMMENT: u16 = 0x0902;
const SOP_INSTANCE: u16 = 0x1000;

const STORE: u16 = 0x0001;
const ECHO: u16 = 0x0030;
/// The bit of a command field that makes it a response.
const RESPONSE: u16 = 0x8000;
/// Says that no data set follows.
const NO_DATA_SET: u16 = 0x0101;
/// Says that a data set follows; any other value does, too.
const DATA_SET: u16 = 0x0000;
/// Most characters of an error comment (VR LO).
const MAX_COMMENT: usize = 64;

/// What a peer asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// C-ECHO: whether somebody answers.
    Echo {
        /// Number of the message, which the response repeats.
        id: u16,
    },
    /// C-STORE: an object follows as a data set.
    Store {
        /// Number of the message.
        id: u16,
        /// SOP class of the object.
        class: Uid,
        /// SOP Instance UID of the object that is sent.
        instance: Uid,
    },
    /// A request for a service that is not offered.
    Other {
        /// Number of the message.
        id: u16,
        /// Its command field (0000,0100).
        field: u16,
        /// Whether a data set follows.
        has_data_set: bool,
    },
}

/// Whether a request succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u16);

impl Status {
    /// The object is stored.
    pub const SUCCESS: Self = Self(0x0000);
    /// The SOP class is none that is stored.
    pub const CLASS_NOT_SUPPORTED: Self = Self(0x0122);
    /// The operation is not offered.
    pub const UNRECOGNIZED: Self = Self(0x0211);
    /// No room; the peer can send it again later (PS3.4, B.2.3).
    pub const OUT_OF_RESOURCES: Self = Self(0xA700);
    /// The data set is not the object that the command names.
    pub const MISMATCH: Self = Self(0xA900);
    /// The data set can't be read.
    pub const CANNOT_UNDERSTAND: Self = Self(0xC000);
    /// Another object is there under the same SOP Instance UID. PS3.4 leaves the codes from C000 to implementations.
    pub const OTHER_BYTES: Self = Self(0xC001);
    /// The study is there with another patient.
    pub const OTHER_PATIENT: Self = Self(0xC002);
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Command field of the request.
    pub field: u16,
    /// Number of the request.
    pub id: u16,
    /// How it ended.
    pub status: Status,
    /// SOP class of the request, where it had one.
    pub class: Option<Uid>,
    /// Object of the request, where it had one.
    pub instance: Option<Uid>,
    /// Why it failed, in ASCII; cut off after 64 characters.
    pub comment: Option<String>,
}

/// Why bytes are no command set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// It is too long.
    #[error("a command of {found} bytes; expected at most {MAX_BYTES}")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// It ends within an element, or an element is as long as nothing backs.
    #[error("the command is cut off")]
    CutOff,
    /// An element of another group, one that is not in order, or too many.
    #[error("the command has the element ({group:04X},{element:04X}) where none can be")]
    Element {
        /// Group of its tag.
        group: u16,
        /// Number of its tag in the group.
        element: u16,
    },
    /// An element is missing or is no value.
    #[error("the command has no {what}, or one that can't be read")]
    Value {
        /// Name of the element of the command set.
        what: &'static str,
    },
    /// A UID is none.
    #[error(transparent)]
    Uid(#[from] UidError),
    /// It is a response, and nothing was asked.
    #[error("the command is a response, and nothing was asked")]
    Response,
}

/// What is read of a command set.
#[derive(Default)]
struct Elements<'a> {
    class: Option<&'a [u8]>,
    instance: Option<&'a [u8]>,
    field: Option<u16>,
    id: Option<u16>,
    responded_to: Option<u16>,
    data_set: Option<u16>,
    status: Option<u16>,
    comment: Option<&'a [u8]>,
}

fn short(value: &[u8]) -> Option<u16> {
    value.try_into().ok().map(u16::from_le_bytes)
}

fn read(mut bytes: &[u8]) -> Result<Elements<'_>, CommandError> {
    if bytes.len() > MAX_BYTES {
        return Err(CommandError::TooLong { found: bytes.len() });
    }
    let mut elements = Elements::default();
    let mut last = None;
    let mut count: usize = 0;
    while !bytes.is_empty() {
        let (header, rest) = bytes.split_first_chunk::<8>().ok_or(CommandError::CutOff)?;
        let [g0, g1, e0, e1, l0, l1, l2, l3] = *header;
        let (group, element) = (u16::from_le_bytes([g0, g1]), u16::from_le_bytes([e0, e1]));
        count = count.saturating_add(1);
        if group != 0 || last.is_some_and(|last| last >= element) || count > MAX_ELEMENTS {
            return Err(CommandError::Element { group, element });
        }
        last = Some(element);
        let length =
            usize::try_from(u32::from_le_bytes([l0, l1, l2, l3])).map_err(|_| CommandError::CutOff)?;
        let (value, rest) = rest.split_at_checked(length).ok_or(CommandError::CutOff)?;
        match element {
            GROUP_LENGTH => {
                let stated = value
                    .try_into()
                    .ok()
                    .map(u32::from_le_bytes)
                    .and_then(|stated| usize::try_from(stated).ok());
                if stated != Some(rest.len()) {
                    return Err(CommandError::Value { what: "group length that is its length" });
                }
            }
            SOP_CLASS => elements.class = Some(value),
            SOP_INSTANCE => elements.instance = Some(value),
            FIELD => elements.field = short(value),
            MESSAGE_ID => elements.id = short(value),
            RESPONDED_TO => elements.responded_to = short(value),
            DATA_SET_TYPE => elements.data_set = short(value),
            STATUS => elements.status = short(value),
            COMMENT => elements.comment = Some(value),
            _ => {}
        }
        bytes = rest;
    }
    Ok(elements)
}

fn uid(value: Option<&[u8]>, what: &'static str) -> Result<Uid, CommandError> {
    let text = value.and_then(|value| std::str::from_utf8(value).ok()).ok_or(CommandError::Value { what })?;
    Ok(Uid::parse(text)?)
}

impl Request {
    /// Reads a request.
    ///
    /// # Errors
    /// [`CommandError`]. A request of another kind than those that are understood is none.
    pub fn decode(bytes: &[u8]) -> Result<Self, CommandError> {
        let elements = read(bytes)?;
        let missing = |what| CommandError::Value { what };
        let field = elements.field.ok_or(missing("command field (0000,0100)"))?;
        if field & RESPONSE != 0 {
            return Err(CommandError::Response);
        }
        let id = elements.id.ok_or(missing("message id (0000,0110)"))?;
        let has_data_set = elements.data_set.ok_or(missing("data set type (0000,0800)"))? != NO_DATA_SET;
        Ok(match (field, has_data_set) {
            (ECHO, false) => Self::Echo { id },
            (STORE, true) => Self::Store {
                id,
                class: uid(elements.class, "SOP class (0000,0002)")?,
                instance: uid(elements.instance, "SOP instance (0000,1000)")?,
            },
            (STORE, false) => return Err(missing("data set to store")),
            _ => Self::Other { id, field, has_data_set },
        })
    }

    /// Writes a request.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut elements = Vec::new();
        match self {
            Self::Echo { id } => {
                put_uid(&mut elements, SOP_CLASS, "1.2.840.10008.1.1");
                put_short(&mut elements, FIELD, ECHO);
                put_short(&mut elements, MESSAGE_ID, *id);
                put_short(&mut elements, DATA_SET_TYPE, NO_DATA_SET);
            }
            Self::Store { id, class, instance } => {
                put_uid(&mut elements, SOP_CLASS, class.as_str());
                put_short(&mut elements, FIELD, STORE);
                put_short(&mut elements, MESSAGE_ID, *id);
                put_short(&mut elements, PRIORITY, 0);
                put_short(&mut elements, DATA_SET_TYPE, DATA_SET);
                put_uid(&mut elements, SOP_INSTANCE, instance.as_str());
            }
            Self::Other { id, field, has_data_set } => {
                put_short(&mut elements, FIELD, *field);
                put_short(&mut elements, MESSAGE_ID, *id);
                put_short(&mut elements, DATA_SET_TYPE, if *has_data_set { DATA_SET } else { NO_DATA_SET });
            }
        }
        with_length(&elements)
    }

    /// Whether a data set follows.
    #[must_use]
    pub const fn has_data_set(&self) -> bool {
        match self {
            Self::Echo { .. } => false,
            Self::Store { .. } => true,
            Self::Other { has_data_set, .. } => *has_data_set,
        }
    }

    /// The answer with this status.
    #[must_use]
    pub fn answered(&self, status: Status, comment: Option<String>) -> Response {
        let (field, id, class, instance) = match self {
            Self::Echo { id } => (ECHO, *id, Uid::parse("1.2.840.10008.1.1").ok(), None),
            Self::Store { id, class, instance } => (STORE, *id, Some(class.clone()), Some(instance.clone())),
            Self::Other { id, field, .. } => (*field, *id, None, None),
        };
        Response { field, id, status, class, instance, comment }
    }
}

impl Response {
    /// Writes the response.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut elements = Vec::new();
        if let Some(class) = &self.class {
            put_uid(&mut elements, SOP_CLASS, class.as_str());
        }
        put_short(&mut elements, FIELD, self.field | RESPONSE);
        put_short(&mut elements, RESPONDED_TO, self.id);
        put_short(&mut elements, DATA_SET_TYPE, NO_DATA_SET);
        put_short(&mut elements, STATUS, self.status.0);
        if let Some(comment) = &self.comment {
            // LO: no control characters and no backslash, which would make it two values.
            let plain = comment.chars().map(|c| if (' '..='~').contains(&c) && c != '\\' { c } else { '?' });
            let mut text: String = plain.take(MAX_COMMENT).collect();
            if text.len() % 2 == 1 {
                text.push(' ');
            }
            put(&mut elements, COMMENT, text.as_bytes());
        }
        if let Some(instance) = &self.instance {
            put_uid(&mut elements, SOP_INSTANCE, instance.as_str());
        }
        with_length(&elements)
    }

    /// Reads a response, as whoever asked does.
    ///
    /// # Errors
    /// [`CommandError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, CommandError> {
        let elements = read(bytes)?;
        let missing = |what| CommandError::Value { what };
        let field = elements.field.ok_or(missing("command field (0000,0100)"))?;
        if field & RESPONSE == 0 {
            return Err(missing("command field of a response"));
        }
        let given = |value: Option<&[u8]>, what| value.map(|value| uid(Some(value), what)).transpose();
        let comment = elements
            .comment
            .map(|text| String::from_utf8_lossy(text).trim_end_matches([' ', '\0']).to_owned());
        Ok(Self {
            field: field & !RESPONSE,
            id: elements.responded_to.ok_or(missing("number of the request (0000,0120)"))?,
            status: Status(elements.status.ok_or(missing("status (0000,0900)"))?),
            class: given(elements.class, "SOP class (0000,0002)")?,
            instance: given(elements.instance, "SOP instance (0000,1000)")?,
            comment,
        })
    }
}

fn put(elements: &mut Vec<u8>, element: u16, value: &[u8]) {
    elements.extend_from_slice(&[0, 0]);
    elements.extend_from_slice(&element.to_le_bytes());
    // Values here are UIDs, numbers and comments.
    elements.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes());
    elements.extend_from_slice(value);
}

fn put_short(elements: &mut Vec<u8>, element: u16, value: u16) {
    put(elements, element, &value.to_le_bytes());
}

fn put_uid(elements: &mut Vec<u8>, element: u16, uid: &str) {
    let mut value = uid.as_bytes().to_vec();
    if value.len() % 2 == 1 {
        value.push(0);
    }
    put(elements, element, &value);
}

fn with_length(elements: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(elements.len().saturating_add(12));
    let length = u32::try_from(elements.len()).unwrap_or(u32::MAX);
    put(&mut bytes, GROUP_LENGTH, &length.to_le_bytes());
    bytes.extend_from_slice(elements);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uid_of(text: &str) -> Uid {
        Uid::parse(text).unwrap()
    }

    fn store() -> Request {
        Request::Store { id: 7, class: uid_of("1.2.840.10008.5.1.4.1.1.2"), instance: uid_of("1.2.3") }
    }

    #[test]
    fn requests_read_back() {
        let other = Request::Other { id: 3, field: 0x0020, has_data_set: true };
        for request in [Request::Echo { id: 1 }, store(), other] {
            assert_eq!(Request::decode(&request.encode()), Ok(request));
        }
    }

    #[test]
    fn responses_read_back_and_a_comment_is_one_value_of_ascii() {
        let response = store().answered(Status::OTHER_BYTES, Some(format!("a\\b\n{}", "ü".repeat(100))));
        let read = Response::decode(&response.encode()).unwrap();
        let comment = read.comment.clone().unwrap();
        assert_eq!(comment, format!("a?b?{}", "?".repeat(60)));
        assert_eq!(read, Response { comment: Some(comment), ..response });
    }

    #[test]
    fn the_bytes_are_those_of_the_standard() {
        // PS3.7, 9.3.5.1: C-ECHO-RQ with message id 1.
        let expected = b"\0\0\0\0\x04\0\0\0\x38\0\0\0\
            \0\0\x02\0\x12\0\0\x001.2.840.10008.1.1\0\
            \0\0\0\x01\x02\0\0\0\x30\0\
            \0\0\x10\x01\x02\0\0\0\x01\0\
            \0\0\0\x08\x02\0\0\0\x01\x01";
        assert_eq!(Request::Echo { id: 1 }.encode(), expected);
    }

    #[test]
    fn what_is_no_command_is_refused() {
        let good = store().encode();
        for cut in 0..good.len() {
            assert!(Request::decode(&good[..cut]).is_err(), "{cut}");
        }
        let mut other_group = good.clone();
        other_group[12] = 8;
        assert!(matches!(Request::decode(&other_group), Err(CommandError::Element { group: 8, .. })));
        let mut length = good.clone();
        length[16] = 0xFF;
        length[19] = 0xFF;
        assert_eq!(Request::decode(&length), Err(CommandError::CutOff));
        let twice = [&good[12..], &good[12..]].concat();
        assert!(matches!(Request::decode(&twice), Err(CommandError::Element { .. })));
        assert!(matches!(Request::decode(&vec![0; MAX_BYTES + 1]), Err(CommandError::TooLong { .. })));
        assert_eq!(
            Request::decode(&store().answered(Status::SUCCESS, None).encode()),
            Err(CommandError::Response)
        );
        assert!(Request::decode(b"").is_err());
    }
}
