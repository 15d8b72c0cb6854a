//! Answers are compressed, but for those that could carry a secret.
//!
//! Who can make a browser send a text, and sees how long the answer is, learns what else is in the answer letter by letter
//! (BREACH). So an answer is compressed only where whoever makes it says so: what a query found, which holds no token or
//! secret (a test walks through everything below `Query`), and what is the same for everybody. Answers to mutations, which
//! hand out tokens, refusals, streams and sockets never are; nor is what a query found once a resolver put a signed link into
//! it and says `no-transform`.

use http::{Extensions, HeaderMap, StatusCode, Version, header::CACHE_CONTROL};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{And, Predicate, SizeAbove},
    },
};

/// In the extensions of an answer: it may be compressed.
#[derive(Clone, Copy, Debug)]
pub struct Compressible;

/// `Cache-Control` of an answer that holds a secret: neither we nor whoever is in between compresses it.
pub const AS_IT_IS: &str = "no-store, no-transform";

/// Below this many bytes nothing is gained.
const WORTH_IT: u16 = 1024;

type Marked = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Compresses what is marked as the client asks for it.
pub(super) fn layer() -> CompressionLayer<And<SizeAbove, Marked>> {
    let marked: Marked = |_, _, headers, extensions| {
        extensions.get::<Compressible>().is_some() && headers.get(CACHE_CONTROL).is_none_or(|value| value != AS_IT_IS)
    };
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(SizeAbove::new(WORTH_IT).and(marked))
}
