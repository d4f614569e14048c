"use strict";
/* Queries: the SQL engine of the npm package, and around it what the engine lacks. */
const { default: parse } = require("@zeit/cosmosdb-query");
const { Failure, ridBytes } = require("./items");

const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const FILTER = "{documentdb-formattableorderbyquery-filter}";
const ORDER_BY = /\s+ORDER\s+BY\s+(.+?)\s*$/i;

/** What TOP says, a number or a parameter; undefined without it. */
function topOf(query, parameters) {
  const top = /\bTOP\s+(@\w+|\d+)/i.exec(query);
  return top ? Number((parameters.find(({ name }) => name === top[1]) || { value: top[1] }).value) : undefined;
}

function plan({ query, parameters = [] }) {
  const info = {
    distinctType: "None",
    top: null,
    offset: null,
    limit: null,
    orderBy: [],
    orderByExpressions: [],
    groupByExpressions: [],
    groupByAliases: [],
    aggregates: [],
    groupByAliasToAggregateType: {},
    rewrittenQuery: "",
    hasSelectValue: false,
    dCountInfo: null,
    hasNonStreamingOrderBy: false,
  };
  const order = ORDER_BY.exec(query);
  const top = topOf(query, parameters);
  // Each partition then gives as many rows as there are in all, and the SDK keeps the first of them: PipelinedQueryExecutionContextBase.
  if (top !== undefined && order && /^SELECT\s+TOP\s+\S+\s+\*/i.test(query)) info.top = top;
  if (order && (top === undefined || info.top !== null)) {
    const terms = order[1].split(",").map(term => /^\s*(\S+)\s*(ASC|DESC)?\s*$/i.exec(term));
    info.orderByExpressions = terms.map(term => term[1]);
    info.orderBy = terms.map(term => (/desc/i.test(term[2] || "") ? "Descending" : "Ascending"));
    const items = info.orderByExpressions.map(expression => `{"item": ${expression}}`).join(", ");
    const where = /\sWHERE\s+(.+?)\s+ORDER\s+BY\s/is.exec(query);
    info.rewrittenQuery = `SELECT ${info.top === null ? "" : `TOP ${top} `}c._rid, [${items}] AS orderByItems, c AS payload FROM c WHERE `
      + `(${where ? where[1] : "true"}) AND (${FILTER}) ORDER BY ${order[1]}`;
  }
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: info,
    queryRanges: [{ min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false }],
  };
}

/** What a path such as c.x.changed finds in a document. */
function valueAt(path, document) {
  return path.split(".").slice(1).reduce((value, name) => (value === undefined ? undefined : value[name]), document);
}

/** The plain comparisons of a condition, if they are joined by AND, and whether it consists of nothing else. */
function comparisonsOf(sql, parameters) {
  const where = /\sWHERE\s+(.+?)(\s+ORDER\s+BY\s.*)?$/is.exec(sql);
  if (!where || /\s(OR|NOT)\s/i.test(where[1])) return { comparisons: [], complete: !where };
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  const plain = /\bc\.([\w.]+)\s*(>=|<=|=|>|<)\s*(@\w+|\d+\b)/g;
  const comparisons = [...where[1].matchAll(plain)].map(([, name, operator, value]) => ({
    name, operator, value: value.startsWith("@") ? values[value] : Number(value),
  }));
  return { comparisons, complete: /^(\s|AND)*$/i.test(where[1].replace(plain, " ")) };
}

