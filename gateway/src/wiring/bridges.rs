//! A port of one context, answered by another.

use crm_leads::{VIEW_LEADS, records::Leads};
use identity::{Template, TemplatedMail, UserKind, mail::Opens, queue_mail};
use inbox::{Colleagues, Entity, MANAGE_CHATS, Names, NewsletterMail, Onlookers, Takers, Target, Targets};
use kernel::{
    Cx, Permission, Result, Tx,
    crypto::Keyring,
    id::{ClientId, DepartmentId, StaffId, TeamId, VisitorId},
    record::visible_ids,
    visibility::{Holder, rule},
};
use ticketing::records::Tickets;

use super::{
    app::catalog,
    standing::{as_active, as_taker},
    tickets::House,
};

/// Answers inside the open transaction, so that no second connection is taken while one is held.
pub struct InTransaction<'a>(pub &'a Tx);

impl Colleagues for InTransaction<'_> {
    async fn is_active(&self, id: StaffId) -> Result<bool> {
        identity::is_active_staff(self.0.conn(), id).await
    }

    async fn would_see(&self, cx: &Cx, id: StaffId, permission: Permission) -> Result<bool> {
        let names: Vec<_> = catalog().into_iter().map(|permission| permission.name).collect();
        let Some(theirs) = as_taker(self.0.conn(), cx, &names, id.into()).await? else { return Ok(false) };
        let own = Holder { assignee: Some(id), ..Holder::default() };
        Ok(theirs.can(permission) && rule(&theirs, &own).is_some())
    }
}

impl Targets for InTransaction<'_> {
    async fn sees(&self, cx: &Cx, target: Target) -> Result<bool> {
        match target {
            Target::Client(id) => {
                let found = identity::people_by_ids(self.0.conn(), cx, &[id.into()]).await?;
                Ok(found.values().any(|person| person.kind == UserKind::Client))
            }
            Target::Lead(id) => Ok(!visible_ids::<Leads>(self.0.conn(), cx, &[id]).await?.is_empty()),
            Target::Ticket(id) => Ok(!visible_ids::<Tickets>(self.0.conn(), cx, &[id]).await?.is_empty()),
        }
    }
}

impl ticketing::ActiveClients for InTransaction<'_> {
    async fn is_active_client(&self, cx: &Cx, id: ClientId) -> Result<bool> {
        // Whoever makes something for them need not see them.
        Ok(as_active(self.0.conn(), cx, &[], id.into()).await?.is_some_and(|theirs| ticketing::is_client(&theirs)))
    }
}

impl Takers for InTransaction<'_> {
    async fn name(&self, id: StaffId) -> Result<Option<String>> {
        Ok(identity::staff_names(self.0.conn(), &[id]).await?.remove(&id))
    }

    async fn hold(&self, id: StaffId) -> Result<()> {
        identity::hold(self.0.conn(), id).await
    }

    async fn takes_chats(&self, id: StaffId) -> Result<bool> {
        let names: Vec<_> = catalog().into_iter().map(|permission| permission.name).collect();
        identity::is_active_holder(self.0.conn(), id, MANAGE_CHATS, &names).await
    }

    async fn department(&self, id: DepartmentId) -> Result<Option<String>> {
        let found = identity::department_name(self.0.conn(), id).await?;
        Ok(found.and_then(|(name, is_active)| is_active.then_some(name)))
    }
}

impl identity::Work for InTransaction<'_> {
    async fn hand_over(&self, cx: &Cx, from: StaffId, to: Option<StaffId>) -> Result<u64> {
        let work = inbox::hand_over(self.0, self, cx, from, to).await?;
        let names: Vec<_> = catalog().into_iter().map(|permission| permission.name).collect();
        let tickets = ticketing::hand_over(self.0, &House(self.0, &names), cx, from, to).await?;
        let heir = match to {
            Some(to) if !self.would_see(cx, to, VIEW_LEADS).await? => None,
            to => to,
        };
        let leads = crm_leads::hand_over(self.0, cx, from, heir).await?;
        Ok(work + tickets + leads + inbox::hand_over_consultations(self.0, self, cx, from, to).await?)
    }

    async fn has_work(&self, team: TeamId) -> Result<bool> {
        ticketing::has_open_tickets(self.0.conn(), team).await
    }
}

impl analytics_sync::Visitors for InTransaction<'_> {
    async fn seen(&self, cx: &Cx, token: &str, pages: i32) -> Result<Option<VisitorId>> {
        inbox::see(self.0, cx, token, pages).await
    }
}

/// The mails of the newsletter, in the company's words.
pub struct NewsletterLetters<'a> {
    /// What seals what waits.
    pub keyring: &'a Keyring,
    /// The company's links.
    pub links: &'a identity::Links,
}

impl NewsletterLetters<'_> {
    async fn queue(
        &self,
        tx: &Tx,
        cx: &Cx,
        to: &str,
        template: Template,
        more: Vec<(&'static str, String)>,
    ) -> Result<()> {
        // Whoever asked may have typed anything for a name: the mail holds nothing of it.
        let letter = TemplatedMail { to: to.into(), name: None, template, variables: more, opens: Opens::Nothing };
        queue_mail(tx, cx, self.keyring, &letter).await
    }
}

#[async_trait::async_trait]
impl NewsletterMail for NewsletterLetters<'_> {
    async fn ask(&self, tx: &Tx, cx: &Cx, to: &str, token: &str) -> Result<()> {
        let variables = vec![("link", self.links.confirm_newsletter(token)), ("expires", "30 days".into())];
        self.queue(tx, cx, to, Template::NewsletterConfirm, variables).await
    }

    async fn welcome(&self, tx: &Tx, cx: &Cx, to: &str, token: &str) -> Result<()> {
        let variables = vec![("link", self.links.end_newsletter(token))];
        self.queue(tx, cx, to, Template::NewsletterWelcome, variables).await
    }
}

impl Names for InTransaction<'_> {
    async fn company(&self, cx: &Cx) -> Result<String> {
        identity::company_name(self.0.conn(), cx).await
    }

    async fn agent(&self, cx: &Cx) -> Result<Option<String>> {
        let Ok(user) = cx.person() else { return Ok(None) };
        Ok(identity::people_by_ids(self.0.conn(), cx, &[user.id]).await?.remove(&user.id).map(|person| person.name))
    }
}

/// Answers inside the open transaction what others see; with the names of all permissions.
pub struct SeenByOthers<'a>(pub &'a Tx, pub &'a [&'static str]);

impl Onlookers for SeenByOthers<'_> {
    async fn sees(&self, cx: &Cx, who: StaffId, entity: Entity) -> Result<bool> {
        let conn = self.0.conn();
        let Some(theirs) = as_active(conn, cx, self.1, who.into()).await? else { return Ok(false) };
        if theirs.staff_id() != Some(who) {
            return Ok(false);
        }
        inbox::kinds::sees(conn, &theirs, entity).await
    }
}
