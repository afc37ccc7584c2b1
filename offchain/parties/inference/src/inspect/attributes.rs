//! Attributes of a node, each read as what it has to be.

use tract_onnx::pb::AttributeProto;

/// The attributes of a node.
pub(crate) struct Attributes<'a>(pub(crate) &'a [AttributeProto]);

impl<'a> Attributes<'a> {
    /// Refuses attributes that nobody reads: the runtime may know more of them than this crate.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), &'static str> {
        let all_known = self.0.iter().all(|attribute| known.contains(&attribute.name.as_str()));
        if all_known { Ok(()) } else { Err("it has an attribute that this operator is not supported with") }
    }

    fn get(&self, name: &str) -> Option<&'a AttributeProto> {
        self.0.iter().find(|attribute| attribute.name == name)
    }

    /// A whole number.
    pub(crate) fn integer(&self, name: &str, default: i64) -> i64 {
        self.get(name).map_or(default, |attribute| attribute.i)
    }

    /// The number with this name, or the default.
    pub(crate) fn float(&self, name: &str, default: f32) -> f32 {
        self.get(name).map_or(default, |attribute| attribute.f)
    }

    /// A text; none for one that is not UTF-8.
    pub(crate) fn text(&self, name: &str, default: &'static str) -> Option<&'a str> {
        self.get(name).map_or(Some(default), |attribute| std::str::from_utf8(&attribute.s).ok())
    }

    /// So many whole numbers, each within the range; the default where the attribute is left out.
    pub(crate) fn integers<const N: usize>(
        &self,
        name: &str,
        default: usize,
        range: std::ops::RangeInclusive<usize>,
    ) -> Option<[usize; N]> {
        let mut values = [default; N];
        let Some(attribute) = self.get(name) else { return Some(values) };
        if attribute.ints.len() != N {
            return None;
        }
        for (value, found) in values.iter_mut().zip(&attribute.ints) {
            *value = usize::try_from(*found).ok().filter(|found| range.contains(found))?;
        }
        Some(values)
    }
}
