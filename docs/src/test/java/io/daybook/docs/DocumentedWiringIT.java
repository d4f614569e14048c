package io.daybook.docs;

import static io.daybook.contract.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClientBuilder;
import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import io.daybook.command.Command;
import io.daybook.command.CommandBus;
import io.daybook.command.CommandMetadata;
import io.daybook.cosmos.server.CosmosAccount;
import io.daybook.publishing.EventRelay;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import io.daybook.subscription.EventFeed;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Method;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wiring that the chapters on Cosmos DB and Service Bus show, run on their test servers. */
class DocumentedWiringIT {

    @TempDir
    private Path directory;

    private final String database = CosmosAccount.newDatabase();

    private static Object call(Object target, String name) throws ReflectiveOperationException {
        Method method = target.getClass().getMethod(name);
        return method.invoke(target);
    }

    @Test
    void what_the_bank_stores_is_published_and_measured() throws Exception {
        MeterRegistry registry = new SimpleMeterRegistry();
        try (ServiceBusTestServer broker = ServiceBusTestServer.start();
                URLClassLoader cosmos = loader("cosmos-db");
                URLClassLoader serviceBus = loader("service-bus")) {
            broker.createTopic("account-events", "all");
            Class<?> bank = cosmos.loadClass("com.example.bank.CosmosBank");
            Class<?> relayed = serviceBus.loadClass("com.example.bank.RelayedBank");
            Supplier<ServiceBusClientBuilder> namespace = broker::clientBuilder;
            try (AutoCloseable stored = (AutoCloseable)
                            bank.getConstructor(CosmosClientBuilder.class, String.class, MeterRegistry.class)
                                    .newInstance(CosmosAccount.server().clientBuilder(), database, registry);
                    AutoCloseable publishing =
                            (AutoCloseable) relayed.getConstructor(EventFeed.class, Supplier.class, MeterRegistry.class)
                                    .newInstance(call(stored, "feed"), namespace, registry)) {
                Command open = (Command) cosmos.loadClass("com.example.bank.Bank$OpenAccount")
                        .getConstructor(String.class, String.class)
                        .newInstance("1", "ann");
                ((CommandBus) call(stored, "bus")).send(open, CommandMetadata.empty());

                EventRelay relay = (EventRelay) call(publishing, "relay");
                await().untilAsserted(() -> assertThat(relay.published())
                        .as(relay.status().lastError())
                        .isEqualTo(1));
            }
        } finally {
            CosmosAccount.delete(database);
        }
        assertThat(registry.get("daybook.relay.published").functionCounter().count())
                .isEqualTo(1);
        assertThat(registry.get("daybook.cosmos.requests")
                        .tag("operation", "append")
                        .summary()
                        .totalAmount())
                .isEqualTo(1);
        assertThat(registry.get("daybook.snapshots.failures").functionCounter().count())
                .isZero();
    }

    private URLClassLoader loader(String chapter) throws Exception {
        return Samples.compile(
                        Samples.ROOT.resolve("docs/guide/" + chapter + ".md"),
                        Files.createDirectory(directory.resolve(chapter)))
                .loader();
    }
}
