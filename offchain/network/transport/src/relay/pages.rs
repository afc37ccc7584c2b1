//! What a relay answers over HTTP beside its own protocol: probes of endpoints and of operators.

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName, HeaderValue};
use hyper::http::response::Builder;
use hyper::{Method, Request, Response, StatusCode};
use iroh_relay::http::RELAY_PROBE_PATH;
use iroh_relay::server::Handlers;
use iroh_relay::server::http_server::{BytesBody, HyperResult};

/// Endpoints look here for captive portals: anything but an empty answer is one.
const NO_CONTENT_PATH: &str = "/generate_204";
const CHALLENGE: HeaderName = HeaderName::from_static("x-iroh-challenge");
const RESPONSE: HeaderName = HeaderName::from_static("x-iroh-response");
/// A challenge has fewer bytes than this.
const MAX_CHALLENGE: usize = 64;

/// The pages of a relay; `with_no_content` where no other address has that page.
pub(super) fn all(with_no_content: bool) -> Handlers {
    let mut pages = Handlers::default();
    let latency =
        |_: Request<Incoming>, response: Builder| body(response.header(ACCESS_CONTROL_ALLOW_ORIGIN, "*"), "");
    pages.insert((Method::GET, RELAY_PROBE_PATH), Box::new(latency));
    pages.insert((Method::GET, "/healthz"), Box::new(|_, response| body(response, "ok\n")));
    if with_no_content {
        let page = |request: Request<Incoming>, response: Builder| no_content(&request, response);
        pages.insert((Method::GET, NO_CONTENT_PATH), Box::new(page));
    }
    pages
}

/// The only page without TLS of a relay with TLS.
pub(super) fn without_tls<B>(request: &Request<B>) -> HyperResult<Response<BytesBody>> {
    if request.method() == Method::GET && request.uri().path() == NO_CONTENT_PATH {
        return no_content(request, Response::builder());
    }
    body(Response::builder().status(StatusCode::NOT_FOUND), "not found\n")
}

fn no_content<B>(request: &Request<B>, response: Builder) -> HyperResult<Response<BytesBody>> {
    let challenge = request.headers().get(CHALLENGE).filter(|challenge| is_challenge(challenge));
    let response = match challenge {
        Some(challenge) => {
            let text = [b"response ", challenge.as_bytes()].concat();
            response.header(RESPONSE, HeaderValue::from_bytes(&text)?)
        }
        None => response,
    };
    body(response.status(StatusCode::NO_CONTENT), "")
}

fn is_challenge(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_".contains(byte);
    !bytes.is_empty() && bytes.len() < MAX_CHALLENGE && bytes.iter().all(plain)
}

fn body(response: Builder, text: &'static str) -> HyperResult<Response<BytesBody>> {
    let body: BytesBody = Box::new(Full::new(Bytes::from_static(text.as_bytes())));
    Ok(response.body(body)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(path: &str, challenge: &[u8]) -> Response<BytesBody> {
        let challenge = HeaderValue::from_bytes(challenge).unwrap();
        let request = Request::get(path).header(CHALLENGE, challenge).body(()).unwrap();
        without_tls(&request).unwrap()
    }

    #[test]
    fn a_challenge_comes_back_unless_it_is_none() {
        let answer = asked("/generate_204", b"ts_relay.example-1");
        assert_eq!(answer.status(), 204);
        assert_eq!(answer.headers()[RESPONSE], "response ts_relay.example-1");
        for bad in [&b""[..], b"a b", b"<script>", &[0xff], &[b'a'; 64]] {
            let answer = asked("/generate_204", bad);
            assert!(answer.status() == 204 && answer.headers().get(RESPONSE).is_none(), "{bad:?}");
        }
        assert_eq!(asked("/relay", b"x").status(), 404);
    }
}
