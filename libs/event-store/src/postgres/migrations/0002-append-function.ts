/**
 * Why a function: one statement is one round trip and one commit, for any number of streams.
 *
 * A batch is let through when its stream's head row is where the batch expects it; that row stays locked until the
 * commit, so a second writer of the stream waits and then finds it moved. The others of the call are not affected.
 * Callers give the batches in the order of their stream ids and the plan keeps it (nested loops over `unnest`), so
 * that two writers lock in one order and cannot deadlock. All heads that exist come before all that are created: an
 * insert waits only for another insert.
 *
 * The incarnation is read after the table lock, because raising it locks writers out.
 *
 * `lost` are the batches (from 1) that were not let through; null when there are none.
 */
export const appendFunction = {
  name: '0002-append-function',
  sql: `
    CREATE FUNCTION store.append(
      p_stream_ids text[], p_expected int[], p_last int[], p_hashes text[],
      p_event_batches int[], p_event_stream_ids text[], p_revisions int[],
      p_ids uuid[], p_types text[], p_data text[], p_metadata text[],
      OUT incarnation int, OUT xid xid8, OUT lost int[]
    ) LANGUAGE plpgsql AS $$
    DECLARE
      passed boolean[] := array_fill(false, ARRAY[cardinality(p_stream_ids)]);
      passes int := 0;
      passing int;
    BEGIN
      FOR passing IN
        UPDATE store.streams AS head
        SET revision = batch.last, hash = nullif(batch.hash, '')
        FROM unnest(p_stream_ids, p_expected, p_last, p_hashes) WITH ORDINALITY
          AS batch(stream_id, expected, last, hash, number)
        WHERE batch.expected >= 0
          AND head.stream_id = batch.stream_id
          AND head.revision = batch.expected
        RETURNING batch.number
      LOOP
        passed[passing] := true;
        passes := passes + 1;
      END LOOP;

      IF -1 = ANY (p_expected) THEN
        FOR passing IN
          WITH created AS (
            INSERT INTO store.streams (stream_id, revision, hash)
            SELECT batch.stream_id, batch.last, nullif(batch.hash, '')
            FROM unnest(p_stream_ids, p_expected, p_last, p_hashes)
              AS batch(stream_id, expected, last, hash)
            WHERE batch.expected = -1
            ON CONFLICT DO NOTHING
            RETURNING stream_id
          )
          SELECT batch.number
          FROM created
          JOIN unnest(p_stream_ids) WITH ORDINALITY AS batch(stream_id, number)
            ON batch.stream_id = created.stream_id
        LOOP
          passed[passing] := true;
          passes := passes + 1;
        END LOOP;
      END IF;

      IF passes < cardinality(p_stream_ids) THEN
        SELECT array_agg(number) INTO lost
        FROM unnest(passed) WITH ORDINALITY AS batch(has_passed, number)
        WHERE NOT has_passed;
      END IF;

      IF passes > 0 THEN
        LOCK TABLE store.events IN ROW EXCLUSIVE MODE;
        SELECT max(known.incarnation) INTO append.incarnation FROM store.incarnations AS known;
        xid := pg_current_xact_id();
        INSERT INTO store.events (incarnation, xid, sequence, stream_id, revision, id, type, data, metadata)
        SELECT append.incarnation, append.xid, event.sequence, event.stream_id, event.revision,
          event.id, event.type, event.data, event.metadata
        FROM unnest(p_event_batches, p_event_stream_ids, p_revisions, p_ids, p_types, p_data, p_metadata)
          WITH ORDINALITY
          AS event(batch, stream_id, revision, id, type, data, metadata, sequence)
        WHERE lost IS NULL OR passed[event.batch];
      END IF;
    END $$;
  `,
};
