package io.daybook.sample.order;

import com.azure.core.credential.TokenCredential;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import io.daybook.sample.order.domain.OrderEvents;
import io.daybook.servicebus.ServiceBusEventFeed;
import io.daybook.servicebus.ServiceBusEventPublisher;
import io.daybook.subscription.EventFeed;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The publisher to Azure Service Bus and the subscription that read models follow. Environment variables:
 * <ul>
 *   <li>{@code SERVICEBUS_CONNECTION_STRING}: of the namespace, or of the topic alone;
 *   <li>{@code SERVICEBUS_NAMESPACE}: alternatively, the host, such as {@code my-namespace.servicebus.windows.net},
 *       with the default Azure credential;
 *   <li>{@code SERVICEBUS_TOPIC}: the topic, which must exist; {@code order-events} by default;
 *   <li>{@code SERVICEBUS_SUBSCRIPTION}: a subscription of the topic with sessions and without a filter, from which the
 *       projector receives the events; by default, the projector follows the event store.
 * </ul>
 */
public final class ServiceBusComponents {

    /** Limits how long a stop waits for a broker that is down. The relay retries until then. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);

    private ServiceBusComponents() {}

    /**
     * A subscription of the topic.
     *
     * @param feed receives from the topic
     * @param name the name of the subscription
     */
    public record TopicSubscription(EventFeed feed, String name) {}

    /**
     * Creates a publisher, which connects when it publishes the first event, so that the application starts without the
     * broker.
     *
     * @param environment the variables
     * @return the publisher, which the caller closes; empty if no variable names a namespace
     * @throws IllegalArgumentException if the variables do not specify a valid connection; the message does not contain
     *     the connection string
     */
    public static Optional<ServiceBusEventPublisher> publisher(Map<String, String> environment) {
        return clients(environment).map(clients -> publisher(topic(environment), clients));
    }

    /**
     * Creates the feed of the subscription that read models follow. It connects when the projector subscribes.
     *
     * @param environment the variables
     * @return the subscription; empty if no variable names one
     * @throws IllegalArgumentException if a subscription is set without a namespace, or the connection is invalid
     */
    public static Optional<TopicSubscription> subscription(Map<String, String> environment) {
        String name = value(environment, "SERVICEBUS_SUBSCRIPTION");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Supplier<ServiceBusClientBuilder> clients = clients(environment)
                .orElseThrow(() -> new IllegalArgumentException("SERVICEBUS_SUBSCRIPTION is set without a namespace:"
                        + " also set SERVICEBUS_CONNECTION_STRING or SERVICEBUS_NAMESPACE"));
        EventFeed feed = ServiceBusEventFeed.fromTopic(topic(environment), clients, OrderEvents.serializer())
                .build();
        return Optional.of(new TopicSubscription(feed, name));
    }

    private static Optional<Supplier<ServiceBusClientBuilder>> clients(Map<String, String> environment) {
        String connectionString = value(environment, "SERVICEBUS_CONNECTION_STRING");
        String namespace = value(environment, "SERVICEBUS_NAMESPACE");
        if (connectionString.isEmpty() && namespace.isEmpty()) {
            return Optional.empty();
        }
        if (!connectionString.isEmpty() && !namespace.isEmpty()) {
            throw new IllegalArgumentException(
                    "SERVICEBUS_CONNECTION_STRING and SERVICEBUS_NAMESPACE are both set: set only one");
        }
        return Optional.of(connectionString.isEmpty() ? byCredential(namespace) : byConnectionString(connectionString));
    }

    private static String topic(Map<String, String> environment) {
        String topic = value(environment, "SERVICEBUS_TOPIC");
        return topic.isEmpty() ? "order-events" : topic;
    }

    private static String value(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, "").trim();
    }

    private static Supplier<ServiceBusClientBuilder> byCredential(String namespace) {
        if (!namespace.matches("[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+")) {
            throw new IllegalArgumentException( // the value may be a connection string by mistake, so it is not quoted
                    "SERVICEBUS_NAMESPACE must be a host such as my-namespace.servicebus.windows.net");
        }
        TokenCredential credential = new DefaultAzureCredentialBuilder().build();
        return () -> new ServiceBusClientBuilder().credential(namespace, credential);
    }

    private static Supplier<ServiceBusClientBuilder> byConnectionString(String connectionString) {
        return () -> new ServiceBusClientBuilder().connectionString(connectionString);
    }

    private static ServiceBusEventPublisher publisher(String topic, Supplier<ServiceBusClientBuilder> clients) {
        try {
            clients.get().sender().topicName(topic).buildAsyncClient().close(); // which does not connect
        } catch (RuntimeException e) { // whose message may quote the key
            throw new IllegalArgumentException("cannot connect to Service Bus with SERVICEBUS_CONNECTION_STRING"
                    + " or SERVICEBUS_NAMESPACE and the topic \"" + topic + "\": "
                    + e.getClass().getSimpleName()
                    + ": copy the connection string of the namespace, or of that topic, from the portal");
        }
        return ServiceBusEventPublisher.toTopic(topic, clients)
                .timeout(TIMEOUT)
                .sendTimeout(SEND_TIMEOUT)
                .build();
    }
}
