//! Segments of content with the hashes that prove them against the BLAKE3 root.
//!
//! Content is divided into segments of [`SEGMENT_BYTES`]. A segment travels as bao encodes a range: content
//! preceded by the pairs of hashes on its way from the root, in groups of 16 KiB. The last segment's proof also
//! fixes the size, and so does that of its last group alone, which is what [`SIZE_PROOF`] stands for as an index.

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::ops::Range;
use std::path::Path;

use bao_tree::io::outboard::PostOrderOutboard;
use bao_tree::io::sync::{
    DecodeResponseIter, WriteAt as _, encode_ranges_validated, outboard_post_order, valid_ranges,
};
use bao_tree::io::{BaoContentItem, Leaf, Parent};
use bao_tree::{BaoTree, BlockSize, ChunkNum, ChunkRanges};
use bithive_exchange::Digest;

use crate::wire::{SEGMENT_BYTES, SIZE_PROOF};

/// Hashes are kept for groups of 2^4 chunks of 1024 bytes.
const GROUP: BlockSize = BlockSize::from_chunk_log(4);
const CHUNK_BYTES: u64 = 1024;
/// Bytes of a pair of hashes.
const PAIR_BYTES: u64 = 64;
/// Bytes of a group.
pub(crate) const GROUP_BYTES: u64 = CHUNK_BYTES << 4;
/// Most bytes of one content, 1 TiB: far from where arithmetic on positions ends.
pub const MAX_CONTENT_BYTES: u64 = 1 << 40;

/// Segments of content of `size` bytes; empty content has one.
#[must_use]
pub const fn count(size: u64) -> u64 {
    let count = size.div_ceil(SEGMENT_BYTES);
    if count == 0 { 1 } else { count }
}

/// Bytes of segment `index`.
#[must_use]
pub fn bytes(size: u64, index: u64) -> u64 {
    size.saturating_sub(index.saturating_mul(SEGMENT_BYTES)).min(SEGMENT_BYTES)
}

fn ranges(size: u64, index: u64) -> ChunkRanges {
    if index == SIZE_PROOF {
        // The whole group: a part of one proves the size, too, but is not what a short content needs.
        let group = size.saturating_sub(1) / GROUP_BYTES;
        return ChunkRanges::from(ChunkNum(group * (GROUP_BYTES / CHUNK_BYTES))..);
    }
    let per_segment = SEGMENT_BYTES / CHUNK_BYTES;
    let start = ChunkNum(index * per_segment);
    // Open at the end, so that the last chunk is part of the proof and the size with it.
    if index + 1 >= count(size) {
        ChunkRanges::from(start..)
    } else {
        ChunkRanges::from(start..ChunkNum((index + 1) * per_segment))
    }
}

/// Computes the digest of the file at `data`, and writes its hashes to `hashes`.
///
/// # Errors
/// Those of the files.
pub fn hash_file(data: &Path, hashes: &Path) -> io::Result<(Digest, u64)> {
    let file = File::open(data)?;
    let size = file.metadata()?.len();
    let mut writer = io::BufWriter::new(File::create(hashes)?);
    let root = outboard_post_order(io::BufReader::with_capacity(1 << 16, file), tree(size), &mut writer)?;
    writer.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok((*root.as_bytes(), size))
}

fn tree(size: u64) -> BaoTree {
    BaoTree::new(size, GROUP)
}

/// Encodes segment `index` from content and hashes in files; damaged content is an error.
///
/// # Errors
/// Those of the files, and content that does not have the digest.
pub fn encode(
    digest: &Digest,
    size: u64,
    index: u64,
    data: &Path,
    hashes: &Path,
    target: &mut Vec<u8>,
) -> io::Result<()> {
    let outboard = PostOrderOutboard {
        root: blake3::Hash::from_bytes(*digest),
        tree: tree(size),
        data: File::open(hashes)?,
    };
    encode_ranges_validated(File::open(data)?, outboard, &ranges(size, index), target)
        .map_err(io::Error::other)
}

