//! Things by id, whatever they are.

use analytics_sync::records::{
    AnalyticsEvents, ApiResponseLogs, B2chatAgents, B2chatChats, B2chatContacts, B2chatDepartments, B2chatMessages,
    EffectivenessAnalyses, EffectivenessBatches, Exports, SyncRuns,
};
use async_graphql::{Context, ID, Interface};
use audit::records::{
    Archives, AuditLogs, Erasures, ErrorGroups, ErrorLogs, LegalHolds, PersonExports, RetentionRuns, SlowOperations,
};
use crm_leads::records::{AiTasks, LeadImports, LeadScorings, Leads, ScoreRuleSets};
use futures_util::future::BoxFuture;
use identity::{
    UserKind as Kind,
    records::{ApiKeys, Channels, Deliveries, Departments, Invitations, Notifications, Roles, Sessions, Teams},
};
use inbox::{
    records::{
        ChatMessages, Chats, Consultations, ConversationMessages, ConversationReplies, Conversations, Drafts, Holidays,
        InternalNotes, MessageReplies, Messages, NewsletterSubscriptions, SavedReplies, Services, SocialAccounts, Tags,
        Visitors,
    },
    survivors,
};
use kernel::{
    Actor, Cx, Error, ProblemCode,
    id::{ClientId, EventId, FileId, RoleId, StaffId, TenantId, TypedId, UserId, prefix},
    idempotency::Sight,
    record::{Record, visible_ids},
};
use ticketing::records::{
    AssistantMessages, AssistantSessions, GuideCategories, Guides, HelpDocuments, Projects, ServiceLevelPolicies,
    TicketComments, Tickets,
};

use super::crm_leads::crm::{ConnectedCrm, CrmSync};
use super::{
    analytics::{
        AnalyticsEvent, ApiResponseLog, EffectivenessAnalysis, EffectivenessBatch, Export, SyncRun,
        b2chat::{B2ChatAgent, B2ChatChat, B2ChatContact, B2ChatDepartment, B2ChatMessage},
    },
    audit::{Archive, AuditLog, Erasure, ErrorGroup, ErrorLog, LegalHold, PersonExport, RetentionRun, SlowOperation},
    crm_leads::{
        ai_tasks::AiTask,
        imports::LeadImport,
        leads::Lead,
        scores::{LeadScoring, ScoreRuleSet},
    },
    errors::Result,
    files::{File, file},
    identity::{
        Client, Department, Invitation, Staff, Team,
        api_keys::ApiKey,
        client, department,
        notifications::{
            channels::{NotificationChannel, NotificationDelivery},
            feed::Notification,
        },
        people::types::{Role, role},
        sessions::types::Session,
        staff,
        tenants::platform::PlatformTenant,
    },
    inbox::{
        Chat, ChatMessage, Consultation, Conversation, ConversationMessage, Holiday, Message, MessageReply,
        NewsletterSubscription, Service, Visitor, conversation_replies::ConversationReply, drafts::Draft,
        notes::InternalNote, saved_replies::SavedReply, social::SocialAccount, tags::Tag, visitor,
    },
    loaders::By,
    scalars::id,
    scope::scope,
    ticketing::{
        assistant::types::{AssistantMessage, AssistantSession},
        comments::TicketComment,
        help::{Guide, GuideCategory, HelpDocument},
        projects::Project,
        service_levels::ServiceLevelPolicy,
        tickets::Ticket,
    },
};
use crate::wiring::app::App;
use crm_leads::records::{CrmConnections, CrmSyncs};

