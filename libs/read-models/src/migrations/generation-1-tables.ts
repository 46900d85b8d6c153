import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tables of one generation. They are named without a schema: the connection's search_path is the generation's.
 * All indexes are made here, before any row: making one later over millions of rows would be a write transaction of
 * seconds, and that hides newer events from every reader of the event store.
 */
export class Tables1750000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...ACCOUNTS, ...MONEY, ...DOCUMENTS, ...ORDERS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables =
      'accounts, profiles, limits, balances, moves, items, applications, application_endings, documents, disputes, ' +
      'orders, shipments, decisions, holds, waiting';
    await runner.query(`DROP TABLE ${tables}`);
  }
}

const PROFILE = `
  name        text NOT NULL,
  currency    text NOT NULL,
  country     text,
  segment     text,
  risk_class  text,
  parent_id   text,
  terms       text,
  attributes  text NOT NULL,
  blocked     boolean NOT NULL,
  blocked_on  date`;

const RECORDED = `recorded_at timestamptz(3) NOT NULL, seq bigint NOT NULL`;

const ACCOUNTS = [
  `CREATE TABLE accounts (
    account_id text COLLATE "C" PRIMARY KEY,
    revision   integer NOT NULL,
    opened_on  date NOT NULL,
    ${PROFILE}
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE profiles (
    account_id text COLLATE "C",
    revision   integer,
    ${PROFILE},
    ${RECORDED},
    superseded_at  timestamptz(3),
    superseded_seq bigint,
    PRIMARY KEY (account_id, revision)
  )`,
  `CREATE TABLE limits (
    account_id text COLLATE "C",
    revision   integer,
    amount     numeric,
    currency   text,
    valid_from date NOT NULL,
    valid_to   date,
    ${RECORDED},
    PRIMARY KEY (account_id, revision)
  )`,
  `CREATE TABLE balances (
    account_id text COLLATE "C",
    currency   text,
    category   text,
    amount     numeric NOT NULL,
    latest_on  date NOT NULL,
    PRIMARY KEY (account_id, currency, category)
  ) WITH (fillfactor = 70)`,
];

const MONEY = [
  `CREATE TABLE moves (
    account_id   text COLLATE "C",
    revision     integer,
    n            integer,
    category     text NOT NULL,
    kind         text NOT NULL,
    company      text NOT NULL,
    number       text NOT NULL,
    item         integer NOT NULL,
    amount       numeric NOT NULL,
    currency     text NOT NULL,
    effective_at date NOT NULL,
    ${RECORDED},
    PRIMARY KEY (account_id, revision, n)
  )`,
  // All rise with the table, more or less, so a few pages of summary find what was recorded after an instant and what
  // takes effect after a day. A tree over the days would cost every move more than its row.
  `CREATE INDEX moves_late ON moves USING brin (recorded_at, seq, effective_at) WITH (pages_per_range = 32)`,
  `CREATE TABLE items (
    account_id  text COLLATE "C",
    kind        text,
    company     text COLLATE "C",
    number      text COLLATE "C",
    item        integer,
    currency    text NOT NULL,
    original    numeric NOT NULL,
    issued_on   date NOT NULL,
    due_on      date NOT NULL,
    step_days   date[] NOT NULL,
    step_open   numeric[] NOT NULL,
    settled_on  date NOT NULL,
    recorded_at timestamptz(3) NOT NULL,
    PRIMARY KEY (account_id, kind, company, number, item)
  ) WITH (fillfactor = 85)`,
  // Items settled before a day are most of the table in the long run, and never needed for that day.
  `CREATE INDEX items_settled ON items (settled_on)`,
  `CREATE TABLE applications (
    account_id      text COLLATE "C",
    company         text,
    application_id  text,
    payment_id      text,
    credit_note_id  text,
    invoice_company text NOT NULL,
    invoice_id      text NOT NULL,
    item            integer NOT NULL,
    amount          numeric NOT NULL,
    currency        text NOT NULL,
    applied_on      date NOT NULL,
    rule            text NOT NULL,
    line            integer,
    ${RECORDED},
    PRIMARY KEY (account_id, company, application_id, item)
  )`,
  `CREATE INDEX applications_invoice ON applications (account_id, invoice_id)`,
  `CREATE INDEX applications_payment ON applications (account_id, payment_id) WHERE payment_id IS NOT NULL`,
  `CREATE TABLE application_endings (
    account_id     text COLLATE "C",
    revision       integer,
    n              integer,
    company        text NOT NULL,
    application_id text NOT NULL,
    item           integer NOT NULL,
    amount         numeric NOT NULL,
    ended_on       date NOT NULL,
    ${RECORDED},
    PRIMARY KEY (account_id, revision, n)
  )`,
  `CREATE INDEX application_endings_application ON application_endings (account_id, application_id)`,
];

