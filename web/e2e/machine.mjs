// A made-up host whose every number is a pure function of time, so that any two answers agree.

export const HOST = "bromo";
const DAY = 86400;

/** A repeatable value in 0 … 1 for an integer and a seed. */
function hash(n, seed) {
  let t = (Math.imul(n | 0, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b)) >>> 0;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

/** Smooth noise in 0 … 1 that changes over about `period` seconds. */
function noise(time, period, seed) {
  const at = time / period;
  const left = Math.floor(at);
  const f = at - left;
  const ease = f * f * (3 - 2 * f);
  return hash(left, seed) * (1 - ease) + hash(left + 1, seed) * ease;
}

/** A level with a slow wave, a quicker one and a little roughness. */
export function wander(time, seed, base, spread) {
  const slow = noise(time, 1500, seed) - 0.5;
  const quick = noise(time, 190, seed + 100) - 0.5;
  const rough = noise(time, 21, seed + 200) - 0.5;
  return Math.max(0, base + spread * (slow + 0.6 * quick + 0.35 * rough));
}

const GiB = 1024 ** 3;

/** The host at a time. `trouble` fills memory and a disk; `hasSensors` adds temperatures; `threads` and disks are fixed. */
export function machineAt(time, { trouble = false, hasSensors = true, threads = 8 } = {}) {
  const cpu = {
    user: wander(time, 1, trouble ? 71 : 24, 26),
    nice: 0.2,
    system: wander(time, 2, 8, 6),
    iowait: wander(time, 3, 2, 4),
    irq: 0.1,
    softirq: wander(time, 4, 0.5, 0.6),
    steal: 0,
  };
  const busy = Object.values(cpu).reduce((sum, share) => sum + share, 0);
  cpu.idle = Math.max(0, 100 - busy);
  const total = 31.2 * GiB;
  const available = total - wander(time, 5, (trouble ? 27.4 : 15.5) * GiB, 1.6 * GiB);
  const free = Math.min(available, wander(time, 6, 2.2 * GiB, 1.4 * GiB));
  const load1 = (busy / 100) * threads * 1.1;
  return {
    threads,
    cpu,
    memory: { total, available, free, swapTotal: 4 * GiB, swapFree: 4 * GiB - wander(time, 7, 0.4 * GiB, 0.2 * GiB) },
    load: [load1, wander(time - 120, 1, 2.6, 0.9), wander(time - 400, 1, 2.5, 0.4)],
    disks: {
      nvme0n1: { read: wander(time, 10, 14e6, 22e6), write: wander(time, 11, 9e6, 14e6), busy: wander(time, 12, 0.14, 0.2) },
      sda: { read: wander(time, 13, 3e6, 5e6), write: wander(time, 14, 2e6, 6e6), busy: wander(time, 15, 0.08, 0.1) },
    },
    network: {
      enp3s0: { in: wander(time, 20, 16e6, 14e6), out: wander(time, 21, 8e6, 7e6) },
      wlp2s0: { in: wander(time, 22, 1.2e6, 2e6), out: wander(time, 23, 0.4e6, 1e6) },
    },
    filesystems: [
      { mountpoint: "/", device: "/dev/nvme0n1p2", fstype: "ext4", size: 468 * GiB, avail: 252 * GiB - ((time % DAY) / DAY) * 2 * GiB },
      { mountpoint: "/boot/efi", device: "/dev/nvme0n1p1", fstype: "vfat", size: 0.5 * GiB, avail: 0.46 * GiB },
      { mountpoint: "/srv/media", device: "/dev/sda1", fstype: "xfs", size: 3726 * GiB, avail: (trouble ? 88 : 1240) * GiB },
    ],
    temperature: hasSensors ? wander(time, 30, 58, 16) : undefined,
    bootTime: Math.floor(time / DAY) * DAY - 12 * DAY + 3 * 3600,
  };
}
