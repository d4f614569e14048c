package io.daybook.cosmos;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;

/**
 * CPU time, in nanoseconds.
 *
 * @param client of this process
 * @param server of the processes that it has started, which is the test server
 */
record CpuTime(long client, long server) {

    static CpuTime now() {
        return new CpuTime(
                ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime(),
                ProcessHandle.current()
                        .descendants()
                        .map(process -> process.info().totalCpuDuration())
                        .flatMap(Optional::stream)
                        .mapToLong(Duration::toNanos)
                        .sum());
    }

    CpuTime since(CpuTime earlier) {
        return new CpuTime(client - earlier.client, server - earlier.server);
    }

    CpuTime and(CpuTime other) {
        return new CpuTime(client + other.client, server + other.server);
    }

    long all() {
        return client + server;
    }

    String per(long count) {
        return String.format("%d/%d us", client / count / 1_000, server / count / 1_000);
    }
}
