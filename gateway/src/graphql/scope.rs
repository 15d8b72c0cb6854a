//! What every resolver of a request can reach: the context, the loaders, the application.

use std::sync::{Arc, PoisonError, RwLock};

use async_graphql::Context;
use identity::Credential;
use kernel::{Cx, idempotency::IdempotencyKey};

use super::loaders::Loaders;
use crate::wiring::app::App;

/// The data of one request.
pub struct Scope {
    /// The application.
    pub app: Arc<App>,
    /// Loaders of this request only.
    pub loaders: Loaders,
    cx: Arc<RwLock<Cx>>,
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
        Self { app, loaders, cx, credential, idempotency }
    }

    /// The request's context.
    pub fn cx(&self) -> Cx {
        self.cx.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets a subscription go on as the actor that its session stands for now.
    pub fn renew(&self, cx: Cx) {
        *self.cx.write().unwrap_or_else(PoisonError::into_inner) = cx;
    }

    /// The context of the mutation field being resolved: with its own answer under the client's idempotency key.
    pub fn mutation(&self, ctx: &Context<'_>) -> Cx {
        let key = self.idempotency.as_ref().map(|(key, body)| IdempotencyKey {
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
