package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSessionReceiverAsyncClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The sessions of an entity. All sessions of one client share a connection, so a client is never closed while one of its sessions is open:
 * a broken one gets no further sessions, and is closed together with its last session.
 *
 * <p>A client gets at most {@value #SESSIONS_PER_CLIENT} sessions, and then another client is created, because Service
 * Bus ends an AMQP session that has more than 255 links.
 *
 * <p>A session is requested only over a connection that is open. The SDK gives up a request after 15 seconds, which include the time to
 * connect, and leaves its link open. The broker waits 14 seconds from the arrival of the request. If the connection took longer than the
 * difference, the broker could grant a session to a request that was given up, and nothing would release that session until its lock expires
 * (azure-sdk-for-java#49093).
 */
final class SessionSource implements MessageSource {

    static final int SESSIONS_PER_CLIENT = 200;
    private static final Duration ACCEPT_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);
    private static final Logger log = LoggerFactory.getLogger(SessionSource.class);

    /** Two clients of one connection: one accepts sessions, the other shows whether the connection is open. */
    record Connection(ServiceBusSessionReceiverAsyncClient sessions, ServiceBusReceiverAsyncClient messages)
            implements AutoCloseable {

        @Override
        public void close() {
            messages.close();
            sessions.close();
        }
    }

    /** A connection, with the sessions that are open on it or awaited. */
    private static final class PooledClient {
        private final Connection connection;
        private final Mono<Void> connected;
        private int inUse;
        private boolean broken;

        PooledClient(Connection connection) {
            this.connection = connection;
            this.connected = connection
                    .messages()
                    .peekMessage()
                    .then()
                    .timeout(CONNECT_TIMEOUT)
                    .cache(nothing -> FOREVER, failure -> Duration.ZERO, () -> FOREVER);
        }
    }

    private final String entity;
    private final int window;
    private final Scheduler scheduler;
    private final Supplier<Connection> connections;
    private final List<PooledClient> pool = new ArrayList<>();
    private boolean closed;

    SessionSource(String entity, int window, Scheduler scheduler, Supplier<Connection> connections) {
        this.entity = entity;
        this.window = window;
        this.scheduler = scheduler;
        this.connections = connections;
    }

    @Override
    public String entity() {
        return entity;
    }

    @Override
    public Mono<MessageReceiver> next() {
        return open(ServiceBusSessionReceiverAsyncClient::acceptNextSession, window);
    }

    /** Accepts a session whether or not it has messages; fails if another receiver has it. */
    Mono<MessageReceiver> accept(String session) {
        return open(client -> client.acceptSession(session).timeout(ACCEPT_TIMEOUT), 1);
    }

    private Mono<MessageReceiver> open(
            Function<ServiceBusSessionReceiverAsyncClient, Mono<ServiceBusReceiverAsyncClient>> accept, int messages) {
        return SdkThread.call(scheduler, Mono.defer(() -> {
            PooledClient client = take();
            AtomicBoolean inUse = new AtomicBoolean(true);
            Runnable giveBack = () -> {
                if (inUse.compareAndSet(true, false)) {
                    giveBack(client);
                }
            };
            return client.connected
                    .then(Mono.defer(() -> accept.apply(client.connection.sessions())))
                    .map(receiver -> MessageReceiver.ofSession(
                            receiver, messages, scheduler, () -> close(receiver, giveBack), e -> failed(client, e)))
                    .doOnError(e -> {
                        failed(client, e);
                        giveBack.run();
                    })
                    .doOnCancel(giveBack);
        }));
    }

    private void close(ServiceBusReceiverAsyncClient receiver, Runnable giveBack) {
        try {
            receiver.close();
        } catch (RuntimeException e) { // the broker did not answer in time; the lock expires
            log.debug("session not closed cleanly entity={}", entity, e);
        } finally {
            giveBack.run();
        }
    }

    private synchronized PooledClient take() {
        if (closed) {
            throw new IllegalStateException("the connection to " + entity + " is closed");
        }
        PooledClient free = pool.stream()
                .filter(client -> !client.broken && client.inUse < SESSIONS_PER_CLIENT)
                .findFirst()
                .orElseGet(this::add);
        free.inUse++;
        return free;
    }

    private PooledClient add() {
        PooledClient added = new PooledClient(connections.get());
        pool.add(added);
        return added;
    }

    /**
     * Replaces the client unless the broker answered. After a connection was lost, a client may accept sessions over a
     * new one although none of its requests for their states is answered.
     */
    private synchronized void failed(PooledClient client, Throwable failure) {
        if (ServiceBusFailures.isAnswer(failure)) {
            return;
        }
        if (!client.broken) {
            log.info("connection replaced entity={} openSessions={}", entity, client.inUse - 1);
        }
        client.broken = true;
    }

    private synchronized void giveBack(PooledClient client) {
        client.inUse--;
        if (client.broken && client.inUse == 0 && pool.remove(client)) {
            client.connection.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        pool.forEach(client -> client.connection.close());
        pool.clear();
    }
}
