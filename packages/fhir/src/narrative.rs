//! Narratives: the part of XHTML that R4 takes (<https://hl7.org/fhir/R4/narrative.html#xhtml>), so that a page can show them.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::limits::MAX_DEPTH;
use crate::path::quoted;

const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Elements: formatting, lists, tables, links, images.
const ELEMENTS: &str = "a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 \
    h4 h5 h6 hr i img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr \
    tt ul var kbd";

/// Attributes of any element.
const ATTRIBUTES: &str = "title style class id lang xml:lang dir accesskey tabindex span width align valign char charoff \
    abbr axis headers scope rowspan colspan cellpadding cellspacing border summary frame rules href \
    name rel rev charset hreflang type coords shape target src alt longdesc height usemap ismap \
    cite start xmlns";

/// Says what is wrong with the XHTML of a narrative.
pub(crate) fn check(text: &str) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let (mut depth, mut content, mut ended) = (0usize, false, false);
    loop {
        let event = reader.read_event().map_err(|error| format!("it is not well-formed: {error}"))?;
        match event {
            Event::Start(start) => {
                open(&start, depth, ended)?;
                depth = depth.saturating_add(1);
                if depth > MAX_DEPTH {
                    return Err(format!("elements are more than {MAX_DEPTH} deep"));
                }
            }
            Event::Empty(start) => {
                open(&start, depth, ended)?;
                content |= name_of(&start) == "img";
                ended |= depth == 0;
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                ended |= depth == 0;
            }
            Event::Text(text) => {
                let blank = text.bytes().all(|byte| byte.is_ascii_whitespace());
                if !blank && depth == 0 {
                    return Err("there is text outside of its <div>".into());
                }
                content |= !blank;
            }
            Event::GeneralRef(name) => {
                let known = name.is_char_ref() || matches!(&*name, "amp" | "lt" | "gt" | "quot" | "apos");
                if !known {
                    return Err(format!("the entity &{}; is not one of XML", quoted(&name)));
                }
                content = true;
            }
            Event::Comment(_) => {}
            Event::Eof if depth > 0 || !ended => {
                return Err("it ends before its <div> does; expected <div>…</div>".into());
            }
            Event::Eof if !content => return Err("it has neither text nor an image".into()),
            Event::Eof => return Ok(()),
            Event::CData(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                return Err(
                    "it has a declaration, a processing instruction or a CDATA section; remove it".into()
                );
            }
        }
    }
}

fn name_of(start: &BytesStart<'_>) -> String {
    AsRef::<str>::as_ref(&start.name()).to_owned()
}

fn is_among(words: &str, word: &str) -> bool {
    words.split(' ').any(|one| one == word)
}

/// Whether a link opens nothing that runs: it is relative, or its scheme is one of a few. As browsers read it: references are resolved, and
/// control characters and spaces count for nothing.
fn is_harmless(link: &str) -> bool {
    let Ok(link) = quick_xml::escape::unescape(link) else { return false };
    let link: String = link.chars().filter(|one| !one.is_control() && !one.is_whitespace()).collect();
    let place = link.find([':', '/', '?', '#']);
    match place.and_then(|place| link.split_at_checked(place)) {
        Some((scheme, rest)) if rest.starts_with(':') => {
            let scheme = scheme.to_ascii_lowercase();
            matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel" | "cid" | "urn")
                || link.starts_with("data:image/")
        }
        _ => true,
    }
}

/// Checks an element and its attributes.
fn open(start: &BytesStart<'_>, depth: usize, ended: bool) -> Result<(), String> {
    let name = name_of(start);
    if depth == 0 && (ended || name != "div") {
        return Err(format!("<{}> stands where one <div> is expected", quoted(&name)));
    }
    if !is_among(ELEMENTS, &name) {
        return Err(format!("<{}> is not allowed in a narrative", quoted(&name)));
    }
    let mut namespace = false;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("an attribute is not well-formed: {error}"))?;
        let key = AsRef::<str>::as_ref(&attribute.key).to_owned();
        if !is_among(ATTRIBUTES, &key) {
            return Err(format!("the attribute {} is not allowed in a narrative", quoted(&key)));
        }
        if key == "xmlns" {
            if attribute.value != XHTML {
                return Err(format!("its namespace is not {XHTML}"));
            }
            namespace = true;
        }
        if matches!(key.as_str(), "href" | "src") && !is_harmless(&attribute.value) {
            return Err(format!("{key} leads to something else than a page, a mail or an image"));
        }
    }
    if depth == 0 && !namespace {
        return Err(format!("<div> has no namespace; write <div xmlns=\"{XHTML}\">"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn div(inside: &str) -> Result<(), String> {
        check(&format!("<div xmlns=\"{XHTML}\">{inside}</div>"))
    }

    #[test]
    fn formatted_text_is_a_narrative() {
        div("text").unwrap();
        div("<p class=\"a\">a &amp; b &#160;</p><!-- note --><table><tr><td>1</td></tr></table><br/>")
            .unwrap();
        div("<img src=\"#a\" alt=\"b\"/><a href=\"https://hospital.example/a?b:c\">d</a><a href=\"a/b:c\">d</a>").unwrap();
    }

    #[test]
    fn what_runs_loads_or_hides_something_is_refused() {
        for inside in [
            "",
            "  ",
            "<script>1</script>",
            "<p onclick=\"a()\">a</p>",
            "<iframe src=\"a\">a</iframe>",
            "<p>a",
            "a</p>",
            "<a href=\"javascript:a\">a</a>",
            "<a href=\"java&#9;script&#58;a\">a</a>",
            "<img src=\"data:text/html,a\"/>",
            "<form>a</form>",
            "&a;",
            "<![CDATA[a]]>",
            "<?a b?>a",
            "<p a=b>a</p>",
        ] {
            assert!(div(inside).is_err(), "{inside}");
        }
        for text in [
            "text",
            "<div>a</div>",
            "<p xmlns=\"http://www.w3.org/1999/xhtml\">a</p>",
            "<!DOCTYPE a><div/>",
            "",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
        assert!(div(&"<b>".repeat(100_000)).is_err());
    }
}
