"use strict";
/* Physical partitions: where a partition key belongs, which of them a request means, and how one is split. */
const { Failure } = require("./items");

const MASK = (1n << 64n) - 1n;
const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;
const rotated = (n, bits) => ((n << bits) | (n >> (64n - bits))) & MASK;

function mixed(n) {
  let h = n ^ (n >> 33n);
  h = (h * 0xff51afd7ed558ccdn) & MASK;
  h ^= h >> 33n;
  h = (h * 0xc4ceb9fe1a85ec53n) & MASK;
  return h ^ (h >> 33n);
}

/* MurmurHash3 x64 128, the hash of partition keys of version 2: SDK class MurmurHash3_128. */
function hash128(bytes) {
  let h1 = 0n;
  let h2 = 0n;
  const first = k => (rotated((k * C1) & MASK, 31n) * C2) & MASK;
  const second = k => (rotated((k * C2) & MASK, 33n) * C1) & MASK;
  const whole = bytes.length - (bytes.length % 16);
  for (let i = 0; i < whole; i += 16) {
    h1 ^= first(bytes.readBigUInt64LE(i));
    h1 = ((rotated(h1, 27n) + h2) * 5n + 0x52dce729n) & MASK;
    h2 ^= second(bytes.readBigUInt64LE(i + 8));
    h2 = ((rotated(h2, 31n) + h1) * 5n + 0x38495ab5n) & MASK;
  }
  const tail = Buffer.alloc(16);
  bytes.copy(tail, 0, whole);
  h2 ^= second(tail.readBigUInt64LE(8));
  h1 ^= first(tail.readBigUInt64LE(0));
  h1 ^= BigInt(bytes.length);
  h2 ^= BigInt(bytes.length);
  h1 = (h1 + h2) & MASK;
  h2 = (h2 + h1) & MASK;
  h1 = mixed(h1);
  h2 = mixed(h2);
  h1 = (h1 + h2) & MASK;
  h2 = (h2 + h1) & MASK;
  const hash = Buffer.alloc(16);
  hash.writeBigUInt64LE(h1, 0);
  hash.writeBigUInt64LE(h2, 8);
  return hash;
}

/*
 * The effective partition key, by which documents are spread: SDK class PartitionKeyInternalHelper,
 * getEffectivePartitionKeyForHashPartitioningV2. Its two highest bits are 0, so it is below 40.
 */
function effectiveKey(partition) {
  const hash = hash128(Buffer.concat([Buffer.from([8]), Buffer.from(String(partition)), Buffer.from([0xff])])).reverse();
  hash[0] &= 0x3f;
  return hash.toString("hex").toUpperCase();
}

/* A bound of a range of effective keys, which are below 40: its first four bytes as a number, and back. */
const numberOf = text => (text === "FF" ? 0x40000000 : text === "" ? 0 : parseInt(text.slice(0, 8), 16));
const boundOf = number => (number === 0 ? "" : number === 0x40000000 ? "FF"
  : `${number.toString(16).padStart(8, "0").toUpperCase()}${"0".repeat(24)}`);

class Partitions {
  constructor(count) {
    this.next = 0;
    this.effective = new Map();
    this.ranges = this.parts({ min: "", max: "FF" }, count, []);
  }

  /** Divides a range of keys into equal parts, each of which is a new partition. */
  parts(range, count, parents) {
    const min = numberOf(range.min);
    const bound = i => boundOf(min + Math.floor(((numberOf(range.max) - min) * i) / count));
    return Array.from({ length: count }, (ignored, i) => {
      const id = String(this.next);
      this.next += 1;
      return { id, min: bound(i), max: bound(i + 1), parents };
    });
  }

  /** Splits the first partition: it is gone, and two new ones name it as their parent. */
  split() {
    const [gone, ...others] = this.ranges;
    this.ranges = [...this.parts(gone, 2, [...gone.parents, gone.id]), ...others];
  }

  /* The version of the list, by which the SDK decides whether to read it again. */
  etag() {
    return `"${this.next}"`;
  }

  effectiveOf(partition) {
    let key = this.effective.get(partition);
    if (key === undefined) {
      key = effectiveKey(partition);
      this.effective.set(partition, key);
    }
    return key;
  }

  /**
   * The part of the keys that a request means: a physical partition by its id, less if it also names effective keys, or all.
   * A partition that was split answers 410 with the substatus 1002 (PartitionKeyRangeGone), upon which the SDK asks for the
   * new ones: "HTTP status codes for Azure Cosmos DB", SDK class PartitionKeyRangeGoneRetryPolicy.
   */
  targetOf(headers) {
    const id = headers["x-ms-documentdb-partitionkeyrangeid"];
    const target = { min: "", max: "FF" };
    if (id !== undefined) {
      const range = this.ranges.find(each => each.id === String(id).split(",").pop());
      if (!range) throw new Failure(410, "the partition was split", 1002);
      Object.assign(target, { min: range.min, max: range.max });
    }
    const start = headers["x-ms-start-epk"];
    const end = headers["x-ms-end-epk"];
    if (start !== undefined && start > target.min) target.min = start;
    if (end !== undefined && end < target.max) target.max = end;
    return target;
  }

  /** The ids of the partitions that a request means: that of its key, or all that its range of keys overlaps; none if it was split. */
  idsOf(headers, partition) {
    const asked = headers["x-ms-documentdb-partitionkeyrangeid"];
    if (asked !== undefined && !this.ranges.some(each => each.id === String(asked).split(",").pop())) return [];
    const target = this.targetOf(headers);
    const key = partition === undefined ? undefined : this.effectiveOf(partition);
    return this.ranges
      .filter(({ min, max }) => (key === undefined ? min < target.max && max > target.min : key >= min && key < max))
      .map(({ id }) => id);
  }

  isIn(target, partition) {
    const key = this.effectiveOf(partition);
    return key >= target.min && key < target.max;
  }

  list(rid) {
    return this.ranges.map((range, i) => ({
      id: range.id,
      minInclusive: range.min,
      maxExclusive: range.max,
      ridPrefix: i,
      throughputFraction: 1 / this.ranges.length,
      status: "online",
      parents: range.parents,
      _rid: `${rid}${range.id}`,
      _self: "",
      _etag: this.etag(),
      _ts: 0,
    }));
  }
}

module.exports = { Partitions };
