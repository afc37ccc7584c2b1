//! Signed tokens (RFC 7519 in the compact form of RFC 7515), read strictly.
//!
//! The algorithm comes from a list of what is allowed, and has to fit the key: there is no way to `none`, and none to a secret (RFC 8725).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::jwk::{Algorithm, Key, MAX_KID};

/// Most bytes of a token.
pub(crate) const MAX_TOKEN: usize = 16 << 10;
/// How far clocks may differ, in seconds.
pub(crate) const LEEWAY: u64 = 30;
/// The latest time that is one: the end of the year 9999, in seconds.
const MAX_TIME: f64 = 253_402_300_799.0;

/// Why a token is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is longer than any that is read.
    #[error("the token has {found} bytes; expected at most {MAX_TOKEN}")]
    TooLong {
        /// Its length, in bytes.
        found: usize,
    },
    /// It is not of the form.
    #[error("the token is none: {0}")]
    Form(&'static str),
    /// Another algorithm than those allowed.
    #[error("the token is signed with {found:?}; expected one of {allowed}")]
    Algorithm {
        /// What it says, cut to what is shown.
        found: String,
        /// What it may say.
        allowed: String,
    },
    /// It does not name its key.
    #[error("the token does not name its key; expected a kid of at most {MAX_KID} characters in its header")]
    NoKey,
    /// Its key is not known, nor found anew.
    #[error("the key that has signed the token is none of the issuer's")]
    UnknownKey,
    /// The keys can't be had.
    #[error("the keys of the issuer can't be had now; try again in a minute")]
    NoKeys,
    /// Somebody else has made it, or it was changed.
    #[error("the signature of the token is wrong")]
    Signature,
    /// A claim is not what it has to be.
    #[error("{claim} of the token is not what it has to be; expected {expected}")]
    Claim {
        /// Name of the claim.
        claim: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// Its time is over.
    #[error("the token has expired; get a new one")]
    Expired,
    /// Its time has not begun.
    #[error("{claim} of the token is in the future; compare the clocks of its issuer and of this machine")]
    Future {
        /// Name of the claim.
        claim: &'static str,
    },
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    jku: Option<String>,
    /// Parameters that whoever reads it has to understand; none is understood here.
    crit: Option<serde::de::IgnoredAny>,
}

/// A token whose signature nobody has checked yet.
pub(crate) struct Unverified<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    claims: Map<String, Value>,
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: String,
    /// Where it says that its keys are.
    pub(crate) jku: Option<String>,
}

/// What a token says, once its signature was found right.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Claims(Map<String, Value>);

fn part(text: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Form("a part is no base64url"))
}

impl<'a> Unverified<'a> {
    /// Reads a token that has to be signed in one of these ways.
    ///
    /// # Errors
    /// [`TokenError`].
    pub(crate) fn read(text: &'a str, allowed: &[Algorithm]) -> Result<Self, TokenError> {
        if text.len() > MAX_TOKEN {
            return Err(TokenError::TooLong { found: text.len() });
        }
        let parts = TokenError::Form("expected three parts with full stops between them");
        let (signed, signature) = text.rsplit_once('.').ok_or_else(|| parts.clone())?;
        let (header, payload) = signed.split_once('.').ok_or_else(|| parts.clone())?;
        if payload.contains('.') {
            return Err(parts);
        }
        let header: Header = serde_json::from_slice(&part(header)?)
            .map_err(|_| TokenError::Form("its header is no object with alg"))?;
        let algorithm = allowed.iter().copied().find(|one| one.word() == header.alg);
        let algorithm = algorithm.ok_or_else(|| TokenError::Algorithm {
            found: header.alg.chars().take(16).collect(),
            allowed: allowed.iter().map(|one| one.word()).collect::<Vec<_>>().join(", "),
        })?;
        if header.crit.is_some() {
            return Err(TokenError::Form("its header has crit, of which nothing is known here"));
        }
        let kind = header.typ.as_deref().map(str::to_ascii_lowercase);
        let kind = kind.as_deref().map(|kind| kind.strip_prefix("application/").unwrap_or(kind));
        if !matches!(kind, None | Some("jwt" | "at+jwt")) {
            return Err(TokenError::Form("its header has another typ than JWT or at+jwt"));
        }
        let kid = header.kid.filter(|kid| (1..=MAX_KID).contains(&kid.len())).ok_or(TokenError::NoKey)?;
        let claims = serde_json::from_slice(&part(payload)?)
            .map_err(|_| TokenError::Form("its claims are no object"))?;
        Ok(Self { signed, signature: part(signature)?, claims, algorithm, kid, jku: header.jku })
    }

    /// A claim that nobody vouches for yet, to find out whose keys are needed.
    pub(crate) fn unchecked(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`TokenError::Signature`].
    pub(crate) fn verify(self, key: &Key) -> Result<Claims, TokenError> {
        let is_right = key.has_signed(self.algorithm, self.signed.as_bytes(), &self.signature);
        if is_right { Ok(Claims(self.claims)) } else { Err(TokenError::Signature) }
    }
}

impl Claims {
    pub(crate) fn get(&self, claim: &str) -> Option<&Value> {
        self.0.get(claim)
    }

    /// A claim that is a text, not empty.
    pub(crate) fn text(&self, claim: &'static str, most: usize) -> Result<&str, TokenError> {
        let text = self.get(claim).and_then(Value::as_str);
        let text = text.filter(|text| (1..=most).contains(&text.len()));
        text.ok_or(TokenError::Claim { claim, expected: "a text that is not too long" })
    }

