//! Keeps links alive and lets go of those that are dead.