/// Something with an id of its own.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "&ID", desc = "Its id, prefixed by its kind."))]
pub enum Node {
    /// What a visitor wrote.
    Message(Message),
    /// A reply to a message.
    MessageReply(MessageReply),
    /// A person on the website.
    Visitor(Visitor),
    /// Something that visitors book.
    Service(Service),
    /// What a visitor booked.
    Consultation(Consultation),
    /// A day on which nothing can be booked.
    Holiday(Holiday),
    /// Something that happened on the website.
    AnalyticsEvent(AnalyticsEvent),
    /// A department that B2Chat tells of.
    B2ChatDepartment(B2ChatDepartment),
    /// Somebody who answers chats in B2Chat.
    B2ChatAgent(B2ChatAgent),
    /// Somebody who wrote, as B2Chat knows them.
    B2ChatContact(B2ChatContact),
    /// A chat that B2Chat tells of.
    B2ChatChat(B2ChatChat),
    /// A message of a chat that B2Chat tells of.
    B2ChatMessage(B2ChatMessage),
    /// A file that data are exported to.
    Export(Export),
    /// The erasure of a person.
    Erasure(Erasure),
    /// All that is held on a person.
    PersonExport(PersonExport),
    /// How well a chat went.
    EffectivenessAnalysis(EffectivenessAnalysis),
    /// Many chats that are analysed.
    EffectivenessBatch(EffectivenessBatch),
    /// A subscription to the newsletter.
    NewsletterSubscription(NewsletterSubscription),
    /// A live chat.
    Chat(Chat),
    /// A line of a live chat.
    ChatMessage(ChatMessage),
    /// What somebody on a social platform and the company write each other.
    Conversation(Conversation),
    /// A message of a conversation.
    ConversationMessage(ConversationMessage),
    /// A reply in a conversation on a social platform.
    ConversationReply(ConversationReply),
    /// An account of the company's on a social platform.
    SocialAccount(SocialAccount),
    /// What a client asked for as a whole.
    Project(Project),
    /// A task for artificial intelligence.
    AiTask(AiTask),
    /// What is promised of tickets.
    ServiceLevelPolicy(ServiceLevelPolicy),
    /// A word that things are found by.
    Tag(Tag),
    /// A ready answer.
    SavedReply(SavedReply),
    /// An answer that the viewer is writing.
    Draft(Draft),
    /// What a colleague noted of a thing.
    InternalNote(InternalNote),
    /// What guides are sorted under.
    GuideCategory(GuideCategory),
    /// Something that explains how a thing is done.
    Guide(Guide),
    /// A file that explains something.
    HelpDocument(HelpDocument),
    /// A piece of work.
    Ticket(Ticket),
    /// What somebody said on a ticket.
    TicketComment(TicketComment),
    /// Somebody who may buy.
    Lead(Lead),
    /// An import of leads from a file.
    LeadImport(LeadImport),
    /// One scoring of a lead.
    LeadScoring(LeadScoring),
    /// Rules that leads are scored by.
    ScoreRuleSet(ScoreRuleSet),
    /// A connection with a CRM.
    ConnectedCrm(ConnectedCrm),
    /// What of a lead is brought into a CRM.
    CrmSync(CrmSync),
    /// A run of the synchronisation with B2Chat.
    SyncRun(SyncRun),
    /// An answer of B2Chat, as it came.
    ApiResponseLog(ApiResponseLog),
    /// A colleague.
    Staff(Staff),
    /// Somebody who buys here.
    Client(Client),
    /// A department of the company.
    Department(Department),
    /// A team of colleagues.
    Team(Team),
    /// An invitation to become a colleague.
    Invitation(Invitation),
    /// A row of the audit trail.
    AuditLog(AuditLog),
    /// Policies that are carried out, or counted.
    RetentionRun(RetentionRun),
    /// Rows that were moved out of the database.
    Archive(Archive),
    /// What no policy passes.
    LegalHold(LegalHold),
    /// Errors of one kind.
    ErrorGroup(ErrorGroup),
    /// Something that went wrong.
    ErrorLog(ErrorLog),
    /// An operation that took long.
    SlowOperation(SlowOperation),
    /// A session of the viewer's with the assistant.
    AssistantSession(AssistantSession),
    /// A question to the assistant, or its answer.
    AssistantMessage(AssistantMessage),
    /// Something that the viewer is told.
    Notification(Notification),
    /// A channel that notifications are delivered through.
    NotificationChannel(NotificationChannel),
    /// A notification on its way through a channel.
    NotificationDelivery(NotificationDelivery),
    /// A file.
    File(File),
    /// A named set of permissions.
    Role(Role),
    /// A key by which a program acts for a person.
    ApiKey(ApiKey),
    /// Somebody who is signed in somewhere.
    Session(Session),
    /// A company, as the platform sees it from outside.
    PlatformTenant(PlatformTenant),
}

