"use strict";
/*
 * A server for tests that speaks as much of the Cosmos DB protocol as Daybook uses through the Java SDK's gateway mode.
 * Accounts, databases and containers, resource ids and the SQL engine are those of the npm package; items, transactions,
 * the change feed and the faults are here. It listens on the loopback address, prints its port on the first line, and
 * ends when its standard input does. Which behaviours it shares with the service is stated in CosmosServiceIT.
 */
const http = require("http");
const crypto = require("crypto");
const { default: Account } = require("@vercel/cosmosdb-server/lib/account");
const { default: ResourceId } = require("@vercel/cosmosdb-server/lib/account/resource-id");
const { Failure, Items, Shuffler, ridBytes, ridText } = require("./items");
const { Queries, isSeek, plan } = require("./queries");
const { Faults } = require("./faults");
const { Partitions } = require("./partitions");
const { Rates } = require("./rates");

/* The package writes ids with "/", which the SDK cannot address. */
ResourceId.fromBase64String = ridBytes;
ResourceId.toBase64String = ridText;

const SEED = Number(process.env.DAYBOOK_TEST_SEED || 1);
const shuffler = new Shuffler(SEED);
const clock = { ahead: 0, seconds: () => Math.floor(Date.now() / 1000) + clock.ahead };
const queries = new Queries(shuffler);
const faults = new Faults();
const rates = new Rates();
const stores = new Map(); // "database/container" -> { items, offer, properties }
const databaseOffers = new Map();
const capped = new Set(); // databases that are as in an account whose total throughput is limited
let account;

const isTrue = value => String(value).toLowerCase() === "true";

/* A container is spread over as many physical partitions as its throughput needs at 10,000 RU/s each, as the service does. */
function rangesOf(offer) {
  return Math.max(1, Math.ceil((offer && (offer.offerThroughput || offer.maxThroughput) || 0) / 10000));
}

function offerOf(headers) {
  if (headers["x-ms-offer-throughput"]) return { offerThroughput: Number(headers["x-ms-offer-throughput"]) };
  const autopilot = headers["x-ms-cosmos-offer-autopilot-settings"] || headers["x-ms-cosmos-offer-autopilot-setting"];
  return autopilot ? JSON.parse(autopilot) : undefined;
}

/* Containers are addressed by name, or by resource id when their partitions are asked for. */
function storeOf(database, container) {
  const found = stores.get(`${database}/${container}`)
    || [...stores.values()].find(({ properties }) => properties._rid === container);
  if (!found) throw new Failure(404, "Owner resource does not exist", 1003);
  return found;
}

function createContainer(database, body, headers) {
  if (!account.database(database).read()) throw new Failure(404, "Owner resource does not exist", 1003);
  if (stores.has(`${database}/${body.id}`)) throw new Failure(409, "the container exists");
  const properties = account.database(database).collections.create(body);
  const offer = offerOf(headers);
  if (capped.has(database) && !offer && !databaseOffers.get(database).offer) {
    throw new Failure(403, "with a limit of the total throughput a container needs an explicit throughput");
  }
  const items = new Items({
    rid: properties._rid,
    partitionKeyPath: body.partitionKey.paths[0],
    defaultTtl: body.defaultTtl,
    partitions: new Partitions(rangesOf(offer)),
    shuffler,
    clock,
  });
  stores.set(`${database}/${body.id}`, { items, offer, properties });
  return properties;
}

function partitionOf(headers) {
  const header = headers["x-ms-documentdb-partitionkey"];
  return header === undefined ? undefined : JSON.parse(header)[0];
}

function kindOf(method, headers, path) {
  if (path.length < 5 || path[4] !== "docs") return "meta";
  if (isTrue(headers["x-ms-cosmos-is-query-plan-request"])) return "plan";
  if (isTrue(headers["x-ms-documentdb-isquery"]) || headers["content-type"] === "application/query+json") return "query";
  if (isTrue(headers["x-ms-cosmos-is-batch-request"])) return "batch";
  if (headers["a-im"]) return "feed";
  if (isTrue(headers["x-ms-documentdb-is-upsert"])) return "upsert";
  return { GET: path.length > 5 ? "read" : "list", POST: "create", PUT: "replace", DELETE: "delete" }[method] || "other";
}

function itemAnswer(store, result, headers) {
  const minimal = /return=minimal/i.test(headers.prefer || "");
  const text = result.document && result.status !== 304 && !(minimal && result.status !== 200 && result.status < 300)
    ? store.items.text(result.document) : undefined;
  return { status: result.status, text, headers: result.document ? { etag: result.document._etag } : {} };
}

