//! A real, small SMTP server on a loopback port, with a script of faults.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::mail::Mail;

/// The authority that certified the server, for `FRONTDESK_MAIL_AUTHORITIES`: made for these tests, good for a hundred years.
pub const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/support/tls/ca.pem");

/// How the server protects itself.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Whether it is encrypted from the first byte; otherwise by STARTTLS, where it takes a password.
    pub implicit: bool,
    /// The user and the password without whom it takes nothing.
    pub user: Option<(&'static str, &'static str)>,
    /// Whether it takes no letters beyond ASCII in addresses.
    pub ascii: bool,
}

/// What goes wrong with one mail. The script is read from the front, one fault for each MAIL FROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: lets one mail pass before the next fault.
    None,
    /// Refuses the sender with this code.
    RefuseSender(u16),
    /// Refuses every recipient with this code: 451 is "try again", 550 is "no such mailbox".
    RefuseRecipients(u16),
    /// Reads the whole mail and refuses it with this code.
    RefuseData(u16),
    /// Reads the whole mail, then hangs up without having taken it.
    DropBeforeAccepting,
    /// Takes the mail, then hangs up before saying so: the sender cannot know.
    DropAfterAccepting,
    /// Waits before it takes the mail.
    Delay(Duration),
}

/// The mail server; it stops when dropped, and serves only while the runtime that started it runs.
#[derive(Debug)]
pub struct Smtp {
    address: SocketAddr,
    desk: Arc<Desk>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Desk {
    state: Mutex<State>,
    taken: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    mails: Vec<Mail>,
    read: usize,
    script: VecDeque<Fault>,
    attempts: usize,
    texts: usize,
    talk: String,
}

impl Smtp {
    /// Starts a server that takes everything.
    pub async fn start() -> Self {
        Self::guarded(Guard::default()).await
    }

    /// Starts one that is encrypted, and takes mail from whoever knows a password.
    pub async fn guarded(guard: Guard) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let address = listener.local_addr().expect("an address");
        let desk = Arc::new(Desk::default());
        let theirs = Arc::clone(&desk);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (desk, guard) = (Arc::clone(&theirs), guard.clone());
                // A client that hangs up is no fault of ours.
                tokio::spawn(async move { drop(serve(&desk, &guard, stream).await) });
            }
        });
        Self { address, desk, task }
    }

    /// `smtp://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds faults to the end of the script.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.desk.lock().script.extend(faults);
    }

    /// Refuses the recipients of the next `n` mails with this code.
    pub fn refuse_next(&self, n: usize, code: u16) {
        self.script(std::iter::repeat_n(Fault::RefuseRecipients(code), n));
    }

    /// The next mail that no call has returned yet; waits for it, and panics with the conversation when none comes.
    pub async fn next_mail(&self, patience: Duration) -> Mail {
        let mut taken = self.desk.taken.subscribe();
        let next = async {
            loop {
                taken.borrow_and_update();
                if let Some(mail) = self.desk.next() {
                    return mail;
                }
                taken.changed().await.expect("the desk lives as long as this");
            }
        };
        match timeout(patience, next).await {
            Ok(mail) => mail,
            Err(_) => panic!("no mail within {patience:?}:\n{}", self.desk.lock().talk),
        }
    }

    /// All mails taken so far, read or not.
    pub fn mails(&self) -> Vec<Mail> {
        self.desk.lock().mails.clone()
    }

    /// How many times a client has begun a mail, refused ones included.
    pub fn attempts(&self) -> usize {
        self.desk.lock().attempts
    }

    /// Waits until clients have begun this many mails: to see that a refused one was tried again.
    pub async fn attempted(&self, count: usize, patience: Duration) {
        let mut taken = self.desk.taken.subscribe();
        let enough = taken.wait_for(|_| self.attempts() >= count);
        if timeout(patience, enough).await.is_err() {
            panic!("fewer than {count} mails begun within {patience:?}:\n{}", self.desk.lock().talk);
        }
    }

    /// Waits until clients have sent this many whole texts, whatever becomes of them: from here on a mail may be taken
    /// although its sender is gone.
    pub async fn texts(&self, count: usize, patience: Duration) {
        let mut taken = self.desk.taken.subscribe();
        let enough = taken.wait_for(|_| self.desk.lock().texts >= count);
        if timeout(patience, enough).await.is_err() {
            panic!("fewer than {count} texts within {patience:?}:\n{}", self.desk.lock().talk);
        }
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Mail> {
        let mut state = self.lock();
        let mail = state.mails.get(state.read).cloned()?;
        state.read += 1;
        Some(mail)
    }

    fn begin(&self) -> Fault {
        let mut state = self.lock();
        state.attempts += 1;
        let fault = state.script.pop_front().unwrap_or(Fault::None);
        drop(state);
        self.taken.send_modify(|_| ());
        fault
    }

    fn read_text(&self) {
        self.lock().texts += 1;
        self.taken.send_modify(|_| ());
    }

    fn take(&self, mail: Mail) {
        let mut state = self.lock();
        state.mails.push(mail);
        let count = state.mails.len();
        drop(state);
        self.taken.send_replace(count);
    }

    fn note(&self, who: char, line: &str) {
        let talk = &mut self.lock().talk;
        talk.push(who);
        talk.push(' ');
        talk.push_str(line.trim_end());
        talk.push('\n');
    }
}

/// One mail on its way in.
struct Draft {
    from: String,
    to: Vec<String>,
    fault: Fault,
}

/// What a conversation goes over.
trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

type Stream = BufStream<Box<dyn Line>>;

