//! Where in a document something is, written as FHIRPath: `Bundle.entry[3].resource.name[0].family`.

use std::fmt;

use crate::limits::MAX_QUOTED;

/// A place, as a step from the place that it is in.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    above: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Name(&'a str),
    Item(usize),
}

impl<'a> Path<'a> {
    /// The document, by the type of its resource.
    pub(crate) const fn root(name: &'a str) -> Self {
        Self { above: None, step: Step::Name(name) }
    }

    /// The path of a member of the object at this path.
    pub(crate) const fn child<'b>(&'b self, name: &'b str) -> Path<'b> {
        Path { above: Some(self), step: Step::Name(name) }
    }

    /// Whether it is an extension of an extension.
    pub(crate) fn is_within_extension(&self) -> bool {
        let mut names = 0usize;
        let mut at = Some(self);
        while let Some(path) = at {
            names = names.saturating_add(usize::from(matches!(path.step, Step::Name("extension"))));
            at = path.above;
        }
        names > 1
    }

    /// An item of a list, from 0.
    pub(crate) const fn item(&self, index: usize) -> Path<'_> {
        Path { above: Some(self), step: Step::Item(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(formatter, "{above}")?;
        }
        match self.step {
            Step::Item(index) => write!(formatter, "[{index}]"),
            Step::Name(name) => {
                if self.above.is_some() {
                    formatter.write_str(".")?;
                }
                formatter.write_str(&quoted(name))
            }
        }
    }
}

/// A text of somebody else's for a message: not longer than a line, without control characters.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String =
        text.chars().take(MAX_QUOTED).map(|one| if one.is_control() { '\u{fffd}' } else { one }).collect();
    if text.chars().nth(MAX_QUOTED).is_some() {
        shown.push('…');
    }
    shown
}
