//! The bytes of a connection before it is private, given out line by line. Whoever reads ahead there could take what somebody on the
//! way put behind the answer to STARTTLS for the server's own words inside TLS (CVE-2011-0411 and its kin). Here what stands behind a
//! line's end is still unread when the handshake begins, and breaks it.

use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The first byte of a TLS handshake (RFC 8446 §5.1), which no command of SMTP begins with.
const HANDSHAKE: u8 = 0x16;

/// A connection read no further than it must be, until our side begins a TLS handshake.
#[derive(Debug)]
pub(super) struct LineByLine {
    tcp: TcpStream,
    handshaken: bool,
}

impl LineByLine {
    pub(super) fn new(tcp: TcpStream) -> Self {
        Self { tcp, handshaken: false }
    }
}

impl AsyncTokioStream for LineByLine {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}

impl AsyncRead for LineByLine {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.handshaken {
            return Pin::new(&mut self.tcp).poll_read(cx, buf);
        }
        // A byte at a time: replies are short, and there are few of them.
        let mut byte = [0];
        let mut one = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.tcp).poll_read(cx, &mut one))?;
        buf.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for LineByLine {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.handshaken |= buf.first() == Some(&HANDSHAKE);
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
