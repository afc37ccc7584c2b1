//! Members' numbers as x-coordinates, and interpolation.

use bithive_curve::{G1, G1Sum, Scalar};

/// The x-coordinate of a member.
pub(crate) fn coordinate(member: u8) -> Scalar {
    Scalar::from(u64::from(member))
}

/// The weights by which values at `members` give the value at `at`. None where a member is there twice.
pub(crate) fn weights(members: &[u8], at: u8) -> Option<Vec<Scalar>> {
    let at = coordinate(at);
    let weight = |member: &u8| {
        let own = coordinate(*member);
        let others = members.iter().filter(|other| *other != member).map(|other| coordinate(*other));
        let (numerator, denominator) = others
            .fold((Scalar::one(), Scalar::one()), |(above, below), other| {
                (above.mul(&at.sub(&other)), below.mul(&own.sub(&other)))
            });
        Some(numerator.mul(&denominator.invert()?))
    };
    let twice = (1..=u8::MAX).any(|one| members.iter().filter(|member| **member == one).count() > 1);
    if twice { None } else { members.iter().map(weight).collect() }
}

/// The sum of points by weights.
pub(crate) fn weighted(points: &[G1], weights: &[Scalar]) -> G1 {
    let mut sum = G1Sum::new();
    G1::mul_each(points, weights).iter().for_each(|point| sum.add(point));
    sum.finish()
}

/// The value of a polynomial at a member's coordinate, from its coefficients, the constant one first.
pub(crate) fn evaluate(coefficients: &[Scalar], member: u8) -> Scalar {
    let x = coordinate(member);
    coefficients.iter().rev().fold(Scalar::zero(), |sum, coefficient| sum.mul(&x).add(coefficient))
}

/// The same, of coefficients that are hidden in points.
pub(crate) fn evaluate_points(coefficients: &[G1], member: u8) -> G1 {
    weighted(coefficients, &coordinate(member).powers(coefficients.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_at_any_members_give_the_value_elsewhere() {
        let coefficients: Vec<Scalar> = [5u64, 7, 11].map(Scalar::from).to_vec();
        let points = G1::mul_each(&[G1::generator(); 3], &coefficients);
        for members in [[1, 2, 3], [5, 1, 4], [7, 6, 2]] {
            for at in [0, 1, 6] {
                let weights = weights(&members, at).unwrap();
                let values = members.map(|member| evaluate(&coefficients, member));
                let sum = weights
                    .iter()
                    .zip(&values)
                    .fold(Scalar::zero(), |sum, (weight, value)| sum.add(&weight.mul(value)));
                assert_eq!(sum, evaluate(&coefficients, at));
                let hidden = members.map(|member| evaluate_points(&points, member));
                assert_eq!(weighted(&hidden, &weights), G1::generator() * &sum);
            }
        }
        assert_eq!(weights(&[1, 2, 1], 0), None);
    }
}
