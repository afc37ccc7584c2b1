//! Key files and reference strings that are read as streams.

use std::io::{Cursor, Error, ErrorKind, Read, Seek, SeekFrom};
use std::sync::OnceLock;

use crate::common::{Group, crs, rng};
use bithive_curve::{DecodeError, G1, G2};
use bithive_dgkbe::KeyPair;
use bithive_dgkbe::crs::{CrsError, UnverifiedCrs};
use bithive_dgkbe::format::FormatError;
use bithive_dgkbe::keys::{
    KeyError, column, column_of_file, column_range, encoded_len, seek_column, verify_file,
};

const HEADER: usize = 6 + 4 + 32 + 48;
/// Elements that are read at once; the large group has keys of three such chunks.
const CHUNK: usize = 128;
const LARGE: u16 = 300;

/// One key of a group whose keys take several chunks.
fn large() -> &'static (std::sync::Arc<bithive_dgkbe::Crs>, KeyPair, Vec<u8>) {
    static LARGE_KEY: OnceLock<(std::sync::Arc<bithive_dgkbe::Crs>, KeyPair, Vec<u8>)> = OnceLock::new();
    LARGE_KEY.get_or_init(|| {
        let mut rng = rng(1);
        let crs = crs(LARGE, &mut rng);
        let pair = KeyPair::generate(&crs, 150, &mut rng).unwrap();
        let file = pair.public.encode();
        (crs, pair, file)
    })
}

/// Counts what is asked of it; answers with at most `step` bytes, after an interruption each time.
struct Counting<R> {
    inner: R,
    step: usize,
    given: usize,
    largest: usize,
    interrupted: bool,
}

impl<R> Counting<R> {
    fn new(inner: R, step: usize) -> Self {
        Self { inner, step, given: 0, largest: 0, interrupted: false }
    }
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(Error::from(ErrorKind::Interrupted));
        }
        self.largest = self.largest.max(buffer.len());
        let room = buffer.len().min(self.step);
        let count = self.inner.read(&mut buffer[..room])?;
        self.given += count;
        Ok(count)
    }
}

impl<R: Seek> Seek for Counting<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Fails after `good` bytes.
struct Failing<'a>(&'a [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(Error::from(ErrorKind::ConnectionReset)),
            count => Ok(count),
        }
    }
}

fn with(file: &[u8], offset: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    file[offset..offset + bytes.len()].copy_from_slice(bytes);
    file
}

#[test]
fn a_streamed_key_is_the_decoded_one_however_the_bytes_arrive() {
    let (crs, pair, file) = large();
    for step in [1, 7, 96, 5_000, usize::MAX] {
        let mut reader = Counting::new(file.as_slice(), step);
        let key = verify_file(crs, &mut reader, &mut rng(2)).unwrap();
        assert_eq!((key.slot, key.commitment), (150, *pair.public.commitment()));
        assert_eq!(key.digest, *pair.public.digest());
        assert_eq!(reader.given, encoded_len(LARGE));
        assert!(reader.largest <= CHUNK * 96, "asked for {} bytes at once", reader.largest);
    }
    let group = Group::new(6, 1);
    for pair in &group.pairs {
        let key = verify_file(&group.crs, pair.public.encode().as_slice(), &mut rng(2)).unwrap();
        assert_eq!((key.slot, key.digest), (pair.public.slot(), *pair.public.digest()));
    }
}

#[test]
fn a_wrong_element_is_caught_in_every_chunk() {
    let (crs, pair, file) = large();
    let gap = LARGE + 1 - 150;
    for index in [1, 128, 129, gap - 1, gap + 1, 257, LARGE] {
        let at = column_range(LARGE, 150, index).unwrap().start;
        let wrong = *pair.public.element(index).unwrap() + G2::generator();
        let error = verify_file(crs, with(file, at, &wrong.encode()).as_slice(), &mut rng(2)).err();
        assert_eq!(error, Some(KeyError::Malformed { slots: vec![150] }), "{index}");
    }
    // Errors that cancel in a plain sum, in different chunks.
    let plus = *pair.public.element(1).unwrap() + G2::generator();
    let minus = *pair.public.element(300).unwrap() - G2::generator();
    let at = column_range(LARGE, 150, 300).unwrap().start;
    let both = with(&with(file, HEADER, &plus.encode()), at, &minus.encode());
    assert!(matches!(verify_file(crs, both.as_slice(), &mut rng(2)), Err(KeyError::Malformed { .. })));
}

#[test]
fn an_invalid_point_is_named_by_its_place_in_the_file() {
    let (crs, _, file) = large();
    for index in [0, 127, 128, 298] {
        let bytes = with(file, HEADER + index * 96, &G2::identity().encode());
        let source = DecodeError::Identity { kind: "G2" };
        let expected = FormatError::Element { kind: "public key", field: "H", index, source };
        assert_eq!(verify_file(crs, bytes.as_slice(), &mut rng(2)).err(), Some(expected.into()));
    }
    let commitment = with(file, 42, &G1::identity().encode());
    let expected = KeyError::Point(DecodeError::Identity { kind: "G1" });
    assert_eq!(verify_file(crs, commitment.as_slice(), &mut rng(2)).err(), Some(expected));
}

