/**
 * A test broker for Azure Service Bus, for the tests of a service: no account and no container engine is needed. Start with
 * {@link io.daybook.servicebus.testserver.ServiceBusTestServerExtension} in a test, and with
 * {@link io.daybook.servicebus.testserver.ServiceBusTestServer} in a program.
 *
 * <pre>{@code
 * try (ServiceBusTestServer server = ServiceBusTestServer.start()) {
 *     server.createTopic("order-events", "billing");
 *     ServiceBusEventPublisher publisher =
 *             ServiceBusEventPublisher.toTopic("order-events", server::clientBuilder).build();
 * }
 * }</pre>
 */
@NullMarked
package io.daybook.servicebus.testserver;

import org.jspecify.annotations.NullMarked;
