//! Rendered text in pictures: names that a device has drawn over an image.
//!
//! Letters are strokes: components of one brightness against what is around them, with a stroke of about one width, a few of them beside each
//! other on one line. The width of strokes as the mark of text is from Epshtein, Ofek and Wexler, "Detecting text in natural scenes with
//! stroke width transform" (CVPR 2010), section 3; here a stroke's width is the shorter of a pixel's horizontal and vertical run, which
//! is enough for text that is drawn upright.
//!
//! It finds lines of three letters or more that stand upright and differ from their surroundings by a tenth of the picture's range. It
//! does not read them, and handwriting, slanted text and single letters escape it. It is a net under the rule that pictures which usually
//! have text are refused, and not in place of it.

use crate::area::Area;

/// Half the side of the square that a pixel is compared with.
const AROUND: usize = 10;
/// Least differences from the mean around, of 255 gray levels, and the components that make a line at each. At one difference letters touch
/// what is beside them, at another they stand alone; at the least, noise makes lines of three, too.
const CONTRASTS: [(i64, usize); 4] = [(26, 4), (48, 3), (80, 3), (120, 3)];
/// Heights of letters that are looked for, in pixels.
const LEAST_HEIGHT: usize = 5;
const MOST_HEIGHT: usize = 72;
/// More components than a page of text has are noise.
const MOST_COMPONENTS: usize = 20_000;

/// The picture in 255 gray levels: its range without one in 5,000 pixels at each end, so that a bright spot does not make the rest dark. A word
/// has more pixels than that: it is often brighter or darker than all of the picture, and may not be cut to what is below it. Samples
/// that are no numbers count as the lowest.
#[must_use]
pub fn gray(samples: &[f32]) -> Vec<u8> {
    let finite = || samples.iter().copied().filter(|sample| sample.is_finite());
    let (least, most) = finite().fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), sample| {
        (least.min(sample), most.max(sample))
    });
    if least >= most {
        return vec![0; samples.len()];
    }
    let bins = 4_096_usize;
    let bin = |sample: f32| level((sample - least) / (most - least) * 4_095.0, 4_095);
    let mut histogram = vec![0_u64; bins];
    for sample in finite() {
        if let Some(count) = histogram.get_mut(bin(sample)) {
            *count = count.saturating_add(1);
        }
    }
    let tail = (samples.len() as u64) / 5_000;
    let mut low = first_beyond(histogram.iter(), tail);
    let mut high = bins.saturating_sub(1).saturating_sub(first_beyond(histogram.iter().rev(), tail));
    if low >= high {
        // Hardly anything but one value: text on an empty picture.
        (low, high) = (0, bins.saturating_sub(1));
    }
    let span = high.saturating_sub(low).max(1);
    let scaled = |sample: f32| {
        let bin = if sample.is_finite() { bin(sample) } else { 0 };
        let gray = bin.saturating_sub(low).min(span).saturating_mul(255).checked_div(span).unwrap_or(0);
        u8::try_from(gray).unwrap_or(u8::MAX)
    };
    samples.iter().map(|sample| scaled(*sample)).collect()
}

