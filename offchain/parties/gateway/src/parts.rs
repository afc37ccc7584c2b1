//! What several parts of a configuration are made of.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// Most characters of an AE title (PS3.5, VR AE).
const MAX_TITLE: usize = 16;

pub(crate) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map_err(|_| {
        serde::de::Error::custom(format!(
            "{text:?} is no duration; expected one with its unit, like 500ms, 30s or 2m"
        ))
    })
}

pub(crate) fn is_title(title: &str) -> bool {
    (1..=MAX_TITLE).contains(&title.len())
        && title.trim() == title
        && title.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'\\')
}
