//! The files of the built page, which are a part of the program.

use std::io::Read as _;

use bithive_chain::http::ReplyBody;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use hyper::{Response, StatusCode};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// A file as it is built in.
struct Stored {
    path: &'static str,
    brotli: bool,
    bytes: &'static [u8],
}

const FILES: &[Stored] = &include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The page itself.
const INDEX: &str = "index.html";
/// Most bytes of a file, unpacked.
const MOST_BYTES: u64 = 64 << 20;
/// Characters of the hash in a file's name.
const HASH: usize = 8;

/// A file that is built in, and its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileDigest {
    /// Its path on the server, without a slash at the start.
    pub path: &'static str,
    /// Length of the unpacked file, in bytes.
    pub bytes: usize,
    /// SHA-256 of the unpacked file, hex.
    pub sha256: String,
}

/// The files that are built in, by path.
///
/// # Errors
/// [`Damaged`].
pub fn files() -> Result<Vec<FileDigest>, Damaged> {
    let assets = Assets::unpack()?;
    let of = |asset: Asset| FileDigest { path: asset.path, bytes: asset.plain.len(), sha256: asset.digest };
    Ok(assets.0.into_iter().map(of).collect())
}

/// A file that is built in can't be unpacked.
#[derive(Debug, thiserror::Error)]
#[error("{path} of the page that is built in can't be unpacked: {reason}; build the program again")]
pub struct Damaged {
    path: &'static str,
    reason: String,
}

struct Asset {
    path: &'static str,
    kind: &'static str,
    plain: Bytes,
    packed: Option<&'static [u8]>,
    digest: String,
    immutable: bool,
}

/// All files, unpacked.
pub(crate) struct Assets(Vec<Asset>);

impl Assets {
    pub(crate) fn unpack() -> Result<Self, Damaged> {
        FILES.iter().map(Asset::unpack).collect::<Result<_, _>>().map(Self)
    }

    /// The answer to a request for a path, if there is a file of that name. `/` is the page, and so is what looks like an
    /// address of the page's own, where a page is asked for.
    pub(crate) fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response<ReplyBody>> {
        let path = path.strip_prefix('/')?;
        let named = if path.is_empty() { INDEX } else { path };
        let find = |path: &str| self.0.iter().find(|asset| asset.path == path);
        let asset = find(named).or_else(|| is_view(path, headers).then(|| find(INDEX)).flatten())?;
        Some(asset.answer(headers))
    }
}

impl Asset {
    fn unpack(stored: &Stored) -> Result<Self, Damaged> {
        let Stored { path, brotli, bytes } = *stored;
        let (plain, packed) = if brotli {
            let mut plain = Vec::new();
            let unpacked = brotli_decompressor::Decompressor::new(bytes, 64 << 10)
                .take(MOST_BYTES.saturating_add(1))
                .read_to_end(&mut plain);
            let damaged = |reason: String| Damaged { path, reason };
            unpacked.map_err(|error| damaged(error.to_string()))?;
            if plain.len() as u64 > MOST_BYTES {
                return Err(damaged(format!("more than {MOST_BYTES} bytes")));
            }
            (Bytes::from(plain), Some(bytes))
        } else {
            (Bytes::from_static(bytes), None)
        };
        let digest = hex::encode(Sha256::digest(&plain));
        Ok(Self { path, kind: kind(path), plain, packed, digest, immutable: is_hashed(path) })
    }

    fn answer(&self, headers: &HeaderMap) -> Response<ReplyBody> {
        let tag = format!("\"{}\"", self.digest);
        let packed = self.packed.filter(|_| accepts_brotli(headers));
        let unchanged = headers.get_all(IF_NONE_MATCH).iter().any(|value| matches_tag(value, &tag));
        let body = match packed {
            _ if unchanged => Bytes::new(),
            Some(bytes) => Bytes::from_static(bytes),
            None => self.plain.clone(),
        };
        let mut response = Response::new(ReplyBody::Whole(Full::new(body)));
        if unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let of = response.headers_mut();
        let kept = if self.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
        of.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
        of.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::try_from(tag) {
            of.insert(ETAG, tag);
        }
        if !unchanged {
            of.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
            if packed.is_some() {
                of.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
            }
        }
        response
    }
}

