//! A message as elements: XML without everything that messages of banks do not have.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use quick_xml::{Error, XmlVersion};

use crate::element::Element;
use crate::error::BankError;
use crate::limits;

/// Namespaces of ISO 20022 messages begin so.
const ISO_20022: &str = "urn:iso:std:iso:20022:tech:xsd:";
/// Where XML Schema has its attributes for documents.
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The one element with content of other namespaces, which the schema says nothing about.
const FREE: &str = "SplmtryData";

struct Parser<'a> {
    text: &'a str,
    reader: NsReader<&'a [u8]>,
    /// Bytes before which lines are counted, and lines so far.
    counted: (usize, u64),
    /// Namespace of the first element.
    namespace: String,
    open: Vec<Element>,
    elements: usize,
    /// Elements that are open within one that is passed over.
    free: usize,
    root: Option<Element>,
}

/// The first element of a message, `Document`, and the part of its namespace that names the message, such as `camt.053.001.08`.
pub(crate) fn document(bytes: &[u8]) -> Result<(Element, String), BankError> {
    let found = bytes.len();
    if found > limits::MAX_BYTES {
        return Err(BankError::TooLong { found });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| BankError::Encoding)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser {
        text,
        reader: NsReader::from_str(text),
        counted: (0, 1),
        namespace: String::new(),
        open: Vec::new(),
        elements: 0,
        free: 0,
        root: None,
    };
    while parser.next()? {}
    let line = parser.line();
    if let Some(open) = parser.open.last() {
        return Err(BankError::Truncated { line, within: open.name.clone() });
    }
    let root = parser.root.ok_or_else(|| BankError::Syntax { line, reason: "there is no element".into() })?;
    let kind = parser.namespace.strip_prefix(ISO_20022).filter(|_| root.name == "Document");
    let found = || parser.namespace.chars().take(80).collect();
    let expected = "a message of ISO 20022";
    let kind = kind.ok_or_else(|| BankError::Kind { line: root.line, found: found(), expected })?.to_owned();
    Ok((root, kind))
}

impl Parser<'_> {
    /// The line that the reader has come to.
    fn line(&mut self) -> u64 {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX).min(self.text.len());
        let (before, line) = self.counted;
        let part = self.text.as_bytes().get(before..at).unwrap_or_default();
        let lines = u64::try_from(part.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u64::MAX);
        self.counted = (at.max(before), line.saturating_add(lines));
        self.counted.1
    }

    fn syntax(&mut self, reason: impl std::fmt::Display) -> BankError {
        BankError::Syntax { line: self.line(), reason: reason.to_string() }
    }

    /// Whether there is more.
    fn next(&mut self) -> Result<bool, BankError> {
        let read = match self.reader.read_resolved_event() {
            Ok((ResolveResult::Bound(Namespace(name)), event)) => Ok((Some(name.to_owned()), event)),
            Ok((_, event)) => Ok((None, event)),
            Err(error) => Err(error),
        };
        let (namespace, event) = read.map_err(|error| self.failure(&error))?;
        match event {
            Event::Start(tag) => self.start(namespace, &tag)?,
            Event::Empty(tag) => {
                self.start(namespace, &tag)?;
                self.end();
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text.into_inner())?,
            Event::CData(text) => self.text(&text.into_inner())?,
            Event::GeneralRef(reference) => {
                let text = self.reference(&reference)?;
                self.text(&text)?;
            }
            Event::DocType(_) => return Err(BankError::Doctype { line: self.line() }),
            Event::Decl(declaration) => {
                let named = declaration.encoding().transpose().map_err(|error| self.syntax(error))?;
                if named.is_some_and(|name| !name.eq_ignore_ascii_case("utf-8")) {
                    return Err(BankError::Encoding);
                }
            }
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn failure(&mut self, error: &Error) -> BankError {
        let line = self.line();
        match self.open.last() {
            Some(open) if self.reader.buffer_position() >= self.text.len() as u64 => {
                BankError::Truncated { line, within: open.name.clone() }
            }
            _ => BankError::Syntax { line, reason: error.to_string() },
        }
    }

    fn start(&mut self, namespace: Option<String>, tag: &BytesStart<'_>) -> Result<(), BankError> {
        let line = self.line();
        self.elements = self.elements.saturating_add(1);
        if self.elements > limits::MAX_ELEMENTS {
            return Err(BankError::TooMany { line });
        }
        if self.open.len().saturating_add(self.free) >= limits::MAX_DEPTH {
            return Err(BankError::TooDeep { line });
        }
        if self.free > 0 || self.open.last().is_some_and(|open| open.name == FREE) {
            self.free = self.free.saturating_add(1);
            return Ok(());
        }
        let name = tag.local_name().into_inner().to_owned();
        match self.open.last() {
            None if self.root.is_some() => {
                return Err(BankError::Syntax { line, reason: "more than one root element".into() });
            }
            None => self.namespace = namespace.unwrap_or_default(),
            Some(open) if namespace.as_deref() != Some(self.namespace.as_str()) => {
                return Err(BankError::Unexpected { line, element: name, within: open.name.clone() });
            }
            Some(_) => {}
        }
        let attributes = self.attributes(tag, &name, line)?;
        self.open.push(Element { name, line, attributes, children: Vec::new(), text: String::new() });
        Ok(())
    }

    /// Attributes without a namespace. Declarations of namespaces, and where the schema is to be found, say nothing here.
    fn attributes(
        &self,
        tag: &BytesStart<'_>,
        element: &str,
        line: u64,
    ) -> Result<Vec<(String, String)>, BankError> {
        let mut kept = Vec::new();
        for attribute in tag.attributes() {
            let syntax = |reason: String| BankError::Syntax { line, reason };
            let attribute = attribute.map_err(|error| syntax(error.to_string()))?;
            let key = attribute.key;
            if key.as_namespace_binding().is_some() {
                continue;
            }
            let refused =
                || BankError::Attribute { line, element: element.into(), attribute: key.into_inner().into() };
            match self.reader.resolver().resolve_attribute(key) {
                (ResolveResult::Unbound, _) => {}
                (ResolveResult::Bound(Namespace(XSI)), name) if name.into_inner() == "schemaLocation" => {
                    continue;
                }
                _ => return Err(refused()),
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| syntax(error.to_string()))?;
            kept.push((key.into_inner().to_owned(), value.into_owned()));
        }
        Ok(kept)
    }

    fn end(&mut self) {
        if self.free > 0 {
            self.free = self.free.saturating_sub(1);
            return;
        }
        // The reader has compared the names.
        let Some(ended) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(open) => open.children.push(ended),
            None => self.root = Some(ended),
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<String, BankError> {
        let name = &**reference;
        let character = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        let name = || name.chars().take(40).collect();
        character.map(String::from).ok_or_else(|| BankError::Entity { line: self.line(), name: name() })
    }

    fn text(&mut self, text: &str) -> Result<(), BankError> {
        if self.free > 0 {
            return Ok(());
        }
        if text.chars().any(|character| character.is_control() && !matches!(character, '\t' | '\n' | '\r')) {
            return Err(self.syntax("a control character"));
        }
        match self.open.last_mut() {
            Some(open) if open.name == FREE => {}
            Some(open) => open.text.push_str(text),
            None if text.chars().all(char::is_whitespace) => {}
            None => return Err(self.syntax("text outside of the first element")),
        }
        Ok(())
    }
}
