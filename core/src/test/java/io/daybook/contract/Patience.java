package io.daybook.contract;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * How long tests wait for what happens in other threads: far longer than a busy machine needs, since only a test that fails waits
 * that long.
 *
 * <pre>{@code
 * Patience.await().until(() -> eventStore.currentVersion(StreamId.of("Order", "42")) == 1);
 * }</pre>
 */
public final class Patience {

    /** When a test gives up. */
    public static final Duration LIMIT = Duration.ofMinutes(2);

    private Patience() {}

    /**
     * Starts to wait for a condition.
     *
     * @return a condition factory of Awaitility that gives up after {@link #LIMIT}
     */
    public static ConditionFactory await() {
        return Awaitility.await().atMost(LIMIT);
    }
}
