package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import com.azure.messaging.servicebus.ServiceBusSessionReceiverAsyncClient;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Where messages come from: the sessions of an entity that have some, or the entity as a whole. */
interface MessageSource extends AutoCloseable {

    /** What it takes from, for messages and logs. */
    String entity();

    /** Waits for the next session, or takes the whole entity; fails if the broker says no. */
    Mono<Inbox> next();

    @Override
    void close();

    static MessageSource ofSessions(String entity, int window, Supplier<ServiceBusSessionReceiverAsyncClient> clients) {
        return new Shared<>(entity, clients) {
            @Override
            Mono<Inbox> open(ServiceBusSessionReceiverAsyncClient client) {
                return client.acceptNextSession()
                        .map(receiver -> new Inbox(receiver, true, window, receiver::close))
                        .doOnError(e -> discard(client)); // it may never get over it
            }
        };
    }

    static MessageSource ofMessages(String entity, int window, Supplier<ServiceBusReceiverAsyncClient> clients) {
        return new Shared<>(entity, clients) {
            @Override
            Mono<Inbox> open(ServiceBusReceiverAsyncClient client) {
                return Mono.fromSupplier(() -> new Inbox(client, false, window, () -> discard(client)));
            }
        };
    }

    /** Keeps one client for all lanes. */
    abstract class Shared<C extends AutoCloseable> implements MessageSource {

        private final ClientHolder<C> holder;

        Shared(String entity, Supplier<C> clients) {
            this.holder = new ClientHolder<>(entity, clients);
        }

        abstract Mono<Inbox> open(C client);

        void discard(C client) {
            holder.discard(client);
        }

        @Override
        public String entity() {
            return holder.entity();
        }

        @Override
        public Mono<Inbox> next() {
            return Mono.defer(() -> open(holder.client()));
        }

        @Override
        public void close() {
            holder.close();
        }
    }
}
