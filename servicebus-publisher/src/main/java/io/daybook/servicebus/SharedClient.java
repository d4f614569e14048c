package io.daybook.servicebus;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client that several threads share. It is replaced after it has failed. */
final class SharedClient<C extends AutoCloseable> implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SharedClient.class);

    private final String entity;
    private final Supplier<C> clients;
    private @Nullable C current;
    private boolean closed;

    /** Creates a shared client. The supplier creates a client with its own connection, when one is first needed. */
    SharedClient(String entity, Supplier<C> clients) {
        this.entity = entity;
        this.clients = clients;
    }

    /** Returns the name of the entity, for messages and logs. */
    String entity() {
        return entity;
    }

    synchronized C client() {
        if (closed) {
            throw new IllegalStateException("the connection to " + entity + " is closed");
        }
        if (current == null) {
            current = clients.get();
        }
        return current;
    }

    /** Closes a client that failed, unless another thread has replaced it already. */
    synchronized void discard(C failed) {
        if (current == failed) {
            current = null;
            log.info("connection replaced entity={}", entity);
        }
        close(failed);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (current != null) {
            close(current);
            current = null;
        }
    }

    private void close(C client) {
        try {
            client.close();
        } catch (Exception e) { // declared by AutoCloseable; the client is no longer used
            log.debug("connection not closed cleanly entity={}", entity, e);
        }
    }
}