function single(store, headers, operation) {
  const outcome = store.items.transaction(partitionOf(headers), [operation]);
  const result = outcome.results[0];
  if (outcome.failed === 0) throw new Failure(result.status, result.message, result.substatus);
  return itemAnswer(store, result, operation.type === "Replace" && /minimal/i.test(headers.prefer || "")
    ? { prefer: "" } : headers);
}

function batch(store, headers, operations, bytes) {
  if (!isTrue(headers["x-ms-cosmos-batch-atomic"])) throw new Failure(400, "only transactional batches are known here");
  if (operations.length === 0) throw new Failure(400, "a batch needs an operation");
  if (operations.length > 100) throw new Failure(400, "a batch holds at most 100 operations");
  if (bytes > 2 * 1024 * 1024) throw new Failure(413, "Request size is too large");
  const outcome = store.items.transaction(partitionOf(headers), operations.map(operation => ({
    type: operation.operationType,
    id: operation.id,
    body: operation.resourceBody,
    ifMatch: operation.ifMatch,
    ifNoneMatch: operation.ifNoneMatch,
  })));
  const texts = outcome.results.map(({ status, substatus, document }, i) => {
    const { operationType, minimalReturnPreference } = operations[i];
    const fields = [`"statusCode":${status}`, `"subStatusCode":${substatus || 0}`, `"requestCharge":${document ? 6 : 0}`];
    if (document) fields.push(`"eTag":${JSON.stringify(document._etag)}`);
    if (document && status !== 304 && (operationType === "Read" || !minimalReturnPreference)) {
      fields.push(`"resourceBody":${store.items.text(document)}`);
    }
    return `{${fields.join(",")}}`;
  });
  return { status: outcome.failed < 0 ? 200 : 207, text: `[${texts.join(",")}]`, headers: {}, charge: 6 * texts.length };
}

function query(store, headers, body, maxItems) {
  const partition = partitionOf(headers);
  const target = store.items.physical.targetOf(headers);
  // After a split each part continues with the token of the whole, and returns its part of the rows: SDK class OrderByDocumentProducer.
  const isIn = row => partition !== undefined || store.items.physical.isIn(target, store.items.partitionOf(row.payload || row));
  const page = queries.page(
    () => queries.run(store.items, body, partition, target, store.properties.indexingPolicy),
    maxItems,
    headers["x-ms-continuation"],
    isIn,
    row => (row.payload ? `{"_rid":${JSON.stringify(row._rid)},"orderByItems":${JSON.stringify(row.orderByItems)},"payload":${
      store.items.text(row.payload)}}` : typeof row === "object" && row !== null ? store.items.text(row) : JSON.stringify(row)));
  return {
    status: 200,
    text: `{"_rid":"${store.items.rid}","Documents":[${page.texts.join(",")}],"_count":${page.texts.length}}`,
    headers: { "x-ms-item-count": page.texts.length, ...(page.continuation ? { "x-ms-continuation": page.continuation } : {}) },
    charge: isSeek(body) ? 2.8 : 280,
  };
}

function feed(store, headers, maxItems) {
  const { items } = store;
  const from = headers["if-none-match"];
  if (from === "*") return { status: 304, isIdle: true, headers: { etag: `"${items.lsn}"` } };
  const since = headers["if-modified-since"] ? Date.parse(headers["if-modified-since"]) / 1000 : 0;
  const after = from === undefined ? 0 : Number(from.replaceAll('"', ""));
  const { documents, lsn } = items.changes(partitionOf(headers), items.physical.targetOf(headers), after, since,
    maxItems > 0 ? maxItems : 100);
  // A poll that finds nothing keeps its token, however many deletes have moved the number of the partition.
  if (documents.length === 0) return { status: 304, isIdle: true, headers: { etag: `"${after}"` } };
  const separate = headers["x-ms-cosmos-changefeed-wire-format-version"] !== undefined;
  const texts = documents.map(({ document, lsn: at }) => (separate
    ? `{"current":${items.text(document)},"metadata":{"lsn":${at},"crts":${document._ts}}}`
    : `${items.text(document).slice(0, -1)},"_lsn":${at}}`));
  return {
    status: 200,
    text: `{"_rid":"${items.rid}","Documents":[${texts.join(",")}],"_count":${texts.length}}`,
    headers: { etag: `"${lsn}"`, "x-ms-item-count": texts.length },
    charge: 2,
  };
}

