package io.daybook.serialization;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.daybook.event.DomainEvent;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JacksonEventSerializerTest {

    enum Colour {
        RED,
        GREEN
    }

    record Part(String name, int count) {}

    @EventType("Everything")
    record Everything(
            Instant instant,
            OffsetDateTime offset,
            LocalDate date,
            Duration duration,
            BigDecimal amount,
            BigInteger big,
            long number,
            Long boxed,
            double fraction,
            boolean flag,
            Colour colour,
            String text,
            List<Part> parts,
            Map<String, BigDecimal> prices)
            implements DomainEvent {}

    @EventType(value = "Shipped", version = 3)
    record Shipped(String orderId, String carrier, int parcels) implements DomainEvent {}

    private static final Upcaster ONE = Upcaster.renaming("Sent", 1, "Shipped", json -> json.put("carrier", "unknown"));
    private static final Upcaster TWO = Upcaster.of("Shipped", 2, json -> json.put("parcels", 1));

    private final JacksonEventSerializer serializer =
            JacksonEventSerializer.of(EventTypes.of(Everything.class, Shipped.class), ONE, TWO);

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(UTF_8);
    }

    @Test
    void gives_back_exactly_what_was_written() {
        Everything event = new Everything(
                Instant.parse("2026-01-02T03:04:05.123456789Z"),
                OffsetDateTime.parse("2026-01-02T03:04:05.1+02:00"),
                LocalDate.parse("2026-02-28"),
                Duration.ofMillis(1500),
                new BigDecimal("10.00"),
                new BigInteger("123456789012345678901234567890"),
                Long.MAX_VALUE,
                -9_007_199_254_740_993L,
                0.1,
                true,
                Colour.GREEN,
                "naïve \u0000 \"quoted\" 😀",
                List.of(new Part("a", 1), new Part("b", 2)),
                Map.of("x", new BigDecimal("1.50")));

        DomainEvent back = serializer.decode("Everything", 1, serializer.encode(event));

        assertThat(back).isEqualTo(event);
        assertThat(((Everything) back).amount().toString()).isEqualTo("10.00");
    }

    @EventType("Rarer")
    record Rarer(
            ZonedDateTime zoned,
            LocalTime time,
            YearMonth month,
            Map<Colour, Long> byColour,
            Map<Long, String> byNumber,
            Set<BigDecimal> amounts,
            float single,
            double tiny,
            char letter,
            List<List<Instant>> nested,
            @Nullable String missing)
            implements DomainEvent {}

    @Test
    void gives_back_rarer_types_exactly_too() {
        JacksonEventSerializer rarer = JacksonEventSerializer.of(EventTypes.of(Rarer.class));
        Rarer event = new Rarer(
                ZonedDateTime.parse("2026-03-29T01:30:00.000000001+01:00[Europe/Paris]"),
                LocalTime.parse("23:59:59.999999999"),
                YearMonth.parse("2026-02"),
                Map.of(Colour.RED, Long.MIN_VALUE),
                Map.of(Long.MAX_VALUE, "max"),
                Set.of(new BigDecimal("1E+3"), new BigDecimal("0.00")),
                1.1f,
                Double.MIN_VALUE,
                'ß',
                List.of(List.of(Instant.MAX), List.of()),
                null);

        assertThat(rarer.decode("Rarer", 1, rarer.encode(event))).isEqualTo(event);
        ZonedDateTime utc = ZonedDateTime.parse("2026-01-01T00:00Z[UTC]");
        Rarer inUtc = new Rarer(
                utc, LocalTime.MIN, YearMonth.of(1, 1), Map.of(), Map.of(), Set.of(), 0, 0, 'a', List.of(), "there");
        assertThat(rarer.decode("Rarer", 1, rarer.encode(inUtc))).isEqualTo(inUtc);
    }

    @Test
    void refuses_class_whose_json_does_not_hold_it_when_built() {
        @EventType("Odd")
        record Odd(Optional<String> maybe) implements DomainEvent {}

        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonEventSerializer.of(EventTypes.of(Odd.class)))
                .withMessageContaining("Odd.maybe");
    }

    @Test
    void refuses_json_that_is_no_object_when_encoding() {
        @EventType("Bare")
        @JsonSerialize(using = BareWriter.class)
        @JsonDeserialize(using = BareReader.class)
        record Bare(String text) implements DomainEvent {}
        JacksonEventSerializer bare = JacksonEventSerializer.of(EventTypes.of(Bare.class));

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> bare.encode(new Bare("canary-payload")))
                .withMessageContaining("Bare version 1")
                .withMessageContaining("is not written as a JSON object")
                .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("canary-payload"));
    }

    private static final class BareWriter extends StdSerializer<DomainEvent> {
        private static final long serialVersionUID = 1L;

        private BareWriter() {
            super(DomainEvent.class);
        }

        @Override
        public void serialize(DomainEvent event, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString("bare");
        }
    }

    private static final class BareReader extends StdDeserializer<DomainEvent> {
        private static final long serialVersionUID = 1L;

        private BareReader() {
            super(DomainEvent.class);
        }

        @Override
        public DomainEvent deserialize(JsonParser json, DeserializationContext context) {
            throw new AssertionError("nothing is read");
        }
    }

    @Test
    void refuses_version_without_upcasters_that_lead_to_it() {
        EventTypes types = EventTypes.of(Shipped.class);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonEventSerializer.of(types))
                .withMessageContaining("Shipped version 3")
                .withMessageContaining("converts version 2")
                .withMessageContaining("since = 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonEventSerializer.of(types, TWO))
                .withMessageContaining("leads to Shipped version 2")
                .withMessageContaining("converts version 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonEventSerializer.of(
                        types, ONE, TWO, Upcaster.renaming("Left", 2, "Shipped", node -> node)))
                .withMessageContaining("leads to Left version 2");
    }

    @Test
    void accepts_version_whose_older_versions_were_never_stored() {
        @EventType(value = "Fresh", version = 3, since = 3)
        record Fresh(String text) implements DomainEvent {}
        @EventType(value = "Younger", version = 3, since = 2)
        record Younger(String text) implements DomainEvent {}
        EventTypes types = EventTypes.of(Fresh.class, Younger.class);

        JacksonEventSerializer fresh = JacksonEventSerializer.of(types, Upcaster.of("Younger", 2, json -> json));

        assertThat(fresh.decode("Younger", 2, json("{'text':'x'}"))).isEqualTo(new Younger("x"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonEventSerializer.of(types))
                .withMessageContaining("Younger version 3");
    }

    @Test
    void refuses_since_that_is_no_version_up_to_the_present_one() {
        @EventType(value = "Late", since = 2)
        record Late(String text) implements DomainEvent {}

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTypes.of(Late.class))
                .withMessageContaining("since = 2");
    }

    @Test
    void writes_what_a_javascript_number_cannot_hold_as_text() {
        Everything event = new Everything(
                Instant.EPOCH,
                OffsetDateTime.MAX,
                LocalDate.EPOCH,
                Duration.ZERO,
                new BigDecimal("10.00"),
                BigInteger.TEN,
                9_007_199_254_740_993L,
                42L,
                1,
                false,
                Colour.RED,
                "",
                List.of(),
                Map.of());

        String text = new String(serializer.encode(event), UTF_8);

        assertThat(text)
                .contains("\"amount\":\"10.00\"", "\"number\":\"9007199254740993\"", "\"boxed\":42", "\"big\":10")
                .doesNotContain("@class", "JacksonEventSerializerTest");
    }

    @Test
    void keeps_the_scale_of_an_amount_that_is_a_json_number_also_through_an_upcaster() {
        @EventType(value = "Paid", version = 2)
        record Paid(BigDecimal amount) implements DomainEvent {}
        JacksonEventSerializer paid =
                JacksonEventSerializer.of(EventTypes.of(Paid.class), Upcaster.of("Paid", 1, node -> node));

        assertThat(((Paid) paid.decode("Paid", 2, json("{'amount':10.00}"))).amount())
                .hasToString("10.00");
        assertThat(((Paid) paid.decode("Paid", 1, json("{'amount':10.00}"))).amount())
                .hasToString("10.00");
    }

    @Test
    void tolerates_unknown_properties() {
        assertThat(serializer.decode(
                        "Shipped", 3, json("{'orderId':'1','carrier':'UPS','parcels':2,'addedLater':{'a':[1]}}")))
                .isEqualTo(new Shipped("1", "UPS", 2));
    }

    @Test
    void passes_old_json_through_the_whole_chain_of_upcasters() {
        assertThat(serializer.decode("Sent", 1, json("{'orderId':'1'}"))).isEqualTo(new Shipped("1", "unknown", 1));
        assertThat(serializer.decode("Shipped", 2, json("{'orderId':'1','carrier':'UPS'}")))
                .isEqualTo(new Shipped("1", "UPS", 1));
    }

    @Test
    void runs_no_upcaster_on_json_of_the_present_version() {
        AtomicInteger runs = new AtomicInteger();
        JacksonEventSerializer counting =
                JacksonEventSerializer.of(EventTypes.of(Shipped.class), ONE, Upcaster.of("Shipped", 2, node -> {
                    runs.incrementAndGet();
                    return node.put("parcels", 1);
                }));

        counting.decode("Shipped", 3, json("{'orderId':'1','carrier':'UPS','parcels':2}"));
        assertThat(runs).hasValue(0);
        counting.decode("Shipped", 2, json("{'orderId':'1','carrier':'UPS'}"));
        assertThat(runs).hasValue(1);
    }

    @Test
    void refuses_types_and_versions_that_nobody_knows() {
        assertThatExceptionOfType(UnknownEventTypeException.class)
                .isThrownBy(() -> serializer.decode("Lost", 1, json("{}")))
                .withMessageContaining("Lost version 1")
                .withMessageContaining("no class is registered");
        assertThatExceptionOfType(UnknownEventTypeException.class)
                .isThrownBy(() -> serializer.decode("Shipped", 4, json("{}")))
                .withMessageContaining("the data was written by a newer version of the program");
        assertThatExceptionOfType(UnknownEventTypeException.class)
                .isThrownBy(() -> serializer.decode("Shipped", 1, json("{}")))
                .withMessageContaining("no upcaster converts version 1");
    }

    @Test
    void refuses_chains_that_lead_nowhere() {
        EventTypes types = EventTypes.of(Shipped.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonEventSerializer.of(types, Upcaster.of("Shipped", 1, node -> node)))
                .withMessageContaining("end at Shipped version 2")
                .withMessageContaining("at version 3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonEventSerializer.of(types, Upcaster.of("Lost", 1, node -> node)))
                .withMessageContaining("for which no class is registered");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonEventSerializer.of(types, TWO, TWO))
                .withMessageContaining("two upcasters convert Shipped version 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Upcaster.of("Shipped", 0, node -> node))
                .withMessageContaining("use 1 or more");
    }

    @Test
    void tells_where_json_does_not_fit_but_never_what_it_says() {
        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() ->
                        serializer.decode("Everything", 1, json("{'parts':[{'name':'a','count':'canary-payload'}]}")))
                .satisfies(e -> {
                    assertThat(e.path()).isEqualTo("parts[0].count");
                    assertThat(e.eventType()).isEqualTo("Everything");
                    assertThat(e).hasMessageContaining("parts[0].count");
                    assertThat(e).hasStackTraceContaining("InvalidFormatException");
                })
                .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("canary-payload"));
        for (String broken : List.of("", "nonsense", "[]", "null", "{'orderId':'1'} trailing", "{'parcels':null}")) {
            assertThatExceptionOfType(EventSerializationException.class)
                    .as(broken)
                    .isThrownBy(() -> serializer.decode("Shipped", 3, json(broken)));
        }
    }

    @Test
    void refuses_silent_conversions() {
        for (String broken : List.of("{'parcels':2.7}", "{'parcels':'two'}", "{'orderId':'1','carrier':'UPS'}")) {
            assertThatExceptionOfType(EventSerializationException.class)
                    .as(broken)
                    .isThrownBy(() -> serializer.decode("Shipped", 3, json(broken)))
                    .satisfies(e -> assertThat(e.path()).isEqualTo("parcels"));
        }
        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> serializer.decode("Everything", 1, json("{'colour':1}")));
    }

    @Test
    void reports_an_upcaster_that_fails() {
        JacksonEventSerializer failing =
                JacksonEventSerializer.of(EventTypes.of(Shipped.class), ONE, Upcaster.of("Shipped", 2, node -> {
                    throw new IllegalStateException("canary-payload");
                }));

        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> failing.decode("Shipped", 2, json("{}")))
                .withMessageContaining("the upcaster of Shipped version 2 failed with java.lang.IllegalStateException")
                .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("canary-payload"));
        assertThatExceptionOfType(EventSerializationException.class)
                .isThrownBy(() -> failing.decode("Shipped", 2, json("[1]")))
                .withMessageContaining("not an object");
    }

    @Test
    void refuses_a_mapper_that_lets_json_choose_classes() {
        ObjectMapper unsafe = UnsafeMapper.create();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventTypes.of(Shipped.class).mapper(unsafe))
                .withMessageContaining("default typing");
    }

    private static String stackTrace(Throwable failure) {
        java.io.StringWriter text = new java.io.StringWriter();
        failure.printStackTrace(new java.io.PrintWriter(text, true));
        return text.toString();
    }
}
