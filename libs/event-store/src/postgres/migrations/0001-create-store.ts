/**
 * Why the tables are as they are:
 * - The order of all events is (incarnation, xid, sequence): the transaction that wrote them, and their place in it.
 *   No counter that writers would queue for, and readers stay below `pg_snapshot_xmin`, so that nobody skips an event
 *   of a transaction that commits late. An incarnation comes first, because a restored database may begin with other
 *   transaction ids.
 * - Payloads are text: `jsonb` costs a third of the append rate and does not keep the bytes that the hash is taken of.
 * - Three indexes: the order, the stream, and the event id, which keeps an event from being written twice.
 * - A stream's head has its own row. It decides who may write next, and says what the last event must be, so that
 *   dropping the last rows of a stream does not go unnoticed. Room in its pages keeps the updates inside them.
 * - Nothing changes or removes an event. The trigger stops accidents; `verify` finds what is done on purpose.
 */
export const createStore = {
  name: '0001-create-store',
  sql: `
    CREATE TABLE store.incarnations (
      incarnation int PRIMARY KEY,
      cluster text NOT NULL,
      since timestamptz NOT NULL DEFAULT now()
    );

    CREATE TABLE store.events (
      xid xid8 NOT NULL,
      incarnation int NOT NULL,
      sequence int NOT NULL,
      revision int NOT NULL CHECK (revision >= 0),
      id uuid NOT NULL,
      stream_id text COLLATE "C" NOT NULL,
      type text COLLATE "C" NOT NULL,
      data text COLLATE "C" NOT NULL,
      metadata text COLLATE "C" NOT NULL,
      CONSTRAINT events_in_order PRIMARY KEY (incarnation, xid, sequence),
      CONSTRAINT events_of_stream UNIQUE (stream_id, revision),
      CONSTRAINT events_by_id UNIQUE (id)
    );

    CREATE TABLE store.streams (
      stream_id text COLLATE "C" PRIMARY KEY,
      revision int NOT NULL,
      hash text COLLATE "C"
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

    CREATE TABLE store.snapshots (
      stream_id text COLLATE "C" PRIMARY KEY,
      revision int NOT NULL,
      schema text NOT NULL,
      state text NOT NULL
    );

    CREATE TABLE store.settings (
      name text PRIMARY KEY,
      value text NOT NULL
    );

    CREATE FUNCTION store.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'events are never changed or removed';
    END $$;

    CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON store.events
      FOR EACH STATEMENT EXECUTE FUNCTION store.refuse_change();
  `,
};