    /// Whom it is for.
    pub(crate) fn audiences(&self) -> Result<Vec<&str>, TokenError> {
        let wrong = TokenError::Claim { claim: "aud", expected: "a text, or a list of texts" };
        match self.get("aud") {
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(all)) => all.iter().map(Value::as_str).collect::<Option<_>>().ok_or(wrong),
            _ => Err(wrong),
        }
    }

    /// A time in seconds; none where there is no such claim. One of another type is an error, not a claim that is missing.
    fn time(&self, claim: &'static str) -> Result<Option<u64>, TokenError> {
        let Some(value) = self.get(claim) else { return Ok(None) };
        let seconds = value.as_f64().filter(|seconds| (0.0..=MAX_TIME).contains(seconds));
        let seconds = seconds.ok_or(TokenError::Claim { claim, expected: "seconds since 1970" })?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is within 0 and MAX_TIME, and a part of a second does not matter"
        )]
        Ok(Some(seconds as u64))
    }

    /// When it ends, if its time has begun and is not over, in seconds. `leeway` is how long it may have been over.
    ///
    /// # Errors
    /// [`TokenError::Claim`], [`TokenError::Expired`], [`TokenError::Future`].
    pub(crate) fn ends(&self, now: u64, leeway: u64) -> Result<u64, TokenError> {
        let ends = self.time("exp")?.ok_or(TokenError::Claim { claim: "exp", expected: "to be there" })?;
        if now >= ends.saturating_add(leeway) {
            return Err(TokenError::Expired);
        }
        for claim in ["iat", "nbf"] {
            if self.time(claim)?.is_some_and(|time| time > now.saturating_add(LEEWAY)) {
                return Err(TokenError::Future { claim });
            }
        }
        Ok(ends)
    }

    /// When it was made, in seconds.
    ///
    /// # Errors
    /// [`TokenError::Claim`] where it does not say so.
    pub(crate) fn issued(&self) -> Result<u64, TokenError> {
        self.time("iat")?.ok_or(TokenError::Claim { claim: "iat", expected: "to be there" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
    }

    fn refused(text: &str) -> TokenError {
        Unverified::read(text, &Algorithm::ALL).err().unwrap()
    }

    #[test]
    fn what_is_no_token_is_refused_before_any_key_is_looked_for() {
        let sound = token(r#"{"alg":"ES256","kid":"a"}"#, "{}");
        assert!(Unverified::read(&sound, &Algorithm::ALL).is_ok());
        for alg in ["none", "None", "HS256", "PS256", "ES512", "EdDSA", "es256", ""] {
            let error = refused(&token(&format!(r#"{{"alg":"{alg}","kid":"a"}}"#), "{}"));
            assert!(matches!(error, TokenError::Algorithm { .. }), "{alg}: {error}");
        }
        let header = |header: &str| refused(&token(header, "{}"));
        assert_eq!(header(r#"{"alg":"ES256"}"#), TokenError::NoKey);
        assert_eq!(header(&format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "a".repeat(257))), TokenError::NoKey);
        for bad in [
            r#"{"alg":"ES256","kid":"a","crit":["b64"]}"#,
            r#"{"alg":"ES256","kid":"a","typ":"logout+jwt"}"#,
            r#"{"alg":"ES256","alg":"none","kid":"a"}"#,
            r#"{"kid":"a"}"#,
            "[]",
        ] {
            assert!(matches!(header(bad), TokenError::Form(_)), "{bad}");
        }
        assert_eq!(refused(&"a".repeat(MAX_TOKEN + 1)), TokenError::TooLong { found: MAX_TOKEN + 1 });
        for bad in ["", "a", "a.b", "a.b.c.d", "..", &sound.replace('.', "=."), &format!("{sound}=")] {
            assert!(matches!(refused(bad), TokenError::Form(_)), "{bad}");
        }
        assert!(matches!(refused(&token(r#"{"alg":"ES256","kid":"a"}"#, "[]")), TokenError::Form(_)));
    }

    #[test]
    fn times_are_numbers_and_are_compared() {
        let claims = |text: &str| Claims(serde_json::from_str(text).unwrap());
        let ends = |text: &str| claims(text).ends(1_000, 0);
        assert_eq!(ends(r#"{"exp":1001}"#), Ok(1_001));
        assert_eq!(ends(r#"{"exp":1001.5,"iat":1029.9,"nbf":0}"#), Ok(1_001));
        assert_eq!(ends(r#"{"exp":1000}"#), Err(TokenError::Expired));
        assert_eq!(claims(r#"{"exp":1000}"#).ends(1_000, 30), Ok(1_000));
        assert_eq!(claims(r#"{"exp":1000}"#).ends(1_030, 30), Err(TokenError::Expired));
        for claim in ["iat", "nbf"] {
            assert_eq!(ends(&format!(r#"{{"exp":2000,"{claim}":1031}}"#)), Err(TokenError::Future { claim }));
            let wrong = ends(&format!(r#"{{"exp":2000,"{claim}":"1"}}"#)).unwrap_err();
            assert!(matches!(wrong, TokenError::Claim { .. }), "a text is not a claim that is missing");
        }
        for bad in ["{}", r#"{"exp":"2000"}"#, r#"{"exp":-1}"#, r#"{"exp":1e300}"#, r#"{"exp":null}"#] {
            assert!(matches!(ends(bad), Err(TokenError::Claim { claim: "exp", .. })), "{bad}");
        }
    }
}
