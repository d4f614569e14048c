package io.daybook.cosmos.testserver;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A fault of a {@link CosmosTestServer}: the requests that it applies to, what happens to them, and how often. Immutable.
 *
 * <pre>{@code
 * CosmosFault busy = CosmosFault.on("orders", "events", "batch").status(429).retryAfter(Duration.ofMillis(20)).times(3);
 * CosmosFault lostReply = CosmosFault.on("orders", "events", "batch|create").dropAfter().times(1);
 * }</pre>
 */
public final class CosmosFault {

    private final Map<String, Object> rule;

    private CosmosFault(Map<String, Object> rule) {
        this.rule = rule;
    }

    private CosmosFault with(String name, Object value) {
        Map<String, Object> more = new HashMap<>(rule);
        more.put(name, value);
        return new CosmosFault(more);
    }

    /**
     * Selects the requests that a fault applies to.
     *
     * @param database the name of the database
     * @param container the name of the container
     * @param kind one of {@link CosmosTestServer#KINDS}, or several separated by {@code |}
     * @return the fault, which has no effect yet
     */
    public static CosmosFault on(String database, String container, String kind) {
        return new CosmosFault(Map.of("database", database, "container", container, "kind", kind));
    }

    /**
     * Returns the same fault for other requests.
     *
     * @param kind one of {@link CosmosTestServer#KINDS}, or several separated by {@code |}
     * @return the fault
     */
    public CosmosFault onKind(String kind) {
        return with("kind", kind);
    }

    /**
     * Returns the same fault for another container.
     *
     * @param container the name of the container
     * @return the fault
     */
    public CosmosFault in(String container) {
        return with("container", container);
    }

    /**
     * {@return the fault as a connection that is dropped before the request is processed}
     */
    public CosmosFault dropBefore() {
        return with("drop", "before");
    }

    /**
     * {@return the fault as a connection that is dropped after the request was processed}
     */
    public CosmosFault dropAfter() {
        return with("drop", "after");
    }

    /**
     * Answers with a status without processing the request.
     *
     * @param status such as 503
     * @return the fault
     */
    public CosmosFault status(int status) {
        return with("status", status);
    }

    /**
     * Processes the request, but answers with a status.
     *
     * @param status such as 408
     * @return the fault
     */
    public CosmosFault statusAfter(int status) {
        return with("status", status).with("work", true);
    }

    /**
     * Adds a substatus to the status.
     *
     * @param substatus such as 1014
     * @return the fault
     */
    public CosmosFault substatus(int substatus) {
        return with("substatus", substatus);
    }

    /**
     * Adds the time after which the client should retry.
     *
     * @param after the time, sent in milliseconds
     * @return the fault
     */
    public CosmosFault retryAfter(Duration after) {
        return with("retryAfterMs", after.toMillis());
    }

    /**
     * Delays the answer to a request that was processed.
     *
     * @param delay the delay
     * @return the fault
     */
    public CosmosFault delay(Duration delay) {
        return with("delayMs", delay.toMillis());
    }

    /**
     * Delays the request itself: it is processed even if the client has given up by then.
     *
     * @param delay the delay
     * @return the fault
     */
    public CosmosFault late(Duration delay) {
        return with("lateMs", delay.toMillis());
    }

    /**
     * {@return the fault as a change feed in the other wire format, in which the SDK finds no document}
     */
    public CosmosFault flat() {
        return with("flat", true);
    }

    /**
     * Limits how often the fault occurs. Without a limit, it occurs at each request.
     *
     * @param times the number of occurrences
     * @return the fault
     */
    public CosmosFault times(int times) {
        return with("times", times);
    }

    /**
     * Skips the first requests.
     *
     * @param skip the number of requests
     * @return the fault
     */
    public CosmosFault skip(int skip) {
        return with("skip", skip);
    }

    /**
     * Makes the fault occur at random.
     *
     * @param probability the probability at each request, from 0 to 1
     * @param seed the seed of the random numbers
     * @return the fault
     */
    public CosmosFault probability(double probability, int seed) {
        return with("probability", probability).with("seed", seed);
    }

    Map<String, Object> rule() {
        return rule;
    }
}
