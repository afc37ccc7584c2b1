//! Progress of long work.

/// Called during long work with the number of steps that are done, and of all steps. In the last call of work that
/// succeeds both are equal.
pub type Progress<'a> = dyn FnMut(usize, usize) + 'a;

/// A [`Progress`] for callers who do not watch.
pub(crate) fn unwatched(_done: usize, _total: usize) {}

/// Counts steps and reports them.
pub(crate) struct Steps<'a, 'b> {
    done: usize,
    total: usize,
    report: &'a mut Progress<'b>,
}

impl<'a, 'b> Steps<'a, 'b> {
    /// Reports that nothing is done yet.
    pub(crate) fn new(total: usize, report: &'a mut Progress<'b>) -> Self {
        report(0, total);
        Self { done: 0, total, report }
    }

    /// Reports `count` more steps done.
    pub(crate) fn add(&mut self, count: usize) {
        self.done += count;
        (self.report)(self.done, self.total);
    }
}
