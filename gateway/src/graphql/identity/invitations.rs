//! Invitations to become a colleague.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{Details, InviteStaff, entities::invitation::Column, records::Invitations};
use kernel::{
    id::{RoleId, UserId},
    page::PageArgs,
};

use super::{
    access::permission::Permission,
    organisation::departments::{Department, department},
    people::types::{IntoId, Role, Staff, User, staff, user},
};
use crate::{
    connection, filter,
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        filters::DateTimeComparator,
        records::{always, list},
        scalars::{EmailAddress, id},
        scope::scope,
    },
    payload,
};

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "identity::InvitationStatus")]
pub enum InvitationStatus {
    /// It can be accepted.
    Pending,
    /// It was accepted.
    Accepted,
    /// Nobody accepted it within 7 days; it can be sent again.
    Expired,
    /// It was taken back.
    Revoked,
}

/// An invitation to become a colleague.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct Invitation {
    /// Its id, `inv_…`.
    pub id: ID,
    /// Who is invited.
    pub email: EmailAddress,
    /// What they are called, as far as whoever invited them knows.
    pub name: Option<String>,
    /// Their first name, as far as whoever invited them knows.
    pub first_name: Option<String>,
    /// Their last name, as far as whoever invited them knows.
    pub last_name: Option<String>,
    /// When they were invited.
    pub created_at: DateTime<Utc>,
    /// When the newest link ends.
    pub expires_at: DateTime<Utc>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    row: identity::Invitation,
}

impl From<identity::Invitation> for Invitation {
    fn from(row: identity::Invitation) -> Self {
        Self {
            id: row.id.into_id(),
            email: EmailAddress(row.email.clone()),
            name: row.name.clone(),
            first_name: row.first_name.clone(),
            last_name: row.last_name.clone(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            accepted_at: row.accepted_at,
            revoked_at: row.revoked_at,
            row,
        }
    }
}

/// What the viewer may do with an invitation.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct InvitationViewerCan {
    /// Send it again: while nobody accepted or revoked it, and who holds whatever its role has.
    pub resend: bool,
    /// Take it back.
    pub revoke: bool,
}

#[ComplexObject]
impl Invitation {
    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<InvitationViewerCan> {
        let cx = scope(ctx).cx();
        let open = self.row.accepted_at.is_none() && self.row.revoked_at.is_none() && cx.can(identity::MANAGE_STAFF);
        let role = scope(ctx).loaders.load_one::<RoleId>(self.row.role_id).await?;
        let below = role.is_some_and(|role| identity::holds_all(&cx, "", &role.gives()).is_ok());
        Ok(InvitationViewerCan { resend: open && below, revoke: open })
    }

    /// Where it stands now.
    async fn status(&self, ctx: &Context<'_>) -> InvitationStatus {
        self.row.status(scope(ctx).cx().now).into()
    }

    /// The role that they will have.
    async fn role(&self, ctx: &Context<'_>) -> Result<Role> {
        let role = scope(ctx).loaders.load_one::<RoleId>(self.row.role_id).await?;
        Ok(role.ok_or_else(|| kernel::Error::internal("a role is missing"))?.as_ref().into())
    }

    /// The department that they will be in; null without the permission to see staff.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Department>> {
        department(ctx, self.row.department_id).await
    }

    /// Who invited them; null without the permission to see them.
    async fn invited_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.row.invited_by).await
    }

    /// The colleague who accepted; null before, and without the permission to see them.
    async fn accepted_as(&self, ctx: &Context<'_>) -> Result<Option<Staff>> {
        staff(ctx, self.row.accepted_as.map(|UserId(id)| kernel::id::StaffId(id))).await
    }
}

connection!(InvitationConnection, InvitationEdge, Invitation, identity::Invitation, "invitations");

/// Comparisons with where an invitation stands.
#[derive(Debug, Clone, Default, InputObject)]
pub struct InvitationStatusComparator {
    /// Equals.
    pub eq: Option<InvitationStatus>,
    /// Is one of.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<InvitationStatus>>,
}

