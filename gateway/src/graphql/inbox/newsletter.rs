//! The newsletter.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, SecondsFormat, Utc};
use inbox::{
    NewsletterStatus as Status, SubscribeToNewsletter, confirm_newsletter_subscription, count_newsletter_try,
    entities::newsletter_subscription, newsletter, records::NewsletterSubscriptions, subscribe_to_newsletter,
    unsubscribe_from_newsletter,
};
use kernel::{
    csv::Csv,
    events::{Envelope, Note, Severity},
    page::PageArgs,
};
use serde_json::json;

use crate::{
    comparator, connection, filter,
    graphql::{
        directives::requires,
        errors::{Result, UserError, payload},
        filters::{DateTimeComparator, FilterInput, OrderDirection, StringComparator},
        identity::{IntoId, Permission},
        records::{list, ordered},
        scalars::EmailAddress,
        scope::scope,
    },
    order,
    wiring::bridges::NewsletterLetters,
};

/// Where a subscription to the newsletter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub enum NewsletterStatus {
    /// Asked for, and not confirmed; after 30 days it is removed.
    Pending,
    /// Confirmed by whoever reads the address's mail.
    Subscribed,
    /// Ended.
    Unsubscribed,
}

/// A subscription to the newsletter.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct NewsletterSubscription {
    /// Its id, `nws_…`.
    pub id: ID,
    /// The address.
    pub email: EmailAddress,
    /// Where it stands.
    pub status: NewsletterStatus,
    /// Where it was asked for.
    pub source: Option<String>,
    /// When it was last confirmed.
    pub subscribed_at: Option<DateTime<Utc>>,
    /// When it was ended.
    pub unsubscribed_at: Option<DateTime<Utc>>,
    /// When it was first asked for.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[graphql(skip)]
    address: Option<String>,
}

impl From<inbox::NewsletterSubscription> for NewsletterSubscription {
    fn from(row: inbox::NewsletterSubscription) -> Self {
        Self {
            id: row.id.into_id(),
            email: EmailAddress(row.email),
            status: row.status.into(),
            source: row.source,
            subscribed_at: row.subscribed_at,
            unsubscribed_at: row.unsubscribed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            address: row.ip_address,
        }
    }
}

#[ComplexObject]
impl NewsletterSubscription {
    /// The network address that it was last asked for from; null without the permission VIEW_VISITOR_ADDRESSES.
    async fn address(&self, ctx: &Context<'_>) -> Option<String> {
        self.address.clone().filter(|_| scope(ctx).cx().can(inbox::VIEW_VISITOR_ADDRESSES))
    }
}

connection!(
    NewsletterSubscriptionConnection,
    NewsletterSubscriptionEdge,
    NewsletterSubscription,
    inbox::NewsletterSubscription,
    "subscriptions to the newsletter"
);

comparator!(
    /// Comparisons with where a subscription to the newsletter stands.
    NewsletterStatusComparator of NewsletterStatus as Status
);

filter! {
    /// Which subscriptions to the newsletter. All parts given must hold; at most 4 levels and 40 comparisons.
    NewsletterSubscriptionFilter of NewsletterSubscriptions {
        /// Where they stand.
        status: NewsletterStatusComparator,
        /// Their address, in any case, its domain in letters or in ASCII.
        email: StringComparator,
        /// Where they were asked for.
        source: StringComparator,
        /// When they were first asked for.
        created_at: DateTimeComparator,
        /// When they were last confirmed.
        subscribed_at: DateTimeComparator,
    }
    |level, leaves| {
        leaves.value::<Status>(newsletter::BY_STATUS, level.status)?;
        leaves.value::<String>(newsletter::BY_EMAIL, level.email.map(StringComparator::of_emails))?;
        leaves.value::<String>(newsletter::BY_SOURCE, level.source)?;
        leaves.time(newsletter::BY_CREATED_AT, level.created_at)?;
        leaves.time(newsletter::BY_SUBSCRIBED_AT, level.subscribed_at)?;
    }
}

