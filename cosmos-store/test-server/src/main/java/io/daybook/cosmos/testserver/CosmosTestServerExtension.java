package io.daybook.cosmos.testserver;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A JUnit extension that starts an empty {@link CosmosTestServer} for the tests of a class, and stops it afterward.
 * Constructors, tests and lifecycle methods get the server as a parameter. Nested classes share the server of their
 * enclosing class.
 *
 * <pre>{@code
 * @ExtendWith(CosmosTestServerExtension.class)
 * class OrderServiceTest {
 *     @Test
 *     void creates_containers(CosmosTestServer server) {
 *         try (CosmosAsyncClient cosmos = server.clientBuilder().buildAsyncClient()) {
 *             CosmosContainers.in(cosmos, "orders").createIfMissing();
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>If the server cannot run, the tests fail with the reason. To skip tests instead, use {@link
 * CosmosTestServer#unavailableReason}.
 */
public final class CosmosTestServerExtension implements BeforeAllCallback, AfterAllCallback, ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(CosmosTestServerExtension.class);

    /** Creates the extension. JUnit calls this constructor. */
    public CosmosTestServerExtension() {}

    private static @Nullable CosmosTestServer serverOf(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(CosmosTestServer.class, CosmosTestServer.class);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (serverOf(context) == null) {
            context.getStore(NAMESPACE).put(CosmosTestServer.class, CosmosTestServer.start());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        CosmosTestServer own = context.getStore(NAMESPACE).remove(CosmosTestServer.class, CosmosTestServer.class);
        if (own != null) {
            own.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == CosmosTestServer.class;
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return serverOf(context);
    }
}