/** The lists of which a condition asks for an element, if conditions are joined by AND; the engine fails on a document without the list. */
function listsOf(sql) {
  return /\s(OR|NOT)\s/i.test(sql) ? [] : [...sql.matchAll(/EXISTS\(SELECT VALUE \w+ FROM \w+ IN (c(?:\.\w+)+)/g)].map(match => match[1]);
}

function holds({ name, operator, value }, row) {
  const actual = valueAt(`c.${name}`, row);
  if (typeof actual !== typeof value) return false;
  switch (operator) {
    case "=": return actual === value;
    case ">": return actual > value;
    case ">=": return actual >= value;
    case "<": return actual < value;
    default: return actual <= value;
  }
}

/** A composite index serves its order and the opposite one. */
function opposite(index) {
  return index.map(({ path, order }) => ({ path, order: order === "descending" ? "ascending" : "descending" }));
}

/**
 * Whether what a query sorts begins with something that it asks to be equal, so that the service finds both by one index.
 * Otherwise it reads all that is equal and sorts it.
 */
function isSeek({ query: sql, parameters = [] }) {
  const order = ORDER_BY.exec(sql);
  const first = order && /c\.([\w.]+)/.exec(order[1])[1];
  return !order || comparisonsOf(sql, parameters).comparisons.some(({ name, operator }) => name === first && operator === "=");
}

/** The one property that a query is sorted by, if all before it are the same in all rows. */
function orderOf(sql, comparisons) {
  const order = /\sORDER\s+BY\s+(?:(.+),\s*)?c\.(\w+)(\s+ASC|\s+DESC)?\s*$/i.exec(sql);
  const fixed = (order && order[1] ? order[1].split(",") : []).map(term => /c\.(\w+)/.exec(term)[1]);
  return order && fixed.every(one => comparisons.some(({ name, operator }) => name === one && operator === "="))
    ? [order[0], order[2], order[3]] : null;
}

/**
 * The documents that a query can be about; the engine decides on the rest. What the service finds by an index is not
 * scanned here either: a page of a long stream takes no longer than one of a short stream. And the engine must not get
 * what can be left out, since its time grows with the square of the rows.
 */
function candidates(items, sql, parameters, partition, target, limit) {
  const { comparisons, complete } = comparisonsOf(sql, parameters);
  const lists = listsOf(sql);
  const lower = comparisons.find(({ name, operator, value }) => !name.includes(".") && operator[0] === ">" && typeof value === "number");
  const upper = lower && comparisons.find(({ name, operator, value }) => name === lower.name && operator[0] === "<"
    && typeof value === "number");
  const rows = (lower && partition !== undefined
    ? items.between(partition, lower.name, lower.value - 1, upper ? upper.value : Infinity)
    : items.candidates(partition, target)).filter(row => comparisons.every(comparison => holds(comparison, row)))
    .filter(row => lists.every(path => Array.isArray(valueAt(path, row))));
  const order = orderOf(sql, comparisons);
  if (!complete || limit === undefined || !order || rows.some(row => typeof row[order[1]] !== "number")) return rows;
  const sign = /desc/i.test(order[2] || "") ? -1 : 1;
  return rows.sort((a, b) => sign * (a[order[1]] - b[order[1]])).slice(0, limit);
}

/**
 * Rows that the order leaves equal come in the order of their resource ids, as numbers: the SDK goes on after a page by
 * leaving out those that are not behind the last one it gave.
 */
function withTiesInOrder(rows, paths, descending) {
  const place = row => ridBytes(row._rid).readUInt32LE(8);
  const sorted = [];
  for (let start = 0, end; start < rows.length; start = end) {
    end = start + 1;
    while (end < rows.length && paths.every(path => valueAt(path, rows[start]) === valueAt(path, rows[end]))) end += 1;
    sorted.push(...rows.slice(start, end).sort((a, b) => (descending ? place(b) - place(a) : place(a) - place(b))));
  }
  return sorted;
}

/**
 * A read of many documents by partition key and id, as the SDK asks for them: RxDocumentClientImpl.createReadManyQuerySpec. The
 * SDK sends each physical partition the keys that are its own, so a key of another one finds nothing.
 */
function readMany(items, sql, parameters, target) {
  const one = String.raw`\(c\.id = (@\w+) AND\s+c\["\w+"\] = (@\w+) \)`;
  if (!new RegExp(`^SELECT \\* FROM c WHERE \\( ${one}( OR ${one})* \\)$`).test(sql)) return null;
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  return [...sql.matchAll(new RegExp(one, "g"))]
    .filter(([, , partition]) => items.physical.isIn(target, values[partition]))
    .map(([, id, partition]) => items.find(values[partition], values[id]))
    .filter(document => document !== undefined);
}

class Queries {
  constructor(shuffler) {
    this.shuffler = shuffler;
    this.parsed = new Map();
    this.cursors = new Map();
    this.lastCursor = 0;
  }

  parse(sql) {
    let query = this.parsed.get(sql);
    if (!query) {
      try {
        query = parse(sql);
      } catch (error) {
        throw new Failure(400, `Syntax error: ${error.message}`);
      }
      this.parsed.set(sql, query);
    }
    return query;
  }

  run(items, { query: asked, parameters = [] }, partition, target, indexingPolicy) {
    const many = readMany(items, asked, parameters, target);
    if (many) return this.shuffler.shuffled(many);
    const limit = topOf(asked, parameters);
    let sql = asked.replace(/\bTOP\s+(@\w+|\d+)\s+/i, "").replaceAll(FILTER, "true");
    const rewritten = /^SELECT c\._rid, (\[.*\]) AS orderByItems, c AS payload FROM c/is.exec(sql);
    if (rewritten) sql = sql.replace(rewritten[0], "SELECT * FROM c");
    let result;
    try {
      ({ result } = this.parse(sql).exec(candidates(items, sql, parameters, partition, target, limit), {
        parameters,
        compositeIndexes: (indexingPolicy.compositeIndexes || []).flatMap(index => [index, opposite(index)]),
      }));
    } catch (error) {
      if (!/composite index/.test(error.message)) throw error;
      throw new Failure(400, error.message);
    }
    if (!ORDER_BY.test(sql)) result = this.shuffler.shuffled(result);
    if (rewritten) {
      const paths = [...rewritten[1].matchAll(/c(\.\w+)+/g)].map(match => match[0]);
      const descending = /^[^,]*\sDESC\b/i.test(ORDER_BY.exec(sql)[1]);
      result = withTiesInOrder(result, paths, descending)
        .map(row => ({ _rid: row._rid, orderByItems: paths.map(path => ({ item: valueAt(path, row) })), payload: row }));
    }
    return limit === undefined ? result : result.slice(0, limit);
  }

  /** One page, and how to ask for the next: the rows are those that there were when the first page was asked for. */
  page(rowsOf, maxItems, continuation, isIn, textOf) {
    let cursor;
    let from = 0;
    if (continuation) {
      const [id, at] = continuation.split(":").map(Number);
      cursor = this.cursors.get(id);
      if (!cursor) throw new Failure(400, "the continuation token is not known any more");
      from = at;
    } else {
      this.lastCursor += 1;
      cursor = { id: this.lastCursor, rows: rowsOf() };
    }
    const limit = maxItems > 0 ? maxItems : 1000;
    const texts = [];
    let bytes = 0;
    let next = from;
    while (next < cursor.rows.length && texts.length < limit) {
      if (isIn(cursor.rows[next])) {
        const text = textOf(cursor.rows[next]);
        if (texts.length > 0 && bytes + text.length > MAX_PAGE_BYTES) break;
        bytes += text.length;
        texts.push(text);
      }
      next += 1;
    }
    if (next === cursor.rows.length) return { texts, continuation: null }; // the token that led here still works
    this.cursors.delete(cursor.id); // and then at the end again: the one that goes is the one not used for longest
    this.cursors.set(cursor.id, cursor);
    if (this.cursors.size > 500) this.cursors.delete(this.cursors.keys().next().value);
    return { texts, continuation: `${cursor.id}:${next}` };
  }
}

module.exports = { Queries, isSeek, plan };