impl InvitationStatusComparator {
    /// The statuses for which both hold.
    fn wanted(self) -> Option<Vec<identity::InvitationStatus>> {
        let wanted = match (self.eq, self.is_in) {
            (None, None) => return None,
            (Some(one), None) => vec![one],
            (None, Some(some)) => some,
            (Some(one), Some(some)) => some.into_iter().filter(|status| *status == one).collect(),
        };
        let mut wanted: Vec<identity::InvitationStatus> = wanted.into_iter().map(Into::into).collect();
        // There are four; whoever names one a thousand times asks no larger question.
        wanted.dedup();
        wanted.truncate(100);
        Some(wanted)
    }
}

filter! {
    /// Which invitations. All parts given must hold.
    InvitationFilter of Invitations {
        /// Where they stand.
        status: InvitationStatusComparator,
        /// Who is invited, exactly, in any case.
        email: EmailAddress,
        /// When they were invited.
        created_at: DateTimeComparator,
    }
    |level, leaves| {
        let now = leaves.scope.cx().now;
        let wanted = level.status.and_then(InvitationStatusComparator::wanted);
        leaves.also(wanted.map(|statuses| identity::invitations_in(&statuses, now)));
        leaves.also(level.email.map(|email| identity::invitations_of(&email.0)));
        leaves.time(identity::INVITATIONS_BY_CREATED_AT, level.created_at)?;
    }
}

/// Reading invitations.
#[derive(Default)]
pub struct InvitationQuery;

#[Object]
impl InvitationQuery {
    /// Invitations, newest first.
    #[graphql(directive = requires::apply(Permission::ManageStaff))]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<InvitationFilter>,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<InvitationConnection> {
        let page = PageArgs { first, after, last, before };
        Ok(list(ctx, "invitations", filter, always::<Invitations>(Column::CreatedAt, true), page).await?.into())
    }
}

/// A colleague is invited.
#[derive(Clone, InputObject)]
pub struct InviteStaffInput {
    /// Their address; the invitation goes there.
    pub email: EmailAddress,
    /// What they are called, at most 200 characters; their first and last name where it is left out.
    pub name: Option<String>,
    /// Their first name, at most 200 characters.
    pub first_name: Option<String>,
    /// Their last name, at most 200 characters.
    pub last_name: Option<String>,
    /// The role they will have, `rol_…`; one that can do nothing that the inviter cannot.
    pub role_id: ID,
    /// The department they will be in, `dep_…`.
    pub department_id: Option<ID>,
}