function json(status, body, headers = {}) {
  return { status, text: JSON.stringify(body), headers: body && body._etag ? { etag: body._etag, ...headers } : headers };
}

function databases(method, path, body, headers) {
  if (path.length === 0) return json(200, account.read());
  if (path[0] === "offers") {
    // Asked for by the resource that it belongs to, and then by its own id, which here are one.
    const rid = path[1] || (body.parameters || []).map(({ value }) => value)[0]
      || /= ?['"]([^'"]+)['"]/.exec(body.query || "")?.[1];
    const offers = [...stores.values(), ...databaseOffers.values()].filter(({ offer, properties }) => offer && properties._rid === rid)
      .map(({ offer, properties }) => ({ id: properties._rid, _rid: properties._rid, _self: `offers/${properties._rid}/`, offerVersion: "V2", resource: properties._self,
        offerResourceId: properties._rid,
        content: offer.maxThroughput ? { offerAutopilotSettings: offer, offerThroughput: offer.maxThroughput / 10 } : offer }));
    return json(200, path[1] ? offers[0] : { _rid: "", Offers: offers, _count: offers.length });
  }
  if (method === "POST" && path.length === 1) {
    if (account.database(body.id).read()) throw new Failure(409, "the database exists");
    const created = account.databases.create(body);
    databaseOffers.set(body.id, { offer: offerOf(headers), properties: created });
    return json(201, created);
  }
  const database = account.database(path[1]).read();
  if (!database) throw new Failure(404, "Owner resource does not exist", path.length > 2 ? 1003 : 0);
  if (path.length === 2) {
    if (method === "DELETE") {
      [...stores.keys()].filter(key => key.startsWith(`${path[1]}/`)).forEach(key => stores.delete(key));
      account.databases.delete(path[1], path[1]);
      return { status: 204, headers: {} };
    }
    return json(200, database);
  }
  if (method === "POST" && path.length === 3) return json(201, createContainer(path[1], body, headers));
  const store = storeOf(path[1], path[3]);
  if (path[4] === "pkranges") {
    const etag = store.items.physical.etag();
    if (headers["if-none-match"] === etag) return { status: 304, headers: { etag } };
    const list = store.items.physical.list(store.items.rid);
    return json(200, { _rid: store.items.rid, PartitionKeyRanges: list, _count: list.length }, { etag });
  }
  if (method === "DELETE") {
    stores.delete(`${path[1]}/${path[3]}`);
    account.database(path[1]).collections.delete(path[3], path[3]);
    return { status: 204, headers: {} };
  }
  return json(200, store.properties);
}

/* The physical partitions that do the work of a request; none if the gateway does, which makes the plan of a query. */
function partitionsOf(kind, path, headers) {
  const store = stores.get(`${path[1]}/${path[3]}`);
  return store && kind !== "plan" ? store.items.physical.idsOf(headers, partitionOf(headers)) : [];
}

function documents(kind, path, headers, body, bytes) {
  const store = storeOf(path[1], path[3]);
  store.items.sweep();
  const id = path[5];
  const maxItems = Number(headers["x-ms-max-item-count"] || -1);
  const conditions = { ifMatch: headers["if-match"], ifNoneMatch: headers["if-none-match"] };
  switch (kind) {
    case "plan": return json(200, plan(body));
    case "query": return query(store, headers, body, maxItems);
    case "batch": return batch(store, headers, body, bytes);
    case "feed": return feed(store, headers, maxItems);
    case "create": return single(store, headers, { type: "Create", body });
    case "upsert": return single(store, headers, { type: "Upsert", body, ...conditions });
    case "replace": return single(store, headers, { type: "Replace", id, body, ...conditions });
    case "delete": return single(store, headers, { type: "Delete", id, ...conditions });
    case "read": return single(store, headers, { type: "Read", id, ...conditions });
    default: throw new Failure(400, `${kind} is not known here`);
  }
}

/* Requests of the tests: POST faults, clear, clock, expire, cap, split and rate, GET requests, strategies, bytes and slots. */
function control(method, path, body) {
  switch (`${method} ${path[1]}`) {
    case "POST faults": faults.add(body); break;
    case "POST clear":
      faults.clear(body.database);
      rates.clear(body.database);
      break;
    case "POST clock": clock.ahead += body.seconds; break;
    case "POST split": storeOf(body.database, body.container).items.physical.split(); break;
    case "POST rate": rates.limit(body); break;
    case "POST cap": capped.add(body.database); break;
    case "POST expire": storeOf(body.database, body.container).items.sweep(Number.MAX_VALUE); break;
    case "GET requests": return json(200, faults.of(path[2], faults.counts));
    case "GET strategies": return json(200, faults.of(path[2], faults.strategies));
    case "GET bytes": return json(200, faults.of(path[2], faults.bytes));
    case "GET slots": return json(200, rates.of(path[2]));
    default: return json(404, {});
  }
  return json(200, {});
}

