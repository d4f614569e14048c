package io.daybook.servicebus;

import reactor.core.publisher.Mono;

/** The source of a subscription's messages: the sessions of an entity, or an entity without sessions. */
interface MessageSource extends AutoCloseable {

    /** Returns the name of the entity, for messages and logs. */
    String entity();

    /**
     * Waits for the next session that has messages, or receives from the whole entity. Fails if the broker rejects the
     * request.
     */
    Mono<MessageReceiver> next();

    @Override
    void close();
}
