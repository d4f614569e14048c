package io.daybook.sample.order.http;

import io.daybook.eventstore.EventStoreUnavailableException;
import io.daybook.readmodel.ConsistencyToken;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Honors {@code Prefer: wait=<seconds>} of RFC 7240. A read with a token needs the event store if the projector is behind. While the store cannot
 * be reached, such a read is repeated, since the projector of another instance may catch up.
 */
final class WaitPreference {

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    private static final Pattern WAIT =
            Pattern.compile("(?:^|,)\\s*wait\\s*=\\s*\"?([0-9]{1,9})\"?\\s*(?=[,;]|$)", Pattern.CASE_INSENSITIVE);

    private WaitPreference() {}

    /**
     * Repeats a read for as long as the client prefers to wait, at most ten seconds. A malformed preference is ignored,
     * as the RFC requires.
     */
    static <T> T read(Context ctx, ConsistencyToken token, Supplier<T> read) {
        Matcher wait = WAIT.matcher(String.join(",", Collections.list(ctx.req().getHeaders("Prefer"))));
        if (token.streams().isEmpty() || !wait.find()) {
            return read.get();
        }
        long seconds = Math.min(Long.parseLong(wait.group(1)), LONGEST.toSeconds());
        ctx.header("Preference-Applied", "wait=" + seconds);
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        while (true) {
            try {
                return read.get();
            } catch (EventStoreUnavailableException e) {
                if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