/// Checks an encoded segment, and writes its content and hashes into files: no byte before it is proven, and the hashes
/// only if all of it is right.
///
/// # Errors
/// Those of the files, and a segment that is not the content's.
pub fn decode(
    digest: &Digest,
    size: u64,
    index: u64,
    encoded: &[u8],
    data: &Path,
    hashes: &Path,
) -> io::Result<()> {
    let (tree, ranges) = (tree(size), ranges(size, index));
    let (mut rest, mut pairs) = (encoded, Vec::new());
    let open = |path: &Path| File::options().write(true).open(path);
    let mut file = open(data)?;
    for item in DecodeResponseIter::new(blake3::Hash::from_bytes(*digest), tree, &mut rest, &ranges) {
        match item.map_err(io::Error::other)? {
            BaoContentItem::Parent(Parent { node, pair: (left, right) }) => {
                if let Some(position) = tree.post_order_offset(node) {
                    pairs.push((position.value() * PAIR_BYTES, [*left.as_bytes(), *right.as_bytes()]));
                }
            }
            // At once, while it is in the processor's cache.
            BaoContentItem::Leaf(Leaf { offset, data }) => file.write_all_at(offset, &data)?,
        }
    }
    if !rest.is_empty() {
        return Err(io::Error::other("the segment is followed by other bytes"));
    }
    // Hashes come from the root down and are kept from the groups up.
    pairs.sort_unstable_by_key(|(position, _)| *position);
    write_together(&mut open(hashes)?, pairs.iter().map(|(position, pair)| (*position, pair.as_flattened())))
}

/// Writes parts at ascending positions, those that touch at once.
fn write_together<'a>(file: &mut File, parts: impl Iterator<Item = (u64, &'a [u8])>) -> io::Result<()> {
    let (mut start, mut end, mut run) = (0, 0, Vec::new());
    for (position, part) in parts.filter(|(_, part)| !part.is_empty()) {
        if position != end {
            write_run(file, start, &mut run)?;
            start = position;
        }
        end = position + part.len() as u64;
        run.push(io::IoSlice::new(part));
    }
    write_run(file, start, &mut run)
}

