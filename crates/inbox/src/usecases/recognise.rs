//! Knowing visitors again.

use kernel::{
    Cx, Result,
    crypto::{token, token_hash},
    id::VisitorId,
};

use crate::{
    ports::{Merges, Visitors},
    store::visitor::Model as Visitor,
};

/// What a visitor says of themselves when they write, chat or book. Checked already.
#[derive(Debug, Default)]
pub struct Seen<'a> {
    /// The token that their browser keeps.
    pub token: Option<&'a str>,
    /// Their name.
    pub name: Option<&'a str>,
    /// Their address.
    pub email: Option<&'a str>,
    /// What brought them here.
    pub source: Option<String>,
}

/// Finds the visitor by token and address, then by address alone, or makes one. Returns them with the token that their
/// browser is to keep.
///
/// A token says which browser it is, and the address who sits there: where the address is another, it is another visitor,
/// and that both were seen in one browser is noted for whoever may know that they are one person. No record takes another
/// address. Who gives none is whom the token says.
///
/// An address is no proof: whoever is known by it alone changes nothing of the visitor but that they were seen, and gets
/// a token that identifies nothing stored, so that nobody can take over or replace another's token. A browser that is known
/// keeps its token.
pub async fn recognise<S: Visitors>(s: &S, cx: &Cx, seen: Seen<'_>) -> Result<(Visitor, String)> {
    let by_token = match seen.token.filter(|token| token.len() <= 128) {
        Some(token) => s.by_token(&token_hash(token)).await?.map(|visitor| (visitor, token)),
        None => None,
    };
    let fresh = token(cx.source(), "fdv");
    let (mut proven, mut browser, mut by_email) = (None, None, None);
    match by_token {
        Some((visitor, token)) if seen.email.is_none() || visitor.email.as_deref() == seen.email => {
            proven = Some((visitor, token));
        }
        other => {
            by_email = match seen.email {
                Some(email) => of_address(s, cx, email).await?,
                None => None,
            };
            // Of two who were merged, the address of the one and the token of the other are one person's.
            match (other, &by_email) {
                (Some((visitor, token)), Some(same)) if visitor.id == same.id => proven = Some((visitor, token)),
                (other, _) => browser = other,
            }
        }
    }
    if let Some((mut visitor, token)) = proven {
        visitor.see(cx, 1);
        visitor.use_program(cx);
        let before = visitor.name.clone();
        if let Some(name) = seen.name {
            visitor.name = Some(name.to_owned());
        }
        s.save(&visitor).await?;
        if visitor.name != before {
            s.index(&visitor).await?;
        }
        return Ok((visitor, token.to_owned()));
    }
    let visitor = match by_email {
        Some(mut visitor) => {
            visitor.see(cx, 1);
            s.save(&visitor).await?;
            visitor
        }
        None => {
            let visitor = Visitor {
                id: cx.new_id(),
                name: seen.name.map(str::to_owned),
                email: seen.email.map(str::to_owned),
                source: seen.source,
                token_hash: token_hash(&fresh),
                address: cx.origin.address.map(|address| address.to_string()),
                agent: cx.origin.agent.clone(),
                page_views: 1,
                first_visit_at: cx.now,
                last_visit_at: cx.now,
                merged_into: None,
            };
            s.add(&visitor).await?;
            visitor
        }
    };
    match browser {
        Some((other, token)) => {
            s.acquaint(visitor.id, other.id, cx.now).await?;
            Ok((visitor, token.to_owned()))
        }
        None => Ok((visitor, fresh)),
    }
}

/// The visitor of an address. Where there is none, nobody else makes one until the transaction ends: of several who come at
/// once with a new address one makes it, and the others find it.
async fn of_address<S: Visitors>(s: &S, cx: &Cx, email: &str) -> Result<Option<Visitor>> {
    if let Some(found) = s.by_email(email).await? {
        return Ok(Some(found));
    }
    s.reserve(cx, email).await?;
    s.by_email(email).await
}

/// The visitor whose chat or booking it is does something with it, and is seen at the program that asks.
pub async fn see_own<S: Visitors + Merges>(s: &S, cx: &Cx, id: VisitorId) -> Result<()> {
    if let Some(mut visitor) = s.anybody(id).await? {
        visitor.see(cx, 0);
        visitor.use_program(cx);
        s.save(&visitor).await?;
    }
    Ok(())
}

/// Somebody looks at so many pages who shows this token: who that is, seen now; `None` where nobody holds it. For what is no
/// contact by itself, and makes nobody a visitor.
pub async fn see<S: Visitors>(s: &S, cx: &Cx, token: &str, pages: i32) -> Result<Option<VisitorId>> {
    if token.len() > 128 {
        return Ok(None);
    }
    let Some(mut visitor) = s.by_token(&token_hash(token)).await? else { return Ok(None) };
    visitor.see(cx, pages);
    visitor.use_program(cx);
    s.save(&visitor).await?;
    Ok(Some(visitor.id))
}
