//! What stands in compressed frames beside the pixels: comments and data of applications.
//!
//! JPEG (ISO/IEC 10918-1 annex B, and JPEG-LS with the same marks) and JPEG 2000 (ISO/IEC 15444-1 annex A) have segments for text, in which
//! devices and viewers have written names.

/// A frame without them, and the size that it states.
pub(crate) struct Frame {
    pub(crate) bytes: Vec<u8>,
    /// Whether anything was dropped.
    pub(crate) changed: bool,
    /// Columns, rows and components; none where no header was found.
    pub(crate) size: Option<(u32, u32, u32)>,
}

/// Drops comments and application data; none where the bytes are neither JPEG nor JPEG 2000, or are damaged.
pub(crate) fn clean(bytes: &[u8]) -> Option<Frame> {
    match bytes {
        [0xFF, 0xD8, ..] => jpeg(bytes),
        [0xFF, 0x4F, ..] => jpeg_2000(bytes),
        _ => None,
    }
}

fn jpeg(bytes: &[u8]) -> Option<Frame> {
    let mut kept = bytes.get(..2)?.to_vec();
    let mut rest = bytes.get(2..)?;
    let (mut changed, mut size) = (false, None);
    loop {
        // Entropy-coded data: up to the next mark that is neither a stuffed byte, a restart nor a filler.
        let next = rest
            .array_windows::<2>()
            .position(|[first, second]| *first == 0xFF && !matches!(second, 0x00 | 0xD0..=0xD7 | 0xFF))?;
        let (data, at) = rest.split_at_checked(next)?;
        kept.extend_from_slice(data);
        let (&[_, mark], after) = at.split_first_chunk::<2>()?;
        if mark == 0xD9 {
            kept.extend_from_slice(&[0xFF, 0xD9]);
            // What follows the end of an image is no image.
            changed |= after.iter().any(|byte| !matches!(byte, 0x00 | 0xFF));
            break;
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk::<2>()?));
        let (segment, after) = after.split_at_checked(length).filter(|_| length >= 2)?;
        match mark {
            // APP0 is JFIF and APP14 says how colours are coded; JPEG-LS has its parameters in none of the others.
            0xE1..=0xED | 0xEF | 0xFE => changed = true,
            _ => {
                kept.extend_from_slice(&[0xFF, mark]);
                kept.extend_from_slice(segment);
            }
        }
        if matches!(mark, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xF7)
            && let [_, _, _, h1, h2, w1, w2, components, ..] = *segment
        {
            if size.is_some() {
                // A second header: a decoder might take its size.
                return None;
            }
            let [rows, columns] = [[h1, h2], [w1, w2]].map(|side| u32::from(u16::from_be_bytes(side)));
            size = Some((columns, rows, u32::from(components)));
        }
        rest = after;
    }
    if kept.len() % 2 == 1 {
        kept.push(0);
    }
    Some(Frame { bytes: kept, changed, size })
}

fn jpeg_2000(bytes: &[u8]) -> Option<Frame> {
    let mut kept = bytes.get(..2)?.to_vec();
    let mut rest = bytes.get(2..)?;
    let (mut changed, mut size) = (false, None);
    loop {
        let (&[first, mark], after) = rest.split_first_chunk::<2>()?;
        if first != 0xFF {
            return None;
        }
        // The first tile: the main header is over. Comments in headers of tiles move lengths and stay out of reach here.
        if mark == 0x90 {
            kept.extend_from_slice(rest);
            break;
        }
        let length = usize::from(u16::from_be_bytes(*after.first_chunk::<2>()?));
        let (segment, after) = after.split_at_checked(length).filter(|_| length >= 2)?;
        if mark == 0x64 {
            changed = true;
        } else {
            kept.extend_from_slice(&[0xFF, mark]);
            kept.extend_from_slice(segment);
        }
        if mark == 0x51 {
            let word = |at: usize| Some(u32::from_be_bytes(*segment.get(at..)?.first_chunk::<4>()?));
            let side = |end: usize, start: usize| word(end)?.checked_sub(word(start)?);
            let components = u16::from_be_bytes(*segment.get(36..)?.first_chunk::<2>()?);
            size = Some((side(4, 12)?, side(8, 16)?, u32::from(components)));
        }
        rest = after;
    }
    if kept.len() % 2 == 1 {
        kept.push(0);
    }
    Some(Frame { bytes: kept, changed, size })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg_with(extra: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        bytes.extend_from_slice(extra);
        bytes.extend_from_slice(&[0xFF, 0xC0, 0, 11, 8, 0, 2, 0, 3, 1, 1, 0x11, 0]);
        bytes.extend_from_slice(&[0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD9]);
        bytes
    }

    #[test]
    fn comments_and_application_data_go_and_the_picture_stays() {
        let clean_one = jpeg_with(&[]);
        let plain = clean(&clean_one).unwrap();
        assert!(!plain.changed && plain.size == Some((3, 2, 1)));
        assert!(plain.bytes.starts_with(&clean_one));
        let comment = [&[0xFF, 0xFE, 0, 6][..], b"Jane", &[0xFF, 0xE1, 0, 5], b"Doe"].concat();
        let found = clean(&jpeg_with(&comment)).unwrap();
        assert!(found.changed && found.bytes == plain.bytes);
    }

    #[test]
    fn what_follows_the_end_of_the_picture_goes() {
        let mut bytes = jpeg_with(&[]);
        bytes.extend_from_slice(b"Jane Doe");
        let found = clean(&bytes).unwrap();
        assert!(found.changed && !found.bytes.windows(4).any(|window| window == b"Jane"));
    }

    #[test]
    fn a_second_size_and_a_cut_are_refused() {
        let twice = jpeg_with(&[0xFF, 0xC0, 0, 11, 8, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 0x11, 0]);
        assert!(clean(&twice).is_none());
        let bytes = jpeg_with(&[]);
        for end in 2..bytes.len() {
            assert!(bytes.get(..end).is_some_and(|cut| clean(cut).is_none()), "{end}");
        }
    }

    #[test]
    fn comments_of_jpeg_2000_go() {
        let mut size = vec![0xFF, 0x51, 0, 41, 0, 0];
        for word in [8_u32, 4, 2, 1, 8, 4, 0, 0] {
            size.extend_from_slice(&word.to_be_bytes());
        }
        size.extend_from_slice(&[0, 1, 7, 1, 1]);
        let bytes =
            [&[0xFF, 0x4F][..], &size, &[0xFF, 0x64, 0, 8, 0, 1], b"Jane", &[0xFF, 0x90, 0, 10, 1, 2]]
                .concat();
        let found = clean(&bytes).unwrap();
        assert_eq!((found.changed, found.size), (true, Some((6, 3, 1))));
        assert!(!found.bytes.windows(4).any(|window| window == b"Jane"));
    }
}
