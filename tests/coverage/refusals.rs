//! What is refused to somebody who is signed in, of each mutation.

use serde_json::{Value, json};

use super::fixtures::{arguments, is_public, put};
use super::harness::Things;
use super::sdl::Root;

/// Arguments with which a mutation of a signed-in person is refused; none for what cannot be refused to them.
pub fn refused(root: &Root, own: &Things) -> Vec<Value> {
    if let Some(variables) = super::subjects::refused(root, own) {
        return variables;
    }
    let missing = json!("msg_0190a5f0000070008000000000000000");
    let elsewhere = put(arguments(root, own), "input.messageId", missing);
    match root.name.as_str() {
        "assignMessage" => {
            let nobody = json!("stf_0190a5f0000070008000000000000000");
            vec![elsewhere, put(arguments(root, own), "input.assigneeId", nobody)]
        }
        "convertMessage" => {
            let nobody = json!("cli_0190a5f0000070008000000000000000");
            vec![elsewhere, put(arguments(root, own), "input.targetId", nobody)]
        }
        "assignMessages" => {
            vec![put(arguments(root, own), "input.assigneeId", json!("stf_0190a5f0000070008000000000000000"))]
        }
        "setMessageStatuses" => vec![
            put(arguments(root, own), "input.status", json!("NEW")),
            put(arguments(root, own), "input.messageIds", json!([])),
        ],
        "mergeVisitors" => vec![
            put(arguments(root, own), "input.fromId", json!("vis_0190a5f0000070008000000000000000")),
            put(arguments(root, own), "input.fromId", json!(own.visitor)),
        ],
        "unmergeVisitor" => vec![
            put(arguments(root, own), "input.visitorId", json!("vis_0190a5f0000070008000000000000000")),
            put(arguments(root, own), "input.visitorId", json!(own.visitor)),
        ],
        "setMessageStatus" => vec![elsewhere, put(arguments(root, own), "input.status", json!("NEW"))],
        "replyToMessage" => vec![elsewhere, put(arguments(root, own), "input.content", json!("  "))],
        "claimChat" | "transferChat" => {
            vec![put(arguments(root, own), "input.chatId", json!("cht_0190a5f0000070008000000000000000"))]
        }
        "submitMessage" | "startChat" => vec![put(arguments(root, own), "input.content", json!("  "))],
        "markNotificationsRead" => {
            vec![put(arguments(root, own), "input.ids", json!(["ntf_0190a5f0000070008000000000000000"]))]
        }
        "createNotificationChannel" | "setOwnTeamsChannel" => {
            vec![put(arguments(root, own), "input.webhookUrl", json!("https://127.0.0.1/"))]
        }
        "updateNotificationChannel" | "testNotificationChannel" => {
            vec![put(arguments(root, own), "input.channelId", json!("nch_0190a5f0000070008000000000000000"))]
        }
        "retryNotificationDelivery" => {
            vec![put(arguments(root, own), "input.deliveryId", json!("ndl_0190a5f0000070008000000000000000"))]
        }
        "testOwnTeamsChannel" => vec![arguments(root, own)],
        "markAllNotificationsRead" | "setNotificationPreference" => Vec::new(),
        "createStaff" | "createClient" => vec![
            put(arguments(root, own), "input.email", json!("things.client@example.com")),
            put(arguments(root, own), "input.name", json!(" ")),
        ],
        "updateStaff" | "deactivateStaff" | "reactivateStaff" | "grantPermission" | "revokePermission" => {
            vec![put(arguments(root, own), "input.staffId", json!("stf_0190a5f0000070008000000000000000"))]
        }
        "updateClient" | "deactivateClient" | "reactivateClient" => {
            vec![put(arguments(root, own), "input.clientId", json!("cli_0190a5f0000070008000000000000000"))]
        }
        "createRole" => vec![put(arguments(root, own), "input.name", json!("ADMIN"))],
        "updateRole" => vec![
            put(arguments(root, own), "input.roleId", json!("rol_0190a5f0000070008000000000000000")),
            put(arguments(root, own), "input.name", json!("ADMIN")),
        ],
        "signIn" | "refreshSession" | "signOut" | "resetEmailTemplate" => Vec::new(),
        "setSetting" | "resetSetting" => vec![put(arguments(root, own), "input.key", json!("no.such.setting"))],
        "updateCompanyProfile" => vec![put(arguments(root, own), "input.primaryColor", json!("red"))],
        "updateSmtpSettings" => vec![put(arguments(root, own), "input.fromEmail", json!("nobody"))],
        "testSmtp" => vec![put(arguments(root, own), "input.to", json!("nobody")), arguments(root, own)],
        "updateEmailTemplate" => vec![put(arguments(root, own), "input.html", json!("<p>never closed"))],
        "createDepartment" | "moveDepartment" => {
            vec![put(arguments(root, own), "input.parentId", json!("dep_0190a5f0000070008000000000000000"))]
        }
        "updateDepartment" => vec![
            put(arguments(root, own), "input.departmentId", json!("dep_0190a5f0000070008000000000000000")),
            put(arguments(root, own), "input.name", json!(" ")),
        ],
        "createTeam" => vec![put(arguments(root, own), "input.name", json!("Own team"))],
        "updateTeam" | "addTeamMember" | "removeTeamMember" | "setTeamMemberRole" => {
            vec![put(arguments(root, own), "input.teamId", json!("tem_0190a5f0000070008000000000000000"))]
        }
        "createApiKey" => vec![put(arguments(root, own), "input.name", json!(" "))],
        "revokeApiKey" => {
            vec![put(arguments(root, own), "input.apiKeyId", json!("key_0190a5f0000070008000000000000000"))]
        }
        "revokeSession" => {
            vec![put(arguments(root, own), "input.sessionId", json!("ses_0190a5f0000070008000000000000000"))]
        }
        "revokeAllSessions" | "resetTotp" => {
            vec![put(arguments(root, own), "input.userId", json!("stf_0190a5f0000070008000000000000000"))]
        }
        // With a wrong password or code.
        "changePassword" | "beginTotpEnrolment" | "confirmTotp" | "disableTotp" | "regenerateRecoveryCodes" => {
            vec![arguments(root, own)]
        }
        "requestEmailChange" => vec![arguments(root, own), put(arguments(root, own), "input.newEmail", json!("ada"))],
        "updateProfile" => vec![put(arguments(root, own), "input.name", json!(" "))],
        "setAvatar" => vec![put(arguments(root, own), "input.image", json!("x"))],
        // As a text, and not as a part of its own.
        "uploadFile" => vec![put(arguments(root, own), "input.file", json!("note.txt"))],
        "beginUpload" => vec![put(arguments(root, own), "input.size", json!(-1))],
        "inviteStaff" => vec![
            put(arguments(root, own), "input.email", json!("ada")),
            put(arguments(root, own), "input.roleId", json!("rol_0190a5f0000070008000000000000000")),
        ],
        "resendInvitation" | "revokeInvitation" => {
            vec![put(arguments(root, own), "input.invitationId", json!("inv_0190a5f0000070008000000000000000"))]
        }
        "removeAvatar" | "recountMetrics" => Vec::new(),
        "createIdentityProvider" => vec![put(arguments(root, own), "input.name", json!("  "))],
        "updateIdentityProvider" => vec![
            put(arguments(root, own), "input.identityProviderId", json!("idp_0190a5f0000070008000000000000000")),
            put(arguments(root, own), "input.name", json!("  ")),
        ],
        "deactivateIdentityProvider" => {
            vec![put(arguments(root, own), "input.identityProviderId", json!("idp_0190a5f0000070008000000000000000"))]
        }
        "unlinkExternalIdentity" => {
            vec![put(arguments(root, own), "input.externalIdentityId", json!("xid_0190a5f0000070008000000000000000"))]
        }
        // Those who are signed out; their refusals are counted, not recorded.
        _ if is_public(root) => Vec::new(),
        name => panic!("{name} has no refusals in tests/coverage/audit.rs"),
    }
}
