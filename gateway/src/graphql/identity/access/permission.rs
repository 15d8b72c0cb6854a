//! The permissions of all contexts, as one enum.

use async_graphql::Enum;

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Permission {
    /// See everybody's work: whatever has an assignee, and what has none.
    SeeAll,
    /// See the work that is assigned to colleagues of the own teams and department.
    SeeTeam,
    /// See the work that is assigned to oneself.
    SeeAssigned,
    /// See the work that nobody has yet.
    SeeUnassigned,
    /// See staff members, their roles, departments and teams.
    ViewStaff,
    /// Add, invite, change and deactivate staff members.
    ManageStaff,
    /// See clients and their companies.
    ViewClients,
    /// Add, change and deactivate clients.
    ManageClients,
    /// Keep roles, give them to people, grant permissions, and ask why somebody may do something.
    ManageRoles,
    /// Keep departments and teams.
    ManageDepartments,
    /// See and end other people's sessions.
    ManageSessions,
    /// Make API keys that act for oneself.
    UseApiKeys,
    /// See and revoke other people's API keys.
    ManageApiKeys,
    /// Keep the company's settings, profile, mail server and mail templates.
    ManageSettings,
    /// Decide how people sign in: identity providers, user sync, second factors, registration.
    ManageSignIn,
    /// Keep the channels that notifications are delivered through, and see what failed.
    ManageNotifications,
    /// See messages, their replies and what happens to them.
    ViewMessages,
    /// Assign messages, set their status and reply to them.
    ManageMessages,
    /// See the visitors who wrote.
    ViewVisitors,
    /// See from which network address and with which program visitors wrote.
    ViewVisitorAddresses,
    /// Merge visitors who are one person, and take that back.
    ManageVisitors,
    /// See who subscribed to the newsletter, and take the list along.
    ManageNewsletter,
    /// See live chats, what is said in them and the queue.
    ViewChats,
    /// Claim, transfer, answer and end live chats.
    ManageChats,
    /// See conversations on social platforms, their messages and what happens to them.
    ViewConversations,
    /// Assign, answer, close and reopen conversations on social platforms.
    ManageConversations,
    /// See bookings, services, opening hours and holidays.
    ViewConsultations,
    /// Keep bookings: move, complete and cancel them.
    ManageConsultations,
    /// Keep the services that can be booked, who holds them, opening hours and holidays.
    ManageServices,
    /// Keep the saved replies that all colleagues see.
    ManageSavedReplies,
    /// Keep tags: make, rename and merge them.
    ManageTags,
    /// Connect and disconnect the company's accounts on social platforms, and set what holds for a platform.
    ManageSocialAccounts,
    /// Ask the assistant, which answers from the guides and help documents that one may see.
    UseAssistant,
    /// See drafts of guides and all help documents, also those for colleagues.
    ViewHelp,
    /// Keep the help centre: categories, guides and help documents.
    ManageHelp,
    /// See tickets, what is said on them and what happens to them.
    ViewTickets,
    /// Make tickets, change, assign, merge and answer them.
    ManageTickets,
    /// Keep service levels: within what time tickets are answered and resolved.
    ManageServiceLevels,
    /// See what artificial intelligence made of what people write, how sure it was and what it cost.
    ViewAiTasks,
    /// Have artificial intelligence do tasks, do them again and correct what came of them.
    ManageAiTasks,
    /// See the projects of all clients.
    ViewProjects,
    /// Keep projects: make, approve, change and move them.
    ManageProjects,
    /// See leads, their scores and what happens to them.
    ViewLeads,
    /// Make leads, change, assign, score, merge and import them.
    ManageLeads,
    /// Keep the rules that leads are scored by.
    ManageScoring,
    /// Connect CRMs, say which field goes where, and bring leads there.
    ManageCrm,
    /// See the numbers: response times, volumes, satisfaction.
    ViewAnalytics,
    /// See chats, contacts, agents and departments that B2Chat tells of.
    #[graphql(name = "VIEW_B2CHAT")]
    ViewB2chat,
    /// Connect B2Chat, run synchronisations and see how they went.
    ManageSync,
    /// Have chats analysed for how well they went, which may cost money.
    AnalyseChats,
    /// Export what one may see to files.
    ExportData,
    /// Read the audit trail of the whole tenant.
    ViewAuditLog,
    /// See how long rows are kept, what was archived and removed for that, and what is held.
    ViewRetention,
    /// Decide how long rows are kept, archive and remove what is older, and place and release legal holds.
    ManageRetention,
    /// Read what went wrong and which operations were slow, and be told of what needs somebody.
    ViewErrorLog,
    /// Resolve and reopen groups of errors.
    ManageErrorLog,
    /// Find all that is held on a person, and give it out or have it erased.
    ManagePersonalData,
}

impl Permission {
    /// Its name, as roles list it.
    pub fn name(self) -> &'static str {
        let items = <Self as async_graphql::resolver_utils::EnumType>::items();
        items.iter().find(|item| item.value == self).map_or("", |item| item.name)
    }

    /// The permission of that name; `None` for one that a role lists and this version does not know.
    pub fn of(name: &str) -> Option<Self> {
        async_graphql::resolver_utils::EnumType::items().iter().find(|item| item.name == name).map(|item| item.value)
    }

    /// Those of these names.
    pub fn known(names: &[String]) -> Vec<Self> {
        names.iter().filter_map(|name| Self::of(name)).collect()
    }
}
