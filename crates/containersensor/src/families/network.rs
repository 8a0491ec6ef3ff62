//! Network interfaces.

use super::samples::Samples;
use super::{Row, Subject, counter};
use crate::stats::InterfaceStats;

pub(super) const FAMILIES: &[Row] = &[
    counter("container_network_receive_bytes_total", "Cumulative count of bytes received", |s, out| {
        each(s, out, |interface| interface.receive.bytes);
    }),
    counter("container_network_receive_packets_total", "Cumulative count of packets received", |s, out| {
        each(s, out, |interface| interface.receive.packets);
    }),
    counter(
        "container_network_receive_packets_dropped_total",
        "Cumulative count of packets dropped while receiving",
        |s, out| each(s, out, |interface| interface.receive.dropped),
    ),
    counter(
        "container_network_receive_errors_total",
        "Cumulative count of errors encountered while receiving",
        |s, out| each(s, out, |interface| interface.receive.errors),
    ),
    counter("container_network_transmit_bytes_total", "Cumulative count of bytes transmitted", |s, out| {
        each(s, out, |interface| interface.transmit.bytes);
    }),
    counter("container_network_transmit_packets_total", "Cumulative count of packets transmitted", |s, out| {
        each(s, out, |interface| interface.transmit.packets);
    }),
    counter(
        "container_network_transmit_packets_dropped_total",
        "Cumulative count of packets dropped while transmitting",
        |s, out| each(s, out, |interface| interface.transmit.dropped),
    ),
    counter(
        "container_network_transmit_errors_total",
        "Cumulative count of errors encountered while transmitting",
        |s, out| each(s, out, |interface| interface.transmit.errors),
    ),
];

fn each(subject: &Subject<'_>, out: &mut Samples<'_>, value: fn(&InterfaceStats) -> u64) {
    for interface in subject.stats().iter().flat_map(|stats| &stats.interfaces) {
        out.push(&[("interface", &interface.name)], value(interface) as f64);
    }
}
