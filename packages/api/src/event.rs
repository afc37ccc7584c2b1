//! What contracts announce, written and read in one place.
//!
//! Each contract's module has an `Event` enum, made by the macro in this file: a contract turns a variant into a
//! [`cosmwasm_std::Event`], and whoever follows a chain reads it back with [`ContractEvent`]. The text of an attribute
//! is decided by the type of the field. `tests/golden` pins the text of every variant.

use cosmwasm_std::{Addr, HexBinary, Uint128};

/// Type of the event that has a contract's attributes of no event of its own.
pub const UNNAMED: &str = "wasm";

/// Before the type of every event that a contract names; the chain puts it there.
pub const PREFIX: &str = "wasm-";

/// Attribute with the contract's address. Only the chain can set it.
pub const CONTRACT: &str = "_contract_address";

/// An event as a chain reports it.
pub trait ChainEvent {
    /// Its type, with the chain's prefix: `wasm-job_posted`.
    fn kind(&self) -> &str;

    /// The first value under `key`.
    fn attribute(&self, key: &str) -> Option<&str>;
}

impl ChainEvent for cosmwasm_std::Event {
    fn kind(&self) -> &str {
        &self.ty
    }

    fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|pair| pair.key == key).map(|pair| pair.value.as_str())
    }
}

/// An event that its own contract wrote and that can't be read: the contract is of another version than the reader.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// An attribute is not there.
    #[error("event {kind} has no attribute {key}; use the release that the contracts are of")]
    Missing {
        /// Type of the event, without the chain's prefix.
        kind: &'static str,
        /// Key of the attribute.
        key: &'static str,
    },
    /// An attribute has a value that its type doesn't have.
    #[error(
        "event {kind} has {key} = {found:?}, expected {expected}; use the release that the contracts are of"
    )]
    Malformed {
        /// Type of the event, without the chain's prefix.
        kind: &'static str,
        /// Key of the attribute.
        key: &'static str,
        /// The value that was found.
        found: String,
        /// What a value of this type looks like.
        expected: &'static str,
    },
}

/// The events of one contract.
pub trait ContractEvent: Sized {
    /// Reads an event of this kind of contract, whichever contract sent it. None if it is of another kind.
    ///
    /// # Errors
    /// [`EventError`]: the type is one of these, and an attribute is missing or malformed.
    fn parse(event: &dyn ChainEvent) -> Result<Option<Self>, EventError>;

    /// Reads an event of the contract at address `contract`. None if another contract sent it, or nobody, and if the
    /// contract has no such event.
    ///
    /// # Errors
    /// [`EventError`]: the contract wrote an attribute that can't be read.
    fn read(contract: &str, event: &dyn ChainEvent) -> Result<Option<Self>, EventError> {
        if event.attribute(CONTRACT) == Some(contract) { Self::parse(event) } else { Ok(None) }
    }

    /// The events of the contract at address `contract` among `events`, in their order.
    fn of<'a, E: ChainEvent + 'a>(
        contract: &str,
        events: impl IntoIterator<Item = &'a E>,
    ) -> impl Iterator<Item = Result<Self, EventError>> {
        events.into_iter().filter_map(move |event| Self::read(contract, event).transpose())
    }
}

/// A type that is written as the value of one attribute.
pub trait Text: Sized {
    /// What a value may be, for errors.
    const EXPECTED: &'static str;

    /// The value's text.
    fn write(self) -> String;

    /// Reads the text of a value.
    fn parse(text: &str) -> Option<Self>;
}

/// A type that is written as attributes of an event, usually one.
pub trait Field: Sized {
    /// Adds its attributes; `key` is the key of the field.
    fn write_to(self, key: &'static str, event: &mut cosmwasm_std::Event);

    /// Reads it back from an event of type `kind`.
    ///
    /// # Errors
    /// [`EventError`].
    fn read_from(event: &dyn ChainEvent, kind: &'static str, key: &'static str) -> Result<Self, EventError>;
}

impl<T: Text> Field for T {
    fn write_to(self, key: &'static str, event: &mut cosmwasm_std::Event) {
        event.attributes.push(cosmwasm_std::attr(key, self.write()));
    }

    fn read_from(event: &dyn ChainEvent, kind: &'static str, key: &'static str) -> Result<Self, EventError> {
        Option::<Self>::read_from(event, kind, key)?.ok_or(EventError::Missing { kind, key })
    }
}

/// `None` is written as no attribute.
impl<T: Text> Field for Option<T> {
    fn write_to(self, key: &'static str, event: &mut cosmwasm_std::Event) {
        if let Some(value) = self {
            value.write_to(key, event);
        }
    }

    fn read_from(event: &dyn ChainEvent, kind: &'static str, key: &'static str) -> Result<Self, EventError> {
        let read = |text| {
            let expected = T::EXPECTED;
            T::parse(text).ok_or_else(|| EventError::Malformed {
                kind,
                key,
                found: String::from(text),
                expected,
            })
        };
        event.attribute(key).map(read).transpose()
    }
}

/// A value that is written as an empty text where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrEmpty<T>(
    /// The value, if there is one.
    pub Option<T>,
);

