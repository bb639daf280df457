//! Being told.
