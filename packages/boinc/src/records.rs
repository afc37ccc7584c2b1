//! The reader of an export.

use std::io::Read;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::error::{Error, Fault};
use crate::fields::{Field, Fields, Kind, Text};
use crate::limits::{MAX_DEPTH, MAX_RECORD_BYTES};
use crate::record::Record;
use crate::source::{Bound, Source};

/// Records of an export of users (`user.gz`) or hosts (`host.gz`), one by one, in constant memory: plain, or as gzip has
/// written it.
///
/// A record with a fault is an error that [is of one record](Error::is_of_one_record); the records after it follow. Any other
/// error is the last item.
pub struct Records<R: Read> {
    reader: Reader<Source<R>>,
    buffer: Vec<u8>,
    /// Which file it is; none before its first element.
    kind: Option<Kind>,
    /// Records so far.
    number: u64,
    /// Last byte of the record that is read; without bound between records.
    until: u64,
    /// Name of the last element that began.
    name: String,
    text: Text,
    ended: bool,
}

/// Part of an export.
enum Token {
    Start(Element),
    Empty(Element),
    End,
    Text,
    Eof,
}

/// Names of elements that are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    Users,
    Hosts,
    User,
    Host,
    Field(Field),
    Other,
}

impl Kind {
    const fn record(self) -> Element {
        match self {
            Self::Users => Element::User,
            Self::Hosts => Element::Host,
        }
    }
}

impl Element {
    fn of(name: &str) -> Self {
        match name {
            "users" => Self::Users,
            "hosts" => Self::Hosts,
            "user" => Self::User,
            "host" => Self::Host,
            "id" => Self::Field(Field::Id),
            "userid" => Self::Field(Field::UserId),
            "name" => Self::Field(Field::Name),
            "url" => Self::Field(Field::Url),
            "cpid" => Self::Field(Field::Cpid),
            "host_cpid" => Self::Field(Field::HostCpid),
            "total_credit" => Self::Field(Field::Total),
            "expavg_credit" => Self::Field(Field::Recent),
            _ => Self::Other,
        }
    }
}

impl<R: Read> Records<R> {
    /// Begins to read; of more than `most` bytes after decompression the rest is refused
    /// ([`MAX_BYTES`](crate::limits::MAX_BYTES) is more than any project has).
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn new(reader: R, most: u64) -> Result<Self, Error> {
        let source = Source::new(reader, most).map_err(Error::Read)?;
        Ok(Self {
            reader: Reader::from_reader(source),
            buffer: Vec::new(),
            kind: None,
            number: 0,
            until: u64::MAX,
            name: String::new(),
            text: Text::default(),
            ended: false,
        })
    }

    fn at(&self) -> u64 {
        self.reader.get_ref().total()
    }

    fn truncated(&self) -> Error {
        Error::Truncated { within: self.name.clone(), at: self.at() }
    }

