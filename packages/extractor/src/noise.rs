//! How often noise is more than a code corrects.

/// Probability that more than `t` of `n` independent bits are wrong, each with probability `p`: the binomial tail,
/// summed term by term. NaN if `p` is not in 0..=1.
pub(crate) fn binomial_tail(n: usize, t: usize, p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || t >= n {
        return 0.0;
    }
    if p == 1.0 {
        return 1.0;
    }
    // The side without the mode is summed: its terms shrink from the first on, and the first is not so small that
    // a float can't hold it.
    if (t + 1) as f64 > n as f64 * p {
        upper_sum(n, t + 1, p)
    } else {
        // The number of bits that are right is binomial as well.
        1.0 - upper_sum(n, n - t, 1.0 - p)
    }
}

/// Probability of `first` or more wrong bits.
fn upper_sum(n: usize, first: usize, p: f64) -> f64 {
    let choose: f64 = (0..first).map(|j| ((n - j) as f64 / (j + 1) as f64).ln()).sum();
    let mut term = (choose + first as f64 * p.ln() + (n - first) as f64 * (1.0 - p).ln()).exp();
    let mut total = 0.0;
    for i in first..=n {
        total += term;
        term *= (n - i) as f64 / (i + 1) as f64 * p / (1.0 - p);
    }
    total
}

/// Binary entropy function, in bits.
pub(crate) fn binary_entropy(p: f64) -> f64 {
    [p, 1.0 - p].iter().filter(|p| **p > 0.0).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) -> bool {
        (found / expected - 1.0).abs() < 1e-9
    }

    #[test]
    fn tails_of_few_bits_are_the_fractions_that_they_are() {
        assert!(close(binomial_tail(2, 0, 0.5), 0.75));
        assert!(close(binomial_tail(3, 1, 0.1), 0.028));
        assert!(close(binomial_tail(5, 2, 0.5), 0.5));
        assert!(close(binomial_tail(4, 3, 0.1), 1e-4));
        assert_eq!(binomial_tail(4, 4, 0.9), 0.0);
        assert_eq!(binomial_tail(4, 2, 0.0), 0.0);
        assert_eq!(binomial_tail(4, 2, 1.0), 1.0);
        assert!(binomial_tail(4, 2, -0.1).is_nan() && binomial_tail(4, 2, f64::NAN).is_nan());
    }

    #[test]
    fn much_noise_is_more_than_any_code_corrects() {
        assert!(close(binomial_tail(2040, 74, 0.5), 1.0));
        assert!(close(binomial_tail(1016, 102, 0.3), 1.0));
    }

    #[test]
    fn a_fair_bit_has_one_bit_of_entropy_and_a_certain_one_none() {
        assert_eq!((binary_entropy(0.5), binary_entropy(0.0), binary_entropy(1.0)), (1.0, 0.0, 0.0));
        assert!(close(binary_entropy(0.11), 0.499_915_958_164_528));
    }
}
