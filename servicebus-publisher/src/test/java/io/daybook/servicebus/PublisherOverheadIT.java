package io.daybook.servicebus;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.servicebus.ServiceBusClientBuilder;
import com.azure.messaging.servicebus.ServiceBusMessage;
import com.azure.messaging.servicebus.ServiceBusMessageBatch;
import com.azure.messaging.servicebus.ServiceBusSenderClient;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.daybook.event.EventEnvelope;
import io.daybook.servicebus.broker.BrokerProcess;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the publisher takes beyond a bare loop of the SDK that sends the same messages, made before, in batches of a stream
 * each. The test gates on allocation, which does not depend on the machine; the times are printed where
 * {@code daybook.benchmark} is set. The broker is another process, so that only the client's work is counted.
 */
@Tag("faults")
class PublisherOverheadIT {

    @TempDir
    static Path directory;

    private static final int EVENTS = Integer.getInteger("daybook.benchmark.messages", 4_000);
    private static final int ROUNDS = Integer.getInteger("daybook.benchmark.rounds", 3);
    private static final int DATA_BYTES = 1_000;
    /** Half of it is for making the messages, which the bare loop has already. */
    private static final double ALLOWED = 1.6;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static BrokerProcess broker;
    private static ServiceBusEventPublisher publisher;
    private static ServiceBusSenderClient sender;

    @BeforeAll
    static void start() {
        broker = BrokerProcess.start(directory, "ours", "plain");
        publisher = ServiceBusEventPublisher.toQueue("ours", PublisherOverheadIT::client)
                .build();
        sender = client().sender().queueName("plain").buildClient();
    }

    @AfterAll
    static void stop() {
        publisher.close();
        sender.close();
        broker.close();
    }

    private static ServiceBusClientBuilder client() {
        return new ServiceBusClientBuilder().connectionString(broker.connectionString());
    }

    private record Cost(double nanos, double cpuNanos, double allocated) {}

    private static Cost cost(Runnable work) {
        long allocated = allocatedByAllThreads();
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        work.run();
        long nanos = System.nanoTime() - start;
        return new Cost(
                (double) nanos / EVENTS,
                (double) (SYSTEM.getProcessCpuTime() - cpu) / EVENTS,
                (double) (allocatedByAllThreads() - allocated) / EVENTS);
    }

    /** The SDK encodes and writes in its own threads. */
    private static long allocatedByAllThreads() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    private static void plainly(List<ServiceBusMessage> messages) {
        Map<String, List<ServiceBusMessage>> streams = new LinkedHashMap<>();
        messages.forEach(message -> streams.computeIfAbsent(message.getSessionId(), id -> new ArrayList<>())
                .add(message));
        for (List<ServiceBusMessage> stream : streams.values()) {
            ServiceBusMessageBatch batch = sender.createMessageBatch();
            for (ServiceBusMessage message : stream) {
                if (!batch.tryAddMessage(message)) {
                    sender.sendMessages(batch);
                    batch = sender.createMessageBatch();
                    assertThat(batch.tryAddMessage(message)).isTrue();
                }
            }
            sender.sendMessages(batch);
        }
    }

    private record Comparison(Cost plain, Cost ours) {

        double speed() {
            return plain.nanos() / ours.nanos();
        }
    }

    @ParameterizedTest(name = "{0} streams")
    @ValueSource(ints = {100, 1})
    void publisher_allocates_little_besides_messages(int streams) {
        List<Comparison> rounds = new ArrayList<>();
        for (int round = -2; round < ROUNDS; round++) {
            String name = "r" + round + "-" + streams + "-";
            List<EventEnvelope> events = IntStream.range(0, EVENTS)
                    .mapToObj(i -> StoredEvents.sized(name + i % streams, i / streams + 1L, DATA_BYTES))
                    .toList();
            List<ServiceBusMessage> messages =
                    events.stream().map(EventMessages::message).toList();
            boolean plainFirst = round % 2 == 0;
            Cost first = cost(plainFirst ? () -> plainly(messages) : () -> publisher.publish(events));
            Cost second = cost(plainFirst ? () -> publisher.publish(events) : () -> plainly(messages));
            if (round >= 0) {
                rounds.add(plainFirst ? new Comparison(first, second) : new Comparison(second, first));
            }
        }
        rounds.sort(Comparator.comparingDouble(Comparison::speed));
        Comparison median = rounds.get(rounds.size() / 2);
        if (Boolean.getBoolean("daybook.benchmark")) {
            System.out.printf(
                    "%d streams: plain %.0f messages/s, %.1f us CPU, %.0f bytes each;"
                            + " ours %.0f messages/s, %.1f us CPU, %.0f bytes each; speed %.2f%n",
                    streams,
                    1e9 / median.plain().nanos(),
                    median.plain().cpuNanos() / 1e3,
                    median.plain().allocated(),
                    1e9 / median.ours().nanos(),
                    median.ours().cpuNanos() / 1e3,
                    median.ours().allocated(),
                    median.speed());
        }
        assertThat(median.ours().allocated()).isLessThan(median.plain().allocated() * ALLOWED);
    }
}
