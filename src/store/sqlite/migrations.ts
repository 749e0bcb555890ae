/**
 * The schema as a list of numbered migrations: `user_version` counts those a file has been through. A migration that
 * was released is never changed; `docs/reference/database.md` describes the outcome.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE exchange (
    vhost TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    auto_delete INTEGER NOT NULL,
    internal INTEGER NOT NULL,
    arguments BLOB NOT NULL,
    PRIMARY KEY (vhost, name)
  ) WITHOUT ROWID;

  CREATE TABLE queue (
    id INTEGER PRIMARY KEY,
    vhost TEXT NOT NULL,
    name TEXT NOT NULL,
    auto_delete INTEGER NOT NULL,
    arguments BLOB NOT NULL,
    head REAL NOT NULL DEFAULT 0,
    delivered REAL NOT NULL DEFAULT 0,
    UNIQUE (vhost, name)
  );

  CREATE TABLE binding (
    vhost TEXT NOT NULL,
    identity TEXT NOT NULL,
    source TEXT NOT NULL,
    destination_kind TEXT NOT NULL,
    destination TEXT NOT NULL,
    routing_key TEXT NOT NULL,
    arguments BLOB NOT NULL,
    PRIMARY KEY (vhost, identity)
  ) WITHOUT ROWID;

  CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    first REAL NOT NULL,
    last REAL NOT NULL,
    count INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    data BLOB NOT NULL
  );
  CREATE INDEX run_of_queue ON run (queue, last, first, count, bytes);

  CREATE TABLE settled (
    queue INTEGER NOT NULL,
    position REAL NOT NULL,
    PRIMARY KEY (queue, position)
  ) WITHOUT ROWID;
  `,
  `
  ALTER TABLE run ADD COLUMN written_at REAL NOT NULL DEFAULT 0;
  `,
  // Bindings in the order they were made, which decides where a consistent hash exchange sends a message.
  `
  ALTER TABLE binding RENAME TO binding_1;
  CREATE TABLE binding (
    id INTEGER PRIMARY KEY,
    vhost TEXT NOT NULL,
    identity TEXT NOT NULL,
    source TEXT NOT NULL,
    destination_kind TEXT NOT NULL,
    destination TEXT NOT NULL,
    routing_key TEXT NOT NULL,
    arguments BLOB NOT NULL,
    UNIQUE (vhost, identity)
  );
  INSERT INTO binding (vhost, identity, source, destination_kind, destination, routing_key, arguments)
    SELECT vhost, identity, source, destination_kind, destination, routing_key, arguments FROM binding_1;
  DROP TABLE binding_1;
  `,
  `
  CREATE TABLE policy (
    vhost TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    pattern TEXT NOT NULL,
    apply_to TEXT NOT NULL,
    priority REAL NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (vhost, kind, name)
  ) WITHOUT ROWID;

  CREATE TABLE limits (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    limits TEXT NOT NULL,
    PRIMARY KEY (scope, name)
  ) WITHOUT ROWID;
  `,
  // The keys by which exchanges and queues know duplicates.
  `
  CREATE TABLE seen (
    id INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    vhost TEXT NOT NULL,
    exchange TEXT NOT NULL,
    key TEXT NOT NULL,
    expires REAL NOT NULL,
    position REAL NOT NULL,
    UNIQUE (queue, vhost, exchange, key)
  );
  `,
  // Who there is and what they may do.
  `
  CREATE TABLE vhost (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    tags TEXT NOT NULL,
    default_queue_type TEXT,
    protected INTEGER NOT NULL
  );

  CREATE TABLE user (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    tags TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    hashing_algorithm TEXT NOT NULL
  );

  CREATE TABLE permission (
    vhost TEXT NOT NULL,
    user TEXT NOT NULL,
    configure TEXT NOT NULL,
    write TEXT NOT NULL,
    read TEXT NOT NULL,
    PRIMARY KEY (vhost, user)
  ) WITHOUT ROWID;

  CREATE TABLE topic_permission (
    vhost TEXT NOT NULL,
    user TEXT NOT NULL,
    exchange TEXT NOT NULL,
    write TEXT NOT NULL,
    read TEXT NOT NULL,
    PRIMARY KEY (vhost, user, exchange)
  ) WITHOUT ROWID;

  CREATE TABLE parameter (
    vhost TEXT NOT NULL,
    component TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (vhost, component, name)
  ) WITHOUT ROWID;

  CREATE TABLE global_parameter (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (name)
  ) WITHOUT ROWID;
  `,
  // Large records that went to several queues, each once.
  `
  CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    data BLOB NOT NULL
  );

  CREATE TABLE share (
    queue INTEGER NOT NULL,
    position REAL NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (queue, position)
  ) WITHOUT ROWID;
  CREATE INDEX share_of_record ON share (record);
  `,
  // How often messages came back to queues that count it.
  `
  CREATE TABLE delivery_count (
    queue INTEGER NOT NULL,
    position REAL NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (queue, position)
  ) WITHOUT ROWID;
  `,
]
