//! The account on a loopback address, for clients of other makers.
//!
//! Invariant: what a client sends goes to [`Account::answer`] and nothing else happens here. No TLS.
//! One client's mistakes end at most its own connection.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Account, TooLarge};

/// The largest body that is taken in. Each is held in memory several times, so S3's 5 GiB would take the machine down.
const LARGEST_BODY: usize = 256 * 1024 * 1024;

/// How long calls that are being answered have to finish when the server is told to end.
const FAREWELL: Duration = Duration::from_secs(3);

/// Serves the account to every client of the listener until `end` comes; then lets the calls that are under way finish.
pub async fn serve(listener: TcpListener, account: Arc<Account>, end: impl Future<Output = ()>) {
    let (ending, is_ending) = watch::channel(());
    let mut connections = JoinSet::new();
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&account), is_ending.clone()));
                }
                // Too many open files, or a client that is gone already: neither is a reason to end.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
        }
    }
    drop(listener);
    drop(ending);
    let _ = tokio::time::timeout(FAREWELL, async { while connections.join_next().await.is_some() {} }).await;
}

async fn connection(stream: TcpStream, account: Arc<Account>, mut ending: watch::Receiver<()>) {
    // Small answers would otherwise wait for the client's acknowledgement of the one before.
    stream.set_nodelay(true).ok();
    let service = service_fn(move |request| answer(Arc::clone(&account), request));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        // Who has nothing more to say may still want to hear.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    tokio::select! {
        // A client that goes away in the middle is its own affair.
        _ = &mut serving => {}
        _ = ending.changed() => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
}

async fn answer(account: Arc<Account>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (mut parts, body) = request.into_parts();
    let content = match read(body).await {
        Ok(Some(content)) => content,
        Ok(None) => {
            parts.extensions.insert(TooLarge);
            Bytes::new()
        }
        Err(_) => return Ok(plain(StatusCode::BAD_REQUEST)),
    };
    let request = Request::from_parts(parts, content);
    // Answering may write files, which the threads that serve connections must not wait for.
    let answered = tokio::task::spawn_blocking(move || account.answer(request)).await;
    Ok(answered.map_or_else(
        |_| plain(StatusCode::INTERNAL_SERVER_ERROR),
        |response| response.map(Full::new),
    ))
}

/// The whole body. Of one that is too large nothing is kept, but it is read, since a client that is still writing would
/// take an early answer for a broken connection.
async fn read(mut body: Incoming) -> Result<Option<Bytes>, hyper::Error> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut kept = (announced <= LARGEST_BODY).then(|| BytesMut::with_capacity(announced.min(1 << 20)));
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        kept = kept.filter(|kept| kept.len().saturating_add(data.len()) <= LARGEST_BODY);
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(&data);
        }
    }
    Ok(kept.map(BytesMut::freeze))
}

fn plain(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
