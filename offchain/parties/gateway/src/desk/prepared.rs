//! Rules with what they name.

use bithive_deid::{Boxes, Profile};

use crate::error::{GatewayError, at};
use crate::rules::Rule;

const MAX_BOXES_BYTES: u64 = 1 << 20;

/// A rule with what it names, read once.
pub(super) struct Prepared {
    pub(super) rule: Rule,
    pub(super) profile: Profile,
}

impl Prepared {
    /// Reads what a rule names.
    ///
    /// # Errors
    /// [`GatewayError`].
    pub(super) fn read(rule: &Rule) -> Result<Self, GatewayError> {
        Ok(Self { profile: profile(rule)?, rule: rule.clone() })
    }
}

fn profile(rule: &Rule) -> Result<Profile, GatewayError> {
    let Some(path) = &rule.boxes else { return Ok(Profile { options: rule.keep, boxes: Boxes::default() }) };
    let wrong = |problem: String| GatewayError::Rule { path: path.clone(), problem };
    let length = std::fs::metadata(path).map_err(at(path))?.len();
    if length > MAX_BOXES_BYTES {
        return Err(wrong(format!("{length} bytes; at most {MAX_BOXES_BYTES} are read")));
    }
    let text = std::fs::read(path).map_err(at(path))?;
    let boxes: Boxes = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    boxes.check().map_err(|error| wrong(error.to_string()))?;
    Ok(Profile { options: rule.keep, boxes })
}
