//! Everything is tested here as its users see it.
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod support;
