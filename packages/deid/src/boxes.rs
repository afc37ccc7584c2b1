//! Which parts of which pictures are blanked.

use serde::{Deserialize, Serialize};

use crate::area::Area;
use crate::error::Error;

/// Most entries of a list, and areas of an entry: more is a mistake.
const MOST: usize = 10_000;

/// Images of one kind, and their areas with text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    modality: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manufacturer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    rows: u32,
    columns: u32,
    /// None: a person has looked, and there is no text.
    boxes: Vec<Area>,
}

/// What to blank in which pictures: a list of rules, of which the first that fits an image counts.
///
/// As JSON: `[{"modality": "US", "manufacturer": "ACME", "model": "A1", "rows": 600, "columns": 800, "boxes": [[0, 0, 800, 60]]}]`, where
/// manufacturer and model may be left out, and a box is x, y, width, height. An empty list of boxes says that a person has looked at
/// images of this kind and there is no text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Boxes(Vec<Rule>);

/// What a rule is compared with.
pub(crate) struct Kind<'a> {
    pub(crate) modality: &'a str,
    pub(crate) manufacturer: &'a str,
    pub(crate) model: &'a str,
    pub(crate) rows: u32,
    pub(crate) columns: u32,
}

impl Boxes {
    /// Checks what was read from a file.
    ///
    /// # Errors
    /// [`Error::Boxes`] names the entry: no modality, an image or a box without a pixel, a box outside of the image.
    pub fn check(&self) -> Result<(), Error> {
        for (index, rule) in self.0.iter().enumerate() {
            let wrong = |what| Err(Error::Boxes { entry: index.saturating_add(1), what });
            if index >= MOST || rule.boxes.len() > MOST {
                return wrong("more entries or boxes than 10,000");
            }
            if rule.modality.trim().is_empty() {
                return wrong("expected a modality, for example \"US\"");
            }
            if rule.rows == 0 || rule.columns == 0 {
                return wrong("expected rows and columns of the image, more than 0");
            }
            for area in &rule.boxes {
                if area.width == 0 || area.height == 0 || !area.within(rule.columns, rule.rows) {
                    return wrong("a box is not within the image: expected x, y, width, height");
                }
            }
        }
        Ok(())
    }

    /// The areas of the first rule for this kind of image; none where no rule fits.
    pub(crate) fn of(&self, kind: &Kind<'_>) -> Option<&[Area]> {
        let same = |rule: &Option<String>, found: &str| {
            rule.as_deref().is_none_or(|rule| rule.trim().eq_ignore_ascii_case(found.trim()))
        };
        let fits = |rule: &&Rule| {
            rule.modality.trim().eq_ignore_ascii_case(kind.modality.trim())
                && (rule.rows, rule.columns) == (kind.rows, kind.columns)
                && same(&rule.manufacturer, kind.manufacturer)
                && same(&rule.model, kind.model)
        };
        self.0.iter().find(fits).map(|rule| &rule.boxes[..])
    }
}

impl Area {
    /// Whether it is within an image of this size.
    pub(crate) fn within(self, columns: u32, rows: u32) -> bool {
        let end = |start: u32, length: u32| start.checked_add(length);
        end(self.x, self.width).is_some_and(|end| end <= columns)
            && end(self.y, self.height).is_some_and(|end| end <= rows)
    }
}
