//! A reply goes to the visitor by mail.

use kernel::{
    Cx, Db, Result,
    db::Emit,
    id::{MessageId, MessageReplyId},
    jobs::{self, Job, Verdict, Work},
    record::Records,
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        events::{ReplyDelivered, ReplyFailed},
        mail::{Address, Mail, references, reply_message_id},
    },
    ports::{MailError, Mailer, ReplyMail, Wording},
    queries::replies::for_delivery,
    store::reply::{EmailStatus, Entity as MessageReplies},
};

/// The job: deliver this reply.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliverReply {
    /// The reply.
    pub reply: MessageReplyId,
    /// Its message: replies to one arrive in their order. Those that were queued before there was such a thing lack it.
    #[serde(default)]
    pub thread: Option<MessageId>,
}

impl Work for DeliverReply {
    const KIND: &'static str = "inbox.deliver_reply";
}

/// How mails look.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The sender's address.
    pub from: Address,
    /// The domain of Message-IDs; never taken from a request.
    pub domain: String,
}

/// Sends the mail of a reply and notes what came of it.
///
/// The mail goes out between two transactions, so a crash after the server took it and before we noted that sends
/// it again, under the same Message-ID. Nothing else can repeat it: the job is leased to one worker at a time.
pub async fn deliver_reply(
    db: &Db,
    mailer: &dyn Mailer,
    wording: &dyn Wording,
    settings: &MailSettings,
    cx: &Cx,
    job: &Job,
) -> Result<()> {
    let work: DeliverReply = job.work()?;
    let Some((message, reply, earlier)) = for_delivery(&db.reader(cx).await?, work.reply).await? else {
        return db.transact(cx, "reply.deliver", |tx| async move { jobs::finish(&tx, job).await }).await;
    };
    if reply.email_status != EmailStatus::Queued {
        return db.transact(cx, "reply.deliver", |tx| async move { jobs::finish(&tx, job).await }).await;
    }
    let worded = wording
        .reply(&ReplyMail {
            name: message.name.clone(),
            service: message.service.clone(),
            subject: message.subject(),
            content: reply.content.clone(),
            quoted: message.quoted(),
        })
        .await?;
    // The thread keeps the subject that it began with, whatever became of the wording.
    let kept = earlier.iter().find_map(|(_, subject)| subject.clone());
    let subject = &kept.or_else(|| worded.as_ref().map(|worded| worded.subject.clone())).unwrap_or_default();
    let earlier: Vec<_> = earlier.into_iter().map(|(id, _)| id).collect();
    let references = references(message.id, &earlier, &settings.domain);
    let mail = worded.map(|worded| Mail {
        from: settings.from.clone(),
        to: Address { name: message.name.clone(), email: message.email.clone() },
        subject: subject.clone(),
        text: worded.text,
        html: Some(worded.html),
        message_id: reply_message_id(reply.id, &settings.domain),
        in_reply_to: references.last().cloned().unwrap_or_default(),
        references,
        automatic: false,
        attachment: None,
        ended_at: None,
    });
    let sent = &match &mail {
        Some(mail) => mailer.send(mail).await,
        None => Err(MailError::Never("the company has switched the mails of replies off".into())),
    };
    let (message, reply) = (&message, &reply);
    db.transact(cx, "reply.deliver", |tx| async move {
        let (before, mut reply) = (reply, reply.clone());
        match sent {
            Ok(()) => {
                jobs::finish(&tx, job).await?;
                reply.email_status = EmailStatus::Sent;
                reply.email_error = None;
                reply.email_sent_at = Some(cx.now);
                reply.email_subject = Some(subject.clone());
                Records::<MessageReplies>::update(&tx, before, &reply).await?;
                tx.emit(cx, &ReplyDelivered { message: message.id, reply: reply.id });
            }
            Err(error) => {
                let why: String = error.to_string().chars().take(500).collect();
                let verdict = jobs::fail(&tx, cx, job, &why, matches!(error, MailError::Never(_))).await?;
                reply.email_error = Some(why.clone());
                if verdict == Verdict::Dead {
                    reply.email_status = EmailStatus::Failed;
                    tx.emit(
                        cx,
                        &ReplyFailed {
                            message: message.id,
                            reply: reply.id,
                            visitor: Some(message.visitor_id),
                            error: why,
                        },
                    );
                }
                Records::<MessageReplies>::update(&tx, before, &reply).await?;
            }
        }
        Ok(())
    })
    .await
}
