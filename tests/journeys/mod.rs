//! The hosted pages, walked through as people walk through them: over HTTP, on each database.

mod certinomis;
