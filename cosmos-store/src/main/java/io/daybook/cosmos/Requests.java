package io.daybook.cosmos;

import com.azure.cosmos.CosmosDiagnostics;
import com.azure.cosmos.CosmosDiagnosticsContext;
import com.azure.cosmos.CosmosException;
import io.daybook.eventstore.Deadline;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** Sends requests and waits for them, and tells an observer, if there is one, what they took. */
final class Requests {

    private static final Logger log = LoggerFactory.getLogger(CosmosEventStore.class);
    private static final int READ_ATTEMPTS = 3;

    private final Duration bound;
    private final @Nullable Consumer<CosmosOperation> observer;

    Requests(Duration bound, @Nullable Consumer<CosmosOperation> observer) {
        this.bound = bound;
        this.observer = observer;
    }

    /** The longest that an operation without a deadline may take. */
    Duration bound() {
        return bound;
    }

    Operation start(String name) {
        return start(name, Deadline.none());
    }

    /**
     * Starts an operation whose bound is the deadline, where there is one.
     *
     * @throws IllegalStateException if the calling thread must not block
     */
    Operation start(String name, Deadline deadline) {
        CallingThread.requireMayBlock("the operation " + name + " of Cosmos DB");
        return new Operation(name, deadline);
    }

    /** One operation under way. Used by one thread. */
    final class Operation implements AutoCloseable {

        private final String name;
        private final Deadline deadline;
        private final long startNanos = System.nanoTime();
        private int requests;
        private int retries;
        private double charge;
        private long requestBytes;
        private long responseBytes;
        private long streamBytes;
        private boolean failed = true;

        private Operation(String name, Deadline deadline) {
            this.name = name;
            this.deadline = deadline;
        }

        /** What is left of the bound; zero or less if nothing is. */
        Duration left() {
            return deadline.remaining().orElseGet(() -> bound.minusNanos(System.nanoTime() - startNanos));
        }

        /** Waits for an answer. Throws what the SDK threw, or a wrapped {@code TimeoutException} after the limit. */
        <T> @Nullable T await(Mono<T> request, Duration limit, Function<T, @Nullable CosmosDiagnostics> diagnostics) {
            try {
                T answer = request.timeout(limit).block();
                if (answer != null) {
                    count(diagnostics.apply(answer));
                }
                return answer;
            } catch (RuntimeException e) {
                if (Exceptions.unwrap(e) instanceof CosmosException cosmos) {
                    count(cosmos.getDiagnostics());
                }
                throw e;
            }
        }

        /** Waits for a read, which may be repeated without harm. */
        <T> @Nullable T awaitRead(String what, Mono<T> request, Function<T, @Nullable CosmosDiagnostics> diagnostics) {
            for (int attempt = 1; ; attempt++) {
                try {
                    return await(request, left(), diagnostics);
                } catch (RuntimeException e) {
                    boolean again = !CosmosFailures.meaning(e).isFinal()
                            && attempt < READ_ATTEMPTS
                            && !Thread.currentThread().isInterrupted();
                    if (!again || !pause(attempt, CosmosFailures.retryAfter(e))) {
                        throw e;
                    }
                    log.debug("read sent again what=\"{}\" attempt={}", what, attempt + 1);
                }
            }
        }

        /**
         * Waits before a request is sent again.
         *
         * @return whether there is time left to send it
         */
        boolean pause(int attempt, @Nullable Duration asked) {
            return pause(attempt, asked, left());
        }

        boolean pause(int attempt, @Nullable Duration asked, Duration left) {
            long millis = asked == null ? Math.min(1_000, 20L << Math.min(attempt, 6)) : asked.toMillis() + 1;
            if (left.toMillis() <= millis) {
                return false;
            }
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            retries++;
            return true;
        }

        void count(@Nullable CosmosDiagnostics diagnostics) {
            count(diagnostics, request -> true);
        }

        /** Counts those of the requests that are new; the SDK tells with a page of a query also of those before it. */
        void count(@Nullable CosmosDiagnostics diagnostics, Predicate<String> isNew) {
            if (observer == null || diagnostics == null) {
                return;
            }
            CosmosDiagnosticsContext context = diagnostics.getDiagnosticsContext();
            if (context != null) {
                requests += (int) context.getRequestInfo().stream()
                        .filter(request -> isNew.test(request.getActivityId() + " " + request.getStartTime()))
                        .count();
                charge += context.getTotalRequestCharge();
                requestBytes = Math.max(requestBytes, context.getMaxRequestPayloadSizeInBytes());
                responseBytes = Math.max(responseBytes, context.getMaxResponsePayloadSizeInBytes());
            }
        }

        /** Tells how large the stream is estimated to be. */
        void streamBytes(long bytes) {
            streamBytes = bytes;
        }

        /** Tells that the operation came to an end that the caller can use. */
        void succeeded() {
            failed = false;
        }

        @Override
        public void close() {
            if (observer == null) {
                return;
            }
            try {
                observer.accept(new CosmosOperation(
                        name,
                        requests,
                        retries,
                        charge,
                        requestBytes,
                        responseBytes,
                        streamBytes,
                        Duration.ofNanos(System.nanoTime() - startNanos),
                        failed));
            } catch (RuntimeException e) {
                log.warn("observer failed operation={}", name, e); // it must not fail what is stored
            }
        }
    }
}
