"use strict";
/* The documents of one container: by partition and id, written in transactions, each of which takes one place in the log. */
const crypto = require("crypto");

const MAX_ITEM_BYTES = 2 * 1024 * 1024;

class Failure extends Error {
  constructor(status, message, substatus = 0) {
    super(message);
    this.status = status;
    this.substatus = substatus;
  }
}

/** Shuffles rows without a requested order: differently each time, and equally for the same seed. */
class Shuffler {
  constructor(seed) {
    this.state = seed >>> 0 || 1;
  }

  next() {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    this.state >>>= 0;
    return this.state / 0x100000000;
  }

  shuffled(rows) {
    const copy = rows.slice();
    for (let i = copy.length - 1; i > 0; i -= 1) {
      const j = Math.floor(this.next() * (i + 1));
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }
}

/** Where the first row with a greater number is, of rows in the order of that number. */
function firstGreater(rows, number, numberOf) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberOf(rows[middle]) <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/* Resource ids are base64 with "-" for "/", as the service writes them: they are part of paths. */
const ridBytes = rid => Buffer.from(rid.replaceAll("-", "/"), "base64");
const ridText = bytes => bytes.toString("base64").replaceAll("/", "-");

class Items {
  constructor({ rid, partitionKeyPath, defaultTtl, partitions, shuffler, clock }) {
    this.rid = rid;
    this.path = partitionKeyPath.slice(1).split("/");
    this.defaultTtl = defaultTtl;
    this.physical = partitions;
    this.shuffler = shuffler;
    this.clock = clock;
    this.partitions = new Map();
    this.ordered = new Map(); // partition -> property -> its documents by that number, once a query wanted them so
    this.log = []; // one entry for each transaction: { lsn, seconds, partition, documents }
    this.place = new Map(); // document key -> its entry in the log: an update moves the document to the end
    this.expiring = new Map(); // document key -> { partition, document } of what has a time to live
    this.nextExpiry = Infinity;
    this.lsn = 0;
    this.count = 0;
    this.json = new WeakMap();
  }

  text(document) {
    let text = this.json.get(document);
    if (text === undefined) {
      text = JSON.stringify(document);
      this.json.set(document, text);
    }
    return text;
  }

  partitionOf(document) {
    return this.path.reduce((value, name) => (value === undefined ? undefined : value[name]), document);
  }

  /** The container's default enables expiry: without one nothing expires, with -1 only documents with a ttl. */
  expires(document) {
    const ttl = document.ttl === undefined ? this.defaultTtl : document.ttl;
    return typeof this.defaultTtl === "number" && typeof ttl === "number" && ttl !== -1 ? document._ts + ttl : Infinity;
  }

  isLive(document) {
    return this.expires(document) > this.clock.seconds();
  }

  /** Deletes what has expired. As for any delete the number of the log moves, and no feed shows it. */
  sweep(now = this.clock.seconds()) {
    if (now < this.nextExpiry) return;
    this.nextExpiry = Infinity;
    for (const [name, { partition, document }] of this.expiring) {
      if (this.expires(document) > now) {
        this.nextExpiry = Math.min(this.nextExpiry, this.expires(document));
      } else {
        this.expiring.delete(name);
        this.partitions.get(JSON.stringify(partition)).delete(document.id);
        this.ordered.delete(JSON.stringify(partition));
        this.forget(partition, document.id, document, []);
        this.commit(partition, [], 1);
      }
    }
  }

  /** Keeps in mind when a document expires, once its transaction is done. */
  remember(partition, id, document) {
    const name = JSON.stringify([partition, id]);
    if (document === undefined || this.expires(document) === Infinity) {
      this.expiring.delete(name);
    } else {
      this.expiring.set(name, { partition, document });
      this.nextExpiry = Math.min(this.nextExpiry, this.expires(document));
    }
  }

