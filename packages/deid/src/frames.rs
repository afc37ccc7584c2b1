//! Frames of compressed pixels, and the tables that say where each begins.

use std::borrow::Cow;

use dicom_core::Tag;
use dicom_core::value::PixelFragmentSequence;
use dicom_dictionary_std::tags;

use crate::error::Error;
use crate::file::Object;
use crate::image::Image;

/// An item's tag and length, which come before its bytes.
const ITEM_HEADER: u64 = 8;

/// The frames of compressed pixels, each in one piece (PS3.5 A.4).
///
/// # Errors
/// [`Error::Frames`] where the fragments, their tables and the header disagree.
pub(crate) fn split<'a>(
    object: &Object,
    sequence: &'a PixelFragmentSequence<Vec<u8>>,
    image: &Image,
) -> Result<Vec<Cow<'a, [u8]>>, Error> {
    let (offsets, pieces) = (sequence.offset_table(), sequence.fragments());
    let announced = u64::from(image.frames);
    check_extended(object, pieces, announced)?;
    if offsets.is_empty() {
        return match image.frames {
            1 if pieces.len() > 1 => Ok(vec![Cow::Owned(pieces.concat())]),
            _ if pieces.len() as u64 == announced => {
                Ok(pieces.iter().map(|piece| Cow::Borrowed(&piece[..])).collect())
            }
            _ => Err(Error::Frames { announced, found: pieces.len() as u64 }),
        };
    }
    let wrong = Error::Frames { announced, found: offsets.len() as u64 };
    if offsets.len() as u64 != announced {
        return Err(wrong);
    }
    let mut frames: Vec<Cow<'a, [u8]>> = Vec::new();
    let mut at: u64 = 0;
    for piece in pieces {
        let starts = offsets.get(frames.len()).is_some_and(|offset| u64::from(*offset) == at);
        match frames.last_mut() {
            _ if starts => frames.push(Cow::Borrowed(piece)),
            Some(frame) => frame.to_mut().extend_from_slice(piece),
            None => return Err(wrong),
        }
        at = at.saturating_add(ITEM_HEADER).saturating_add(piece.len() as u64);
    }
    if frames.len() == offsets.len() {
        Ok(frames)
    } else {
        Err(Error::Frames { announced, found: frames.len() as u64 })
    }
}

/// Compares the extended table of offsets with the fragments (PS3.3 C.7.6.3.1.8). Where it stands, each frame is one fragment, and a
/// second table has its length, without the byte that makes it even.
fn check_extended(object: &Object, pieces: &[Vec<u8>], announced: u64) -> Result<(), Error> {
    let tables = [tags::EXTENDED_OFFSET_TABLE, tags::EXTENDED_OFFSET_TABLE_LENGTHS];
    if tables.iter().all(|tag| object.get(*tag).is_none()) {
        return Ok(());
    }
    let [offsets, lengths] = tables.map(|tag| numbers(object, tag).unwrap_or_default());
    let mut at: u64 = 0;
    let begins = pieces.iter().map(|piece| {
        let begin = at;
        at = at.saturating_add(ITEM_HEADER).saturating_add(piece.len() as u64);
        (begin, piece.len() as u64)
    });
    let agree = |((begin, length), (offset, stated)): &((u64, u64), (&u64, &u64))| {
        begin == *offset && *length == stated.saturating_add(**stated % 2)
    };
    let found = begins.zip(offsets.iter().zip(&lengths)).take_while(agree).count() as u64;
    let counts = [pieces.len(), offsets.len(), lengths.len()];
    if found == announced && counts.iter().all(|count| *count as u64 == announced) {
        Ok(())
    } else {
        // What agrees is what is said to be there; where all of it does, there is more than is announced.
        let found = if found == announced { counts.into_iter().max().unwrap_or(0) as u64 } else { found };
        Err(Error::Frames { announced, found })
    }
}

/// The values of VR OV; none where bytes are left over.
fn numbers(object: &Object, tag: Tag) -> Option<Vec<u64>> {
    let bytes = object.get(tag)?.to_bytes().ok()?;
    let (numbers, rest) = bytes.as_chunks::<8>();
    rest.is_empty().then(|| numbers.iter().map(|number| u64::from_le_bytes(*number)).collect())
}
