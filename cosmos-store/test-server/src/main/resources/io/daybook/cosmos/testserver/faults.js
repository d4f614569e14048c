"use strict";
/* What goes wrong, as the tests ask for it, and what was asked of the server. */
const { Shuffler } = require("./items");

class Faults {
  constructor() {
    this.rules = [];
    this.counts = {};
    this.bytes = {};
    this.strategies = {};
  }

  /**
   * A rule: { database, container, kind, times, skip, probability, seed, status, substatus, retryAfterMs, delayMs,
   * lateMs to do the work late, even if the client has given up, drop: "before" | "after", work: true to answer the status after the work was done,
   * flat: true to answer a change feed in the wire format without metadata }.
   */
  add(rule) {
    this.rules.push({ ...rule, left: rule.times === undefined ? Infinity : rule.times, toSkip: rule.skip || 0,
      random: new Shuffler(rule.seed || 1) });
  }

  clear(database) {
    this.rules = this.rules.filter(rule => rule.database !== database);
    Object.keys(this.counts).filter(key => key.startsWith(`${database}/`)).forEach(key => {
      delete this.counts[key];
      delete this.bytes[key];
    });
    Object.keys(this.strategies).filter(key => key.startsWith(`${database}/`)).forEach(key => delete this.strategies[key]);
  }

  count(database, container, kind, bytes) {
    const key = `${database}/${container}/${kind}`;
    this.counts[key] = (this.counts[key] || 0) + 1;
    this.bytes[key] = (this.bytes[key] || 0) + bytes;
  }

  /** How fresh the client wants what it reads: what it says, if it says anything. */
  countStrategy(database, container, kind, strategy) {
    const key = `${database}/${container}/${kind}/${strategy || "Default"}`;
    this.strategies[key] = (this.strategies[key] || 0) + 1;
  }

  of(database, figures) {
    const mine = Object.entries(figures).filter(([key]) => key.startsWith(`${database}/`));
    return Object.fromEntries(mine.map(([key, value]) => [key.slice(database.length + 1), value]));
  }

  match(database, container, kind) {
    for (const rule of this.rules) {
      if (rule.left > 0
          && (rule.database === undefined || rule.database === database)
          && (rule.container === undefined || rule.container === container)
          && (rule.kind === undefined || rule.kind.split("|").includes(kind))) {
        if (rule.toSkip > 0) {
          rule.toSkip -= 1;
        } else if (rule.probability === undefined || rule.random.next() < rule.probability) {
          rule.left -= 1;
          return rule;
        }
      }
    }
    return null;
  }
}

module.exports = { Faults };
