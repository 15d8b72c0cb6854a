use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::{Fault, Smtp};

const SOON: Duration = Duration::from_secs(10);

struct Sender(BufReader<TcpStream>);

impl Sender {
    async fn connect(smtp: &Smtp) -> Self {
        let mut sender = Self(BufReader::new(TcpStream::connect(smtp.address()).await.expect("a connection")));
        assert_eq!(sender.reply().await, "220");
        assert_eq!(sender.say("EHLO me\r\n").await, "250");
        sender
    }

    /// The code of the reply; empty when the server hangs up.
    async fn reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await.unwrap_or(0) == 0 {
                return String::new();
            }
            if line.as_bytes().get(3) == Some(&b' ') {
                return line[..3].to_owned();
            }
        }
    }

    async fn say(&mut self, text: &str) -> String {
        self.0.write_all(text.as_bytes()).await.expect("the server is there");
        self.reply().await
    }

    async fn envelope(&mut self) -> String {
        assert_eq!(self.say("MAIL FROM:<desk@example.com> BODY=8BITMIME\r\n").await, "250");
        self.say("RCPT TO:<ann@example.com>\r\n").await
    }

    async fn send(&mut self, content: &str) -> String {
        assert_eq!(self.envelope().await, "250");
        assert_eq!(self.say("DATA\r\n").await, "354");
        self.say(&format!("{content}\r\n.\r\n")).await
    }
}

#[tokio::test]
async fn a_mail_is_kept_with_its_envelope_and_unstuffed_dots() {
    let smtp = Smtp::start().await;
    let waiting = smtp.next_mail(SOON);
    let sending = async {
        let mut sender = Sender::connect(&smtp).await;
        assert_eq!(sender.say("DATA\r\n").await, "503");
        assert_eq!(sender.say("NOOP\r\n").await, "250");
        assert_eq!(sender.say("WHAT\r\n").await, "500");
        assert_eq!(sender.envelope().await, "250");
        assert_eq!(sender.say("RSET\r\n").await, "250");
        assert_eq!(sender.send("Subject: Hi\r\n\r\n..dot\r\nend").await, "250");
        assert_eq!(sender.say("QUIT\r\n").await, "221");
    };
    let (mail, ()) = tokio::join!(waiting, sending);
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("desk@example.com", &["ann@example.com".to_owned()][..]));
    assert_eq!((mail.subject(), mail.text()), ("Hi".to_owned(), ".dot\r\nend\r\n".to_owned()));
    assert_eq!((smtp.mails().len(), smtp.attempts()), (1, 2));
}

#[tokio::test]
async fn the_script_of_faults_is_followed_in_order() {
    let smtp = Smtp::start().await;
    smtp.refuse_next(1, 451);
    smtp.script([
        Fault::RefuseSender(550),
        Fault::RefuseData(554),
        Fault::DropBeforeAccepting,
        Fault::DropAfterAccepting,
        Fault::Delay(Duration::from_millis(1)),
    ]);
    let mut sender = Sender::connect(&smtp).await;
    assert_eq!(sender.envelope().await, "451");
    assert_eq!(sender.say("RSET\r\n").await, "250");
    assert_eq!(sender.say("MAIL FROM:<a@example.com>\r\n").await, "550");
    assert_eq!(sender.send("a: 1\r\n\r\nrefused").await, "554");
    assert_eq!(sender.send("a: 1\r\n\r\ndropped").await, "");
    assert!(smtp.mails().is_empty());
    let mut sender = Sender::connect(&smtp).await;
    assert_eq!(sender.send("a: 1\r\n\r\ntaken").await, "");
    assert_eq!(smtp.next_mail(SOON).await.text(), "taken\r\n");
    let mut sender = Sender::connect(&smtp).await;
    assert_eq!(sender.send("a: 1\r\n\r\nlate").await, "250");
    assert_eq!(smtp.next_mail(SOON).await.text(), "late\r\n");
    smtp.attempted(6, SOON).await;
    assert_eq!(smtp.attempts(), 6);
}

#[tokio::test]
async fn a_broken_off_mail_is_not_kept() {
    let smtp = Smtp::start().await;
    let mut sender = Sender::connect(&smtp).await;
    assert_eq!(sender.envelope().await, "250");
    assert_eq!(sender.say("DATA\r\n").await, "354");
    sender.0.write_all(b"a: 1\r\n\r\nhalf").await.expect("the server is there");
    sender.0.shutdown().await.expect("the server is there");
    assert_eq!(sender.0.read(&mut [0]).await.expect("the end"), 0);
    assert!(smtp.mails().is_empty());
}

#[tokio::test]
async fn lettre_is_understood() {
    use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::MultiPart};

    let smtp = Smtp::start().await;
    smtp.refuse_next(1, 451);
    let mail = Message::builder()
        .from("Front Desk <desk@example.com>".parse().expect("an address"))
        .to("Zoë <ann@example.com>".parse().expect("an address"))
        .subject("Votre message — déjà répondu, avec un sujet assez long pour être plié sur plusieurs lignes")
        .multipart(MultiPart::alternative_plain_html("Été.\n.\nFin".to_owned(), "<p>Été</p>".to_owned()))
        .expect("a mail");
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&smtp.url()).expect("a URL").build();
    assert!(transport.send(mail.clone()).await.expect_err("refused").is_transient());
    transport.send(mail).await.expect("taken");
    let mail = smtp.next_mail(SOON).await;
    assert_eq!(mail.to, ["ann@example.com"]);
    assert_eq!(
        mail.subject(),
        "Votre message — déjà répondu, avec un sujet assez long pour être plié sur plusieurs lignes"
    );
    assert_eq!(mail.header("To").as_deref(), Some("Zoë <ann@example.com>"));
    assert_eq!(mail.text().replace("\r\n", "\n").trim(), "Été.\n.\nFin");
    assert_eq!(mail.html().as_deref().map(str::trim), Some("<p>Été</p>"));
}