const DOCUMENTS = [
  `CREATE TABLE documents (
    account_id   text COLLATE "C",
    kind         text,
    company      text,
    number       text,
    currency     text NOT NULL,
    amount       numeric NOT NULL,
    dated_on     date NOT NULL,
    order_id     text,
    shipment_id  text,
    invoice_id   text,
    final        boolean NOT NULL,
    refunded     numeric NOT NULL,
    reversed_on  date,
    reversed_at  timestamptz(3),
    reversed_seq bigint,
    ${RECORDED},
    PRIMARY KEY (account_id, kind, company, number)
  )`,
  `CREATE INDEX documents_reversed ON documents (reversed_on) WHERE reversed_on IS NOT NULL`,
  `CREATE TABLE disputes (
    account_id   text COLLATE "C",
    company      text,
    dispute_id   text,
    invoice_id   text NOT NULL,
    amount       numeric NOT NULL,
    currency     text NOT NULL,
    opened_on    date NOT NULL,
    outcome      text,
    resolved_on  date NOT NULL,
    resolved_at  timestamptz(3),
    resolved_seq bigint,
    ${RECORDED},
    PRIMARY KEY (account_id, company, dispute_id)
  )`,
  `CREATE INDEX disputes_invoice ON disputes (account_id, invoice_id)`,
];

const ORDERS = [
  `CREATE TABLE orders (
    account_id        text COLLATE "C",
    company           text,
    order_id          text,
    currency          text NOT NULL,
    amount            numeric NOT NULL,
    order_date        date NOT NULL,
    ship_by           date,
    terms             text,
    status            text NOT NULL,
    open              numeric NOT NULL,
    delivered         numeric NOT NULL,
    shipped           numeric NOT NULL,
    invoiced          numeric NOT NULL,
    cancelled_on      date,
    closed_on         date,
    flags             text NOT NULL,
    decision_revision integer,
    hold_revision     integer,
    PRIMARY KEY (account_id, company, order_id)
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE shipments (
    account_id   text COLLATE "C",
    company      text,
    shipment_id  text,
    order_id     text NOT NULL,
    amount       numeric NOT NULL,
    currency     text NOT NULL,
    shipped_on   date NOT NULL,
    cancelled_on date,
    PRIMARY KEY (account_id, company, shipment_id)
  )`,
  `CREATE TABLE decisions (
    account_id    text COLLATE "C",
    revision      integer,
    company       text NOT NULL,
    order_id      text NOT NULL,
    outcome       text NOT NULL,
    trigger       text NOT NULL,
    total         numeric NOT NULL,
    currency      text NOT NULL,
    decision      text,
    authorisation text,
    business_date date NOT NULL,
    actor_id      text NOT NULL,
    ${RECORDED},
    PRIMARY KEY (account_id, revision)
  )`,
  `CREATE INDEX decisions_order ON decisions (account_id, order_id)`,
  `CREATE TABLE holds (
    account_id  text COLLATE "C",
    company     text,
    order_id    text,
    revision    integer,
    ${RECORDED},
    ended_seq   bigint,
    PRIMARY KEY (account_id, company, order_id, revision)
  )`,
  `CREATE INDEX holds_open ON holds (seq) WHERE ended_seq IS NULL`,
  `CREATE TABLE waiting (
    account_id       text COLLATE "C",
    revision         integer,
    n                integer,
    message_type     text NOT NULL,
    message_source   text NOT NULL,
    message_id       text NOT NULL,
    document_kind    text,
    document_company text,
    document_number  text,
    line             integer,
    waiting_kind     text NOT NULL,
    waiting_company  text NOT NULL,
    waiting_number   text NOT NULL,
    ${RECORDED},
    ended_seq        bigint,
    PRIMARY KEY (account_id, revision, n)
  )`,
  `CREATE INDEX waiting_open ON waiting (seq) WHERE ended_seq IS NULL`,
  `CREATE INDEX waiting_document ON waiting (account_id, waiting_kind, waiting_number) WHERE ended_seq IS NULL`,
];
