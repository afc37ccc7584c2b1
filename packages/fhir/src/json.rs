//! JSON as FHIR needs it: numbers keep the digits that they were written with, and an object has no name twice.
//!
//! FHIR forbids to read 1.50 as 1.5: the digits say how precise a measurement is. Numbers are therefore text here
//! (<https://hl7.org/fhir/R4/json.html#primitive>). `serde_json` parses; its feature `arbitrary_precision` would do the same for
//! numbers, but changes how every other crate of a program reads them.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::limits::{MAX_BYTES, MAX_DEPTH, MAX_MEMBERS};
use crate::path::Path;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`, which FHIR has in lists of primitives only.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A string, without its escapes.
    Text(String),
    /// A list of values, in their order.
    List(Vec<Json>),
    /// An object, which may have other values in it.
    Object(Object),
}

/// An object: members in the order in which they are written, no name twice. Two are equal if they have the same members in any order.
#[derive(Clone, Debug, Default)]
pub struct Object(Vec<(String, Json)>);

/// Why bytes are not JSON that is read here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "a document that can't be read says nothing"]
pub enum JsonError {
    /// More bytes than are read.
    #[error("the document has {found} bytes; at most {} are read: send it in several", MAX_BYTES)]
    TooLong {
        /// Bytes that it has.
        found: usize,
    },
    /// It is not JSON.
    #[error("the document is not JSON: {reason}; send FHIR as JSON in UTF-8 (application/fhir+json)")]
    Syntax {
        /// What the parser says, with line and column.
        reason: String,
    },
    /// A string with a character that has no meaning, such as half of a surrogate pair.
    #[error("{path}: the text is not Unicode: {reason}; write it in UTF-8")]
    Text {
        /// Path of the string in the document.
        path: String,
        /// What the parser says.
        reason: String,
    },
    /// Objects and lists within each other.
    #[error(
        "{path}: objects and lists are more than {MAX_DEPTH} deep; R4 resources are less than half of that"
    )]
    TooDeep {
        /// Path of the first value that is too deep.
        path: String,
    },
    /// An object with too many members.
    #[error("{path} has more than {} members; no element of R4 has as many", MAX_MEMBERS)]
    TooManyMembers {
        /// Path of the object in the document.
        path: String,
    },
    /// A name that is there twice: readers differ in which one they take.
    #[error("{path} is there twice; leave one, because readers differ in which they take")]
    Twice {
        /// Path of the member that repeats a name.
        path: String,
    },
    /// The document is something else than an object.
    #[error("the document is {found}; expected an object with a resourceType")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },
}

impl Json {
    /// Reads a document.
    ///
    /// # Errors
    /// What is not JSON, is beyond the bounds of [`crate::limits`], or has a name twice in one object.
    pub fn parse(bytes: &[u8]) -> Result<Object, JsonError> {
        if bytes.len() > MAX_BYTES {
            return Err(JsonError::TooLong { found: bytes.len() });
        }
        let raw: &RawValue = serde_json::from_slice(bytes).map_err(|error| syntax(&error))?;
        let root = root_name(raw);
        match value(raw, &Path::root(&root), MAX_DEPTH)? {
            Self::Object(object) => Ok(object),
            other => Err(JsonError::NotAnObject { found: other.kind() }),
        }
    }

    /// What kind of value it is, with its article.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The object, if it is one.
    #[must_use]
    pub const fn object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// The items of a list; a value that is none is its own only item.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { std::slice::from_ref(self) }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Object {
    /// The value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The string of a name; none where it is absent or something else.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.text()
    }

    /// The items of a name; none where it is absent.
    #[must_use]
    pub fn items(&self, name: &str) -> &[Json] {
        self.get(name).map_or(&[], Json::items)
    }

    /// The value of a name, to change.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        self.0.iter_mut().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Sets the value of a name, and returns the one before.
    pub fn insert(&mut self, name: impl Into<String>, value: Json) -> Option<Json> {
        let name = name.into();
        if let Some(old) = self.get_mut(&name) {
            return Some(std::mem::replace(old, value));
        }
        self.0.push((name, value));
        None
    }

    /// Takes a name away, and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let place = self.0.iter().position(|(own, _)| own == name)?;
        Some(self.0.remove(place).1)
    }

    /// The members, in the order in which they are written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// How many members there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The document, as JSON on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Every number was checked when it was read, and nothing else of it can fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The document, as JSON for people.
    #[must_use]
    pub fn to_json_pretty(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

impl Eq for Object {}

impl IntoIterator for Object {
    type Item = (String, Json);
    type IntoIter = std::vec::IntoIter<(String, Json)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<(String, Json)> for Object {
    fn from_iter<T: IntoIterator<Item = (String, Json)>>(members: T) -> Self {
        let mut object = Self::default();
        for (name, value) in members {
            object.insert(name, value);
        }
        object
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(digits) => {
                let raw = RawValue::from_string(digits.clone());
                raw.map_err(<S::Error as serde::ser::Error>::custom)?.serialize(serializer)
            }
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Members of an object, as they are written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    // One more than is taken shows that there are too many; the rest is only looked through.
                    if members.len() <= MAX_MEMBERS {
                        members.push(member);
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// What messages begin with: the type of the resource, where the document says it.
fn root_name(raw: &RawValue) -> String {
    let members =
        serde_json::from_str::<Members<'_>>(raw.get()).map_or_else(|_| Vec::new(), |members| members.0);
    let named = members.iter().find(|(name, _)| name == "resourceType");
    let text = named.and_then(|(_, raw)| serde_json::from_str::<String>(raw.get()).ok());
    text.filter(|text| is_type_name(text)).unwrap_or_else(|| "$this".into())
}

/// Whether it could be the name of a resource type: letters, few of them.
pub(crate) fn is_type_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn syntax(error: &serde_json::Error) -> JsonError {
    JsonError::Syntax { reason: error.to_string() }
}

/// Reads a value whose syntax is right. `depth` is how many levels are left.
fn value(raw: &RawValue, path: &Path<'_>, depth: usize) -> Result<Json, JsonError> {
    let written = raw.get();
    let text =
        |error: serde_json::Error| JsonError::Text { path: path.to_string(), reason: error.to_string() };
    let deeper = || depth.checked_sub(1).ok_or_else(|| JsonError::TooDeep { path: path.to_string() });
    Ok(match written.as_bytes().first() {
        Some(b'{') => {
            let depth = deeper()?;
            let Members(members) = serde_json::from_str(written).map_err(text)?;
            if members.len() > MAX_MEMBERS {
                return Err(JsonError::TooManyMembers { path: path.to_string() });
            }
            let mut object = Object(Vec::with_capacity(members.len()));
            for (name, raw) in members {
                let at = path.child(&name);
                if object.get(&name).is_some() {
                    return Err(JsonError::Twice { path: at.to_string() });
                }
                let value = value(raw, &at, depth)?;
                object.0.push((name, value));
            }
            Json::Object(object)
        }
        Some(b'[') => {
            let depth = deeper()?;
            let raws: Vec<&RawValue> = serde_json::from_str(written).map_err(text)?;
            let mut items = Vec::with_capacity(raws.len());
            for (index, raw) in raws.into_iter().enumerate() {
                items.push(value(raw, &path.item(index), depth)?);
            }
            Json::List(items)
        }
        Some(b'"') => Json::Text(serde_json::from_str(written).map_err(text)?),
        Some(b't') => Json::Bool(true),
        Some(b'f') => Json::Bool(false),
        Some(b'n') => Json::Null,
        _ => Json::Number(written.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Object, JsonError> {
        Json::parse(text.as_bytes())
    }

    #[test]
    fn digits_of_a_number_stay_as_they_are_written() {
        let document =
            r#"{"a":1.50,"b":[1.5,-0,1E+2,0.00000000000000000000012345678901234567890],"c":{"d":null}}"#;
        let object = read(document).unwrap();
        assert_eq!(object.to_json(), document);
        assert_ne!(object.get("a"), Some(&Json::Number("1.5".into())));
    }

    #[test]
    fn a_name_that_is_there_twice_is_refused_with_its_place() {
        let text = r#"{"resourceType":"Patient","name":[{"family":"A"},{"family":"B","family":"C"}]}"#;
        assert_eq!(read(text), Err(JsonError::Twice { path: "Patient.name[1].family".into() }));
        // Also where the second is written with an escape.
        let text = r#"{"resourceType":"Patient","gender":"male","\u0067ender":"female"}"#;
        assert_eq!(read(text), Err(JsonError::Twice { path: "Patient.gender".into() }));
    }

    #[test]
    fn depth_is_bounded_whatever_the_length() {
        for depth in [MAX_DEPTH + 1, 10_000, 1_000_000] {
            let text = [r#"{"a":"#, &"[".repeat(depth), &"]".repeat(depth), "}"].concat();
            assert!(matches!(read(&text), Err(JsonError::TooDeep { .. })), "{depth}");
        }
        let most = MAX_DEPTH - 1;
        assert!(read(&[r#"{"a":"#, &"[".repeat(most), &"]".repeat(most), "}"].concat()).is_ok());
    }

    #[test]
    fn length_and_members_are_bounded() {
        let long = vec![b' '; MAX_BYTES + 1];
        assert_eq!(Json::parse(&long), Err(JsonError::TooLong { found: MAX_BYTES + 1 }));
        let members: Vec<String> = (0..=MAX_MEMBERS).map(|number| format!("\"a{number}\":1")).collect();
        let text = format!("{{{}}}", members.join(","));
        assert_eq!(read(&text), Err(JsonError::TooManyMembers { path: "$this".into() }));
    }

    #[test]
    fn what_is_not_json_says_so() {
        for text in ["", "<Patient/>", "{\"a\":01}", "{\"a\":1}x", "{'a':1}", "{\"a\":NaN}"] {
            assert!(matches!(read(text), Err(JsonError::Syntax { .. })), "{text}");
        }
        assert!(matches!(read(r#"{"a":"\ud800"}"#), Err(JsonError::Text { .. } | JsonError::Syntax { .. })));
        assert!(matches!(
            Json::parse(b"{\"a\":\"\xff\"}"),
            Err(JsonError::Syntax { .. } | JsonError::Text { .. })
        ));
        assert_eq!(read("[]"), Err(JsonError::NotAnObject { found: "a list" }));
    }

    #[test]
    fn objects_are_equal_in_any_order() {
        assert_eq!(read(r#"{"a":1,"b":2}"#), read(r#"{"b":2,"a":1}"#));
        assert_ne!(read(r#"{"a":1,"b":2}"#), read(r#"{"a":1,"c":2}"#));
    }
}
