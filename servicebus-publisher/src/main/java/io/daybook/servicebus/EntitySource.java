package io.daybook.servicebus;

import com.azure.messaging.servicebus.ServiceBusReceiverAsyncClient;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** An entity without sessions. Its client has one receiver, and is closed together with it. */
final class EntitySource implements MessageSource {

    private final SharedClient<ServiceBusReceiverAsyncClient> clients;
    private final int window;
    private final Scheduler scheduler;

    EntitySource(String entity, int window, Scheduler scheduler, Supplier<ServiceBusReceiverAsyncClient> clients) {
        this.clients = new SharedClient<>(entity, clients);
        this.window = window;
        this.scheduler = scheduler;
    }

    @Override
    public String entity() {
        return clients.entity();
    }

    @Override
    public Mono<MessageReceiver> next() {
        return SdkThread.call(scheduler, Mono.fromSupplier(() -> {
            ServiceBusReceiverAsyncClient client = clients.client();
            return MessageReceiver.ofEntity(client, window, scheduler, () -> clients.discard(client));
        }));
    }

    @Override
    public void close() {
        clients.close();
    }
}
