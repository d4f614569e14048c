/**
 * Adapters that keep everything in memory, for tests and for a first run: {@link io.daybook.inmemory.InMemoryEventStore}
 * and what belongs to it. They keep the same promises as the adapters for databases and fail in the same ways, but forget
 * everything with the process.
 */
@NullMarked
package io.daybook.inmemory;

import org.jspecify.annotations.NullMarked;