order! {
    "subscriptions to the newsletter": NewsletterSubscriptionOrder, NewsletterSubscriptionOrderField of NewsletterSubscriptions, descending {
        /// By when they were first asked for.
        CreatedAt,
        /// By when they were last changed.
        UpdatedAt,
        /// By address.
        Email,
    }
}

/// A file that spreadsheets open.
#[derive(Debug, Clone, SimpleObject)]
pub struct CsvFile {
    /// Its name.
    pub name: String,
    /// What is in it: RFC 4180, in UTF-8. A text that a spreadsheet would take for a formula begins with an apostrophe.
    pub content: String,
    /// How many rows it has, without the names of the columns.
    pub rows: i32,
}

/// Reading who gets the newsletter.
#[derive(Default)]
pub struct NewsletterQuery;

#[Object]
impl NewsletterQuery {
    /// Subscriptions to the newsletter, newest first unless ordered otherwise.
    #[graphql(directive = requires::apply(Permission::ManageNewsletter))]
    async fn newsletter_subscriptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] filter: Option<NewsletterSubscriptionFilter>,
        #[graphql(desc = "In which order; ties are broken by id. At most 3.")] order_by: Option<
            Vec<NewsletterSubscriptionOrder>,
        >,
        #[graphql(desc = "Page forward: how many, 1–100, 25 unless given.")] first: Option<i32>,
        #[graphql(desc = "Page forward: after this cursor.")] after: Option<String>,
        #[graphql(desc = "Page backward: how many, 1–100.")] last: Option<i32>,
        #[graphql(desc = "Page backward: before this cursor.")] before: Option<String>,
    ) -> Result<NewsletterSubscriptionConnection> {
        let page = PageArgs { first, after, last, before };
        let order = ordered(order_by, (newsletter_subscription::Column::CreatedAt, true));
        Ok(list(ctx, "newsletter subscriptions", filter, order, page).await?.into())
    }

    /// Subscriptions to the newsletter as a file, the first asked for first; at most 20,000. That it was taken along is in the
    /// audit trail before it is handed out.
    #[graphql(directive = requires::apply(Permission::ManageNewsletter))]
    async fn export_newsletter_subscriptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all where it is left out.")] filter: Option<NewsletterSubscriptionFilter>,
    ) -> Result<CsvFile> {
        let (scope, cx) = (scope(ctx), scope(ctx).cx());
        cx.require(inbox::MANAGE_NEWSLETTER)?;
        let filter = filter.unwrap_or_default().build(scope)?;
        let rows = newsletter::all(&scope.app.db.reader(&cx).await?, &cx, &filter).await?;
        let note = Note {
            kind: "data.export",
            severity: Severity::Medium,
            failure: None,
            resource: None,
            details: json!({ "field": "exportNewsletterSubscriptions", "kind": "NewsletterSubscription", "count": rows.len() }),
        };
        scope.app.db.record(&cx, vec![Envelope::note(&cx, note)]).await?;
        Ok(CsvFile {
            name: format!("newsletter-{}.csv", cx.now.format("%Y-%m-%d")),
            rows: i32::try_from(rows.len()).unwrap_or(i32::MAX),
            content: file_of(&rows, cx.can(inbox::VIEW_VISITOR_ADDRESSES)),
        })
    }
}

fn file_of(rows: &[inbox::NewsletterSubscription], with_addresses: bool) -> String {
    let instant =
        |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default();
    let mut file =
        Csv::new(&["email", "status", "source", "subscribed_at", "unsubscribed_at", "created_at", "ip_address"]);
    for row in rows {
        let status = match row.status {
            Status::Pending => "pending",
            Status::Subscribed => "subscribed",
            Status::Unsubscribed => "unsubscribed",
        };
        let address = row.ip_address.as_deref().filter(|_| with_addresses).unwrap_or_default();
        let at = [row.subscribed_at, row.unsubscribed_at, Some(row.created_at)].map(instant);
        let source = row.source.as_deref().unwrap_or_default();
        file.row([row.email.as_str(), status, source, &at[0], &at[1], &at[2], address]);
    }
    file.finish()
}

