import { Fragment } from "react";
import type { Locale } from "../../core/format/locale";
import { formatNumber, MISSING } from "../../core/format/number";
import { bytes, joinQuantity, megabytes, percent } from "../../core/format/quantity";
import { duration, moment } from "../../core/format/time";
import type { Readings } from "../../core/home/state";
import type { Messages } from "../../core/messages";
import { hostHref } from "../../core/route";
import type { SelfUse } from "../../core/self";
import { Card } from "../../ui/Card";
import { useApp, useLocale, useMessages } from "../../ui/context";
import { useCell } from "../../ui/useCell";
import { useHome } from "../../ui/host/state";

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly extra?: string;
  /** Where it leads. */
  readonly href?: string;
}

/** Plain facts: which machine this is. */
export function About() {
  const messages = useMessages();
  const locale = useLocale();
  const self = useCell(useApp().self.state);
  const { host, readings } = useHome();
  const range = useCell(useApp().range);
  const href = host === null || host === undefined ? undefined : hostHref(host.instance, range);
  const facts = [...hostFacts(readings, href, messages, locale), selfFact(self, messages, locale)];
  return (
    <Card title={messages.about.title} className="about">
      <dl className="facts">
        {facts.map((fact) => (
          <Fragment key={fact.name}>
            <dt className="t2">{fact.name}</dt>
            <dd className="cut num" title={fact.value}>
              {fact.href === undefined ? (
                fact.value
              ) : (
                <a className="link" href={fact.href}>
                  {fact.value}
                </a>
              )}
              {fact.extra !== undefined && <span className="t3"> {fact.extra}</span>}
            </dd>
          </Fragment>
        ))}
      </dl>
    </Card>
  );
}

function hostFacts(readings: Readings | undefined, href: string | undefined, { about }: Messages, locale: Locale): Fact[] {
  const snapshot = readings?.snapshot;
  const uname = snapshot?.labels("node_uname_info");
  const memory = snapshot?.value("node_memory_MemTotal_bytes");
  const swap = snapshot?.value("node_memory_SwapTotal_bytes");
  const booted = snapshot?.value("node_boot_time_seconds");
  const inBytes = (value: number | undefined) => (value === undefined ? MISSING : joinQuantity(bytes(value, locale)));
  return [
    { name: about.name, value: uname?.["nodename"] ?? MISSING, ...(uname === undefined || href === undefined ? {} : { href }) },
    { name: about.kernel, value: uname === undefined ? MISSING : `${uname["sysname"] ?? ""} ${uname["release"] ?? ""}`.trim() },
    { name: about.machine, value: uname?.["machine"] ?? MISSING },
    { name: about.threads, value: readings?.threads === undefined ? MISSING : formatNumber(readings.threads, 0, locale) },
    { name: about.memory, value: inBytes(memory) },
    { name: about.swap, value: swap === 0 ? about.none : inBytes(swap) },
    uptimeFact(booted, readings?.at, about, locale),
  ];
}

function uptimeFact(booted: number | undefined, at: number | undefined, about: Messages["about"], locale: Locale): Fact {
  if (booted === undefined || at === undefined) return { name: about.uptime, value: MISSING };
  return { name: about.uptime, value: duration(at - booted, locale), extra: about.booted(moment(booted, at, locale)) };
}

function selfFact(self: SelfUse, { about }: Messages, locale: Locale): Fact {
  const memory = self.memoryBytes === undefined ? MISSING : joinQuantity(megabytes(self.memoryBytes, locale));
  const cpu = self.cpuCores === undefined ? MISSING : joinQuantity(percent(self.cpuCores * 100, locale));
  const version = self.version === "" ? {} : { extra: self.version };
  return { name: about.menara, value: about.self(memory, cpu), ...version };
}
