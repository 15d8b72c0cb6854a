//! Everything is tested here as its users see it.
#[cfg(test)]
mod stories;
#[cfg(test)]
mod support;