/// What came of inviting.
#[derive(SimpleObject)]
pub struct InviteStaffPayload {
    /// The invitation.
    pub invitation: Option<Invitation>,
    /// The colleague who has the address and was deactivated, where that is why nobody is invited: `reactivateStaff` brings
    /// them back. Null without the permission to see staff.
    pub deactivated: Option<Staff>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// An invitation is sent again.
#[derive(Clone, InputObject)]
pub struct ResendInvitationInput {
    /// The invitation, `inv_…`, pending or expired. The earlier link is dead from now on.
    pub invitation_id: ID,
}

payload! {
    /// What came of sending again.
    ResendInvitationPayload {
        /// The invitation.
        invitation: Invitation as identity::Invitation
    }
}

/// An invitation is taken back.
#[derive(Clone, InputObject)]
pub struct RevokeInvitationInput {
    /// The invitation, `inv_…`, pending or expired.
    pub invitation_id: ID,
}

payload! {
    /// What came of taking back.
    RevokeInvitationPayload {
        /// The invitation.
        invitation: Invitation as identity::Invitation
    }
}

/// Somebody accepts an invitation.
#[derive(Clone, InputObject)]
pub struct AcceptInvitationInput {
    /// The token of the link in the mail: what stands behind `#token=`.
    #[graphql(secret)]
    pub token: String,
    /// Their name as others read it, 1–200 characters; their first and last name where it is left out, and what whoever
    /// invited them said where all are.
    pub name: Option<String>,
    /// Their first name, at most 200 characters; what whoever invited them said where it is left out.
    pub first_name: Option<String>,
    /// Their last name, at most 200 characters; what whoever invited them said where it is left out.
    pub last_name: Option<String>,
    /// The password they choose: 12 characters to 1,024 bytes, neither common nor known from breaches, nor their name or
    /// address.
    #[graphql(secret)]
    pub password: String,
}

/// What came of accepting.
#[derive(SimpleObject)]
pub struct AcceptInvitationPayload {
    /// The address to sign in with.
    pub email: Option<EmailAddress>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// The colleague with this address who was deactivated.
pub(crate) async fn deactivated(ctx: &Context<'_>, email: &str) -> Result<Option<Staff>> {
    let scope = scope(ctx);
    let cx = scope.cx();
    let found = identity::deactivated_colleague(&scope.app.db.reader(&cx).await?, &cx, email).await?;
    Ok(found.map(Into::into))
}

/// Inviting colleagues.
#[derive(Default)]
pub struct InvitationMutation;

#[Object]
impl InvitationMutation {
    /// Invites a colleague by mail. The link is good for 7 days.
    #[graphql(directive = requires::apply(Permission::ManageStaff))]
    async fn invite_staff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: InviteStaffInput,
    ) -> Result<InviteStaffPayload> {
        let (app, cx) = (&scope(ctx).app, &scope(ctx).mutation(ctx));
        let cmd = &InviteStaff {
            email: input.email.0,
            name: input.name,
            first_name: input.first_name,
            last_name: input.last_name,
            role: id("input.roleId", &input.role_id)?,
            department: input.department_id.map(|department| id("input.departmentId", &department)).transpose()?,
        };
        let links = &app.links_of(cx).await?;
        let invited = app.db.transact(cx, "invitation.create", |tx| async move {
            identity::invite_staff(&tx, &app.db, links, &app.catalog, cx, cmd).await
        });
        let (invitation, errors) = payload(invited.await)?;
        let deactivated = match errors.is_empty() {
            true => None,
            false => deactivated(ctx, &cmd.email).await?,
        };
        Ok(InviteStaffPayload { invitation: invitation.map(Into::into), deactivated, errors })
    }

    /// Sends an invitation again, for another 7 days.
    #[graphql(directive = requires::apply(Permission::ManageStaff))]
    async fn resend_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResendInvitationInput,
    ) -> Result<ResendInvitationPayload> {
        let (app, cx) = (&scope(ctx).app, &scope(ctx).mutation(ctx));
        let id = id("input.invitationId", &input.invitation_id)?;
        let links = &app.links_of(cx).await?;
        let sent = app.db.transact(cx, "invitation.resend", |tx| async move {
            identity::resend_invitation(&tx, &app.db, links, &app.catalog, cx, id).await
        });
        Ok(payload(sent.await)?.into())
    }

    /// Takes an invitation back; its link is dead from now on.
    #[graphql(directive = requires::apply(Permission::ManageStaff))]
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: RevokeInvitationInput,
    ) -> Result<RevokeInvitationPayload> {
        let (app, cx) = (&scope(ctx).app, &scope(ctx).mutation(ctx));
        let id = id("input.invitationId", &input.invitation_id)?;
        let revoked = app
            .db
            .transact(cx, "invitation.revoke", |tx| async move { identity::revoke_invitation(&tx, cx, id).await });
        Ok(payload(revoked.await)?.into())
    }

    /// Public: accepts an invitation by the link that was mailed. The new colleague signs in next.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: AcceptInvitationInput,
    ) -> Result<AcceptInvitationPayload> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).mutation(ctx));
        let AcceptInvitationInput { token, name, first_name, last_name, password } = input;
        let said = &Details { name, first_name, last_name, ..Details::default() };
        let accepted =
            identity::accept_invitation(&app.db, &app.passwords, &cx, &token, said, &password, app.rate_limits).await;
        let (accepted, errors) = payload(accepted)?;
        Ok(AcceptInvitationPayload { email: accepted.map(|accepted| EmailAddress(accepted.email)), errors })
    }
}
