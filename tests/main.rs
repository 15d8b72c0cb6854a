//! Everything is tested here as its users see it.
#[cfg(test)]
mod faults;
#[cfg(test)]
mod running;
#[cfg(test)]
mod support;
