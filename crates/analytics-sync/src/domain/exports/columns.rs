//! The columns of exports, by the names that stand in their first row.

use crate::store::exports::export::ExportType;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name, as it stands in the first row.
    pub name: &'static str,
    /// Its place among the columns of its kind.
    pub at: usize,
    /// Whether a report shows it unless columns are chosen: a page is only so wide.
    pub in_report: bool,
    /// How wide it is in a report, as parts of the page.
    pub width: u16,
}

/// A row of a table of columns: the names, those with a width are shown in a report.
macro_rules! columns {
    ($($name:ident: $(($($text:literal $($width:literal)?),* $(,)?))?;)+) => {$(
        static $name: &[Column] = &{
            let names: &[(&str, u16)] = &[$($(($text, 0 $(+ $width)?)),*)?];
            let mut all = [Column { name: "", at: 0, in_report: false, width: 10 }; [$($($text),*)?].len()];
            let mut at = 0;
            while at < all.len() {
                let (name, width) = names[at];
                all[at] = Column { name, at, in_report: width > 0, width: if width > 0 { width } else { 10 } };
                at += 1;
            }
            all
        };
    )+};
}

columns! {
    AGENTS: (
        "id", "b2chat_id" 10, "name" 16, "email" 18, "username" 12, "department" 14, "is_active" 6, "is_deleted",
        "deleted_at", "last_sync_at" 12, "created_at" 12, "updated_at",
    );
    CONTACTS: (
        "id", "b2chat_id" 10, "full_name" 18, "mobile" 12, "phone_number", "email" 18, "identification", "address", "city" 10,
        "country" 8, "company" 14, "custom_attributes", "tags", "source_created_at", "last_modified_at", "is_deleted",
        "deleted_at", "last_sync_at", "created_at" 12, "updated_at",
    );
    CHATS: (
        "id", "b2chat_id" 8, "status" 7, "source_status", "provider" 8, "source_provider", "priority" 7, "agent" 12,
        "department" 12, "contact" 14, "contact_mobile", "alias", "topic", "tags", "unread_count", "message_count" 7,
        "is_agent_available", "created_at" 12, "opened_at", "picked_up_at", "response_at", "closed_at" 12, "response_seconds" 8,
        "first_response_seconds" 8, "pickup_seconds", "resolution_seconds" 9, "duration_seconds", "source_duration_seconds",
        "resolution_note", "viewer_url", "unknown_fields", "last_modified_at", "is_deleted", "deleted_at", "last_sync_at",
        "sync_version",
    );
    MESSAGES: (
        "id", "b2chat_message_id", "chat_id", "b2chat_chat_id" 10, "sent_at" 12, "incoming" 7, "broadcasted", "type" 7, "source_type",
        "text" 50, "caption" 14, "image_url", "file_url", "location", "media_state", "media_mime_type", "media_size",
    );
    LEADS: (
        "id", "name" 16, "email" 18, "phone" 12, "company" 14, "status" 9, "lost_reason", "score" 6, "score_value" 6, "scored_at",
        "owner" 12, "source" 10, "notes", "created_at" 12, "updated_at", "closed_at",
    );
    TICKETS: (
        "id", "number" 11, "title" 30, "description", "status" 10, "category" 10, "priority" 8, "severity" 8, "requester" 12,
        "assignee" 12, "comment_count", "estimated_hours", "actual_hours", "due_at" 12, "resolved_at", "closed_at", "notes",
        "created_at" 12, "updated_at",
    );
    GROUPS: (
        "group" 20, "chats" 8, "open" 8, "closed" 8, "unassigned" 9, "messages" 9, "avg_response_seconds" 12,
        "avg_first_response_seconds" 12, "avg_pickup_seconds" 12, "avg_resolution_seconds" 12, "avg_duration_seconds" 12,
    );
}

/// The columns of rows of this kind.
pub fn columns_of(kind: ExportType) -> &'static [Column] {
    match kind {
        ExportType::Agents => AGENTS,
        ExportType::Contacts => CONTACTS,
        ExportType::Chats | ExportType::CustomReport => CHATS,
        ExportType::Messages => MESSAGES,
        ExportType::Leads => LEADS,
        ExportType::Tickets => TICKETS,
        // Each of its lines says what it has.
        ExportType::AuditLogs => &[],
    }
}

/// The columns of groups of chats.
pub fn group_columns() -> &'static [Column] {
    GROUPS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_columns_that_fit_a_page() {
        for all in [AGENTS, CONTACTS, CHATS, MESSAGES, LEADS, TICKETS, GROUPS] {
            let shown: u16 = all.iter().filter(|column| column.in_report).map(|column| column.width).sum();
            assert!((60..=160).contains(&shown), "{shown}: {all:?}");
            assert!(all.iter().enumerate().all(|(n, column)| column.at == n));
        }
    }
}
