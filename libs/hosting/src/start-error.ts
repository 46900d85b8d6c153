/** Why the server does not start: something that whoever starts it can put right. */
export abstract class StartError extends Error {
  abstract readonly code: string;
}

export class EventStoreUrlWrong extends StartError {
  readonly code = 'event-store.url-wrong';
  constructor(cause: Error) {
    super(`DUESTREAM_EVENTSTOREDB_URL: ${cause.message}`, { cause });
  }
}

export class EventStoreAway extends StartError {
  readonly code = 'event-store.away';
  constructor(cause: Error) {
    super(`the event store of DUESTREAM_EVENTSTOREDB_URL cannot be used: ${cause.message}`, { cause });
  }
}

export class TimeZoneFixed extends StartError {
  readonly code = 'time-zone.fixed';
  constructor(
    readonly standing: string,
    readonly asked: string,
  ) {
    super(
      `the event store has events whose business dates are of ${standing}: ` +
        `start with DUESTREAM_TIME_ZONE=${standing} instead of ${asked}`,
    );
  }
}

export class BindNotLoopback extends StartError {
  readonly code = 'bind.not-loopback';
  constructor(readonly host: string) {
    super(
      `DUESTREAM_BIND=${host} would open the server to others, and there is no authentication yet: ` +
        'use a loopback address such as 127.0.0.1, and a proxy that authenticates in front of it; ' +
        'or, where nobody else can reach the network (containers), DUESTREAM_PRIVATE_NETWORK=on',
    );
  }
}

export class PortTaken extends StartError {
  readonly code = 'port.taken';
  constructor(host: string, port: number) {
    super(`port ${port} of ${host} is taken: stop what listens there, or set DUESTREAM_PORT (0: any free one)`);
  }
}
