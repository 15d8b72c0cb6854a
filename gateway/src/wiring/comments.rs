//! What comments of tickets need of identity, and how they go out by mail.

use inbox::{MailError, Mailer};
use kernel::{
    Cx, Result,
    id::{StaffId, TeamId, TicketCommentId, TicketId, UserId},
    record::visible_ids,
};
use ticketing::{
    Addressee, CommentLetter, CommentPost, Onlookers, Posted,
    records::{TicketComments, Tickets},
};

use super::{app::App, standing::as_active, tickets::House};
use crate::outgoing_mail::transport::OfTenant;

impl Onlookers for House<'_> {
    async fn sees(&self, cx: &Cx, who: UserId, ticket: TicketId) -> Result<bool> {
        let conn = self.0.conn();
        let Some(theirs) = as_active(conn, cx, self.1, who).await? else { return Ok(false) };
        Ok(!visible_ids::<Tickets>(conn, &theirs, &[ticket]).await?.is_empty())
    }

    async fn members(&self, team: TeamId) -> Result<Vec<StaffId>> {
        identity::active_members(self.0.conn(), team).await
    }

    async fn clients(&self, of: &[UserId]) -> Result<Vec<UserId>> {
        identity::clients_among(self.0.conn(), of).await
    }
}

/// Takes the comments of one tenant.
pub struct CommentMail<'a>(pub OfTenant<'a>);

impl CommentMail<'_> {
    fn app(&self) -> &App {
        self.0.app
    }
}

#[async_trait::async_trait]
impl CommentPost for CommentMail<'_> {
    async fn addressee(&self, cx: &Cx, who: UserId, comment: TicketCommentId) -> Result<Option<Addressee>> {
        let conn = self.app().db.reader(cx).await?;
        let Some(theirs) = as_active(&conn, cx, &self.app().catalog, who).await? else { return Ok(None) };
        // As a client: whatever they became meanwhile, what goes out is what clients see.
        if !ticketing::is_client(&theirs) || visible_ids::<TicketComments>(&conn, &theirs, &[comment]).await?.is_empty()
        {
            return Ok(None);
        }
        let person = identity::people_by_ids(&conn, cx, &[who]).await?.remove(&who);
        Ok(person.map(|person| Addressee { name: person.name, email: person.email }))
    }

    async fn author(&self, cx: &Cx, who: UserId) -> Result<String> {
        let conn = self.app().db.reader(cx).await?;
        Ok(identity::person_names(&conn, &[who]).await?.remove(&who).unwrap_or_default())
    }

    async fn send(&self, cx: &Cx, letter: &CommentLetter) -> Result<Posted> {
        let links = self.app().links_of(cx).await?;
        let files = match letter.files.as_slice() {
            [] => String::new(),
            files => format!("Files:\n{}", files.join("\n")),
        };
        let home = links.home();
        let variables = [
            ("number", letter.number.as_str()),
            ("title", &letter.title),
            ("author", &letter.author),
            ("content", &letter.content),
            ("files", &files),
            ("link", &home),
        ];
        let conn = self.app().db.reader(cx).await?;
        let worded = identity::mail::worded_comment(&conn, cx, &letter.name, &variables).await?;
        drop(conn);
        let Some(worded) = worded else { return Ok(Posted::Off) };
        let subject = letter.subject.clone().unwrap_or(worded.subject);
        let mail = inbox::Mail {
            from: self.app().mail.from.clone(),
            to: inbox::Address { name: letter.name.clone(), email: letter.email.clone() },
            subject: subject.clone(),
            text: worded.text,
            html: Some(worded.html),
            message_id: letter.message_id.clone(),
            in_reply_to: letter.references.last().cloned().unwrap_or_default(),
            references: letter.references.clone(),
            automatic: false,
            attachment: None,
            ended_at: None,
        };
        Ok(match Mailer::send(&self.0, &mail).await {
            Ok(()) => Posted::Sent(subject),
            Err(MailError::Later(why)) => Posted::Later(why),
            Err(MailError::Never(why)) => Posted::Never(why),
        })
    }
}
