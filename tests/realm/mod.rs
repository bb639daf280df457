//! Realm files as operators meet them: validated from disk, begun from a preset, completed by editors.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails panics")]

mod anchors;
mod commands;
mod schemas;
mod terms;
mod validate;
