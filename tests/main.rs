//! Everything is tested here as its users see it: the real binary, over real HTTP, WebSocket and SMTP, on both databases.
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod running;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod support;