  find(partition, id) {
    const documents = this.partitions.get(JSON.stringify(partition));
    const found = documents && documents.get(id);
    return found && this.isLive(found) ? found : undefined;
  }

  /** Runs operations as one: [{ type, id, body, ifMatch, ifNoneMatch }]. Yields a result for each, or undoes them all. */
  transaction(partition, operations) {
    const results = [];
    const undo = [];
    const written = new Map();
    for (const operation of operations) {
      try {
        results.push(this.apply(partition, operation, undo, written));
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure;
        undo.reverse().forEach(step => step());
        const failed = results.length;
        return {
          failed,
          results: operations.map((ignored, i) => (i === failed
            ? { status: failure.status, substatus: failure.substatus, message: failure.message }
            : { status: 424, substatus: 0 })),
        };
      }
    }
    this.commit(partition, [...written.values()].filter(document => document !== undefined), written.size);
    written.forEach((document, id) => this.remember(partition, id, document));
    return { failed: -1, results };
  }

  /** A transaction takes one number of the log, even one that only deletes and shows nothing in a feed. */
  commit(partition, documents, changes) {
    if (changes === 0) return;
    this.lsn += 1;
    const entry = { lsn: this.lsn, seconds: this.clock.seconds(), partition, documents: [] };
    for (const document of documents) {
      const key = JSON.stringify([partition, document.id]);
      const earlier = this.place.get(key);
      if (earlier) {
        earlier.documents = earlier.documents.filter(other => other.id !== document.id);
      }
      this.place.set(key, entry);
      entry.documents.push(document);
    }
    this.log.push(entry);
  }

  apply(partition, { type, id, body, ifMatch, ifNoneMatch }, undo, written) {
    const key = JSON.stringify(partition);
    const name = body ? body.id : id;
    const found = this.find(partition, name);
    if (type === "Read") {
      if (!found) throw new Failure(404, "Entity with the specified id does not exist in the system.");
      if (ifNoneMatch && (ifNoneMatch === "*" || ifNoneMatch === found._etag)) return { status: 304, document: found };
      return { status: 200, document: found };
    }
    if (ifMatch && (!found || (ifMatch !== "*" && ifMatch !== found._etag))) {
      throw found ? new Failure(412, "One of the specified pre-condition is not met.") : new Failure(404, "no such item");
    }
    if (type === "Delete") {
      if (!found) throw new Failure(404, "Entity with the specified id does not exist in the system.");
      this.partitions.get(key).delete(id);
      this.ordered.delete(key);
      undo.push(() => {
        this.partitions.get(key).set(id, found);
        this.ordered.delete(key);
      });
      written.set(id, undefined);
      this.forget(partition, id, found, undo);
      return { status: 204 };
    }
    this.requireStorable(partition, body);
    if (type === "Create" && found) {
      throw new Failure(409, "Entity with the specified id already exists in the system.");
    }
    if (type === "Replace" && !found) throw new Failure(404, "Entity with the specified id does not exist in the system.");
    if (type === "Replace" && id !== body.id) throw new Failure(400, "the id of an item cannot be altered");
    if (!this.partitions.has(key)) this.partitions.set(key, new Map());
    const documents = this.partitions.get(key);
    const before = documents.get(body.id);
    this.count += found ? 0 : 1;
    const rid = found ? found._rid : this.nextRid();
    const document = Object.freeze({
      ...body,
      _rid: rid,
      _self: `dbs/${this.rid}/docs/${rid}/`,
      _etag: `"${crypto.randomUUID()}"`,
      _attachments: "attachments/",
      _ts: this.clock.seconds(),
    });
    documents.set(body.id, document);
    if (before) this.ordered.delete(key);
    else this.addInOrder(key, document);
    undo.push(() => {
      if (before) documents.set(body.id, before);
      else documents.delete(body.id);
      this.ordered.delete(key);
    });
    written.set(body.id, document);
    return { status: type === "Create" || !found ? 201 : 200, document };
  }

