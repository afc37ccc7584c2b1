//! Who asks, and tokens for programs.

use bithive_audit::{Act, Outcome};
use bithive_chain::http::ReplyBody;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::{Request, Response, StatusCode};

use super::{Site, header, read};
use crate::answer::{Denied, document};
use crate::auth::smart::{MAX_REQUEST, Programs};
use crate::auth::{Caller, Stranger, TokenError, seconds};

const FORM: &str = "application/x-www-form-urlencoded";

/// Who sends a request; a stranger is told why, and noted.
pub(super) async fn admit(site: &Site, headers: &HeaderMap) -> Result<Caller, Denied> {
    match site.door.admit(headers).await {
        Ok(caller) => Ok(caller),
        Err(stranger) => {
            let audit = &site.audit;
            audit.count(audit.stranger(), Act::SignedIn, Outcome::Failed, stranger.code()).await;
            let is_ours = stranger == Stranger::Token(TokenError::NoKeys);
            let status = if is_ours { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::UNAUTHORIZED };
            Err(Denied::new(status, stranger.to_string()))
        }
    }
}

/// Gives a program a token.
pub(super) async fn token(
    site: &Site,
    programs: &Programs,
    request: Request<Incoming>,
) -> Result<Response<ReplyBody>, Denied> {
    let kind = header(request.headers(), &CONTENT_TYPE).to_ascii_lowercase();
    if kind.split(';').next().map(str::trim) != Some(FORM) {
        return Err(Denied::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("expected a form, {FORM}")));
    }
    let (_kept, _work, body) = read(request, MAX_REQUEST).await?;
    let audit = &site.audit;
    match programs.token(&body, seconds()).await {
        Ok(given) => {
            audit.count(audit.program(&given.client), Act::SignedIn, Outcome::Success, "smart").await;
            Ok(given.response())
        }
        Err(refusal) => {
            // Whoever names a program need not be it.
            let who = refusal.client.as_ref().map_or_else(|| audit.stranger(), |id| audit.program(id));
            audit.count(who, Act::SignedIn, Outcome::Failed, refusal.code()).await;
            tracing::info!(client = refusal.client, code = refusal.code(), "no token is given");
            Ok(refusal.response())
        }
    }
}

/// What programs have to know, for everybody.
pub(super) fn described(programs: &Programs) -> Response<ReplyBody> {
    document(StatusCode::OK, "application/json", &programs.described())
}
