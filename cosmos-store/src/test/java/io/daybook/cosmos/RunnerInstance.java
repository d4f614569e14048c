package io.daybook.cosmos;

import com.azure.cosmos.CosmosAsyncClient;
import io.daybook.contract.ManualClock;
import io.daybook.cosmos.crash.CrashRunner;
import io.daybook.cosmos.testserver.CosmosTestServer;
import io.daybook.process.ProcessRunner;
import java.time.Clock;
import java.time.Instant;

/** One of the two JVMs of {@link ProcessCrashIT}. */
final class RunnerInstance {

    private RunnerInstance() {}

    static CosmosTimerStore timers(CosmosContainers containers, Clock clock) {
        return CosmosTimerStore.builder(containers).clock(clock).build();
    }

    /**
     * Runs the reaction and the process until it is killed, or its standard input ends.
     *
     * @param arguments the endpoint, the database and the time
     */
    public static void main(String[] arguments) throws Exception {
        ManualClock clock = new ManualClock(Instant.parse(arguments[2]));
        try (CosmosAsyncClient client =
                CosmosTestServer.clientBuilder(arguments[0]).buildAsyncClient()) {
            CosmosContainers containers = CosmosContainers.in(client, arguments[1]);
            try (ProcessRunner runner = CrashRunner.builder(
                            containers, CrashRunner.orders(containers), timers(containers, clock), clock)
                    .start()) {
                CrashRunner.followInput(clock, runner::status);
            }
        }
        System.exit(0);
    }
}