  /** Keeps the order while numbers are added at the end. After another change the documents are sorted when they are needed. */
  addInOrder(key, document) {
    for (const [name, documents] of this.ordered.get(key) || []) {
      const last = documents[documents.length - 1];
      if (typeof document[name] === "number") {
        if (last === undefined || last[name] < document[name]) documents.push(document);
        else this.ordered.get(key).delete(name);
      }
    }
  }

  /** An index: the documents of one partition with low < number <= high, in the order of that number. */
  between(partition, name, low, high) {
    const key = JSON.stringify(partition);
    if (!this.ordered.has(key)) this.ordered.set(key, new Map());
    const indexes = this.ordered.get(key);
    if (!indexes.has(name)) {
      const documents = [...(this.partitions.get(key) || new Map()).values()];
      indexes.set(name, documents.filter(document => typeof document[name] === "number").sort((a, b) => a[name] - b[name]));
    }
    const documents = indexes.get(name);
    const from = firstGreater(documents, low, document => document[name]);
    const to = firstGreater(documents, high, document => document[name]);
    return documents.slice(from, to).filter(document => this.isLive(document));
  }

  /** A deleted document is on no change feed, unless the transaction that deletes it is undone. */
  forget(partition, id, found, undo) {
    const entry = this.place.get(JSON.stringify([partition, id]));
    if (!entry) return;
    const before = entry.documents;
    entry.documents = before.filter(other => other !== found);
    undo.push(() => { entry.documents = before; });
  }

  nextRid() {
    const number = Buffer.alloc(8);
    number.writeUInt32LE(this.count + 1, 0);
    return ridText(Buffer.concat([ridBytes(this.rid), number]));
  }

  requireStorable(partition, body) {
    if (!body || typeof body.id !== "string" || body.id === "" || /[/\\?#]/.test(body.id)) {
      throw new Failure(400, "The input name is invalid. Ensure to provide a unique non-empty string without / \\ ? #.");
    }
    if (Buffer.byteLength(body.id) > 1023) throw new Failure(400, "the id is too long");
    if (JSON.stringify(this.partitionOf(body)) !== JSON.stringify(partition)) {
      throw new Failure(400, "PartitionKey extracted from document doesn't match the one specified in the header", 1001);
    }
    if (Buffer.byteLength(JSON.stringify(body)) > MAX_ITEM_BYTES) throw new Failure(413, "Request size is too large");
  }

  /** The documents of one partition, or of a part of the keys; in no order that anyone could rely on. */
  candidates(partition, target) {
    const found = [];
    const collect = documents => {
      for (const document of documents.values()) if (this.isLive(document)) found.push(document);
    };
    if (partition !== undefined) {
      const documents = this.partitions.get(JSON.stringify(partition));
      if (documents) collect(documents);
    } else {
      for (const [key, documents] of this.partitions) {
        if (this.physical.isIn(target, JSON.parse(key))) collect(documents);
      }
    }
    return found;
  }

  /** What was written after a place in the log: whole transactions, in order, each shuffled within itself. */
  changes(partition, target, afterLsn, sinceSeconds, maxItems) {
    const key = JSON.stringify(partition);
    const asked = document => partition === undefined || JSON.stringify(this.partitionOf(document)) === key;
    const documents = [];
    let lsn = afterLsn;
    for (let i = firstGreater(this.log, afterLsn, entry => entry.lsn); i < this.log.length; i += 1) {
      const entry = this.log[i];
      if (documents.length >= maxItems) break;
      lsn = entry.lsn;
      if (this.physical.isIn(target, entry.partition) && entry.seconds >= sinceSeconds) {
        for (const document of this.shuffler.shuffled(entry.documents)) {
          if (this.isLive(document) && asked(document)) documents.push({ document, lsn: entry.lsn });
        }
      }
    }
    return { documents, lsn };
  }
}

module.exports = { Failure, Items, Shuffler, ridBytes, ridText };
