//! Files (PS3.10): read with bounds, and written.
//!
//! The data set comes from dicom-parser's tokens. Its own builder of objects calls itself for each level of a sequence, so that a file of
//! some kilobytes overflows the stack, and takes memory by lengths that no byte of the file backs. This one keeps a stack and
//! compares each length with what is left.

use std::io::{Cursor, Read as _};

use dicom_core::header::{HasLength as _, Header as _};
use dicom_core::smallvec::SmallVec;
use dicom_core::value::{DataSetSequence, PixelFragmentSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, DataElementHeader, Length, Tag, VR};
use dicom_dictionary_std::uids;
use dicom_encoding::{TransferSyntax, TransferSyntaxIndex as _};
use dicom_object::mem::InMemElement;
use dicom_object::{FileDicomObject, FileMetaTableBuilder, InMemDicomObject};
use dicom_parser::StatefulDecode as _;
use dicom_parser::dataset::lazy_read::LazyDataSetReader;
use dicom_parser::dataset::{DataToken, LazyDataToken};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;

use crate::error::Error;
use crate::limits::{MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_INFLATION};

/// An object as a file has it: data set and file meta information.
pub type Object = FileDicomObject<InMemDicomObject>;

const PREAMBLE: usize = 128;
/// Explicit VR Big Endian, which the standard has retired.
pub(crate) const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
const MEDIA_STORAGE_SOP_CLASS: u16 = 0x0002;
const MEDIA_STORAGE_SOP_INSTANCE: u16 = 0x0003;
const TRANSFER_SYNTAX: u16 = 0x0010;

/// Decodes a file. What stands in the preamble is never kept, and of the file meta information only the identifiers of object, class and
/// transfer syntax. A deflated data set is inflated; it is written without compression. A big-endian one, which is retired, is written
/// little-endian.
///
/// # Errors
/// Bytes that are no DICOM file, are cut off, or go beyond [`limits`](crate::limits).
pub fn read(bytes: &[u8]) -> Result<Object, Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::TooLarge { found: bytes.len(), most: MAX_BYTES });
    }
    let Split { class: stated_class, instance: stated_instance, transfer_syntax: uid, data } = split(bytes)?;
    let syntax = TransferSyntaxRegistry.get(&uid);
    let syntax = syntax.ok_or_else(|| Error::TransferSyntax { uid: uid.chars().take(64).collect() })?;
    let explicit = uids::EXPLICIT_VR_LITTLE_ENDIAN;
    let (object, syntax) = if uid == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN {
        (read_data_set(&inflate(data)?, explicit_syntax()?)?, explicit)
    } else if uid == BIG_ENDIAN {
        (turn_words(read_data_set(data, syntax)?), explicit)
    } else {
        (read_data_set(data, syntax)?, syntax.uid())
    };
    let text = |tag| {
        object
            .get(tag)
            .and_then(|element: &InMemElement| element.to_str().ok().map(|text| trim(&text)))
            .filter(|text| !text.is_empty())
    };
    let class = text(dicom_dictionary_std::tags::SOP_CLASS_UID).or(stated_class);
    let instance = text(dicom_dictionary_std::tags::SOP_INSTANCE_UID).or(stated_instance);
    let class = class.ok_or(Error::Meta { what: "the SOP class is missing" })?;
    let instance = instance.ok_or(Error::Meta { what: "the SOP instance is missing" })?;
    let table = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(class)
        .media_storage_sop_instance_uid(instance)
        .transfer_syntax(syntax);
    let table = table.build().map_err(|_| Error::Meta { what: "an identifier is missing" })?;
    Ok(object.with_exact_meta(table))
}

/// What a file says of itself before its data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split<'a> {
    /// SOP class, where the meta information names one.
    pub class: Option<String>,
    /// SOP instance, where the meta information names one.
    pub instance: Option<String>,
    /// Transfer syntax of the data set.
    pub transfer_syntax: String,
    /// The data set, as it is encoded.
    pub data: &'a [u8],
}