function send(request, response, answer, path) {
  const named = path[0] === "dbs" && path[3] ? `${path[1]}/${path[3]}` : undefined;
  const store = named && stores.get(named);
  const headers = {
    "content-type": "application/json",
    "x-ms-activity-id": crypto.randomUUID(),
    "x-ms-request-charge": String(answer.charge === undefined ? 1 : answer.charge),
    "x-ms-gatewayversion": "version=2.0.0",
    ...(store ? {
      "x-ms-session-token": `0:-1#${store.items.lsn}`,
      // The path of the owner: of a document its container, of a container its database.
      "x-ms-alt-content-path": path.length === 4 ? `dbs/${path[1]}` : `dbs/${path[1]}/colls/${path[3]}`,
      "x-ms-content-path": path.length === 4 ? account.database(path[1]).read()._rid : store.items.rid,
      lsn: String(store.items.lsn),
    } : {}),
    ...answer.headers,
  };
  response.writeHead(answer.status, headers);
  response.end(answer.status === 304 || answer.status === 204 ? undefined : answer.text);
}

function failureAnswer(failure) {
  if (!(failure instanceof Failure)) {
    console.error(failure);
    return json(500, { code: "500", message: String(failure.message) });
  }
  return json(failure.status, { code: String(failure.status), message: failure.message },
    { "x-ms-substatus": String(failure.substatus) });
}

async function handle(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const path = new URL(request.url, "http://localhost").pathname.split("/").filter(part => part !== "").map(decodeURIComponent);
  const body = raw.length > 0 ? JSON.parse(raw.toString("utf8")) : undefined;
  if (path[0] === "_test") {
    let controlled;
    try {
      controlled = control(request.method, path, body);
    } catch (failure) {
      controlled = failureAnswer(failure);
    }
    send(request, response, controlled, path);
    return;
  }
  const kind = kindOf(request.method, request.headers, path);
  faults.count(path[1], path[3] || "", kind, raw.length);
  faults.countStrategy(path[1], path[3] || "", kind, request.headers["x-ms-cosmos-read-consistency-strategy"]);
  const fault = faults.match(path[1], path[3], kind);
  if (fault && fault.drop === "before") {
    request.socket.destroy();
    return;
  }
  if (fault && fault.lateMs !== undefined) await new Promise(resolve => { setTimeout(resolve, fault.lateMs); });
  let answer;
  if (fault && fault.flat) delete request.headers["x-ms-cosmos-changefeed-wire-format-version"];
  if (!fault || fault.drop || fault.work || fault.flat || fault.delayMs !== undefined || fault.lateMs !== undefined) {
    const work = () => {
      try {
        return kind === "meta" ? databases(request.method, path, body, request.headers)
          : documents(kind, path, request.headers, body, raw.length);
      } catch (failure) {
        return failureAnswer(failure);
      }
    };
    answer = kind === "meta" ? work()
      : await rates.serve(path[1], path[3], () => partitionsOf(kind, path, request.headers), work);
  }
  if (fault && fault.delayMs !== undefined) await new Promise(resolve => { setTimeout(resolve, fault.delayMs); });
  if (fault && fault.drop === "after") {
    request.socket.destroy();
    return;
  }
  if (fault && fault.status) {
    answer = json(fault.status, { code: String(fault.status), message: "as the test asked" }, {
      "x-ms-substatus": String(fault.substatus || 0),
      ...(fault.retryAfterMs === undefined ? {} : { "x-ms-retry-after-ms": String(fault.retryAfterMs) }),
    });
  }
  send(request, response, answer, path);
}

const server = http.createServer({ keepAlive: true, keepAliveTimeout: 60000 }, (request, response) => {
  handle(request, response).catch(error => {
    console.error(error);
    response.destroy();
  });
});
server.requestTimeout = 0;
const portArgument = process.argv.indexOf("--port");
server.listen(portArgument < 0 ? 0 : Number(process.argv[portArgument + 1]), "127.0.0.1", () => {
  const { port } = server.address();
  account = new Account("127.0.0.1", port);
  Object.assign(account.read(), JSON.parse(JSON.stringify(account.read()).replaceAll("https://", "http://")));
  console.log(port);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