#[test]
fn a_file_of_another_length_is_refused_with_the_length() {
    let (crs, pair, file) = large();
    let (kind, expected) = ("public key", encoded_len(LARGE));
    let digest = pair.public.digest();
    for end in [0, 5, HEADER - 1, HEADER, HEADER + 95, HEADER + CHUNK * 96, file.len() - 1] {
        let short = KeyError::Format(FormatError::Length { kind, expected, actual: end });
        assert_eq!(verify_file(crs, &file[..end], &mut rng(2)).err(), Some(short.clone()), "{end}");
        assert_eq!(column_of_file(crs, (150, 1), digest, &file[..end]).err(), Some(short.clone()));
        assert_eq!(seek_column(crs, (150, 1), Cursor::new(&file[..end])).err(), Some(short));
    }
    let longer = [file.as_slice(), b"and more"].concat();
    let long = |actual| Some(KeyError::Format(FormatError::Length { kind, expected, actual }));
    // A stream is not read further than it takes to know.
    assert_eq!(verify_file(crs, longer.as_slice(), &mut rng(2)).err(), long(expected + 1));
    assert_eq!(column_of_file(crs, (150, 1), digest, longer.as_slice()).err(), long(expected + 1));
    assert_eq!(seek_column(crs, (150, 1), Cursor::new(longer)).err(), long(expected + 8));
}

#[test]
fn a_reader_that_fails_is_an_error_and_no_short_file() {
    let (crs, pair, file) = large();
    let failed = FormatError::Read { kind: "public key", reason: ErrorKind::ConnectionReset };
    let failed = Some(KeyError::Format(failed));
    for good in [0, HEADER, 5_000, file.len()] {
        assert_eq!(verify_file(crs, Failing(&file[..good]), &mut rng(2)).err(), failed, "{good}");
        let column = column_of_file(crs, (150, 1), pair.public.digest(), Failing(&file[..good]));
        assert_eq!(column.err(), failed);
    }
}

#[test]
fn every_column_reads_the_same_by_stream_by_seeking_and_from_memory() {
    let group = Group::new(6, 1);
    for pair in &group.pairs {
        let (slot, file) = (pair.public.slot(), pair.public.encode());
        for index in 0..=7 {
            let expected = column(&group.crs, slot, index, &file);
            let digest = pair.public.digest();
            assert_eq!(column_of_file(&group.crs, (slot, index), digest, file.as_slice()), expected);
            assert_eq!(seek_column(&group.crs, (slot, index), Cursor::new(&file)), expected);
        }
    }
}

#[test]
fn one_column_takes_186_bytes_by_seeking_and_a_small_buffer_by_stream() {
    let (crs, pair, file) = large();
    for index in [1, 200, 300] {
        let mut seeking = Counting::new(Cursor::new(file), usize::MAX);
        let (_, element) = seek_column(crs, (150, index), &mut seeking).unwrap();
        assert_eq!(element, *pair.public.element(index).unwrap());
        assert_eq!((seeking.given, seeking.largest), (HEADER + 96, 96));

        let mut stream = Counting::new(file.as_slice(), usize::MAX);
        let (_, element) = column_of_file(crs, (150, index), pair.public.digest(), &mut stream).unwrap();
        assert_eq!(element, *pair.public.element(index).unwrap());
        assert_eq!(stream.given, file.len());
        assert!(stream.largest <= 4096, "asked for {} bytes at once", stream.largest);
    }
}

#[test]
fn a_streamed_column_comes_from_the_file_of_the_digest_only() {
    let (crs, pair, file) = large();
    let read = |file: &[u8]| column_of_file(crs, (150, 7), pair.public.digest(), file).err();
    assert_eq!(read(file), None);
    for offset in [HEADER, HEADER + 6 * 96 + 95, HEADER + 7 * 96, file.len() - 1] {
        let mut changed = file.clone();
        changed[offset] ^= 1;
        assert_eq!(read(&changed), Some(KeyError::Digest), "{offset}");
    }
    let error = column_of_file(crs, (149, 7), pair.public.digest(), file.as_slice()).err();
    assert_eq!(error, Some(KeyError::WrongSlot { expected: 149, actual: 150 }));
    let other = crate::common::crs(LARGE, &mut rng(9));
    assert_eq!(verify_file(&other, file.as_slice(), &mut rng(2)).err(), Some(KeyError::OtherCrs));
}

#[test]
fn a_streamed_reference_string_is_the_decoded_one() {
    let (crs, ..) = large();
    let bytes = crs.encode();
    let mut reader = Counting::new(bytes.as_slice(), 1_000);
    let streamed = UnverifiedCrs::read(&mut reader).unwrap().verify(&mut rng(2)).unwrap();
    assert_eq!((streamed.digest(), streamed.encode()), (crs.digest(), bytes.clone()));
    assert_eq!(reader.given, bytes.len());
    assert!(reader.largest <= CHUNK * 96);

    let (kind, expected) = ("common reference string", bytes.len());
    for end in [8, 100, bytes.len() - 1] {
        let short = CrsError::Format(FormatError::Length { kind, expected, actual: end });
        assert_eq!(UnverifiedCrs::read(&bytes[..end]).err(), Some(short));
    }
    let longer = [bytes.as_slice(), &bytes].concat();
    let long = CrsError::Format(FormatError::Length { kind, expected, actual: expected + 1 });
    assert_eq!(UnverifiedCrs::read(longer.as_slice()).err(), Some(long));
    let failed = CrsError::Format(FormatError::Read { kind, reason: ErrorKind::ConnectionReset });
    assert_eq!(UnverifiedCrs::read(Failing(&bytes[..500])).err(), Some(failed));
    // The last element of the second list: named by its place there, across the parts in which it is read.
    let at = bytes.len() - 96;
    let source = DecodeError::Identity { kind: "G2" };
    let named = FormatError::Element { kind, field: "B", index: 2 * usize::from(LARGE) - 2, source };
    let error = UnverifiedCrs::read(with(&bytes, at, &G2::identity().encode()).as_slice()).err();
    assert_eq!(error, Some(CrsError::Format(named)));
}