fn write_run(file: &mut File, start: u64, run: &mut Vec<io::IoSlice<'_>>) -> io::Result<()> {
    let mut rest = run.as_mut_slice();
    if !rest.is_empty() {
        file.seek(io::SeekFrom::Start(start))?;
    }
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => io::IoSlice::advance_slices(&mut rest, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    run.clear();
    Ok(())
}

/// Whether the encoding of the end proves `size`.
#[must_use]
pub fn proves_size(digest: &Digest, size: u64, encoded: &[u8]) -> bool {
    let outboard =
        bao_tree::io::outboard::EmptyOutboard { root: blake3::Hash::from_bytes(*digest), tree: tree(size) };
    let ranges = ranges(size, SIZE_PROOF);
    let mut rest = encoded;
    let items = DecodeResponseIter::new(outboard.root, outboard.tree, &mut rest, &ranges);
    items.into_iter().all(|item| item.is_ok())
}

/// The segments of partial content that are whole and right.
///
/// # Errors
/// Those of the files.
pub fn whole(digest: &Digest, size: u64, data: &Path, hashes: &Path) -> io::Result<Vec<bool>> {
    let outboard = PostOrderOutboard {
        root: blake3::Hash::from_bytes(*digest),
        tree: tree(size),
        data: File::open(hashes)?,
    };
    let all = ChunkRanges::all();
    let mut right = ChunkRanges::empty();
    for range in valid_ranges(outboard, File::open(data)?, &all) {
        let range: Range<ChunkNum> = range?;
        right |= ChunkRanges::from(range);
    }
    let chunks = size.div_ceil(CHUNK_BYTES);
    let per_segment = SEGMENT_BYTES / CHUNK_BYTES;
    Ok((0..count(size))
        .map(|index| {
            let segment = ChunkNum(index * per_segment)..ChunkNum(((index + 1) * per_segment).min(chunks));
            let segment = ChunkRanges::from(segment);
            (&segment & &right) == segment
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::*;

    struct Content {
        folder: TempDir,
        digest: Digest,
        size: u64,
    }

    impl Content {
        fn new(size: u64) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let bytes: Vec<u8> = (0..size).map(|index| ((index * 31) >> 7) as u8 | 1).collect();
            std::fs::write(folder.path().join("data"), &bytes).unwrap();
            let (digest, found) =
                hash_file(&folder.path().join("data"), &folder.path().join("hashes")).unwrap();
            assert_eq!((found, digest), (size, *blake3::hash(&bytes).as_bytes()));
            Self { folder, digest, size }
        }

        fn at(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn encode(&self, index: u64) -> Vec<u8> {
            let mut encoded = Vec::new();
            encode(&self.digest, self.size, index, &self.at("data"), &self.at("hashes"), &mut encoded)
                .unwrap();
            encoded
        }

        fn decode(&self, index: u64, encoded: &[u8]) -> io::Result<()> {
            decode(&self.digest, self.size, index, encoded, &self.at("copy"), &self.at("copy hashes"))
        }

        fn blank(&self) {
            File::create(self.at("copy")).unwrap().set_len(self.size).unwrap();
            File::create(self.at("copy hashes")).unwrap();
        }

        fn whole(&self) -> Vec<bool> {
            whole(&self.digest, self.size, &self.at("copy"), &self.at("copy hashes")).unwrap()
        }
    }

    #[test]
    fn segments_in_any_order_make_up_the_content_and_a_restart_knows_which_are_here() {
        for size in [0, 1, 1024, 16_385, SEGMENT_BYTES, SEGMENT_BYTES + 1, 6 * SEGMENT_BYTES + 777] {
            let content = Content::new(size);
            content.blank();
            let segments = count(size);
            let mut expected = vec![false; segments as usize];
            // Empty content is whole from the start.
            assert_eq!(content.whole(), if size == 0 { vec![true] } else { expected.clone() });
            for step in 0..segments {
                let index = (step * 3 + 2) % segments;
                let encoded = content.encode(index);
                assert!(8 + encoded.len() <= crate::wire::MAX_SEGMENT_RESPONSE_BYTES);
                content.decode(index, &encoded).unwrap();
                expected[index as usize] = true;
                assert_eq!(content.whole(), expected, "{size} bytes, segment {index}");
            }
            let read = |name| std::fs::read(content.at(name)).unwrap();
            assert!(read("copy") == read("data"));
        }
    }

    #[test]
    fn only_the_true_size_is_proven() {
        let content = Content::new(2 * SEGMENT_BYTES + 5000);
        let last = content.encode(SIZE_PROOF);
        assert!(last.len() < 20_000);
        assert!(proves_size(&content.digest, content.size, &last));
        let sizes =
            [0, 1, SEGMENT_BYTES, content.size - 1, content.size + 1, 2 * content.size, MAX_CONTENT_BYTES];
        for size in sizes {
            assert!(!proves_size(&content.digest, size, &last), "{size}");
        }
        assert!(!proves_size(&content.digest, content.size, &content.encode(1)));
        assert!(!proves_size(&[0; 32], content.size, &last));
    }

    #[test]
    fn a_segment_with_bytes_after_it_is_refused() {
        let content = Content::new(100);
        content.blank();
        let mut encoded = content.encode(0);
        encoded.push(0);
        assert!(content.decode(0, &encoded).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_changed_or_cut_segment_is_refused_and_no_wrong_byte_is_written(
            position in any::<prop::sample::Index>(),
            flip in 1u8..,
            cut in any::<bool>(),
        ) {
            let content = Content::new(SEGMENT_BYTES + 40_000);
            content.blank();
            let mut encoded = content.encode(1);
            let position = position.index(encoded.len());
            if cut {
                encoded.truncate(position);
            } else {
                encoded[position] ^= flip;
            }
            prop_assert!(content.decode(1, &encoded).is_err());
            let data = std::fs::read(content.at("data")).unwrap();
            let copy = std::fs::read(content.at("copy")).unwrap();
            prop_assert!(copy.iter().zip(&data).all(|(found, right)| *found == 0 || found == right));
            prop_assert_eq!(content.whole(), [false, false]);
        }
    }
}
