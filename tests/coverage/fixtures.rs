//! Arguments for every root field, and of what kind the ids in them are. A root field without a row fails the tests.

use std::sync::LazyLock;

use gateway::graphql::node::NOUNS;
use serde_json::{Value, json};

use super::harness::Things;
use super::notified::HOST;
use super::sdl::Root;
use crate::support::{chance, svix, upload};

/// A picture of one pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/// The operations that answer people who are not signed in.
pub const PUBLIC: &str = include_str!("public.txt");

/// The operations that clients use for what is theirs, without a permission.
const FOR_CLIENTS: &str = include_str!("for_clients.txt");

/// Valid arguments with one's own things.
pub fn arguments(root: &Root, own: &Things) -> Value {
    if let Some(valid) = super::subjects::arguments(root, own) {
        return valid;
    }
    match (root.operation, root.name.as_str()) {
        ("query", "viewer") => json!({}),
        (
            "query",
            "analyticsEvents"
            | "auditLogs"
            | "clients"
            | "invitations"
            | "messages"
            | "permissionCatalog"
            | "roles"
            | "staffMembers"
            | "visitors"
            | "newsletterSubscriptions"
            | "exportNewsletterSubscriptions",
        ) => {
            json!({})
        }
        ("query", "bookableServices" | "consultations" | "services" | "holidays" | "openingHours") => json!({}),
        ("query", "consultation") => json!({ "id": own.bookings.consultation }),
        ("query", "service") => json!({ "id": own.bookings.service }),
        ("query", "consultationByToken") => json!({ "token": own.bookings.token }),
        ("query", "availableSlots") => {
            json!({ "serviceId": own.bookings.service, "from": own.bookings.days[0], "to": own.bookings.days[1] })
        }
        ("mutation", "createService") => json!({ "input": { "name": chance::name("service") } }),
        ("mutation", "updateService") => {
            json!({ "input": { "serviceId": own.bookings.service, "description": chance::name("what it is") } })
        }
        ("mutation", "setOpeningHours") => {
            json!({ "input": { "hours": { "weekday": "MONDAY", "from": "00:00", "to": "24:00" } } })
        }
        ("mutation", "createHoliday") => json!({ "input": { "date": "2031-12-26", "name": "New" } }),
        ("mutation", "updateHoliday") => {
            json!({ "input": { "holidayId": own.bookings.holiday, "name": chance::name("holiday") } })
        }
        ("mutation", "bookConsultation") => {
            json!({ "input": { "serviceId": own.bookings.service, "startsAt": own.bookings.free[0], "name": "Eve",
                "email": "eve@example.com" } })
        }
        ("mutation", "rescheduleConsultation") => {
            json!({ "input": { "consultationId": own.bookings.consultation, "startsAt": own.bookings.free[1] } })
        }
        ("mutation", "rescheduleConsultationByToken") => {
            json!({ "input": { "token": own.bookings.token, "startsAt": own.bookings.free[2] } })
        }
        ("mutation", "cancelConsultationByToken") => json!({ "input": { "token": own.bookings.token } }),
        ("mutation", "assignConsultation") => {
            json!({ "input": { "consultationId": own.bookings.consultation, "assigneeId": own.staff } })
        }
        ("mutation", "cancelConsultation" | "completeConsultation" | "markNoShow") => {
            json!({ "input": { "consultationId": own.bookings.consultation } })
        }
        ("query", "metrics" | "metricRows" | "metricDefinitions") | ("mutation", "recountMetrics") => json!({}),
        ("query", "analyticsDaily") => json!({ "from": "2026-01-01", "to": "2026-01-31" }),
        ("query", "role") => json!({ "id": own.role }),
        ("query", "explainAccess") => json!({ "userId": own.staff, "permission": "VIEW_MESSAGES", "id": own.message }),
        ("query", "apiKeys" | "departments" | "teams") => json!({}),
        ("query", "department") => json!({ "id": own.department }),
        ("query", "team") => json!({ "id": own.team }),
        ("mutation", "createDepartment") => json!({ "input": { "name": "New", "parentId": own.department } }),
        ("mutation", "updateDepartment") => {
            json!({ "input": { "departmentId": own.department, "name": "Renamed", "description": "What it is for" } })
        }
        ("mutation", "moveDepartment") => json!({ "input": { "departmentId": own.department, "parentId": null } }),
        ("mutation", "createTeam") => json!({ "input": { "name": "New team", "description": "What it is for" } }),
        ("mutation", "updateTeam") => {
            json!({ "input": { "teamId": own.team, "name": "Renamed team", "description": "What it is for" } })
        }
        ("mutation", "addTeamMember" | "removeTeamMember") => {
            json!({ "input": { "teamId": own.team, "staffId": own.colleague } })
        }
        ("mutation", "setTeamMemberRole") => {
            json!({ "input": { "teamId": own.team, "staffId": own.staff, "role": "ADMIN" } })
        }
        ("mutation", "createApiKey") => {
            json!({ "input": { "name": chance::name("key"), "permissions": ["VIEW_MESSAGES"] } })
        }
        ("mutation", "revokeApiKey") => json!({ "input": { "apiKeyId": own.api_key } }),
        ("query", "sessions" | "eventCursor") => json!({}),
        ("query", "node" | "message") => json!({ "id": own.message }),
        ("query", "nodes") => json!({ "ids": [own.message] }),
        ("query", "client") => json!({ "id": own.client }),
        ("query", "staff") => json!({ "id": own.staff }),
        ("query", "visitor") => json!({ "id": own.visitor }),
        ("query", "notifications" | "unreadNotificationCount" | "notificationPreferences") => json!({}),
        ("query", "notificationChannels" | "notificationDeliveries" | "ownTeamsChannel") => json!({}),
        ("mutation", "markNotificationsRead") => json!({ "input": { "ids": [own.told.notification] } }),
        ("mutation", "markAllNotificationsRead" | "testOwnTeamsChannel") => json!({}),
        ("mutation", "setNotificationPreference") => json!({ "input": { "type": "MESSAGE_ASSIGNED", "email": true } }),
        ("mutation", "createNotificationChannel") => {
            json!({ "input": { "name": chance::name("channel"), "webhookUrl": format!("https://{HOST}/workflows/2?sig=secret") } })
        }
        ("mutation", "updateNotificationChannel") => {
            json!({ "input": { "channelId": own.told.channel, "name": "Renamed" } })
        }
        ("mutation", "setOwnTeamsChannel") => {
            json!({ "input": { "webhookUrl": format!("https://{HOST}/workflows/3?sig=secret") } })
        }
        ("mutation", "testNotificationChannel") => json!({ "input": { "channelId": own.told.channel } }),
        ("mutation", "retryNotificationDelivery") => json!({ "input": { "deliveryId": own.told.delivery } }),
        ("subscription", "notificationEvents") => json!({ "after": "0" }),
        ("mutation", "assignMessage") => json!({ "input": { "messageId": own.message, "assigneeId": own.staff } }),
        ("mutation", "setMessageStatus") => json!({ "input": { "messageId": own.message, "status": "ARCHIVED" } }),
        ("mutation", "convertMessage") => json!({ "input": { "messageId": own.message, "targetId": own.client } }),
        ("mutation", "assignMessages") => json!({ "input": { "messageIds": [own.message], "assigneeId": own.staff } }),
        ("mutation", "setMessageStatuses") => {
            json!({ "input": { "messageIds": [own.message], "status": "IN_PROGRESS" } })
        }
        ("mutation", "mergeVisitors") => {
            json!({ "input": { "fromId": own.website.other_visitor, "intoId": own.visitor } })
        }
        ("mutation", "unmergeVisitor") => json!({ "input": { "visitorId": own.website.other_visitor } }),
        // A list of one may be given as its one item.
        ("mutation", "recordEvents") => json!({ "input": { "events": { "type": "page_view", "pageUrl": "/prices" } } }),
        ("mutation", "subscribeToNewsletter") => json!({ "input": { "email": "reader@example.com" } }),
        ("mutation", "confirmNewsletterSubscription" | "unsubscribeFromNewsletter") => {
            json!({ "input": { "token": "fdn_nothing" } })
        }
        ("mutation", "replyToMessage") => {
            json!({ "input": { "messageId": own.message, "content": "Yes, we do.", "sendEmail": false } })
        }
        ("mutation", "submitMessage") => {
            json!({ "input": { "name": "Eve", "email": "eve@example.com", "content": "Hello?" } })
        }
        ("query", "tags" | "savedReplies" | "drafts") => json!({}),
        ("query", "tag") => json!({ "id": own.desk.tag }),
        ("query", "savedReply") => json!({ "id": own.desk.saved_reply }),
        ("query", "helpCenter" | "guideCategories" | "guides" | "helpDocuments") => json!({}),
        ("query", "helpSearch") => json!({ "text": "kettle" }),
        ("query", "publishedGuide") => json!({ "id": own.help.guide }),
        ("query", "publishedHelpDocument") => json!({ "id": own.help.document }),
        ("mutation", "createGuideCategory") => json!({ "input": { "name": chance::name("category") } }),
        ("mutation", "updateGuideCategory") => {
            json!({ "input": { "guideCategoryId": own.help.category, "description": chance::name("what it is about") } })
        }
        ("mutation", "createGuide") => {
            json!({ "input": { "title": "New", "categoryId": own.help.category, "type": "HTML", "content": "<p>Shake.</p>" } })
        }
        ("mutation", "updateGuide") => {
            json!({ "input": { "guideId": own.help.guide, "description": chance::name("what it is about") } })
        }
        ("mutation", "publishGuide" | "unpublishGuide") => json!({ "input": { "guideId": own.help.draft } }),
        ("mutation", "createHelpDocument") => json!({ "input": { "title": "New", "fileId": own.file } }),
        ("mutation", "updateHelpDocument") => {
            json!({ "input": { "helpDocumentId": own.help.document, "title": chance::name("document") } })
        }
        ("mutation", "removeHelpDocument") => json!({ "input": { "helpDocumentId": own.help.document } }),
        ("mutation", "recordHelpView") => json!({ "input": { "id": own.help.guide } }),
        ("mutation", "createTag") => json!({ "input": { "name": chance::name("tag"), "color": "#102030" } }),
        ("mutation", "updateTag") => {
            json!({ "input": { "tagId": own.desk.tag, "name": "Renamed", "color": "#203040" } })
        }
        ("mutation", "mergeTags") => json!({ "input": { "fromId": own.desk.spare_tag, "intoId": own.desk.tag } }),
        ("mutation", "addTags") => json!({ "input": { "entityId": own.message, "tagIds": [own.desk.spare_tag] } }),
        ("mutation", "removeTags") => json!({ "input": { "entityId": own.message, "tagIds": [own.desk.tag] } }),
        ("mutation", "createSavedReply") => {
            json!({ "input": { "title": "Welcome", "content": "Dear {{name}}", "isGlobal": true } })
        }
        ("mutation", "updateSavedReply") => {
            json!({ "input": { "savedReplyId": own.desk.saved_reply, "title": "Renamed" } })
        }
        ("mutation", "renderSavedReply") => {
            json!({ "input": { "savedReplyId": own.desk.saved_reply, "entityId": own.message } })
        }
        ("mutation", "saveDraft") => json!({ "input": { "entityId": own.message, "content": "Dear Ada" } }),
        ("mutation", "discardDraft") => json!({ "input": { "entityId": own.message } }),
        ("mutation", "addInternalNote") => {
            json!({ "input": { "entityId": own.message, "content": "She calculates, too.", "mentions": [own.staff] } })
        }
        ("mutation", "updateInternalNote") => {
            json!({ "input": { "internalNoteId": own.desk.note, "content": "She does.", "isPinned": true } })
        }
        ("mutation", "removeInternalNote") => json!({ "input": { "internalNoteId": own.desk.note } }),
        ("mutation", "createStaff") => {
            json!({ "input": { "email": "new@example.com", "name": "New", "roleId": own.role } })
        }
        ("mutation", "updateStaff") => json!({ "input": { "staffId": own.colleague, "name": "Renamed" } }),
        ("mutation", "deactivateStaff" | "reactivateStaff") => json!({ "input": { "staffId": own.colleague } }),
        ("mutation", "createClient") => json!({ "input": { "email": "buyer@example.com", "name": "Buyer" } }),
        ("mutation", "updateClient") => json!({ "input": { "clientId": own.client, "company": "Lane & Co" } }),
        ("mutation", "deactivateClient" | "reactivateClient") => json!({ "input": { "clientId": own.client } }),
        ("mutation", "createRole") => json!({ "input": { "name": "Readers", "permissions": ["VIEW_STAFF"] } }),
        ("mutation", "updateRole") => json!({ "input": { "roleId": own.role, "name": "Renamed" } }),
        ("mutation", "grantPermission" | "revokePermission") => {
            json!({ "input": { "staffId": own.colleague, "permission": "VIEW_AUDIT_LOG" } })
        }
        ("mutation", "signIn") => json!({ "input": { "email": "nobody@example.com", "password": "something wrong" } }),
        ("mutation", "refreshSession") => json!({ "input": { "refreshToken": "fdr_nothing" } }),
        ("query", "settings" | "companyProfile" | "smtpSettings" | "emailTemplates") => json!({}),
        ("query", "setting") => json!({ "key": "ui.theme", "scope": "PERSONAL" }),
        ("query", "emailTemplate" | "previewEmailTemplate") => json!({ "key": "TEST_MAIL" }),
        ("mutation", "setSetting") => json!({ "input": { "key": "ui.theme", "scope": "PERSONAL", "value": "dark" } }),
        ("mutation", "resetSetting") => json!({ "input": { "key": "ui.theme", "scope": "PERSONAL" } }),
        ("mutation", "updateCompanyProfile") => json!({ "input": { "primaryColor": "#102030" } }),
        ("mutation", "updateSmtpSettings") => {
            json!({ "input": { "host": "mail.example.com", "port": 587, "encryption": "TLS", "username": "desk",
                "password": "a secret of the mail server", "fromEmail": "desk@example.com" } })
        }
        ("mutation", "testSmtp") => json!({ "input": { "to": "ada@example.com" } }),
        ("mutation", "updateEmailTemplate") => json!({ "input": { "key": "TEST_MAIL", "subject": "It works" } }),
        ("mutation", "resetEmailTemplate") => json!({ "input": { "key": "TEST_MAIL" } }),
        ("mutation", "revokeSession") => json!({ "input": { "sessionId": own.session } }),
        ("mutation", "revokeAllSessions") => json!({ "input": { "exceptCurrent": true } }),
        ("mutation", "changePassword") => {
            json!({ "input": { "currentPassword": "something wrong", "newPassword": "something else entirely 4" } })
        }
        ("mutation", "beginTotpEnrolment") => json!({ "input": { "password": "something wrong" } }),
        ("mutation", "confirmTotp") => json!({ "input": { "code": "123456" } }),
        ("mutation", "disableTotp" | "regenerateRecoveryCodes") => {
            json!({ "input": { "password": "something wrong", "code": "123456" } })
        }
        ("mutation", "resetTotp") => json!({ "input": { "userId": own.client } }),
        ("mutation", "signOut" | "removeAvatar") => json!({}),
        ("mutation", "registerClient") => {
            json!({ "input": { "email": "eve@example.com", "name": "Eve", "password": "a harbour of old kettles" } })
        }
        ("mutation", "requestEmailVerification" | "requestPasswordReset") => {
            json!({ "input": { "email": "nobody@example.com" } })
        }
        ("mutation", "verifyEmail" | "confirmEmailChange") => json!({ "input": { "token": "fdo_nothing" } }),
        ("mutation", "resetPassword") => {
            json!({ "input": { "token": "fdo_nothing", "newPassword": "a harbour of old kettles" } })
        }
        ("mutation", "acceptInvitation") => {
            json!({ "input": { "token": "fdi_nothing", "name": "Eve", "password": "a harbour of old kettles" } })
        }
        ("mutation", "requestEmailChange") => {
            json!({ "input": { "newEmail": "other@example.com", "password": "something wrong" } })
        }
        ("mutation", "updateProfile") => json!({ "input": { "name": "Eve" } }),
        ("mutation", "setAvatar") => json!({ "input": { "image": PIXEL } }),
        ("mutation", "uploadFile") => json!({ "input": { "file": upload("note.txt", "Hello") } }),
        ("mutation", "beginUpload") => json!({ "input": { "name": "film.mp4", "size": 7_000_000_000_f64 / 10.0 } }),
        ("mutation", "inviteStaff") => json!({ "input": { "email": "invited.now@example.com", "roleId": own.role } }),
        ("mutation", "resendInvitation" | "revokeInvitation") => {
            json!({ "input": { "invitationId": own.invitation } })
        }
        ("query", "identityProviders" | "signInWays") => json!({}),
        ("mutation", "createIdentityProvider") => {
            let mapped = json!({ "value": "boss", "id": own.elsewhere.role });
            json!({ "input": { "name": chance::name("provider"), "webhookSecret": svix::secret(), "creates": "STAFF",
                "createsWith": own.elsewhere.role, "mappedRoles": mapped } })
        }
        ("mutation", "updateIdentityProvider") => {
            let mapped = json!({ "value": "boss", "id": own.elsewhere.role });
            json!({ "input": { "identityProviderId": own.elsewhere.provider, "mappedRoles": mapped, "trustsMfa": true } })
        }
        ("mutation", "deactivateIdentityProvider") => {
            json!({ "input": { "identityProviderId": own.elsewhere.provider } })
        }
        ("mutation", "beginOidcSignIn") => json!({ "input": { "providerId": own.elsewhere.provider } }),
        ("mutation", "completeOidcSignIn") => {
            json!({ "input": { "flowToken": "fdf_nothing", "state": "fds_nothing", "code": "nothing" } })
        }
        ("mutation", "unlinkExternalIdentity") => json!({ "input": { "externalIdentityId": own.elsewhere.identity } }),
        ("query", "chats" | "chatQueue") => json!({}),
        ("query", "chat") => json!({ "id": own.chat.id }),
        ("query", "visitorChat") | ("subscription", "chatPresence") => {
            json!({ "chatId": own.chat.id, "chatToken": own.chat.token })
        }
        ("mutation", "startChat") => {
            json!({ "input": { "name": "Eve", "email": "eve@example.com", "content": "Hello?" } })
        }
        ("mutation", "sendChatMessage") => {
            json!({ "input": { "chatId": own.chat.id, "chatToken": own.chat.token, "content": "Still there?" } })
        }
        ("mutation", "endChat" | "markChatRead" | "requestChatTranscript") => {
            json!({ "input": { "chatId": own.chat.id, "chatToken": own.chat.token } })
        }
        ("mutation", "rateChat") => {
            json!({ "input": { "chatId": own.chat.id, "chatToken": own.chat.token, "rating": 5, "feedback": "Quick." } })
        }
        ("mutation", "setTyping") => {
            json!({ "input": { "chatId": own.chat.id, "chatToken": own.chat.token, "typing": true } })
        }
        ("mutation", "claimChat") => json!({ "input": { "chatId": own.waiting } }),
        ("mutation", "transferChat") => json!({ "input": { "chatId": own.waiting, "assigneeId": own.staff } }),
        ("subscription", "chatEvents") => {
            json!({ "chatId": own.chat.id, "chatToken": own.chat.token, "after": "0" })
        }
        ("subscription", "consultationEvents") => json!({ "after": "0" }),
        ("subscription", "chatQueueEvents") => json!({ "after": "0" }),
        ("subscription", "inboxEvents") => json!({ "after": "0" }),
        ("query", "assistantSessions") => json!({}),
        ("query", "assistantSession") => json!({ "id": own.assistant.session }),
        ("mutation", "askAssistant") => json!({ "input": { "question": "How do I pay?" } }),
        ("mutation", "deleteAssistantSession") => json!({ "input": { "sessionId": own.assistant.session } }),
        ("subscription", "assistantEvents") => json!({ "sessionId": own.assistant.session }),
        (operation, name) => panic!("{operation} {name} has no arguments in tests/coverage/fixtures.rs"),
    }
}

