/** Menara's own use of the machine, from its own metrics. */

/** Resident memory in bytes. */
export const SELF_MEMORY = 'process_resident_memory_bytes{job="menara"}';

/** CPU use in cores. */
export const SELF_CPU = 'rate(process_cpu_seconds_total{job="menara"}[1m])';
