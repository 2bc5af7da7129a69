//! The account on a loopback address, for clients of other makers.
//!
//! Invariant: what a client sends goes to [`Account::answer`] and nothing else happens here. No TLS.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::Account;

/// Serves the account to every client of the listener, until the future is dropped.
///
/// # Errors
/// When the listener can accept no more.
pub async fn serve(listener: TcpListener, account: Arc<Account>) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let account = Arc::clone(&account);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(Arc::clone(&account), request));
            // A client that goes away in the middle is its own affair.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(account: Arc<Account>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        return Ok(plain(StatusCode::BAD_REQUEST));
    };
    let request = Request::from_parts(parts, body.to_bytes());
    // Answering may write files, which the threads that serve connections must not wait for.
    let answered = tokio::task::spawn_blocking(move || account.answer(request)).await;
    Ok(answered.map_or_else(
        |_| plain(StatusCode::INTERNAL_SERVER_ERROR),
        |response| response.map(Full::new),
    ))
}

fn plain(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
