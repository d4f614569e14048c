/**
 * A test broker for Azure Service Bus, for the tests of a service. It needs neither an account nor a container engine.
 * Use {@link io.daybook.servicebus.testserver.ServiceBusTestServerExtension} in a test, and {@link
 * io.daybook.servicebus.testserver.ServiceBusTestServer} in a program.
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
