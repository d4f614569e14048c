package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosClientBuilder;
import io.daybook.serialization.EventSerializer;
import io.daybook.verification.VerificationReport;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The program {@code daybook verify}, which reads a store on Azure Cosmos DB and reports faults, as described in
 * {@link CosmosVerification}. It writes nothing to the store. Run it with the class path of your service:
 *
 * <pre>
 * java -cp order-sample.jar io.daybook.cosmos.Verify io.daybook.sample.order.domain.OrderEvents
 * </pre>
 *
 * <p>The argument is a class with one static method that has no parameters and returns the {@link EventSerializer} of
 * the service. Without an argument, events are not decoded. The program reads these environment variables:
 * <ul>
 *   <li>{@code COSMOS_ENDPOINT}, {@code COSMOS_KEY}, {@code COSMOS_DATABASE}: the account, its key and the database;
 *   <li>{@code COSMOS_CONTAINER}: the container of events, {@code events} by default;
 *   <li>{@code COSMOS_SNAPSHOT_CONTAINER}: the container of snapshots, {@code snapshots} by default; {@code none} to
 *       exclude snapshots.
 * </ul>
 *
 * <p>The report is printed to standard output; progress and errors are printed to standard error. The exit code is 0 if
 * nothing was found, 1 if there are findings, and 2 if the verification could not run.
 */
public final class Verify {

    private static final int CLEAN = 0;
    private static final int FINDINGS = 1;
    private static final int NOT_RUN = 2;
    private static final String NO_SNAPSHOTS = "none";

    private Verify() {}

    /**
     * Runs the program and ends the process.
     *
     * @param args the name of a class with a static method that returns the serializer; or empty
     */
    public static void main(String[] args) {
        System.exit(run(System.getenv(), List.of(args), System.out, System.err));
    }

    /** Returns the exit code. */
    static int run(Map<String, String> environment, List<String> args, PrintStream out, PrintStream err) {
        try {
            VerificationReport report = verify(environment, args, err);
            out.print(report.text());
            out.flush();
            return report.isClean() ? CLEAN : FINDINGS;
        } catch (RuntimeException | LinkageError e) {
            err.println("daybook verify: " + e.getMessage());
            return NOT_RUN;
        } catch (OutOfMemoryError e) {
            err.println("daybook verify: out of memory: use a larger heap, such as java -Xmx4g");
            return NOT_RUN;
        }
    }

    private static VerificationReport verify(Map<String, String> environment, List<String> args, PrintStream err) {
        if (args.size() > 1) {
            throw new IllegalArgumentException("there are " + args.size()
                    + " arguments: pass at most one, a class with a static method that returns an EventSerializer");
        }
        String endpoint = required(environment, "COSMOS_ENDPOINT", "");
        String database = required(environment, "COSMOS_DATABASE", "");
        String events = required(environment, "COSMOS_CONTAINER", "events");
        String snapshots = required(environment, "COSMOS_SNAPSHOT_CONTAINER", "snapshots");
        String key = required(environment, "COSMOS_KEY", "");
        EventSerializer[] serializer = args.stream().map(Verify::serializer).toArray(EventSerializer[]::new);
        CosmosAsyncClient client = client(endpoint, key);
        try {
            CosmosVerification.Builder verification = CosmosVerification.builder(
                            CosmosContainers.in(client, database).named(events, snapshots, "leases"))
                    .progress(err::println);
            if (serializer.length > 0) {
                verification.serializer(serializer[0]);
            }
            if (snapshots.equals(NO_SNAPSHOTS)) {
                verification.withoutSnapshots();
            }
            return verification.build().run();
        } finally {
            client.close();
        }
    }

    private static String required(Map<String, String> environment, String variable, String usual) {
        String value = environment.getOrDefault(variable, "").strip();
        if (value.isEmpty() && usual.isEmpty()) {
            throw new IllegalArgumentException("the environment variable " + variable
                    + " is missing: set COSMOS_ENDPOINT, COSMOS_KEY and COSMOS_DATABASE");
        }
        return value.isEmpty() ? usual : value;
    }

    private static EventSerializer serializer(String className) {
        try {
            List<Method> factories = Arrays.stream(Class.forName(className).getDeclaredMethods())
                    .filter(method -> Modifier.isStatic(method.getModifiers())
                            && method.getParameterCount() == 0
                            && EventSerializer.class.isAssignableFrom(method.getReturnType()))
                    .toList();
            if (factories.size() != 1) {
                throw new IllegalArgumentException("the class " + className + " has " + factories.size()
                        + " static methods without parameters that return an EventSerializer: name a class with one");
            }
            Method factory = factories.get(0);
            factory.setAccessible(true);
            return (EventSerializer) factory.invoke(null);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "the class " + className + " is not on the class path: add the jar of your service", e);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "the serializer of " + className + " could not be created: "
                            + e.getTargetException().getMessage(),
                    e);
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException("the method of " + className + " cannot be called: make it public", e);
        }
    }

    /** Uses gateway mode, which needs only the port of the endpoint. */
    private static CosmosAsyncClient client(String endpoint, String key) {
        CosmosClientBuilder builder = new CosmosClientBuilder()
                .endpoint(endpoint)
                .key(key)
                .gatewayMode()
                .multipleWriteRegionsEnabled(false)
                .contentResponseOnWriteEnabled(true);
        if (endpoint.startsWith("http:")) { // an emulator or a test server on this machine
            System.setProperty("COSMOS.HTTP_CONNECTION_WITHOUT_TLS_ALLOWED", "true");
            builder.endpointDiscoveryEnabled(false);
        }
        try {
            return builder.buildAsyncClient();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "cannot connect to COSMOS_ENDPOINT (" + e.getClass().getSimpleName()
                            + "): check the endpoint, the network and COSMOS_KEY",
                    e);
        }
    }
}
