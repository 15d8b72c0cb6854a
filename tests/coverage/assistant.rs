//! A session with the assistant, as coverage needs it.

use serde_json::{Value, json};

use super::fixtures::{arguments, put};
use super::harness::{Home, Things, id};
use super::sdl::Root;
use crate::support::ADMIN_EMAIL;

/// A session of the administrator's, and the answer in it.
pub struct Assistant {
    /// The session.
    pub session: String,
    /// The answer.
    pub answer: String,
}

impl Assistant {
    /// Puts it into the database: nothing is to be answered while the tests count what there is.
    pub async fn make(home: &Home) -> Self {
        let ((session, of), (_, question), (answer, row)) = (id(home, "ass"), id(home, "asm"), id(home, "asm"));
        let ((_, document), at) = (id(home, "gui"), "'2026-01-01T00:00:00+00:00'");
        let message = |id: &str, role: &str, answers: &str| {
            format!(
                "INSERT INTO assistant_messages (id, session_id, role, question_id, content, state, round, created_at, updated_at) \
                 VALUES ({id}, {of}, '{role}', {answers}, 'x', 'done', 0, {at}, {at})"
            )
        };
        for sql in [
            format!(
                "INSERT INTO assistant_sessions (id, user_id, title, created_at, updated_at) \
                 SELECT {of}, id, 'Own question', {at}, {at} FROM users WHERE email = '{ADMIN_EMAIL}'"
            ),
            message(&question, "user", "NULL"),
            message(&row, "assistant", &question),
            format!(
                "INSERT INTO assistant_sources (message_id, position, kind, document_id, title, quote, starts_at, ends_at) \
                 VALUES ({row}, 0, 'guide', {document}, 'Own guide', 'x', 0, 1)"
            ),
        ] {
            home.sql.run(&sql).await;
        }
        Self { session, answer }
    }
}

/// Arguments with which a mutation of the assistant is refused to a signed-in person; `None` for any other.
pub fn refused(root: &Root, own: &Things) -> Option<Vec<Value>> {
    let missing = || put(arguments(root, own), "input.sessionId", json!("ass_0190a5f0000070008000000000000000"));
    Some(match root.name.as_str() {
        "askAssistant" => vec![missing(), put(arguments(root, own), "input.question", json!("  "))],
        "deleteAssistantSession" => vec![missing()],
        _ => return None,
    })
}
