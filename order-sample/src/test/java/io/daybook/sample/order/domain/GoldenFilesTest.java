package io.daybook.sample.order.domain;

import static io.daybook.sample.order.domain.Orders.NOW;
import static io.daybook.sample.order.domain.Orders.SEATTLE;
import static io.daybook.sample.order.domain.Orders.item;
import static org.assertj.core.api.Assertions.assertThat;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventTypes;
import io.daybook.serialization.EventSerializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files are what was stored once: they are added to, and never changed. */
class GoldenFilesTest {

    private static final EventSerializer SERIALIZER = OrderEvents.serializer();

    private static final Map<String, DomainEvent> EVENTS = Map.of(
            "OrderCreated-v1",
            new OrderCreated(
                    "TEST-001",
                    "CUST-123",
                    List.of(item("PROD-001", 2, "49.99"), item("PROD-ü\"\\", 10_000, "10.00")),
                    new BigDecimal("100099.98"),
                    SEATTLE),
            "OrderItemAdded-v1",
            new OrderItemAdded("TEST-001", "PROD-002", 1, new BigDecimal("29.90")),
            "OrderShipped-v1",
            new OrderShipped("TEST-001", "1Z999AA10123456784", "unknown", NOW),
            "OrderShipped-v2",
            new OrderShipped("TEST-001", "1Z999AA10123456784", "UPS", NOW),
            "OrderCancelled-v1",
            new OrderCancelled("TEST-001", "Ordered by mistake", NOW, new BigDecimal("100129.88")),
            "RefundPaid-v1",
            new RefundPaid("TEST-001", new BigDecimal("100129.88"), "refund-1"));

    private static final EventTypes TYPES = Order.TYPE.eventTypes().and(Refund.TYPE.eventTypes());

    static Stream<String> names() {
        return EVENTS.keySet().stream().sorted();
    }

    static Stream<EventTypes.Registration> registrations() {
        return TYPES.all().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void every_version_ever_stored_is_read(String name) throws Exception {
        String type = name.substring(0, name.lastIndexOf("-v"));
        int version = Integer.parseInt(name.substring(name.lastIndexOf("-v") + 2));

        assertThat(SERIALIZER.decode(type, version, golden(name))).isEqualTo(EVENTS.get(name));
    }

    @ParameterizedTest
    @MethodSource("registrations")
    void the_present_version_is_written_exactly_as_its_file(EventTypes.Registration type) throws Exception {
        String name = type.name() + "-v" + type.version();
        DomainEvent event = Objects.requireNonNull(EVENTS.get(name), "no event for " + name);

        assertThat(new String(SERIALIZER.encode(event), StandardCharsets.UTF_8))
                .isEqualTo(new String(golden(name), StandardCharsets.UTF_8));
    }

    @Test
    void there_is_a_file_for_every_version_of_every_event_and_each_is_read() throws Exception {
        TreeSet<String> versions = TYPES.all().stream()
                .flatMap(type -> IntStream.rangeClosed(1, type.version()).mapToObj(v -> type.name() + "-v" + v))
                .collect(Collectors.toCollection(TreeSet::new));
        try (Stream<Path> files = Files.list(directory())) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".json", "")))
                    .containsExactlyInAnyOrderElementsOf(versions);
        }
        assertThat(EVENTS.keySet()).containsExactlyInAnyOrderElementsOf(versions);
    }

    private static byte[] golden(String name) throws IOException, URISyntaxException {
        return Files.readString(directory().resolve(name + ".json")).strip().getBytes(StandardCharsets.UTF_8);
    }

    private static Path directory() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(GoldenFilesTest.class.getResource("/golden"))
                .toURI());
    }
}
