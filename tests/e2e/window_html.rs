//! A message as HTML in the window, as a person reads it: pictures when asked for, links that ask first, quotes folded, and the text.
#![allow(clippy::expect_used)] // a test that cannot set up its desk has failed