type Found<'a> = BoxFuture<'a, Result<Option<Node>>>;

/// A kind of thing that has an id of its own. Whatever finds things by their ids finds it here.
pub struct Noun {
    /// The prefix of its ids.
    pub prefix: &'static str,
    /// Its type.
    pub name: &'static str,
    /// The thing with an id; `None` where there is none that the viewer may see. The text names the argument in errors.
    node: for<'a> fn(&'a Context<'_>, &'a str, &'a ID) -> Found<'a>,
    /// Whether an actor sees it.
    sees: for<'a> fn(&'a App, &'a Cx, &'a str, &'a ID) -> BoxFuture<'a, kernel::Result<bool>>,
}

/// All of them. One that is a record and looks the same to all who see it is a line.
pub static NOUNS: &[Noun] = &[
    record::<Messages, Message>(),
    record::<MessageReplies, MessageReply>(),
    // Who was merged is found as whom they became.
    Noun {
        node: |ctx, argument, text| {
            Box::pin(async move { Ok(visitor(ctx, id(argument, text)?).await?.map(Node::Visitor)) })
        },
        sees: |app, cx, argument, text| {
            Box::pin(async move {
                let (conn, id) = (app.db.reader(cx).await?, id(argument, text)?);
                let id = survivors(&conn, cx, &[id]).await?.remove(&id).unwrap_or(id);
                Ok(!visible_ids::<Visitors>(&conn, cx, &[id]).await?.is_empty())
            })
        },
        ..record::<Visitors, Visitor>()
    },
    record::<Services, Service>(),
    record::<Consultations, Consultation>(),
    record::<Holidays, Holiday>(),
    record::<AnalyticsEvents, AnalyticsEvent>(),
    record::<B2chatDepartments, B2ChatDepartment>(),
    record::<B2chatAgents, B2ChatAgent>(),
    record::<B2chatContacts, B2ChatContact>(),
    record::<B2chatChats, B2ChatChat>(),
    record::<B2chatMessages, B2ChatMessage>(),
    record::<Exports, Export>(),
    record::<Erasures, Erasure>(),
    record::<PersonExports, PersonExport>(),
    record::<EffectivenessAnalyses, EffectivenessAnalysis>(),
    record::<EffectivenessBatches, EffectivenessBatch>(),
    record::<NewsletterSubscriptions, NewsletterSubscription>(),
    record::<Chats, Chat>(),
    record::<ChatMessages, ChatMessage>(),
    record::<Conversations, Conversation>(),
    record::<ConversationMessages, ConversationMessage>(),
    record::<ConversationReplies, ConversationReply>(),
    record::<SocialAccounts, SocialAccount>(),
    record::<Projects, Project>(),
    record::<AiTasks, AiTask>(),
    record::<ServiceLevelPolicies, ServiceLevelPolicy>(),
    record::<Tags, Tag>(),
    record::<SavedReplies, SavedReply>(),
    record::<Drafts, Draft>(),
    record::<InternalNotes, InternalNote>(),
    record::<GuideCategories, GuideCategory>(),
    record::<Guides, Guide>(),
    record::<HelpDocuments, HelpDocument>(),
    record::<Tickets, Ticket>(),
    record::<TicketComments, TicketComment>(),
    record::<CrmConnections, ConnectedCrm>(),
    record::<CrmSyncs, CrmSync>(),
    record::<ErrorGroups, ErrorGroup>(),
    record::<ErrorLogs, ErrorLog>(),
    record::<SlowOperations, SlowOperation>(),
    record::<SyncRuns, SyncRun>(),
    record::<ApiResponseLogs, ApiResponseLog>(),
    record::<Leads, Lead>(),
    record::<LeadImports, LeadImport>(),
    record::<LeadScorings, LeadScoring>(),
    record::<ScoreRuleSets, ScoreRuleSet>(),
    Noun {
        prefix: StaffId::PREFIX,
        name: "Staff",
        node: |ctx, argument, text| {
            Box::pin(async move { Ok(staff(ctx, Some(id(argument, text)?)).await?.map(Node::Staff)) })
        },
        sees: |app, cx, argument, text| {
            Box::pin(async move { sees_person(app, cx, id::<StaffId>(argument, text)?.into(), Kind::Staff).await })
        },
    },
    Noun {
        prefix: ClientId::PREFIX,
        name: "Client",
        node: |ctx, argument, text| {
            Box::pin(async move { Ok(client(ctx, Some(id(argument, text)?)).await?.map(Node::Client)) })
        },
        sees: |app, cx, argument, text| {
            Box::pin(async move { sees_person(app, cx, id::<ClientId>(argument, text)?.into(), Kind::Client).await })
        },
    },
    // Departments and roles are shown with the people who are in them or hold them; by themselves they take the permission of
    // their lists.
    Noun {
        node: |ctx, argument, text| {
            Box::pin(async move { Ok(department(ctx, Some(id(argument, text)?)).await?.map(Node::Department)) })
        },
        sees: listed::<Departments>,
        ..record::<Departments, Department>()
    },
    Noun {
        prefix: RoleId::PREFIX,
        name: "Role",
        node: |ctx, argument, text| Box::pin(async move { Ok(role(ctx, id(argument, text)?).await?.map(Node::Role)) }),
        sees: listed::<Roles>,
    },
    record::<Teams, Team>(),
    record::<Invitations, Invitation>(),
    record::<ApiKeys, ApiKey>(),
    record::<Sessions, Session>(),
    record::<AssistantSessions, AssistantSession>(),
    record::<AssistantMessages, AssistantMessage>(),
    record::<Notifications, Notification>(),
    record::<Channels, NotificationChannel>(),
    record::<Deliveries, NotificationDelivery>(),
    record::<RetentionRuns, RetentionRun>(),
    record::<Archives, Archive>(),
    record::<LegalHolds, LegalHold>(),
    Noun {
        prefix: EventId::PREFIX,
        name: "AuditLog",
        node: |ctx, argument, text| {
            Box::pin(async move {
                let (db, cx) = (&scope(ctx).app.db, scope(ctx).cx());
                Ok(audit::by_id(db, &cx, id(argument, text)?).await?.map(|log| Node::AuditLog(log.into())))
            })
        },
        sees: listed::<AuditLogs>,
    },
    Noun {
        prefix: FileId::PREFIX,
        name: "File",
        node: |ctx, argument, text| Box::pin(async move { Ok(file(ctx, id(argument, text)?).await?.map(Node::File)) }),
        sees: |app, cx, argument, text| Box::pin(async move { sees_file(app, cx, id(argument, text)?).await }),
    },
    // For those who keep the platform, who are nobody in a company; and nobody in a company sees one from outside.
    Noun {
        prefix: TenantId::PREFIX,
        name: "PlatformTenant",
        node: |ctx, argument, text| {
            Box::pin(async move {
                let (db, cx) = (&scope(ctx).app.db, scope(ctx).cx());
                let id = id(argument, text)?;
                if cx.platform().is_err() {
                    return Ok(None);
                }
                Ok(identity::tenant_account(db, &cx, id).await?.map(|tenant| Node::PlatformTenant(tenant.into())))
            })
        },
        sees: |_, _, argument, text| Box::pin(async move { id::<TenantId>(argument, text).map(|_| false) }),
    },
];

