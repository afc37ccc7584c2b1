//! How much memory a model file takes once it is decoded, from its encoding alone.
//!
//! Two bytes of a file can become a record of hundreds in memory, and one byte a number of eight. The decoder has no limit of its
//! own, so what it would make of the file is estimated first, from above, without making any of it.

/// Most bytes of memory that a decoded file may take: weights once, and everything else of an ordinary model.
pub const MAX_DECODED_BYTES: usize = 256 << 20;

/// Memory of one message, with the growth of the list that it is in.
const MESSAGE: usize = 2 << 10;
/// Memory of a text or list beside its bytes.
const LIST: usize = 64;
/// Memory of a number that is encoded by itself.
const NUMBER: usize = 16;
/// Memory for each encoded byte of packed integers, and of messages that this module does not follow.
const PACKED: usize = 8;
const UNKNOWN: usize = 256;
/// Graphs within attributes of graphs; none is ever accepted.
const MAX_DEPTH: usize = 12;

/// Messages of the format that can hold many others.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    /// A pair of texts: a name and its value.
    Entry,
}

enum Field {
    Message(Message),
    /// So many bytes of memory for each encoded one.
    Bytes(usize),
}

impl Message {
    /// What a field is that has a length.
    const fn field(self, number: u64) -> Field {
        match (self, number) {
            (Self::Model, 7) | (Self::Attribute, 6) => Field::Message(Self::Graph),
            (Self::Model, 14) => Field::Message(Self::Entry),
            (Self::Graph, 1) => Field::Message(Self::Node),
            (Self::Graph, 5) | (Self::Attribute, 5 | 10) => Field::Message(Self::Tensor),
            (Self::Node, 5) => Field::Message(Self::Attribute),
            (Self::Model, 2 | 3 | 4 | 6)
            | (Self::Graph, 2 | 10)
            | (Self::Node, 1 | 2 | 3 | 4 | 6 | 7)
            | (Self::Attribute, 1 | 4 | 7 | 9 | 13 | 21)
            | (Self::Tensor, 4 | 6 | 8 | 9 | 12)
            | (Self::Entry, _) => Field::Bytes(1),
            (Self::Attribute, 8) | (Self::Tensor, 1 | 5 | 7 | 10 | 11) => Field::Bytes(PACKED),
            _ => Field::Bytes(UNKNOWN),
        }
    }
}

/// At most the bytes of memory that the decoded file takes; none for what is not the encoding of messages.
pub(crate) fn decoded_bytes(file: &[u8]) -> Option<usize> {
    of_message(file, Message::Model, 0)
}

fn of_message(mut rest: &[u8], message: Message, depth: usize) -> Option<usize> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut total = MESSAGE;
    while !rest.is_empty() {
        let key = varint(&mut rest)?;
        let bytes = match key & 7 {
            0 => {
                varint(&mut rest)?;
                NUMBER
            }
            1 => take(&mut rest, 8).map(|_| NUMBER)?,
            5 => take(&mut rest, 4).map(|_| NUMBER)?,
            2 => {
                let length = usize::try_from(varint(&mut rest)?).ok()?;
                let body = take(&mut rest, length)?;
                match message.field(key >> 3) {
                    Field::Message(inner) => of_message(body, inner, depth + 1)?,
                    Field::Bytes(each) => length.saturating_mul(each).saturating_add(LIST),
                }
            }
            // Groups, which the format does not have.
            _ => return None,
        };
        total = total.saturating_add(bytes);
    }
    Some(total)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, left) = rest.split_first()?;
        *rest = left;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field with a length, as it is encoded.
    fn field(number: u8, body: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2];
        let mut length = body.len();
        while length >= 0x80 {
            out.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        out.push(length as u8);
        out.extend_from_slice(body);
        out
    }

    #[test]
    fn models_as_they_are_take_a_little_more_than_their_weights() {
        for file in [
            &include_bytes!("../../../../models/wdbc.onnx")[..],
            include_bytes!("../tests/fixtures/linear.onnx"),
        ] {
            let bytes = decoded_bytes(file).unwrap();
            assert!((file.len()..64 << 10).contains(&bytes), "{bytes}");
        }
        let weights = field(7, &field(5, &field(9, &vec![0; 32 << 20])));
        assert!(decoded_bytes(&weights).unwrap() < (32 << 20) + (8 << 10));
    }

    #[test]
    fn a_file_that_becomes_many_times_as_large_is_found_out() {
        let nodes = field(7, &field(1, &[]).repeat(1 << 19));
        let integers = field(7, &field(5, &field(7, &vec![0; 40 << 20])));
        let attributes = field(7, &field(1, &field(5, &[]).repeat(1 << 19)));
        let unknown = field(8, &[0; 2]).repeat(1 << 20);
        for file in [nodes, integers, attributes, unknown] {
            assert!(decoded_bytes(&file).is_none_or(|bytes| bytes > MAX_DECODED_BYTES), "{}", file.len());
        }
    }

    #[test]
    fn what_is_cut_off_or_nested_too_deeply_is_no_model() {
        let mut nested = vec![];
        for _ in 0..8 {
            nested = field(1, &field(5, &field(6, &nested)));
        }
        assert_eq!(decoded_bytes(&field(7, &nested)), None);
        for bad in [&[0x3a][..], &[0x3a, 5, 0], &[0xff; 11], &[0x3b], &[0x0d, 1]] {
            assert_eq!(decoded_bytes(bad), None, "{bad:?}");
        }
    }
}
