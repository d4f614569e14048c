package io.daybook.cosmos;

import com.azure.cosmos.CosmosDiagnostics;
import com.azure.cosmos.CosmosDiagnosticsContext;
import com.azure.cosmos.CosmosException;
import io.daybook.eventstore.Backoff;
import io.daybook.eventstore.CommandTimeout;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** Sends requests, waits for the answers, and reports the cost of each operation to an observer, if there is one. */
final class RequestExecutor {

    private static final Logger log = LoggerFactory.getLogger(CosmosEventStore.class);
    private static final int READ_ATTEMPTS = 3;
    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(10);
    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(40), Duration.ofSeconds(1));

    private final Duration defaultTimeout;
    private final @Nullable Consumer<CosmosOperation> observer;

    RequestExecutor(Duration defaultTimeout, @Nullable Consumer<CosmosOperation> observer) {
        this.defaultTimeout = defaultTimeout;
        this.observer = observer;
    }

    /** Checks the timeout of a builder. */
    static Duration requireTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("timeout is " + timeout + ": use more than zero and at most a day");
        }
        return timeout;
    }

    Operation start(String name) {
        return start(name, CommandTimeout.none());
    }

    /**
     * Runs an operation that succeeds if its work returns.
     *
     * @param failure returns what to throw for an exception of the work
     */
    <T> T perform(
            String name, Function<Operation, T> work, Function<? super RuntimeException, RuntimeException> failure) {
        Operation operation = start(name);
        try (operation) {
            T result = work.apply(operation);
            operation.succeeded();
            return result;
        } catch (RuntimeException e) {
            throw failure.apply(e);
        }
    }

    /**
     * Starts an operation. Its timeout replaces the default one, if it ever expires.
     *
     * @throws IllegalStateException if the calling thread must not block
     */
    Operation start(String name, CommandTimeout timeout) {
        CallingThread.requireMayBlock("the operation " + name + " of Cosmos DB");
        return new Operation(name, timeout);
    }

    /** One operation in progress. Used by one thread. */
    final class Operation implements AutoCloseable {

        private final String name;
        private final CommandTimeout timeout;
        private final long startNanos = System.nanoTime();
        private int requests;
        private int retries;
        private double charge;
        private long requestBytes;
        private long responseBytes;
        private long streamBytes;
        private boolean failed = true;

        private Operation(String name, CommandTimeout timeout) {
            this.name = name;
            this.timeout = timeout;
        }

        /** Returns the time that is left; zero or less if there is none. */
        Duration left() {
            return timeout.remaining().orElseGet(() -> defaultTimeout.minusNanos(System.nanoTime() - startNanos));
        }

        /** Returns the time limit for one attempt of a write, so that a lost reply leaves time for further attempts. */
        Duration leftForAttempt() {
            Duration left = left();
            return left.compareTo(ATTEMPT_TIMEOUT) < 0 ? left : ATTEMPT_TIMEOUT;
        }

        /** Waits for an answer. Throws the SDK's exception, or a wrapped {@code TimeoutException} after the limit. */
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

        /** Waits for a read, and repeats it after a transient failure. */
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
                    log.debug("read retried what=\"{}\" attempt={}", what, attempt + 1);
                }
            }
        }

        /**
         * Waits for a write that may be repeated, and repeats it after a transient failure or a lost reply. Throws what the last attempt
         * threw.
         *
         * @param done returns whether a failure means that there is nothing left to write, perhaps because an attempt
         *     without a reply has written it
         * @return whether it was written now
         */
        <T> boolean awaitRepeatable(
                Mono<T> request,
                Function<T, @Nullable CosmosDiagnostics> diagnostics,
                Predicate<RuntimeException> done) {
            for (int attempt = 1; ; attempt++) {
                try {
                    await(request, leftForAttempt(), diagnostics);
                    return true;
                } catch (RuntimeException e) {
                    if (done.test(e)) {
                        return false;
                    }
                    if (CosmosFailures.meaning(e).isFinal()
                            || Thread.currentThread().isInterrupted()
                            || !pause(attempt, CosmosFailures.retryAfter(e))) {
                        throw e;
                    }
                    log.debug("write retried operation={} attempt={}", name, attempt + 1);
                }
            }
        }

        /**
         * Waits before a retry: for the time that the service specified, or with exponential backoff.
         *
         * @return whether there is time left for the retry
         */
        boolean pause(int attempt, @Nullable Duration asked) {
            return pause(attempt, asked, left());
        }

        boolean pause(int attempt, @Nullable Duration asked, Duration left) {
            Duration pause = asked == null ? BACKOFF.after(attempt) : asked.plusMillis(1);
            if (left.compareTo(pause) <= 0) {
                return false;
            }
            try {
                Thread.sleep(pause.toMillis());
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

        /** Counts the new requests. The diagnostics of a query page also list the requests of the pages before it. */
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

        /** Records the estimated size of the stream. */
        void streamBytes(long bytes) {
            streamBytes = bytes;
        }

        /** Records that the operation has a result for the caller, which may be a conflict. */
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
                log.warn("observer failed operation={}", name, e); // a failure here must not fail a stored append
            }
        }
    }
}
