"use strict";
/*
 * The service rate of physical partitions. In the service, each of them has an equal share of the container's throughput, at most 10,000 RU/s:
 * "Partitioning and horizontal scaling in Azure Cosmos DB". A request beyond that share is answered with 429 and the time to wait, after
 * which the SDK sends it again: "Diagnose and troubleshoot Azure Cosmos DB request rate too large (429) exceptions". Here it waits in the
 * queue of its partition instead. For a client that retries, both are a late answer, and the partition serves as many requests.
 */
const { performance } = require("perf_hooks");

const until = time => new Promise(resolve => {
  const left = time - performance.now();
  if (left > 0) setTimeout(resolve, left);
  else resolve();
});

/** The service slots of one physical partition, one after the other, numbered since the rate was set. */
class Slots {
  constructor(since, interval) {
    this.since = since;
    this.interval = interval;
    this.free = 0; // when the next one begins
    this.used = 0;
    this.first = 0;
    this.last = 0;
  }

  count(start) {
    this.last = Math.round((start - this.since) / this.interval);
    if (this.used === 0) this.first = this.last;
    this.used += 1;
  }
}

class Rates {
  constructor() {
    this.rates = new Map(); // "database/container" -> { since, interval, latency, slots by the id of the partition }
  }

  /** Sets or replaces the rate of a container, and begins to count. */
  limit({ database, container, requestsPerSecond, latencyMillis }) {
    this.rates.set(`${database}/${container}`,
      { since: performance.now(), interval: 1000 / requestsPerSecond, latency: latencyMillis, slots: new Map() });
  }

  clear(database) {
    [...this.rates.keys()].filter(name => name.startsWith(`${database}/`)).forEach(name => this.rates.delete(name));
  }

  /**
   * Does the work of a request in a slot that is free in each of its partitions. A poll of the change feed that finds nothing takes a
   * slot without being counted: nothing waited for it.
   */
  async serve(database, container, partitionsOf, work) {
    const rate = this.rates.get(`${database}/${container}`);
    if (!rate) return work();
    const mine = partitionsOf().map(id => {
      if (!rate.slots.has(id)) rate.slots.set(id, new Slots(rate.since, rate.interval));
      return rate.slots.get(id);
    });
    const start = Math.max(performance.now(), ...mine.map(slots => slots.free));
    mine.forEach(slots => { slots.free = start + rate.interval; });
    await until(start);
    const answer = work();
    if (!answer.isIdle) mine.forEach(slots => slots.count(start));
    await until(start + rate.latency);
    return answer;
  }

  /** How many slots each partition used, and the numbers of the first and the last of them. */
  of(database) {
    const figures = {};
    for (const [name, { slots }] of this.rates) {
      if (name.startsWith(`${database}/`)) {
        for (const [id, { used, first, last }] of slots) {
          Object.entries({ used, first, last }).forEach(([what, figure]) => {
            figures[`${name.slice(database.length + 1)}/${id}/${what}`] = figure;
          });
        }
      }
    }
    return figures;
  }
}

module.exports = { Rates };
