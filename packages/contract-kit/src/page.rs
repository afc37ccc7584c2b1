//! Pages of answers: how many rows one has.

/// Rows of one page: `limit`, at most `most`; `most` if no limit is given.
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
