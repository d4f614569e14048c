package io.daybook.servicebus.testserver;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A JUnit extension that starts an empty {@link ServiceBusTestServer} for the tests of a class, and stops it afterward.
 * Constructors, tests and lifecycle methods get the server as a parameter. Nested classes share the server of their
 * enclosing class.
 *
 * <pre>{@code
 * @ExtendWith(ServiceBusTestServerExtension.class)
 * class OrderEventsTest {
 *     @Test
 *     void publishes_to_the_topic(ServiceBusTestServer server) {
 *         server.createTopic("order-events", "billing");
 *         ServiceBusEventPublisher.toTopic("order-events", server::clientBuilder).build().close();
 *     }
 * }
 * }</pre>
 */
public final class ServiceBusTestServerExtension implements BeforeAllCallback, AfterAllCallback, ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ServiceBusTestServerExtension.class);

    /** Creates the extension. JUnit calls this constructor. */
    public ServiceBusTestServerExtension() {}

    private static @Nullable ServiceBusTestServer serverOf(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(ServiceBusTestServer.class, ServiceBusTestServer.class);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (serverOf(context) == null) {
            context.getStore(NAMESPACE).put(ServiceBusTestServer.class, ServiceBusTestServer.start());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        ServiceBusTestServer own =
                context.getStore(NAMESPACE).remove(ServiceBusTestServer.class, ServiceBusTestServer.class);
        if (own != null) {
            own.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ServiceBusTestServer.class;
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return serverOf(context);
    }
}