/// Encrypts what comes now.
async fn encrypted(stream: Box<dyn Line>) -> io::Result<Box<dyn Line>> {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/cert.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/key.pem")).expect("its key");
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("they belong together");
    Ok(Box::new(TlsAcceptor::from(Arc::new(config)).accept(stream).await?))
}

/// One client, from the greeting on.
async fn serve(desk: &Desk, guard: &Guard, stream: impl Line + 'static) -> io::Result<()> {
    let mut line: Box<dyn Line> = Box::new(stream);
    if guard.implicit {
        line = encrypted(line).await?;
    }
    let mut stream = BufStream::new(line);
    say(desk, &mut stream, "220 mail.test ESMTP").await?;
    if converse(desk, guard, guard.implicit, &mut stream).await? == Next::Encrypt {
        let mut stream = BufStream::new(encrypted(stream.into_inner()).await?);
        converse(desk, guard, true, &mut stream).await?;
    }
    Ok(())
}

/// What follows a conversation.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Nothing,
    /// The same again, encrypted.
    Encrypt,
}

/// Whether this is the answer to AUTH PLAIN.
fn knows(guard: &Guard, proof: &str) -> bool {
    let expected = guard.user.map(|(user, password)| STANDARD.encode(format!("\0{user}\0{password}")));
    expected.is_some_and(|expected| expected == proof)
}

async fn converse(desk: &Desk, guard: &Guard, safe: bool, stream: &mut Stream) -> io::Result<Next> {
    let mut draft: Option<Draft> = None;
    let mut known = guard.user.is_none();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(Next::Nothing);
        }
        let line = line.trim_end();
        desk.note('<', line.split_once("PLAIN ").map_or(line, |(command, _)| command));
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let reply = match (verb.to_ascii_uppercase().as_str(), draft.as_mut()) {
            ("EHLO", _) => {
                let more = match guard.user {
                    None => "",
                    Some(_) if safe => "250-AUTH PLAIN\r\n",
                    Some(_) => "250-STARTTLS\r\n",
                };
                let utf8 = if guard.ascii { "" } else { "250-SMTPUTF8\r\n" };
                format!("250-mail.test\r\n250-PIPELINING\r\n{utf8}{more}250 8BITMIME")
            }
            ("STARTTLS", _) if guard.user.is_some() && !safe => {
                say(desk, stream, "220 go ahead").await?;
                return Ok(Next::Encrypt);
            }
            ("AUTH", _) if safe && knows(guard, rest.trim_start_matches("PLAIN ")) => {
                known = true;
                "235 welcome".to_owned()
            }
            ("AUTH", _) => "535 this password is wrong".to_owned(),
            ("MAIL", _) if !known => "530 sign in first".to_owned(),
            ("HELO" | "NOOP", _) => "250 fine".to_owned(),
            ("RSET", _) => {
                draft = None;
                "250 forgotten".to_owned()
            }
            ("QUIT", _) => return say(desk, stream, "221 bye").await.map(|()| Next::Nothing),
            ("MAIL", Some(_)) => "503 one mail at a time".to_owned(),
            ("MAIL", None) => match (address(rest), desk.begin()) {
                (_, Fault::RefuseSender(code)) => format!("{code} refused as the test wants it"),
                (Some(from), fault) => {
                    draft = Some(Draft { from, to: Vec::new(), fault });
                    "250 go on".to_owned()
                }
                (None, _) => "501 MAIL FROM:<address>".to_owned(),
            },
            ("RCPT", Some(Draft { fault: Fault::RefuseRecipients(code), .. })) => {
                format!("{code} refused as the test wants it")
            }
            ("RCPT", Some(draft)) => match address(rest) {
                Some(to) => {
                    draft.to.push(to);
                    "250 go on".to_owned()
                }
                None => "501 RCPT TO:<address>".to_owned(),
            },
            ("DATA", Some(begun)) if !begun.to.is_empty() => {
                say(desk, stream, "354 until a dot").await?;
                let raw = data(stream).await?;
                desk.read_text();
                let Some(Draft { from, to, fault }) = draft.take() else { return Ok(Next::Nothing) };
                let mail = Mail::new(from, to, raw);
                match fault {
                    Fault::RefuseData(code) => format!("{code} refused as the test wants it"),
                    Fault::DropBeforeAccepting => return Ok(Next::Nothing),
                    Fault::DropAfterAccepting => {
                        desk.take(mail);
                        return Ok(Next::Nothing);
                    }
                    _ => {
                        if let Fault::Delay(time) = fault {
                            sleep(time).await;
                        }
                        desk.take(mail);
                        "250 taken".to_owned()
                    }
                }
            }
            ("RCPT" | "DATA", _) => "503 first things first".to_owned(),
            _ => "500 what?".to_owned(),
        };
        say(desk, stream, &reply).await?;
    }
}

async fn say(desk: &Desk, stream: &mut Stream, reply: &str) -> io::Result<()> {
    desk.note('>', reply);
    stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    stream.flush().await
}

/// Everything up to the line with the single dot; a dot put before a leading dot is taken off.
async fn data(stream: &mut Stream) -> io::Result<String> {
    let mut raw = Vec::new();
    loop {
        let start = raw.len();
        if stream.read_until(b'\n', &mut raw).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if raw[start..] == *b".\r\n" {
            raw.truncate(start);
            return Ok(String::from_utf8_lossy(&raw).into_owned());
        }
        if raw[start] == b'.' {
            raw.remove(start);
        }
    }
}

/// The address in `FROM:<a@b> SIZE=1`; empty for bounces.
fn address(rest: &str) -> Option<String> {
    let (_, from) = rest.split_once('<')?;
    Some(from.split_once('>')?.0.to_owned())
}

#[cfg(test)]
#[path = "smtp_tests.rs"]
mod tests;
