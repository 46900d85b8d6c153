import { EventEmitter } from 'node:events';
import { interruption } from './interruption';

function inSurroundings() {
  const own = new EventEmitter();
  const exits: number[] = [];
  let now = 0;
  const watching = interruption({
    // Of a process only its signals are used.
    process: own as unknown as NodeJS.Process,
    nowMs: () => now,
    exit: (code) => exits.push(code),
  });
  const send = (signal: NodeJS.Signals, atMs: number): void => {
    now = atMs;
    own.emit(signal);
  };
  return { watching, own, exits, send };
}

describe('an interruption', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('comes with the first %s', async (signal) => {
    const { watching, exits, send } = inSurroundings();
    expect(watching.signal.aborted).toBe(false);
    send(signal, 5_000);
    await watching.happened;
    expect(watching.signal.aborted).toBe(true);
    expect(exits).toEqual([]);
  });

  it('is one although npm passes on the Ctrl-C that the terminal has sent already', () => {
    const { exits, send } = inSurroundings();
    send('SIGINT', 5_000);
    send('SIGINT', 5_001);
    send('SIGINT', 5_999);
    expect(exits).toEqual([]);
  });

  it('ends the process at once when somebody presses Ctrl-C again', () => {
    const { exits, send } = inSurroundings();
    send('SIGINT', 5_000);
    send('SIGINT', 6_000);
    expect(exits).toEqual([130]);
  });

  it('goes its way however often SIGTERM comes', () => {
    const { exits, send } = inSurroundings();
    send('SIGTERM', 0);
    send('SIGTERM', 60_000);
    expect(exits).toEqual([]);
  });

  it('leaves signals alone when it is over', () => {
    const { watching, own } = inSurroundings();
    watching.ignore();
    expect(own.eventNames()).toEqual([]);
  });
});