    /// The next part; texts go into [`Text`].
    fn token(&mut self) -> Result<Token, Error> {
        loop {
            if self.at() > self.until {
                return Err(Error::RecordTooLong { at: self.at() });
            }
            self.buffer.clear();
            self.reader.get_mut().mark();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Err(failure(self.reader.get_ref(), &self.name, error)),
            };
            return Ok(match event {
                Event::Start(tag) => Token::Start(note(&mut self.name, tag.name().0)),
                Event::Empty(tag) => Token::Empty(note(&mut self.name, tag.name().0)),
                Event::End(_) => Token::End,
                Event::Text(text) => {
                    self.text.push(&text.into_inner());
                    Token::Text
                }
                Event::CData(text) => {
                    self.text.push(&text.into_inner());
                    Token::Text
                }
                Event::GeneralRef(reference) => {
                    match (reference.resolve_char_ref(), &*reference.into_inner()) {
                        (Ok(Some(character)), _) => self.text.push(character.encode_utf8(&mut [0; 4])),
                        (_, "amp") => self.text.push("&"),
                        (_, "lt") => self.text.push("<"),
                        (_, "gt") => self.text.push(">"),
                        (_, "quot") => self.text.push("\""),
                        (_, "apos") => self.text.push("'"),
                        _ => self.text.unknown = true,
                    }
                    Token::Text
                }
                Event::DocType(_) => return Err(Error::Doctype),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
                Event::Eof => Token::Eof,
            });
        }
    }

    fn root(&mut self) -> Result<Kind, Error> {
        loop {
            let kind = match self.token()? {
                Token::Start(Element::Users) => Kind::Users,
                Token::Start(Element::Hosts) => Kind::Hosts,
                Token::Text => {
                    self.text.clear();
                    continue;
                }
                Token::Eof => return Err(self.truncated()),
                Token::Empty(Element::Users | Element::Hosts) => {
                    self.ended = true;
                    Kind::Users
                }
                Token::Start(_) | Token::Empty(_) | Token::End => {
                    return Err(Error::Root { found: self.name.clone() });
                }
            };
            self.kind = Some(kind);
            return Ok(kind);
        }
    }

    /// Skips what is in an element that has begun, `depth` deep.
    fn skip(&mut self, depth: usize) -> Result<(), Error> {
        let mut open = depth;
        loop {
            match self.token()? {
                Token::Start(_) => {
                    open = open.saturating_add(1);
                    if open > MAX_DEPTH {
                        return Err(Error::TooDeep { at: self.at() });
                    }
                }
                Token::End => {
                    open = open.saturating_sub(1);
                    if open < depth {
                        return Ok(());
                    }
                }
                Token::Eof => return Err(self.truncated()),
                Token::Empty(_) | Token::Text => self.text.clear(),
            }
        }
    }

    /// The text of a field that has begun.
    fn field(&mut self, field: Field, fields: &mut Fields) -> Result<(), Error> {
        self.text.clear();
        let mut nested = false;
        loop {
            match self.token()? {
                Token::Text => {}
                Token::End => break,
                Token::Empty(_) => nested = true,
                Token::Start(_) => {
                    nested = true;
                    self.skip(4)?;
                }
                Token::Eof => return Err(self.truncated()),
            }
        }
        let element = field.name();
        let text = if nested { Err(Fault::Nested { element }) } else { self.text.take(element) };
        fields.set(field, text);
        Ok(())
    }

    /// The record that has begun.
    fn record(&mut self, kind: Kind) -> Result<Record, Error> {
        self.number = self.number.saturating_add(1);
        self.until = self.at().saturating_add(MAX_RECORD_BYTES);
        let mut fields = Fields::default();
        loop {
            match self.token()? {
                Token::Start(Element::Field(field)) => self.field(field, &mut fields)?,
                Token::Empty(Element::Field(field)) => fields.set(field, Ok(String::new())),
                Token::Start(_) => self.skip(3)?,
                Token::Empty(_) => {}
                Token::Text => self.text.clear(),
                Token::End => break,
                Token::Eof => return Err(self.truncated()),
            }
        }
        self.until = u64::MAX;
        let number = self.number;
        fields.finish(kind).map_err(|fault| Error::Record { number, fault })
    }

    fn read(&mut self) -> Result<Option<Record>, Error> {
        let kind = match self.kind {
            Some(kind) => kind,
            None => self.root()?,
        };
        if self.ended {
            return Ok(None);
        }
        loop {
            match self.token()? {
                Token::Start(element) if element == kind.record() => return self.record(kind).map(Some),
                Token::Start(_) => self.skip(2)?,
                Token::Text => self.text.clear(),
                Token::Empty(_) => {}
                Token::End => return self.rest(),
                Token::Eof => return Err(self.truncated()),
            }
        }
    }

    /// Reads to the end of the input, where gzip has its checksum.
    fn rest(&mut self) -> Result<Option<Record>, Error> {
        loop {
            match self.token()? {
                Token::Eof => return Ok(None),
                Token::Text => self.text.clear(),
                Token::Start(_) | Token::Empty(_) | Token::End => {
                    return Err(Error::Syntax { at: self.at(), reason: "more than one root element".into() });
                }
            }
        }
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = Result<Record, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read();
        match &next {
            Ok(Some(_)) => {}
            Err(error) if error.is_of_one_record() => {}
            Ok(None) | Err(_) => self.ended = true,
        }
        next.transpose()
    }
}

/// Keeps the name of an element that began.
fn note(kept: &mut String, name: &str) -> Element {
    kept.clear();
    kept.extend(name.chars().take(40));
    Element::of(name)
}

fn failure<R: Read>(source: &Source<R>, within: &str, error: quick_xml::Error) -> Error {
    let at = source.total();
    match (source.beyond(), error) {
        (Some(Bound::Bytes), _) => Error::TooLong { most: source.most() },
        (Some(Bound::Ratio), _) => Error::TooDense { at },
        (Some(Bound::Token), _) => Error::TokenTooLong { at },
        (None, quick_xml::Error::Io(error)) => {
            Error::Read(std::io::Error::new(error.kind(), error.to_string()))
        }
        // Where the input ends, the parser names what it was in the middle of.
        (None, _) if source.ended() => Error::Truncated { within: within.into(), at },
        (None, error) => Error::Syntax { at, reason: error.to_string() },
    }
}
