//! Pages of answers: how long one is, whatever was asked for.

/// Rows of one answer: as many as were asked for, at most `most`, which is also what an answer has where nobody asked.
#[must_use]
pub fn size(limit: Option<u32>, most: u32) -> usize {
    usize::try_from(limit.unwrap_or(most).min(most)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_page_has_what_was_asked_for_and_at_most_the_bound() {
        assert_eq!([None, Some(0), Some(7), Some(u32::MAX)].map(|limit| size(limit, 10)), [10, 0, 7, 10]);
    }
}