/// Splits a file into its meta information and its data set, which is not looked at.
///
/// # Errors
/// Bytes that are no DICOM file, and meta information that is cut off or names no transfer syntax.
pub fn split(bytes: &[u8]) -> Result<Split<'_>, Error> {
    let after = bytes.split_at_checked(PREAMBLE).ok_or(Error::NotDicom)?.1;
    let rest = after.strip_prefix(b"DICM").ok_or(Error::NotDicom)?;
    let (Meta { class, instance, transfer_syntax }, data) = read_meta(rest)?;
    let transfer_syntax = transfer_syntax.ok_or(Error::Meta { what: "the transfer syntax is missing" })?;
    Ok(Split { class, instance, transfer_syntax, data })
}

/// What comes before a data set in a file: a preamble of zeros, and the meta information of this program. The data set follows as it is
/// encoded, whatever it is: what a peer has sent stays as it was.
///
/// # Errors
/// [`Error::Meta`] where an identifier is missing.
pub fn head(class: &str, instance: &str, transfer_syntax: &str) -> Result<Vec<u8>, Error> {
    let missing = Error::Meta { what: "an identifier is missing" };
    if [class, instance, transfer_syntax].contains(&"") {
        return Err(missing);
    }
    let table = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(class)
        .media_storage_sop_instance_uid(instance)
        .transfer_syntax(transfer_syntax);
    let table = table.build().map_err(|_| missing)?;
    let mut bytes = vec![0; PREAMBLE];
    bytes.extend_from_slice(b"DICM");
    table.write(&mut bytes).map_err(|_| Error::Write)?;
    Ok(bytes)
}

/// Encodes a file: a preamble of zeros, file meta information of this program, and the data set in the transfer syntax that the
/// meta information names.
///
/// # Errors
/// [`Error::Write`] where the transfer syntax can't hold the object.
pub fn write(object: &Object) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    object.write_all(&mut bytes).map_err(|_| Error::Write)?;
    Ok(bytes)
}

pub(crate) fn trim(text: &str) -> String {
    text.trim_matches([' ', '\0']).to_owned()
}

fn explicit_syntax() -> Result<&'static TransferSyntax, Error> {
    let uid = uids::EXPLICIT_VR_LITTLE_ENDIAN;
    TransferSyntaxRegistry.get(uid).ok_or(Error::TransferSyntax { uid: uid.to_owned() })
}

#[derive(Default)]
struct Meta {
    class: Option<String>,
    instance: Option<String>,
    transfer_syntax: Option<String>,
}

/// Walks over group 0002, which is explicit little-endian in every file, and answers with the rest.
fn read_meta(mut bytes: &[u8]) -> Result<(Meta, &[u8]), Error> {
    let mut meta = Meta::default();
    while let Some((&[0x02, 0x00, low, high, first, second], rest)) = bytes.split_first_chunk::<6>() {
        let element = u16::from_le_bytes([low, high]);
        let long = matches!(&[first, second], b"OB" | b"OW" | b"UN" | b"UT" | b"SQ" | b"UR" | b"UC");
        let cut = Error::Meta { what: "it is cut off" };
        let (length, rest) = if long {
            let (header, rest) = rest.split_first_chunk::<6>().ok_or(cut)?;
            let [_, _, length @ ..] = *header;
            (u64::from(u32::from_le_bytes(length)), rest)
        } else {
            let (length, rest) = rest.split_first_chunk::<2>().ok_or(cut)?;
            (u64::from(u16::from_le_bytes(*length)), rest)
        };
        let tag = Tag(2, element);
        let (value, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| rest.split_at_checked(length))
            .ok_or(Error::Length { tag, length, left: rest.len() as u64 })?;
        let text = || std::str::from_utf8(value).ok().map(trim).filter(|text| !text.is_empty());
        match element {
            MEDIA_STORAGE_SOP_CLASS => meta.class = text(),
            MEDIA_STORAGE_SOP_INSTANCE => meta.instance = text(),
            TRANSFER_SYNTAX => meta.transfer_syntax = text(),
            _ => {}
        }
        bytes = rest;
    }
    Ok((meta, bytes))
}

