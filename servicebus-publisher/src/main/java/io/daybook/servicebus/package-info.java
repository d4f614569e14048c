/**
 * Events over Azure Service Bus: {@link io.daybook.servicebus.ServiceBusEventPublisher} publishes them,
 * {@link io.daybook.servicebus.ServiceBusEventFeed} hands them on in the services that consume them. Start with the one that your service
 * needs. How a message looks is in {@link io.daybook.servicebus.EventMessages}, how to set the entities up in {@code docs/service-bus.md}.
 *
 * <pre>{@code
 * ServiceBusEventPublisher publisher = ServiceBusEventPublisher.toTopic("order-events",
 *         () -> new ServiceBusClientBuilder().connectionString(connectionString)).build();
 * EventRelay relay = EventRelay.builder(feed, publisher).start();
 * }</pre>
 */
@NullMarked
package io.daybook.servicebus;

import org.jspecify.annotations.NullMarked;