/// Somebody wants the newsletter.
#[derive(Clone, InputObject)]
pub struct SubscribeToNewsletterInput {
    /// Their address.
    pub email: EmailAddress,
    /// Where they ask for it, at most 200 characters.
    pub source: Option<String>,
    /// Leave it out. A form shows it to programs only, and what comes with it is discarded.
    pub website: Option<String>,
}

/// What came of asking. It says the same whether the address is known; what follows is in the mail.
#[derive(SimpleObject)]
pub struct SubscribeToNewsletterPayload {
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody confirms that they want the newsletter.
#[derive(Clone, InputObject)]
pub struct ConfirmNewsletterSubscriptionInput {
    /// The token of the link in the mail: what stands behind `#token=`.
    #[graphql(secret)]
    pub token: String,
}

/// What came of confirming.
#[derive(SimpleObject)]
pub struct ConfirmNewsletterSubscriptionPayload {
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody wants the newsletter no more.
#[derive(Clone, InputObject)]
pub struct UnsubscribeFromNewsletterInput {
    /// The token of the link in the mails.
    #[graphql(secret)]
    pub token: String,
}

/// What came of ending it.
#[derive(SimpleObject)]
pub struct UnsubscribeFromNewsletterPayload {
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// What subscribers of the newsletter do.
#[derive(Default)]
pub struct NewsletterMutation;

#[Object]
impl NewsletterMutation {
    /// Public: somebody wants the newsletter. A mail asks whether they mean it, and nobody is subscribed who does not confirm.
    /// Limited per address.
    async fn subscribe_to_newsletter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: SubscribeToNewsletterInput,
    ) -> Result<SubscribeToNewsletterPayload> {
        let scope = scope(ctx);
        let cmd = SubscribeToNewsletter {
            email: input.email.0,
            source: input.source,
            honeypot: input.website,
            limited: scope.app.rate_limits,
        };
        let (_, errors) = payload(subscribe_to_newsletter(&scope.app.db, &scope.mutation(ctx), &cmd).await)?;
        Ok(SubscribeToNewsletterPayload { errors })
    }

    /// Public: confirms a subscription by the token that was mailed.
    async fn confirm_newsletter_subscription(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: ConfirmNewsletterSubscriptionInput,
    ) -> Result<ConfirmNewsletterSubscriptionPayload> {
        let (app, cx, token) = (&scope(ctx).app, &scope(ctx).mutation(ctx), &input.token);
        if app.rate_limits {
            count_newsletter_try(&app.db, cx).await?;
        }
        let letters = &NewsletterLetters { keyring: app.db.keyring(), links: &app.links_of(cx).await? };
        let done = app.db.transact(cx, "newsletter.confirm", |tx| async move {
            confirm_newsletter_subscription(&tx, letters, app.db.keyring(), cx, token).await.map(drop)
        });
        let (_, errors) = payload(done.await)?;
        Ok(ConfirmNewsletterSubscriptionPayload { errors })
    }

    /// Public: ends a subscription by the token of its mails.
    async fn unsubscribe_from_newsletter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UnsubscribeFromNewsletterInput,
    ) -> Result<UnsubscribeFromNewsletterPayload> {
        let (app, cx, token) = (&scope(ctx).app, &scope(ctx).mutation(ctx), &input.token);
        if app.rate_limits {
            count_newsletter_try(&app.db, cx).await?;
        }
        let done = app.db.transact(cx, "newsletter.unsubscribe", |tx| async move {
            unsubscribe_from_newsletter(&tx, cx, token).await.map(drop)
        });
        let (_, errors) = payload(done.await)?;
        Ok(UnsubscribeFromNewsletterPayload { errors })
    }
}
