package io.daybook.aggregate;

import io.daybook.eventstore.StreamId;

/**
 * What became of a decision on an aggregate.
 *
 * <pre>{@code
 * Change change = orders.update("42", Cause.unknown(), order -> order.ship("1Z999", Instant.now()));
 * boolean nothingToDo = change.events() == 0;
 * }</pre>
 *
 * @param stream the stream of the aggregate
 * @param version the version of the aggregate: after the change, or after the first one if this is a duplicate
 * @param events how many events the decision raised, 0 if nothing had to change
 * @param duplicate whether the same command had been handled before, so that this is the first result and nothing was stored now
 * @param retries how often it was decided again because another writer came first
 */
public record Change(StreamId stream, long version, int events, boolean duplicate, int retries) {}