impl<T: Text> Text for OrEmpty<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn write(self) -> String {
        self.0.map(T::write).unwrap_or_default()
    }

    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() { Some(Self(None)) } else { T::parse(text).map(|value| Self(Some(value))) }
    }
}

/// A value that is written as `none` where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrNone<T>(
    /// The value, if there is one.
    pub Option<T>,
);

impl<T: Text> Text for OrNone<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn write(self) -> String {
        self.0.map_or_else(|| "none".into(), T::write)
    }

    fn parse(text: &str) -> Option<Self> {
        if text == "none" { Some(Self(None)) } else { T::parse(text).map(|value| Self(Some(value))) }
    }
}

impl Text for String {
    const EXPECTED: &'static str = "text";

    fn write(self) -> String {
        self
    }

    fn parse(text: &str) -> Option<Self> {
        Some(text.into())
    }
}

/// The contract has checked the address before it announced it.
impl Text for Addr {
    const EXPECTED: &'static str = "an address";

    fn write(self) -> String {
        self.into_string()
    }

    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() { None } else { Some(Self::unchecked(text)) }
    }
}

/// Joined by commas, which no address has.
impl Text for Vec<Addr> {
    const EXPECTED: &'static str = "addresses joined by commas";

    fn write(self) -> String {
        let names: Vec<&str> = self.iter().map(Addr::as_str).collect();
        names.join(",")
    }

    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() { Some(Self::new()) } else { text.split(',').map(Text::parse).collect() }
    }
}

impl Text for HexBinary {
    const EXPECTED: &'static str = "bytes as hex digits";

    fn write(self) -> String {
        self.to_hex()
    }

    fn parse(text: &str) -> Option<Self> {
        Self::from_hex(text).ok()
    }
}

impl Text for bool {
    const EXPECTED: &'static str = "true or false";

    fn write(self) -> String {
        (if self { "true" } else { "false" }).into()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// As decimal digits, without a sign.
macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Text for $number {
            const EXPECTED: &'static str = concat!("a number of type ", stringify!($number));

            fn write(self) -> String {
                self.to_string()
            }

            fn parse(text: &str) -> Option<Self> {
                if text.bytes().all(|digit| digit.is_ascii_digit()) { text.parse().ok() } else { None }
            }
        }
    )*};
}

numbers! { u8 u16 u32 u64 Uint128 }

/// Names the values of an enum in events.
macro_rules! names {
    ($type:ident { $($variant:ident = $name:literal,)* }) => {
        impl $type {
            /// The value's name in events.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }

        impl $crate::event::Text for $type {
            const EXPECTED: &'static str = concat!("one of" $(, " ", $name)*);

            fn write(self) -> String {
                self.name().into()
            }

            fn parse(text: &str) -> Option<Self> {
                match text {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

/// Makes the `Event` enum of a contract from rows of variant, constant, type on the chain and fields. An attribute's key
/// is the name of its field.
macro_rules! events {
    (
        $(#![$about:meta])*
        $(
            $(#[$meta:meta])*
            $variant:ident, $constant:ident = $kind:literal
            { $( $(#[$field_meta:meta])* $field:ident: $type:ty ),* $(,)? }
        )*
    ) => {
        /// Types of the contract's events, a stable interface. Chains put `wasm-` before them.
        pub mod events {
            $(
                #[doc = concat!("Type of [`Event::", stringify!($variant), "`](super::Event::", stringify!($variant), ").")]
                pub const $constant: &str = $kind;
            )*

            /// All types, in the order of the variants.
            pub const ALL: &[&str] = &[$($constant),*];
        }

        $(#[$about])*
        ///
        /// A stable interface: `tests/golden` pins the text. Each field is the attribute of its name.
        #[allow(missing_docs, reason = "the variant says what its fields are, where their names and types don't")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event {
            $( $(#[$meta])* $variant { $( $(#[$field_meta])* $field: $type ),* }, )*
        }

        impl From<Event> for ::cosmwasm_std::Event {
            fn from(event: Event) -> Self {
                match event {
                    $( Event::$variant { $($field),* } => {
                        let mut event = Self::new(events::$constant);
                        $( $crate::event::Field::write_to($field, stringify!($field), &mut event); )*
                        event
                    } )*
                }
            }
        }

        impl $crate::ContractEvent for Event {
            fn parse(event: &dyn $crate::ChainEvent) -> Result<Option<Self>, $crate::EventError> {
                let Some(kind) = event.kind().strip_prefix($crate::event::PREFIX) else { return Ok(None) };
                Ok(Some(match kind {
                    $( events::$constant => Self::$variant {
                        $( $field: $crate::event::Field::read_from(event, events::$constant, stringify!($field))?, )*
                    }, )*
                    _ => return Ok(None),
                }))
            }
        }
    };
}

pub(crate) use {events, names};
