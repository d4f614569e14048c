package io.daybook.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.contract.ContractEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.EventStore;
import io.daybook.eventstore.ScanPage;
import io.daybook.eventstore.StreamId;
import io.daybook.inmemory.InMemoryEventStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Faults planted in a store in memory. {@code -Ddaybook.verified.events=1000000} makes it larger. */
class StoreVerificationTest {

    private static final int EVENTS = Integer.getInteger("daybook.verified.events", 10_000);
    private static final int STREAM_EVENTS = 40;
    private static final int STREAMS = EVENTS / STREAM_EVENTS;
    private static final int FAULTS = 20;

    private final EventStore store = new InMemoryEventStore(ContractEvent.serializer());
    private final List<String> planted = new ArrayList<>();
    private final Set<String> hidden = new LinkedHashSet<>();

    private static StreamId stream(int number) {
        return StreamId.of("Contract", Integer.toString(number));
    }

    private void plant(Finding.Kind kind, StreamId stream, long number) {
        planted.add(kind + " " + stream + " " + number);
    }

    /** Appends a stream. A fault takes the place of one event, neither the first nor the last. */
    private void append(int number, int fault, int at) {
        StreamId stream = stream(number);
        List<EventEnvelope> events = new ArrayList<>();
        for (int i = 1; i <= STREAM_EVENTS; i++) {
            events.add(stored(stream, i, "ContractCounted", 1, "{\"number\":1,\"secret\":\"s\"}"));
        }
        switch (fault) {
            case 0 -> {
                hidden.add(stream + " " + at);
                plant(Finding.Kind.GAP, stream, at);
            }
            case 1 -> {
                events.set(at - 1, stored(stream, at, "Vanished", 1, "{}"));
                plant(Finding.Kind.UNKNOWN_TYPE, stream, at);
            }
            case 2 -> {
                events.set(at - 1, stored(stream, at, "ContractNoted", 4, "{}"));
                plant(Finding.Kind.UNKNOWN_TYPE, stream, at);
            }
            case 3 -> {
                events.set(at - 1, stored(stream, at, "ContractCounted", 1, "{\"number\":\"one\"}"));
                plant(Finding.Kind.UNDECODABLE_EVENT, stream, at);
            }
            default -> {}
        }
        store.append(stream, 0, events, AppendOptions.none());
    }

    private static EventEnvelope stored(StreamId stream, long number, String type, int version, String json) {
        return EventEnvelope.stored(
                EventMetadata.builder()
                        .eventId(stream + "/" + number)
                        .eventType(type, version)
                        .timestamp(Instant.EPOCH)
                        .aggregate(stream.aggregateType(), stream.aggregateId())
                        .sequenceNumber(number)
                        .build(),
                json.getBytes(StandardCharsets.UTF_8),
                (name, stored, data) -> {
                    throw new IllegalStateException("stored events are copied");
                });
    }

    /** The store, whose scans lack the hidden events. */
    private EventStore withGaps() {
        return (EventStore) Proxy.newProxyInstance(
                EventStore.class.getClassLoader(), new Class<?>[] {EventStore.class}, (proxy, method, args) -> {
                    try {
                        Object result = method.invoke(store, args);
                        return result instanceof ScanPage page ? without(page) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private ScanPage without(ScanPage page) {
        List<EventEnvelope> events = page.events().stream()
                .filter(event -> !hidden.contains("Contract-" + event.metadata().aggregateId() + " "
                        + event.metadata().sequenceNumber()))
                .toList();
        return new ScanPage(events, page.deletions(), page.next(), page.remaining());
    }

    @Test
    void finds_all_planted_faults_and_invents_none() {
        Random random = new Random(26);
        Set<Integer> faulty = new LinkedHashSet<>();
        while (faulty.size() < FAULTS) {
            faulty.add(random.nextInt(STREAMS));
        }
        List<Integer> order = List.copyOf(faulty);
        for (int number = 0; number < STREAMS; number++) {
            int place = order.indexOf(number);
            append(number, place < 0 ? -1 : place % 4, 2 + random.nextInt(STREAM_EVENTS - 2));
        }
        int deleted = 0;
        for (int number = 0; number < STREAMS; number += 7) {
            if (!faulty.contains(number)) {
                store.delete(stream(number), STREAM_EVENTS);
                deleted++;
            }
        }
        List<String> progress = new ArrayList<>();

        VerificationReport report = EventVerifier.verify(withGaps(), progress::add);

        assertThat(report.findings())
                .extracting(finding -> finding.kind() + " " + finding.stream() + " " + finding.sequenceNumber())
                .containsExactlyInAnyOrderElementsOf(planted)
                .hasSize(FAULTS);
        assertThat(report.streams()).isEqualTo(STREAMS - deleted);
        assertThat(report.events()).isEqualTo((long) (STREAMS - deleted) * STREAM_EVENTS - hidden.size());
        assertThat(progress).last().asString().matches("range 2 of 2: \\d+ events, complete");
    }

    @Test
    void finds_nothing_in_an_empty_store() {
        assertThat(EventVerifier.verify(store, line -> {}).text()).isEqualTo("0 events in 0 streams\n\nno findings\n");
    }
}
