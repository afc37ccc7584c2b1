//! What the profile does to each attribute: PS3.15 table E.1-1 as data.
//!
//! `data/attributes.tsv` is written by `scripts/deid-table`, which says where each column comes from. The edition of the standard is in
//! its first line.

use std::collections::HashMap;
use std::sync::OnceLock;

use dicom_core::Tag;

/// Edition of PS3.15 that the table follows.
pub const EDITION: &str = "2026c";
const ROWS: &str = include_str!("../data/attributes.tsv");

/// An action of the table (PS3.15 E.1.1), where it leaves a choice the one that keeps every kind of object valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// X: the attribute is removed.
    Remove,
    /// Z, X/Z: an empty value.
    Empty,
    /// D, Z/D, X/D: a value without meaning.
    Dummy,
    /// X/Z/D: as [`Dummy`](Self::Dummy); sequences are emptied.
    DummyOrEmpty,
    /// U: another UID, the same for the same.
    Uid,
    /// X/Z/U*: a sequence of references, whose UIDs are replaced.
    References,
}

/// An option of the profile that keeps an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// Retain UIDs (113110).
    Uids,
    /// Retain device identity.
    Device,
    /// Retain institution identity.
    Institution,
    /// Retain patient characteristics.
    Patient,
    /// Retain longitudinal temporal information, with full or modified dates.
    Dates,
}

/// A row: what the basic profile does, and which options keep the attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// What the basic profile does.
    pub code: Code,
    keepers: u8,
}

impl Row {
    /// Whether this option keeps the attribute.
    #[must_use]
    pub fn kept_by(self, keeper: Keeper) -> bool {
        self.keepers & bit(keeper) != 0
    }
}

/// The row of an attribute of an even group below 50xx; what the table does not list has none.
#[must_use]
pub fn row(tag: Tag) -> Option<Row> {
    static TABLE: OnceLock<HashMap<Tag, Row>> = OnceLock::new();
    TABLE.get_or_init(|| lines().filter_map(parse).collect()).get(&tag).copied()
}

fn lines() -> impl Iterator<Item = &'static str> {
    ROWS.lines().filter(|line| !line.starts_with('#'))
}

/// Reads a row. Repeating groups have an x in their tag; they are removed as a whole and need no row.
fn parse(line: &str) -> Option<(Tag, Row)> {
    let mut fields = line.split('\t');
    let (tag, code, keepers) = (fields.next()?, fields.next()?, fields.next()?);
    let (group, element) = tag.split_at_checked(4)?;
    let tag = Tag(u16::from_str_radix(group, 16).ok()?, u16::from_str_radix(element, 16).ok()?);
    let code = match code {
        "X" => Code::Remove,
        "Z" | "X/Z" => Code::Empty,
        "D" | "Z/D" | "X/D" => Code::Dummy,
        "X/Z/D" => Code::DummyOrEmpty,
        "U" => Code::Uid,
        "X/Z/U*" => Code::References,
        _ => return None,
    };
    let mut bits = 0;
    for keeper in keepers.split(',').filter(|keeper| *keeper != "-") {
        bits |= bit(match keeper {
            "uids" => Keeper::Uids,
            "device" => Keeper::Device,
            "institution" => Keeper::Institution,
            "patient" => Keeper::Patient,
            "dates" => Keeper::Dates,
            _ => return None,
        });
    }
    Some((tag, Row { code, keepers: bits }))
}

fn bit(keeper: Keeper) -> u8 {
    match keeper {
        Keeper::Uids => 1,
        Keeper::Device => 2,
        Keeper::Institution => 4,
        Keeper::Patient => 8,
        Keeper::Dates => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_row_but_those_of_repeating_groups() {
        let left_out: Vec<&str> = lines().filter(|line| parse(line).is_none()).collect();
        assert_eq!(left_out.len(), 3, "{left_out:?}");
        for line in left_out {
            assert!(line.starts_with("50xx") || line.starts_with("60xx"), "{line}");
        }
        assert_eq!(lines().filter(|line| line.ends_with("\tE.1-1")).count(), 655);
        assert!(ROWS.lines().next().is_some_and(|first| first.contains(EDITION)));
    }

    #[test]
    fn rows_are_what_the_standard_says() {
        let code = |group, element| row(Tag(group, element)).map(|row| row.code);
        assert_eq!(code(0x0010, 0x0010), Some(Code::Empty));
        assert_eq!(code(0x0010, 0x0040), Some(Code::Empty));
        assert_eq!(code(0x0020, 0x000D), Some(Code::Uid));
        assert_eq!(code(0x0008, 0x103E), Some(Code::Remove));
        assert_eq!(code(0x0008, 0x1140), Some(Code::References));
        assert_eq!(code(0x0008, 0x0060), None);
        let sex = row(Tag(0x0010, 0x0040)).unwrap();
        assert!(sex.kept_by(Keeper::Patient) && !sex.kept_by(Keeper::Dates));
        // A birth date stays with no option.
        assert_eq!(row(Tag(0x0010, 0x0030)).unwrap().keepers, 0);
    }
}
