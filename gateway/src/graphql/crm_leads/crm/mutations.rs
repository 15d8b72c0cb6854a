//! Connecting CRMs and keeping the connections.

use async_graphql::{Context, Object};
use crm_leads::{
    CompleteCrmConnection, ConnectCrmWithKey, CrmConnectionSettings, CrmMapping, StartCrmConnection,
    complete_crm_connection, connect_crm_with_key, disconnect_crm, pause_crm_connection, pull_crm_changes,
    resume_crm_connection, set_crm_field_mappings, start_crm_connection, test_crm_connection, update_crm_connection,
};
use kernel::{Error, Problem, ProblemCode, id::CrmConnectionId};

use super::inputs::{
    CompleteCrmConnectionInput, CompleteCrmConnectionPayload, ConnectCrmWithKeyInput, ConnectCrmWithKeyPayload,
    DisconnectCrmInput, DisconnectCrmPayload, PauseCrmConnectionInput, PauseCrmConnectionPayload, PullCrmChangesInput,
    PullCrmChangesPayload, ResumeCrmConnectionInput, ResumeCrmConnectionPayload, SetCrmFieldMappingsInput,
    SetCrmFieldMappingsPayload, StartCrmConnectionInput, StartCrmConnectionPayload, TestCrmConnectionInput,
    TestCrmConnectionPayload, UpdateCrmConnectionInput, UpdateCrmConnectionPayload,
};
use crate::graphql::{
    directives::requires,
    errors::{Result, payload},
    identity::Permission,
    records::write,
    scalars::id,
    scope::scope,
};

/// Connecting CRMs.
#[derive(Default)]
pub struct CrmConnectionMutation;

