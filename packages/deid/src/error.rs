//! Why a file is refused.

use dicom_core::Tag;

use crate::area::Area;

/// Why a file is refused. No variant carries a value of the object: it may be a patient's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The mark of a DICOM file is missing.
    #[error("not a DICOM file: expected \"DICM\" after a preamble of 128 bytes (PS3.10)")]
    NotDicom,
    /// The file is larger than what is read at once.
    #[error("{found} bytes, expected at most {most}; split the object into instances")]
    TooLarge {
        /// Length of the file, in bytes.
        found: usize,
        /// Bytes that are read.
        most: usize,
    },
    /// The file meta information can't be used.
    #[error("file meta information: {what}")]
    Meta {
        /// What is missing or wrong.
        what: &'static str,
    },
    /// No decoder knows the transfer syntax.
    #[error("transfer syntax {uid:?} is not known; convert the file, for example with dcmtk's dcmconv")]
    TransferSyntax {
        /// The identifier found, shortened.
        uid: String,
    },
    /// A length points behind the end of the data.
    #[error("{tag}: a length of {length} bytes, but {left} bytes are left; the file is damaged or cut off")]
    Length {
        /// The attribute, or the item's tag.
        tag: Tag,
        /// The length stated.
        length: u64,
        /// Bytes that are left.
        left: u64,
    },
    /// Sequences nest deeper than any real object.
    #[error("sequences nest deeper than {most} levels", most = crate::limits::MAX_DEPTH)]
    TooDeep,
    /// More data elements than any real object.
    #[error("more than {most} data elements", most = crate::limits::MAX_ELEMENTS)]
    TooManyElements,
    /// The bytes are not a data set.
    #[error("the data set can't be decoded at byte {position}: {what}")]
    DataSet {
        /// Offset in the data set.
        position: u64,
        /// What the decoder found.
        what: &'static str,
    },
    /// What is compressed becomes larger than anything real.
    #[error("the compressed data becomes larger than {most} bytes; it is refused unread")]
    Inflation {
        /// Bytes that are read.
        most: usize,
    },
    /// The object can't be encoded.
    #[error("the object can't be written in its transfer syntax")]
    Write,
    /// An attribute that is needed is missing or has no usable value.
    #[error("{tag} is missing or has no usable value; expected {expected}")]
    Attribute {
        /// Tag of the attribute.
        tag: Tag,
        /// What is expected of it.
        expected: &'static str,
    },
    /// An object has one picture; boxes and a look would be about one of several.
    #[error(
        "{tag} is a second picture of the object, which may have one (PS3.3 C.7.6.3); remove the one that is not meant"
    )]
    SecondPicture {
        /// Tag of the second one.
        tag: Tag,
    },
    /// A header announces more pixels than are decoded.
    #[error("the header announces {found} samples, expected at most {most}; tile or split the image", most = crate::limits::MAX_SAMPLES)]
    TooManySamples {
        /// Rows times columns times samples a pixel times frames.
        found: u64,
    },
    /// The pixel data is shorter than its header says.
    #[error(
        "the pixel data has {found} bytes, its header announces {expected}; the file is damaged or cut off"
    )]
    PixelLength {
        /// Bytes that the header announces.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// The compressed frames are not as many as the header says, or the table of their offsets disagrees.
    #[error("the header announces {announced} frames, the pixel data has {found}; the file is damaged")]
    Frames {
        /// Frames that the header announces.
        announced: u64,
        /// Frames, fragments or offsets found.
        found: u64,
    },
    /// A compressed frame has another size than the header says.
    #[error("a compressed frame is not of the size that the header says; the file is damaged")]
    FrameSize,
    /// The pixels can't be decoded.
    #[error(
        "the pixels can't be decoded from transfer syntax {uid}; decompress them first, for example with dcmtk's dcmdjpeg"
    )]
    Decode {
        /// The transfer syntax.
        uid: String,
    },
    /// Images of this kind carry names in the picture.
    #[error(
        "{why}: text in such pictures may name the patient; give the boxes to blank for this kind of image, or none where a person has looked"
    )]
    BurnedIn {
        /// The kind of image.
        why: &'static str,
    },
    /// Text was found in the picture.
    #[error(
        "text in the picture, frame {frame}, around {area}; give the boxes to blank for this kind of image, or none where a person has looked"
    )]
    TextFound {
        /// Frame, counted from 1.
        frame: u32,
        /// Around the text.
        area: Area,
    },
    /// A box to blank is outside of the image.
    #[error("the box {area} is not within an image of {columns} x {rows} pixels")]
    Outside {
        /// The box that was asked for.
        area: Area,
        /// Columns of the image.
        columns: u32,
        /// Rows of the image.
        rows: u32,
    },
    /// An encapsulated document or a DICOMDIR can't be cleaned.
    #[error(
        "an encapsulated document (PDF, CDA, STL and the like) or an index of media (DICOMDIR) can't be de-identified; leave it out"
    )]
    Document,
    /// A study names two patients.
    #[error(
        "the study names another patient than a file before; find out whose it is, then de-identify the two apart"
    )]
    TwoPatients,
    /// Two files have one identifier and different contents.
    #[error("another file has the same SOP Instance UID and different contents; keep the right one")]
    SameInstance,
    /// The key file is not one.
    #[error("the key file: expected 64 hexadecimal digits; make one with `openssl rand -hex 32`")]
    Key,
    /// The frames do not fit a tensor.
    #[error("the images don't fit a tensor: {0}")]
    Tensor(#[from] bithive_tensor::TensorError),
    /// A box's description is not one.
    #[error("boxes, entry {entry}: {what}")]
    Boxes {
        /// Entry of the list, counted from 1.
        entry: usize,
        /// What is wrong.
        what: &'static str,
    },
}
