package io.daybook.sample.order;

import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.servicebus.testserver.ServiceBusTestServer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The services that the sample uses, on this machine: test servers for Cosmos DB and Service Bus, and Redis. Started by
 * {@code order-sample/local-stack}.
 */
final class LocalStack implements AutoCloseable {

    private final CosmosTestServer cosmos;
    private final ServiceBusTestServer broker;
    private final TestRedis redis;

    private LocalStack(CosmosTestServer cosmos, ServiceBusTestServer broker, TestRedis redis) {
        this.cosmos = cosmos;
        this.broker = broker;
        this.redis = redis;
    }

    static LocalStack start() {
        CosmosTestServer cosmos = CosmosTestServer.start();
        ServiceBusTestServer broker = ServiceBusTestServer.start();
        broker.createTopic("order-events", "billing", "read-models");
        return new LocalStack(cosmos, broker, TestRedis.start());
    }

    /** The environment variables of the sample. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("COSMOS_ENDPOINT", cosmos.endpoint());
        environment.put("COSMOS_KEY", CosmosTestServer.KEY);
        environment.put("SERVICEBUS_CONNECTION_STRING", broker.connectionString());
        environment.put("REDIS_URL", redis.url());
        return environment;
    }

    @Override
    public void close() {
        redis.close();
        broker.close();
        cosmos.close();
    }

    /** Prints the environment variables as commands of a shell, and runs until the process is stopped. */
    public static void main(String[] arguments) throws InterruptedException {
        LocalStack stack = start();
        Runtime.getRuntime().addShutdownHook(new Thread(stack::close));
        stack.environment().forEach((name, value) -> System.out.println("export " + name + "='" + value + "'"));
        System.err.println(
                "The stack is running. Paste these lines into another terminal and start the sample there. Ctrl+C stops it.");
        new CountDownLatch(1).await();
    }
}
