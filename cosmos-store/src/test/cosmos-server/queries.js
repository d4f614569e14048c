"use strict";
/* Queries: the SQL engine of the npm package, and around it what the engine lacks. */
const { default: parse } = require("@zeit/cosmosdb-query");
const { Failure } = require("./items");

const MAX_PAGE_BYTES = 4 * 1024 * 1024;
const FILTER = "{documentdb-formattableorderbyquery-filter}";
const ORDER_BY = /\s+ORDER\s+BY\s+(.+?)\s*$/i;

function plan({ query }) {
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
  if (order && !/\sTOP\s/i.test(query)) {
    const terms = order[1].split(",").map(term => /^\s*(\S+)\s*(ASC|DESC)?\s*$/i.exec(term));
    info.orderByExpressions = terms.map(term => term[1]);
    info.orderBy = terms.map(term => (/desc/i.test(term[2] || "") ? "Descending" : "Ascending"));
    const items = info.orderByExpressions.map(expression => `{"item": ${expression}}`).join(", ");
    const where = /\sWHERE\s+(.+?)\s+ORDER\s+BY\s/is.exec(query);
    info.rewrittenQuery = `SELECT c._rid, [${items}] AS orderByItems, c AS payload FROM c WHERE `
      + `(${where ? where[1] : "true"}) AND (${FILTER}) ORDER BY ${order[1]}`;
  }
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: info,
    queryRanges: [{ min: "", max: "FF", isMinInclusive: true, isMaxInclusive: false }],
  };
}

/** An index: leaves out what one of the plain comparisons joined by AND excludes. The engine decides on the rest. */
function preselect(sql, parameters, rows) {
  const where = /\sWHERE\s+(.+?)(\s+ORDER\s+BY\s.*)?$/is.exec(sql);
  if (!where || /\s(OR|NOT)\s/i.test(where[1])) return rows;
  const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
  const tests = [...where[1].matchAll(/\bc\.(\w+)\s*(>=|<=|=|>|<)\s*(@\w+)/g)].map(([, name, operator, parameter]) => {
    const value = values[parameter];
    switch (operator) {
      case "=": return row => row[name] === value;
      case ">": return row => row[name] > value;
      case ">=": return row => row[name] >= value;
      case "<": return row => row[name] < value;
      default: return row => row[name] <= value;
    }
  });
  return rows.filter(row => tests.every(test => test(row)));
}

/**
 * Rows that the order leaves equal come in the order of their resource ids, as numbers: the SDK goes on after a page by
 * leaving out those that are not behind the last one it gave.
 */
function withTiesInOrder(rows, names, descending) {
  const place = row => Buffer.from(row._rid, "base64").readUInt32LE(8);
  const sorted = [];
  for (let start = 0, end; start < rows.length; start = end) {
    end = start + 1;
    while (end < rows.length && names.every(name => rows[start][name] === rows[end][name])) end += 1;
    sorted.push(...rows.slice(start, end).sort((a, b) => (descending ? place(b) - place(a) : place(a) - place(b))));
  }
  return sorted;
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

  run(items, { query: asked, parameters = [] }, partition, ranges, indexingPolicy) {
    const top = /\bTOP\s+(@\w+|\d+)/i.exec(asked);
    let sql = asked.replace(/\bTOP\s+(@\w+|\d+)/i, "").replaceAll(FILTER, "true");
    const rewritten = /^SELECT c\._rid, (\[.*\]) AS orderByItems, c AS payload FROM c/is.exec(sql);
    if (rewritten) sql = sql.replace(rewritten[0], "SELECT * FROM c");
    const candidates = preselect(sql, parameters, items.candidates(partition, ranges));
    let result;
    try {
      ({ result } = this.parse(sql).exec(candidates, {
        parameters,
        compositeIndexes: indexingPolicy.compositeIndexes || [],
      }));
    } catch (error) {
      if (!/composite index/.test(error.message)) throw error;
      throw new Failure(400, error.message);
    }
    if (!ORDER_BY.test(sql)) result = this.shuffler.shuffled(result);
    if (rewritten) {
      const names = [...rewritten[1].matchAll(/c\.(\w+)/g)].map(match => match[1]);
      const descending = /^[^,]*\sDESC\b/i.test(ORDER_BY.exec(sql)[1]);
      result = withTiesInOrder(result, names, descending)
        .map(row => ({ _rid: row._rid, orderByItems: names.map(name => ({ item: row[name] })), payload: row }));
    }
    if (top) {
      const limit = top[1].startsWith("@") ? parameters.find(({ name }) => name === top[1]).value : Number(top[1]);
      result = result.slice(0, limit);
    }
    return result;
  }

  /** One page, and how to ask for the next: the rows are those that there were when the first page was asked for. */
  page(rowsOf, maxItems, continuation, textOf) {
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
      const text = textOf(cursor.rows[next]);
      if (texts.length > 0 && bytes + text.length > MAX_PAGE_BYTES) break;
      bytes += text.length;
      texts.push(text);
      next += 1;
    }
    if (next === cursor.rows.length) return { texts, continuation: null }; // the token that led here still works
    this.cursors.delete(cursor.id); // and then at the end again: the one that goes is the one not used for longest
    this.cursors.set(cursor.id, cursor);
    if (this.cursors.size > 500) this.cursors.delete(this.cursors.keys().next().value);
    return { texts, continuation: `${cursor.id}:${next}` };
  }
}

module.exports = { Queries, plan };
