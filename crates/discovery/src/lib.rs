//! Finds what there is to watch: the containers of Docker and Podman.

pub mod docker;
