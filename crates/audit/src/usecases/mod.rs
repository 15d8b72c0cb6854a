//! What is done to the trail: signing it, letting its oldest rows go, and forgetting somebody in it.

pub mod checkpoint;
pub mod forget;
