//! Points and scalars: both backends take and refuse the same bytes for the same reason, and write back what they
//! took.

use bithive_curve::backend::arkworks::Arkworks;
use bithive_curve::backend::blst::Blst;
use bithive_curve::backend::{PairingEngine, SourceGroup};
use bithive_curve::point::Point;
use bithive_curve::{DecodeError, Scalar};

use crate::choose;
use crate::memory::Budget;

/// Points take more room decoded than encoded.
pub const BUDGET: Budget = Budget { fixed: 64 << 10, per_byte: 64 };

type G1<E> = <E as PairingEngine>::G1;
type G2<E> = <E as PairingEngine>::G2;

/// The first byte chooses the decoder.
pub fn check(input: &[u8]) {
    match choose(input, 5) {
        None => {}
        Some((0, bytes)) => point::<G1<Blst>, G1<Arkworks>>(bytes),
        Some((1, bytes)) => point::<G2<Blst>, G2<Arkworks>>(bytes),
        Some((2, bytes)) => points::<G1<Blst>, G1<Arkworks>>(bytes),
        Some((3, bytes)) => points::<G2<Blst>, G2<Arkworks>>(bytes),
        Some((_, bytes)) => scalars(bytes),
    }
}

/// Once as it is, and once with the flag that every compressed point has, so that more inputs get past it.
fn point<A: SourceGroup, B: SourceGroup>(bytes: &[u8]) {
    let mut flagged = bytes.to_vec();
    if let Some(first) = flagged.first_mut() {
        *first |= 0x80;
    }
    for bytes in [bytes, &flagged] {
        let (a, b) = (recode::<A>(bytes), recode::<B>(bytes));
        assert_eq!(a, b, "the backends agree");
        if let Ok(written) = a {
            assert_eq!(written, bytes, "a point has one encoding");
        }
    }
}

fn recode<C: SourceGroup>(bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
    Point::<C>::decode(bytes).map(|point| point.encode().as_ref().to_vec())
}

fn points<A: SourceGroup, B: SourceGroup>(bytes: &[u8]) {
    let (a, b) = (recode_many::<A>(bytes), recode_many::<B>(bytes));
    assert_eq!(a, b, "the backends agree");
    if let Ok(written) = a {
        assert_eq!(written, bytes, "a list of points has one encoding");
    }
}

fn recode_many<C: SourceGroup>(bytes: &[u8]) -> Result<Vec<u8>, (usize, DecodeError)> {
    let points = Point::<C>::decode_many(bytes)?;
    Ok(points.iter().flat_map(|point| point.encode().as_ref().to_vec()).collect())
}

fn scalars(bytes: &[u8]) {
    assert_eq!(Blst::scalar_reduce(bytes), Arkworks::scalar_reduce(bytes), "reduction");
    let (head, tail) = bytes.split_at(bytes.len().min(Scalar::LEN));
    let Ok(a) = Scalar::decode(head) else { return };
    assert_eq!(a.encode().as_slice(), head, "a scalar has one encoding");
    let Ok(b) = Scalar::decode(tail) else { return };
    assert_eq!(a.add(&b).sub(&b), a);
    let [x, y] = [&a, &b].map(|scalar| {
        let mut little_endian = *scalar.encode();
        little_endian.reverse();
        little_endian
    });
    assert_eq!(Blst::scalar_add(&x, &y), Arkworks::scalar_add(&x, &y), "sum");
    assert_eq!(Blst::scalar_sub(&x, &y), Arkworks::scalar_sub(&x, &y), "difference");
    assert_eq!(Blst::scalar_mul(&x, &y), Arkworks::scalar_mul(&x, &y), "product");
    assert_eq!(Blst::scalar_invert(&x), Arkworks::scalar_invert(&x), "inverse");
}