/// The prefixes of what is found by its id in a company.
static NODES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let in_a_company = NOUNS.iter().filter(|noun| noun.name != "PlatformTenant");
    in_a_company.map(|noun| noun.prefix).collect()
});

/// The prefixes of the ids that an argument takes.
pub fn kinds(root: &Root, place: &str) -> &'static [&'static str] {
    if let Some(kinds) = super::subjects::kinds(root, place) {
        return kinds;
    }
    match (root.name.as_str(), place) {
        ("node" | "nodes", _) | ("explainAccess", "id") => &NODES,
        ("department", "id")
        | ("createDepartment" | "moveDepartment", "input.parentId")
        | ("updateDepartment" | "moveDepartment", "input.departmentId")
        | ("departments", "filter.parentId.eq" | "filter.parentId.in") => &["dep"],
        ("team", "id")
        | ("updateTeam" | "addTeamMember" | "removeTeamMember" | "setTeamMemberRole", "input.teamId") => &["tem"],
        ("addTeamMember" | "removeTeamMember" | "setTeamMemberRole", "input.staffId") => &["stf"],
        // Of somebody for whom nothing counts the numbers are those of nobody.
        ("metrics" | "metricRows", _) => &[],
        ("apiKeys", "filter.ownerId") => &["stf"],
        ("revokeApiKey", "input.apiKeyId") => &["key"],
        ("markNotificationsRead", "input.ids") => &["ntf"],
        ("updateNotificationChannel" | "testNotificationChannel", "input.channelId")
        | ("notificationDeliveries", "filter.channelId.eq" | "filter.channelId.in") => &["nch"],
        ("retryNotificationDelivery", "input.deliveryId") => &["ndl"],
        ("message", "id")
        | ("assignMessage" | "convertMessage" | "setMessageStatus" | "replyToMessage", "input.messageId")
        | ("assignMessages" | "setMessageStatuses", "input.messageIds") => &["msg"],
        ("convertMessage", "input.targetId") => &["cli"],
        ("availableSlots", "serviceId")
        | ("service", "id")
        | ("updateService" | "bookConsultation", "input.serviceId")
        | ("consultations", "filter.serviceId.eq" | "filter.serviceId.in") => &["svc"],
        ("availableSlots" | "openingHours", "staffId")
        | ("bookConsultation" | "rescheduleConsultation" | "setOpeningHours", "input.staffId")
        | ("createService" | "updateService", "input.staffIds")
        | ("assignConsultation", "input.assigneeId") => &["stf"],
        ("consultation", "id")
        | (
            "assignConsultation"
            | "cancelConsultation"
            | "completeConsultation"
            | "markNoShow"
            | "rescheduleConsultation",
            "input.consultationId",
        ) => &["con"],
        ("updateHoliday", "input.holidayId") => &["hol"],
        ("visitor", "id")
        | ("analyticsEvents" | "messages" | "chats" | "consultations", "filter.visitorId.eq" | "filter.visitorId.in")
        | ("mergeVisitors", "input.fromId" | "input.intoId")
        | ("unmergeVisitor", "input.visitorId") => &["vis"],
        ("chat", "id")
        | ("visitorChat", "chatId")
        | (
            "sendChatMessage"
            | "endChat"
            | "markChatRead"
            | "requestChatTranscript"
            | "rateChat"
            | "setTyping"
            | "claimChat"
            | "transferChat",
            "input.chatId",
        ) => &["cht"],
        ("startChat" | "transferChat", "input.departmentId")
        | ("chatQueue", "departmentId")
        | ("chats", "filter.departmentId.eq" | "filter.departmentId.in") => &["dep"],
        ("transferChat", "input.assigneeId") | ("chats", "filter.assigneeId.eq" | "filter.assigneeId.in") => &["stf"],
        ("client", "id") => &["cli"],
        ("assistantSession", "id") | ("askAssistant" | "deleteAssistantSession", "input.sessionId") => &["ass"],
        ("tag", "id")
        | ("updateTag", "input.tagId")
        | ("mergeTags", "input.fromId" | "input.intoId")
        | ("addTags" | "removeTags", "input.tagIds")
        | (
            "messages" | "chats" | "consultations" | "guides" | "helpDocuments",
            "filter.tags.any" | "filter.tags.all" | "filter.tags.none",
        ) => &["tag"],
        ("updateGuideCategory", "input.guideCategoryId")
        | ("createGuide" | "updateGuide" | "createHelpDocument" | "updateHelpDocument", "input.categoryId")
        | ("guides" | "helpDocuments", "filter.categoryId.eq" | "filter.categoryId.in") => &["gct"],
        ("publishedGuide", "id") | ("updateGuide" | "publishGuide" | "unpublishGuide", "input.guideId") => &["gui"],
        ("publishedHelpDocument", "id") | ("updateHelpDocument" | "removeHelpDocument", "input.helpDocumentId") => {
            &["hlp"]
        }
        ("recordHelpView", "input.id") => &["gui", "hlp"],
        ("createHelpDocument" | "updateHelpDocument", "input.fileId") => &["fil"],
        ("savedReply", "id") | ("updateSavedReply" | "renderSavedReply", "input.savedReplyId") => &["srp"],
        (
            "addTags" | "removeTags" | "renderSavedReply" | "saveDraft" | "discardDraft" | "addInternalNote",
            "input.entityId",
        ) => &["msg"],
        ("updateInternalNote" | "removeInternalNote", "input.internalNoteId") => &["nte"],
        ("addInternalNote" | "updateInternalNote", "input.mentions") => &["stf"],
        ("sessions", "userId") | ("revokeAllSessions" | "resetTotp", "input.userId") => &["stf", "cli"],
        ("revokeSession", "input.sessionId") => &["ses"],
        ("staffMembers", "filter.teamId") => &["tem"],
        ("inviteStaff", "input.roleId") => &["rol"],
        ("inviteStaff", "input.departmentId") => &["dep"],
        ("resendInvitation" | "revokeInvitation", "input.invitationId") => &["inv"],
        ("staff", "id")
        | ("assignMessage" | "assignMessages", "input.assigneeId")
        | ("messages" | "consultations", "filter.assigneeId.eq" | "filter.assigneeId.in")
        | ("auditLogs", "filter.actorId.eq" | "filter.actorId.in") => &["stf"],
        ("auditLogs", "filter.sessionId.eq" | "filter.sessionId.in") => &["ses"],
        ("auditLogs", "filter.apiKeyId.eq" | "filter.apiKeyId.in") => &["key"],
        ("explainAccess", "userId") => &["stf", "cli"],
        (
            "updateStaff" | "deactivateStaff" | "reactivateStaff" | "grantPermission" | "revokePermission",
            "input.staffId",
        )
        | ("deactivateStaff", "input.handOverTo") => &["stf"],
        ("updateClient" | "deactivateClient" | "reactivateClient", "input.clientId") => &["cli"],
        ("role", "id")
        | ("updateRole" | "createStaff" | "updateStaff", "input.roleId")
        | ("staffMembers", "filter.roleId.eq" | "filter.roleId.in") => &["rol"],
        ("createStaff" | "updateStaff" | "createClient" | "updateClient", "input.departmentId") => &["dep"],
        ("staffMembers" | "clients", "filter.departmentId.eq" | "filter.departmentId.in") => &["dep"],
        ("auditLogs", "filter.resourceId") | ("inboxEvents", "filter.messageId") => &["msg"],
        ("beginOidcSignIn", "input.providerId")
        | ("updateIdentityProvider" | "deactivateIdentityProvider", "input.identityProviderId") => &["idp"],
        ("unlinkExternalIdentity", "input.externalIdentityId") => &["xid"],
        ("createIdentityProvider", "input.createsWith" | "input.mappedRoles.id")
        | ("updateIdentityProvider", "input.mappedRoles.id") => &["rol"],
        // What it creates is clients, whose role is another.
        ("updateIdentityProvider", "input.createsWith") => &[],
        (name, place) => panic!("{name} takes an id at {place} that has no kind in tests/coverage/fixtures.rs"),
    }
}

/// Whether a client uses an operation for what is theirs.
pub fn is_for_clients(root: &Root) -> bool {
    FOR_CLIENTS.lines().any(|line| line == format!("{} {}", root.operation, root.name))
}

/// Whether an operation answers people who are not signed in.
pub fn is_public(root: &Root) -> bool {
    let name = format!("{} {}", root.operation, root.name);
    PUBLIC.lines().any(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ") == name)
}

/// The arguments with a value put at a dotted place.
pub fn put(mut arguments: Value, place: &str, value: Value) -> Value {
    let mut at = &mut arguments;
    for step in place.split('.') {
        if at.is_null() {
            *at = json!({});
        }
        at = &mut at[step];
    }
    *at = value;
    arguments
}