#[Object]
impl CrmConnectionMutation {
    /// Sends the person to a CRM to let us in. The `state` that they come back with is good once, for ten minutes, and for nobody else.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn start_crm_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: StartCrmConnectionInput,
    ) -> Result<StartCrmConnectionPayload> {
        let again = input.crm_connection_id.as_ref().map(|again| id("input.crmConnectionId", again)).transpose()?;
        let cmd = match (input.provider, input.name, again) {
            (Some(provider), Some(name), None) => Ok(StartCrmConnection::New(provider.into(), name)),
            (None, None, Some(again)) => Ok(StartCrmConnection::Again(again)),
            _ => {
                let what = "name provider and name of a new connection, or the connection that is made again";
                Err(Error::invalid("provider", ProblemCode::Blank, what))
            }
        };
        let app = &scope(ctx).app;
        let started = write(ctx, "crm_connection.begin", cmd, |tx, cx, cmd| async move {
            cx.require(crm_leads::MANAGE_CRM)?;
            let cmd = cmd.as_ref().as_ref().map_err(Clone::clone)?;
            start_crm_connection(&tx, app.crms.as_ref(), app.db.keyring(), &cx, cmd).await
        });
        let (started, errors) = started.await?;
        let (authorization_url, expires_at) =
            started.map(|started| (started.authorization_url, started.expires_at)).unzip();
        Ok(StartCrmConnectionPayload { authorization_url, expires_at, errors })
    }

    /// Connects a CRM with what the person came back with. `state` and `code` are good once, whatever comes of it.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn complete_crm_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: CompleteCrmConnectionInput,
    ) -> Result<CompleteCrmConnectionPayload> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).mutation(ctx));
        let cmd = CompleteCrmConnection { state: input.state, code: input.code };
        Ok(payload(complete_crm_connection(&app.db, app.crms.as_ref(), &cx, &cmd).await)?.into())
    }

    /// Connects HubSpot by a service key, or the token of a private app, once it takes it.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn connect_crm_with_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ConnectCrmWithKeyInput,
    ) -> Result<ConnectCrmWithKeyPayload> {
        let again = input.crm_connection_id.as_ref().map(|again| id("input.crmConnectionId", again)).transpose()?;
        let (app, cx) = (&scope(ctx).app, scope(ctx).mutation(ctx));
        let cmd = ConnectCrmWithKey { name: input.name, again, key: input.key };
        Ok(payload(connect_crm_with_key(&app.db, app.crms.as_ref(), &cx, &cmd).await)?.into())
    }

    /// Changes a connection. Leads that were there before are brought when they change, or with syncLead and syncAllLeads.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn update_crm_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UpdateCrmConnectionInput,
    ) -> Result<UpdateCrmConnectionPayload> {
        let connection = id("input.crmConnectionId", &input.crm_connection_id)?;
        let cmd = CrmConnectionSettings { name: input.name, auto_sync: input.auto_sync, pull: input.pull };
        Ok(write(ctx, "crm_connection.update", cmd, move |tx, cx, cmd| async move {
            update_crm_connection(&tx, &cx, connection, &cmd).await
        })
        .await?
        .into())
    }

    /// Sets which field goes where, once the CRM itself says that it takes it so; each field that it does not is named.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn set_crm_field_mappings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SetCrmFieldMappingsInput,
    ) -> Result<SetCrmFieldMappingsPayload> {
        let connection: CrmConnectionId = id("input.crmConnectionId", &input.crm_connection_id)?;
        let mapping = |given: super::inputs::CrmFieldMappingInput| CrmMapping {
            lead: given.lead_field.into(),
            crm: given.crm_field,
            fallback: given.fallback,
        };
        let given: Vec<_> = input.field_mappings.into_iter().map(mapping).collect();
        let (app, cx) = (&scope(ctx).app, scope(ctx).mutation(ctx));
        Ok(payload(set_crm_field_mappings(&app.db, app.crms.as_ref(), &cx, connection, &given).await)?.into())
    }

    /// Tries a connection: whether the CRM lets us in, has the field that holds our ids, and takes the fields that are mapped.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn test_crm_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: TestCrmConnectionInput,
    ) -> Result<TestCrmConnectionPayload> {
        let connection = id("input.crmConnectionId", &input.crm_connection_id)?;
        let (app, cx) = (&scope(ctx).app, scope(ctx).mutation(ctx));
        let tried = test_crm_connection(&app.db, app.crms.as_ref(), &cx, connection).await;
        let (problems, errors) = payload(tried)?;
        let problems = problems.map(|problems| problems.iter().map(Problem::sentence).collect::<Vec<_>>());
        Ok(TestCrmConnectionPayload { is_working: problems.as_ref().map(Vec::is_empty), problems, errors })
    }

    /// Pauses a connection: nothing is brought and nothing comes back until it is resumed; what is to be brought waits.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn pause_crm_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: PauseCrmConnectionInput,
    ) -> Result<PauseCrmConnectionPayload> {
        let connection = id("input.crmConnectionId", &input.crm_connection_id)?;
        Ok(write(ctx, "crm_connection.pause", (), move |tx, cx, _| async move {
            pause_crm_connection(&tx, &cx, connection).await
        })
        .await?
        .into())
    }

    /// Resumes a connection; what waited is brought.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn resume_crm_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ResumeCrmConnectionInput,
    ) -> Result<ResumeCrmConnectionPayload> {
        let connection = id("input.crmConnectionId", &input.crm_connection_id)?;
        Ok(write(ctx, "crm_connection.resume", (), move |tx, cx, _| async move {
            resume_crm_connection(&tx, &cx, connection).await
        })
        .await?
        .into())
    }

    /// Ends a connection: its tokens are ended there and forgotten here, and what waits is cancelled. What was is kept.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn disconnect_crm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: DisconnectCrmInput,
    ) -> Result<DisconnectCrmPayload> {
        let connection = id("input.crmConnectionId", &input.crm_connection_id)?;
        let (app, cx) = (&scope(ctx).app, scope(ctx).mutation(ctx));
        Ok(payload(disconnect_crm(&app.db, app.crms.as_ref(), &cx, connection).await)?.into())
    }

    /// Looks at changes in a CRM now, a moment later; where the connection has `pull` on, they are looked at every five minutes anyhow.
    #[graphql(directive = requires::apply(Permission::ManageCrm))]
    async fn pull_crm_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: PullCrmChangesInput,
    ) -> Result<PullCrmChangesPayload> {
        let connection = id("input.crmConnectionId", &input.crm_connection_id)?;
        Ok(write(ctx, "crm_connection.pull", (), move |tx, cx, _| async move {
            pull_crm_changes(&tx, &cx, connection).await
        })
        .await?
        .into())
    }
}