/// A record that its loader finds.
const fn record<R, T>() -> Noun
where
    R: Record,
    T: From<R::Row>,
    Node: From<T>,
{
    Noun { prefix: R::Id::PREFIX, name: R::WHAT, node: loaded::<R, T>, sees: seen::<R> }
}

fn loaded<'a, R, T>(ctx: &'a Context<'_>, argument: &'a str, text: &'a ID) -> Found<'a>
where
    R: Record,
    T: From<R::Row>,
    Node: From<T>,
{
    Box::pin(async move {
        let found = scope(ctx).loaders.load_one(By::<R>(id(argument, text)?)).await?;
        Ok(found.map(|row| T::from(row.as_ref().clone()).into()))
    })
}

/// A record that whoever may see it sees by itself.
fn seen<'a, R: Record>(
    app: &'a App,
    cx: &'a Cx,
    argument: &'a str,
    text: &'a ID,
) -> BoxFuture<'a, kernel::Result<bool>> {
    Box::pin(async move {
        let found = visible_ids::<R>(&app.db.reader(cx).await?, cx, &[id(argument, text)?]).await?;
        Ok(!found.is_empty())
    })
}

/// A record that takes the permission of its list.
fn listed<'a, R: Record>(
    app: &'a App,
    cx: &'a Cx,
    argument: &'a str,
    text: &'a ID,
) -> BoxFuture<'a, kernel::Result<bool>> {
    Box::pin(async move { Ok(seen::<R>(app, cx, argument, text).await? && R::may_list(cx).is_ok()) })
}

