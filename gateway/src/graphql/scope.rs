//! What every resolver of a request can reach: the context, the loaders, the application.

use std::sync::{Arc, PoisonError, RwLock};

use async_graphql::Context;
use identity::Credential;
use kernel::{Cx, idempotency::IdempotencyKey, personal::Marks};
use tokio::sync::OnceCell;

use super::loaders::Loaders;
use crate::wiring::app::App;

/// The data of one request.
pub struct Scope {
    /// The application.
    pub app: Arc<App>,
    /// Loaders of this request only.
    pub loaders: Loaders,
    cx: Arc<RwLock<Cx>>,
    marks: OnceCell<Option<Marks>>,
    /// What the request showed, for subscriptions, which ask again at each event.
    pub credential: Option<Credential>,
    /// The client's idempotency key and the hash of the body it came with.
    pub idempotency: Option<(String, [u8; 32])>,
}

impl Scope {
    /// The scope of a request; `live` for a subscription, whose loaders must not remember.
    pub fn new(
        app: Arc<App>,
        cx: Cx,
        credential: Option<Credential>,
        idempotency: Option<(String, [u8; 32])>,
        live: bool,
    ) -> Self {
        let cx = Arc::new(RwLock::new(cx));
        let loaders = Loaders::new(app.clone(), cx.clone(), live);
        Self { app, loaders, cx, marks: OnceCell::new(), credential, idempotency }
    }

    /// The request's context.
    pub fn cx(&self) -> Cx {
        self.cx.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What finds sealed values; a filter that needs it is built after this.
    pub async fn find_marks(&self) -> kernel::Result<()> {
        let cx = self.cx();
        let find = async || self.app.db.personal().marks(&self.app.db.reader(&cx).await?, &cx).await;
        self.marks.get_or_try_init(find).await.map(drop)
    }

    /// What was found so; `None` where nothing was sealed yet.
    pub fn marks(&self) -> Option<&Marks> {
        self.marks.get().and_then(Option::as_ref)
    }

    /// Lets a subscription go on as the actor that its session stands for now.
    pub fn renew(&self, cx: Cx) {
        *self.cx.write().unwrap_or_else(PoisonError::into_inner) = cx;
    }

    /// The context of the mutation field being resolved: with its own answer under the client's idempotency key.
    pub fn mutation(&self, ctx: &Context<'_>) -> Cx {
        let key = self.idempotency.as_ref().map(|(key, body)| IdempotencyKey {
            sight: self.app.clone(),
            key: key.clone(),
            field: ctx.item.node.response_key().node.to_string(),
            body: *body,
        });
        self.cx().keyed(key)
    }
}

/// The scope of the request being resolved.
pub fn scope<'a>(ctx: &Context<'a>) -> &'a Scope {
    ctx.data_unchecked::<Scope>()
}
