package io.daybook.verification;

import java.time.Instant;
import java.util.Optional;

/**
 * The number of stored events of one type and version, as counted by an {@link EventVerifier}. If no stored event has
 * an old version, the upcaster of that version can be removed.
 *
 * @param eventType the stored name of the type
 * @param eventVersion the stored version
 * @param events the number of events
 * @param latest the latest timestamp of these events
 * @param readAs the type and version to which the events are upcast, such as {@code OrderShipped 2}; empty if they are
 *     not upcast or were not decoded
 */
public record EventCount(String eventType, int eventVersion, long events, Instant latest, Optional<String> readAs) {}
