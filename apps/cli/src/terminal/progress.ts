import { SingleBar } from 'cli-progress';
import { grouped } from './figures';
import { notice, type Terminal } from './terminal';

const LINE_EVERY_MS = 5_000;

/** How far a long command is: a bar on a terminal, now and then a line elsewhere. Always on stderr. */
export interface Progress {
  /** `done` of `total` (null while unknown); `items` is what the rate counts. */
  update(done: number, total: number | null, items: number): void;
  stop(): void;
}

export function startProgress(label: string, unit: string, terminal: Terminal): Progress {
  return terminal.err.isTTY === true ? bar(label, unit, terminal) : lines(label, unit, terminal);
}

function bar(label: string, unit: string, terminal: Terminal): Progress {
  const startedAt = Date.now();
  const single = new SingleBar({
    stream: terminal.err,
    format: `${label} {bar} {percentage}%  {items} ${unit}, {rate}/s  {duration_formatted}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: false,
    gracefulExit: false,
  });
  single.start(1, 0, { items: '0', rate: '–' });
  return {
    update(done, total, items) {
      single.setTotal(Math.max(total ?? done * 2, 1));
      single.update(done, { items: grouped(String(items)), rate: rateOf(items, startedAt) });
    },
    stop: () => single.stop(),
  };
}

function lines(label: string, unit: string, terminal: Terminal): Progress {
  const startedAt = Date.now();
  let lastAt = startedAt;
  return {
    update(done, total, items) {
      if (Date.now() - lastAt < LINE_EVERY_MS) return;
      lastAt = Date.now();
      const share = total === null || total === 0 ? '' : ` ${Math.floor((done / total) * 100)}%,`;
      notice(terminal, `${label}:${share} ${grouped(String(items))} ${unit}, ${rateOf(items, startedAt)}/s`);
    },
    stop: () => undefined,
  };
}

function rateOf(items: number, startedAt: number): string {
  const seconds = Math.max((Date.now() - startedAt) / 1000, 0.001);
  return grouped(String(Math.round(items / seconds)));
}
