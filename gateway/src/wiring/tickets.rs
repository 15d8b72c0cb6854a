//! What tickets need of identity, answered inside the open transaction.

use chrono_tz::Tz;
use futures_util::FutureExt;
use identity::{TICKETS_REOPEN_WITHIN_DAYS, company_setting};
use inbox::{
    EntityType,
    kinds::{Contact, Found, Kind},
};
use kernel::{
    Conn, Cx, Error, Result, Tx,
    id::{ClientId, TeamId, TicketId, UserId},
    record::by_ids,
    visibility::Holder,
};
use ticketing::{Calendar, ClientTier, MANAGE_TICKETS, VIEW_TICKETS, records::Tickets};
use uuid::Uuid;

use super::{app::catalog, bridges::InTransaction, standing::as_taker, working_times};

/// The company and its people; with the names of all permissions.
pub struct House<'a>(pub &'a Tx, pub &'a [&'static str]);

impl ticketing::ActiveClients for House<'_> {
    async fn is_active_client(&self, cx: &Cx, id: ClientId) -> Result<bool> {
        InTransaction(self.0).is_active_client(cx, id).await
    }
}

impl ticketing::People for House<'_> {
    async fn would_see(&self, cx: &Cx, who: UserId, ticket: &Holder) -> Result<bool> {
        let theirs = as_taker(self.0.conn(), cx, self.1, who).await?;
        Ok(theirs.is_some_and(|theirs| ticketing::would_see(&theirs, ticket)))
    }

    async fn is_team_in_use(&self, id: TeamId) -> Result<bool> {
        identity::is_team_in_use(self.0.conn(), id).await
    }
}

const fn tier(tier: identity::ClientTier) -> ClientTier {
    match tier {
        identity::ClientTier::Basic => ClientTier::Basic,
        identity::ClientTier::Standard => ClientTier::Standard,
        identity::ClientTier::Premium => ClientTier::Premium,
        identity::ClientTier::Enterprise => ClientTier::Enterprise,
    }
}

impl ticketing::Company for InTransaction<'_> {
    async fn time_zone(&self) -> Result<Tz> {
        working_times::zone(self.0.conn()).await
    }

    async fn reopen_within_days(&self) -> Result<i64> {
        let days = company_setting(self.0.conn(), TICKETS_REOPEN_WITHIN_DAYS).await?;
        days.as_i64().ok_or_else(|| Error::internal("the days to open a ticket again are no number"))
    }

    async fn tier_of(&self, client: ClientId) -> Result<Option<ClientTier>> {
        Ok(identity::tier_of_client(self.0.conn(), client).await?.map(tier))
    }

    async fn working_times(&self) -> Result<Calendar> {
        working_times::working_times(self.0.conn()).await
    }

    async fn is_staffed(&self, cx: &Cx, work: &Holder) -> Result<bool> {
        let names: Vec<_> = catalog().into_iter().map(|permission| permission.name).collect();
        if let Some(staff) = work.assignee
            && !ticketing::People::would_see(&House(self.0, &names), cx, staff.into(), work).await?
        {
            return Ok(false);
        }
        match work.team {
            Some(team) => identity::is_team_in_use(self.0.conn(), team).await,
            None => Ok(true),
        }
    }
}

impl ticketing::Company for House<'_> {
    async fn time_zone(&self) -> Result<Tz> {
        InTransaction(self.0).time_zone().await
    }

    async fn reopen_within_days(&self) -> Result<i64> {
        InTransaction(self.0).reopen_within_days().await
    }

    async fn tier_of(&self, client: ClientId) -> Result<Option<ClientTier>> {
        InTransaction(self.0).tier_of(client).await
    }

    async fn working_times(&self) -> Result<Calendar> {
        InTransaction(self.0).working_times().await
    }

    async fn is_staffed(&self, cx: &Cx, work: &Holder) -> Result<bool> {
        InTransaction(self.0).is_staffed(cx, work).await
    }
}

/// Tickets as something that tags, notes and drafts hang on.
pub const KIND: Kind = Kind::of_others::<Tickets>(EntityType::Ticket, VIEW_TICKETS, MANAGE_TICKETS, contact);

/// A ticket is about its requester, as far as the actor sees them.
fn contact<'a>(conn: &'a Conn, cx: &'a Cx, id: Uuid) -> Found<'a> {
    async move {
        let id = TicketId(id);
        let Some(ticket) = by_ids::<Tickets>(conn, cx, &[id]).await?.remove(&id) else { return Ok(None) };
        let Some(requester) = ticket.requester_id.map(UserId::from) else { return Ok(Some(Contact::default())) };
        let found = identity::people_by_ids(conn, cx, &[requester]).await?.remove(&requester);
        let contact = found.map(|person| Contact {
            name: Some(person.name),
            email: Some(person.email),
            company: person.company,
            ..Contact::default()
        });
        Ok(Some(contact.unwrap_or_default()))
    }
    .boxed()
}
