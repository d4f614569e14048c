/**
 * Classes for publishing and consuming events over Azure Service Bus. {@link
 * io.daybook.servicebus.ServiceBusEventPublisher} publishes events, and {@link
 * io.daybook.servicebus.ServiceBusEventFeed} delivers them in the services that consume them. {@link
 * io.daybook.servicebus.ServiceBusTimers} keeps the timers of processes. {@link io.daybook.servicebus.EventMessages}
 * defines the format of a message, and {@code docs/service-bus.md} describes how to set up topics and subscriptions.
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
