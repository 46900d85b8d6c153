import { minBig, minorOf, moneyText } from '../../money/money';
import { latest, type LocalDate } from '../../time/local-date';
import { documentRef, type DocumentKey } from '../documents';
import { moveOf } from '../draft';
import type { EndedApplication, Move } from '../events';
import { categoryOf, type Application, type Cash } from './cash';

export interface Endings {
  readonly ended: readonly EndedApplication[];
  readonly moves: readonly Move[];
  /** The invoices whose items are open again. */
  readonly invoices: readonly DocumentKey[];
}

/** Ends applications, each on the day given or on its own if that is later: item and cash are free again from then. */
export function endApplications(
  cashKey: DocumentKey,
  cash: Cash,
  parts: readonly { readonly application: Application; readonly minor: bigint }[],
  on: LocalDate,
): Endings {
  const ended: EndedApplication[] = [];
  const moves: Move[] = [];
  for (const { application, minor } of parts) {
    const { company: invoiceCompany, number: invoiceId } = documentRef(application.invoice);
    const endedOn = latest(on, application.on);
    ended.push({
      applicationId: application.number,
      company: application.company,
      invoiceId,
      invoiceCompany,
      item: application.item,
      amount: moneyText(minor, cash.currency),
      appliedOn: application.on,
      endedOn,
    });
    moves.push(
      moveOf('receivables', minor, cash.currency, endedOn, application.invoice, application.item),
      moveOf(categoryOf(cash), minor, cash.currency, endedOn, cashKey),
    );
  }
  return { ended, moves, invoices: [...new Set(parts.map(({ application }) => application.invoice))] };
}

/**
 * Takes `wanted` out of the cash, each part of it on the first day from `on` from which it is free for good: money that
 * stood applied until later can't be gone before. `freed` are the moves of the endings that go with it.
 */
export function withdrawals(
  cashKey: DocumentKey,
  cash: Cash,
  freed: readonly Move[],
  wanted: bigint,
  on: LocalDate,
): readonly Move[] {
  const category = categoryOf(cash);
  const own = freed.filter((move) => move.category === category);
  const moves = [
    ...cash.moves,
    ...own.map((move) => ({ minor: minorOf(move.amount, cash.currency) ?? 0n, on: move.effectiveAt })),
  ];
  const days = [...new Set([on, ...moves.map((move) => move.on)])].filter((day) => day >= on).sort();
  const result: Move[] = [];
  let taken = 0n;
  days.forEach((day, index) => {
    const free = days.slice(index).reduce<bigint | null>((least, later) => {
      const rest = moves.reduce((sum, move) => (move.on <= later ? sum + move.minor : sum), 0n);
      return least === null || rest < least ? rest : least;
    }, null);
    const part = minBig(wanted, free ?? 0n) - taken;
    if (part <= 0n) return;
    taken += part;
    result.push(moveOf(category, -part, cash.currency, day, cashKey));
  });
  return result;
}

/** The applications that free `wanted`, the latest first, the last one in part. */
export function latestApplications(
  cash: Cash,
  wanted: bigint,
): { readonly application: Application; readonly minor: bigint }[] {
  const parts: { application: Application; minor: bigint }[] = [];
  let left = wanted;
  // Of one day the last recorded goes first; the list is in the order of recording.
  const latestFirst = cash.applications.toReversed().sort((a, b) => (a.on === b.on ? 0 : a.on < b.on ? 1 : -1));
  for (const application of latestFirst) {
    if (left <= 0n) break;
    const minor = minBig(left, application.minor);
    parts.push({ application, minor });
    left -= minor;
  }
  return parts;
}
