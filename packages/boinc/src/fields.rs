//! Fields of a record, as texts, and the record that they make.

use crate::credit::Credit;
use crate::error::Fault;
use crate::limits::MAX_TEXT_BYTES;
use crate::record::{Host, Record, User};

/// Which file it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Users,
    Hosts,
}

/// An element of a record that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Id,
    UserId,
    Name,
    Url,
    Cpid,
    HostCpid,
    Total,
    Recent,
}

/// Text of the field that is read.
#[derive(Default)]
pub(crate) struct Text {
    kept: String,
    long: bool,
    pub(crate) unknown: bool,
}

impl Text {
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
        (self.long, self.unknown) = (false, false);
    }

    pub(crate) fn push(&mut self, text: &str) {
        for character in text.chars().filter(|character| !character.is_control()) {
            if self.kept.len().saturating_add(character.len_utf8()) > MAX_TEXT_BYTES {
                self.long = true;
                return;
            }
            self.kept.push(character);
        }
    }

    pub(crate) fn take(&mut self, element: &'static str) -> Result<String, Fault> {
        if self.long {
            return Err(Fault::Long { element });
        }
        if self.unknown {
            return Err(Fault::Entity { element });
        }
        Ok(self.kept.trim().to_owned())
    }
}

/// Fields of a record, as texts.
#[derive(Default)]
pub(crate) struct Fields {
    texts: [Option<String>; 8],
    fault: Option<Fault>,
}

impl Field {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::UserId => "userid",
            Self::Name => "name",
            Self::Url => "url",
            Self::Cpid => "cpid",
            Self::HostCpid => "host_cpid",
            Self::Total => "total_credit",
            Self::Recent => "expavg_credit",
        }
    }
}

impl Fields {
    /// The first fault of a record is the one that is told.
    fn note(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    pub(crate) fn set(&mut self, field: Field, text: Result<String, Fault>) {
        let element = field.name();
        match (text, self.texts.get_mut(field as usize)) {
            (Ok(text), Some(place @ None)) => *place = Some(text),
            (Ok(_), _) => self.note(Fault::Twice { element }),
            (Err(fault), _) => self.note(fault),
        }
    }

    fn text(&mut self, field: Field) -> Option<String> {
        self.texts.get_mut(field as usize).and_then(Option::take)
    }

    fn number(&mut self, field: Field) -> Result<Option<u64>, Fault> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let refused = || Fault::Number { element: field.name(), found: text.chars().take(40).collect() };
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refused());
        }
        text.parse().map(Some).map_err(|_| refused())
    }

    pub(crate) fn finish(mut self, kind: Kind) -> Result<Record, Fault> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let missing = |field: Field| Fault::Missing { element: field.name() };
        let id = self.number(Field::Id)?.ok_or_else(|| missing(Field::Id))?;
        let total: Credit = self.text(Field::Total).ok_or_else(|| missing(Field::Total))?.parse()?;
        // The average is shown and never paid: one that is no number takes nothing from the record.
        let recent = self.text(Field::Recent).and_then(|text| text.parse().ok());
        Ok(match kind {
            Kind::Users => Record::User(User {
                id,
                name: self.text(Field::Name).unwrap_or_default(),
                url: self.text(Field::Url).unwrap_or_default(),
                cpid: self.text(Field::Cpid).unwrap_or_default(),
                total,
                recent,
            }),
            Kind::Hosts => Record::Host(Host {
                id,
                user: self.number(Field::UserId)?,
                cpid: self.text(Field::HostCpid).unwrap_or_default(),
                total,
                recent,
            }),
        })
    }
}
