package io.daybook.cosmos.server;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Something that goes wrong at the wire: for which requests, how often, and what. Immutable.
 */
public final class Fault {

    private final Map<String, Object> rule;

    private Fault(Map<String, Object> rule) {
        this.rule = rule;
    }

    private Fault with(String name, Object value) {
        Map<String, Object> more = new HashMap<>(rule);
        more.put(name, value);
        return new Fault(more);
    }

    /**
     * Starts a fault of one kind of requests; several kinds are separated by {@code |}.
     *
     * @param database the database
     * @param container the container
     * @param kind one of {@link CosmosServer#KINDS}
     * @return the fault, which does nothing yet
     */
    public static Fault on(String database, String container, String kind) {
        return new Fault(Map.of("database", database, "container", container, "kind", kind));
    }

    /**
     * Returns the same fault of other requests.
     *
     * @param kind one of {@link CosmosServer#KINDS}
     * @return the fault
     */
    public Fault onKind(String kind) {
        return with("kind", kind);
    }

    /**
     * Returns the same fault of another container.
     *
     * @param container the container
     * @return the fault
     */
    public Fault in(String container) {
        return with("container", container);
    }

    /**
     * {@return the fault as a connection that is dropped before the work is done}
     */
    public Fault dropBefore() {
        return with("drop", "before");
    }

    /**
     * {@return the fault as a connection that is dropped after the work was done}
     */
    public Fault dropAfter() {
        return with("drop", "after");
    }

    /**
     * Answers a status without doing the work.
     *
     * @param status such as 503
     * @return the fault
     */
    public Fault status(int status) {
        return with("status", status);
    }

    /**
     * Answers a status though the work was done.
     *
     * @param status such as 408
     * @return the fault
     */
    public Fault statusAfter(int status) {
        return with("status", status).with("work", true);
    }

    /**
     * Adds a substatus to the status.
     *
     * @param substatus such as 1014
     * @return the fault
     */
    public Fault substatus(int substatus) {
        return with("substatus", substatus);
    }

    /**
     * Adds a retry-after to the status.
     *
     * @param after how long
     * @return the fault
     */
    public Fault retryAfter(Duration after) {
        return with("retryAfterMs", after.toMillis());
    }

    /**
     * Answers late.
     *
     * @param delay how late
     * @return the fault
     */
    public Fault delay(Duration delay) {
        return with("delayMs", delay.toMillis());
    }

    /**
     * Does the work late, even if the client has given up by then.
     *
     * @param delay how late
     * @return the fault
     */
    public Fault late(Duration delay) {
        return with("lateMs", delay.toMillis());
    }

    /**
     * {@return the fault as a change feed in the other wire format, in which the SDK finds no document}
     */
    public Fault flat() {
        return with("flat", true);
    }

    /**
     * Limits how often it happens; without it, always.
     *
     * @param times how often
     * @return the fault
     */
    public Fault times(int times) {
        return with("times", times);
    }

    /**
     * Lets the first requests pass.
     *
     * @param skip how many
     * @return the fault
     */
    public Fault skip(int skip) {
        return with("skip", skip);
    }

    /**
     * Lets it happen now and then.
     *
     * @param probability from 0 to 1
     * @param seed of the chance
     * @return the fault
     */
    public Fault probability(double probability, int seed) {
        return with("probability", probability).with("seed", seed);
    }

    Map<String, Object> rule() {
        return rule;
    }
}
