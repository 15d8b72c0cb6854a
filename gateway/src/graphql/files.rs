//! Files: what they are, links to them, and the two ways to send one.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{
    ComplexObject, Context, ID, InputObject, InputValueError, InputValueResult, Object, Scalar, ScalarType,
    SimpleObject, Value,
};
use axum::http::header::CACHE_CONTROL;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, TryStreamExt};
use kernel::{
    Error, ProblemCode,
    crypto::hex,
    files::{self, Content},
    id::{FileId, TypedId, UserId, prefix},
};

use super::{
    errors::{Result, UserError, payload},
    identity::{people::types::user, tenants::usage::bytes},
    node,
    scope::scope,
};
use crate::http::{AS_IT_IS, Uploads};

/// A file that comes with the request.
#[derive(Debug, Clone)]
pub struct Upload(Value);

/// A file that is sent along with the request, by the multipart request specification: `null` in the variables, the file in
/// a part of its own. One of the headers `GraphQL-Require-Preflight`, `Apollo-Require-Preflight` and
/// `X-Apollo-Operation-Name` comes with it. For large ones see `beginUpload`.
#[Scalar(specified_by_url = "https://github.com/jaydenseric/graphql-multipart-request-spec")]
impl ScalarType for Upload {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(_) => Ok(Self(value)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

impl Upload {
    /// What its sender calls it, and its bytes; `field` names it in the error where there is none.
    pub fn open(&self, ctx: &Context<'_>, field: &str) -> kernel::Result<(String, Content)> {
        let upload = ctx.data_opt::<Uploads>().and_then(|uploads| uploads.marked(&self.0));
        let upload = upload.ok_or_else(|| {
            Error::invalid(field, ProblemCode::InvalidFormat, "must be sent by the multipart request specification")
        })?;
        Ok((upload.name.clone(), upload.content().map_err(Error::unavailable).boxed()))
    }
}

/// A file. Who sees what it belongs to sees it; until it belongs to something, who sent it.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct File {
    /// Its id, `fil_…`.
    pub id: ID,
    /// What it is called.
    pub name: String,
    /// Bytes; a whole number.
    pub size: f64,
    /// What it is, by its content and not by its name, as a media type.
    pub content_type: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// Until when it waits to be used; it is removed then. Null once it belongs to something.
    pub expires_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    key: FileId,
}

impl From<&files::File> for File {
    fn from(file: &files::File) -> Self {
        Self {
            id: file.id.to_string().into(),
            name: file.name.clone(),
            size: bytes(file.bytes()),
            content_type: file.content_type.clone().unwrap_or_default(),
            sha256: hex(file.sha256.as_deref().unwrap_or_default()),
            created_at: file.created_at,
            expires_at: file.expires_at,
            key: file.id,
        }
    }
}

/// A link to a file.
#[derive(Debug, Clone, SimpleObject)]
pub struct FileLink {
    /// The address. Whoever has it may read the file until it ends, so it is not for passing on.
    pub url: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

#[ComplexObject]
impl File {
    /// A link to it, made now for the viewer: to be saved, or shown in an `<img>`.
    async fn link(&self, ctx: &Context<'_>) -> FileLink {
        let (app, cx) = (&scope(ctx).app, scope(ctx).cx());
        let (token, expires_at) = app.files.link(app.db.keyring(), &cx, self.key);
        ctx.insert_http_header(CACHE_CONTROL, AS_IT_IS);
        FileLink { url: app.links.file(&token), expires_at }
    }
}

/// A file, where the viewer may see it: what it belongs to, or that they sent it.
pub async fn file(ctx: &Context<'_>, id: FileId) -> Result<Option<File>> {
    let cx = scope(ctx).cx();
    let viewer = cx.user()?.id;
    let found: Option<Arc<files::File>> = scope(ctx).loaders.load_one(id).await?;
    let Some(file) = found.filter(|file| file.is_there(cx.now)) else { return Ok(None) };
    let seen = match file.owner() {
        None => file.uploaded_by == Some(viewer),
        Some(owner) if prefix(&owner) == Some(UserId::PREFIX) => user(ctx, file.owner_id.map(UserId)).await?.is_some(),
        Some(owner) => Box::pin(node::node(ctx, "id", &owner.into())).await?.is_some(),
    };
    Ok(seen.then(|| file.as_ref().into()))
}

/// Somebody sends a file along.
#[derive(Clone, InputObject)]
pub struct UploadFileInput {
    /// The file; how large it may be is a setting of the installation (10 MiB unless set).
    pub file: Upload,
}

/// What came of sending a file.
#[derive(SimpleObject)]
pub struct UploadFilePayload {
    /// The file. It waits to be used by its id, for a day unless set otherwise.
    pub file: Option<File>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Somebody is about to send a file by itself.
#[derive(Clone, InputObject)]
pub struct BeginUploadInput {
    /// What it is called.
    pub name: String,
    /// How many bytes it has, exactly; a whole number. How many it may have is a setting of the installation (1 GiB unless
    /// set).
    pub size: f64,
}

/// Where a file is to be sent.
#[derive(Debug, Clone, SimpleObject)]
pub struct DirectUpload {
    /// The id of the file, to be used once it is sent.
    pub file_id: ID,
    /// Where to send its bytes as they are, by `PUT`, once. It needs no sign-in.
    pub url: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// What came of beginning.
#[derive(SimpleObject)]
pub struct BeginUploadPayload {
    /// Where to send it.
    pub upload: Option<DirectUpload>,
    /// What the person can correct.
    pub errors: Vec<UserError>,
}

/// Sending files.
#[derive(Default)]
pub struct FileMutation;

#[Object]
impl FileMutation {
    /// Sends a file along with the request. It waits to be used by whoever sent it, and is removed when nobody does.
    async fn upload_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: UploadFileInput,
    ) -> Result<UploadFilePayload> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).mutation(ctx));
        let (name, content) = match input.file.open(ctx, "file") {
            Ok((name, content)) => (Cow::Owned(name), content),
            // The use case refuses it, after it has seen who asks.
            Err(error) => (Cow::Borrowed(""), futures_util::stream::once(async move { Err(error) }).boxed()),
        };
        let (id, errors) = payload(app.files.upload(&app.db, &cx, &name, content).await)?;
        let file = match id {
            Some(id) => file(ctx, id).await?,
            None => None,
        };
        Ok(UploadFilePayload { file, errors })
    }

    /// Begins to send a file by itself: for large ones.
    async fn begin_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is wanted.")] input: BeginUploadInput,
    ) -> Result<BeginUploadPayload> {
        let (app, cx) = (&scope(ctx).app, scope(ctx).mutation(ctx));
        let (begun, errors) = payload(app.files.begin(&app.db, &cx, &input.name, input.size).await)?;
        let upload = begun.map(|(id, until)| {
            let (token, expires_at) = app.files.upload_link(app.db.keyring(), &cx, id, until);
            DirectUpload { file_id: id.to_string().into(), url: app.links.upload(&token), expires_at }
        });
        Ok(BeginUploadPayload { upload, errors })
    }
}