async fn sees_person(app: &App, cx: &Cx, id: UserId, kind: Kind) -> kernel::Result<bool> {
    let found = identity::people_by_ids(&app.db.reader(cx).await?, cx, &[id]).await?;
    Ok(found.get(&id).is_some_and(|person| person.kind == kind))
}

/// Who sees what it belongs to sees a file; until it belongs to something, who sent it.
async fn sees_file(app: &App, cx: &Cx, id: FileId) -> kernel::Result<bool> {
    let conn = app.db.reader(cx).await?;
    let found = kernel::files::by_ids(&conn, &[id]).await?.remove(&id);
    let Some(file) = found.filter(|file| file.is_there(cx.now)) else { return Ok(false) };
    match (file.owner(), file.owner_id) {
        (Some(owner), Some(person)) if prefix(&owner) == Some(UserId::PREFIX) => {
            Ok(!identity::people_by_ids(&conn, cx, &[UserId(person)]).await?.is_empty())
        }
        (Some(owner), _) => sees(app, cx, "id", &owner.into()).await,
        (None, _) => Ok(cx.user().is_ok_and(|user| file.uploaded_by == Some(user.id))),
    }
}

fn noun(argument: &str, text: &ID) -> kernel::Result<&'static Noun> {
    let wrong = || Error::invalid(argument, ProblemCode::InvalidFormat, "is not the id of anything here");
    NOUNS.iter().find(|noun| prefix(text) == Some(noun.prefix)).ok_or_else(wrong)
}

/// The thing with an id.
pub(super) async fn node(ctx: &Context<'_>, argument: &str, text: &ID) -> Result<Option<Node>> {
    let (noun, cx) = (noun(argument, text), scope(ctx).cx());
    if cx.platform().is_err() || !matches!(noun, Ok(noun) if noun.prefix == TenantId::PREFIX) {
        cx.user()?;
    }
    (noun?.node)(ctx, argument, text).await
}

/// Whether the actor of `cx` sees the thing with an id.
pub(super) async fn sees(app: &App, cx: &Cx, argument: &str, text: &ID) -> kernel::Result<bool> {
    (noun(argument, text)?.sees)(app, cx, argument, text).await
}

impl Sight for App {
    fn hides<'a>(&'a self, cx: &'a Cx, ids: Vec<String>) -> BoxFuture<'a, kernel::Result<bool>> {
        Box::pin(async move {
            let everybody = cx.acting_as(Actor::System);
            for id in ids.into_iter().map(ID) {
                if noun("id", &id).is_ok()
                    && !sees(self, cx, "id", &id).await?
                    && sees(self, &everybody, "id", &id).await?
                {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }
}
