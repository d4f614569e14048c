package io.daybook.servicebus;

import io.daybook.subscription.DeliveryLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * An acceptor for the sessions of parked streams during one retry, in one thread. A session that another receiver holds
 * is requested again, at most {@value #MAX_PAUSES} times for all sessions together, since a retry may include many
 * streams.
 */
final class SessionAcceptor {

    static final int MAX_PAUSES = 60;

    private final Function<String, Mono<MessageReceiver>> sessions;
    private final DeliveryLoop loop;
    private final Duration pause;
    private int pauses;

    SessionAcceptor(Function<String, Mono<MessageReceiver>> sessions, DeliveryLoop loop, Duration pause) {
        this.sessions = sessions;
        this.loop = loop;
        this.pause = pause;
    }

    /**
     * Returns the session; empty if another receiver still holds it, or the subscription was closed.
     *
     * @throws CompletionException if the broker rejects the session for another reason, or does not answer
     */
    Optional<MessageReceiver> accept(String session) throws InterruptedException {
        while (true) {
            try {
                return Optional.of(sessions.apply(session).toFuture().join());
            } catch (CompletionException e) {
                if (!ServiceBusFailures.isSessionHeld(e)) {
                    throw e;
                }
            }
            if (pauses == MAX_PAUSES) {
                return Optional.empty();
            }
            pauses++;
            if (loop.awaitClose(pause)) {
                return Optional.empty();
            }
        }
    }
}
