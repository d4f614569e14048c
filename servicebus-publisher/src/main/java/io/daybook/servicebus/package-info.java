/**
 * Events over Azure Service Bus: {@link io.daybook.servicebus.ServiceBusEventPublisher} publishes them,
 * {@link io.daybook.servicebus.ServiceBusEventFeed} hands them on in the services that consume them. How a message looks is in
 * {@link io.daybook.servicebus.EventMessages}.
 */
@NullMarked
package io.daybook.servicebus;

import org.jspecify.annotations.NullMarked;
