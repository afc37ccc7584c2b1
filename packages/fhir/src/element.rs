//! How resources and data types become structs and JSON again, without losing what the structs do not name.

use crate::decimal::Decimal;
use crate::json::{Json, Object};

/// An element that a struct needs is missing or of another kind. [`crate::check()`] says more, and comes first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: expected {expected}")]
#[must_use = "an element that can't be read says nothing"]
pub struct Mismatch {
    /// Where, from the struct that was asked for.
    pub path: String,
    /// What belongs there.
    pub expected: &'static str,
}

impl Mismatch {
    pub(crate) fn new(expected: &'static str) -> Self {
        Self { path: String::new(), expected }
    }

    pub(crate) fn within(mut self, step: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{step}{dot}{}", self.path);
        self
    }
}

/// A value of one type.
pub(crate) trait Element: Sized {
    fn read(json: Json) -> Result<Self, Mismatch>;
    fn write(self) -> Json;
}

/// A member of a struct: one value, perhaps one, or several.
pub(crate) trait Field: Sized {
    fn take(from: &mut Object, name: &str) -> Result<Self, Mismatch>;
    fn put(self, name: &str, into: &mut Object);
}

impl<T: Element> Field for T {
    fn take(from: &mut Object, name: &str) -> Result<Self, Mismatch> {
        let json = from.remove(name).ok_or_else(|| Mismatch::new("a value").within(name))?;
        T::read(json).map_err(|mismatch| mismatch.within(name))
    }

    fn put(self, name: &str, into: &mut Object) {
        into.insert(name, self.write());
    }
}

impl<T: Element> Field for Option<T> {
    fn take(from: &mut Object, name: &str) -> Result<Self, Mismatch> {
        let json = from.remove(name);
        json.map(|json| T::read(json).map_err(|mismatch| mismatch.within(name))).transpose()
    }

    fn put(self, name: &str, into: &mut Object) {
        if let Some(value) = self {
            into.insert(name, value.write());
        }
    }
}

impl<T: Element> Field for Vec<T> {
    fn take(from: &mut Object, name: &str) -> Result<Self, Mismatch> {
        let items = match from.remove(name) {
            None => return Ok(Vec::new()),
            Some(Json::List(items)) => items,
            Some(_) => return Err(Mismatch::new("a list").within(name)),
        };
        let read = |(index, item)| {
            T::read(item).map_err(|mismatch: Mismatch| mismatch.within(&format!("{name}[{index}]")))
        };
        items.into_iter().enumerate().map(read).collect()
    }

    fn put(self, name: &str, into: &mut Object) {
        if !self.is_empty() {
            into.insert(name, Json::List(self.into_iter().map(Element::write).collect()));
        }
    }
}

impl Element for String {
    fn read(json: Json) -> Result<Self, Mismatch> {
        if let Json::Text(text) = json { Ok(text) } else { Err(Mismatch::new("a string")) }
    }

    fn write(self) -> Json {
        Json::Text(self)
    }
}

impl Element for bool {
    fn read(json: Json) -> Result<Self, Mismatch> {
        if let Json::Bool(value) = json { Ok(value) } else { Err(Mismatch::new("a boolean")) }
    }

    fn write(self) -> Json {
        Json::Bool(self)
    }
}

impl Element for Decimal {
    fn read(json: Json) -> Result<Self, Mismatch> {
        let digits = if let Json::Number(digits) = json { Self::parse(&digits) } else { None };
        digits.ok_or_else(|| Mismatch::new("a number"))
    }

    fn write(self) -> Json {
        self.into()
    }
}

impl Element for u32 {
    fn read(json: Json) -> Result<Self, Mismatch> {
        let digits = if let Json::Number(digits) = json { digits.parse().ok() } else { None };
        digits.ok_or_else(|| Mismatch::new("a whole number that is not negative"))
    }

    fn write(self) -> Json {
        Json::Number(self.to_string())
    }
}

impl Element for i32 {
    fn read(json: Json) -> Result<Self, Mismatch> {
        let digits = if let Json::Number(digits) = json { digits.parse().ok() } else { None };
        digits.ok_or_else(|| Mismatch::new("a whole number"))
    }

    fn write(self) -> Json {
        Json::Number(self.to_string())
    }
}

impl Element for Object {
    fn read(json: Json) -> Result<Self, Mismatch> {
        if let Json::Object(object) = json { Ok(object) } else { Err(Mismatch::new("an object")) }
    }

    fn write(self) -> Json {
        Json::Object(self)
    }
}

/// Structs with the elements that are worked with, and `other` with all that is there beside: what was read is what is written.
macro_rules! elements {
    ($(
        $(#[$attribute:meta])*
        $name:ident { $($(#[$about:meta])* $field:ident $json:literal: $kind:ty),* $(,)? }
    )*) => {$(
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            $($(#[$about])* pub $field: $kind,)*
            /// Everything else that is there, as it is.
            pub other: $crate::json::Object,
        }

        impl $crate::element::Element for $name {
            fn read(json: $crate::json::Json) -> Result<Self, $crate::element::Mismatch> {
                let mut object = <$crate::json::Object as $crate::element::Element>::read(json)?;
                $(let $field = $crate::element::Field::take(&mut object, $json)?;)*
                Ok(Self { $($field,)* other: object })
            }

            fn write(self) -> $crate::json::Json {
                let mut object = $crate::json::Object::default();
                if let Some(kind) = self.other.get("resourceType") {
                    object.insert("resourceType", kind.clone());
                }
                $($crate::element::Field::put(self.$field, $json, &mut object);)*
                for (name, value) in self.other {
                    object.insert(name, value);
                }
                $crate::json::Json::Object(object)
            }
        }
    )*};
}

/// Choices: a value under a name that says its type. `Other` keeps the types that are not worked with.
macro_rules! choices {
    ($(
        $(#[$attribute:meta])*
        $name:ident $stem:literal { $($(#[$about:meta])* $variant:ident $json:literal: $kind:ty),* $(,)? }
    )*) => {$(
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$about])* $variant($kind),)*
            /// A value of another type: its name in the document, and what it is.
            Other(String, $crate::json::Json),
        }

        impl $crate::element::Field for Option<$name> {
            fn take(from: &mut $crate::json::Object, _name: &str) -> Result<Self, $crate::element::Mismatch> {
                $(
                    if let Some(json) = from.remove($json) {
                        let value = <$kind as $crate::element::Element>::read(json);
                        return Ok(Some($name::$variant(value.map_err(|mismatch| mismatch.within($json))?)));
                    }
                )*
                let is_one = |name: &str| {
                    name.strip_prefix($stem).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
                };
                let name = from.iter().map(|(name, _)| name).find(|name| is_one(name)).map(str::to_owned);
                Ok(name.and_then(|name| from.remove(&name).map(|json| $name::Other(name, json))))
            }

            fn put(self, _name: &str, into: &mut $crate::json::Object) {
                match self {
                    None => {}
                    $(Some($name::$variant(value)) => {
                        into.insert($json, $crate::element::Element::write(value));
                    })*
                    Some($name::Other(name, json)) => {
                        into.insert(name, json);
                    }
                }
            }
        }
    )*};
}

pub(crate) use {choices, elements};