/// How many bins come before the one that exceeds `tail` in sum.
fn first_beyond<'a>(counts: impl Iterator<Item = &'a u64>, tail: u64) -> usize {
    let mut seen = 0_u64;
    counts
        .take_while(|count| {
            seen = seen.saturating_add(**count);
            seen <= tail
        })
        .count()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and most")]
fn level(value: f32, most: usize) -> usize {
    (value.max(0.0) as usize).min(most)
}

/// Where a line of text was found; none where there is none. `gray` has `rows` rows of
/// `columns` pixels.
#[must_use]
pub fn find(gray: &[u8], columns: usize, rows: usize) -> Option<Area> {
    if columns < 16 || rows < LEAST_HEIGHT || Some(gray.len()) != columns.checked_mul(rows) {
        return None;
    }
    let sums = Sums::of(gray, columns);
    let differences = sums.differences(gray, rows);
    CONTRASTS.into_iter().flat_map(|contrast| [(contrast, false), (contrast, true)]).find_map(
        |((contrast, count), dark)| {
            let stroke = |difference: &i16| {
                let brighter = i64::from(*difference);
                if dark { brighter.saturating_neg() > contrast } else { brighter > contrast }
            };
            let mask: Vec<bool> = differences.iter().map(stroke).collect();
            if !mask.contains(&true) {
                return None;
            }
            line(letters(&mask, gray, columns, rows), count)
        },
    )
}

/// Sums of all pixels above and left, for means of squares in four additions.
struct Sums {
    columns: usize,
    sums: Vec<u64>,
}

impl Sums {
    fn of(gray: &[u8], columns: usize) -> Self {
        let width = columns.saturating_add(1);
        let mut sums = vec![0_u64; width];
        let mut above = vec![0_u64; width];
        for row in gray.chunks_exact(columns) {
            let mut left = 0_u64;
            let mut next = Vec::with_capacity(width);
            next.push(0);
            for (pixel, above) in row.iter().zip(above.iter().skip(1)) {
                left = left.saturating_add(u64::from(*pixel));
                next.push(left.saturating_add(*above));
            }
            sums.extend_from_slice(&next);
            above = next;
        }
        Self { columns, sums }
    }

    /// How much brighter each pixel is than the mean of its surroundings.
    fn differences(&self, gray: &[u8], rows: usize) -> Vec<i16> {
        let width = self.columns.saturating_add(1);
        let mut differences = Vec::with_capacity(gray.len());
        for (y, row) in gray.chunks_exact(self.columns).enumerate() {
            let (top, bottom) =
                (y.saturating_sub(AROUND), y.saturating_add(AROUND).saturating_add(1).min(rows));
            let line = |y: usize| {
                let start = y.saturating_mul(width);
                self.sums.get(start..start.saturating_add(width)).unwrap_or_default()
            };
            let (above, below) = (line(top), line(bottom));
            let height = bottom.saturating_sub(top);
            for (x, pixel) in row.iter().enumerate() {
                let (left, right) =
                    (x.saturating_sub(AROUND), x.saturating_add(AROUND).saturating_add(1).min(self.columns));
                let at = |line: &[u64], x: usize| line.get(x).copied().unwrap_or(0);
                let sum = at(below, right)
                    .saturating_add(at(above, left))
                    .saturating_sub(at(above, right))
                    .saturating_sub(at(below, left));
                let count = height.saturating_mul(right.saturating_sub(left)).max(1);
                let mean = sum.checked_div(count as u64).unwrap_or(0);
                let mean = i16::try_from(mean).unwrap_or(0);
                differences.push(i16::from(*pixel).saturating_sub(mean));
            }
        }
        differences
    }
}

/// A component that may be a letter, or a few that touch each other.
#[derive(Debug, Clone, Copy)]
struct Letter {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    stroke: f64,
    gray: f64,
}

impl Letter {
    fn height(&self) -> usize {
        self.bottom.saturating_sub(self.top)
    }

    fn width(&self) -> usize {
        self.right.saturating_sub(self.left)
    }
}

/// What is known of a component while its pixels are visited.
#[derive(Clone, Copy)]
struct Blob {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
    area: u32,
    strokes: f64,
    squares: f64,
    gray: f64,
    gray_squares: f64,
}

/// Components whose size and stroke are those of letters.
#[allow(clippy::cast_precision_loss, reason = "sizes of pictures are far below 2^52")]
fn letters(mask: &[bool], gray: &[u8], columns: usize, rows: usize) -> Vec<Letter> {
    let strokes = strokes(mask, columns, rows);
    let labels = Labels::of(mask, columns);
    let mut blobs: Vec<Option<Blob>> = vec![None; labels.parents.len()];
    for (index, label) in labels.pixels.iter().enumerate() {
        if *label == 0 {
            continue;
        }
        let (x, y) = (index.checked_rem(columns).unwrap_or(0), index.checked_div(columns).unwrap_or(0));
        let stroke = f64::from(strokes.get(index).copied().unwrap_or(0));
        let value = f64::from(gray.get(index).copied().unwrap_or(0));
        let Some(blob) = blobs.get_mut(labels.root(*label)) else { continue };
        let blob = blob.get_or_insert(Blob {
            left: x,
            top: y,
            right: x,
            bottom: y,
            area: 0,
            strokes: 0.0,
            squares: 0.0,
            gray: 0.0,
            gray_squares: 0.0,
        });
        blob.left = blob.left.min(x);
        blob.right = blob.right.max(x);
        blob.bottom = y;
        blob.area = blob.area.saturating_add(1);
        blob.strokes += stroke;
        blob.squares += stroke * stroke;
        blob.gray += value;
        blob.gray_squares += value * value;
    }
    let letter = |blob: &Blob| {
        let area = f64::from(blob.area);
        let (mean, gray) = (blob.strokes / area, blob.gray / area);
        let letter = Letter {
            left: blob.left,
            top: blob.top,
            right: blob.right.saturating_add(1),
            bottom: blob.bottom.saturating_add(1),
            stroke: mean,
            gray,
        };
        let (width, height) = (letter.width() as f64, letter.height() as f64);
        let spread = (blob.squares / area - mean * mean).max(0.0).sqrt();
        let shades = (blob.gray_squares / area - gray * gray).max(0.0).sqrt();
        let filled = area / (width * height);
        let sized = (LEAST_HEIGHT..=MOST_HEIGHT).contains(&letter.height()) && width <= 4.0 * height;
        let stroked =
            mean <= (0.4 * height).max(2.0) && spread <= 1.1 * mean && (0.12..=0.97).contains(&filled);
        (sized && stroked && shades <= 60.0).then_some(letter)
    };
    blobs.iter().flatten().filter_map(letter).collect()
}

/// For each pixel of the mask, the shorter of its horizontal and its vertical run.
fn strokes(mask: &[bool], columns: usize, rows: usize) -> Vec<u16> {
    let mut shorter = vec![u16::MAX; mask.len()];
    for (line, runs) in mask.chunks_exact(columns).zip(shorter.chunks_exact_mut(columns)) {
        let mut start = 0;
        for end in 0..=columns {
            if line.get(end) != Some(&true) {
                let length = u16::try_from(end.saturating_sub(start)).unwrap_or(u16::MAX);
                if let Some(run) = runs.get_mut(start..end) {
                    run.fill(length);
                }
                start = end.saturating_add(1);
            }
        }
    }
    let mut open = vec![0_usize; columns];
    for y in 0..=rows {
        for (x, start) in open.iter_mut().enumerate() {
            let index = y.saturating_mul(columns).saturating_add(x);
            if y < rows && mask.get(index) == Some(&true) {
                continue;
            }
            let length = u16::try_from(y.saturating_sub(*start)).unwrap_or(u16::MAX);
            for above in *start..y {
                if let Some(run) = shorter.get_mut(above.saturating_mul(columns).saturating_add(x)) {
                    *run = (*run).min(length);
                }
            }
            *start = y.saturating_add(1);
        }
    }
    shorter
}

/// Components of neighbours in eight directions, by union of labels.
struct Labels {
    pixels: Vec<u32>,
    parents: Vec<u32>,
}

impl Labels {
    fn of(mask: &[bool], columns: usize) -> Self {
        let mut labels = Self { pixels: vec![0; mask.len()], parents: vec![0] };
        for (index, set) in mask.iter().enumerate() {
            if !set {
                continue;
            }
            let x = index.checked_rem(columns).unwrap_or(0);
            let above = index.checked_sub(columns);
            let neighbours = [
                (x > 0).then(|| index.saturating_sub(1)),
                above.filter(|_| x > 0).and_then(|above| above.checked_sub(1)),
                above,
                above.map(|above| above.saturating_add(1)).filter(|_| x.saturating_add(1) < columns),
            ];
            let mut label = 0;
            for neighbour in neighbours.into_iter().flatten() {
                let found = labels.pixels.get(neighbour).copied().unwrap_or(0);
                match (label, found) {
                    (_, 0) => {}
                    (0, found) => label = found,
                    (one, other) => labels.unite(one, other),
                }
            }
            if label == 0 {
                label = u32::try_from(labels.parents.len()).unwrap_or(0);
                labels.parents.push(label);
            }
            if let Some(pixel) = labels.pixels.get_mut(index) {
                *pixel = label;
            }
        }
        labels
    }

    fn root(&self, label: u32) -> usize {
        let mut at = label;
        loop {
            match self.parents.get(at as usize) {
                Some(parent) if *parent != at => at = *parent,
                _ => return at as usize,
            }
        }
    }

    fn unite(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        let (low, high) = (one.min(other), one.max(other));
        if let (Some(parent), Ok(low)) = (self.parents.get_mut(high), u32::try_from(low)) {
            *parent = low;
        }
    }
}

/// As many letters of one height and stroke that follow each other on one line.
fn line(mut letters: Vec<Letter>, count: usize) -> Option<Area> {
    if letters.len() > MOST_COMPONENTS {
        letters.truncate(MOST_COMPONENTS);
    }
    letters.sort_by_key(|letter| letter.left);
    // For each letter, the letters of the line that ends with it, and the index of the one before.
    let mut chains: Vec<(usize, Option<usize>)> = vec![(1, None); letters.len()];
    for (index, letter) in letters.iter().enumerate() {
        let mut best = (1, None);
        for (before, earlier) in letters.iter().enumerate().take(index).rev() {
            if letter.left.saturating_sub(earlier.left) > MOST_HEIGHT.saturating_mul(6) {
                break;
            }
            let length = chains.get(before).map_or(1, |chain| chain.0).saturating_add(1);
            if length > best.0 && follows(earlier, letter) {
                best = (length, Some(before));
            }
        }
        if let Some(chain) = chains.get_mut(index) {
            *chain = best;
        }
        if best.0 >= count {
            return area(&letters, &chains, index);
        }
    }
    None
}

#[allow(clippy::cast_precision_loss, reason = "sizes of pictures are far below 2^52")]
fn follows(one: &Letter, next: &Letter) -> bool {
    let (low, high) = (one.height().min(next.height()), one.height().max(next.height()));
    // A capital beside a small letter, and one that goes below the line.
    let similar = high.saturating_mul(10) <= low.saturating_mul(17);
    let gap = next.left.saturating_sub(one.right);
    let overlap = one.right.saturating_sub(next.left);
    let beside = gap.saturating_mul(10) <= high.saturating_mul(12) && overlap.saturating_mul(4) <= low;
    let on_line = one.bottom.abs_diff(next.bottom).saturating_mul(5) <= high
        || one.top.abs_diff(next.top).saturating_mul(5) <= high;
    let shared = one.bottom.min(next.bottom).saturating_sub(one.top.max(next.top)).saturating_mul(10)
        >= low.saturating_mul(7);
    let stroke = one.stroke.max(next.stroke) <= 1.6 * one.stroke.min(next.stroke) + 0.5;
    similar && beside && on_line && shared && stroke && (one.gray - next.gray).abs() <= 45.0
}

fn area(letters: &[Letter], chains: &[(usize, Option<usize>)], last: usize) -> Option<Area> {
    let mut around: Option<Letter> = None;
    let mut next = Some(last);
    while let Some(index) = next {
        let letter = letters.get(index)?;
        around = Some(around.map_or(*letter, |around| Letter {
            left: around.left.min(letter.left),
            top: around.top.min(letter.top),
            right: around.right.max(letter.right),
            bottom: around.bottom.max(letter.bottom),
            ..around
        }));
        next = chains.get(index)?.1;
    }
    let around = around?;
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    Some(Area {
        x: number(around.left),
        y: number(around.top),
        width: number(around.width()),
        height: number(around.height()),
    })
}
