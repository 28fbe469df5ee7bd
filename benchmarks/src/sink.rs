//! An SMTP server that accepts everything and keeps nothing.

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// Answers whoever connects.
pub(crate) async fn serve(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream));
    }
}

/// Answers one client (RFC 5321). An error ends the conversation: the client is
/// gone.
async fn converse(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut line = Vec::new();
    write.write_all(b"220 sink\r\n").await?;
    while next(&mut read, &mut line).await? {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match &*verb {
            b"EHLO" => b"250-sink\r\n250 PIPELINING\r\n",
            b"DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                while next(&mut read, &mut line).await? && line != b".\r\n" {}
                b"250 kept\r\n"
            }
            b"QUIT" => b"221 bye\r\n",
            _ => b"250 yes\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

/// Reads the next line; false at the end.
async fn next(
    read: &mut (impl AsyncBufReadExt + Unpin),
    line: &mut Vec<u8>,
) -> std::io::Result<bool> {
    line.clear();
    Ok(read.read_until(b'\n', line).await? > 0)
}
