package io.daybook.servicebus;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A health check for a broker that sends and receives no message. Uses its own connection, which is replaced after a failure without
 * disturbing work in progress.
 */
final class BrokerProbe<C extends AutoCloseable> implements AutoCloseable {

    static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long BELIEVED_NANOS = Duration.ofSeconds(5).toNanos();

    private final SharedClient<C> clients;
    private final Function<C, Mono<?>> question;
    private CompletableFuture<String> answer = CompletableFuture.completedFuture("");
    private @Nullable C asked;
    private String known = "";
    private boolean closed;
    private long askedNanos = System.nanoTime() - BELIEVED_NANOS;

    /** Creates a probe. The check completes without an error if the broker is healthy. */
    BrokerProbe(String entity, Supplier<C> clients, Function<C, Mono<?>> question) {
        this.clients = new SharedClient<>(entity, clients);
        this.question = question;
    }

    /** Returns what is wrong; empty if nothing is wrong. A result is reused for a few seconds. */
    String unavailableReason() {
        CompletableFuture<String> asking = ask();
        String before = known();
        if (!before.isEmpty() && !asking.isDone()) {
            return before;
        }
        try {
            return asking.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return text(ServiceBusFailures.Kind.UNREACHABLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return before;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause()); // every failure is an answer
        }
    }

    private synchronized String known() {
        return known;
    }

    private synchronized CompletableFuture<String> ask() {
        if (closed) {
            return CompletableFuture.completedFuture(clients.entity() + ": the connection is closed");
        }
        if (answer.isDone() && System.nanoTime() - askedNanos >= BELIEVED_NANOS) {
            askedNanos = System.nanoTime();
            if (asked != null && !answer.join().isEmpty()) {
                clients.discard(asked); // it may never recover
            }
            C client = clients.client();
            asked = client;
            answer = question.apply(client)
                    .then(Mono.just(""))
                    .timeout(TIMEOUT.plusSeconds(1))
                    .onErrorResume(e -> Mono.just(text(ServiceBusFailures.kind(e))))
                    .doOnNext(this::learned)
                    .toFuture();
        }
        return answer;
    }

    private synchronized void learned(String unavailableReason) {
        known = unavailableReason;
    }

    private String text(ServiceBusFailures.Kind kind) {
        return clients.entity() + ": " + kind.text();
    }

    @Override
    public synchronized void close() {
        closed = true;
        clients.close();
    }
}