/// Pixels of 32 and 64 bits in the order of a little-endian file. The reader has turned the bytes of each word of 16 bits, of which such a
/// pixel has several, the highest first.
fn turn_words(mut object: InMemDicomObject) -> InMemDicomObject {
    let bits = object.get(dicom_dictionary_std::tags::BITS_ALLOCATED);
    let words = match bits.and_then(|bits| bits.to_int().ok()) {
        Some(32) => 2,
        Some(64) => 4,
        _ => return object,
    };
    object.update_value(dicom_dictionary_std::tags::PIXEL_DATA, |value| {
        if let Value::Primitive(PrimitiveValue::U16(pixels)) = value {
            pixels.chunks_exact_mut(words).for_each(<[u16]>::reverse);
        }
    });
    object
}

fn inflate(data: &[u8]) -> Result<Vec<u8>, Error> {
    let most = data.len().saturating_mul(MAX_INFLATION).clamp(1 << 20, MAX_BYTES);
    let mut inflated = Vec::new();
    let damaged = Error::DataSet { position: 0, what: "the deflated data is damaged" };
    let limit = (most as u64).saturating_add(1);
    flate2::read::DeflateDecoder::new(data).take(limit).read_to_end(&mut inflated).map_err(|_| damaged)?;
    if inflated.len() > most {
        return Err(Error::Inflation { most });
    }
    Ok(inflated)
}

/// Decodes one element of VR UN, which is always in implicit VR little-endian, by the VR that the dictionary has for it.
pub(crate) fn reinterpret(tag: Tag, value: &[u8]) -> Option<InMemElement> {
    let syntax = TransferSyntaxRegistry.get(uids::IMPLICIT_VR_LITTLE_ENDIAN)?;
    let mut bytes = Vec::with_capacity(value.len().saturating_add(8));
    bytes.extend_from_slice(&tag.group().to_le_bytes());
    bytes.extend_from_slice(&tag.element().to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(value.len()).ok()?.to_le_bytes());
    bytes.extend_from_slice(value);
    let mut elements = read_data_set(&bytes, syntax).ok()?.into_iter();
    elements.next().filter(|element| element.tag() == tag && element.vr() != VR::UN)
}

/// A level of what is being read.
enum Level {
    /// The data set, or an item of a sequence.
    Elements(Vec<InMemElement>),
    /// A sequence with the items read so far.
    Items(Tag, SmallVec<[InMemDicomObject; 2]>),
    /// Compressed pixels: the first item is the table of offsets.
    Fragments(Option<Vec<u32>>, SmallVec<[Vec<u8>; 2]>),
    /// An item of compressed pixels.
    Fragment(Vec<u8>),
}