/// The type of a file, by its ending. Browsers are told not to guess.
fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether a file's name changes with its content: the bundler puts those, and no others, below `assets/`.
fn is_hashed(path: &str) -> bool {
    let Some(name) = path.strip_prefix("assets/") else { return false };
    let stem = name.split('.').next().unwrap_or_default();
    let Some(at) = stem.len().checked_sub(HASH + 1) else { return false };
    let tail = stem.get(at..).and_then(|tail| tail.strip_prefix('-'));
    tail.is_some_and(|hash| hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)))
}

/// Whether a path is an address within the page: no file, asked for by the address bar or a link.
fn is_view(path: &str, headers: &HeaderMap) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let html = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    !last.contains('.') && html.is_some_and(|accepted| accepted.contains("text/html"))
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = quality.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse::<f32>() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

fn matches_tag(value: &HeaderValue, tag: &str) -> bool {
    let Ok(value) = value.to_str() else { return false };
    value.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderName;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_page_is_built_in_and_is_what_its_digest_says() {
        let files = files().unwrap();
        assert!(files.iter().any(|file| file.path == INDEX && file.bytes > 0));
        let assets = Assets::unpack().unwrap();
        let page = assets.answer("/", &HeaderMap::new()).unwrap();
        let index = files.iter().find(|file| file.path == INDEX).unwrap();
        assert_eq!(page.headers()[ETAG], format!("\"{}\"", index.sha256));
        assert_eq!(page.headers()[CACHE_CONTROL], "no-cache");
        assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again() {
        let assets = Assets::unpack().unwrap();
        let tag = assets.answer("/", &HeaderMap::new()).unwrap().headers()[ETAG].clone();
        let asked = |tag: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, tag.parse().unwrap());
            assets.answer("/", &headers).unwrap().status().as_u16()
        };
        let tag = tag.to_str().unwrap();
        assert_eq!((asked(tag), asked(&format!("\"x\", W/{tag}")), asked("*")), (304, 304, 304));
        assert_eq!((asked("\"x\""), asked("")), (200, 200));
    }

    #[test]
    fn an_address_of_the_page_is_the_page_and_a_file_that_is_not_there_is_none() {
        let assets = Assets::unpack().unwrap();
        let html = headers(&[(ACCEPT, "text/html,*/*")]);
        for path in ["/", "/index.html", "/jobs/7", "/proof"] {
            assert!(assets.answer(path, &html).is_some(), "{path}");
        }
        for path in ["/missing.js", "/assets/x-12345678.js", "/../Cargo.toml", "//etc/pass.wd"] {
            assert!(assets.answer(path, &html).is_none(), "{path}");
        }
        assert!(assets.answer("/jobs/7", &HeaderMap::new()).is_none(), "a script asks for no page");
    }

    #[test]
    fn packed_files_go_to_those_who_can_unpack_them() {
        for (value, accepted) in [
            ("gzip, deflate, br, zstd", true),
            ("BR", true),
            ("br;q=0.5", true),
            ("br;q=0", false),
            ("br; q=0.0", false),
            ("gzip", false),
            ("brotli", false),
        ] {
            let mut map = HeaderMap::new();
            map.insert(ACCEPT_ENCODING, value.parse().unwrap());
            assert_eq!(accepts_brotli(&map), accepted, "{value}");
        }
        assert!(!accepts_brotli(&HeaderMap::new()));
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        for path in ["assets/index-BxYz_-34.js", "assets/a-12345678.css", "assets/web_bg-abcdefgh.wasm"] {
            assert!(is_hashed(path), "{path}");
        }
        for path in
            ["index-12345678.html", "assets/index.js", "assets/x-1234567.js", "sw.js", "assets/é-1.js"]
        {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
