//! Where the numbers of a tensor lie: items, rows, pixels, and channels innermost.

/// Height, width and channels of one item. A row of a table is one pixel with its features as channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dims {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
}

impl Dims {
    pub(super) const fn flat(channels: usize) -> Self {
        Self { height: 1, width: 1, channels }
    }

    pub(super) const fn pixels(self) -> usize {
        self.height * self.width
    }
}

/// Zeros around an item, in pixels, which windows that reach over its edge see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Border {
    pub(super) top: usize,
    pub(super) left: usize,
    pub(super) bottom: usize,
    pub(super) right: usize,
}

impl Border {
    /// Wide enough for both.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            top: self.top.max(other.top),
            left: self.left.max(other.left),
            bottom: self.bottom.max(other.bottom),
            right: self.right.max(other.right),
        }
    }
}

/// A tensor's place in a buffer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) dims: Dims,
    pub(super) border: Border,
}

impl Place {
    pub(super) fn new(dims: Dims) -> Self {
        Self { dims, border: Border::default() }
    }

    /// Numbers from one row to the next.
    #[inline]
    pub(super) fn row(&self) -> usize {
        (self.border.left + self.dims.width + self.border.right) * self.dims.channels
    }

    /// Numbers from one item to the next.
    #[inline]
    pub(super) fn item(&self) -> usize {
        (self.border.top + self.dims.height + self.border.bottom) * self.row()
    }

    /// As [`Place::item`], of sizes that a file claims.
    pub(super) fn checked_item(&self) -> Option<usize> {
        let Self { dims, border } = self;
        let tall = border.top.checked_add(dims.height)?.checked_add(border.bottom)?;
        let wide = border.left.checked_add(dims.width)?.checked_add(border.right)?;
        tall.checked_mul(wide)?.checked_mul(dims.channels)
    }

    /// Where the first pixel lies.
    #[inline]
    pub(super) fn first(&self) -> usize {
        self.border.top * self.row() + self.border.left * self.dims.channels
    }

    /// Numbers of the pixels of a row.
    #[inline]
    pub(super) fn line(&self) -> usize {
        self.dims.width * self.dims.channels
    }

    /// Whether the numbers of an item lie in the order of the standard, channel by channel, and nothing between items.
    pub(super) fn is_plain(&self) -> bool {
        self.border == Border::default() && (self.dims.pixels() == 1 || self.dims.channels == 1)
    }

    /// Where the rows of so many items begin.
    pub(super) fn lines(&self, items: usize) -> impl Iterator<Item = usize> + use<> {
        let (first, item, row, height) = (self.first(), self.item(), self.row(), self.dims.height);
        (0..items).flat_map(move |index| (0..height).map(move |y| first + index * item + y * row))
    }
}