fn read_data_set(data: &[u8], syntax: &TransferSyntax) -> Result<InMemDicomObject, Error> {
    let damaged = |position, what| Error::DataSet { position, what };
    let mut reader = LazyDataSetReader::new_with_ts(Cursor::new(data), syntax)
        .map_err(|_| damaged(0, "there is no decoder for the transfer syntax"))?;
    let mut levels = vec![Level::Elements(Vec::new())];
    let mut elements: usize = 0;
    // Where the element or item begins that the next error is about.
    let mut position = 0;
    let mut header: Option<DataElementHeader> = None;
    let backed = |tag: Tag, length: Length, at: u64| {
        let left = (data.len() as u64).saturating_sub(at);
        match length.get().map(u64::from) {
            Some(length) if length > left => Err(Error::Length { tag, length, left }),
            _ => Ok(()),
        }
    };
    while let Some(token) = reader.advance() {
        let token = token.map_err(|_| damaged(position, "an element or item can't be read"))?;
        match token {
            LazyDataToken::ElementHeader(found) => {
                elements = elements.saturating_add(1);
                if elements > MAX_ELEMENTS {
                    return Err(Error::TooManyElements);
                }
                header = Some(found);
            }
            LazyDataToken::LazyValue { header: found, decoder } => {
                header = None;
                position = decoder.position();
                backed(found.tag(), found.length(), position)?;
                let token = LazyDataToken::LazyValue { header: found, decoder };
                let value = token.into_value().map_err(|_| damaged(position, "a value can't be read"))?;
                let Some(Level::Elements(list)) = levels.last_mut() else {
                    return Err(damaged(position, "a value outside of an item"));
                };
                list.push(DataElement::new_with_len(
                    found.tag(),
                    found.vr(),
                    found.length(),
                    Value::Primitive(value),
                ));
            }
            LazyDataToken::SequenceStart { tag, len } => {
                elements = elements.saturating_add(1);
                backed(tag, len, position)?;
                if !matches!(levels.last(), Some(Level::Elements(_))) {
                    return Err(damaged(position, "a sequence outside of an item"));
                }
                // A sequence and its item are two levels.
                if levels.len().div_ceil(2) > MAX_DEPTH {
                    return Err(Error::TooDeep);
                }
                levels.push(Level::Items(tag, SmallVec::new()));
            }
            LazyDataToken::PixelSequenceStart => {
                if !matches!(levels.last(), Some(Level::Elements(_))) {
                    return Err(damaged(position, "compressed pixels outside of an item"));
                }
                levels.push(Level::Fragments(None, SmallVec::new()));
            }
            LazyDataToken::ItemStart { len } => {
                elements = elements.saturating_add(1);
                if elements > MAX_ELEMENTS {
                    return Err(Error::TooManyElements);
                }
                backed(Tag(0xFFFE, 0xE000), len, position)?;
                match levels.last() {
                    Some(Level::Items(..)) => levels.push(Level::Elements(Vec::new())),
                    Some(Level::Fragments(..)) => levels.push(Level::Fragment(Vec::new())),
                    _ => return Err(damaged(position, "an item outside of a sequence")),
                }
            }
            LazyDataToken::LazyItemValue { len, decoder } => {
                position = decoder.position();
                backed(Tag(0xFFFE, 0xE000), Length(len), position)?;
                let token = LazyDataToken::LazyItemValue { len, decoder };
                let Ok(DataToken::ItemValue(bytes)) = token.into_owned() else {
                    return Err(damaged(position, "a fragment can't be read"));
                };
                let Some(Level::Fragment(value)) = levels.last_mut() else {
                    return Err(damaged(position, "a fragment outside of compressed pixels"));
                };
                *value = bytes;
            }
            LazyDataToken::ItemEnd => {
                let ended = (levels.pop(), levels.last_mut());
                match ended {
                    (Some(Level::Elements(list)), Some(Level::Items(_, items))) => {
                        items.push(InMemDicomObject::from_element_iter(list));
                    }
                    (Some(Level::Fragment(bytes)), Some(Level::Fragments(table @ None, _))) => {
                        *table = Some(
                            offsets(&bytes)
                                .ok_or_else(|| damaged(position, "the table of offsets is cut off"))?,
                        );
                    }
                    (Some(Level::Fragment(bytes)), Some(Level::Fragments(Some(_), fragments))) => {
                        fragments.push(bytes)
                    }
                    // The reader would go on with a stack that it has emptied.
                    _ => return Err(damaged(position, "an item ends that did not begin")),
                }
            }
            LazyDataToken::SequenceEnd => {
                let ended = (levels.pop(), levels.last_mut());
                match ended {
                    (Some(Level::Items(tag, items)), Some(Level::Elements(list))) => {
                        let value = DataSetSequence::new(items, Length::UNDEFINED);
                        list.push(DataElement::new_with_len(
                            tag,
                            VR::SQ,
                            Length::UNDEFINED,
                            Value::Sequence(value),
                        ));
                    }
                    (Some(Level::Fragments(table, fragments)), Some(Level::Elements(list))) => {
                        let value = PixelFragmentSequence::new(table.unwrap_or_default(), fragments);
                        list.push(DataElement::new_with_len(
                            dicom_dictionary_std::tags::PIXEL_DATA,
                            VR::OB,
                            Length::UNDEFINED,
                            Value::PixelSequence(value),
                        ));
                    }
                    _ => return Err(damaged(position, "a sequence ends that did not begin")),
                }
            }
            _ => return Err(damaged(position, "a token that this version does not know")),
        }
    }
    match (levels.pop(), levels.is_empty(), header) {
        (Some(Level::Elements(list)), true, None) => Ok(InMemDicomObject::from_element_iter(list)),
        _ => Err(damaged(data.len() as u64, "it is cut off")),
    }
}

fn offsets(bytes: &[u8]) -> Option<Vec<u32>> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    rest.is_empty().then(|| numbers.iter().map(|number| u32::from_le_bytes(*number)).collect())
}
