package io.daybook.docs;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.sample.order.domain.OrderShipped;
import io.daybook.serialization.EventSerializer;
import io.daybook.servicebus.ServiceBusEventPublisher;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.subscription.Subscription;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The consumer that the page on Service Bus shows, run against a broker. */
class DocumentedConsumerIT {

    @TempDir
    private Path directory;

    private static EventEnvelope shipped(EventSerializer serializer) {
        OrderShipped event = new OrderShipped("42", "1Z999", "UPS", Instant.EPOCH);
        return EventEnvelope.stored(
                EventMetadata.builder()
                        .eventId("shipped-42")
                        .eventType("OrderShipped", 2)
                        .timestamp(Instant.EPOCH)
                        .aggregate("Order", "42")
                        .sequenceNumber(1)
                        .build(),
                serializer.encode(event),
                serializer);
    }

    @Test
    @SuppressWarnings("unchecked")
    void it_notes_the_invoice_of_an_order_that_was_shipped() throws Exception {
        try (ServiceBusTestServer broker = ServiceBusTestServer.start(directory.resolve("broker"), 0);
                URLClassLoader loader = Samples.compile(
                                Samples.ROOT.resolve("docs/service-bus.md"),
                                Files.createDirectory(directory.resolve("classes")))
                        .loader();
                ServiceBusEventPublisher publisher = ServiceBusEventPublisher.toTopic(
                                "order-events",
                                () -> new ServiceBusClientBuilder().connectionString(broker.connectionString()))
                        .build()) {
            broker.createTopic("order-events", "invoices");
            publisher.publish(List.of(shipped(OrderEvents.serializer())));

            Class<?> mailer = loader.loadClass("InvoiceMailer");
            Constructor<?> constructor = mailer.getDeclaredConstructor();
            constructor.setAccessible(true);
            Object instance = constructor.newInstance();
            Field invoices = mailer.getDeclaredField("invoices");
            invoices.setAccessible(true);
            Method start = mailer.getDeclaredMethod("start", String.class, mailer);
            start.setAccessible(true);
            try (Subscription subscription = (Subscription) start.invoke(null, broker.connectionString(), instance)) {
                await().untilAsserted(() -> assertThat((Map<String, String>) invoices.get(instance))
                        .as(subscription.status().lastError())
                        .containsEntry("42", "1Z999"));
            }
        }
    }
}
