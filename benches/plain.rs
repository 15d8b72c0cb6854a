//! The harder limit of the page: PostgreSQL gives plain rows, and the JSON is written by hand into one buffer. Four
//! statements on one connection: the page, the replies of all its messages, then the visitors and the people of both.

use std::collections::HashMap;
use std::io::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::sqlx::{self, AssertSqlSafe, PgPool};
use uuid::Uuid;

const PAGE: &str = "SELECT id, visitor_id, name, email, company, service, content, status, assignee_id, created_at, updated_at \
     FROM {schema}.messages ORDER BY created_at DESC, id DESC LIMIT 51";
const REPLIES: &str = "SELECT r.* FROM unnest($1) AS m (id) CROSS JOIN LATERAL (\
     SELECT message_id, id, author_id, content, email_status, created_at FROM {schema}.message_replies \
     WHERE message_id = m.id ORDER BY created_at, id LIMIT 3) AS r";
const VISITORS: &str = "SELECT id, name, email, source FROM {schema}.visitors WHERE id = ANY($1)";
const PEOPLE: &str = "SELECT id, name, email FROM {schema}.users WHERE id = ANY($1)";

type Message = (
    Uuid,
    Uuid,
    String,
    String,
    Option<String>,
    Option<String>,
    String,
    String,
    Option<Uuid>,
    DateTime<Utc>,
    DateTime<Utc>,
);
type Reply = (Uuid, Uuid, Option<Uuid>, String, String, DateTime<Utc>);
type Visitor = (Uuid, Option<String>, Option<String>, Option<String>);
type Person = (Uuid, String, String);

/// The statements of a tenant.
pub struct Plain([String; 4]);

impl Plain {
    /// With this schema, quoted.
    pub fn of(schema: &str) -> Self {
        Self([PAGE, REPLIES, VISITORS, PEOPLE].map(|sql| sql.replace("{schema}", schema)))
    }

    /// The page as JSON.
    pub async fn page(&self, pool: &PgPool) -> Result<Vec<u8>, sqlx::Error> {
        let [page, replies, visitors, people] = self.0.each_ref().map(|sql| AssertSqlSafe(sql.as_str()));
        let mut connection = pool.acquire().await?;
        let mut messages: Vec<Message> = sqlx::query_as(page).fetch_all(&mut *connection).await?;
        let more = messages.len() > 50;
        messages.truncate(50);
        let ids: Vec<Uuid> = messages.iter().map(|message| message.0).collect();
        let all: Vec<Reply> = sqlx::query_as(replies).bind(ids).fetch_all(&mut *connection).await?;
        let ids: Vec<Uuid> = messages.iter().map(|message| message.1).collect();
        let visitors: Vec<Visitor> = sqlx::query_as(visitors).bind(ids).fetch_all(&mut *connection).await?;
        let mut ids: Vec<Uuid> =
            messages.iter().filter_map(|message| message.8).chain(all.iter().filter_map(|reply| reply.2)).collect();
        ids.sort_unstable();
        ids.dedup();
        let people: Vec<Person> = sqlx::query_as(people).bind(ids).fetch_all(&mut *connection).await?;
        drop(connection);

        let mut replies: HashMap<Uuid, Vec<&Reply>> = HashMap::with_capacity(messages.len());
        all.iter().for_each(|reply| replies.entry(reply.0).or_default().push(reply));
        let visitors: HashMap<Uuid, &Visitor> = visitors.iter().map(|visitor| (visitor.0, visitor)).collect();
        let people: HashMap<Uuid, &Person> = people.iter().map(|person| (person.0, person)).collect();
        let mut json = Json(Vec::with_capacity(48 * 1024));
        json.raw("{\"data\":{\"messages\":{\"nodes\":[");
        for (n, message) in messages.iter().enumerate() {
            json.raw(if n == 0 { "" } else { "," });
            let assignee = message.8.and_then(|id| people.get(&id));
            json.message(message, visitors.get(&message.1), assignee, replies.get(&message.0), &people);
        }
        json.raw("],\"pageInfo\":{\"hasNextPage\":");
        json.raw(if more { "true" } else { "false" });
        json.raw(",\"endCursor\":");
        json.time(messages.last().map(|message| message.9).unwrap_or_default());
        json.raw("}}}}");
        Ok(json.0)
    }
}

/// The buffer that the page is written into.
struct Json(Vec<u8>);

impl Json {
    fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn text(&mut self, text: &str) {
        serde_json::to_writer(&mut self.0, text).expect("memory");
    }

    fn maybe(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.raw("null"),
        }
    }

    fn id(&mut self, prefix: &str, id: Uuid) {
        write!(self.0, "\"{prefix}_{}\"", id.simple()).expect("memory");
    }

    fn time(&mut self, at: DateTime<Utc>) {
        write!(self.0, "\"{}\"", at.to_rfc3339_opts(SecondsFormat::Micros, true)).expect("memory");
    }

    /// A word in capitals.
    fn word(&mut self, word: &str) {
        write!(self.0, "\"{}\"", word.to_ascii_uppercase()).expect("memory");
    }

    fn message(
        &mut self,
        (id, _, name, email, company, service, content, status, _, created_at, updated_at): &Message,
        visitor: Option<&&Visitor>,
        assignee: Option<&&Person>,
        replies: Option<&Vec<&Reply>>,
        people: &HashMap<Uuid, &Person>,
    ) {
        self.raw("{\"id\":");
        self.id("msg", *id);
        self.raw(",\"name\":");
        self.text(name);
        self.raw(",\"email\":");
        self.text(email);
        self.raw(",\"company\":");
        self.maybe(company.as_deref());
        self.raw(",\"service\":");
        self.maybe(service.as_deref());
        self.raw(",\"content\":");
        self.text(content);
        self.raw(",\"status\":");
        self.word(status);
        self.raw(",\"createdAt\":");
        self.time(*created_at);
        self.raw(",\"updatedAt\":");
        self.time(*updated_at);
        if let Some((id, name, email, source)) = visitor {
            self.raw(",\"visitor\":{\"id\":");
            self.id("vis", *id);
            self.raw(",\"name\":");
            self.maybe(name.as_deref());
            self.raw(",\"email\":");
            self.maybe(email.as_deref());
            self.raw(",\"source\":");
            self.maybe(source.as_deref());
            self.raw("}");
        }
        self.raw(",\"assignee\":");
        match assignee {
            Some((id, name, email)) => {
                self.raw("{\"id\":");
                self.id("stf", *id);
                self.raw(",\"name\":");
                self.text(name);
                self.raw(",\"email\":");
                self.text(email);
                self.raw("}");
            }
            None => self.raw("null"),
        }
        self.raw(",\"replies\":{\"nodes\":[");
        for (n, reply) in replies.into_iter().flatten().enumerate() {
            self.raw(if n == 0 { "" } else { "," });
            self.reply(reply, people);
        }
        self.raw("]}}");
    }

    fn reply(&mut self, (_, id, author, content, email_status, created_at): &Reply, people: &HashMap<Uuid, &Person>) {
        self.raw("{\"id\":");
        self.id("rpl", *id);
        self.raw(",\"content\":");
        self.text(content);
        self.raw(",\"emailStatus\":");
        self.word(email_status);
        self.raw(",\"createdAt\":");
        self.time(*created_at);
        self.raw(",\"author\":");
        match author.and_then(|id| people.get(&id)) {
            Some((id, name, _)) => {
                self.raw("{\"id\":");
                self.id("stf", *id);
                self.raw(",\"name\":");
                self.text(name);
                self.raw("}");
            }
            None => self.raw("null"),
        }
        self.raw("}");
    }
}
